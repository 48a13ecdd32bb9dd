"""Counts terms: months and years by the corresponding day, working days by a loaded calendar.

Before it stands a fact with a date and a rule with a number; after it a last day, marked provisional when
the loaded calendar does not reach that far. Nothing here knows what day it is today.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from domain.shared.text import says

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Due:
    """The last day (届满日) of a term; ``provisional`` when a day outside the loaded calendar was counted.

    A provisional day counts Monday to Friday as working days; it is shown as such and recomputed by an
    event when the next year's calendar is loaded (DOMAIN 8b).
    """

    day: date
    provisional: bool


HOLIDAYS = range(7, 61)
"""How many rest days by notice a year can have: a file with none, or with half the year, is a mistake."""


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """The holiday notice (节假日安排通知) of one year, with the document that says so.

    ``source`` holds ``authority``, ``title``, ``document_number`` and ``date``.
    """

    year: int
    source: Mapping[str, str]
    holidays: tuple[date, ...]
    working_weekend_days: tuple[date, ...]

    @classmethod
    def from_data(cls, data: object) -> CalendarYear:
        """The year from a file: exactly ``year``, ``source``, ``holidays`` and ``working_weekend_days``.

        Days are ISO dates of that year, ascending; only Saturdays and Sundays are worked on by notice. Raises
        ``ValueError`` that says what is wrong.
        """
        if not isinstance(data, Mapping) or set(data) != {
            "year",
            "source",
            "holidays",
            "working_weekend_days",
        }:
            raise ValueError("members: year, source, holidays, working_weekend_days")
        year, source = data["year"], data["source"]
        if type(year) is not int or not 2000 <= year <= 9998:
            raise ValueError("year")
        named = {"authority", "title", "document_number", "date"}
        if not isinstance(source, Mapping) or set(source) != named:
            raise ValueError("source: authority, title, document_number, date")
        if not all(isinstance(text, str) and says(text, most=200) for text in source.values()):
            raise ValueError("source")
        date.fromisoformat(source["date"])
        holidays = _days_of(year, data["holidays"], "holidays")
        working = _days_of(year, data["working_weekend_days"], "working_weekend_days")
        if len(holidays) not in HOLIDAYS:
            raise ValueError("holidays: too few or too many")
        if any(day.weekday() < SATURDAY for day in working) or set(working) & set(holidays):
            raise ValueError("working_weekend_days: a Saturday or Sunday that is no holiday")
        return cls(year, dict(source), holidays, working)


def _days_of(year: int, given: object, name: str) -> tuple[date, ...]:
    """Ascending days of a year. Raises ``ValueError`` with the member's name."""
    if not isinstance(given, list) or not all(isinstance(text, str) for text in given):
        raise ValueError(name)
    days = tuple(date.fromisoformat(text) for text in given)
    if [day.isoformat() for day in days] != given or list(days) != sorted(set(days)):
        raise ValueError(f"{name}: ISO dates, ascending")
    if any(day.year != year for day in days):
        raise ValueError(f"{name}: days of {year}")
    return days


