"""Comparing a department's own publication with the public view over HTTP: every difference as JSON, CSV or a page.

The file is read by the readers of intake; the counts are recorded before the answer leaves, the file is not kept.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request
from marshmallow import Schema, fields, validate
from werkzeug.exceptions import NotAcceptable

from application.commands.consistency import Result, SentRow
from domain.records.consistency import KINDS, Difference
from domain.shared.forms import Form
from interfaces.client.rows import read_rows
from interfaces.client.tables import read_table
from interfaces.http import reports
from interfaces.http.auth import authenticated
from interfaces.http.bodies import BODY_BYTES_MAX, read_body
from interfaces.http.conventions import json_response, logged_refusals, receipt_of, replayed
from interfaces.http.describing import JSON, Access, Answer, Operation, Raw, json_of, operation
from interfaces.http.intake_schemas import RefusedRow
from interfaces.http.intakes import FILE_TYPES, LIMITS
from interfaces.http.intakes import TABLES as TAKES
from interfaces.http.problems import media_type_unknown
from interfaces.http.registers import asked
from interfaces.http.schema_fields import count, date, hexadecimal, text
from interfaces.http.services import services
from interfaces.portal.consistency import KIND_NAMES, PAGE_DIFFERENCES
from interfaces.portal.register_words import VALUES
from interfaces.portal.registers import calling

CSV, HTML = "text/csv", "text/html"
MEDIA = (JSON, CSV, HTML)
HEADINGS = (
    "差异 difference", "数据行 data row", "表内行 sheet row", "数据项 fields", "名称 names", "记录 record",
    "本平台截止日 last day here", "部门截止日 last day there", "文号 document number", "说明 reason",
)  # fmt: skip
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
blueprint = Blueprint("consistency", __name__, url_prefix="/v1")


class ConsistencyQuestion(Schema):
    """Whose publication: left out, one's own."""

    department = fields.String(
        load_default="",
        validate=validate.Regexp(r"^[0-9A-Z]{18}$"),
        metadata={"description": "部门代码，信用办核对时填写 / whose publication, for the credit office"},
    )


class ConsistencyReceipt(Schema):
    """The receipt of a comparison (核对回执): the counts that were recorded."""

    status = fields.String(required=True, validate=validate.Equal("recorded"))
    department = text("被核对的部门 / whose publication")
    form = text("表式 / form")
    rows = count("文件行数 / rows of the file")
    equal = count("一致 / equal")
    missing_here = count("部门有、本平台未归集 / published there, not recorded here")
    missing_there = count("本平台有、部门没有 / public here, not in the file")
    content_differs = count("内容不一致 / content differs")
    term_differs = count("期限不一致 / term differs")
    must_not_be_public = count("部门不得再公示 / must not be public any more")
    not_shown_yet = count("已归集、公示视图尚未跟上 / recorded, and the public view has not followed yet")
    bad_rows = count("无法核对 / rows that cannot be compared")
    view_position = count("公示视图的账本位置 / how far the public view was")
    file = hexadecimal("文件的 SHA-256 / of the file", 64)


class ToldDifference(Schema):
    """One difference; rows are 0 for what is not in the file."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    data_row = count("第几行数据 / number of the row among the rows of data")
    sheet_row = count("工作表行号 / number of the row in the sheet")
    record = text("记录编号，没有则为空 / the record, empty for none")
    fields_ = fields.List(
        fields.String(), required=True, data_key="fields", metadata={"description": "不一致的数据项 / fields"}
    )
    field_names = fields.List(fields.String(), required=True)
    here = date("本平台的截止日 / last public day here, null for none")
    there = text("部门清单的截止日，如其所写 / last public day there as it is written, empty for none")
    document = text("本平台所示文号，仅用于部门没有的 / number of what the file lacks")


class ConsistencyAnswer(Schema):
    """Every difference between a department's publication and the public view."""

    receipt = fields.Nested(ConsistencyReceipt, required=True)
    event_id = text("事件编号 / id of the event")
    differences = fields.List(fields.Nested(ToldDifference), required=True)
    bad_rows = fields.List(fields.Nested(RefusedRow), required=True)
    dropped_columns = fields.List(fields.String(), required=True)


class KeptConsistency(Schema):
    """The kept receipt of a comparison whose idempotency key was used before."""

    receipt = fields.Nested(ConsistencyReceipt, required=True)


