"""A member's view for the joint meeting (成员单位意见), sealed with its department's key over the member's own case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from domain.shared.canonical import Part
from domain.shared.kinds import Kind
from domain.shared.names import name_id
from interfaces.client.api import Client
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


def give_view(client: Client, proposal: str, *, view: str, reasons: str) -> dict[str, Any]:
    """Give the client's department's view on a proposal as it stands in its public register; the receipt.

    ``view`` is agree or disagree. Raises ``Problem`` when it is refused, for nobody asked this department or the
    proposal moved on meanwhile.
    """
    steps = client.get(f"/v1/proposals/{proposal}")["versions"]
    made = [step["content"] for step in steps if step["content"]["event"] == "proposal.made"]
    sealed = sealed_view(
        proposal=proposal,
        revision=int(made[-1]["revision"]),
        department=client.department.code,
        officer=client.department.official,
        view=view,
        reasons=reasons,
        ledger_id=bytes.fromhex(client.ledger_id),
        key=client.department.key,
    )
    version = f'"{steps[-1]["number"]}"'
    receipt: dict[str, Any] = client.post(f"/v1/proposals/{proposal}/views", sealed, if_match=version)[
        "receipt"
    ]
    return receipt
