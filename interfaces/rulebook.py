"""The rulebook as the program carries it: read once from ``data/rulebook.json``, for refusals, routes and pages."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from domain.shared.rulebook import Rulebook

RULEBOOK = Path(__file__).resolve().parents[1] / "data" / "rulebook.json"


@cache
def rulebook() -> Rulebook:
    """The rules with the clauses that found them, in the clauses' own words."""
    return Rulebook.from_data(json.loads(RULEBOOK.read_text(encoding="utf-8")))
