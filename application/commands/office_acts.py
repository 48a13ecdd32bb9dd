"""What all acts of governing share: the credit office's own seal or the gateway's, and its authority as a guard.

``governance.py`` and ``imports.py`` decide what is recorded. A seal comes from a key at hand, or with the request of an
office that keeps its key (:class:`Sent`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from application.ledger import Ledger, SealedAct
from application.ports import Append, KeyName, Receipt
from application.registry import Registry
from domain.parties.events import KeyRegistered
from domain.parties.keys import CREDIT_OFFICE, may_govern, require_live
from domain.shared.city_time import city_day
from domain.shared.events import Event
from domain.shared.refusals import Defect, Refused
from domain.transparency.commitment import open_parts
from domain.transparency.leaf import ActLeaf, act_message
from domain.transparency.signer import Signer

META = {"actor": "credit_office", "purpose": "governance"}
Verify = Callable[[bytes, bytes, bytes], bool]
"""(public key, signature, message) -> good or not."""


@dataclass(frozen=True)
class Sent:
    """One act as an office sealed it (封存) and sent it: the salt, issuer id and signature of its leaf; which
    department asked, by which officer; the receipt that is kept with it."""

    salt: bytes
    issuer: bytes
    signature: bytes
    department: str
    officer: str
    receipt: Receipt
    verify: Verify


class OfficeActs:
    """Acts that only gateway and credit office seal; of what was ``sent`` exactly one is recorded.

    ``receipt`` is what was kept with it, None while nothing was.
    """

    def __init__(self, ledger: Ledger, *, signer: Signer | None = None, sent: Sent | None = None) -> None:
        self._ledger = ledger
        self._sent = sent
        self._signer = signer or ledger.gateway
        self._registry = Registry(ledger)
        self.receipt: Receipt | None = None

    def _record(self, event: Event, *more: SealedAct, owners: Mapping[str, KeyName] | None = None) -> None:
        """Record it, with ``more`` that the platform sealed."""
        founding = isinstance(event, KeyRegistered) and event.issuer == self._issuer.hex()
        guards = {} if founding else self._authority()
        self._append(self._ledger.prepare([self._seal(event, owners=owners), *more], meta=self._meta), guards)

    def _append(self, batch: Append, guards: Mapping[UUID, int], *more: Append) -> None:
        batch.guards |= guards
        if self._sent:
            # Where the first act stands, so that whoever asks again is told it again.
            place = {"stream": str(batch.events[0].stream_id), "version": batch.events[0].stream_version}
            batch.receipt = replace(self._sent.receipt, receipt={**self._sent.receipt.receipt, **place})
        self._ledger.store.append(batch, *more)
        self.receipt = batch.receipt
        self._registry.forget()

    def _seal(self, event: Event, *, owners: Mapping[str, KeyName] | None = None) -> SealedAct:
        """The act under the office's own seal. Raises ``Refused`` (DET-5) unless what was sent is a seal of this."""
        sent = self._sent
        if sent is None:
            return self._ledger.seal(event, signer=self._signer, owners=owners)
        opened = open_parts(sent.salt, event.parts())
        digest = self._ledger.commitment_of(event, opened)
        message = act_message(kind=event.KIND, commitment=digest, issuer=sent.issuer)
        key = self._registry.key(sent.issuer)
        if key is None or not sent.verify(key.public_key, sent.signature, message):
            raise Refused(Defect("DET-5", "seal_signature_wrong"))
        leaf = bytes(ActLeaf(event.KIND, digest, sent.issuer, sent.signature))
        return SealedAct(event, opened, leaf, owners or self._ledger.own_keys(event.parts()))

    @property
    def _issuer(self) -> bytes:
        return self._sent.issuer if self._sent else self._signer.key_id

    @property
    def _meta(self) -> Mapping[str, str]:
        sent = self._sent
        return META if sent is None else {**META, "actor": sent.department, "officer": sent.officer}

    def _authority(self) -> dict[UUID, int]:
        """That our key is live and may govern, as guards. Raises ``Refused`` (DET-5) when it may not.

        Verification refuses a governing act by anybody else, for ever; so it must never be recorded.
        """
        key = self._registry.key(self._issuer)
        if key is None:
            raise Refused(Defect("DET-5", "key_unknown"))
        day = city_day(self._ledger.now())
        require_live(key, holder=self._sent.department if self._sent else key.holder, day=day)
        holder = self._registry.department(key.holder)
        if not may_govern(key, role=holder.role if holder else None):
            raise Refused(Defect("DET-5", "may_not_govern"))
        return {self._registry.key_stream(key.issuer): key.version}


class OfficeDesk:
    """Where an officer of the credit office has such acts recorded (治理), each as the office sealed it."""

    def __init__(self, ledger: Ledger, verify: Verify) -> None:
        self._ledger = ledger
        self.verify = verify

    def require_office(self, officer: str, department: str) -> None:
        """Raises ``Refused`` for whoever is no registered officer (QRY-1), or not of the credit office (DET-5)."""
        registry = Registry(self._ledger)
        registry.acting(officer, department)
        office = registry.department(department)
        if office is None or office.role != CREDIT_OFFICE:
            raise Refused(Defect("DET-5", "governing_not_the_office", "Credit-Official"))

    def keep(self, receipt: Receipt) -> None:
        """Keep the receipt of an act that changed nothing, since it stands so already. Raises ``Conflict``."""
        self._ledger.store.append(Append(receipt=receipt))
