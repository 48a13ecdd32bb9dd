"""The root over all rows of the views: the same from the tables and from a fold in memory.

``rebuild`` compares two generations by it, an audit the live generation with the events.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from application.projections.registers import Entry
from application.projections.renditions import Rendition
from domain.transparency.merkle import Frontier, leaf_hash


def row_leaf(values: Sequence[object]) -> bytes:
    """The leaf hash of one row, its values in the order of the table's columns."""
    return leaf_hash(b"".join(_framed(value) for value in values))


def rendition_leaf(r: Rendition) -> bytes:
    """The leaf hash of a rendition's row."""
    owner, key_class = r.key or (None, None)
    return row_leaf(
        (
            *(r.view, r.record_id, r.part, r.subject_id, r.item, r.position, r.until),
            *(owner, key_class, r.content, r.commitment),
        )
    )


def entry_leaf(e: Entry) -> bytes:
    """The leaf hash of a row of the registers."""
    return row_leaf((e.kind, e.key, e.number, e.from_day, e.until_day, e.position, e.content))


def root_of_rows(leaves: Iterable[bytes]) -> bytes:
    """The root over rows in order of view, record and part, then names in order of view, hash and subject, then
    the registers in order of kind, key and number."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def _framed(value: object) -> bytes:
    if isinstance(value, UUID):
        data = value.bytes
    elif isinstance(value, bytes):
        data = value
    else:
        data = ("" if value is None else str(value)).encode()
    return len(data).to_bytes(4, "big") + data
