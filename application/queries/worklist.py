"""What waits for a department: its open objections and repairs with their days, the overdue ones of a page first.

Found by the table of open cases, told from each case's own events; nothing here names a subject, so nothing here
is a look.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from application.ledger import Ledger
from application.ports import OpenCase
from application.queries.pages import FIRST_PAGE, Cursors, Page, PageAsked, Place
from application.stopping import Stops, measure_now, what_stops
from application.waiting import waiting_of
from domain.remedies.overdue import Waiting, waiting_of_measure
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar

WORKLIST = "worklist"
OVERDUE_MAX = 500


@dataclass(frozen=True)
class Task:
    """One case (待办) that waits: what is to be done (``step``), by when, and in how many working days.

    ``due`` is empty and ``days_left`` None while the applicant is to hand something in. ``days_left`` is
    negative when overdue. ``overdue_recorded``: the ledger says so too, by an event of the case. ``provisional``:
    the loaded calendar does not reach some day that was counted.
    """

    case: UUID
    kind: str
    version: int
    record: UUID
    department: str
    step: str
    due: str
    days_left: int | None
    overdue: bool
    overdue_recorded: bool
    provisional: bool


class Worklist:
    """The worklists (待办清单) of departments."""

    def __init__(self, ledger: Ledger, calendar: Calendar) -> None:
        self._ledger = ledger
        self._calendar = calendar

    def page(self, department: str, asked: PageAsked = FIRST_PAGE) -> Page[Task]:
        """The department's open cases, those filed first on the first page; within a page by due day.

        A listing holds what had been filed when it began: each case that still waits stands on one page, as it
        is now. One decided in between waits no more. Raises ``Refused`` (FORMAT) for a cursor of another list.
        """
        cursors = Cursors(self._ledger.vault, department, WORKLIST)
        place = cursors.read(asked.cursor) if asked.cursor else None
        after, through = (place.after, place.begun) if place else (0, None)
        store = self._ledger.store
        found = store.open_cases_page(department, through=through, after=after, limit=asked.limit)
        tasks = self._tasks(case for case, _, _ in found)
        position, following = place.begun if place else 0, ""
        if found:
            _, filed, position = found[-1]
            if store.open_cases_page(department, through=position, after=filed, limit=1):
                following = cursors.write(Place(position, filed))
        return Page(tuple(sorted(tasks, key=lambda t: (not t.due, t.due))), following, position)

    def overdue_elsewhere(self, office: str) -> tuple[list[Task], bool]:
        """What is overdue with all departments but the credit office itself, the longest first (REP-4)."""
        on = city_day(self._ledger.now())
        cases = self._ledger.store.overdue_cases(on, apart_from=office, limit=OVERDUE_MAX + 1)
        tasks = [task for task in self._tasks(cases[:OVERDUE_MAX]) if task.overdue]
        return sorted(tasks, key=lambda t: t.due), len(cases) > OVERDUE_MAX

    def _tasks(self, cases: Iterable[OpenCase]) -> list[Task]:
        """A task for each case that is still open when its events are read."""
        given = list(cases)
        stops = what_stops(self._ledger) if any(case.kind == "measure" for case in given) else Stops()
        found = (self._waiting(case, stops) for case in given)
        today = city_day(self._ledger.now())
        return [self._task(waiting) for waiting in found if waiting is not None and waiting.waits_on(today)]

    def _waiting(self, case: OpenCase, stops: Stops) -> Waiting | None:
        """What a case waits for; a measure that rests on what is suspended only for the report of its end (INS-2)."""
        events = self._ledger.load(case.id)
        measure = measure_now(self._ledger, events, stops) if case.kind == "measure" else None
        return waiting_of(events) if measure is None else waiting_of_measure(measure)

    def _task(self, waiting: Waiting) -> Task:
        today, due = city_day(self._ledger.now()), waiting.due
        left, reaches = (None, True) if not due else self._left(today, date.fromisoformat(due))
        return Task(
            case=waiting.case,
            kind=waiting.kind,
            version=waiting.version,
            record=waiting.record,
            department=waiting.department,
            step=waiting.step,
            due=due,
            days_left=left,
            overdue=waiting.is_overdue(today),
            overdue_recorded=waiting.is_recorded,
            provisional=waiting.provisional or not reaches,
        )

    def _left(self, today: date, due: date) -> tuple[int, bool]:
        """Working days from today (not counted) to the due day, negative beyond it; whether all are known."""
        first, last = min(today, due), max(today, due)
        days = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
        count = sum(self._calendar.is_working_day(day) for day in days)
        return (count if today <= due else -count), all(self._calendar.covers(day) for day in days)
