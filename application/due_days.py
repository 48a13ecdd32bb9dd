"""By when open cases are due, as the table of open cases holds it: worklists and deadline runner find them so."""

from __future__ import annotations

from datetime import date

from application.ledger import Ledger
from application.ports import CaseDays
from application.waiting import waiting_of
from domain.remedies.overdue import Waiting
from domain.shared.events import Event


def days_of(waiting: Waiting, *, counted_by: int = -1) -> CaseDays:
    """The days under which an open case is found; ``counted_by`` counts only while one of them is provisional."""
    due, following = (date.fromisoformat(d) if d else None for d in (waiting.due, waiting.next_due))
    provisional = waiting.provisional and bool(waiting.deadlines)
    return CaseDays(waiting.case, due, following, waiting.record, counted_by if provisional else None)


def days_after(ledger: Ledger, event: Event) -> list[CaseDays]:
    """By when a case is due after this event of it; nothing when it is decided, or is none."""
    waiting = waiting_of([*ledger.load(event.originator_id), event])
    return [] if waiting is None else [days_of(waiting)]
