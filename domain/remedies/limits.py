"""How long each step of a remedy may take, which terms bound a repair, and which materials an item asks for.

The numbers are settings in force on the days that count, materials and exclusions are read from
``data/remedy_limits.json``; the decisions of ``objection.py`` and ``repair.py`` count with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from domain.catalogue.items import SEVERITIES, LegalBasis
from domain.instruments.basis import is_misstated
from domain.shared.rule_settings import MINIMUM_MONTHS, RuleSettings
from domain.shared.text import is_blank

EXCLUDING_LEVELS = frozenset({"law", "admin_regulation", "central_policy"})
"""Levels that may exclude a repair (49号(十一); 国家发展改革委令第36号 art. 2)."""
EVERY_ITEM = "*"
PUBLIC_SERVICE = "public_service"
MATERIALS = frozenset({
    "performance_proof", "commitment_letter", "training_proof", "report", "other_proof", PUBLIC_SERVICE
})  # fmt: skip
"""Kinds of material (材料): proof of performance, commitment, training, report, other proof, public service."""
STANDS_FOR = frozenset({"training_proof", "report", "other_proof"})
"""What public service may take the place of. That duties were performed, and the commitment, nothing replaces."""


@dataclass(frozen=True, slots=True)
class RemedyLimits:
    """The limits (办理时限): working days per step, months of the minimum term per severity, materials per item."""

    own_scope_working_days: int
    source_unit_working_days: int
    forward_working_days: int
    restore_working_days: int
    accept_working_days: int
    answer_working_days: int
    extend_working_days: int
    bar_months: int
    minimum_months: Mapping[str, int]
    materials: Mapping[str, tuple[str, ...]]
    non_repairable: Mapping[str, LegalBasis]
    public_service: Mapping[str, int]
    """Items that allow a person to repair through public service, and for how many hours at least (REP-7)."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any], settings: RuleSettings) -> RemedyLimits:
        """The limits from a file like ``data/remedy_limits.json``, the numbers as the defaults of ``settings``.

        Raises ``ValueError`` for a limit without a source, an unknown material, or an exclusion from repair that
        cites no sufficient basis (REP-1); ``KeyError`` for another shape.
        """
        repair = data["repair"]
        limits = cls(
            **_numbers(settings, on=date.min),
            materials={item: tuple(kinds) for item, kinds in _sourced(repair["materials"]).items()},
            non_repairable={
                item: LegalBasis(**basis) for item, basis in _sourced(repair["non_repairable"]).items()
            },
            public_service={item: int(hours) for item, hours in _sourced(repair["public_service"]).items()},
        )
        limits._check()
        return limits

    def under(self, settings: RuleSettings, *, on: date) -> RemedyLimits:
        """These with the numbers in force on ``on``, the day of the objection or application (REP-4, OBJ-1)."""
        return replace(self, **_numbers(settings, on=on))

    def materials_of(self, item: str) -> tuple[str, ...]:
        """Which materials an application under this catalogue item needs (REP-2)."""
        return self.materials.get(item, self.materials[EVERY_ITEM])

    def _check(self) -> None:
        if not {kind for kinds in self.materials.values() for kind in kinds} <= MATERIALS:
            raise ValueError("a material that is not known")
        if any(hours < 1 for hours in self.public_service.values()):
            raise ValueError("public service of no hours")
        if EVERY_ITEM not in self.materials:
            raise ValueError("items without materials of their own need a default")
        if not all(excludes_repair(basis) for basis in self.non_repairable.values()):
            raise ValueError("an item is excluded from repair without a sufficient basis")


def covered_by(given: frozenset[str]) -> frozenset[str]:
    """The kinds of material that need not be handed in any more, given these (REP-2, REP-7)."""
    return given | STANDS_FOR if PUBLIC_SERVICE in given else given


def excludes_repair(basis: LegalBasis) -> bool:
    """Whether a cited provision is complete, of a level that may exclude a repair (REP-1), and one that its own title
    and number do not belie: a notice is no law by being called one."""
    stated = not any(
        is_blank(text.strip(" -")) for text in (basis.title, basis.document_number, basis.article)
    )
    misstated = is_misstated(basis.title, basis.document_number, basis.level)
    return stated and basis.level in EXCLUDING_LEVELS and not misstated


def _sourced(limit: Mapping[str, Any]) -> Any:
    if not str(limit["source"]).strip():
        raise ValueError("a limit without a source")
    return limit["value"]


def _numbers(settings: RuleSettings, *, on: date) -> dict[str, Any]:
    least = settings.value(MINIMUM_MONTHS, on=on).numbers
    objection = ("own_scope", "source_unit", "forward", "restore")
    days = {f"{s}_working_days": settings.number(f"objection.{s}_working_days", on=on) for s in objection}
    days |= {
        f"{s}_working_days": settings.number(f"repair.{s}_working_days", on=on)
        for s in ("accept", "answer", "extend")
    }
    return {
        **days,
        "bar_months": settings.number("repair.bar_months", on=on),
        "minimum_months": dict(zip(SEVERITIES, least, strict=True)),
    }
