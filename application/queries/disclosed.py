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
from application.queries.cases import told_part
from application.queries.entries import TOLD, told_entry
from application.queries.green import VIEW as GREEN
from application.queries.history import RecordLife, history_digest, life_of, linked_life
from application.queries.past import place_in
from application.registry import ITEM, SETTINGS
from domain.access.events import SubjectQueried
from domain.listing.events import ListingDecided
from domain.oversight.traces import Told, plain
from domain.records.events import RecordDetermined
from domain.records.links import PersonLinked
from domain.records.publicity import item_code
from domain.remedies.events import RecordCorrected
from domain.shared.canonical import Json, canonical

RECORDED = "recorded"
FIELDLESS = ("measure:", "looks@", "look@", "bundle@", "trace@", "who_looked", "shielded", "erased", GREEN)
"""How parts begin that tell of looks, of a measure, a ground or an end, and of no field that a record has."""
Announced = tuple[str, str, str]
"""Record, part and digest (hex) as an access event announces them."""


class DisclosedContent:
    """What was told of the records that one trace is about; each record is made again once."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._made: dict[str, dict[Announced, Told]] = {}
        self._public: dict[str, set[tuple[str, str]]] = {}
        self.guards: dict[UUID, int] = {}
        """The streams that were read, each with its version."""

    def told(self, announced: Announced, look: SubjectQueried) -> Told | None:
        """The fields of one part that a look announced; None when it cannot be made again."""
        part = announced[1]
        if part.startswith(FIELDLESS):
            return frozenset()
        if part == RECORDED:
            return self._bundled(UUID(announced[0]), look)
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
                self._by_event(record, rows)
                self._fold(record, rows)
        return self._made[record]

    def _bundled(self, record: UUID, look: SubjectQueried) -> Told | None:
        """The fields in a bundle: of the parts that it was asked to show, in every act that gave the record content.

        None for a look that did not say yet which parts, and where something was erased.
        """
        while look.asked and "position" in look.asked:  # of a replay, the look that was replayed
            place = self._ledger.store.look_at(int(str(look.asked["position"])))
            rows = (
                self._ledger.store.load_slice("access", place[0], after=place[1] - 1, limit=1)
                if place
                else []
            )
            opened_looks = self._ledger.open_all(rows, log="access")
            if not opened_looks or not isinstance(opened_looks[0].event, SubjectQueried):
                return None
            look = opened_looks[0].event
        if look.asked is None or look.reached is None:
            return None
        shown, fields = look.asked["show"], set[tuple[str, str]]()
        assert isinstance(shown, list)
        for opened in self._opened(record):
            if opened.row.position <= look.reached:
                if opened.closed:
                    return None
                fields |= {pair for n, part in opened.parts.items() if n in shown for pair in _fields(part)}
        return frozenset(fields)

    def _opened(self, stream: UUID) -> list[OpenedRow]:
        rows = self._ledger.store.load("records", stream)
        self.guards[stream] = rows[-1].stream_version if rows else 0
        return self._ledger.open_all(rows, log="records")

    def _remember(self, record: str, lives: Iterable[RecordLife]) -> None:
        """A record's history at every length that it had."""
        for life in lives:
            digest = history_digest(life.record, life.moments).hex()
            told = frozenset(
                pair for m in life.moments for part in m.parts.values() for pair in _fields(part)
            )
            self._made[record][record, "history", digest] = told

    def _by_event(self, record: str, rows: Sequence[OpenedRow]) -> None:
        """Each part of each event as a case tells it, the content that a case's paper names, and an entry."""
        for opened in rows:
            version = opened.row.stream_version
            event = opened.event if "public" in opened.opened else None
            content = event.content if isinstance(event, RecordDetermined | RecordCorrected) else {}
            for name, part in (*opened.parts.items(), *content.items()):
                for told in (told_part(part, officers=False), told_part(part, officers=True)):
                    self._keep_as(record, f"{name}@{version}", told)
        for sort in TOLD if rows and "public" in rows[0].opened else ():
            if entry := told_entry(sort, rows[0].event):
                self._keep_as(record, sort, entry)

    def _keep_as(self, record: str, place: str, told: Mapping[str, Json]) -> None:
        digest = hashlib.sha256(canonical(told)).hexdigest()
        self._made[record][record, place, digest] = frozenset(_fields(told))

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
