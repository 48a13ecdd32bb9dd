"""What anyone may know of refusals: per rule how many, up to the end of yesterday, in full fives (ADR 0026)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from application.ports import Clock
from domain.shared.city_time import city_day

STEP = 5
"""Counts are told in multiples of this, rounded down; fewer than one of it are not told from none."""


@dataclass(frozen=True, slots=True)
class Refusals:
    """How often a rule refused at least: single acts, and rows of files taken in."""

    acts: int = 0
    rows: int = 0


class RefusalReading(Protocol):
    """The reader's door to the counts: of the days before one, rounded already."""

    def before(self, day: date) -> Mapping[str, Refusals]: ...


class RefusalsSoFar:
    """The counts (拒绝次数) as they may be told today."""

    def __init__(self, reading: RefusalReading, *, clock: Clock) -> None:
        self._reading = reading
        self._clock = clock

    def told(self) -> tuple[date, Mapping[str, Refusals]]:
        """The first day that is not counted, and the counts by rule; a rule that is not there has none to tell."""
        today = city_day(self._clock.now())
        return today, self._reading.before(today)
