"""Pages and ``as_of`` over HTTP: what a question for a page says, how a page answers, and where no past is told.

The routes that read use it; cursors are read and written by ``application/queries/pages.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, Response, current_app, request
from marshmallow import Schema, fields, validate

from application.queries.as_of import AS_OF_CHARACTERS_MAX
from application.queries.pages import CURSOR_CHARACTERS_MAX, LIMIT_MAX, Page, PageAsked
from application.queries.told import told_page
from domain.shared.refusals import Defect, Refused
from interfaces.http.bodies import given_json
from interfaces.http.conventions import json_response
from interfaces.http.describing import Access, described

AS_OF = "as_of"
READING = (Access.QUERY, Access.SUBJECT, Access.OFFICER, Access.CASE)
PORTAL = "portal"


class PageQuestion(Schema):
    """Which page of a list: at most how many entries, going on where the page before ended."""

    limit = fields.Integer(
        strict=True,
        validate=validate.Range(min=1, max=LIMIT_MAX),
        metadata={
            "description": f"每页至多几项，默认 {LIMIT_MAX} / entries of a page, {LIMIT_MAX} if left out"
        },
    )
    cursor = fields.String(
        validate=validate.Length(min=1, max=CURSOR_CHARACTERS_MAX),
        metadata={"description": "上一页答复中的 next / `next` of the page before, with the same question"},
    )


class AsOf(Schema):
    """A past instant or position."""

    as_of = fields.String(
        validate=validate.Length(min=1, max=AS_OF_CHARACTERS_MAX),
        metadata={
            "description": "过去的时刻（RFC 3339，含时区）或账本位置 / a past instant (RFC 3339 with its offset) or"
            " a position of the records log"
        },
    )


def asked_page(given: Mapping[str, Any]) -> PageAsked:
    """The page that a loaded question asks for."""
    return PageAsked(given.get("limit", LIMIT_MAX), given.get("cursor", ""), given.get(AS_OF, ""))


def page_response(name: str, entries: Sequence[Any], page: Page[Any], **more: Any) -> Response:
    """A page under the name of its entries; ``next`` only when there are more, the receipt where it is a look."""
    response = json_response(told_page(name, entries, page, **more), 200)
    if page.receipt:
        response.headers["Credit-Receipt"] = f"access:{page.receipt}"
    return response


def read_json(schema: Schema, body: bytes) -> dict[str, Any]:
    """The body of a question as its schema loads it.

    Raises ``Refused``: as ``given_json``, and for ``as_of`` where the schema has no such member.
    """
    if AS_OF not in schema.fields and AS_OF in _members(body):
        raise _not_allowed()
    return given_json(schema, body)


def _members(body: bytes) -> Mapping[str, Any]:
    """The members of a JSON object; none for anything else, which the schema refuses."""
    try:
        members = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return members if isinstance(members, dict) else {}


def register(app: Flask) -> None:
    """Refuse ``as_of`` in the address of whatever shows records: the public pages, and every signed question."""

    @app.before_request
    def no_past_in_addresses() -> None:
        if AS_OF not in request.args or request.endpoint is None:
            return
        said = described(current_app.view_functions[request.endpoint])
        if request.blueprint == PORTAL or (said is not None and said.access in READING):
            raise _not_allowed()


def _not_allowed() -> Refused:
    return Refused(Defect("REP-5", "as_of_not_allowed", AS_OF))
