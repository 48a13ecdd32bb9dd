"""What counts against a subject, and whether the green channel is open to it (JNT-2, 001 二(二)).

Before it stand the subject's records as they stand now; after it the answer to one question, and nothing else of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from domain.shared.deadlines import add_years

Ground = Literal["clean_record", "red_listed", "neither"]


@dataclass(frozen=True, slots=True)
class Adverse:
    """A record of a negative item that stands (不良信用记录), or a listing (严重失信): when decided, how severe."""

    id: UUID
    decided_on: date
    severity: str


@dataclass(frozen=True, slots=True)
class GreenChannel:
    """Whether the green channel (绿色通道) is open, and by which of the rule's two grounds."""

    ground: Ground

    @property
    def eligible(self) -> bool:
        """Whether it is open."""
        return self.ground != "neither"


def green_channel(
    adverse: Iterable[Adverse], red: Iterable[Sequence[str]], *, years: int, today: date
) -> GreenChannel:
    """001 二(二): no adverse record for ``years`` consecutive years, or on a red list.

    A record counts up to the corresponding day after so many years, that day included.
    ``red`` holds, for each red listing that lasts today, the severities that its criteria exclude: one that a standing
    record contradicts opens nothing, though its removal may not be recorded yet.
    """
    against = tuple(adverse)
    if all(add_years(found.decided_on, years) < today for found in against):
        return GreenChannel("clean_record")
    severities = {found.severity for found in against}
    if any(severities.isdisjoint(excludes) for excludes in red):
        return GreenChannel("red_listed")
    return GreenChannel("neither")
