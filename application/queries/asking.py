"""What questions about one subject share: who asks is admitted or refused, and the look is logged before the answer.

Comes after a verified request; ``green.py`` and ``entries.py`` decide what is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from application.commands.refusals import log_refusal
from application.commands.subjects import Identity
from application.ledger import Ledger
from application.queries.looks import Shown, log_look, log_look_at
from application.registry import Registry
from domain.access.decide import request_defects
from domain.access.events import SubjectQueried
from domain.access.model import Officer, Request
from domain.shared.refusals import Refused


def admitted(ledger: Ledger, registry: Registry, request: Request, *, attempt: bytes) -> Officer:
    """The officer who asks. Raises ``Refused`` (QRY-1), logged before with a keyed digest of ``attempt``."""
    officer, purpose = registry.officer(request.officer), registry.purpose(request.purpose)
    defects = request_defects(request, officer, {request.purpose: purpose} if purpose else {})
    if defects or officer is None:
        log_refusal(
            ledger, department=request.department, officer=request.officer, defects=defects, attempt=attempt
        )
        raise Refused(*defects)
    return officer


def logged(
    ledger: Ledger,
    identity: Identity,
    request: Request,
    officer: Officer,
    *,
    rules: Sequence[str],
    view: str,
    shown: Shown | Callable[[SubjectQueried], Shown],
    reached: int,
    guards: Mapping[UUID, int],
) -> int:
    """The position of the look at a subject, known from now on if it was not; durable when it returns.

    ``reached`` is how far the views were that the answer is from, ``guards`` the streams that it relies on beside the
    officer's: who is suspended in between is told nothing (QRY-3). Raises ``Overtaken`` and ``LedgerUnavailable``.
    """
    _, position = log_look_at(
        ledger,
        identity,
        lambda subject, before: log_look(
            ledger,
            subject,
            department=request.department,
            officer=request.officer,
            role=officer.role,
            purpose=request.purpose,
            rules=rules,
            view=view,
            shown=shown,
            view_position=reached,
            case=request.case,
            basis=request.basis,
            before=before,
            guards={Registry(ledger).officer_stream(officer.pseudonym): officer.version, **guards},
        ),
    )
    return position
