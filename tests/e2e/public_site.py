"""A running service with a few known records, for the tests of the public page."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from playwright.sync_api import Page

from interfaces.cli.seed import take_in
from interfaces.demo import identities
from interfaces.demo.generator import SEVERITY_COLUMN, table, workbook
from interfaces.demo.rows import Row
from interfaces.http.app import create_app
from tests.listening import listening
from tests.world import World

COMPANY, COMPANY_ENDING = "示范江岸晨曦环保科技有限公司", "示范汉阳鼎盛药业有限公司"
COMPANY_MARKED_UP = "示范<img src=x onerror=alert(1)>&\"'云杉商贸有限公司"
REPRESENTATIVE, PERSON = "慕容法代", "司徒自然"
RANDOM = Random(11)
CODES = [identities.credit_code(RANDOM, prefix="91", division="420100") for _ in range(3)]
CODE, CODE_ENDING, CODE_MARKED_UP = CODES
REPRESENTATIVE_ID, PERSON_ID = (identities.citizen_id(RANDOM, birth=date(1980, 5, 6)) for _ in range(2))


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
        with page.expect_navigation():  # else the next question could still meet the form
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


def fill(world: World) -> None:
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


@contextmanager
def serving(world: World) -> Iterator[Site]:
    """The whole application over the world, on a port of its own."""
    with listening(create_app(world.services)) as port:
        yield Site(world, f"http://127.0.0.1:{port}")
