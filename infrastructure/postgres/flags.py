"""Flags on PostgreSQL: causes and flags kept by the projector's login, pages read by the web's through one function."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from application.flags import Recorded
from application.ledger import OpenedRow, parse_instant
from application.ports import Log
from domain.oversight.flag_causes import COUNTED, Found, Trace
from domain.oversight.flag_events import FlagClosed, FlagJoined, FlagRaised, FlagReassigned
from domain.shared.city_time import city_day
from domain.transparency.merkle import leaf_hash
from infrastructure.postgres.pool import Pool, connection

OF_ONE_UNIT_MAX = 20
LOOKED_AT_MAX = 10_000
_CAUSE = (
    "INSERT INTO ledger.flag_causes (log, position, rule, unit, what, about, times, day, leaf_hash)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
)
_RAISED = (
    "INSERT INTO ledger.flags (id, unit, rule, what, about, position, due) VALUES (%s, %s, %s, %s, %s, %s, %s)"
    " ON CONFLICT DO NOTHING"
)
_SHOWN_BY = (
    "UPDATE ledger.flag_causes c SET flag = f.id FROM ledger.flags f"
    " WHERE f.id = %s AND c.log = %s AND c.position = %s AND (c.rule, c.unit) = (f.rule, f.unit)"
)
_WAITING = (
    "SELECT c.rule, c.what, c.about, c.unit, c.times, c.log, c.position, c.leaf_hash, c.day, f.id"
    " FROM ledger.flag_causes c LEFT JOIN ledger.flags f"
    " ON f.open AND (f.unit, f.rule, f.what, f.about) = (c.unit, c.rule, c.what, c.about)"
    " WHERE c.flag IS NULL AND (c.day >= %s OR c.what <> ALL (%s) OR f.id IS NOT NULL)"
    " ORDER BY c.day, c.log, c.position"
)
_UNDER = f"""
SELECT unit, position, leaf, recorded_at FROM (
    SELECT convert_from(e.meta, 'UTF8')::jsonb ->> 'actor' AS unit, e.position, e.leaf, e.recorded_at,
           row_number() OVER (PARTITION BY convert_from(e.meta, 'UTF8')::jsonb ->> 'actor' ORDER BY e.position) AS n
    FROM (SELECT DISTINCT r.record_id FROM ledger.renditions r
          JOIN ledger.view_state s ON s.view = r.view AND s.generation = r.generation AND s.live
          WHERE r.view = 'dossier' AND r.item = %s LIMIT {LOOKED_AT_MAX}) d
    JOIN ledger.records e ON e.stream_id = d.record_id AND e.topic = 'record.determined') found
WHERE n <= {OF_ONE_UNIT_MAX} ORDER BY position
"""


class PostgresFlags:
    """See ``application.flags.FlagStore``; needs the projector's login."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def position(self, log: Log) -> int:
        """Up to where a log is folded."""
        with connection(self._pool) as conn:
            query = "SELECT position FROM ledger.oversight_state WHERE fold = 'flags' AND log = %s"
            row = conn.execute(query, (log,)).fetchone()
        assert row is not None
        return int(row[0])

    def fold(
        self, log: Log, traces: Sequence[Trace], told: Sequence[OpenedRow], *, at: int, through: int
    ) -> bool:
        """Causes and flags in one transaction, if the fold stands at ``at``."""
        move = "UPDATE ledger.oversight_state SET position = %s WHERE fold = 'flags' AND log = %s AND position = %s"
        with connection(self._pool) as conn, conn.transaction(), conn.cursor() as cursor:
            cursor.execute(move, (through, log, at))
            if cursor.rowcount != 1:
                return False
            for trace in traces:
                found, row = trace.found, (trace.log, trace.position)
                about = (
                    found.rule,
                    found.unit,
                    found.what,
                    found.about,
                    found.times,
                    trace.day,
                    trace.leaf_hash,
                )
                cursor.execute(_CAUSE, (*row, *about))
            for one in told:
                _tell(cursor, one)
        return True

    def waiting(self, since: date) -> Sequence[tuple[Trace, UUID | None]]:
        """The causes that belong to no flag, with the open flag that is about the same; else refusals since a day."""
        with connection(self._pool) as conn:
            rows = conn.execute(_WAITING, (since, sorted(COUNTED))).fetchall()
        return [(Trace(Found(*r[:5]), r[5], int(r[6]), bytes(r[7]), r[8]), r[9]) for r in rows]

    def unanswered(self, on: date, limit: int) -> Sequence[UUID]:
        """Open flags whose day is over and not recorded as missed."""
        query = "SELECT id FROM ledger.flags WHERE waits AND open AND due < %s ORDER BY due LIMIT %s"
        with connection(self._pool) as conn:
            return [row[0] for row in conn.execute(query, (on, limit)).fetchall()]

    def recorded_under(self, item: str) -> Sequence[Recorded]:
        """Records under an item, the first ones of each department."""
        with connection(self._pool) as conn:
            rows = conn.execute(_UNDER, (item,)).fetchall()
        return [(r[0], int(r[1]), leaf_hash(bytes(r[2])), city_day(parse_instant(r[3]))) for r in rows]


class PostgresFlagReading:
    """See ``application.queries.flags.FlagReading``; needs the reader's login."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def page(
        self, unit: str | None, *, open_only: bool, after: int, through: int, limit: int
    ) -> Sequence[tuple[UUID, int]]:
        """Flags of a unit or of all, oldest first, each with the position at which it was raised."""
        query = "SELECT id, raised_at FROM ledger.flags_page(%s, %s, %s, %s, %s)"
        with connection(self._pool) as conn:
            rows = conn.execute(query, (unit, open_only, after, through, limit)).fetchall()
        return [(row[0], int(row[1])) for row in rows]


def _tell(cursor: Cursor[TupleRow], one: OpenedRow) -> None:
    """What an event of a flag makes of its row."""
    event = one.event
    if isinstance(event, FlagRaised):
        place = (event.unit, event.rule, event.what, event.about, one.row.position, event.answer_by)
        cursor.execute(_RAISED, (event.originator_id, *place))
    if isinstance(event, FlagRaised | FlagJoined):
        for shown, _ in event.evidence:
            log, _, position = shown.partition(":")
            cursor.execute(_SHOWN_BY, (event.originator_id, log, int(position)))
        return
    if isinstance(event, FlagReassigned):
        query = "UPDATE ledger.flags SET assigned = %s, due = %s, waits = true WHERE id = %s"
        cursor.execute(query, (event.unit, event.answer_by, event.originator_id))
        return
    # Answered or its day recorded: it waits for the office only.
    closed = isinstance(event, FlagClosed)
    query = "UPDATE ledger.flags SET waits = false, open = open AND NOT %s WHERE id = %s"
    cursor.execute(query, (closed, event.originator_id))
