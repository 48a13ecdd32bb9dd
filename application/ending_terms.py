"""What time ends: terms of records and listings, entries of red list and watch list, and measures that rest on them.

The deadline runner asks for them on each pass; each append is one transaction with the suppression that it brings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Protocol
from uuid import UUID

from application.bearing import unmoved
from application.ledger import Ledger, SealedAct
from application.listings import bearing_of, ended_by_time
from application.measures import ended_with, settle_measures
from application.noted import ENTRIES, ended_by_platform
from application.sealing import parse_key_reference
from domain.listing.events import ListingDecided
from domain.records.events import PublicityEnded
from domain.shared.city_time import city_day
from domain.shared.events import placed

PER_STEP = 500
META = {"actor": "platform", "purpose": "deadline"}


class Terms(Protocol):
    """Records and listings whose term ended before a day and that nothing suppresses yet; those on one list.

    ``listed`` also says how far the views are; what was listed later is not among them.
    """

    def terms_over(self, on: date, limit: int) -> Sequence[tuple[UUID, date]]: ...
    def listed(self, list_code: str, limit: int) -> tuple[int, Sequence[UUID]]: ...


def end_listing(ledger: Ledger, listing: UUID, *, cause: str, on: date) -> int:
    """Take a subject off a list, serious or red, or end its watch, because time did; 0 when that is over already.

    Raises ``Conflict``.
    """
    rows = ledger.open_all(ledger.store.load("records", listing), log="records")
    if rows and rows[0].row.topic in ENTRIES:
        batch = ended_by_platform(ledger, rows, cause=cause, meta=META)
    else:
        batch = ended_by_time(ledger, rows, cause=cause, on=on.isoformat(), meta=META)
    if batch is None:
        return 0
    ledger.store.append(batch)
    return 1


def end_terms(ledger: Ledger, terms: Terms) -> int:
    """Record that publicity ended for every record whose term is over, and each listing; how many (PUB-4, LST-8).

    The act of the platform, signed by the gateway; record or listing is suppressed in the same transaction.
    """
    today = city_day(ledger.now())
    over = terms.terms_over(today, PER_STEP)
    loaded = {record: ledger.store.load("records", record) for record, _ in over}
    # Before the measures are looked for, so that one that is named meanwhile is met by the guard.
    owners = {record: parse_key_reference(rows[0].key_ref)["public"][0] for record, rows in loaded.items()}
    seen = ledger.store.versions_of(set(owners.values()))
    measured = {record for _, record in ledger.store.open_cases_about("measure", loaded)}
    acts, alone, guards = list[SealedAct](), list[Callable[[], int]](), dict[UUID, int]()
    for record_id, until in over:
        rows = loaded[record_id]
        if any(row.topic in (ListingDecided.TOPIC, *ENTRIES) for row in rows):
            alone.append(partial(end_listing, ledger, record_id, cause="expiry", on=today))
            continue
        if any(row.topic == PublicityEnded.TOPIC for row in rows):
            continue  # another process was first, after this one looked
        event = PublicityEnded(
            **placed(record_id, rows[-1].stream_version + 1, ledger.now()),
            until=until.isoformat(),
        )
        if record_id in measured:
            alone.append(partial(_end_measured, ledger, owners[record_id], event))
            continue
        acts.append(ledger.seal(event))
        if owners[record_id] in seen:
            guards[owners[record_id]] = seen[owners[record_id]]
    if acts:
        batch = ledger.prepare(acts, meta=META)
        batch.suppress = [act.event.originator_id for act in acts]
        batch.guards |= guards
        ledger.store.append(batch)
    return len(acts) + sum(end() for end in alone)


def _end_measured(ledger: Ledger, subject: UUID, event: PublicityEnded) -> int:
    """End a record's term and the measures that rest on it, in one transaction (REP-5). Raises ``Conflict``."""
    bearing = bearing_of(ledger, subject, record=event.originator_id)
    seen = bearing.versions_told()
    acts = [
        ledger.seal(event),
        *ended_with(ledger, bearing, event.originator_id, cause="ground_expired"),
    ]
    batch = ledger.prepare(acts, meta=META)
    batch.suppress = [event.originator_id]
    batch.guards |= unmoved(seen, bearing)
    settle_measures(batch, bearing)
    ledger.store.append(batch)
    return 1
