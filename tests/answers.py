"""Every answer of a test's service, held to what its route says of itself.

``Web`` puts :class:`Held` before the application, so that each test of the suite is one of the description too:
a status, content type, member or missing member that is not described fails it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from flask import Flask
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_options_header

from interfaces.http.describing import Content, Operation, Raw, described
from interfaces.http.openapi import PROBLEMS
from interfaces.http.problems import MEDIA_TYPE
from interfaces.http.schemas import Problem

Start = Callable[..., Any]


class Held:
    """The WSGI application with every answer looked at; raises ``AssertionError`` into the test."""

    def __init__(self, app: Flask) -> None:
        self._app, self._inner = app, app.wsgi_app

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Answer as the application does."""
        seen: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            seen.update(
                status=int(status[:3]), media=parse_options_header(dict(headers).get("Content-Type"))[0]
            )
            return start_response(status, headers, *more)

        body = self._inner(environ, start)
        said = self._said(environ)
        if said is None or environ["REQUEST_METHOD"] in ("HEAD", "OPTIONS"):
            return body
        if seen["media"] == "application/x-ndjson":
            return _lines(body, said.gives[seen["status"]].content[seen["media"]])
        whole = b"".join(body)
        getattr(body, "close", lambda: None)()
        conforms(said, seen["status"], seen["media"], whole)
        return [whole]

    def _said(self, environ: dict[str, Any]) -> Operation | None:
        """What the route of a request says of itself; None where no described route is meant."""
        try:
            endpoint, _ = self._app.create_url_adapter(self._app.request_class(environ)).match()  # type: ignore[union-attr]
        except HTTPException:
            return None
        return described(self._app.view_functions[endpoint])


def conforms(said: Operation, status: int, media: str, body: bytes) -> None:
    """Raise ``AssertionError`` unless the description has this status, content type and shape."""
    if status in said.gives:
        content = said.gives[status].content
        if not content:
            assert not body and not media
            return
        assert media in content, f"{status} {media} is not described"
        shaped(content[media], body)
        return
    assert status in {*PROBLEMS[said.access], *said.problems}, f"{status} is not described: {body[:300]!r}"
    assert media == MEDIA_TYPE
    shaped(Problem, body)
    assert json.loads(body)["status"] == status


def shaped(content: Content, body: bytes) -> None:
    """Raise ``AssertionError`` unless a body has a described shape."""
    if isinstance(content, Raw):
        assert body
        return
    schemas = content if isinstance(content, tuple) else (content,)
    if not any(_made(schema).fields for schema in schemas):
        assert isinstance(json.loads(body), dict)
        return
    wrong = [_errors(schema, body) for schema in schemas]
    assert not all(wrong), wrong


@cache
def _made(schema: type[Schema]) -> Schema:
    """A schema, whose fields are copied once and not for each answer."""
    return schema()


def _errors(schema: type[Schema], body: bytes) -> object:
    try:
        _made(schema).loads(body)
    except ValidationError as error:
        return f"{schema.__name__}: {error.messages}"
    return None


def _lines(body: Iterable[bytes], content: Content) -> Iterator[bytes]:
    """The lines of a stream, each looked at when it leaves."""
    try:
        for line in body:
            shaped(content, line)
            yield line
    finally:
        getattr(body, "close", lambda: None)()