@dataclass(frozen=True)
class Calendar:
    """Official working days (工作日) of the years that are loaded.

    ``covered`` holds inclusive spans of days for which the holiday notice is known.
    """

    covered: tuple[tuple[date, date], ...]
    holidays: frozenset[date]
    working_weekend_days: frozenset[date]

    @classmethod
    def from_data(cls, years: Iterable[Mapping[str, Any]]) -> Calendar:
        """A calendar from files like ``data/workdays_2026.json``.

        Each holds ``covers`` ({"from", "to"}), ``holidays`` and ``working_weekend_days`` as ISO dates.
        Raises ``KeyError`` or ``ValueError`` when a file does not have that shape.
        """
        covered: list[tuple[date, date]] = []
        holidays: set[date] = set()
        working: set[date] = set()
        for year in years:
            span = year["covers"]
            covered.append((date.fromisoformat(span["from"]), date.fromisoformat(span["to"])))
            holidays.update(map(date.fromisoformat, year["holidays"]))
            working.update(map(date.fromisoformat, year["working_weekend_days"]))
        return cls(tuple(covered), frozenset(holidays), frozenset(working))

    def with_year(self, year: CalendarYear) -> Calendar:
        """The calendar with a year's notice; one that it held of that year before counts no more."""
        first, last = date(year.year, 1, 1), date(year.year, 12, 31)

        def others(days: Iterable[date]) -> set[date]:
            return {day for day in days if not first <= day <= last}

        spans = [span for span in self.covered if not first <= span[0] <= last]
        return Calendar(
            (*spans, (first, last)),
            frozenset(others(self.holidays) | set(year.holidays)),
            frozenset(others(self.working_weekend_days) | set(year.working_weekend_days)),
        )

    def working_days(self, after: date, through: date) -> int:
        """How many working days lie after one day, up to and with another."""
        days = (after + timedelta(days=n) for n in range(1, (through - after).days + 1))
        return sum(map(self.is_working_day, days))

    def covers(self, day: date) -> bool:
        """Whether the official notice for ``day`` is loaded."""
        return any(first <= day <= last for first, last in self.covered)

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on ``day``; outside coverage Monday to Friday is assumed."""
        if day in self.working_weekend_days:
            return True
        return day.weekday() < SATURDAY and day not in self.holidays


def add_months(start: date, months: int) -> date:
    """The last day of a term of ``months`` months that is counted from ``start``.

    The start day is excluded (民法典 201), the term ends on the corresponding day of the last month and,
    where that month has none, on its last day (202): 2026-09-19 and 36 months give 2029-09-19,
    2026-01-31 and one month give 2026-02-28. Departments that count the start day send one day less;
    where two terms compete the earlier wins. Raises ``ValueError`` for a negative number of months and
    ``OverflowError`` beyond the year 9999.
    """
    if months < 0:
        raise ValueError("a term has no negative number of months")
    years, month0 = divmod(start.month - 1 + months, 12)
    year = start.year + years
    if year > date.max.year:
        raise OverflowError("a term ends beyond the year 9999")
    return date(year, month0 + 1, min(start.day, monthrange(year, month0 + 1)[1]))


def add_years(start: date, years: int) -> date:
    """The last day of a term of ``years`` years counted from ``start``; as :func:`add_months`."""
    return add_months(start, 12 * years)


def add_working_days(start: date, working_days: int, calendar: Calendar) -> Due:
    """The last of ``working_days`` working days after ``start``, which itself is not counted.

    Raises ``ValueError`` unless ``working_days`` is at least 1.
    """
    if working_days < 1:
        raise ValueError("a term has at least one working day")
    day, left, provisional = start, working_days, False
    while left:
        day += timedelta(days=1)
        provisional = provisional or not calendar.covers(day)
        left -= calendar.is_working_day(day)
    return Due(day, provisional)


def working_days_between(after: date, until: date, calendar: Calendar) -> tuple[int, bool]:
    """Working days after ``after`` up to ``until`` (included), and whether the calendar knows all those days.

    Counted without walking, so that years cost no more than days. 0 unless ``until`` is later.
    """
    if until <= after:
        return 0, True
    weeks, rest = divmod((until - after).days, 7)
    count = weeks * SATURDAY + sum((until - timedelta(days=n)).weekday() < SATURDAY for n in range(rest))
    count -= sum(after < day <= until and day.weekday() < SATURDAY for day in calendar.holidays)
    count += sum(after < day <= until and day.weekday() >= SATURDAY for day in calendar.working_weekend_days)
    days_covered = sum(
        max(0, (min(last, until) - max(first, after + timedelta(days=1))).days + 1)
        for first, last in calendar.covered
    )
    return count, days_covered >= (until - after).days
