"""The purposes of queries as anyone reads them: what each is for, who may state it, by which rules (49号(十三)(十四)).

The credit office registers them (``governing.py``); a catalogue item's scope and a subject's consent name their codes.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from marshmallow import Schema, fields, validate

from application.queries.purposes import purposes
from domain.access.purposes import PLATFORM, REGISTERED, Stated
from domain.parties.registration import OFFICER_ROLES
from interfaces.http.conventions import json_response
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.governing import TAG
from interfaces.http.rules import kept
from interfaces.http.schema_fields import text
from interfaces.http.services import services

blueprint = Blueprint("purposes", __name__, url_prefix="/v1")


class StatedPurpose(Schema):
    """A purpose that a request states in ``Credit-Purpose``."""

    code = text("用途代码 / code")
    zh = text("用途")
    en = text("purpose")
    kind = fields.String(
        required=True,
        validate=validate.OneOf((REGISTERED, PLATFORM)),
        metadata={
            "description": "信用办登记的，或者平台自有的 / registered by the credit office, or the platform's own"
        },
    )
    who_zh = text("谁可以写明")
    who_en = text("who may state it")
    roles = fields.List(
        fields.String(validate=validate.OneOf(OFFICER_ROLES)),
        required=True,
        metadata={
            "description": "限于这些角色的经办人，空为不限 / of officers with these roles only; empty for any"
        },
    )
    rules = fields.List(fields.String(), required=True, metadata={"description": "规则 / rules"})


class PurposesAnswer(Schema):
    """Every purpose, the registered ones first."""

    purposes = fields.List(fields.Nested(StatedPurpose), required=True)


@blueprint.get("/purposes")
@operation(
    Operation(
        "用途",
        "Purposes",
        Access.PUBLIC,
        TAG,
        {
            200: Answer("全部用途", "every purpose", json_of(PurposesAnswer), ("ETag",)),
            304: Answer("与 If-None-Match 所写的相同", "as in If-None-Match", {}, ("ETag",)),
        },
    )
)
def stated() -> Response:
    """Every purpose that a request may state (用途), who may, and by which rules; with an ETag. Public."""
    return kept(json_response({"purposes": [_told(one) for one in purposes(services().ledger)]}, 200))


def _told(one: Stated) -> dict[str, Any]:
    return {
        "code": one.purpose.code,
        "zh": one.purpose.zh,
        "en": one.purpose.en,
        "kind": one.kind,
        "who_zh": one.use.zh,
        "who_en": one.use.en,
        "roles": list(one.use.roles),
        "rules": list(one.use.rules),
    }
