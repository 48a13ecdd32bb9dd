"""The file of a record as a case finds it: what stands in it, whose it is, and who may have it as a case at all.

``remedies.py`` stands on it: every command on an objection, a repair, a listing or a measure begins by a look here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from application.commands.subjects import Identity, blind_of
from application.data_keys import own_record
from application.ledger import Ledger, OpenedRow
from application.registry import Registry
from application.sealing import parse_key_reference
from domain.catalogue.items import version_in_force
from domain.parties.acting import Officer
from domain.records.leniency import was_assessed
from domain.records.links import PersonLinked
from domain.records.publicity import decided_on, item_code, may_be_known_to
from domain.remedies.standing import Standing, standing_of
from domain.shared.canonical import Parts
from domain.shared.city_time import city_day
from domain.shared.forms import PERSON, Form, FormKind
from domain.shared.refusals import Defect, Refused
from domain.shared.rule_settings import RuleSettings
from domain.transparency.leaf import parse_leaf
from domain.transparency.merkle import leaf_hash


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


class RecordFiles:
    """The files (记录档案) of one ledger's records, and who acts on them."""

    def __init__(self, ledger: Ledger, *, forms: Mapping[FormKind, Form], settings: RuleSettings) -> None:
        self.ledger = ledger
        self.forms = forms
        self._defaults = settings
        self.registry = Registry(ledger)

    def months_max(self, decided: date, guards: dict[UUID, int]) -> tuple[int, ...] | None:
        """The maximum terms of publicity set for records of a day, as the views apply them; guarded as well."""
        return self.registry.months_max(decided, guards)

    def settings(self, guards: dict[UUID, int]) -> RuleSettings:
        """The office's settings; their stream is guarded."""
        read = self.registry.settings(self._defaults)
        guards[read.stream_id] = read.stream_version
        return read.settings

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
            lenient=was_assessed(meta),
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

    def is_person(self, record: RecordFile) -> bool:
        """Whether whose case it is, is a natural person."""
        kind = record.standing.content["public"].get(self.form_of(record.standing.content).subject_kind)
        return kind == PERSON or record.party is not None

    def form_of(self, content: Parts) -> Form:
        """The form of a recorded content."""
        return next(form for kind, form in self.forms.items() if kind == content["public"]["form"])
