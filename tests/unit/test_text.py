"""Normal forms for matching: one document, one name, one identifier, however it was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.text import (
    clean_text,
    document_number_words,
    has_control,
    is_blank,
    is_placeholder,
    normalise_document_number,
    normalise_identifier,
    normalise_name,
    says,
)

STYLES = [
    "〔2026〕",
    "[2026]",
    "【2026】",
    "(2026)",
    "（2026）",
    "﹝2026﹞",
    "［2026］",
    "<2026>",
    "＜2026＞",
    "〈2026〉",
    "〔２０２６〕",
    " 〔 2026 〕 ",
    "〔2026]",
    "\u200b〔2026\u00ad〕",
]


@pytest.mark.rule("DET-2")
@pytest.mark.parametrize("style", STYLES)
def test_det_2_one_number_is_one_number_in_every_bracket_style(style: str) -> None:
    assert normalise_document_number(f"示环罚字{style}1300号") == normalise_document_number(
        "示环罚字〔2026〕1300号"
    )


@pytest.mark.rule("DET-2")
def test_det_2_a_number_says_the_same_however_it_is_written_and_another_number_something_else() -> None:
    one = document_number_words("示罚字〔2026〕第013号")
    assert one == ("示罚", "2026", "13")
    for spelling in ("示罚 2026-13", "示罚（２０２６）１３号", "示罚2026年13号", "示罚字【2026】0013"):
        assert document_number_words(spelling) == one, spelling
    others = ("示罚〔202〕613号", "示罚〔2026〕13-1号", "示罚〔2026〕31号", "示环罚〔2026〕13号", "2026-13")
    assert len({document_number_words(other) for other in others} | {one}) == len(others) + 1


def test_case_width_and_dashes_do_not_make_another_number() -> None:
    assert normalise_document_number("jy–３３２０—1") == normalise_document_number("JY-3320-1")


@pytest.mark.rule("LST-6")
@pytest.mark.parametrize("text", ["无", " 无。", "/", "——", "N/A", "……", "。。。", "\u3000", "暂无"])
def test_lst_6_what_only_says_that_there_is_nothing_is_no_content_and_no_reason(text: str) -> None:
    assert not says(text, most=100) and says(f"{text}罚款未缴", most=100)


def test_different_numbers_stay_different() -> None:
    numbers = [
        "示〔2026〕13号",
        "示〔202〕613号",
        "示2026-13号",
        "示〔2026〕13-1号",
        "示〔2026〕31号",
        "示罚〔2026〕13号",
    ]
    assert len({normalise_document_number(n) for n in numbers}) == len(numbers)


@given(st.text(max_size=60))
def test_normal_forms_are_idempotent(text: str) -> None:
    for form in (normalise_document_number, normalise_identifier, normalise_name, clean_text):
        assert form(form(text)) == form(text)


@given(st.text(max_size=30))
def test_an_identifier_holds_no_blanks_and_no_lower_case_ascii(text: str) -> None:
    folded = normalise_identifier(text)
    assert not any(c.isspace() or c in "\u200b\ufeff\u00ad" or "a" <= c <= "z" for c in folded)


def test_names_match_whatever_dot_or_blank_they_are_written_with() -> None:
    assert (
        normalise_name("阿卜杜拉 •买买提")
        == normalise_name("阿卜杜拉・买买提")
        == normalise_name("阿卜杜拉·买买提")
    )
    assert normalise_name("示范（武汉） 公司") == normalise_name("示范(武汉)公司")


def test_sealed_text_keeps_its_own_inside() -> None:
    assert clean_text("\u3000 示环罚字〔2026〕 1300号\n\u200b") == "示环罚字〔2026〕 1300号"


def test_placeholders_say_nothing() -> None:
    assert all(is_placeholder(t) for t in ("", " ", "无", "/", "——", "N/A", "null", "-"))
    assert not any(is_placeholder(t) for t in ("无证经营", "0", "1", "无锡"))


def test_controls_and_lone_surrogates_are_seen() -> None:
    assert all(has_control(t) for t in ("a\x00", "\x1b", "\ud800", "\x7f"))
    assert not has_control("第一行\n\t第二行\r\n")


def test_a_text_that_turns_its_own_direction_or_shows_nothing_says_nothing() -> None:
    assert all(
        has_control(f"已{turn}核实") for turn in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )
    unseen = (
        "",
        " ",
        "\u3000\n",
        "\u200b\u200d\u2060\ufeff",
        "\u3164",
        "\u115f\uffa0",
        "\u2800",
        "\ufe0f\u034f",
    )
    assert all(is_blank(text) and not says(text, most=9) for text in unseen)
    # Within words they are kept: emoji, Mongolian and copied text have them.
    assert all(says(text, most=9) for text in ("一", "已\u200b核实", "✔\ufe0f", "0"))
    assert not says("一二三四", most=3) and not says("一\x00", most=3)
