"""What is refused, by which rule, in which field; the sentence for people comes from one table.

Every context raises :class:`Refused` or returns :class:`Defect` values; interfaces turn them
into problem+json, report rows and workbook cells.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from domain.shared.prose import PROSE
from domain.shared.prose_instead import INSTEAD

Language = Literal["zh", "en"]


@dataclass(frozen=True)
class Defect:
    """One reason (原因) why an act or a row is refused.

    ``rule`` is an id of the rulebook (``DET-2``) or ``FORMAT`` for unreadable input; ``code`` names the
    sentence in the prose table; ``field`` is the form field code or a JSON pointer; ``data`` fills the
    sentence and never holds personal data.
    """

    rule: str
    code: str
    field: str = ""
    data: Mapping[str, str] = dataclasses.field(default_factory=dict)


class Refused(Exception):
    """An act that the rules forbid, with every reason found."""

    def __init__(self, *defects: Defect) -> None:
        super().__init__(", ".join(f"{d.rule}:{d.code}" for d in defects))
        self.defects: tuple[Defect, ...] = defects


def refuse_if_any(defects: Iterable[Defect]) -> None:
    """Raise :class:`Refused` with all of ``defects``, or return when there are none."""
    found = tuple(defects)
    if found:
        raise Refused(*found)


def sentence(defect: Defect, lang: Language = "zh") -> str:
    """The plain sentence for a defect.

    Raises ``KeyError`` when the code has no prose; a test walks all codes so that this cannot ship.
    """
    chinese, english = PROSE[defect.code]
    return (chinese if lang == "zh" else english).format_map(defect.data)


def instead(defect: Defect) -> tuple[str, str] | None:
    """What would be lawful instead of this very thing, Chinese and English; None where the rule's own words do."""
    if defect.code not in INSTEAD:
        return None
    chinese, english = INSTEAD[defect.code]
    return chinese.format_map(defect.data), english.format_map(defect.data)
