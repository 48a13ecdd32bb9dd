"""A report by a member of the public in a real browser without scripts, from the form to what became of it (WHS-1)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from domain.parties.acting import Officer
from tests.e2e.public_site import Site, serving
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.rule("WHS-1")]


@pytest.fixture
def site(seeded_world: World) -> Iterator[Site]:
    with serving(seeded_world) as found:
        yield found


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A browser that runs no script: the page needs none."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    yield site.watch(context.new_page())
    assert context.cookies() == []
    context.close()
    assert all(url.startswith(site.url) for url in site.requests)
    assert not any("示范" in url or "secret" in url for url in site.requests)
    assert [
        text for text in site.complaints if "404" not in text
    ] == []  # what a wrong receipt is answered with


def test_whs_1_a_report_is_made_and_followed_without_a_script_a_login_or_anything_in_an_address(
    site: Site, page: Page
) -> None:
    page.goto(site.url + "/")
    page.get_by_role("link", name="举报严重失信行为").click()
    page.get_by_label("被举报单位的名称").fill("示范癸标有限公司")
    page.get_by_label("事实和线索").fill("出借资质\n围标串标")
    page.get_by_role("button", name="提交举报").click()
    number, secret = (page.locator(f"#{name}").inner_text() for name in ("number", "secret"))
    assert len(secret) == 40 and page.get_by_text("密码只在此显示一次").is_visible()

    desk, office = site.world.services.tip_offs(), site.world.city.credit_office.code
    handler = Officer("handler-1", office)
    found = desk.listed(handler, after=0, through=10**9, limit=9)[0][0][1]
    shown = desk.open(found.id, handler, show=["report"], reason="核实线索").shown
    assert shown["report"] == {"about": "示范癸标有限公司", "text": "出借资质\n围标串标"}

    page.get_by_role("link", name="凭回执查询办理情况").click()
    page.get_by_label("回执编号").fill(number)
    page.get_by_label("查询密码").fill("0" * 40)
    page.get_by_role("button", name="查询").click()
    assert page.get_by_role("alert").inner_text().startswith("没有这件举报")
    page.get_by_label("查询密码").fill(secret)
    page.get_by_role("button", name="查询").click()
    assert page.locator("#state").inner_text().startswith("已收到")
    told = page.locator("main").inner_text()
    assert "核实线索" in told and "handler-1" in told and "围标串标" not in told
    width = page.locator("main").bounding_box()
    assert width and width["width"] <= 390
