"""The real service over a benchmark's ledger: gunicorn with the same workers and threads as ``serve``."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import peak_memory_mb
from benchmarks.place import PROJECT, World

READY_SECONDS_MAX = 30.0
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Service:
    """A running service: where it answers, and its first process."""

    url: str
    process: int

    def peak_memory_mb(self) -> float:
        """The largest peak among the web workers."""
        children = Path(f"/proc/{self.process}/task/{self.process}/children").read_text().split()
        return max(peak_memory_mb(child) for child in children)


@contextmanager
def service(world: World) -> Iterator[Service]:
    """A service for as long as the block runs. No projector runs beside it."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"{HOST}:{port}"]
    # Workers, threads and limits: gunicorn.conf.py of the program's folder.
    command += ["--log-level", "warning"]
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    environment["XINLU_DATA"] = str(world.settings.data_dir)
    # Its log has a line for every request; it goes with the world's folder.
    with (world.settings.data_dir / "service.log").open("wb") as log:
        running = subprocess.Popen(command, env=environment, cwd=PROJECT, stdout=log, stderr=log)
    try:
        url = f"http://{HOST}:{port}"
        _await(url, running)
        yield Service(url, running.pid)
    finally:
        running.terminate()
        try:
            running.wait(30)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def _await(url: str, running: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < deadline and running.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2):
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.05)
    raise RuntimeError("the service did not start")
