"""The services of the application that handles a request."""

from __future__ import annotations

from flask import current_app

from application.services import Services

EXTENSION = "xinlu"


def services() -> Services:
    """The services that ``create_app`` was given."""
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Services)
    return found
