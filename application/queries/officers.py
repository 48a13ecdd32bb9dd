"""Whether an officer may query, and every suspension and reinstatement that there was (QRY-3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from application.ledger import Ledger
from application.registry import Registry
from domain.access.decide import may_speak_for_subjects
from domain.access.model import Officer
from domain.oversight.reviews import SUPERVISOR
from domain.shared.refusals import Defect, Refused


@dataclass(frozen=True)
class Standing:
    """An officer (经办人) as registered, and its history: all but its name."""

    officer: Officer
    history: Sequence[Mapping[str, Any]]


def standing_of(ledger: Ledger, pseudonym: str, *, officer: str, department: str) -> Standing:
    """An officer's standing, for itself, its department's supervision and the credit office.

    Raises ``Refused``: QRY-1 for an officer who is none, QRY-3 as for an unknown one to anybody else.
    """
    registry = Registry(ledger)
    asking, own = registry.acting(officer, department), registry.department(department)
    found = registry.officer(pseudonym)
    is_office = own is not None and may_speak_for_subjects(own.role)
    if found is None or not (is_office or _concerns(found, asking)):
        raise Refused(Defect("QRY-3", "remedy_case_unknown", "/officer"))
    rows = ledger.open_all(ledger.store.load("records", registry.officer_stream(pseudonym)), log="records")
    history = [
        {
            "event": row.row.topic,
            "event_id": f"records:{row.row.position}",
            "at": row.row.recorded_at,
            "version": row.row.stream_version,
            "parts": {name: part for name, part in row.parts.items() if not name.startswith("person/")},
        }
        for row in rows
    ]
    return Standing(found, history)


def _concerns(found: Officer, asking: Officer) -> bool:
    same = found.pseudonym == asking.pseudonym or asking.role == SUPERVISOR
    return same and found.department == asking.department
