"""The Flask application: routes, limits, problems; made from services that bootstrap wires."""

from __future__ import annotations

from flask import Flask, Response, jsonify
from werkzeug.middleware.proxy_fix import ProxyFix

from application.services import Services
from interfaces.http import (
    determinations,
    intakes,
    objections,
    operations,
    problems,
    queries,
    repairs,
    telemetry,
    throttle,
    worklist,
)
from interfaces.http.bodies import BODY_BYTES_MAX
from interfaces.http.services import EXTENSION, services
from interfaces.portal.pages import portal


def create_app(found: Services, *, proxies: int = 0) -> Flask:
    """The application over the given services; ``proxies`` is how many reverse proxies of ours stand before it."""
    app = Flask("xinlu", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES_MAX
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions[EXTENSION] = found
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=0)  # type: ignore[method-assign]
    telemetry.register(app)
    problems.register(app)
    app.register_blueprint(intakes.blueprint)
    app.register_blueprint(determinations.blueprint)
    app.register_blueprint(queries.blueprint)
    for remedies in (objections, repairs, worklist):
        app.register_blueprint(remedies.blueprint)
    app.register_blueprint(operations.blueprint)
    app.register_blueprint(portal(found))
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/v1/ledger", view_func=ledger)
    throttle.register(app)
    return app


def healthz() -> Response:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


def ledger() -> Response:
    """What a client needs before it seals: the ledger's id and the gateway's key. Public."""
    found = services()
    return jsonify(
        ledger_id=found.ledger.id.hex,
        gateway_issuer=found.ledger.gateway.issuer.hex(),
        gateway_public_key=found.gateway_public_key.hex(),
        forms=sorted(found.forms),
    )
