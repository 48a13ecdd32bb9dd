"""Which position of the records log is meant by ``as_of``: an instant, or the position itself.

A subject's own dossier and an auditor's questions ask for it; nobody else may, or a repaired record would show.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from domain.shared.refusals import Defect, Refused

AS_OF_CHARACTERS_MAX = 40
_POSITION = re.compile(r"[0-9]{1,18}", re.ASCII)
AS_OF_FIELD = "/as_of"
_INSTANT_CHARACTERS_MIN = len("2026-11-21T10:00:00Z")


def position_as_of(
    as_of: str, *, newest: int, now: datetime, position_at: Callable[[datetime], int]
) -> tuple[int, datetime | None]:
    """The position meant by ``as_of`` (decimal digits, or an instant of RFC 3339 with its offset), and the instant.

    ``newest`` is the newest position that can be shown; ``position_at`` finds where an instant (UTC) falls.
    Raises ``Refused`` (FORMAT) when it is neither, before the first event, or beyond what there is to show yet.
    """
    at = None if _POSITION.fullmatch(as_of) else _instant(as_of)
    position = int(as_of) if at is None else position_at(at)
    if position < 1:
        raise Refused(Defect("FORMAT", "as_of_before_first", AS_OF_FIELD))
    if position > newest or (at is not None and at > now):
        raise Refused(Defect("FORMAT", "as_of_beyond_newest", AS_OF_FIELD, {"newest": str(newest)}))
    return position, at


def _instant(text: str) -> datetime:
    """The instant in UTC; only what four digits of a year can hold in any offset."""
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None or len(text) < _INSTANT_CHARACTERS_MIN:
            raise ValueError
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused(Defect("FORMAT", "as_of_malformed", AS_OF_FIELD)) from None
