"""What an audit reads beside the rows, each answer of one instant (login ``auditor``).

Whole tables come at once, so the waits of the service's pools do not hold here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from application.audit.model import LeafRow, SideTables, StoredEpochs
from application.ports import Document, WrappedKey
from application.sequencer import VIEWS, TreeHead
from application.stamping import Stamp
from domain.transparency.prefix_map import MapHead
from infrastructure.postgres.pool import Pool, connection
from infrastructure.postgres.views import Connection, rows_root


class PostgresAudit:
    """See ``application.audit.model.AuditStore``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def tree(self, log: str) -> TreeHead:
        """The head of a log's tree."""
        with self._instant() as conn:
            query = "SELECT size, root, checkpoint FROM ledger.trees WHERE log = %s"
            row = conn.execute(query, (log,)).fetchone()
        assert row is not None
        return TreeHead(int(row[0]), bytes(row[1]), bytes(row[2]))

    def epochs(self) -> StoredEpochs:
        """Every entry of the views log, and the heads of the maps."""
        with self._instant() as conn:
            entries = conn.execute("SELECT position, entry FROM ledger.epochs ORDER BY position").fetchall()
            heads = conn.execute("SELECT name, root, count, depth, thin, through FROM ledger.maps").fetchall()
        return StoredEpochs(
            [(int(r[0]), bytes(r[1])) for r in entries],
            {r[0]: (MapHead(bytes(r[1]), int(r[2]), int(r[3]), int(r[4])), int(r[5])) for r in heads},
        )

    def side_tables(self) -> SideTables:
        """The tables beside the logs, and the heads of the logs."""
        with self._instant() as conn:

            def all_of(query: str) -> list[tuple[object, ...]]:
                with conn.cursor(binary=True) as cursor:
                    return cursor.execute(query.encode()).fetchall()

            return SideTables(
                positions=dict(all_of("SELECT log, position FROM ledger.heads")),  # type: ignore[arg-type]
                streams={(r[0], r[1]): r[2] for r in all_of("SELECT log, id, version FROM ledger.streams")},  # type: ignore[misc]
                suppressed=frozenset(r[0] for r in all_of("SELECT record_id FROM ledger.suppressed")),  # type: ignore[misc]
                documents=[
                    Document(*r)  # type: ignore[arg-type]
                    for r in all_of("SELECT fingerprint, record_id, content_mac FROM ledger.documents")
                ],
                subjects=dict(all_of("SELECT blind, subject_id FROM ledger.subjects")),  # type: ignore[arg-type]
                marks=frozenset(all_of("SELECT record_id, objection_id FROM ledger.marks")),  # type: ignore[arg-type]
                cases=frozenset(all_of("SELECT case_id, kind, department FROM ledger.open_cases")),  # type: ignore[arg-type]
            )

    def views(self) -> tuple[int, bytes] | None:
        """Position and root of the live views; None before the first fold."""
        with self._instant() as conn:
            row = conn.execute(
                "SELECT generation, min(position) FROM ledger.view_state WHERE live GROUP BY generation"
            ).fetchone()
            return None if row is None else (int(row[1]), rows_root(conn, int(row[0])))

    def data_keys(self) -> Iterator[WrappedKey]:
        """Every wrapped data key."""
        query = "SELECT owner, class, generation, wrapped FROM ledger.data_keys ORDER BY owner, class"
        with self._instant() as conn, conn.cursor(name="data_keys") as cursor:
            cursor.itersize = 2000
            for row in cursor.execute(query):
                yield WrappedKey(row[0], row[1], int(row[2]), bytes(row[3]))

    def leaves(self, log: str, *, after: int, limit: int) -> list[LeafRow]:
        """Leaves and digests after a position, in order."""
        columns = "position, entry, ''::bytea" if log == VIEWS else "position, leaf, digest"
        table = "epochs" if log == VIEWS else log
        query = f"SELECT {columns} FROM ledger.{table} WHERE position > %s ORDER BY position LIMIT %s"
        with connection(self._pool) as conn, conn.cursor(binary=True) as cursor:
            return [LeafRow(*row) for row in cursor.execute(query.encode(), (after, limit)).fetchall()]

    def stamp_sizes(self, log: str) -> list[int]:
        """The sizes of a log's stamped trees, rising."""
        with self._instant() as conn:
            rows = conn.execute(
                "SELECT size FROM ledger.stamps WHERE log = %s ORDER BY size", (log,)
            ).fetchall()
        return [int(row[0]) for row in rows]

    def stamps(self, log: str, *, after: int, limit: int) -> list[Stamp]:
        """The stamps of a log's trees beyond a size, rising."""
        query = (
            "SELECT size, note, token FROM ledger.stamps WHERE log = %s AND size > %s ORDER BY size LIMIT %s"
        )
        with connection(self._pool) as conn, conn.cursor(binary=True) as cursor:
            return [Stamp(log, *row) for row in cursor.execute(query, (log, after, limit)).fetchall()]

    @contextmanager
    def _instant(self) -> Iterator[Connection]:
        with connection(self._pool) as conn, conn.transaction():
            conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            conn.execute("SET LOCAL statement_timeout = 0")
            conn.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            yield conn
