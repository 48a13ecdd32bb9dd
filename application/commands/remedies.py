"""What objections and repairs share: the record's file, who acts, and one append for an act and all that follows.

Comes after the route knows the caller; ``objections.py`` and ``repairs.py`` ask the domain and hand over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, TypeVar
from uuid import UUID

from application.applied_for import applied_for
from application.attempts import StaleVersion, retried
from application.bearing import Bearing, unmoved
from application.commands.acts import DepartmentAct, Done, Once, commit
from application.commands.record_files import RecordFile, RecordFiles
from application.commands.subjects import Identity
from application.consequences import Consequences
from application.data_keys import record_class
from application.due_days import days_after
from application.ledger import Ledger, SealedAct
from application.listings import bearing_of
from application.measures import settle_measures
from application.ports import Document, KeyName
from application.reactions import FALLING, react
from domain.listing.events import SubjectDelisted
from domain.parties.acting import Officer
from domain.parties.keys import require_live
from domain.records.erasure import ErasureRequested
from domain.remedies.events import RepairDecided
from domain.remedies.limits import RemedyLimits
from domain.remedies.recounting import Counting
from domain.remedies.reorganisation import ReorganisationEnded
from domain.shared.canonical import NotCanonical
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar
from domain.shared.events import Event, Folded
from domain.shared.forms import Form, FormKind
from domain.shared.refusals import Defect, Refused
from domain.shared.rule_settings import RuleSettings
from domain.transparency.commitment import open_parts
from domain.transparency.leaf import ActLeaf, act_message

Verify = Callable[[bytes, bytes, bytes], bool]
"""(public key, signature, message) -> good or not."""


@dataclass
class Act:
    """What one transaction does: the case's event, further sealed acts of the record, guards, documents.

    ``begins`` are further cases that begin with it, each of a record. ``seal`` is the event's own seal where its
    department made it; the gateway seals all others.
    """

    event: Event
    owners: Mapping[str, KeyName]
    record: RecordFile
    purpose: str
    actor: str
    officer: str | None
    told: dict[str, object]
    sealed: list[SealedAct] = field(default_factory=list)
    begins: list[tuple[Event, RecordFile]] = field(default_factory=list)
    guards: dict[UUID, int] = field(default_factory=dict)
    documents: list[Document] = field(default_factory=list)
    term_over: str = ""
    seal: SealedAct | None = None


class CaseOfRecord(Folded, Protocol):
    """A case about one record."""

    @property
    def record(self) -> UUID: ...


OfRecord = TypeVar("OfRecord", bound=CaseOfRecord)


class RemedyDesk(RecordFiles):
    """The desk (窗口) where objections and repairs come in and are decided."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        forms: Mapping[FormKind, Form],
        limits: RemedyLimits,
        settings: RuleSettings,
        calendar: Calendar,
        verify: Verify,
    ) -> None:
        super().__init__(ledger, forms=forms, settings=settings)
        self.limits = limits
        self.built_in = calendar
        self._verify = verify

    def limits_on(self, day: date, guards: dict[UUID, int]) -> RemedyLimits:
        """The limits of a case that began on a day; what was read of the settings is guarded."""
        return self.limits.under(self.settings(guards), on=day)

    @property
    def calendar(self) -> Calendar:
        """The working-day calendar with every year that was loaded."""
        return self.registry.calendar(self.built_in).calendar

    def seen(
        self,
        case: OfRecord | None,
        expected: int,
        *,
        rule: str,
        officer: Officer | None,
        subject: Identity | None = None,
    ) -> tuple[OfRecord, RecordFile]:
        """A case as it was seen, with the file of its record, for the officer who acts, or the subject it is of.

        Raises ``Refused`` for an unknown case, one of another subject, or an officer whom nobody registered, and
        ``StaleVersion``.
        """
        if case is None:
            raise Refused(Defect(rule, "remedy_case_unknown"))
        record = self.of_case(case.id, case.record, rule=rule)
        if subject is not None and self.subject_id(subject) != record.concerned:
            raise Refused(Defect(rule, "remedy_record_not_yours", "/record"))
        if case.version != expected:
            raise StaleVersion
        if officer is not None:
            self.officer(officer, rule=rule)
        return case, record

    def case_owners(self, event: Event, record: RecordFile) -> dict[str, KeyName]:
        """Whose keys the parts of a case are under: the subject's; those of other people have one each."""
        own = {"public", "restricted", *(("person/1",) if self.is_person(record) else ())}
        alone = record.id if record.deletable and record.party is None else None
        return {
            name: (record.concerned, record_class(name, alone))
            if name in own
            else (event.originator_id, name)
            for name in event.parts()
        }

    def sealed_by(
        self, act: DepartmentAct, event: Event, *, department: str, owners: Mapping[str, KeyName]
    ) -> tuple[SealedAct, UUID, int]:
        """The act with its leaf, and its key's stream and version as a guard.

        Raises ``Refused`` (DET-5, FORMAT) unless a live key of the department signed exactly this.
        """
        key = self.registry.key(act.issuer)
        key = require_live(key, holder=department, day=city_day(self.ledger.now()))
        try:
            opened = open_parts(act.salt, act.parts)
            digest = self.ledger.commitment_of(event, opened)
        except (NotCanonical, ValueError):
            raise Refused(Defect("FORMAT", "row_not_canonical", "/parts")) from None
        message = act_message(kind=event.KIND, commitment=digest, issuer=act.issuer)
        if not self._verify(key.public_key, act.signature, message):
            raise Refused(Defect("DET-5", "seal_signature_wrong"))
        leaf = bytes(ActLeaf(event.KIND, digest, act.issuer, act.signature))
        return SealedAct(event, opened, leaf, owners), self.registry.key_stream(key.issuer), key.version

    def perform(self, make: Callable[[], Act], once: Once | None) -> Done:
        """Append what ``make`` decides and all that follows from it; decide again when something moved.

        Raises ``StaleVersion``, ``Refused``, ``LedgerUnavailable``, and ``Conflict`` (receipt) when the same
        idempotency key was used meanwhile.
        """
        return retried(lambda: self._append(make(), once), forget=self.registry.forget)

    def _append(self, act: Act, once: Once | None) -> Done:
        standing, record = act.record.standing, act.record
        made = [act.event, *(event for event, _ in act.begins), *(sealed.event for sealed in act.sealed)]
        falls = any(isinstance(event, FALLING) for event in made)
        case = act.event.originator_id
        bearing = bearing_of(self.ledger, record.subject_id, case=case, record=record.id) if falls else None
        seen = {} if bearing is None else bearing.versions_told()
        repairs, rests = applied_for(self.ledger, record.id, made)
        then = Consequences(
            record_id=record.id,
            standing=standing,
            at=act.event.timestamp,
            version=max([standing.version, *(s.event.originator_version for s in act.sealed)]),
            term_over=act.term_over,
            erasure_id=self.ledger.entropy.uuid(),
            waiting=repairs,
            resting=rests,
            bearing=bearing,
        )
        react(made, then)
        first = act.seal or self.ledger.seal(act.event, owners=act.owners)
        follows = [
            self.ledger.seal(event, owners=self._following_owners(event, record, bearing))
            for event in then.events
        ]
        begins = [self.ledger.seal(event, owners=self.case_owners(event, of)) for event, of in act.begins]
        acts = [first, *act.sealed, *begins, *follows]
        meta = {"actor": act.actor, "purpose": act.purpose, "correlation": str(case)}
        meta |= {} if act.officer is None else {"officer": act.officer}
        batch = self.ledger.prepare(acts, meta=meta)
        batch.guards |= act.guards
        batch.documents = act.documents
        if not any(sealed.event.originator_id == record.id for sealed in acts):
            # The record's own stream does not move, so what was seen of it must still hold.
            batch.guards |= {of.id: of.standing.version for of in (record, *(of for _, of in act.begins))}
        if any(isinstance(event, Counting) for event in made):
            # By which calendar days were counted follows from where their event stands.
            known = self.registry.calendar(self.built_in)
            batch.guards[known.stream_id] = known.version
        if bearing is not None:
            # Nobody is taken off a list; whoever puts the subject on one meanwhile is told of what happened here.
            batch.guards |= unmoved(seen, bearing)
        batch.suppress, batch.returns = then.suppress, then.returns
        batch.marks, batch.unmarks = then.marks, then.unmarks
        batch.opened, batch.closed = then.opened, then.closed
        cases = (act.event, *(event for event, _ in act.begins))
        batch.days = [days for event in cases for days in days_after(self.ledger, event)]
        settle_measures(batch, bearing)
        told: dict[str, object] = {"record": str(record.id), **act.told}
        if any(isinstance(event, ErasureRequested) for event in then.events):
            told["erasure"] = str(then.erasure_id)
        if delisted := [event.list_code for event in then.events if isinstance(event, SubjectDelisted)]:
            told["delisted"] = delisted
        return commit(self.ledger, batch, first, once, told)

    def _following_owners(
        self, event: Event, record: RecordFile, bearing: Bearing | None
    ) -> dict[str, KeyName] | None:
        """Whose keys the parts of what follows are under; None for the ledger's own."""
        if isinstance(event, ErasureRequested):
            return None  # so that it outlives what is erased
        if isinstance(event, RepairDecided | ReorganisationEnded):
            return self.case_owners(event, self.of_case(event.originator_id, record.id, rule="REP-2"))
        if bearing is not None and (owners := bearing.owners(event)):
            return owners
        return {"public": (record.subject_id, "public")}
