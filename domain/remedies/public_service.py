"""Public-service activity as a material of a repair (公益服务): where the item allows it, of a person (REP-7).

Before it stands what an applicant hands in; after it the defects, and what the event tells of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from domain.parties.acting import SHORT_CHARACTERS_MAX, is_text
from domain.remedies.limits import PUBLIC_SERVICE, RemedyLimits
from domain.remedies.repair_case import Material
from domain.shared.canonical import Json
from domain.shared.refusals import Defect

HOURS_MAX = 10_000


def service_defects(
    materials: tuple[Material, ...], *, item: str, person: bool, limits: RemedyLimits
) -> Iterator[Defect]:
    """What is wrong with the public service among the materials (REP-7), and hours on what is none (REP-2)."""
    for number, material in enumerate(materials):
        where = f"/materials/{number}"
        if material.kind != PUBLIC_SERVICE:
            if material.hours is not None or material.certified_by is not None:
                yield Defect("REP-2", "public_service_only", where)
            continue
        least = limits.public_service.get(item)
        if least is None:
            yield Defect("REP-7", "public_service_not_allowed", where, {"item": item})
            continue
        if not person:
            yield Defect("REP-7", "public_service_of_a_person", where)
        if material.hours is None or not least <= material.hours <= HOURS_MAX:
            yield Defect("REP-7", "public_service_hours", f"{where}/hours", {"least": str(least)})
        if not is_text(material.certified_by or "", most=SHORT_CHARACTERS_MAX):
            yield Defect("REP-7", "public_service_uncertified", f"{where}/certified_by")


def service_of(materials: tuple[Material, ...]) -> dict[str, Json] | None:
    """The public service among the materials as its event holds it; None when there is none."""
    for material in materials:
        if material.kind == PUBLIC_SERVICE:
            return {"hours": material.hours or 0, "certified_by": material.certified_by or ""}
    return None
