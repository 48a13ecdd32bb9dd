"""Red lists, the green channel, the watch list and entries for reference over HTTP, by clause (JNT-2, JNT-3, JNT-5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from application.listings import lists_of
from application.noted import held_by
from domain.listing.red import RedRemoved
from domain.listing.reference import MARK
from domain.listing.watch import WatchEnded
from domain.shared.canonical import Json, Parts
from interfaces.client.bundles import of_record
from tests.entries import RED, Enterer
from tests.evidence import begin as begin_evidence
from tests.evidence import judge
from tests.listing import LIST, NOTICE, Lister, of_another_subject
from tests.remedies import FIRST, REMEDIES, SECOND, begin
from tests.remedies_http import AGENT, LETTER, PROOF, City, code_of, deciding, problem
from tests.web import Web
from tests.world import World

OVER: Parts = {"restricted": {"reason": "不再符合标准"}}


@pytest.fixture
def enterer(seeded_world: World) -> Iterator[Enterer]:
    story = begin(seeded_world)
    with Web(seeded_world).served() as url:
        yield Enterer(City(story, url))


def ended(receipt: dict[str, Any], today: str, **public: Json) -> Parts:
    """The parts of an end by the department."""
    return {"public": {"removes": receipt["leaf_hash"], "removed_on": today, **public}, **OVER}


@pytest.mark.rule("JNT-2")
def test_jnt_2_the_competent_department_puts_on_the_red_list_whom_the_criteria_do_not_exclude(
    enterer: Enterer,
) -> None:
    city, world = enterer.city, enterer.city.world
    for changed, code in (
        ({"list_code": LIST}, "red_list_unknown"),
        ({"incentives": "减税"}, "red_incentives_not_as_standard"),
        ({"reason": None}, "entry_without_reason"),
        ({"until": "2030-01-01"}, "listing_term_not_as_standard"),
        ({"decided_on": "2026-11-20"}, "listing_decided_another_day"),
        ({"authority": world.city.credit_office.code}, "entry_of_another_department"),
    ):
        refused = problem(lambda changed=changed: enterer.red(**changed), 422)  # type: ignore[misc]
        assert (refused["rule"], code_of(refused)) == ("JNT-2", code) and refused["instead"]
    # The subject has a serious penalty of this year: the list's criteria exclude it, and which it is is not told.
    world.project()
    excluded = problem(enterer.red, 422)
    assert code_of(excluded) == "red_adverse_record" and excluded["errors"][0]["field"] == ""
    assert ("red_listing", city.story.source) in enterer.looks()
    world.clock.advance(days=4 * 366)
    world.deadlines.run()
    entered = enterer.red()
    world.project()
    assert entered["list"] == RED and enterer.on_list() == [entered["case"]]
    page = Web(world).http.get(f"/v1/lists/{RED}").get_json()
    told = page["entries"][0]["shown"]["fields"]
    assert (
        told["name"] == enterer.subject["name"] and "绿色通道" in told["incentives"] and "reason" not in told
    )
    assert "守信激励" in Web(world).http.get(f"/lists/{RED}").text
    assert "诚信典型" in Web(world).http.get("/registers/list-standards/C11-01").text
    assert code_of(problem(enterer.red, 422)) == "listing_listed_already"
    assert enterer.dossier()[entered["case"]] == ["redlist.listed"]

    gone = ended(entered, world.today.isoformat(), list_code=RED, cause="criteria_lost", by="")
    foreign = problem(
        lambda: enterer.stranger.end("red", entered["case"], gone, official=city.stranger_officer), 404
    )
    nothing = problem(
        lambda: enterer.stranger.end("red", str(uuid4()), gone, official=city.stranger_officer), 404
    )
    assert code_of(foreign) == code_of(nothing) == "entry_not_yours"
    silent: Parts = {**gone, "restricted": {"reason": ""}}
    assert (
        code_of(problem(lambda: enterer.source.end("red", entered["case"], silent, official=SECOND), 422))
        == "entry_without_reason"
    )
    enterer.source.end("red", entered["case"], gone, official=SECOND)
    assert enterer.on_list() == [] and held_by(world.ledger, city.story.subject_id()).notes == ()
    again = problem(lambda: enterer.source.end("red", entered["case"], gone, official=SECOND), 422)
    assert code_of(again) == "entry_ended"
    assert enterer.dossier()[entered["case"]] == ["redlist.listed", "redlist.removed"]
    world.publish()
    evidence = begin_evidence(world)
    evidence.shielded(UUID(entered["case"]))
    assert judge(world, evidence.bundle()).good
    assert world.new_projector().rebuild().equal and world.finding() is None


@pytest.mark.rule("JNT-2")
def test_jnt_2_the_green_channel_is_open_after_three_clean_years_or_by_the_red_list_and_says_nothing_else(
    enterer: Enterer,
) -> None:
    city, world = enterer.city, enterer.city.world
    world.project()
    refused = problem(lambda: enterer.green(purpose="curiosity"), 403)
    assert refused["rule"] == "QRY-1"
    closed = enterer.green()
    assert set(closed) == {"eligible", "rule", "ground", "ground_zh", "ground_en", "receipt"}
    assert (closed["eligible"], closed["rule"], closed["ground"]) == (False, "JNT-2", "neither")
    assert enterer.looks()[-2] == ("green_channel", city.clients["stranger"].department.code)
    world.clock.advance(days=4 * 366)
    world.deadlines.run()
    assert enterer.green()["ground"] == "clean_record"
    enterer.red()
    slight = enterer.slight(1, decided=world.today.isoformat())
    assert enterer.green()["ground"] == "red_listed"
    city.source.grant(
        deciding("repairs", city.source.accept(deciding("repairs", city.apply(slight, PROOF, LETTER))))
    )
    assert enterer.green()["ground"] == "clean_record"


@pytest.mark.rule("JNT-2")
def test_jnt_2_an_adverse_record_that_the_criteria_exclude_takes_a_subject_off_the_red_list(
    enterer: Enterer,
) -> None:
    world = enterer.city.world
    world.clock.advance(days=4 * 366)
    world.deadlines.run()
    entered = enterer.red()
    enterer.slight(1, decided=world.today.isoformat())
    world.deadlines.run()
    assert enterer.on_list() == [entered["case"]]
    record = enterer.slight(2, decided=world.today.isoformat(), severity="一般")
    assert enterer.green()["ground"] == "neither"
    world.deadlines.run()
    assert enterer.on_list() == []
    removed = world.ledger.load(UUID(entered["case"]))[-1]
    assert isinstance(removed, RedRemoved) and (removed.cause, removed.by) == ("adverse_record", record)
    assert world.deadlines.run().terms_ended == 0
    world.project()
    assert world.new_projector().rebuild().equal


@pytest.mark.rule("JNT-3")
def test_jnt_3_repeated_slight_records_lead_to_a_watch_that_nobody_else_sees_and_nothing_rests_on(
    enterer: Enterer,
) -> None:
    city, world = enterer.city, enterer.city.world
    records = [enterer.slight(n) for n in (1, 2)]
    few = problem(lambda: enterer.watch(*records, records[0]), 422)
    assert (few["rule"], code_of(few)) == ("JNT-3", "watch_slight_too_few") and few["instead"]
    records.append(enterer.slight(3))
    endless = problem(lambda: enterer.watch(*records, until="2029-01-01"), 422)
    assert code_of(endless) == "watch_without_end"
    assert code_of(problem(lambda: enterer.watch(*records, str(uuid4())), 422)) == "remedy_record_not_yours"
    several = problem(lambda: enterer.watch(*records, of_another_subject(city)), 422)
    assert (several["rule"], code_of(several)) == ("JNT-3", "listing_records_of_several")
    entered = enterer.watch(*records)
    twice = problem(lambda: enterer.referred(entered["case"]), 422)
    assert (twice["rule"], code_of(twice)) == ("JNT-5", "remedy_id_taken") and twice["instead"]
    world.publish()
    assert code_of(problem(lambda: enterer.watch(*records), 422)) == "watch_watched_already"

    case, subject = entered["case"], city.story.subject_id()
    assert enterer.dossier()[case] == ["watchlist.entered"]
    assert enterer.query("watch") == [] and enterer.query("reference", by="source") == []
    [own] = enterer.query("watch", by="source")
    assert (own["entry"], own["ground"], own["records"]) == (case, "repeated_slight", records)
    assert [view for view, _ in enterer.looks()[-4:-1]] == ["watch_list", "references", "watch_list"]
    assert city.shared(case) == [] and city.public(case) is None
    assert Web(world).http.get(f"/records/{case}").status_code == 404
    assert lists_of(world.ledger, subject) == ()
    lister = Lister(city)
    rested = problem(lambda: lister.begin(case), 422)
    assert code_of(rested) == "remedy_record_not_yours"

    city.source.grant(
        deciding("repairs", city.source.accept(deciding("repairs", city.apply(records[0], PROOF, LETTER))))
    )
    last = world.ledger.load(UUID(case))[-1]
    assert isinstance(last, WatchEnded) and last.cause == "record_fell"
    # No outward view ever showed it: there is nothing to prove of its end, and the reason says so.
    nothing = problem(lambda: of_record(city.clients["portal"], case, "shielded", subject=city.subject), 404)
    assert code_of(nothing) == "nothing_to_prove" and "watch entry" in str(nothing["errors"])
    assert held_by(world.ledger, subject).notes == ()
    world.project()
    assert world.new_projector().rebuild().equal and world.finding() is None


@pytest.mark.rule("JNT-3")
def test_jnt_3_a_watch_in_a_key_field_takes_a_fairly_serious_record_and_ends_by_itself(
    enterer: Enterer,
) -> None:
    city, world = enterer.city, enterer.city.world
    slight, fair = enterer.slight(1), city.determine(decided="2026-09-01")
    key_field = {"ground": "serious_in_key_field", "field": "life_and_health"}
    assert code_of(problem(lambda: enterer.watch(slight, **key_field), 422)) == "watch_not_serious"
    named = problem(lambda: enterer.watch(fair, ground="serious_in_key_field"), 422)
    assert code_of(named) == "watch_field"
    entered = enterer.watch(fair, until="2026-12-21", **key_field)
    world.project()
    world.clock.advance(days=30)
    world.deadlines.run()
    assert held_by(world.ledger, city.story.subject_id()).notes != ()
    world.clock.advance(days=1)
    world.deadlines.run()
    last = world.ledger.load(UUID(entered["case"]))[-1]
    assert isinstance(last, WatchEnded) and last.cause == "expiry"
    again = enterer.watch(fair, **key_field)
    parts: Parts = {
        "public": {"cause": "corrected", "ends": again["leaf_hash"], "ended_on": world.today.isoformat()},
        **OVER,
    }
    assert enterer.source.end("watch", again["case"], parts, official=SECOND)["outcome"] == "corrected"
    assert held_by(world.ledger, city.story.subject_id()).notes == ()


@pytest.mark.rule("JNT-5")
def test_jnt_5_what_an_association_lists_is_kept_apart_for_reference_and_counts_for_nothing(
    enterer: Enterer,
) -> None:
    city, world = enterer.city, enterer.city.world
    world.clock.advance(days=4 * 366)
    world.deadlines.run()
    for changed, code in (
        ({"mark": "严重失信"}, "reference_without_mark"),
        ({"source": None}, "reference_without_source"),
        ({"source_kind": "government"}, "reference_unknown_value"),
        ({"stated_on": "2099-01-01"}, "reference_stated_on"),
    ):
        refused = problem(lambda changed=changed: enterer.refer(**changed), 422)  # type: ignore[misc]
        assert (refused["rule"], code_of(refused)) == ("JNT-5", code) and refused["instead"]
    entered = enterer.refer()
    world.publish()
    case = entered["case"]
    assert enterer.dossier()[case] == ["reference.entered"]
    assert city.shared(case) == [] and city.public(case) is None
    [told] = enterer.query("reference")
    assert (told["mark"], told["source"], told["colour"]) == (MARK, "示范市食品行业协会", "black")
    # It is no adverse record, no listing rests on it, and it keeps nobody off the red list.
    assert enterer.green()["ground"] == "clean_record"
    assert code_of(problem(lambda: Lister(city).begin(case, **NOTICE), 422)) == "remedy_record_not_yours"
    assert code_of(problem(lambda: enterer.watch(case), 422)) == "remedy_record_not_yours"
    red = enterer.red()
    world.project()
    world.deadlines.run()
    assert enterer.on_list() == [red["case"]]
    parts: Parts = {"public": {"ends": entered["leaf_hash"], "ended_on": world.today.isoformat()}, **OVER}
    enterer.source.end("reference", case, parts, official=SECOND)
    assert code_of(problem(lambda: enterer.source.end("reference", case, parts, official=SECOND), 422)) == (
        "entry_ended"
    )
    assert enterer.dossier()[case] == ["reference.entered", "reference.ended"]
    assert enterer.query("reference") == []
    world.publish()
    assert world.finding() is None and world.new_projector().rebuild().equal


@pytest.mark.rule("OBJ-1")
@pytest.mark.rule("OBJ-2")
@pytest.mark.rule("OBJ-3")
def test_obj_1_the_subject_of_an_entry_objects_to_it_and_its_department_answers_or_ends_it(
    enterer: Enterer,
) -> None:
    city, world = enterer.city, enterer.city.world
    world.clock.advance(days=4 * 366)
    world.deadlines.run()
    red, reference = enterer.red(), enterer.refer()
    world.project()
    foreign = problem(
        lambda: enterer.portal.object(red["case"], subject={"code": city.story.office}, grounds="x"), 404
    )
    assert (foreign["rule"], code_of(foreign)) == ("OBJ-1", "entry_not_yours")
    silent = problem(lambda: enterer.portal.object(red["case"], subject=city.subject, grounds=" "), 422)
    assert code_of(silent) == "entry_objection_without_grounds"
    filed = enterer.object(red)
    task = enterer.worklist()[red["case"]]
    assert (task["kind"], task["step"], task["due"]) == ("entry", "answer", filed["answer_by"])
    assert code_of(problem(lambda: enterer.object(red), 422)) == "entry_objected_already"
    (shown,) = world.lookup.listed(RED).entries
    assert shown.objected and filed["answer_by"] > world.today.isoformat()
    said: dict[str, Any] = {"reasons": "经核实符合标准", "remedies": REMEDIES}
    strange = problem(
        lambda: enterer.stranger.reject(red["case"], official=city.stranger_officer, **said), 404
    )
    assert (strange["rule"], code_of(strange)) == ("OBJ-3", "entry_not_yours")
    bare = problem(lambda: enterer.source.reject(red["case"], official=SECOND, reasons="", remedies={}), 400)
    assert bare["errors"]
    own = problem(lambda: enterer.source.reject(red["case"], official=SECOND, **said), 403)
    assert (own["rule"], code_of(own)) == ("OBJ-3", "remedy_decided_by_determiner")
    enterer.source.reject(red["case"], official=FIRST, **said)
    (shown,) = world.lookup.listed(RED).entries
    assert not shown.objected and red["case"] not in enterer.worklist()
    again = problem(lambda: enterer.source.reject(red["case"], official=FIRST, **said), 422)
    assert code_of(again) == "entry_no_objection_pending"

    blank = {**AGENT, "name": " "}
    unnamed = problem(
        lambda: enterer.portal.object(reference["case"], subject=city.subject, grounds="x", agent=blank), 422
    )
    assert (unnamed["rule"], code_of(unnamed)) == ("OBJ-1", "remedy_agent_unnamed")
    enterer.portal.object(reference["case"], subject=city.subject, grounds="列入有误", agent=AGENT)
    (agents,) = [m for m in enterer.history(reference["case"]) if m["event"] == "entry.objected"]
    assert agents["parts"]["public"]["filed_by"] == "agent"
    assert agents["parts"]["person/2"]["agent_name"] == "李四"
    world.clock.advance(days=15)
    assert world.deadlines.run().overdue == 1
    assert enterer.worklist()[reference["case"]]["overdue_recorded"]
    parts: Parts = {"public": {"ends": reference["leaf_hash"], "ended_on": world.today.isoformat()}, **OVER}
    enterer.source.end("reference", reference["case"], parts, official=SECOND)
    assert reference["case"] not in enterer.worklist()
    assert enterer.dossier()[reference["case"]] == [
        "reference.entered", "entry.objected", "objection.overdue", "reference.ended",
    ]  # fmt: skip
    assert code_of(problem(lambda: enterer.object(reference), 422)) == "entry_ended"
    world.publish()
    assert world.finding() is None and world.new_projector().rebuild().equal
