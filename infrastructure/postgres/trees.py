"""The heads of the logs' trees and the leaves below them (migrations/0010).

The sequencer writes with a login that sees leaves and nothing else of an event; others read the heads.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from application.sequencer import TreeHead
from infrastructure.postgres.pool import Pool, connection, leading
from infrastructure.postgres.views import Connection


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

    def leadership(self) -> AbstractContextManager[Connection | None]:
        """A connection that holds the sequencer's advisory lock, or None while another process leads."""
        return leading(self._pool, "sequencer")
