"""Writing a look into its subject's own list: one event, the next number, durable before anything is shown.

The subject's own questions and an auditor's replay use it; shared queries write theirs in the call that reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from application.ledger import Ledger
from application.ports import Append, Conflict, LedgerUnavailable
from domain.access.events import SubjectQueried

ACCESS_CLASS = "access"
ATTEMPTS_MAX = 4


def log_look(
    ledger: Ledger,
    subject: UUID,
    *,
    department: str,
    officer: str,
    role: str,
    purpose: str,
    rules: Sequence[str],
    view: str,
    shown: list[list[str]],
    case: str | None = None,
    basis: str | None = None,
    before: Sequence[Append] = (),
) -> int:
    """The position of the look; ``before`` is appended in the same transaction (a registration).

    Raises ``LedgerUnavailable``; ``Conflict`` when ``before`` is overtaken.
    """
    for attempt in range(ATTEMPTS_MAX):
        event = SubjectQueried(
            originator_id=subject,
            originator_version=len(ledger.store.load("access", subject)) + 1,
            timestamp=ledger.now(),
            department=department,
            officer=officer,
            role=role,
            purpose=purpose,
            rules=list(rules),
            view=view,
            view_position=0,
            shown=shown,
            case=case,
            basis=basis,
        )
        owners = dict.fromkeys(event.parts(), (subject, ACCESS_CLASS))
        meta = {"actor": department, "officer": officer, "purpose": purpose}
        look = ledger.prepare([ledger.seal(event, owners=owners)], meta=meta, log="access")
        try:
            return ledger.store.append(*before, look)[-1]
        except Conflict:
            if before or attempt + 1 == ATTEMPTS_MAX:
                raise
    raise LedgerUnavailable("too many looks at once")
