"""Counts the provisional days of a case again once another year's calendar is loaded (DOMAIN 8b; 民法典 201-203).

Before it stand the events of an open case and the calendar; after it at most one event with the days that hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from domain.listing.events import ListingNotified, ListingRemovalApplied, ListingStatementMade
from domain.measures.case import fold_measure
from domain.measures.events import MeasureNamed, MeasureObjected, MeasureReported
from domain.measures.feedback import no_later
from domain.remedies.entry_objections import EntryObjected
from domain.remedies.events import (
    CalendarLoaded,
    ObjectionFiled,
    RepairApplied,
    RepairMaterialsSupplied,
)
from domain.remedies.overdue import Waiting
from domain.remedies.repair_events import ReorganisationApplied, RepairExtended
from domain.remedies.restoration import RestorationBegun
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar, CalendarYear, add_working_days
from domain.shared.events import Event, next_of, placed
from domain.shared.recounted import CaseDaysRecounted

Counted = (
    ObjectionFiled
    | RepairApplied
    | RepairMaterialsSupplied
    | RestorationBegun
    | ReorganisationApplied
    | ListingNotified
    | ListingStatementMade
    | ListingRemovalApplied
    | EntryObjected
)
"""The events whose day the limits of a case run from."""
Counting = Counted | RepairExtended | MeasureNamed | MeasureReported | MeasureObjected
"""The events that count days by a calendar: an extension goes on from the day that was due."""
Days = Counted | RepairExtended | CaseDaysRecounted
"""The events that say by which days a case is due."""
ONLY_DAY: Mapping[type[Event], str] = {ListingNotified: "state_by", ListingRemovalApplied: "decide_by"}
"""Under which name an event says the one day that is told as ``answer_by`` once it is counted again."""


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
    then: Callable[[Event], Calendar],
    known: Calendar,
    version: int,
    now: datetime,
) -> CaseDaysRecounted | None:
    """The days of a case that waits, as ``known`` gives them; None when nothing about them changes.

    How many working days each step has is read from the days themselves, which were counted by the calendar that was
    known ``then``, at an event: a limit that was changed since does not reach back. ``version`` is that of the
    calendar's stream.
    """
    if not waiting.provisional or not waiting.deadlines:
        return None
    if waiting.kind == "measure":
        return _recount_measure(events, waiting, then=then, known=known, version=version, now=now)
    counted = counted_last(events)
    if counted is None:
        return None
    start, before_it, provisional = city_day(counted.timestamp), then(counted), False

    def again(day: str | None) -> str | None:
        nonlocal provisional
        steps = 0 if day is None else before_it.working_days(start, date.fromisoformat(day))
        if not steps:
            return day
        due = add_working_days(start, steps, known)
        provisional = provisional or due.provisional
        return due.day.isoformat()

    forward, accept, answer = (
        again(_said(counted, name)) for name in ("forward_by", "accept_by", "answer_by")
    )
    extended = next((e for e in events if isinstance(e, RepairExtended)), None)
    if extended is not None:
        due = add_working_days(date.fromisoformat(str(answer)), extended.working_days, known)
        answer, provisional = due.day.isoformat(), provisional or due.provisional
    before = tuple(
        next(
            (said for e in reversed(events) if isinstance(e, Days) and (said := _said(e, name)) is not None),
            None,
        )
        for name in ("forward_by", "accept_by", "answer_by", "provisional")
    )
    if before == (forward, accept, answer, provisional):
        return None
    return CaseDaysRecounted(
        **placed(waiting.case, waiting.version + 1, now),
        record=str(waiting.record),
        calendar=version,
        answer_by=str(answer),
        provisional=provisional,
        forward_by=forward,
        accept_by=accept,
    )


def _recount_measure(
    events: Sequence[Event],
    waiting: Waiting,
    *,
    then: Callable[[Event], Calendar],
    known: Calendar,
    version: int,
    now: datetime,
) -> CaseDaysRecounted | None:
    """A measure's next feedback day, which is never later for a rest day, and that of an objection to it (JNT-1)."""
    measure = fold_measure(events)
    assert measure is not None
    feedback, answer, provisional = measure.due[-1], measure.answer_by, False
    if measure.provisional and measure.duty:
        due = no_later(date.fromisoformat(feedback), known)
        feedback, provisional = due.day.isoformat(), due.provisional
    objected = next((e for e in reversed(events) if isinstance(e, MeasureObjected)), None)
    if objected is not None and measure.answer_provisional:
        start = city_day(objected.timestamp)
        steps = then(objected).working_days(start, date.fromisoformat(objected.answer_by))
        due = add_working_days(start, steps, known)
        answer, provisional = due.day.isoformat(), provisional or due.provisional
    if (feedback, answer, provisional) == (measure.due[-1], measure.answer_by, waiting.provisional):
        return None
    return CaseDaysRecounted(
        **next_of(measure, now),
        record=str(measure.id),
        calendar=version,
        answer_by=answer,
        provisional=provisional,
        feedback_by=feedback,
    )


def _said(event: Event, name: str) -> Any:
    """What an event says under a name; its only day as ``answer_by``."""
    if name == "answer_by":
        name = ONLY_DAY.get(type(event), name)
    return getattr(event, name, None)
