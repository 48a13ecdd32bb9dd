"""The WSGI entry: ``gunicorn wsgi:app``."""

from __future__ import annotations

from infrastructure.bootstrap import web_services
from infrastructure.settings import Settings
from interfaces.client.form_data import load_forms
from interfaces.http.app import create_app

app = create_app(web_services(Settings.from_environment(), load_forms()))
