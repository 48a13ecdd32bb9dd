"""Decides on the watch list (重点关注名单): who reaches the threshold, until when, what ends it (JNT-3, 001 四(六)).

Being watched means reminders and ordinary supervision. It is no listing and no record: nothing rests on it, nobody is
shown it but the department that watches and the subject itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from domain.catalogue.items import SEVERITIES
from domain.listing.notes import Note
from domain.listing.standards import DOMAINS
from domain.parties.acting import is_text
from domain.shared.deadlines import add_months
from domain.shared.events import Event
from domain.shared.kinds import Kind
from domain.shared.refusals import Defect

GROUNDS = ("repeated_slight", "serious_in_key_field")
"""多次发生轻微失信行为, 重点领域发生较重失信行为."""
BY_DEPARTMENT = ("corrected", "reversal")
"""Why a department stops watching before the end: the conduct was corrected, or the entry was wrong."""
RULE = "JNT-3"


@dataclass(frozen=True, slots=True)
class Threshold:
    """When a subject may be watched (关注条件), by the office's settings: so many slight records within so many months.

    Nobody is watched for longer than those months either.
    """

    slight_records: int
    within_months: int


@dataclass(frozen=True, slots=True)
class Counted:
    """A record that an entry would rest on: the day of its decision, its severity, and whether it counts today.

    ``stands``: neither withdrawn, repaired nor over. ``minor``: about a person who was under 18 then, or whose age
    cannot be told.
    """

    decided_on: date
    severity: str
    stands: bool
    minor: bool = False


class WatchEntered(Event):
    """A subject is watched (列入重点关注名单), sealed by the department (001 四(六)); never public.

    ``ground`` is one of ``GROUNDS``, ``field`` of the second the key field (重点领域, one of the four domains of
    49号(六)), ``until`` the last day.
    """

    TOPIC: ClassVar[str] = "watchlist.entered"
    KIND: ClassVar[Kind] = Kind.WATCH_ENTERED
    PART_OF: ClassVar[Mapping[str, str]] = {
        "ground": "restricted",
        "records": "restricted",
        "field": "restricted",
        "reason": "restricted",
    }
    authority: str
    entered_on: str
    until: str
    ground: str | None = None
    records: list[str] | None = None
    field: str | None = None
    reason: str | None = None


class WatchEnded(Event):
    """A subject is watched no more (移出重点关注名单).

    ``cause`` is ``corrected`` or ``reversal`` by the department, ``expiry`` or ``record_fell`` by the platform;
    ``ends`` is the leaf hash (hex) of the entry.
    """

    TOPIC: ClassVar[str] = "watchlist.ended"
    KIND: ClassVar[Kind] = Kind.WATCH_ENDED
    PART_OF: ClassVar[Mapping[str, str]] = {"reason": "restricted"}
    cause: str
    ends: str
    ended_on: str
    reason: str | None = None


def watch_defects(
    entry: WatchEntered,
    records: Sequence[Counted],
    *,
    threshold: Threshold,
    department: str,
    notes: Sequence[Note],
    today: date,
) -> Iterator[Defect]:
    """Why a subject may not be watched; ``records`` are those that the entry names, each once."""
    if entry.authority != department:
        yield Defect(RULE, "entry_of_another_department", "/parts/public/authority")
    if entry.entered_on != today.isoformat():
        yield Defect(RULE, "listing_decided_another_day", "/parts/public/entered_on")
    last = add_months(today, threshold.within_months).isoformat()
    if not today.isoformat() <= entry.until <= last:
        yield Defect(RULE, "watch_without_end", "/parts/public/until", {"last": last})
    if not is_text(entry.reason or ""):
        yield Defect(RULE, "entry_without_reason", "/parts/restricted/reason")
    if any(record.minor for record in records):
        yield Defect("DET-4", "leniency_minor_never_listed", "/parts/restricted/records")
    yield from _ground_defects(entry, records, threshold=threshold, today=today)
    if any(note.kind == "watch" and note.department == department for note in notes):
        yield Defect(RULE, "watch_watched_already")


def _ground_defects(
    entry: WatchEntered, records: Sequence[Counted], *, threshold: Threshold, today: date
) -> Iterator[Defect]:
    if entry.ground not in GROUNDS:
        yield Defect(RULE, "watch_ground_unknown", "/parts/restricted/ground", {"values": "、".join(GROUNDS)})
        return
    slight = entry.ground == "repeated_slight"
    if (entry.field in DOMAINS) if slight else (entry.field not in DOMAINS):
        yield Defect(RULE, "watch_field", "/parts/restricted/field", {"values": "、".join(DOMAINS)})
    counting = [
        record
        for record in records
        if record.stands
        and today <= add_months(record.decided_on, threshold.within_months)
        and (record.severity == SEVERITIES[0]) is slight
    ]
    least = threshold.slight_records if slight else 1
    if len(counting) < least:
        about = {"least": str(least), "months": str(threshold.within_months)}
        code = "watch_slight_too_few" if slight else "watch_not_serious"
        yield Defect(RULE, code, "/parts/restricted/records", about)


def end_defects(note: Note, ended: WatchEnded, *, today: date) -> Iterator[Defect]:
    """Why a department's end of an entry may not be recorded."""
    if ended.cause not in BY_DEPARTMENT:
        values = {"values": "、".join(BY_DEPARTMENT)}
        yield Defect(RULE, "listing_cause_unknown", "/parts/public/cause", values)
    if ended.ends != note.leaf:
        yield Defect(RULE, "entry_of_other", "/parts/public/ends")
    if ended.ended_on != today.isoformat():
        yield Defect(RULE, "listing_decided_another_day", "/parts/public/ended_on")
    if not is_text(ended.reason or ""):
        yield Defect(RULE, "entry_without_reason", "/parts/restricted/reason")
