"""Giving and withdrawing a consent, through the portal that speaks for the subject (PRV-2).

A query that cites the consent is decided by it from the very next one on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from application.commands.refusals import log_refusal
from application.commands.subjects import Identity, SubjectDesk
from application.ledger import Ledger
from application.ports import Conflict, LedgerUnavailable, Receipt
from application.registry import Registry
from domain.access.consent import Consent, consent_defects, fold_consent
from domain.access.decide import may_speak_for_subjects
from domain.access.events import ConsentGiven, ConsentWithdrawn
from domain.shared.city_time import city_day
from domain.shared.events import Event, placed
from domain.shared.refusals import Defect, Refused, refuse_if_any
from domain.shared.rule_settings import RuleSettings

CONSENT_CLASS = "consent"
ATTEMPTS_MAX = 4


@dataclass(frozen=True)
class GiveConsent:
    """What a subject agrees to; ``until`` None is a consent without end, which is refused."""

    consent_id: UUID
    identity: Identity
    recipient: str
    purpose: str
    manner: str
    items: tuple[str, ...]
    until: date | None
    freely_given: bool


class Consents:
    """Consents (授权) of subjects, as their portal gives and withdraws them."""

    def __init__(self, ledger: Ledger, *, defaults: RuleSettings) -> None:
        """``defaults`` are the settings of the data, before any change."""
        self._ledger = ledger
        self._defaults = defaults

    def find(self, consent_id: UUID) -> Consent | None:
        """A consent as it stands, or None."""
        return fold_consent(self._ledger.load(consent_id))

    def give(self, command: GiveConsent, *, portal: str, attempt: bytes, receipt: Receipt | None) -> int:
        """Record a consent; its position. Raises ``Refused`` (PRV-2, logged) or ``LedgerUnavailable``."""
        today = city_day(self._ledger.now())
        for _ in range(ATTEMPTS_MAX):
            registry = Registry(self._ledger)
            read = registry.settings(self._defaults)
            months = read.settings.number("consent.months", on=today)
            defects = self._portal_defects(portal) or _defects(registry, command, today, months)
            if defects:
                log_refusal(self._ledger, department=portal, defects=defects, attempt=attempt)
                raise Refused(*defects)
            assert command.until is not None
            found = SubjectDesk(self._ledger).find_or_register([command.identity])
            subject = found.ids[command.identity]
            event = ConsentGiven(
                **placed(command.consent_id, 1, self._ledger.now()),
                subject=str(subject),
                recipient=command.recipient,
                purpose=command.purpose,
                manner=command.manner,
                items=list(command.items),
                from_day=today.isoformat(),
                until=command.until.isoformat(),
            )
            acts = [*found.registrations, self._ledger.seal(event, owners=self._owners(event, subject))]
            batch = self._ledger.prepare(acts, meta={"actor": portal, "purpose": "consent"})
            batch.subjects, batch.receipt = found.blinds, receipt
            batch.guards[read.stream_id] = read.stream_version
            try:
                return self._ledger.store.append(batch)[0] + len(acts) - 1
            except Conflict as conflict:
                if conflict.what in ("stream", "receipt"):
                    raise
        raise LedgerUnavailable("too many writers at once")

    def withdraw(self, consent_id: UUID, identity: Identity, *, portal: str, receipt: Receipt | None) -> int:
        """Withdraw the subject's own consent; the position. Raises ``Refused`` (PRV-2) when there is none."""
        refuse_if_any(self._portal_defects(portal))
        consent, subject = self.find(consent_id), SubjectDesk(self._ledger).find(identity)
        if consent is None or subject is None or consent.subject != str(subject) or consent.withdrawn:
            raise Refused(Defect("PRV-2", "consent_unknown"))
        event = ConsentWithdrawn(
            **placed(consent_id, consent.version + 1, self._ledger.now()),
            on_day=city_day(self._ledger.now()).isoformat(),
        )
        act = self._ledger.seal(event, owners=self._owners(event, subject))
        batch = self._ledger.prepare([act], meta={"actor": portal, "purpose": "consent"})
        batch.receipt = receipt
        return self._ledger.store.append(batch)[0]

    def _portal_defects(self, portal: str) -> list[Defect]:
        department = Registry(self._ledger).department(portal)
        if department is not None and may_speak_for_subjects(department.role):
            return []
        return [Defect("PRV-3", "may_not_speak_for_subjects", "Credit-On-Behalf-Of")]

    @staticmethod
    def _owners(event: Event, subject: UUID) -> dict[str, tuple[UUID, str]]:
        return dict.fromkeys(event.parts(), (subject, CONSENT_CLASS))


def _defects(registry: Registry, command: GiveConsent, today: date, months_max: int) -> list[Defect]:
    return consent_defects(
        recipient_known=registry.department(command.recipient) is not None,
        purpose_known=registry.purpose(command.purpose) is not None,
        manner=command.manner,
        items=command.items,
        items_known=tuple(item for item in command.items if registry.item(item).items),
        from_day=today,
        until=command.until,
        freely_given=command.freely_given,
        months_max=months_max,
    )
