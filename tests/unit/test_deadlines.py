"""Terms count as the civil code and the official calendar do, and say when they had to guess."""

from __future__ import annotations

import json
from calendar import monthrange
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.deadlines import (
    Calendar,
    CalendarYear,
    Due,
    add_months,
    add_working_days,
    add_years,
)

DATA = Path(__file__).resolve().parents[2] / "data"
CALENDAR = Calendar.from_data([json.loads((DATA / "workdays_2026.json").read_text(encoding="utf-8"))])
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2200, 12, 31))


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        (date(2026, 9, 19), 36, date(2029, 9, 19)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 8, 31), 3, date(2026, 11, 30)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 11, 21), 0, date(2026, 11, 21)),
    ],
)
def test_a_month_term_ends_on_the_corresponding_day_or_the_months_end(
    start: date, months: int, last: date
) -> None:
    assert add_months(start, months) == last


@given(DAYS, st.integers(min_value=0, max_value=600))
def test_a_month_term_ends_in_the_right_month_and_never_on_a_later_day(start: date, months: int) -> None:
    last = add_months(start, months)
    assert (last.year * 12 + last.month) - (start.year * 12 + start.month) == months
    assert last.day == min(start.day, monthrange(last.year, last.month)[1])


@given(DAYS, st.integers(min_value=0, max_value=50))
def test_a_year_term_is_twelve_month_terms(start: date, years: int) -> None:
    assert add_years(start, years) == add_months(start, 12 * years)


@given(DAYS, DAYS, st.integers(min_value=0, max_value=120))
def test_a_later_start_never_ends_earlier(one: date, other: date, months: int) -> None:
    first, second = sorted((one, other))
    assert add_months(first, months) <= add_months(second, months)


def test_a_negative_or_endless_term_is_an_error() -> None:
    with pytest.raises(ValueError, match="negative"):
        add_months(date(2026, 1, 1), -1)
    with pytest.raises(OverflowError):
        add_months(date(9999, 1, 1), 12)


def test_seven_working_days_skip_the_national_holidays_and_count_the_worked_weekend() -> None:
    # From Wednesday 2026-09-23: 24, holiday to 27, 28 to 30, holiday to 7 October, 8, 9, 10 (a Saturday).
    assert add_working_days(date(2026, 9, 23), 7, CALENDAR) == Due(date(2026, 10, 10), provisional=False)


def test_the_start_day_is_not_counted() -> None:
    assert add_working_days(date(2026, 11, 16), 1, CALENDAR).day == date(2026, 11, 17)


def test_a_deadline_beyond_the_calendar_is_provisional_and_counts_monday_to_friday() -> None:
    due = add_working_days(date(2026, 12, 30), 3, CALENDAR)
    assert due == Due(date(2027, 1, 4), provisional=True)


def test_a_deadline_before_the_calendar_is_provisional_too() -> None:
    assert add_working_days(date(2025, 12, 1), 1, CALENDAR).provisional


def test_a_term_of_no_working_days_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one"):
        add_working_days(date(2026, 1, 5), 0, CALENDAR)


@given(st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 11, 1)), st.integers(1, 20))
def test_inside_the_calendar_exactly_so_many_working_days_lie_between(start: date, working_days: int) -> None:
    due = add_working_days(start, working_days, CALENDAR)
    passed = [start + timedelta(days=n) for n in range(1, (due.day - start).days + 1)]
    assert sum(CALENDAR.is_working_day(day) for day in passed) == working_days
    assert CALENDAR.is_working_day(due.day)
    assert not due.provisional


NOTICE: dict[str, object] = {
    "year": 2027,
    "source": {"authority": "示例", "title": "示例通知", "document_number": "示例1号", "date": "2026-11-04"},
    "holidays": ["2027-01-01", *(f"2027-02-0{day}" for day in range(5, 10)), "2027-10-01", "2027-10-04"],
    "working_weekend_days": ["2027-01-03"],
}


def test_a_year_is_taken_from_its_notice_only_as_a_whole_and_with_its_source() -> None:
    year = CalendarYear.from_data(NOTICE)
    known = CALENDAR.with_year(year)
    assert known.covers(date(2027, 12, 31)) and not CALENDAR.covers(date(2027, 1, 1))
    assert known.is_working_day(date(2027, 1, 3)) and not known.is_working_day(date(2027, 1, 1))
    assert known.is_working_day(date(2026, 1, 4)), "what was known of 2026 stays"
    later = CalendarYear.from_data({**NOTICE, "working_weekend_days": []})
    assert not known.with_year(later).is_working_day(date(2027, 1, 3))
    assert known.with_year(later).working_days(date(2026, 12, 30), date(2027, 1, 4)) == 2
    source = dict(NOTICE["source"])  # type: ignore[call-overload]
    for wrong in (
        {"year": "2027"},
        {"year": 2028},
        {"source": {**source, "title": " "}},
        {"source": {k: v for k, v in source.items() if k != "date"}},
        {"source": {**source, "date": "soon"}},
        {"holidays": ["2027-01-01"]},
        {"holidays": sorted(NOTICE["holidays"], reverse=True)},  # type: ignore[call-overload]
        {"holidays": [*NOTICE["holidays"], "2027-12-41"]},  # type: ignore[misc]
        {"working_weekend_days": ["2027-01-04"]},
        {"working_weekend_days": "2027-01-03"},
        {"note": "more"},
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong
            CalendarYear.from_data({**NOTICE, **wrong})
    nothings: tuple[object, ...] = (None, [], {})
    for nothing in nothings:
        with pytest.raises(ValueError, match="members"):
            CalendarYear.from_data(nothing)
