"""Objection, correction and repair over HTTP with the product's own client: the whole story, and who is turned away."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from application.queries.replay import Replay
from interfaces.client.api import Client, Department, Problem
from interfaces.client.remedies import Case, Remedies, case_of
from tests.remedies import REMEDIES, SECOND, Story, begin
from tests.web import Web
from tests.world import World

PROOF = {"kind": "performance_proof", "digest": "b1" * 32}
LETTER = {"kind": "commitment_letter", "digest": "b2" * 32}
GROUNDS = "罚款金额与决定书不符"
AGENT = {
    "name": "李四",
    "id_type": "身份证",
    "id_number": "990106190001010017",
    "power_of_attorney": "a0" * 32,
}


class City:
    """The story's departments as clients: the portal (credit office), the source, and a stranger."""

    def __init__(self, story: Story, url: str) -> None:
        self.story, self.world = story, story.world
        stranger = next(d.code for d in self.world.city.agencies if d.code != story.source)
        self.clients = {
            name: Client(url, Department(code, self.world.keys[code]), attempts_max=1)
            for name, code in (("portal", story.office), ("source", story.source), ("stranger", stranger))
        }
        self.portal, self.source, self.stranger = (Remedies(c) for c in self.clients.values())
        self.subject = {"code": str(story.content["public"]["CF_XDR_SHXYM"])}
        self.stranger_officer = next(o.key for o in self.world.city.officers if o.department == stranger)

    def determine(self, number: str = "示市监罚字〔2026〕9001号", decided: str = "2026-06-01") -> str:
        """A penalty recorded over HTTP and shown; its record."""
        content = self.story.content_of(
            CF_WSH=number, CF_JDRQ=decided, CF_GSJZQ="2029-01-01", DISCREDIT_LEVEL="一般"
        )
        receipt = self.clients["source"].determine(content, form="penalty")
        self.world.project()
        return str(receipt["record"])

    def object(self, record: str, **more: Any) -> dict[str, Any]:
        """The subject objects at the portal."""
        said = {"about": "content", "grounds": GROUNDS, "subject": self.subject, "on_behalf_of": "subject"}
        return self.portal.object(record, **{**said, **more})

    def apply(self, record: str, *materials: dict[str, str], **more: Any) -> dict[str, Any]:
        """The subject applies for repair at the portal."""
        return self.portal.apply(record, subject=self.subject, materials=materials, **more)

    def shared(self, record: str) -> list[dict[str, Any]]:
        """What another department sees of the record in a logged query."""
        answers = self.clients["stranger"].query(
            [self.subject],
            official=self.stranger_officer,
            purpose="licensing",
            case="示许受字〔2026〕7号",
            basis="《中华人民共和国行政许可法》第三十四条",
        )
        return [r for r in answers[0]["records"] if r["record"] == record]

    def public(self, record: str) -> Any:
        """The record in the public look-up, or None."""
        return self.world.lookup.record(UUID(record))


@pytest.fixture
def city(seeded_world: World) -> Iterator[City]:
    story = begin(seeded_world)
    with Web(seeded_world).served() as url:
        yield City(story, url)


def deciding(kind: str, receipt: dict[str, Any]) -> Case:
    return case_of(kind, receipt, official=SECOND)


def problem(act: Callable[[], object], status: int) -> dict[str, Any]:
    """The problem with which an act is turned away."""
    with pytest.raises(Problem) as refused:
        act()
    assert refused.value.status == status, refused.value.members
    return dict(refused.value.members)


def code_of(found: dict[str, Any]) -> str:
    return str(found["errors"][0]["code"])


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
    assert "officer" not in told["history"][1]["parts"]["public"]

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
    supplied = city.portal.supply(case_of("repairs", asked), subject=city.subject, materials=[LETTER])
    accepted = city.source.accept(deciding("repairs", supplied))
    granted = city.source.grant(deciding("repairs", accepted))
    assert granted["outcome"] == "granted"
    assert city.public(record) is None and city.shared(record) == []

    looks = city.clients["portal"].who_looked(city.subject)
    views = [look["view"] for look in looks]
    assert views == ["shared", "shared", "objection", "objection", "shared", "who_looked"]
    assert [look["number"] for look in looks] == list(range(1, 7))
    assert city.world.finding() is None


