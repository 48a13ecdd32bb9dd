"""Our commands as processes of their own, forked from one that has imported the program already.

Such a process is as real as any: it has an id, an environment, files and connections of its own, and is killed like any
other. Only its start is spared, half a second of work for each. How people start a command is for
``tests/e2e/test_cli.py``, for ``serve`` and its children, and for the tour's scripts.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from interfaces.cli.main import COMMANDS, cli

PROJECT = Path(__file__).resolve().parent.parent
DYING = "tests.e2e.dying"
PR_SET_PDEATHSIG = 1
Work = Callable[..., object]

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload([*sorted(set(COMMANDS.values())), __name__, DYING, "pytest"])


class Running:
    """A process at work, which ends with the tests; what it says goes to ``said``."""

    def __init__(
        self, work: Work, words: tuple[str, ...], environment: Mapping[str, str], said: tuple[str, str]
    ) -> None:
        self._process = _FORKING.Process(target=_work, args=(work, words, dict(environment), said))
        self._process.start()

    @property
    def pid(self) -> int:
        """Its id."""
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """Its exit code, or None while it runs; the negative number of the signal that killed it."""
        return self._process.exitcode

    def wait(self, seconds_max: float | None = None) -> int:
        """Its exit code once it has ended. Raises ``subprocess.TimeoutExpired``."""
        self._process.join(seconds_max)
        code = self._process.exitcode
        if code is None:
            assert seconds_max is not None
            raise subprocess.TimeoutExpired(str(self.pid), seconds_max)
        return code

    def terminate(self) -> None:
        """SIGTERM."""
        self._process.terminate()

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()


def start_command(*words: str, environment: Mapping[str, str], work: Work | None = None) -> Running:
    """A command of ours (or other ``work`` on the words) at work, which is not heard."""
    return Running(work or _command, words, environment, (os.devnull, os.devnull))


def run_command(
    *words: str, environment: Mapping[str, str], work: Work | None = None, seconds_max: float = 120
) -> subprocess.CompletedProcess[str]:
    """A command of ours (or other ``work`` on the words) once it has ended, and what it said."""
    with tempfile.TemporaryDirectory() as name:
        out, err = Path(name, "out"), Path(name, "err")
        running = Running(work or _command, words, environment, (str(out), str(err)))
        try:
            code = running.wait(seconds_max)
        finally:
            running.kill()
        return subprocess.CompletedProcess(words, code, out.read_text(), err.read_text())


def _command(*words: str) -> None:
    cli(args=list(words), prog_name="xinlu")


def _work(work: Work, words: tuple[str, ...], environment: dict[str, str], said: tuple[str, str]) -> None:
    """In the new process."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for number, path in enumerate(said, start=1):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(PROJECT)
    work(*words)
