"""The clean-up ledger over HTTP: workbooks in and out in exactly the form's columns, and what anyone may see."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request
from marshmallow import ValidationError

from application.commands.instruments import CleanUpDesk, LedgerReport, LedgerRow
from application.instruments import CleanUp, clean_up
from application.ports import Receipt
from application.queries.instruments import export_ledger
from domain.access.model import INSTRUMENT_CLEANUP
from domain.instruments.form import NATIONAL
from domain.instruments.ledger import Instrument
from domain.shared.refusals import Defect, Refused
from interfaces.client.ledger_book import read_ledger, write_ledger
from interfaces.http import problems
from interfaces.http.auth import authenticated
from interfaces.http.bodies import read_body
from interfaces.http.conventions import json_response, logged_refusals, receipt_of, replayed
from interfaces.http.describing import Access, Answer, Operation, Raw, json_of, operation
from interfaces.http.instrument_schemas import (
    LedgerQuestion,
    LedgerReportAnswer,
    PublicLedger,
    PublicLedgerQuestion,
)
from interfaces.http.intakes import WORKBOOK_TYPE
from interfaces.http.paging import read_json
from interfaces.http.problems import media_type_unknown
from interfaces.http.queries import for_purpose
from interfaces.http.services import services

FILE_BYTES_MAX = 8 << 20
TAG = "清理规范"
TITLE = "失信约束措施台账"
_BOOK = {WORKBOOK_TYPE: Raw("附件1样式的台账", "the ledger in exactly the form's columns")}
_PUBLIC_BOOK = {
    WORKBOOK_TYPE: Raw("不含责任人和电话两列的台账", "the ledger without its two personal columns")
}
blueprint = Blueprint("instruments", __name__, url_prefix="/v1/instruments")


@blueprint.post("")
@operation(
    Operation(
        "报送台账",
        "Send the clean-up ledger",
        Access.DEPARTMENT,
        TAG,
        {
            201: Answer(
                "逐行结果", "what became of each row", json_of(LedgerReportAnswer), ("Idempotency-Replayed",)
            )
        },
        takes=_BOOK,
        problems=(415,),
        limits=("至多 2000 行、8 MiB。", "At most 2000 rows and 8 MiB."),
    )
)
def take_ledger() -> Response:
    """A unit's ledger of constraint measures (失信约束措施台账): good rows enter at once, each other row is told."""
    body = read_body(FILE_BYTES_MAX)
    caller = authenticated(body)
    if replay := replayed(caller, body):
        return replay
    if request.mimetype != WORKBOOK_TYPE:
        raise media_type_unknown(WORKBOOK_TYPE)
    found = services()
    with logged_refusals(caller, body):
        form, rows = read_ledger(body)
        desk = CleanUpDesk(found.ledger, department=caller.department)
        told: dict[str, Any] = {}

        def receipt(report: LedgerReport) -> Receipt:
            told.update(
                status="recorded",
                form=form.name,
                rows=report.rows,
                taken=report.taken,
                unchanged=report.unchanged,
                refused=len(report.refused),
            )
            return receipt_of(caller, body, told)

        report = desk.take(
            form,
            [LedgerRow(row.data_row, row.sheet_row, row.found) for row in rows],
            content=found.ledger.vault.mac("upload", body).hex(),
            receipt=receipt,
        )
    refused = [
        {"data_row": row.data_row, "sheet_row": row.sheet_row, "reasons": problems.reasons(defects)}
        for row, defects in report.refused
    ]
    return json_response({"receipt": told, "refused": refused}, 201)


@blueprint.post("/export")
@operation(
    Operation(
        "导出台账",
        "Take the clean-up ledger out",
        Access.OFFICER,
        TAG,
        {200: Answer("台账工作簿", "the ledger's workbook", _BOOK, ("Credit-Receipt",))},
        takes=json_of(LedgerQuestion),
        headers={"Credit-Purpose": True},
    )
)
def take_out() -> Response:
    """The ledger with who answers for its documents: a unit its own, the credit office all; logged before it leaves."""
    body = read_body()
    caller = authenticated(body)
    with logged_refusals(caller, body):
        given = read_json(LedgerQuestion(), body)
        for_purpose(caller, INSTRUMENT_CLEANUP)
        found = export_ledger(
            services().ledger,
            department=caller.department,
            officer=caller.signed_header("Credit-Official"),
            unit=given.get("unit", ""),
            workbook=lambda documents: _workbook(documents, personal=True),
        )
    answer = _book(found.workbook)
    answer.headers["Credit-Receipt"] = f"access:{found.position}"
    return answer


@blueprint.get("")
@operation(
    Operation(
        "公开的台账",
        "The clean-up ledger",
        Access.PUBLIC,
        TAG,
        {200: Answer("不含责任人和电话", "without its personal columns", json_of(PublicLedger))},
        problems=(400,),
        query=PublicLedgerQuestion,
    )
)
def public_ledger() -> Response:
    """Every document of the ledger with its standing, without who answers for it. Public."""
    now, unit = clean_up(services().ledger), _asked_unit()
    return json_response(
        {
            "documents": [told_document(document) for document in _shown(now, unit)],
            "nil_returns": sorted(
                filed.unit for filed in now.returns if filed.what == "nil" and unit in ("", filed.unit)
            ),
        },
        200,
    )


@blueprint.get("/workbook")
@operation(
    Operation(
        "公开的台账工作簿",
        "The clean-up ledger as a workbook",
        Access.PUBLIC,
        TAG,
        {200: Answer("台账工作簿", "a workbook", _PUBLIC_BOOK)},
        problems=(400,),
        query=PublicLedgerQuestion,
    )
)
def public_workbook() -> Response:
    """The ledger in the form's columns, without the two that name who answers for it. Public."""
    documents = _shown(clean_up(services().ledger), _asked_unit())
    return _book(_workbook(documents, personal=False))


def told_document(document: Instrument) -> dict[str, Any]:
    """A document as anyone may see it."""
    entry = document.entry
    return {
        "document": str(document.id),
        "unit": document.unit,
        **{name: getattr(entry, name) for name in (
            "unit_name", "title", "shares", "lists", "punishes", "summary", "national_basis", "local_basis", "basis",
            "disposition", "due",
        )},
        "due_on": entry.due_on or None,
        "sufficient": document.sufficient,
        "stopped": document.stopped is not None,
        "entered_on": document.entered_on.isoformat(),
        "planned_on": document.planned_on and document.planned_on.isoformat(),
        "steps": [{"what": what, "by": by} for what, by in document.steps],
        "completed_on": document.completed_on and document.completed_on.isoformat(),
        "overdue": sorted([what, due] for what, due in document.overdue),
        "version": document.version,
    }  # fmt: skip


def _shown(now: CleanUp, unit: str) -> tuple[Instrument, ...]:
    return now.of(unit) if unit else now.documents


def _asked_unit() -> str:
    """The unit in the address. Raises ``Refused`` (FORMAT) for what is no code."""
    try:
        given = PublicLedgerQuestion().load(request.args.to_dict())
    except ValidationError:
        raise Refused(Defect("FORMAT", "member_invalid", "unit", {"where": "unit"})) from None
    return str(given.get("unit", ""))


def _workbook(documents: tuple[Instrument, ...], *, personal: bool) -> bytes:
    return write_ledger(NATIONAL, [d.entry for d in documents], title=TITLE, personal=personal)


def _book(content: bytes) -> Response:
    answer = Response(content, content_type=WORKBOOK_TYPE)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(TITLE)}.xlsx"
    return answer
