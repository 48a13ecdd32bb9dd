"""The public registers as the web process may read them: one function of migrations/0015, login ``reader``."""

from __future__ import annotations

from collections.abc import Sequence

from application.projections.registers import Entry
from infrastructure.postgres.pool import Pool, connection


class PostgresRegisters:
    """See ``application.queries.registers.RegisterReading``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def entries(
        self, kind: str, key: str | None, *, newest: bool, after: tuple[str, int], limit: int
    ) -> Sequence[Entry]:
        """Entries of a kind, of one key or of all, in order of key and number."""
        query = (
            "SELECT key, number, from_day::text, until_day::text, record_position, bytes"
            " FROM ledger.register_page(%s, %s, %s, %s, %s, %s)"
        )
        with connection(self._pool) as conn:
            rows = conn.execute(query, (kind, key, newest, *after, limit)).fetchall()
        return [Entry(kind, r[0], int(r[1]), r[2], r[3], int(r[4]), bytes(r[5])) for r in rows]
