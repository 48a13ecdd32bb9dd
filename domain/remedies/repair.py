"""Decides on credit repair: who may apply and when, and what a decision does to the record.

Before it stand a record, its catalogue item and the limits, beside it the materials (``repair_materials.py``); after it
the application's events, and the annotation or shielding that follows a grant (REP-1, REP-2, REP-3, REP-5).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from uuid import UUID

from domain.catalogue.items import CatalogueItem, LegalBasis
from domain.parties.acting import (
    Officer,
    acted_by,
    agent_defects,
    answer_defects,
    contact_defects,
    deciding_defects,
    told_agent,
    took_part,
)
from domain.remedies.events import (
    RecordShielded,
    RecordWithdrawn,
    RepairAccepted,
    RepairApplied,
    RepairDecided,
)
from domain.remedies.limits import RemedyLimits, excludes_repair
from domain.remedies.public_service import service_defects, service_of
from domain.remedies.repair_case import Application, Repair, Window, window_of
from domain.remedies.repair_materials import (
    gone_defects,
    listed,
    material_defects,
    missing_materials,
    open_defects,
)
from domain.remedies.standing import Standing
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar, add_working_days
from domain.shared.events import next_of, placed
from domain.shared.refusals import Defect, refuse_if_any

MODES = ("annotate", "shield", "delete")
PLATFORM = "platform"
"""Who closes what has lost its object: no officer."""


def apply_for_repair(
    application: Application,
    *,
    repair_id: UUID,
    record_id: UUID,
    source: str,
    received_by: str,
    item: CatalogueItem,
    standing: Standing,
    ends: date | None,
    deletable: bool,
    person: bool,
    now: datetime,
    limits: RemedyLimits,
    calendar: Calendar,
) -> RepairApplied:
    """The application with its limits, or ``Refused`` with everything that stands against it.

    What is missing among the materials is no reason to refuse: it is asked for afterwards, once (REP-2).
    ``item`` is the version in force on the day of the application; ``ends`` the last day of the record's term, None
    while it stands without one; ``person``: a natural person applies. A record
    that is not ``deletable`` by itself is shielded where its item says deletion (个人信息保护法 47).
    """
    today = city_day(now)
    window = window_of(standing.content, limits)
    refuse_if_any(
        [
            *_standing_defects(standing, window, ends, today),
            *_item_defects(item, limits),
            *material_defects(application.materials),
            *service_defects(application.materials, item=item.code, person=person, limits=limits),
            *_applicant_defects(application),
        ]
    )
    accept, answer = (
        add_working_days(today, days, calendar)
        for days in (limits.accept_working_days, limits.answer_working_days)
    )
    return RepairApplied(
        **placed(repair_id, 1, now),
        record=str(record_id),
        applied_by=acted_by(application.agent),
        received_by=received_by,
        source=source,
        item=item.code,
        item_version=item.version,
        severity=window.severity,
        mode="shield" if item.repair == "delete" and not deletable else str(item.repair),
        earliest=window.first.isoformat(),
        accept_by=accept.day.isoformat(),
        answer_by=answer.day.isoformat(),
        provisional=answer.provisional,
        officer=application.officer,
        materials=listed(application.materials),
        public_service=service_of(application.materials),
        contact=application.contact,
        **told_agent(application.agent),
    )


def accept_repair(
    repair: Repair, *, officer: Officer, limits: RemedyLimits, standing: Standing, now: datetime
) -> RepairAccepted:
    """The application is complete (REP-2).

    Raises ``Refused`` while anything that the item asks for is missing, and when the record stands no more (REP-5).
    """
    defects = list(open_defects(repair, officer, standing))
    if repair.accepted:
        defects.append(Defect("REP-2", "repair_accepted_already"))
    if missing := missing_materials(repair, limits):
        defects.append(
            Defect("REP-2", "repair_materials_missing", "/materials", {"missing": "、".join(missing)})
        )
    refuse_if_any(defects)
    return RepairAccepted(
        **next_of(repair, now),
        department=officer.department,
        officer=officer.pseudonym,
    )


def grant_repair(
    repair: Repair, *, officer: Officer, determined_by: str | None, standing: Standing, now: datetime
) -> RepairDecided:
    """The repair is granted in the item's mode (REP-5); what follows for the record is a reaction to it.

    Raises ``Refused`` unless the application was accepted and the record still stands.
    """
    defects = list(_decision_defects(repair, officer, determined_by))
    if not repair.accepted:
        defects.append(Defect("REP-2", "repair_not_accepted"))
    defects += gone_defects(standing)
    refuse_if_any(defects)
    return _decided(repair, officer, now, outcome="granted", mode=repair.mode)


def reject_repair(
    repair: Repair,
    *,
    officer: Officer,
    determined_by: str | None,
    reasons: str,
    remedies: Mapping[str, str],
    excluded_by: LegalBasis | None = None,
    now: datetime,
) -> RepairDecided:
    """The repair is refused, with reasons and both remedies.

    That the record cannot be repaired at all needs the law or central policy that says so (REP-1).
    """
    defects = list(_decision_defects(repair, officer, determined_by))
    defects += answer_defects(reasons, remedies, rule="REP-2")
    if excluded_by is not None and not excludes_repair(excluded_by):
        defects.append(Defect("REP-1", "repair_excluded_without_basis", "/basis"))
    refuse_if_any(defects)
    cited = None if excluded_by is None else {k: str(v) for k, v in excluded_by.to_json().items()}
    return _decided(
        repair, officer, now, outcome="rejected", basis=cited, reasons=reasons, remedies=dict(remedies)
    )


CLOSED_BECAUSE: Mapping[str, str] = {
    RecordWithdrawn.TOPIC: "这条记录已由认定部门撤销，无须修复。 / The record was withdrawn; nothing to repair.",
    RecordShielded.TOPIC: "这条记录已修复并屏蔽，无须再次修复。 / The record is repaired and shielded already.",
}


def close_repair(repair: Repair, *, because: str, at: datetime) -> RepairDecided:
    """An application has nothing to ask for any more (终止办理): its record was taken away, by an event of the topic
    ``because``. Nobody refused it, so no remedy is told; the platform closes it, in its source's name."""
    platform = Officer(PLATFORM, repair.source)
    return _decided(repair, platform, at, outcome="closed", reasons=CLOSED_BECAUSE[because])


