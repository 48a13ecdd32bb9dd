"""The base of every domain event: what it is called, how its payload falls into parts.

Commands make events; the ledger seals their parts (STORAGE 1, 3) and the recorder stores them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, replace
from datetime import datetime
from typing import Any, ClassVar, Protocol, Self, TypedDict, TypeVar, dataclass_transform
from uuid import UUID

from eventsourcing.domain import DomainEvent

from domain.shared.canonical import Json, Part, Parts
from domain.shared.kinds import Kind

ENVELOPE = ("originator_id", "originator_version", "timestamp")


class Place(TypedDict):
    """Where an event is to stand: its stream, its version there, and the instant of recording."""

    originator_id: UUID
    originator_version: int
    timestamp: datetime


class Folded(Protocol):
    """What the events of a stream leave (case, entry, measure ...): the stream's id and the newest version of it."""

    @property
    def id(self) -> UUID: ...
    @property
    def version(self) -> int: ...


def placed(stream: UUID, version: int, at: datetime) -> Place:
    """The place of an event, to make it with."""
    return Place(originator_id=stream, originator_version=version, timestamp=at)


def next_of(found: Folded, at: datetime) -> Place:
    """The place of one more event of a stream."""
    return placed(found.id, found.version + 1, at)


@dataclass_transform(frozen_default=True)
class Event(DomainEvent):
    """A fact (事实) that entered the ledger: a frozen dataclass whose own fields are its payload.

    ``TOPIC`` is the short registered name (``record.determined``), ``KIND`` the leaf's kind byte,
    ``SCHEMA`` the payload's version. ``PART_OF`` maps a field to its part; all others are ``public``.
    Fields hold canonical JSON values (dates as ISO text, money as strings); None means left out.
    ``timestamp`` is the instant of recording (UTC).
    """

    TOPIC: ClassVar[str]
    KIND: ClassVar[Kind]
    SCHEMA: ClassVar[int] = 1
    PART_OF: ClassVar[Mapping[str, str]] = {}
    UPCASTS: ClassVar[Mapping[int, Callable[[Parts], Parts]]] = {}
    """From a payload's version to the next: pure, one step each, never removed once events were stored."""

    def parts(self) -> Parts:
        """The payload as named parts; fields that are None are left out."""
        parts: dict[str, dict[str, Json]] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name not in ENVELOPE and value is not None:
                parts.setdefault(self.PART_OF.get(field.name, "public"), {})[field.name] = value
        return parts

    @classmethod
    def upcast(cls, parts: Parts, *, schema: int) -> Parts:
        """A payload stored under an older version, in the shape of today's.

        Raises ``KeyError`` for a version newer than the code or without a step to the next.
        """
        if schema > cls.SCHEMA:
            raise KeyError(f"{cls.TOPIC} has no version {schema}")
        for version in range(schema, cls.SCHEMA):
            parts = cls.UPCASTS[version](parts)
        return parts

    @classmethod
    def from_parts(
        cls, parts: Mapping[str, Part], *, stream_id: UUID, version: int, recorded_at: datetime
    ) -> Self:
        """The event whose parts are ``parts``; fields of a part that is withheld or erased are None.

        Raises ``TypeError`` when a part holds a field that this version of the event does not know.
        """
        values: dict[str, Any] = {
            field.name: None
            for field in fields(cls)
            if field.name not in ENVELOPE
            and field.default is MISSING
            and cls.PART_OF.get(field.name, "public") not in parts
        }
        for part in parts.values():
            values.update(part)
        return cls(**placed(stream_id, version, recorded_at), **values)


Case = TypeVar("Case", bound=Folded)


def fold_case(
    events: Iterable[Event],
    begun: Callable[[Event], Case | None],
    left_by: Callable[[Event, Case], Mapping[str, Any]],
) -> Case | None:
    """What the events of a case leave; None when none of them began it.

    ``begun`` is the case (a frozen dataclass) by the event that begins one, ``left_by`` what a later event changes of
    it. Its version is that of the last event.
    """
    found: Case | None = None
    for event in events:
        if found is None:
            found = begun(event)
        else:
            found = replace(found, version=event.originator_version, **left_by(event, found))  # type: ignore[type-var]
    return found
