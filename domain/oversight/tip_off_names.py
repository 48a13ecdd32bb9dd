"""Decides whether words of ours would name whom a tip-off is about or who reported it (WHS-1).

Who that is stays sealed: names are held as keyed hashes beside the seal, and every stretch of a text is hashed alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from domain.records.screening import personal_data_in_public
from domain.shared.refusals import Defect

NAME_CHARACTERS_MIN = 2
"""A single character names nobody, and stands in every text."""
_CODE = re.compile(r"(?<![0-9a-z])[0-9a-z]{18}(?![0-9a-z])")
Hashed = Callable[[str], str]
"""The keyed hash (hex) of a folded name, under a key of the one tip-off."""


def held_names(named: Iterable[str], hashed: Hashed) -> list[str]:
    """Names as an event holds them: the length of each, folded, and its hash; none twice."""
    found = dict.fromkeys(_folded(name) for name in named)
    return [f"{len(name)}:{hashed(name)}" for name in found if len(name) >= NAME_CHARACTERS_MIN]


def naming_defects(
    text: str, field: str, *, names: Iterable[str], hashed: Hashed, today: date
) -> Iterator[Defect]:
    """A text holds no code of 18 characters, no number or address of a person, and no held name of the case (WHS-1).

    Names are found however they are spaced, spelt wide or narrow, or put in brackets.
    """
    wide = unicodedata.normalize("NFKC", text).casefold()
    if _CODE.search(wide) or personal_data_in_public(text, today=today):
        yield Defect("WHS-1", "tip_off_identifier_in_text", field)
    elif _holds(_folded(text), names, hashed):
        yield Defect("WHS-1", "tip_off_name_in_text", field)


def _holds(text: str, names: Iterable[str], hashed: Hashed) -> bool:
    by_length: dict[int, set[str]] = {}
    for name in names:
        length, _, found = name.partition(":")
        by_length.setdefault(int(length), set()).add(found)
    return any(
        hashed(text[at : at + length]) in held
        for length, held in by_length.items()
        for at in range(len(text) - length + 1)
    )


def _folded(text: str) -> str:
    """Letters and digits alone, in one width and case."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
