"""The rulebook as the program carries it: read once from ``data/rulebook.json``, for refusals, routes and pages."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from domain.shared.refusals import Defect, instead
from domain.shared.rulebook import Rulebook

RULEBOOK = Path(__file__).resolve().parents[1] / "data" / "rulebook.json"
NOT_YET = frozenset({
    "SHR-3",
    "REP-6",
})  # fmt: skip
"""Rules that no code keeps yet. A rule that gets code or a test leaves this list; the check fails until it has."""


@cache
def rulebook() -> Rulebook:
    """The rules with the clauses that found them, in the clauses' own words."""
    return Rulebook.from_data(json.loads(RULEBOOK.read_text(encoding="utf-8")))


def lawful(defect: Defect) -> tuple[str, str] | None:
    """What would be lawful instead, Chinese and English: of the very thing refused, else of its rule; None for what is
    no rule of the rulebook."""
    if defect.rule not in rulebook():
        return None
    rule = rulebook()[defect.rule]
    return instead(defect) or (rule.instead, rule.instead_en)
