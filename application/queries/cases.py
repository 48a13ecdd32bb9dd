"""The state of an objection, repair or listing case for those whom it concerns: decided, logged, and only then told.

Comes after a department has signed its question; the answer holds what the access event announced.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from application.commands.record_files import RecordFile
from application.commands.remedies import RemedyDesk
from application.commands.subjects import Identity
from application.ledger import OpenedRow
from application.queries.looks import OFFICERS_TOLD, log_look, made_again
from application.queries.subject import OWN_PURPOSE, SELF
from application.stopping import measure_now
from application.waiting import waiting_of
from domain.access.decide import may_speak_for_subjects
from domain.access.model import CASE_HANDLING
from domain.listing.case import fold_listing
from domain.listing.events import ListingNotified, ListingRemoved
from domain.measures.case import Measure
from domain.measures.events import MeasureNamed, MeasureObjected
from domain.remedies.entry_objections import EntryObjected
from domain.remedies.events import ObjectionFiled, RepairApplied
from domain.remedies.overdue import Waiting, waiting_of_measure
from domain.remedies.reorganisation import ReorganisationBegun, fold_reorganisation
from domain.remedies.repair_case import fold_repair
from domain.remedies.repair_events import ReorganisationApplied
from domain.remedies.restoration import RestorationBegun, fold_restoration
from domain.shared.canonical import Json, Part, canonical
from domain.shared.city_time import city_day
from domain.shared.events import Event
from domain.shared.refusals import Defect, Refused
from domain.transparency.merkle import leaf_hash

CaseKind = Literal["objection", "repair", "listing", "restoration", "measure", "reorganisation"]
PERSON = "person"
RULES: Mapping[CaseKind, str] = {
    "objection": "OBJ-1", "repair": "REP-2", "listing": "LST-4", "restoration": "OBJ-4",
    "measure": "JNT-1", "reorganisation": "REP-5",
}  # fmt: skip


@dataclass(frozen=True)
class Filed:
    """How a case came in: the record it is about (of a listing the first), its source, by whom and where; ``by_agent``:
    an agent has spoken in it since."""

    record: UUID
    source: str
    received_by: str
    filer: str
    by_agent: bool = False


@dataclass(frozen=True)
class Asker:
    """Who asks: an officer of a department, or a portal for a subject (``subject``), perhaps for its agent.

    ``officers``: whether it is told under which pseudonyms officers acted, as everyone is since ADR 0060.
    """

    department: str
    officer: str
    subject: Identity | None = None
    agent: bool = False
    officers: bool = True


@dataclass(frozen=True)
class ToldPart:
    """A part of one event of a stream (``record``, ``name@version``) as canonical bytes, as the look announces it."""

    record: str
    part: str
    shown: bytes


@dataclass(frozen=True)
class CaseState:
    """A case (案件) as told: its version, its state in a word, its events with the parts that may be seen.

    ``waiting`` is what it waits for, None when decided, and ``overdue`` whether that should have been done.
    ``leaf_hash`` names the record's present content, which a correction or withdrawal must name;
    ``position`` is that of the access event, 0 before it, ``told`` what it announced. ``concerned`` is in whose list,
    ``guards`` are the streams that say all this, with the versions that were read.
    """

    case: UUID
    version: int
    state: str
    waiting: Waiting | None
    overdue: bool
    record: UUID
    source: str
    leaf_hash: str
    history: Sequence[Mapping[str, Any]]
    told: Sequence[ToldPart]
    concerned: UUID
    guards: Mapping[UUID, int]
    position: int = 0


class CaseQueries:
    """Questions about objections and repairs (办理情况)."""

    def __init__(self, desk: RemedyDesk) -> None:
        self._desk = desk
        self._ledger = desk.ledger

    def require_concerned(
        self, kind: CaseKind, case_id: UUID, department: str, *, subject: Identity | None = None
    ) -> None:
        """Raise ``Refused`` as for a case that does not exist, unless this department has to do with it, and the
        ``subject`` for whom it acts, if any, too."""
        filed = _filed(kind, self._ledger.load(case_id))
        if filed is None or not (
            department in (filed.source, filed.received_by) or self._is_credit_office(department)
        ):
            raise _unknown(kind)
        if subject is not None:
            self._record(kind, case_id, filed, subject)

    @made_again
    def state(self, kind: CaseKind, case_id: UUID, asker: Asker) -> CaseState:
        """The case for its source, for whoever filed it, or, without what was said in it, for the credit office.

        Made again when the case or its record moved before its look was in the log. Raises as :meth:`found`, and
        ``LedgerUnavailable``.
        """
        return self.logged(kind, self.found(kind, case_id, asker), asker, asked={})

    def found(self, kind: CaseKind, case_id: UUID, asker: Asker, *, paper: bool = False) -> CaseState:
        """The case as it stands, which nobody may be told of before :meth:`logged`.

        As a ``paper`` it is decided, for its source or its subject only, and tells the record's present content too.
        Raises ``Refused``: QRY-1 without a registered officer, PRV-3 for who may not speak for subjects, and
        alike for a case that does not exist and one that is none of the asker's business.
        """
        self._role(asker)
        rows = self._rows(case_id)
        events = [row.event for row in rows if "public" in row.opened]
        filed = _filed(kind, events)
        if filed is None:
            raise _unknown(kind)
        record = self._record(kind, case_id, filed, None)
        measure = measure_now(self._ledger, events)
        settled = measure is not None and not measure.step
        over = (settled or isinstance(events[-1], ListingRemoved)) and asker.subject is None
        # Who was taken off a list stands in no answer but the subject's own.
        visible = () if over else self._visible(filed, record, asker)
        if not visible or (paper and PERSON not in visible):
            raise _unknown(kind)
        waiting = waiting_of(events) if measure is None else waiting_of_measure(measure)
        if paper and waiting is not None:
            raise Refused(Defect(RULES[kind], "decision_not_made"))
        history = [_shown(row, visible, officers=asker.officers) for row in rows]
        told = [
            ToldPart(str(case_id), f"{name}@{moment['version']}", canonical(part))
            for moment in history
            for name, part in moment["parts"].items()
        ]
        told += _content(record) if paper else []
        return CaseState(
            case=case_id,
            version=rows[-1].row.stream_version,
            state=_state(events, measure),
            waiting=waiting,
            overdue=waiting is not None and waiting.is_overdue(city_day(self._ledger.now())),
            record=record.id,
            source=filed.source,
            leaf_hash=record.leaf_hash,
            history=history,
            told=told,
            concerned=record.concerned,
            guards={case_id: rows[-1].row.stream_version, record.id: record.standing.version},
        )

    def _record(self, kind: CaseKind, case_id: UUID, filed: Filed, subject: Identity | None) -> RecordFile:
        """The record of a case, of whose case it is when a subject is given; else there is no such case to tell of."""
        try:
            record = self._desk.of_case(case_id, filed.record, rule=RULES[kind])
        except Refused:
            raise _unknown(kind) from None
        if subject is not None and self._desk.subject_id(subject) != record.concerned:
            raise _unknown(kind)
        return record

    def _rows(self, case_id: UUID) -> list[OpenedRow]:
        return self._ledger.open_all(self._ledger.store.load("records", case_id), log="records")

    def _is_credit_office(self, department: str) -> bool:
        found = self._desk.registry.department(department)
        return found is not None and may_speak_for_subjects(found.role)

    def _role(self, asker: Asker) -> str:
        """The role under which the look is logged."""
        if asker.subject is not None:
            if not self._is_credit_office(asker.department):
                raise Refused(Defect("PRV-3", "may_not_speak_for_subjects", "Credit-On-Behalf-Of"))
            return "agent" if asker.agent else SELF
        return self._desk.registry.acting(asker.officer, asker.department).role

    def _visible(self, filed: Filed, record: RecordFile, asker: Asker) -> tuple[str, ...]:
        """Which classes of parts this asker may see; none is a case that does not exist for it."""
        whole = ("public", "restricted", PERSON)
        if asker.subject is not None:
            own = self._desk.subject_id(asker.subject) == record.concerned
            heard = filed.by_agent or filed.filer == "agent"
            return whole if own and (heard or not asker.agent) else ()
        if asker.department == filed.source:
            return whole
        if filed.filer == "department" and asker.department == filed.received_by:
            return ("public", "restricted")
        return ("public",) if self._is_credit_office(asker.department) else ()

    def logged(
        self,
        kind: CaseKind,
        found: CaseState,
        asker: Asker,
        *,
        asked: Mapping[str, Json],
        beside: Mapping[UUID, int] | None = None,
    ) -> CaseState:
        """The case with the look at it, which is durable in its subject's own list; ``asked`` says of which greater
        question it is part, ``beside`` are the guards of its other parts. Raises ``Overtaken``, ``LedgerUnavailable``.
        """
        role, own = self._role(asker), asker.subject is not None
        asked = {**asked, **OFFICERS_TOLD} if own and asker.officers else asked
        officer, purpose = (role, OWN_PURPOSE) if own else (asker.officer, CASE_HANDLING.code)
        shown = [[part.record, part.part, hashlib.sha256(part.shown).hexdigest()] for part in found.told]
        position = log_look(
            self._ledger,
            found.concerned,
            department=asker.department,
            officer=officer,
            role=role,
            purpose=purpose,
            rules=["PRV-3" if own else RULES[kind]],
            view=kind,
            shown=shown,
            case=str(found.case),
            asked=asked,
            guards={**found.guards, **(beside or {})},
        )
        return replace(found, position=position)


def _content(record: RecordFile) -> list[ToldPart]:
    """The record's present content as its case's paper names it: of a linked person's case its public part alone."""
    shown = ("public",) if record.party else ("public", "person/1")
    version, content = record.standing.content_version, record.standing.content
    return [ToldPart(str(record.id), f"{n}@{version}", canonical(content[n])) for n in shown if n in content]


