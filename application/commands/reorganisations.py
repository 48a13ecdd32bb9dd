"""Temporary shields over the ledger: applied for or begun by the source on a court's ruling, ended by proof of how the
plan ended (REP-5).

Each command is one transaction: the record leaves or enters the views with the act that says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from application.commands.acts import Done, HandleCase, Once
from application.commands.record_files import RecordFile
from application.commands.remedies import Act, RemedyDesk
from application.commands.revocations import record_term_end
from application.commands.subjects import Identity
from application.ledger import SealedAct
from domain.parties.acting import Officer
from domain.remedies.reorganisation import (
    Plan,
    Reorganisation,
    after_reorganisation,
    begin_reorganisation,
    end_reorganisation,
    fold_reorganisation,
)
from domain.remedies.rest_application import RestApplication, apply_for_rest, refuse_rest
from domain.shared.city_time import city_day
from domain.shared.events import Event
from domain.shared.refusals import Defect, Refused

PURPOSE = "credit_repair"


@dataclass(frozen=True)
class BeginReorganisation:
    """Which officer lets which record rest on which ruling; ``case_id`` is drawn by the caller."""

    case_id: UUID
    record_id: UUID
    plan: Plan
    officer: Officer


@dataclass(frozen=True)
class ApplyForRest:
    """An application as it comes in at any department; ``case_id`` is drawn by the caller."""

    case_id: UUID
    record_id: UUID
    received_by: str
    subject: Identity
    application: RestApplication


class Reorganisations:
    """The temporary shields (暂时屏蔽) of one ledger."""

    def __init__(self, desk: RemedyDesk) -> None:
        self._desk = desk
        self._ledger = desk.ledger

    def begin(self, command: BeginReorganisation, *, once: Once | None = None) -> Done:
        """Let a record of this department rest; anyone else's does not exist for it."""

        def make() -> Act:
            self._desk.officer(command.officer, rule="REP-5")
            record = self._desk.record(command.record_id, rule="REP-5")
            if record.source != command.officer.department:
                raise Refused(Defect("REP-5", "remedy_record_not_yours", "/record"))
            begun, rested = begin_reorganisation(
                command.plan,
                case_id=command.case_id,
                record_id=record.id,
                standing=record.standing,
                source=record.source,
                officer=command.officer,
                determined_by=record.determined_by,
                now=self._ledger.now(),
            )
            act = _Acting(command.officer, record, {"until": begun.until})
            return self._act(begun, act, rested)

        return self._desk.perform(make, once)

    def apply(self, command: ApplyForRest, *, once: Once | None = None) -> Done:
        """Take an application in: its department is asked, with its limit (REP-1, REP-4)."""

        def make() -> Act:
            desk, application = self._desk, command.application
            if application.officer is not None:
                desk.officer(Officer(application.officer, command.received_by), rule="REP-5")
            record = desk.record(command.record_id, rule="REP-5", subject=command.subject)
            guards: dict[UUID, int] = {}
            event = apply_for_rest(
                application,
                case_id=command.case_id,
                record_id=record.id,
                source=record.source,
                received_by=command.received_by,
                standing=record.standing,
                limits=desk.limits_on(city_day(self._ledger.now()), guards),
                calendar=desk.calendar,
                now=self._ledger.now(),
            )
            told = {name: getattr(event, name) for name in ("source", "until", "answer_by", "provisional")}
            by = _Acting(Officer(application.officer or "", command.received_by), record, told, guards)
            return self._act(event, by, None)

        return self._desk.perform(make, once)

    def grant(self, command: HandleCase, *, once: Once | None = None) -> Done:
        """Let the record rest as was applied for, from this transaction on."""

        def make() -> Act:
            found, record = self._case(command)
            if found.plan is None:
                raise Refused(Defect("REP-5", "reorganisation_decided_already"))
            begun, rested = begin_reorganisation(
                found.plan,
                case_id=found.id,
                record_id=record.id,
                standing=record.standing,
                source=found.source,
                officer=command.officer,
                determined_by=record.determined_by,
                now=self._ledger.now(),
                applied=found,
            )
            act = _Acting(command.officer, record, {"outcome": "granted", "until": begun.until})
            return self._act(begun, act, rested)

        return self._desk.perform(make, once)

    def refuse(
        self, command: HandleCase, *, reasons: str, remedies: Mapping[str, str], once: Once | None = None
    ) -> Done:
        """Refuse what was applied for, with reasons and remedies."""

        def make() -> Act:
            found, record = self._case(command)
            refused = refuse_rest(
                found,
                officer=command.officer,
                determined_by=record.determined_by,
                reasons=reasons,
                remedies=remedies,
                now=self._ledger.now(),
            )
            return self._act(refused, _Acting(command.officer, record, {"outcome": "refused"}), None)

        return self._desk.perform(make, once)

    def _case(self, command: HandleCase) -> tuple[Reorganisation, RecordFile]:
        found = fold_reorganisation(self._ledger.load(command.case))
        return self._desk.seen(found, command.expected, rule="REP-5", officer=command.officer)

    def end(
        self,
        command: HandleCase,
        *,
        outcome: str,
        evidence: Sequence[str],
        reasons: str | None = None,
        once: Once | None = None,
    ) -> Done:
        """End it: repaired for good when the plan was performed, else shown again while the term runs."""

        def make() -> Act:
            found, record = self._case(command)
            ended = end_reorganisation(
                found,
                outcome=outcome,
                officer=command.officer,
                evidence=tuple(evidence),
                reasons=reasons,
                now=self._ledger.now(),
            )
            act = _Acting(command.officer, record, {"outcome": ended.outcome})
            ends = record_term_end(self._desk, record, act.guards)
            then = after_reorganisation(ended, record.standing, record_id=record.id, ends=ends)
            act.told["returned"] = then is not None and then.TOPIC == "record.returned"
            return self._act(ended, act, then)

        return self._desk.perform(make, once)

    def _act(self, event: Event, acting: _Acting, then: Event | None) -> Act:
        record = acting.record
        owners = {"public": (record.subject_id, "public")}
        follows: list[SealedAct] = [] if then is None else [self._ledger.seal(then, owners=owners)]
        return Act(
            event=event,
            owners=self._desk.case_owners(event, record),
            record=record,
            purpose=PURPOSE,
            actor=acting.officer.department,
            officer=acting.officer.pseudonym or None,
            told=acting.told,
            sealed=follows,
            guards=acting.guards,
        )


@dataclass
class _Acting:
    """Who acts about what, what is told, and what was read."""

    officer: Officer
    record: RecordFile
    told: dict[str, object]
    guards: dict[UUID, int] = field(default_factory=dict)
