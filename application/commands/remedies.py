"""What objections and repairs share: the record's file, who acts, and one append for an act and all that follows.

Comes after the route knows the caller; ``objections.py`` and ``repairs.py`` ask the domain and hand over.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from application.applied_for import applied_for
from application.bearing import Bearing, unmoved
from application.commands.subjects import Identity, blind_of
from application.consequences import Consequences
from application.data_keys import own_record, record_class
from application.due_days import days_after
from application.ledger import Ledger, OpenedRow, SealedAct
from application.listings import bearing_of
from application.measures import settle_measures
from application.ports import Conflict, Document, KeyName, LedgerUnavailable, Receipt
from application.reactions import FALLING, react
from application.registry import Registry
from application.sealing import parse_key_reference
from domain.catalogue.items import version_in_force
from domain.listing.events import SubjectDelisted
from domain.parties.acting import Officer
from domain.parties.keys import require_live
from domain.records.erasure import ErasureRequested
from domain.records.leniency import LENIENCY
from domain.records.links import PersonLinked
from domain.records.publicity import decided_on, item_code, may_be_known_to
from domain.remedies.events import RepairDecided
from domain.remedies.limits import RemedyLimits
from domain.remedies.recounting import Counting
from domain.remedies.reorganisation import ReorganisationEnded
from domain.remedies.standing import Standing, standing_of
from domain.shared.canonical import NotCanonical, Parts
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar
from domain.shared.events import Event
from domain.shared.forms import PERSON, Form, FormKind
from domain.shared.refusals import Defect, Refused
from domain.shared.rule_settings import MAXIMUM_MONTHS, RuleSettings, maximum_months
from domain.transparency.commitment import open_parts
from domain.transparency.leaf import ActLeaf, act_message, parse_leaf
from domain.transparency.merkle import leaf_hash

ATTEMPTS_MAX = 8
Verify = Callable[[bytes, bytes, bytes], bool]
"""(public key, signature, message) -> good or not."""


class StaleVersion(Conflict):
    """The case moved since its version was read (If-Match); nothing was written."""

    def __init__(self) -> None:
        super().__init__("stream")


@dataclass(frozen=True)
class Once:
    """The idempotency key of a request: the receipt is kept under it in the act's own transaction."""

    department: str
    key: str
    fingerprint: bytes
    status: int = 201


@dataclass(frozen=True)
class Done:
    """What an act became: its case, the case's version now, its position, and the receipt's content.

    ``told`` holds no position: it is kept in the transaction that draws the position, and is the same for ever.
    """

    case: UUID
    version: int
    position: int
    told: Mapping[str, object]


@dataclass(frozen=True)
class DepartmentAct:
    """An act sealed by its department (封存): its parts as sent, their salt, and the signature of leaf 01."""

    parts: Parts
    salt: bytes
    issuer: bytes
    signature: bytes


@dataclass(frozen=True)
class RecordFile:
    """A record with all that a remedy needs to know of it (记录档案).

    ``source`` is the department that determined it, by its signature; ``determined_by`` the officer named then,
    None when none was; ``leaf_hash`` (hex) names the event that holds the present content. ``deletable``: it has
    keys that it shares with no other record, so it can be erased alone. ``lenient``: recorded under an assessment.
    """

    id: UUID
    standing: Standing
    subject_id: UUID
    source: str
    determined_by: str | None
    leaf_hash: str
    deletable: bool = False
    lenient: bool = False
    party: UUID | None = None
    """Who else than the record's subject has the case or asks: a linked person (DET-7)."""

    @property
    def concerned(self) -> UUID:
        """Whose case it is: the linked person's, else that of the record's subject."""
        return self.party or self.subject_id


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


