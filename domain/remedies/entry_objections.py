"""A subject's objection to its entry on a list, red or serious, on the watch list or for reference (OBJ-1).

It stands in the entry's own stream. Its department answers within the time limit: it ends the entry, and with it the
objection, or rejects it with reasons and both remedies (OBJ-3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from domain.listing.events import ListingDecided, ListingRemoved
from domain.listing.red import RedListed, RedRemoved
from domain.listing.reference import ReferenceEnded, ReferenceEntered
from domain.listing.watch import WatchEnded, WatchEntered
from domain.parties.acting import (
    AGENT_PARTS,
    Agent,
    Officer,
    acted_by,
    agent_defects,
    answer_defects,
    deciding_defects,
    evidence_defects,
    is_text,
    told_agent,
    took_part,
)
from domain.remedies.events import ObjectionOverdue
from domain.remedies.overdue import Waiting, one_step
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar, add_working_days
from domain.shared.events import Event, fold_case, next_of
from domain.shared.kinds import Kind
from domain.shared.recounted import CaseDaysRecounted
from domain.shared.refusals import Defect, refuse_if_any

RULE = "OBJ-1"
ENDS = (RedRemoved, WatchEnded, ReferenceEnded, ListingRemoved)


class EntryObjected(Event):
    """The subject objects to its entry (对列入的异议, 001 四(八)): answered by its department until ``answer_by``.

    ``evidence`` are digests (SHA-256). Days are ISO text; ``provisional`` when the loaded calendar does not reach it.
    ``filed_by`` is ``subject`` or ``agent``, who proves its power of attorney by its digest.
    """

    TOPIC: ClassVar[str] = "entry.objected"
    KIND: ClassVar[Kind] = Kind.ENTRY_OBJECTED
    SCHEMA: ClassVar[int] = 2
    UPCASTS: ClassVar = {1: lambda parts: parts}
    """Version 1 was filed by the subject itself and knew no agent."""
    PART_OF: ClassVar[Mapping[str, str]] = {
        "grounds": "restricted",
        "evidence": "restricted",
        **AGENT_PARTS,
    }
    department: str
    received_by: str
    filed_on: str
    answer_by: str
    provisional: bool
    grounds: str | None = None
    evidence: list[str] | None = None
    filed_by: str | None = None
    power_of_attorney: str | None = None
    agent_name: str | None = None
    agent_id_type: str | None = None
    agent_id_number: str | None = None


class EntryObjectionRejected(Event):
    """An objection to an entry is rejected (不予支持), with reasons and remedies; upheld, it would end the entry."""

    TOPIC: ClassVar[str] = "entry.objection_rejected"
    KIND: ClassVar[Kind] = Kind.ENTRY_OBJECTION_REJECTED
    PART_OF: ClassVar[Mapping[str, str]] = {"reasons": "restricted", "remedies": "restricted"}
    department: str
    officer: str
    reasons: str | None = None
    remedies: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ObjectedEntry:
    """An entry with what is said against it: ``department`` made it, ``pending`` is the day to answer by, or empty."""

    id: UUID
    version: int
    department: str
    ended: bool = False
    pending: str = ""
    provisional: bool = False
    overdue: frozenset[tuple[str, str]] = frozenset()


def fold_entry(events: Iterable[Event]) -> ObjectedEntry | None:
    """The entry of a stream, or None when it holds none."""
    return fold_case(events, _entered, _left_by)


def _entered(event: Event) -> ObjectedEntry | None:
    if isinstance(event, RedListed | WatchEntered):
        return ObjectedEntry(event.originator_id, 1, event.authority)
    if isinstance(event, ReferenceEntered):
        return ObjectedEntry(event.originator_id, 1, event.brought_by)
    if isinstance(event, ListingDecided):
        return ObjectedEntry(event.originator_id, event.originator_version, event.authority)
    return None


def _left_by(event: Event, so_far: ObjectedEntry) -> dict[str, Any]:
    """What an event changes."""
    if isinstance(event, EntryObjected) or (isinstance(event, CaseDaysRecounted) and so_far.pending):
        return {"pending": event.answer_by, "provisional": event.provisional}
    if isinstance(event, EntryObjectionRejected):
        return {"pending": "", "provisional": False}
    if isinstance(event, ObjectionOverdue):
        return {"overdue": so_far.overdue | {(event.step, event.due)}}
    return {"ended": True, "pending": "", "provisional": False} if isinstance(event, ENDS) else {}


def waiting_entry(entry: ObjectedEntry) -> Waiting | None:
    """What an objection to an entry waits for; None when there is none that is not answered."""
    if not entry.pending:
        return None
    return one_step(entry, "entry", "answer", entry.pending, department=entry.department)


def object_to(
    entry: ObjectedEntry,
    *,
    grounds: str,
    evidence: Sequence[str],
    agent: Agent | None,
    received_by: str,
    working_days: int,
    calendar: Calendar,
    now: datetime,
) -> EntryObjected:
    """The objection of the subject, or of its agent, with the day by which it is answered.

    Raises ``Refused`` with every reason.
    """
    defects = list(agent_defects(agent, rule=RULE))
    if entry.ended:
        defects.append(Defect(RULE, "entry_ended", "/entry"))
    elif entry.pending:
        defects.append(Defect(RULE, "entry_objected_already", "/entry"))
    if not is_text(grounds):
        defects.append(Defect(RULE, "entry_objection_without_grounds", "/grounds"))
    refuse_if_any([*defects, *evidence_defects(evidence, rule=RULE)])
    today = city_day(now)
    due = add_working_days(today, working_days, calendar)
    return EntryObjected(
        **next_of(entry, now),
        department=entry.department,
        received_by=received_by,
        filed_on=today.isoformat(),
        answer_by=due.day.isoformat(),
        provisional=due.provisional,
        grounds=grounds,
        evidence=list(evidence) or None,
        filed_by=acted_by(agent),
        **told_agent(agent),
    )


def reject(
    entry: ObjectedEntry,
    *,
    officer: Officer,
    entered_by: str | None,
    reasons: str,
    remedies: Mapping[str, str],
    now: datetime,
) -> EntryObjectionRejected:
    """The answer that an objection is not upheld (OBJ-3), by another officer than the one who made the entry.

    Raises ``Refused`` with every reason.
    """
    defects = [] if entry.pending else [Defect("OBJ-3", "entry_no_objection_pending", "/entry")]
    others = took_part(determined_by=entered_by)
    defects += deciding_defects(officer, source=entry.department, others=others, rule="OBJ-3")
    defects += answer_defects(reasons, remedies, rule="OBJ-3")
    refuse_if_any(defects)
    return EntryObjectionRejected(
        **next_of(entry, now),
        department=officer.department,
        officer=officer.pseudonym,
        reasons=reasons,
        remedies=dict(remedies),
    )
