"""The ledger as it stood when a past answer was made: both logs end where they ended then, and nothing is written.

The queries that answered are run on it once more; the looks that they log are kept, to be compared with those of then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast
from uuid import UUID

from application.data_keys import unwrap_all
from application.ledger import Ledger, OpenedRow, SealedAct, open_rows, owners_of
from application.ports import Append, EventStore, KeyName, Log, Vault, WrappedKey
from application.projections.renditions import (
    BEGINNINGS,
    DOSSIER,
    LEARNED,
    SHARED,
    Changes,
    Rendition,
    RenditionFold,
    fold_rows,
)
from application.queries.replaying.model import NoSuchAnswer, PastReader
from application.queries.shared import Listed
from application.reactions import REACTIONS
from application.side_reactions import suppress
from application.topics import EVENTS
from domain.access.events import ConsentGiven, SubjectQueried
from domain.records.erasure import DataErased
from domain.records.links import PersonLinked
from domain.remedies.entry_objections import fold_entry
from domain.remedies.events import ObjectionDecided, ObjectionFiled
from domain.remedies.repair_events import RecordReturned
from domain.shared.events import Event
from domain.transparency.digest import StoredRow
from domain.transparency.signer import Signer

BEGUN = tuple(event.TOPIC for event in BEGINNINGS)
SUPPRESSING = frozenset(event.TOPIC for event, follows in REACTIONS.items() if suppress in follows)
"""After these something is in no view but its subject's dossier, from their very transaction on."""
LEARNED_TOPICS = tuple(event.TOPIC for event in EVENTS if event.TOPIC.startswith(LEARNED))
MEASURE_LIST = tuple(event.TOPIC for event in EVENTS if event.TOPIC.startswith("measure.item_"))
KEY_ACTS = tuple(event.TOPIC for event in EVENTS if event.TOPIC.startswith("key."))


@dataclass(frozen=True)
class Then:
    """When a past answer was made: ``records`` and ``access`` are the last positions that it can know of, ``views`` how
    far the views were, ``at`` the instant of its look, ``subject`` whose list that is in; ``as_of`` whether it told the
    past of then."""

    records: int
    access: int
    views: int
    at: datetime
    subject: UUID
    as_of: bool = False


