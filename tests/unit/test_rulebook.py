"""The rulebook names every rule once, in the words of the texts that found it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from domain.shared.rulebook import Rule, Rulebook

DATA = Path(__file__).resolve().parents[2] / "data"
ENTRIES = json.loads((DATA / "rulebook.json").read_text(encoding="utf-8"))["rules"]
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
    assert sorted(rule.id for rule in Rulebook.from_data(ENTRIES)) == sorted(expected)


@pytest.mark.parametrize("rule", Rulebook.from_data(ENTRIES), ids=lambda rule: str(rule.id))
def test_a_quote_is_verbatim_from_its_text(rule: Rule) -> None:
    assert without_white_space(rule.quote) in SEEDS[rule.seed]


@pytest.mark.parametrize("rule", Rulebook.from_data(ENTRIES), ids=lambda rule: str(rule.id))
def test_a_rule_cites_the_text_that_it_quotes(rule: Rule) -> None:
    cited = rule.clause
    assert rule.seed in cited or (rule.seed == "002" and ("49号" in cited or "15号" in cited))


def test_a_rule_is_looked_up_by_its_id() -> None:
    book = Rulebook.from_data(ENTRIES)
    assert book["CAT-5"].clause.startswith("49号(三)")
    assert "DET-1" in book
    assert "FORMAT" not in book
    assert len(book) == sum(GROUPS.values())
    with pytest.raises(KeyError):
        book["CAT-7"]


def test_a_rule_that_stands_twice_or_lacks_its_quote_is_an_error() -> None:
    with pytest.raises(ValueError, match="twice"):
        Rulebook.from_data([ENTRIES[0], ENTRIES[0]])
    with pytest.raises(ValueError, match="quote"):
        Rulebook.from_data([{**ENTRIES[0], "quote": " "}])
