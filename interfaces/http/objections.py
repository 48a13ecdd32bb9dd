"""Objections over HTTP: filed by a portal for its subject or by a department, decided by the record's source."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response

from application.commands.acts import Done
from application.commands.objections import FileObjection, Objections
from domain.remedies.objection import Filing
from interfaces.http.bodies import given_json
from interfaces.http.describing import operation
from interfaces.http.remedies import Command, command, sealed_act, state
from interfaces.http.remedy_operations import asking, deciding, filing
from interfaces.http.remedy_schemas import FiledObjection, Rejection, SealedByDepartment
from interfaces.http.services import services

blueprint = Blueprint("objections", __name__, url_prefix="/v1/objections")


@blueprint.post("")
@operation(filing("提出异议", "File an objection", FiledObjection))
def file_objection() -> Response:
    """File an objection (异议申请, OBJ-1): the record is marked at once, its source is asked with a deadline."""
    return command(_file)


@blueprint.post("/<uuid:objection_id>/reject")
@operation(deciding("异议不成立", "Answer that the record stands", Rejection))
def reject_objection(objection_id: UUID) -> Response:
    """Answer that the record stands, with reasons and remedies (OBJ-3)."""

    def run(given: Command) -> Done:
        decision = given.handling("objection", objection_id)
        said = given_json(Rejection(), given.body)
        return Objections(given.desk).reject(
            decision, reasons=said["reasons"], remedies=said["remedies"], once=given.once
        )

    return command(run)


@blueprint.post("/<uuid:objection_id>/correct")
@operation(deciding("异议成立：更正", "Uphold by a correction", SealedByDepartment))
def correct_record(objection_id: UUID) -> Response:
    """Uphold it by the source's own sealed correction (更正, OBJ-5).

    What rested on the record as it was ends with it: listings (``delisted``) and measures; restoring reputation
    becomes a task (``restoration``), and a listing that the new content founds is begun anew by its notice.
    """

    def run(given: Command) -> Done:
        decision = given.handling("objection", objection_id)
        said = given_json(SealedByDepartment(), given.body)
        return Objections(given.desk).correct(
            decision, sealed_act(said), reasons=said.get("reasons"), once=given.once
        )

    return command(run)


@blueprint.post("/<uuid:objection_id>/withdraw")
@operation(deciding("异议成立：撤销", "Uphold by a withdrawal", SealedByDepartment))
def withdraw_record(objection_id: UUID) -> Response:
    """Uphold it by the source's own sealed withdrawal (撤销): the record is in no view from then on (OBJ-3).

    Listings (``delisted``) and measures that rested on it end; restoring reputation becomes a task (``restoration``).
    """

    def run(given: Command) -> Done:
        decision = given.handling("objection", objection_id)
        said = given_json(SealedByDepartment(), given.body)
        return Objections(given.desk).withdraw(
            decision, sealed_act(said), reasons=said.get("reasons"), once=given.once
        )

    return command(run)


@blueprint.post("/<uuid:objection_id>/state")
@operation(asking("异议办理情况", "How an objection stands"))
def objection_state(objection_id: UUID) -> Response:
    """How an objection stands, for its source, its filer and the credit office; everyone else gets 404."""
    return state("objection", objection_id)


def _file(given: Command) -> Done:
    said = given_json(FiledObjection(), given.body)
    subject, agent = given.on_behalf(said, naming_agent=True)
    filing = Filing(
        about=said["about"],
        grounds=said["grounds"],
        evidence=tuple(said["evidence"]),
        contact=said.get("contact"),
        agent=agent,
        by_department=subject is None,
        officer=given.officer or None,
    )
    objection_id = services().ledger.entropy.uuid()
    filed = FileObjection(objection_id, said["record"], given.caller.department, filing, subject)
    return Objections(given.desk).file(filed, once=given.once)