class PastStore:
    """The event store (``EventStore``) as it stood then, as far as questions ask it; appends are kept."""

    def __init__(self, reader: PastReader, vault: Vault, then: Then) -> None:
        self._reader = reader
        self._vault = vault
        self._then = then
        self._told: dict[UUID, int] = {}
        self.looks: list[SubjectQueried] = []
        self.pending: list[Event] = []
        """What was sealed and not yet appended."""

    def append(self, *batches: Append) -> list[int]:
        """Nothing is written; a look gets the position that it has in the log since then.

        Raises ``NoSuchAnswer`` where the log holds no such look.
        """
        pending, self.pending = self.pending, []
        positions = [0] * len(batches)
        for event in pending:
            if isinstance(event, SubjectQueried):
                row = self._reader.row_of("access", event.originator_id, event.originator_version)
                if row is None:
                    raise NoSuchAnswer
                self.looks.append(event)
                positions[-1] = self._told[event.originator_id] = row.position
        return positions

    def load(self, log: Log, stream_id: UUID) -> list[StoredRow]:
        last = self._then.records
        if log == "access":
            last = self._told.get(stream_id, self._then.access)
        return [row for row in self._reader.stream(log, stream_id) if row.position <= last]

    def load_slice(
        self,
        log: Log,
        stream_id: UUID,
        *,
        after: int | None = None,
        until: int | None = None,
        descending: bool = False,
        limit: int | None = None,
    ) -> list[StoredRow]:
        rows = [
            row
            for row in self.load(log, stream_id)
            if (after is None or row.stream_version > after)
            and (until is None or row.stream_version <= until)
        ]
        return (rows[::-1] if descending else rows)[:limit]

    def subjects_of(self, blinds: Iterable[bytes]) -> dict[bytes, UUID]:
        """Subjects that were registered by then."""
        found = self._reader.subjects_of(blinds)
        return {blind: subject for blind, subject in found.items() if self.load("records", subject)}

    def head_of(self, log: Log) -> int:
        return self._then.records if log == "records" else self._then.access

    def data_keys_of(self, owners: Iterable[UUID]) -> dict[KeyName, WrappedKey]:
        """The keys that are left today."""
        return self._reader.data_keys_of(owners)

    def standing_records(self, subject: UUID, *, limit: int) -> tuple[int, list[tuple[UUID, str]]]:
        standing = [r for r in self._renditions(subject) if r.view == DOSSIER]
        standing.sort(key=lambda r: r.position, reverse=True)
        return self._then.views, [(r.record_id, r.item) for r in standing[:limit]]

    def listed(self, subject: UUID, *, on: date) -> list[Listed]:
        """What the shared view could show of a subject on a day, newest first."""
        shown = [r for r in self._renditions(subject) if r.view == SHARED and (r.until or on) >= on]
        shown.sort(key=lambda r: (-r.position, r.part))
        return [
            Listed(
                subject_id=subject,
                record_id=r.record_id,
                part=r.part,
                item=r.item,
                position=r.position,
                until=r.until,
                key=cast(KeyName, r.key),
                digest=hashlib.sha256(r.content).digest(),
                commitment=r.commitment,
            )
            for r in shown
        ]

    def objected(self, records: Iterable[UUID]) -> set[UUID]:
        """Which of the records, or entries, an objection that was not decided was about (OBJ-2)."""
        asked = set(records)
        found = {record for _, record in self.open_cases_about("objection", asked)}
        return found | {entry for entry in asked if self._pending(entry)}

    def _pending(self, entry: UUID) -> bool:
        opened = self._opened(self.load("records", entry))
        found = fold_entry(row.event for row in opened if "public" in row.opened)
        return found is not None and bool(found.pending)

    def open_cases_about(self, kind: str, records: Iterable[UUID]) -> list[tuple[UUID, UUID]]:
        """The objections that were not decided about any of the records; no question asks for another ``kind``."""
        assert kind == "objection"
        wanted, found = frozenset(map(str, records)), []
        for opened in self._opened(self._of((ObjectionFiled.TOPIC,))):
            event, case = opened.event, opened.row.stream_id
            if isinstance(event, ObjectionFiled) and event.record in wanted:
                decided = any(row.topic == ObjectionDecided.TOPIC for row in self.load("records", case))
                found += [] if decided else [(case, UUID(event.record))]
        return found

    def governing_rows(self, topics: Iterable[str]) -> list[StoredRow]:
        return self._of(topics)

    def measure_list(self) -> list[StoredRow]:
        return self._of(MEASURE_LIST)

    def erasing_acts(self) -> list[StoredRow]:
        return self._of((DataErased.TOPIC,))

    def last_erasing(self) -> int:
        """Nothing is erased while an answer is made again of what stood then."""
        return 0

    def key_acts(self) -> list[StoredRow]:
        return self._of(KEY_ACTS)

    def look_at(self, position: int) -> tuple[UUID, int] | None:
        rows = self._reader.rows("access", after=position - 1, limit=1)
        if not rows or position > self._then.access or rows[0].topic != SubjectQueried.TOPIC:
            return None
        return rows[0].stream_id, rows[0].stream_version

    def consents_page(
        self, subject: UUID, *, through: int, before: int | None, limit: int
    ) -> list[tuple[UUID, int]]:
        return self._begun((ConsentGiven.TOPIC,), subject, through=through, before=before)[:limit]

    def dossier_page(
        self, subject: UUID, *, through: int, before: int | None, limit: int
    ) -> list[tuple[UUID, int]]:
        """What a dossier held that began by one position and before another, newest first, each with where."""
        return self._begun(BEGUN, subject, through=through, before=before)[:limit]

    def links_of(self, record: UUID) -> list[tuple[UUID, str]]:
        named = f'"correlation":"{record}"'.encode()
        return [(r.stream_id, r.key_ref) for r in self._of((PersonLinked.TOPIC,)) if named in r.meta]

    def _of(self, topics: Iterable[str], *, owner: UUID | None = None) -> list[StoredRow]:
        return self._reader.of_topics(topics, through=self._then.records, owner=owner)

    def _begun(
        self, topics: Iterable[str], subject: UUID, *, through: int, before: int | None
    ) -> list[tuple[UUID, int]]:
        rows = [row for row in self._of(topics, owner=subject) if row.stream_version == 1]
        return [
            (row.stream_id, row.position)
            for row in reversed(rows)
            if row.position <= through and (before is None or row.position < before)
        ]

    def _opened(self, rows: Sequence[StoredRow]) -> list[OpenedRow]:
        return open_rows(
            rows, log="records", keys=lambda owners: unwrap_all(self._vault, self.data_keys_of(owners))
        )

    def _renditions(self, subject: UUID) -> list[Rendition]:
        """What the views showed of a subject, but for what was suppressed since they were folded."""
        streams = {
            row.stream_id: self.load("records", row.stream_id) for row in self._of(BEGUN, owner=subject)
        }
        standing = [rows for rows in streams.values() if not _is_suppressed(rows)]
        rows = [row for rows in (self._of(LEARNED_TOPICS), *standing) for row in rows]
        rows = sorted((r for r in rows if r.position <= self._then.views), key=lambda r: r.position)
        keys = unwrap_all(self._vault, self.data_keys_of(owners_of(rows)))
        opened = open_rows(rows, log="records", keys=lambda _: keys)
        places = {(o.row.stream_id, o.row.stream_version): o for o in opened}
        fold = RenditionFold(
            name_mac=lambda name: self._vault.mac("name", name.encode()),
            keys=keys.get,
            earlier=lambda stream, version: places.get((stream, version)),
        )
        changes = fold_rows(fold, opened, Changes())
        return [rendition for shown in changes.shown.values() for rendition in shown]


