"""The parts that a look announced, made again from the logs alone: each in every form that it can have had.

Comes before the whole answer; ``application/queries/replay.py`` compares the digests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from application.ledger import OpenedRow
from application.projections.renditions import DOSSIER, SHARED, Changes, Rendition, fold_rows
from application.queries.cases import RULES, told_part
from application.queries.history import history_digest, linked_life, moments_of
from application.queries.log_rows import RecordRows
from application.queries.looks import OFFICERS_TOLD
from application.queries.past import AS_OF, place_in
from application.queries.replaying.model import Made, PastReader, ReplayedPart
from application.queries.replaying.past_ledger import LEARNED_TOPICS
from application.queries.report import REPORT
from application.queries.shared import told_records
from application.queries.subject import CONSENTS, OWN_PURPOSE
from domain.access.events import SubjectQueried
from domain.records.links import PersonLinked
from domain.shared.canonical import Json, canonical


class Parts:
    """Parts by record and name, over the records log."""

    def __init__(self, reader: PastReader, rows: RecordRows) -> None:
        self._reader = reader
        self._rows = rows
        self.renditions: dict[tuple[str, ...], Rendition] = {}
        """Of a shared answer: what showed each part, by record, part and announced digest."""

    def announced(self, event: SubjectQueried) -> list[ReplayedPart]:
        """What the look announced, each part as far as it can be made again without asking its question."""
        made = self.made(event)
        return [self._part(one, made) for one in event.shown]

    def records(self, event: SubjectQueried) -> tuple[dict[str, Any], ...]:
        """The records of an answer of the shared view, as far as their parts were made again."""
        shown = [self.renditions[place] for one in event.shown if (place := tuple(one)) in self.renditions]
        marks = {UUID(record) for record in event.objected or ()}
        return told_records([(rendition, self._rows.content(rendition)) for rendition in shown], marks)

    def _part(self, announced: Sequence[str], made: Made) -> ReplayedPart:
        record, part, digest = announced
        for found, shown in made.get((record, part), []):
            if found.hex() == digest:
                return ReplayedPart(record, part, equal=True, shown=shown)
        return ReplayedPart(record, part, equal=False, shown=b"", erased=self._is_erased(record))

    def _is_erased(self, record: str) -> bool:
        try:
            return UUID(record) in self._rows.erased
        except ValueError:  # the place of an event in a log
            return False

    def made(self, event: SubjectQueried) -> Made:
        """What the look can have shown; empty for a view whose answer is made again by its query alone."""
        if event.view == REPORT and event.purpose == OWN_PURPOSE:
            return self._histories(event)
        make = _MADE.get(event.view)
        return make(self, event) if make else {}

    def _shared(self, event: SubjectQueried) -> Made:
        """Every shared rendition of the records, as the view had them: the digest is of the sealed bytes."""
        made: Made = {}
        for rendition in self._folded(event):
            if rendition.view == SHARED:
                digest = hashlib.sha256(rendition.content).digest()
                place = (str(rendition.record_id), rendition.part)
                self.renditions[*place, digest.hex()] = rendition
                made.setdefault(place, []).append((digest, self._rows.content(rendition)))
        return made

    def _past(self, event: SubjectQueried) -> Made:
        """Every rendition of the records in any view: the digest is of what was shown to the auditor."""
        made: Made = {}
        for rendition in self._folded(event):
            content = self._rows.content(rendition)
            place = (str(rendition.record_id), place_in(rendition.view, rendition.part))
            made.setdefault(place, []).append((hashlib.sha256(content).digest(), content))
        return made

    def _folded(self, event: SubjectQueried) -> list[Rendition]:
        """What the views showed of the records with the log at the event's position."""
        through = event.view_position
        rows = self._reader.of_topics(LEARNED_TOPICS, through=through)
        for record in {record for record, _, _ in event.shown}:
            rows += [row for row in self._reader.stream("records", UUID(record)) if row.position <= through]
        opened = self._rows.open(sorted(rows, key=lambda row: row.position))
        changes = fold_rows(self._rows.fold(), opened, Changes())
        return [rendition for shown in changes.shown.values() for rendition in shown]

    def _histories(self, event: SubjectQueried) -> Made:
        """Each record's history, at every length that it had."""
        rows = self._streams({UUID(record) for record, _, _ in event.shown})
        links = {
            stream: link.event.record
            for stream, (link, *_) in rows.items()
            if isinstance(link.event, PersonLinked)
        }
        linked = self._streams({UUID(record) for record in links.values()})
        made: Made = {}
        for record, opened_rows in rows.items():
            below = linked[UUID(links[record])] if record in links else opened_rows
            for length in range(1, len(below) + 1):
                told = below[:length]
                moments = linked_life(opened_rows, told).moments if record in links else moments_of(told)
                plain: list[Json] = [[m.event, m.at, m.position, m.parts] for m in moments]
                made.setdefault((str(record), "history"), []).append(
                    (history_digest(str(record), moments), canonical(plain))
                )
        return made

    def _streams(self, wanted: set[UUID]) -> dict[UUID, list[OpenedRow]]:
        """The rows of streams, opened, in order."""
        opened = {stream: self._rows.open(self._reader.stream("records", stream)) for stream in wanted}
        return {stream: rows for stream, rows in opened.items() if rows}

    def _cases(self, event: SubjectQueried) -> Made:
        """Each part of each event of the cases that were told."""
        made: Made = {}
        officers = event.purpose != OWN_PURPOSE or OFFICERS_TOLD.items() <= (event.asked or {}).items()
        for case, rows in self._streams({UUID(case) for case, _, _ in event.shown}).items():
            for opened in rows:
                for name, part in opened.parts.items():
                    content = canonical(told_part(part, officers=officers))
                    place = (str(case), f"{name}@{opened.row.stream_version}")
                    made[place] = [(hashlib.sha256(content).digest(), content)]
        return made

    def _looked_back(self, event: SubjectQueried) -> Made:
        return self._histories(event) | self._past(event)


_MADE: Mapping[str, Callable[[Parts, SubjectQueried], Made]] = {
    SHARED: Parts._shared,
    REPORT: Parts._shared,
    DOSSIER: Parts._histories,
    CONSENTS: Parts._histories,
    AS_OF: Parts._looked_back,
    **dict.fromkeys(RULES, Parts._cases),
}
"""By view, how its parts are made again."""
