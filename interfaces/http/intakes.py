"""Taking files in over HTTP: sealed files, uploads as drafts, the seal of a draft, and a dry check.

Each route verifies the department, then runs one command; long work streams its progress as JSON lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, stream_with_context
from marshmallow import Schema, fields, validate

from application.commands.intake import Intake
from application.commands.refusals import log_refused_rows, refused_rows
from application.commands.seals import ROWS_MAX, SealOfFile
from domain.records.rows import check_row
from domain.shared.city_time import city_day
from domain.shared.refusals import Defect, Refused
from domain.transparency.sealed_file import MEDIA_TYPE, FileSeal, SealedRow
from interfaces.client.reasons import reasons_workbook
from interfaces.client.rows import read_rows
from interfaces.client.sealing import seal_file
from interfaces.client.tables import read_table
from interfaces.http import problems, reports
from interfaces.http.auth import Caller, authenticated
from interfaces.http.bodies import BODY_BYTES_MAX, decoded, given_json, read_body, require_whole, sealed_file
from interfaces.http.conventions import json_response, logged_refusals, receipt_of, replayed
from interfaces.http.describing import Access, Answer, Operation, Raw, json_of, operation
from interfaces.http.intake_schemas import CheckReport, Draft, IntakeLine, IntakeReport, KeptIntake
from interfaces.http.problems import ProblemError, media_type_unknown
from interfaces.http.services import services
from interfaces.http.telemetry import note

NDJSON = "application/x-ndjson"
WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE_TYPES = (WORKBOOK_TYPE, "text/csv")
LIMITS = (f"至多 {ROWS_MAX:,} 行。", f"At most {ROWS_MAX:,} rows.")
TABLES = {
    WORKBOOK_TYPE: Raw("双公示工作簿", "a workbook of the published form"),
    "text/csv": Raw("CSV（UTF-8 或 GB18030）", "CSV in UTF-8 or GB18030"),
}
_SEALED = {MEDIA_TYPE: Raw("密封文件：首行封印，其后每行一条", "a sealed file: its seal, then a row a line")}
_RECORDED = {**json_of(IntakeReport, KeptIntake), NDJSON: IntakeLine}
blueprint = Blueprint("intakes", __name__, url_prefix="/v1")


class DraftSeal(Schema):
    """The department's signature over a draft."""

    issuer = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{16}$"))
    signature = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{128}$"))


@blueprint.post("/intakes")
@operation(
    Operation(
        "报送文件",
        "Send a file",
        Access.DEPARTMENT,
        "报送",
        {
            201: Answer(
                "已入账，或草稿待签名",
                "recorded, or a draft to sign; JSON lines when accepted",
                {**_RECORDED, **json_of(IntakeReport, KeptIntake, Draft)},
                ("Idempotency-Replayed",),
            )
        },
        takes={**_SEALED, **TABLES},
        problems=(415,),
        headers={"Content-Encoding": False, "Credit-Official": False},
        limits=LIMITS,
    )
)
def take_in() -> Response:
    """A sealed file is taken in at once; a workbook or CSV becomes a draft that says what to sign.

    Columns are headed by codes or names of the fields as ``POST /v1/determinations`` tells them.
    """
    body = read_body(BODY_BYTES_MAX)
    caller = authenticated(body)
    if replay := replayed(caller, body):
        return replay
    kind = request.mimetype
    if kind == MEDIA_TYPE:
        encoding = request.headers.get("Content-Encoding", "").lower()
        require_whole(decoded(body, encoding))
        seal, rows = sealed_file(decoded(body, encoding))
        return _run(caller, body, seal, rows)
    if kind in FILE_TYPES:
        return _draft(caller, body)
    raise media_type_unknown(*FILE_TYPES, MEDIA_TYPE)


@blueprint.post("/intakes/<uuid:draft_id>/seal")
@operation(
    Operation(
        "签署草稿",
        "Sign a draft",
        Access.DEPARTMENT,
        "报送",
        {201: Answer("已入账", "recorded", _RECORDED, ("Idempotency-Replayed",))},
        takes=json_of(DraftSeal),
        problems=(404,),
        headers={"Credit-Official": False},
    )
)
def seal_draft(draft_id: UUID) -> Response:
    """The department signs a draft's root: its rows become records."""
    body = read_body()
    caller = authenticated(body)
    if replay := replayed(caller, body):
        return replay
    given = given_json(DraftSeal(), body)
    chunks = services().drafts.load(draft_id, department=caller.department)
    first = next(chunks, None)
    if first is None:
        raise ProblemError(404, "draft-unknown", Defect("FORMAT", "draft_unknown"))

    def rest() -> Iterator[bytes]:
        yield first
        yield from chunks

    seal, rows = sealed_file(decoded(b"".join(rest()), "gzip"))
    seal = replace(seal, issuer=bytes.fromhex(given["issuer"]), signature=bytes.fromhex(given["signature"]))
    return _run(caller, body, seal, rows, draft_id=draft_id)


