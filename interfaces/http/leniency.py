"""Leniency assessments over HTTP: an officer of the department assesses a document, another one approves (DET-4).

The intake asks for what was assessed when the document is sent; nothing here names a person.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response
from marshmallow import Schema, fields, validate

from application.commands.intake import BATCH_ROWS
from application.commands.leniency import Decided, Leniency
from application.ports import Receipt
from domain.records.leniency import (
    EFFECTS,
    GROUNDS,
    NUMBER_CHARACTERS_MAX,
    REASON_CHARACTERS_MAX,
    Assessing,
    Assessment,
)
from interfaces.http.auth import Caller, authenticated
from interfaces.http.bodies import given_json, read_body
from interfaces.http.conventions import json_response, logged_refusals, receipt_of, replayed
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.services import services

ALSO_MAX = BATCH_ROWS - 1
STATES = ["waiting", "assessed", "approved", "withdrawn"]
blueprint = Blueprint("leniency", __name__, url_prefix="/v1/leniency-assessments")


class LeniencyAssessment(Schema):
    """An assessment of a document (从宽评估): authority and number as they will be sent, grounds, effect, reason.

    ``also`` are the numbers of that authority's other documents for which the very same holds. The reason identifies
    nobody: no name with an id number, telephone, address or state of health.
    """

    authority = fields.String(required=True, validate=validate.Regexp(r"^[0-9A-Z]{18}$"))
    number = fields.String(required=True, validate=validate.Length(min=1, max=NUMBER_CHARACTERS_MAX))
    also = fields.List(
        fields.String(validate=validate.Length(min=1, max=NUMBER_CHARACTERS_MAX)),
        validate=validate.Length(max=ALSO_MAX),
    )
    grounds = fields.List(
        fields.String(validate=validate.OneOf(GROUNDS)), required=True, validate=validate.Length(min=1, max=4)
    )
    effect = fields.String(required=True, validate=validate.OneOf(EFFECTS))
    reason = fields.String(required=True, validate=validate.Length(min=1, max=REASON_CHARACTERS_MAX))


class DecidedLeniency(Schema):
    """A decision on an assessment, and on others ``also`` that it is the same for; its officer is a signed header."""

    also = fields.List(fields.UUID(), validate=validate.Length(max=ALSO_MAX))


class LeniencyReceipt(Schema):
    """The assessment and how it stands: it waits for a second officer, or is in force, or was withdrawn.

    ``also`` are the others of the request, in its order.
    """

    assessment = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATES))
    also = fields.List(fields.UUID())


class LeniencyAnswer(Schema):
    """The receipt, and where the act was recorded (left out when the request is repeated)."""

    receipt = fields.Nested(LeniencyReceipt, required=True)
    event_id = fields.String()


def _described(zh: str, en: str, takes: type[Schema], *problems: int) -> Operation:
    answer = Answer("已记录", "recorded", json_of(LeniencyAnswer), ("Idempotency-Replayed",))
    return Operation(
        zh, en, Access.OFFICER, "从宽", {201: answer}, takes=json_of(takes), problems=(409, *problems)
    )


@blueprint.post("")
@operation(_described("评估从宽", "Assess leniency", LeniencyAssessment))
def assess_leniency() -> Response:
    """An officer assesses documents before they are recorded (从宽评估): a minor's is in force at once, the others
    once a second officer approves. Without one, neither a minor's document nor one of slight conduct is recorded."""

    def act(desk: Leniency, body: bytes, receipt: Told) -> Decided:
        given = given_json(LeniencyAssessment(), body)
        also = given.pop("also", [])
        return desk.assess(Assessing(**{**given, "grounds": tuple(given["grounds"])}), receipt, also=also)

    return _acted(act)


@blueprint.post("/<uuid:assessment_id>/approve")
@operation(_described("复核从宽评估", "Approve a leniency assessment", DecidedLeniency, 404))
def approve_leniency(assessment_id: UUID) -> Response:
    """Another officer of the department approves an assessment (复核): from then on it is in force."""
    return _acted(_deciding(assessment_id, "approved"))


@blueprint.post("/<uuid:assessment_id>/withdraw")
@operation(_described("撤回从宽评估", "Withdraw a leniency assessment", DecidedLeniency, 404))
def withdraw_leniency(assessment_id: UUID) -> Response:
    """An officer of the department takes an assessment back (撤回) before its document is recorded."""
    return _acted(_deciding(assessment_id, "withdrawn"))


Told = Callable[[tuple[Assessment, ...]], Receipt]
Act = Callable[[Leniency, bytes, Told], Decided]


def _deciding(assessment_id: UUID, decision: str) -> Act:
    def act(desk: Leniency, body: bytes, receipt: Told) -> Decided:
        also = given_json(DecidedLeniency(), body).get("also", [])
        return desk.decide(assessment_id, decision, receipt, also=also)

    return act


def _acted(act: Act) -> Response:
    body = read_body()
    caller = authenticated(body)
    if replay := replayed(caller, body):
        return replay
    with logged_refusals(caller, body):
        desk = Leniency(
            services().ledger, officer=caller.signed_header("Credit-Official"), department=caller.department
        )
        done = act(desk, body, lambda found: _receipt(caller, body, found))
    told = _told(done.assessments)
    return json_response({"receipt": told, "event_id": f"records:{done.position}"}, 201)


def _told(found: tuple[Assessment, ...]) -> dict[str, object]:
    first, *also = found
    others = {"also": [str(one.id) for one in also]} if also else {}
    return {"assessment": str(first.id), "status": first.state, **others}


def _receipt(caller: Caller, body: bytes, found: tuple[Assessment, ...]) -> Receipt:
    return receipt_of(caller, body, _told(found))
