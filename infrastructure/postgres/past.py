"""Both logs as a replay reads them: streams, events by topic, subjects by blind index (login ``auditor``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from psycopg import sql

from application.ports import Log
from domain.transparency.digest import StoredRow
from infrastructure.postgres.log_reader import COLUMNS, LogReader, stored_row
from infrastructure.postgres.pool import connection


class PostgresPastReader(LogReader):
    """See ``application.queries.replaying.model.PastReader``."""

    def stream(self, log: Log, stream_id: UUID) -> list[StoredRow]:
        """All rows of one stream in order."""
        query = sql.SQL("SELECT {} FROM {} WHERE stream_id = %s ORDER BY stream_version").format(
            sql.SQL(COLUMNS), sql.Identifier("ledger", log)
        )
        return [stored_row(row) for row in self._all(query, (stream_id,))]

    def of_topics(self, topics: Iterable[str], *, through: int, owner: UUID | None = None) -> list[StoredRow]:
        """Rows of the records log with these topics up to a position, in order; those of one ``owner`` only."""
        query = sql.SQL(
            "SELECT {} FROM ledger.records WHERE topic = ANY (%s) AND position <= %s"
            " AND (%s::text IS NULL OR position(%s::text IN key_ref) > 0) ORDER BY position"
        ).format(sql.SQL(COLUMNS))
        held = None if owner is None else f"public={owner}/"
        return [stored_row(row) for row in self._all(query, (list(topics), through, held, held))]

    def subjects_of(self, blinds: Iterable[bytes]) -> dict[bytes, UUID]:
        """Subject ids by blind index; unknown ones are left out."""
        query = sql.SQL("SELECT blind, subject_id FROM ledger.subjects WHERE blind = ANY (%s)")
        return {bytes(blind): subject for blind, subject in self._all(query, (list(blinds),))}

    def _all(self, query: sql.Composed | sql.SQL, arguments: Sequence[Any]) -> list[tuple[Any, ...]]:
        with connection(self._pool) as conn, conn.cursor(binary=True) as cursor:
            return cursor.execute(query, arguments).fetchall()
