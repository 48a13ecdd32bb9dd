"""The pages of the public registers speak in words: of the demo city's data nothing is left under a program's name."""

from __future__ import annotations

import json

from interfaces.demo.city import read_city
from interfaces.portal.register_words import LABELS, VALUES
from interfaces.portal.registers import shown_lines
from tests.vectors.make_event_vectors import EVENTS_FOLDER
from tests.world import DATA

CITY = read_city(DATA)
SPOKEN = {
    "status", "layer", "scope", "nature", "domain", "kind", "repair", "least_rank", "carrier", "subject_kinds",
}  # fmt: skip
"""Members whose values are words of the program."""


def test_every_member_of_a_register_and_every_word_in_it_has_its_name() -> None:
    contents = [
        *(item.to_json() for item in CITY.items),
        *(standard.to_json() for standard in CITY.lists),
        *(measure.to_json() for measure in CITY.measures),
    ]
    assert {name for content in contents for name in content} <= set(LABELS)
    told: set[str] = set()
    for content in contents:
        for value in (content[name] for name in SPOKEN & content.keys()):
            told |= {value} if isinstance(value, str) else set(value)  # type: ignore[arg-type]
    assert told - {""} <= set(VALUES)
    assert len(told) > 10


def test_every_member_of_a_step_of_a_proposal_has_its_name() -> None:
    shown: set[str] = set()
    for file in EVENTS_FOLDER.glob("proposal.*.json"):
        shown |= json.loads(file.read_text(encoding="utf-8"))["parts"]["public"].keys()
    assert len(shown) > 20 and shown - {"officer"} <= set(LABELS) | {"event", "view"}


def test_a_page_shows_a_word_in_chinese_first() -> None:
    [line] = shown_lines({"status": "in_force"})
    assert (line.label_zh, line.value) == ("状态", "现行 in force")
