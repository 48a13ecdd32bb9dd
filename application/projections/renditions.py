"""The public and the shared view as a fold: each event changes which renditions stand and what they show.

Reads opened rows of the records log in order; the view store applies the changes with the position in one
transaction. The same events give the same bytes in any process, on any day.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from application.data_keys import own_record
from application.ledger import OpenedRow, parse_instant
from application.ports import KeyName
from application.projections.registers import Entry, entries_of
from application.sealing import parse_key_reference
from domain.catalogue.items import (
    CatalogueEvent,
    CatalogueItem,
    CatalogueItemSuspended,
    fold,
    version_in_force,
)
from domain.listing.events import ListingDecided, ListingNotified, ListingRemoved
from domain.listing.red import RedListed, RedRemoved
from domain.listing.reference import ReferenceEntered
from domain.listing.shown import is_public, public_listing, shared_listing
from domain.listing.watch import WatchEntered
from domain.measures.events import MeasureNamed
from domain.records.events import PublicityEnded, RecordDetermined
from domain.records.leniency import LENIENCY
from domain.records.links import PersonLinked
from domain.records.publicity import (
    decided_on,
    item_code,
    public_rendition,
    publicity_term,
    shared_rendition,
    subject_kind,
    subject_name,
    term_end,
)
from domain.remedies.events import RecordAnnotated, RecordCorrected, RecordShielded, RecordWithdrawn
from domain.remedies.repair_events import RecordRested, RecordReturned
from domain.remedies.restoration import RestorationBegun
from domain.shared.canonical import Json, Parts, canonical
from domain.shared.city_time import city_day
from domain.shared.events import Event
from domain.shared.rule_settings import MAXIMUM_MONTHS, SettingChanged, Value, maximum_months, value_of
from domain.shared.text import normalise_name
from domain.transparency.digest import StoredRow
from domain.transparency.epoch import shown_commitment, view_salt

PUBLIC, SHARED, DOSSIER = "public", "shared", "dossier"
LISTING, RED = "listing", "red"
"""The part of the public view that shows a listing: lists are read by it; that of a dossier for a red entry."""
VIEWS = (PUBLIC, SHARED, DOSSIER)
"""The dossier names the records of a subject and shows nothing of them: what it holds is read from their streams."""
OWN = (PersonLinked, RestorationBegun, WatchEntered, ReferenceEntered, MeasureNamed)
"""What stands in the subject's own dossier and in no other view (DET-7, OBJ-4, JNT-3, JNT-5, MEA-1)."""
BEGINNINGS = (RecordDetermined, ListingNotified, RedListed, *OWN)
"""The first event of everything that a dossier holds; whose it is, the key of its public part says."""
ENDED = (PublicityEnded, RecordWithdrawn, RecordShielded, ListingRemoved, RedRemoved)
"""After these a record is in no view but its subject's own dossier, and in the map of what was shielded."""
GONE = (*ENDED, RecordRested)
"""After these it is in no view; what rests may return (REP-5)."""
PROOF = "proof"
"""The member of a rendition that opens its commitment: index of the leaf and salt; no part of what is committed to."""
LEARNED = ("catalogue.", "setting.")
"""How the topics of events begin that the fold knows all records by; a new process reads these again."""
_RENDITION_KEY = b"credit/rendition/v1\n"


@dataclass(frozen=True)
class Rendition:
    """What one view shows of one part of one record (呈现), ready to send.

    ``key`` names the data key that ``content`` is sealed under; None is content in the clear, of
    organisations in the public view only, and of no record that may be deleted. ``objected`` is told by the
    reading: marks are no part of a fold.
    """

    view: str
    record_id: UUID
    part: str
    subject_id: UUID
    item: str
    position: int
    until: date | None
    key: KeyName | None
    content: bytes
    objected: bool = False
    commitment: bytes = b""
    """Commits to what is shown in the view's map (``domain.transparency.epoch``); the dossier's index has none."""


