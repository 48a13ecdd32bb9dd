"""Objections to measures over the ledger: filed by the subject, answered by the department that was to apply (OBJ-4).

From the filing on the measure is not executed (MEA-5); upheld, it is lifted in the same transaction and the restoration
of a reputation begins.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from application.commands.acts import Done, HandleCase, Once
from application.commands.measures import Measures
from application.commands.remedies import Act, RemedyDesk
from application.commands.restorations import restoring
from application.commands.subjects import Identity
from domain.measures.events import MeasureApplied, MeasureNamed, MeasureObjected
from domain.measures.objections import FILE, Outcome, answer, object_to
from domain.parties.acting import Agent, Officer
from domain.remedies.restoration import restore_after
from domain.shared.city_time import city_day
from domain.shared.refusals import Defect, Refused


@dataclass(frozen=True)
class ObjectToMeasure:
    """An objection of the subject, or of its agent, as it comes in at the portal ``received_by``."""

    measure_id: UUID
    subject: Identity
    received_by: str
    grounds: str
    evidence: Sequence[str] = ()
    agent: Agent | None = None
    officer: str | None = None


class MeasureObjections:
    """The objections to measures (对惩戒措施的异议) of one ledger."""

    def __init__(self, desk: RemedyDesk) -> None:
        self._desk = desk
        self._ledger = desk.ledger
        self._measures = Measures(desk)

    def file(self, command: ObjectToMeasure, *, once: Once | None = None) -> Done:
        """File it (OBJ-1): the measure is suspended from this transaction on, its department is asked with its limit.

        Raises ``Refused`` alike for a measure of somebody else and for none.
        """
        return self._desk.perform(lambda: self._filed(command), once)

    def answer(
        self,
        command: HandleCase,
        outcome: Outcome,
        *,
        reasons: str,
        remedies: Mapping[str, str] | None = None,
        once: Once | None = None,
    ) -> Done:
        """Answer it, by an officer who had no part in the measure (OBJ-3)."""

        def make() -> Act:
            measure, record = self._measures.handled(command)
            now = self._ledger.now()
            event = answer(
                measure,
                outcome=outcome,
                officer=command.officer,
                others=self._others(measure.id, measure.department),
                reasons=reasons,
                remedies=remedies,
                now=now,
            )
            act = self._measures.act_of(event, record, command.officer, {"outcome": outcome}, {})
            wrong = outcome == "upheld" and bool(measure.from_day)
            return restoring(self._desk, act, partial(restore_after, measure, now)) if wrong else act

        return self._desk.perform(make, once)

    def _filed(self, command: ObjectToMeasure) -> Act:
        desk, today = self._desk, city_day(self._ledger.now())
        if command.officer is not None:
            desk.officer(Officer(command.officer, command.received_by), rule=FILE)
        measure, record = self._measures.case(command.measure_id)
        if desk.subject_id(command.subject) != record.concerned:
            raise Refused(Defect("JNT-1", "remedy_case_unknown"))
        guards: dict[UUID, int] = {}
        limits = desk.limits_on(today, guards)
        own = command.received_by == measure.department
        event = object_to(
            measure,
            grounds=command.grounds,
            evidence=command.evidence,
            agent=command.agent,
            received_by=command.received_by,
            officer=command.officer,
            working_days=limits.own_scope_working_days if own else limits.source_unit_working_days,
            calendar=desk.calendar,
            now=self._ledger.now(),
        )
        told: dict[str, object] = {"answer_by": event.answer_by, "provisional": event.provisional}
        officer = Officer(command.officer or "", command.received_by)
        return self._measures.act_of(event, record, officer, told, guards)

    def _others(self, measure: UUID, department: str) -> dict[str, str | None]:
        """Who of the department had a part in the measure: who named it, who applied it, who took the objection in."""
        others: dict[str, str | None] = {}
        for opened in self._ledger.open_all(self._ledger.store.load("records", measure), log="records"):
            event, officer = opened.event, json.loads(opened.row.meta).get("officer")
            if isinstance(event, MeasureNamed) and event.initiator == department:
                others["measure_decided_by_namer"] = officer
            elif isinstance(event, MeasureApplied):
                others["measure_decided_by_applier"] = officer
            elif isinstance(event, MeasureObjected) and event.received_by == department:
                others["remedy_decided_by_filer"] = event.officer
        return others
