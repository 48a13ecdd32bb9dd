"""The witness protocol over HTTP (FORMATS 1.6, tlog-witness.md): add-checkpoint, and the checkpoints last cosigned.

A small application of its own: a witness belongs to another authority than the log and knows nothing of credit.
"""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from application.witness import Answer, Witness, WitnessUnavailable
from domain.transparency.witness_request import BODY_BYTES_MAX

RETRY_SECONDS = 2


def create_witness_app(witness: Witness) -> Flask:
    """The application of one witness; every answer is short plain text, refusals one stable code."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES_MAX

    @app.post("/add-checkpoint")
    def add_checkpoint() -> Response:
        try:
            body = request.get_data(cache=False)
        except RequestEntityTooLarge:
            return _told(Answer(400, b"request_too_large\n"))
        return _told(witness.add_checkpoint(body))

    @app.get("/<digest>/checkpoint")
    def checkpoint(digest: str) -> Response:
        note = witness.checkpoint(digest)
        return _told(Answer(404, b"log_unknown\n") if note is None else Answer(200, note))

    @app.errorhandler(WitnessUnavailable)
    def unavailable(_error: WitnessUnavailable) -> Response:
        answer = _told(Answer(503, b"witness_unavailable\n"))
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
        return answer

    @app.errorhandler(HTTPException)
    def other(error: HTTPException) -> Response:
        return _told(Answer(error.code or 500, f"{error.name}\n".encode()))

    return app


def _told(answer: Answer) -> Response:
    told = Response(answer.body, status=answer.status, content_type=answer.media_type)
    told.headers["X-Content-Type-Options"] = "nosniff"
    told.headers["Cache-Control"] = "no-store"
    return told
