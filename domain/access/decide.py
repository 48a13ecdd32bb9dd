"""One pure decision: may this officer of this department see this record for this purpose, and which parts.

Deny by default; every rule that decided is named. The query command asks once for the request itself and
once for each record that there is; both answers are logged.
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.access.consent import Consent
from domain.access.model import Decision, Officer, Purposes, Request
from domain.catalogue.items import EVERY_DEPARTMENT, CatalogueItem
from domain.parties.keys import CREDIT_OFFICE
from domain.shared.refusals import Defect
from domain.shared.text import says

TEXT_MAX = 200
"""Characters of a case or a ground."""


def request_defects(request: Request, officer: Officer | None, purposes: Purposes) -> list[Defect]:
    """Why a query may not be made at all (QRY-1): officer, purpose, case and ground, none may be missing."""
    defects: list[Defect] = []
    if officer is None or officer.department != request.department:
        defects.append(Defect("QRY-1", "officer_unknown", "Credit-Official"))
    elif officer.suspended:
        defects.append(Defect("QRY-3", "officer_suspended", "Credit-Official"))
    if request.purpose not in purposes:
        defects.append(Defect("QRY-1", "purpose_unknown", "Credit-Purpose"))
    if not says(request.case, most=TEXT_MAX):
        defects.append(Defect("QRY-1", "case_missing", "Credit-Purpose", {"most": str(TEXT_MAX)}))
    if not says(request.basis, most=TEXT_MAX):
        defects.append(Defect("QRY-1", "basis_missing", "Credit-Purpose", {"most": str(TEXT_MAX)}))
    return defects


def may_speak_for_subjects(role: str) -> bool:
    """Whether a department of this role may ask and act on a subject's behalf: the credit office's portal."""
    return role == CREDIT_OFFICE


def decide(
    request: Request,
    item: CatalogueItem | None,
    parts: Sequence[str],
    *,
    subject: str,
    consent: Consent | None,
) -> Decision:
    """Whether a record of ``item`` that has these parts may be shown, and which of them (SHR-1, SHR-2).

    ``request`` has no defects. Without a consent: shared with the department, for that purpose, by the item's
    own scope. With one (an authorised query): what the consent covers, and nothing by the department's own
    duty. Of a suspended item nothing: sharing is one of the measures that stop (INS-2). All parts are shown
    otherwise, since what nobody else may see is in no shared rendition.
    """
    if item is None:
        return Decision(allow=False, rules=("CAT-1",))
    if item.status == "suspended":
        return Decision(allow=False, rules=("INS-2", "CAT-1"))
    if request.consent:
        if consent is not None and consent.covers(
            subject=subject,
            recipient=request.department,
            purpose=request.purpose,
            item=item.code,
            on=request.on,
        ):
            return Decision(allow=True, rules=("SHR-2", "PRV-2"), parts=tuple(parts))
        return Decision(allow=False, rules=("SHR-2", "PRV-2"))
    scope = item.sharing
    if scope is None or not scope.departments:
        return Decision(allow=False, rules=("SHR-1", "CAT-4"))
    in_scope = EVERY_DEPARTMENT in scope.departments or request.department in scope.departments
    if not in_scope or request.purpose not in scope.purposes:
        return Decision(allow=False, rules=("SHR-1",))
    return Decision(allow=True, rules=("SHR-1", "QRY-1"), parts=tuple(parts))
