"""Keys that come and go (密钥轮换): the logs' generations, the gateway's next key, a department's own next key.

Each act is one entry that a second run finds and does not repeat; files follow it (``interfaces/cli/keys.py``), so that
whoever is stopped between two steps is completed by the next run. Revocation is an act of ``governance.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from application.commands.office_acts import META
from application.ledger import Ledger, OpenedRow
from application.ports import Append, Conflict, Receipt
from application.registry import Registry
from domain.parties.events import KeyRegistered, KeyRevoked, LogKeyAnnounced, LogKeyRetired
from domain.parties.keys import (
    DEPARTMENT,
    ED25519,
    require_live,
    require_successor,
)
from domain.parties.log_keys import LogKeys, fold_log_keys, require_retirable
from domain.shared.city_time import city_day
from domain.shared.events import Event, placed
from domain.shared.refusals import Defect, Refused
from domain.transparency.leaf import issuer_id
from domain.transparency.succession import succession_message
from domain.transparency.vkey import held_by_someone

LOG_KEYS = "log-keys"
ATTEMPTS_MAX = 4
SUCCESSION = {"purpose": "key_succession"}


@dataclass(frozen=True)
class KeyLife:
    """A leaf-signing key with the index from which on it is live, and, once revoked, from which on it is not."""

    registered: KeyRegistered
    since: int
    revoked: KeyRevoked | None = None
    until: int | None = None


def key_lives(ledger: Ledger) -> list[KeyLife]:
    """Every key of gateway, departments and officers, in the order of registration."""
    found: dict[str, KeyLife] = {}
    for row in _key_acts(ledger):
        event, index = row.event, row.row.position - 1
        if isinstance(event, KeyRegistered):
            found[event.issuer] = KeyLife(event, index)
        elif isinstance(event, KeyRevoked) and event.issuer in found:
            known = found[event.issuer]
            found[event.issuer] = KeyLife(known.registered, known.since, event, index)
    return list(found.values())


def _key_acts(ledger: Ledger) -> list[OpenedRow]:
    return ledger.open_all(ledger.store.key_acts(), log="records")


class LogKeyring:
    """The logs' generations as the ledger tells them (日志密钥); ``first`` are the verifier keys of generation 1."""

    def __init__(self, ledger: Ledger, first: Sequence[str]) -> None:
        self._ledger = ledger
        self._first = tuple(first)
        self._stream = ledger.name_id(LOG_KEYS, LOG_KEYS)

    def generations(self) -> list[LogKeys]:
        """All of them, oldest first."""
        rows = self._ledger.open_all(self._ledger.store.load("records", self._stream), log="records")
        return fold_log_keys(((row.row.position, row.event) for row in rows), self._first)

    def announce(self, number: int, keys: Sequence[str]) -> list[LogKeys]:
        """Announce a generation unless it is; all of them then. The gateway's leaf is the old authority's word."""

        def act(version: int, now: list[LogKeys]) -> Event | None:
            if any(one.number == number for one in now):
                return None
            return LogKeyAnnounced(
                **placed(self._stream, version, self._ledger.now()),
                number=number,
                keys=list(keys),
            )

        return self._once(act)

    def retire(self, number: int, *, sizes: Callable[[], dict[str, int]], reason: str) -> list[LogKeys]:
        """Retire a generation at the ``sizes`` of now unless it is; all of them then. Raises ``Refused`` (DET-5)."""

        def act(version: int, now: list[LogKeys]) -> Event | None:
            one = require_retirable(now, number)
            if one.retired:
                return None
            return LogKeyRetired(
                **placed(self._stream, version, self._ledger.now()),
                number=number,
                keys=list(one.keys),
                reason=reason,
                **sizes(),
            )

        return self._once(act)

    def _once(self, decide: Callable[[int, list[LogKeys]], Event | None]) -> list[LogKeys]:
        for attempt in range(ATTEMPTS_MAX):
            version = len(self._ledger.store.load("records", self._stream)) + 1
            event = decide(version, self.generations())
            if event is None:
                break
            try:
                self._ledger.record([self._ledger.seal(event)], meta=META)
                break
            except Conflict:
                if attempt + 1 == ATTEMPTS_MAX:
                    raise
        return self.generations()


@dataclass(frozen=True)
class RegisterNextKey:
    """A department's wish: its next key, its last day, and both signatures over ``succession_message``."""

    public_key: bytes
    not_after: date
    asked: bytes
    possession: bytes


class Succession:
    """A department registers its own next key (密钥接续): asked by its present one, held by the new one."""

    def __init__(self, ledger: Ledger, verify: Callable[[bytes, bytes, bytes], bool]) -> None:
        self._ledger = ledger
        self._verify = verify

    def register(
        self, command: RegisterNextKey, *, department: str, present: bytes, receipt: Receipt
    ) -> int | None:
        """Register it; the position, None when it stands already. ``present`` is the issuer id of the request's key.

        Raises ``Refused`` (DET-5), ``Conflict`` (receipt) or ``LedgerUnavailable``.
        """
        for attempt in range(ATTEMPTS_MAX):
            batch = self._batch(command, department=department, present=present)
            batch.receipt = receipt
            try:
                position = self._ledger.store.append(batch)[0]
                return position if batch.events else None
            except Conflict as conflict:
                if conflict.what == "receipt" or attempt + 1 == ATTEMPTS_MAX:
                    raise
        raise AssertionError("unreachable")

    def _batch(self, command: RegisterNextKey, *, department: str, present: bytes) -> Append:
        registry, day = Registry(self._ledger), city_day(self._ledger.now())
        asking = require_live(registry.key(present), holder=department, day=day)
        if not held_by_someone(command.public_key):
            raise Refused(Defect("DET-5", "key_weak", "/public_key"))
        issuer = issuer_id(command.public_key)
        not_after = command.not_after.isoformat()
        message = succession_message(
            ledger_id=self._ledger.id.bytes,
            holder=department,
            present=present,
            public_key=command.public_key,
            not_after=not_after,
        )
        for public_key, signature, code, field in (
            (asking.public_key, command.asked, "key_not_asked", "/asked"),
            (command.public_key, command.possession, "key_not_held", "/possession"),
        ):
            if not self._verify(public_key, signature, message):
                raise Refused(Defect("DET-5", code, field))
        guards = {registry.key_stream(present): asking.version}
        new = require_successor(
            known=registry.key(issuer),
            present=asking,
            public_key=command.public_key,
            day=day,
            not_after=command.not_after,
        )
        if not new:
            return Append(guards=guards)
        event = KeyRegistered(
            **placed(registry.key_stream(issuer), 1, self._ledger.now()),
            issuer=issuer.hex(),
            algorithm=ED25519,
            public_key=command.public_key.hex(),
            holder_kind=DEPARTMENT,
            holder=department,
            not_before=day.isoformat(),
            not_after=not_after,
            succeeds=present.hex(),
            asked=command.asked.hex(),
            possession=command.possession.hex(),
        )
        batch = self._ledger.prepare([self._ledger.seal(event)], meta={"actor": department, **SUCCESSION})
        batch.guards |= guards
        return batch
