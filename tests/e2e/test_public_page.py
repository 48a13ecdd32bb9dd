"""The public page in a real browser against a real service: what it finds, what it never shows, how it looks."""

from __future__ import annotations

import json
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from application.commands.drafts import Drafts
from application.projections.projector import end_terms
from application.services import Services
from infrastructure.keys import verify_ed25519
from interfaces.cli.seed import take_in
from interfaces.client.form_data import load_forms
from interfaces.demo import identities
from interfaces.demo.generator import SEVERITY_COLUMN, table, workbook
from interfaces.demo.rows import Row
from interfaces.http.app import create_app
from tests.world import World

pytestmark = pytest.mark.browser

COMPANY, COMPANY_ENDING = "示范江岸晨曦环保科技有限公司", "示范汉阳鼎盛药业有限公司"
COMPANY_MARKED_UP = "示范<img src=x onerror=alert(1)>&\"'云杉商贸有限公司"
REPRESENTATIVE, PERSON = "慕容法代", "司徒自然"
RANDOM = Random(11)
CODES = [identities.credit_code(RANDOM, prefix="91", division="420100") for _ in range(3)]
CODE, CODE_ENDING, CODE_MARKED_UP = CODES
REPRESENTATIVE_ID, PERSON_ID = (identities.citizen_id(RANDOM, birth=date(1980, 5, 6)) for _ in range(2))
NOTHING = "没有公示中的记录"
CITIZEN_ID = re.compile(r"(?<!\d)\d{17}[\dXx](?!\w)")


@dataclass
class Site:
    """A running service over a world, and everything that a browser did with it."""

    world: World
    url: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> Page:
        """Note every request and every word on the console."""
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def look_up(self, page: Page, text: str) -> Page:
        """Type into the form and press the button, as people do."""
        page.goto(self.url + "/")
        page.get_by_label("统一社会信用代码或全称").fill(text)
        page.get_by_role("button", name="查询").click()
        return page

    def ask(self, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any, str]:
        """Status, headers and text of an answer, without a browser."""
        request = urllib.request.Request(self.url + path, data=body, headers=headers)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def post(self, text: str) -> str:
        """The page that a look-up gives."""
        body = urllib.parse.urlencode({"identifier": text}).encode()
        return self.ask("/lookup", body)[2]


def _penalty(world: World, number: int, *, name: str, code: str, until: date) -> Row:
    agency = world.city.agencies[0]
    return {
        "CF_XDR_MC": name,
        "CF_XDR_LB": "法人及非法人组织",
        "CF_XDR_SHXYM": code,
        "CF_FRDB": REPRESENTATIVE,
        "CF_FR_ZJLX": "身份证",
        "CF_FR_ZJHM": REPRESENTATIVE_ID,
        "CF_WSH": f"示市监罚字〔2026〕{number}号",
        "CF_WFXW": "生产经营不符合食品安全标准的食品",
        "CF_SY": "经查，事实清楚、证据确凿。",
        "CF_YJ": "《中华人民共和国食品安全法》第一百二十四条",
        "CF_CFLB": "罚款;没收违法所得",
        "CF_NR": "罚款、没收违法所得",
        "CF_NR_FK": 9.9666,
        "CF_NR_WFFF": 2.5,
        "CF_JDRQ": world.today - timedelta(days=30),
        "CF_GSJZQ": until,
        "CF_CFJG": agency.name,
        "CF_CFJGDM": agency.code,
        "CF_SJLY": agency.name,
        "CF_SJLYDM": agency.code,
        "DISCREDIT_LEVEL": "一般",
    }


def _person(world: World) -> Row:
    row = _penalty(world, 900, name=PERSON, code="", until=world.today + timedelta(days=60))
    row |= {"CF_XDR_LB": "自然人", "CF_XDR_ZJLX": "身份证", "CF_XDR_ZJHM": PERSON_ID}
    return {code: value for code, value in row.items() if not code.startswith("CF_FR") and value != ""}


