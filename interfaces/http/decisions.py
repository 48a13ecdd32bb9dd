"""The paper of a decision over HTTP: for the subject, its agent and its source, logged before it leaves.

JSON and PDF are two forms of the same bytes, by the machinery of the credit report (ADR 0029, ADR 0036).
"""

from __future__ import annotations

import json
from uuid import UUID

from flask import Blueprint, Response, request
from marshmallow import Schema, fields, validate
from werkzeug.exceptions import NotAcceptable

from application.ledger import parse_instant
from application.queries.cases import Asker, CaseKind
from application.queries.decisions import DecisionPapers
from application.queries.reporting import Issued
from application.queries.told import paper_text
from domain.access.model import CASE_HANDLING, OWN_RECORDS
from interfaces.http.auth import authenticated
from interfaces.http.bodies import read_body
from interfaces.http.conventions import logged_refusals
from interfaces.http.credit_reports import PDF, paper_evidence
from interfaces.http.describing import JSON, Access, Answer, Operation, Raw, json_of, operation
from interfaces.http.paging import read_json
from interfaces.http.queries import for_purpose
from interfaces.http.remedies import AGENT, ON_BEHALF, on_behalf
from interfaces.http.remedy_operations import LIMITS, TAG
from interfaces.http.remedy_schemas import CaseQuestion
from interfaces.http.services import services
from interfaces.portal.decision_sheet import decision_sheet
from interfaces.portal.report_paper import typeset
from interfaces.portal.report_sheet import checking_link

REASON = "信用修复决定书、异议答复书 decision"
blueprint = Blueprint("decisions", __name__, url_prefix="/v1")


class DecisionAnswer(Schema):
    """A paper: the SHA-256 of its canonical JSON (RFC 8785), and where the log holds that digest."""

    decision = fields.Dict(required=True)
    digest = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}$"))
    receipt = fields.String(required=True, validate=validate.Regexp(r"^access:[1-9][0-9]*$"))


def _paper(zh: str, en: str) -> Operation:
    return Operation(
        zh,
        en,
        Access.CASE,
        TAG,
        {
            200: Answer(
                "决定书，按 Accept 给出 JSON 或签章的 PDF",
                "the paper as JSON or a sealed PDF, as `Accept` asks",
                {
                    **json_of(DecisionAnswer),
                    PDF: Raw("PDF/A-3，PAdES 签章", "PDF/A-3 with a PAdES signature"),
                },
                ("Credit-Receipt",),
            )
        },
        takes=json_of(CaseQuestion),
        problems=(404, 406, 409),
        headers={"Credit-Purpose": True, "Credit-Official": False, "Credit-On-Behalf-Of": False},
        limits=LIMITS,
    )


@blueprint.post("/repairs/<uuid:repair_id>/decision")
@operation(_paper("信用修复决定书", "The paper of a repair's decision"))
def repair_decision(repair_id: UUID) -> Response:
    """The decision on a repair (信用修复决定书), for its subject, its agent and its source; everyone else gets 404."""
    return _answered("repair", repair_id)


@blueprint.post("/objections/<uuid:objection_id>/decision")
@operation(_paper("异议答复书", "The paper of an objection's answer"))
def objection_decision(objection_id: UUID) -> Response:
    """The answer to an objection (异议答复书), for its subject, its agent and its source; everyone else gets 404."""
    return _answered("objection", objection_id)


def _answered(kind: CaseKind, case_id: UUID) -> Response:
    body = read_body()
    caller = authenticated(body)
    accepted = request.accept_mimetypes
    media = accepted.best_match((JSON, PDF)) if accepted else JSON
    if media is None:
        raise NotAcceptable
    desk = services().desk()
    with logged_refusals(caller, body):
        given = read_json(CaseQuestion(), body)
        subject, _ = on_behalf(caller, desk, given, naming_agent=False)
        for_purpose(caller, OWN_RECORDS if subject else CASE_HANDLING)
        agent = caller.signed_header(ON_BEHALF) == AGENT
        asker = Asker(caller.department, caller.signed_header("Credit-Official"), subject, agent)
        issued = DecisionPapers(desk, services().reports).issue(kind, case_id, asker, media=media)
    answer = _in_form(issued, media)
    answer.vary.add("Accept")
    answer.headers["Credit-Receipt"] = f"access:{issued.look}, access:{issued.position}"
    return answer


def _in_form(issued: Issued, media: str) -> Response:
    """The paper in the form asked for. Raises ``NotYetProven`` for a PDF that has no evidence in time."""
    receipt = f"access:{issued.position}"
    if media == JSON:
        told = paper_text("decision", issued.content, issued.digest, issued.position)
        return Response(told, content_type=JSON)
    found, members = services(), json.loads(issued.content)
    link = checking_link(found.address, issued.number, digest=issued.digest, receipt=receipt)
    paper = typeset(
        decision_sheet(members, digest=issued.digest, receipt=receipt, link=link),
        link=link,
        report=issued.content,
        evidence=paper_evidence(issued),
        issued_at=parse_instant(members["issued_at"]),
    )
    answer = Response(found.seal.sign(paper, reason=REASON), content_type=PDF)
    answer.headers["Content-Disposition"] = f'attachment; filename="decision-{issued.number}.pdf"'
    return answer
