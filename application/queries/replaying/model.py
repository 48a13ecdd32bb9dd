"""What a replay is made of: the logs as an auditor reads them, and an answer with its parts as they were made again.

The rooms beside it make answers again, ``application/queries/replay.py`` hands them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from application.data_keys import KeySource
from application.ports import Log
from application.projections.projector import LogRows
from domain.access.events import SubjectQueried
from domain.transparency.digest import StoredRow

Made = dict[tuple[str, str], list[tuple[bytes, bytes]]]
"""What could have been shown by record and part: digest and content of each form that it had."""


class NoSuchAnswer(Exception):
    """The access log has no answered query at that position, or its key is destroyed."""


class PastReader(LogRows, KeySource, Protocol):
    """Both logs as the auditor's login reads them.

    ``stream`` gives all rows of one stream in order; ``of_topics`` those of the records log with these topics, up to
    a position, of one ``owner`` (whose key the public part is under) if one is given; ``subjects_of`` subjects by blind
    index; ``position_at`` where an instant falls in the records log.
    """

    def stream(self, log: Log, stream_id: UUID) -> list[StoredRow]: ...
    def of_topics(
        self, topics: Iterable[str], *, through: int, owner: UUID | None = None
    ) -> list[StoredRow]: ...
    def subjects_of(self, blinds: Iterable[bytes]) -> dict[bytes, UUID]: ...
    def position_at(self, at: datetime) -> int: ...


@dataclass(frozen=True)
class ReplayedPart:
    """One announced part: whether the very same bytes were reproduced, and what they showed.

    ``erased``: something of its record or case was erased since, so that it need not be reproducible.
    """

    record: str
    part: str
    equal: bool
    shown: bytes
    erased: bool = False


@dataclass(frozen=True)
class ReplayedAnswer:
    """A past answer (重放) with the access event that announced it.

    ``body`` is the whole answer, byte for byte as it was sent; empty where it cannot be made again any more.
    """

    position: int
    subject: UUID
    event: SubjectQueried
    parts: Sequence[ReplayedPart]
    records: Sequence[dict[str, Any]] = ()
    """Of an answer of the shared view, its records as they were told."""
    body: bytes = b""

    @property
    def objected(self) -> set[UUID]:
        """The records that were told under the mark of an objection."""
        return {UUID(record) for record in self.event.objected or ()}

    @property
    def equal(self) -> bool:
        """Whether all of it was reproduced byte for byte, but for what was erased since."""
        return all(part.equal or part.erased for part in self.parts)
