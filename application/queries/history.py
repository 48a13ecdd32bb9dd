"""A record's history as its subject sees it, and the digest by which the access log remembers it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from application.ledger import OpenedRow
from domain.listing.events import ListingDecided
from domain.records.events import RecordDetermined
from domain.records.links import PersonLinked
from domain.remedies.events import RecordCorrected
from domain.shared.canonical import Json, Part, canonical
from domain.shared.forms import NOTICE_DATE

_CONTENTS = frozenset({RecordDetermined.TOPIC, RecordCorrected.TOPIC, ListingDecided.TOPIC})


@dataclass(frozen=True)
class Moment:
    """One event in the life of a record: what it is called, when and where it was recorded, what it holds."""

    event: str
    at: str
    position: int
    parts: Mapping[str, Part]


@dataclass(frozen=True)
class RecordLife:
    """A record in its subject's dossier (档案): every event of it, whatever became of it.

    ``stopped`` is the code of what a measure rests on and is suspended, while its own end is not recorded yet (INS-2).
    ``repair_notice`` is the day on which the notice of how to repair (信用修复告知书) was served with a decision after
    which one may repair, empty where nothing is told of it; None for anything else.
    """

    record: str
    moments: tuple[Moment, ...]
    stopped: str = ""
    repair_notice: str | None = None


def life_of(rows: Sequence[OpenedRow]) -> RecordLife | None:
    """A record's life by its opened rows; None when there are none, it is a link, or the determination was erased."""
    if not rows or "public" not in rows[0].opened or rows[0].row.topic == PersonLinked.TOPIC:
        return None
    return RecordLife(str(rows[0].row.stream_id), moments_of(rows))


def notice_served(moments: Sequence[Moment]) -> str:
    """The day on which the repair notice was served, by the newest content of a record or a listing; empty for none."""
    told = [m.parts.get("restricted", {}) for m in moments if m.event in _CONTENTS]
    newest = told[-1] if told else {}
    return str(newest.get(NOTICE_DATE) or newest.get("repair_notice_on") or "")


def linked_life(link: Sequence[OpenedRow], record: Sequence[OpenedRow]) -> RecordLife:
    """A record as a linked person sees it (DET-7): the own link whole, of the record what its public parts say.

    It stands under the link's id, by which its remedies are asked for.
    """
    public = [
        replace(moment, parts={name: part for name, part in moment.parts.items() if name == "public"})
        for moment in moments_of(record)
    ]
    return RecordLife(str(link[0].row.stream_id), (*moments_of(link), *public))


def moments_of(rows: Iterable[OpenedRow]) -> tuple[Moment, ...]:
    """The moments of a record's opened rows, in order."""
    return tuple(Moment(r.row.topic, r.row.recorded_at, r.row.position, r.parts) for r in rows)


def history_digest(record: str, moments: Sequence[Moment]) -> bytes:
    """SHA-256 of a record's history as it is shown."""
    plain: list[Json] = [[m.event, m.at, m.position, m.parts] for m in moments]
    return hashlib.sha256(canonical([record, plain])).digest()
