"""Decides whether a licence or penalty came late: more than so many working days after its decision (DET-6).

Being late changes no right of anybody: the record is taken, and that it was late is a fact about its department.
Oversight folds the events with :func:`late_counts`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from domain.shared.canonical import Parts
from domain.shared.deadlines import Calendar, add_working_days, working_days_between
from domain.shared.events import Event
from domain.shared.kinds import Kind

FORMS_IN_TIME = ("penalty", "licence")
PENALTY_DECISION = "行政处罚决定书"
"""001 四(二) names licences and penalties, and 7 working days; the general form has no such limit."""


class PublicationLate(Event):
    """Records that came after their last day (逾期公示), of one batch of one department (001 四(二)).

    ``records`` lists ``[record, last day as ISO text, working days beyond it, "provisional" or ""]``: provisional
    where the loaded calendar did not reach some day counted. It names nobody.
    """

    TOPIC: ClassVar[str] = "publication.late"
    KIND: ClassVar[Kind] = Kind.PUBLICATION_LATE
    department: str
    form: str
    records: list[list[str]]


def limited_as(parts: Parts) -> str:
    """The form whose limit a record has: a penalty is one in whatever form its decision is sent."""
    public = parts["public"]
    return "penalty" if public.get("RD_WSLX") == PENALTY_DECISION else str(public["form"])


@dataclass(frozen=True, slots=True)
class Late:
    """By when a record was to be published (``due``), and how many working days later it came (at least 1)."""

    due: date
    days: int
    provisional: bool

    def entry(self, record: str) -> list[str]:
        """As ``publication.late`` lists it."""
        return [record, self.due.isoformat(), str(self.days), "provisional" if self.provisional else ""]


@dataclass(frozen=True, slots=True)
class LateCount:
    """What one department published late (逾期情况): records, those of them provisional, the most working days."""

    records: int = 0
    provisional: int = 0
    days_max: int = 0


def lateness(
    form: str, decided: date, *, recorded_on: date, calendar: Calendar, within_working_days: int
) -> Late | None:
    """How late a record came; None when it was in time, the last working day included, or has no such limit.

    ``within_working_days`` are those that were set for the day of the decision.
    """
    if form not in FORMS_IN_TIME:
        return None
    due = add_working_days(decided, within_working_days, calendar)
    if recorded_on <= due.day:
        return None
    days, known = working_days_between(due.day, recorded_on, calendar)
    # Recorded on a rest day, the first day after the last one counts all the same.
    return Late(due.day, max(days, 1), due.provisional or not known)


def late_counts(events: Iterable[Event]) -> dict[str, LateCount]:
    """By department, what came late: the one fold that worklists and oversight use."""
    counts: dict[str, LateCount] = {}
    for event in events:
        if isinstance(event, PublicationLate):
            so_far = counts.get(event.department, LateCount())
            counts[event.department] = LateCount(
                so_far.records + len(event.records),
                so_far.provisional + sum(bool(mark) for _, _, _, mark in event.records),
                max([so_far.days_max, *(int(days) for _, _, days, _ in event.records)]),
            )
    return counts
