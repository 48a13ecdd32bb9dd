"""What is refused stands in the access log: a single act, or a whole file row by row (STORAGE 6).

Intake and the routes call it after the rules have spoken; it keeps rules, codes and fields, never content.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from application.ledger import Ledger, SealedAct
from application.ports import Append, Conflict, Receipt
from application.registry import Registry
from domain.records.events import ActRefused, IntakeReported
from domain.shared.canonical import canonical
from domain.shared.events import placed
from domain.shared.refusals import Defect

RefusedRows = list[list[str]]
"""``[data row, rule, code, field]`` for each reason."""


def refused_rows(rows: Iterable[tuple[int, Iterable[Defect]]]) -> RefusedRows:
    """Rows and their defects as an ``intake.reported`` event holds them."""
    return [[str(row), d.rule, d.code, d.field] for row, defects in rows for d in defects]


def log_refusal(
    ledger: Ledger, *, department: str, defects: Iterable[Defect], attempt: bytes, officer: str = ""
) -> None:
    """Record that an act was refused: rules, actor and the keyed digest of the attempt.

    ``officer`` is as the request names it: who is no registered officer of the department is not recorded.
    """
    known = Registry(ledger).officer(officer) if officer else None
    event = ActRefused(
        **placed(ledger.entropy.uuid(), 1, ledger.now()),
        department=department,
        rules=[[d.rule, d.code, d.field] for d in defects],
        attempt=ledger.vault.mac("attempt", attempt).hex(),
        officer=officer if known is not None and known.department == department else None,
    )
    ledger.record([ledger.seal(event)], meta=_meta(department), log="access")


def log_refused_rows(
    ledger: Ledger,
    refused: RefusedRows,
    *,
    department: str,
    form: str,
    content: str,
    receipt: Receipt | None = None,
) -> None:
    """One access event for all refused rows of a file, and the receipt of the request.

    The event's stream is a keyed hash of department, ``content`` (a digest of the file) and reasons, so the
    same file sent again adds no second one. Without refused rows only the receipt is kept.
    """
    batch = Append(log="access", receipt=receipt)
    if refused:
        act = _report(ledger, refused, department=department, form=form, content=content)
        batch = ledger.prepare([act], meta=_meta(department), log="access")
        batch.receipt = receipt
    try:
        _append(ledger, batch)
    except Conflict as conflict:
        if conflict.what != "stream":
            raise
        _append(ledger, Append(log="access", receipt=receipt))


def _append(ledger: Ledger, batch: Append) -> None:
    """Append; a repeated request whose twin came first keeps the twin's receipt."""
    try:
        ledger.store.append(batch)
    except Conflict as conflict:
        if conflict.what != "receipt" or batch.receipt is None:
            raise
        kept = ledger.store.receipt_of(batch.receipt.department, batch.receipt.key)
        if kept is None or kept.fingerprint != batch.receipt.fingerprint:
            raise


def _report(ledger: Ledger, refused: RefusedRows, *, department: str, form: str, content: str) -> SealedAct:
    name = canonical([department, content, refused])
    event = IntakeReported(
        **placed(UUID(bytes=ledger.vault.mac("intake-report", name)[:16], version=4), 1, ledger.now()),
        department=department,
        form=form,
        refused=refused,
    )
    return ledger.seal(event)


def _meta(department: str) -> dict[str, str]:
    return {"actor": department, "purpose": "determination"}
