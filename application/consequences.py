"""What follows from an act within its own transaction, as the reactions gather it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from application.bearing import Bearing
from application.ports import OpenCase
from domain.remedies.reorganisation import Reorganisation
from domain.remedies.repair_case import Repair
from domain.remedies.standing import Standing
from domain.shared.events import Event, Place, placed


@dataclass
class Consequences:
    """The record concerned as it stood before, and what follows from the act: events, marks, suppression,
    cases for worklists.

    ``term_over`` is the last day (ISO text) of a corrected content's term when that day has passed, else
    empty. ``version`` is the last version of the record's stream that is taken. ``erasure_id`` is free for a
    request for erasure that follows. ``waiting`` are the record's repairs that are not decided, ``resting`` its
    temporary shields that are applied for. ``bearing`` is loaded for acts after which a subject may be on a list no
    more.
    """

    record_id: UUID
    standing: Standing
    at: datetime
    version: int
    erasure_id: UUID
    term_over: str = ""
    waiting: Sequence[Repair] = ()
    resting: Sequence[Reorganisation] = ()
    bearing: Bearing | None = None
    events: list[Event] = field(default_factory=list)
    suppress: list[UUID] = field(default_factory=list)
    returns: list[UUID] = field(default_factory=list)
    marks: list[tuple[UUID, UUID]] = field(default_factory=list)
    unmarks: list[tuple[UUID, UUID]] = field(default_factory=list)
    opened: list[OpenCase] = field(default_factory=list)
    closed: list[UUID] = field(default_factory=list)

    def place(self) -> Place:
        """The place of a further event of the record."""
        self.version += 1
        return placed(self.record_id, self.version, self.at)
