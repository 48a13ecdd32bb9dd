"""The day by which departments report on joint action (JNT-1): a day of the month, never later for a rest day.

Commands and the deadline runner ask for the next one.
"""

from __future__ import annotations

from datetime import date, timedelta

from domain.shared.deadlines import Calendar, Due, add_months


def feedback_day(after: date, day_of_month: int, calendar: Calendar) -> Due:
    """The first feedback day (反馈日) later than ``after``.

    每月22日前 read cautiously: when the day is a rest day, the last working day before it (DOMAIN 8c). Beyond the
    loaded calendar nothing rolls and the day is provisional. ``day_of_month`` is 1 to 28.
    """
    nominal = after.replace(day=day_of_month)
    while True:
        due = no_later(nominal, calendar)
        if due.day > after:
            return due
        nominal = add_months(nominal, 1)


def no_later(day: date, calendar: Calendar) -> Due:
    """A day, or the last working day before it where the calendar knows it as a rest day; provisional beyond that."""
    while calendar.covers(day) and not calendar.is_working_day(day):
        day -= timedelta(days=1)
    return Due(day, not calendar.covers(day))
