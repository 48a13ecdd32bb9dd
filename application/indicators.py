"""The indicators of a month that is over: exact for the credit office and each unit, in full fives for anyone (SUP-1).

Reads the counts that the projector folds; the credit office's notice freezes what they say.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol
from uuid import UUID

from application.instruments import units
from application.ledger import Ledger, parse_instant
from application.ports import LedgerUnavailable, Log
from domain.instruments.notice import last_of
from domain.oversight.indicators import FLAGS_OPEN, Counts, IndicatorsNotified, indicators, told_in_public
from domain.parties.keys import CREDIT_OFFICE
from domain.shared.canonical import Json, canonical
from domain.shared.city_time import city_day

NOTICE = "indicators_notice"
RULE = "SUP-1"


@dataclass(frozen=True)
class MonthRead:
    """The counts of one month by unit; of each log how far it was folded, and the instant of the last event there."""

    counts: Mapping[str, Counts]
    folded: Mapping[Log, tuple[int, str]]


class IndicatorReading(Protocol):
    """The reader's door: a month of one instant."""

    def month(self, month: str) -> MonthRead: ...


@dataclass(frozen=True)
class Month:
    """The indicators (考核指标) of a month: ``exact`` by unit, and ``content`` as anyone is told."""

    month: str
    exact: list[dict[str, Json]]
    content: dict[str, Json]

    @property
    def digest(self) -> str:
        """The SHA-256 (hex) of what anyone is told, over canonical JSON."""
        return hashlib.sha256(canonical(self.content)).hexdigest()

    @property
    def told(self) -> list[dict[str, Json]]:
        """The units as anyone is told."""
        return [told_in_public(unit) for unit in self.exact]


@dataclass(frozen=True)
class Year:
    """The exact indicators of a year's months that are over, up to ``until``: for the yearly assessment (年度目标考核,
    000 三(四)). They have no public form: their differences would tell a month more exactly than it is told."""

    year: str
    until: date
    exact: list[dict[str, Json]]


class Indicators:
    """The indicators of one ledger's units."""

    def __init__(self, ledger: Ledger, reading: IndicatorReading) -> None:
        self._ledger, self._reading = ledger, reading

    def last_month(self) -> str:
        """The last month that is over (``2026-10``)."""
        first = city_day(self._ledger.now()).replace(day=1)
        return (first - timedelta(days=1)).isoformat()[:7]

    def month(self, month: str) -> Month:
        """A month that is over. Raises ``Refused`` (FORMAT, SUP-1), ``LedgerUnavailable`` while it is being counted."""
        last = last_of(month, today=city_day(self._ledger.now()), rule=RULE)
        exact = self._exact([month], last)
        content: dict[str, Json] = {"until": last.isoformat(), "units": [told_in_public(u) for u in exact]}
        return Month(month, exact, content)

    def year(self, year: str) -> Year:
        """The months of a year (``2026``) that are over, as one. Raises as :meth:`month`, also before the first."""
        months = [month for number in range(1, 13) if (month := f"{year}-{number:02}") <= self.last_month()]
        last = last_of((months or [f"{year}-01"])[-1], today=city_day(self._ledger.now()), rule=RULE)
        return Year(year, last, self._exact(months, last))

    def _exact(self, months: Sequence[str], last: date) -> list[dict[str, Json]]:
        """The exact indicators of each unit over months that end with ``last``."""
        counts: dict[str, Counter[tuple[str, str]]] = {}
        for month in months:
            found = self._reading.month(month)
            if not all(self._whole(log, found.folded[log], last) for log in found.folded):
                raise LedgerUnavailable("the month is being counted")
            for unit, counted in found.counts.items():
                summed = counts.setdefault(unit, Counter())
                # How many flags are open is a state, so that the newest month says it.
                del summed[FLAGS_OPEN, ""]
                summed.update(counted)
        known = {c: unit for c, unit in sorted(units(self._ledger).items()) if unit.role != CREDIT_OFFICE}
        return [
            indicators(code, unit.name, counts.get(code, {}))
            for code, unit in known.items()
            if city_day(unit.timestamp) <= last
        ]

    def notified(self, month: str) -> IndicatorsNotified | None:
        """The notice of a month as the credit office issued it, or None."""
        found = self._ledger.load(self.stream(month))
        return next((event for event in found if isinstance(event, IndicatorsNotified)), None)

    def stream(self, month: str) -> UUID:
        """The stream of a month's notice."""
        return self._ledger.name_id(NOTICE, month)

    def _whole(self, log: Log, folded: tuple[int, str], last: date) -> bool:
        """Whether all of a month is counted: the fold is beyond it, or at the head."""
        position, reached = folded
        beyond = bool(reached) and city_day(parse_instant(reached)) > last
        return beyond or position >= self._ledger.store.head_of(log)
