"""Restoring reputation over HTTP: closed by its department's sealed evidence, or waived by its subject."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response
from marshmallow import Schema, fields

from application.commands.acts import Done
from application.commands.restorations import Restorations, WaiveRestoration
from interfaces.http.bodies import given_json
from interfaces.http.describing import operation
from interfaces.http.queries import Subject
from interfaces.http.remedies import Command, command, sealed_act, state
from interfaces.http.remedy_operations import asking, deciding, supplying
from interfaces.http.remedy_schemas import Agent, SealedByDepartment
from interfaces.http.schema_fields import hexadecimal

blueprint = Blueprint("restorations", __name__, url_prefix="/v1/restorations")


class WaivedRestoration(Schema):
    """The subject's declaration that nothing needs to be restored, by its digest (SHA-256)."""

    subject = fields.Nested(Subject, required=True)
    agent = fields.Nested(Agent)
    declaration = hexadecimal("声明书的摘要 / digest of the declaration", 64)


@blueprint.post("/<uuid:restoration_id>/complete")
@operation(deciding("恢复信誉办结", "Reputation is restored", SealedByDepartment))
def complete_restoration(restoration_id: UUID) -> Response:
    """Close the task by what the department sealed: manner and digests of the evidence (恢复信誉, OBJ-4)."""

    def run(given: Command) -> Done:
        closing = given.handling("restoration", restoration_id)
        said = given_json(SealedByDepartment(), given.body)
        return Restorations(given.desk).complete(closing, sealed_act(said), once=given.once)

    return command(run)


@blueprint.post("/<uuid:restoration_id>/waive")
@operation(supplying("放弃恢复信誉", "The subject waives it", WaivedRestoration))
def waive_restoration(restoration_id: UUID) -> Response:
    """Close the task because its subject declared that nothing needs to be restored (OBJ-4)."""

    def run(given: Command) -> Done:
        given.tag_of_version()
        said = given_json(WaivedRestoration(), given.body)
        subject, agent = given.speaking(said, naming_agent=True)
        handling = given.handling("restoration", restoration_id, subject=subject)
        waiving = WaiveRestoration(
            restoration_id=restoration_id,
            expected=handling.expected,
            received_by=given.caller.department,
            subject=subject,
            declaration=said["declaration"],
            agent=agent,
            officer=given.officer or None,
        )
        return Restorations(given.desk).waive(waiving, once=given.once)

    return command(run)


@blueprint.post("/<uuid:restoration_id>/state")
@operation(asking("恢复信誉办理情况", "How a restoration stands"))
def restoration_state(restoration_id: UUID) -> Response:
    """How a task of restoring stands, for its department, its subject and the credit office; everyone else gets 404."""
    return state("restoration", restoration_id)
