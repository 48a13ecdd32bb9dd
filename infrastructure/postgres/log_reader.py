"""Whole logs, read row by row in order: what projections, verify and audits read with.

After it come the folds; the writer's side, which loads one stream at a time, is ``store.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import sql

from application.ports import KeyName, Log, WrappedKey
from domain.transparency.digest import StoredRow
from infrastructure.postgres.pool import Pool, connection

COLUMNS = (
    "position, stream_id, stream_version, topic, schema_version, recorded_at,"
    " meta, key_ref, sealed, leaf, digest"
)


def stored_row(row: Sequence[Any]) -> StoredRow:
    """A row of ``records`` or ``access`` in column order."""
    return StoredRow(*row)


def position_at(pool: Pool, at: datetime) -> int:
    """Where an instant falls in the records log, 0 before its first event (logins ``reader``, ``auditor``)."""
    written = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    with connection(pool) as conn:
        row = conn.execute("SELECT ledger.position_at(%s)", (written,)).fetchone()
    return int(row[0]) if row else 0


class LogReader:
    """Whole-log reading for projections, verify and audits (logins ``projector`` and ``auditor``)."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def rows(self, log: Log, *, after: int, limit: int) -> list[StoredRow]:
        """Up to ``limit`` rows after a position, in order; a committed prefix, never with a gap."""
        query = sql.SQL("SELECT {} FROM {} WHERE position > %s ORDER BY position LIMIT %s").format(
            sql.SQL(COLUMNS), sql.Identifier("ledger", log)
        )
        with connection(self._pool) as conn, conn.cursor(binary=True) as cursor:
            return [stored_row(r) for r in cursor.execute(query, (after, limit)).fetchall()]

    def row_of(self, log: Log, stream_id: UUID, version: int) -> StoredRow | None:
        """The row of one stream at one version, or None."""
        query = sql.SQL("SELECT {} FROM {} WHERE stream_id = %s AND stream_version = %s").format(
            sql.SQL(COLUMNS), sql.Identifier("ledger", log)
        )
        with connection(self._pool) as conn, conn.cursor(binary=True) as cursor:
            row = cursor.execute(query, (stream_id, version)).fetchone()
        return None if row is None else stored_row(row)

    def head(self, log: Log) -> tuple[int, bytes]:
        """Position and digest of the log's head row; (0, 32 zero bytes) when it is empty."""
        with connection(self._pool) as conn, conn.cursor(binary=True) as cursor:
            row = cursor.execute(
                "SELECT position, digest FROM ledger.heads WHERE log = %s", (log,)
            ).fetchone()
        assert row is not None
        return int(row[0]), bytes(row[1])

    def position_at(self, at: datetime) -> int:
        """Where an instant falls in the records log, 0 before its first event."""
        return position_at(self._pool, at)

    def data_keys_of(self, owners: Iterable[UUID]) -> dict[KeyName, WrappedKey]:
        """Wrapped data keys of the owners, by owner and class."""
        with connection(self._pool) as conn, conn.cursor(binary=True) as cursor:
            rows = cursor.execute(
                "SELECT owner, class, generation, wrapped FROM ledger.data_keys WHERE owner = ANY (%s)",
                (list(owners),),
            ).fetchall()
        return {(r[0], r[1]): WrappedKey(*r) for r in rows}
