"""Every page that the service shows to anyone, out of a ledger in which everything happened, for tests in a browser.

Each is what the application answered, under the very headers that came with it: public pages, what forms give,
and the signed pages of subjects and officers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import flask
import jinja2
from flask import Flask
from playwright.sync_api import BrowserContext, Route
from werkzeug.test import TestResponse

from tests.full_ledger import FullLedger
from tests.published import public_rows, published
from tests.web import CSV, Web

ADDRESS = "http://xinlu.test"
HTML = "text/html"
OFFICER = "credit_office-1"
PIECES = frozenset({"portal/base.html", "portal/parts.html", "portal/oversight_parts.html", "docs/page.html"})
"""Templates that are no page of their own; and the description's, which ``test_docs_page.py`` measures."""
GIVEN = (
    "/", "/rules", "/indicators?month=2026-11", "/instruments", "/instruments/notices/2026-11", "/tip-offs",
    "/registers/catalogue", "/registers/catalogue/C05-01", "/registers/proposals/{proposal}", "/lists/C06-04",
    "/registers/list-standards/C06-04", "/problems", "/problems/refused", "/nowhere", "/verify", "/r/{report}",
    "/records/{record}",
)  # fmt: skip


class Gallery:
    """The pages by a name that a failing test can tell; ``templates`` are those that made them."""

    def __init__(self, full: FullLedger) -> None:
        self.full, self.story, self.world = full, full.story, full.world
        self.web = Web(full.world)
        self.templates: set[str] = set()
        flask.template_rendered.connect(self._note, self.web.app)
        self.subject = {"code": self.story.subject().number}
        self.pages: Mapping[str, TestResponse] = dict(self._all())

    def _note(self, _app: Flask, template: jinja2.Template, context: Mapping[str, Any]) -> None:
        self.templates.add(str(template.name))

    def hang(self, context: BrowserContext) -> None:
        """Let a browser find the pages, and whatever they load, at ``ADDRESS``; it can reach nothing else."""
        context.route("**/*", self._give)

    def _give(self, route: Route) -> None:
        url = urlsplit(route.request.url)
        if url.netloc != urlsplit(ADDRESS).netloc:
            route.abort()
            return
        name = url.path.removeprefix("/gallery/")
        answer = self.pages[name] if name != url.path else self.web.http.get(url.path)
        headers = {key: value for key, value in answer.headers.items() if key != "Content-Length"}
        route.fulfill(status=answer.status_code, headers=headers, body=answer.data)

    def _all(self) -> Iterator[tuple[str, TestResponse]]:
        for name, answer in (*self._signed(), *self._forms()):
            assert answer.mimetype == HTML, (name, answer.text)
            yield name, answer
        report = self._own_report("application/json").get_json()["report"]["number"]
        proposal = self.world.rows_of("proposal.published")[-1]
        for path in GIVEN:
            where = path.format(report=report, record=self.full.standing, proposal=proposal)
            answer = self.web.http.get(where, headers={"Accept": HTML})
            assert answer.mimetype == HTML and (answer.status_code == 404) == (path == "/nowhere"), where
            yield re.sub(r"[^a-z]+", "-", path.partition("?")[0].lower()).strip("-") or "front", answer

    def _own_report(self, media: str) -> TestResponse:
        own = {"credit_on_behalf_of": "subject", "credit_purpose": "own_records", "accept": media}
        return self.web.say("/v1/reports", {"subject": self.subject}, self.story.office, **own)

    def _signed(self) -> Iterator[tuple[str, TestResponse]]:
        """What subjects and officers see after they asked under their department's signature."""
        yield "report", self._own_report(HTML)
        rows_of = self.world.rows_of
        tracing = 'leak_tracing; case="2026-1"; basis="49 13"'
        asked: Mapping[str, tuple[str, Mapping[str, Any], str]] = {
            "flag": (f"/v1/flags/{rows_of('flag.raised')[0]}/state", {}, "accountability"),
            "review": (f"/v1/reviews/{rows_of('review.opened')[0]}/state", {}, "query_review"),
            "incident": (f"/v1/incidents/{rows_of('incident.opened')[0]}/state", {}, "incident_handling"),
            "trace": ("/v1/traces", {"subject": self.subject}, tracing),
        }
        for name, (path, said, purpose) in asked.items():
            headers = {"credit_official": OFFICER, "credit_purpose": purpose, "accept": HTML}
            yield name, self.web.say(path, said, self.story.office, **headers)
        yield "comparison", self._compared()

    def _compared(self) -> TestResponse:
        """A department's publication that says other things than the ledger, and one row that cannot be read."""
        source = self.story.source
        first, second, *_, last = public_rows(self.world, source).values()
        rows = [{**first, "CF_WFXW": "另一违法行为"}, second, {**last, "CF_WSH": ""}]
        headers = {"content_type": CSV, "accept": HTML}
        return self.web.say("/v1/consistency-checks", published(rows), source, **headers)

    def _forms(self) -> Iterator[tuple[str, TestResponse]]:
        """What the forms give to good and bad input."""
        http = self.web.http
        yield "found", http.post("/lookup", data={"identifier": self.subject["code"]})
        yield "not-found", http.post("/lookup", data={"identifier": "查无此司"})
        yield "lookup-empty", http.post("/lookup", data={"identifier": " "})
        yield "tip-off-empty", http.post("/tip-offs", data={"about": " ", "text": " ", "code": "1"})
        yield "tip-off-receipt", http.post("/tip-offs", data={"about": "示例公司", "text": "示例"})
        receipt = http.post("/v1/tip-offs", json={"about": "示例公司", "text": "示例"}).get_json()
        yield "tip-off-state", http.post("/tip-offs/follow-up", data=receipt)
