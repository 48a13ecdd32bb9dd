"""Time stamps kept in the database (migrations/0036), by the sequencer's login, which sees nothing else of them."""

from __future__ import annotations

from application.stamping import Stamp
from infrastructure.postgres.pool import Pool, connection


class PostgresStamps:
    """See ``application.stamping.StampStore``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def keep(self, stamp: Stamp) -> Stamp:
        """Keep a stamp unless its tree has one; the one that is there."""
        with connection(self._pool) as conn, conn.cursor(binary=True) as cursor:
            row = cursor.execute(
                "SELECT note, token FROM ledger.keep_stamp(%s, %s, %s, %s)",
                (stamp.log, stamp.size, stamp.note, stamp.token),
            ).fetchone()
        assert row is not None
        return Stamp(stamp.log, stamp.size, *row)

    def stamps(self, log: str, *, after: int, limit: int) -> list[Stamp]:
        """The stamps of a log's trees beyond a size, rising."""
        with connection(self._pool) as conn, conn.cursor(binary=True) as cursor:
            rows = cursor.execute(
                "SELECT size, note, token FROM ledger.stamps_after(%s, %s, %s)", (log, after, limit)
            ).fetchall()
        return [Stamp(log, *row) for row in rows]
