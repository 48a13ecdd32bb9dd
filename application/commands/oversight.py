"""One transaction of oversight: who acts, what is recorded, what follows; retried when something moved.

Reviews, incidents, checks of duty and acts about officers go through it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from application.attempts import retried
from application.commands.acts import Done, Once, commit
from application.ledger import Ledger, SealedAct
from application.ports import Append
from application.registry import Registry
from domain.access.decide import may_speak_for_subjects
from domain.access.model import Officer
from domain.oversight.review_events import OfficerSuspended
from domain.parties.acting import Officer as AtWork
from domain.shared.events import placed
from domain.shared.refusals import Defect, Refused

PURPOSE = "oversight"


@dataclass
class OversightAct:
    """What one transaction of oversight does: its own act, what follows, and what it relies on."""

    acts: list[SealedAct]
    told: dict[str, object] = field(default_factory=dict)
    guards: dict[UUID, int] = field(default_factory=dict)
    more: Callable[[Append], None] = lambda _batch: None
    """What else the transaction carries: cases opened and closed, their days."""


def perform(
    ledger: Ledger,
    make: Callable[[], OversightAct],
    officer: Officer | AtWork,
    once: Once | None,
    *,
    forget: Callable[[], None] = lambda: None,
) -> Done:
    """Append what ``make`` decides; decide again, after ``forget``, when something moved.

    Raises ``Refused``, ``StaleVersion``, ``LedgerUnavailable``, and ``Conflict`` (receipt) when the same idempotency
    key was used meanwhile.
    """

    def attempt() -> Done:
        act = make()
        meta = {
            "actor": officer.department,
            "officer": officer.pseudonym,
            "purpose": PURPOSE,
            "correlation": str(act.acts[0].event.originator_id),
        }
        batch = ledger.prepare(act.acts, meta=meta)
        batch.guards |= act.guards
        act.more(batch)
        return commit(ledger, batch, act.acts[0], once, act.told)

    return retried(attempt, forget=forget)


def office_officer(registry: Registry, pseudonym: str, department: str, *, refusal: Defect) -> Officer:
    """The registered officer of the credit office. Raises ``Refused``: QRY-1, and ``refusal`` for other departments."""
    officer, office = registry.acting(pseudonym, department), registry.department(department)
    if office is None or not may_speak_for_subjects(office.role):
        raise Refused(refusal)
    return officer


def suspension(ledger: Ledger, pseudonym: str, case: UUID) -> list[SealedAct]:
    """What takes an officer's right to query for what a review or incident found; nothing for one who is not
    registered. One who is suspended already is so once more, so that nobody lifts the first without seeing this."""
    registry = Registry(ledger)
    known = registry.officer(pseudonym)
    if known is None:
        return []
    event = OfficerSuspended(
        **placed(registry.officer_stream(pseudonym), known.version + 1, ledger.now()),
        review=str(case),
    )
    return [ledger.seal(event)]
