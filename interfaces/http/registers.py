"""The public registers over HTTP: pages of newest versions, one thing with all its versions and what differs.

Anyone may read them; a further register is its line in ``application.queries.registers.REGISTERS``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request
from marshmallow import Schema, ValidationError, fields, validate

from application.projections.registers import STANDARDS
from application.queries.pages import CURSOR_CHARACTERS_MAX, LIMIT_MAX, PageAsked
from application.queries.registers import REGISTERS, Register, Version, differences
from domain.shared.refusals import Defect, Refused
from interfaces.http.conventions import json_response
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.problems import ProblemError
from interfaces.http.schema_fields import count, date, text
from interfaces.http.services import services

TAG = "公开登记"
KEY = r"^[\x21-\x7e]{1,64}$"
blueprint = Blueprint("registers", __name__, url_prefix="/v1")


class RegisterQuestion(Schema):
    """Which page: at most how many things, after which key."""

    limit = fields.Integer(load_default=LIMIT_MAX, validate=validate.Range(min=1, max=LIMIT_MAX))
    after = fields.String(load_default="", validate=validate.Regexp(KEY))


class VersionsQuestion(Schema):
    """Between which two versions the difference is told; both left out: the last two."""

    before = fields.Integer(validate=validate.Range(min=1, max=2**31 - 1))
    later = fields.Integer(validate=validate.Range(min=1, max=2**31 - 1))


class ListQuestion(Schema):
    """Which page of a list."""

    limit = fields.Integer(load_default=LIMIT_MAX, validate=validate.Range(min=1, max=LIMIT_MAX))
    cursor = fields.String(load_default="", validate=validate.Length(max=CURSOR_CHARACTERS_MAX))


class RegisterVersion(Schema):
    """One version of one thing in a register."""

    key = text("编码 / key")
    number = count("版本 / number of the version")
    from_day = text("生效日，无则为空 / first day, empty for none")
    until_day = text("截止日，无则为空 / last day, empty for none")
    position = count("账本位置 / position in the log")
    content = fields.Dict(required=True, keys=fields.String())


class RegisterAnswer(Schema):
    """The newest version of each thing, by key."""

    entries = fields.List(fields.Nested(RegisterVersion), required=True)
    next = text("下一页的 after / `after` of the next page", required=False)


class RegisterDifference(Schema):
    """One member that differs; null where a version does not have it."""

    field = text("数据项 / member")
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class VersionsAnswer(Schema):
    """All versions of one thing, and what differs between two of them."""

    versions = fields.List(fields.Nested(RegisterVersion), required=True)
    compared = fields.List(fields.Integer(), required=True)
    differences = fields.List(fields.Nested(RegisterDifference), required=True)


class ListEntry(Schema):
    """Who is on a list: the listing and what anyone is shown of it."""

    listing = fields.UUID(required=True)
    position = count("账本位置 / position in the log")
    until = date("最后一日，无则为空 / last day, null for none")
    shown = fields.Dict(required=True, keys=fields.String())


class ListAnswer(Schema):
    """A public list, newest first."""

    list = text("名单 / the list")
    entries = fields.List(fields.Nested(ListEntry), required=True)
    next = text("下一页的 cursor / `cursor` of the next page", required=False)


def asked(schema: Schema) -> dict[str, Any]:
    """The query string as its schema loads it. Raises ``Refused`` (FORMAT) naming what is wrong."""
    try:
        found: dict[str, Any] = schema.load(request.args.to_dict())
    except ValidationError as error:
        name = next((n for n in error.messages_dict if n in schema.fields), "query")
        raise Refused(Defect("FORMAT", "member_invalid", name, {"where": name})) from None
    return found


def known_key(key: str) -> str:
    """A key as it may stand in a register. Raises 404 for any other text."""
    if re.fullmatch(KEY[1:-1], key) is None:
        raise ProblemError(404, "register-unknown", Defect("FORMAT", "register_unknown"))
    return key


def versions_of(kind: str, key: str) -> list[Version]:
    """All versions of a thing. Raises 404 when there is none."""
    found = services().registers.versions(kind, known_key(key))
    if not found:
        raise ProblemError(404, "register-unknown", Defect("FORMAT", "register_unknown"))
    return found


def compared(versions: list[Version], given: Mapping[str, Any]) -> list[Version]:
    """The two versions between which the difference is told; none of a thing with one version only.

    Raises 404 for a version that there is not.
    """
    if not given:
        return versions[-2:] if len(versions) > 1 else []
    numbers = [given.get("before", versions[0].number), given.get("later", versions[-1].number)]
    found = {version.number: version for version in versions}
    if not set(numbers) <= found.keys():
        raise ProblemError(404, "register-unknown", Defect("FORMAT", "register_unknown"))
    return [found[number] for number in numbers]


def _page(register: Register) -> Callable[[], Response]:
    def page() -> Response:
        given = asked(RegisterQuestion())
        entries, following = services().registers.page(
            register.kind, after=given["after"], limit=given["limit"]
        )
        told = {"entries": [asdict(entry) for entry in entries]}
        return json_response({**told, **({"next": following} if following else {})}, 200)

    page.__doc__ = f"{register.en}: the newest version of each thing, by key. Public."
    return page


def _one(register: Register) -> Callable[[str], Response]:
    def one(key: str) -> Response:
        versions = versions_of(register.kind, key)
        two = compared(versions, asked(VersionsQuestion()))
        differ = differences(two[0].content, two[1].content) if two else []
        told = {
            "versions": [asdict(version) for version in versions],
            "compared": [version.number for version in two],
            "differences": [asdict(difference) for difference in differ],
        }
        return json_response(told, 200)

    one.__doc__ = f"{register.en}: all versions of one thing, and what differs between two. Public."
    return one


for _name, _register in REGISTERS.items():
    _listing, _single = _page(_register), _one(_register)
    operation(
        Operation(
            _register.zh,
            _register.en,
            Access.PUBLIC,
            TAG,
            {200: Answer("一页", "a page", json_of(RegisterAnswer))},
            problems=(400,),
            query=RegisterQuestion,
        )
    )(_listing)
    operation(
        Operation(
            f"{_register.zh}：各版本及差异",
            f"{_register.en}: versions and what differs",
            Access.PUBLIC,
            TAG,
            {200: Answer("各版本", "all versions", json_of(VersionsAnswer))},
            problems=(400, 404),
            query=VersionsQuestion,
        )
    )(_single)
    blueprint.add_url_rule(f"/{_name}", endpoint=_name, view_func=_listing)
    blueprint.add_url_rule(f"/{_name}/<key>", endpoint=f"{_name}-one", view_func=_single)


@blueprint.get("/lists/<key>")
@operation(
    Operation(
        "名单公示",
        "A public list",
        Access.PUBLIC,
        TAG,
        {200: Answer("一页", "a page, newest first", json_of(ListAnswer))},
        problems=(400, 404),
        query=ListQuestion,
    )
)
def public_list(key: str) -> Response:
    """Who is on a serious dishonesty list (严重失信主体名单) or a red list (红名单), as far as its standard makes it
    public. Public."""
    given = asked(ListQuestion())
    versions_of(STANDARDS, key)
    page = services().public.listed(key, PageAsked(given["limit"], given["cursor"]))
    entries = [
        {
            "listing": str(entry.record_id),
            "position": entry.position,
            "until": entry.until.isoformat() if entry.until else None,
            "shown": entry.shown,
        }
        for entry in page.entries
    ]
    following = {"next": page.next} if page.next else {}
    return json_response({"list": key, "entries": entries, **following}, 200)
