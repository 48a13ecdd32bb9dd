"""Which answers may be the source of a leak (QRY-4): what each one held of what leaked, the likeliest first.

Comes after the looks of a subject were read and what they showed was made again; decides their order, nothing else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from domain.shared.refusals import Defect

FIELDS_MAX = 20
VALUE_CHARACTERS_MAX = 500
LOOKS_MAX = 20_000
"""Looks that one trace goes through; more is refused, since a cut trace would clear who should be asked."""
ANSWERS_MAX = 2_000
RECORDS_MAX = 200
"""Records that an excerpt is looked for in."""
Told = frozenset[tuple[str, str]]
"""Name and value of every field that an answer told, values as :func:`plain` has them."""


@dataclass(frozen=True)
class Disclosed:
    """One answer that held what is traced (披露): to whom, when, why, what it showed, and what of the excerpt it held.

    ``held`` are names of the excerpt's fields. ``unclear``: something that it showed cannot be made again (it was
    erased since, or was a bundle of evidence), so it may have held more.
    """

    number: int
    position: int
    at: str
    department: str
    officer: str
    role: str
    purpose: str
    case: str
    basis: str
    view: str
    as_of: str
    shown: tuple[tuple[str, str], ...]
    held: frozenset[str] = frozenset()
    unclear: bool = False


def plain(value: object) -> str:
    """A value as it is compared: compatibility forms folded, without any space."""
    return "".join(unicodedata.normalize("NFKC", str(value)).split())


def held_of(excerpt: Mapping[str, str], told: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The fields of an excerpt that stand in what was told, by name and value."""
    found = set(told)
    return frozenset(name for name, value in excerpt.items() if (name, plain(value)) in found)


def ranked(answers: Iterable[Disclosed], excerpt: Mapping[str, str]) -> tuple[Disclosed, ...]:
    """By likelihood: every leaked field held, then what cannot be made again, then more fields before fewer.

    Of equals the newest first. An excerpt without fields makes no difference between answers.
    """

    def key(answer: Disclosed) -> tuple[int, int, int]:
        whole = answer.held >= excerpt.keys()
        return (0 if whole else 1 if answer.unclear else 2), -len(answer.held), -answer.position

    return tuple(sorted(answers, key=key))


def excerpt_defects(excerpt: Mapping[str, str]) -> Iterator[Defect]:
    """An excerpt names fields by their codes, with the values that leaked."""
    most = {"fields": str(FIELDS_MAX), "characters": str(VALUE_CHARACTERS_MAX)}
    if len(excerpt) > FIELDS_MAX or not all(
        name and plain(value) and len(value) <= VALUE_CHARACTERS_MAX for name, value in excerpt.items()
    ):
        yield Defect("QRY-4", "trace_excerpt", "/excerpt", most)


def completeness_defects(*, numbers: Sequence[int], last: int, closed: bool) -> Iterator[Defect]:
    """QRY-4: a trace tells all or is refused: the looks ``1`` to ``last`` without a gap, each of them readable."""
    if last > LOOKS_MAX:
        yield Defect("QRY-4", "trace_too_many", "", {"most": str(LOOKS_MAX)})
    elif closed or list(numbers) != list(range(1, last + 1)):
        yield Defect("QRY-4", "trace_incomplete")
