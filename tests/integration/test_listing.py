"""Listings in the ledger: the end of a transition, the erasure of a subject, and the public registers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from application.commands.acts import HandleCase
from application.commands.listings import NotifyListing, SpeakInListing
from application.listings import lists_of
from domain.listing.case import Notice, Statement
from domain.parties.acting import Officer
from domain.shared.canonical import Parts
from domain.shared.kinds import Kind
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
