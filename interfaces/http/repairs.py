"""Credit repair over HTTP: applied for at the portal, free of charge, completed once, decided by the source."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from flask import Blueprint, Response
from marshmallow import Schema

from application.commands.acts import Done
from application.commands.repairs import ApplyForRepair, Repairs, SupplyMaterials
from application.commands.revocations import Revocations
from domain.catalogue.items import LegalBasis
from domain.remedies.repair_case import Application, amount_defects, materials_from
from domain.shared.refusals import refuse_if_any
from interfaces.http.bodies import given_json
from interfaces.http.describing import operation
from interfaces.http.remedies import Command, command, sealed_act, state
from interfaces.http.remedy_operations import asking, deciding, filing, supplying
from interfaces.http.remedy_schemas import (
    AppliedRepair,
    ExtendedRepair,
    Nothing,
    RefusedRepair,
    RequestedMaterials,
    SealedByDepartment,
    SuppliedMaterials,
)
from interfaces.http.services import services

blueprint = Blueprint("repairs", __name__, url_prefix="/v1/repairs")


@blueprint.post("")
@operation(filing("申请信用修复", "Apply for repair", AppliedRepair))
def apply_for_repair() -> Response:
    """Apply for credit repair (信用修复申请, REP-1): free, from the end of the minimum term on."""
    return command(_apply)


@blueprint.post("/<uuid:repair_id>/request-materials")
@operation(deciding("补正通知", "Ask for what is missing", RequestedMaterials))
def request_materials(repair_id: UUID) -> Response:
    """Ask for all that is missing, once (补正通知, REP-2)."""

    def run(given: Command) -> Done:
        handling = given.handling("repair", repair_id)
        said = free_of_charge(RequestedMaterials(), given.body)
        return Repairs(given.desk).request_materials(
            handling, unusable=tuple(said["unusable"]), once=given.once
        )

    return command(run)


@blueprint.post("/<uuid:repair_id>/supply")
@operation(supplying("提交补正材料", "Hand in what was asked for", SuppliedMaterials))
def supply_materials(repair_id: UUID) -> Response:
    """Hand in what was asked for, at the portal; the limits begin anew."""

    def run(given: Command) -> Done:
        given.tag_of_version()
        said = free_of_charge(SuppliedMaterials(), given.body)
        subject, _ = given.speaking(said, naming_agent=False)
        handling = given.handling("repair", repair_id, subject=subject)
        handed_in = SupplyMaterials(
            repair_id=repair_id,
            expected=handling.expected,
            received_by=given.caller.department,
            subject=subject,
            materials=materials_from(said["materials"]),
            officer=given.officer or None,
        )
        return Repairs(given.desk).supply(handed_in, once=given.once)

    return command(run)


@blueprint.post("/<uuid:repair_id>/accept")
@operation(deciding("受理修复", "Accept an application", Nothing))
def accept_repair(repair_id: UUID) -> Response:
    """Accept a complete application (受理)."""

    def run(given: Command) -> Done:
        handling = given.handling("repair", repair_id)
        free_of_charge(Nothing(), given.body)
        return Repairs(given.desk).accept(handling, once=given.once)

    return command(run)


@blueprint.post("/<uuid:repair_id>/extend")
@operation(deciding("延长办理期限", "Extend the time to decide", ExtendedRepair))
def extend_repair(repair_id: UUID) -> Response:
    """Extend the time to decide once, with its reason, told to the applicant before the limit ends (REP-4)."""

    def run(given: Command) -> Done:
        handling = given.handling("repair", repair_id)
        said = free_of_charge(ExtendedRepair(), given.body)
        return Repairs(given.desk).extend(handling, **said, once=given.once)

    return command(run)


@blueprint.post("/<uuid:repair_id>/grant")
@operation(deciding("准予修复", "Grant a repair", Nothing))
def grant_repair(repair_id: UUID) -> Response:
    """Grant it: annotated or shielded in this very transaction (REP-5).

    A deletion is shielded at once and its erasure asked for: two officers of the credit office approve it by the
    ``erasure`` that the receipt names.
    """

    def run(given: Command) -> Done:
        handling = given.handling("repair", repair_id)
        free_of_charge(Nothing(), given.body)
        return Repairs(given.desk).grant(handling, once=given.once)

    return command(run)


@blueprint.post("/<uuid:repair_id>/reject")
@operation(deciding("不予修复", "Refuse a repair", RefusedRepair))
def reject_repair(repair_id: UUID) -> Response:
    """Refuse it, with reasons and remedies; that it cannot be repaired at all needs its basis (REP-1)."""

    def run(given: Command) -> Done:
        handling = given.handling("repair", repair_id)
        said = free_of_charge(RefusedRepair(), given.body)
        basis = said.get("basis")
        excluded = None if basis is None else LegalBasis(**basis)
        return Repairs(given.desk).reject(
            handling,
            reasons=said["reasons"],
            remedies=said["remedies"],
            excluded_by=excluded,
            once=given.once,
        )

    return command(run)


@blueprint.post("/<uuid:repair_id>/revoke")
@operation(deciding("撤销修复", "Revoke a repair", SealedByDepartment))
def revoke_repair(repair_id: UUID) -> Response:
    """Revoke a repair that false material obtained or whose commitment was broken, by the source's own seal (REP-5)."""

    def run(given: Command) -> Done:
        revoking = given.handling("repair", repair_id)
        said = given_json(SealedByDepartment(), given.body)
        return Revocations(given.desk).revoke(revoking, sealed_act(said), once=given.once)

    return command(run)


@blueprint.post("/<uuid:repair_id>/state")
@operation(asking("修复办理情况", "How a repair stands"))
def repair_state(repair_id: UUID) -> Response:
    """How a repair stands, for its source, its applicant and the credit office; everyone else gets 404."""
    return state("repair", repair_id)


def _apply(given: Command) -> Done:
    said = free_of_charge(AppliedRepair(), given.body)
    about: dict[str, object] = {n: said[n] for n in ("materials", "contact", "agent") if n in said}
    application = Application.from_data(about, officer=given.officer or None)
    subject, _ = given.speaking(said, naming_agent=True)
    applied = ApplyForRepair(
        repair_id=services().ledger.entropy.uuid(),
        record_id=said["record"],
        received_by=given.caller.department,
        subject=subject,
        application=application,
    )
    return Repairs(given.desk).apply(applied, once=given.once)


def free_of_charge(schema: Schema, body: bytes) -> dict[str, Any]:
    """A body as its schema loads it, after anything that speaks of money in it was refused (REP-3)."""
    with suppress(ValueError, RecursionError):  # the schema says what is wrong with such a body
        sent = json.loads(body)
        json.dumps(sent, ensure_ascii=False).encode()
        if isinstance(sent, Mapping):
            refuse_if_any(amount_defects(sent))
    return given_json(schema, body)
