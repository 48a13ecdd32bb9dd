"""A member's view for the joint meeting (成员单位意见), sealed with its department's key over the member's own case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from domain.shared.canonical import Part
from domain.shared.kinds import Kind
from domain.shared.names import name_id
from interfaces.client.sealing import DepartmentKey, seal_remedy


def sealed_view(
    *,
    proposal: str,
    revision: int,
    department: str,
    officer: str,
    view: str,
    reasons: str,
    ledger_id: bytes,
    key: DepartmentKey,
) -> dict[str, Any]:
    """A view as ``POST /v1/proposals/{id}/views`` takes it.

    Raises ``NotCanonical`` for content that has no canonical form.
    """
    public: Part = {
        "proposal": proposal,
        "revision": revision,
        "department": department,
        "view": view,
        "reasons": reasons,
        "officer": officer,
    }
    case = name_id(UUID(bytes=ledger_id), "view", f"{proposal}:{revision}:{department}")
    parts = {"public": public}
    return seal_remedy(Kind.MEETING_VIEW_GIVEN, parts, record=str(case), ledger_id=ledger_id, key=key)
