"""The evidence bundle of an incident, for the credit office: logged in its subject's list before it leaves (ACC-5)."""

from __future__ import annotations

import base64
from uuid import UUID

from application.ledger import Ledger
from application.queries.looks import asked_again, log_look
from domain.access.model import INCIDENT_HANDLING, Officer
from domain.oversight.incident_events import IncidentEvidenceAdded
from domain.shared.refusals import Defect, Refused

VIEW = "incident"


def attached_bundle(ledger: Ledger, incident_id: UUID, digest: str, officer: Officer) -> tuple[bytes, int]:
    """A bundle by its digest, which never changes, and the position of the look that says it was given.

    Raises ``Refused`` (ACC-5) for one that is not there or whose content was erased, and ``LedgerUnavailable``.
    """
    return asked_again(ledger, lambda: _given(ledger, incident_id, digest, officer))


def _given(ledger: Ledger, incident_id: UUID, digest: str, officer: Officer) -> tuple[bytes, int]:
    for event in ledger.load(incident_id):
        if isinstance(event, IncidentEvidenceAdded) and event.digest == digest and event.bundle:
            position = log_look(
                ledger,
                UUID(event.subject),
                department=officer.department,
                officer=officer.pseudonym,
                role=officer.role,
                purpose=INCIDENT_HANDLING.code,
                rules=["ACC-5"],
                view=VIEW,
                shown=[[str(incident_id), f"bundle@{event.originator_version}", digest]],
                case=str(incident_id),
            )
            return base64.b64decode(event.bundle), position
    raise Refused(Defect("ACC-5", "incident_no_such_bundle", "/digest"))
