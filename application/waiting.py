"""What any open case waits for, whichever context it is of, and its missed days: for worklists and the deadline runner.

``domain/remedies/overdue.py`` folds the cases that it may know; the contexts above it get their line here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.oversight.incidents import fold_incident, waiting_incident
from domain.oversight.review_events import QueryReviewOverdue
from domain.oversight.reviews import fold_review, waiting_review
from domain.remedies.entry_objections import fold_entry, waiting_entry
from domain.remedies.events import ObjectionOverdue
from domain.remedies.overdue import Overdue, Waiting, missed_days
from domain.remedies.overdue import overdue_events as of_cases
from domain.remedies.overdue import waiting_of as of_case
from domain.shared.events import Event


def waiting_of(events: Sequence[Event]) -> Waiting | None:
    """What the case of a stream waits for; None when it is decided, or no case."""
    if (review := fold_review(events)) is not None:
        return waiting_review(review)
    if (incident := fold_incident(events)) is not None:
        return waiting_incident(incident)
    entry = fold_entry(events)
    objected = None if entry is None else waiting_entry(entry)
    return objected or of_case(events)  # a listing is an entry, and a case besides


def overdue_events(waiting: Waiting, *, now: datetime) -> Sequence[Overdue | QueryReviewOverdue]:
    """One event for each due day that is over and not recorded yet; often none."""
    if waiting.kind == "query_review":
        return missed_days(waiting, QueryReviewOverdue, now=now)
    if waiting.kind == "entry":
        return missed_days(waiting, ObjectionOverdue, now=now)
    return of_cases(waiting, now=now)
