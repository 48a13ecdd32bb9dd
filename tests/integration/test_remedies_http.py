"""Objection, correction and repair over HTTP with the product's own client: the whole story, and who is turned away."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from interfaces.client.remedies import case_of
from interfaces.client.signing import COVERED
from tests.remedies import FIRST, REMEDIES, SECOND, begin
from tests.remedies_http import AGENT, GROUNDS, LETTER, PROOF, City, code_of, deciding, problem
from tests.web import Web
from tests.world import World


@pytest.fixture
def city(seeded_world: World) -> Iterator[City]:
    story = begin(seeded_world)
    with Web(seeded_world).served() as url:
        yield City(story, url)


@pytest.mark.rule("OBJ-2")
@pytest.mark.rule("OBJ-5")
@pytest.mark.rule("REP-2")
def test_the_whole_story_over_http(city: City) -> None:
    record = city.determine()
    assert city.shared(record) and not city.public(record).objected

    filed = city.object(record, evidence=["e1" * 32])
    assert filed["position"] > 0 and filed["status"] == "recorded" and filed["version"] == 1
    assert filed["source"] == city.story.source and filed["answer_by"] == "2026-12-01"
    assert city.public(record).objected
    assert city.shared(record)[0].get("objected") is True

    rejected = city.source.reject(
        deciding("objections", filed), reasons="经核实与决定书一致", remedies=REMEDIES
    )
    assert rejected["outcome"] == "rejected" and not city.public(record).objected
    told = city.portal.state("objections", filed["case"], subject=city.subject, on_behalf_of="subject")
    assert told["state"] == "rejected" and told["version"] == 2
    assert told["history"][1]["parts"]["restricted"]["remedies"] == REMEDIES
    # PRV-3: who acted is told by department and pseudonym, as wherever a subject is told of officers (ADR 0060).
    assert told["history"][1]["parts"]["public"]["officer"] == SECOND

    again = city.object(record)
    seen = city.source.state("objections", again["case"], official=SECOND)
    assert seen["history"][0]["parts"]["restricted"]["grounds"] == GROUNDS
    content = city.story.file(UUID(record)).standing.content
    fixed = {**content, "public": {**content["public"], "CF_NR_FK": "2.3"}}
    upheld = city.source.correct(
        deciding("objections", again), fixed, record=record, corrects=seen["record_leaf_hash"]
    )
    assert (upheld["outcome"], upheld["effect"]) == ("upheld", "corrected")
    city.world.project()
    assert city.public(record).shown["fields"]["CF_NR_FK"] == "2.3"

    applied = city.apply(record, PROOF)
    assert applied["mode"] == "shield"
    asked = city.source.request_materials(deciding("repairs", applied))
    assert asked["missing"] == ["commitment_letter"]
    twice = problem(lambda: city.source.request_materials(deciding("repairs", asked)), 422)
    assert twice["rule"] == "REP-2" and twice["clause"].startswith("49号(十一)") and twice["quote"]
    assert "（supply）" in twice["instead"] == twice["errors"][0]["instead"] and twice["instead_en"]
    assert twice["attempted"] and twice["attempted_en"]
    supplied = city.portal.supply(case_of("repairs", asked), subject=city.subject, materials=[LETTER])
    accepted = city.source.accept(deciding("repairs", supplied))
    granted = city.source.grant(deciding("repairs", accepted))
    assert granted["outcome"] == "granted"
    assert city.public(record) is None and city.shared(record) == []

    looks = city.clients["portal"].who_looked(city.subject)
    views = [look["view"] for look in looks]
    assert views == ["shared", "shared", "objection", "objection", "shared", "who_looked"]
    assert [look["number"] for look in looks] == list(range(1, 7))
    assert [look["purpose"] for look in looks[2:4]] == ["own_records", "case_handling"]
    assert all(look["purpose_zh"] for look in looks)
    assert city.world.finding() is None


def test_a_shared_answer_names_by_its_leaf_hash_what_a_record_corrects(city: City) -> None:
    record = city.determine()
    case = deciding("objections", city.object(record))
    seen = city.source.state("objections", case.id, official=SECOND)["record_leaf_hash"]
    content = city.story.file(UUID(record)).standing.content
    fixed = {**content, "public": {**content["public"], "CF_NR_FK": "2.3"}}
    city.source.correct(case, fixed, record=record, corrects=seen)
    city.world.project()
    assert city.shared(record)[0]["corrects"] == seen


def test_a_told_case_is_reproduced_from_its_access_event(city: City) -> None:
    filed = city.object(city.determine(), on_behalf_of="agent", agent=AGENT)
    for told in (
        city.source.state("objections", filed["case"], official=SECOND),
        city.portal.state("objections", filed["case"], subject=city.subject, on_behalf_of="agent"),
    ):
        world = city.world
        replay = world.replay
        again = replay.answer(int(told["receipt"].partition(":")[2]))
        parts = told["history"][0]["parts"]
        assert again.equal
        assert {p.part: json.loads(p.shown) for p in again.parts} == {f"{n}@1": parts[n] for n in parts}
        assert parts["person/2"]["agent_name"] == "李四"


@pytest.mark.rule("OBJ-3")
def test_a_decision_names_the_version_that_was_seen(city: City) -> None:
    filed = city.object(city.determine())
    case = deciding("objections", filed)
    post = city.clients["source"].post
    said = {"reasons": "一致", "remedies": REMEDIES}
    path = f"/v1/objections/{case.id}/reject"
    missing = problem(lambda: post(path, said, credit_official=SECOND), 428)
    assert code_of(missing) == "if_match_missing"
    for tag in ('"2"', 'W/"1"', "*", "1", '"1", "2"'):
        stale = problem(lambda tag=tag: post(path, said, credit_official=SECOND, if_match=tag), 412)  # type: ignore[misc]
        assert code_of(stale) == "version_stale"
    assert city.source.reject(case, **said)["version"] == 2  # type: ignore[arg-type]
    problem(lambda: city.source.reject(case, **said), 412)  # type: ignore[arg-type]


@pytest.mark.rule("OBJ-3")
def test_obj_3_only_the_source_decides_and_only_those_concerned_learn_that_there_is_a_case(
    city: City,
) -> None:
    filed = city.object(city.determine())
    foreign = replace(deciding("objections", filed), official=city.stranger_officer)
    found = problem(lambda: city.stranger.reject(foreign, reasons="一致", remedies=REMEDIES), 404)
    nowhere = replace(foreign, id=str(uuid4()))
    none = problem(lambda: city.stranger.reject(nowhere, reasons="一致", remedies=REMEDIES), 404)
    same = ("type", "rule", "detail", "errors", "title")
    assert [found[k] for k in same] == [none[k] for k in same]
    for case in (foreign.id, nowhere.id, str(uuid4())):
        problem(lambda c=case: city.stranger.state("objections", c, official=city.stranger_officer), 404)  # type: ignore[misc]
    problem(lambda: city.source.state("repairs", foreign.id, official=SECOND), 404)
    office = replace(foreign, official="credit_office-1")
    not_its = problem(lambda: city.portal.reject(office, reasons="一致", remedies=REMEDIES), 403)
    assert code_of(not_its) == "remedy_not_the_source"
    borrowed = replace(foreign, official="credit_office-1")
    unknown = problem(lambda: city.source.reject(borrowed, reasons="一致", remedies=REMEDIES), 403)
    assert code_of(unknown) == "remedy_officer_unknown"


@pytest.mark.rule("OBJ-1")
def test_obj_1_the_credit_office_sees_how_a_case_stands_and_not_what_was_said(city: City) -> None:
    filed = city.object(city.determine(), contact="办公室")
    seen = city.portal.state("objections", filed["case"], official="credit_office-1")
    assert seen["state"] == "pending" and list(seen["history"][0]["parts"]) == ["public"]
    problem(lambda: city.portal.state("objections", filed["case"]), 403)
    other = {"code": city.story.office}
    for case in (filed["case"], str(uuid4())):
        problem(
            lambda c=case: city.portal.state(  # type: ignore[misc]
                "objections", c, subject=other, on_behalf_of="subject"
            ),
            404,
        )


@pytest.mark.rule("OBJ-3")
def test_obj_3_the_filers_officer_does_not_decide(city: City) -> None:
    record = city.determine()
    filed = city.source.object(record, about="content", grounds=GROUNDS, official=SECOND)
    found = problem(
        lambda: city.source.reject(deciding("objections", filed), reasons="一致", remedies=REMEDIES), 403
    )
    assert code_of(found) == "remedy_decided_by_filer"
    nobody = problem(lambda: city.source.object(record, about="content", grounds=GROUNDS), 422)
    assert code_of(nobody) == "remedy_officer_missing"


@pytest.mark.rule("PRV-3")
def test_prv_3_only_the_portal_speaks_for_a_subject_or_its_agent(city: City) -> None:
    record = city.determine()
    said: dict[str, Any] = {"about": "content", "grounds": GROUNDS, "subject": city.subject}
    for on_behalf_of in ("subject", "agent", ""):
        found = problem(
            lambda o=on_behalf_of: city.stranger.object(  # type: ignore[misc]
                record, on_behalf_of=o, official=city.stranger_officer, **said
            ),
            403,
        )
        assert found["rule"] == "PRV-3" and found["quote"]
    problem(lambda: city.stranger.apply(record, subject=city.subject, materials=[]), 403)
    problem(lambda: city.object(record, on_behalf_of="everyone"), 403)
    for how in ({"on_behalf_of": "agent"}, {"agent": AGENT}):
        assert problem(lambda h=how: city.object(record, **h), 400)["errors"][0]["field"] == "/agent"  # type: ignore[misc]
    assert problem(lambda: city.object(str(uuid4())), 422)["errors"][0]["code"] == "remedy_record_not_yours"


@pytest.mark.rule("REP-3")
def test_rep_3_no_amount_can_be_attached_by_anyone(city: City) -> None:
    record = city.determine()
    for more in ({"fee": "0"}, {"费用": 1}, {"note": {"serviceCharge": 2}}):
        assert problem(lambda m=more: city.apply(record, PROOF, **m), 422)["rule"] == "REP-3"  # type: ignore[misc]
    paid = problem(lambda: city.apply(record, {**PROOF, "amount": "5"}), 422)
    assert paid["rule"] == "REP-3" and paid["clause"].startswith("49号(十二)")
    # Where it stands is told by names of ours; one that the sender made up could be anybody's, and is logged for ever.
    hidden = problem(lambda: city.apply(record, PROOF, 张三13800138000=[{"fee": 1}]), 422)
    assert [e["field"] for e in hidden["errors"]] == ["/"] and "张三" not in str(hidden)
    case = deciding("repairs", city.apply(record, PROOF, LETTER))
    for what in ("accept", "grant", "reject", "request-materials"):
        assert problem(lambda w=what: city.source.act(case, w, {"fee": 1}), 422)["rule"] == "REP-3"  # type: ignore[misc]


@pytest.mark.rule("PRV-1")
def test_prv_1_a_member_that_no_schema_names_is_refused(city: City) -> None:
    record = city.determine()
    problem(lambda: city.object(record, mood="angry"), 400)
    problem(lambda: city.apply(record, PROOF, mood="sad"), 400)
    case = deciding("objections", city.object(record))
    problem(lambda: city.source.act(case, "reject", {"reasons": "一致", "remedies": REMEDIES, "x": 1}), 400)
    problem(lambda: city.source.act(case, "reject", ["reasons"]), 400)  # type: ignore[arg-type]


def test_a_request_sent_again_gets_the_same_receipt_and_another_payload_none(city: City) -> None:
    record, key = city.determine(), "objection-0001"
    filed = city.object(record, key=key)
    assert city.object(record, key=key) == filed
    problem(lambda: city.object(record, key=key, grounds="另一理由"), 422)
    assert len(city.story.marks()) == 1
    case = deciding("objections", filed)
    once = city.source.reject(case, reasons="一致", remedies=REMEDIES, key="decision-0001")
    other = replace(case, official=FIRST)
    taken = problem(
        lambda: city.source.reject(other, reasons="一致", remedies=REMEDIES, key="decision-0001"), 422
    )
    assert code_of(taken) == "idempotency_key_reused"  # nobody is told of another officer's act as of its own
    assert city.source.reject(case, reasons="一致", remedies=REMEDIES, key="decision-0001") == once


def test_twins_at_the_same_moment_make_one_case_and_one_decision(city: City) -> None:
    record = city.determine()

    def twins(act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        with ThreadPoolExecutor(4) as pool:
            one, *others = [f.result() for f in [pool.submit(act) for _ in range(4)]]
        assert all(other == one for other in others)
        return one

    filed = twins(lambda: city.object(record, key="twins-0001"))
    assert city.story.marks() == {(UUID(record), UUID(filed["case"]))}
    case = deciding("objections", filed)
    decided = twins(lambda: city.source.reject(case, reasons="一致", remedies=REMEDIES, key="twins-0002"))
    assert decided["version"] == 2 and not city.story.marks()


def test_answers_carry_the_version_as_etag_and_headers_count_only_when_signed(city: City) -> None:
    case = deciding("objections", city.object(city.determine()))
    web = Web(city.world)
    agency = next(n for n, d in enumerate(city.world.city.agencies) if d.code == city.story.source)
    path, acting = f"/v1/objections/{case.id}", ("if-match", "credit-official")

    def post(what: str, said: object, *, covered: tuple[str, ...] = acting, **headers: Any) -> TestResponse:
        key = {"content-type": "application/json", "idempotency-key": headers.pop("key", str(uuid4()))}
        sent = key | {name.replace("_", "-"): value for name, value in headers.items()}
        signing = replace(web.signing(agency), covered=(*COVERED, *covered))
        body = json.dumps(said).encode()
        signed = signing.headers("POST", f"{path}/{what}", body, sent)
        return web.http.post(f"{path}/{what}", data=body, headers=signed)

    asking = ("credit-official", "credit-purpose")
    seen = post("state", {}, covered=asking, credit_official=SECOND, credit_purpose="case_handling")
    assert (seen.status_code, seen.headers["ETag"]) == (200, '"1"')
    assert seen.headers["Credit-Receipt"].startswith("access:")
    said = {"reasons": "一致", "remedies": REMEDIES}
    headers: dict[str, Any] = {"if_match": '"1"', "credit_official": SECOND, "key": "etag-0001"}
    for covered in (acting[:1], acting[1:]):
        assert post("reject", said, covered=covered, **headers).status_code == 401
    done, again = (post("reject", said, **headers) for _ in range(2))
    assert (done.status_code, done.headers["ETag"], again.status_code) == (201, '"2"', 201)
    assert "Idempotency-Replayed" not in done.headers and again.headers["Idempotency-Replayed"] == "true"
    assert again.get_data() == done.get_data() and again.headers["ETag"] == '"2"'
    assert done.headers["Cache-Control"] == "no-store"
    assert post("reject", {"reasons": "一" * (1 << 20)}, **{**headers, "key": "etag-0002"}).status_code == 413


def test_whoever_is_turned_away_by_a_rule_stands_in_the_access_log(city: City) -> None:
    foreign = replace(deciding("objections", city.object(city.determine())), official=city.stranger_officer)
    before = city.world.reader.head("access")[0]
    problem(lambda: city.stranger.reject(foreign, reasons="一致", remedies=REMEDIES), 404)
    problem(lambda: city.stranger.state("objections", foreign.id, official=city.stranger_officer), 404)
    rows = city.world.reader.rows("access", after=before, limit=10)
    assert [row.topic for row in rows] == ["act.refused"] * 2


@pytest.mark.rule("REP-5")
@pytest.mark.rule("REP-1")
def test_rep_5_too_early_is_refused_with_the_day_and_a_rejection_needs_its_basis(city: City) -> None:
    early = city.determine("示市监罚字〔2026〕9002号", "2026-10-01")
    assert "2027-01-02" in problem(lambda: city.apply(early, PROOF, LETTER), 422)["detail"]
    case = deciding("repairs", city.apply(city.determine(), PROOF, LETTER))
    basis = {"title": "某办法", "document_number": "示府规1号", "article": "第1条", "level": "rule"}
    found = problem(lambda: city.source.reject(case, reasons="不可修复", remedies=REMEDIES, basis=basis), 422)
    assert found["rule"] == "REP-1"
    called = {
        "title": "示范市信用修复工作的通知",
        "document_number": "示信办〔2026〕1号",
        "level": "law",
        "article": "第1条",
    }
    belied = problem(
        lambda: city.source.reject(case, reasons="不可修复", remedies=REMEDIES, basis=called), 422
    )
    assert (belied["rule"], code_of(belied)) == ("REP-1", "repair_excluded_without_basis")
    done = city.source.reject(case, reasons="履行证明不实", remedies=REMEDIES)
    assert done["outcome"] == "rejected"
    told = city.portal.state("repairs", case.id, subject=city.subject, on_behalf_of="subject")
    assert told["state"] == "rejected" and told["history"][1]["parts"]["restricted"]["reasons"]


@pytest.mark.rule("OBJ-3")
@pytest.mark.rule("OBJ-5")
def test_obj_3_a_withdrawal_sealed_by_the_source_takes_the_record_away(city: City) -> None:
    record = city.determine()
    filed = city.object(record)
    seen = city.source.state("objections", filed["case"], official=SECOND)
    case = deciding("objections", filed)
    wrong = problem(lambda: city.source.withdraw(case, record=record, withdraws="00" * 32), 422)
    assert wrong["rule"] == "OBJ-5" and wrong["clause"].startswith("49号") and wrong["instead"]
    city.source.withdraw(case, record=record, withdraws=seen["record_leaf_hash"])
    assert city.public(record) is None and city.shared(record) == []


@pytest.mark.rule("OBJ-1")
def test_obj_1_a_department_objects_to_what_it_can_have_seen_and_learns_nothing_of_what_is_gone(
    city: City,
) -> None:
    record = city.determine()

    def found_wrong(by: Any, official: str) -> dict[str, Any]:
        filed: dict[str, Any] = by.object(record, about="content", grounds=GROUNDS, official=official)
        return filed

    assert found_wrong(city.stranger, city.stranger_officer)["source"] == city.story.source
    seen = city.source.state("objections", (filed := city.object(record))["case"], official=SECOND)
    case = deciding("objections", filed)
    city.source.withdraw(case, record=record, withdraws=seen["record_leaf_hash"])
    own = problem(lambda: found_wrong(city.source, SECOND), 422)
    assert code_of(own) == "remedy_record_gone"
    foreign = problem(lambda: found_wrong(city.stranger, city.stranger_officer), 422)
    assert code_of(foreign) == "remedy_record_not_yours"


@pytest.mark.rule("REP-1")
def test_rep_1_a_withdrawal_closes_the_repair_that_waits_with_its_reason(city: City) -> None:
    record = city.determine()
    applied, filed = city.apply(record, PROOF, LETTER), city.object(record)
    other = city.apply(city.determine("示市监罚字〔2026〕9002号"), PROOF, LETTER)
    seen = city.source.state("objections", filed["case"], official=SECOND)
    city.source.withdraw(deciding("objections", filed), record=record, withdraws=seen["record_leaf_hash"])
    told = city.portal.state("repairs", applied["case"], subject=city.subject, on_behalf_of="subject")
    assert (told["state"], told["version"], told["waiting"]) == ("closed", 2, None)
    assert "撤销" in told["history"][1]["parts"]["restricted"]["reasons"]
    waiting = city.clients["source"].worklist(official=SECOND)
    assert [task["case"] for task in waiting if task["kind"] == "repair"] == [other["case"]]
    problem(lambda: city.source.accept(deciding("repairs", applied)), 412)
    newest = replace(deciding("repairs", applied), version=2)
    assert code_of(problem(lambda: city.source.accept(newest), 422)) == "repair_decided_already"
    assert city.source.accept(deciding("repairs", other))["version"] == 2
    assert city.world.finding() is None


@pytest.mark.rule("REP-5")
def test_rep_5_a_shielding_closes_the_other_repair_of_the_record_and_an_ended_term_stops_acceptance(
    city: City,
) -> None:
    record = city.determine()
    first, second = city.apply(record, PROOF, LETTER), city.apply(record, PROOF)
    city.source.grant(deciding("repairs", city.source.accept(deciding("repairs", first))))
    assert city.source.state("repairs", second["case"], official=SECOND)["state"] == "closed"
    ending = city.apply(city.determine("示市监罚字〔2026〕9002号"), PROOF, LETTER)
    city.world.clock.run_ahead(days=365)
    city.world.deadlines.run()
    version = city.source.state("repairs", ending["case"], official=SECOND)["version"]
    case = replace(deciding("repairs", ending), version=version)
    assert code_of(problem(lambda: city.source.accept(case), 422)) == "repair_not_needed"
    assert city.world.finding() is None
