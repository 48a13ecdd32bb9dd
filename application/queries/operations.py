"""What operators may know of the running service: is it ready, what was built, how far are log and views.

Asked by monitors without a login, so it is numbers and names of checks only and says nothing about anyone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.limits import RateLimits
from application.ports import LedgerUnavailable
from application.projections.renditions import VIEWS
from domain.transparency.signer import Signer

VIEW_LAG_EVENTS_MAX = 20_000
"""How far a view may lag: some seconds of the projector at full speed, behind the largest running intake."""
LOG_LAG_SECONDS_MAX = 60
"""How long an entry of a log may wait for its tree; receipts are promised within seconds."""
_PROBE = b"credit/readiness/v1\n"
"""What is signed to try the key; no leaf, seal or request begins like it."""


@dataclass(frozen=True)
class Build:
    """What this program is: its version, its commit if the build knew it, the migration it expects last."""

    version: str
    commit: str | None
    migration: str


@dataclass(frozen=True)
class State:
    """The database as operators see it; ``views`` is the position of each live view.

    ``waiting_since`` names each log with a tree, with the instant of its oldest entry that the tree lacks.
    """

    migration: str
    records_position: int
    access_position: int
    views: Mapping[str, int]
    drafts: int
    overdue: int
    waiting_since: Mapping[str, datetime | None]

    def log_lags(self, now: datetime) -> dict[str, float]:
        """Seconds that the oldest entry of each log has waited for its tree; 0 when none waits."""
        return {
            log: max((now - since).total_seconds(), 0) if since else 0
            for log, since in self.waiting_since.items()
        }

    def lags(self) -> dict[str, int]:
        """Events that each view has not folded yet."""
        return {view: max(self.records_position - self.views.get(view, 0), 0) for view in VIEWS}


class StateReading(Protocol):
    """The reader's door to :class:`State`. Raises ``LedgerUnavailable``."""

    def state(self, *, now: datetime) -> State: ...


@dataclass(frozen=True)
class Check:
    """One condition of readiness; ``why`` it fails in Chinese and English, both empty when it holds."""

    name: str
    ok: bool
    why: str = ""
    why_en: str = ""


@dataclass(frozen=True)
class Operations:
    """Readiness, build and limits of one web process (运行状况)."""

    reading: StateReading
    limits: RateLimits
    build: Build

    def checks(
        self,
        *,
        now: datetime,
        gateway: Signer,
        public_key: bytes,
        verify: Callable[[bytes, bytes, bytes], bool],
    ) -> list[Check]:
        """Every check of readiness in a fixed order; never raises for what it checks."""
        try:
            state = self.reading.state(now=now)
        except LedgerUnavailable:
            no = ("数据库不可用，无从得知", "unknown while the database is unavailable")
            return [
                Check("database", ok=False, why="数据库无应答", why_en="the database does not answer"),
                Check("migration", False, *no),
                Check("views", False, *no),
                Check("logs", False, *no),
                _key(gateway, public_key, verify),
            ]
        return [
            Check("database", ok=True),
            _migration(state.migration, self.build.migration),
            _views(state),
            _logs(state.log_lags(now)),
            _key(gateway, public_key, verify),
        ]


def _migration(found: str, expected: str) -> Check:
    if found == expected:
        return Check("migration", ok=True)
    return Check(
        "migration",
        ok=False,
        why=f"数据库结构为 {found or '空'}，程序需要 {expected}",
        why_en=f"the database is at {found or 'nothing'}, the program needs {expected}",
    )


def _views(state: State) -> Check:
    late = {view: lag for view, lag in state.lags().items() if lag > VIEW_LAG_EVENTS_MAX}
    if not late:
        return Check("views", ok=True)
    named = ", ".join(f"{view} {lag}" for view, lag in late.items())
    return Check(
        "views", ok=False, why=f"视图落后（事件数）：{named}", why_en=f"views lag by events: {named}"
    )


def _logs(lags: Mapping[str, float]) -> Check:
    late = {log: lag for log, lag in lags.items() if lag > LOG_LAG_SECONDS_MAX}
    if not late:
        return Check("logs", ok=True)
    named = ", ".join(f"{log} {lag:.0f}" for log, lag in late.items())
    return Check(
        "logs",
        ok=False,
        why=f"签名日志落后（秒）：{named}",
        why_en=f"entries wait for their signed tree, seconds: {named}",
    )


def _key(gateway: Signer, public_key: bytes, verify: Callable[[bytes, bytes, bytes], bool]) -> Check:
    """Whether the gateway's key signs, and what it signs is good under the key that clients are told."""
    if verify(public_key, gateway.sign(_PROBE), _PROBE):
        return Check("signing-key", ok=True)
    return Check(
        "signing-key",
        ok=False,
        why="网关密钥的签名不能用公布的公钥验证",
        why_en="the gateway key's signature does not hold under the published key",
    )
