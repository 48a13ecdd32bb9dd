"""Objections to measures over HTTP: filed by the subject's portal, upheld or rejected by the measure's department."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response

from application.commands.acts import Done
from application.commands.measure_objections import MeasureObjections, ObjectToMeasure
from domain.shared.refusals import Defect, Refused
from interfaces.http.bodies import given_json
from interfaces.http.describing import Access, Operation, json_of, operation
from interfaces.http.measure_schemas import ObjectedToMeasure, Reasons
from interfaces.http.measures import TAG
from interfaces.http.remedies import AGENT, ON_BEHALF, SUBJECT, Command, command
from interfaces.http.remedy_operations import LIMITS, RECEIPT, deciding
from interfaces.http.remedy_schemas import Rejection

blueprint = Blueprint("measure_objections", __name__, url_prefix="/v1/measure-cases")


@blueprint.post("/<uuid:measure_id>/object")
@operation(
    Operation(
        "对惩戒措施提出异议",
        "Object to a measure",
        Access.SUBJECT,
        TAG,
        {201: RECEIPT},
        takes=json_of(ObjectedToMeasure),
        problems=(404,),
        limits=LIMITS,
    )
)
def object_to_measure(measure_id: UUID) -> Response:
    """The subject, or its agent, objects to the measure itself (对措施的异议, OBJ-4): it rests until answered."""

    def run(given: Command) -> Done:
        if given.caller.signed_header(ON_BEHALF) not in (SUBJECT, AGENT):
            raise Refused(Defect("PRV-3", "may_not_speak_for_subjects", ON_BEHALF))
        said = given_json(ObjectedToMeasure(), given.body)
        subject, agent = given.speaking(said, naming_agent=True)
        objecting = ObjectToMeasure(
            measure_id,
            subject,
            given.caller.department,
            grounds=said["grounds"],
            evidence=said["evidence"],
            agent=agent,
            officer=given.officer or None,
        )
        return MeasureObjections(given.desk).file(objecting, once=given.once)

    return command(run)


@blueprint.post("/<uuid:measure_id>/reject-objection")
@operation(deciding("不支持对措施的异议", "Reject an objection to a measure", Rejection, tag=TAG))
def reject_measure_objection(measure_id: UUID) -> Response:
    """Answer that the measure stands, with reasons and both remedies (OBJ-3): it is executed again."""

    def run(given: Command) -> Done:
        handling = given.handling("measure", measure_id)
        said = given_json(Rejection(), given.body)
        return MeasureObjections(given.desk).answer(handling, "rejected", **said, once=given.once)

    return command(run)


@blueprint.post("/<uuid:measure_id>/uphold-objection")
@operation(deciding("支持对措施的异议", "Uphold an objection to a measure", Reasons, tag=TAG))
def uphold_measure_objection(measure_id: UUID) -> Response:
    """Answer that the measure was wrong (OBJ-4): it is lifted at once, and restoring reputation becomes a task."""

    def run(given: Command) -> Done:
        handling = given.handling("measure", measure_id)
        said = given_json(Reasons(), given.body)
        return MeasureObjections(given.desk).answer(handling, "upheld", **said, once=given.once)

    return command(run)
