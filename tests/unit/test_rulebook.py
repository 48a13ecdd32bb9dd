"""The rulebook names every rule once, in the words of the texts that found it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from domain.shared.rulebook import Rule, Rulebook

DATA = Path(__file__).resolve().parents[2] / "data"
BOOK = json.loads((DATA / "rulebook.json").read_text(encoding="utf-8"))
GROUPS = {
    "CAT": 6, "DET": 7, "PUB": 4, "SHR": 3, "LST": 9, "MEA": 5, "JNT": 5, "OBJ": 5, "REP": 7, "QRY": 5,
    "PRV": 4, "INS": 3, "ACC": 5, "SUP": 1, "WHS": 1,
}  # fmt: skip


def without_white_space(text: str) -> str:
    return re.sub(r"\s+", "", text)


SEEDS = {
    path.name[:3]: without_white_space(path.read_text(encoding="utf-8"))
    for path in (DATA / "seeds").glob("*.txt")
}


def test_every_rule_stands_in_it_exactly_once() -> None:
    expected = [f"{group}-{number}" for group, size in GROUPS.items() for number in range(1, size + 1)]
    assert [rule.id for rule in Rulebook.from_data(BOOK)] == expected


@pytest.mark.parametrize("rule", Rulebook.from_data(BOOK), ids=lambda rule: str(rule.id))
def test_a_quote_is_verbatim_from_its_text(rule: Rule) -> None:
    assert without_white_space(rule.quote) in SEEDS[rule.seed]


@pytest.mark.parametrize("rule", Rulebook.from_data(BOOK), ids=lambda rule: str(rule.id))
def test_a_rule_cites_the_text_that_it_quotes(rule: Rule) -> None:
    cited = rule.clause
    assert rule.seed in cited or (rule.seed == "002" and ("49号" in cited or "15号" in cited))


def test_a_rule_is_looked_up_by_its_id() -> None:
    book = Rulebook.from_data(BOOK)
    assert book["CAT-5"].clause.startswith("49号(三)")
    assert "DET-1" in book
    assert "FORMAT" not in book
    assert len(book) == sum(GROUPS.values())
    with pytest.raises(KeyError):
        book["CAT-7"]


@pytest.mark.parametrize("rule", Rulebook.from_data(BOOK), ids=lambda rule: str(rule.id))
def test_a_rule_says_what_it_does_and_what_is_lawful_instead_in_both_languages(rule: Rule) -> None:
    for chinese in (rule.effect_zh, rule.instead):
        assert re.search("[\u4e00-\u9fff]", chinese) and chinese.endswith("。")
    for english in (rule.effect, rule.instead_en):
        assert re.search("[a-z]{3}", english) and english.endswith(".")
    assert not re.search("[\u4e00-\u9fff]", rule.instead_en)
    assert rule.instead != rule.effect_zh


def test_rules_that_a_later_text_governs_say_since_when() -> None:
    """DOMAIN 0: repair by order 58 until the end of March 2026, by order 36 from then on."""
    book = Rulebook.from_data(BOOK)
    orders = {span.from_day: span.until for span in book["REP-1"].dates}
    assert orders["2023-05-01"] == "2026-03-31"
    assert orders["2026-04-01"] == ""
    assert [span.until for span in book["LST-9"].dates] == ["2021-12-31", ""]
    assert [rule.id for rule in book if not rule.dates[0].from_day] == ["DET-5"]


def test_groups_hold_every_rule_once() -> None:
    book = Rulebook.from_data(BOOK)
    assert {group.id: len(book.of_group(group.id)) for group in book.groups} == GROUPS
    assert book.of_group("XXX") == ()


def test_a_rule_that_stands_twice_or_lacks_its_quote_is_an_error() -> None:
    first = BOOK["rules"][0]
    groups = BOOK["groups"][:1]
    with pytest.raises(ValueError, match="twice"):
        Rulebook.from_data({"groups": groups, "rules": [first, first]})
    with pytest.raises(ValueError, match="quote"):
        Rulebook.from_data({"groups": groups, "rules": [{**first, "quote": " "}]})
    with pytest.raises(ValueError, match="groups"):
        Rulebook.from_data({"groups": [], "rules": [first]})


@pytest.mark.parametrize(
    "dates",
    [
        [],
        [{"from": "2022-01-01", "until": "2021-01-01", "source": "x", "status": "SEED"}],
        [{"from": "2022-01-01", "source": "x", "status": "SURE"}],
        [{"from": "2022-01-01", "source": " ", "status": "SEED"}],
        [
            {"from": "2022-01-01", "source": "x", "status": "SEED"},
            {"from": "2021-01-01", "source": "x", "status": "SEED"},
        ],
    ],
)
def test_dates_that_cannot_be_are_an_error(dates: list[dict[str, str]]) -> None:
    with pytest.raises(ValueError, match="date"):
        Rulebook.from_data({"groups": BOOK["groups"][:1], "rules": [{**BOOK["rules"][0], "dates": dates}]})
