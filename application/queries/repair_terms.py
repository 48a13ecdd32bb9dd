"""How each item is repaired, as anyone may know before applying (REP-2, 15号 一(四): 明确修复方式和程序).

Pure: puts together what the catalogue says of its items, the limits in force on a day, and the materials asked for.
"""

from __future__ import annotations

from collections.abc import Iterable

from application.queries.registers import Version
from domain.catalogue.items import SEVERITIES
from domain.remedies.limits import RemedyLimits
from domain.shared.canonical import Json

ADVERSE = "negative"


def repair_terms(items: Iterable[Version], limits: RemedyLimits) -> dict[str, Json]:
    """The steps with their limits in working days, the minimum terms in months, and of each adverse item its own terms.

    ``items`` are versions of catalogue items as the public register tells them; ``limits`` those in force on the day.
    """
    return {
        "accept_working_days": limits.accept_working_days,
        "answer_working_days": limits.answer_working_days,
        "extend_working_days": limits.extend_working_days,
        "minimum_months": {severity: limits.minimum_months[severity] for severity in SEVERITIES},
        "items": [_terms(item, limits) for item in items if item.content.get("nature") == ADVERSE],
    }


def _terms(item: Version, limits: RemedyLimits) -> Json:
    told: dict[str, Json] = {
        "item": item.key,
        "name_zh": str(item.content["name_zh"]),
        "name_en": str(item.content["name_en"]),
        "mode": str(item.content.get("repair") or ""),
        "materials": list(limits.materials_of(item.key)),
    }
    if hours := limits.public_service.get(item.key):
        told["public_service_hours"] = hours
    if basis := limits.non_repairable.get(item.key):
        told["excluded_by"] = basis.to_json()
    return told
