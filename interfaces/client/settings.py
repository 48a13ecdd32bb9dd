"""Changing a setting as the credit office's own client: sealed with its key, then sent or handed over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.shared.kinds import Kind
from interfaces.client.api import Client
from interfaces.client.sealing import DepartmentKey, seal_remedy


def sealed_change(
    said: dict[str, Any], *, officer: str, stream: str, ledger_id: bytes, key: DepartmentKey
) -> dict[str, Any]:
    """A change as ``POST /v1/settings`` takes it; ``said`` has name, value, from_day, source, status, reason.

    Raises ``NotCanonical`` for content that has no canonical form.
    """
    parts = {"public": {**said, "officer": officer}}
    sealed = seal_remedy(Kind.SETTING_CHANGED, parts, record=stream, ledger_id=ledger_id, key=key)
    return {**said, **{name: sealed[name] for name in ("salt", "issuer", "signature")}}


def change_setting(
    client: Client,
    *,
    name: str,
    value: Sequence[int],
    from_day: str,
    source: str,
    status: str,
    reason: str,
    officer: str,
    stream: str,
) -> dict[str, Any]:
    """Change a setting over HTTP; the receipt. ``stream`` is told by ``GET /v1/settings``.

    Raises ``Problem`` when it is refused.
    """
    said = {
        "name": name,
        "value": list(value),
        "from_day": from_day,
        "source": source,
        "status": status,
        "reason": reason,
    }
    ledger_id = bytes.fromhex(client.ledger_id)
    body = sealed_change(said, officer=officer, stream=stream, ledger_id=ledger_id, key=client.department.key)
    receipt: dict[str, Any] = client.post("/v1/settings", body, credit_official=officer)["receipt"]
    return receipt
