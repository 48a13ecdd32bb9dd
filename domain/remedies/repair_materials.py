"""Decides on the materials of a credit repair: what is missing, what is asked for once, and what then came in.

Before it stand the application (``repair.py``) and what its item asks for; after it acceptance (REP-2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from domain.parties.acting import DIGESTS_MAX, Officer, deciding_defects, is_digest
from domain.remedies.events import RepairMaterialsRequested, RepairMaterialsSupplied
from domain.remedies.limits import MATERIALS, RemedyLimits, covered_by
from domain.remedies.public_service import service_defects, service_of
from domain.remedies.repair_case import Material, Repair
from domain.remedies.standing import Standing
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar, add_working_days
from domain.shared.events import next_of
from domain.shared.refusals import Defect, refuse_if_any


def missing_materials(repair: Repair, limits: RemedyLimits) -> tuple[str, ...]:
    """What the item asks for and was not handed in, and what was asked for again and did not come."""
    given = covered_by(repair.given)
    return tuple(k for k in limits.materials_of(repair.item) if k not in given or k in repair.lacking)


def request_materials(
    repair: Repair,
    *,
    officer: Officer,
    unusable: Iterable[str] = (),
    limits: RemedyLimits,
    standing: Standing,
    now: datetime,
) -> RepairMaterialsRequested:
    """Ask for everything that is missing, once (REP-2); ``unusable`` kinds were handed in but cannot be used.

    Raises ``Refused`` for a second request, for one with nothing missing, and for kinds that the item does
    not ask for.
    """
    again = frozenset(unusable)
    wanted = limits.materials_of(repair.item)
    given = covered_by(repair.given)
    missing = [kind for kind in wanted if kind not in given or kind in again]
    defects = list(open_defects(repair, officer, standing))
    if repair.asked:
        defects.append(Defect("REP-2", "repair_materials_asked_already"))
    if repair.accepted:
        defects.append(Defect("REP-2", "repair_accepted_already"))
    if not again <= set(wanted):
        defects.append(Defect("REP-2", "repair_material_not_asked_by_item", "/unusable"))
    if not missing:
        defects.append(Defect("REP-2", "repair_nothing_missing"))
    refuse_if_any(defects)
    return RepairMaterialsRequested(
        **next_of(repair, now),
        missing=missing,
        department=officer.department,
        officer=officer.pseudonym,
    )


def supply_materials(
    repair: Repair,
    materials: tuple[Material, ...],
    *,
    received_by: str,
    officer: str | None,
    standing: Standing,
    person: bool,
    limits: RemedyLimits,
    calendar: Calendar,
    now: datetime,
) -> RepairMaterialsSupplied:
    """The materials that were asked for came in; both limits begin anew. Raises ``Refused``."""
    defects = list(material_defects(materials))
    defects += service_defects(materials, item=repair.item, person=person, limits=limits)
    if repair.decided:
        defects.append(Defect("REP-2", "repair_decided_already"))
    defects += gone_defects(standing)
    if not materials or any(covered_by(frozenset({m.kind})).isdisjoint(repair.lacking) for m in materials):
        defects.append(Defect("REP-2", "repair_material_not_asked", "/materials"))
    refuse_if_any(defects)
    today = city_day(now)
    accept = add_working_days(today, limits.accept_working_days, calendar)
    answer = add_working_days(today, limits.answer_working_days, calendar)
    return RepairMaterialsSupplied(
        **next_of(repair, now),
        received_by=received_by,
        accept_by=accept.day.isoformat(),
        answer_by=answer.day.isoformat(),
        provisional=answer.provisional,
        officer=officer,
        materials=listed(materials),
        public_service=service_of(materials),
    )


def material_defects(materials: tuple[Material, ...]) -> Iterator[Defect]:
    """Kinds that nobody knows, kinds twice, too many, or no digests."""
    kinds = [m.kind for m in materials]
    unknown = not set(kinds) <= MATERIALS or len(set(kinds)) < len(kinds)
    if unknown or len(kinds) > DIGESTS_MAX or not all(is_digest(m.digest) for m in materials):
        values = "、".join(sorted(MATERIALS))
        yield Defect("REP-2", "repair_materials_malformed", "/materials", {"values": values})


def open_defects(repair: Repair, officer: Officer, standing: Standing) -> Iterator[Defect]:
    """What stands against any step before the decision: that there is one, a record gone, an officer of another."""
    if repair.decided:
        yield Defect("REP-2", "repair_decided_already")
    yield from gone_defects(standing)
    yield from deciding_defects(officer, source=repair.source, others={}, rule="REP-2")


def gone_defects(standing: Standing) -> Iterator[Defect]:
    """What is shown no more cannot be repaired: neither asked about, nor accepted, nor granted; only refused."""
    if standing.status != "standing":
        yield Defect("REP-5", "repair_not_needed")


def listed(materials: tuple[Material, ...]) -> list[list[str]]:
    """Materials as events hold them: kind and digest."""
    return [[m.kind, m.digest] for m in materials]
