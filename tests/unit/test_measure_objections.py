"""Objections to measures: who may object, what waits, who answers, and what an answer brings about (OBJ-1, 3, 4)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.measures.case import (
    ANSWER,
    WRONG,
    Measure,
    after,
    decline,
    end,
    lift,
    miss_answer,
    report,
)
from domain.measures.objections import answer, object_to
from domain.oversight.flag_causes import causes_of
from domain.parties.acting import Officer
from domain.remedies.overdue import waiting_of_measure
from domain.remedies.restoration import restore_after
from domain.shared.events import Event
from domain.shared.refusals import Refused
from tests.remedies import CALENDAR, REMEDIES
from tests.unit.test_measures import AT, NEXT, OFFICER, OTHER, applied, named

OTHERS = {"measure_decided_by_applier": OFFICER.pseudonym}
SECOND = Officer("another", OFFICER.department)


def objected(measure: Measure, **changed: Any) -> Measure:
    said: dict[str, Any] = {
        "grounds": "措施与记录无关", "evidence": (), "agent": None, "received_by": OTHER, "officer": None,
        "working_days": 3, "calendar": CALENDAR, "now": AT, **changed,
    }  # fmt: skip
    return after(measure, object_to(measure, **said))


def answered(measure: Measure, outcome: Any = "rejected", **changed: Any) -> Event:
    said: dict[str, Any] = {
        "officer": SECOND, "others": OTHERS, "reasons": "理由", "remedies": REMEDIES, "now": AT, **changed,
    }  # fmt: skip
    return answer(measure, outcome=outcome, **said)


def refused(act: Any) -> list[str]:
    with pytest.raises(Refused) as found:
        act()
    return [d.code for d in found.value.defects]


@pytest.mark.rule("OBJ-1")
@pytest.mark.rule("MEA-5")
def test_obj_1_a_measure_that_is_objected_to_waits_for_the_answer_and_is_not_executed() -> None:
    held = objected(applied())
    waiting = waiting_of_measure(held)
    assert waiting is not None and (waiting.step, waiting.due) == (ANSWER, held.answer_by)
    assert (held.suspended_by, held.duty) == (frozenset({str(held.id)}), "hold_measure")
    again = after(held, answered(held))
    assert (again.suspended_by, again.step) == (frozenset(), "report")
    assert refused(lambda: objected(held)) == ["measure_objected_already"]
    declined = after(named(), decline(named(), officer=OFFICER, reasons="x", now=AT))
    assert refused(lambda: objected(declined)) == ["measure_never_applied"]
    assert refused(lambda: objected(applied(), grounds=" ", evidence=("e1",))) == [
        "objection_without_grounds",
        "remedy_evidence_malformed",
    ]


@pytest.mark.rule("OBJ-3")
def test_obj_3_another_officer_of_the_department_answers_with_reasons_and_remedies() -> None:
    held = objected(applied())
    assert refused(lambda: answered(held, officer=OFFICER)) == ["measure_decided_by_applier"]
    assert refused(lambda: answered(held, officer=Officer("x", OTHER))) == ["remedy_not_the_source"]
    assert refused(lambda: answered(applied())) == ["measure_no_objection_pending"]
    assert refused(lambda: answered(held, "upheld", reasons=" ")) == ["remedy_without_reasons"]
    assert len(refused(lambda: answered(held, remedies={}))) == 2


@pytest.mark.rule("OBJ-4")
def test_obj_4_what_closes_the_case_waits_for_the_answer_and_its_end_does_not_swallow_it() -> None:
    held = objected(applied())
    text: dict[str, Any] = {"officer": OFFICER, "now": AT}
    assert refused(lambda: lift(held, reasons="x", **text)) == ["measure_objection_pending"]
    ended = after(held, end(held, cause="reversal", by="x", at=AT))
    assert (ended.step, ended.duty) == (ANSWER, "report_lifted")
    assert refused(lambda: report(ended, done="x", following=NEXT, **text)) == ["measure_objection_pending"]
    told = answered(ended, "upheld", remedies=None)
    assert told.closes is False and after(ended, told).step == "report_lifted"  # type: ignore[attr-defined]
    over = after(applied(), lift(applied(), reasons="x", **text))
    late = objected(over)
    assert late.step == ANSWER and answered(late, "upheld").closes is True  # type: ignore[attr-defined]
    waiting = objected(named())
    assert after(waiting, end(waiting, cause="reversal", by="x", at=AT)).step == ""


@pytest.mark.rule("OBJ-4")
def test_obj_4_a_measure_lifted_as_wrong_closes_and_its_department_restores() -> None:
    wrong = lift(applied(), officer=OFFICER, reasons="适用条款错误", cause=WRONG, now=AT)
    assert (wrong.cause, wrong.closes) == (WRONG, True)
    assert end(applied(), cause=WRONG, by="x", at=AT).closes
    other: dict[str, Any] = {"officer": OFFICER, "reasons": "x", "now": AT}
    assert refused(lambda: lift(applied(), cause="weather", **other)) == ["measure_cause_unknown"]
    task = restore_after(applied(), AT, restoration_id=applied().id, working_days=10, calendar=CALENDAR)
    assert (task.source, task.effect, task.objection) == (
        OFFICER.department, "measure_lifted", str(applied().id),
    )  # fmt: skip


@pytest.mark.rule("OBJ-1")
def test_obj_1_an_answer_that_is_late_is_recorded_once_and_flagged() -> None:
    held = objected(applied())
    late = datetime(2026, 12, 23, 2, 0, tzinfo=UTC)
    missed = miss_answer(held, now=late)
    assert missed is not None and miss_answer(held, now=AT) is None
    behind = after(held, missed)
    assert miss_answer(behind, now=late) is None and behind.due == held.due
    waiting = waiting_of_measure(behind)
    assert waiting is not None and waiting.is_recorded
    (flag,) = causes_of(missed, actor="platform")
    assert flag.rule == "ACC-4"
