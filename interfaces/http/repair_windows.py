"""One window for repairs over HTTP: filed once for several departments, answered as one (REP-4)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response
from marshmallow import Schema, fields, validate

from application.commands.acts import Done
from application.commands.repair_windows import RECORDS_MAX, ApplyForRepairs, RepairWindow
from application.queries.cases import Asker
from application.queries.repair_windows import window_state
from application.queries.told import told_window
from domain.access.model import OWN_RECORDS
from domain.parties.acting import DIGESTS_MAX, SHORT_CHARACTERS_MAX
from domain.remedies.repair_case import Application
from interfaces.http.auth import authenticated
from interfaces.http.bodies import read_body
from interfaces.http.case_schemas import CaseState
from interfaces.http.conventions import json_response, logged_refusals
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.paging import read_json
from interfaces.http.queries import Subject, for_purpose
from interfaces.http.remedies import AGENT, ON_BEHALF, Command, command, on_behalf
from interfaces.http.remedy_operations import LIMITS, TAG, filing
from interfaces.http.remedy_schemas import Agent, RepairMaterial
from interfaces.http.repairs import free_of_charge
from interfaces.http.services import services

blueprint = Blueprint("repair_windows", __name__, url_prefix="/v1/repair-applications")


class RecordToRepair(Schema):
    """One record of the application, with what is handed in for it."""

    record = fields.UUID(required=True)
    materials = fields.List(
        fields.Nested(RepairMaterial), validate=validate.Length(max=DIGESTS_MAX), load_default=list
    )


class AppliedRepairs(Schema):
    """An application for the repair of several records. It has no member for an amount either (REP-3)."""

    subject = fields.Nested(Subject, required=True)
    agent = fields.Nested(Agent)
    contact = fields.String(validate=validate.Length(max=SHORT_CHARACTERS_MAX))
    records = fields.List(
        fields.Nested(RecordToRepair), required=True, validate=validate.Length(min=1, max=RECORDS_MAX)
    )


class ApplicationQuestion(Schema):
    """For whom a portal asks how its application stands."""

    subject = fields.Nested(Subject, required=True)


class ApplicationState(Schema):
    """An application with all its parts, each a case of one department."""

    application = fields.UUID(required=True)
    open = fields.Integer(
        required=True, strict=True, metadata={"description": "未办结的部分 / parts not decided yet"}
    )
    parts = fields.List(fields.Nested(CaseState), required=True)


@blueprint.post("")
@operation(filing("一窗申请修复多条记录", "Apply for repair of several records at once", AppliedRepairs))
def apply_for_repairs() -> Response:
    """Apply once for records of several departments (一窗受理, REP-4): split into cases at once, all or none."""

    def run(given: Command) -> Done:
        said = free_of_charge(AppliedRepairs(), given.body)
        subject, _ = given.speaking(said, naming_agent=True)
        shared: dict[str, object] = {n: said[n] for n in ("contact", "agent") if n in said}
        parts = [
            (
                one["record"],
                Application.from_data(
                    {**shared, "materials": one["materials"]}, officer=given.officer or None
                ),
            )
            for one in said["records"]
        ]
        application_id = services().ledger.entropy.uuid()
        applied = ApplyForRepairs(application_id, given.caller.department, subject, parts)
        return RepairWindow(given.desk).apply(applied, once=given.once)

    return command(run)


@blueprint.post("/<uuid:application_id>/state")
@operation(
    Operation(
        "一窗申请办理情况",
        "How an application with all its parts stands",
        Access.SUBJECT,
        TAG,
        {
            200: Answer(
                "各部分的办理情况", "how each part stands", json_of(ApplicationState), ("Credit-Receipt",)
            )
        },
        takes=json_of(ApplicationQuestion),
        problems=(404,),
        headers={"Credit-Purpose": True},
        limits=LIMITS,
    )
)
def application_state(application_id: UUID) -> Response:
    """All parts of an application in one answer, for its subject or agent; everyone else gets 404."""
    body = read_body()
    caller = authenticated(body)
    desk = services().desk()
    with logged_refusals(caller, body):
        for_purpose(caller, OWN_RECORDS)
        subject, _ = on_behalf(caller, desk, read_json(ApplicationQuestion(), body), naming_agent=False)
        agent = caller.signed_header(ON_BEHALF) == AGENT
        asker = Asker(caller.department, caller.signed_header("Credit-Official"), subject, agent)
        found = window_state(desk, application_id, asker)
    answer = json_response(told_window(found), 200)
    answer.headers["Credit-Receipt"] = ", ".join(f"access:{part.position}" for part in found.parts)
    return answer
