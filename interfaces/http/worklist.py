"""A department's worklist over HTTP: which objections and repairs wait for it, and how many working days are left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response

from application.queries.worklist import Task, Worklist
from domain.access.decide import may_speak_for_subjects
from domain.access.model import CASE_HANDLING
from interfaces.http.auth import authenticated
from interfaces.http.bodies import read_body
from interfaces.http.conventions import logged_refusals
from interfaces.http.describing import operation
from interfaces.http.paging import PageQuestion, asked_page, page_response, read_json
from interfaces.http.queries import for_purpose
from interfaces.http.remedy_operations import WORKLIST
from interfaces.http.services import services

blueprint = Blueprint("worklist", __name__, url_prefix="/v1")


@blueprint.post("/worklist")
@operation(WORKLIST)
def worklist_of_caller() -> Response:
    """A department's own open cases (待办清单), those filed first on the first page; it names no subject.

    The credit office is told besides, on the first page, what is overdue with all other departments (REP-4).
    """
    body = read_body()
    caller = authenticated(body)
    desk = services().desk()
    with logged_refusals(caller, body):
        asked = asked_page(read_json(PageQuestion(), body))
        for_purpose(caller, CASE_HANDLING)
        desk.registry.acting(caller.signed_header("Credit-Official"), caller.department)
        department = desk.registry.department(caller.department)
    worklist = Worklist(desk.ledger, desk.calendar)
    page = worklist.page(caller.department, asked)
    more: dict[str, Any] = {"more": bool(page.next)}
    if not asked.cursor and department is not None and may_speak_for_subjects(department.role):
        elsewhere, cut = worklist.overdue_elsewhere(caller.department)
        more |= {"overdue_elsewhere": _told(elsewhere), "more_overdue_elsewhere": cut}
    return page_response("tasks", _told(page.entries), page, **more)


def _told(tasks: Sequence[Task]) -> list[dict[str, object]]:
    return [{**asdict(task), "case": str(task.case), "record": str(task.record)} for task in tasks]
