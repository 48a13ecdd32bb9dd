"""When a signature speaks for its holder: the key must be live at that position.

Folded from key events by the registry (before an act) and by verify (over all of history).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.parties.events import KeyRegistered, KeyRevoked
from domain.shared.events import Event
from domain.shared.refusals import Defect, Refused

GATEWAY = "gateway"
DEPARTMENT = "department"
OFFICER = "officer"
ED25519 = "ed25519"
KEY_DAYS_MAX = 5 * 366
"""How long a key may live that a department registers itself: five years."""
CREDIT_OFFICE = "credit_office"
"""The role of the department (信用办) that governs."""


@dataclass(frozen=True)
class SigningKey:
    """A key (密钥), its holder and its lifetime; ``version`` counts the events folded."""

    issuer: bytes
    public_key: bytes
    holder_kind: str
    holder: str
    not_before: date
    not_after: date
    revoked: bool = False
    version: int = 1

    def live_on(self, day: date) -> bool:
        """Whether the key may sign on that day (both ends included) and is not revoked."""
        return not self.revoked and self.not_before <= day <= self.not_after


def fold_key(events: Iterable[Event], key: SigningKey | None = None) -> SigningKey | None:
    """The key as its events leave it; None when there are none."""
    for event in events:
        if isinstance(event, KeyRegistered):
            key = SigningKey(
                issuer=bytes.fromhex(event.issuer),
                public_key=bytes.fromhex(event.public_key),
                holder_kind=event.holder_kind,
                holder=event.holder,
                not_before=date.fromisoformat(event.not_before),
                not_after=date.fromisoformat(event.not_after),
            )
        elif isinstance(event, KeyRevoked) and key is not None:
            key = replace(key, revoked=True, version=event.originator_version)
    return key


def require_successor(
    *, known: SigningKey | None, present: SigningKey, public_key: bytes, day: date, not_after: date
) -> bool:
    """Whether a next key is new; False when this department has it already, live and until that day.

    ``known`` is what is registered under it. Raises ``Refused`` (DET-5) for a key that is in use otherwise, was
    revoked, is the present one again, or would live for no day or too long.
    """
    if known is not None:
        same = known.holder == present.holder and known.not_after == not_after and known.live_on(day)
        if not same or public_key == present.public_key:
            raise Refused(Defect("DET-5", "key_known", "/public_key"))
        return False
    if not day <= not_after <= day + timedelta(days=KEY_DAYS_MAX):
        raise Refused(Defect("DET-5", "key_term", "/not_after"))
    return True


def require_first(
    *,
    known: SigningKey | None,
    held: Iterable[SigningKey],
    holder: str,
    day: date,
    not_before: date,
    not_after: date,
) -> bool:
    """Whether a department's first key is new; False when it stands so already.

    ``known`` is what is registered under it, ``held`` are all keys that the department ever had. Raises ``Refused``
    (DET-5) for a key that is registered otherwise, days that are over or too many, and while another one may sign.
    """
    if known is not None:
        days = (known.not_before, known.not_after)
        if (known.holder, *days) != (holder, not_before, not_after) or known.revoked:
            raise Refused(Defect("DET-5", "key_known", "/public_key"))
        return False
    if any(key.not_after >= day and not key.revoked for key in held):
        raise Refused(Defect("DET-5", "key_not_the_first", "/department"))
    if not day <= not_before <= not_after <= not_before + timedelta(days=KEY_DAYS_MAX):
        raise Refused(Defect("DET-5", "key_days", "/not_after"))
    return True


def may_govern(key: SigningKey, *, role: str | None) -> bool:
    """Whether a key may decide who acts and under which catalogue: the gateway, or a credit office's.

    ``role`` is that of the department that holds the key.
    """
    return key.holder_kind == GATEWAY or role == CREDIT_OFFICE


def require_live(key: SigningKey | None, *, holder: str, day: date) -> SigningKey:
    """The key, if it speaks for ``holder`` on ``day``. Raises ``Refused`` (DET-5) otherwise."""
    if key is None:
        raise Refused(Defect("DET-5", "key_unknown"))
    if key.revoked:
        raise Refused(Defect("DET-5", "key_revoked"))
    if not key.live_on(day):
        raise Refused(Defect("DET-5", "key_not_live"))
    if key.holder != holder:
        raise Refused(Defect("DET-5", "key_of_another"))
    return key
