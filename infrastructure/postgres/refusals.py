"""The counts of refusals on PostgreSQL: kept by the projector's login, read by the web's through one function."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from psycopg import Cursor
from psycopg.rows import TupleRow

from application.projections.refusals import Counts, as_counts
from application.queries.rules import Refusals
from infrastructure.postgres.pool import Pool, connection

_ADD = (
    "INSERT INTO ledger.refusal_counts AS c (rule, day, acts, rows) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT (rule, day) DO UPDATE SET acts = c.acts + excluded.acts, rows = c.rows + excluded.rows"
)


class PostgresRefusalCounts:
    """See ``application.projections.refusals.CountStore``; needs the projector's login."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def position(self) -> int:
        """Up to where the access log is folded."""
        with connection(self._pool) as conn:
            row = conn.execute("SELECT position FROM ledger.refusal_state").fetchone()
        assert row is not None
        return int(row[0])

    def all(self) -> tuple[int, Counts]:
        """Position and counts of one instant."""
        with connection(self._pool) as conn, conn.transaction():
            conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            row = conn.execute("SELECT position FROM ledger.refusal_state").fetchone()
            kept = conn.execute("SELECT rule, day, acts, rows FROM ledger.refusal_counts").fetchall()
        assert row is not None
        return int(row[0]), as_counts({(r[0], r[1]): (r[2], r[3]) for r in kept})

    def add(self, counts: Counts, *, at: int, through: int) -> bool:
        """Add and move on in one transaction, if they stand at ``at``."""
        with connection(self._pool) as conn, conn.transaction(), conn.cursor() as cursor:
            return _moved(cursor, at, through) and _inserted(cursor, counts)

    def replace(self, counts: Counts, *, at: int) -> bool:
        """These instead of those that stand there, if they stand at ``at``."""
        with connection(self._pool) as conn, conn.transaction(), conn.cursor() as cursor:
            if not _moved(cursor, at, at):
                return False
            cursor.execute("DELETE FROM ledger.refusal_counts")
            return _inserted(cursor, counts)


class PostgresRefusalReading:
    """See ``application.queries.rules.RefusalReading``; needs the reader's login."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def before(self, day: date) -> Mapping[str, Refusals]:
        """By rule, of whole days and in full fives."""
        with connection(self._pool) as conn:
            rows = conn.execute("SELECT rule, acts, rows FROM ledger.refusals_before(%s)", (day,)).fetchall()
        return {r[0]: Refusals(int(r[1]), int(r[2])) for r in rows}


def _moved(cursor: Cursor[TupleRow], at: int, through: int) -> bool:
    cursor.execute("UPDATE ledger.refusal_state SET position = %s WHERE position = %s", (through, at))
    return cursor.rowcount == 1


def _inserted(cursor: Cursor[TupleRow], counts: Counts) -> bool:
    for rule, day in sorted({(rule, day) for rule, day, _ in counts}):
        cursor.execute(_ADD, (rule, day, counts[rule, day, "acts"], counts[rule, day, "rows"]))
    return True
