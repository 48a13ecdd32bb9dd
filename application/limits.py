"""How often one client may ask: the table of rate limits with their reasons, and the counting against them.

The interfaces say who asks before work is done; the counts lie where all workers see them, for one window only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Literal, Protocol

from application.ports import Clock, Vault

Bucket = Literal["commands", "lookup", "unsigned", "operations", "tip_offs"]
WINDOW_SECONDS = 60


@dataclass(frozen=True)
class Limit:
    """How many requests one client may send in a window of ``WINDOW_SECONDS``, and why so many."""

    most: int
    why: str


LIMITS: Mapping[Bucket, Limit] = {
    "commands": Limit(
        3000,
        "per department: 50 a second for a portal that records acts one by one; a file of 200,000 rows is one"
        " request. One department cannot take the machine from the others",
    ),
    "lookup": Limit(
        600,
        "per client address: a whole office behind one address types less; a machine that walks codes and names"
        " gets ten a second",
    ),
    "unsigned": Limit(
        600,
        "per client address, for whatever no department signed well: clients that ask for the ledger's id, wrong"
        " keys, unknown addresses",
    ),
    "tip_offs": Limit(
        10,
        "per client address: a person reports and looks after it now and then; nobody fills the log or tries secrets",
    ),
    "operations": Limit(
        1200,
        "per client address: several monitors, each once a second; every answer costs a query of the database",
    ),
}


class TooManyRequests(Exception):
    """The limit of this client is used up until the window ends."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__("too many requests")
        self.retry_after_seconds = retry_after_seconds


class RequestCounts(Protocol):
    """Counts shared by all workers: ``count`` adds one and says whether ``most`` is kept in that window."""

    def count(self, bucket: str, key: bytes, *, now: datetime, ends: datetime, most: int) -> bool: ...


class RateLimits:
    """Fixed windows per client and bucket (限流); who asks is kept as a keyed hash, until the window ends."""

    def __init__(
        self, counts: RequestCounts, *, vault: Vault, clock: Clock, changed: Mapping[str, int] | None = None
    ) -> None:
        """``clock`` is the machine's, never one that stands still; ``changed`` replaces limits of the table."""
        self._counts, self._vault, self._clock = counts, vault, clock
        self._most = {name: limit.most for name, limit in LIMITS.items()} | dict(changed or {})

    def spend(self, bucket: Bucket, client: str) -> None:
        """Count one request of a client (department code or address).

        Raises :class:`TooManyRequests`, or ``LedgerUnavailable`` when it cannot be counted.
        """
        now = self._clock.now()
        ends = datetime.fromtimestamp((now.timestamp() // WINDOW_SECONDS + 1) * WINDOW_SECONDS, UTC)
        key = self._vault.mac("request-counts", f"{bucket}\n{client}".encode())
        if not self._counts.count(bucket, key, now=now, ends=ends, most=self._most[bucket]):
            raise TooManyRequests(max(1, ceil((ends - now).total_seconds())))
