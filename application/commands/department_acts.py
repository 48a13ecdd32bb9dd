"""An act as its department sealed it, read into its event: exactly the fields that the event has, in their parts.

Comes before the rules of the act and before its signature is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from domain.shared.canonical import Parts
from domain.shared.events import ENVELOPE, Event, placed
from domain.shared.refusals import Defect, Refused

E = TypeVar("E", bound=Event)
TEXTS_MAX = 100


def _texts(value: object) -> bool:
    return isinstance(value, list) and len(value) <= TEXTS_MAX and all(isinstance(v, str) for v in value)


def _named_texts(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(v, str) for v in value.values())


_SHAPES: Mapping[str, tuple[Callable[[object], bool], object]] = {
    "str": (lambda v: isinstance(v, str), ""),
    "bool": (lambda v: isinstance(v, bool), False),
    "int": (lambda v: isinstance(v, int) and not isinstance(v, bool), 0),
    "list[str]": (_texts, []),
    "Mapping[str, str]": (_named_texts, {}),
}
"""By the type of a field: whether a value has it, and what stands for one that was left out."""


def of_department(event_type: type[E], parts: Parts, stream_id: UUID, version: int, at: datetime) -> E:
    """The event that these parts tell; a field that was left out is empty in it, for the rules to name.

    Raises ``Refused``: PRV-1 for a part or field that the event does not have, FORMAT for a value of another type.
    """
    known = {
        f.name: str(f.type).removesuffix(" | None") for f in fields(event_type) if f.name not in ENVELOPE
    }
    blank = {name: _SHAPES[kind][1] for name, kind in known.items()}
    optional = {f.name for f in fields(event_type) if str(f.type).endswith(" | None")}
    values: dict[str, Any] = {name: None if name in optional else blank[name] for name in known}
    for part, content in parts.items():
        if not isinstance(content, Mapping):
            raise Refused(Defect("FORMAT", "row_not_canonical", "/parts"))
        for name, value in content.items():
            where = f"/parts/{part.replace('/', '~1')}/{name}" if name in known else "/parts"
            if name not in known or event_type.PART_OF.get(name, "public") != part:
                raise Refused(Defect("PRV-1", "unknown_field", where))
            if not _SHAPES[known[name]][0](value):
                raise Refused(Defect("FORMAT", "member_invalid", where, {"where": where}))
            values[name] = value
    return event_type(**placed(stream_id, version, at), **values)


def require_whole(event: Event, parts: Parts) -> None:
    """That nothing the event needs was left out of what was sealed. Raises ``Refused`` (FORMAT)."""
    told = event.parts()
    missing = next(
        (
            f"/parts/{part.replace('/', '~1')}/{name}"
            for part, content in told.items()
            for name in content
            if name not in parts.get(part, {})
        ),
        "",
    )
    if missing:
        raise Refused(Defect("FORMAT", "member_invalid", missing, {"where": missing}))
