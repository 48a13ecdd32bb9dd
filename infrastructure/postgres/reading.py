"""The public view as the web process may read it: through functions of migrations/0002, login ``reader``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from application.ports import KeyName, WrappedKey
from application.projections.renditions import PUBLIC, Rendition
from application.queries.public import Status
from infrastructure.postgres.store import Pool, connection

_SHOWN = "part, item, record_position, until, key_owner, key_class, bytes"


def _rendition(view: str, record_id: UUID, subject_id: UUID, shown: Sequence[Any]) -> Rendition:
    part, item, position, until, owner, key_class, content = shown
    key = None if owner is None else (owner, key_class)
    return Rendition(view, record_id, part, subject_id, item, position, until, key, content)


class PostgresPublicReading:
    """See ``application.queries.public.PublicReading``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def subjects(self, blind: bytes) -> Sequence[UUID]:
        """Subjects whose code or public name has this keyed hash."""
        with connection(self._pool) as conn:
            return [
                r[0] for r in conn.execute("SELECT * FROM ledger.public_subjects(%s)", (blind,)).fetchall()
            ]

    def records(self, subject: UUID, *, on: date, limit: int) -> Sequence[Rendition]:
        """The subject's public records on a day, newest first."""
        query = f"SELECT record_id, {_SHOWN} FROM ledger.public_records(%s, %s, %s)"
        with connection(self._pool) as conn:
            rows = conn.execute(query.encode(), (subject, on, limit)).fetchall()
        return [_rendition(PUBLIC, r[0], subject, r[1:]) for r in rows]

    def record(self, record_id: UUID, *, on: date) -> Rendition | None:
        """One public record on a day."""
        query = f"SELECT subject_id, {_SHOWN} FROM ledger.public_record(%s, %s)"
        with connection(self._pool) as conn:
            r = conn.execute(query.encode(), (record_id, on)).fetchone()
        return None if r is None else _rendition(PUBLIC, record_id, r[0], r[1:])

    def status(self, *, on: date) -> Status:
        """Heads, the view's position, and the count of public records."""
        with connection(self._pool) as conn:
            r = conn.execute("SELECT * FROM ledger.status(%s)", (on,)).fetchone()
        assert r is not None
        return Status(r[0], r[1], r[2] or 0, r[3])

    def data_keys_of(self, owners: Iterable[UUID]) -> dict[KeyName, WrappedKey]:
        """Wrapped data keys of the owners, for sealed renditions."""
        query = "SELECT owner, class, generation, wrapped FROM ledger.data_keys_of(%s)"
        with connection(self._pool) as conn, conn.cursor(binary=True) as cursor:
            rows = cursor.execute(query, (list(owners),)).fetchall()
        return {(r[0], r[1]): WrappedKey(*r) for r in rows}
