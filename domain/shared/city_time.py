"""The city's date: which day it is in China at an instant."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""Asia/Shanghai has had one fixed offset, +08:00, since 1991; earlier days never enter the ledger."""


def city_day(at: datetime) -> date:
    """The day in the city at an instant."""
    return at.astimezone(SHANGHAI).date()
