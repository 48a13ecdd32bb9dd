"""Indicators over HTTP: anyone sees a month in full fives, units see their own and the credit office all (SUP-1)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request
from marshmallow import Schema, ValidationError, fields, validate
from werkzeug.exceptions import NotAcceptable

from application.commands.flags import FlagDesk
from application.commands.indicators import notify_indicators
from application.indicators import Indicators, Year
from application.ledger import instant
from domain.access.model import SUPERVISION
from domain.shared.refusals import Defect, Refused
from interfaces.client.indicator_book import write_indicators
from interfaces.http.auth import authenticated
from interfaces.http.bodies import read_body
from interfaces.http.conventions import json_response, logged_refusals
from interfaces.http.describing import JSON, Access, Answer, Operation, Raw, json_of, operation
from interfaces.http.flags import TAG
from interfaces.http.intakes import WORKBOOK_TYPE
from interfaces.http.notices import issued, issuing
from interfaces.http.paging import read_json
from interfaces.http.queries import for_purpose
from interfaces.http.schema_fields import count, hexadecimal, text
from interfaces.http.services import services

MONTH = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
FIVES = "公开数据，按5的整倍数告知 told in full fives"
EXACT = "实数，仅供本单位和信用办 exact: for the unit and the credit office"
_BOOK = {WORKBOOK_TYPE: Raw("指标工作簿", "the indicators as a workbook")}
blueprint = Blueprint("indicators", __name__, url_prefix="/v1/indicators")


class MonthQuestion(Schema):
    """Which month; the last one that is over if left out."""

    month = fields.String(validate=validate.Regexp(MONTH))


class ExactQuestion(MonthQuestion):
    """Which month, or which year."""

    year = fields.String(
        validate=validate.Regexp(r"^20[0-9]{2}$"),
        metadata={
            "description": "年度考核：该年各月合计，不与 month 同填 / a year's months so far, not with `month`"
        },
    )


class RefusedTimes(Schema):
    """How often a unit was refused by a rule."""

    rule = text("规则 / rule")
    times = count("次数 / times")


class UnitIndicators(Schema):
    """What one unit did in the month; a member that rests on too little is left out."""

    unit = text("单位代码 / code of the unit")
    name = text("单位 / the unit")
    recorded = count("记录数 / records determined")
    late = count("逾期公示数 / published late")
    in_time_percent = count("及时率 / in time, in a hundred", required=False)
    refused = fields.List(fields.Nested(RefusedTimes), required=True)
    objections_decided = count("异议办结数 / objections decided")
    objections_upheld = count("异议成立数 / objections upheld")
    repairs_decided = count("信用修复办结数 / repairs decided")
    repair_days_median = count("半数修复办结所用工作日 / working days for half of them", required=False)
    repair_days_p90 = count("九成修复办结所用工作日 / working days for nine in ten", required=False)
    queries = count("查询次数 / queries")
    queries_reviewed = count("其中已审查 / of its queries reviewed")
    feedback_overdue = count("联合奖惩逾期未反馈次数 / feedback in joint action overdue", required=False)
    acceptance_overdue = count("修复申请逾期未受理次数 / repairs not accepted in time", required=False)
    flags_unanswered = count("线索逾期未答复次数 / flags not answered in time", required=False)
    flags_raised = count("新增线索 / flags raised")
    flags_closed = count("办结线索 / flags closed")
    flags_open = count("月末未办结线索 / flags open at the month's end")


class IndicatorsAnswer(Schema):
    """The indicators of a month as anyone is told."""

    month = text("月份 / month")
    until = fields.Date(required=True)
    units = fields.List(fields.Nested(UnitIndicators), required=True)
    digest = hexadecimal("规范化内容的 SHA-256 / SHA-256 of `until` and `units` as canonical JSON", 64)
    notified_at = fields.String(metadata={"description": "通报印发时间 / when the notice was issued"})


class ExactAnswer(IndicatorsAnswer):
    """The exact indicators: of the asking unit, or of all for the credit office; what the public is told beside."""

    exact = fields.List(fields.Nested(UnitIndicators), required=True)
    notice = fields.UUID(
        required=True, metadata={"description": "通报的流 / the stream of the month's notice"}
    )


class YearAnswer(Schema):
    """The exact indicators of a year so far: of the asking unit, or of all for the credit office."""

    year = text("年度 / year")
    until = fields.Date(required=True)
    exact = fields.List(fields.Nested(UnitIndicators), required=True)


@blueprint.get("")
@operation(
    Operation(
        "考核指标",
        "Indicators of units",
        Access.PUBLIC,
        TAG,
        {200: Answer("公开的指标", "as anyone is told", json_of(IndicatorsAnswer))},
        problems=(400, 422, 503),
        query=MonthQuestion,
    )
)
def public_indicators() -> Response:
    """How units did in a month that is over: timeliness, refusals, objections, repairs; in full fives. Public."""
    return json_response(_told(found_indicators(), asked_month()), 200)


@blueprint.get("/workbook")
@operation(
    Operation(
        "考核指标工作簿",
        "Indicators as a workbook",
        Access.PUBLIC,
        TAG,
        {200: Answer("工作簿", "a workbook", _BOOK)},
        problems=(400, 422, 503),
        query=MonthQuestion,
    )
)
def public_workbook() -> Response:
    """The same as a workbook. Public."""
    month = found_indicators().month(asked_month())
    return _book(month.month, write_indicators(month.month, month.told, note=FIVES))


@blueprint.post("")
@operation(
    Operation(
        "考核指标实数",
        "Exact indicators",
        Access.OFFICER,
        TAG,
        {
            200: Answer(
                "本单位的实数，信用办为全部",
                "exact, of the unit or of all",
                {**json_of(ExactAnswer, YearAnswer), **_BOOK},
            )
        },
        takes=json_of(ExactQuestion),
        problems=(406, 503),
        headers={"Credit-Purpose": True},
    )
)
def exact_indicators() -> Response:
    """The exact indicators of a month, or of a year so far for the yearly assessment (年度目标考核): a unit is told its
    own, the credit office those of all; as JSON or as a workbook."""
    body = read_body()
    caller = authenticated(body)
    accepted = request.accept_mimetypes
    media = accepted.best_match((JSON, WORKBOOK_TYPE)) if accepted else JSON
    if media is None:
        raise NotAcceptable
    with logged_refusals(caller, body):
        found, desk = found_indicators(), services().desk()
        given = read_json(ExactQuestion(), body)
        if {"month", "year"} <= given.keys():
            raise Refused(Defect("FORMAT", "member_invalid", "/year", {"where": "/year"}))
        for_purpose(caller, SUPERVISION)
        desk.registry.acting(caller.signed_header("Credit-Official"), caller.department)
        asked = (
            found.year(given["year"])
            if "year" in given
            else found.month(given.get("month") or found.last_month())
        )
    everyone = FlagDesk(desk).is_office(caller.department)
    exact = [unit for unit in asked.exact if everyone or unit["unit"] == caller.department]
    label = asked.year if isinstance(asked, Year) else asked.month
    if media == WORKBOOK_TYPE:
        answer = _book(label, write_indicators(label, exact, note=EXACT))
    elif isinstance(asked, Year):
        answer = json_response({"year": label, "until": asked.until.isoformat(), "exact": exact}, 200)
    else:
        told = _told(found, label)
        answer = json_response({**told, "exact": exact, "notice": str(found.stream(label))}, 200)
    answer.vary.add("Accept")
    return answer


@blueprint.post("/notices")
@operation(issuing("印发考核通报", "Issue a month's notice of indicators", tag=TAG))
def issue_notice() -> Response:
    """The credit office issues a month's notice that it sealed (考核通报); recorded only as the ledger computes it."""
    desk, found = services().desk(), found_indicators()
    return issued(
        lambda act, department, receipt: notify_indicators(
            desk, found, act, department=department, receipt=receipt
        )
    )


def found_indicators() -> Indicators:
    """The indicators of this service's ledger."""
    return Indicators(services().ledger, services().indicators)


def asked_month() -> str:
    """The month in the address, or the last one that is over. Raises ``Refused`` (FORMAT)."""
    try:
        given = MonthQuestion().load(request.args.to_dict())
    except ValidationError:
        raise Refused(Defect("FORMAT", "member_invalid", "month", {"where": "month"})) from None
    return str(given.get("month") or found_indicators().last_month())


def _told(found: Indicators, asked: str) -> dict[str, Any]:
    month, notice = found.month(asked), found.notified(asked)
    issued = {"notified_at": instant(notice.timestamp)} if notice else {}
    return {"month": month.month, **month.content, "digest": month.digest, **issued}


def _book(month: str, content: bytes) -> Response:
    answer = Response(content, content_type=WORKBOOK_TYPE)
    name = quote(f"考核指标-{month}")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}.xlsx"
    return answer
