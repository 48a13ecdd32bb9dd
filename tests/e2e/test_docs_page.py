"""The description of the interface in a real browser: shown whole, from our own files, under our own policy."""

from __future__ import annotations

import hashlib
import json
import re
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from interfaces.cli.generate import openapi
from tests.e2e.accessibility import broken
from tests.e2e.public_site import Site, serving
from tests.world import World

VENDORED = Path(__file__).resolve().parents[2] / "interfaces" / "http" / "static" / "vendor" / "swagger-ui"


@pytest.fixture
def site(ledger_world: World) -> Iterator[Site]:
    with serving(ledger_world) as found:
        yield found


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page of which every request, complaint and breach of the policy is noted."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(
        "window.breaches = [];"
        "document.addEventListener('securitypolicyviolation', e => breaches.push(e.violatedDirective));"
    )
    yield site.watch(page)
    context.close()


def on_the_way_down(page: Page) -> Iterator[set[str]]:
    """The operations in sight, screen after screen: of so many routes the page makes those in sight only."""
    turns = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    for top in range(0, 60_000, 700):
        page.evaluate(f"window.scrollTo(0, {top}); {turns}")
        yield set(page.locator(".opblock").evaluate_all("found => found.map(one => one.id)"))
        if page.evaluate("window.scrollY + window.innerHeight >= document.documentElement.scrollHeight - 1"):
            return


@pytest.mark.browser
def test_the_description_shows_every_route_without_a_foreign_request(site: Site, page: Page) -> None:
    page.goto(site.url + "/docs")
    page.locator(".opblock").first.wait_for()
    wrong = broken(page)
    met = set().union(*on_the_way_down(page))
    assert len(met) == sum(map(len, openapi()["paths"].values()))
    asking = "operations-查询-queries_ask"
    assert any(asking in seen for seen in on_the_way_down(page))
    page.locator(f"#{asking} .opblock-summary-control").click()
    shown = page.locator(f"#{asking}")
    shown.locator(".parameters").first.wait_for()
    text = shown.inner_text()
    for word in ("Credit-Purpose", "Credit-Official", "Idempotency-Key", "subjects", "403"):
        assert word in text
    assert page.get_by_role("button", name="Try it out").count() == 0
    assert page.evaluate("breaches") == []
    assert site.complaints == wrong == []
    assert {urllib.parse.urlsplit(url).netloc for url in site.requests if not url.startswith("data:")} == {
        site.url.removeprefix("http://")
    }


@pytest.mark.browser
def test_the_signature_profile_can_be_read_on_the_page(site: Site, page: Page) -> None:
    page.goto(site.url + "/docs")
    page.get_by_role("button", name="Authorize").click()
    page.locator(".modal-ux").wait_for()
    assert "RFC 9421" in page.locator(".modal-ux").inner_text()
    assert page.evaluate("breaches") == [] and site.complaints == []
    page.get_by_role("button", name="关闭").click()
    assert page.locator(".modal-ux").count() == 0


def test_the_policy_of_the_description_is_that_of_every_page_and_drawings(site: Site) -> None:
    policies = []
    for path in ("/docs", "/"):
        _, headers, text = site.ask(path)
        policies.append(dict(d.strip().split(" ", 1) for d in headers["Content-Security-Policy"].split(";")))
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", text)
    docs, every = policies
    assert docs.pop("img-src") == "'self' data:"
    assert {docs.pop("form-action"), every.pop("form-action")} == {"'none'", "'self'"}
    assert docs == every


def test_the_vendored_files_are_those_of_the_note(site: Site) -> None:
    note = (VENDORED / "VENDORED.md").read_text(encoding="utf-8")
    told = {name: digest for digest, name in re.findall(r"^([0-9a-f]{64})  (\S+)$", note, re.MULTILINE)}
    kept = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in VENDORED.iterdir()}
    assert told == {name: digest for name, digest in kept.items() if name != "VENDORED.md"}
    assert "5.35.0" in note and "Apache-2.0" in note
    status, headers, text = site.ask("/docs/static/vendor/swagger-ui/swagger-ui.css")
    assert status == 200 and headers["Content-Type"].startswith("text/css") and text
    assert json.loads(site.ask("/v1/openapi.json")[2])["info"]["title"] == "信录 Xinlu"
