"""The public, the shared and the dossier view of one subject as they stood at a past position, for auditors.

The events up to that position go through the fold of the live projector, so the newest position gives the live
view. What is shown is announced by ``PastViews.shown``, to be logged before it leaves.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from application.ledger import OpenedRow, parse_instant
from application.ports import Log
from application.projections.renditions import BEGINNINGS, DOSSIER, Changes, Rendition, fold_rows
from application.queries.as_of import position_as_of
from application.queries.history import RecordLife, history_digest, life_of
from application.queries.log_rows import RecordRows, is_learned
from application.queries.looks import Shown
from application.sealing import parse_key_reference
from domain.remedies.events import ObjectionDecided, ObjectionFiled
from domain.shared.city_time import city_day
from domain.transparency.digest import StoredRow

AS_OF = "as_of"
BEGUN = frozenset(event.TOPIC for event in BEGINNINGS)
OBJECTIONS = (ObjectionFiled.TOPIC, ObjectionDecided.TOPIC)


class NoSuchRecord(Exception):
    """Nothing that a dossier holds was ever begun under this id."""


@dataclass(frozen=True)
class PastRendition:
    """What a view showed of one part of a record then, and whether an objection to it was pending."""

    view: str
    record: UUID
    part: str
    until: date | None
    objected: bool
    content: bytes


@dataclass(frozen=True)
class PastViews:
    """The views of a subject as of a position, on a day; the dossier newest record first."""

    position: int
    on: date
    renditions: tuple[PastRendition, ...]
    dossier: tuple[RecordLife, ...]

    @property
    def shown(self) -> Shown:
        """All of it, by digest, as an access event announces it."""
        rendered = [
            [str(r.record), place_in(r.view, r.part), hashlib.sha256(r.content).hexdigest()]
            for r in self.renditions
        ]
        lives = [[v.record, "history", history_digest(v.record, v.moments).hex()] for v in self.dossier]
        return rendered + lives


def place_in(view: str, part: str) -> str:
    """The name under which a past rendition is announced."""
    return f"{view}:{part}"


class Past:
    """Looks back (回溯) over the records log."""

    def __init__(self, rows: RecordRows) -> None:
        self._rows = rows

    def subject_of(self, record: UUID) -> UUID:
        """Whom a record is about. Raises :class:`NoSuchRecord`."""
        row = self._rows.reader.row_of("records", record, 1)
        if row is None or row.topic not in BEGUN:
            raise NoSuchRecord
        return _subject(row)

    def views(self, subject: UUID, *, position: int, on: date, record: UUID | None = None) -> PastViews:
        """What the views showed of a subject, or of one ``record`` of it, with the log at ``position``.

        ``on`` is the day against which terms are compared. A record is suppressed from the position of the event
        that ended, withdrew or shielded it: event and suppression are one transaction.
        """
        lives: dict[UUID, list[OpenedRow]] = {}
        objections: dict[UUID, UUID] = {}
        fold, changes = self._rows.fold(), Changes()
        for batch in self._rows.batches(position):
            for row in batch:
                begun = row.topic in BEGUN and record in (None, row.stream_id)
                if begun and row.stream_version == 1 and _subject(row) == subject:
                    lives[row.stream_id] = []
            opened = self._rows.open([r for r in batch if r.stream_id in lives or is_learned(r)])
            fold_rows(fold, opened, changes)
            for found in opened:
                if found.row.stream_id in lives:
                    lives[found.row.stream_id].append(found)
            self._follow(objections, self._rows.open([r for r in batch if r.topic in OBJECTIONS]))
        told = [life for rows in reversed(lives.values()) if (life := life_of(rows)) is not None]
        shown = [r for renditions in changes.shown.values() for r in renditions if _stands(r, changes, on)]
        objected = set(objections.values())
        return PastViews(
            position,
            on,
            tuple(
                PastRendition(
                    r.view, r.record_id, r.part, r.until, r.record_id in objected, self._rows.content(r)
                )
                for r in shown
            ),
            tuple(told),
        )

    @staticmethod
    def _follow(objections: dict[UUID, UUID], rows: Iterable[OpenedRow]) -> None:
        """Keep which record each pending objection is about (OBJ-2)."""
        for opened in rows:
            event = opened.event
            if isinstance(event, ObjectionFiled) and event.record:
                objections[opened.row.stream_id] = UUID(event.record)
            elif isinstance(event, ObjectionDecided):
                objections.pop(opened.row.stream_id, None)


def _subject(row: StoredRow) -> UUID:
    return parse_key_reference(row.key_ref)["public"][0]


def _stands(rendition: Rendition, changes: Changes, on: date) -> bool:
    """Whether the public or the shared view let a rendition through."""
    if rendition.view == DOSSIER or rendition.record_id in changes.gone:
        return False
    return rendition.until is None or rendition.until >= on


class Instants(Protocol):
    """The records log where a moment is looked for."""

    def rows(self, log: Log, *, after: int, limit: int) -> Sequence[StoredRow]: ...
    def position_at(self, at: datetime) -> int: ...


def moment_of(moment: str, reader: Instants, *, newest: int, now: datetime) -> tuple[int, date]:
    """Position and day of a moment, as ``position_as_of`` reads it. Raises ``Refused`` (FORMAT) like that."""
    position, at = position_as_of(moment, newest=newest, now=now, position_at=reader.position_at)
    row = reader.rows("records", after=position - 1, limit=1)[0]
    return position, city_day(at or parse_instant(row.recorded_at))


def told_past(views: PastViews, receipt: int) -> str:
    """What is told of a look back, line by line, under the position of its look."""
    lines = [f"records:{views.position} {views.on.isoformat()} access:{receipt}"]
    for shown in views.renditions:
        mark = " 异议处理中 objected" if shown.objected else ""
        lines.append(f"{shown.view}  {shown.record}  {shown.part}{mark}")
        lines.append(json.dumps(json.loads(shown.content), ensure_ascii=False))
    for life in views.dossier:
        lines.append(f"dossier  {life.record}")
        lines += [json.dumps(vars(moment), ensure_ascii=False) for moment in life.moments]
    if not views.renditions and not views.dossier:
        lines.append("当时没有可显示的内容 / nothing was shown then")
    return "".join(f"{line}\n" for line in lines)