def test_a_told_case_is_reproduced_from_its_access_event(city: City) -> None:
    filed = city.object(city.determine(), on_behalf_of="agent", agent=AGENT)
    for told in (
        city.source.state("objections", filed["case"], official=SECOND),
        city.portal.state("objections", filed["case"], subject=city.subject, on_behalf_of="agent"),
    ):
        world = city.world
        replay = Replay(reader=world.reader, keys=world.reader, vault=world.vault)
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
    assert city.source.reject(case, reasons="一致", remedies=REMEDIES, key="decision-0001") == once


@pytest.mark.rule("REP-5")
def test_rep_5_too_early_is_refused_with_the_day_and_a_rejection_needs_its_basis(city: City) -> None:
    early = city.determine("示市监罚字〔2026〕9002号", "2026-10-01")
    assert "2027-01-02" in problem(lambda: city.apply(early, PROOF, LETTER), 422)["detail"]
    case = deciding("repairs", city.apply(city.determine(), PROOF, LETTER))
    basis = {"title": "某办法", "document_number": "示府规1号", "article": "第1条", "level": "rule"}
    found = problem(lambda: city.source.reject(case, reasons="不可修复", remedies=REMEDIES, basis=basis), 422)
    assert found["rule"] == "REP-1"
    done = city.source.reject(case, reasons="履行证明不实", remedies=REMEDIES)
    assert done["outcome"] == "rejected"
    told = city.portal.state("repairs", case.id, subject=city.subject, on_behalf_of="subject")
    assert told["state"] == "rejected" and told["history"][1]["parts"]["restricted"]["reasons"]


@pytest.mark.rule("OBJ-3")
def test_obj_3_a_withdrawal_sealed_by_the_source_takes_the_record_away(city: City) -> None:
    record = city.determine()
    filed = city.object(record)
    seen = city.source.state("objections", filed["case"], official=SECOND)
    case = deciding("objections", filed)
    wrong = problem(lambda: city.source.withdraw(case, record=record, withdraws="00" * 32), 422)
    assert wrong["rule"] == "OBJ-5"
    city.source.withdraw(case, record=record, withdraws=seen["record_leaf_hash"])
    assert city.public(record) is None and city.shared(record) == []


def test_a_worklist_tells_a_department_its_own_cases_the_overdue_first(city: City) -> None:
    first, second = city.determine(), city.determine("示市监罚字〔2026〕9003号")
    objection = city.object(first)
    applied = city.apply(second, PROOF)
    work = {t["case"]: t for t in city.source.worklist(official=SECOND)}
    assert set(work) == {objection["case"], applied["case"]}
    task = work[objection["case"]]
    assert (task["kind"], task["step"], task["due"], task["days_left"]) == (
        "objection",
        "answer",
        "2026-12-01",
        7,
    )
    assert not task["overdue"] and not task["provisional"] and task["version"] == 1
    assert (work[applied["case"]]["step"], work[applied["case"]]["days_left"]) == ("accept", 3)
    assert city.stranger.worklist(official=city.stranger_officer) == []
    assert problem(lambda: city.source.worklist(official=city.stranger_officer), 403)["rule"] == "QRY-1"

    city.world.clock.at += timedelta(days=17)
    overdue = city.source.worklist(official=SECOND)
    assert [t["case"] for t in overdue] == [applied["case"], objection["case"]]
    assert all(t["overdue"] for t in overdue) and [t["days_left"] for t in overdue] == [-9, -5]
    asked = city.source.request_materials(deciding("repairs", applied))
    last = city.source.worklist(official=SECOND)[-1]
    assert (last["step"], last["due"], last["days_left"]) == ("await_materials", "", None)
    supplied = city.portal.supply(case_of("repairs", asked), subject=city.subject, materials=[LETTER])
    accepted = city.source.accept(deciding("repairs", supplied))
    decide = next(t for t in city.source.worklist(official=SECOND) if t["kind"] == "repair")
    assert decide["step"] == "decide" and decide["days_left"] == 10 and decide["version"] == 4
    city.source.grant(deciding("repairs", accepted))
    city.source.reject(deciding("objections", objection), reasons="一致", remedies=REMEDIES)
    assert city.source.worklist(official=SECOND) == []


def test_days_beyond_the_loaded_calendar_are_provisional(city: City) -> None:
    city.world.clock.at += timedelta(days=36)
    city.object(city.determine())
    task = city.source.worklist(official=SECOND)[0]
    assert task["provisional"] and task["due"].startswith("2027-")
