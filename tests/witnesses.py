"""Witnesses for tests: trees to be witnessed, a witness as real processes, and one inside the test's own process."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from domain.transparency.checkpoint import Checkpoint, SignedCheckpoint
from domain.transparency.cosignature import sign_checkpoint
from domain.transparency.merkle import Node, consistency_proof, leaf_hash, nodes_of, tree_root
from domain.transparency.vkey import SignatureType, VerifierKey
from domain.transparency.witness_request import AddCheckpoint
from infrastructure.bootstrap import make_witness, witness_keys
from interfaces.witness.app import create_witness_app
from tests.e2e.processes import PROJECT, alive, descendants, free_port, wait_until
from tests.listening import listening
from tests.transparency import TestSigner

Answered = tuple[int, bytes, str]
"""Status, body, media type."""


@dataclass
class City:
    """A log that signs any tree it likes: honest with one history, lying with two."""

    origin: str
    entries: list[bytes] = field(default_factory=list)
    seed: str = ""

    @property
    def signer(self) -> TestSigner:
        return TestSigner(self.origin, SignatureType.ED25519, self.seed or f"key of {self.origin}")

    @property
    def key(self) -> VerifierKey:
        return self.signer.key

    def fork(self, at: int, entries: Sequence[bytes]) -> City:
        """The same log with another history from an entry on."""
        return City(self.origin, self.entries[:at] + list(entries), self.seed)

    def signed(self, size: int) -> SignedCheckpoint:
        checkpoint = Checkpoint(self.origin, size, tree_root(size, self._nodes(size)))
        return SignedCheckpoint(checkpoint, (sign_checkpoint(checkpoint, self.signer, seconds=1),))

    def request(self, old: int, size: int) -> bytes:
        """The body that says: cosign ``size``, you hold ``old``."""
        path = consistency_proof(min(old, size), size, self._nodes(size))
        return bytes(AddCheckpoint(old, tuple(path), self.signed(size)))

    def _nodes(self, size: int) -> Node:
        return nodes_of([leaf_hash(entry) for entry in self.entries[:size]])


def post(port: int, body: bytes, *, path: str = "/add-checkpoint", chunked: bool = False) -> Answered:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        if chunked:
            connection.request("POST", path, iter([body]), encode_chunked=True)
        else:
            connection.request("POST", path, body)
        return _read(connection)
    finally:
        connection.close()


def get(port: int, path: str) -> Answered:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return _read(connection)
    finally:
        connection.close()


def _read(connection: http.client.HTTPConnection) -> Answered:
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.headers.get("Content-Type", "")


class WitnessProcesses:
    """``xinlu witness`` as people run it: a master and its workers, killed without mercy."""

    def __init__(self, folder: Path, name: str, logs: Sequence[VerifierKey], *, workers: int = 2) -> None:
        self.folder, self.name, self.port, self.workers = folder, name, free_port(), workers
        self._options = [option for key in logs for option in ("--log", str(key))]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", "--", sys.executable, "-m", "interfaces.cli", "witness",
                 "--folder", str(self.folder), "--name", self.name, "--port", str(self.port),
                 "--workers", str(self.workers), *self._options],
                cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        wait_until(self.answers, "the witness answers", seconds_max=40)

    def answers(self) -> bool:
        assert self._process is not None and self._process.poll() is None, (self.folder / "log").read_text()
        try:
            return get(self.port, "/nothing/checkpoint")[0] == 404
        except (OSError, http.client.HTTPException):
            return False

    def kill(self) -> None:
        """SIGKILL to the master and every worker."""
        if self._process is None:
            return
        left = descendants(self._process.pid)
        self._process.kill()
        self._process.wait()
        for process in left:
            if alive(process.pid):
                os.kill(process.pid, signal.SIGKILL)
        wait_until(lambda: not any(alive(p.pid) for p in left), "every worker is gone")
        self._process = None


@dataclass(frozen=True)
class LocalWitness:
    """A witness in the test's process, asked over real HTTP."""

    url: str
    keys: Sequence[VerifierKey]

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def lines(self, label: str) -> str:
        """Its lines in a configuration: the Ed25519 key by its label, the other with an ending."""
        first, second = self.keys
        return f"witness {label} {first} {self.url}\nwitness {label}-pq {second} {self.url}\n"


@contextmanager
def local_witness(
    folder: Path, name: str, logs: Sequence[VerifierKey], *, port: int = 0
) -> Iterator[LocalWitness]:
    """Run one as long as the block; the folder is what it remembers."""
    app = create_witness_app(make_witness(folder, name, logs))
    with listening(app, port=port) as found:
        yield LocalWitness(f"http://127.0.0.1:{found}", witness_keys(folder, name))
