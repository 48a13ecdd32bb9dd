"""The public view by document and by who determined: two functions of migrations/0029, login ``reader``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from application.comparing import Known
from application.projections.renditions import PUBLIC, Rendition
from infrastructure.postgres.pool import Pool, connection

_SHOWN = "subject_id, part, item, record_position, until, key_owner, key_class, bytes"


class PostgresComparedReading:
    """See ``application.comparing.ComparedReading``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def public_position(self) -> int:
        """How far the public view is."""
        ((position,),) = self._all("SELECT ledger.view_position(%s)", (PUBLIC,))
        return int(position or 0)

    def of_documents(self, fingerprints: Iterable[bytes], *, on: date) -> dict[bytes, Known]:
        """Known documents by fingerprint, each with its public rendition on a day."""
        query = f"SELECT fingerprint, record_id, begun_at, {_SHOWN} FROM ledger.public_of_documents(%s, %s)"
        rows = self._all(query, (list(fingerprints), on))
        return {
            bytes(r[0]): Known(r[1], int(r[2]), None if r[4] is None else _rendition(r[1], r[3:]))
            for r in rows
        }

    def determined_by(
        self, issuers: Sequence[bytes], *, on: date, after: int, through: int, limit: int
    ) -> list[tuple[int, Rendition]]:
        """Public records of these keys, in the order in which they were recorded."""
        query = f"SELECT record_id, begun_at, {_SHOWN} FROM ledger.public_determined_by(%s, %s, %s, %s, %s)"
        rows = self._all(query, (list(issuers), on, after, through, limit))
        return [(int(r[1]), _rendition(r[0], r[2:])) for r in rows]

    def _all(self, query: str, arguments: Sequence[Any]) -> list[tuple[Any, ...]]:
        with connection(self._pool) as conn, conn.cursor(binary=True) as cursor:
            return cursor.execute(query.encode(), arguments).fetchall()


def _rendition(record_id: UUID, shown: Sequence[Any]) -> Rendition:
    subject_id, part, item, position, until, owner, key_class, content = shown
    key = None if owner is None else (owner, key_class)
    return Rendition(PUBLIC, record_id, part, subject_id, item, position, until, key, content)
