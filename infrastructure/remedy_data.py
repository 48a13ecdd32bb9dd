"""Loads what the rules count with from ``data/``: settings' defaults, limits of remedies, the first year of workdays.

Bootstrap hands them to the desks where it is decided.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from domain.remedies.limits import RemedyLimits
from domain.shared.deadlines import Calendar
from domain.shared.rule_settings import RuleSettings

DATA = Path(__file__).resolve().parent.parent / "data"
BUILT_IN = "workdays_2026.json"


@cache
def load_limits(folder: Path = DATA) -> RemedyLimits:
    """The limits; ``OSError``, ``KeyError`` or ``ValueError`` when the file is missing or damaged."""
    data = json.loads((folder / "remedy_limits.json").read_text(encoding="utf-8"))
    return RemedyLimits.from_data(data, load_settings(folder))


@cache
def load_settings(folder: Path = DATA) -> RuleSettings:
    """The default of every setting; errors as :func:`load_limits`."""
    return RuleSettings.from_data(json.loads((folder / "settings.json").read_text(encoding="utf-8")))


@cache
def load_calendar(folder: Path = DATA) -> Calendar:
    """The calendar of the year that the program brings; errors as :func:`load_limits`.

    Further years come by an event only (``calendar --load``), so that what was counted when can be told for ever.
    """
    return Calendar.from_data([json.loads((folder / BUILT_IN).read_text(encoding="utf-8"))])
