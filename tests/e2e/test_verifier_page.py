"""The verifier's page in a real browser: every vector's verdict, the same as in Python, and what a reader sees."""

from __future__ import annotations

import base64
import json
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from interfaces.client import verifier
from interfaces.client.verifier import verify
from interfaces.portal.verifier_page import PAGE
from tests.e2e.accessibility import broken
from tests.e2e.public_site import Site, serving
from tests.evidence import begin
from tests.evidence_vectors import CHANGES, NAMES, POLICY, STAMPED, WHOLE, load, oversize, proven
from tests.world import World

pytestmark = pytest.mark.browser
JUDGE = """async (cases) => {
  const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const found = [];
  for (const [bundle, policy] of cases) found.push(await xinluVerify(bytes(bundle), bytes(policy)));
  return found.map(({ refused, checked, unchecked }) => ({ refused, checked, unchecked }));
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """The page from disk; it may ask for nothing but itself and say nothing on the console."""
    context, requests, complaints = browser.new_context(), list[str](), list[str]()
    page = context.new_page()
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(PAGE.as_uri())
    yield page
    context.close()
    assert [url for url in requests if not url.startswith("data:")] == [PAGE.as_uri()]
    assert complaints == []


def judged(page: Page, cases: list[tuple[bytes, bytes]]) -> list[dict[str, Any]]:
    """What the page's verifier says of bundles under policies."""
    found: list[dict[str, Any]] = page.evaluate(
        JUDGE, [[base64.b64encode(data).decode() for data in case] for case in cases]
    )
    return found


def told(bundle: bytes, policy: bytes) -> dict[str, Any]:
    """What the verifier in Python says, as the page's does."""
    report = verify(bundle, policy)
    refused = report.refused and {"code": report.refused.code, "where": report.refused.where}
    return {"refused": refused, "checked": report.checked, "unchecked": report.unchecked}


def choose(page: Page, what: str, data: bytes, name: str = "file.json") -> None:
    """Pick a file as a reader does."""
    page.locator(f"#{what}").set_input_files({"name": name, "mimeType": "application/json", "buffer": data})


def verdict(page: Page) -> str:
    shown = page.locator(".verdict")
    shown.wait_for()
    return shown.inner_text()


def test_every_vector_meets_the_same_verdict_and_words_as_in_python(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifier, "MLDSA44PublicKey", None)  # as WebCrypto has none
    vectors = {name: load(name) for name in NAMES}
    found = judged(page, [(vector.bundle, vector.policy) for vector in vectors.values()])
    for (name, vector), one in zip(vectors.items(), found, strict=True):
        code = one["refused"] and one["refused"]["code"]
        assert (name, code) == (name, vector.expected_without_ml_dsa)
        assert (name, one) == (name, told(vector.bundle, vector.policy))


def test_mutations_of_good_bundles_meet_the_same_verdict_as_in_python(page: Page) -> None:
    cases: list[tuple[bytes, bytes]] = []

    @settings(max_examples=400, derandomize=True, database=None, deadline=None, phases=[Phase.generate])
    @given(st.data(), CHANGES)
    def collect(data: st.DataObject, change: Any) -> None:
        cases.append((change(data.draw, data.draw(st.sampled_from((WHOLE, WHOLE, STAMPED)))), POLICY))

    collect()
    good = {
        line for one in (WHOLE, STAMPED) for line in proven(verify(json.dumps(one).encode(), POLICY).checked)
    }
    refused = 0
    for (bundle, policy), one in zip(cases, judged(page, cases), strict=True):
        assert (bundle, one) == (bundle, told(bundle, policy))
        assert one["refused"] or proven(one["checked"]) <= good
        refused += one["refused"] is not None
    assert 200 < refused < len(cases)


def test_a_reader_sees_verdict_checks_and_what_was_not_checked(page: Page) -> None:
    vector = load("good-whole")
    choose(page, "bundle", vector.bundle)
    assert page.locator(".verdict").count() == 0
    choose(page, "policy", vector.policy, "policy")
    assert "成立" in verdict(page) and "VERIFIED" in verdict(page)
    assert page.locator(".checked li").count() == len(verify(vector.bundle, vector.policy).checked)
    assert "是否合法" in page.locator(".unchecked").inner_text()
    assert "不是独立的信任" in page.locator(".warning").inner_text()
    assert broken(page) == []


