"""The order in which the answers of a trace are told, and when a trace is refused as it could not be complete."""

from __future__ import annotations

import pytest

from domain.oversight.traces import (
    LOOKS_MAX,
    Disclosed,
    completeness_defects,
    excerpt_defects,
    held_of,
    plain,
    ranked,
)

pytestmark = pytest.mark.rule("QRY-4")
EXCERPT = {"CF_WSH": "示〔2026〕1号", "CF_NR_FK": "3.2"}


def answer(position: int, *held: str, unclear: bool = False) -> Disclosed:
    told = ("9", "o", "operator", "licensing", "", "", "shared", "")
    return Disclosed(1, position, "", *told, (("r", "public"),), frozenset(held), unclear)


def test_the_likeliest_source_holds_every_leaked_field_and_the_newest_comes_first_of_equals() -> None:
    found = [
        answer(1, "CF_WSH"),
        answer(2),
        answer(3, unclear=True),
        answer(4, *EXCERPT),
        answer(5, *EXCERPT),
    ]
    assert [a.position for a in ranked(found, EXCERPT)] == [5, 4, 3, 1, 2]
    assert [a.position for a in ranked([answer(1), answer(3), answer(2, unclear=True)], {})] == [3, 2, 1]


def test_a_field_is_held_under_its_own_name_whatever_the_spaces_and_widths() -> None:
    told = {("CF_WSH", plain("示〔2026〕１号")), ("CF_SY", "3.2")}
    assert held_of({**EXCERPT, "CF_WSH": "示〔2026〕 1号"}, told) == {"CF_WSH"}


def test_a_list_with_a_gap_or_a_look_that_is_erased_or_too_many_looks_give_no_trace() -> None:
    def codes(numbers: tuple[int, ...], last: int, *, closed: bool = False) -> list[str]:
        return [d.code for d in completeness_defects(numbers=numbers, last=last, closed=closed)]

    assert codes((1, 2, 3), 3) == codes((), 0) == []
    assert codes((1, 3), 3) == codes((1, 2), 3) == codes((1, 2, 3), 3, closed=True) == ["trace_incomplete"]
    assert codes((), LOOKS_MAX + 1) == ["trace_too_many"]


@pytest.mark.parametrize(
    "excerpt", [{"": "x"}, {"a": " "}, {"a": "x" * 501}, {str(n): "x" for n in range(21)}]
)
def test_an_excerpt_names_each_field_with_its_value(excerpt: dict[str, str]) -> None:
    assert [d.code for d in excerpt_defects(excerpt)] == ["trace_excerpt"]
    assert not list(excerpt_defects(EXCERPT))
