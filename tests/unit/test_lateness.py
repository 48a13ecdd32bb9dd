"""Late publication counted in working days, without walking through years of them (DET-6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.records.lateness import PublicationLate, late_counts, lateness
from domain.shared.deadlines import Calendar, working_days_between
from infrastructure.remedy_data import load_calendar

CALENDAR = load_calendar()
DECIDED = date(2026, 3, 2)
"""A Monday; the seventh working day after it is Wednesday, 11 March."""


def late(
    recorded: date, decided: date = DECIDED, form: str = "penalty", within: int = 7
) -> tuple[int, bool] | None:
    found = lateness(form, decided, recorded_on=recorded, calendar=CALENDAR, within_working_days=within)
    return None if found is None else (found.days, found.provisional)


def test_det_6_the_seventh_working_day_is_in_time_and_the_eighth_is_late() -> None:
    assert late(date(2026, 3, 11)) is None
    assert late(date(2026, 3, 12)) == (1, False)
    assert late(date(2026, 3, 17)) == (4, False)
    assert late(date(2026, 3, 12), within=8) is None


def test_det_6_holidays_and_working_weekend_days_are_counted_as_the_calendar_says() -> None:
    # 2026-09-30 is a Wednesday before the holiday of 1 to 7 October; Saturday the 10th is worked.
    assert late(date(2026, 10, 15), date(2026, 9, 30)) is None
    found = lateness(
        "licence", date(2026, 9, 30), recorded_on=date(2026, 12, 1), calendar=CALENDAR, within_working_days=7
    )
    assert found is not None and found.due == date(2026, 10, 15)


def test_det_6_a_record_that_comes_on_the_rest_day_after_is_late_by_one_day() -> None:
    friday = date(2026, 3, 13)
    decided = date(2026, 3, 4)
    assert late(friday, decided) is None
    assert late(friday + timedelta(days=1), decided) == (1, False)


def test_det_6_what_the_calendar_does_not_reach_is_provisional() -> None:
    found = lateness(
        "penalty", date(2027, 2, 1), recorded_on=date(2027, 3, 1), calendar=CALENDAR, within_working_days=7
    )
    assert found is not None and found.provisional
    from_before = late(date(2026, 11, 20), date(2025, 3, 3))
    assert from_before is not None and from_before[1]


def test_det_6_only_licences_and_penalties_have_the_limit() -> None:
    assert late(date(2026, 11, 20), form="determination") is None
    assert late(date(2026, 11, 20), form="licence") is not None


def test_det_6_one_fold_counts_what_each_department_published_late() -> None:
    def event(department: str, *records: list[str]) -> PublicationLate:
        return PublicationLate(
            originator_id=UUID(int=1), originator_version=1, timestamp=datetime(2026, 11, 21, tzinfo=UTC),
            department=department, form="penalty", records=list(records),
        )  # fmt: skip

    counts = late_counts(
        [
            event("a", ["r1", "2026-03-11", "4", ""], ["r2", "2026-03-11", "9", "provisional"]),
            event("b", ["r3", "2026-03-11", "1", ""]),
            event("a", ["r4", "2026-03-11", "2", ""]),
        ]
    )
    assert (counts["a"].records, counts["a"].provisional, counts["a"].days_max) == (3, 1, 9)
    assert counts["b"].records == 1 and set(counts) == {"a", "b"}


@given(st.dates(date(2025, 6, 1), date(2027, 6, 1)), st.integers(0, 700))
def test_counting_working_days_without_walking_gives_what_walking_gives(start: date, length: int) -> None:
    days = [start + timedelta(days=n) for n in range(1, length + 1)]
    count, known = working_days_between(start, start + timedelta(days=length), CALENDAR)
    assert count == sum(map(CALENDAR.is_working_day, days))
    assert known == all(map(CALENDAR.covers, days))


def test_no_days_lie_between_a_day_and_an_earlier_one() -> None:
    empty = Calendar((), frozenset(), frozenset())
    assert working_days_between(DECIDED, DECIDED, empty) == (0, True)
