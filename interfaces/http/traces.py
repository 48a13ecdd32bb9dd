"""Tracing a leak over HTTP (QRY-4): the credit office asks which answers held a record, or what leaked of it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response
from marshmallow import Schema, fields, validate

from application.ledger import instant
from application.queries.told import told_trace
from application.queries.traces import Traces, tracer_of
from application.registry import Registry
from domain.access.model import LEAK_TRACING
from domain.oversight.traces import FIELDS_MAX, LOOKS_MAX, VALUE_CHARACTERS_MAX
from domain.shared.refusals import Defect, Refused
from interfaces.http.auth import authenticated
from interfaces.http.bodies import read_body
from interfaces.http.conventions import logged_refusals
from interfaces.http.describing import Access, Answer, Operation, Raw, json_of, operation
from interfaces.http.media import HTML, page_wanted, shown
from interfaces.http.paging import read_json
from interfaces.http.queries import Subject, asked_of, for_purpose, identity_of
from interfaces.http.schema_fields import count, hexadecimal, text
from interfaces.http.services import services
from interfaces.portal.trace_page import TEMPLATE, TraceAsked, trace_page

blueprint = Blueprint("traces", __name__, url_prefix="/v1")


class TraceQuestion(Schema):
    """What is traced: a record or a listing, or everything about a subject; and what leaked, by field codes."""

    record = fields.UUID()
    subject = fields.Nested(Subject)
    excerpt = fields.Dict(
        keys=fields.String(validate=validate.Length(min=1, max=64)),
        values=fields.String(validate=validate.Length(min=1, max=VALUE_CHARACTERS_MAX)),
        validate=validate.Length(max=FIELDS_MAX),
        metadata={"description": "泄露的字段代码和内容 / what leaked: codes of fields with their values"},
    )


class Shown(Schema):
    """A part of a record that the answer showed."""

    record = fields.UUID(required=True)
    part = text("部分 / part")


class TracedAnswer(Schema):
    """One answer that held what is traced: to whom, when, why."""

    receipt = text("该次查询的回执 / the receipt of that answer")
    number = count("主体查询登记中的序号 / its number in the subject's list")
    at = text("时间 / when")
    department = text("部门 / department")
    department_name = text("部门名称 / its name")
    officer = text("经办人代号 / the officer's pseudonym")
    role = text("经办人角色 / the officer's role")
    purpose = text("目的 / purpose")
    purpose_zh = text("目的名称 / its Chinese name")
    case = text("所办案件 / case")
    basis = text("依据 / ground")
    view = text("视图 / view")
    as_of = text("所问的过去时刻 / the past moment asked for")
    shown = fields.List(fields.Nested(Shown), required=True)
    held = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "含有的泄露字段 / leaked fields that it held"},
    )
    whole = fields.Boolean(
        required=True, metadata={"description": "含有全部泄露字段 / it held every leaked field"}
    )
    unclear = fields.Boolean(
        required=True,
        metadata={"description": "有的内容已不能重现 / something that it showed cannot be made again"},
    )


class TraceAnswer(Schema):
    """All answers that held what is traced, the likeliest source first."""

    answers = fields.List(fields.Nested(TracedAnswer), required=True)
    through = fields.List(
        fields.Integer(strict=True),
        required=True,
        metadata={"description": "逐份名单查过的查询次数 / looks gone through, list by list"},
    )
    public = fields.Boolean(
        required=True,
        metadata={
            "description": "泄露的内容曾经公示，任何人可得 / it once was public, so anyone could have it"
        },
    )
    digest = hexadecimal("追查结果的摘要 / SHA-256 of what was found", 64)
    receipts = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "追查本身的回执 / receipts of the trace itself"},
    )


@blueprint.post("/traces")
@operation(
    Operation(
        "追查泄露",
        "Trace a leak",
        Access.OFFICER,
        "监督",
        {
            200: Answer(
                "含有所查内容的答复",
                "the answers that held it",
                {**json_of(TraceAnswer), HTML: Raw("可打印的网页", "a page to print")},
                ("Credit-Receipt",),
            )
        },
        takes=json_of(TraceQuestion),
        problems=(406,),
        headers={"Credit-Purpose": True},
        limits=(
            f"查全或者拒绝：一个主体至多{LOOKS_MAX}次查询。",
            f"Complete or refused: at most {LOOKS_MAX} looks at one subject.",
        ),
    )
)
def trace() -> Response:
    """Which answers held a record or what leaked of it (追查泄露): to whom, when, for what purpose and case.

    Asked by the credit office for the purpose ``leak_tracing`` with case and ground; logged in the list of everyone
    concerned before it leaves.
    """
    body = read_body()
    caller = authenticated(body)
    page_wanted()
    with logged_refusals(caller, body):
        for_purpose(caller, LEAK_TRACING)
        ledger, asking = services().ledger, asked_of(caller)
        tracer = tracer_of(ledger, asking)
        given = read_json(TraceQuestion(), body)
        record, subject, excerpt = given.get("record"), given.get("subject"), given.get("excerpt", {})
        if (record is None) == (subject is None):
            raise Refused(Defect("QRY-4", "trace_target", "/record"))
        traces = Traces(ledger)
        if subject is not None:
            found = traces.of_subject(identity_of(subject, "/subject"), tracer, excerpt)
        else:
            assert isinstance(record, UUID)
            found = traces.of_record(record, tracer, excerpt)
    told = told_trace(found, excerpt, Registry(ledger))
    named = Registry(ledger).department(caller.department)
    asked = TraceAsked(
        asking.officer,
        named.name if named else "",
        asking.case,
        asking.basis,
        str(record or ""),
        instant(ledger.now()),
    )
    answer = shown(told, TEMPLATE, **trace_page(told, asked, excerpt, services().forms.values()))
    answer.headers["Credit-Receipt"] = f"access:{found.positions[0]}"
    return answer
