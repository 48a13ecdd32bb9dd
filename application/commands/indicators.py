"""The credit office's monthly notice of indicators: sealed with its key, and as the ledger computes them (SUP-1).

Comes after the month was counted; what it froze stands in a public register.
"""

from __future__ import annotations

from collections.abc import Callable

from application.commands.acts import DepartmentAct
from application.commands.remedies import RemedyDesk
from application.indicators import RULE, Indicators
from application.ports import Receipt
from domain.oversight.indicators import IndicatorsNotified
from domain.parties.keys import CREDIT_OFFICE
from domain.shared.events import placed
from domain.shared.refusals import Defect, Refused

MEMBERS = {"public": {"month", "digest", "content"}, "restricted": {"exact"}}


def notify_indicators(
    desk: RemedyDesk,
    found: Indicators,
    act: DepartmentAct,
    *,
    department: str,
    receipt: Callable[[str], Receipt] | None = None,
) -> int:
    """Record the notice that the credit office sealed: once a month, and as the ledger computes it; its position.

    Raises ``Refused`` (SUP-1, DET-5, FORMAT) and ``LedgerUnavailable`` while the month is being counted.
    """
    ledger, office = desk.ledger, desk.registry.department(department)
    if office is None or office.role != CREDIT_OFFICE:
        raise Refused(Defect(RULE, "indicators_not_the_office"))
    month = act.parts.get("public", {}).get("month")
    shape = {name: set(part) for name, part in act.parts.items() if isinstance(part, dict)}
    if shape != MEMBERS or not isinstance(month, str):
        raise Refused(Defect("FORMAT", "member_invalid", "/parts", {"where": "/parts"}))
    computed = found.month(month)
    if found.notified(month) is not None:
        raise Refused(Defect(RULE, "indicators_notified_already", "/parts"))
    event = IndicatorsNotified(
        **placed(found.stream(month), 1, ledger.now()),
        month=month,
        digest=computed.digest,
        content=computed.content,
        exact=computed.exact,
    )
    if event.parts() != act.parts:
        raise Refused(Defect(RULE, "notice_not_as_computed", "/parts"))
    owners = ledger.own_keys(event.parts())
    sealed, stream, version = desk.sealed_by(act, event, department=department, owners=owners)
    batch = ledger.prepare([sealed], meta={"actor": department, "purpose": "oversight"})
    batch.guards = {stream: version}
    batch.receipt = receipt(month) if receipt else None
    return ledger.store.append(batch)[0]
