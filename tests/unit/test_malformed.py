"""A malformed body is told by the member at fault and what it should be, and nothing of it is repeated."""

from __future__ import annotations

import json
from typing import Any

import pytest
from marshmallow import Schema

from domain.shared.refusals import Refused, sentence
from interfaces.http.bodies import given_json
from interfaces.http.instrument_schemas import FiledReturn
from interfaces.http.listing_schemas import BegunListing
from interfaces.http.remedy_schemas import AppliedRepair

RECORD = "ca02095e-62f7-4c18-8ef9-af9767b47360"
ASKED = {"record": RECORD, "subject": {"code": "91420100KHDRJHTP5Q"}}
NOTICE = {"facts": "x", "grounds": "x", "rights": "x", "service": "direct", "served_on": "2026-11-20"}


@pytest.mark.parametrize(
    ("schema", "body", "code", "where", "said"),
    [
        (FiledReturn(), {}, "member_missing", "/what", "缺少成员 /what"),
        (FiledReturn(), {"what": "done"}, "member_malformed", "/what", "nil、plan、completion"),
        (FiledReturn(), {"what": "plan", "document": "7"}, "member_malformed", "/document", "UUID"),
        (
            FiledReturn(),
            {"what": "plan", "steps": [{"what": "x", "by": "soon"}]},
            "member_malformed",
            "/steps/0/by",
            "日期 YYYY-MM-DD",
        ),
        (FiledReturn(), {"what": "summary"}, "members_unfit", "/", "不能这样一起填写"),
        (FiledReturn(), {"what": "nil", "张三": 1}, "member_unknown", "/", "what、document、steps"),
        (FiledReturn(), [], "member_invalid", "/", "成员 /"),
        (
            BegunListing(),
            {"list": "C06-04", "records": [RECORD], "notice": NOTICE},
            "member_missing",
            "/notice/receipt",
            "缺少成员 /notice/receipt",
        ),
        (
            AppliedRepair(),
            {**ASKED, "materials": [{"kind": "report", "digest": "张三"}]},
            "member_malformed",
            "/materials/0/digest",
            "^[0-9a-f]{64}$",
        ),
        (AppliedRepair(), {**ASKED, "materials": "张三"}, "member_malformed", "/materials", "列表"),
    ],
)
def test_a_member_at_fault_is_named_with_what_it_should_be(
    schema: Schema, body: Any, code: str, where: str, said: str
) -> None:
    with pytest.raises(Refused) as refused:
        given_json(schema, json.dumps(body).encode())
    (defect,) = refused.value.defects
    assert (defect.rule, defect.code, defect.field) == ("FORMAT", code, where)
    assert said in sentence(defect) and sentence(defect, "en")
    assert "张三" not in sentence(defect) + sentence(defect, "en")


def test_all_members_at_fault_are_named_at_once_in_the_order_of_the_form() -> None:
    body = json.dumps({"materials": [{"kind": "report", "digest": 7}], "fine": 1}).encode()
    with pytest.raises(Refused) as refused:
        given_json(AppliedRepair(), body)
    told = [(d.code, d.field) for d in refused.value.defects]
    assert told == [
        ("member_missing", "/record"),
        ("member_missing", "/subject"),
        ("member_malformed", "/materials/0/digest"),
        ("member_unknown", "/"),
    ]
