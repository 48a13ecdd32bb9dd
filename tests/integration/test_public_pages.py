"""A subject with more public records than a page holds: every record is reached, through forms alone."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from uuid import UUID

import pytest

from application.queries import public
from tests.remedies import Story, begin
from tests.web import Web
from tests.world import World

PAGE = 2
_FIELD = re.compile(r'<input type="hidden" name="([a-z]+)" value="([^"]*)">')
_RECORD = re.compile(r'data-record="([0-9a-f-]{36})"')


@pytest.fixture
def story(seeded_world: World, monkeypatch: pytest.MonkeyPatch) -> Story:
    found = begin(seeded_world)
    for number in range(5):
        found.new_record(f"示市监罚字〔2026〕{9300 + number}号", decided=date(2026, 6, 1 + number))
    seeded_world.project()
    monkeypatch.setattr(public, "RECORDS_MAX", PAGE)
    return found


@pytest.mark.parametrize("by", ["CF_XDR_SHXYM", "CF_XDR_MC"])
def test_every_public_record_of_a_subject_is_reached_by_pages_that_need_no_script(
    story: Story, by: str
) -> None:
    http, seen, found, pages = Web(story.world).http, list[str](), list[str](), 0
    form = {"identifier": str(story.content["public"][by])}
    while form:
        page = http.post("/lookup", data=form)
        assert page.status_code == 200 and "no-store" in page.headers["Cache-Control"]
        found, pages = _RECORD.findall(page.text), pages + 1
        assert 1 <= len(found) <= PAGE
        seen += found
        form = {name: unescape(value) for name, value in _FIELD.findall(page.text)}
        assert ("还有更早的记录" in page.text) == bool(form) and ("这是最后一页" in page.text) == (not form)
    whole = story.world.lookup
    assert len(seen) == len(set(seen)) == (pages - 1) * PAGE + len(found) >= 6
    assert all(whole.record(record) is not None for record in map(UUID, seen))


def test_a_cursor_is_good_for_the_subject_whose_page_gave_it_and_shows_nothing_that_ended_meanwhile(
    story: Story,
) -> None:
    http, code = Web(story.world).http, str(story.content["public"]["CF_XDR_SHXYM"])
    form = dict(_FIELD.findall(http.post("/lookup", data={"identifier": code}).text))
    for wrong in ("x", form["cursor"][:-4] + "AAAA", form["cursor"] + "A" * 300):
        assert http.post("/lookup", data={**form, "cursor": wrong}).status_code == 400
    assert http.post("/lookup", data={**form, "identifier": "示范市"}).status_code == 400
    older = _RECORD.findall(http.post("/lookup", data=form).text)
    story.world.clock.run_ahead(days=3650)
    assert older and _RECORD.findall(http.post("/lookup", data=form).text) == []
