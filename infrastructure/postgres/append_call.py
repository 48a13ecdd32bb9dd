"""Which append function a batch needs, and its arguments in the order in which the migrations declare them.

The event store calls it for every append: a batch without marks, cases or days is sent no arrays for them.
"""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from application.ports import Append

_APPEND = (
    "SELECT ledger.append(%b::text, %b::uuid[], %b::bigint[], %b::text[], %b::int[], %b::text[], %b::bytea[],"
    " %b::text[], %b::bytea[], %b::bytea[], %b::uuid[], %b::bigint[], %b::bytea[], %b::uuid[], %b::bytea[],"
    " %b::bytea[], %b::uuid[], %b::uuid[], %b::text[], %b::int[], %b::bytea[], %b::uuid[],"
    " %b::text, %b::text, %b::bytea, %b::int, %b::jsonb)"
)
_APPEND_MARKED = (
    _APPEND.replace("append(", "append_marked(")[:-1] + ", %b::uuid[], %b::uuid[], %b::uuid[], %b::uuid[])"
)
_APPEND_CASE = (
    _APPEND_MARKED.replace("append_marked(", "append_case(")[:-1]
    + ", %b::uuid[], %b::text[], %b::text[], %b::uuid[])"
)
_APPEND_COUNTED = (
    _APPEND_CASE.replace("append_case(", "append_counted(")[:-1]
    + ", %b::uuid[], %b::date[], %b::date[], %b::uuid[], %b::bigint[])"
)
_APPEND_RETURNED = _APPEND_COUNTED.replace("append_counted(", "append_returned(")[:-1] + ", %b::uuid[])"


def append_call(batch: Append) -> tuple[str, list[Any]]:
    """The call that records a batch, and its arguments; arrays are sent in binary."""
    counted = batch.days or batch.returns
    case = counted or batch.opened or batch.closed
    if not (case or batch.marks or batch.unmarks):
        return _APPEND, _append(batch)
    arguments = [*_append(batch), *_marks(batch)]
    if not case:
        return _APPEND_MARKED, arguments
    arguments += _cases(batch)
    if not counted:
        return _APPEND_CASE, arguments
    arguments += _days(batch)
    return (_APPEND_RETURNED, [*arguments, batch.returns]) if batch.returns else (_APPEND_COUNTED, arguments)


def _append(batch: Append) -> list[Any]:
    """The arguments of ``ledger.append`` in order."""
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


def _marks(batch: Append) -> list[Any]:
    """The arguments that ``ledger.append_marked`` takes beyond those of ``ledger.append``."""
    return [[pair[side] for pair in pairs] for pairs in (batch.marks, batch.unmarks) for side in (0, 1)]


def _cases(batch: Append) -> list[Any]:
    """The arguments that ``ledger.append_case`` takes beyond those of ``ledger.append_marked``."""
    opened = batch.opened
    return [[c.id for c in opened], [c.kind for c in opened], [c.department for c in opened], batch.closed]


def _days(batch: Append) -> list[Any]:
    """The arguments that ``ledger.append_counted`` takes beyond those of ``ledger.append_case``."""
    days = batch.days
    dates = [[d.id for d in days], [d.due for d in days], [d.next_due for d in days]]
    return [*dates, [d.record for d in days], [d.counted_by for d in days]]
