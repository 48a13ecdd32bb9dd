"""Credit reports over HTTP: a subject's own through its portal, and an authorised one for a department.

The look and then the report are logged before anything leaves; JSON, page and PDF are three forms of the same bytes.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request
from marshmallow import Schema, fields, validate
from werkzeug.exceptions import NotAcceptable

from application.ledger import parse_instant
from application.queries.evidence import NotYetProven
from application.queries.report import AGENT, SUBJECT
from application.queries.reporting import Asked, Issued
from application.queries.told import paper_text
from domain.access.model import OWN_RECORDS
from domain.shared.refusals import Defect, Refused
from interfaces.http.auth import Caller, authenticated
from interfaces.http.bodies import read_body, require_used
from interfaces.http.conventions import logged_refusals
from interfaces.http.describing import JSON, Access, Answer, Operation, Raw, json_of, operation
from interfaces.http.paging import read_json
from interfaces.http.queries import Subject, asked_of, for_purpose, for_subject, identity_of
from interfaces.http.services import services
from interfaces.portal.report_paper import typeset
from interfaces.portal.report_sheet import checking_link, qr_path, sheet

PDF, HTML = "application/pdf", "text/html"
MEDIA = (JSON, HTML, PDF)
REASON = "公共信用信息报告 credit report"
PROOF_SECONDS_MAX = 3.0
_LOOK_EVERY_SECONDS = 0.05
blueprint = Blueprint("credit_reports", __name__, url_prefix="/v1")


class ReportQuestion(Schema):
    """Whose report: with ``consent`` for a department, with ``entrustment`` for an agent of the subject."""

    subject = fields.Nested(Subject, required=True)
    consent = fields.UUID(metadata={"description": "授权编号，部门必填 / the consent, of a department"})
    entrustment = fields.String(
        validate=validate.Length(min=1, max=64),
        metadata={"description": "委托书编号，代理人必填 / the letter of attorney's number, of an agent"},
    )
    from_day = fields.Date(metadata={"description": "认定日期起 / decided on or after"})
    to_day = fields.Date(metadata={"description": "认定日期止 / decided on or before"})


class ReportAnswer(Schema):
    """An issued report: the SHA-256 of its canonical JSON (RFC 8785), and where the log holds that digest."""

    report = fields.Dict(required=True)
    digest = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}$"))
    receipt = fields.String(required=True, validate=validate.Regexp(r"^access:[1-9][0-9]*$"))


@blueprint.post("/reports")
@operation(
    Operation(
        "公共信用信息报告：本人的，或经授权的",
        "A credit report: the subject's own, or one that it consented to",
        Access.CASE,
        "查询",
        {
            200: Answer(
                "报告，按 Accept 给出 JSON、网页或签章的 PDF",
                "the report as JSON, a page, or a sealed PDF, as `Accept` asks",
                {
                    **json_of(ReportAnswer),
                    HTML: Raw("可打印的网页", "a page to print"),
                    PDF: Raw("PDF/A-3，PAdES 签章", "PDF/A-3 with a PAdES signature"),
                },
                ("Credit-Receipt",),
            )
        },
        takes=json_of(ReportQuestion),
        problems=(406, 409),
        headers={"Credit-Purpose": True, "Credit-Official": False, "Credit-On-Behalf-Of": False},
    )
)
def report() -> Response:
    """What stands in the ledger about a subject, in sections; never a score. Records that ended are not in it.

    A portal asks on behalf of ``subject`` or ``agent``; a department names officer, purpose and consent. A PDF has
    evidence attached and waits for it, at most 3 s; 409: not in a signed tree yet.
    """
    body = read_body()
    caller = authenticated(body)
    accepted = request.accept_mimetypes
    media = accepted.best_match(MEDIA) if accepted else JSON
    if media is None:
        raise NotAcceptable
    with logged_refusals(caller, body):
        issued = _issued(caller, body, media)
    answer = _answer(issued, media)
    answer.vary.add("Accept")
    answer.headers["Credit-Receipt"] = f"access:{issued.look}, access:{issued.position}"
    return answer


def _issued(caller: Caller, body: bytes, media: str) -> Issued:
    found, behalf = services(), caller.signed_header("Credit-On-Behalf-Of")
    if behalf:
        if behalf != AGENT:
            for_subject(caller)
        for_purpose(caller, OWN_RECORDS)
        given = read_json(ReportQuestion(), body)
        require_used(given, ReportQuestion().fields.keys() - {"consent"})
        entrusted = given.get("entrustment", "")
        if (behalf == SUBJECT) == bool(entrusted):
            raise Refused(Defect("FORMAT", "report_entrustment_missing", "/entrustment"))
        identity = identity_of(given["subject"], "/subject")
        return found.reports.own(
            identity, _asked(given, media), portal=caller.department, entrusted_by=entrusted
        )
    asker = asked_of(caller)
    found.proofs.require(asker)
    given = read_json(ReportQuestion(), body)
    require_used(given, ReportQuestion().fields.keys() - {"entrustment"})
    consented = replace(asker, consent=str(given.get("consent") or ""))
    identity = identity_of(given["subject"], "/subject")
    return found.reports.authorised(consented, identity, _asked(given, media), attempt=body)


def _asked(given: dict[str, Any], media: str) -> Asked:
    days: list[date | None] = [given.get("from_day"), given.get("to_day")]
    if days[0] and days[1] and days[0] > days[1]:
        raise Refused(Defect("FORMAT", "report_period_reversed", "/from_day"))
    return Asked(media, *(day.isoformat() if day else None for day in days))


def _answer(issued: Issued, media: str) -> Response:
    """The issued report in the form asked for. Raises ``NotYetProven`` for a PDF that has no evidence in time."""
    receipt = f"access:{issued.position}"
    if media == JSON:
        told = paper_text("report", issued.content, issued.digest, issued.position)
        return Response(told, content_type=JSON)
    found = services()
    members = json.loads(issued.content)
    link = checking_link(found.address, issued.number, digest=issued.digest, receipt=receipt)
    shown = sheet(members, digest=issued.digest, receipt=receipt, link=link)
    if media == HTML:
        return Response(render_template("portal/report.html", sheet=shown, qr=qr_path(link)), mimetype=HTML)
    paper = typeset(
        shown,
        link=link,
        report=issued.content,
        evidence=paper_evidence(issued),
        issued_at=parse_instant(members["issued_at"]),
    )
    answer = Response(found.seal.sign(paper, reason=REASON), content_type=PDF)
    answer.headers["Content-Disposition"] = f'attachment; filename="credit-report-{issued.number}.pdf"'
    return answer


def paper_evidence(issued: Issued) -> bytes:
    """The bundle that goes into the PDF, as soon as the access log's tree holds the report."""
    until = time.monotonic() + PROOF_SECONDS_MAX
    while True:
        try:
            return services().reports.evidence(issued)
        except NotYetProven:
            if time.monotonic() >= until:
                raise
            time.sleep(_LOOK_EVERY_SECONDS)