@blueprint.post("/consistency-checks")
@operation(
    Operation(
        "核对公示一致性",
        "Compare what a department publishes with the public view",
        Access.DEPARTMENT,
        "公示",
        {
            201: Answer(
                "逐项差异，按 Accept 给出 JSON、CSV 或网页",
                "every difference as JSON, CSV or a page, as `Accept` asks",
                {
                    **json_of(ConsistencyAnswer, KeptConsistency),
                    CSV: Raw("逐项差异（UTF-8）", "a difference a line, UTF-8"),
                    HTML: Raw("网页", "a page"),
                },
                ("Idempotency-Replayed",),
            )
        },
        takes=TAKES,
        problems=(403, 406, 415),
        query=ConsistencyQuestion,
        limits=LIMITS,
    )
)
def compare() -> Response:
    """A department's own published file, in the columns of its intake, beside the public view of its records.

    The department asks, or the credit office for any. What must not be public any more is told by its row and record,
    and not why.
    """
    body = read_body(BODY_BYTES_MAX)
    caller = authenticated(body)
    if replay := replayed(caller, body):
        return replay
    media = request.accept_mimetypes.best_match(MEDIA) if request.accept_mimetypes else JSON
    if media is None:
        raise NotAcceptable
    if request.mimetype not in FILE_TYPES:
        raise media_type_unknown(*FILE_TYPES)
    found = services()
    with logged_refusals(caller, body):
        desk = found.consistency(caller.department)
        department = desk.whose(asked(ConsistencyQuestion())["department"])
        table = read_table(body, forms=found.forms)
        form = found.forms[table.kind]
        rows = (SentRow(r.data_row, r.sheet_row, r.parts, r.defects) for r in read_rows(table, found.forms))
        result = desk.compare(form, rows, department=department)
    digest = hashlib.sha256(body).hexdigest()
    told: dict[str, Any] = {
        "status": "recorded",
        "department": department,
        "form": form.kind,
        **result.counts,
    }
    told |= {"view_position": result.view_position, "file": digest}
    kept = receipt_of(caller, body, told)
    position = desk.record(result, file=digest, receipt=kept)
    answer = _answer(result, told, position, media, table.unknown_columns)
    answer.vary.add("Accept")
    return answer


def _answer(
    result: Result, told: Mapping[str, Any], position: int, media: str, dropped: tuple[str, ...]
) -> Response:
    form = result.form
    if media == JSON:
        members = {
            "receipt": dict(told),
            "event_id": f"records:{position}",
            "differences": [_told(d, form) for d in result.differences],
            "bad_rows": [
                reports.refused_row(r.data_row, r.sheet_row, found, form) for r, found in result.bad
            ],
            "dropped_columns": list(dropped),
        }
        return json_response(members, 201)
    if media == CSV:
        answer = Response(_csv(result), status=201, content_type=f"{CSV}; charset=utf-8")
        answer.headers["Content-Disposition"] = 'attachment; filename="differences.csv"'
        return answer
    shown = [_told(d, form) for d in result.differences[:PAGE_DIFFERENCES]]
    bad = [
        reports.refused_row(r.data_row, r.sheet_row, found, form)
        for r, found in result.bad[:PAGE_DIFFERENCES]
    ]
    page = render_template(
        "portal/consistency.html",
        told=told,
        department=calling(services().ledger)(told["department"]),
        form=VALUES[told["form"]],
        kinds=KIND_NAMES,
        differences=shown,
        bad_rows=bad,
        most=PAGE_DIFFERENCES,
        event=f"records:{position}",
    )
    return Response(page, status=201, mimetype=HTML)


def _told(difference: Difference, form: Form) -> dict[str, Any]:
    return {
        "kind": difference.kind,
        "data_row": difference.data_row,
        "sheet_row": difference.sheet_row,
        "record": difference.record,
        "fields": list(difference.fields),
        "field_names": _names(difference.fields, form),
        "here": difference.here or None,
        "there": difference.there,
        "document": difference.document,
    }


def _names(codes: tuple[str, ...], form: Form) -> list[str]:
    return [form.fields[code].name_zh if code in form.fields else code for code in codes]


def _csv(result: Result) -> bytes:
    """Every difference and every bad row, a line each; with a mark that spreadsheets know UTF-8 by."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    writer.writerows([_cell(value) for value in line] for line in _lines(result))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _lines(result: Result) -> Iterator[tuple[str | int, ...]]:
    for d in result.differences:
        names = "、".join(_names(d.fields, result.form))
        kind = " ".join(KIND_NAMES[d.kind])
        yield (
            kind,
            d.data_row,
            d.sheet_row,
            " ".join(d.fields),
            names,
            d.record,
            d.here,
            d.there,
            d.document,
            "",
        )
    for row, found in result.bad:
        for reason in reports.refused_row(row.data_row, row.sheet_row, found, result.form)["reasons"]:
            kind, place = " ".join(KIND_NAMES["bad_rows"]), (row.data_row, row.sheet_row)
            yield kind, *place, reason["field"], reason["field_name"], "", "", "", "", reason["zh"]


def _cell(value: str | int) -> str | int:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_SIGNS) else value
