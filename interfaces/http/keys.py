"""Keys over HTTP: a department registers its own next key, by a request that its present key signed (DET-5).

The credit office goes on registering keys as before; this is for a change that needs nobody else.
"""

from __future__ import annotations

from flask import Blueprint, Response
from marshmallow import Schema, fields, validate

from application.commands.key_changes import RegisterNextKey, Succession
from domain.transparency.leaf import issuer_id
from interfaces.http.auth import authenticated
from interfaces.http.bodies import given_json, read_body
from interfaces.http.conventions import json_response, logged_refusals, receipt_of, replayed
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.schema_fields import hexadecimal
from interfaces.http.services import services

JSON_BYTES_MAX = 1 << 16
blueprint = Blueprint("keys", __name__, url_prefix="/v1/keys")


class NextKey(Schema):
    """A department's next key and its last day, signed by the present key (``asked``) and the new one (``possession``)
    over ``credit/key-succession/v1``."""

    public_key = hexadecimal("新公钥（Ed25519） / the new public key", 64)
    not_after = fields.Date(required=True, metadata={"description": "截止日期，至多五年 / its last day"})
    asked = hexadecimal("现用密钥的签名 / the present key's signature", 128)
    possession = hexadecimal("新密钥的签名 / the new key's signature", 128)


class KeyReceipt(Schema):
    """What became of it: the new key's issuer id; ``registered``, both keys are good from now on."""

    issuer = hexadecimal("密钥编号 / issuer id", 16)
    status = fields.String(required=True, validate=validate.Equal("registered"))


class KeyAnswer(Schema):
    """The receipt, and where the act was recorded (left out when it stood already)."""

    receipt = fields.Nested(KeyReceipt, required=True)
    event_id = fields.String()


@blueprint.post("")
@operation(
    Operation(
        "登记本部门的下一把密钥",
        "Register the department's next key",
        Access.DEPARTMENT,
        "密钥",
        {201: Answer("已登记", "registered", json_of(KeyAnswer))},
        takes=json_of(NextKey),
        problems=(409,),
    )
)
def register_next_key() -> Response:
    """A department registers its next key (密钥接续): its present key asks, the new one shows that it is held."""
    body = read_body(JSON_BYTES_MAX)
    caller = authenticated(body)
    if replay := replayed(caller, body):
        return replay
    given = given_json(NextKey(), body)
    command = RegisterNextKey(
        public_key=bytes.fromhex(given["public_key"]),
        not_after=given["not_after"],
        asked=bytes.fromhex(given["asked"]),
        possession=bytes.fromhex(given["possession"]),
    )
    told = {"issuer": issuer_id(command.public_key).hex(), "status": "registered"}
    receipt = receipt_of(caller, body, told)
    succession = Succession(services().ledger, services().verify)
    with logged_refusals(caller, body):
        position = succession.register(
            command, department=caller.department, present=caller.issuer, receipt=receipt
        )
    where = {} if position is None else {"event_id": f"records:{position}"}
    return json_response({"receipt": told, **where}, 201)
