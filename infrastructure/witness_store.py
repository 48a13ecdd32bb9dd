"""What a witness cosigned last, in one SQLite file that every worker process of the witness shares.

SQLite gives the compare-and-store that tlog-witness.md asks for, over threads and processes, with an fsync in every
commit; the witness has no other database (ADR 0020).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from application.witness import Held, WitnessUnavailable

BUSY_SECONDS_MAX = 5.0
_TABLE = """
CREATE TABLE IF NOT EXISTS cosigned (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, seconds INTEGER NOT NULL, note BLOB NOT NULL
) STRICT
"""


class SqliteWitnessStore:
    """See ``application.witness.WitnessStore``; a connection for each call, so that threads and forks share none."""

    def __init__(self, path: Path) -> None:
        """Make the file unless it is there. Raises ``WitnessUnavailable``."""
        self._path = path
        with self._open() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(_TABLE)

    def held(self, origin: str) -> Held | None:
        """What is held of a log."""
        with self._open() as connection:
            return _held(connection, origin)

    def swap(self, origin: str, *, old: Held | None, new: Held) -> bool:
        """Put ``new`` in the place of ``old``, if that is still what is held."""
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            if _held(connection, origin) != old:
                connection.execute("ROLLBACK")
                return False
            connection.execute(
                "INSERT OR REPLACE INTO cosigned VALUES (?, ?, ?, ?, ?)",
                (origin, new.size, new.root, new.seconds, new.note),
            )
            connection.execute("COMMIT")
            return True

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS_MAX, isolation_level=None)
            try:
                # In WAL mode only FULL waits for the disk in every commit.
                connection.execute("PRAGMA synchronous = FULL")
                yield connection
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise WitnessUnavailable("the witness cannot reach what it keeps") from error


def _held(connection: sqlite3.Connection, origin: str) -> Held | None:
    row = connection.execute(
        "SELECT size, root, seconds, note FROM cosigned WHERE origin = ?", (origin,)
    ).fetchone()
    return None if row is None else Held(*row)
