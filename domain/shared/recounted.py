"""The event by which the provisional days of any open case are counted again, whichever context the case is of.

Made by ``domain/remedies/recounting.py``; each context folds it into its own cases.
"""

from __future__ import annotations

from typing import ClassVar

from domain.shared.events import Event
from domain.shared.kinds import Kind


class CaseDaysRecounted(Event):
    """The provisional days of an open case, counted again by a calendar that reaches further (期限重算).

    ``calendar`` is the version of the calendar's stream; ``provisional`` when even that does not reach all days.
    ``answer_by`` is the day of the one thing that a case waits for: an answer, a statement, a decision. A measure has
    ``feedback_by`` beside it, is told as its own ``record`` since no public part says what it rests on, and has an
    empty ``answer_by`` where nobody objected to it.
    """

    TOPIC: ClassVar[str] = "case.days_recounted"
    KIND: ClassVar[Kind] = Kind.CASE_DAYS_RECOUNTED
    SCHEMA: ClassVar[int] = 2
    UPCASTS: ClassVar = {1: lambda parts: parts}
    """Version 1 was of objections, repairs and restorations alone."""
    record: str
    calendar: int
    answer_by: str
    provisional: bool
    forward_by: str | None = None
    accept_by: str | None = None
    feedback_by: str | None = None
