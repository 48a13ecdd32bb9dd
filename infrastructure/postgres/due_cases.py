"""Which open cases have a day behind them: functions of migrations/0007, login ``projector``."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from application.ports import CaseDays
from infrastructure.postgres.store import Pool, connection


class PostgresDueCases:
    """See ``application.deadlines.DueCases``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def before(self, on: date, *, after: UUID, limit: int) -> list[tuple[UUID, date]]:
        """Cases with an unrecorded due day before ``on``, by id, with that day."""
        query = "SELECT case_id, next_due FROM ledger.cases_due(%s, %s, %s)"
        with connection(self._pool) as conn:
            return [(r[0], r[1]) for r in conn.execute(query, (on, after, limit)).fetchall()]

    def mend(self, days: CaseDays, *, seen: date) -> None:
        """Write the days down, unless they moved since they were ``seen``."""
        with connection(self._pool) as conn:
            query = "SELECT ledger.mend_due(%s, %s, %s, %s)"
            conn.execute(query, (days.id, seen, days.due, days.next_due))
