"""State and request counts as the web process may see them: functions of migrations/0004, login ``reader``."""

from __future__ import annotations

from datetime import datetime

from application.queries.operations import State
from domain.shared.city_time import city_day
from infrastructure.postgres.pool import Pool, connection


class PostgresOperations:
    """See ``application.queries.operations.StateReading`` and ``application.limits.RequestCounts``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def state(self, *, now: datetime) -> State:
        """Schema, heads, live views, waiting drafts, overdue cases, and what waits for the trees."""
        with connection(self._pool) as conn:
            query = "SELECT o.*, ledger.overdue_count(%s) FROM ledger.operations(%s) o"
            r = conn.execute(query, (city_day(now), now)).fetchone()
            waiting = conn.execute("SELECT log, since FROM ledger.log_lag()").fetchall()
        assert r is not None
        views = dict(zip(r[3], r[4], strict=True))
        return State(r[0] or "", r[1], r[2], views, r[5], r[6], dict(waiting))

    def count(self, bucket: str, key: bytes, *, now: datetime, ends: datetime, most: int) -> bool:
        """Whether this request is within its window's limit; counted in any worker."""
        query = "SELECT ledger.count_request(%s, %s, %s, %s, %s)"
        with connection(self._pool) as conn:
            r = conn.execute(query, (bucket, key, now, ends, most)).fetchone()
        assert r is not None
        return bool(r[0])
