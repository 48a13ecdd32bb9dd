"""On which red lists a subject is and whether it is watched, told in its own stream so that one load says so.

Apart from what a subject bears (``decision.Borne``): nothing here is a listing on which anything could rest
(JNT-2, JNT-3).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from domain.shared.events import Event, placed
from domain.shared.kinds import Kind


class SubjectNoted(Event):
    """A subject is on a red list, or watched, now (记入红名单、重点关注名单), told in its own stream.

    ``note`` is ``red`` or ``watch``, ``entry`` the stream of the entry. ``list_code`` and ``version`` name the standard
    of a red list; a watch has neither. ``records`` are those that a watch rests on. ``until`` is left out when open.
    """

    TOPIC: ClassVar[str] = "subject.noted"
    KIND: ClassVar[Kind] = Kind.SUBJECT_NOTED
    note: str
    entry: str
    department: str
    leaf: str
    on_day: str
    records: list[str]
    list_code: str
    version: int
    until: str | None = None


class SubjectUnnoted(Event):
    """A subject is on a red list, or watched, no more (移出红名单、重点关注名单), told in its own stream."""

    TOPIC: ClassVar[str] = "subject.unnoted"
    KIND: ClassVar[Kind] = Kind.SUBJECT_UNNOTED
    note: str
    entry: str
    cause: str


@dataclass(frozen=True, slots=True)
class Note:
    """A red list on which a subject is, or a watch (记注), as its own stream tells.

    ``leaf`` is the leaf hash (hex) of the entry, which its end names. It is no ``Borne``: no measure takes one.
    """

    kind: str
    entry: UUID
    department: str
    leaf: str
    list_code: str
    version: int
    records: tuple[UUID, ...]
    until: str

    def holds_on(self, day: date) -> bool:
        """Whether it lasts on a day: one that is over does not, though its end is not recorded yet."""
        return not self.until or day.isoformat() <= self.until


def fold_notes(events: Iterable[Event]) -> tuple[Note, ...]:
    """The red lists and watches of a subject, oldest first, by the events of its stream."""
    notes: dict[UUID, Note] = {}
    for event in events:
        if isinstance(event, SubjectNoted):
            entry = UUID(event.entry)
            notes[entry] = Note(
                event.note,
                entry,
                event.department,
                event.leaf,
                event.list_code,
                event.version,
                tuple(map(UUID, event.records)),
                event.until or "",
            )
        elif isinstance(event, SubjectUnnoted):
            notes.pop(UUID(event.entry), None)
    return tuple(notes.values())


def unnoted(note: Note, *, subject: UUID, version: int, cause: str, at: datetime) -> SubjectUnnoted:
    """What the subject's own stream tells of an end, as its event of that ``version``."""
    return SubjectUnnoted(
        **placed(subject, version, at),
        note=note.kind,
        entry=str(note.entry),
        cause=cause,
    )
