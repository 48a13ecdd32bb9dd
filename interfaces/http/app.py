"""The Flask application: routes, limits, problems; made from services that bootstrap wires."""

from __future__ import annotations

from flask import Flask, Response, jsonify

from application.services import Services
from interfaces.http import determinations, intakes, problems
from interfaces.http.bodies import BODY_BYTES_MAX
from interfaces.http.services import EXTENSION, services
from interfaces.portal.pages import portal


def create_app(found: Services) -> Flask:
    """The application over the given services."""
    app = Flask("xinlu", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES_MAX
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions[EXTENSION] = found
    problems.register(app)
    app.register_blueprint(intakes.blueprint)
    app.register_blueprint(determinations.blueprint)
    app.register_blueprint(portal(found))
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/v1/ledger", view_func=ledger)
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
