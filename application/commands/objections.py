"""Objections over the ledger: filed with a receipt at once, rejected with reasons, or upheld by the source's act.

Each command is one transaction: the mark of the record is set or taken away with the event (OBJ-2), and what a
correction or withdrawal does to the views holds from that very transaction on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from application.commands.acts import DepartmentAct, Done, HandleCase, Once
from application.commands.gating import content_defects, document_of
from application.commands.record_files import RecordFile
from application.commands.remedies import Act, RemedyDesk
from application.commands.restorations import restoring
from application.commands.sealed_parts import fields_of, mappings
from application.commands.subjects import Identity, identity_of
from application.ledger import SealedAct
from domain.catalogue.items import version_in_force
from domain.parties.acting import Officer
from domain.records.publicity import decided_on, item_code, term_end
from domain.remedies.events import ObjectionDecided, RecordCorrected, RecordWithdrawn
from domain.remedies.objection import (
    Effect,
    Filing,
    Objection,
    correction_defects,
    file_objection,
    fold_objection,
    reject_objection,
    uphold_objection,
)
from domain.remedies.restoration import begin_restoration
from domain.shared.canonical import Parts
from domain.shared.city_time import city_day
from domain.shared.refusals import Defect, Refused, refuse_if_any

PURPOSE = "objection"


@dataclass(frozen=True)
class FileObjection:
    """An objection as it comes in at a department's counter or portal.

    ``objection_id`` is drawn by the caller. ``subject`` is who objects (itself or by ``filing.agent``), None
    only for a fault that a department found.
    """

    objection_id: UUID
    record_id: UUID
    received_by: str
    filing: Filing
    subject: Identity | None


class Objections:
    """The objections (异议) of one ledger."""

    def __init__(self, desk: RemedyDesk) -> None:
        self._desk = desk
        self._ledger = desk.ledger

    def find(self, objection_id: UUID) -> Objection | None:
        """The objection as it stands, or None."""
        return fold_objection(self._ledger.load(objection_id))

    def file(self, command: FileObjection, *, once: Once | None = None) -> Done:
        """File it (OBJ-1): the record is marked from this transaction on, the source is asked with its limit."""
        return self._desk.perform(lambda: self._filed(command), once)

    def reject(
        self,
        command: HandleCase,
        *,
        reasons: str,
        remedies: Mapping[str, str],
        once: Once | None = None,
    ) -> Done:
        """Answer that the record stands, with reasons and both remedies (OBJ-3)."""

        def make() -> Act:
            objection, record = self._case(command)
            event = reject_objection(
                objection,
                officer=command.officer,
                determined_by=record.determined_by,
                reasons=reasons,
                remedies=remedies,
                now=self._ledger.now(),
            )
            return self._decided(event, record, command)

        return self._desk.perform(make, once)

    def correct(
        self,
        command: HandleCase,
        act: DepartmentAct,
        *,
        reasons: str | None = None,
        once: Once | None = None,
    ) -> Done:
        """Uphold it by the source's own correction, which passes the same checks as a recording (OBJ-5)."""
        return self._desk.perform(lambda: self._corrected(command, act, reasons), once)

    def withdraw(
        self,
        command: HandleCase,
        act: DepartmentAct,
        *,
        reasons: str | None = None,
        once: Once | None = None,
    ) -> Done:
        """Uphold it by the source's own withdrawal: the record is in no view from this transaction on (OBJ-3)."""

        def make() -> Act:
            objection, record = self._case(command)
            decided = self._upheld(objection, record, command, "withdrawn", reasons)
            event = RecordWithdrawn.from_parts(
                fields_of(act.parts, ("withdraws", "objection")),
                stream_id=record.id,
                version=record.standing.version + 1,
                recorded_at=decided.timestamp,
            )
            refuse_if_any(_naming_defects(event.withdraws, event.objection, record, objection))
            owners = {"public": (record.subject_id, "public")}
            sealed, stream, version = self._desk.sealed_by(
                act, event, department=record.source, owners=owners
            )
            done = restoring(
                self._desk,
                self._decided(decided, record, command, sealed),
                partial(begin_restoration, decided),
            )
            done.guards[stream] = version
            return done

        return self._desk.perform(make, once)

    def _filed(self, command: FileObjection) -> Act:
        desk, filing = self._desk, command.filing
        if filing.by_department == (command.subject is not None):
            raise Refused(Defect("OBJ-1", "remedy_record_not_yours", "/record"))
        if filing.officer is not None:
            # Before the record is looked for, so that this answer says nothing of it.
            desk.officer(Officer(filing.officer, command.received_by), rule="OBJ-1")
        guards: dict[UUID, int] = {}
        if command.subject is None:
            record = desk.record_known_to(command.received_by, command.record_id, rule="OBJ-1")
        else:
            record = desk.record(command.record_id, rule="OBJ-1", subject=command.subject)
        event = file_objection(
            filing,
            objection_id=command.objection_id,
            record_id=record.id,
            source=record.source,
            received_by=command.received_by,
            standing=record.standing,
            now=self._ledger.now(),
            limits=desk.limits_on(city_day(self._ledger.now()), guards),
            calendar=desk.calendar,
        )
        return Act(
            event=event,
            owners=desk.case_owners(event, record),
            record=record,
            purpose=PURPOSE,
            actor=command.received_by,
            officer=filing.officer,
            told={
                "source": event.source,
                "forward_by": event.forward_by,
                "answer_by": event.answer_by,
                "provisional": event.provisional,
            },
            guards=guards,
        )

    def _corrected(self, command: HandleCase, act: DepartmentAct, reasons: str | None) -> Act:
        desk, now = self._desk, self._ledger.now()
        objection, record = self._case(command)
        decided = self._upheld(objection, record, command, "corrected", reasons)
        event = RecordCorrected.from_parts(
            mappings(act.parts),
            stream_id=record.id,
            version=record.standing.version + 1,
            recorded_at=now,
        )
        before, after = record.standing.content, event.content
        form, today = desk.form_of(before), city_day(now)
        guards: dict[UUID, int] = {}
        defects = [
            *_naming_defects(event.corrects, event.objection, record, objection),
            *content_defects(
                desk.registry, form, after, department=record.source, today=today, guards=guards
            ),
        ]
        refuse_if_any(defects)
        identity = identity_of(form, after)
        same = desk.subject_id(identity) == record.subject_id
        refuse_if_any(correction_defects(before, after, same_subject=same))
        document = document_of(self._ledger, form, after, record.id)
        known = self._ledger.store.documents_of(d.fingerprint for d in document.both)
        if any(held.record_id != record.id for held in known.values()):
            raise Refused(Defect("DET-2", "correction_document_taken", form.document_number))
        owners = {
            n: identity.owner_of(n, subject=record.subject_id, record=record.id, deletable=record.deletable)
            for n in after
        }
        sealed, stream, version = desk.sealed_by(act, event, department=record.source, owners=owners)
        done = self._decided(decided, record, command, sealed)
        done.guards = {**guards, stream: version}
        done.documents = [d for d in document.both if d.fingerprint not in known]
        done.term_over = self._term_over(after, today, done.guards)
        return restoring(desk, done, partial(begin_restoration, decided))

    def _term_over(self, content: Parts, today: date, guards: dict[UUID, int]) -> str:
        """The last day of the content's term when it has passed, else empty."""
        items = self._desk.registry.item(item_code(content)).items
        item = version_in_force(items, decided_on(content))
        months = self._desk.months_max(decided_on(content), guards)
        ends = None if item is None else term_end(item, content, months_max=months)
        return ends.isoformat() if ends is not None and ends < today else ""

    def _case(self, command: HandleCase) -> tuple[Objection, RecordFile]:
        found = self.find(command.case)
        return self._desk.seen(found, command.expected, rule="OBJ-3", officer=command.officer)

    def _upheld(
        self,
        objection: Objection,
        record: RecordFile,
        command: HandleCase,
        effect: Effect,
        reasons: str | None,
    ) -> ObjectionDecided:
        return uphold_objection(
            objection,
            officer=command.officer,
            determined_by=record.determined_by,
            effect=effect,
            reasons=reasons,
            standing=record.standing,
            now=self._ledger.now(),
        )

    def _decided(
        self, event: ObjectionDecided, record: RecordFile, command: HandleCase, *sealed: SealedAct
    ) -> Act:
        return Act(
            event=event,
            owners=self._desk.case_owners(event, record),
            record=record,
            purpose=PURPOSE,
            actor=command.officer.department,
            officer=command.officer.pseudonym,
            told={"outcome": event.outcome, **({"effect": event.effect} if event.effect else {})},
            sealed=list(sealed),
        )


def _naming_defects(
    names: str | None, objection_id: str | None, record: RecordFile, objection: Objection
) -> list[Defect]:
    """OBJ-5: the signed act names the very content it takes back, and the objection it follows."""
    defects = []
    if names != record.leaf_hash:
        defects.append(Defect("OBJ-5", "correction_of_other_version", "/parts/public/corrects"))
    if objection_id != str(objection.id):
        defects.append(Defect("OBJ-5", "correction_not_of_this_objection", "/parts/public/objection"))
    return defects
