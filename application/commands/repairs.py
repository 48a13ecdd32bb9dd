"""Credit repair over the ledger: applied for, completed once, accepted, decided, and carried out at once.

Each command is one transaction; a grant annotates or shields the record in the transaction that decides it,
so that from then on no view shows what was shielded (REP-5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from application.commands.acts import Done, HandleCase, Once
from application.commands.record_files import RecordFile
from application.commands.remedies import Act, RemedyDesk
from application.commands.revocations import record_term_end
from application.commands.subjects import Identity
from domain.catalogue.items import CatalogueItem, LegalBasis, version_in_force
from domain.parties.acting import Officer
from domain.records.publicity import decided_on, item_code
from domain.remedies.extension import extend_repair
from domain.remedies.repair import (
    accept_repair,
    apply_for_repair,
    grant_repair,
    reject_repair,
)
from domain.remedies.repair_case import Application, Material, Repair, fold_repair
from domain.remedies.repair_materials import request_materials, supply_materials
from domain.shared.canonical import Parts
from domain.shared.city_time import city_day
from domain.shared.events import Event
from domain.shared.refusals import Defect, Refused

PURPOSE = "credit_repair"


@dataclass(frozen=True)
class ApplyForRepair:
    """An application as it comes in at any department; ``repair_id`` is drawn by the caller."""

    repair_id: UUID
    record_id: UUID
    received_by: str
    subject: Identity
    application: Application


@dataclass(frozen=True)
class SupplyMaterials:
    """What was asked for, from the subject, at any department."""

    repair_id: UUID
    expected: int
    received_by: str
    subject: Identity
    materials: tuple[Material, ...]
    officer: str | None = None


class Repairs:
    """The credit repairs (信用修复) of one ledger."""

    def __init__(self, desk: RemedyDesk) -> None:
        self._desk = desk
        self._ledger = desk.ledger

    def find(self, repair_id: UUID) -> Repair | None:
        """The application as it stands, or None."""
        return fold_repair(self._ledger.load(repair_id))

    def apply(self, command: ApplyForRepair, *, once: Once | None = None) -> Done:
        """Apply (REP-1, REP-3): refused when too early, not needed, or excluded by a cited basis."""
        return self._desk.perform(lambda: self.applied(command), once)

    def request_materials(
        self, command: HandleCase, *, unusable: tuple[str, ...] = (), once: Once | None = None
    ) -> Done:
        """Ask for all that is missing, once (REP-2)."""

        def make() -> Act:
            repair, record = self._case(command.case, command.expected, command.officer)
            event = request_materials(
                repair,
                officer=command.officer,
                unusable=unusable,
                limits=self._desk.limits,
                standing=record.standing,
                now=self._ledger.now(),
            )
            return self._handled(event, record, command, {"missing": list(event.missing)})

        return self._desk.perform(make, once)

    def supply(self, command: SupplyMaterials, *, once: Once | None = None) -> Done:
        """Hand in what was asked for; the limits begin anew."""

        def make() -> Act:
            officer = None if command.officer is None else Officer(command.officer, command.received_by)
            repair, record = self._case(command.repair_id, command.expected, officer, subject=command.subject)
            guards: dict[UUID, int] = {}
            event = supply_materials(
                repair,
                command.materials,
                received_by=command.received_by,
                officer=command.officer,
                standing=record.standing,
                person=self._desk.is_person(record),
                limits=self._desk.limits_on(repair.applied_on, guards),
                calendar=self._desk.calendar,
                now=self._ledger.now(),
            )
            told: dict[str, object] = {"accept_by": event.accept_by, "answer_by": event.answer_by}
            act = self._act(event, record, command.received_by, command.officer, told)
            act.guards = guards
            return act

        return self._desk.perform(make, once)

    def accept(self, command: HandleCase, *, once: Once | None = None) -> Done:
        """Accept a complete application."""

        def make() -> Act:
            repair, record = self._case(command.case, command.expected, command.officer)
            event = accept_repair(
                repair,
                officer=command.officer,
                limits=self._desk.limits,
                standing=record.standing,
                now=self._ledger.now(),
            )
            return self._handled(event, record, command, {})

        return self._desk.perform(make, once)

    def extend(
        self,
        command: HandleCase,
        *,
        reasons: str,
        notice: str,
        working_days: int,
        once: Once | None = None,
    ) -> Done:
        """Extend the time to decide, once, and told to the applicant before it ends (REP-4)."""

        def make() -> Act:
            repair, record = self._case(command.case, command.expected, command.officer)
            guards: dict[UUID, int] = {}
            event = extend_repair(
                repair,
                officer=command.officer,
                reasons=reasons,
                notice=notice,
                working_days=working_days,
                most=self._desk.limits_on(repair.applied_on, guards).extend_working_days,
                calendar=self._desk.calendar,
                now=self._ledger.now(),
            )
            told: dict[str, object] = {"answer_by": event.answer_by, "provisional": event.provisional}
            act = self._handled(event, record, command, told)
            act.guards = guards
            return act

        return self._desk.perform(make, once)

    def grant(self, command: HandleCase, *, once: Once | None = None) -> Done:
        """Grant it: annotated or shielded in this very transaction, or shielded and its erasure asked for (REP-5)."""

        def make() -> Act:
            repair, record = self._case(command.case, command.expected, command.officer)
            event = grant_repair(
                repair,
                officer=command.officer,
                determined_by=record.determined_by,
                standing=record.standing,
                now=self._ledger.now(),
            )
            return self._handled(event, record, command, {"outcome": "granted", "mode": repair.mode})

        return self._desk.perform(make, once)

    def reject(
        self,
        command: HandleCase,
        *,
        reasons: str,
        remedies: Mapping[str, str],
        excluded_by: LegalBasis | None = None,
        once: Once | None = None,
    ) -> Done:
        """Refuse it, with reasons and remedies; that it is excluded needs its basis (REP-1)."""

        def make() -> Act:
            repair, record = self._case(command.case, command.expected, command.officer)
            event = reject_repair(
                repair,
                officer=command.officer,
                determined_by=record.determined_by,
                reasons=reasons,
                remedies=remedies,
                excluded_by=excluded_by,
                now=self._ledger.now(),
            )
            return self._handled(event, record, command, {"outcome": "rejected"})

        return self._desk.perform(make, once)

    def applied(self, command: ApplyForRepair) -> Act:
        """What an application does, not appended yet. Raises ``Refused`` as :meth:`apply`."""
        desk, application = self._desk, command.application
        if application.officer is not None:
            desk.officer(Officer(application.officer, command.received_by), rule="REP-2")
        record = desk.record(command.record_id, rule="REP-1", subject=command.subject)
        guards: dict[UUID, int] = {}
        event = apply_for_repair(
            application,
            repair_id=command.repair_id,
            record_id=record.id,
            source=record.source,
            received_by=command.received_by,
            item=self._item(record.standing.content, guards),
            standing=record.standing,
            ends=record_term_end(desk, record, guards),
            deletable=record.deletable,
            person=desk.is_person(record),
            now=self._ledger.now(),
            limits=desk.limits_on(city_day(self._ledger.now()), guards),
            calendar=desk.calendar,
        )
        told: dict[str, object] = {
            "source": event.source,
            "mode": event.mode,
            "accept_by": event.accept_by,
            "answer_by": event.answer_by,
            "provisional": event.provisional,
        }
        act = self._act(event, record, command.received_by, application.officer, told)
        act.guards = guards
        return act

    def _item(self, content: Parts, guards: dict[UUID, int]) -> CatalogueItem:
        """The item under the rule in force today, or, where it has none any more, as it was for the record."""
        versions = self._desk.registry.item(item_code(content))
        guards[versions.stream_id] = versions.stream_version
        today = city_day(self._ledger.now())
        item = version_in_force(versions.items, today) or version_in_force(
            versions.items, decided_on(content)
        )
        if item is None:
            raise Refused(Defect("REP-1", "remedy_record_not_yours", "/record"))
        return item

    def _case(
        self, repair_id: UUID, expected: int, officer: Officer | None, *, subject: Identity | None = None
    ) -> tuple[Repair, RecordFile]:
        return self._desk.seen(self.find(repair_id), expected, rule="REP-2", officer=officer, subject=subject)

    def _handled(self, event: Event, record: RecordFile, command: HandleCase, told: dict[str, object]) -> Act:
        return self._act(event, record, command.officer.department, command.officer.pseudonym, told)

    def _act(
        self, event: Event, record: RecordFile, actor: str, officer: str | None, told: dict[str, object]
    ) -> Act:
        return Act(
            event=event,
            owners=self._desk.case_owners(event, record),
            record=record,
            purpose=PURPOSE,
            actor=actor,
            officer=officer,
            told=told,
        )
