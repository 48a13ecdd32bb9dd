"""Governing over HTTP: an officer of the credit office registers who takes part, and what was made nationally (DET-5).

Each act is sealed by the office's own key over the event that it becomes; what stands so already is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response
from marshmallow import Schema, fields, validate

from application.commands.contents import CONTENTS
from application.commands.governance import Governance
from application.commands.office_acts import OfficeDesk, Sent
from application.ports import Conflict, Receipt
from domain.listing.standards import DEPARTMENT_RANKS, TEXT_CHARACTERS_MAX
from domain.parties.registration import DEPARTMENT_ROLES, NAME_CHARACTERS_MAX, OFFICER_ROLES
from interfaces.http.auth import authenticated
from interfaces.http.bodies import given_json, read_body
from interfaces.http.conventions import json_response, kept_receipt, logged_refusals, receipt_of
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.schema_fields import hexadecimal
from interfaces.http.services import services

TAG = "登记"
JSON_BYTES_MAX = 1 << 18
WORD_CHARACTERS_MAX = 64
RECORDED, STANDS = "recorded", "stands"
blueprint = Blueprint("governing", __name__, url_prefix="/v1")


def _said(most: int, about: str = "") -> fields.String:
    metadata = {"description": about} if about else {}
    return fields.String(required=True, validate=validate.Length(min=1, max=most), metadata=metadata)


def _one_of(zh: str, en: str, values: tuple[str, ...]) -> fields.String:
    return _said(WORD_CHARACTERS_MAX, f"{zh}：{'、'.join(values)} / {en}: one of these")


class OfficeSealed(Schema):
    """The office's own seal over the event."""

    salt = hexadecimal("盐 / salt", 64)
    issuer = hexadecimal("签名密钥编号 / issuer id of the key", 16)
    signature = hexadecimal("签名 / signature", 128)


class RegisteredDepartment(OfficeSealed):
    """A department that takes part."""

    code = _said(WORD_CHARACTERS_MAX)
    name = _said(NAME_CHARACTERS_MAX)
    role = _one_of("角色", "role", DEPARTMENT_ROLES)


class RankedDepartment(OfficeSealed):
    """Of which rank a department is, by which document, and whether it belongs to the joint meeting."""

    code = _said(WORD_CHARACTERS_MAX)
    rank = _one_of("层级", "rank", DEPARTMENT_RANKS)
    basis = _said(TEXT_CHARACTERS_MAX, "所据文件，公开 / the document that says so, public")
    member = fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "是否联席会议成员单位 / whether it is a member of the joint meeting"},
    )


class FirstKey(OfficeSealed):
    """The key with which a department begins to sign, and its days, both included."""

    department = _said(WORD_CHARACTERS_MAX, "部门的统一社会信用代码 / code of the department")
    public_key = hexadecimal("公钥（Ed25519） / the public key", 64)
    not_before = fields.Date(required=True, metadata={"description": "自何日起 / its first day"})
    not_after = fields.Date(required=True, metadata={"description": "截止日期，至多五年 / its last day"})


class RegisteredOfficer(OfficeSealed):
    """An officer; the name is sealed as personal data and told to nobody."""

    department = _said(WORD_CHARACTERS_MAX, "所在部门的代码 / code of the department")
    pseudonym = _said(WORD_CHARACTERS_MAX, "代号，对外只用代号 / the pseudonym, the only name outside")
    role = _one_of("角色", "role", OFFICER_ROLES)
    name = _said(NAME_CHARACTERS_MAX, "姓名，密封保存 / the name, kept under seal")


class RegisteredPurpose(OfficeSealed):
    """A purpose of queries."""

    code = _said(WORD_CHARACTERS_MAX, "用途代码 / code of the purpose")
    zh = _said(NAME_CHARACTERS_MAX, "中文 / in Chinese")
    en = _said(NAME_CHARACTERS_MAX, "英文 / in English")


class AdoptedVersion(OfficeSealed):
    """The next version of what is made nationally, whole."""

    what = _one_of("何种版本", "of what", tuple(CONTENTS))
    content = fields.Dict(required=True, keys=fields.String())


class GoverningReceipt(Schema):
    """What became of it: ``recorded``, or ``stands`` where nothing was added."""

    act = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf((RECORDED, STANDS)))
    stream = fields.UUID(metadata={"description": "事件流编号 / stream of the act"})
    version = fields.Integer(metadata={"description": "在事件流中的次序 / its place in the stream"})


class GoverningAnswer(Schema):
    """The receipt, and where the act was recorded (left out where nothing was)."""

    receipt = fields.Nested(GoverningReceipt, required=True)
    event_id = fields.String()


def _ranked(office: Governance, given: dict[str, Any]) -> bool:
    return office.rank_department(given.pop("code"), **given)


