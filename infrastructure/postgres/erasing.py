"""The eraser's side of the database: every step is one function of migrations/0009, called as ``xinlu_eraser``.

See ``application.erasing.EraserStore``; only the command ``erase`` opens it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from application.erasure_scope import Scope
from application.ports import KeyName, Log, NewRow, WrappedKey
from domain.transparency.digest import StoredRow
from infrastructure.postgres.log_reader import stored_row
from infrastructure.postgres.pool import Pool, connection, leading

_ERASE = (
    "SELECT ledger.erase(%b::uuid[], %b::bigint[], %b::text[], %b::int[], %b::text[], %b::bytea[], %b::text[],"
    " %b::bytea[], %b::bytea[], %b::uuid[], %b::text[], %b::uuid[], %b::uuid[], %b::uuid[], %b::bigint[], %b::int)"
)


class PostgresEraserStore:
    """See ``application.erasing.EraserStore``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether this process may erase; holds the advisory lock for as long as the block runs."""
        with leading(self._pool, "eraser") as conn:
            yield conn is not None

    def erasures(self) -> list[UUID]:
        """The streams of all erasures, oldest first."""
        return [row[0] for row in self._all("SELECT * FROM ledger.erasures()", ())]

    def heads(self) -> dict[Log, int]:
        """The last position of each log."""
        return {row[0]: int(row[1]) for row in self._all("SELECT log, head FROM ledger.log_heads()", ())}

    def rows_under(self, log: Log, owner: UUID, *, after: int, until: int, limit: int) -> list[StoredRow]:
        """Rows with a part under a key of the owner, ``after < position <= until``."""
        query = "SELECT * FROM ledger.rows_under(%s, %s, %s, %s, %s)"
        return [stored_row(row) for row in self._all(query, (log, owner, after, until, limit))]

    def data_keys_of(self, owners: Iterable[UUID]) -> dict[KeyName, WrappedKey]:
        """Data keys of the owners as they are stored, erased ones too."""
        query = "SELECT owner, class, generation, wrapped FROM ledger.data_keys_of(%s)"
        return {(r[0], r[1]): WrappedKey(*r) for r in self._all(query, (list(owners),))}

    def erase(self, rows: Sequence[NewRow], scope: Scope, *, generation: int) -> int:
        """The act, in one transaction; the first position."""
        names = sorted(scope.names)
        arguments = [
            [r.stream_id for r in rows],
            [r.stream_version for r in rows],
            [r.topic for r in rows],
            [r.schema_version for r in rows],
            [r.recorded_at for r in rows],
            [r.meta for r in rows],
            [r.key_ref for r in rows],
            [r.sealed for r in rows],
            [r.leaf for r in rows],
            [owner for owner, _ in names],
            [key_class for _, key_class in names],
            sorted(scope.dead),
            sorted(scope.records),
            sorted(scope.unfound),
            [scope.searched["records"], scope.searched["access"]],
            generation,
        ]
        return int(self._all(_ERASE, arguments)[0][0])

    def generations(self) -> tuple[int, int]:
        """The current generation and the pending one."""
        row = self._all("SELECT current, pending FROM ledger.key_generations()", ())[0]
        return int(row[0]), int(row[1])

    def begin_generation(self, generation: int) -> None:
        """From now on nobody stores a key under an older generation."""
        self._all("SELECT ledger.begin_generation(%s)", (generation,))

    def keys_before(self, generation: int, *, after: KeyName, limit: int) -> list[WrappedKey]:
        """Keys under older generations, in order of owner and class."""
        query = "SELECT owner, class, generation, wrapped FROM ledger.keys_before(%s, %s, %s, %s)"
        return [WrappedKey(*row) for row in self._all(query, (generation, *after, limit))]

    def count_keys_before(self, generation: int) -> int:
        """How many keys are under older generations."""
        return int(self._all("SELECT ledger.count_keys_before(%s)", (generation,))[0][0])

    def rewrap(self, old: Sequence[WrappedKey], new: Sequence[WrappedKey], *, generation: int) -> None:
        """Store the same keys under another generation."""
        arguments = (
            [key.owner for key in old],
            [key.key_class for key in old],
            [key.wrapped for key in old],
            generation,
            [key.wrapped for key in new],
        )
        self._all(
            "SELECT ledger.rewrap(%s::uuid[], %s::text[], %s::bytea[], %s, %s::bytea[])",
            arguments,
        )

    def _all(self, query: str, arguments: Sequence[Any]) -> list[tuple[Any, ...]]:
        with connection(self._pool) as conn, conn.cursor(binary=True) as cursor:
            return cursor.execute(query.encode(), arguments).fetchall()
