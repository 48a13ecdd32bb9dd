"""What past answers told of records, made again from the records' own streams: their fields by announced digest.

A trace asks it which answer held a leaked excerpt; catalogue and settings are read by their streams, no log whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from application.data_keys import unwrap_all
from application.ledger import Ledger, OpenedRow, owners_of
from application.ports import KeyName
from application.projections.renditions import (
    PUBLIC,
    SHARED,
    Changes,
    Rendition,
    RenditionFold,
    open_rendition,
)
from application.queries.history import RecordLife, history_digest, life_of, linked_life
from application.queries.past import place_in
from application.registry import ITEM, SETTINGS
from domain.listing.events import ListingDecided
from domain.oversight.traces import Told, plain
from domain.records.events import RecordDetermined
from domain.records.links import PersonLinked
from domain.records.publicity import item_code
from domain.remedies.events import RecordCorrected

Announced = tuple[str, str, str]
"""Record, part and digest (hex) as an access event announces them."""


class DisclosedContent:
    """What was told of the records that one trace is about; each record is made again once."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._made: dict[str, dict[Announced, Told]] = {}
        self._public: dict[str, set[tuple[str, str]]] = {}

    def told(self, announced: Announced) -> Told | None:
        """The fields of one announced part; None when it cannot be made again."""
        return self._of(announced[0]).get(announced)

    def public(self, record: UUID) -> frozenset[tuple[str, str]]:
        """Every field that the public view ever showed of a record: anyone can have it, and no look says so."""
        self._of(str(record))
        return frozenset(self._public[str(record)])

    def _of(self, record: str) -> dict[Announced, Told]:
        if record not in self._made:
            self._made[record], self._public[record] = {}, set()
            rows = self._opened(UUID(record))
            if rows and isinstance(rows[0].event, PersonLinked):
                if "public" in rows[0].opened:
                    below = self._opened(UUID(rows[0].event.record))
                    self._remember(record, (linked_life(rows, below[:n]) for n in range(1, len(below) + 1)))
            else:
                lives = (life_of(rows[:length]) for length in range(1, len(rows) + 1))
                self._remember(record, (life for life in lives if life is not None))
                self._fold(record, rows)
        return self._made[record]

    def _opened(self, stream: UUID) -> list[OpenedRow]:
        return self._ledger.open_all(self._ledger.store.load("records", stream), log="records")

    def _remember(self, record: str, lives: Iterable[RecordLife]) -> None:
        """A record's history at every length that it had."""
        for life in lives:
            digest = history_digest(life.record, life.moments).hex()
            told = frozenset(
                pair for m in life.moments for part in m.parts.values() for pair in _fields(part)
            )
            self._made[record][record, "history", digest] = told

    def _fold(self, record: str, rows: Sequence[OpenedRow]) -> None:
        """Every rendition that any view ever had of a record, as the live fold makes them."""
        store, vault = self._ledger.store, self._ledger.vault
        keys = unwrap_all(vault, store.data_keys_of(owners_of([opened.row for opened in rows])))
        versions = {opened.row.stream_version: opened for opened in rows}
        fold = RenditionFold(
            name_mac=lambda name: vault.mac("name", name.encode()),
            keys=keys.get,
            earlier=lambda stream, version: versions.get(version) if str(stream) == record else None,
        )
        changes = Changes()
        for opened in sorted([*self._learned(rows), *rows], key=lambda o: o.row.position):
            fold.apply(opened, changes)
            for rendition in changes.shown.get(UUID(record), ()):
                self._keep(record, rendition, keys)

    def _keep(self, record: str, rendition: Rendition, keys: Mapping[KeyName, bytes]) -> None:
        content = rendition.content
        if rendition.key is not None:
            content = open_rendition(rendition, key=keys[rendition.key])
        told = frozenset(_fields(json.loads(content).get("fields", {})))
        if rendition.view == SHARED:
            self._made[record][record, rendition.part, hashlib.sha256(rendition.content).hexdigest()] = told
        if rendition.view == PUBLIC:
            self._public[record] |= told
        looked_back = place_in(rendition.view, rendition.part)
        self._made[record][record, looked_back, hashlib.sha256(content).hexdigest()] = told

    def _learned(self, rows: Sequence[OpenedRow]) -> list[OpenedRow]:
        """The versions of the items under which the record ever stood, and all settings."""
        codes: dict[str, None] = {}
        for opened in rows:
            if "public" not in opened.opened:
                continue
            event = opened.event
            if isinstance(event, RecordDetermined | RecordCorrected):
                codes[item_code(event.content)] = None
            elif isinstance(event, ListingDecided):
                codes[event.list_code] = None
        streams = [self._ledger.name_id(ITEM, code) for code in codes]
        return [o for stream in (*streams, self._ledger.name_id(*SETTINGS)) for o in self._opened(stream)]


def _fields(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Names and values of all fields, however deep."""
    for name, value in content.items():
        if isinstance(value, Mapping):
            yield from _fields(value)
        else:
            yield name, plain(value)
