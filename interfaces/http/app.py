"""The Flask application: routes, limits, problems, made once; and its copies over services that bootstrap wires."""

from __future__ import annotations

from copy import copy
from functools import cache

from flask import Flask, Response, jsonify
from werkzeug.middleware.proxy_fix import ProxyFix

from application.services import Services
from domain.transparency.leaf import issuer_id
from interfaces.http import (
    answers,
    clean_up,
    consents,
    consistency,
    credit_reports,
    decisions,
    determinations,
    docs,
    duty,
    entries,
    erasures,
    evidence,
    flags,
    governing,
    incidents,
    indicators,
    instruments,
    intakes,
    keys,
    late,
    leniency,
    links,
    listings,
    logs,
    measure_objections,
    measures,
    objections,
    officers,
    operations,
    paging,
    problems,
    proposals,
    purposes,
    queries,
    registers,
    reorganisations,
    repair_terms,
    repair_windows,
    repairs,
    restorations,
    reviews,
    rules,
    settings,
    telemetry,
    throttle,
    tip_offs,
    traces,
    worklist,
)
from interfaces.http.bodies import BODY_BYTES_MAX
from interfaces.http.describing import Access, Answer, Operation, json_of, operation
from interfaces.http.schemas import Health, LedgerInfo
from interfaces.http.services import EXTENSION, services
from interfaces.portal.pages import portal


def create_app(found: Services, *, proxies: int = 0) -> Flask:
    """The application over the given services; ``proxies`` is how many reverse proxies of ours stand before it.

    All applications of a process share routes and templates, which cost most of making one.
    """
    app = copy(routed())
    app.extensions = {EXTENSION: found}
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=0)  # type: ignore[method-assign]
    return app


@cache
def routed() -> Flask:
    """The application without services, made once and never asked: what :func:`create_app` copies."""
    app = Flask("xinlu", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES_MAX
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    telemetry.register(app)
    answers.register(app)
    problems.register(app)
    interface(app)
    app.register_blueprint(portal(services))
    throttle.register(app)
    paging.register(app)
    return app


def interface(app: Flask) -> None:
    """The routes for machines and their description; they ask for services only when a request comes."""
    parts = (
        intakes,
        determinations,
        queries,
        clean_up,
        consents,
        consistency,
        credit_reports,
        decisions,
        objections,
        officers,
        governing,
        repairs,
        repair_terms,
        repair_windows,
        reorganisations,
        restorations,
        erasures,
        keys,
        entries,
        listings,
        measures,
        measure_objections,
        proposals,
        purposes,
        registers,
        leniency,
        late,
        links,
        duty,
        incidents,
        reviews,
        traces,
        worklist,
        operations,
        rules,
        settings,
        tip_offs,
        docs,
        logs,
        evidence,
        flags,
        indicators,
        instruments,
    )
    for part in parts:
        app.register_blueprint(part.blueprint)
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/v1/ledger", view_func=ledger)


@operation(
    Operation("进程在运行", "Alive?", Access.PUBLIC, "运维", {200: Answer("是", "yes", json_of(Health))})
)
def healthz() -> Response:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


@operation(
    Operation(
        "账本",
        "The ledger",
        Access.PUBLIC,
        "账本",
        {200: Answer("编号与网关公钥", "its id and the gateway's key", json_of(LedgerInfo))},
    )
)
def ledger() -> Response:
    """What a client needs before it seals: the ledger's id and the gateway's key. Public."""
    found = services()
    key = found.gateway_public_key()
    return jsonify(
        ledger_id=found.ledger.id.hex,
        gateway_issuer=issuer_id(key).hex(),
        gateway_public_key=key.hex(),
        report_certificate=found.seal.certificate,
        forms=sorted(found.forms),
    )