@blueprint.post("/intakes/check")
@operation(
    Operation(
        "试检文件",
        "Check a file",
        Access.DEPARTMENT,
        "报送",
        {
            200: Answer(
                "问题清单", "what is wrong", {**json_of(CheckReport), WORKBOOK_TYPE: TABLES[WORKBOOK_TYPE]}
            )
        },
        takes=TABLES,
        limits=LIMITS,
    )
)
def check() -> Response:
    """A dry run over a workbook or CSV: what its rows would be refused for, as JSON or as the workbook.

    Nothing is kept. What only recording can tell (the same document in the ledger) is not looked at.
    """
    body = read_body(BODY_BYTES_MAX)
    authenticated(body)
    forms = services().forms
    table = read_table(body, forms=forms)
    form, today = forms[table.kind], city_day(services().ledger.now())
    refused: dict[int, tuple[int, list[Defect]]] = {}
    for row in read_rows(table, forms):
        found = list(row.defects)
        unread = {d.field for d in found}
        if row.parts:
            found += [d for d in check_row(form, row.parts, today=today) if d.field not in unread]
        if found:
            refused[row.data_row] = (row.sheet_row, found)
    if request.accept_mimetypes.best_match(["application/json", WORKBOOK_TYPE]) == WORKBOOK_TYPE:
        reasons = {number: [(d.field, d) for d in found] for number, (_, found) in refused.items()}
        return Response(reasons_workbook(table, reasons), content_type=WORKBOOK_TYPE)
    rows = [reports.refused_row(number, sheet, found, form) for number, (sheet, found) in refused.items()]
    return json_response(
        {
            "form": form.kind,
            "dropped_columns": list(table.unknown_columns),
            "warnings": reports.reasons(table.warnings, form),
            "refused": rows,
        },
        200,
    )


def _draft(caller: Caller, body: bytes) -> Response:
    forms = services().forms
    table = read_table(body, forms=forms)
    form = forms[table.kind]
    ledger = services().ledger
    sealed = seal_file(read_rows(table, forms), form=form.kind, ledger_id=ledger.id.bytes)
    if sealed.seal.rows == 0:
        defects = [d for row in sealed.left_out for d in row.defects][:50]
        raise Refused(Defect("FORMAT", "file_without_good_rows"), *defects)
    draft_id = ledger.entropy.uuid()
    expires = services().drafts.save(draft_id, sealed.body(), department=caller.department)
    log_refused_rows(
        ledger,
        refused_rows((row.data_row, row.defects) for row in sealed.left_out),
        department=caller.department,
        form=form.kind,
        content=ledger.vault.mac("upload", body).hex(),
    )
    left_out = [reports.refused_row(r.data_row, r.sheet_row, r.defects, form) for r in sealed.left_out]
    answer = {
        "draft": str(draft_id),
        "form": sealed.seal.form,
        "rows": sealed.seal.rows,
        "root": sealed.seal.root.hex(),
        "commitments": sealed.seal.commitments,
        "file": str(sealed.seal.file_id),
        "salt": sealed.seal.salt.hex(),
        "to_sign": sealed.seal.message(caller.issuer).hex(),
        "issuer": caller.issuer.hex(),
        "expires_at": expires.isoformat(),
        "left_out": left_out,
        "dropped_columns": list(table.unknown_columns),
        "warnings": reports.reasons(table.warnings, form),
    }
    return json_response(answer, 201)


def _run(
    caller: Caller,
    body: bytes,
    seal: FileSeal,
    rows: Iterator[SealedRow],
    *,
    draft_id: UUID | None = None,
) -> Response:
    """Run the intake; streamed as JSON lines when the caller accepts them."""
    found = services()
    with logged_refusals(caller, body):
        under = SealOfFile(seal)
        intake = Intake(
            found.ledger,
            found.forms,
            under,
            department=caller.department,
            verify=found.verify,
            calendar=found.calendar,
            settings=found.settings.defaults,
            officer=caller.signed_header("Credit-Official"),
        )
    steps = _steps(intake, rows, caller, body, seal)
    if NDJSON in request.accept_mimetypes.values():
        return Response(
            stream_with_context(_streamed(steps, draft_id, caller)), status=201, content_type=NDJSON
        )
    *_, last = steps
    _forget(draft_id, caller)
    return json_response(last["report"], 201)


def _steps(
    intake: Intake, rows: Iterator[SealedRow], caller: Caller, body: bytes, seal: FileSeal
) -> Iterator[dict[str, Any]]:
    with logged_refusals(caller, body):
        for report in intake.take(rows):
            yield {"progress": reports.progress(report)}
    report = intake.report
    note().rows = {"taken": report.taken, "already": report.already, "refused": len(report.refused)}
    receipt = {
        "intake": str(seal.file_id),
        "root": seal.root.hex(),
        "rows": report.rows,
        "taken": report.taken,
        "late": report.late,
        "already": report.already,
        "refused": len(report.refused),
        "first_position": report.first_position or 0,
        "status": "recorded",
    }
    intake.finish(receipt_of(caller, body, receipt))
    yield {"report": reports.full(report, intake.form, receipt=receipt)}


def _streamed(steps: Iterator[dict[str, Any]], draft_id: UUID | None, caller: Caller) -> Iterator[bytes]:
    """The steps as lines; a problem on the way is the last line, since the status has left already."""
    try:
        for step in steps:
            yield _line(step)
        _forget(draft_id, caller)
    except Exception as error:  # noqa: BLE001 - the status has left, so the problem must be told in a line
        yield _line({"problem": problems.of_exception(error)})


def _forget(draft_id: UUID | None, caller: Caller) -> None:
    if draft_id is not None:
        services().drafts.drop(draft_id, department=caller.department)


def _line(data: dict[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