@dataclass
class Changes:
    """What a run of events does to the views, in order of the events."""

    shown: dict[UUID, list[Rendition]] = field(default_factory=dict)
    gone: set[UUID] = field(default_factory=set)
    """Records that left every view but the dossier."""
    entries: dict[tuple[str, str, int], Entry] = field(default_factory=dict)
    """What the public registers tell, by place."""
    names: set[tuple[str, bytes, UUID]] = field(default_factory=set)
    """(view, keyed hash of an exact name, subject)."""


@dataclass(frozen=True)
class _Place:
    """Where a rendition comes from: the row that holds what it shows, the item, where it was told, its last day."""

    opened: OpenedRow
    item: str
    position: int
    ends: date | None

    def shown(
        self, view: str, part: str, told: Mapping[str, Json], key: KeyName | None, *, salted_by: str
    ) -> Rendition:
        """A rendition of what is told, committed to by the salt of the part ``salted_by``."""
        row = self.opened.row
        salt, index = view_salt(self.opened.opened[salted_by].salt, view), row.position - 1
        committed = shown_commitment(salt, leaf_index=index, content=canonical(told))
        # Whoever is shown the rendition can prove it: the salt goes with it, and no further.
        content = canonical({**told, PROOF: {"leaf": index, "salt": salt.hex()}})
        return Rendition(
            view,
            row.stream_id,
            part,
            parse_key_reference(row.key_ref)["public"][0],
            self.item,
            self.position,
            self.ends,
            key,
            content,
            commitment=committed,
        )


