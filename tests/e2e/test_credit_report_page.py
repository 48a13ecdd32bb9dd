"""A credit report's page in a real browser: it shows all sections and its code, and prints on A4."""

from __future__ import annotations

import json

import pypdfium2
import pytest
from playwright.sync_api import Browser

from tests.remedies import begin
from tests.scene import NUMBER, Scene
from tests.world import World

pytestmark = pytest.mark.browser


def test_a_report_shows_its_sections_and_code_under_its_own_policy_and_prints(
    seeded_world: World, browser: Browser
) -> None:
    scene = Scene(begin(seeded_world))
    headers = {"credit_on_behalf_of": "subject", "credit_purpose": "own_records", "accept": "text/html"}
    told = scene.post("/v1/reports", scene.subject, **headers)
    context = browser.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    with scene.web.served() as url:
        # What the portal was answered, under the very headers that it came with.
        page.route(
            f"{url}/report",
            lambda route: route.fulfill(status=200, headers=dict(told.headers), body=told.data),
        )
        page.goto(f"{url}/report")
        assert page.locator("section[data-section]").count() == 9
        record = page.locator("article", has_text=NUMBER)
        assert record.is_visible() and "异议处理中" in record.inner_text()
        box = page.locator("svg.qr").bounding_box()
        assert box is not None and box["width"] > 100 and box["width"] == box["height"]
        paper = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
        assert complaints == [], json.dumps(complaints, ensure_ascii=False)
    context.close()
    assert [round(side) for side in paper[0].get_size()] == [595, 842]
