"""One window for repairs: an application about several records reaches every department that it concerns (REP-4).

It is split into a case for each record in the transaction that takes it in; each department finds its own on its
worklist, and decides it alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from application.commands.acts import Done, Once
from application.commands.remedies import Act, RemedyDesk
from application.commands.repairs import PURPOSE, ApplyForRepair, Repairs
from application.commands.subjects import Identity
from domain.parties.acting import acted_by
from domain.remedies.repair_case import Application
from domain.remedies.repair_events import RepairsFiled
from domain.shared.events import placed
from domain.shared.refusals import Defect, Refused, refuse_if_any

RECORDS_MAX = 20


@dataclass(frozen=True)
class ApplyForRepairs:
    """An application about several records of one subject: of each, what is handed in for it."""

    application_id: UUID
    received_by: str
    subject: Identity
    parts: Sequence[tuple[UUID, Application]]


class RepairWindow:
    """The one window (一个窗口) of a ledger's repairs."""

    def __init__(self, desk: RemedyDesk) -> None:
        self._desk = desk
        self._ledger = desk.ledger

    def apply(self, command: ApplyForRepairs, *, once: Once | None = None) -> Done:
        """Take all of it or none: what stands against one record is told, with its place, before anything is filed.

        Raises ``Refused`` as :meth:`Repairs.apply`, and REP-4 for no record, too many, or one named twice.
        """
        refuse_if_any(self._defects(command))
        cases = [self._ledger.entropy.uuid() for _ in command.parts]
        return self._desk.perform(lambda: self._filed(command, cases), once)

    def _filed(self, command: ApplyForRepairs, cases: Sequence[UUID]) -> Act:
        acts: list[Act] = []
        defects: list[Defect] = []
        for number, (case, (record, application)) in enumerate(zip(cases, command.parts, strict=True)):
            one = ApplyForRepair(case, record, command.received_by, command.subject, application)
            try:
                acts.append(Repairs(self._desk).applied(one))
            except Refused as refused:
                defects += [replace(d, field=f"/records/{number}{d.field}") for d in refused.defects]
        refuse_if_any(defects)
        first, application = acts[0], command.parts[0][1]
        event = RepairsFiled(
            **placed(command.application_id, 1, self._ledger.now()),
            applied_by=acted_by(application.agent),
            received_by=command.received_by,
            cases=[[str(a.event.originator_id), str(a.record.id), a.record.source] for a in acts],
            officer=application.officer,
        )
        told = [
            {"case": str(act.event.originator_id), "record": str(act.record.id), **act.told} for act in acts
        ]
        return Act(
            event=event,
            # Under the subject's own key: one of its records that is erased takes its own case only.
            owners={"public": (first.record.concerned, "public")},
            record=first.record,
            purpose=PURPOSE,
            actor=command.received_by,
            officer=application.officer,
            told={"cases": told},
            begins=[(act.event, act.record) for act in acts],
            guards={stream: version for act in acts for stream, version in act.guards.items()},
        )

    def _defects(self, command: ApplyForRepairs) -> list[Defect]:
        records = [record for record, _ in command.parts]
        if not records or len(records) > RECORDS_MAX or len(set(records)) < len(records):
            return [Defect("REP-4", "repair_window_records", "/records", {"most": str(RECORDS_MAX)})]
        return []
