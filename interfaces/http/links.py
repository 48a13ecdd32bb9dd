"""Linked persons over HTTP: the determining department links a person to a serious record by its sealed act (DET-7)."""

from __future__ import annotations

from flask import Blueprint, Response
from marshmallow import Schema, fields, validate

from application.commands.acts import Once
from application.commands.links import LinkPerson, Links
from interfaces.http.auth import authenticated
from interfaces.http.bodies import given_json, read_body
from interfaces.http.conventions import fingerprint, json_response, logged_refusals, replayed
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.remedies import sealed_act
from interfaces.http.remedy_schemas import SealedByDepartment
from interfaces.http.schema_fields import drawn_id
from interfaces.http.services import services

blueprint = Blueprint("links", __name__, url_prefix="/v1")


class LinkedPerson(SealedByDepartment):
    """A link as its department sealed it under the id ``link``: the public part says ``record``, ``links`` (the leaf
    hash of the record's present content), ``role``, ``basis``; person/1 ``name``, ``id_type``, ``id_number``."""

    link = drawn_id()
    record = fields.UUID(required=True)


class LinkReceipt(Schema):
    """The link, which is also the id by which the person linked asks for remedies."""

    link = fields.UUID(required=True)
    record = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.Equal("recorded"))


class LinkAnswer(Schema):
    """The receipt, and where the act was recorded (left out when the request is repeated)."""

    receipt = fields.Nested(LinkReceipt, required=True)
    event_id = fields.String()


@blueprint.post("/record-links")
@operation(
    Operation(
        "关联责任人",
        "Link a responsible person",
        Access.DEPARTMENT,
        "认定",
        {201: Answer("已记录", "recorded", json_of(LinkAnswer), ("Idempotency-Replayed",))},
        takes=json_of(LinkedPerson),
        problems=(409,),
        headers={"Credit-Official": False},
    )
)
def link_person() -> Response:
    """Link a person to an organisation's serious record (关联责任人): never public, ended by what ends the record."""
    body = read_body()
    caller = authenticated(body)
    if replay := replayed(caller, body):
        return replay
    given = given_json(LinkedPerson(), body)
    with logged_refusals(caller, body):
        command = LinkPerson(
            given["link"],
            given["record"],
            caller.department,
            sealed_act(given),
            officer=caller.signed_header("Credit-Official"),
        )
        once = Once(caller.department, caller.idempotency_key, fingerprint(body))
        position = Links(services().desk()).link(command, once)
    told = {"link": str(command.link_id), "record": str(command.record_id), "status": "recorded"}
    return json_response({"receipt": told, "event_id": f"records:{position}"}, 201)
