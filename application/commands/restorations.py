"""Restoring reputation over the ledger: begun with an upheld objection or a wrong measure, closed by its department's
sealed evidence or by its subject's waiver (OBJ-4).

Each command is one transaction under the version that was seen; nobody else can close a task, and time only flags it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from application.commands.acts import DepartmentAct, Done, HandleCase, Once
from application.commands.record_files import RecordFile
from application.commands.remedies import Act, RemedyDesk
from application.commands.sealed_parts import mappings
from application.commands.subjects import Identity
from domain.parties.acting import Agent, Officer
from domain.remedies.restoration import (
    Restoration,
    RestorationBegun,
    RestorationCompleted,
    completion_defects,
    fold_restoration,
    waive_restoration,
)
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar
from domain.shared.refusals import Defect, Refused, refuse_if_any
from domain.transparency.merkle import leaf_hash

PURPOSE = "objection"
FIELDS = frozenset({"restores", "manner", "evidence", "officer"})


@dataclass(frozen=True)
class WaiveRestoration:
    """The subject's declaration, by its digest, at the portal ``received_by``."""

    restoration_id: UUID
    expected: int
    received_by: str
    subject: Identity
    declaration: str
    agent: Agent | None = None
    officer: str | None = None


class Begin(Protocol):
    """Makes the event by which a task begins, from its id and what its day is counted by."""

    def __call__(
        self, *, restoration_id: UUID, working_days: int, calendar: Calendar
    ) -> RestorationBegun: ...


def restoring(desk: RemedyDesk, act: Act, begin: Begin) -> Act:
    """The act, with which the department that was wrong has a reputation to restore, by a day (OBJ-4)."""
    begun = begin(
        restoration_id=desk.ledger.entropy.uuid(),
        working_days=desk.limits_on(city_day(act.event.timestamp), act.guards).restore_working_days,
        calendar=desk.calendar,
    )
    act.begins.append((begun, act.record))
    act.told |= {"restoration": str(begun.originator_id), "restore_by": begun.answer_by}
    return act


class Restorations:
    """The tasks of restoring reputation (恢复信誉) of one ledger."""

    def __init__(self, desk: RemedyDesk) -> None:
        self._desk = desk
        self._ledger = desk.ledger

    def complete(self, command: HandleCase, act: DepartmentAct, *, once: Once | None = None) -> Done:
        """Close it by what the department sealed: in which manner, over which evidence."""

        def make() -> Act:
            task, record = self._case(command.case, command.expected)
            self._desk.officer(command.officer, rule="OBJ-4")
            public = mappings(act.parts)["public"]
            if set(act.parts) != {"public"} or set(public) != FIELDS:
                raise Refused(Defect("PRV-1", "unknown_field", "/parts"))
            begun = leaf_hash(self._ledger.store.load_slice("records", task.id, limit=1)[0].leaf).hex()
            refuse_if_any(completion_defects(task, public, officer=command.officer, leaf_hash=begun))
            event = RestorationCompleted.from_parts(
                act.parts, stream_id=task.id, version=task.version + 1, recorded_at=self._ledger.now()
            )
            owners = self._desk.case_owners(event, record)
            sealed, stream, version = self._desk.sealed_by(act, event, department=task.source, owners=owners)
            return Act(
                event=event,
                owners=owners,
                record=record,
                purpose=PURPOSE,
                actor=command.officer.department,
                officer=command.officer.pseudonym,
                told={"outcome": "restored"},
                guards={stream: version},
                seal=sealed,
            )

        return self._desk.perform(make, once)

    def waive(self, command: WaiveRestoration, *, once: Once | None = None) -> Done:
        """Close it because its subject declared that nothing needs to be restored."""

        def make() -> Act:
            task, record = self._case(command.restoration_id, command.expected)
            if self._desk.subject_id(command.subject) != record.concerned:
                raise Refused(Defect("OBJ-4", "remedy_record_not_yours", "/subject"))
            if command.officer is not None:
                self._desk.officer(Officer(command.officer, command.received_by), rule="OBJ-4")
            event = waive_restoration(
                task,
                declaration=command.declaration,
                agent=command.agent,
                received_by=command.received_by,
                officer=command.officer,
                now=self._ledger.now(),
            )
            return Act(
                event=event,
                owners=self._desk.case_owners(event, record),
                record=record,
                purpose=PURPOSE,
                actor=command.received_by,
                officer=command.officer,
                told={"outcome": "waived"},
            )

        return self._desk.perform(make, once)

    def _case(self, restoration_id: UUID, expected: int) -> tuple[Restoration, RecordFile]:
        task = fold_restoration(self._ledger.load(restoration_id))
        return self._desk.seen(task, expected, rule="OBJ-4", officer=None)
