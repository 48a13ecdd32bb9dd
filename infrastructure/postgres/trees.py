"""The heads of the logs' trees and the leaves below them (migrations/0010).

The sequencer writes with a login that sees leaves and nothing else of an event; others read the heads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from application.sequencer import TreeHead
from infrastructure.postgres.pool import Pool, connection
from infrastructure.postgres.views import Connection

LOCK = int.from_bytes(hashlib.sha256(b"xinlu/sequencer").digest()[:8], "big", signed=True)


class PostgresTrees:
    """See ``application.sequencer.TreeStore``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = self.pool = pool

    def tree(self, log: str) -> TreeHead:
        """The head of a log's tree."""
        with connection(self._pool) as conn, conn.cursor(binary=True) as cursor:
            row = cursor.execute("SELECT size, root, checkpoint FROM ledger.tree(%s)", (log,)).fetchone()
        assert row is not None
        return TreeHead(*row)

    def leaves(self, log: str, *, after: int, limit: int) -> list[bytes]:
        """Committed leaves after the first ``after``, in order. Raises ``ValueError`` for a gap."""
        with connection(self._pool) as conn, conn.cursor(binary=True) as cursor:
            rows = cursor.execute(
                "SELECT place, leaf FROM ledger.leaves(%s, %s, %s)", (log, after, limit)
            ).fetchall()
        if [place for place, _ in rows] != list(range(after + 1, after + 1 + len(rows))):
            raise ValueError(f"{log}: positions after {after} have a gap")
        return [leaf for _, leaf in rows]

    def move(self, log: str, *, old: int, head: TreeHead) -> bool:
        """Move the head if it is still of size ``old``."""
        with connection(self._pool) as conn, conn.cursor(binary=True) as cursor:
            row = cursor.execute(
                "SELECT ledger.move_tree(%s, %s, %s, %s, %s)",
                (log, old, head.size, head.root, head.checkpoint),
            ).fetchone()
        assert row is not None
        return bool(row[0])

    @contextmanager
    def leadership(self) -> Iterator[Connection | None]:
        """A connection that holds the sequencer's advisory lock, or None while another process leads."""
        with connection(self._pool) as conn:
            row = conn.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone()
            if row is None or not row[0]:
                yield None
                return
            try:
                yield conn
            finally:
                conn.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))
