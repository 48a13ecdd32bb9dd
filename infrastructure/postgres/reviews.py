"""How far queries were looked at for review, and the epochs that cover them (migrations/0026); login ``projector``."""

from __future__ import annotations

from domain.transparency.epoch import Epoch, parse_epoch
from infrastructure.postgres.pool import Pool, connection


class PostgresReviewed:
    """See ``application.reviews.Reviewed``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def done(self) -> int:
        """The last epoch whose queries were looked at, 0 before the first."""
        with connection(self._pool) as conn:
            row = conn.execute("SELECT epoch FROM ledger.review_state").fetchone()
        assert row is not None
        return int(row[0])

    def epoch(self, number: int) -> Epoch | None:
        """An epoch by its number, or None."""
        with connection(self._pool) as conn:
            row = conn.execute("SELECT entry FROM ledger.epochs WHERE position = %s", (number,)).fetchone()
        return None if row is None else parse_epoch(bytes(row[0]))

    def move(self, number: int) -> None:
        """All queries that an epoch covers were looked at; never back."""
        with connection(self._pool) as conn:
            conn.execute("UPDATE ledger.review_state SET epoch = greatest(epoch, %s)", (number,))
