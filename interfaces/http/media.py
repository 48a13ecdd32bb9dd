"""Which of JSON and a page a request asks for by its Accept header, for routes that give both."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request
from werkzeug.exceptions import NotAcceptable

from interfaces.http.conventions import json_response
from interfaces.http.describing import JSON

HTML = "text/html"


def page_wanted() -> bool:
    """Whether a page is asked for; JSON where nothing is said. Raises ``NotAcceptable``.

    Asked before anything is read, so that nothing is logged for an answer that nobody gets.
    """
    accepted = request.accept_mimetypes
    media = accepted.best_match((JSON, HTML)) if accepted else JSON
    if media is None:
        raise NotAcceptable
    return media == HTML


def shown(body: Any, /, template: str, **values: Any) -> Response:
    """The answer as it is asked for: ``body`` in JSON, or the page that ``template`` makes of ``values``."""
    wanted = page_wanted()
    answer = (
        Response(render_template(template, **values), mimetype=HTML) if wanted else json_response(body, 200)
    )
    answer.vary.add("Accept")
    return answer
