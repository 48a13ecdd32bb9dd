"""Keys of what is sealed, given after the opening is committed: two functions, login ``reader`` (migrations/0030)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from uuid import UUID

from application.commands.tip_offs import Opening
from application.ports import Append, KeyName, WrappedKey
from infrastructure.postgres.pool import Pool, connection
from infrastructure.postgres.reading import access_arguments

_LOG = (
    "SELECT ledger.log_access(%b::uuid[], %b::bigint[], %b::text[], %b::int[], %b::text[], %b::bytea[], %b::text[],"
    " %b::bytea[], %b::bytea[], %b::uuid[], %b::text[], %b::int[], %b::bytea[],"
    " %b::uuid[], %b::bigint[], %b::int[], %b::uuid[], %b::text[], %b::bytea[])"
)


class PostgresSeals:
    """See ``application.commands.tip_offs.SealStore``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def open(self, batch: Append, *, owner: UUID, classes: Sequence[str]) -> Opening:
        """Commit the opening, then fetch the keys that it announced."""
        reads = [
            [1] * len(classes),
            [owner] * len(classes),
            list(classes),
            [hashlib.sha256(key_class.encode()).digest() for key_class in classes],
        ]
        keys: dict[KeyName, WrappedKey] = {}
        with connection(self._pool) as conn, conn.cursor(binary=True) as cursor:
            # Connections commit by themselves: the opening is durable before the next statement is sent.
            row = cursor.execute(_LOG, [*access_arguments(batch), *reads]).fetchone()
            assert row is not None
            for key_class in classes:
                query = b"SELECT owner, class, generation, wrapped FROM ledger.key_after_opening(%s, %s, %s)"
                for found in cursor.execute(query, (row[0], owner, key_class)).fetchall():
                    keys[(found[0], found[1])] = WrappedKey(*found)
        return Opening(int(row[0]), keys)
