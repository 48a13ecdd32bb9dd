"""Time stamps (时间戳) of checkpoints by an outsider, RFC 3161: the newest published tree of each log, now and then.

Runs beside the sequencer in a thread that nobody waits for (ADR 0053). What comes back is checked before it is kept;
evidence bundles then carry the token over the oldest stamped tree that holds all they show.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

from application.ports import Clock, LedgerUnavailable
from application.sequencer import LOGS
from domain.transparency.checkpoint import parse_signed_checkpoint
from domain.transparency.strict import Refused

RETRY_SECONDS = 1.0
"""How soon it is tried again: doubled after each further failure, up to the usual pause."""
BATCH_STAMPS = 200
STAMPS, TOKEN = "timestamps", ".tst"
"""Published per log: ``timestamps/<size>``, the checkpoint that was stamped, and its token, which is written last."""


class StampFailed(Exception):
    """No token that may be kept; the text is a code for the status file."""


class TimeAuthority(Protocol):
    """A time stamping authority (时间戳机构). ``stamp`` gives its token over the SHA-256 of these bytes, after checking
    imprint, nonce, policy, time, signature and chain. Raises :class:`StampFailed`, in time."""

    def stamp(self, data: bytes) -> bytes: ...


@dataclass(frozen=True)
class Stamp:
    """A checkpoint as it was published, to the byte, and the token over it."""

    log: str
    size: int
    note: bytes
    token: bytes


class StampStore(Protocol):
    """Where tokens are kept for good: the first of a tree stays, and ``keep`` gives the one that is there.

    Raises ``LedgerUnavailable``.
    """

    def keep(self, stamp: Stamp) -> Stamp: ...
    def stamps(self, log: str, *, after: int, limit: int) -> list[Stamp]: ...


class StampFiles(Protocol):
    """The published folder: what may be stamped, and stamps by log and size. ``stamped`` gives sizes, rising."""

    def cosigned(self, log: str) -> bytes: ...
    def stamped(self, log: str) -> Sequence[int]: ...
    def publish_stamp(self, stamp: Stamp) -> None: ...
    def tell_stamping(self, status: Mapping[str, object]) -> None: ...


class Stamping:
    """The client of one authority for all logs of one ledger; without an authority it only publishes what is kept."""

    def __init__(
        self,
        authority: TimeAuthority | None,
        *,
        store: StampStore,
        files: StampFiles,
        every_seconds: float,
        clock: Clock,
    ) -> None:
        self._authority = authority
        self._store = store
        self._files = files
        self._every_seconds = every_seconds
        self._clock = clock
        self._newest: dict[str, int] = {}
        self._failures = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Stamp in the background for as long as the block runs; a request under way is left to itself."""
        stop = threading.Event()
        threading.Thread(target=self._keep_stamping, args=(stop,), name="stamping", daemon=True).start()
        try:
            yield
        finally:
            stop.set()

    def round(self) -> float:
        """Stamp what is newer than the last stamp of its log; how many seconds to wait then."""
        state = "ok"
        try:
            self.restore()
            for log in LOGS if self._authority else ():
                self._stamp(log)
        except StampFailed as failed:
            state = str(failed)
        except LedgerUnavailable:
            state = "ledger_unavailable"
        except OSError:
            state = "files"
        self._failures = 0 if state == "ok" else self._failures + 1
        with suppress(OSError):  # what cannot be written now is told by the next round
            self._files.tell_stamping(self._status(state))
        if state == "ok" and any(self._newest.values()):
            return self._every_seconds
        return min(self._every_seconds, RETRY_SECONDS * 2.0 ** min(max(self._failures - 1, 0), 20))

    def restore(self) -> None:
        """Publish what is kept and not published: a crash came between, or the folder is made anew."""
        for log in LOGS:
            if log in self._newest:
                continue
            newest = max(self._files.stamped(log), default=0)
            while found := self._store.stamps(log, after=newest, limit=BATCH_STAMPS):
                for stamp in found:
                    self._files.publish_stamp(stamp)
                newest = found[-1].size
            self._newest[log] = newest

    def _keep_stamping(self, stop: threading.Event) -> None:
        while not stop.is_set():
            seconds = self.round()
            if self._authority is None and self._failures == 0:
                return
            stop.wait(seconds)

    def _stamp(self, log: str) -> None:
        assert self._authority is not None
        note = self._files.cosigned(log)
        try:
            size = parse_signed_checkpoint(note).checkpoint.size
        except Refused:
            return  # nothing is published yet, or a quorum is waited for
        if size > self._newest[log]:
            kept = self._store.keep(Stamp(log, size, note, self._authority.stamp(note)))
            self._files.publish_stamp(kept)
            self._newest[log] = size

    def _status(self, state: str) -> dict[str, object]:
        """What is published about stamping: sizes and a state, no address."""
        return {
            "at": self._clock.now().isoformat(),
            "state": state if self._authority else "off",
            "failures": self._failures,
            "stamped": dict(self._newest),
        }
