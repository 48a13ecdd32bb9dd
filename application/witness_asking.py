"""Asking one witness (见证人) about one tree: the request, what is believed of its answer, what it holds against us.

``witnessing.py`` decides whom to ask about what, and what becomes of the cosignatures.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from application.sequencer import TileStore, TreeHead
from domain.transparency.checkpoint import Checkpoint, SignedCheckpoint
from domain.transparency.cosignature import open_checkpoint, time_of, vouches
from domain.transparency.merkle import Node, consistency_proof, tree_root
from domain.transparency.note import NoteSignature
from domain.transparency.strict import Refused
from domain.transparency.tiles import tile_nodes
from domain.transparency.vkey import VerifierKey, Verify
from domain.transparency.witness_request import AddCheckpoint, parse_cosignatures, parse_size

ATTEMPTS_MAX = 3


class Unreachable(Exception):
    """A witness gave no answer, or none that is one, in time."""


class WitnessFailed(Exception):
    """A witness did not cosign; the text is a code for the status file."""


@dataclass(frozen=True)
class Reply:
    """What came back over HTTP."""

    status: int
    body: bytes


class WitnessDoor(Protocol):
    """The way to a witness by its URL: no redirects, short answers, in time. Raises :class:`Unreachable`."""

    def add_checkpoint(self, url: str, body: bytes) -> Reply: ...
    def checkpoint(self, url: str, origin: str) -> Reply: ...


class WitnessedStore(TileStore, Protocol):
    """Published files as the witnesses change them, and what must outlive this process.

    ``publish_cosigned`` takes a note that satisfies the quorum and never goes back in size. ``collect`` keeps all
    lines of the newest tree. ``contradict`` keeps a note that contradicts the log; ``contradictions`` names such logs.
    """

    def publish_cosigned(self, log: str, note: bytes) -> None: ...
    def collect(self, log: str, note: bytes) -> None: ...
    def contradict(self, log: str, note: bytes) -> None: ...
    def contradictions(self) -> Sequence[str]: ...
    def tell_witnesses(self, status: Mapping[str, object]) -> None: ...


@dataclass(frozen=True)
class WitnessedLog:
    """A log as witnesses are asked about it: ``heads`` gives its signed tree once its tiles are published,
    ``committed`` the head that the database holds. ``closed`` logs publish nothing without the quorum."""

    name: str
    origin: str
    keys: Sequence[VerifierKey]
    heads: Callable[[], TreeHead | None]
    committed: Callable[[], TreeHead]
    closed: bool = False


class Asking:
    """The way to witnesses, with our tiles to prove growth from."""

    def __init__(self, door: WitnessDoor, files: WitnessedStore, verify: Verify) -> None:
        self._door = door
        self._files = files
        self._verify = verify

    def ask(
        self,
        url: str,
        keys: frozenset[VerifierKey],
        log: WitnessedLog,
        signed: SignedCheckpoint,
        sizes: dict[str, int],
    ) -> dict[VerifierKey, NoteSignature]:
        """The cosignatures of one witness under one tree; ``sizes`` is what it is known to hold, and learns.

        Raises :class:`WitnessFailed`, :class:`Unreachable`, and ``FileNotFoundError`` while tiles are missing.
        """
        new = signed.checkpoint
        old = min(sizes.get(log.name, 0), new.size)
        reply = Reply(0, b"")
        for _ in range(ATTEMPTS_MAX):
            path = consistency_proof(old, new.size, self._nodes(log.name, new.size))
            reply = self._door.add_checkpoint(url, bytes(AddCheckpoint(old, tuple(path), signed)))
            held = _size(reply) if reply.status == 409 else None
            if held is None or held > new.size:
                break
            old = sizes[log.name] = held
        if reply.status != 200:
            # Where the roots differ, tlog-witness v1.0.0 says 409, which needs no size; the text since then 422.
            if reply.status in (409, 422):
                self._compare(url, log)
            raise WitnessFailed(f"status_{reply.status}")
        lines = cosignatures(reply.body, new, keys, self._verify)
        sizes[log.name] = new.size
        return lines

    def _compare(self, url: str, log: WitnessedLog) -> None:
        """Does what the witness holds, under our own signature, stand in our tree? Without that proof it is ignored."""
        try:
            note = self._door.checkpoint(url, log.origin).body
            theirs = open_checkpoint(note, log.keys, self._verify).checkpoint
        except (Unreachable, Refused):
            return
        if theirs.origin != log.origin:
            return
        # Read after the witness answered: whatever it cosigned was in the database before.
        ours = log.committed()
        stands = theirs.size <= ours.size and theirs.root == tree_root(
            theirs.size, self._nodes(log.name, ours.size)
        )
        if not stands:
            self._files.contradict(log.name, note)

    def _nodes(self, log: str, size: int) -> Node:
        return tile_nodes(size, lambda tile: self._files.read(log, tile))


def cosignatures(
    body: bytes, checkpoint: Checkpoint, keys: Collection[VerifierKey], verify: Verify
) -> dict[VerifierKey, NoteSignature]:
    """The lines of known witness keys in an answer, every one of which holds and states a time.

    Raises :class:`WitnessFailed` when one does not, or when there is none; lines of other keys are left out.
    """
    try:
        lines = parse_cosignatures(body)
    except Refused as refused:
        raise WitnessFailed(refused.code) from None
    found: dict[VerifierKey, NoteSignature] = {}
    for line in lines:
        for key in keys:
            if (key.name, key.key_id) == (line.name, line.key_id):
                if not (time_of(key, line) and vouches(checkpoint, key, line, verify)):
                    raise WitnessFailed("signature_wrong")
                found[key] = line
    if not found:
        raise WitnessFailed("signature_missing")
    return found


def _size(reply: Reply) -> int | None:
    try:
        return parse_size(reply.body)
    except Refused:
        return None
