"""Erasure over HTTP: an officer of the credit office asks for it, another one approves (PRV-4).

What is approved is carried out by the command ``erase``; neither answer says anything of the subject.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from application.commands.erasures import Erasures, RequestErasure
from domain.records.erasure import BASIS_CHARACTERS_MAX, CAUSES, KINDS
from interfaces.http.auth import authenticated
from interfaces.http.bodies import given_json, read_body
from interfaces.http.conventions import json_response, logged_refusals, receipt_of, replayed
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.queries import Subject, identity_of
from interfaces.http.schema_fields import drawn_id
from interfaces.http.services import services

blueprint = Blueprint("erasures", __name__, url_prefix="/v1/erasures")


class ErasureTarget(Schema):
    """What is to be erased: a ``subject`` whole or one ``class`` of it (``name``), a ``record``, or one person's
    ``part`` (``name``) of a record or case (``record``)."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    subject = fields.Nested(Subject)
    record = fields.UUID()
    name = fields.String(load_default="", validate=validate.Length(max=32))

    @validates_schema
    def named(self, data: dict[str, Any], **_: Any) -> None:
        """A subject or class has a subject, a record or part has a record, and neither has both."""
        by_subject = data["kind"] in ("subject", "class")
        if ("subject" in data) != by_subject or ("record" in data) == by_subject:
            raise ValidationError("named otherwise")
        if (data["kind"] in ("class", "part")) != bool(data.get("name")):
            raise ValidationError("named otherwise")


class RequestedErasure(Schema):
    """An erasure to be asked for: its id, drawn by the caller, what, why, and the legal ground (no personal data)."""

    erasure = drawn_id()
    target = fields.Nested(ErasureTarget, required=True)
    cause = fields.String(required=True, validate=validate.OneOf(CAUSES[1:]))
    basis = fields.String(required=True, validate=validate.Length(min=1, max=BASIS_CHARACTERS_MAX))


class ApprovedErasure(Schema):
    """An approval holds nothing but the officer's name, which is a signed header."""


class ErasureReceipt(Schema):
    """What became of it."""

    erasure = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf(["requested", "approved"]))


class ErasureAnswer(Schema):
    """The receipt, and where the act was recorded (left out when the request is repeated)."""

    receipt = fields.Nested(ErasureReceipt, required=True)
    event_id = fields.String()


def _described(zh: str, en: str, takes: type[Schema], *problems: int) -> Operation:
    answer = Answer("已记录", "recorded", json_of(ErasureAnswer))
    return Operation(
        zh, en, Access.OFFICER, "删除", {201: answer}, takes=json_of(takes), problems=(409, *problems)
    )


@blueprint.post("")
@operation(_described("申请删除", "Ask for an erasure", RequestedErasure))
def request_erasure() -> Response:
    """An officer of the credit office asks for an erasure (申请删除): nothing is erased before another one approves."""
    body = read_body()
    caller = authenticated(body)
    if replay := replayed(caller, body):
        return replay
    officer, erasures = caller.signed_header("Credit-Official"), Erasures(services().ledger)
    with logged_refusals(caller, body):
        erasures.approver(officer, caller.department)
    given = given_json(RequestedErasure(), body)
    target = given["target"]
    told = {"erasure": str(given["erasure"]), "status": "requested"}
    receipt = receipt_of(caller, body, told)
    with logged_refusals(caller, body):
        subject = identity_of(target["subject"], "/target/subject") if "subject" in target else None
        command = RequestErasure(
            erasure_id=given["erasure"],
            kind=target["kind"],
            subject=subject,
            stream=target.get("record"),
            name=target["name"],
            cause=given["cause"],
            basis=given["basis"],
        )
        position = erasures.request(command, officer=officer, department=caller.department, receipt=receipt)
    return json_response({"receipt": told, "event_id": f"records:{position}"}, 201)


@blueprint.post("/<uuid:erasure_id>/approve")
@operation(_described("审批删除", "Approve an erasure", ApprovedErasure, 404))
def approve_erasure(erasure_id: UUID) -> Response:
    """Another officer of the credit office approves an erasure (审批删除): it is carried out from then on.

    What a granted repair asked for is approved by two officers; its receipt names the ``erasure``.
    """
    body = read_body()
    caller = authenticated(body)
    if replay := replayed(caller, body):
        return replay
    officer, erasures = caller.signed_header("Credit-Official"), Erasures(services().ledger)
    with logged_refusals(caller, body):
        erasures.approver(officer, caller.department)
    given_json(ApprovedErasure(), body)
    told = {"erasure": str(erasure_id), "status": "approved"}
    receipt = receipt_of(caller, body, told)
    with logged_refusals(caller, body):
        position = erasures.approve(
            erasure_id, officer=officer, department=caller.department, receipt=receipt
        )
    return json_response({"receipt": told, "event_id": f"records:{position}"}, 201)
