"""Versions over time, of catalogue items, items of the measures list and standards of lists alike.

Before it stand the events of one stream; after it its versions, of which each context says which one is in force.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar, Protocol, TypeVar

from domain.shared.events import Event


class Version(Protocol):
    """A version of what is published and may rest on documents."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def code(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def effective_from(self) -> str: ...


V = TypeVar("V", bound=Version)


class VersionsSuspended(Event):
    """What the event of each of them tells by which versions are not executed any more (停止执行, 15号 二)."""

    code: str
    versions: list[int]
    document: str
    unit: str
    title: str


def fold_versions(events: Iterable[Event], told: Callable[[Event], V | None]) -> tuple[V, ...]:
    """All versions of one thing, by number; a later event on the same version replaces it.

    ``told`` gives the version that an event tells of, None for events of other kinds, which are passed over.
    """
    versions: dict[int, V] = {}
    for event in events:
        if isinstance(event, VersionsSuspended):
            for number in event.versions:
                versions[number] = replace(versions[number], status="suspended", stopped_by=event.title)
        elif (version := told(event)) is not None:
            versions[version.version] = version
    return tuple(versions[number] for number in sorted(versions))


def last_begun(versions: Sequence[V], on: date) -> V | None:
    """The version that took effect last, of those that have begun by a day and are no drafts; None without one."""
    begun = [v for v in versions if v.status != "draft" and v.effective_from <= on.isoformat()]
    return max(begun, key=lambda held: (held.effective_from, held.version), default=None)