class RenditionFold:
    """Folds records into renditions; holds the catalogue and its settings as far as they were read."""

    def __init__(
        self,
        *,
        name_mac: Callable[[str], bytes],
        keys: Callable[[KeyName], bytes | None],
        earlier: Callable[[UUID, int], OpenedRow | None],
    ) -> None:
        """What the fold asks for.

        ``name_mac`` is the keyed hash of a normalised name; ``keys`` gives a data key, None when erased;
        ``earlier`` gives the row of a stream at a version that the log held before.
        """
        self._name_mac = name_mac
        self._keys = keys
        self._earlier = earlier
        self._catalogue: dict[str, list[Event]] = {}
        self._versions: dict[str, tuple[CatalogueItem, ...]] = {}
        self._months_max: list[Value] = []

    def learn(self, event: Event) -> None:
        """Take note of an event of the catalogue or of a setting, without any change to the views."""
        if isinstance(event, SettingChanged) and event.name == MAXIMUM_MONTHS:
            self._months_max.append(value_of(event))
        if isinstance(event, CatalogueEvent | CatalogueItemSuspended):
            self._catalogue.setdefault(event.code, []).append(event)
            self._versions[event.code] = fold(self._catalogue[event.code])

    def apply(self, opened: OpenedRow, changes: Changes) -> None:
        """Add to ``changes`` what this event does."""
        event = opened.event
        record_id = opened.row.stream_id
        if isinstance(event, CatalogueEvent | CatalogueItemSuspended | SettingChanged):
            self.learn(event)
        elif isinstance(event, GONE):
            if record_id in changes.shown:
                kept = [r for r in changes.shown[record_id] if r.view == DOSSIER]
                changes.shown[record_id] = kept
            changes.gone.add(record_id)
        elif isinstance(event, RecordAnnotated):
            # The note tells nothing of the content, so the row that holds it is read again.
            held = self._earlier(record_id, event.annotates)
            if held is not None:
                note: dict[str, Json] = {"repair": event.repair, "repaired_on": event.repaired_on}
                self._show(held, changes, {"note": note}, through=opened.row)
        elif isinstance(event, RecordReturned):
            held = self._earlier(record_id, event.shows)
            if held is not None:
                changes.gone.discard(record_id)
                back: dict[str, Json] = {
                    "cause": event.cause,
                    "by": event.by,
                    "returned_on": event.returned_on,
                }
                self._show(held, changes, {"returned": back}, through=opened.row)
        elif isinstance(event, ListingNotified | ListingDecided | RedListed):
            if "public" in opened.opened:
                changes.shown[record_id] = self._listed(opened, event, changes)
        elif isinstance(event, OWN):
            if "public" in opened.opened:
                subject = parse_key_reference(opened.row.key_ref)["public"][0]
                until = date.fromisoformat(event.until) if isinstance(event, WatchEntered) else None
                changes.shown[record_id] = [replace(_index(opened.row, subject, ""), until=until)]
        else:
            self._show(opened, changes, {}, through=opened.row)

    def _listed(
        self, opened: OpenedRow, event: ListingNotified | ListingDecided | RedListed, changes: Changes
    ) -> list[Rendition]:
        """A listing: in its subject's dossier from the notice on, in the other views from the decision on."""
        row, owners = opened.row, parse_key_reference(opened.row.key_ref)
        subject_id, code = owners["public"][0], event.list_code
        until = None if isinstance(event, ListingNotified) else event.until
        ends = None if until is None else date.fromisoformat(until)
        entry = canonical({"record": str(row.stream_id)})
        # The term stands here too: the deadline runner finds it also where nobody else is shown the listing.
        part = RED if isinstance(event, RedListed) else "index"
        out = [Rendition(DOSSIER, row.stream_id, part, subject_id, code, row.position, ends, None, entry)]
        if isinstance(event, ListingNotified):
            return out
        item = version_in_force(self._versions.get(code, ()), date.fromisoformat(event.decided_on))
        if item is None:
            return out
        parts = opened.parts
        place = _Place(opened, item.code, row.position, ends)
        recorded: dict[str, Json] = {"record": str(row.stream_id), "recorded_at": row.recorded_at}
        natural = event.subject_kind == "natural_person"
        if is_public(event, item) and not (natural and "person/1" not in parts):
            salted_by, key = ("person/1", owners["person/1"]) if natural else ("public", None)
            shown = public_listing(event, parts, item) | recorded
            out.append(place.shown(PUBLIC, LISTING, shown, key, salted_by=salted_by))
            if event.name:
                changes.names.add((PUBLIC, self._name_mac(normalise_name(event.name)), subject_id))
        for part, shown in shared_listing(event, parts, item).items():
            out.append(place.shown(SHARED, part, shown | recorded, owners[part], salted_by=part))
        return [sealed for rendition in out if (sealed := self._sealed(rendition)) is not None]

    def _show(self, held: OpenedRow, changes: Changes, told: dict[str, Json], *, through: StoredRow) -> None:
        """Show the content of ``held`` with what is ``told`` beside it, as the act in ``through`` left it."""
        event = held.event
        if not isinstance(event, RecordDetermined | RecordCorrected) or "public" not in held.opened:
            return
        if isinstance(event, RecordCorrected):
            told = {**told, "corrects": event.corrects}
        changes.shown[held.row.stream_id] = self._renditions(
            held, event.content, changes, told=told, through=through
        )

    def _renditions(
        self, opened: OpenedRow, parts: Parts, changes: Changes, *, told: dict[str, Json], through: StoredRow
    ) -> list[Rendition]:
        row = opened.row
        subject_id = parse_key_reference(row.key_ref)["public"][0]
        dossier = _index(row, subject_id, item_code(parts))
        return [dossier, *self._shown(opened, parts, changes, told=told, through=through)]

    def _shown(
        self, opened: OpenedRow, parts: Parts, changes: Changes, *, told: dict[str, Json], through: StoredRow
    ) -> list[Rendition]:
        """What the public and the shared view show of a record."""
        item = version_in_force(self._versions.get(item_code(parts), ()), decided_on(parts))
        if item is None:
            return []
        row, position = opened.row, through.position
        recorded_on = city_day(parse_instant(through.recorded_at))
        owners = parse_key_reference(row.key_ref)
        subject_id = owners["public"][0]
        months = maximum_months(self._months_max, on=decided_on(parts))
        ends = term_end(item, parts, months_max=months)
        if ends is not None and ends < recorded_on:
            return []
        recorded: dict[str, Json] = {"record": str(row.stream_id), "recorded_at": row.recorded_at, **told}

        place = _Place(opened, item.code, position, ends)
        out: list[Rendition] = []
        publicity = publicity_term(item, parts, recorded_on=recorded_on, months_max=months)
        if publicity.public and not self._is_lenient(row):
            natural = subject_kind(parts) == "natural_person"
            # What is shown of a person is salted by the person's part: erased, nothing is left to guess against.
            salted_by, key = ("person/1", owners["person/1"]) if natural else ("public", None)
            if not natural and own_record(owners["public"][1]):
                key = owners["public"]  # a record that may be deleted (REP-5) is nowhere in the clear
            shown = public_rendition(item, parts, publicity) | recorded
            out.append(place.shown(PUBLIC, "public", shown, key, salted_by=salted_by))
            if not natural:
                changes.names.add((PUBLIC, self._name_mac(normalise_name(subject_name(parts))), subject_id))
        for part, shown in shared_rendition(item, parts).items():
            out.append(place.shown(SHARED, part, shown | recorded, owners[part], salted_by=part))
        return [sealed for rendition in out if (sealed := self._sealed(rendition)) is not None]

    def _is_lenient(self, row: StoredRow) -> bool:
        """DET-4: whether the record was recorded under a leniency assessment, which keeps it from publicity."""
        if row.stream_version != 1:
            first = self._earlier(row.stream_id, 1)
            row = row if first is None else first.row
        return LENIENCY in json.loads(row.meta)

    def _sealed(self, rendition: Rendition) -> Rendition | None:
        """The rendition under its key; None when that key was erased."""
        if rendition.key is None:
            return rendition
        key = self._keys(rendition.key)
        return None if key is None else replace(rendition, content=seal_rendition(rendition, key=key))