def _filed(kind: CaseKind, events: Sequence[Event]) -> Filed | None:
    """How the case of this kind came in, or None."""
    first = events[0] if events else None
    if kind == "objection" and isinstance(first, ObjectionFiled):
        return Filed(UUID(first.record), first.source, first.received_by, first.filed_by)
    if kind == "repair" and isinstance(first, RepairApplied):
        return Filed(UUID(first.record), first.source, first.received_by, first.applied_by)
    if kind == "reorganisation" and isinstance(first, ReorganisationApplied):
        return Filed(UUID(first.record), first.source, first.received_by, first.applied_by)
    if kind == "reorganisation" and isinstance(first, ReorganisationBegun):
        return Filed(UUID(first.record), first.source, first.source, "department")
    if kind == "restoration" and isinstance(first, RestorationBegun):
        return Filed(UUID(first.record), first.source, first.source, "subject")
    if kind == "listing" and isinstance(first, ListingNotified):
        spoke = any(isinstance(e, EntryObjected) and e.filed_by == "agent" for e in events)
        return Filed(UUID(first.records[0]), first.department, first.department, "department", spoke)
    if kind == "measure" and isinstance(first, MeasureNamed) and first.records:
        spoke = any(isinstance(e, MeasureObjected) and e.filed_by == "agent" for e in events)
        return Filed(UUID(first.records[0]), first.department, first.initiator, "department", spoke)
    return None


