"""Asking witnesses (见证): grown trees go to the witnesses of the policy, and what a quorum cosigned is published.

Runs beside the sequencer, in threads that it never waits for (FORMATS 5.6). A witness that holds a tree of ours that
our stored leaves do not give shows that the ledger was rolled back or forked: then nothing more is signed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from application.ports import Clock, LedgerUnavailable
from application.sequencer import ACCESS, RECORDS, VIEWS, TreeBroken
from application.witness_asking import (
    Asking,
    Unreachable,
    WitnessDoor,
    WitnessedLog,
    WitnessedStore,
    WitnessFailed,
)
from domain.transparency.checkpoint import SignedCheckpoint, parse_signed_checkpoint
from domain.transparency.note import NoteSignature
from domain.transparency.policy import Policy, satisfied
from domain.transparency.strict import Refused
from domain.transparency.vkey import VerifierKey, Verify

EVERY_SECONDS = 1.0
"""How often witnesses are asked; a tree grows oftener."""
ROUND_SECONDS_MAX = 10.0
FIRST_ROUND_SECONDS_MAX = 5.0
REFRESH_SECONDS = 600.0
"""After so long a tree that does not grow is cosigned again, so that its newest time stays near."""
BACKOFF_SECONDS_MAX = 60.0
_READ_ORDER, _ASK_ORDER = (VIEWS, RECORDS, ACCESS), (RECORDS, ACCESS, VIEWS)


class LogContradicted(TreeBroken):
    """A witness holds a tree signed with our key that our stored leaves do not give."""


@dataclass(eq=False)
class _Target:
    """A signed tree and the cosignatures that are there so far."""

    log: str
    signed: SignedCheckpoint
    begun: float
    lines: dict[VerifierKey, NoteSignature] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)

    @property
    def note(self) -> bytes:
        return bytes(
            SignedCheckpoint(self.signed.checkpoint, (*self.signed.signatures, *self.lines.values()))
        )


@dataclass(eq=False)
class _Peer:
    """A witness by its URL, with the sizes that it cosigned last as far as we know."""

    url: str
    names: Sequence[str]
    keys: frozenset[VerifierKey]
    sizes: dict[str, int] = field(default_factory=dict)
    failures: int = 0
    due: float = 0.0
    busy: bool = False
    state: str = "waiting"


class Witnessing:
    """The client of all witnesses of a policy, for all logs of one ledger."""

    def __init__(
        self,
        logs: Sequence[WitnessedLog],
        *,
        policy: Policy,
        door: WitnessDoor,
        files: WitnessedStore,
        verify: Verify,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._logs = {log.name: log for log in logs}
        self._policy = policy
        self._asking = Asking(door, files, verify)
        self._files = files
        self._clock = clock
        self._monotonic = monotonic
        self._targets: dict[str, _Target] = {}
        self._peers = _peers(policy)
        self._changed = threading.Condition()
        self._stop = threading.Event()

    def check(self) -> None:
        """Raises :class:`LogContradicted` when a witness has shown another tree under our key, now or earlier."""
        found = self._files.contradictions()
        if found:
            raise LogContradicted(
                f"{', '.join(found)}: 见证人持有由本方密钥签署的另一棵树，数据库被回退或分叉，不再签发 / "
                "a witness holds another tree under our key: the database was rolled back or forked; "
                "nothing more is signed (docs/verification/witnesses.md)"
            )

    @contextmanager
    def running(self) -> Iterator[None]:
        """Ask once, then in the background for as long as the block runs. Raises :class:`LogContradicted`."""
        self.check()
        if not self._peers:
            yield
            return
        # Before this process signs anything: a ledger that was rolled back is noticed while nothing is new yet.
        self.round(seconds_max=FIRST_ROUND_SECONDS_MAX)
        self.check()
        self._stop.clear()
        thread = threading.Thread(target=self._keep_asking, name="witnessing", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()

    def round(self, *, seconds_max: float = ROUND_SECONDS_MAX) -> None:
        """Ask every witness that is due for what it has not cosigned; ends with the quorum or the last answer."""
        with self._changed:
            targets = self._retarget()
            now = self._monotonic()
            asked = [
                peer
                for peer in self._peers
                if not peer.busy and peer.due <= now and any(peer.url not in t.answered for t in targets)
            ]
            for peer in asked:
                peer.busy = True
        for peer in asked:
            threading.Thread(target=self._ask_all, args=(peer, targets), daemon=True).start()
        with self._changed:
            self._changed.wait_for(
                lambda: not any(peer.busy for peer in asked) or all(map(self._quorate, targets)), seconds_max
            )
            status = self._status()
        self._files.tell_witnesses(status)

    def _keep_asking(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            with suppress(OSError):  # what cannot be written now is told by the next round
                self.round()

    def _retarget(self) -> list[_Target]:
        """The newest trees. Views are read first and asked last, so that no published epoch is ahead of its logs."""
        now = self._monotonic()
        for name in _READ_ORDER:
            head = self._logs[name].heads() if name in self._logs else None
            if head is None or not head.checkpoint:
                continue
            known = self._targets.get(name)
            signed = parse_signed_checkpoint(head.checkpoint)
            if known is None or known.signed != signed or now - known.begun > REFRESH_SECONDS:
                self._targets[name] = _Target(name, signed, now)
        return [self._targets[name] for name in _ASK_ORDER if name in self._targets]

    def _ask_all(self, peer: _Peer, targets: Sequence[_Target]) -> None:
        state = "failed"
        try:
            for target in targets:
                if peer.url not in target.answered:
                    self._take(peer, target, self._asked(peer, target))
            state = "ok"
        except (OSError, Refused):
            state = "files"  # tiles are being made again, or the disk is full; the next round sees
        except LedgerUnavailable:
            state = "ledger_unavailable"
        except Unreachable:
            state = "unreachable"
        except WitnessFailed as failed:
            state = str(failed)
        finally:
            with self._changed:
                peer.busy, peer.state = False, state
                peer.failures = 0 if state == "ok" else peer.failures + 1
                wait = min(2.0 ** min(peer.failures - 1, 10), BACKOFF_SECONDS_MAX)
                peer.due = 0.0 if state == "ok" else self._monotonic() + wait
                self._changed.notify_all()

    def _asked(self, peer: _Peer, target: _Target) -> dict[VerifierKey, NoteSignature]:
        log, signed = self._logs[target.log], target.signed
        return self._asking.ask(peer.url, peer.keys, log, signed, peer.sizes)

    def _take(self, peer: _Peer, target: _Target, lines: Mapping[VerifierKey, NoteSignature]) -> None:
        with self._changed:
            target.answered.add(peer.url)
            if self._targets.get(target.log) is not target:
                return  # a round that is over: its tree is no longer the newest
            target.lines.update(lines)
            self._files.collect(target.log, target.note)
            if self._quorate(target):
                publish_witnessed(self._files, self._policy, target.log, target.note)
            self._changed.notify_all()

    def _quorate(self, target: _Target) -> bool:
        return satisfied(self._policy, list(target.lines))

    def _status(self) -> dict[str, object]:
        """What is published about the witnesses: sizes and states, no address."""
        logs = {
            name: {
                "mode": "closed" if log.closed else "open",
                "size": self._targets[name].signed.checkpoint.size if name in self._targets else 0,
                "cosigned": _size_of(self._files.cosigned(name)),
            }
            for name, log in self._logs.items()
        }
        witnesses = {
            name: {"state": peer.state, "sizes": dict(peer.sizes)}
            for peer in self._peers
            for name in peer.names
        }
        return {"at": self._clock.now().isoformat(), "logs": logs, "witnesses": witnesses}


def publish_witnessed(files: WitnessedStore, policy: Policy, log: str, note: bytes) -> None:
    """Publish a note that satisfies the policy: as what evidence starts from, and unless a newer tree is published."""
    if policy.quorum is not None:
        files.publish_cosigned(log, note)
    files.publish(log, note)


def _size_of(note: bytes) -> int:
    try:
        return parse_signed_checkpoint(note).checkpoint.size
    except Refused:
        return 0


def _peers(policy: Policy) -> list[_Peer]:
    """One for each URL: a witness that signs with two keys stands in the policy twice and is asked once."""
    urls = dict.fromkeys(witness.url for witness in policy.witnesses if witness.url is not None)
    return [
        _Peer(
            url.decode("ascii"),
            [w.name.decode("latin-1") for w in policy.witnesses if w.url == url],
            frozenset(w.key for w in policy.witnesses if w.url == url),
        )
        for url in urls
    ]
