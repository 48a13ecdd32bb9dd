"""The facts of recording: a file sealed by its department, a record determined, its publicity ended.

The intake command makes them; every view is a fold over them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from domain.shared.canonical import Part, Parts
from domain.shared.events import Event, placed
from domain.shared.kinds import Kind


class FileSealed(Event):
    """A department sealed a file (封存文件) once: the root over its rows speaks for each of them.

    ``commitments`` holds all rows' commitments (base64, 32 bytes each, in row order), refused rows included,
    so that every row's place under the root stays checkable; all rows have the kind ``row_kind``.
    """

    TOPIC: ClassVar[str] = "file.sealed"
    KIND: ClassVar[Kind] = Kind.FILE_SEALED
    form: str
    root: str
    rows: int
    row_kind: int
    commitments: str


class RecordDetermined(Event):
    """A determination (认定) recorded as its department sealed it (49号(二)); the parts are its very words."""

    TOPIC: ClassVar[str] = "record.determined"
    KIND: ClassVar[Kind] = Kind.RECORD_DETERMINED
    content: Mapping[str, Part]

    def parts(self) -> Parts:
        """What the department sealed."""
        return self.content

    @classmethod
    def from_parts(
        cls, parts: Mapping[str, Part], *, stream_id: UUID, version: int, recorded_at: datetime
    ) -> Self:
        """The record with whatever parts could be opened."""
        return cls(**placed(stream_id, version, recorded_at), content=parts)


class PublicityEnded(Event):
    """The term of publicity (公示期) of a record is over: it leaves the views (49号(十一))."""

    TOPIC: ClassVar[str] = "record.publicity_ended"
    KIND: ClassVar[Kind] = Kind.PUBLICITY_ENDED
    until: str


class IntakeReported(Event):
    """What an intake (归集) refused, row by row with the rule: one access event for the whole file (STORAGE 6).

    ``refused`` lists ``[data row, rule, code, field]``; it names nobody.
    """

    TOPIC: ClassVar[str] = "intake.reported"
    KIND: ClassVar[Kind] = Kind.ACCESS
    department: str
    form: str
    refused: list[list[str]]


class ActRefused(Event):
    """An act or a look that a rule forbade (拒绝): who tried, which rules, and a keyed digest of what was tried.

    ``officer`` is the pseudonym of the registered officer of ``department`` who was named, left out for anybody else.
    """

    TOPIC: ClassVar[str] = "act.refused"
    KIND: ClassVar[Kind] = Kind.ACCESS
    SCHEMA: ClassVar[int] = 2
    UPCASTS: ClassVar = {1: lambda parts: parts}
    """Version 1 had no ``officer``."""
    PART_OF: ClassVar[Mapping[str, str]] = {"officer": "restricted"}
    department: str
    rules: list[list[str]]
    attempt: str
    officer: str | None = None
