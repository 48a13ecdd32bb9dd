"""axe-core over a page in a browser, and the tabulator: what breaks a rule of WCAG 2.1 A and AA, or good practice."""

from __future__ import annotations

import importlib.util
import os
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Page

MEASURE = """async ([colours, exclude]) => (await axe.run({exclude}, {
  preload: false,
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
  rules: {"color-contrast": {enabled: colours}},
  resultTypes: ["violations"],
})).violations.flatMap((broken) => broken.nodes.map((node) => `${broken.id}: ${node.html.slice(0, 200)}`))"""
BEYOND = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@cache
def _axe() -> str:
    """The script, as the locked package brings it; under CI it may not be missing."""
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        missing = "axe-playwright-python is missing: install requirements-dev.lock"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    return Path(found.origin).with_name("axe.min.js").read_text(encoding="utf-8")


def broken(page: Page, *, colours: bool = True, exclude: tuple[str, ...] = ()) -> list[str]:
    """What is wrong with the page as it is shown now, and with its elements but those of ``exclude``.

    ``colours``: with the contrast of every text, which takes as long as all other rules together.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_axe())
    found: list[str] = page.evaluate(MEASURE, [colours, list(exclude)])
    if page.evaluate(BEYOND):
        found.append("the page scrolls sideways")
    return found


STOPS = """() => [...document.querySelectorAll(
  "a[href], button, input:not([type=hidden]), textarea, select, summary, [tabindex='0']"
)].filter((one) => one.getClientRects().length).map((one) => one.outerHTML.slice(0, 120))"""
HERE = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const seen = outlined && box.width > 0 && box.bottom > 0 && box.top < innerHeight;
  return `${seen ? "" : "unseen: "}${one.outerHTML.slice(0, 120)}`;
}"""


def unreached(page: Page) -> list[str]:
    """What the tabulator reaches out of order, not in sight, without an outline, or not at all."""
    page.evaluate("() => window.scrollTo(0, 0)")
    stops: list[str] = page.evaluate(STOPS)
    met: list[str] = []
    for _ in stops:
        page.keyboard.press("Tab")
        met.append(page.evaluate(HERE))
    return [f"{wanted} / {found}" for wanted, found in zip(stops, met, strict=True) if wanted != found]
