"""The view store on PostgreSQL: renditions in generations, positions in the same transaction.

The projector writes here; the web process reads through the functions of migrations/0002 only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from uuid import UUID

import psycopg
from psycopg.rows import TupleRow

from application.projections.projector import Swap, ViewsMoved
from application.projections.registers import Entry
from application.projections.renditions import DOSSIER, VIEWS, Changes, Rendition
from application.projections.view_root import root_of_rows, row_leaf
from infrastructure.postgres.pool import Pool, connection, leading

TABLES = ("renditions", "view_names", "registers", "view_state")
Connection = psycopg.Connection[TupleRow]


class PostgresViewStore:
    """See ``application.projections.projector.ViewStore``; needs the projector's login."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._inside: Connection | None = None

    def live(self) -> tuple[int, int]:
        """Generation and position of the live rows; the first generation is begun when there is none."""
        with self._connection() as conn:
            row = conn.execute(
                "SELECT generation, position FROM ledger.view_state WHERE live LIMIT 1"
            ).fetchone()
            if row is not None:
                return int(row[0]), int(row[1])
            conn.execute(
                "INSERT INTO ledger.view_state (view, generation, live)"
                " SELECT unnest(%s::text[]), 1, true ON CONFLICT DO NOTHING",
                (list(VIEWS),),
            )
        return self.live()

    def begin(self) -> int:
        """A new, empty generation beside the live one; leftovers of an interrupted rebuild go."""
        live = self.live()[0]
        with self._connection() as conn, conn.transaction():
            for table in TABLES:
                conn.execute(f"DELETE FROM ledger.{table} WHERE generation <> %s".encode(), (live,))
            conn.execute(
                "INSERT INTO ledger.view_state (view, generation) SELECT unnest(%s::text[]), %s",
                (list(VIEWS), live + 1),
            )
        return live + 1

    def position(self, generation: int) -> int:
        """Up to where a generation is folded."""
        with self._connection() as conn:
            row = conn.execute(
                "SELECT min(position) FROM ledger.view_state WHERE generation = %s", (generation,)
            ).fetchone()
        assert row is not None
        return int(row[0])

    def apply(self, generation: int, changes: Changes, *, after: int, through: int) -> None:
        """Change rows and move every view's position in one transaction."""
        with self._connection() as conn, conn.transaction():
            moved = conn.execute(
                "UPDATE ledger.view_state SET position = %s WHERE generation = %s AND position = %s",
                (through, generation, after),
            ).rowcount
            if moved != len(VIEWS):
                raise ViewsMoved
            delete = "DELETE FROM ledger.renditions WHERE generation = %s AND record_id = ANY (%s)"
            conn.execute(delete.encode(), (generation, list(changes.shown)))
            conn.execute(f"{delete} AND view <> %s".encode(), (generation, list(changes.gone), DOSSIER))
            self._insert(conn, generation, [r for shown in changes.shown.values() for r in shown])
            names = list(changes.names)
            conn.execute(
                "INSERT INTO ledger.view_names (view, generation, blind, subject_id)"
                " SELECT v, %s, b, s FROM unnest(%s::text[], %s::bytea[], %s::uuid[]) AS n(v, b, s)"
                " ON CONFLICT DO NOTHING",
                (generation, [n[0] for n in names], [n[1] for n in names], [n[2] for n in names]),
            )
            self._register(conn, generation, list(changes.entries.values()))
            # What the next epoch must look at again; of a generation that is not live yet, nothing. What goes is
            # noted by the table's own trigger.
            conn.execute(
                "INSERT INTO ledger.map_changes (record_id) SELECT unnest(%s::uuid[])"
                " WHERE EXISTS (SELECT FROM ledger.view_state WHERE generation = %s AND live)",
                (list(changes.shown), generation),
            )

    @staticmethod
    def _register(conn: Connection, generation: int, entries: list[Entry]) -> None:
        if not entries:
            return
        columns = [
            [getattr(entry, name) for entry in entries]
            for name in ("kind", "key", "number", "from_day", "until_day", "position", "content")
        ]
        conn.execute(
            "INSERT INTO ledger.registers (generation, kind, key, number, from_day, until_day, position, bytes)"
            " SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::integer[], %s::date[], %s::date[], %s::bigint[],"
            " %s::bytea[]) ON CONFLICT (generation, kind, key, number) DO UPDATE SET from_day = excluded.from_day,"
            " until_day = excluded.until_day, position = excluded.position, bytes = excluded.bytes",
            (generation, *columns),
        )

    @staticmethod
    def _insert(conn: Connection, generation: int, renditions: list[Rendition]) -> None:
        with (
            conn.cursor() as cursor,
            cursor.copy(
                "COPY ledger.renditions (view, generation, record_id, part, subject_id, item, position, until,"
                " key_owner, key_class, bytes, commitment) FROM STDIN (FORMAT BINARY)"
            ) as copy,
        ):
            copy.set_types(
                [
                    "text",
                    "int4",
                    "uuid",
                    "text",
                    "uuid",
                    "text",
                    "int8",
                    "date",
                    "uuid",
                    "text",
                    "bytea",
                    "bytea",
                ]
            )
            for r in renditions:
                copy.write_row(
                    (
                        r.view,
                        generation,
                        r.record_id,
                        r.part,
                        r.subject_id,
                        r.item,
                        r.position,
                        r.until,
                        *(r.key or (None, None)),
                        r.content,
                        r.commitment,
                    )
                )

    def swap(self, generation: int, catch_up: Callable[[int], None], *, force: bool) -> Swap:
        """See ``ViewStore.swap``: the live row is locked, so the projector waits while this compares."""
        with connection(self._pool) as conn, conn.transaction():
            self._inside = conn
            try:
                rows = conn.execute(
                    "SELECT generation, position FROM ledger.view_state WHERE live ORDER BY view FOR UPDATE"
                ).fetchall()
                live, position = int(rows[0][0]), int(rows[0][1])
                catch_up(position)
                swap = Swap(self.root(live), self.root(generation), swapped=False)
                if swap.equal or force:
                    if not swap.equal:
                        conn.execute(
                            "INSERT INTO ledger.map_changes (record_id)"
                            " SELECT DISTINCT record_id FROM ledger.renditions"
                        )
                    conn.execute("UPDATE ledger.view_state SET live = false WHERE generation = %s", (live,))
                    conn.execute(
                        "UPDATE ledger.view_state SET live = true WHERE generation = %s", (generation,)
                    )
                    drop, swap = live, Swap(swap.live_root, swap.rebuilt_root, swapped=True)
                else:
                    drop = generation
                for table in TABLES:
                    conn.execute(f"DELETE FROM ledger.{table} WHERE generation = %s".encode(), (drop,))
            finally:
                self._inside = None
        return swap

    def root(self, generation: int) -> bytes:
        """The Merkle root over every row of a generation, in order of view, record and part."""
        with self._connection() as conn, conn.transaction():
            return rows_root(conn, generation)

    def terms_over(self, on: date, limit: int) -> list[tuple[UUID, date]]:
        """Records whose term ended before a day and that nothing suppresses yet."""
        with self._connection() as conn:
            return [
                (r[0], r[1])
                for r in conn.execute("SELECT * FROM ledger.terms_over(%s, %s)", (on, limit)).fetchall()
            ]

    def listed(self, list_code: str, limit: int) -> tuple[int, list[UUID]]:
        """How far the views are, and who stands on a list in them (listings, by id)."""
        with self._connection() as conn:
            rows = conn.execute("SELECT * FROM ledger.standing_under(%s, %s)", (list_code, limit)).fetchall()
        return (int(rows[0][1]) if rows else 0), [row[0] for row in rows if row[0] is not None]

    def red_beside(
        self, items: Sequence[str], after: tuple[UUID, UUID], limit: int
    ) -> list[tuple[UUID, UUID, UUID, str]]:
        """Entries of red lists with their subject, beside each record of the items that the same subject has."""
        with self._connection() as conn:
            query = "SELECT entry_id, subject_id, record_id, item FROM ledger.red_beside(%s, %s, %s, %s)"
            rows = conn.execute(query, (list(items), *after, limit)).fetchall()
        return [(r[0], r[1], r[2], r[3]) for r in rows]

    def leadership(self) -> AbstractContextManager[Connection | None]:
        """A connection that holds the projector's advisory lock, or None while another process leads."""
        return leading(self._pool, "projector")

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """The connection of the running swap, or one from the pool."""
        if self._inside is not None:
            yield self._inside
        else:
            with connection(self._pool) as conn:
                yield conn


def rows_root(conn: Connection, generation: int) -> bytes:
    """The root over a generation's rows, inside a transaction (``application.projections.view_root``)."""
    queries = (
        "SELECT view, record_id, part, subject_id, item, position, until, key_owner, key_class, bytes,"
        " commitment FROM ledger.renditions"
        ' WHERE generation = %s ORDER BY view COLLATE "C", record_id, part COLLATE "C"',
        "SELECT view, blind, subject_id FROM ledger.view_names"
        ' WHERE generation = %s ORDER BY view COLLATE "C", blind, subject_id',
        "SELECT kind, key, number, from_day, until_day, position, bytes FROM ledger.registers"
        ' WHERE generation = %s ORDER BY kind COLLATE "C", key COLLATE "C", number',
    )

    def leaves() -> Iterator[bytes]:
        for number, query in enumerate(queries):
            with conn.cursor(name=f"root_{number}") as cursor:
                cursor.itersize = 2000
                for row in cursor.execute(query.encode(), (generation,)):
                    yield row_leaf(row)

    return root_of_rows(leaves())
