"""The counts of units on PostgreSQL: kept by the projector's login, a month read by the web's through one function."""

from __future__ import annotations

from collections import Counter

from psycopg import Cursor
from psycopg.rows import TupleRow

from application.indicators import MonthRead
from application.ports import Log
from application.projections.indicators import Positions, UnitCounts
from infrastructure.postgres.pool import Pool, connection

_ADD = (
    "INSERT INTO ledger.unit_counts AS c (unit, month, name, detail, n) VALUES (%s, %s, %s, %s, %s)"
    " ON CONFLICT (unit, month, name, detail) DO UPDATE SET n = c.n + excluded.n"
)
_STATE = "SELECT log, position FROM ledger.oversight_state WHERE fold = 'indicators'"
_MOVE = (
    "UPDATE ledger.oversight_state SET position = %s, reached = coalesce(%s, reached)"
    " WHERE fold = 'indicators' AND log = %s AND position = %s"
)


class PostgresUnitCounts:
    """See ``application.projections.indicators.UnitCountStore``; needs the projector's login."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def positions(self) -> Positions:
        """Up to where each log is folded."""
        with connection(self._pool) as conn:
            return {row[0]: int(row[1]) for row in conn.execute(_STATE).fetchall()}

    def all(self) -> tuple[Positions, UnitCounts]:
        """Positions and counts of one instant."""
        with connection(self._pool) as conn, conn.transaction():
            conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            at = {row[0]: int(row[1]) for row in conn.execute(_STATE).fetchall()}
            rows = conn.execute("SELECT unit, month, name, detail, n FROM ledger.unit_counts").fetchall()
        return at, Counter({(r[0], r[1], r[2], r[3]): int(r[4]) for r in rows})

    def add(self, log: Log, counts: UnitCounts, *, at: int, through: int, reached: str) -> bool:
        """Add and move on in one transaction, if they stand at ``at``."""
        with connection(self._pool) as conn, conn.transaction(), conn.cursor() as cursor:
            cursor.execute(_MOVE, (through, reached, log, at))
            return cursor.rowcount == 1 and _inserted(cursor, counts)

    def replace(self, counts: UnitCounts, *, at: Positions) -> bool:
        """These instead of those that stand there, if both logs stand at ``at``."""
        with connection(self._pool) as conn, conn.transaction() as whole, conn.cursor() as cursor:
            for log, position in at.items():
                cursor.execute(_MOVE, (position, None, log, position))
                if cursor.rowcount != 1:
                    whole.force_rollback = True
                    return False
            cursor.execute("DELETE FROM ledger.unit_counts")
            return _inserted(cursor, counts)


class PostgresIndicatorReading:
    """See ``application.indicators.IndicatorReading``; needs the reader's login."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def month(self, month: str) -> MonthRead:
        """The counts of a month by unit, and how far they were folded, of one instant."""
        with connection(self._pool) as conn, conn.transaction():
            conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            folded = conn.execute("SELECT log, position, reached FROM ledger.indicators_folded()").fetchall()
            rows = conn.execute(
                "SELECT unit, name, detail, n FROM ledger.unit_counts_of(%s)", (month,)
            ).fetchall()
        counts: dict[str, dict[tuple[str, str], int]] = {}
        for unit, name, detail, number in rows:
            counts.setdefault(unit, {})[name, detail] = int(number)
        return MonthRead(counts, {row[0]: (int(row[1]), row[2]) for row in folded})


def _inserted(cursor: Cursor[TupleRow], counts: UnitCounts) -> bool:
    if counts:
        cursor.executemany(_ADD, [(*key, number) for key, number in sorted(counts.items())])
    return True
