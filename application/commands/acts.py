"""What all acts on cases share: who acts having seen what, the seal, and the transaction that commits an act once.

Comes after the route knows the caller; the desks decide, and hand what they decided over to be committed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from application.ledger import Ledger, SealedAct
from application.ports import Append, Receipt
from domain.parties.acting import Officer
from domain.shared.canonical import Parts
from domain.transparency.merkle import leaf_hash


@dataclass(frozen=True)
class Once:
    """The idempotency key of a request: the receipt is kept under it in the act's own transaction."""

    department: str
    key: str
    fingerprint: bytes
    status: int = 201

    def receipt(self, told: Mapping[str, object]) -> Receipt:
        """The receipt with this content."""
        return Receipt(self.department, self.key, self.fingerprint, self.status, told)


@dataclass(frozen=True)
class HandleCase:
    """Which officer acts on which case (objection, repair, listing ...), having seen which ``expected`` version."""

    case: UUID
    expected: int
    officer: Officer


@dataclass(frozen=True)
class Done:
    """What an act became: its case, the case's version now, its position, and the receipt's content.

    ``told`` holds no position: it is kept in the transaction that draws the position, and is the same for ever.
    """

    case: UUID
    version: int
    position: int
    told: Mapping[str, object]


@dataclass(frozen=True)
class DepartmentAct:
    """An act sealed by its department (封存): its parts as sent, their salt, and the signature of leaf 01."""

    parts: Parts
    salt: bytes
    issuer: bytes
    signature: bytes


def commit(
    ledger: Ledger,
    batch: Append,
    act: SealedAct,
    once: Once | None,
    told: Mapping[str, object],
    *further: Append,
) -> Done:
    """Append a batch, and ``further`` ones with it, and tell of ``act``, the one of it that was asked for.

    Raises ``Conflict`` and ``LedgerUnavailable``.
    """
    case, version = act.event.originator_id, act.event.originator_version
    told = {
        "case": str(case),
        "version": version,
        "leaf_hash": leaf_hash(act.leaf).hex(),
        "status": "recorded",
        **told,
    }
    if once is not None:
        batch.receipt = once.receipt(told)
    return Done(case, version, ledger.store.append(batch, *further)[0], told)