def _index(row: StoredRow, subject: UUID, item: str) -> Rendition:
    """That a subject's dossier holds a record, or something else of its own (``item`` empty)."""
    entry = canonical({"record": str(row.stream_id)})
    return Rendition(DOSSIER, row.stream_id, "index", subject, item, row.position, None, None, entry)


def rendition_place(rendition: Rendition) -> bytes:
    """What binds a sealed rendition to its place in its view."""
    return b"\n".join(
        (_RENDITION_KEY, rendition.view.encode(), rendition.record_id.bytes, rendition.part.encode())
    )


def seal_rendition(rendition: Rendition, *, key: bytes) -> bytes:
    """AES-256-GCM-SIV under a key derived from the data key, so that a rebuild gives the same bytes.

    The nonce is a hash of the place: GCM-SIV stays safe when the same place is sealed again.
    """
    place = rendition_place(rendition)
    nonce = hashlib.sha256(place + rendition.position.to_bytes(8, "big")).digest()[:12]
    return nonce + AESGCMSIV(hmac.digest(key, _RENDITION_KEY, "sha256")).encrypt(
        nonce, rendition.content, place
    )


def open_rendition(rendition: Rendition, *, key: bytes) -> bytes:
    """The bytes to send. Raises ``InvalidTag`` when the key or the place is another."""
    nonce, ciphertext = rendition.content[:12], rendition.content[12:]
    place = rendition_place(rendition)
    return AESGCMSIV(hmac.digest(key, _RENDITION_KEY, "sha256")).decrypt(nonce, ciphertext, place)


def fold_rows(fold_state: RenditionFold, rows: list[OpenedRow], changes: Changes | None = None) -> Changes:
    """The changes of a run of opened rows, in order."""
    changes = changes or Changes()
    for row in rows:
        fold_state.apply(row, changes)
        changes.entries.update((entry.place, entry) for entry in entries_of(row))
    return changes
