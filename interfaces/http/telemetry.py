"""What is noted of each request: one log line and a few counters, never whom or what it was about.

Everything before it may add to the note (department, rows, problem); routes are told by their template, so no
id, no query string and no body can get into a line.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Flask, Response, g, has_app_context, request

from interfaces.http import metrics

REQUEST_ID = "X-Request-Id"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
log = logging.getLogger("xinlu.http")
TIP_OFFS = frozenset(
    {"tip_offs.file_tip_off", "tip_offs.follow_tip_off", "portal.tip_off_filed", "portal.tip_off_followed"}
)
UNTOLD = TIP_OFFS | {"portal.tip_off_page"}
"""Of these there is no line and no count: that somebody reported, and when, is for named handlers only (WHS-1)."""


@dataclass
class Note:
    """What will be said about one request: ids of its own, who signed it, what became of it."""

    id: uuid.UUID = field(default_factory=uuid.uuid4)
    started: float = field(default_factory=time.perf_counter)
    department: str = ""
    problem: str = ""
    problem_status: int = 0
    rows: dict[str, int] = field(default_factory=dict)

    @property
    def instance(self) -> str:
        """The correlation id as the ``instance`` of problems has it."""
        return f"urn:uuid:{self.id}"


def note() -> Note:
    """The note of the running request; outside of one, a new note that nobody reads."""
    if not has_app_context():
        return Note()
    if "note" not in g:
        g.note = Note()
    found = g.note
    assert isinstance(found, Note)
    return found


def register(app: Flask) -> None:
    """Note every request. Call it before anything else registers, so that it sees the final answer."""

    @app.before_request
    def begin() -> None:
        note()

    @app.after_request
    def finish(answer: Response) -> Response:
        found, route, method = note(), _route(), request.method if request.method in METHODS else "OTHER"
        command = _command()
        answer.headers[REQUEST_ID] = str(found.id)
        if request.endpoint in UNTOLD:
            return answer
        replayed = "Idempotency-Replayed" in answer.headers

        def emit() -> None:
            _emit(found, method, route, command, status=answer.status_code, replayed=replayed)

        if answer.is_streamed:
            # What becomes of it is known when its last line has left.
            answer.call_on_close(emit)
        else:
            emit()
        return answer


def _emit(found: Note, method: str, route: str, command: str, *, status: int, replayed: bool) -> None:
    seconds = time.perf_counter() - found.started
    line: dict[str, object] = {
        "request": str(found.id),
        "method": method,
        "route": route,
        "status": status,
        "duration_ms": round(seconds * 1000, 1),
    }
    outcome = _outcome(found.problem_status or status, replayed=replayed)
    if found.department:
        line["department"] = found.department
        line["command"] = command
        line["outcome"] = outcome
        metrics.COMMANDS.labels(command, outcome).inc()
    if found.problem:
        line["problem"] = found.problem
    for name, count in found.rows.items():
        line[f"rows_{name}"] = count
        metrics.ROWS.labels(name).inc(count)
    if route in LOOKUPS:
        metrics.QUERIES.labels("public", outcome).inc()
    metrics.REQUESTS.labels(f"{status // 100}xx").inc()
    metrics.SECONDS.observe(seconds)
    log.info("request", extra=line)


LOOKUPS = frozenset({"/lookup", "/records/<uuid:record_id>"})
OUTCOMES: Mapping[int, str] = {
    404: "unknown", 409: "conflict", 412: "conflict", 422: "refused", 403: "refused", 429: "limited",
    503: "unavailable",
}  # fmt: skip


def _outcome(status: int, *, replayed: bool) -> str:
    """A handful of words for what became of a request."""
    if status < 400:
        return "replayed" if replayed else "done"
    return OUTCOMES.get(status, "malformed" if status < 500 else "failed")


def _route() -> str:
    """The template of the route; a dash when no route was meant."""
    return request.url_rule.rule if request.url_rule else "-"


def _command() -> str:
    """The name of the function that answers, without its blueprint."""
    return (request.endpoint or "-").rpartition(".")[2]
