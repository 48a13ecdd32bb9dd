"""The rulebook for machines: every rule with its words, since when it holds, and how often it has refused.

Public: made from the program and from counts of whole days, rounded down (ADR 0026); nothing is told of anyone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request
from marshmallow import Schema, ValidationError, fields, validate

from application.queries.rules import STEP, Refusals
from domain.shared.refusals import Defect, Refused
from domain.shared.rulebook import STATUSES, Rule
from interfaces.http.conventions import json_response
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.schema_fields import count, date, text
from interfaces.http.services import services
from interfaces.rulebook import NOT_YET, rulebook

NONE = Refusals()
blueprint = Blueprint("rules", __name__, url_prefix="/v1")


class RuleGroup(Schema):
    """A chapter of the rulebook."""

    id = text("规则编号的字母 / the letters of its rules' ids")
    zh = text("名称")
    en = text("name")


class RuleDates(Schema):
    """Since when, and until when, a text founds a rule or sets its details."""

    from_day = date("自何日起，文件未载日期的为 null / since when; null where the text states no day")
    until = date("至何日止，仍有效的为 null / until when; null while it holds")
    source = text("文件 / the text")
    status = fields.String(
        required=True,
        validate=validate.OneOf(STATUSES),
        metadata={
            "description": "来源等级 / how sure it is: SEED the policy texts, LAW, PAGE an excerpt, 2ND"
        },
    )


class RefusalCount(Schema):
    """How often a rule has refused, at least: counts are rounded down to full fives."""

    acts = count(f"单项请求，取 {STEP} 的整数倍 / single requests")
    rows = count(f"文件中的行，取 {STEP} 的整数倍 / rows of files taken in")


class RuleEntry(Schema):
    """One rule: where it stands, its own words, what it does here, and what would be lawful where it refuses."""

    id = text("编号 / id")
    group = text("分组 / group")
    clause = text("条款 / the clauses that found it")
    seed = text("原文所在文件 / the text that is quoted")
    quote = text("条款原文 / its words")
    gloss = text("the same in English")
    effect_zh = text("本系统怎样执行")
    effect = text("what the product does")
    enforced = fields.Boolean(
        required=True,
        metadata={"description": "本系统是否已执行 / whether any code keeps it yet (docs/rules.md)"},
    )
    instead = text("怎样做才合规")
    instead_en = text("what would be lawful instead")
    dates = fields.List(fields.Nested(RuleDates), required=True)
    refusals = fields.Nested(RefusalCount, required=True)


class RulesAnswer(Schema):
    """The rulebook."""

    refusals_before = date("拒绝次数计至此日之前 / refusals of the days before this one are counted")
    groups = fields.List(fields.Nested(RuleGroup), required=True)
    rules = fields.List(fields.Nested(RuleEntry), required=True)


class RulesQuestion(Schema):
    """Which rules."""

    group = fields.String(
        validate=validate.OneOf([group.id for group in rulebook().groups]),
        metadata={"description": "只要这一组 / of this group only"},
    )


@blueprint.get("/rules")
@operation(
    Operation(
        "规则",
        "The rulebook",
        Access.PUBLIC,
        "规则",
        {
            200: Answer(
                "规则及拒绝次数", "the rules and how often each refused", json_of(RulesAnswer), ("ETag",)
            ),
            304: Answer("与 If-None-Match 所写的相同", "as in If-None-Match", {}, ("ETag",)),
        },
        problems=(400,),
        query=RulesQuestion,
    )
)
def rules() -> Response:
    """Every rule, or those of a group (``?group=DET``), with an ETag for who asks again."""
    try:
        asked = RulesQuestion().load(request.args.to_dict())
    except ValidationError:
        raise Refused(Defect("FORMAT", "member_invalid", "group", {"where": "group"})) from None
    book = rulebook()
    before, counts = services().refusals.told()
    groups = [group for group in book.groups if asked.get("group", group.id) == group.id]
    told = {
        "refusals_before": before.isoformat(),
        "groups": [asdict(group) for group in groups],
        "rules": [_entry(rule, counts) for group in groups for rule in book.of_group(group.id)],
    }
    return kept(json_response(told, 200))


def kept(answer: Response) -> Response:
    """A public answer that may be kept and asked about again: ETag of its bytes, 304 for who has them."""
    etag = hashlib.sha256(answer.get_data()).hexdigest()[:32]
    if request.if_none_match.contains_weak(etag):
        answer = Response(status=304)
        del answer.headers["Content-Type"]
    answer.set_etag(etag)
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _entry(rule: Rule, counts: Mapping[str, Refusals]) -> dict[str, Any]:
    dates = [
        {"from_day": d.from_day or None, "until": d.until or None, "source": d.source, "status": d.status}
        for d in rule.dates
    ]
    return asdict(rule) | {
        "group": rule.group,
        "enforced": rule.id not in NOT_YET,
        "dates": dates,
        "refusals": asdict(counts.get(rule.id, NONE)),
    }