def _is_suppressed(rows: Sequence[StoredRow]) -> bool:
    """Whether a record, listing or entry had left every view by its last row."""
    turns = [row.topic for row in rows if row.topic in SUPPRESSING or row.topic == RecordReturned.TOPIC]
    return bool(turns) and turns[-1] in SUPPRESSING


class PastReading:
    """What the web process reads beside the event store (``SharedReading``, ``DossierReading``), as it was then."""

    def __init__(self, store: PastStore, reader: PastReader, then: Then) -> None:
        self._store, self._reader, self._then = store, reader, then

    def listing(self, subjects: Iterable[UUID], *, on: date, limit: int) -> tuple[int, list[Listed]]:
        found = [listed for subject in subjects for listed in self._store.listed(subject, on=on)]
        return self._then.views, found[:limit]

    def objected(self, records: Iterable[UUID]) -> set[UUID]:
        return self._store.objected(records)

    def dossier_position(self) -> int:
        """How far the index was: of a listing as of a past position only that it was beyond that is known."""
        return self._then.records if self._then.as_of else self._then.views

    def dossier_page(
        self, subject: UUID, *, through: int, before: int | None, limit: int
    ) -> list[tuple[UUID, int]]:
        return self._store.dossier_page(subject, through=through, before=before, limit=limit)

    def position_at(self, at: datetime) -> int:
        return min(self._reader.position_at(at), self._then.records)


class PastLedger(Ledger):
    """A ledger that ended then: what its questions log is kept by ``past`` and goes nowhere."""

    def __init__(self, ledger_id: UUID, reader: PastReader, vault: Vault, then: Then) -> None:
        self.past = PastStore(reader, vault, then)
        self.reading = PastReading(self.past, reader, then)
        super().__init__(
            ledger_id=ledger_id,
            store=cast(EventStore, self.past),
            vault=vault,
            gateway=_no_gateway,
            clock=_ThatInstant(then.at),
            entropy=_NothingDrawn(then.subject),
        )

    def seal(
        self,
        event: Event,
        *,
        signer: Signer | None = None,  # noqa: ARG002
        owners: Mapping[str, KeyName] | None = None,
    ) -> SealedAct:
        """The event as it is: nothing here is signed or kept."""
        return SealedAct(event, {}, b"", owners or {})

    def prepare(
        self,
        acts: Sequence[SealedAct],
        *,
        meta: Mapping[str, str],  # noqa: ARG002
        log: Log = "records",
    ) -> Append:
        """An append of nothing, whose events the store keeps."""
        self.past.pending += [act.event for act in acts]
        return Append(log=log)


def _no_gateway() -> Signer:
    raise NoSuchAnswer


class _ThatInstant:
    """The clock, standing where it stood."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def real(self) -> datetime:
        return self._at

    def ahead(self) -> timedelta:
        return timedelta()


class _NothingDrawn:
    """No randomness: nothing is sealed, and who was met for the first time then has the id that was drawn then."""

    def __init__(self, subject: UUID) -> None:
        self._subject = subject

    def bytes(self, count: int) -> bytes:
        return bytes(count)

    def uuid(self) -> UUID:
        return self._subject
