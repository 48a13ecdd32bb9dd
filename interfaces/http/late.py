"""What a department published late, over HTTP: its batches by pages and the counts (DET-6); it names no subject."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response
from marshmallow import Schema, fields

from application.queries.late import LatePublications
from domain.access.decide import may_speak_for_subjects
from domain.access.model import CASE_HANDLING
from interfaces.http.auth import authenticated
from interfaces.http.bodies import read_body
from interfaces.http.conventions import logged_refusals
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.paging import PageQuestion, asked_page, page_response, read_json
from interfaces.http.queries import for_purpose
from interfaces.http.schema_fields import count
from interfaces.http.schemas import LateRecord, Paged
from interfaces.http.services import services

blueprint = Blueprint("late", __name__, url_prefix="/v1")


class LateListed(LateRecord):
    """One late record of a batch."""

    record = fields.UUID(required=True)


class LateBatch(Schema):
    """The late records of one batch that the department sent (逾期公示)."""

    position = count("账本位置 / position in the log")
    department = fields.String(required=True)
    form = fields.String(required=True)
    recorded_on = fields.Date(required=True)
    records = fields.List(fields.Nested(LateListed), required=True)


class LateCount(Schema):
    """What a department published late so far."""

    department = fields.String(required=True)
    records = count("逾期记录数 / records that came late")
    provisional = count("其中暂计 / of these, counted beyond the loaded calendar")
    days_max = count("最长逾期工作日 / the most working days")


class LateAnswer(Paged):
    """A department's late batches, oldest first; on the first page the counts, of all departments for the credit
    office."""

    batches = fields.List(fields.Nested(LateBatch), required=True)
    counts = fields.List(fields.Nested(LateCount))


@blueprint.post("/late-publications")
@operation(
    Operation(
        "逾期公示清单",
        "What a department published late",
        Access.OFFICER,
        "报送",
        {200: Answer("逾期公示", "late publications", json_of(LateAnswer))},
        takes=json_of(PageQuestion),
        headers={"Credit-Purpose": True},
    )
)
def late_publications() -> Response:
    """Licences and penalties that the department recorded after the seventh working day (逾期公示), by batches.

    The credit office is told the counts of all departments on the first page.
    """
    body = read_body()
    caller = authenticated(body)
    registry = services().desk().registry
    with logged_refusals(caller, body):
        asked = asked_page(read_json(PageQuestion(), body))
        for_purpose(caller, CASE_HANDLING)
        registry.acting(caller.signed_header("Credit-Official"), caller.department)
        department = registry.department(caller.department)
        late = LatePublications(services().ledger)
        page = late.page(caller.department, asked)
    more: dict[str, Any] = {}
    if not asked.cursor:
        everyone = department is not None and may_speak_for_subjects(department.role)
        counts = late.counts(None if everyone else caller.department)
        more["counts"] = [{"department": code, **asdict(found)} for code, found in sorted(counts.items())]
    return page_response("batches", [asdict(batch) for batch in page.entries], page, **more)
