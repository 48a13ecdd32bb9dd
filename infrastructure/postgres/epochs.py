"""Heads of the maps, changes that wait for an epoch, and the entries of the views log (migrations/0010).

Needs the projector's login: epochs are made where views are folded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import psycopg

from application.epochs import Snapshot
from application.projections.projector import ViewsMoved
from application.projections.renditions import ENDED
from domain.transparency.digest import FIRST_DIGEST
from domain.transparency.epoch import PUBLIC, SHARED
from domain.transparency.prefix_map import MapHead
from infrastructure.postgres.pool import Pool, connection
from infrastructure.postgres.views import Connection


class PostgresEpochs:
    """See ``application.epochs.EpochStore``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def last(self) -> int:
        """The number of the newest epoch, 0 before the first."""
        with connection(self._pool) as conn:
            row = conn.execute("SELECT coalesce(max(position), 0) FROM ledger.epochs").fetchone()
        assert row is not None
        return int(row[0])

    def heads(self) -> dict[str, tuple[MapHead, int]]:
        """Each map's head and how far its log was put in; empty before the first epoch."""
        with connection(self._pool) as conn, conn.cursor(binary=True) as cursor:
            rows = cursor.execute(
                "SELECT name, root, count, depth, thin, through FROM ledger.maps"
            ).fetchall()
        return {r[0]: (MapHead(*r[1:5]), int(r[5])) for r in rows}

    def snapshot(self, *, whole: bool) -> Snapshot:
        """Views, changes and heads in one snapshot; ``whole`` takes every record as changed."""
        with connection(self._pool) as conn, conn.transaction():
            conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            state = conn.execute(
                "SELECT generation, position FROM ledger.view_state WHERE live LIMIT 1"
            ).fetchone()
            generation, records = (0, 0) if state is None else (int(state[0]), int(state[1]))
            changes = conn.execute("SELECT id, record_id FROM ledger.map_changes").fetchall()
            changed = None if whole else frozenset(r[1] for r in changes)
            access = conn.execute("SELECT position FROM ledger.heads WHERE log = 'access'").fetchone()
            assert access is not None
            return Snapshot(
                records=records,
                records_digest=_digest(conn, "records", records),
                access=int(access[0]),
                access_digest=_digest(conn, "access", int(access[0])),
                changed=changed,
                shown=_shown(conn, generation, changed),
                seen=[r[0] for r in changes],
            )

    def endings(self, *, after: int, through: int) -> Iterable[tuple[int, UUID]]:
        """Position and record of every act that took a record, a listing or a red entry out of all outward views."""
        query = (
            "SELECT position, stream_id FROM ledger.records WHERE position > %s AND position <= %s"
            " AND topic = ANY (%s) ORDER BY position"
        )
        topics = [event.TOPIC for event in ENDED]
        with connection(self._pool) as conn:
            return [(int(r[0]), r[1]) for r in conn.execute(query, (after, through, topics)).fetchall()]

    def looks(self, *, after: int, through: int) -> Iterable[tuple[int, UUID, int]]:
        """Position, subject and number in its list (from 1) of every look."""
        query = (
            "SELECT position, stream_id, stream_version FROM ledger.access"
            " WHERE position > %s AND position <= %s AND topic = 'subject.queried' ORDER BY position"
        )
        with connection(self._pool) as conn:
            return [(int(r[0]), r[1], int(r[2])) for r in conn.execute(query, (after, through)).fetchall()]

    def commit(
        self, number: int, entry: bytes, heads: Mapping[str, tuple[MapHead, int]], *, seen: Sequence[UUID]
    ) -> None:
        """Add the entry, move the heads, forget the changes; all or nothing."""
        with connection(self._pool) as conn, conn.transaction():
            try:
                conn.execute("INSERT INTO ledger.epochs VALUES (%s, %s)", (number, entry))
            except psycopg.errors.UniqueViolation:
                raise ViewsMoved from None
            for name, (head, through) in heads.items():
                conn.execute(
                    "INSERT INTO ledger.maps VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (name) DO UPDATE"
                    " SET root = excluded.root, count = excluded.count, depth = excluded.depth,"
                    " thin = excluded.thin, through = excluded.through",
                    (name, head.root, head.count, head.depth, head.thin, through),
                )
            conn.execute("DELETE FROM ledger.map_changes WHERE id = ANY (%s)", (list(seen),))


def _digest(conn: Connection, log: str, position: int) -> bytes:
    query = f"SELECT digest FROM ledger.{log} WHERE position = %s"
    row = conn.execute(query.encode(), (position,)).fetchone()
    return FIRST_DIGEST if row is None else bytes(row[0])


def _shown(
    conn: Connection, generation: int, changed: frozenset[UUID] | None
) -> dict[tuple[UUID, str], dict[str, bytes]]:
    found: defaultdict[tuple[UUID, str], dict[str, bytes]] = defaultdict(dict)
    rows = conn.execute(
        "SELECT record_id, view, part, commitment FROM ledger.renditions"
        " WHERE generation = %s AND view = ANY (%s) AND (%s::uuid[] IS NULL OR record_id = ANY (%s::uuid[]))",
        (generation, [PUBLIC, SHARED], *([None if changed is None else list(changed)] * 2)),
    )
    for record, view, part, commitment in rows:
        found[record, view][part] = bytes(commitment)
    return found
