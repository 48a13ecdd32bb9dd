"""Places the moments of a public record's life on one line: decided, recorded, today, end of publicity.

Before it stands a public record with its dates; after it a template draws the places as SVG, which the
content policy allows because every place is a presentation attribute.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from domain.shared.city_time import SHANGHAI, city_day

FIRST_PERCENT, LAST_PERCENT = 2.0, 98.0
OPEN_ENDED_DAYS_MIN = 90
YEAR_TICKS_MAX = 12
TICK_MARGIN_PERCENT = 6.0
LABEL_MARGIN_PERCENT = 8.0

Kind = Literal["decided", "recorded", "today", "ends"]


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment (时点): names in both languages, what is shown for it, a remark, and its place in percent."""

    kind: Kind
    name_zh: str
    name_en: str
    shown: str
    machine: str
    remark_zh: str
    remark_en: str
    place_percent: float

    @property
    def anchor(self) -> str:
        """How a label at this place is anchored so that it stays inside the drawing."""
        if self.place_percent < LABEL_MARGIN_PERCENT:
            return "start"
        return "end" if self.place_percent > 100 - LABEL_MARGIN_PERCENT else "middle"


@dataclass(frozen=True, slots=True)
class YearTick:
    """The first of January of a year (年初) on the line."""

    year: int
    place_percent: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """The line of one record (时间线); ``open_ended`` when publicity has no last day."""

    decided: Moment
    recorded: Moment
    today: Moment
    ends: Moment
    years: tuple[YearTick, ...]
    open_ended: bool

    @property
    def moments(self) -> tuple[Moment, ...]:
        """All moments in the order of reading."""
        return (self.decided, self.recorded, self.today, self.ends)


def city_instant(at: datetime) -> str:
    """An instant in the city's time to the second: ``2026-11-21 16:23:08 +08:00``."""
    local = at.astimezone(SHANGHAI)
    return f"{local:%Y-%m-%d %H:%M:%S} +08:00"


def timeline(
    *,
    decided_on: date,
    recorded_at: datetime,
    position: int,
    until: date | None,
    today: date,
    corrected: bool = False,
) -> Timeline:
    """The line of a record that is public on ``today``; ``until`` is its last public day, None if open-ended.

    Of a ``corrected`` one ``recorded_at`` is when its correction was recorded (OBJ-5).
    """
    recorded_on = city_day(recorded_at)
    first = min(decided_on, recorded_on, today)
    last = _last_day(first, until=until, recorded_on=recorded_on, today=today)

    def place(day: date) -> float:
        share = (day - first).days / max((last - first).days, 1)
        return round(FIRST_PERCENT + share * (LAST_PERCENT - FIRST_PERCENT), 2)

    return Timeline(
        decided=_on_day("decided", "作出决定", "Decided", decided_on, place(decided_on)),
        recorded=Moment(
            "recorded",
            "更正记入账本" if corrected else "记入账本",
            "Correction recorded in the ledger" if corrected else "Recorded in the ledger",
            city_instant(recorded_at),
            recorded_at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            f"账本位置 {position}",
            f"log position {position}",
            place(recorded_on),
        ),
        today=_on_day("today", "今日", "Today", today, place(today), *_left(until, today)),
        ends=_end(until, place(last)),
        years=_years(first, last, place),
        open_ended=until is None,
    )


def _last_day(first: date, *, until: date | None, recorded_on: date, today: date) -> date:
    """The day at the right end; an open end is drawn a stretch beyond today."""
    if until is not None:
        return max(until, today, recorded_on)
    seen = max(today, recorded_on)
    return seen + timedelta(days=max(OPEN_ENDED_DAYS_MIN, (seen - first).days // 2))


def _on_day(
    kind: Kind, name_zh: str, name_en: str, day: date, place: float, remark_zh: str = "", remark_en: str = ""
) -> Moment:
    return Moment(kind, name_zh, name_en, day.isoformat(), day.isoformat(), remark_zh, remark_en, place)


def _left(until: date | None, today: date) -> tuple[str, str]:
    if until is None:
        return "公示中", "public"
    days = (until - today).days
    if days == 0:
        return "今日为公示最后一日", "last public day"
    return f"距公示截止 {days} 天", f"{days} day{'' if days == 1 else 's'} left"


def _end(until: date | None, place: float) -> Moment:
    if until is None:
        return Moment(
            "ends", "公示截止", "Publicity ends", "未定期限", "", "事实存续期间公示", "open-ended", place
        )
    return _on_day(
        "ends", "公示截止", "Publicity ends", until, place, "次日起不再显示", "not shown from the next day"
    )


def _years(first: date, last: date, place: Callable[[date], float]) -> tuple[YearTick, ...]:
    """Year marks that keep clear of both ends; every second, third ... year when there would be too many."""
    step = (last.year - first.year) // YEAR_TICKS_MAX + 1
    ticks = (YearTick(y, place(date(y, 1, 1))) for y in range(first.year + 1, last.year + 1, step))
    return tuple(t for t in ticks if TICK_MARGIN_PERCENT < t.place_percent < 100 - TICK_MARGIN_PERCENT)
