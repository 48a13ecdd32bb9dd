"""Incidents over the ledger (ACC-5): opened by the credit office, a review's finding or fsck; handled, and closed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

from application.attempts import StaleVersion
from application.commands.acts import Done, HandleCase, Once
from application.commands.oversight import OversightAct, office_officer, perform, suspension
from application.commands.subjects import Identity, SubjectDesk
from application.data_keys import ACCESS_CLASS
from application.ledger import Ledger, OpenedRow
from application.ports import Append, KeyName, OpenCase
from application.registry import Registry
from domain.access.decide import may_speak_for_subjects
from domain.access.events import SubjectQueried
from domain.access.model import Officer
from domain.oversight.incident_events import IncidentEvidenceAdded, IncidentOpened
from domain.oversight.incidents import (
    LOOKS_MAX,
    Incident,
    add_evidence,
    close_incident,
    fold_incident,
    open_incident,
    take_measure,
    tell_subject,
)
from domain.oversight.reviews import QueryReview
from domain.parties.events import DepartmentRegistered
from domain.shared.events import Event
from domain.shared.refusals import Defect, Refused

INCIDENT = "incident"
Prove = Callable[[Sequence[OpenedRow]], bytes]
"""Makes the bundle that looks were logged."""
META = {"actor": "platform", "purpose": "oversight"}
NOT_THE_OFFICE = Defect("ACC-5", "incident_not_the_office", "Credit-Official")


class Incidents:
    """The desk of incidents (安全事件)."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def officer(self, pseudonym: str, department: str) -> Officer:
        """The officer of the credit office. Raises ``Refused`` (QRY-1, ACC-5) before anything is looked up."""
        return office_officer(Registry(self._ledger), pseudonym, department, refusal=NOT_THE_OFFICE)

    def find(self, incident_id: UUID) -> Incident:
        """The incident. Raises ``Refused`` when there is none."""
        found = fold_incident(self._ledger.load(incident_id))
        if found is None:
            raise Refused(Defect("ACC-5", "remedy_case_unknown"))
        return found

    def open(self, *, kind: str, facts: str, officer: str, department: str, once: Once | None) -> Done:
        """The credit office opens an incident."""
        acting, incident_id = self.officer(officer, department), self._ledger.entropy.uuid()

        def make() -> OversightAct:
            event = open_incident(
                incident_id,
                kind=kind,
                source="office",
                about="",
                facts=facts,
                officer=officer,
                office=department,
                now=self._ledger.now(),
            )
            return OversightAct([self._ledger.seal(event)], more=opening(event))

        return perform(self._ledger, make, acting, once)

    def attach(
        self, command: HandleCase, prove: Prove, looks: Sequence[int], *, once: Once | None = None
    ) -> Done:
        """Attach a bundle that proves these looks, all at one subject. Raises ``Refused`` and what ``prove`` raises."""
        rows = self._looks(looks)
        subject = rows[0].row.stream_id
        bundle = prove(rows)
        digest = hashlib.sha256(bundle).hexdigest()

        def decide(incident: Incident, officer: Officer) -> IncidentEvidenceAdded:
            return add_evidence(
                incident,
                officer,
                subject=subject,
                looks=[f"access:{row.row.position}" for row in rows],
                digest=digest,
                bundle=base64.b64encode(bundle).decode(),
                now=self._ledger.now(),
            )

        owners = {"person/1": (subject, ACCESS_CLASS)}
        return self._acted(command, decide, once, owners=owners, told={"digest": digest})

    def measure(
        self, command: HandleCase, *, text: str, suspends: str = "", once: Once | None = None
    ) -> Done:
        """Record a measure that was taken; the officer that it ``suspends`` queries no more from there on."""

        def decide(incident: Incident, officer: Officer) -> Event:
            taken_from = Registry(self._ledger).officer(suspends) if suspends else None
            if suspends and taken_from is None:
                raise Refused(Defect("ACC-5", "incident_officer_unknown", "/suspends"))
            return take_measure(incident, officer, text=text, suspends=taken_from, now=self._ledger.now())

        return self._acted(command, decide, once, suspends=suspends)

    def notify(
        self,
        command: HandleCase,
        identity: Identity,
        *,
        service: str,
        served_on: date,
        receipt: str,
        once: Once | None = None,
    ) -> Done:
        """Record that a subject was told."""

        def decide(incident: Incident, officer: Officer) -> Event:
            subject = SubjectDesk(self._ledger).find(identity)
            if subject is None:
                raise Refused(Defect("ACC-5", "incident_subject_unknown", "/subject"))
            return tell_subject(
                incident,
                officer,
                subject=subject,
                service=service,
                served_on=served_on,
                receipt=receipt,
                now=self._ledger.now(),
            )

        return self._acted(command, decide, once)

    def close(self, command: HandleCase, *, outcome: str, reasons: str, once: Once | None = None) -> Done:
        """Close it; it waits no more."""

        def decide(incident: Incident, officer: Officer) -> Event:
            return close_incident(incident, officer, outcome=outcome, reasons=reasons, now=self._ledger.now())

        return self._acted(command, decide, once, told={"outcome": outcome}, closing=True)

    def _acted(
        self,
        command: HandleCase,
        decide: Callable[[Incident, Officer], Event],
        once: Once | None,
        *,
        owners: dict[str, KeyName] | None = None,
        told: dict[str, object] | None = None,
        closing: bool = False,
        suspends: str = "",
    ) -> Done:
        officer = self.officer(command.officer.pseudonym, command.officer.department)

        def make() -> OversightAct:
            incident = self.find(command.case)
            if incident.version != command.expected:
                raise StaleVersion
            event = decide(incident, officer)
            whose = self._ledger.own_keys(event.parts()) | (owners or {})
            closed = [incident.id] if closing else []
            follows = suspension(self._ledger, suspends, incident.id) if suspends else []
            return OversightAct(
                [self._ledger.seal(event, owners=whose), *follows],
                dict(told or {}),
                more=lambda batch: batch.closed.extend(closed),
            )

        return perform(self._ledger, make, officer, once)

    def _looks(self, positions: Sequence[int]) -> list[OpenedRow]:
        """The looks at these positions, which are all at one subject. Raises ``Refused`` (ACC-5)."""
        store, refusal = (
            self._ledger.store,
            Defect("ACC-5", "incident_looks", "/looks", {"most": str(LOOKS_MAX)}),
        )
        places = [store.look_at(position) for position in dict.fromkeys(positions)]
        found = [place for place in places if place is not None]
        if not found or len(found) < len(places) or len(found) > LOOKS_MAX or len({s for s, _ in found}) > 1:
            raise Refused(refusal)
        rows = [store.load_slice("access", s, after=n - 1, until=n)[0] for s, n in found]
        opened = self._ledger.open_all(rows, log="access")
        if any(look.closed or not isinstance(look.event, SubjectQueried) for look in opened):
            raise Refused(refusal)
        return opened


