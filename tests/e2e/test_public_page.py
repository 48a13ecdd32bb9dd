"""The public page in a real browser against a real service: what it finds, what it never shows, how it looks."""

from __future__ import annotations

import json
import re
import urllib.parse
from collections.abc import Iterator
from itertools import pairwise
from random import Random

import pytest
from playwright.sync_api import Browser, Page

from application.ending_terms import end_terms
from interfaces.demo import identities
from tests.e2e.accessibility import BEYOND
from tests.e2e.public_site import (
    CODE,
    CODE_ENDING,
    CODE_MARKED_UP,
    COMPANY,
    COMPANY_MARKED_UP,
    PERSON,
    PERSON_ID,
    REPRESENTATIVE,
    REPRESENTATIVE_ID,
    Site,
    fill,
    serving,
)
from tests.world import World

NOTHING = "没有公示中的记录"
CITIZEN_ID = re.compile(r"(?<!\d)\d{17}[\dXx](?!\w)")
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(refusing_world: World) -> Iterator[Site]:
    """The service over a world with the records of ``public_site.fill``: no test here changes what is in it."""
    fill(refusing_world)
    with serving(refusing_world) as found:
        yield found


@pytest.fixture
def site(served: Site) -> Iterator[Site]:
    """The service, with nothing noted yet, on the day on which it was filled."""
    at = served.world.clock.at
    served.requests.clear()
    served.complaints.clear()
    yield served
    served.world.clock.at = at


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page of which every request and complaint is noted; none may leave and none may be made."""
    context = browser.new_context()
    yield site.watch(context.new_page())
    context.close()
    assert {urllib.parse.urlsplit(url).netloc for url in site.requests} == {site.url.removeprefix("http://")}
    assert site.complaints == []


def test_the_front_page_says_how_much_is_public_and_up_to_where(site: Site, page: Page):
    page.goto(site.url + "/")
    status = site.world.lookup.status()
    assert page.locator("[data-figure=count]").inner_text() == str(status.public_count) == "4"
    assert page.locator("[data-figure=position]").inner_text() == str(status.public_position)
    assert "自然人不在此列" in page.locator("main").inner_text()


def test_a_code_finds_the_record_with_its_fields_and_timeline(site: Site, page: Page):
    site.look_up(page, CODE)
    assert page.get_by_role("heading", name=COMPANY).is_visible()
    assert CODE in page.locator(".subject > header").inner_text()
    assert page.locator(".group").count() == 2
    record = page.locator("article", has_text="示市监罚字〔2026〕101号")
    shown = record.inner_text()
    assert "行政处罚决定书文号" in shown
    assert "Penalty decision number" in shown
    assert "9.9666 万元（99,666 元）" in shown
    assert "罚款、没收违法所得" in shown
    moments = record.locator(".timeline li").all_inner_texts()
    assert [text.split()[0] for text in moments] == ["作出决定", "记入账本", "今日", "公示截止"]
    position = site.world.lookup.find(CODE)[0].records[-1].position
    assert "2026-10-22" in moments[0]
    assert "2026-11-21 10:00:00 +08:00" in moments[1]
    assert f"账本位置 {position}" in moments[1]
    assert "距公示截止 60 天" in moments[2]
    assert "2027-01-20" in moments[3]


def test_the_drawn_line_stands_in_the_order_of_time(site: Site, page: Page):
    site.look_up(page, CODE)
    drawing = page.locator("article", has_text="101号").locator("svg.track")
    places = [
        drawing.locator(f"svg:has({shape})").bounding_box()
        for shape in ("circle", "rect", "path[d^='M0-7 7 0']")
    ]
    lefts = [box["x"] for box in places if box]
    assert len(lefts) == 3
    assert lefts == sorted(lefts)
    today = drawing.get_by_text("今日").bounding_box()
    assert today
    assert lefts[0] < today["x"] < lefts[2]


def test_another_spelling_finds_the_same_record(site: Site, page: Page):
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in CODE)
    for text in (COMPANY, CODE.lower(), full_width, f"  {CODE[:4]} {CODE[4:]}　", f"　{COMPANY} "):
        site.look_up(page, text)
        assert page.get_by_role("heading", name=COMPANY).is_visible()
        assert page.locator("article").count() == 2


def test_a_part_of_a_name_finds_nothing(site: Site, page: Page):
    site.look_up(page, COMPANY[:-2])
    assert page.get_by_role("heading", name=NOTHING).is_visible()


def test_the_identifier_never_stands_in_a_url(site: Site, page: Page):
    site.look_up(page, CODE)
    with page.expect_navigation():
        page.locator("article h4 a").first.click()
    assert page.locator("h1").inner_text().startswith("示市监")
    assert not [url for url in site.requests if CODE in url or urllib.parse.quote(COMPANY) in url]
    status, headers, _ = site.ask(f"/lookup?identifier={CODE}")
    assert status == 200  # the front page, to which it leads
    assert page.context.cookies() == []
    assert "Set-Cookie" not in headers


def test_unknown_and_without_records_are_the_same_page(site: Site):
    unknown = site.post(identities.credit_code(Random(5), prefix="91", division="420100"))
    assert NOTHING in unknown
    site.world.clock.advance(days=2)
    assert unknown == site.post(CODE_ENDING) == site.post(PERSON_ID) == site.post("查无此司\0\ud7ff")


@pytest.mark.rule("PUB-1")
def test_a_natural_person_is_not_found_by_name_or_number(site: Site, page: Page):
    for text in (PERSON, PERSON_ID, PERSON_ID.lower(), REPRESENTATIVE, REPRESENTATIVE_ID):
        site.look_up(page, text)
        assert page.get_by_role("heading", name=NOTHING).is_visible()
        assert text not in page.content()


def test_no_page_holds_a_citizen_id_or_a_representative(site: Site):
    pages = [site.post(text) for text in (CODE, CODE_ENDING, COMPANY_MARKED_UP, PERSON_ID)]
    records = [
        r for code in (CODE, CODE_ENDING, CODE_MARKED_UP) for r in site.world.lookup.find(code)[0].records
    ]
    pages += [site.ask(f"/records/{record.record_id}")[2] for record in records]
    assert len(pages) == 8
    for text in pages:
        assert REPRESENTATIVE not in text
        assert PERSON not in text
        assert not CITIZEN_ID.search(text)


@pytest.mark.rule("PUB-4")
def test_a_record_is_gone_on_the_day_after_its_term(site: Site, page: Page):
    record = site.world.lookup.find(CODE_ENDING)[0].records[0].record_id
    site.world.clock.advance(days=1)
    site.look_up(page, CODE_ENDING)
    assert "今日为公示最后一日" in page.locator("article").inner_text()
    site.world.clock.advance(days=1)
    site.look_up(page, CODE_ENDING)
    assert page.get_by_role("heading", name=NOTHING).is_visible()
    assert site.ask(f"/records/{record}")[0] == 404
    page.goto(site.url)
    assert page.locator("[data-figure=count]").inner_text() == "3"


@pytest.mark.rule("PUB-4")
def test_a_suppressed_record_is_gone_before_the_views_catch_up(ledger_world: World, browser: Browser):
    fill(ledger_world)
    record = ledger_world.lookup.find(CODE_ENDING)[0].records[0].record_id
    ledger_world.clock.advance(days=2)
    assert end_terms(ledger_world.ledger, ledger_world.views) == 1
    ledger_world.clock.advance(days=-2)  # by its date alone it would be public
    with serving(ledger_world) as site:
        page = site.look_up(browser.new_page(), CODE_ENDING)
        assert page.get_by_role("heading", name=NOTHING).is_visible()
        assert site.ask(f"/records/{record}")[0] == 404
        page.goto(site.url)
        assert "账本已到" in page.locator(".figures").inner_text()
        page.close()


def test_a_record_page_shows_the_other_public_fields_too(site: Site, page: Page):
    site.look_up(page, CODE)
    with page.expect_navigation():
        page.get_by_role("link", name="示市监罚字〔2026〕101号").click()
    shown = page.locator("main").inner_text()
    assert COMPANY in shown
    assert "数据来源单位" in shown
    assert "事实清楚" not in shown  # the facts are shared, not public
    assert page.locator(".timeline li").count() == 4
    with page.expect_navigation():
        page.get_by_role("link", name="返回查询").click()
    assert urllib.parse.urlsplit(page.url).path == "/"


def test_a_coded_state_is_shown_by_its_name(site: Site, page: Page):
    site.look_up(page, CODE)
    assert page.locator("[data-field=XK_ZT] dd").inner_text() == "有效"


def test_markup_in_a_name_is_shown_as_text(site: Site, page: Page):
    site.look_up(page, CODE_MARKED_UP)
    assert page.get_by_role("heading", level=2).inner_text() == COMPANY_MARKED_UP
    assert page.locator("main img").count() == 0


def test_what_is_not_there_is_a_page_for_people_and_a_problem_for_machines(site: Site):
    for path in ("/records/00000000-0000-4000-8000-000000000000", "/records/x", "/nowhere"):
        status, headers, text = site.ask(path, Accept="text/html,application/xhtml+xml,*/*;q=0.8")
        assert (status, headers["Content-Type"]) == (404, "text/html; charset=utf-8")
        assert "没有可以显示的内容" in text
        assert headers["Cache-Control"] == "no-store"
        for accept in ("application/json", "application/problem+json", "*/*"):
            status, headers, text = site.ask(path, Accept=accept)
            assert (status, headers["Content-Type"]) == (404, "application/problem+json")
            assert json.loads(text)["status"] == 404


def test_the_interface_for_machines_keeps_its_problems(site: Site):
    status, headers, _ = site.ask("/v1/nowhere", Accept="text/html")
    assert (status, headers["Content-Type"]) == (404, "application/problem+json")


def test_input_that_cannot_be_looked_up_gets_a_page(site: Site):
    form = "application/x-www-form-urlencoded"
    for body, kind, status in (
        (b"identifier=", form, 400),
        (b"identifier=%E3%80%80%20", form, 400),
        (b"other=1", form, 400),
        (b"identifier=" + b"A" * 201, form, 400),
        (b"identifier=" + b"A" * 5000, form, 413),
        (b'{"identifier": "A"}', "application/json", 415),
        (b"identifier=%FF%00%ED%A0%80", form, 200),
    ):
        found, headers, text = site.ask("/lookup", body, Accept="text/html", **{"Content-Type": kind})
        assert (found, headers["Content-Type"]) == (status, "text/html; charset=utf-8")
        assert 'lang="zh-CN"' in text


def test_an_empty_form_says_what_is_missing(site: Site, page: Page):
    site.look_up(page, "　")
    assert "请填写" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("统一社会信用代码或全称").get_attribute("aria-invalid") == "true"
    # The browser notes the status of a page that is an answer to a wrong input; nothing else may be said.
    assert [c for c in site.complaints if "400" not in c] == []
    site.complaints.clear()


def test_pages_are_not_kept_and_forbid_what_is_foreign(site: Site):
    record = site.world.lookup.find(CODE)[0].records[0].record_id
    body = urllib.parse.urlencode({"identifier": CODE}).encode()
    for _, headers, text in (site.ask("/"), site.ask("/lookup", body), site.ask(f"/records/{record}")):
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].startswith("default-src 'self'; ")
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=", re.sub("&lt;.*?&gt;", "", text))


def test_a_name_without_an_end_makes_no_page_scroll_sideways(site: Site, page: Page):
    """Every other page is measured by ``test_accessibility.py``."""
    page.set_viewport_size({"width": 360, "height": 740})
    site.look_up(page, CODE_MARKED_UP)
    assert page.evaluate(BEYOND) == 0


def test_the_page_is_chinese_with_english_marked_as_such(site: Site, page: Page):
    site.look_up(page, CODE)
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    latin = page.evaluate("() => [...document.querySelectorAll('dt [lang=en]')].map(e => e.textContent)")
    assert "Decision date" in latin
    assert all(text.isascii() for text in latin)
    levels = page.evaluate(
        "() => [...document.querySelectorAll('h1,h2,h3,h4')].map(e => Number(e.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_keyboard_alone_is_enough(site: Site, page: Page):
    page.goto(site.url + "/")
    page.keyboard.press("Tab")
    assert "跳到正文" in page.locator(":focus").inner_text()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type(CODE)
    with page.expect_navigation(url="**/lookup"):
        page.keyboard.press("Enter")
    assert page.locator("article").count() == 2


def test_on_paper_the_record_stays_and_the_form_goes(site: Site, page: Page):
    site.look_up(page, CODE)
    page.emulate_media(media="print")
    assert page.locator("article").first.is_visible()
    assert page.locator("form").is_hidden()
    assert "页面生成于" in page.locator("footer").inner_text()
