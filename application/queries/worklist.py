"""What waits for a department: its open objections and repairs with their days, the overdue ones first.

Found by the table of open cases, told from each case's own events; nothing here names a subject.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from application.ledger import Ledger
from domain.remedies.events import ObjectionFiled, RepairApplied, RepairMaterialsSupplied
from domain.remedies.objection import fold_objection
from domain.remedies.repair_case import fold_repair
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar
from domain.shared.events import Event

CASES_MAX = 500


@dataclass(frozen=True)
class Task:
    """One case (待办) that waits: what is to be done (``step``), by when, and in how many working days.

    ``due`` is empty and ``days_left`` None while the applicant is to hand something in. ``days_left`` is
    negative when overdue. ``provisional``: the loaded calendar does not reach some day that was counted.
    """

    case: UUID
    kind: str
    version: int
    record: UUID
    step: str
    due: str
    days_left: int | None
    overdue: bool
    provisional: bool


class Worklist:
    """The worklists (待办清单) of departments."""

    def __init__(self, ledger: Ledger, calendar: Calendar) -> None:
        self._ledger = ledger
        self._calendar = calendar

    def of(self, department: str) -> tuple[list[Task], bool]:
        """The department's tasks by due day, and whether it has more open cases than are looked at."""
        cases = self._ledger.store.open_cases_of(department, limit=CASES_MAX + 1)
        today = city_day(self._ledger.now())
        tasks = [self._task(case.kind, self._ledger.load(case.id), today) for case in cases[:CASES_MAX]]
        return sorted(tasks, key=lambda t: (not t.due, t.due)), len(cases) > CASES_MAX

    def _task(self, kind: str, events: Sequence[Event], today: date) -> Task:
        counted = [
            e for e in events if isinstance(e, ObjectionFiled | RepairApplied | RepairMaterialsSupplied)
        ]
        case, version, record, step, due = _waiting(events)
        left, reaches = (None, True) if not due else self._left(today, date.fromisoformat(due))
        return Task(
            case=case,
            kind=kind,
            version=version,
            record=record,
            step=step,
            due=due,
            days_left=left,
            overdue=left is not None and today.isoformat() > due,
            provisional=counted[-1].provisional or not reaches,
        )

    def _left(self, today: date, due: date) -> tuple[int, bool]:
        """Working days from today (not counted) to the due day, negative beyond it; whether all are known."""
        first, last = min(today, due), max(today, due)
        days = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
        count = sum(self._calendar.is_working_day(day) for day in days)
        return (count if today <= due else -count), all(self._calendar.covers(day) for day in days)


def _waiting(events: Sequence[Event]) -> tuple[UUID, int, UUID, str, str]:
    """Case, version, record, what is to be done, and by when (empty: the applicant's turn)."""
    objection = fold_objection(events)
    if objection is not None:
        return objection.id, objection.version, objection.record, "answer", objection.answer_by
    repair = fold_repair(events)
    assert repair is not None
    step, due = "accept", repair.accept_by
    if repair.accepted:
        step, due = "decide", repair.answer_by
    elif repair.lacking:
        step, due = "await_materials", ""
    return repair.id, repair.version, repair.record, step, due
