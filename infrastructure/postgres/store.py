"""The event store on PostgreSQL: every write is one call of ``ledger.append`` (migrations/0001).

Commands call it through ``application.ports.EventStore``; whole logs are read with ``log_reader.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import TupleRow

from application.ports import (
    Append,
    Document,
    KeyName,
    Log,
    OpenCase,
    Receipt,
    WrappedKey,
)
from domain.transparency.digest import StoredRow
from infrastructure.postgres.append_call import append_call
from infrastructure.postgres.log_reader import COLUMNS, stored_row
from infrastructure.postgres.pool import Pool, connection


class PostgresEventStore:
    """The writer's side: append, load one stream, and the look-ups that appending needs."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def append(self, *batches: Append) -> list[int]:
        """See ``EventStore.append``; several batches commit in one transaction."""
        with connection(self._pool) as conn:
            if len(batches) == 1:
                return [self._append(conn, batches[0])]
            with conn.transaction():
                return [self._append(conn, batch) for batch in batches]

    @staticmethod
    def _append(conn: psycopg.Connection[TupleRow], batch: Append) -> int:
        query, arguments = append_call(batch)
        with conn.cursor(binary=True) as cursor:
            row = cursor.execute(query, arguments, prepare=True).fetchone()
        assert row is not None
        return int(row[0])

    def load(self, log: Log, stream_id: UUID) -> list[StoredRow]:
        """All rows of one stream in order."""
        return self.load_slice(log, stream_id)

    def load_slice(
        self,
        log: Log,
        stream_id: UUID,
        *,
        after: int | None = None,
        until: int | None = None,
        descending: bool = False,
        limit: int | None = None,
    ) -> list[StoredRow]:
        """Rows of one stream with ``after < version <= until``."""
        query = f"SELECT {COLUMNS} FROM ledger.load_stream(%s, %s, %s, %s, %s, %s)"
        arguments = (log, stream_id, after, until, descending, limit)
        return [stored_row(r) for r in self._all(query, arguments)]

    def subjects_of(self, blinds: Iterable[bytes]) -> dict[bytes, UUID]:
        """Subject ids by blind index; unknown ones are left out."""
        return dict(self._all("SELECT blind, subject_id FROM ledger.subjects_of(%s)", (list(blinds),)))

    def documents_of(self, fingerprints: Iterable[bytes]) -> dict[bytes, Document]:
        """Recorded documents by fingerprint; unknown ones are left out."""
        query = "SELECT fingerprint, record_id, content_mac FROM ledger.documents_of(%s)"
        return {r[0]: Document(*r) for r in self._all(query, (list(fingerprints),))}

    def versions_of(self, streams: Iterable[UUID]) -> dict[UUID, int]:
        """The last version of each stream of ``records`` that has events."""
        return dict(self._all("SELECT stream_id, version FROM ledger.versions_of(%s)", (list(streams),)))

    def standing_records(self, subject: UUID, *, limit: int) -> tuple[int, list[tuple[UUID, str]]]:
        """How far the dossiers are, and what a subject's holds that nothing has ended: entry and item, newest first."""
        rows = self._all(
            "SELECT record_id, item, reached FROM ledger.standing_records(%s, %s)", (subject, limit)
        )
        return (int(rows[0][2]) if rows else 0), [(r[0], r[1]) for r in rows if r[0] is not None]

    def late_publications(
        self, department: str | None, *, after: int, through: int, limit: int
    ) -> list[StoredRow]:
        """``publication.late`` of one department or all, in order, with ``after < position <= through``."""
        query = f"SELECT {COLUMNS} FROM ledger.late_publications(%s::text, %s, %s, %s)"
        return [stored_row(r) for r in self._all(query, (department, after, through, limit))]

    def tip_offs_filed(self, *, after: int, through: int, limit: int) -> list[tuple[UUID, int]]:
        """Tip-offs filed in the access log with ``after < position <= through``, oldest first, each with where."""
        query = "SELECT stream_id, filed_at FROM ledger.tip_offs_filed(%s, %s, %s)"
        return [(r[0], int(r[1])) for r in self._all(query, (after, through, limit))]

    def data_keys_of(self, owners: Iterable[UUID]) -> dict[KeyName, WrappedKey]:
        """Wrapped data keys of the owners, by owner and class."""
        query = "SELECT owner, class, generation, wrapped FROM ledger.data_keys_of(%s)"
        return {(r[0], r[1]): WrappedKey(*r) for r in self._all(query, (list(owners),))}

    def head_of(self, log: Log) -> int:
        """The last position of a log, 0 before the first event."""
        return int(self._all("SELECT ledger.head_of(%s)", (log,))[0][0])

    def key_acts(self) -> list[StoredRow]:
        """Every act about keys, in order."""
        return [stored_row(r) for r in self._all(f"SELECT {COLUMNS} FROM ledger.key_acts()", ())]

    def erasing_acts(self) -> list[StoredRow]:
        """Every ``data.erased``, in order."""
        return [stored_row(r) for r in self._all(f"SELECT {COLUMNS} FROM ledger.erasing_acts()", ())]

    def last_erasing(self) -> int:
        """The position of the last ``data.erased``, 0 before the first."""
        return int(self._all("SELECT ledger.last_erasing()", ())[0][0])

    def governing_rows(self, topics: Iterable[str]) -> list[StoredRow]:
        """Every event of these governing topics, in order."""
        query = f"SELECT {COLUMNS} FROM ledger.governing_rows(%s)"
        return [stored_row(r) for r in self._all(query, (list(topics),))]

    def measure_list(self) -> list[StoredRow]:
        """Every event of the measures list, in order."""
        return [stored_row(r) for r in self._all(f"SELECT {COLUMNS} FROM ledger.measure_list()", ())]

    def open_cases_from(self, kind: str, *, after: UUID, limit: int) -> list[UUID]:
        """Open cases of a kind, by id from after one on."""
        query = "SELECT case_id FROM ledger.open_cases_from(%s, %s, %s)"
        return [row[0] for row in self._all(query, (kind, after, limit))]

    def look_at(self, position: int) -> tuple[UUID, int] | None:
        """Whose list the look at a position of the access log is in, and its number there; None for no look."""
        rows = self._all("SELECT subject_id, number FROM ledger.look_at(%s)", (position,))
        return (rows[0][0], int(rows[0][1])) if rows else None

    def receipt_of(self, department: str, key: str) -> Receipt | None:
        """The receipt kept for an idempotency key, or None."""
        query = "SELECT department, key, fingerprint, status, receipt FROM ledger.receipt_of(%s, %s)"
        rows = self._all(query, (department, key))
        return Receipt(*rows[0]) if rows else None

    def open_cases_page(
        self, department: str, *, through: int | None, after: int, limit: int
    ) -> list[tuple[OpenCase, int, int]]:
        """The cases that wait for a department, oldest first, each with where it was filed and with ``through``."""
        query = "SELECT case_id, kind, filed_at, through FROM ledger.open_cases_page(%s, %s, %s, %s)"
        rows = self._all(query, (department, through, after, limit))
        return [(OpenCase(r[0], r[1], department), int(r[2]), int(r[3])) for r in rows]

    def consents_page(
        self, subject: UUID, *, through: int, before: int | None, limit: int
    ) -> list[tuple[UUID, int]]:
        """The consents that a subject gave by one position and before another, newest first, each with where."""
        query = "SELECT consent_id, given_at FROM ledger.consents_page(%s, %s, %s, %s)"
        return [(r[0], int(r[1])) for r in self._all(query, (subject, through, before, limit))]

    def links_of(self, record: UUID) -> list[tuple[UUID, str]]:
        """The links of persons to a record, oldest first, each with the reference of its keys."""
        return [(r[0], r[1]) for r in self._all("SELECT * FROM ledger.links_of(%s)", (record,))]

    def open_repairs_of(self, record: UUID) -> list[UUID]:
        """The repairs of a record that are not decided; maybe others, of which no record is written down."""
        return [row[0] for row in self._all("SELECT * FROM ledger.open_repairs_of(%s)", (record,))]

    def open_cases_about(self, kind: str, records: Iterable[UUID]) -> list[tuple[UUID, UUID]]:
        """Open cases of a kind about any of these records, each with the record."""
        query = "SELECT case_id, record_id FROM ledger.open_cases_about(%s, %s::uuid[])"
        return [(row[0], row[1]) for row in self._all(query, (kind, list(records)))]

    def overdue_cases(self, on: date, *, apart_from: str, limit: int) -> list[OpenCase]:
        """The cases of all departments but one whose step was due before a day, the longest overdue first."""
        query = "SELECT case_id, kind, department FROM ledger.overdue_cases(%s, %s, %s)"
        return [OpenCase(*row) for row in self._all(query, (on, apart_from, limit))]

    def use_nonce(self, issuer: bytes, nonce: str, *, now: datetime, expires: datetime) -> bool:
        """True the first time a nonce is used by an issuer, False for a replay."""
        return bool(self._all("SELECT ledger.use_nonce(%s, %s, %s, %s)", (issuer, nonce, now, expires))[0][0])

    def save_draft(
        self,
        draft_id: UUID,
        chunks: dict[int, bytes],
        *,
        department: str,
        now: datetime,
        expires: datetime,
        key: WrappedKey,
        most: int,
        bytes_most: int,
    ) -> datetime | None:
        """Keep an upload that waits for its seal; chunks are ciphertext. Expired drafts of anyone go.

        Beyond ``most`` drafts or ``bytes_most`` of the department nothing is kept; then, when its soonest expires.
        """
        rows = self._all(
            "SELECT ledger.save_draft_within(%s, %s::int[], %s, %s, %s, %s, %s, %s::bytea[], %s, %s)",
            (
                draft_id,
                list(chunks),
                department,
                now,
                expires,
                key.generation,
                key.wrapped,
                list(chunks.values()),
                most,
                bytes_most,
            ),
        )
        found: datetime | None = rows[0][0]
        return found

    def load_draft(
        self, draft_id: UUID, *, department: str, now: datetime, chunk: int
    ) -> tuple[WrappedKey, bytes] | None:
        """One chunk of a department's own draft with its key, or None."""
        query = "SELECT id, 'draft', generation, wrapped, sealed FROM ledger.load_draft(%s, %s, %s, %s)"
        rows = self._all(query, (draft_id, department, now, chunk))
        return (WrappedKey(*rows[0][:4]), rows[0][4]) if rows else None

    def drop_draft(self, draft_id: UUID, *, department: str) -> None:
        """Forget a draft; its key is nowhere else."""
        self._all("SELECT ledger.drop_draft(%s, %s)", (draft_id, department))

    def _all(self, query: str, arguments: Sequence[Any]) -> list[tuple[Any, ...]]:
        with connection(self._pool) as conn, conn.cursor(binary=True) as cursor:
            return cursor.execute(query.encode(), arguments).fetchall()
