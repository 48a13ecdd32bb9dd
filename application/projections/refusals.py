"""How often each rule has refused, as a fold of the access log: single acts and rows of files, by rule and day.

Reads refusals as commands and intakes log them; the page of rules tells the counts, and nothing of who or what.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Protocol

from application.data_keys import KeySource, unwrap_all
from application.ledger import OpenedRow, open_rows, parse_instant
from application.ports import RowReader, Vault
from domain.records.events import ActRefused, IntakeReported
from domain.shared.city_time import city_day

BATCH_EVENTS = 2000
TOPICS = frozenset({ActRefused.TOPIC, IntakeReported.TOPIC})
Counts = Counter[tuple[str, date, str]]
"""How many, by rule, city day and kind: ``acts`` or ``rows``."""


class CountStore(Protocol):
    """Where the counts stand, with the position of the access log they were folded up to.

    ``add`` and ``replace`` do nothing and return False unless they stand at ``at``.
    """

    def position(self) -> int: ...
    def all(self) -> tuple[int, Counts]: ...
    def add(self, counts: Counts, *, at: int, through: int) -> bool: ...
    def replace(self, counts: Counts, *, at: int) -> bool: ...


def counted(opened: Iterable[OpenedRow]) -> Counts:
    """The refusals among these rows; a rule counts once for an act, and once for each row of a file."""
    counts: Counts = Counter()
    for one in opened:
        event, day = one.event, city_day(parse_instant(one.row.recorded_at))
        if isinstance(event, ActRefused):
            counts.update((rule, day, "acts") for rule in {reason[0] for reason in event.rules})
        elif isinstance(event, IntakeReported):
            found = {(row, rule) for row, rule, *_ in event.refused}
            counts.update((rule, day, "rows") for _, rule in found)
    return counts


class RefusalCounts:
    """Keeps the counts at the head of the access log, and counts everything again to compare."""

    def __init__(self, *, reader: RowReader, keys: KeySource, store: CountStore, vault: Vault) -> None:
        self._reader = reader
        self._keys = keys
        self._store = store
        self._vault = vault

    def run_once(self) -> int:
        """Fold the next batch; how many events that were, 0 also when another process came first."""
        at = self._store.position()
        through, counts = self._fold(at, limit=BATCH_EVENTS)
        return through - at if through > at and self._store.add(counts, at=at, through=through) else 0

    def rebuild(self, *, force: bool = False) -> bool:
        """Count from the first event up to where the counts stand; whether that gave the same.

        With ``force`` what the log says takes the place of what differs.
        """
        live, kept = self._store.all()
        at, counts = 0, Counts()
        while at < live:
            at, more = self._fold(at, limit=min(BATCH_EVENTS, live - at))
            counts.update(more)
        if counts != kept and force:
            self._store.replace(counts, at=live)
        return counts == kept

    def _fold(self, after: int, *, limit: int) -> tuple[int, Counts]:
        rows = self._reader.rows("access", after=after, limit=limit)
        if not rows:
            return after, Counts()
        told = [row for row in rows if row.topic in TOPICS]
        opened = open_rows(
            told, log="access", keys=lambda owners: unwrap_all(self._vault, self._keys.data_keys_of(owners))
        )
        return rows[-1].position, counted(opened)


def as_counts(kept: Mapping[tuple[str, date], tuple[int, int]]) -> Counts:
    """Counts from acts and rows by rule and day."""
    counts: Counts = Counter()
    for (rule, day), numbers in kept.items():
        counts.update({(rule, day, kind): n for kind, n in zip(("acts", "rows"), numbers, strict=True) if n})
    return counts
