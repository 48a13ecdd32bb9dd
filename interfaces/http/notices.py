"""A month's notice (通报) that the credit office sealed, issued over HTTP: of the clean-up ledger, or of indicators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from application.commands.acts import DepartmentAct
from application.ports import Receipt
from interfaces.http.auth import authenticated
from interfaces.http.bodies import given_json, read_body
from interfaces.http.conventions import json_response, logged_refusals, receipt_of, replayed
from interfaces.http.describing import Access, Answer, Operation, json_of
from interfaces.http.remedies import sealed_act
from interfaces.http.remedy_schemas import SealedByDepartment
from interfaces.http.schema_fields import text

Issue = Callable[[DepartmentAct, str, Callable[[str], Receipt]], int]
"""Records the notice of a department, given its act and how a month's receipt is made; the position."""


class NoticeReceipt(Schema):
    """What was issued."""

    status = text("recorded")
    month = text("月份 / month")


class NoticeIssuedAnswer(Schema):
    """The receipt of a notice, and where it was recorded (left out when the request is repeated)."""

    receipt = fields.Nested(NoticeReceipt, required=True)
    event_id = fields.String(validate=validate.Regexp(r"^records:[0-9]+$"))


def issuing(zh: str, en: str, *, tag: str) -> Operation:
    """How such a route is described."""
    issued = Answer("已印发", "issued", json_of(NoticeIssuedAnswer), ("Idempotency-Replayed",))
    return Operation(
        zh, en, Access.DEPARTMENT, tag, {201: issued}, takes=json_of(SealedByDepartment), problems=(403,)
    )


def issued(issue: Issue) -> Response:
    """Verify the request, issue the notice once for its idempotency key, and answer with the receipt."""
    body = read_body()
    caller = authenticated(body)
    if replay := replayed(caller, body):
        return replay
    act = sealed_act(given_json(SealedByDepartment(), body))
    told: dict[str, Any] = {}

    def receipt(month: str) -> Receipt:
        told.update(status="recorded", month=month)
        return receipt_of(caller, body, told)

    with logged_refusals(caller, body):
        position = issue(act, caller.department, receipt)
    return json_response({"receipt": told, "event_id": f"records:{position}"}, 201)