class RemedyDesk:
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
        self.ledger = ledger
        self.forms = forms
        self.limits = limits
        self._defaults = settings
        self.built_in = calendar
        self.registry = Registry(ledger)
        self._verify = verify

    def limits_on(self, day: date, guards: dict[UUID, int]) -> RemedyLimits:
        """The limits of a case that began on a day; what was read of the settings is guarded."""
        return self.limits.under(self.settings(guards), on=day)

    def months_max(self, decided: date, guards: dict[UUID, int]) -> tuple[int, ...] | None:
        """The maximum terms of publicity set for records of a day, as the views apply them; guarded as well."""
        return maximum_months(self.settings(guards).history(MAXIMUM_MONTHS), on=decided)

    def settings(self, guards: dict[UUID, int]) -> RuleSettings:
        """The office's settings; their stream is guarded."""
        read = self.registry.settings(self._defaults)
        guards[read.stream_id] = read.stream_version
        return read.settings

    @property
    def calendar(self) -> Calendar:
        """The working-day calendar with every year that was loaded."""
        return self.registry.calendar(self.built_in).calendar

    def record(
        self, record_id: UUID, *, rule: str, subject: Identity | None = None, field: str = "/record"
    ) -> RecordFile:
        """The file of a record, of this subject when one is given.

        A linked person names its link, and gets the record that it hangs on (DET-7). Raises ``Refused`` alike
        for a record that does not exist and one of somebody else: what may not be seen is not told apart from
        what is not there.
        """
        rows = self.ledger.store.load("records", record_id)
        opened = self.ledger.open_all(rows, log="records")
        if rows and rows[0].topic == PersonLinked.TOPIC:
            return self._by_link(opened[0], rule=rule, subject=subject, field=field)
        standing = standing_of(found.event for found in opened if "public" in found.opened)
        unknown = Refused(Defect(rule, "remedy_record_not_yours", field))
        if standing is None:
            raise unknown
        # A part that nobody can open any more hides an event from the fold, but not from the stream.
        standing = replace(standing, version=rows[-1].stream_version)
        held = next(o for o in opened if o.row.stream_version == standing.content_version)
        leaf = parse_leaf(rows[0].leaf)
        key = self.registry.key(leaf.issuer)
        subject_id, key_class = parse_key_reference(held.row.key_ref)["public"]
        if key is None or (subject is not None and self.subject_id(subject) != subject_id):
            raise unknown
        return RecordFile(
            id=record_id,
            standing=standing,
            subject_id=subject_id,
            source=key.holder,
            determined_by=(meta := json.loads(rows[0].meta)).get("officer"),
            leaf_hash=leaf_hash(held.row.leaf).hex(),
            deletable=bool(own_record(key_class)),
            lenient=LENIENCY in meta,
        )

    def record_known_to(self, department: str, record_id: UUID, *, rule: str) -> RecordFile:
        """The file of a record that a department determined, or that stands and can have been shown to it.

        Raises ``Refused`` alike for a record that does not exist and any other, whatever became of it.
        """
        found = self.record(record_id, rule=rule)
        content = found.standing.content
        item = version_in_force(self.registry.item(item_code(content)).items, decided_on(content))
        months, today = self.months_max(decided_on(content), {}), city_day(self.ledger.now())
        known = (
            item is not None
            and found.standing.status == "standing"
            and may_be_known_to(item, content, department, on=today, months_max=months)
        )
        if not known and found.source != department:
            raise Refused(Defect(rule, "remedy_record_not_yours", "/record"))
        return found

    def _by_link(self, link: OpenedRow, *, rule: str, subject: Identity | None, field: str) -> RecordFile:
        """The record that a link hangs on, for the person linked. Raises ``Refused`` as :meth:`record`."""
        person = parse_key_reference(link.row.key_ref)["public"][0]
        if "public" not in link.opened or subject is None or self.subject_id(subject) != person:
            raise Refused(Defect(rule, "remedy_record_not_yours", field))
        return replace(self.record(UUID(link.event.record), rule=rule), party=person)  # type: ignore[attr-defined]

    def of_case(self, case_id: UUID, record_id: UUID, *, rule: str) -> RecordFile:
        """The file of the record that a case is about, with the linked person whose case it is, if it is one's."""
        record = self.record(record_id, rule=rule)
        first = self.ledger.store.load_slice("records", case_id, limit=1)[0]
        owner = parse_key_reference(first.key_ref)["public"][0]
        return record if owner == record.subject_id else replace(record, party=owner)

    def subject_id(self, identity: Identity) -> UUID | None:
        """The id under which the ledger knows a subject, or None."""
        blind = blind_of(self.ledger, identity)
        return self.ledger.store.subjects_of([blind]).get(blind)

    def officer(self, officer: Officer, *, rule: str) -> Officer:
        """The officer, if registered with its department. Raises ``Refused`` otherwise."""
        known = self.registry.officer(officer.pseudonym)
        if known is None or known.department != officer.department:
            raise Refused(Defect(rule, "remedy_officer_unknown", "Credit-Official"))
        return officer

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

    def is_person(self, record: RecordFile) -> bool:
        """Whether whose case it is, is a natural person."""
        kind = record.standing.content["public"].get(self.form_of(record.standing.content).subject_kind)
        return kind == PERSON or record.party is not None

    def form_of(self, content: Parts) -> Form:
        """The form of a recorded content."""
        return next(form for kind, form in self.forms.items() if kind == content["public"]["form"])

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
        for _ in range(ATTEMPTS_MAX):
            try:
                return self._append(make(), once)
            except Conflict as conflict:
                if isinstance(conflict, StaleVersion) or conflict.what == "receipt":
                    raise
                self.registry.forget()
        raise LedgerUnavailable("too many writers at once")

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
        told = {
            "case": str(case),
            "version": act.event.originator_version,
            "record": str(record.id),
            "leaf_hash": leaf_hash(first.leaf).hex(),
            "status": "recorded",
            **act.told,
        }
        if any(isinstance(event, ErasureRequested) for event in then.events):
            told["erasure"] = str(then.erasure_id)
        if delisted := [event.list_code for event in then.events if isinstance(event, SubjectDelisted)]:
            told["delisted"] = delisted
        if once is not None:
            batch.receipt = Receipt(once.department, once.key, once.fingerprint, once.status, told)
        position = self.ledger.store.append(batch)[0]
        return Done(case, act.event.originator_version, position, told)

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
