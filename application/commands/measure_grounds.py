"""Finds what a measure would rest on: a record or a listing that the asking department may know, as it stands today.

The commands and the answering of questions ask for it; ``domain/measures/fitting.py`` judges it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from application.commands.record_files import RecordFile
from application.commands.remedies import RemedyDesk
from application.ledger import Ledger
from application.listings import lists_of, stands
from application.sealing import parse_key_reference
from domain.catalogue.items import EVERY_DEPARTMENT, CatalogueItem, version_in_force
from domain.listing.case import Listing, fold_listing
from domain.measures.case import Measure
from domain.measures.fitting import LINK, LISTING, RECORD, Ground, ground_kind_defects
from domain.measures.items import GRAVE
from domain.records.leniency import is_minors
from domain.records.links import PersonLinked
from domain.records.publicity import (
    decided_on,
    item_code,
    may_be_known_to,
    severity_of,
    subject_kind,
    term_end,
)
from domain.remedies.entry_objections import fold_entry
from domain.shared.city_time import city_day
from domain.shared.refusals import Defect, Refused, refuse_if_any


@dataclass(frozen=True)
class RestsOn:
    """What a department says that a measure rests on: its kind, and the id of the record or listing."""

    kind: str
    id: UUID | None


@dataclass(frozen=True)
class FoundGround:
    """A ground with the records behind it: the file of the first, the department that determined or listed.

    ``guards`` are the streams that were read, ``record`` has keys of its own only where the measure may go with it.
    ``person`` names a linked person, who is the record's ``party`` then.
    """

    ground: Ground
    record: RecordFile
    records: tuple[UUID, ...]
    source: str
    item: CatalogueItem | None
    guards: Mapping[UUID, int]
    person: Mapping[str, str] | None = None


class Grounds:
    """What measures rest on (所针对的记录或名单) in one ledger."""

    def __init__(self, desk: RemedyDesk) -> None:
        self._desk = desk

    @property
    def _ledger(self) -> Ledger:
        return self._desk.ledger

    def known_to(self, department: str, rests_on: RestsOn) -> FoundGround:
        """The ground that a department names.

        Raises ``Refused``: MEA-1, MEA-4 for a kind that founds no measure, and alike for what does not exist and what
        the department can have no knowledge of.
        """
        refuse_if_any(ground_kind_defects(rests_on.kind))
        if rests_on.id is None:
            raise _unknown()
        if rests_on.kind == RECORD:
            return self.of_record(self._desk.record_known_to(department, rests_on.id, rule="MEA-1"))
        if rests_on.kind == LINK:
            linked = self.of_link(rests_on.id)
            if department != linked.source:
                raise _unknown()
            return linked
        listing = fold_listing(self._ledger.load(rests_on.id))
        if listing is None or not listing.is_listed:
            raise _unknown()
        found = self.of_listing(listing)
        if department != listing.department and not shared_with(found.item, department):
            raise _unknown()
        return found

    def of(self, measure: Measure) -> FoundGround:
        """The ground of a measure that was named before."""
        if measure.ground == RECORD:
            return self.of_record(self._desk.record(measure.records[0], rule="MEA-1"))
        if measure.ground == LINK:
            return self.of_link(UUID(measure.rests_on))
        listing = fold_listing(self._ledger.load(UUID(measure.rests_on)))
        if listing is None:
            raise _unknown()
        return self.of_listing(listing)

    def may_know(self, found: FoundGround, department: str) -> bool:
        """Whether a department is within the sharing scope of the ground, or made it (SHR-1)."""
        if department == found.source or found.ground.kind == LISTING:
            return department == found.source or shared_with(found.item, department)
        content, today = found.record.standing.content, city_day(self._ledger.now())
        months = self._desk.months_max(decided_on(content), {})
        return found.item is not None and may_be_known_to(
            found.item, content, department, on=today, months_max=months
        )

    def of_record(self, file: RecordFile) -> FoundGround:
        """A record as a ground, as it stands today."""
        content, today = file.standing.content, city_day(self._ledger.now())
        versions = self._desk.registry.item(item_code(content))
        item = version_in_force(versions.items, decided_on(content))
        guards = {file.id: file.standing.version, **versions.guards}
        months = self._desk.months_max(decided_on(content), guards)
        ends = None if item is None else term_end(item, content, months_max=months)
        standing = file.standing
        ground = Ground(
            RECORD,
            str(file.id),
            item_code(content),
            severity_of(content),
            subject_kind(content),
            stands=standing.status == "standing" and not standing.repair and (ends is None or ends >= today),
            objected=self._objected(file.id),
            stopped=self._desk.registry.is_stopped(item_code(content)),
            spared=file.lenient or is_minors(content),
            records=(file.id,),
        )
        return FoundGround(ground, file, (file.id,), file.source, item, guards)

    def of_link(self, link: UUID) -> FoundGround:
        """The link of a person to an organisation's record as a ground (DET-7), as the record stands today.

        Raises ``Refused`` for what is no link, or erased.
        """
        rows = self._ledger.store.load("records", link)
        opened = self._ledger.open_all(rows[:1], log="records")
        if not rows or rows[0].topic != PersonLinked.TOPIC or opened[0].closed:
            raise _unknown()
        event, person = opened[0].event, parse_key_reference(rows[0].key_ref)["public"][0]
        assert isinstance(event, PersonLinked)
        found = self.of_record(self._desk.record(UUID(event.record), rule="MEA-1"))
        named = {
            "person_name": str(event.name),
            "id_type": str(event.id_type),
            "id_number": str(event.id_number),
        }
        return replace(
            found,
            ground=replace(
                found.ground, kind=LINK, id=str(link), subject_kind="natural_person", role=event.role
            ),
            record=replace(found.record, party=person, deletable=False),
            guards={**found.guards, link: rows[-1].stream_version},
            person=named,
        )

    def of_listing(self, listing: Listing) -> FoundGround:
        """A listing as a ground, as it stands today."""
        file = self._desk.record(listing.records[0], rule="MEA-1")
        versions = self._desk.registry.item(listing.list_code)
        borne = next((b for b in lists_of(self._ledger, file.subject_id) if b.listing == listing.id), None)
        ground = Ground(
            LISTING,
            str(listing.id),
            listing.list_code,
            GRAVE,
            subject_kind(file.standing.content),
            stands=borne is not None and any(stands(self._ledger, record) for record in listing.records),
            objected=self._objected(*listing.records) or objected_itself(self._ledger, listing.id),
            until="" if borne is None else borne.until,
            stopped=self._desk.registry.is_stopped(listing.list_code),
            records=tuple(listing.records),
        )
        item = version_in_force(versions.items, city_day(self._ledger.now()))
        guards = {listing.id: listing.version, **versions.guards}
        # A listing may outlive the record: what rests on it is under keys of its subject that no record has alone.
        record = replace(file, deletable=False)
        return FoundGround(ground, record, listing.records, listing.department, item, guards)

    def _objected(self, *records: UUID) -> bool:
        return bool(self._ledger.store.open_cases_about("objection", records))


def objected_itself(ledger: Ledger, listing: UUID) -> bool:
    """Whether an objection to a listing itself, beside any to its records, waits for its answer (OBJ-1)."""
    entry = fold_entry(ledger.load(listing))
    return entry is not None and bool(entry.pending)


def shared_with(item: CatalogueItem | None, department: str) -> bool:
    """Whether an item is shared with a department for some purpose."""
    scope = None if item is None else item.sharing
    return scope is not None and (department in scope.departments or EVERY_DEPARTMENT in scope.departments)


def _unknown() -> Refused:
    return Refused(Defect("MEA-1", "remedy_record_not_yours", "/record"))
