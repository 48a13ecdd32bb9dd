"""Consents over HTTP: given and withdrawn by the portal that speaks for the subject (PRV-2)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response
from marshmallow import Schema, fields, validate

from application.commands.consents import GiveConsent
from interfaces.http.auth import authenticated
from interfaces.http.bodies import given_json, read_body
from interfaces.http.conventions import json_response, logged_refusals, receipt_of, replayed
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.queries import Subject, for_subject, identity_of
from interfaces.http.schema_fields import drawn_id
from interfaces.http.services import services

ITEMS_MAX = 60
blueprint = Blueprint("consents", __name__, url_prefix="/v1")


class Consent(Schema):
    """A consent (授权): whose, to whom, for what, how, over which items, until when; given freely."""

    consent = drawn_id()
    subject = fields.Nested(Subject, required=True)
    recipient = fields.String(required=True, validate=validate.Length(max=64))
    purpose = fields.String(required=True, validate=validate.Length(max=64))
    manner = fields.String(required=True, validate=validate.Length(max=400))
    items = fields.List(
        fields.String(validate=validate.Length(max=16)),
        required=True,
        validate=validate.Length(max=ITEMS_MAX),
    )
    until = fields.Date(metadata={"description": "截止日期，必填，不超过12个月 / the last day"})
    freely_given = fields.Boolean(required=True)


class Withdrawal(Schema):
    """Who takes a consent back."""

    subject = fields.Nested(Subject, required=True)


class ConsentReceipt(Schema):
    """What became of a consent."""

    consent = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf(["given", "withdrawn"]))


class ConsentAnswer(Schema):
    """The receipt, and where the act was recorded (left out when the request is repeated)."""

    receipt = fields.Nested(ConsentReceipt, required=True)
    event_id = fields.String()


@blueprint.post("/consents")
@operation(
    Operation(
        "作出授权",
        "Give a consent",
        Access.SUBJECT,
        "本人",
        {201: Answer("已记录", "recorded", json_of(ConsentAnswer))},
        takes=json_of(Consent),
        problems=(409,),
    )
)
def give() -> Response:
    """A subject consents to be looked up by a department (授权): stated whole, never for life, never forced."""
    body = read_body()
    caller = authenticated(body)
    if replay := replayed(caller, body):
        return replay
    with logged_refusals(caller, body):
        for_subject(caller)
    given = given_json(Consent(), body)
    command = GiveConsent(
        consent_id=given["consent"],
        identity=identity_of(given["subject"], "/subject"),
        recipient=given["recipient"],
        purpose=given["purpose"],
        manner=given["manner"],
        items=tuple(given["items"]),
        until=given.get("until"),
        freely_given=given["freely_given"],
    )
    told = {"consent": str(command.consent_id), "status": "given"}
    receipt = receipt_of(caller, body, told)
    position = services().consents.give(command, portal=caller.department, attempt=body, receipt=receipt)
    return json_response({"receipt": told, "event_id": f"records:{position}"}, 201)


@blueprint.post("/consents/<uuid:consent_id>/withdraw")
@operation(
    Operation(
        "撤回授权",
        "Withdraw a consent",
        Access.SUBJECT,
        "本人",
        {201: Answer("已撤回", "withdrawn", json_of(ConsentAnswer))},
        takes=json_of(Withdrawal),
        problems=(404, 409),
    )
)
def withdraw(consent_id: UUID) -> Response:
    """A subject takes its consent back (撤回授权): it opens nothing from now on."""
    body = read_body()
    caller = authenticated(body)
    if replay := replayed(caller, body):
        return replay
    with logged_refusals(caller, body):
        for_subject(caller)
    given = given_json(Withdrawal(), body)
    identity = identity_of(given["subject"], "/subject")
    told = {"consent": str(consent_id), "status": "withdrawn"}
    receipt = receipt_of(caller, body, told)
    with logged_refusals(caller, body):
        position = services().consents.withdraw(
            consent_id, identity, portal=caller.department, receipt=receipt
        )
    return json_response({"receipt": told, "event_id": f"records:{position}"}, 201)
