"""The public view as the web process may read it: through functions of migrations/0002, login ``reader``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from application.ports import Append, KeyName, WrappedKey
from application.projections.renditions import DOSSIER, PUBLIC, SHARED, Rendition
from application.queries.public import Status
from application.queries.shared import Listed, Read
from infrastructure.postgres.log_reader import position_at
from infrastructure.postgres.pool import Pool, connection

_SHOWN = "part, item, record_position, until, key_owner, key_class, bytes, objected"


def _rendition(view: str, record_id: UUID, subject_id: UUID, shown: Sequence[Any]) -> Rendition:
    part, item, position, until, owner, key_class, content, objected = shown
    key = None if owner is None else (owner, key_class)
    return Rendition(view, record_id, part, subject_id, item, position, until, key, content, objected)


_READ = (
    "CALL ledger.logged_read(%b::uuid[], %b::bigint[], %b::text[], %b::int[], %b::text[], %b::bytea[], %b::text[],"
    " %b::bytea[], %b::bytea[], %b::uuid[], %b::text[], %b::int[], %b::bytea[],"
    " %b::uuid[], %b::bigint[], %b::int[], %b::uuid[], %b::text[], %b::bytea[], %b::date, NULL, NULL)"
)


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

    def records(self, subject: UUID, *, on: date, before: int | None, limit: int) -> Sequence[Rendition]:
        """The subject's public records on a day, newest first, those that stand before a position."""
        query = f"SELECT record_id, {_SHOWN} FROM ledger.public_records_page(%s, %s, %s, %s)"
        with connection(self._pool) as conn:
            rows = conn.execute(query.encode(), (subject, on, before, limit)).fetchall()
        return [_rendition(PUBLIC, r[0], subject, r[1:]) for r in rows]

    def record(self, record_id: UUID, *, on: date) -> Rendition | None:
        """One public record on a day."""
        query = f"SELECT subject_id, {_SHOWN} FROM ledger.public_record(%s, %s)"
        with connection(self._pool) as conn:
            r = conn.execute(query.encode(), (record_id, on)).fetchone()
        return None if r is None else _rendition(PUBLIC, record_id, r[0], r[1:])

    def listed(
        self, list_code: str, *, on: date, through: int | None, before: int | None, limit: int
    ) -> tuple[int, Sequence[Rendition]]:
        """A page of a public list, newest first, and the position at which it is listed."""
        query = f"SELECT record_id, subject_id, {_SHOWN}, through FROM ledger.public_list(%s, %s, %s, %s, %s)"
        with connection(self._pool) as conn:
            rows = conn.execute(query.encode(), (list_code, on, through, before, limit)).fetchall()
        reached = int(rows[0][-1]) if rows else through or 0
        return reached, [_rendition(PUBLIC, r[0], r[1], r[2:-1]) for r in rows]

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


class PostgresSharedReading:
    """See ``application.queries.shared.SharedReading``: log, commit, then read, in one CALL."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def listing(self, subjects: Iterable[UUID], *, on: date, limit: int) -> tuple[int, list[Listed]]:
        """How far the view is, and what it could show of the subjects by part: digests, never bytes."""
        query = (
            "SELECT subject_id, record_id, part, item, record_position, until, key_owner, key_class, digest,"
            " commitment FROM ledger.shared_listing(%s, %s, %s)"
        )
        with connection(self._pool) as conn, conn.transaction(), conn.cursor(binary=True) as cursor:
            # One snapshot for both, so that the answer can be folded again from the position it names.
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            row = cursor.execute("SELECT ledger.view_position(%s)", (SHARED,)).fetchone()
            rows = cursor.execute(query, (list(subjects), on, limit)).fetchall()
        listed = [Listed(r[0], r[1], r[2], r[3], r[4], r[5], (r[6], r[7]), r[8], r[9]) for r in rows]
        return int(row[0] or 0) if row else 0, listed

    def objected(self, records: Iterable[UUID]) -> set[UUID]:
        """Which of the records are objected to now (OBJ-2)."""
        with connection(self._pool) as conn:
            rows = conn.execute("SELECT * FROM ledger.objected(%s::uuid[])", (list(records),)).fetchall()
        return {row[0] for row in rows}

    def dossier_position(self) -> int:
        """How far the dossier's index is."""
        with connection(self._pool) as conn:
            row = conn.execute("SELECT ledger.view_position(%s)", (DOSSIER,)).fetchone()
        return int(row[0] or 0) if row else 0

    def dossier_page(
        self, subject: UUID, *, through: int, before: int | None, limit: int
    ) -> list[tuple[UUID, int]]:
        """Records of a subject, newest first, whatever became of them, each with where it begins."""
        query = "SELECT record_id, begun_at FROM ledger.dossier_page(%s, %s, %s, %s)"
        with connection(self._pool) as conn:
            rows = conn.execute(query, (subject, through, before, limit)).fetchall()
        return [(r[0], int(r[1])) for r in rows]

    def position_at(self, at: datetime) -> int:
        """Where an instant falls in the records log, 0 before its first event."""
        return position_at(self._pool, at)

    def access_versions(self, subjects: Iterable[UUID]) -> dict[UUID, int]:
        """How many access events each subject has."""
        query = "SELECT subject_id, version FROM ledger.access_versions(%s)"
        with connection(self._pool) as conn:
            return {r[0]: int(r[1]) for r in conn.execute(query, (list(subjects),)).fetchall()}

    def logged_read(
        self, batch: Append, reads: Sequence[Read], *, on: date
    ) -> tuple[int, list[bytes | None]]:
        """Write the access events, commit, and give the announced bytes in order."""
        arguments = [
            *access_arguments(batch),
            [read.event + 1 for read in reads],
            [read.listed.record_id for read in reads],
            [read.listed.part for read in reads],
            [read.listed.digest for read in reads],
            on,
        ]
        with connection(self._pool) as conn, conn.cursor(binary=True) as cursor:
            row = cursor.execute(_READ, arguments).fetchone()
        assert row is not None
        return int(row[0]), list(row[1] or [])


def access_arguments(batch: Append) -> list[Any]:
    """The events, keys and guards of a batch as ``ledger.log_access`` takes them."""
    events, keys = batch.events, batch.data_keys
    return [
        [e.stream_id for e in events],
        [e.stream_version for e in events],
        [e.topic for e in events],
        [e.schema_version for e in events],
        [e.recorded_at for e in events],
        [e.meta for e in events],
        [e.key_ref for e in events],
        [e.sealed for e in events],
        [e.leaf for e in events],
        [k.owner for k in keys],
        [k.key_class for k in keys],
        [k.generation for k in keys],
        [k.wrapped for k in keys],
        list(batch.guards),
        list(batch.guards.values()),
    ]