def _licence(world: World) -> Row:
    agency, decided = world.city.agencies[0], world.today - timedelta(days=3)
    return {
        "XK_XDR_MC": COMPANY,
        "XK_XDR_LB": "法人及非法人组织",
        "XK_XDR_SHXYM": CODE,
        "XK_FRDB": REPRESENTATIVE,
        "XK_XKWS": "准予行政许可决定书",
        "XK_WSH": "示市监许字〔2026〕1号",
        "XK_XKLB": "核准",
        "XK_XKZS": "食品经营许可证",
        "XK_XKBH": "JY14201000000017",
        "XK_NR": "准予从事食品经营",
        "XK_JDRQ": decided,
        "XK_YXQZ": decided,
        "XK_YXQZI": decided + timedelta(days=1800),
        "XK_XKJG": agency.name,
        "XK_XKJGDM": agency.code,
        "XK_ZT": "1",
        "XK_LYDW": agency.name,
        "XK_LYDWDM": agency.code,
    }


def _fill(world: World) -> None:
    """Two records of one company, one that ends tomorrow, one with markup in the name, one of a person."""
    later = world.today + timedelta(days=60)
    penalties = [
        _penalty(world, 101, name=COMPANY, code=CODE, until=later),
        _penalty(world, 102, name=COMPANY_ENDING, code=CODE_ENDING, until=world.today + timedelta(days=1)),
        _penalty(world, 103, name=COMPANY_MARKED_UP, code=CODE_MARKED_UP, until=later),
        _person(world),
    ]
    columns = (*world.city.penalty_columns, SEVERITY_COLUMN)
    agency = world.city.agencies[0].code
    for data in (
        workbook(columns, penalties, created=world.today),
        table(world.city.licence_columns, [_licence(world)]),
    ):
        intake = take_in(world.ledger, data, department=agency, key=world.keys[agency])
        assert not intake.report.refused
    world.project()


@pytest.fixture
def site(ledger_world: World) -> Iterator[Site]:
    _fill(ledger_world)
    app = create_app(
        Services(
            ledger=ledger_world.ledger,
            forms=load_forms(),
            drafts=Drafts(ledger_world.ledger, ledger_world.store),
            public=ledger_world.lookup,
            verify=verify_ed25519,
            gateway_public_key=ledger_world.gateway.public_key,
        )
    )
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(ledger_world, f"http://127.0.0.1:{server.port}")
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


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


@pytest.mark.parametrize(
    "text",
    [
        COMPANY,
        CODE.lower(),
        "".join(chr(ord(c) + 0xFEE0) for c in CODE),
        f"  {CODE[:4]} {CODE[4:8]} {CODE[8:]}　",
        f"　{COMPANY} ",
    ],
    ids=["exact name", "lower case", "full width", "blanks", "name with blanks"],
)
def test_another_spelling_finds_the_same_record(site: Site, page: Page, text: str):
    site.look_up(page, text)
    assert page.get_by_role("heading", name=COMPANY).is_visible()
    assert page.locator("article").count() == 2


def test_a_part_of_a_name_finds_nothing(site: Site, page: Page):
    site.look_up(page, COMPANY[:-2])
    assert page.get_by_role("heading", name=NOTHING).is_visible()


def test_the_identifier_never_stands_in_a_url(site: Site, page: Page):
    site.look_up(page, CODE)
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
@pytest.mark.parametrize("text", [PERSON, PERSON_ID, PERSON_ID.lower(), REPRESENTATIVE, REPRESENTATIVE_ID])
def test_a_natural_person_is_not_found_by_name_or_number(site: Site, page: Page, text: str):
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
def test_a_suppressed_record_is_gone_before_the_views_catch_up(site: Site, page: Page):
    world = site.world
    record = world.lookup.find(CODE_ENDING)[0].records[0].record_id
    world.clock.advance(days=2)
    assert end_terms(world.ledger, world.views) == 1
    world.clock.advance(days=-2)  # by its date alone it would be public
    site.look_up(page, CODE_ENDING)
    assert page.get_by_role("heading", name=NOTHING).is_visible()
    assert site.ask(f"/records/{record}")[0] == 404
    page.goto(site.url)
    assert "账本已到" in page.locator(".figures").inner_text()


