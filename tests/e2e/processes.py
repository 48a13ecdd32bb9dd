"""Real processes for tests: a ``serve`` with all its children, found through /proc and ended by their ids only."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LAST_WORDS = "stops everything"
_TICK = threading.Event()


def wait_until(check: Callable[[], object], what: str, *, seconds_max: float = 20.0) -> None:
    """Ask again and again until ``check`` holds; fails the test with ``what`` when the time is over.

    What is waited for needs the machine: it is asked every 10 ms at first, then after a twentieth more each time.
    """
    begun = time.monotonic()
    while not check():
        waited = time.monotonic() - begun
        assert waited < seconds_max, f"in {seconds_max:.0f} s not: {what}"
        _TICK.wait(min(max(waited / 20, 0.01), 0.1))


@dataclass(frozen=True)
class Process:
    """A running process: its id, its parent's, its command line."""

    pid: int
    parent: int
    command: str


def process(pid: int) -> Process | None:
    """A living process that we may see, by its id; a zombie is none."""
    entry = Path("/proc", str(pid))
    try:
        state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
        command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return None
    return None if state in "ZX" else Process(pid, int(parent), command)


def descendants(pid: int) -> list[Process]:
    """All children of a process, and theirs."""
    every = [p for path in Path("/proc").iterdir() if path.name.isdigit() and (p := process(int(path.name)))]
    found: list[Process] = []
    parents = {pid}
    while parents:
        children = [p for p in every if p.parent in parents]
        found += children
        parents = {p.pid for p in children}
    return found


def alive(pid: int) -> bool:
    """Whether a process still runs (a zombie does not)."""
    return process(pid) is not None


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Serve:
    """One ``serve`` command as a process of its own."""

    def __init__(
        self,
        environment: Mapping[str, str],
        log: Path,
        *,
        port: int,
        options: tuple[str, ...] = (),
        prefix: tuple[str, ...] = (),
        cwd: Path = PROJECT,
        python: str = sys.executable,
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._environment, self._log, self._cwd = dict(environment), log, cwd
        # It ends with the tests, even when these are killed; a change of user drops this.
        dying = ("setpriv", "--pdeathsig", "TERM", "--")
        serve = ("-m", "interfaces.cli", "serve", "--port", str(port))
        self._command = [*dying, *prefix, python, *serve, *options]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The id of the serve process."""
        assert self._process is not None
        return self._process.pid

    @property
    def output(self) -> str:
        """Everything said so far."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def start(self) -> None:
        """Start it and wait until it answers."""
        # The last line that it prints; older starts stand in the same file.
        begun = self.output.count(LAST_WORDS)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, cwd=self._cwd, stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        wait_until(
            lambda: self.output.count(LAST_WORDS) > begun or not self.runs(), "started", seconds_max=90
        )
        assert self.runs() and self.answers(), self.output

    def runs(self) -> bool:
        """Whether the serve process itself lives."""
        return self._process is not None and self._process.poll() is None

    def answers(self) -> bool:
        """Whether /healthz says that all is well."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def stop(self, *, seconds_max: float = 15.0) -> int:
        """SIGTERM; the exit code, once every child has ended too."""
        assert self._process is not None
        children = descendants(self.pid)
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(seconds_max)
        wait_until(lambda: not any(alive(p.pid) for p in children), "every child ended", seconds_max=1)
        return code

    def kill(self) -> list[Process]:
        """SIGKILL the serve process; the children that it leaves."""
        assert self._process is not None
        children = descendants(self.pid)
        self._process.kill()
        self._process.wait()
        return children

    def end(self) -> None:
        """Whatever happened: nothing of ours goes on."""
        if self._process is not None:
            left = descendants(self.pid)
            if self.runs():
                self._process.terminate()
                try:
                    self._process.wait(20)
                except subprocess.TimeoutExpired:
                    self._process.kill()
                    self._process.wait()
            for process in left:
                if alive(process.pid):
                    os.kill(process.pid, signal.SIGTERM)

    def child(self, words: str) -> Process | None:
        """The direct child whose command line holds these words."""
        return next((p for p in descendants(self.pid) if p.parent == self.pid and words in p.command), None)

    def workers(self) -> list[Process]:
        """The web workers: children of gunicorn's master."""
        master = self.child("gunicorn")
        return [] if master is None else [p for p in descendants(master.pid) if p.parent == master.pid]
