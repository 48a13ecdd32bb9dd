"""What a subject bears: the lists that it is on and its measures, with the versions of all streams concerned.

Loaded by ``application/listings.py`` before acts after which something of it may fall; the reactions change it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from application.data_keys import own_record, record_class
from application.ports import KeyName
from domain.listing.decision import Borne
from domain.listing.notes import Note
from domain.measures.case import (
    JOINTLY,
    STOPPED,
    WRONG,
    Measure,
    after,
    end,
    miss,
    miss_answer,
    resume,
    suspend,
    unmeasured,
)
from domain.measures.events import MeasureDeclined, MeasureEnded, SubjectUnmeasured
from domain.shared.deadlines import Due
from domain.shared.events import Event
from domain.shared.recounted import CaseDaysRecounted


@dataclass
class Bearing:
    """A subject with the lists that it is on: its own stream's last version taken, and that of each listing's.

    ``repaired`` are those of the records behind these lists that no longer count against it, ``notes`` its red lists
    and watches. ``measures`` are its measures that are open, as the events so far leave them; ``keys`` the data keys
    that they are under.
    """

    subject_id: UUID
    version: int
    borne: tuple[Borne, ...]
    versions: dict[UUID, int]
    repaired: frozenset[UUID] = frozenset()
    notes: tuple[Note, ...] = ()
    measures: dict[UUID, Measure] = field(default_factory=dict)
    keys: Mapping[UUID, KeyName] = field(default_factory=dict)
    touched: set[UUID] = field(default_factory=set)
    """Measures of which an event was made since."""
    linked: dict[UUID, int] = field(default_factory=dict)
    """Other subjects, whose measures are among these, with the last versions taken of their own streams: persons linked
    to a record of this one (DET-7)."""

    def take(self, event: Event) -> None:
        """Fold an event of a measure in."""
        measure = self.measures.get(event.originator_id)
        if measure is not None and event.originator_version > measure.version:
            self.measures[measure.id] = after(measure, event)
            self.touched.add(measure.id)

    def suspended(self, record: UUID, *, objection: UUID, at: datetime) -> list[Event]:
        """The events that suspend what rests on a record, or on a listing of it (MEA-5)."""
        listings = [borne.listing for borne in self.borne if record in borne.records]
        return self._made(
            suspend(measure, objection=objection, at=at)
            for measure in self._open()
            if measure.concerns(record, listings)
        )

    def resumed(self, *, objection: UUID, at: datetime) -> list[Event]:
        """The events by which an objection suspends nothing any more (MEA-5)."""
        return self._made(
            resume(measure, objection=objection, at=at)
            for measure in self._open()
            if str(objection) in measure.suspended_by
        )

    def ended(self, ground: UUID, *, cause: str, by: str, at: datetime) -> list[Event]:
        """The events that end what rests on a record or a listing (REP-5)."""
        return self._made(
            end(measure, cause=cause, by=by, at=at) for measure in self._open() if measure.concerns(ground)
        )

    def expired(self, measure: UUID, *, at: datetime) -> list[Event]:
        """The events that end a measure with its term (JNT-4)."""
        return self._made([end(self.measures[measure], cause="expiry", by="", at=at)])

    def stopped(self, measure: UUID, *, by: str, at: datetime) -> list[Event]:
        """The event that ends a measure which rests on what is not executed any more (INS-2), unless it is over."""
        found = self.measures[measure]
        return self._made([end(found, cause=STOPPED, by=by, at=at)] if found.is_open else [])

    def lifted(self, measure: UUID, *, at: datetime) -> list[Event]:
        """The event that ends a measure which an objection to it found wrong, unless it is over (OBJ-4)."""
        found = self.measures[measure]
        return self._made([end(found, cause=WRONG, by=str(measure), at=at)] if found.is_open else [])

    def corrected(self, measure: UUID, *, at: datetime) -> list[Event]:
        """The events that end, with this one, all that its initiator named on the same ground, or its links (JNT-4)."""
        first = self.measures[measure]
        return self._made(
            end(other, cause=JOINTLY, by=str(measure), at=at)
            for other in self._open()
            if other.initiator == first.initiator and other.concerns(UUID(first.rests_on))
        )

    def recounted(self, event: CaseDaysRecounted) -> list[Event]:
        """The event by which the days of a measure are counted again."""
        return self._made([event])

    def missed(self, measure: UUID, *, following: Due, at: datetime) -> list[Event]:
        """The events of days that were missed: to answer an objection to it (OBJ-1), to give feedback (JNT-1)."""
        answer = miss_answer(self.measures[measure], now=at)
        made = self._made([] if answer is None else [answer])
        found = miss(self.measures[measure], following=following, now=at)
        return made + self._made([] if found is None else [found])

    def freed(self, event: MeasureDeclined | MeasureEnded, *, at: datetime) -> list[Event]:
        """What the subject's stream tells of the end of a measure."""
        measure = self.measures.get(event.originator_id)
        if measure is None:
            return []
        cause = event.cause if isinstance(event, MeasureEnded) else "declined"
        subject = self.keys[measure.id][0]
        if subject in self.linked:
            version = self.linked[subject] = self.linked[subject] + 1
        else:
            version = self.version = self.version + 1
        return [unmeasured(measure, subject=subject, version=version, cause=cause, at=at)]

    def owners(self, event: Event) -> dict[str, KeyName] | None:
        """Whose keys the parts of an event of a measure are under: those of its case; None for any other event."""
        stream = UUID(event.measure) if isinstance(event, SubjectUnmeasured) else event.originator_id
        if stream not in self.keys:
            return None
        owner, key_class = self.keys[stream]
        own = own_record(key_class)
        return {name: (owner, record_class(name, UUID(own) if own else None)) for name in event.parts()}

    def versions_told(self) -> dict[UUID, int]:
        """The versions that are taken of the own streams of all subjects."""
        return {self.subject_id: self.version, **self.linked}

    def moved(self) -> list[Measure]:
        """The measures of which an event was made, as they are then."""
        return [self.measures[measure] for measure in sorted(self.touched)]

    def _open(self) -> list[Measure]:
        return [measure for measure in self.measures.values() if measure.is_open]

    def _made(self, events: Iterable[Event]) -> list[Event]:
        made = list(events)
        for event in made:
            self.take(event)
        return made


def unmoved(seen: Mapping[UUID, int], now: Bearing) -> dict[UUID, int]:
    """The subjects' own streams of which no event was made since they were ``seen``: guards for what relied on them."""
    told = now.versions_told()
    return {stream: version for stream, version in seen.items() if told[stream] == version}
