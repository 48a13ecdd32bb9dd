"""Serious dishonesty lists over HTTP with the product's own client: each clause of LST-1 to LST-9 as it is met."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from application.listings import lists_of
from domain.listing.events import ListingRemoved
from domain.listing.standards import ListTransitionEnded
from interfaces.client.bundles import of_record
from interfaces.client.entries import Entries
from interfaces.client.remedies import case_of
from interfaces.client.verifier import verify
from tests.listing import LIST, Lister, ListingStory, of_another_subject
from tests.measures import BANNED, HEAVY, Desk
from tests.remedies import FIRST, REMEDIES, SECOND, begin
from tests.remedies_http import LETTER, PROOF, City, code_of, deciding, problem
from tests.web import Web
from tests.world import World

MISSING = {
    "facts": "listing_without_facts",
    "basis": "listing_without_basis",
    "measures": "listing_without_measures",
    "removal_conditions": "listing_without_removal_conditions",
    "removal_procedure": "listing_without_removal_procedure",
    "remedies": "listing_without_remedies",
    "document_number": "listing_document_unnamed",
}
"""What a decision says, the six contents and its document, and what it is refused for without it."""


@pytest.fixture
def lister(seeded_world: World) -> Iterator[Lister]:
    story = begin(seeded_world)
    with Web(seeded_world).served() as url:
        yield Lister(City(story, url))


@pytest.mark.rule("LST-4")
@pytest.mark.rule("LST-5")
@pytest.mark.rule("LST-6")
@pytest.mark.rule("LST-7")
def test_a_listing_from_notice_to_early_removal(lister: Lister) -> None:
    city, world = lister.city, lister.city.world
    record, subject = city.determine(), lister.city.story.subject_id()
    unserved = problem(lambda: lister.begin(record, receipt=""), 422)
    assert (unserved["rule"], code_of(unserved)) == ("LST-4", "listing_not_served")
    begun = lister.begin(record)
    assert begun["state_by"] == "2026-11-27" and begun["version"] == 1
    case = lister.case(begun)
    early = problem(lambda: lister.source.decide(case, lister.parts(begun, [record])), 422)
    assert (early["rule"], code_of(early)) == ("LST-5", "listing_statement_period")

    said = lister.portal.state_case(case_of("listings", begun), subject=city.subject, grounds="已经整改")
    assert said["answer_by"] == "2026-12-01"
    assert lister.worklist()[begun["case"]]["step"] == "answer"
    stated = lister.case(said)
    unanswered = problem(lambda: lister.source.decide(stated, lister.parts(begun, [record])), 422)
    assert code_of(unanswered) == "listing_statement_pending"
    answered = lister.source.answer(stated, outcome="rejected", reasons="整改材料不足")
    case = lister.case(answered)

    for name, code in MISSING.items():
        parts = lister.parts(begun, [record], **{name: None})
        missing = problem(lambda parts=parts: lister.source.decide(case, parts), 422)  # type: ignore[misc]
        assert (missing["rule"], code_of(missing)) == ("LST-6", code) and missing["instead"]
    empty = problem(lambda: lister.source.decide(case, lister.parts(begun, [record], remedies="无")), 422)
    assert (empty["rule"], code_of(empty)) == ("LST-6", "listing_without_remedies")
    seventh = problem(lambda: lister.source.decide(case, lister.parts(begun, [record], fee="1")), 422)
    assert seventh["rule"] == "PRV-1"
    low = problem(
        lambda: lister.source.decide(case, lister.parts(begun, [record], authority_rank="township")), 422
    )
    assert (low["rule"], code_of(low)) == ("LST-7", "listing_rank_not_registered")
    township, municipal = (
        partial(world.governance().rank_department, city.story.source, rank=rank, basis="示编〔2026〕1号")
        for rank in ("township", "municipal")
    )
    assert township() and not township()
    proud = problem(lambda: lister.source.decide(case, lister.parts(begun, [record])), 422)
    assert (proud["rule"], code_of(proud)) == ("LST-7", "listing_rank_not_registered")
    low = problem(
        lambda: lister.source.decide(case, lister.parts(begun, [record], authority_rank="township")), 422
    )
    assert (low["rule"], code_of(low)) == ("LST-7", "listing_rank_too_low")
    assert municipal()
    other = problem(lambda: lister.source.decide(case, lister.parts(begun, [record], notice="ab" * 32)), 422)
    assert code_of(other) == "listing_of_other_notice"
    others = lister.parts(begun, [record], code=city.story.office)
    of_another = problem(lambda: lister.source.decide(case, others), 422)
    assert (of_another["rule"], code_of(of_another)) == ("LST-6", "listing_of_other_subject")
    noticed = lister.parts(begun, [record])
    for notice, code in (
        ({"repair_notice": "c1" * 32}, "listing_repair_notice"),
        ({"repair_notice": "c1" * 32, "repair_notice_on": "2026-01-01"}, "listing_repair_notice_day"),
    ):
        half = {**noticed, "restricted": {**noticed["restricted"], **notice}}
        told = problem(lambda half=half: lister.source.decide(case, half), 422)  # type: ignore[misc]
        assert (told["rule"], code_of(told)) == ("REP-2", code)
    today = world.today.isoformat()
    noticed["restricted"] |= {"repair_notice": "c1" * 32, "repair_notice_on": today}
    decided = lister.source.decide(case, noticed)
    world.project()
    dossier = {life["record"]: life for life in city.clients["portal"].dossier(city.subject)}
    assert dossier[begun["case"]]["repair_notice"] == {"served": True, "served_on": today}
    assert dossier[record]["repair_notice"]["served"] is False and dossier[record]["repair_notice"]["note_zh"]

    assert lister.on_list() == [begun["case"]] and begun["case"] not in lister.worklist()
    assert [b.list_code for b in lists_of(world.ledger, subject)] == [LIST]
    assert [r["form"] for r in city.shared(begun["case"])] == ["listing"]
    found = world.lookup.find(city.subject["code"])
    assert UUID(begun["case"]) in {r.record_id for r in found[0].records}
    own = lister.portal.state(begun["case"], subject=city.subject)
    assert own["state"] == "listed" and own["waiting"] is None
    assert own["history"][0]["parts"]["restricted"]["rights"]
    problem(lambda: lister.stranger.state(begun["case"], official=city.stranger_officer), 404)
    twice = lister.begin(record)
    world.clock.advance(days=8)
    again = problem(lambda: lister.source.decide(lister.case(twice), lister.parts(twice, [record])), 422)
    assert code_of(again) == "listing_listed_already"

    listed = case_of("listings", decided)
    soon = problem(lambda: lister.portal.apply(listed, subject=city.subject, materials=[PROOF, LETTER]), 422)
    assert (soon["rule"], code_of(soon)) == ("LST-8", "listing_removal_too_early")
    world.clock.advance(days=380)
    applied = lister.portal.apply(listed, subject=city.subject, materials=[PROOF, LETTER])
    assert lister.worklist()[begun["case"]]["step"] == "decide_removal"
    objecting = partial(Entries(city.clients["portal"]).object, begun["case"], subject=city.subject)
    waits = problem(lambda: objecting(grounds="列入有误"), 422)
    assert (waits["rule"], code_of(waits)) == ("OBJ-1", "listing_removal_pending")
    refused = lister.source.refuse(lister.case(applied), reasons="尚有罚款未缴", remedies=REMEDIES)
    assert lister.on_list() == [begun["case"]]
    applied = lister.portal.apply(case_of("listings", refused), subject=city.subject, materials=[PROOF])
    gone = lister.source.remove(
        lister.case(applied),
        list_code=LIST,
        cause="conditions_met",
        removes=decided["leaf_hash"],
        removed_on=world.today.isoformat(),
    )
    assert gone["delisted"] == [LIST]
    assert lister.on_list() == [] and city.shared(begun["case"]) == []
    assert lists_of(world.ledger, subject) == ()
    world.project()
    assert world.new_projector().rebuild().equal
    assert world.finding() is None


@pytest.mark.rule("LST-1")
@pytest.mark.rule("LST-2")
def test_lst_1_no_case_under_a_list_without_a_standard_in_force_or_of_another_department(
    lister: Lister,
) -> None:
    record = lister.city.determine()
    for unknown in ("C06-99", "C06-08"):
        refused = problem(lambda unknown=unknown: lister.begin(record, list_code=unknown), 422)  # type: ignore[misc]
        assert (refused["rule"], code_of(refused)) == ("LST-1", "list_unknown")
    foreign = problem(lambda: lister.begin(record, list_code="C06-02"), 422)
    assert foreign["rule"] == "CAT-5"
    nothing = problem(lambda: lister.begin(str(uuid4())), 422)
    assert nothing["rule"] == "LST-4"
    several = problem(lambda: lister.begin(record, of_another_subject(lister.city)), 422)
    assert (several["rule"], code_of(several)) == ("LST-4", "listing_records_of_several")
    slight, grave = (
        str(
            lister.city.story.new_record(
                f"示〔2026〕93{severity}号", decided=date(2026, 10, 1), severity=severity
            )
        )
        for severity in ("轻微", "严重")
    )
    light = problem(lambda: lister.begin(slight), 422)
    assert (light["rule"], code_of(light)) == ("LST-1", "listing_on_slight_conduct")
    assert "重点关注名单" in light["detail"]
    spared = problem(lambda: lister.begin(slight, grave), 422)
    assert (spared["rule"], code_of(spared)) == ("DET-4", "leniency_never_listed")
    assert lister.begin(grave)["state_by"]


@pytest.mark.rule("LST-4")
@pytest.mark.rule("LST-5")
def test_lst_4_a_notice_dated_back_takes_no_day_of_the_time_for_a_statement(lister: Lister) -> None:
    record = lister.city.determine()
    begun = lister.begin(record, served_on="2026-09-01")
    assert begun["state_by"] == "2026-11-27"
    at_once = problem(lambda: lister.source.decide(lister.case(begun), lister.parts(begun, [record])), 422)
    assert (at_once["rule"], code_of(at_once)) == ("LST-5", "listing_statement_period")
    said = lister.portal.state_case(case_of("listings", begun), subject=lister.city.subject, grounds="未收到")
    assert said["answer_by"] == "2026-12-01"


@pytest.mark.rule("LST-4")
@pytest.mark.rule("LST-5")
def test_lst_4_nobody_is_listed_on_facts_or_a_standard_that_the_notice_did_not_tell_or_while_they_are_verified(
    lister: Lister,
) -> None:
    city, world, source = lister.city, lister.city.world, lister.city.source
    record = city.determine()

    def refused(begun: dict[str, object]) -> list[tuple[str, str]]:
        told = problem(lambda: lister.source.decide(lister.case(begun), lister.parts(begun, [record])), 422)
        assert told["instead"] and told["quote"]
        return [(error["rule"], error["code"]) for error in told["errors"]]

    begun = lister.begin(record)
    world.clock.advance(days=8)
    objected = deciding("objections", city.object(record))
    assert refused(begun) == [("LST-5", "listing_record_objected")]
    seen = source.state("objections", objected.id, official=objected.official)["record_leaf_hash"]
    content = city.story.file(UUID(record)).standing.content
    fixed = {**content, "public": {**content["public"], "CF_NR_FK": "2.3"}}
    source.correct(objected, fixed, record=record, corrects=seen)
    assert refused(begun) == [("LST-4", "listing_facts_changed")]
    lister.source.drop(lister.case(begun), reasons="事由已更正，另行告知")
    anew = lister.begin(record)
    world.clock.advance(days=8)
    ListingStory(city.story).adopt(criteria="受到较重行政处罚，且拒不改正")
    assert ("LST-4", "listing_standard_changed") in refused(anew)
    lister.source.drop(lister.case(anew), reasons="标准已更新，另行告知")
    under_it = lister.begin(record)
    world.clock.advance(days=8)
    assert lister.source.decide(lister.case(under_it), lister.parts(under_it, [record], version=2))


@pytest.mark.rule("OBJ-1")
@pytest.mark.rule("OBJ-2")
@pytest.mark.rule("OBJ-3")
@pytest.mark.rule("MEA-5")
def test_obj_1_a_listing_itself_is_objected_to_and_what_rests_on_it_rests_until_another_officer_answers(
    lister: Lister,
) -> None:
    city, world = lister.city, lister.city.world
    begun, decided = lister.list_now(city.determine(decided="2026-04-01"))
    case, desk = begun["case"], Desk(city)
    portal, source = Entries(city.clients["portal"]), Entries(city.clients["source"])
    ground = {"kind": "listing", "id": case}
    applied = desk.apply(desk.name("", rests_on=ground), case)

    def object_to() -> dict[str, Any]:
        return portal.object(case, subject=city.subject, grounds="列入决定有误")

    others = problem(lambda: portal.object(case, subject={"code": city.story.office}, grounds="x"), 404)
    assert (others["rule"], code_of(others)) == ("OBJ-1", "entry_not_yours")
    filed = object_to()
    task = lister.worklist()[case]
    assert (task["kind"], task["step"], task["due"]) == ("entry", "answer", filed["answer_by"])
    assert [entry.objected for entry in world.lookup.listed(LIST).entries] == [True]
    assert [found["objected"] for found in city.shared(case)] == [True]
    looked = world.reader.head("access")[0]
    assert desk.tasks()[applied["case"]]["step"] == "hold_measure"
    waits = problem(lambda: desk.name("", measure=HEAVY, provision=BANNED, rests_on=ground), 422)
    assert ("MEA-5", "measure_ground_objected") in {(e["rule"], e["code"]) for e in waits["errors"]}
    listed = case_of("listings", {**decided, "version": filed["version"]})
    early = problem(lambda: lister.portal.apply(listed, subject=city.subject, materials=[PROOF]), 422)
    assert (early["rule"], code_of(early)) == ("LST-8", "listing_objection_pending")
    said: dict[str, Any] = {"reasons": "经核实列入无误", "remedies": REMEDIES}
    own = problem(lambda: source.reject(case, official=SECOND, **said), 403)
    assert (own["rule"], code_of(own)) == ("OBJ-3", "remedy_decided_by_determiner")
    source.reject(case, official=FIRST, **said)
    assert [entry.objected for entry in world.lookup.listed(LIST).entries] == [False]
    told = json.loads(world.replay.whole(looked)[0])["answers"][0]["records"]
    assert [found["objected"] for found in told if found["record"] == case] == [True]
    assert desk.tasks()[applied["case"]]["step"] == "report" and case not in lister.worklist()

    again = object_to()
    world.clock.advance(days=15)
    assert world.deadlines.run().overdue >= 1 and lister.worklist()[case]["overdue_recorded"]
    now = lister.case({**again, "version": lister.worklist()[case]["version"]})
    why = {"cause": "reversal", "removes": decided["leaf_hash"], "removed_on": world.today.isoformat()}
    gone = lister.source.remove(now, list_code=LIST, **why)
    assert gone["delisted"] == [LIST] and gone["restoration"] in lister.worklist()
    assert desk.found(applied).cause == "delisted" and lister.on_list() == []
    world.publish()
    assert world.finding() is None and world.new_projector().rebuild().equal


@pytest.mark.rule("LST-8")
@pytest.mark.parametrize("how", ["repair", "withdrawal", "correction"])
def test_lst_8_what_ends_the_record_ends_the_listing_in_the_same_transaction(
    lister: Lister, how: str
) -> None:
    city, world = lister.city, lister.city.world
    record = city.determine()
    begun, _ = lister.list_now(record)
    assert lister.on_list() == [begun["case"]]
    if how == "repair":
        done = city.source.grant(
            deciding("repairs", city.source.accept(deciding("repairs", city.apply(record, PROOF, LETTER))))
        )
    else:
        objected = deciding("objections", city.object(record))
        seen = city.source.state("objections", objected.id, official=objected.official)["record_leaf_hash"]
        if how == "withdrawal":
            done = city.source.withdraw(objected, record=record, withdraws=seen)
        else:
            content = city.story.file(UUID(record)).standing.content
            fixed = {**content, "public": {**content["public"], "CF_NR_FK": "2.3"}}
            done = city.source.correct(objected, fixed, record=record, corrects=seen)
    assert done["delisted"] == [LIST]
    assert lister.on_list() == [] and city.shared(begun["case"]) == []
    assert lists_of(world.ledger, city.story.subject_id()) == ()
    removed = world.ledger.load(UUID(begun["case"]))[-1]
    assert isinstance(removed, ListingRemoved)
    assert removed.cause == ("repair" if how == "repair" else "reversal")


@pytest.mark.rule("LST-8")
def test_lst_8_a_listing_ends_with_its_term_by_an_event(lister: Lister) -> None:
    city, world = lister.city, lister.city.world
    begun, _ = lister.list_now(city.determine())
    world.clock.advance(days=3 * 366)
    assert lister.on_list() == []
    assert world.deadlines.run().terms_ended >= 1
    removed = world.ledger.load(UUID(begun["case"]))[-1]
    assert isinstance(removed, ListingRemoved) and removed.cause == "expiry"
    assert world.deadlines.run().terms_ended == 0
    world.project()
    assert world.new_projector().rebuild().equal


@pytest.mark.rule("LST-8")
@pytest.mark.rule("OBJ-4")
def test_lst_8_who_was_taken_off_proves_offline_that_no_view_holds_the_listing(lister: Lister) -> None:
    city, world = lister.city, lister.city.world
    begun, decided = lister.list_now(city.determine())
    listing, portal = begun["case"], city.clients["portal"]
    world.publish()
    standing = problem(lambda: of_record(portal, listing, "shielded", subject=city.subject), 404)
    assert (standing["rule"], code_of(standing)) == ("PRV-3", "nothing_to_prove")
    told = {"cause": "reversal", "removes": decided["leaf_hash"], "removed_on": world.today.isoformat()}
    reversed_by = lister.source.remove(lister.case(decided), list_code=LIST, **told)
    task = lister.worklist()[reversed_by["restoration"]]
    assert (task["step"], task["due"]) == ("restore", reversed_by["restore_by"]), "OBJ-4: it was wrong"
    world.publish()
    bundle = of_record(portal, listing, "shielded", subject=city.subject)
    policy = (world.published / "policy").read_bytes()
    report = verify(json.dumps(bundle).encode(), policy)
    assert report.good, report.refused
    assert any(listing in line and "removed from its list" in line for line in report.checked)
    of_source = city.clients["source"].post(
        "/v1/evidence",
        {"claim": "shielded", "record": listing},
        credit_official=SECOND,
        credit_purpose='licensing; case="2026-7"; basis="art. 34"',
    )
    assert verify(json.dumps(of_source).encode(), policy).good
    other = problem(lambda: of_record(portal, listing, "recorded", subject=city.subject), 404)
    assert code_of(other) == "nothing_to_prove", "only that it is gone; what it said is no evidence any more"


@pytest.mark.rule("LST-5")
def test_lst_5_an_accepted_statement_ends_the_case_and_an_unanswered_one_is_recorded_as_overdue(
    lister: Lister,
) -> None:
    city, world = lister.city, lister.city.world
    record = city.determine()
    begun = lister.begin(record)
    said = lister.portal.state_case(case_of("listings", begun), subject=city.subject, grounds="决定有误")
    world.clock.at += timedelta(days=20)
    assert world.deadlines.run().overdue == 1
    task = lister.worklist()[begun["case"]]
    assert task["overdue_recorded"] and task["version"] == 3
    accepted = lister.source.answer(
        lister.case({**said, "version": 3}), outcome="accepted", reasons="申辩成立"
    )
    assert begun["case"] not in lister.worklist()
    over = problem(lambda: lister.source.decide(lister.case(accepted), lister.parts(begun, [record])), 422)
    assert code_of(over) == "listing_decided_already"


@pytest.mark.rule("LST-9")
def test_lst_9_a_list_kept_over_a_transition_is_empty_after_it_by_events_and_takes_nobody_any_more(
    lister: Lister,
) -> None:
    city, world, http = lister.city, lister.city.world, Web(lister.city.world).http
    record = city.determine()
    begun, _ = lister.list_now(record)
    ListingStory(city.story).transition(until=world.today + timedelta(days=5))
    world.project()
    world.clock.advance(days=5)
    assert world.deadlines.run().overdue == 0
    shown = http.get(f"/v1/lists/{LIST}").get_json()["entries"]
    assert [entry["listing"] for entry in shown] == [begun["case"]]
    world.clock.advance(days=1)
    over = problem(lambda: lister.begin(record), 422)
    assert (over["rule"], code_of(over)) == ("LST-1", "list_unknown") and over["clause"] and over["instead"]
    world.deadlines.run()
    assert http.get(f"/v1/lists/{LIST}").get_json()["entries"] == []
    assert lists_of(world.ledger, city.story.subject_id()) == ()
    removed = world.ledger.load(UUID(begun["case"]))[-1]
    assert isinstance(removed, ListingRemoved) and removed.cause == "transition"
    world.project()
    world.deadlines.run()
    assert len(world.rows_of(ListTransitionEnded.TOPIC)) == 1
    assert world.deadlines.run().overdue == 0
