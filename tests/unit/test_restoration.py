"""Restoring reputation: begun with an upheld objection, closed by evidence or waiver, flagged by time alone (OBJ-4)."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from domain.parties.acting import Agent, Officer
from domain.remedies.events import ObjectionDecided
from domain.remedies.overdue import overdue_events, waiting_of
from domain.remedies.restoration import (
    Restoration,
    RestorationBegun,
    begin_restoration,
    completion_defects,
    fold_restoration,
    waive_restoration,
)
from domain.shared.refusals import Refused
from tests.remedies import CALENDAR

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TASK, RECORD, OBJECTION = UUID(int=1), UUID(int=2), UUID(int=3)
SOURCE = "11420100XK7BQ3M22B"
LEAF, PROOF = "c1" * 32, "e1" * 32
OFFICER = Officer("case-2", SOURCE)
CLOSING = {
    "restores": LEAF,
    "manner": ["notice_to_receivers"],
    "evidence": [PROOF],
    "officer": OFFICER.pseudonym,
}
pytestmark = pytest.mark.rule("OBJ-4")


def begun() -> RestorationBegun:
    upheld = ObjectionDecided(
        originator_id=OBJECTION,
        originator_version=2,
        timestamp=NOW,
        record=str(RECORD),
        outcome="upheld",
        department=SOURCE,
        officer="case-1",
        effect="withdrawn",
    )
    return begin_restoration(upheld, restoration_id=TASK, working_days=10, calendar=CALENDAR)


def task() -> Restoration:
    found = fold_restoration([begun()])
    assert found is not None
    return found


def codes(**said: object) -> list[str]:
    closing = {**CLOSING, **said}
    return [d.code for d in completion_defects(task(), closing, officer=OFFICER, leaf_hash=LEAF)]


def test_it_is_due_in_working_days_from_the_day_on_which_the_objection_was_upheld() -> None:
    assert (begun().answer_by, begun().provisional) == ("2026-12-07", False)


def test_time_flags_it_once_and_closes_nothing() -> None:
    later = datetime(2026, 12, 8, 2, 0, tzinfo=UTC)
    waiting = waiting_of([begun()])
    assert waiting is not None and waiting.kind == "restoration"
    (missed,) = overdue_events(waiting, now=later)
    after = waiting_of([begun(), missed])
    assert after is not None and after.is_recorded and overdue_events(after, now=later) == []


def test_a_department_closes_it_over_its_evidence() -> None:
    assert codes() == []


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"evidence": []}, "restoration_evidence"),
        ({"evidence": ["e1"]}, "restoration_evidence"),
        ({"evidence": "e1" * 32}, "restoration_evidence"),
        ({"manner": []}, "restoration_manner"),
        ({"manner": ["silence"]}, "restoration_manner"),
        ({"manner": [["letter_to_subject"]]}, "restoration_manner"),
        ({"restores": "d1" * 32}, "restoration_of_another"),
        ({"officer": "case-1"}, "restoration_other_officer"),
    ],
)
def test_nothing_else_closes_it(said: dict[str, object], code: str) -> None:
    assert codes(**said) == [code]


def test_only_its_own_department_closes_it() -> None:
    other = Officer(OFFICER.pseudonym, "114201000000000000")
    found = completion_defects(task(), CLOSING, officer=other, leaf_hash=LEAF)
    assert [d.code for d in found] == ["remedy_not_the_source"]


def test_its_subject_or_an_agent_with_its_power_waives_it_by_a_declaration() -> None:
    def waived(declaration: str, agent: Agent | None = None) -> str:
        event = waive_restoration(
            task(), declaration=declaration, agent=agent, received_by="x", officer=None, now=NOW
        )
        closed = fold_restoration([begun(), event])
        assert closed is not None and waiting_of([begun(), event]) is None
        return closed.state

    assert waived("d1" * 32) == "waived"
    assert waived("d1" * 32, Agent("李四", "身份证", "1", "a0" * 32)) == "waived"
    with pytest.raises(Refused) as refused:
        waived("", Agent("李四", "身份证", "1", ""))
    assert {d.code for d in refused.value.defects} == {"restoration_declaration", "remedy_power_of_attorney"}
