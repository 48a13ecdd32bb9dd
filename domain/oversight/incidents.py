"""What an incident is, what is done about it, and when it may be closed (ACC-5): pure functions of its own stream."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain.access.model import Officer
from domain.listing.case import SERVICES
from domain.oversight.incident_events import (
    IncidentClosed,
    IncidentEvidenceAdded,
    IncidentHandled,
    IncidentOpened,
)
from domain.parties.acting import is_digest, is_text
from domain.remedies.overdue import Waiting
from domain.shared.city_time import city_day
from domain.shared.events import Event, fold_case, next_of, placed
from domain.shared.refusals import Defect, refuse_if_any

KINDS = ("leak", "alteration", "destruction", "theft", "misuse", "trade")
"""泄露、篡改、毁损、窃取、利用信用信息谋私、非法收集和买卖 (000 二(六)1)."""
OUTCOMES = ("confirmed", "unfounded")
TELLS_SUBJECTS = ("leak", "theft", "misuse", "trade")
"""After these, whoever is concerned is told before it is closed as confirmed."""
LOOKS_MAX = 50
BUNDLE_BYTES_MAX = 4 << 20


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident (安全事件) as its events leave it: ``evidence`` by digest with its subject, whom was told, how many
    measures were taken, which officers they suspended."""

    id: UUID
    version: int
    opened: IncidentOpened
    closed: bool = False
    evidence: tuple[tuple[str, UUID], ...] = ()
    told: frozenset[str] = frozenset()
    measures: int = 0
    suspended: frozenset[str] = frozenset()


def fold_incident(events: Iterable[Event]) -> Incident | None:
    """The incident of a stream; None when it holds none."""
    return fold_case(events, _opened, _left_by)


def _opened(event: Event) -> Incident | None:
    if not isinstance(event, IncidentOpened):
        return None
    return Incident(event.originator_id, event.originator_version, event)


def _left_by(event: Event, so_far: Incident) -> dict[str, Any]:
    if isinstance(event, IncidentEvidenceAdded):
        return {"evidence": (*so_far.evidence, (event.digest, UUID(event.subject)))}
    if isinstance(event, IncidentHandled) and event.what == "measure":
        suspended = so_far.suspended | ({event.suspends} if event.suspends else set())
        return {"measures": so_far.measures + 1, "suspended": suspended}
    if isinstance(event, IncidentHandled):
        return {"told": so_far.told | {str(event.subject)}}
    return {"closed": isinstance(event, IncidentClosed)}


def waiting_incident(incident: Incident) -> Waiting | None:
    """An open incident waits for the credit office; no law names a day."""
    if incident.closed:
        return None
    return Waiting(
        case=incident.id,
        kind="incident",
        version=incident.version,
        record=incident.id,
        department=incident.opened.office,
        step="handle",
        due="",
        deadlines=(),
        recorded=frozenset(),
        provisional=False,
    )


def open_incident(
    incident_id: UUID,
    *,
    kind: str,
    source: str,
    about: str,
    facts: str,
    officer: str,
    office: str,
    now: datetime,
) -> IncidentOpened:
    """An incident begins. Raises ``Refused`` (ACC-5) with every reason."""
    defects = []
    if kind not in KINDS:
        defects.append(Defect("ACC-5", "incident_kind_unknown", "/kind", {"values": "、".join(KINDS)}))
    if not is_text(facts):
        defects.append(Defect("ACC-5", "incident_without_facts", "/facts"))
    refuse_if_any(defects)
    return IncidentOpened(
        **placed(incident_id, 1, now),
        kind=kind,
        opened_on=city_day(now).isoformat(),
        source=source,
        about=about,
        facts=facts,
        officer=officer,
        office=office,
    )


