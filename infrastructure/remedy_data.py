"""Loads what remedies count with: the limits and every year of the working-day calendar in ``data/``.

Bootstrap hands both to the desk where objections and repairs are decided.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from domain.remedies.limits import RemedyLimits
from domain.shared.deadlines import Calendar

DATA = Path(__file__).resolve().parent.parent / "data"


@cache
def load_limits(folder: Path = DATA) -> RemedyLimits:
    """The limits; ``OSError``, ``KeyError`` or ``ValueError`` when the file is missing or damaged."""
    return RemedyLimits.from_data(json.loads((folder / "remedy_limits.json").read_text(encoding="utf-8")))


@cache
def load_calendar(folder: Path = DATA) -> Calendar:
    """The calendar of all years that are there; errors as :func:`load_limits`."""
    years = sorted(folder.glob("workdays_*.json"))
    return Calendar.from_data(json.loads(path.read_text(encoding="utf-8")) for path in years)
