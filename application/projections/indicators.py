"""What units did, as counts by unit and month folded from both logs (SUP-1).

Reads envelopes and events under the ledger's own keys only, never a record, so that counting again after an erasure
gives the same. Indicators are made of the counts by ``domain/oversight/indicators.py``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from application.data_keys import KeySource, unwrap_all
from application.ledger import OpenedRow, open_rows, parse_instant
from application.ports import Log, RowReader, Vault
from domain.access.model import OWN_RECORDS
from domain.measures.events import MeasureOverdue
from domain.oversight.flag_events import FlagClosed, FlagOverdue, FlagRaised
from domain.oversight.indicators import (
    ACCEPTANCE_OVERDUE,
    FEEDBACK_OVERDUE,
    FLAGS_CLOSED,
    FLAGS_RAISED,
    FLAGS_UNANSWERED,
    LATE,
    OBJECTIONS,
    QUERIES,
    RECORDED,
    REFUSED,
    REPAIRS,
    REVIEWED,
    UNIT,
    UPHELD,
)
from domain.oversight.review_events import QueryReviewDecided, QueryReviewOpened
from domain.records.events import ActRefused, IntakeReported
from domain.records.lateness import PublicationLate
from domain.remedies.events import RepairOverdue
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar, working_days_between
from domain.transparency.digest import StoredRow

BATCH_EVENTS = 2000
LOGS: tuple[Log, ...] = ("records", "access")
OPENED = frozenset(e.TOPIC for e in (ActRefused, IntakeReported, PublicationLate, FlagRaised))
PLAIN: Mapping[str, str] = {
    "record.determined": RECORDED,
    "objection.decided": OBJECTIONS,
    "record.corrected": UPHELD,
    "record.withdrawn": UPHELD,
    "subject.queried": QUERIES,
}
"""Topics that count once for whoever recorded them; a record is corrected or withdrawn by an upheld objection."""
ENDED: Mapping[str, str] = {FlagClosed.TOPIC: FLAGS_CLOSED, QueryReviewDecided.TOPIC: REVIEWED}
"""Topics that count for the unit that the first event of their stream names."""
OWED: Mapping[str, str] = {
    MeasureOverdue.TOPIC: FEEDBACK_OVERDUE,
    RepairOverdue.TOPIC: ACCEPTANCE_OVERDUE,
    FlagOverdue.TOPIC: FLAGS_UNANSWERED,
}
"""Topics that count for the unit of their envelope, where it names whose acknowledgement is overdue."""
UnitCounts = Counter[tuple[str, str, str, str]]
"""How many, by unit, city month (``2026-11``), name and detail."""
Positions = Mapping[Log, int]


class LogRows(RowReader, Protocol):
    """The log in order of position, and one row by its place in its stream."""

    def row_of(self, log: Log, stream_id: UUID, version: int) -> StoredRow | None: ...


class UnitCountStore(Protocol):
    """Where the counts stand, with how far each log was folded.

    ``add`` and ``replace`` do nothing and return False unless they stand at ``at``; ``reached`` is the instant of the
    last row folded.
    """

    def positions(self) -> Positions: ...
    def all(self) -> tuple[Positions, UnitCounts]: ...
    def add(self, log: Log, counts: UnitCounts, *, at: int, through: int, reached: str) -> bool: ...
    def replace(self, counts: UnitCounts, *, at: Positions) -> bool: ...


class IndicatorFold:
    """Keeps the counts at the heads of both logs, and counts everything again to compare."""

    def __init__(
        self,
        *,
        reader: LogRows,
        keys: KeySource,
        store: UnitCountStore,
        vault: Vault,
        calendar: Callable[[int], Calendar],
    ) -> None:
        """``calendar`` is the one known before a position of the records log."""
        self._reader, self._keys, self._store = reader, keys, store
        self._vault, self._calendar = vault, calendar

    def run_once(self) -> int:
        """Fold the next batch of a log that has one; how many events that were, 0 also when another came first."""
        at = self._store.positions()
        for log in LOGS:
            rows = self._reader.rows(log, after=at[log], limit=BATCH_EVENTS)
            if rows:
                last = rows[-1]
                moved = self._store.add(
                    log, self._counted(log, rows), at=at[log], through=last.position, reached=last.recorded_at
                )
                return len(rows) if moved else 0
        return 0

    def rebuild(self, *, force: bool = False) -> bool:
        """Count from the first events up to where the counts stand; whether that gave the same.

        With ``force`` what the logs say takes the place of what differs.
        """
        live, kept = self._store.all()
        counts: UnitCounts = Counter()
        for log in LOGS:
            at = 0
            while at < live[log]:
                rows = self._reader.rows(log, after=at, limit=min(BATCH_EVENTS, live[log] - at))
                counts.update(self._counted(log, rows))
                at = rows[-1].position
        if counts != kept and force:
            self._store.replace(counts, at=live)
        return counts == kept

    def _counted(self, log: Log, rows: Sequence[StoredRow]) -> UnitCounts:
        counts: UnitCounts = Counter()
        for row in rows:
            meta, month = json.loads(row.meta), _month(row)
            if row.topic in PLAIN and meta.get("purpose") != OWN_RECORDS.code:
                counts[meta["actor"], month, PLAIN[row.topic], ""] += 1
            elif row.topic == "repair.decided" and meta.get("correlation") == str(row.stream_id):
                # Closed with its record it has another correlation: nobody decided it.
                counts[meta["actor"], month, REPAIRS, str(self._days(row))] += 1
            elif row.topic in OWED and UNIT in meta:
                counts[meta[UNIT], month, OWED[row.topic], ""] += 1
            elif row.topic in ENDED:
                for one in self._open(log, [self._first(row)]):
                    counts[_whose(one), month, ENDED[row.topic], ""] += 1
        for one in self._open(log, [row for row in rows if row.topic in OPENED]):
            for unit, name, detail, number in _told(one):
                counts[unit, _month(one.row), name, detail] += number
        return counts

    def _days(self, decided: StoredRow) -> int:
        """The working days from an application to its decision."""
        began, ended = (city_day(parse_instant(row.recorded_at)) for row in (self._first(decided), decided))
        return working_days_between(began, ended, self._calendar(decided.position))[0]

    def _first(self, row: StoredRow) -> StoredRow:
        found = self._reader.row_of("records", row.stream_id, 1)
        assert found is not None
        return found

    def _open(self, log: Log, rows: Sequence[StoredRow]) -> list[OpenedRow]:
        opened = open_rows(
            rows, log=log, keys=lambda owners: unwrap_all(self._vault, self._keys.data_keys_of(owners))
        )
        return [one for one in opened if not one.closed]


def _told(one: OpenedRow) -> Iterator[tuple[str, str, str, int]]:
    """Unit, name, detail and number of what an opened event says; a rule counts once for an act, once for each row."""
    event = one.event
    if isinstance(event, ActRefused):
        yield from ((event.department, REFUSED, rule, 1) for rule in {reason[0] for reason in event.rules})
    elif isinstance(event, IntakeReported):
        found = {(row, rule) for row, rule, *_ in event.refused}
        yield from ((event.department, REFUSED, rule, 1) for _, rule in sorted(found))
    elif isinstance(event, PublicationLate):
        yield event.department, LATE, "", len(event.records)
    elif isinstance(event, FlagRaised):
        yield event.unit, FLAGS_RAISED, "", 1


def _whose(first: OpenedRow) -> str:
    """The unit of a flag, or whose query is reviewed."""
    event = first.event
    assert isinstance(event, FlagRaised | QueryReviewOpened)
    return event.unit if isinstance(event, FlagRaised) else event.department


def _month(row: StoredRow) -> str:
    return city_day(parse_instant(row.recorded_at)).isoformat()[:7]
