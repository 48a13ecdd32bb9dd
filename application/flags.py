"""What the logs hold becomes flags: causes are folded from both logs, and raised, signed, once each (ACC-1 to ACC-4).

Runs in the leading projector beside the deadline runner; ``domain/oversight/flags.py`` decides. A flag that was raised
is known by folding its own event, so a crash at any instant neither loses a cause nor raises one twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile
from typing import Protocol
from uuid import UUID

from application.data_keys import KeySource, unwrap_all
from application.ledger import Ledger, OpenedRow, open_rows, parse_instant
from application.ports import Conflict, Log, RowReader
from application.registry import Registry
from domain.catalogue.items import CatalogueItemSuspended
from domain.listing.events import ListingOverdue, ListingRemoved
from domain.measures.events import MeasureOverdue
from domain.oversight.flag_causes import Trace, causes_of, due_flags, of_stopped
from domain.oversight.flag_events import (
    FlagAnswered,
    FlagClosed,
    FlagJoined,
    FlagOverdue,
    FlagRaised,
    FlagReassigned,
)
from domain.oversight.flags import escalate, fold_flag, join, raise_flag
from domain.oversight.indicators import UNIT
from domain.parties.keys import CREDIT_OFFICE
from domain.records.consistency import ConsistencyChecked
from domain.records.events import ActRefused, IntakeReported
from domain.remedies.events import ObjectionOverdue, RepairOverdue
from domain.remedies.restoration import RestorationOverdue
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar
from domain.shared.rule_settings import RuleSettings
from domain.transparency.merkle import leaf_hash

BATCH_EVENTS = 2000
PER_STEP = 500
META = {"actor": "platform", "purpose": "oversight"}
FLAG = "flag"
LOGS: tuple[Log, ...] = ("records", "access")
"""Records first: a flag that was closed is known to be before what came after is looked at."""
_CAUSES = (
    ActRefused, IntakeReported, CatalogueItemSuspended, ListingRemoved, ObjectionOverdue, RepairOverdue, ListingOverdue,
    RestorationOverdue, MeasureOverdue, ConsistencyChecked,
)  # fmt: skip
FLAG_EVENTS = (FlagRaised, FlagJoined, FlagReassigned, FlagAnswered, FlagOverdue, FlagClosed)
TOPICS = frozenset(event.TOPIC for event in (*_CAUSES, *FLAG_EVENTS))
THRESHOLDS: Mapping[tuple[str, str], str] = {
    ("ACC-1", "refused"): "flag.recording_refusals",
    ("ACC-1", "looks_refused"): "flag.look_refusals",
    ("ACC-2", "refused"): "flag.measure_refusals",
    ("ACC-3", "refused"): "flag.listing_refusals",
}
Recorded = tuple[str, int, bytes, date]
"""A record: its department, position, the hash of its leaf, the city day."""


class FlagStore(Protocol):
    """The causes and the flags that there are, with how far each log was folded.

    ``fold`` adds causes and what flags' own events say, and moves on, in one transaction; it does nothing and returns
    False unless it stands at ``at``. A cause belongs to the flag whose event has it as evidence. ``waiting`` are the
    causes that belong to none, each with the open flag that is about the same, if there is one; without one, refusals
    since a day only. ``unanswered`` are flags whose day is before ``on`` while that is not recorded.
    ``recorded_under`` gives records under an item as the views know them, few of each department.
    """

    def position(self, log: Log) -> int: ...
    def fold(
        self, log: Log, traces: Sequence[Trace], told: Sequence[OpenedRow], *, at: int, through: int
    ) -> bool: ...
    def waiting(self, since: date) -> Sequence[tuple[Trace, UUID | None]]: ...
    def unanswered(self, on: date, limit: int) -> Sequence[UUID]: ...
    def recorded_under(self, item: str) -> Sequence[Recorded]: ...


@dataclass(frozen=True)
class Raised:
    """What a pass recorded: flags raised, flags that were not answered in time, and what joined open ones."""

    flags: int = 0
    overdue: int = 0
    joined: int = 0


class FlagRunner:
    """The one place where flags are raised (责任线索). Any number may run at once: ids are of the first cause."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        reader: RowReader,
        keys: KeySource,
        store: FlagStore,
        reached: Callable[[], int],
        defaults: RuleSettings,
        built_in: Calendar,
    ) -> None:
        """``reached`` is how far the views are: what was recorded under an item is read there."""
        self._ledger, self._reader, self._keys, self._store = ledger, reader, keys, store
        self._reached, self._defaults, self._built_in = reached, defaults, built_in

    def run(self) -> Raised:
        """A whole pass: fold to the heads, join and raise what is due, escalate what was not answered; then fold that
        too."""
        if not self.fold():
            return Raised()
        today, registry = city_day(self._ledger.now()), Registry(self._ledger)
        settings = registry.settings(self._defaults).settings
        since = today - timedelta(days=settings.number("flag.within_days", on=today))
        thresholds = {of: settings.number(name, on=today) for of, name in THRESHOLDS.items()}
        days = settings.number("flag.answer_working_days", on=today)
        calendar = registry.calendar(self._built_in).calendar
        waiting, joining = self._store.waiting(since), dict[UUID, list[Trace]]()
        for trace, flag in waiting:
            if flag is not None:
                joining.setdefault(flag, []).append(trace)
        joined = sum(self._join(flag, traces) for flag, traces in list(joining.items())[:PER_STEP])
        due = due_flags([trace for trace, flag in waiting if flag is None], thresholds)
        flags = sum(self._raise(group, days, calendar, today) for group in due[:PER_STEP])
        overdue = sum(self._escalate(flag, today) for flag in self._store.unanswered(today, PER_STEP))
        if flags or overdue or joined:
            self.fold()
        return Raised(flags, overdue, joined)

    def fold(self) -> bool:
        """Read both logs; whether up to the heads as they were, so that every flag that was raised then is known."""
        heads = {log: self._reader.head(log)[0] for log in LOGS}
        for log in LOGS:
            while self._store.position(log) < heads[log] and self._fold(log):
                pass
        return all(self._store.position(log) >= heads[log] for log in LOGS)

    def _fold(self, log: Log) -> bool:
        """Fold a batch; whether there may be more. What was recorded under an item is for the views to say first."""
        at, reached = self._store.position(log), self._reached()
        found = self._reader.rows(log, after=at, limit=BATCH_EVENTS)
        rows = list(
            takewhile(lambda r: r.topic != CatalogueItemSuspended.TOPIC or r.position <= reached, found)
        )
        if not rows:
            return False
        vault = self._ledger.vault
        opened = open_rows(
            [row for row in rows if row.topic in TOPICS],
            log=log,
            keys=lambda owners: unwrap_all(vault, self._keys.data_keys_of(owners)),
        )
        whole = [one for one in opened if not one.closed]
        registry = Registry(self._ledger)
        traces = [
            trace
            for one in whole
            for trace in self._traces(one, log)
            if (unit := registry.department(trace.found.unit)) is not None and unit.role != CREDIT_OFFICE
        ]
        told = [one for one in whole if isinstance(one.event, FLAG_EVENTS)]
        return self._store.fold(log, traces, told, at=at, through=rows[-1].position)

    def _traces(self, one: OpenedRow, log: Log) -> Iterator[Trace]:
        event, row = one.event, one.row
        day, own = city_day(parse_instant(row.recorded_at)), leaf_hash(row.leaf)
        if isinstance(event, CatalogueItemSuspended):
            recorded = self._store.recorded_under(event.code)
            for unit, position, found, on in recorded:
                yield Trace(of_stopped(event, unit), log, position, found, on)
            for unit in sorted({record[0] for record in recorded}):
                yield Trace(of_stopped(event, unit), log, row.position, own, day)
        for cause in causes_of(event, actor=str(json.loads(row.meta)["actor"])):
            yield Trace(cause, log, row.position, own, day)

    def _raise(self, group: Sequence[Trace], days: int, calendar: Calendar, today: date) -> bool:
        first = group[0]
        name = ":".join((first.log, str(first.position), first.found.rule, first.found.unit))
        event = raise_flag(
            group,
            flag_id=self._ledger.name_id(FLAG, name),
            working_days=days,
            calendar=calendar,
            now=self._ledger.now(),
            today=today,
        )
        try:
            self._ledger.record([self._ledger.seal(event)], meta=META)
        except Conflict:
            return False  # another runner was first, or this one before it ended: its event is folded
        return True

    def _join(self, flag_id: UUID, traces: Sequence[Trace]) -> int:
        """Let causes join an open flag; how many. Few events hold many causes; the next pass takes what is left."""
        flag = fold_flag(self._ledger.load(flag_id))
        event = join(flag, traces, now=self._ledger.now()) if flag else None
        if event is None:
            return 0
        try:
            self._ledger.record([self._ledger.seal(event)], meta=META)
        except Conflict:
            return 0
        return len(event.evidence)

    def _escalate(self, flag_id: UUID, today: date) -> bool:
        flag = fold_flag(self._ledger.load(flag_id))
        event = escalate(flag, today=today, now=self._ledger.now()) if flag else None
        if flag is None or event is None:
            return False
        try:
            self._ledger.record([self._ledger.seal(event)], meta={**META, UNIT: flag.unit})
        except Conflict:
            return False
        return True
