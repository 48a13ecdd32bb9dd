"""Decides whether a 统一社会信用代码 or a citizen id can be one, and what a citizen id tells about age.

Identifiers arrive as people typed them; after this they are normalised and go to the registry, the blind
index and the leniency gate. Whether the code belongs to somebody is the registry's question, not this one's.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from domain.shared.refusals import Defect
from domain.shared.text import normalise_identifier

CREDIT_CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_CREDIT_VALUES = {c: i for i, c in enumerate(CREDIT_CODE_CHARACTERS)}
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORG_VALUES = {c: i for i, c in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_CHECKS = "10X98765432"

REGISTRARS: dict[str, tuple[str, str]] = {
    "1": ("机构编制", "found-code"),
    "2": ("外交", "found-page"),
    "3": ("司法行政", "found-page"),
    "4": ("文化", "found-page"),
    "5": ("民政", "found-code"),
    "6": ("旅游", "found-page"),
    "7": ("宗教", "found-page"),
    "8": ("工会", "found-page"),
    "9": ("市场监管", "found-code"),
    "A": ("中央军委改革和编制办公室", "found-page"),
    "N": ("农业农村", "found-page"),
    "Y": ("其他", "found-page"),
}
"""First character of a code → (registering department, how sure): GB 32100-2015 with amendment 1 of 2016."""

REGIONS = frozenset(
    {"50", "51", "52", "53", "54", "71", "81", "82", "83", "99"}
    | {
        f"{a}{b}"
        for a, n in (("1", 5), ("2", 3), ("3", 7), ("4", 6), ("6", 5), ("9", 8))
        for b in range(1, n + 1)
    }
)
"""First two digits of a citizen id. 81-83: residence permits of Hong Kong, Macau and Taiwan residents;
91-98: new permanent residence cards of foreigners (memory-unverified); 99: synthetic persons."""

_ALL_SAME = re.compile(r"(.)\1*")
_COUNTING = "0123456789012345678901234567890"
ADULT_AGE_YEARS = 18
EARLIEST_BIRTH = date(1900, 1, 1)


def normalise(text: str) -> str:
    """An identifier in its one spelling: half width, no white space (visible or not), upper case."""
    return normalise_identifier(text)


def is_filler(text: str) -> bool:
    """Whether ``text`` only fills a cell: 00000000000000000X, one character throughout, 12345678…"""
    code = normalise_identifier(text)
    body = code[:-1] if len(code) > 1 else code
    return bool(code) and (_ALL_SAME.fullmatch(body) is not None or code in _COUNTING)


def _is_credit_filler(code: str) -> bool:
    """As :func:`is_filler`, or the subject part (9-17) is one character, which no organisation code is."""
    return is_filler(code) or (len(code) == 18 and _ALL_SAME.fullmatch(code[8:17]) is not None)


@lru_cache(maxsize=4096)
def _credit_code_fault(code: str) -> str:
    if _is_credit_filler(code):
        return "credit_code_filler"
    if len(code) != 18:
        return "credit_code_length"
    if any(c not in _CREDIT_VALUES for c in code):
        return "credit_code_characters"
    if code[0] not in REGISTRARS:
        return "credit_code_first_letter"
    return "" if credit_code_check_character(code[:17]) == code[17] else "credit_code_check"


def credit_code_check_character(body: str) -> str:
    """The check character of the first 17 characters of a code (GB 32100-2015); may raise ``KeyError``."""
    total = sum(_CREDIT_VALUES[c] * w for c, w in zip(body, _CREDIT_WEIGHTS, strict=True))
    return CREDIT_CODE_CHARACTERS[(31 - total % 31) % 31]


def check_credit_code(
    text: str, *, rule: str = "DET-3", field: str = "", name: str = "", name_en: str = ""
) -> Defect | None:
    """What is wrong with a 统一社会信用代码 in any spelling, or None.

    Codes: ``credit_code_filler``, ``_length``, ``_characters``, ``_first_letter``, ``_check``. The check
    of the organisation code inside is left out on purpose, see :func:`has_consistent_organisation_code`.
    """
    fault = _credit_code_fault(normalise_identifier(text))
    if not fault:
        return None
    return Defect(
        rule, fault, field, {"name": name or "统一社会信用代码", "name_en": name_en or "credit code"}
    )


def has_consistent_organisation_code(text: str) -> bool:
    """Whether positions 9-17 carry their own check character (GB 11714).

    For flags only: platforms differ and lawful codes exist without it, so no row is refused for this.
    """
    code = normalise_identifier(text)
    if len(code) != 18 or any(c not in _ORG_VALUES for c in code[8:16]):
        return False
    rest = 11 - sum(_ORG_VALUES[c] * w for c, w in zip(code[8:16], _ORG_WEIGHTS, strict=True)) % 11
    return code[16] == ("X" if rest == 10 else "0" if rest == 11 else str(rest))


def is_individual_business_code(text: str) -> bool:
    """Whether the code is one of an individual business (个体工商户): it begins with 92."""
    return normalise_identifier(text).startswith("92")


def citizen_check_character(body: str) -> str:
    """The check character of the first 17 digits of a citizen id (GB 11643-1999)."""
    return _CITIZEN_CHECKS[sum(int(c) * w for c, w in zip(body, _CITIZEN_WEIGHTS, strict=True)) % 11]


def check_citizen_id(
    text: str, *, today: date, rule: str = "DET-3", field: str = "", name: str = "", name_en: str = ""
) -> Defect | None:
    """What is wrong with a citizen id number (身份证号) in any spelling, or None, on the day ``today``.

    Codes: ``citizen_id_filler``, ``_old``, ``_length``, ``_characters``, ``_region``, ``_birth_date``,
    ``_check``. The defect never carries the number.
    """
    fault = _citizen_id_fault(normalise_identifier(text), today)
    if not fault:
        return None
    return Defect(
        rule, fault, field, {"name": name or "身份证号码", "name_en": name_en or "citizen id number"}
    )


def _citizen_id_fault(number: str, today: date) -> str:
    if is_filler(number):
        return "citizen_id_filler"
    if len(number) == 15 and number.isdigit():
        return "citizen_id_old"
    if len(number) != 18:
        return "citizen_id_length"
    if not (number.isascii() and number[:17].isdigit() and (number[17].isdigit() or number[17] == "X")):
        return "citizen_id_characters"
    if number[:2] not in REGIONS:
        return "citizen_id_region"
    try:
        born = birth_date(number)
    except ValueError:
        return "citizen_id_birth_date"
    if not EARLIEST_BIRTH <= born <= today:
        return "citizen_id_birth_date"
    return "" if citizen_check_character(number[:17]) == number[17] else "citizen_id_check"


def birth_date(text: str) -> date:
    """The birth date in a citizen id; ``ValueError`` (without the number in it) when it holds none."""
    number = normalise_identifier(text)
    digits = number[6:14]
    if len(number) != 18 or not (digits.isascii() and digits.isdigit()):
        raise ValueError("no birth date in this identifier")
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise ValueError("no birth date in this identifier") from None


def is_minor(text: str, *, on: date) -> bool:
    """Whether the holder is under 18 (民法典17) on the day ``on``; one is 18 on the day of the 18th birthday.

    Someone born on 29 February comes of age on 1 March. ``ValueError`` when the id holds no birth date.
    """
    born = birth_date(text)
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day)) < ADULT_AGE_YEARS
