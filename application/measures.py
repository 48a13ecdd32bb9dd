"""Measures as their streams tell them, and what ends or is recorded when time does: terms and feedback days.

The desk asks before every act on a subject; the deadline runner records what passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from application.bearing import Bearing
from application.due_days import days_of
from application.ledger import Ledger, SealedAct
from application.ports import Append, KeyName
from application.sealing import parse_key_reference
from domain.measures.case import Measure, fold_measure
from domain.measures.events import MeasureEnded
from domain.remedies.overdue import waiting_of_measure
from domain.shared.events import Event


def measures_of(ledger: Ledger, measures: Iterable[UUID]) -> tuple[dict[UUID, Measure], dict[UUID, KeyName]]:
    """The measures of these streams, and the key of the public part of each; those that were erased are left out."""
    found: dict[UUID, Measure] = {}
    keys: dict[UUID, KeyName] = {}
    for stream in measures:
        rows = ledger.store.load("records", stream)
        opened = ledger.open_all(rows, log="records")
        measure = fold_measure(row.event for row in opened if "public" in row.opened)
        if measure is not None:
            found[stream], keys[stream] = measure, parse_key_reference(rows[0].key_ref)["public"]
    return found, keys


def settle_measures(batch: Append, bearing: Bearing | None, *, counted_by: int = -1) -> None:
    """Write down by when each measure is due of which an event was made, and close those with nothing left to do.

    ``counted_by`` as of ``days_of``.
    """
    for measure in [] if bearing is None else bearing.moved():
        waiting = waiting_of_measure(measure)
        if waiting is None:
            batch.closed = [*(case for case in batch.closed if case != measure.id), measure.id]
        else:
            batch.days.append(days_of(waiting, counted_by=counted_by))


def ended_with(ledger: Ledger, bearing: Bearing, ground: UUID, *, cause: str) -> list[SealedAct]:
    """The acts that end what rests on a record or a listing whose time is over (REP-5), for the same append."""
    return sealed_for(ledger, bearing, bearing.ended(ground, cause=cause, by=str(ground), at=ledger.now()))


def sealed_for(ledger: Ledger, bearing: Bearing, events: Sequence[Event]) -> list[SealedAct]:
    """Events of measures with what the subject's stream tells of them, under the keys of their cases."""
    made = list(events)
    for event in events:
        if isinstance(event, MeasureEnded):
            made += bearing.freed(event, at=ledger.now())
    return [ledger.seal(event, owners=bearing.owners(event)) for event in made]
