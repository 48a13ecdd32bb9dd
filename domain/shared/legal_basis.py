"""Levels of law, and which of them are a sufficient basis for a measure against the discredited (49号(一)(六)(九)).

The catalogue's gate and the clean-up ledger judge by the same sets; ``data/legal_levels.json`` quotes the clauses.
"""

from __future__ import annotations

from typing import Literal

Level = Literal[
    "law", "admin_regulation", "local_regulation", "central_policy", "state_council_decision",
    "department_rule", "local_government_rule", "normative_document", "internal",
    "judicial_interpretation", "standard",
]  # fmt: skip
SUFFICIENT_LEVELS = frozenset({"law", "admin_regulation", "local_regulation", "central_policy"})
LOCAL_LEVELS = frozenset({"local_regulation"})
NATIONAL_LEVELS = SUFFICIENT_LEVELS - LOCAL_LEVELS
