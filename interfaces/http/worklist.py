"""A department's worklist over HTTP: which objections and repairs wait for it, and how many working days are left."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response

from application.queries.worklist import Task, Worklist
from domain.access.decide import may_speak_for_subjects
from domain.shared.refusals import Defect, Refused
from interfaces.http.auth import authenticated
from interfaces.http.bodies import given_json, read_body
from interfaces.http.describing import operation
from interfaces.http.intakes import json_response, logged_refusals
from interfaces.http.remedy_operations import WORKLIST
from interfaces.http.remedy_schemas import Nothing
from interfaces.http.services import services

blueprint = Blueprint("worklist", __name__, url_prefix="/v1")


@blueprint.post("/worklist")
@operation(WORKLIST)
def worklist_of_caller() -> Response:
    """A department's own open cases (待办清单), the overdue ones first; it names no subject.

    The credit office is told besides what is overdue with all other departments (REP-4).
    """
    body = read_body()
    caller = authenticated(body)
    desk = services().desk()
    with logged_refusals(caller, body):
        given_json(Nothing(), body)
        officer = desk.registry.officer(caller.signed_header("Credit-Official"))
        if officer is None or officer.department != caller.department:
            raise Refused(Defect("QRY-1", "officer_unknown", "Credit-Official"))
        department = desk.registry.department(caller.department)
    worklist = Worklist(desk.ledger, desk.calendar)
    tasks, more = worklist.of(caller.department)
    answer = {"tasks": _told(tasks), "more": more}
    if department is not None and may_speak_for_subjects(department.role):
        elsewhere, more = worklist.overdue_elsewhere(caller.department)
        answer |= {"overdue_elsewhere": _told(elsewhere), "more_overdue_elsewhere": more}
    return json_response(answer, 200)


def _told(tasks: list[Task]) -> list[dict[str, object]]:
    return [{**asdict(task), "case": str(task.case), "record": str(task.record)} for task in tasks]
