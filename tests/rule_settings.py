"""A setting changed by the demo city's credit office, from tomorrow on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from application.commands.settings import ChangeSetting
from interfaces.client.settings import sealed_change
from tests.world import World


def change_setting(world: World, name: str, *value: int) -> None:
    """The office's seal over the change, and the change recorded."""
    office, desk = world.city.credit_office.code, world.services.settings
    officer = next(o.key for o in world.city.officers if o.department in (office, "credit_office"))
    from_day: date = world.today + timedelta(days=1)
    why: dict[str, Any] = {"source": "示例市信用办〔2026〕3号", "status": "SEED", "reason": "与上级规定一致"}
    sealed = sealed_change(
        {"name": name, "value": list(value), "from_day": from_day.isoformat(), **why},
        officer=officer,
        stream=str(desk.read().stream_id),
        ledger_id=world.ledger.id.bytes,
        key=world.keys[office],
    )
    seal: dict[str, Any] = {part: bytes.fromhex(sealed[part]) for part in ("salt", "issuer", "signature")}
    command = ChangeSetting(name=name, value=value, from_day=from_day, officer=officer, **why, **seal)
    desk.change(command, department=office)