def _state(events: Sequence[Event], measure: Measure | None) -> str:
    """The state in a word: pending, applied, materials_requested, accepted, or the outcome; of a listing its own."""
    case = fold_listing(events) or fold_restoration(events) or fold_reorganisation(events)
    if case is not None:
        return case.state
    if measure is not None:
        return "suspended" if measure.is_open and measure.suspended_by else measure.state
    repair = fold_repair(events)
    if repair is not None and repair.revoked:
        return "revoked"
    outcome = getattr(events[-1], "outcome", None)
    if outcome is not None:
        return str(outcome)
    if repair is None:
        return "pending"
    if repair.accepted:
        return "accepted"
    return "materials_requested" if repair.lacking else "applied"


def told_part(part: Part, *, officers: bool) -> dict[str, Json]:
    """A part as told, with the pseudonym of the officer who acted; a subject was told without before ADR 0060."""
    return {k: v for k, v in part.items() if officers or k != "officer"}


def _shown(row: OpenedRow, visible: tuple[str, ...], *, officers: bool) -> dict[str, Any]:
    """One event with its visible parts."""
    parts: dict[str, Part] = {
        name: told_part(part, officers=officers)
        for name, part in row.parts.items()
        if name.partition("/")[0] in visible
    }
    stored = row.row
    return {
        "version": stored.stream_version,
        "event": stored.topic,
        "at": stored.recorded_at,
        "position": stored.position,
        "leaf_hash": leaf_hash(stored.leaf).hex(),
        "parts": parts,
    }


def _unknown(kind: CaseKind) -> Refused:
    return Refused(Defect(RULES[kind], "remedy_case_unknown"))