def test_the_path_of_every_leaf_and_map_is_drawn_and_told_in_words(page: Page) -> None:
    vector = load("good-shielded")
    bundle = json.loads(vector.bundle)
    choose(page, "policy", vector.policy)
    choose(page, "bundle", vector.bundle)
    verdict(page)
    paths = page.locator("details.path")
    assert paths.count() == len(bundle["leaves"]) + 1 + 4
    first = paths.first
    first.locator("svg").wait_for()
    page.set_viewport_size({"width": 360, "height": 800})
    assert broken(page) == []
    steps = len(bundle["leaves"]["key-gateway"]["path"])
    assert first.locator("svg rect").count() == 2 * steps + 1
    assert first.locator("svg line.way").count() == steps
    assert "从叶到根" in (first.locator("svg").get_attribute("aria-label") or "")
    first.get_by_text("文字说明").click()
    assert first.locator(".steps li").count() == steps + 1
    root = base64.b64decode(bundle["checkpoints"]["records"].split("\n")[2]).hex()
    assert first.locator(".steps li").last.inner_text().split("→")[1].split()[0] == root
    last = paths.last
    last.locator("summary").first.focus()
    page.keyboard.press("Enter")
    last.locator("svg").wait_for()


def test_a_refusal_shows_its_reason_and_place_and_draws_nothing(page: Page) -> None:
    vector = load("record-other")
    choose(page, "policy", vector.policy)
    choose(page, "bundle", vector.bundle)
    shown = verdict(page)
    assert "不成立" in shown and "REFUSED" in shown and "opening · leaves/standing" in shown
    assert page.locator("svg").count() == 0
    choose(page, "bundle", load("good-recorded").bundle)
    page.locator('.verdict[data-good="true"]').wait_for()


def test_a_dropped_file_is_taken_and_a_file_beside_the_fields_replaces_nothing(page: Page) -> None:
    vector = load("good-recorded")
    drop = """([where, text]) => {
      const data = new DataTransfer();
      data.items.add(new File([text], "dropped.json"));
      const event = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
      document.querySelector(where).dispatchEvent(event);
      return event.defaultPrevented;
    }"""
    for where, data in (
        ("main", b"x"),
        ("[data-choice=policy]", vector.policy),
        ("[data-choice=bundle]", vector.bundle),
    ):
        assert page.evaluate(drop, [where, data.decode()])
    assert "VERIFIED" in verdict(page)
    assert "dropped.json" in page.locator("#bundle-said").inner_text()


def test_a_file_over_the_limit_is_refused_unread(page: Page, tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(verifier.BUNDLE_BYTES_MAX + 1)
    page.locator("#bundle").set_input_files(large)
    assert "too_large" in verdict(page)


def test_what_is_over_a_limit_meets_the_same_refusal_as_in_python(page: Page) -> None:
    cases = [(bundle, policy) for bundle, policy, _ in oversize()]
    assert judged(page, cases) == [told(*case) for case in cases]


def test_markup_in_a_bundle_is_shown_as_text(page: Page) -> None:
    bundle = json.loads(load("good-recorded").bundle)
    name = "<img src=x onerror=alert(1)>"
    bundle["leaves"][name] = bundle["leaves"].pop("standing")
    bundle["claims"][0]["leaf"] = name
    choose(page, "policy", POLICY)
    choose(page, "bundle", json.dumps(bundle).encode())
    verdict(page)
    assert name in page.locator(".checked").inner_text()
    assert page.locator("#result img").count() == 0


@pytest.fixture
def site(seeded_world: World) -> Iterator[Site]:
    seeded_world.publish()
    with serving(seeded_world) as found:
        yield found


def test_the_service_serves_the_same_file_which_verifies_what_the_ledger_proves(
    site: Site, browser: Browser
) -> None:
    status, headers, text = site.ask("/verify")
    assert status == 200 and text == PAGE.read_text(encoding="utf-8")
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert 'href="/verify"' in site.ask("/")[2]
    page = browser.new_page()
    page.add_init_script(
        "window.breaches = [];"
        "document.addEventListener('securitypolicyviolation', e => breaches.push(e.violatedDirective));"
    )
    page.on("request", lambda request: site.requests.append(request.url))
    page.goto(f"{site.url}/verify")
    page.get_by_text("本服务自己的策略").wait_for()
    evidence = begin(site.world)
    evidence.recorded(site.world.rows_of("record.determined")[0], show=["public"])
    choose(page, "bundle", json.dumps(evidence.bundle()).encode())
    assert "VERIFIED" in verdict(page)
    assert "ML-DSA-44" in page.locator(".unchecked").inner_text()
    choose(page, "policy", load("policy-of-others").policy)
    page.locator('.verdict[data-good="false"]').wait_for()
    assert page.evaluate("breaches") == []
    paths = {urllib.parse.urlsplit(url).path for url in site.requests if not url.startswith("data:")}
    assert paths == {"/verify", "/logs/policy"}
    page.close()
