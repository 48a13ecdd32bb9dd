"""Temporary shields over HTTP: applied for by the organisation or its administrator, or begun by the department on a
court's ruling; the department says how the plan ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response
from marshmallow import Schema, fields, validate

from application.commands.acts import Done
from application.commands.reorganisations import ApplyForRest, BeginReorganisation, Reorganisations
from domain.parties.acting import DIGESTS_MAX, SHORT_CHARACTERS_MAX, TEXT_CHARACTERS_MAX
from domain.remedies.reorganisation import Plan
from domain.remedies.rest_application import RestApplication
from interfaces.http.describing import operation
from interfaces.http.queries import Subject
from interfaces.http.remedies import Command, command, state
from interfaces.http.remedy_operations import TAG, asking, beginning, deciding, filing
from interfaces.http.remedy_schemas import Agent, Nothing, Rejection
from interfaces.http.repairs import free_of_charge
from interfaces.http.schema_fields import hexadecimal
from interfaces.http.services import services

blueprint = Blueprint("reorganisations", __name__, url_prefix="/v1/reorganisations")


def _evidence() -> fields.List[str]:
    digest = hexadecimal("证据的摘要 / digest of the evidence", 64)
    return fields.List(digest, required=True, validate=validate.Length(min=1, max=DIGESTS_MAX))


class BegunReorganisation(Schema):
    """Which record rests on which court's ruling, and until when at most."""

    record = fields.UUID(required=True)
    court = fields.String(required=True, validate=validate.Length(min=1, max=SHORT_CHARACTERS_MAX))
    ruling = fields.String(required=True, validate=validate.Length(min=1, max=SHORT_CHARACTERS_MAX))
    ruled_on = fields.Date(required=True)
    until = fields.Date(required=True)
    evidence = _evidence()


class AppliedReorganisation(BegunReorganisation):
    """An application for a temporary shield; of an administrator ``agent`` names it, with the court's appointment."""

    subject = fields.Nested(Subject, required=True)
    agent = fields.Nested(Agent)
    contact = fields.String(validate=validate.Length(max=SHORT_CHARACTERS_MAX))


class EndedReorganisation(Schema):
    """How the plan ended: ``performed`` or ``failed``, with its evidence."""

    outcome = fields.String(required=True, validate=validate.Length(max=SHORT_CHARACTERS_MAX))
    evidence = _evidence()
    reasons = fields.String(validate=validate.Length(max=TEXT_CHARACTERS_MAX))


@blueprint.post("")
@operation(
    beginning("重整期间暂时屏蔽", "Let a record rest during a reorganisation", BegunReorganisation, tag=TAG)
)
def begin_reorganisation() -> Response:
    """Let a record rest (暂时屏蔽) on a court's ruling that approves a plan: in no view from this transaction on."""

    def run(given: Command) -> Done:
        officer = given.acting()
        said = free_of_charge(BegunReorganisation(), given.body)
        plan = _plan(said)
        case = services().ledger.entropy.uuid()
        begun = BeginReorganisation(case, said["record"], plan, officer)
        return Reorganisations(given.desk).begin(begun, once=given.once)

    return command(run)


@blueprint.post("/applications")
@operation(filing("申请重整期间暂时屏蔽", "Apply for a temporary shield", AppliedReorganisation))
def apply_for_rest() -> Response:
    """The organisation, or its administrator, applies on the court's ruling: free, without any minimum term."""

    def run(given: Command) -> Done:
        said = free_of_charge(AppliedReorganisation(), given.body)
        subject, agent = given.speaking(said, naming_agent=True)
        applied = ApplyForRest(
            case_id=services().ledger.entropy.uuid(),
            record_id=said["record"],
            received_by=given.caller.department,
            subject=subject,
            application=RestApplication(_plan(said), said.get("contact"), agent, given.officer or None),
        )
        return Reorganisations(given.desk).apply(applied, once=given.once)

    return command(run)


@blueprint.post("/<uuid:reorganisation_id>/grant")
@operation(deciding("准予暂时屏蔽", "Grant a temporary shield", Nothing))
def grant_rest(reorganisation_id: UUID) -> Response:
    """Let the record rest as was applied for: in no view from this transaction on (REP-5)."""

    def run(given: Command) -> Done:
        handling = given.handling("reorganisation", reorganisation_id)
        free_of_charge(Nothing(), given.body)
        return Reorganisations(given.desk).grant(handling, once=given.once)

    return command(run)


@blueprint.post("/<uuid:reorganisation_id>/refuse")
@operation(deciding("不予暂时屏蔽", "Refuse a temporary shield", Rejection))
def refuse_rest(reorganisation_id: UUID) -> Response:
    """Refuse it, with reasons and both remedies."""

    def run(given: Command) -> Done:
        handling = given.handling("reorganisation", reorganisation_id)
        said = free_of_charge(Rejection(), given.body)
        return Reorganisations(given.desk).refuse(handling, **said, once=given.once)

    return command(run)


@blueprint.post("/<uuid:reorganisation_id>/end")
@operation(deciding("结束暂时屏蔽", "Say how the plan ended", EndedReorganisation))
def end_reorganisation(reorganisation_id: UUID) -> Response:
    """Performed: repaired for good; failed: shown again while its term runs (REP-5)."""

    def run(given: Command) -> Done:
        handling = given.handling("reorganisation", reorganisation_id)
        said = free_of_charge(EndedReorganisation(), given.body)
        return Reorganisations(given.desk).end(handling, **said, once=given.once)

    return command(run)


@blueprint.post("/<uuid:reorganisation_id>/state")
@operation(asking("暂时屏蔽办理情况", "How a temporary shield stands"))
def reorganisation_state(reorganisation_id: UUID) -> Response:
    """How a temporary shield stands, for its source, its subject and the credit office; everyone else gets 404."""
    return state("reorganisation", reorganisation_id)


def _plan(said: Mapping[str, Any]) -> Plan:
    return Plan(said["court"], said["ruling"], said["ruled_on"], said["until"], tuple(said["evidence"]))
