"""Further facts of repairs, beside those of ``events.py``: an extension of the time to decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from domain.shared.events import Event
from domain.shared.kinds import Kind


class RepairExtended(Event):
    """The time to decide was extended once (延长办理期限), and the applicant told why before it ended.

    ``answer_by`` is the new last day, ``working_days`` beyond the one before; ``notice`` is the digest (SHA-256, hex)
    of what the applicant was told.
    """

    TOPIC: ClassVar[str] = "repair.extended"
    KIND: ClassVar[Kind] = Kind.REPAIR_EXTENDED
    PART_OF: ClassVar[Mapping[str, str]] = {"reasons": "restricted", "notice": "restricted"}
    record: str
    working_days: int
    answer_by: str
    provisional: bool
    department: str
    officer: str
    reasons: str | None = None
    notice: str | None = None
