"""Every page measured by axe-core in a real browser, wide and narrow: WCAG 2.1 AA, and what it holds good practice."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from interfaces.http.app import routed
from tests.e2e.accessibility import broken, unreached
from tests.e2e.gallery import ADDRESS, PIECES, Gallery
from tests.full_ledger import FullLedger

pytestmark = pytest.mark.browser
AGAIN = (".record:nth-of-type(n+3)", ".rulebook > .record ~ .record")
"""Records and rules beyond the first ones of a page: made by the same lines of a template."""

BY_KEYBOARD = ("found", "trace", "tip-off-empty", "verify")
"""Pages with forms, tables that scroll, and many links: walked through with the tabulator."""


def test_no_page_breaks_a_rule_of_accessibility_or_needs_a_mouse(full: FullLedger, browser: Browser) -> None:
    gallery = Gallery(full)
    context = browser.new_context()
    gallery.hang(context)
    page, found = context.new_page(), dict[tuple[str, int], list[str]]()
    for name in gallery.pages:
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(f"{ADDRESS}/gallery/{name}")
        found[name, 1280] = broken(page, exclude=AGAIN)
        if name in BY_KEYBOARD:
            found[name, 1280] += unreached(page)
        page.set_viewport_size({"width": 360, "height": 800})
        found[name, 360] = broken(page, exclude=AGAIN, colours=False)  # they do not depend on the width
    context.close()
    assert {where: what for where, what in found.items() if what} == {}
    made = set(routed().jinja_env.list_templates(["html"])) - PIECES
    assert gallery.templates == made  # a page that nobody measures fails here
