"""How each item is repaired, for anyone who is about to apply: mode, materials, terms and limits (REP-2).

Public: made of the catalogue's register, the settings and the program's own data; nothing is told of anyone.
"""

from __future__ import annotations

from flask import Blueprint, Response
from marshmallow import Schema, fields, validate

from application.projections.registers import CATALOGUE
from application.queries.pages import LIMIT_MAX
from application.queries.registers import Version
from application.queries.repair_terms import repair_terms
from domain.remedies.limits import MATERIALS
from domain.remedies.repair import MODES
from domain.shared.city_time import city_day
from interfaces.http.conventions import json_response
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.rules import kept
from interfaces.http.schema_fields import count, text
from interfaces.http.services import services

TAG = "规则"
blueprint = Blueprint("repair_terms", __name__, url_prefix="/v1")


class RepairTerms(Schema):
    """How a record of one adverse item is repaired."""

    item = text("目录事项 / catalogue item")
    name_zh = text("名称")
    name_en = text("name")
    mode = fields.String(
        required=True,
        validate=validate.OneOf(("", *MODES)),
        metadata={
            "description": "修复方式：标注、屏蔽或删除 / what a granted repair does; empty where none is said"
        },
    )
    materials = fields.List(
        fields.String(validate=validate.OneOf(sorted(MATERIALS))),
        required=True,
        metadata={"description": "须提交的全部材料 / everything that is to be handed in"},
    )
    public_service_hours = count(
        "个人可以公益服务修复，至少的小时数 / a person may repair through public service of so many hours",
        required=False,
    )
    excluded_by = fields.Dict(
        keys=fields.String(),
        metadata={
            "description": "规定不可修复的法律、法规或中央政策 / the law or central policy that excludes it"
        },
    )


class RepairTermsAnswer(Schema):
    """The steps with their limits, and the terms of each adverse item."""

    accept_working_days = count("受理时限（工作日） / working days to accept")
    answer_working_days = count("办结时限（工作日） / working days to answer")
    extend_working_days = count("至多延长一次（工作日） / working days of the one extension at most")
    minimum_months = fields.Dict(
        required=True,
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "各严重程度的最短公示期（月） / minimum term of each severity, in months"},
    )
    items = fields.List(fields.Nested(RepairTerms), required=True)


@blueprint.get("/repair-terms")
@operation(
    Operation(
        "信用修复的条件和程序",
        "How to repair",
        Access.PUBLIC,
        TAG,
        {
            200: Answer("各事项的规定", "the terms of each item", json_of(RepairTermsAnswer), ("ETag",)),
            304: Answer("与 If-None-Match 所写的相同", "as in If-None-Match", {}, ("ETag",)),
        },
    )
)
def terms() -> Response:
    """What each adverse item asks for before it is repaired, what the repair does, and by when it is answered (REP-2);
    free of charge (REP-3). With an ETag. Public."""
    found = services()
    desk = found.desk()
    limits = desk.limits_on(city_day(found.ledger.now()), {})
    return kept(json_response(repair_terms(_items(), limits), 200))


def _items() -> list[Version]:
    """The newest version of every catalogue item."""
    items, after = services().registers.page(CATALOGUE, after="", limit=LIMIT_MAX)
    while after:
        more, after = services().registers.page(CATALOGUE, after=after, limit=LIMIT_MAX)
        items += more
    return items
