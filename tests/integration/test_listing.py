"""Listings in the ledger: the end of a transition, the erasure of a subject, and the public registers."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from application.commands.acts import HandleCase
from application.commands.listings import NotifyListing, SpeakInListing
from application.listings import lists_of
from domain.listing.case import Notice, Statement
from domain.listing.events import SubjectListed
from domain.measures.case import fold_measure, fold_measured
from domain.oversight.flags import fold_flag
from domain.parties.acting import Officer
from domain.shared.canonical import Parts
from domain.shared.kinds import Kind
from infrastructure.bootstrap import remedy_desk
from interfaces.cli.examples import OFFICER as EXAMPLE_OFFICER
from interfaces.cli.examples import SOURCE, Examples
from interfaces.cli.oversight_examples import SUSPENDED, reassigned_flag
from interfaces.cli.seed import seed_ledger
from interfaces.client.form_data import load_forms
from tests.erasure import a_record, ask, carry_out, dump, subject_id
from tests.listing import FACTS, LIST, NOTICE, ListingStory, decision_parts
from tests.remedies import SECOND, begin
from tests.web import Web
from tests.world import World


@pytest.fixture
def desk(seeded_world: World) -> ListingStory:
    return ListingStory(begin(seeded_world))


@pytest.mark.rule("LST-9")
def test_lst_9_an_updated_list_goes_on(desk: ListingStory) -> None:
    world, story = desk.world, desk.story
    record = story.new_record("示〔2026〕9401号", decided=world.today - timedelta(days=200))
    desk.listed(record)
    desk.transition(until=world.today + timedelta(days=5))
    desk.adopt(transition_until=None, transition_basis=None)
    world.project()
    world.clock.advance(days=30)
    world.deadlines.run()
    assert [b.list_code for b in lists_of(world.ledger, story.subject_id())] == [LIST]


def test_the_erasure_of_a_subject_covers_its_listing_cases(desk: ListingStory) -> None:
    world = desk.world
    record, content, identity = a_record(world, "natural_person")
    person, department = content["person/1"], str(content["public"]["CF_CFJGDM"])
    officer = Officer(SECOND, department)
    notice = Notice(**{**NOTICE, "served_on": world.today})  # type: ignore[arg-type]
    begun = desk.listings.notify(
        NotifyListing(desk.world.ledger.entropy.uuid(), LIST, (record,), notice, officer)
    )
    named: Parts = {
        "person/1": {
            "person_name": person["CF_XDR_MC"],
            "id_type": person["CF_XDR_ZJLX"],
            "id_number": person["CF_XDR_ZJHM"],
        }
    }
    parts = decision_parts(
        {"CF_XDR_MC": None, "CF_XDR_SHXYM": None, **content["public"]},
        begun.told,
        [str(record)],
        today=world.today,
        subject_kind="natural_person",
        name=None,
        code=None,
    )
    sealed = desk.story.sealed(
        Kind.LISTING_DECIDED, begun.case, {**parts, **named}, key=world.keys[department]
    )
    office = desk.story.office
    said = desk.listings.state(SpeakInListing(begun.case, 1, office, identity), Statement("已整改"))
    heard = desk.listings.answer(
        HandleCase(begun.case, said.version, officer), outcome="rejected", reasons="证据不足"
    )
    desk.listings.decide(HandleCase(begun.case, heard.version, officer), sealed)
    subject = subject_id(world, identity)
    assert subject is not None and lists_of(world.ledger, subject)
    world.project()
    assert world.lookup.listed(LIST).entries == ()
    ask(world, "subject", subject=identity)
    carry_out(world)
    assert lists_of(world.ledger, subject) == () and world.ledger.load(begun.case) == []
    text = dump(world)
    assert str(person["CF_XDR_ZJHM"]) not in text and FACTS not in text
    world.publish()
    assert world.finding() is None and world.new_projector().rebuild().equal


@pytest.mark.rule("CAT-3")
@pytest.mark.rule("CAT-6")
def test_every_version_stays_readable_with_what_differs(desk: ListingStory) -> None:
    desk.adopt(term_months=24)
    desk.world.project()
    http = Web(desk.world).http
    page = http.get("/v1/list-standards?limit=2").get_json()
    assert len(page["entries"]) == 2 and page["next"] == page["entries"][1]["key"]
    further = http.get(f"/v1/list-standards?after={page['next']}").get_json()
    keys = [entry["key"] for entry in (*page["entries"], *further["entries"])]
    assert keys == sorted(keys) and len(keys) == 17 and "next" not in further
    one = http.get("/v1/list-standards/C06-04").get_json()
    assert [version["number"] for version in one["versions"]] == [1, 2] and one["compared"] == [1, 2]
    assert {"field": "term_months", "before": 36, "after": 24} in one["differences"]
    same = http.get("/v1/list-standards/C06-04?before=1&later=1").get_json()
    assert same["differences"] == []
    for nothing in ("/v1/list-standards/C06-04?later=9", "/v1/catalogue/C99", "/v1/lists/C99", "/lists/C99"):
        assert http.get(nothing).status_code == 404
    for wrong in ("/v1/catalogue?limit=0", "/v1/catalogue?other=1", "/v1/lists/C06-04?cursor=x"):
        assert http.get(wrong).status_code == 400
    held = http.get("/v1/catalogue/C03-02").get_json()["versions"][0]
    assert held["content"]["status"] == "in_force" and held["content"]["layer"] == "national"
    text = http.get("/registers/list-standards/C06-04").text
    assert text.index("列入期限（月）") < text.index("Term in months") and "<del>36</del>" in text
    assert "/registers/catalogue" in http.get("/").text


PROCESSES = {
    "DET-3 determined": "record.determined",
    "DET-4 leniency": "leniency.decided",
    "DET-7 responsible person": "record.person_linked",
    "CAT-3 proposal": "proposal.consulted",
    "LST-4 notice": "listing.notified",
    "LST-6 decision": "listing.decided",
    "MEA-1 named": "measure.named",
    "JNT-1 applied": "measure.applied",
    "INS-2 stopped": "measure.ended",
    "JNT-2 red list": "redlist.listed",
    "JNT-3 watch list": "watchlist.entered",
    "JNT-5 for reference": "reference.entered",
    "OBJ-1 objection": "objection.filed",
    "OBJ-3 withdrawn": "record.withdrawn",
    "OBJ-4 restoration": "restoration.begun",
    "REP-1 repair": "repair.applied",
    "REP-4 accepted": "repair.accepted",
    "REP-4 extended": "repair.extended",
    "REP-4 one window": "repairs.filed",
    "REP-5 granted": "repair.decided",
    "REP-5 revoked": "repair.revoked",
    "REP-5 resting": "record.rested",
    "PRV-2 consent": "consent.given",
    "PRV-4 erasure": "erasure.requested",
    "QRY-3 relation": "officer.relation_declared",
    "QRY-3 relation ended": "officer.relation_ended",
    "QRY-3 suspended": "officer.suspended",
    "QRY-5 duty to check": "duty.checked",
    "ACC-5 incident": "incident.opened",
}
"""Each process with the event that shows an example; the seed adds comparison, clean-up ledger and tip-off."""


def test_the_demo_city_has_a_live_example_of_each_process(ledger_world: World) -> None:
    world = ledger_world
    told = Examples(world.ledger, world.city, world.keys, seed=7).make()
    for unit, rows in world.city.ledgers.items():
        seed_ledger(world.ledger, rows, unit=unit)
    world.project()
    (listed,) = world.lookup.listed(LIST).entries
    assert listed.shown["fields"]["authority_rank"] == "municipal"
    assert [b.until for b in (lists_of(world.ledger, listed_subject(world)))] == [listed.shown["until"]]
    proposals, _ = world.services.registers.page("proposal", after="", limit=9)
    assert [proposal.content["event"] for proposal in proposals] == ["proposal.consulted"]
    (honoured,) = world.lookup.listed("C11-01").entries
    assert "绿色通道" in honoured.shown["fields"]["incentives"]
    assert [len(world.rows_of(topic)) for topic in ("watchlist.entered", "reference.entered")] == [1, 1]
    remedies = ("restoration.begun", "repair.extended", "repair.revoked", "record.returned", "record.rested")
    assert [len(world.rows_of(topic)) for topic in remedies] == [1] * 5
    measured = dict.fromkeys(world.rows_of("subject.measured"))
    measures = [fold_measured(world.ledger.load(subject))[0] for subject in measured]
    found = [fold_measure(world.ledger.load(measure)) for still in measures for measure in still]
    assert [measure and (measure.state, measure.step) for measure in found] == [
        ("applied", "report"), ("named", "respond"), ("named", "answer"), ("named", "respond"),
    ]  # fmt: skip
    assert found[-1] is not None and (found[-1].id, found[-1].ground) == (
        UUID(told["linked_measure"]["case"]),
        "link",
    )
    stopped = fold_measure(world.ledger.load(UUID(told["stopped_measure"]["case"])))
    assert stopped is not None and (stopped.cause, stopped.step) == ("basis_stopped", "report_lifted")
    world.flags.run()
    office = world.city.credit_office.code
    flags = world.services.flags.page(None, open_only=True, after=0, through=1 << 40, limit=20)
    flag = reassigned_flag(
        remedy_desk(world.ledger, load_forms()), [flag for flag, _ in flags], office=office,
        officer=Officer(EXAMPLE_OFFICER, next(d.code for d in world.city.departments if d.key == SOURCE)),
    )  # fmt: skip
    assigned = fold_flag(world.ledger.load(flag))
    assert assigned is not None and assigned.responsible == EXAMPLE_OFFICER
    raised = [fold_flag(world.ledger.load(found)) for found, _ in flags]
    looked = {(f.raised.what, f.raised.about, f.times) for f in raised if f and f.raised.rule == "ACC-1"}
    assert looked == {("looks_refused", SUSPENDED, 10)}
    overseen = ("officer.relation_declared", "incident.opened", "incident.handled", "duty.checked")
    assert [len(world.rows_of(topic)) for topic in overseen] == [2, 2, 2, 1]
    assert {process for process, topic in PROCESSES.items() if not world.rows_of(topic)} == set()
    served = [world.ledger.load(case)[0] for case in world.rows_of("repair.applied")]
    assert [s.public_service["hours"] for s in served if s.public_service] == [24]  # type: ignore[attr-defined]
    named = {
        "/registers/proposals": "名单认定标准 表彰奖励、诚信典型信息（C11-01）",
        "/registers/measures/S01": "行政处罚信息（C03-02）",
    }
    assert all(words in Web(world).http.get(page).text for page, words in named.items())
    text = Web(world).http.get(f"/lists/{LIST}").text
    assert listed.shown["fields"]["name"] in text
    assert Web(world).http.get(f"/v1/lists/{LIST}").get_json()["entries"][0]["listing"] == str(
        listed.record_id
    )
    assert world.finding() is None


def listed_subject(world: World) -> UUID:
    """The one subject that is on a list."""
    (subject,) = world.rows_of(SubjectListed.TOPIC)
    return subject