def _first_key(office: Governance, given: dict[str, Any]) -> bool:
    return office.register_first_key(**{**given, "public_key": bytes.fromhex(given["public_key"])})


def _adopted(office: Governance, given: dict[str, Any]) -> bool:
    office.adopt(given["what"], given["content"])
    return True


Act = Callable[[Governance, dict[str, Any]], bool]
ACTS: Mapping[str, tuple[str, str, str, type[OfficeSealed], Act, str]] = {
    "register_department": (
        "/departments", "登记部门", "Register a department", RegisteredDepartment,
        lambda office, given: office.register_department(**given),
        "The credit office registers a department that takes part (登记部门, DET-5).",
    ),
    "rank_department": (
        "/department-ranks", "登记部门层级", "Register a department's rank", RankedDepartment, _ranked,
        "The credit office registers of which rank a department is, and whether a member of the joint meeting"
        " (部门层级, LST-7; 成员单位, CAT-3).",
    ),
    "register_first_key": (
        "/department-keys", "登记部门首把密钥", "Register a department's first key", FirstKey, _first_key,
        "The credit office registers the key with which a department begins to sign (首把密钥, DET-5); while it has a"
        " live one, it asks for the next itself.",
    ),
    "register_officer": (
        "/officers", "登记工作人员", "Register an officer", RegisteredOfficer,
        lambda office, given: office.register_officer(**given),
        "The credit office registers an officer of a department; the name is kept under seal (登记工作人员, DET-5).",
    ),
    "register_purpose": (
        "/purposes", "登记用途", "Register a purpose", RegisteredPurpose,
        lambda office, given: office.register_purpose(**given),
        "The credit office registers a purpose of queries (登记用途, QRY-1).",
    ),
    "adopt_version": (
        "/adoptions", "采用国家版本", "Adopt a national version", AdoptedVersion, _adopted,
        "The credit office enters the next version of a catalogue item, list's standard or measure that was made"
        " nationally (采用国家版本, CAT-6, LST-2, MEA-1).",
    ),
}  # fmt: skip
"""Name -> path, names, body, command and description of every act of governing over HTTP."""


def _acting(name: str, schema: Schema, act: Act) -> Callable[[], Response]:
    """A route's function: the officer, the body, one command under the seal that was sent."""

    def view() -> Response:
        body = read_body(JSON_BYTES_MAX)
        caller = authenticated(body)
        if kept := kept_receipt(caller, body):
            return _replayed(kept)
        officer, found = caller.signed_header("Credit-Official"), services()
        desk = OfficeDesk(found.ledger, found.verify)
        with logged_refusals(caller, body):
            desk.require_office(officer, caller.department)
        given = given_json(schema, body)
        seal = {part: bytes.fromhex(given.pop(part)) for part in ("salt", "issuer", "signature")}

        def receipt(status: str) -> Receipt:
            told = {"act": name, "status": status}
            return receipt_of(caller, body, told)

        sent = Sent(
            **seal,
            department=caller.department,
            officer=officer,
            receipt=receipt(RECORDED),
            verify=found.verify,
        )
        office = Governance(found.ledger, sent=sent)
        try:
            with logged_refusals(caller, body):
                if not act(office, given):
                    desk.keep(receipt(STANDS))
        except Conflict:
            if kept := kept_receipt(caller, body):  # a twin of the request came first
                return _replayed(kept)
            raise
        return _told(office.receipt or receipt(STANDS))

    return view


def _told(kept: Receipt) -> Response:
    """The receipt in one order, as the database keeps none, and where its act stands: the same whenever it is asked."""
    told = dict(sorted(kept.receipt.items()))
    where = {}
    if "stream" in told:
        rows = services().ledger.store.load("records", UUID(str(told["stream"])))
        position = next(row.position for row in rows if row.stream_version == told["version"])
        where = {"event_id": f"records:{position}"}
    return json_response({"receipt": told, **where}, kept.status)


def _replayed(kept: Receipt) -> Response:
    answer = _told(kept)
    answer.headers["Idempotency-Replayed"] = "true"
    return answer


for _name, (_path, _zh, _en, _schema, _act, _about) in ACTS.items():
    _view = _acting(_name, _schema(), _act)
    _view.__doc__ = _about
    operation(
        Operation(
            _zh,
            _en,
            Access.OFFICER,
            TAG,
            {
                201: Answer(
                    "已登记，或已是如此", "recorded, or it stands so already", json_of(GoverningAnswer)
                )
            },
            takes=json_of(_schema),
            problems=(409,),
        )
    )(_view)
    blueprint.add_url_rule(_path, endpoint=_name, view_func=_view, methods=["POST"])