def test_a_record_page_shows_the_other_public_fields_too(site: Site, page: Page):
    site.look_up(page, CODE)
    page.get_by_role("link", name="示市监罚字〔2026〕101号").click()
    shown = page.locator("main").inner_text()
    assert COMPANY in shown
    assert "数据来源单位" in shown
    assert "事实清楚" not in shown  # the facts are shared, not public
    assert page.locator(".timeline li").count() == 4
    page.get_by_role("link", name="返回查询").click()
    assert urllib.parse.urlsplit(page.url).path == "/"


def test_a_coded_state_is_shown_by_its_name(site: Site, page: Page):
    site.look_up(page, CODE)
    assert page.locator("[data-field=XK_ZT] dd").inner_text() == "有效"


def test_markup_in_a_name_is_shown_as_text(site: Site, page: Page):
    site.look_up(page, CODE_MARKED_UP)
    assert page.get_by_role("heading", level=2).inner_text() == COMPANY_MARKED_UP
    assert page.locator("main img").count() == 0


@pytest.mark.parametrize("path", ["/records/00000000-0000-4000-8000-000000000000", "/records/x", "/nowhere"])
def test_what_is_not_there_is_a_page_for_people_and_a_problem_for_machines(site: Site, path: str):
    status, headers, text = site.ask(path, Accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert status == 404
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert "没有可以显示的内容" in text
    assert headers["Cache-Control"] == "no-store"
    for accept in ("application/json", "application/problem+json", "*/*"):
        status, headers, text = site.ask(path, Accept=accept)
        assert (status, headers["Content-Type"]) == (404, "application/problem+json")
        assert json.loads(text)["status"] == 404


def test_the_interface_for_machines_keeps_its_problems(site: Site):
    status, headers, _ = site.ask("/v1/nowhere", Accept="text/html")
    assert (status, headers["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"identifier=", "application/x-www-form-urlencoded", 400),
        (b"identifier=%E3%80%80%20", "application/x-www-form-urlencoded", 400),
        (b"other=1", "application/x-www-form-urlencoded", 400),
        (b"identifier=" + b"A" * 201, "application/x-www-form-urlencoded", 400),
        (b"identifier=" + b"A" * 5000, "application/x-www-form-urlencoded", 413),
        (b'{"identifier": "A"}', "application/json", 415),
        (b"identifier=%FF%00%ED%A0%80", "application/x-www-form-urlencoded", 200),
    ],
)
def test_input_that_cannot_be_looked_up_gets_a_page(site: Site, body: bytes, kind: str, status: int):
    found, headers, text = site.ask("/lookup", body, Accept="text/html", **{"Content-Type": kind})
    assert found == status
    assert headers["Content-Type"] == "text/html; charset=utf-8"
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


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_page_scrolls_sideways(site: Site, page: Page, width: int):
    page.set_viewport_size({"width": width, "height": 740})
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    for text in (CODE, CODE_MARKED_UP, "查无此司"):
        site.look_up(page, text)
        assert page.evaluate(wide) == 0
    record = site.world.lookup.find(CODE)[0].records[0].record_id
    for path in ("/", f"/records/{record}"):
        page.goto(site.url + path)
        assert page.evaluate(wide) == 0


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
    page.keyboard.press("Enter")
    page.wait_for_url("**/lookup")
    assert page.locator("article").count() == 2


def test_on_paper_the_record_stays_and_the_form_goes(site: Site, page: Page):
    site.look_up(page, CODE)
    page.emulate_media(media="print")
    assert page.locator("article").first.is_visible()
    assert page.locator("form").is_hidden()
    assert "页面生成于" in page.locator("footer").inner_text()
