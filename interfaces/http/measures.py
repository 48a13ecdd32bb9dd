"""Measures over HTTP: asked about, named by one department, applied or declined by another, reported on, lifted."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response

from application.commands.acts import Done
from application.commands.measure_grounds import RestsOn
from application.commands.measures import Measures, NameMeasure
from application.queries.told import told_check
from interfaces.http.auth import authenticated
from interfaces.http.bodies import given_json, read_body
from interfaces.http.conventions import json_response, logged_refusals
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.measure_schemas import (
    LiftedMeasure,
    MeasureAnswer,
    MeasureQuestion,
    MeasureReport,
    NamedMeasure,
    Reasons,
)
from interfaces.http.paging import read_json
from interfaces.http.queries import asked_of, identity_of
from interfaces.http.remedies import Command, command, sealed_act, state
from interfaces.http.remedy_operations import asking, beginning, deciding
from interfaces.http.remedy_schemas import SealedByDepartment
from interfaces.http.services import services

TAG = "惩戒措施"
ANSWERED = Answer(
    "是或否，及所依据的规则", "yes or no, with the rules", json_of(MeasureAnswer), ("Credit-Receipt",)
)
blueprint = Blueprint("measures", __name__, url_prefix="/v1")


@blueprint.post("/measure-checks")
@operation(
    Operation(
        "可否实施惩戒措施",
        "May a measure be applied to a subject?",
        Access.QUERY,
        TAG,
        {200: ANSWERED},
        takes=json_of(MeasureQuestion),
    )
)
def check_measure() -> Response:
    """May this measure be applied to this subject now (MEA-1 to MEA-5): logged before it is answered."""
    body = read_body()
    caller = authenticated(body)
    with logged_refusals(caller, body):
        request = asked_of(caller)
        given = read_json(MeasureQuestion(), body)
        identity = identity_of(given["subject"], "/subject")
        answer = services().measures().ask(request, identity, given["measure"], given.get("provision"))
    response = json_response(told_check(given["measure"], answer), 200)
    response.headers["Credit-Receipt"] = f"access:{answer.position}"
    return response


@blueprint.post("/joint-actions")
@operation(beginning("发起惩戒措施", "Name a subject for a measure", NamedMeasure, tag=TAG))
def name_measure() -> Response:
    """Name a subject for a measure of the list (发起, JNT-1): each department named has it on its worklist."""

    def run(given: Command) -> Done:
        officer = given.acting()
        said = given_json(NamedMeasure(), given.body)
        naming = NameMeasure(
            said["measure"],
            said["provision"],
            RestsOn(said["rests_on"]["kind"], said["rests_on"].get("id")),
            tuple((responder["kind"], responder["code"]) for responder in said["responders"]),
            officer,
        )
        return Measures(given.desk).name(naming, once=given.once)

    return command(run)


@blueprint.post("/measure-cases/<uuid:measure_id>/apply")
@operation(deciding("实施惩戒措施", "Apply a measure", SealedByDepartment, tag=TAG))
def apply_measure(measure_id: UUID) -> Response:
    """Apply it by the department's own sealed act (实施, MEA-1): provision, ground, term and content."""

    def run(given: Command) -> Done:
        handling = given.handling("measure", measure_id)
        said = given_json(SealedByDepartment(), given.body)
        return Measures(given.desk).apply(handling, sealed_act(said), once=given.once)

    return command(run)


@blueprint.post("/measure-cases/<uuid:measure_id>/decline")
@operation(deciding("不予实施", "Say why a measure is not applied", Reasons, tag=TAG))
def decline_measure(measure_id: UUID) -> Response:
    """Say why the department does not apply it (不予实施, JNT-1)."""

    def run(given: Command) -> Done:
        handling = given.handling("measure", measure_id)
        said = given_json(Reasons(), given.body)
        return Measures(given.desk).decline(handling, reasons=said["reasons"], once=given.once)

    return command(run)


@blueprint.post("/measure-cases/<uuid:measure_id>/report")
@operation(deciding("反馈实施情况", "Report what was done", MeasureReport, tag=TAG))
def report_measure(measure_id: UUID) -> Response:
    """Report what was done (反馈, JNT-1); due by the feedback day of each month, and after the end."""

    def run(given: Command) -> Done:
        handling = given.handling("measure", measure_id)
        said = given_json(MeasureReport(), given.body)
        return Measures(given.desk).report(handling, done=said["done"], once=given.once)

    return command(run)


@blueprint.post("/measure-cases/<uuid:measure_id>/lift")
@operation(deciding("解除惩戒措施", "Lift a measure", LiftedMeasure, tag=TAG))
def lift_measure(measure_id: UUID) -> Response:
    """Lift it before its term (解除): the conduct was corrected (JNT-4), or it was wrong itself, and a reputation is
    restored (OBJ-4). Its initiator ends with it all that it named on the same ground (``conduct_corrected``)."""

    def run(given: Command) -> Done:
        handling = given.handling("measure", measure_id)
        said = given_json(LiftedMeasure(), given.body)
        return Measures(given.desk).lift(handling, **said, once=given.once)

    return command(run)


@blueprint.post("/measure-cases/<uuid:measure_id>/state")
@operation(asking("惩戒措施办理情况", "How a measure stands", tag=TAG))
def measure_state(measure_id: UUID) -> Response:
    """How a measure stands, for its department, who named it, its subject and the credit office; 404 for others."""
    return state("measure", measure_id)
