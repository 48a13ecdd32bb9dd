"""What every command on a listing case needs: the case with its records, the standard, the gate, one act to append.

``listings.py`` asks the domain with it; ``remedies.py`` appends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from application.attempts import StaleVersion
from application.commands.acts import DepartmentAct, HandleCase
from application.commands.department_acts import require_whole
from application.commands.record_files import RecordFile
from application.commands.remedies import Act, RemedyDesk
from application.commands.subjects import Identity
from domain.catalogue.gate import gate
from domain.catalogue.items import SUBJECT_KINDS, SubjectKind, version_in_force
from domain.listing.case import (
    Listing,
    conduct_defects,
    department_defects,
    fold_listing,
)
from domain.listing.decision import told_defects
from domain.listing.events import ListingDecided
from domain.listing.standards import ListStandard, standard_in_force
from domain.listing.suspension import suspended_defects
from domain.parties.acting import Officer
from domain.parties.identifiers import normalise
from domain.records.leniency import listing_defects
from domain.records.publicity import decided_on, item_code, severity_of
from domain.shared.city_time import city_day
from domain.shared.events import Event
from domain.shared.refusals import Defect, Refused, refuse_if_any
from domain.transparency.merkle import leaf_hash

PURPOSE = "listing"


@dataclass(frozen=True)
class ListingCase:
    """A case with the records that it rests on, whose versions are guarded."""

    listing: Listing
    files: tuple[RecordFile, ...]

    @property
    def record(self) -> RecordFile:
        """The first record."""
        return self.files[0]

    @property
    def records(self) -> dict[UUID, int]:
        """The versions at which the records were seen."""
        return {file.id: file.standing.version for file in self.files}


class ListingDesk:
    """The desk (窗口) of listing cases of one ledger."""

    def __init__(self, desk: RemedyDesk) -> None:
        self._desk = desk
        self._ledger = desk.ledger

    def find(self, listing_id: UUID) -> Listing | None:
        """The case as it stands, or None."""
        return fold_listing(self._ledger.load(listing_id))

    def _standard(self, code: str, guards: dict[UUID, int]) -> ListStandard:
        """The standard in force today. Raises ``Refused`` (LST-1) when there is none."""
        known = self._desk.registry.standard(code)
        guards[known.stream_id] = known.stream_version
        standard = standard_in_force(known.versions, city_day(self._ledger.now()))
        if standard is None or standard.kind != "serious":
            raise Refused(Defect("LST-1", "list_unknown", "/list"))
        refuse_if_any(suspended_defects(standard, field="/list"))
        return standard

    def _standard_of(self, listing: Listing) -> ListStandard:
        """The version under which a case was begun: its limits stay as the party was told."""
        versions = self._desk.registry.standard(listing.list_code).versions
        return next(version for version in versions if version.version == listing.standard)

    def _pass_gate(self, code: str, record: RecordFile, department: str, guards: dict[UUID, int]) -> None:
        """The catalogue's gate for the list's own item (CAT-1, CAT-4, CAT-5). Raises ``Refused``."""
        item = self._desk.registry.item(code)
        guards[item.stream_id] = item.stream_version
        refuse_if_any(
            gate(
                item.items,
                submitting_department=department,
                authority_code=department,
                subject_kind=self._kind_of(record),
                decided=city_day(self._ledger.now()),
            )
        )

    def _kind_of(self, record: RecordFile) -> SubjectKind:
        content = record.standing.content
        return SUBJECT_KINDS[str(content["public"][self._desk.form_of(content).subject_kind])]

    def _conduct_defects(self, files: Sequence[RecordFile], guards: dict[UUID, int]) -> list[Defect]:
        """That a listing rests on serious conduct, and on nothing that leniency spared (LST-1, DET-4)."""
        lenient: list[Defect] = []
        severities, natures = [], []
        for file in files:
            content = file.standing.content
            versions = self._desk.registry.item(item_code(content))
            guards[versions.stream_id] = versions.stream_version
            item = version_in_force(versions.items, decided_on(content))
            natures.append("" if item is None else item.nature)
            severities.append(severity_of(content))
            lenient += listing_defects(content, lenient=file.lenient)
        return [*conduct_defects(severities, natures), *lenient]

    def _told_defects(self, case: ListingCase, standard: ListStandard) -> list[Defect]:
        """That nobody is listed on other facts than the notice told, or on what is being verified (LST-4, LST-5)."""
        store = self._ledger.store
        told_at = store.load_slice("records", case.listing.id, limit=1)[0].position
        corrected = any(
            row.stream_version == file.standing.content_version and row.position > told_at
            for file in case.files
            for row in store.load("records", file.id)
        )
        objected = bool(store.open_cases_about("objection", case.records))
        return list(told_defects(case.listing, standard, corrected=corrected, objected=objected))

    def _subject_defects(self, event: ListingDecided, record: RecordFile, department: str) -> list[Defect]:
        """That the decision is about the subject of the records, and is made by the department of the case."""
        if event.id_number and event.id_type:
            named = Identity("natural_person", event.id_type, normalise(event.id_number))
        else:
            named = Identity("organisation", "", normalise(event.code or ""))
        defects = []
        if self._desk.subject_id(named) != record.subject_id or event.subject_kind != self._kind_of(record):
            defects.append(Defect("LST-6", "listing_of_other_subject", "/parts/public/subject_kind"))
        if event.authority != department:
            defects.append(Defect("LST-7", "remedy_not_the_source", "/parts/public/authority"))
        return defects

    def _leaf(self, listing_id: UUID, version: int) -> str:
        """The leaf hash of an event of a case, by its version; empty when there is none."""
        rows = self._ledger.store.load("records", listing_id)
        return next((leaf_hash(row.leaf).hex() for row in rows if row.stream_version == version), "")

    def _handled(self, command: HandleCase, rule: str) -> ListingCase:
        case = self._case(command.case, command.expected, rule)
        self._desk.officer(command.officer, rule=rule)
        refuse_if_any(department_defects(case.listing, command.officer, rule=rule))
        return case

    def _case(
        self, listing_id: UUID, expected: int, rule: str, *, subject: Identity | None = None
    ) -> ListingCase:
        listing = self.find(listing_id)
        if listing is None:
            raise Refused(Defect(rule, "remedy_case_unknown"))
        files = [self._desk.record(record, rule=rule, subject=subject) for record in listing.records]
        if listing.version != expected:
            raise StaleVersion
        return ListingCase(listing, tuple(files))

    def _act(
        self,
        event: Event,
        case: ListingCase,
        actor: Officer | str,
        told: dict[str, object],
    ) -> Act:
        department, officer = (
            (actor.department, actor.pseudonym) if isinstance(actor, Officer) else (actor, None)
        )
        return Act(
            event=event,
            # A listing may outlive the record: it is under keys of its subject that no record has alone.
            owners=self._desk.case_owners(event, replace(case.record, deletable=False)),
            record=case.record,
            purpose=PURPOSE,
            actor=department,
            officer=officer,
            told={"list": case.listing.list_code, **told},
            guards=case.records,
        )

    def _sealed(
        self,
        event: Event,
        act: DepartmentAct,
        case: ListingCase,
        command: HandleCase,
        told: dict[str, object],
    ) -> Act:
        """The act under its department's own seal. Raises ``Refused`` (FORMAT, DET-5)."""
        require_whole(event, act.parts)
        done = self._act(event, case, command.officer, told)
        sealed, stream, version = self._desk.sealed_by(
            act, event, department=command.officer.department, owners=done.owners
        )
        done.seal = sealed
        done.guards[stream] = version
        return done
