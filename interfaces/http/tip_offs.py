"""Tip-offs of the public over HTTP: anyone files and follows, named handlers open and handle (WHS-1).

Filing and following need no login and leave no line in any log; an opening is committed before it opens.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response
from marshmallow import Schema, fields, validate

from application.commands.tip_offs import TipOffs
from application.ports import Receipt
from application.queries.pages import Cursors, Page, Place
from domain.access.model import TIP_OFFS
from domain.oversight.tip_offs import REASON_MAX, SEALED, STEPS, TEXT_MAX, TipOff, TipOffOpened
from domain.parties.acting import SHORT_CHARACTERS_MAX, Officer
from domain.shared.city_time import city_day
from domain.shared.refusals import Defect
from interfaces.http.auth import Caller, authenticated
from interfaces.http.bodies import given_json, read_body
from interfaces.http.conventions import json_response, logged_refusals, receipt_of, replayed
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.paging import PageQuestion, asked_page, page_response, read_json
from interfaces.http.problems import ProblemError
from interfaces.http.queries import for_purpose
from interfaces.http.remedies import version_of
from interfaces.http.schema_fields import count, hexadecimal, text
from interfaces.http.schemas import Paged
from interfaces.http.services import services

TAG = "举报"
BODY_BYTES_MAX = 64 << 10
blueprint = Blueprint("tip_offs", __name__, url_prefix="/v1/tip-offs")


class Reporter(Schema):
    """Who reports, as far as that is said."""

    name = fields.String(load_default="", validate=validate.Length(max=SHORT_CHARACTERS_MAX))
    contact = fields.String(load_default="", validate=validate.Length(max=SHORT_CHARACTERS_MAX))


class FiledTipOff(Schema):
    """A tip-off: about whom, what happened, and who says so, if that is to be said."""

    about = fields.String(required=True, validate=validate.Length(min=1, max=SHORT_CHARACTERS_MAX))
    code = fields.String(load_default="", validate=validate.Regexp(r"^([0-9A-Z]{18})?$"))
    text = fields.String(required=True, validate=validate.Length(min=1, max=TEXT_MAX))
    reporter = fields.Nested(Reporter, load_default=lambda: {"name": "", "contact": ""})


class TipOffReceipt(Schema):
    """The receipt (举报回执): keep both; the secret is told once."""

    number = fields.UUID(required=True)
    secret = hexadecimal("查询密码，仅此一次告知 / the secret, told this once", 40)


class FollowedTipOff(Schema):
    """Which tip-off, by its receipt."""

    number = fields.UUID(required=True)
    secret = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{40}$"))


class ToldOpening(Schema):
    """An opening of the seal: when, by whom, what, why."""

    on = fields.Date(required=True)
    department = text("部门 / department")
    officer = text("经办人代号 / the officer's pseudonym")
    shown = fields.List(fields.String(validate=validate.OneOf(sorted(SEALED))), required=True)
    reason = text("理由 / why")


class ToldStep(Schema):
    """A step: when, by which department, to whom it was forwarded, and what is said to the reporter."""

    on = fields.Date(required=True)
    step = fields.String(required=True, validate=validate.OneOf(sorted(STEPS)))
    department = text("部门 / department")
    to = text("转办部门，没有则为空 / forwarded to, empty for none")
    text = text("告知举报人的话，没有则为空 / what is said to the reporter, empty for nothing")


class TipOffState(Schema):
    """How a tip-off stands."""

    state = fields.String(required=True, validate=validate.OneOf(["filed", *sorted(STEPS)]))
    filed_on = fields.Date(required=True)
    department = text("现由哪个部门办理 / where it lies now")
    steps = fields.List(fields.Nested(ToldStep), required=True)
    openings = fields.List(fields.Nested(ToldOpening), required=True)


class ListedTipOff(TipOffState):
    """A tip-off in a list: nothing of what was reported."""

    number = fields.UUID(required=True)
    version = count("版本，办理时写入 If-Match / the version that a step names as If-Match")


class TipOffsAnswer(Paged):
    """Tip-offs, oldest first."""

    tip_offs = fields.List(fields.Nested(ListedTipOff), required=True)


class OpenedTipOff(Schema):
    """What is to be opened, and why."""

    show = fields.List(
        fields.String(validate=validate.OneOf(sorted(SEALED))),
        required=True,
        validate=validate.Length(min=1, max=2),
    )
    reason = fields.String(required=True, validate=validate.Length(min=1, max=REASON_MAX))


class OpenedAnswer(Schema):
    """What was opened, by part of the seal: ``reporter`` (name, contact), ``report`` (about, code, text)."""

    shown = fields.Dict(required=True, keys=fields.String(validate=validate.OneOf(sorted(SEALED))))
    receipt = fields.String(required=True, validate=validate.Regexp(r"^access:[1-9][0-9]*$"))


class HandledTipOff(Schema):
    """A step; ``to`` when it is forwarded, ``text`` for the reporter with an answer or a close."""

    step = fields.String(required=True, validate=validate.OneOf(sorted(STEPS)))
    to = fields.String(load_default="", validate=validate.Regexp(r"^([0-9A-Z]{18})?$"))
    text = fields.String(load_default="", validate=validate.Length(max=TEXT_MAX))


class StepReceipt(Schema):
    """What became of it."""

    number = fields.UUID(required=True)
    version = count("办理后的版本 / the version after the step")
    status = fields.String(required=True, validate=validate.OneOf(sorted(STEPS)))


class StepAnswer(Schema):
    """The receipt of a step."""

    receipt = fields.Nested(StepReceipt, required=True)


@blueprint.post("")
@operation(
    Operation(
        "举报严重失信行为",
        "Report serious dishonesty",
        Access.PUBLIC,
        TAG,
        {201: Answer("回执", "the receipt", json_of(TipOffReceipt))},
        takes=json_of(FiledTipOff),
        problems=(400, 413, 422),
        limits=("至多 64 KiB；每个地址每分钟 10 次。", "At most 64 KiB; ten a minute from one address."),
    )
)
def file_tip_off() -> Response:
    """Anyone reports serious dishonesty of an enterprise (举报); who reports is sealed to named handlers, or unsaid."""
    given = given_json(FiledTipOff(), _body())
    filed = (
        services()
        .tip_offs()
        .file(about=given["about"], code=given["code"], text=given["text"], **given["reporter"])
    )
    return json_response({"number": str(filed.number), "secret": filed.secret}, 201)


@blueprint.post("/follow-up")
@operation(
    Operation(
        "查询举报办理情况",
        "Follow a tip-off",
        Access.PUBLIC,
        TAG,
        {200: Answer("办理情况", "how it stands", json_of(TipOffState))},
        takes=json_of(FollowedTipOff),
        problems=(400, 404, 413),
    )
)
def follow_tip_off() -> Response:
    """State, steps and every opening of the seal, for whoever holds the receipt; everyone else gets one and the same
    404."""
    given = given_json(FollowedTipOff(), _body())
    return json_response(_told(services().tip_offs().follow(given["number"], given["secret"])), 200)


@blueprint.post("/list")
@operation(
    Operation(
        "举报清单",
        "The tip-offs",
        Access.OFFICER,
        TAG,
        {200: Answer("举报件，不含内容", "tip-offs, without what was reported", json_of(TipOffsAnswer))},
        takes=json_of(PageQuestion),
        headers={"Credit-Purpose": True},
    )
)
def list_tip_offs() -> Response:
    """Tip-offs that lie with a handler's department; the credit office is told all, with every opening of a seal."""
    body = read_body()
    caller = authenticated(body)
    ledger = services().ledger
    with logged_refusals(caller, body):
        for_purpose(caller, TIP_OFFS)
        asked = asked_page(read_json(PageQuestion(), body))
        officer = _officer(caller)
        cursors = Cursors(ledger.vault, "tip-offs", officer.department)
        begun = Place(ledger.store.head_of("access"), 0)
        place = cursors.read(asked.cursor) if asked.cursor else begun
        found, further = (
            services().tip_offs().listed(officer, after=place.after, through=place.begun, limit=asked.limit)
        )
    following = cursors.write(Place(place.begun, further)) if further else ""
    entries = [{"number": str(t.id), "version": t.version, **_told(t)} for _, t in found]
    return page_response("tip_offs", entries, Page(tuple(entries), following, place.begun))


