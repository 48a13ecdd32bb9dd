"""Which open cases have a day behind them: functions of migrations/0013, login ``projector``."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from application.ports import CaseDays
from infrastructure.postgres.pool import Pool, connection


class PostgresDueCases:
    """See ``application.deadlines.DueCases``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def before(
        self, on: date, *, calendar: int, after: UUID, limit: int
    ) -> list[tuple[UUID, date | None, int | None]]:
        """Cases with an unrecorded due day before ``on``, or days counted by an older ``calendar``, by id."""
        query = "SELECT case_id, next_due, counted_by FROM ledger.cases_to_count(%s, %s, %s, %s)"
        with connection(self._pool) as conn:
            return [(r[0], r[1], r[2]) for r in conn.execute(query, (on, calendar, after, limit)).fetchall()]

    def mend(self, days: CaseDays, *, seen: tuple[date | None, int | None]) -> None:
        """Write down what is known of a case, unless it moved since it was ``seen``."""
        query = "SELECT ledger.mend_case(%s, %s, %s, %s, %s, %s, %s)"
        arguments = (days.id, *seen, days.due, days.next_due, days.record, days.counted_by)
        with connection(self._pool) as conn:
            conn.execute(query, arguments)
