"""How long each step of a remedy may take, which terms bound a repair, and which materials an item asks for.

Read from ``data/remedy_limits.json``, where every number names its source; the decisions of ``objection.py``
and ``repair.py`` count with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.catalogue.items import SEVERITIES, LegalBasis

EXCLUDING_LEVELS = frozenset({"law", "admin_regulation", "central_policy"})
"""Levels that may exclude a repair (49号(十一); 国家发展改革委令第36号 art. 2)."""
EVERY_ITEM = "*"
MATERIALS = frozenset({"performance_proof", "commitment_letter", "training_proof", "report", "other_proof"})
"""Kinds of material (材料): proof of performance, letter of commitment, training, report, another proof."""


@dataclass(frozen=True, slots=True)
class RemedyLimits:
    """The limits (办理时限): working days per step, months per severity class, materials per item."""

    own_scope_working_days: int
    source_unit_working_days: int
    forward_working_days: int
    accept_working_days: int
    answer_working_days: int
    minimum_months: Mapping[str, int]
    maximum_months: Mapping[str, int]
    materials: Mapping[str, tuple[str, ...]]
    non_repairable: Mapping[str, LegalBasis]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> RemedyLimits:
        """The limits from a file like ``data/remedy_limits.json``.

        Raises ``ValueError`` for a limit without a source, a severity without a term, an unknown material,
        or an exclusion from repair that cites no sufficient basis (REP-1); ``KeyError`` for another shape.
        """
        objection, repair = data["objection"], data["repair"]
        limits = cls(
            own_scope_working_days=_days(objection["own_scope_working_days"]),
            source_unit_working_days=_days(objection["source_unit_working_days"]),
            forward_working_days=_days(objection["forward_working_days"]),
            accept_working_days=_days(repair["accept_working_days"]),
            answer_working_days=_days(repair["answer_working_days"]),
            minimum_months=_sourced(repair["minimum_months"]),
            maximum_months=_sourced(repair["maximum_months"]),
            materials={item: tuple(kinds) for item, kinds in _sourced(repair["materials"]).items()},
            non_repairable={
                item: LegalBasis(**basis) for item, basis in _sourced(repair["non_repairable"]).items()
            },
        )
        limits._check()
        return limits

    def materials_of(self, item: str) -> tuple[str, ...]:
        """Which materials an application under this catalogue item needs (REP-2)."""
        return self.materials.get(item, self.materials[EVERY_ITEM])

    def _check(self) -> None:
        for months in (self.minimum_months, self.maximum_months):
            if set(months) != set(SEVERITIES):
                raise ValueError("every severity class has a minimum and a maximum term")
        if any(self.minimum_months[s] > self.maximum_months[s] for s in SEVERITIES):
            raise ValueError("a minimum term is longer than its maximum")
        if not {kind for kinds in self.materials.values() for kind in kinds} <= MATERIALS:
            raise ValueError("a material that is not known")
        if EVERY_ITEM not in self.materials:
            raise ValueError("items without materials of their own need a default")
        if not all(excludes_repair(basis) for basis in self.non_repairable.values()):
            raise ValueError("an item is excluded from repair without a sufficient basis")


def excludes_repair(basis: LegalBasis) -> bool:
    """Whether a cited provision is complete and of a level that may exclude a repair (REP-1)."""
    stated = all(text.strip(" -") for text in (basis.title, basis.document_number, basis.article))
    return stated and basis.level in EXCLUDING_LEVELS


def _sourced(limit: Mapping[str, Any]) -> Any:
    if not str(limit["source"]).strip():
        raise ValueError("a limit without a source")
    return limit["value"]


def _days(limit: Mapping[str, Any]) -> int:
    days = _sourced(limit)
    if not isinstance(days, int) or days < 1:
        raise ValueError("a limit has at least one working day")
    return days