def _decided(
    repair: Repair,
    officer: Officer,
    now: datetime,
    *,
    outcome: str,
    mode: str | None = None,
    basis: Mapping[str, str] | None = None,
    reasons: str | None = None,
    remedies: Mapping[str, str] | None = None,
) -> RepairDecided:
    return RepairDecided(
        **next_of(repair, now),
        record=str(repair.record),
        outcome=outcome,
        department=officer.department,
        officer=officer.pseudonym,
        mode=mode,
        basis=basis,
        reasons=reasons,
        remedies=remedies,
    )


def _standing_defects(standing: Standing, window: Window, ends: date | None, today: date) -> Iterator[Defect]:
    barred = (standing.returned and standing.returned.barred_until) or ""
    if standing.status != "standing" or standing.repair or (ends is not None and today > ends):
        yield Defect("REP-5", "repair_not_needed")
    elif today.isoformat() <= barred:
        yield Defect("REP-5", "repair_barred", "", {"until": barred})
    elif today < window.first:
        about = {"severity": window.severity, "first": window.first.isoformat()}
        yield Defect("REP-5", "repair_too_early", "", about)


def _item_defects(item: CatalogueItem, limits: RemedyLimits) -> Iterator[Defect]:
    about = {"item": item.code}
    excluded = limits.non_repairable.get(item.code)
    if excluded is not None:
        cited = {"title": excluded.title, "article": excluded.article}
        yield Defect("REP-1", "repair_excluded", "", {**about, **cited})
    elif item.repair not in MODES:
        yield Defect("REP-1", "repair_not_applicable", "", about)


def _applicant_defects(application: Application) -> Iterator[Defect]:
    yield from contact_defects(application.contact, rule="REP-2")
    yield from agent_defects(application.agent, rule="REP-2")


def _decision_defects(repair: Repair, officer: Officer, determined_by: str | None) -> Iterator[Defect]:
    if repair.decided:
        yield Defect("REP-2", "repair_decided_already")
    others = took_part(determined_by=determined_by, filed_by=repair.filing_officer)
    yield from deciding_defects(officer, source=repair.source, others=others, rule="REP-2")
