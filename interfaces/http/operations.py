"""For operators: is the service ready, what runs here, and its metrics; no login, and nothing about anyone.

Monitors ask; ``application.queries.operations`` answers from the database, the key and the program's files.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

from flask import Blueprint, Response, jsonify

from application.ports import LedgerUnavailable
from application.sequencer import LOGS
from application.topics import EVENTS
from domain.shared.city_time import city_day
from interfaces.http import metrics, problems
from interfaces.http.describing import Access, Answer, Operation, Raw, json_of, operation
from interfaces.http.schemas import Readiness, Version
from interfaces.http.services import services

blueprint = Blueprint("operations", __name__)


@blueprint.after_request
def _never_kept(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/readyz")
@operation(
    Operation("是否就绪", "Ready?", Access.PUBLIC, "运维", {200: Answer("就绪", "ready", json_of(Readiness))})
)
def readyz() -> Response:
    """Whether this process can serve: 200 with every check, or a problem 503 with the same list."""
    found = services()
    checks = found.operations.checks(
        now=found.ledger.now(),
        gateway=found.ledger.gateway,
        public_key=found.gateway_public_key(),
        verify=found.verify,
    )
    told = [asdict(check) for check in checks]
    if all(check.ok for check in checks):
        body = json.dumps({"status": "ready", "checks": told}, ensure_ascii=False) + "\n"
        return Response(body, content_type="application/json")
    return problems.response(problems.members(503, "not-ready") | {"checks": told})


@blueprint.get("/version")
@operation(
    Operation(
        "版本", "What runs here", Access.PUBLIC, "运维", {200: Answer("版本", "version", json_of(Version))}
    )
)
def version() -> Response:
    """What runs here: version, commit (null when unknown), events, newest migration, a demo clock if there is one."""
    build, clock = services().operations.build, services().ledger.clock
    ahead = clock.ahead()
    told = {"day": city_day(clock.now()).isoformat(), "ahead_seconds": int(ahead.total_seconds())}
    return jsonify(
        name="xinlu",
        version=build.version,
        commit=build.commit,
        migration=build.migration,
        events={event.TOPIC: event.SCHEMA for event in EVENTS},
        demo_clock=told if ahead else None,
    )


@blueprint.get("/metrics")
@operation(
    Operation(
        "指标",
        "Metrics",
        Access.PUBLIC,
        "运维",
        {200: Answer("Prometheus", "text", {"text/plain": Raw("指标", "counters and gauges")})},
    )
)
def expose() -> Response:
    """Prometheus text: counters of all workers, gauges of the database."""
    found = services()
    now, real = found.ledger.now(), found.ledger.clock.real()
    state, public_count = None, None

    def ages(time_of: Callable[[str], datetime | None]) -> dict[str, float]:
        return {log: max((real - at).total_seconds(), 0) for log in LOGS if (at := time_of(log))}

    files = found.published
    published = metrics.PublishedState(
        ages(files.checkpoint_time), ages(files.stamp_time), files.stamp_failures()
    )
    try:
        state = found.operations.reading.state(now=now)
        public_count = found.public.status().public_count
    except LedgerUnavailable:
        # A scrape must still give the counters; credit_database_up says what is wrong.
        public_count = None
    told = metrics.exposition(state, public_count, now=now, published=published)
    return Response(told, content_type=metrics.CONTENT_TYPE)
