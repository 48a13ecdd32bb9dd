"""Evidence bundles over HTTP: for the department that determined or asked, and for subjects through their portal.

Every bundle is logged in its subject's list before it leaves; who checks it needs no account here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, Response
from marshmallow import Schema, fields, validate

from application.commands.subjects import Identity
from application.queries.evidence import NothingToProve
from application.queries.proofs import Told
from domain.access.model import OWN_RECORDS, Request
from domain.shared.refusals import Defect, Refused
from interfaces.http.auth import Caller, authenticated
from interfaces.http.bodies import read_body, require_used
from interfaces.http.conventions import logged_refusals
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.malformed import missing
from interfaces.http.paging import read_json
from interfaces.http.queries import Subject, asked_of, for_purpose, for_subject, identity_of
from interfaces.http.services import services

OF_RECORD = frozenset({"record", "show"})
USED: Mapping[str, frozenset[str]] = {
    "recorded": OF_RECORD,
    "shielded": OF_RECORD,
    "erased": OF_RECORD,
    "who_looked": frozenset(),
    "answered": frozenset({"receipt"}),
}
"""The members that each claim needs or uses, beside who asks."""
CLAIMS = tuple(USED)
blueprint = Blueprint("evidence", __name__, url_prefix="/v1")


class EvidenceQuestion(Schema):
    """What is to be proven: ``record`` (of ``shielded`` also a listing) and the parts to ``show`` for the first three
    claims, ``receipt`` of the answer for the last; ``subject`` by a portal only. Any other member is refused, so that
    nobody believes that it counted."""

    claim = fields.String(required=True, validate=validate.OneOf(CLAIMS))
    record = fields.UUID()
    show = fields.List(
        fields.String(validate=validate.Regexp(r"^[a-z]+(/[0-9]+)?$")),
        validate=validate.Length(max=8),
        metadata={"description": "要公开的部分 / parts to show, such as public"},
    )
    receipt = fields.String(validate=validate.Regexp(r"^access:[1-9][0-9]{0,18}$"))
    subject = fields.Nested(Subject)


class EvidenceBundle(Schema):
    """A bundle (证据包), as docs/verification/evidence-bundle.md describes it."""

    format = fields.String(required=True, validate=validate.Equal("xinlu/evidence@v1"))
    ledger = fields.String(required=True)
    authority = fields.String(required=True)
    claims = fields.List(fields.Dict(), required=True)
    leaves = fields.Dict(required=True)
    checkpoints = fields.Dict(required=True)
    epoch = fields.Dict()
    timestamps = fields.Dict()


@blueprint.post("/evidence")
@operation(
    Operation(
        "证据包：供离线验证",
        "An evidence bundle, to be verified offline",
        Access.CASE,
        "透明日志",
        {200: Answer("证据包", "the bundle", json_of(EvidenceBundle), ("Credit-Receipt",))},
        takes=json_of(EvidenceQuestion),
        problems=(404, 409),
        headers={"Credit-Purpose": True, "Credit-Official": False, "Credit-On-Behalf-Of": False},
    )
)
def evidence() -> Response:
    """What one file proves to a stranger: that it was recorded, is gone from every view, who looked, was answered.

    A department names officer and purpose; a portal on whose behalf it asks. 409: not in a signed tree yet.
    """
    body = read_body()
    caller = authenticated(body)
    with logged_refusals(caller, body):
        told = _told(caller, body)
    answer = Response(told.bundle + b"\n", content_type="application/json")
    answer.headers["Credit-Receipt"] = f"access:{told.position}"
    return answer


def _told(caller: Caller, body: bytes) -> Told:
    """The bundle, once it is sure who asks and why. What is not there and what is not theirs are told alike."""
    if caller.signed_header("Credit-On-Behalf-Of"):
        for_subject(caller)
        for_purpose(caller, OWN_RECORDS)
        ask: Callable[[dict[str, Any]], Told] = partial(_for_subject, caller.department)
    else:
        request = asked_of(caller)
        services().proofs.require(request)
        ask = partial(_for_department, request)
    try:
        return ask(read_json(EvidenceQuestion(), body))
    except NothingToProve:
        raise Refused(Defect("PRV-3", "nothing_to_prove", "/claim")) from None


def _for_subject(portal: str, asked: dict[str, Any]) -> Told:
    require_used(asked, USED[asked["claim"]] | {"claim", "subject"})
    proofs, identity = services().proofs, _identity(asked)
    if asked["claim"] == "who_looked":
        return proofs.of_looks(portal, identity)
    if asked["claim"] == "answered":
        raise _missing("/claim")
    return proofs.of_record_for_subject(
        portal, identity, _record(asked), asked["claim"], show=asked.get("show", [])
    )


def _for_department(request: Request, asked: dict[str, Any]) -> Told:
    require_used(asked, USED[asked["claim"]] | {"claim"})
    proofs = services().proofs
    if asked["claim"] == "answered":
        receipt = asked.get("receipt")
        if receipt is None:
            raise _missing("/receipt")
        return proofs.of_answer(request, int(receipt.partition(":")[2]))
    if asked["claim"] == "who_looked":
        raise _missing("/claim")
    return proofs.of_record_for_source(request, _record(asked), asked["claim"], show=asked.get("show", []))


def _record(asked: dict[str, Any]) -> UUID:
    record = asked.get("record")
    if not isinstance(record, UUID):
        raise _missing("/record")
    return record


def _identity(asked: dict[str, Any]) -> Identity:
    subject = asked.get("subject")
    if subject is None:
        raise _missing("/subject")
    return identity_of(subject, "/subject")


def _missing(where: str) -> Refused:
    return Refused(missing(where))