def take_measure(
    incident: Incident, officer: Officer, *, text: str, suspends: Officer | None, now: datetime
) -> IncidentHandled:
    """A measure that was taken; it may take the right to query from somebody else's officer or another of the own.

    Raises ``Refused`` (ACC-5).
    """
    defects = _open_defects(incident)
    if suspends is not None and suspends.pseudonym == officer.pseudonym:
        defects.append(Defect("ACC-5", "incident_suspends_oneself", "/suspends"))
    if not is_text(text):
        defects.append(Defect("ACC-5", "incident_without_measure_text", "/text"))
    refuse_if_any(defects)
    return IncidentHandled(
        **next_of(incident, now),
        **_handled("measure", officer, now),
        text=text,
        suspends=suspends.pseudonym if suspends else None,
    )


def tell_subject(
    incident: Incident,
    officer: Officer,
    *,
    subject: UUID,
    service: str,
    served_on: date,
    receipt: str,
    now: datetime,
) -> IncidentHandled:
    """A subject was told, with proof. Raises ``Refused`` (ACC-5)."""
    defects = _open_defects(incident)
    if service not in SERVICES:
        defects.append(Defect("ACC-5", "incident_service", "/service", {"values": "、".join(SERVICES)}))
    if not is_digest(receipt) or served_on > city_day(now):
        defects.append(Defect("ACC-5", "incident_not_served", "/receipt"))
    refuse_if_any(defects)
    return IncidentHandled(
        **next_of(incident, now),
        **_handled("notice", officer, now),
        subject=str(subject),
        service=service,
        served_on=served_on.isoformat(),
        receipt=receipt,
    )


def add_evidence(
    incident: Incident,
    officer: Officer,
    *,
    subject: UUID,
    looks: list[str],
    digest: str,
    bundle: str,
    now: datetime,
) -> IncidentEvidenceAdded:
    """A bundle is attached. Raises ``Refused`` (ACC-5)."""
    defects = _open_defects(incident)
    if len(bundle) > BUNDLE_BYTES_MAX:
        defects.append(Defect("ACC-5", "incident_bundle_too_large", "/looks", {"most": str(LOOKS_MAX)}))
    refuse_if_any(defects)
    return IncidentEvidenceAdded(
        **next_of(incident, now),
        digest=digest,
        looks=looks,
        subject=str(subject),
        officer=officer.pseudonym,
        bundle=bundle,
    )


def close_incident(
    incident: Incident, officer: Officer, *, outcome: str, reasons: str, now: datetime
) -> IncidentClosed:
    """It is closed: confirmed with evidence, a measure and those concerned told, or unfounded. Raises ``Refused``."""
    defects = _open_defects(incident)
    if outcome not in OUTCOMES:
        defects.append(Defect("ACC-5", "incident_outcome", "/outcome", {"values": "、".join(OUTCOMES)}))
    if not is_text(reasons):
        defects.append(Defect("ACC-5", "incident_without_reasons", "/reasons"))
    if outcome == "confirmed":
        of_platform = incident.opened.source == "fsck"
        if not incident.evidence and not of_platform:
            defects.append(Defect("ACC-5", "incident_without_evidence"))
        if not incident.measures:
            defects.append(Defect("ACC-5", "incident_without_measure"))
        concerned = {str(subject) for _, subject in incident.evidence}
        if incident.opened.kind in TELLS_SUBJECTS and (not incident.told or concerned - incident.told):
            defects.append(Defect("ACC-5", "incident_subject_not_told"))
    refuse_if_any(defects)
    return IncidentClosed(
        **next_of(incident, now),
        closed_on=city_day(now).isoformat(),
        outcome=outcome,
        reasons=reasons,
        officer=officer.pseudonym,
    )


def _open_defects(incident: Incident) -> list[Defect]:
    return [Defect("ACC-5", "incident_closed_already")] if incident.closed else []


def _handled(what: str, officer: Officer, now: datetime) -> dict[str, Any]:
    return {"what": what, "officer": officer.pseudonym, "handled_on": city_day(now).isoformat()}
