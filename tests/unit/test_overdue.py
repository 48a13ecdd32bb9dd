"""When a case is overdue: over any working-day calendar and any order of passes and acts, each missed day once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.remedies.events import (
    ObjectionDecided,
    ObjectionFiled,
    ObjectionOverdue,
    RepairAccepted,
    RepairApplied,
    RepairDecided,
    RepairMaterialsRequested,
    RepairMaterialsSupplied,
    RepairOverdue,
)
from domain.remedies.overdue import Overdue, overdue_events, waiting_of
from domain.shared.deadlines import Calendar, add_working_days
from domain.shared.events import Event

CASE, RECORD, SOURCE = UUID(int=1), UUID(int=2), "source"
FIRST = date(2026, 9, 1)
DAYS = st.dates(FIRST, FIRST + timedelta(days=60))
CALENDARS = st.builds(
    lambda holidays, working, known: Calendar(
        ((date(2026, 1, 1), known),), frozenset(holidays), frozenset(working)
    ),
    st.lists(DAYS, max_size=20),
    st.lists(DAYS, max_size=6),
    DAYS,
)
TERMS = st.integers(1, 12)


@dataclass
class Case:
    """A case that grows by acts and by passes of the runner, as in its stream."""

    calendar: Calendar
    events: list[Event] = field(default_factory=list)

    def add(self, kind: type[Event], on: date, **fields: Any) -> None:
        place: dict[str, Any] = {
            "originator_id": CASE,
            "originator_version": len(self.events) + 1,
            "timestamp": noon(on),
        }
        self.events.append(kind(**place, **fields))

    def due(self, on: date, term: int) -> tuple[str, bool]:
        found = add_working_days(on, term, self.calendar)
        return found.day.isoformat(), found.provisional

    def object(self, on: date, term: int) -> str:
        day, provisional = self.due(on, term)
        self.add(ObjectionFiled, on, record=str(RECORD), filed_by="subject", received_by="office", source=SOURCE,
                 about="content", route="source_unit", forward_by=day, answer_by=day,
                 provisional=provisional)  # fmt: skip
        return day

    def apply(self, on: date, accept: int, answer: int) -> None:
        day, provisional = self.due(on, answer)
        self.add(RepairApplied, on, record=str(RECORD), applied_by="subject", received_by="office", source=SOURCE,
                 item="C03-02", item_version=1, severity="一般", mode="shield", earliest=on.isoformat(),
                 accept_by=self.due(on, accept)[0], answer_by=day, provisional=provisional)  # fmt: skip

    def request(self, on: date) -> None:
        self.add(RepairMaterialsRequested, on, missing=["commitment_letter"], department=SOURCE, officer="o")

    def supply(self, on: date, accept: int, answer: int) -> None:
        day, provisional = self.due(on, answer)
        self.add(RepairMaterialsSupplied, on, received_by="office", accept_by=self.due(on, accept)[0], answer_by=day,
                 provisional=provisional, materials=[["commitment_letter", "b2" * 32]])  # fmt: skip

    def run(self, on: date) -> list[Overdue]:
        """A pass of the runner on a day: what it records."""
        waiting = waiting_of(self.events)
        made = [] if waiting is None else overdue_events(waiting, now=noon(on))
        self.events += made
        return made

    def recorded(self) -> list[tuple[str, str]]:
        return [(e.step, e.due) for e in self.events if isinstance(e, ObjectionOverdue | RepairOverdue)]


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


@given(CALENDARS, DAYS, TERMS, st.lists(DAYS, max_size=12))
def test_obj_1_an_objection_is_recorded_overdue_on_the_first_pass_after_its_day_and_never_again(
    calendar: Calendar, filed: date, term: int, passes: list[date]
) -> None:
    case = Case(calendar)
    due = case.object(filed, term)
    after = sorted(p for p in passes if p >= filed)
    made = {day: case.run(day) for day in after}
    late = [day for day in after if day.isoformat() > due]
    assert case.recorded() == ([("answer", due)] if late else [])
    assert all(not events for day, events in made.items() if day not in late[:1])


ACTS = st.lists(st.tuples(st.sampled_from(["run", "run", "request", "supply", "accept", "decide"]), st.integers(0, 9)),
                max_size=14)  # fmt: skip


@given(CALENDARS, DAYS, TERMS, TERMS, ACTS)
def test_rep_4_whatever_happens_to_a_repair_each_missed_day_is_recorded_once_and_only_when_it_was_missed(
    calendar: Calendar, filed: date, accept: int, more: int, acts: list[tuple[str, int]]
) -> None:
    case, today, answer = Case(calendar), filed, accept + more
    case.apply(today, accept, answer)
    lacking = accepted = decided = False
    for act, days in acts:
        today += timedelta(days=days)
        if act == "run":
            before = waiting_of(case.events)
            for event in case.run(today):
                assert before is not None and (event.step, event.due) in before.deadlines
                assert event.due < today.isoformat() and event.department == SOURCE
                assert not lacking and not decided and not (accepted and event.step == "accept")
            now = waiting_of(case.events)
            if now is not None:
                assert not now.next_due or now.next_due >= today.isoformat(), "nothing missed is left"
                assert now.is_overdue(today) == now.is_recorded
        elif act == "request" and not (lacking or accepted or decided):
            case.request(today)
            lacking = True
        elif act == "supply" and lacking and not decided:
            case.supply(today, accept, answer)
            lacking = False
        elif act == "accept" and not (lacking or accepted or decided):
            case.add(RepairAccepted, today, department=SOURCE, officer="o")
            accepted = True
        elif act == "decide" and accepted and not decided:
            case.add(
                RepairDecided, today, record=str(RECORD), outcome="granted", department=SOURCE, officer="o"
            )
            decided = True
    assert len(case.recorded()) == len(set(case.recorded()))
    assert [e.originator_version for e in case.events] == list(range(1, len(case.events) + 1))
    assert (waiting_of(case.events) is None) == decided


CALENDAR = Calendar(((date(2026, 1, 1), date(2026, 12, 31)),), frozenset(), frozenset())


def test_rep_4_after_supplied_materials_the_new_day_may_be_missed_again() -> None:
    case = Case(CALENDAR)
    case.apply(date(2026, 9, 1), 3, 10)
    assert [e.due for e in case.run(date(2026, 9, 5))] == ["2026-09-04"]
    case.request(date(2026, 9, 7))
    assert case.run(date(2026, 10, 30)) == []
    case.supply(date(2026, 10, 30), 3, 10)
    assert case.run(date(2026, 11, 4)) == []
    assert [(e.step, e.due) for e in case.run(date(2026, 11, 5))] == [("accept", "2026-11-04")]


def test_rep_4_an_application_that_nobody_accepts_is_overdue_twice_to_accept_and_to_decide() -> None:
    case = Case(CALENDAR)
    case.apply(date(2026, 9, 1), 3, 10)
    made = case.run(date(2026, 12, 1))
    assert [(e.step, e.due) for e in made] == [("accept", "2026-09-04"), ("decide", "2026-09-15")]
    assert [e.originator_version for e in made] == [2, 3]


def test_the_due_day_itself_is_in_time_by_the_city_s_midnight() -> None:
    case = Case(CALENDAR)
    due = date.fromisoformat(case.object(date(2026, 9, 1), 7))
    waiting = waiting_of(case.events)
    assert waiting is not None
    midnight = datetime(due.year, due.month, due.day, 16, tzinfo=UTC)
    assert overdue_events(waiting, now=midnight - timedelta(microseconds=1)) == []
    assert len(overdue_events(waiting, now=midnight)) == 1


@pytest.mark.parametrize("known", [date(2026, 12, 31), date(2026, 9, 2)])
def test_a_day_counted_beyond_the_calendar_is_recorded_as_provisional(known: date) -> None:
    case = Case(Calendar(((date(2026, 1, 1), known),), frozenset(), frozenset()))
    case.object(date(2026, 9, 1), 7)
    assert [e.provisional for e in case.run(date(2026, 10, 1))] == [known == date(2026, 9, 2)]


def test_a_decided_objection_waits_for_nobody() -> None:
    case = Case(CALENDAR)
    case.object(date(2026, 9, 1), 7)
    case.run(date(2026, 10, 1))
    case.add(
        ObjectionDecided,
        date(2026, 10, 2),
        record=str(RECORD),
        outcome="rejected",
        department=SOURCE,
        officer="o",
    )
    assert waiting_of(case.events) is None and case.run(date(2027, 1, 1)) == []
