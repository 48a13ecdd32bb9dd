"""The WSGI entry: ``gunicorn wsgi:app``."""

from __future__ import annotations

from infrastructure.bootstrap import web_services
from infrastructure.settings import Settings
from interfaces.client.form_data import load_forms
from interfaces.http.app import create_app

settings = Settings.from_environment()
app = create_app(web_services(settings, load_forms()), proxies=settings.proxies)
