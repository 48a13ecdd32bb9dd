"""What rests on a document that is not executed, each with the event that stops it (INS-2, 15号 二).

The clean-up ledger's commands append the events in their own transaction; whoever rests on documents has a line in
``RESTING``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from application.attempts import retried
from application.ledger import Ledger
from domain.catalogue.items import (
    CatalogueItemAdopted,
    CatalogueItemDrafted,
    CatalogueItemSuspended,
    fold,
)
from domain.catalogue.suspension import suspend
from domain.catalogue.versions import V
from domain.instruments.ledger import Stopped
from domain.listing.events import ListStandardSuspended
from domain.listing.standards import ListStandardAdopted, ListStandardDrafted, fold_standard
from domain.listing.suspension import suspend_standard
from domain.measures.items import fold_items, suspend_measure
from domain.shared.events import Event
from domain.transparency.digest import StoredRow

META = {"actor": "platform", "purpose": "instrument_cleanup"}
Finder = Callable[[Ledger, Sequence[Stopped]], list[Event]]


def items_on(ledger: Ledger, stopped: Sequence[Stopped]) -> list[Event]:
    """The suspension of every catalogue item with a version in force that cites a stopped document."""
    topics = [e.TOPIC for e in (CatalogueItemDrafted, CatalogueItemAdopted, CatalogueItemSuspended)]
    return _stopping(ledger, ledger.store.governing_rows(topics), fold, suspend, stopped)


def measures_on(ledger: Ledger, stopped: Sequence[Stopped]) -> list[Event]:
    """The suspension of every item of the measures list with a version in force that cites a stopped document."""
    return _stopping(ledger, ledger.store.measure_list(), fold_items, suspend_measure, stopped)


def standards_on(ledger: Ledger, stopped: Sequence[Stopped]) -> list[Event]:
    """The suspension of every list's standard with a version in force that cites a stopped document."""
    topics = [e.TOPIC for e in (ListStandardDrafted, ListStandardAdopted, ListStandardSuspended)]
    return _stopping(ledger, ledger.store.governing_rows(topics), fold_standard, suspend_standard, stopped)


def _stopping(
    ledger: Ledger,
    rows: Sequence[StoredRow],
    folded: Callable[..., Sequence[V]],
    suspended: Callable[..., Event | None],
    stopped: Sequence[Stopped],
) -> list[Event]:
    """The events that suspend what these rows tell of, each in the next place of its own stream."""
    streams: dict[UUID, list[Event]] = {}
    for opened in ledger.open_all(rows, log="records"):
        streams.setdefault(opened.event.originator_id, []).append(opened.event)
    last, now = ledger.store.versions_of(streams), ledger.now()
    found = (
        suspended(
            folded(events),
            stopped,
            stream_id=stream,
            stream_version=last[stream] + 1,
            recorded_at=now,
        )
        for stream, events in streams.items()
    )
    return [event for event in found if event is not None]


RESTING: tuple[Finder, ...] = (items_on, measures_on, standards_on)
"""Who knows what rests on a document: each finds its own and makes the events that stop it, once."""


def resting_on(ledger: Ledger, stopped: Sequence[Stopped]) -> list[Event]:
    """What rests on these documents and is not stopped yet, as the events that stop it: acts of the platform."""
    return [event for finder in RESTING for event in finder(ledger, stopped)] if stopped else []


def settle(ledger: Ledger, stopped: Callable[[], Sequence[Stopped]]) -> int:
    """Stop what began to rest on a stopped document while that was entered; how many. For after both have committed.

    Raises ``LedgerUnavailable``.
    """

    def attempt() -> int:
        events = resting_on(ledger, stopped())
        if events:
            ledger.record([ledger.seal(event) for event in events], meta=META)
        return len(events)

    return retried(attempt)