@blueprint.post("/<uuid:number>/open")
@operation(
    Operation(
        "开启举报",
        "Open a tip-off",
        Access.OFFICER,
        TAG,
        {200: Answer("所开启的内容", "what was opened", json_of(OpenedAnswer), ("Credit-Receipt", "ETag"))},
        takes=json_of(OpenedTipOff),
        problems=(404,),
        headers={"Credit-Purpose": True},
    )
)
def open_tip_off(number: UUID) -> Response:
    """A named handler opens report or reporter (开启举报): recorded with its reason before anything opens; reporter and
    credit office are told."""
    body = read_body()
    caller = authenticated(body)
    with logged_refusals(caller, body):
        for_purpose(caller, TIP_OFFS)
        given = read_json(OpenedTipOff(), body)
        opened = (
            services().tip_offs().open(number, _officer(caller), show=given["show"], reason=given["reason"])
        )
    receipt = f"access:{opened.position}"
    answer = json_response({"shown": dict(opened.shown), "receipt": receipt}, 200)
    answer.headers["Credit-Receipt"] = receipt
    answer.headers["ETag"] = f'"{opened.version}"'
    return answer


@blueprint.post("/<uuid:number>/steps")
@operation(
    Operation(
        "办理举报",
        "Handle a tip-off",
        Access.OFFICER,
        TAG,
        {201: Answer("已记录", "recorded", json_of(StepAnswer), ("Idempotency-Replayed",))},
        takes=json_of(HandledTipOff),
        problems=(404, 412, 428),
        headers={"If-Match": True},
    )
)
def handle_tip_off(number: UUID) -> Response:
    """A named handler accepts, forwards, answers or closes (举报办理); nothing of it touches the subject's records."""
    body = _body()
    caller = authenticated(body)
    if replay := replayed(caller, body):
        return replay
    told: dict[str, Any] = {}
    with logged_refusals(caller, body):
        desk, officer = services().tip_offs(), _officer(caller)
        expected = _expected(caller, desk, number, officer)
        given = given_json(HandledTipOff(), body)

        def receipt(version: int) -> Receipt:
            told.update(number=str(number), version=version, status=given["step"])
            return receipt_of(caller, body, told)

        desk.handle(number, officer, expected=expected, receipt=receipt, **given)
    return json_response({"receipt": told}, 201)


