"""The description of the interface for machines and people: the OpenAPI document, its page, pages of problems.

All of it is public, made from the program alone, and asks no other server.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, render_template
from marshmallow import Schema

from interfaces.http import openapi
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.problem_kinds import KINDS, kind_of

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""That of every page, and drawings inside the vendored style sheet."""
_DOCUMENT = "xinlu.openapi"
blueprint = Blueprint(
    "docs",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/docs/static",
)


class OpenApiDocument(Schema):
    """This document: OpenAPI 3.1.0."""


@blueprint.get("/v1/openapi.json")
@operation(
    Operation(
        "接口说明",
        "This document",
        Access.PUBLIC,
        "账本",
        {200: Answer("OpenAPI 3.1.0", "for tools", json_of(OpenApiDocument))},
    )
)
def openapi_json() -> Response:
    """The description of every route, as it is committed in docs/api/openapi.json."""
    return Response(_document(), content_type="application/json")


@blueprint.get("/docs")
def page() -> Response:
    """The same for people (Swagger UI)."""
    answer = Response(render_template("docs/page.html"), content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return answer


@blueprint.get("/problems")
def problems() -> str:
    """Every kind of problem."""
    return render_template("docs/problems.html", kinds=KINDS)


@blueprint.get("/problems/<name>")
def problem(name: str) -> str:
    """What one kind of problem means."""
    found = kind_of(name)
    if found is None:
        abort(404)
    return render_template("docs/problem.html", name=name, kind=found)


def _document() -> str:
    """Made once in each process."""
    kept = current_app.extensions.get(_DOCUMENT)
    if kept is None:
        kept = current_app.extensions[_DOCUMENT] = openapi.json_text(openapi.document(current_app))
    return str(kept)
