"""统一社会信用代码 and citizen ids: what is refused, what is not, against python-stdnum as an oracle."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from domain.parties.identifiers import (
    CREDIT_CODE_CHARACTERS,
    REGIONS,
    birth_date,
    check_citizen_id,
    check_credit_code,
    citizen_check_character,
    credit_code_check_character,
    has_consistent_organisation_code,
    is_filler,
    is_minor,
    normalise,
)
from domain.shared.refusals import sentence

TODAY = date(2026, 11, 21)
VALID = [
    "91420100MA4K9T000A",
    "91420100MA4K9T115G",
    "92420106MA4K9T22X5",
    "11420100011000014R",
    "12420100441620336J",
    "51420100MJD123441R",
]
BODY = st.text(alphabet=CREDIT_CODE_CHARACTERS, min_size=15, max_size=15)


def code_of(body: str) -> str:
    return body + credit_code_check_character(body)


def fault(text: str) -> str:
    defect = check_credit_code(text)
    return defect.code if defect else ""


def id_fault(text: str) -> str:
    defect = check_citizen_id(text, today=TODAY)
    return defect.code if defect else ""


@pytest.mark.parametrize("code", VALID)
def test_a_lawful_code_passes_in_any_spelling(code: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code.lower())
    assert fault(code) == fault(f" {wide[:8]}\u200b {wide[8:]}\ufeff") == ""
    assert normalise(wide) == code


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("00000000000000000X", "credit_code_filler"),
        ("000000000000000000", "credit_code_filler"),
        ("111111111111111111", "credit_code_filler"),
        ("XXXXXXXXXXXXXXXXXX", "credit_code_filler"),
        ("123456789012345678", "credit_code_filler"),
        ("91420100000000000X", "credit_code_filler"),
        ("0", "credit_code_filler"),
        ("91420100MA4K9T000", "credit_code_length"),
        ("91420100MA4K9T000AA", "credit_code_length"),
        ("91420100MA4K9I000A", "credit_code_characters"),
        ("9142010OMA4K9T000A", "credit_code_characters"),
        ("91420100MA4K9T\x0000A", "credit_code_characters"),
        ("91350100MA2D6J0A5X", "credit_code_check"),
        ("11330102MB1234567A", "credit_code_check"),
        (code_of("B1420100MA4K9T115"), "credit_code_first_letter"),
        (code_of("01420100MA4K9T115"), "credit_code_first_letter"),
    ],
)
def test_det_3_a_code_that_cannot_be_one_is_refused_with_its_own_reason(code: str, expected: str) -> None:
    assert fault(code) == expected


@pytest.mark.parametrize("prefix", ["N1", "N2", "N3", "A1", "Y1", "93", "52", "31", "81"])
def test_lawful_first_letters_of_amendment_1_pass(prefix: str) -> None:
    assert fault(code_of(prefix + "420100MA4K9T115")) == ""


@given(st.sampled_from("123456789"), st.sampled_from("123459"), BODY)
def test_codes_agree_with_the_oracle(first: str, second: str, body: str) -> None:
    code = code_of(first + second + "420100" + body[:9])
    if fault(code) == "credit_code_filler":
        return
    # The oracle knows fewer registrars than GB 32100 with its amendment: only check characters compare.
    assert fault(code) == ""
    assert uscc.calc_check_digit(code[:17]) == code[17]


@given(st.sampled_from(VALID), st.integers(0, 17), st.sampled_from(CREDIT_CODE_CHARACTERS))
def test_one_mistyped_character_is_always_found(code: str, position: int, typed: str) -> None:
    mistyped = code[:position] + typed + code[position + 1 :]
    assert (fault(mistyped) == "") == (mistyped == code)


@given(st.text(max_size=40))
def test_any_text_gets_an_answer(text: str) -> None:
    for defect in (check_credit_code(text), check_citizen_id(text, today=TODAY)):
        assert defect is None or (sentence(defect) and sentence(defect, "en"))
    is_filler(text)
    has_consistent_organisation_code(text)


def test_the_organisation_code_inside_is_only_reported_never_refused() -> None:
    assert has_consistent_organisation_code("91420100MA4K9T000A") is True
    inconsistent = code_of("91420100MA4K9T11A")
    assert has_consistent_organisation_code(inconsistent) is False
    assert fault(inconsistent) == ""


@pytest.mark.parametrize("number", ["11010519491231002X", "420100199001010011", "990101200803150027"])
def test_a_good_citizen_id_passes_in_any_spelling(number: str) -> None:
    assert id_fault(number) == id_fault(f" {number[:6]} {number[6:].lower()}\u200b") == ""


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("110105491231002", "citizen_id_old"),
        ("1101051949123100", "citizen_id_length"),
        ("11010519491231002A", "citizen_id_characters"),
        ("X10105194912310021", "citizen_id_characters"),
        ("110105194902300026", "citizen_id_birth_date"),
        ("110105209912310021", "citizen_id_birth_date"),
        ("110105180012310021", "citizen_id_birth_date"),
        ("110105194912310020", "citizen_id_check"),
        ("000105194912310020", "citizen_id_region"),
        ("111111111111111111", "citizen_id_filler"),
        ("00000000000000000X", "citizen_id_filler"),
    ],
)
def test_det_3_a_citizen_id_that_cannot_be_one_is_refused_with_its_own_reason(
    number: str, expected: str
) -> None:
    assert id_fault(number) == expected


def test_a_birth_date_is_judged_on_the_given_day() -> None:
    body = "99010120261121003"
    number = body + citizen_check_character(body)
    assert check_citizen_id(number, today=TODAY) is None
    assert check_citizen_id(number, today=TODAY - timedelta(days=1)) is not None


@given(
    st.sampled_from(sorted(REGIONS)),
    st.dates(date(1900, 1, 1), TODAY),
    st.integers(0, 999),
)
def test_every_region_and_birth_date_passes_and_agrees_with_the_oracle(
    region: str, born: date, serial: int
) -> None:
    body = f"{region}0101{born:%Y%m%d}{serial:03}"
    number = body + citizen_check_character(body)
    assert id_fault(number) == ""
    assert birth_date(number) == born
    assert ric.calc_check_digit(number) == number[17]


@pytest.mark.rule("DET-4")
def test_det_4_one_is_a_minor_until_the_eighteenth_birthday() -> None:
    assert is_minor("990101200803150027", on=date(2026, 3, 14))
    assert not is_minor("990101200803150027", on=date(2026, 3, 15))
    leap = "990101200802290010"
    assert is_minor(leap, on=date(2026, 2, 28))
    assert not is_minor(leap, on=date(2026, 3, 1))


def test_an_id_without_a_birth_date_says_so_without_repeating_itself() -> None:
    for number in ("990101200813450027", "123", "护照E1234567"):
        with pytest.raises(ValueError, match=r"^no birth date in this identifier$"):
            birth_date(number)