def _expected(caller: Caller, desk: TipOffs, number: UUID, officer: Officer) -> int:
    """The version that was seen, for whom the tip-off concerns."""
    tag = caller.signed_header("If-Match")
    if not tag:
        raise ProblemError(428, "if-match", Defect("FORMAT", "if_match_missing", "If-Match"))
    desk.require_handler(officer)
    desk.require_concerned(number, officer)
    return version_of(tag)


def _body() -> bytes:
    return read_body(BODY_BYTES_MAX)


def _officer(caller: Caller) -> Officer:
    return Officer(caller.signed_header("Credit-Official"), caller.department)


def _told(tip_off: TipOff) -> dict[str, Any]:
    steps = [
        {
            "on": city_day(step.timestamp).isoformat(),
            "step": step.step,
            "department": step.department,
            "to": step.to or "",
            "text": step.text or "",
        }
        for step in tip_off.steps
    ]
    return {
        "state": tip_off.state,
        "filed_on": city_day(tip_off.filed_at).isoformat(),
        "department": tip_off.department,
        "steps": steps,
        "openings": [_opening(event) for event in tip_off.openings],
    }


def _opening(event: TipOffOpened) -> dict[str, Any]:
    return {
        "on": city_day(event.timestamp).isoformat(),
        "department": event.department,
        "officer": event.officer,
        "shown": event.shown,
        "reason": event.reason or "",
    }
