"""The arguments of the append functions in the order in which the migrations declare them.

The event store calls it for every append; nothing is decided here.
"""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from application.ports import Append


def append_parameters(batch: Append) -> list[Any]:
    """The arguments of ``ledger.append`` in order, arrays sent in binary."""
    events, documents, keys, receipt = batch.events, batch.documents, batch.data_keys, batch.receipt
    return [
        batch.log,
        [e.stream_id for e in events],
        [e.stream_version for e in events],
        [e.topic for e in events],
        [e.schema_version for e in events],
        [e.recorded_at for e in events],
        [e.meta for e in events],
        [e.key_ref for e in events],
        [e.sealed for e in events],
        [e.leaf for e in events],
        list(batch.guards),
        list(batch.guards.values()),
        [d.fingerprint for d in documents],
        [d.record_id for d in documents],
        [d.content_mac for d in documents],
        list(batch.subjects),
        list(batch.subjects.values()),
        [k.owner for k in keys],
        [k.key_class for k in keys],
        [k.generation for k in keys],
        [k.wrapped for k in keys],
        batch.suppress,
        receipt.department if receipt else None,
        receipt.key if receipt else None,
        receipt.fingerprint if receipt else None,
        receipt.status if receipt else None,
        Jsonb(receipt.receipt) if receipt else None,
    ]


def mark_parameters(batch: Append) -> list[Any]:
    """The arguments that ``ledger.append_marked`` takes beyond those of ``ledger.append``."""
    return [[pair[side] for pair in pairs] for pairs in (batch.marks, batch.unmarks) for side in (0, 1)]


def case_parameters(batch: Append) -> list[Any]:
    """The arguments that ``ledger.append_case`` takes beyond those of ``ledger.append_marked``."""
    opened = batch.opened
    return [[c.id for c in opened], [c.kind for c in opened], [c.department for c in opened], batch.closed]


def days_parameters(batch: Append) -> list[Any]:
    """The arguments that ``ledger.append_counted`` takes beyond those of ``ledger.append_case``."""
    days = batch.days
    dates = [[d.id for d in days], [d.due for d in days], [d.next_due for d in days]]
    return [*dates, [d.record for d in days], [d.counted_by for d in days]]
