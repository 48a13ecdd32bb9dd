"""The OpenAPI 3.1 document, made from the routes, what each says of itself, and the schemas that both name.

What all routes of a kind share stands here: signature, headers, limits, problems. It is served, committed and
tested to be whole.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from marshmallow import Schema
from werkzeug.routing import Rule

from domain.access.model import CASE_HANDLING
from interfaces.http import profile
from interfaces.http.describing import JSON, Access, Answer, Content, Operation, Raw, described
from interfaces.http.guide import describe_fields, guides
from interfaces.http.problems import MEDIA_TYPE, TITLES
from interfaces.http.schemas import Problem

VERSION = "1.0.0"
"""Of the interface under /v1, which only ever grows."""
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_EVERYONES = (429, 500, 503)
_SIGNED = (400, 401, 409, 413, 422)
PROBLEMS: Mapping[Access, tuple[int, ...]] = {
    Access.PUBLIC: _EVERYONES,
    Access.DEPARTMENT: (*_SIGNED, *_EVERYONES),
    Access.QUERY: (*_SIGNED, 403, *_EVERYONES),
    Access.SUBJECT: (*_SIGNED, 403, *_EVERYONES),
    Access.OFFICER: (*_SIGNED, 403, *_EVERYONES),
    Access.CASE: (*_SIGNED, 403, *_EVERYONES),
}
SIGNED_HEADERS: Mapping[Access, tuple[str, ...]] = {
    Access.PUBLIC: (),
    Access.DEPARTMENT: ("Idempotency-Key",),
    Access.QUERY: ("Idempotency-Key", "Credit-Purpose", "Credit-Official"),
    Access.SUBJECT: ("Idempotency-Key", "Credit-On-Behalf-Of"),
    Access.OFFICER: ("Idempotency-Key", "Credit-Official"),
    Access.CASE: ("Idempotency-Key",),
}
_PLACEHOLDER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
_PATH_TYPES: Mapping[str, dict[str, Any]] = {
    "UUIDConverter": {"type": "string", "format": "uuid"},
    "IntegerConverter": {"type": "integer", "minimum": 0},
}


def document(app: Flask) -> dict[str, Any]:
    """The document of every described route of ``app``; equal for equal code."""
    spec = APISpec(
        title="信录 Xinlu",
        version=VERSION,
        openapi_version="3.1.0",
        plugins=[MarshmallowPlugin(schema_name_resolver=_name)],
        info={"description": profile.DESCRIPTION},
        servers=[{"url": "/"}],
        tags=[{"name": name, "description": words} for name, words in profile.TAGS.items()],
    )
    _shared_components(spec)
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        said = described(app.view_functions[rule.endpoint])
        if said is None:
            continue
        for method in sorted((rule.methods or set()) & set(METHODS)):
            view = app.view_functions[rule.endpoint]
            told = _operation(rule, said, method, inspect.getdoc(view) or "")
            spec.path(path=path_of(rule), operations={method.lower(): told})
    found: dict[str, Any] = spec.to_dict()
    describe_fields(found)
    return found


def json_text(content: Mapping[str, Any]) -> str:
    """A document as it is served and committed."""
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def path_of(rule: Rule) -> str:
    """A route's path as OpenAPI writes it: ``/v1/intakes/{draft_id}/seal``."""
    return _PLACEHOLDER.sub(r"{\1}", rule.rule)


def _operation(rule: Rule, said: Operation, method: str, text: str) -> dict[str, Any]:
    limits = " / ".join(words for words in said.limits if words)
    name = rule.endpoint.replace(".", "_") + ("" if method in ("GET", "POST") else f"_{method}")
    guide = guides()[name]
    portal = (
        profile.PORTALS_PURPOSE if said.access is Access.CASE and guide.purpose == CASE_HANDLING.code else ""
    )
    told: dict[str, Any] = {
        "operationId": name,
        "tags": [said.tag],
        "summary": f"{said.zh} / {said.en}",
        "description": "\n\n".join(words for words in (guide.text(), portal, text, limits) if words),
        "parameters": list(_parameters(rule, said)),
        "responses": _responses(rule, said),
        "security": [] if said.access is Access.PUBLIC else [{"department": []}],
        "x-access": said.access.value,
        "x-rules": list(guide.rules),
    }
    if said.takes:
        told["requestBody"] = {"required": True, "content": _content(said.takes)}
        if guide.example is not None:
            told["requestBody"]["content"][JSON]["example"] = dict(guide.example)
    return told


def _parameters(rule: Rule, said: Operation) -> Iterable[Any]:
    for name in _PLACEHOLDER.findall(rule.rule):
        kind = type(rule._converters[name]).__name__
        schema = _PATH_TYPES.get(kind, {"type": "string", "minLength": 1})
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    if said.query is not None:
        yield {"in": "query", "schema": said.query}
    yield from SIGNED_HEADERS[said.access]
    for name, required in said.headers.items():
        yield profile.parameter(name, required=required)


def _responses(rule: Rule, said: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for status, answer in said.gives.items():
        told[str(status)] = _answer(answer, signed=said.access is not Access.PUBLIC)
    # Whatever is no id where an id belongs is an unknown address.
    unknown = (404,) if rule.arguments else ()
    for status in sorted({*PROBLEMS[said.access], *said.problems, *unknown}):
        told[str(status)] = f"Problem{status}"
    return told


def _answer(answer: Answer, *, signed: bool) -> dict[str, Any]:
    headers = (*answer.headers, "X-Request-Id", *(profile.ANSWER_SIGNATURE if signed else ()))
    return {
        "description": f"{answer.zh} / {answer.en}",
        "content": _content(answer.content),
        "headers": {name: profile.ANSWER_HEADERS[name] for name in headers},
    }


def _content(content: Mapping[str, Content]) -> dict[str, Any]:
    return {media: {"schema": _schema(meant)} for media, meant in content.items()}


def _schema(meant: Content) -> Any:
    """What apispec understands: a schema class, or a plain description."""
    if isinstance(meant, Raw):
        return {"type": "string", "format": "binary", "description": f"{meant.zh} / {meant.en}"}
    if isinstance(meant, tuple):
        return {"anyOf": list(meant)}
    return meant


def _shared_components(spec: APISpec) -> None:
    """Security scheme, the headers of signed requests, and a problem answer for every status."""
    spec.components.security_scheme("department", dict(profile.SECURITY_SCHEME))
    for name in sorted({name for names in SIGNED_HEADERS.values() for name in names}):
        told = profile.parameter(name, required=True)
        spec.components.parameter(name, "header", {k: v for k, v in told.items() if k not in ("name", "in")})
    for status, (zh, en) in TITLES.items():
        headers = ["X-Request-Id"]
        headers += ["Retry-After"] if status in (429, 503) else []
        headers += ["WWW-Authenticate"] if status == 401 else []
        spec.components.response(
            f"Problem{status}",
            {
                "description": f"{zh} / {en}",
                "content": {MEDIA_TYPE: {"schema": Problem}},
                "headers": {name: profile.ANSWER_HEADERS[name] for name in headers},
            },
        )


def _name(schema: type[Schema] | Schema | str) -> str:
    if isinstance(schema, str):
        return schema
    return (schema if isinstance(schema, type) else type(schema)).__name__
