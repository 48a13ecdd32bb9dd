"""One determination by itself, sealed by its department: recorded at once or refused with every reason."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response
from marshmallow import Schema, fields, validate

from application.commands.intake import Intake
from application.commands.seals import SealOfAct
from domain.shared.canonical import NotCanonical
from domain.shared.refusals import Defect, Refused
from domain.transparency.merkle import leaf_hash
from domain.transparency.sealed_file import SealedRow
from interfaces.http.auth import Caller, authenticated
from interfaces.http.bodies import given_json, read_body
from interfaces.http.conventions import json_response, logged_refusals, receipt_of, replayed
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.intake_schemas import ActAnswer
from interfaces.http.schema_fields import drawn_id
from interfaces.http.services import services
from interfaces.http.telemetry import note

blueprint = Blueprint("determinations", __name__, url_prefix="/v1")


def _hex(digits: int) -> fields.String:
    return fields.String(required=True, validate=validate.Regexp(rf"^[0-9a-f]{{{digits}}}$"))


class Determination(Schema):
    """A sealed act: form, record id, salt and parts (STORAGE 1), and the department's signature (leaf 01)."""

    ledger = _hex(32)
    form = fields.String(required=True)
    record = drawn_id()
    salt = _hex(64)
    parts = fields.Dict(
        required=True,
        keys=fields.String(validate=validate.Regexp(r"^[\x21-\x7e]{1,64}$")),
        values=fields.Dict(),
        validate=validate.Length(min=1),
    )
    issuer = _hex(16)
    signature = _hex(128)


@blueprint.post("/determinations")
@operation(
    Operation(
        "记录一项认定",
        "Record a determination",
        Access.DEPARTMENT,
        "认定",
        {
            200: Answer("此前已记录", "recorded before", json_of(ActAnswer), ("Idempotency-Replayed",)),
            201: Answer("已记录", "recorded", json_of(ActAnswer), ("Idempotency-Replayed",)),
        },
        takes=json_of(Determination),
        headers={"Credit-Official": False},
    )
)
def determine() -> Response:
    """Record one sealed determination (认定). 201 recorded, 200 recorded before word for word, 422 refused."""
    body = read_body()
    caller = authenticated(body)
    if replay := replayed(caller, body):
        return replay
    return _record(caller, body, _parsed(body))


def _parsed(body: bytes) -> SealOfAct:
    given = given_json(Determination(), body)
    record: UUID = given["record"]
    row = SealedRow(0, record, bytes.fromhex(given["salt"]), given["parts"], data_row=1, sheet_row=1)
    return SealOfAct(
        row=row,
        ledger_id=bytes.fromhex(given["ledger"]),
        form=given["form"],
        issuer=bytes.fromhex(given["issuer"]),
        signature=bytes.fromhex(given["signature"]),
    )


def _record(caller: Caller, body: bytes, seal: SealOfAct) -> Response:
    found = services()
    try:
        with logged_refusals(caller, body):
            intake = Intake(
                found.ledger,
                found.forms,
                seal,
                department=caller.department,
                verify=found.verify,
                calendar=found.calendar,
                settings=found.settings.defaults,
                officer=caller.signed_header("Credit-Official"),
            )
            *_, report = intake.take([seal.row])
            note().rows = {"taken": report.taken, "already": report.already, "refused": len(report.refused)}
            if report.refused:
                raise Refused(*report.refused[0].defects)
    except NotCanonical:
        raise Refused(Defect("FORMAT", "row_not_canonical", "/parts")) from None
    status = 201 if report.taken else 200
    receipt: dict[str, object] = {"record": str(seal.row.record_id), "status": "recorded"}
    if report.taken:
        leaf = seal.leaf(seal.commitments()[0], 0)
        receipt |= {
            "event_id": f"records:{report.last_position}",
            "position": report.last_position,
            "late": bool(report.late),
            "leaf_hash": leaf_hash(leaf).hex(),
        }
    else:
        receipt["status"] = "already"
    intake.finish(receipt_of(caller, body, receipt, status=status))
    return json_response({"receipt": receipt}, status)
