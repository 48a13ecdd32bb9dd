"""An audit bundle's way into the tables: one transaction of the migrator, who owns them; no login of the service can.

The append draws positions and digests anew and so cannot serve here: rows come with their own, checked before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from application.audit.bundle import BundleRefused
from application.ports import LedgerUnavailable, Log
from domain.transparency.digest import StoredRow
from infrastructure.postgres.views import Connection

BUFFERED_ROWS = 1000
_ROW = dict.fromkeys(("meta", "sealed", "leaf", "digest"), "bytea") | {
    "position": "int8", "stream_id": "uuid", "stream_version": "int8", "topic": "text", "schema_version": "int4",
    "recorded_at": "text", "key_ref": "text",
}  # fmt: skip
_ROW_COLUMNS = tuple(StoredRow.__dataclass_fields__)
TABLES: Mapping[str, Mapping[str, str]] = {
    "streams": {"log": "text", "id": "uuid", "version": "int8"},
    "documents": {"fingerprint": "bytea", "record_id": "uuid", "content_mac": "bytea"},
    "subjects": {"blind": "bytea", "subject_id": "uuid"},
    "data_keys": {"owner": "uuid", "class": "text", "generation": "int4", "wrapped": "bytea"},
    "suppressed": {"record_id": "uuid", "position": "int8"},
    "marks": {"record_id": "uuid", "objection_id": "uuid"},
    "open_cases": {"case_id": "uuid", "kind": "text", "department": "text", "position": "int8"},
    "epochs": {"position": "int8", "entry": "bytea"},
    "stamps": {"log": "text", "size": "int8", "note": "bytea", "token": "bytea"},
    "maps": {
        "name": "text",
        "root": "bytea",
        "count": "int8",
        "depth": "int4",
        "thin": "int8",
        "through": "int8",
    },
}
"""What a bundle fills beside the logs, with columns and types."""


class PostgresRestore:
    """See ``application.audit.replay.RestoreStore``; needs the migrator's URL."""

    def __init__(self, admin_url: str) -> None:
        self._admin_url = admin_url

    def heads(self) -> dict[str, tuple[int, bytes]] | None:
        """Position and digest of each log; None while no table of the ledger holds anything."""
        with self._connection() as conn:
            return _heads(conn)

    @contextmanager
    def whole(self) -> Iterator[PostgresRestoring]:
        """All of it or nothing; whoever appends waits, and a ledger that is not empty is refused."""
        with self._connection() as conn, conn.transaction():
            conn.execute("LOCK TABLE ledger.heads IN ACCESS EXCLUSIVE MODE")
            if _heads(conn) is not None:
                raise BundleRefused("not_empty")
            into = PostgresRestoring(conn)
            try:
                yield into
                into.flush()
            except psycopg.errors.IntegrityError:
                raise BundleRefused("row_twice") from None

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        try:
            conn = psycopg.connect(self._admin_url, autocommit=True, connect_timeout=10)
        except psycopg.OperationalError as refused:
            raise LedgerUnavailable(type(refused).__name__) from None
        with conn:
            yield conn


class PostgresRestoring:
    """See ``application.audit.replay.Restoring``."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._waiting: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)

    def rows(self, log: Log, rows: Sequence[StoredRow]) -> None:
        """Rows of a log, as they are."""
        values = [tuple(getattr(row, name) for name in _ROW_COLUMNS) for row in rows]
        self._copy(log, {name: _ROW[name] for name in _ROW_COLUMNS}, values)

    def table(self, name: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Rows of one of :data:`TABLES`."""
        waiting = self._waiting[name]
        waiting.extend(rows)
        if len(waiting) >= BUFFERED_ROWS:
            self._copy(name, TABLES[name], waiting)
            waiting.clear()

    def flush(self) -> None:
        """Write what waits."""
        for name, waiting in self._waiting.items():
            self._copy(name, TABLES[name], waiting)
        self._waiting.clear()

    def head(self, log: Log, position: int, digest: bytes) -> None:
        """The head of a log."""
        self._conn.execute(
            "UPDATE ledger.heads SET position = %s, digest = %s WHERE log = %s", (position, digest, log)
        )

    def tree(self, log: str, size: int, root: bytes, checkpoint: bytes) -> None:
        """The head of a tree, with the signatures that it came with."""
        self._conn.execute(
            "UPDATE ledger.trees SET size = %s, root = %s, checkpoint = %s WHERE log = %s",
            (size, root, checkpoint, log),
        )

    def _copy(self, table: str, columns: Mapping[str, str], rows: Sequence[tuple[Any, ...]]) -> None:
        query = f"COPY ledger.{table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
        with self._conn.cursor() as cursor, cursor.copy(query.encode()) as copy:
            copy.set_types(list(columns.values()))
            for row in rows:
                copy.write_row(row)


def _heads(conn: Connection) -> dict[str, tuple[int, bytes]] | None:
    heads = {
        r[0]: (int(r[1]), bytes(r[2])) for r in conn.execute("SELECT log, position, digest FROM ledger.heads")
    }
    filled = any(position for position, _ in heads.values()) or any(
        conn.execute(f"SELECT FROM ledger.{table} LIMIT 1".encode()).fetchone() is not None
        for table in ("records", "access", *TABLES)
    )
    return heads if filled else None
