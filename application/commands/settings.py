"""Changing a setting: an officer of the credit office, by an act that the office's own key seals.

Commands that count with settings read them through the registry and guard their stream, so that a change that
comes in between is noticed (ADR 0012, ADR 0026).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from application.ledger import Ledger, SealedAct
from application.ports import Receipt
from application.registry import Registry, SettingsRead
from domain.parties.keys import require_live
from domain.records.erasure import CREDIT_OFFICE
from domain.shared.city_time import city_day
from domain.shared.events import placed
from domain.shared.refusals import Defect, Refused, refuse_if_any
from domain.shared.rule_settings import SETTINGS, RuleSettings, SettingChanged, setting_defects
from domain.transparency.commitment import open_parts
from domain.transparency.leaf import ActLeaf, act_message

PURPOSE = "governance"
Verify = Callable[[bytes, bytes, bytes], bool]
"""(public key, signature, message) -> good or not."""


@dataclass(frozen=True)
class ChangeSetting:
    """A change as the office sealed it (参数调整): what, from which day, why; its leaf's salt, issuer, signature."""

    name: str
    value: tuple[int, ...]
    from_day: date
    source: str
    status: str
    reason: str
    officer: str
    salt: bytes
    issuer: bytes
    signature: bytes


class SettingsDesk:
    """The settings (规则参数) of one ledger; ``defaults`` are those of its data."""

    def __init__(self, ledger: Ledger, *, defaults: RuleSettings, verify: Verify) -> None:
        self._ledger = ledger
        self._defaults = defaults
        self._verify = verify

    @property
    def defaults(self) -> RuleSettings:
        """The settings of the data, before any change."""
        return self._defaults

    def read(self) -> SettingsRead:
        """All settings with their history, and the stream that changes go to."""
        return Registry(self._ledger).settings(self._defaults)

    def change(self, command: ChangeSetting, *, department: str, receipt: Receipt | None = None) -> int:
        """Record a change; its position.

        Raises ``Refused`` (the rule that the setting serves; DET-5 for a seal that is not the office's, QRY-1 for
        an officer who is not registered), ``Conflict`` (stream: another change came first; receipt) or
        ``LedgerUnavailable``.
        """
        registry, now = Registry(self._ledger), self._ledger.now()
        self.require_officer(command.officer, department)
        office = registry.department(department)
        if office is None or office.role != CREDIT_OFFICE:
            rule = SETTINGS[command.name].rule
            raise Refused(Defect(rule, "setting_not_the_credit_office", "Credit-Official"))
        read = registry.settings(self._defaults)
        event = SettingChanged(
            **placed(read.stream_id, read.stream_version + 1, now),
            name=command.name,
            value=list(command.value),
            from_day=command.from_day.isoformat(),
            source=command.source,
            status=command.status,
            reason=command.reason,
            officer=command.officer,
        )
        refuse_if_any(setting_defects(event, read.settings, today=city_day(now)))
        act, guards = self._sealed(event, command, department, registry)
        meta = {"actor": department, "officer": command.officer, "purpose": PURPOSE}
        batch = self._ledger.prepare([act], meta=meta)
        batch.guards, batch.receipt = guards, receipt
        return self._ledger.store.append(batch)[0]

    def _sealed(
        self, event: SettingChanged, command: ChangeSetting, department: str, registry: Registry
    ) -> tuple[SealedAct, dict[UUID, int]]:
        """The act with its leaf, and its key as a guard. Raises ``Refused`` (DET-5) unless the office sealed this."""
        day = city_day(event.timestamp)
        key = require_live(registry.key(command.issuer), holder=department, day=day)
        opened = open_parts(command.salt, event.parts())
        digest = self._ledger.commitment_of(event, opened)
        message = act_message(kind=event.KIND, commitment=digest, issuer=command.issuer)
        if not self._verify(key.public_key, command.signature, message):
            raise Refused(Defect("DET-5", "seal_signature_wrong"))
        leaf = bytes(ActLeaf(event.KIND, digest, command.issuer, command.signature))
        act = SealedAct(event, opened, leaf, self._ledger.own_keys(event.parts()))
        return act, {registry.key_stream(key.issuer): key.version}

    def require_officer(self, officer: str, department: str) -> None:
        """Raise ``Refused`` (QRY-1) unless a registered officer of the department asks, whatever is asked."""
        Registry(self._ledger).acting(officer, department)
