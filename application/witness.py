"""A witness (见证人): cosigns checkpoints of other logs, never two that contradict each other (FORMATS 1.6, 5.6).

The answers are those of tlog-witness.md; ``interfaces/witness`` carries them over HTTP. What was cosigned last is kept
durably before a signature leaves, by one compare-and-store, so that neither a race nor a crash can roll it back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from application.ports import Clock
from domain.transparency.checkpoint import Checkpoint, SignedCheckpoint
from domain.transparency.cosignature import CheckpointSigner, OpenedCheckpoint, opened, sign_checkpoint
from domain.transparency.merkle import EMPTY_ROOT
from domain.transparency.strict import Refused
from domain.transparency.vkey import VerifierKey, Verify
from domain.transparency.witness_request import (
    SIZE_MEDIA_TYPE,
    AddCheckpoint,
    format_cosignatures,
    format_size,
    parse_add_checkpoint,
)

TEXT = "text/plain; charset=utf-8"
ATTEMPTS_MAX = 8
"""How often a request is judged again because another one of the same log came between."""


@dataclass(frozen=True)
class Held:
    """What a witness last cosigned of a log: size, root, POSIX time, and the note with the cosignatures."""

    size: int
    root: bytes
    seconds: int
    note: bytes


class WitnessStore(Protocol):
    """What a witness must never forget, by origin.

    ``swap`` is a compare-and-store over all processes, durable when it returns: False when the origin no longer
    holds ``old`` (None: nothing yet). Both raise :class:`WitnessUnavailable`.
    """

    def held(self, origin: str) -> Held | None: ...
    def swap(self, origin: str, *, old: Held | None, new: Held) -> bool: ...


class WitnessUnavailable(RuntimeError):
    """What was cosigned last cannot be read or kept now, so nothing is signed."""


@dataclass(frozen=True)
class Answer:
    """An answer of the protocol: HTTP status, media type, body."""

    status: int
    body: bytes
    media_type: str = TEXT


class Witness:
    """One witness: the logs it knows, by their keys, and the keys it cosigns with."""

    def __init__(
        self,
        *,
        logs: Collection[VerifierKey],
        signers: Sequence[CheckpointSigner],
        store: WitnessStore,
        verify: Verify,
        clock: Clock,
    ) -> None:
        """``logs`` are keys of logs, each named after its origin; a log may have several."""
        self._logs = tuple(logs)
        self._signers = tuple(signers)
        self._store = store
        self._verify = verify
        self._clock = clock
        self._origins = {hashlib.sha256(key.name.encode()).hexdigest(): key.name for key in logs}

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer to ``POST add-checkpoint``. Raises :class:`WitnessUnavailable`."""
        try:
            request = parse_add_checkpoint(body)
        except Refused as refused:
            return _no(400, refused.code)
        new = request.signed.checkpoint
        keys = [key for key in self._logs if key.name == new.origin]
        if not keys:
            return _no(404, "log_unknown")
        try:
            found = opened(request.signed, keys, self._verify)
        except Refused as refused:
            return _no(403, refused.code)
        if request.old > new.size:
            return _no(400, "request_old")
        for _ in range(ATTEMPTS_MAX):
            held = self._store.held(new.origin)
            no = _judge(request, held)
            if no is not None:
                return no
            answer, kept = self._cosigned(found, held)
            # The signatures above are thrown away unless this holds: nothing leaves before it is kept.
            if self._store.swap(new.origin, old=held, new=kept):
                return answer
        raise WitnessUnavailable("other requests for this log kept coming first")

    def checkpoint(self, digest: str) -> bytes | None:
        """The newest cosigned checkpoint of the log whose origin has this SHA-256 (lower-case hex), or None."""
        origin = self._origins.get(digest)
        held = None if origin is None else self._store.held(origin)
        return None if held is None else held.note

    def _cosigned(self, found: OpenedCheckpoint, held: Held | None) -> tuple[Answer, Held]:
        # Made anew from what was parsed, so that nothing is signed that was not understood.
        new = Checkpoint(found.checkpoint.origin, found.checkpoint.size, found.checkpoint.root)
        # A clock that was set back must not make a larger tree older than a smaller one.
        seconds = max(int(self._clock.now().timestamp()), held.seconds if held else 0)
        lines = tuple(sign_checkpoint(new, signer, seconds=seconds) for signer in self._signers)
        note = SignedCheckpoint(new, tuple(vouched.line for vouched in found.vouched) + lines)
        return Answer(200, format_cosignatures(lines)), Held(new.size, new.root, seconds, bytes(note))


def _judge(request: AddCheckpoint, held: Held | None) -> Answer | None:
    """Why not, or None when the tree that is held grows into the one that is asked for."""
    size, root = (held.size, held.root) if held else (0, EMPTY_ROOT)
    if request.old != size:
        return Answer(409, format_size(size), SIZE_MEDIA_TYPE)
    return None if request.grows_from(root) else _no(422, "proof_wrong")


def _no(status: int, code: str) -> Answer:
    return Answer(status, f"{code}\n".encode())
