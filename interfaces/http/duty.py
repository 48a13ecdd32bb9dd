"""Cases that had to be checked, over HTTP (QRY-5): a department sends its list and reads which were not."""

from __future__ import annotations

from flask import Blueprint, Response
from marshmallow import Schema, fields, validate

from application.commands.acts import Done
from application.commands.duty import DueCase, Duties
from domain.access.model import SUPERVISION
from domain.oversight.duty import CASE_CHARACTERS_MAX, CASES_MAX, GAPS, OUTCOMES
from interfaces.http.auth import authenticated
from interfaces.http.bodies import given_json, read_body
from interfaces.http.conventions import json_response, logged_refusals
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.paging import read_json
from interfaces.http.queries import Subject, for_purpose, identity_of
from interfaces.http.remedies import Command, command
from interfaces.http.remedy_operations import beginning
from interfaces.http.schema_fields import count, text
from interfaces.http.services import services

TAG = "监督"
blueprint = Blueprint("duty", __name__, url_prefix="/v1/duty-checks")


class CaseToCheck(Schema):
    """A case that had to be checked: its number, whom it is about, the day of its decision."""

    case = fields.String(required=True, validate=validate.Length(min=1, max=CASE_CHARACTERS_MAX))
    subject = fields.Nested(Subject, required=True)
    day = fields.Date(required=True)


class CasesToCheck(Schema):
    """The department's list."""

    cases = fields.List(
        fields.Nested(CaseToCheck), required=True, validate=validate.Length(min=1, max=CASES_MAX)
    )


class DutyQuestion(Schema):
    """Which check: of the own department unless the credit office names another; the newest unless numbered."""

    department = fields.String(validate=validate.Length(min=1, max=64))
    number = fields.Integer(strict=True, load_default=0, validate=validate.Range(min=0, max=10**9))


class CheckedCase(Schema):
    """What became of one case."""

    case = text("案件编号 / its number")
    day = text("决定之日 / the day of its decision")
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))


class DutyAnswer(Schema):
    """One check with the gap: cases without a logged query that names them, up to their day."""

    department = text("部门 / department")
    number = count("序号 / number of the check")
    checked_on = fields.Date(required=True)
    cases = count("案件数 / cases on the list")
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    gaps = fields.List(fields.Nested(CheckedCase), required=True)


@blueprint.post("")
@operation(beginning("报送应查案件", "Send cases that had to be checked", CasesToCheck, tag=TAG))
def check_duty() -> Response:
    """A department's cases are held against its own logged queries (应查必查); the gap is recorded."""

    def run(given: Command) -> Done:
        given.acting()
        said = given_json(CasesToCheck(), given.body)
        cases = [
            DueCase(case["case"], identity_of(case["subject"], f"/cases/{place}/subject"), case["day"])
            for place, case in enumerate(said["cases"])
        ]
        duties, department = Duties(services().ledger), given.caller.department
        return duties.check(cases, officer=given.officer, department=department, once=given.once)

    return command(run)


@blueprint.post("/report")
@operation(
    Operation(
        "应查未查报告",
        "The gap of checks",
        Access.OFFICER,
        TAG,
        {200: Answer("应查未查的案件", "cases that were not checked", json_of(DutyAnswer))},
        takes=json_of(DutyQuestion),
        problems=(404,),
        headers={"Credit-Purpose": True},
    )
)
def duty_report() -> Response:
    """Which cases had to be checked and were not (应查未查), for the department itself and the credit office."""
    body = read_body()
    caller = authenticated(body)
    with logged_refusals(caller, body):
        given = read_json(DutyQuestion(), body)
        for_purpose(caller, SUPERVISION)
        found = Duties(services().ledger).report(
            of_department=given.get("department", caller.department),
            number=given["number"],
            officer=caller.signed_header("Credit-Official"),
            department=caller.department,
        )
    results = [dict(zip(("case", "day", "outcome"), result, strict=True)) for result in found.results]
    told = {
        "department": found.department,
        "number": found.originator_version,
        "checked_on": found.checked_on,
        "cases": found.cases,
        "counts": {name: sum(r["outcome"] == name for r in results) for name in OUTCOMES},
        "gaps": [result for result in results if result["outcome"] in GAPS],
    }
    return json_response(told, 200)
