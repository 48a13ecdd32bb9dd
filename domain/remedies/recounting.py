"""Counts the provisional days of a case again once another year's calendar is loaded (DOMAIN 8b; 民法典 201-203).

Before it stand the events of an open case and the calendar; after it at most one event with the days that hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from domain.remedies.events import (
    CalendarLoaded,
    CaseDaysRecounted,
    ObjectionFiled,
    RepairApplied,
    RepairMaterialsSupplied,
)
from domain.remedies.overdue import Waiting
from domain.remedies.repair_events import RepairExtended
from domain.remedies.restoration import RestorationBegun
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar, CalendarYear, add_working_days
from domain.shared.events import Event

Counted = ObjectionFiled | RepairApplied | RepairMaterialsSupplied | RestorationBegun
"""The events whose day the limits of a case run from."""
Counting = Counted | RepairExtended
"""The events that count days by a calendar: an extension goes on from the day that was due."""
Days = Counting | CaseDaysRecounted
"""The events that say by which days a case is due."""


def calendar_of(built_in: Calendar, events: Iterable[Event]) -> Calendar:
    """The calendar that these events, in order, make of the built-in one."""
    found = built_in
    for event in events:
        if isinstance(event, CalendarLoaded):
            found = found.with_year(year_of(event))
    return found


def year_of(event: CalendarLoaded) -> CalendarYear:
    """The year that an event loaded."""
    holidays, working = (
        tuple(map(date.fromisoformat, d)) for d in (event.holidays, event.working_weekend_days)
    )
    return CalendarYear(event.year, event.source, holidays, working)


def counted_last(events: Sequence[Event]) -> Counted | None:
    """The event from which the days of a case run now."""
    return next((event for event in reversed(events) if isinstance(event, Counted)), None)


def recount(
    events: Sequence[Event],
    waiting: Waiting,
    *,
    then: Calendar,
    known: Calendar,
    version: int,
    now: datetime,
) -> CaseDaysRecounted | None:
    """The days of a case that waits, as ``known`` gives them; None when nothing about them changes.

    How many working days each step has is read from the days themselves, which were counted by the calendar of
    ``then``: a limit that was changed since does not reach back. ``version`` is that of the calendar's stream.
    """
    counted = counted_last(events)
    if counted is None or not waiting.provisional or not waiting.deadlines:
        return None
    start, provisional = city_day(counted.timestamp), False

    def again(day: str | None) -> str | None:
        nonlocal provisional
        steps = 0 if day is None else then.working_days(start, date.fromisoformat(day))
        if not steps:
            return day
        due = add_working_days(start, steps, known)
        provisional = provisional or due.provisional
        return due.day.isoformat()

    forward, accept, answer = (
        again(getattr(counted, name, None)) for name in ("forward_by", "accept_by", "answer_by")
    )
    extended = next((e for e in events if isinstance(e, RepairExtended)), None)
    if extended is not None:
        due = add_working_days(date.fromisoformat(str(answer)), extended.working_days, known)
        answer, provisional = due.day.isoformat(), provisional or due.provisional
    before = tuple(
        next((getattr(e, name) for e in reversed(events) if isinstance(e, Days) and hasattr(e, name)), None)
        for name in ("forward_by", "accept_by", "answer_by", "provisional")
    )
    if before == (forward, accept, answer, provisional):
        return None
    return CaseDaysRecounted(
        originator_id=waiting.case,
        originator_version=waiting.version + 1,
        timestamp=now,
        record=str(waiting.record),
        calendar=version,
        answer_by=str(answer),
        provisional=provisional,
        forward_by=forward,
        accept_by=accept,
    )
