"""Reproducing a past answer from its access event, byte for byte (ARCHITECTURE 4, promise 10).

An auditor names a position of the access log; the records are folded again up to where the view stood, and
every rendition must have the digest that was announced before the answer left. The replay is logged itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from application.data_keys import KeySource, unwrap_all
from application.ledger import OpenedRow, open_rows, owners_of
from application.ports import KeyName, Vault
from application.projections.projector import LogRows
from application.projections.renditions import (
    DOSSIER,
    SHARED,
    Changes,
    Rendition,
    RenditionFold,
    fold_rows,
    open_rendition,
)
from application.queries.cases import RULES, told_part
from application.queries.history import history_digest, moments_of
from application.queries.subject import OWN_PURPOSE
from domain.access.events import SubjectQueried
from domain.shared.canonical import Json, canonical
from domain.transparency.digest import StoredRow

BATCH_EVENTS = 2000
REPLAYED = (SHARED, DOSSIER, *RULES)
"""The views whose answers can be made again; a list of looks and a replay announce no content of their own."""


class NoSuchAnswer(Exception):
    """The access log has no answered query at that position, or its key is destroyed."""


@dataclass(frozen=True)
class ReplayedPart:
    """One announced part: whether the very same bytes were reproduced, and what they showed."""

    record: str
    part: str
    equal: bool
    shown: bytes


@dataclass(frozen=True)
class ReplayedAnswer:
    """A past answer (重放) with the access event that announced it."""

    position: int
    subject: UUID
    event: SubjectQueried
    parts: tuple[ReplayedPart, ...]

    @property
    def equal(self) -> bool:
        """Whether all of it was reproduced byte for byte."""
        return all(part.equal for part in self.parts)


class Replay:
    """Replays answers from the two logs alone; needs the auditor's login and the keys."""

    def __init__(self, *, reader: LogRows, keys: KeySource, vault: Vault) -> None:
        self._reader = reader
        self._key_source = keys
        self._vault = vault
        self._keys: dict[KeyName, bytes] = {}

    def answer(self, position: int) -> ReplayedAnswer:
        """The answer announced at a position of the access log. Raises :class:`NoSuchAnswer`."""
        rows = self._reader.rows("access", after=position - 1, limit=1)
        if not rows or rows[0].position != position or rows[0].topic != SubjectQueried.TOPIC:
            raise NoSuchAnswer
        keys = unwrap_all(self._vault, self._key_source.data_keys_of(owners_of(rows)))
        opened = open_rows(rows, log="access", keys=lambda _: keys)[0]
        if opened.closed:
            raise NoSuchAnswer
        event = opened.event
        assert isinstance(event, SubjectQueried)
        if event.view not in REPLAYED:
            raise NoSuchAnswer
        made = self._made(event)
        parts = tuple(self._part(announced, made) for announced in event.shown)
        return ReplayedAnswer(position, rows[0].stream_id, event, parts)

    def _made(self, event: SubjectQueried) -> dict[tuple[str, str], list[tuple[bytes, bytes]]]:
        if event.view == DOSSIER:
            return self._histories(event)
        return self._cases(event) if event.view in RULES else self._renditions(event)

    @staticmethod
    def _part(
        announced: Sequence[str], made: dict[tuple[str, str], list[tuple[bytes, bytes]]]
    ) -> ReplayedPart:
        record, part, digest = announced
        for found, shown in made.get((record, part), []):
            if found.hex() == digest:
                return ReplayedPart(record, part, equal=True, shown=shown)
        return ReplayedPart(record, part, equal=False, shown=b"")

    def _renditions(self, event: SubjectQueried) -> dict[tuple[str, str], list[tuple[bytes, bytes]]]:
        """Digest and content of every shared rendition of the records, as the view had them."""
        records = {UUID(record) for record, _, _ in event.shown}
        fold = RenditionFold(
            name_mac=lambda name: self._vault.mac("name", name.encode()),
            keys=self._keys.get,
            earlier=self._earlier,
        )
        changes = Changes()
        for rows in self._batches(event.view_position):
            wanted = [r for r in rows if r.stream_id in records or r.topic.startswith("catalogue.")]
            fold_rows(fold, self._open(wanted), changes)
        made: dict[tuple[str, str], list[tuple[bytes, bytes]]] = {}
        for shown in changes.shown.values():
            for rendition in shown:
                if rendition.view == SHARED:
                    digest = hashlib.sha256(rendition.content).digest()
                    place = (str(rendition.record_id), rendition.part)
                    made.setdefault(place, []).append((digest, self._content(rendition)))
        return made

    def _histories(self, event: SubjectQueried) -> dict[tuple[str, str], list[tuple[bytes, bytes]]]:
        """Digest and content of each record's history, at every length that it had."""
        records = {UUID(record) for record, _, _ in event.shown}
        rows: dict[UUID, list[OpenedRow]] = {record: [] for record in records}
        for batch in self._batches(self._reader.head("records")[0]):
            for opened in self._open([row for row in batch if row.stream_id in records]):
                rows[opened.row.stream_id].append(opened)
        made: dict[tuple[str, str], list[tuple[bytes, bytes]]] = {}
        for record, opened_rows in rows.items():
            for length in range(1, len(opened_rows) + 1):
                moments = moments_of(opened_rows[:length])
                plain: list[Json] = [[m.event, m.at, m.position, m.parts] for m in moments]
                made.setdefault((str(record), "history"), []).append(
                    (history_digest(str(record), moments), canonical(plain))
                )
        return made

    def _cases(self, event: SubjectQueried) -> dict[tuple[str, str], list[tuple[bytes, bytes]]]:
        """Digest and content of each part of each event of the cases that were told."""
        cases = {UUID(case) for case, _, _ in event.shown}
        made: dict[tuple[str, str], list[tuple[bytes, bytes]]] = {}
        for batch in self._batches(self._reader.head("records")[0]):
            for opened in self._open([row for row in batch if row.stream_id in cases]):
                for name, part in opened.parts.items():
                    content = canonical(told_part(part, own=event.purpose == OWN_PURPOSE))
                    place = (str(opened.row.stream_id), f"{name}@{opened.row.stream_version}")
                    made[place] = [(hashlib.sha256(content).digest(), content)]
        return made

    def _content(self, rendition: Rendition) -> bytes:
        return (
            open_rendition(rendition, key=self._keys[rendition.key]) if rendition.key else rendition.content
        )

    def _batches(self, through: int) -> Sequence[Sequence[StoredRow]]:
        batches, at = [], 0
        while at < through:
            rows = self._reader.rows("records", after=at, limit=min(BATCH_EVENTS, through - at))
            if not rows:
                break
            batches.append(rows)
            at = rows[-1].position
        return batches

    def _open(self, rows: Sequence[StoredRow]) -> list[OpenedRow]:
        if rows:
            self._keys.update(unwrap_all(self._vault, self._key_source.data_keys_of(owners_of(rows))))
        return open_rows(rows, log="records", keys=lambda _: self._keys)

    def _earlier(self, stream_id: UUID, version: int) -> OpenedRow | None:
        row = self._reader.row_of("records", stream_id, version)
        return self._open([row])[0] if row else None