def opening(event: IncidentOpened) -> Callable[[Append], None]:
    """That an incident waits for its office from its own transaction on."""
    return lambda batch: batch.opened.append(OpenCase(event.originator_id, INCIDENT, event.office))


def incident_of_review(ledger: Ledger, review: QueryReview, *, facts: str) -> IncidentOpened:
    """What a review with that consequence opens: information was queried that should not have been (窃取)."""
    return open_incident(
        ledger.entropy.uuid(),
        kind="theft",
        source="review",
        about=str(review.id),
        facts=facts,
        officer="",
        office=office_of(ledger),
        now=ledger.now(),
    )


def incident_of_fault(ledger: Ledger, *, area: str, place: str, code: str, facts: str) -> int:
    """Open an incident for what fsck found, once for each area, place and code; how many were opened (0 or 1)."""
    about = f"{area} {place} {code}"
    stream = ledger.name_id(INCIDENT, about)
    if ledger.store.load("records", stream):
        return 0
    kind = "destruction" if code.endswith("_missing") else "alteration"
    office, now = office_of(ledger), ledger.now()
    event = open_incident(
        stream, kind=kind, source="fsck", about=about, facts=facts, officer="", office=office, now=now
    )
    batch = ledger.prepare([ledger.seal(event)], meta=META)
    opening(event)(batch)
    ledger.store.append(batch)
    return 1


def office_of(ledger: Ledger) -> str:
    """The code of the credit office; empty before one is registered."""
    rows = ledger.open_all(ledger.store.governing_rows([DepartmentRegistered.TOPIC]), log="records")
    found = [row.event for row in rows]
    codes = [e.code for e in found if isinstance(e, DepartmentRegistered) and may_speak_for_subjects(e.role)]
    return codes[-1] if codes else ""
