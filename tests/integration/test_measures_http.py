"""Measures over HTTP with the product's own client: each clause of MEA-1 to MEA-5, JNT-1 and JNT-4 as it is met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from application.commands.acts import HandleCase
from domain.parties.acting import Officer
from domain.records.events import ActRefused
from tests.listing import Lister
from tests.measures import BANNED, FOOD, HEAVY, ITEMS, LICENCE, LIGHT, PURPOSE, SAFETY, Desk
from tests.proposals import LOCAL_BASIS, Lived
from tests.remedies import REMEDIES, SECOND, begin
from tests.remedies_http import City, code_of, deciding, problem
from tests.web import Web
from tests.world import World

REFUSED: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"measure": "M99"}, "MEA-1", "measure_not_listed"),
    ({"measure": "M12"}, "MEA-1", "measure_not_listed"),
    ({"measure": "M10"}, "MEA-1", "measure_of_another_process"),
    ({"provision": {**FOOD, "article": "114"}}, "MEA-1", "measure_provision_unknown"),
    ({"rests_on": {"kind": "reference_list"}}, "MEA-1", "measure_without_ground"),
    ({"rests_on": {"kind": "credit_score"}}, "MEA-4", "measure_on_a_score"),
    ({"rests_on": {"kind": "reference"}}, "JNT-5", "measure_on_a_reference"),
    ({"rests_on": {"kind": "watch"}}, "JNT-3", "measure_on_a_watch"),
    ({"measure": "M14"}, "MEA-3", "measure_left_to_others"),
    ({"measure": HEAVY, "provision": SAFETY}, "MEA-2", "measure_not_related"),
    (
        {"responders": [{"kind": "financial_institution", "code": "914201007071161147"}]},
        "MEA-3",
        "measure_addressed_to_others",
    ),
    (
        {"responders": [{"kind": "department", "code": "914201007071161147"}]},
        "JNT-1",
        "measure_responder_unknown",
    ),
)
"""What is changed in a naming that may be, and by which rule it is refused then."""


@pytest.fixture
def desk(seeded_world: World) -> Iterator[Desk]:
    story = begin(seeded_world)
    with Web(seeded_world).served() as url:
        yield Desk(City(story, url))


def refusals(desk: Desk) -> list[tuple[str, str]]:
    """What the access log says was refused last: rules and codes."""
    ledger = desk.city.world.ledger
    rows = [
        r for r in desk.city.world.reader.rows("access", after=0, limit=9999) if r.topic == ActRefused.TOPIC
    ]
    (event,) = ledger.load(rows[-1].stream_id, log="access")
    assert isinstance(event, ActRefused)
    return [(rule, code) for rule, code, _ in event.rules]


@pytest.mark.rule("MEA-1")
@pytest.mark.rule("JNT-1")
@pytest.mark.rule("JNT-4")
def test_jnt_1_a_subject_is_named_and_each_department_applies_or_says_why_not_and_reports(desk: Desk) -> None:
    city, world = desk.city, desk.city.world
    record = city.determine()
    named = desk.name(record, "source", "stranger")
    assert named["feedback_by"] == "2026-12-22" and len(named["measures"]) == 2
    own, other = desk.of(named, "source"), desk.of(named, "stranger")
    assert desk.tasks("stranger")[other["case"]]["step"] == "respond"
    told = desk.state(other, "stranger")["history"][0]["parts"]
    assert told["restricted"]["code"] == city.subject["code"] and told["restricted"]["rests_on"] == record

    declined = desk.stranger.decline(desk.case(other, "stranger"), reasons="已不在本辖区经营")
    assert other["case"] not in desk.tasks("stranger") and desk.found(declined).state == "declined"
    applied = desk.apply(own, record)
    assert applied["until"] == "2027-11-21" and desk.tasks()[own["case"]]["step"] == "report"
    again = problem(lambda: desk.apply({**own, "version": 2}, record), 422)
    assert code_of(again) == "measure_answered_already"

    reported = desk.source.report(desk.case(applied), done="已列为重点监管对象")
    assert reported["feedback_by"] == "2027-01-22" and reported["provisional"] is True
    lifted = desk.source.lift(desk.case(reported), reasons="已经整改并消除影响")
    assert (desk.found(lifted).state, desk.found(lifted).cause) == ("ended", "corrected")
    assert own["case"] not in desk.tasks()
    assert problem(lambda: desk.state(own), 404)["rule"] == "JNT-1"

    world.project()
    dossier = city.clients["portal"].dossier(city.subject)
    history = next(found["history"] for found in dossier if found["record"] == own["case"])
    assert [m["event"] for m in history] == [
        "measure.named",
        "measure.applied",
        "measure.reported",
        "measure.ended",
    ]
    assert "officer" in history[0]["parts"]["public"]
    mine = desk.portal.state(own["case"], subject=city.subject)
    assert mine["state"] == "ended" and mine["history"][0]["parts"]["public"]["officer"]
    assert city.public(record) is not None and "measure" not in str(city.public(record).shown)
    assert world.finding() is None and world.new_projector().rebuild().equal


@pytest.mark.rule("MEA-1")
@pytest.mark.rule("MEA-2")
@pytest.mark.rule("MEA-3")
@pytest.mark.rule("MEA-4")
@pytest.mark.rule("JNT-3")
@pytest.mark.rule("JNT-5")
def test_mea_1_what_the_list_does_not_allow_is_refused_with_its_rule_and_logged(desk: Desk) -> None:
    record = desk.city.determine()
    for changed, rule, code in REFUSED:
        told = problem(lambda changed=changed: desk.name(record, **changed), 422)  # type: ignore[misc]
        assert (told["rule"], code_of(told)) == (rule, code) and told["instead"]
        assert (rule, code) in refusals(desk)


@pytest.mark.rule("JNT-1")
def test_jnt_1_only_who_determined_names_others_and_each_of_them_once(desk: Desk) -> None:
    record = desk.city.determine()
    foreign = problem(lambda: desk.name(record, "source", who="stranger"), 422)
    assert (foreign["rule"], code_of(foreign)) == ("JNT-1", "measure_not_the_initiator") and foreign[
        "instead"
    ]
    twice = problem(lambda: desk.name(record, "stranger", "stranger"), 422)
    assert (twice["rule"], code_of(twice)) == ("JNT-1", "measure_responders_repeated")
    assert len(desk.name(record, "stranger", "source")["measures"]) == 2


@pytest.mark.rule("JNT-4")
def test_jnt_4_once_its_initiator_finds_the_conduct_corrected_nobody_applies_what_was_named_for_it(
    desk: Desk,
) -> None:
    record = desk.city.determine()
    named = desk.name(record, "source", "stranger")
    own, other = desk.of(named, "source"), desk.apply(desk.of(named, "stranger"), record, "stranger")
    early = desk.case(other, "stranger")
    told = problem(lambda: desk.stranger.lift(early, reasons="已经整改", cause="conduct_corrected"), 422)
    assert (told["rule"], code_of(told)) == ("JNT-4", "measure_of_another_initiator") and told["instead"]
    done = desk.source.lift(desk.case(own), reasons="已经整改并消除影响", cause="conduct_corrected")
    for case in (own, other):
        assert (desk.found(case).state, desk.found(case).cause) == ("ended", "conduct_corrected")
    assert own["case"] not in desk.tasks() and done["case"] == own["case"]
    assert desk.tasks("stranger")[other["case"]]["step"] == "report_lifted"
    desk.stranger.report(desk.case({**other, "version": 3}, "stranger"), done="已解除")
    assert other["case"] not in desk.tasks("stranger")
    for who in ("source", "stranger"):
        again = problem(lambda who=who: desk.name(record, who=who), 422)  # type: ignore[misc]
        assert (again["rule"], code_of(again)) == ("JNT-4", "measure_conduct_corrected")


@pytest.mark.rule("MEA-1")
def test_mea_1_what_was_named_by_an_older_version_of_the_list_is_not_applied_by_the_next(desk: Desk) -> None:
    city, world = desk.city, desk.city.world
    provision = replace(ITEMS[LIGHT].provisions[0], basis=LOCAL_BASIS)
    local = replace(ITEMS[LIGHT], code="W01", layer="local", provisions=(provision,))
    world.governance().import_measures([local])
    record = city.determine()
    said: dict[str, Any] = {"measure": "W01", "provision": dict(provision.cited_as)}
    named = desk.name(record, **said)
    lived = Lived(world)
    tomorrow = (world.today + timedelta(days=2)).isoformat()
    done = lived.through("measure", replace(local, version=2, effective_from=tomorrow).to_json())
    lived.proposals.publish(lived.on(done), review_by=world.today + timedelta(days=400))
    older = problem(lambda: desk.apply(named, record), 422)
    assert (older["rule"], code_of(older)) == ("MEA-1", "measure_item_replaced") and older["instead"]
    desk.source.decline(desk.case(named), reasons="清单已有新版本")
    assert desk.apply(desk.name(record, **said), record)["version"] == 2


@pytest.mark.rule("MEA-2")
def test_mea_2_slight_conduct_takes_no_heavy_measure_and_nothing_is_applied_twice(desk: Desk) -> None:
    city = desk.city
    slight = str(city.story.new_record("示市监罚字〔2026〕9011号", decided=city.world.today, severity="轻微"))
    told = problem(lambda: desk.name(slight, measure=HEAVY, provision=LICENCE), 422)
    refusals = [("DET-4", "measure_spared_by_leniency"), ("MEA-2", "measure_too_heavy")]
    assert [(e["rule"], e["code"]) for e in told["errors"]] == refusals
    light = desk.name(slight)
    assert code_of(problem(lambda: desk.name(slight), 422)) == "measure_stacked"
    beyond = problem(lambda: desk.apply(light, slight, until="2027-11-22"), 422)
    assert (beyond["rule"], code_of(beyond)) == ("MEA-2", "measure_beyond_the_standard")
    applied = desk.apply(light, slight, until="2027-05-21")
    desk.source.lift(desk.case(applied), reasons="已经整改")
    city.world.clock.advance(days=10)
    again = desk.name(slight)
    longer = problem(lambda: desk.apply(again, slight, until="2027-11-22"), 422)
    assert code_of(longer) == "measure_beyond_the_standard"
    assert desk.apply(again, slight, until="2027-11-21")["until"] == "2027-11-21"


@pytest.mark.rule("MEA-1")
@pytest.mark.rule("REP-5")
def test_mea_1_a_measure_on_a_listing_ends_with_it(desk: Desk) -> None:
    city = desk.city
    lister = Lister(city)
    record = city.determine(decided="2026-04-01")
    begun, decided = lister.list_now(record)
    ground = {"kind": "listing", "id": begun["case"]}
    named = desk.name("", measure=HEAVY, provision=BANNED, rests_on=ground)
    outlives = problem(lambda: desk.apply(named, begun["case"], until="2030-01-01"), 422)
    assert code_of(outlives) == "measure_outlives_its_ground"
    applied = desk.apply(named, begun["case"])
    desk.name("", rests_on=ground)
    stacked = problem(lambda: desk.name(record), 422)["errors"][0]
    assert (stacked["code"], stacked["field"]) == ("measure_stacked", "/responders/0/code")
    removed = lister.source.remove(
        lister.case(decided),
        list_code="C06-04",
        cause="conditions_met",
        removes=decided["leaf_hash"],
        removed_on=city.world.today.isoformat(),
    )
    assert removed["status"] == "recorded"
    measure = desk.found(applied)
    assert (measure.state, measure.cause) == ("ended", "delisted")
    assert desk.tasks()[applied["case"]]["step"] == "report_lifted"
    gone = problem(lambda: desk.name("", measure=HEAVY, provision=BANNED, rests_on=ground), 422)
    assert code_of(gone) == "remedy_record_not_yours"
    desk.source.report(desk.case({"case": applied["case"], "version": 3}), done="已解除")
    assert applied["case"] not in desk.tasks()


@pytest.mark.rule("MEA-5")
def test_mea_5_an_objection_suspends_a_measure_at_once_and_its_answer_resumes_or_ends_it(desk: Desk) -> None:
    city, world = desk.city, desk.city.world
    record = city.determine()
    named = desk.name(record, "source", "stranger")
    applied = desk.apply(desk.of(named, "source"), record)
    waiting = desk.of(named, "stranger")
    before = world.reader.head("records")[0]
    objected = city.object(record)
    topics = [row.topic for row in world.reader.rows("records", after=before, limit=9)]
    assert topics == ["objection.filed", "measure.suspended", "measure.suspended"]
    for case, who in ((applied, "source"), (waiting, "stranger")):
        assert desk.tasks(who)[case["case"]]["step"] == "hold_measure"
        assert desk.state(case, who)["state"] == "suspended"
    pending = problem(lambda: desk.apply({**waiting, "version": 2}, record, "stranger"), 422)
    assert "MEA-5" in {error["rule"] for error in pending["errors"]}
    assert code_of(problem(lambda: desk.name(record, who="stranger"), 422)) == "measure_stacked"

    rejected = city.source.reject(deciding("objections", objected), reasons="经核实一致", remedies=REMEDIES)
    assert rejected["outcome"] == "rejected"
    assert (
        desk.found(applied).suspended_by == frozenset() and desk.tasks()[applied["case"]]["step"] == "report"
    )
    assert desk.apply({**waiting, "version": 3}, record, "stranger")["until"] == "2027-11-21"

    second = city.object(record)
    act = city.story.withdrawal(UUID(record), UUID(second["case"]))
    decide = HandleCase(UUID(second["case"]), 1, Officer(SECOND, city.story.source))
    city.story.objections.withdraw(decide, act)
    for case in (applied, waiting):
        measure = desk.found(case)
        assert (measure.state, measure.cause) == ("ended", "reversal")
    assert world.finding() is None


@pytest.mark.rule("MEA-1")
@pytest.mark.rule("QRY-2")
def test_mea_1_whether_a_measure_may_be_applied_is_answered_with_every_rule_and_logged(desk: Desk) -> None:
    city = desk.city
    record = city.determine()
    asked: dict[str, Any] = {"official": desk.official("stranger"), "purpose": PURPOSE}
    answer = desk.stranger.check(city.subject, LIGHT, **asked)
    ground = next(g for g in answer["grounds"] if g["id"] == record)
    assert answer["answer"] == "yes" and ground["may"] and ground["provision"] == FOOD
    assert {r["rule"] for r in answer["rules"] if r["passed"]} >= {
        "MEA-1",
        "MEA-2",
        "MEA-3",
        "MEA-4",
        "MEA-5",
    }
    no = desk.stranger.check(city.subject, "M05", **asked)
    assert no["answer"] == "no" and {"rule": "MEA-2", "passed": False} in no["rules"]
    unlisted = desk.stranger.check(city.subject, "M77", **asked)
    assert unlisted["reasons"][0]["code"] == "measure_not_listed" and unlisted["grounds"] == []
    nobody = desk.stranger.check({"code": city.story.office}, LIGHT, **asked)
    assert nobody["reasons"][0]["code"] == "measure_without_fact"
    looks = city.clients["portal"].who_looked(city.subject)
    mine = [look for look in looks if look["view"] == "measure_check"]
    assert len(mine) == 3 and mine[0]["case"] == PURPOSE[1]
    assert {"record": record, "part": f"measure:{LIGHT}"} in mine[0]["shown"]
    wrong = problem(lambda: desk.stranger.check(city.subject, LIGHT, official="x", purpose=("", "", "")), 403)
    assert wrong["rule"] == "QRY-1"
    city.object(record)
    objected = desk.stranger.check(city.subject, LIGHT, **asked)
    reasons = next(g["reasons"] for g in objected["grounds"] if g["id"] == record)
    assert [(r["rule"], r["code"]) for r in reasons] == [("MEA-5", "measure_ground_objected")]
