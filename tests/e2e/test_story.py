"""The story against a real ``serve``: its own processes, its own database, plain HTTP by curl and openssl too."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import run_command
from tests.e2e.processes import PROJECT, Serve, free_port


@pytest.fixture
def served() -> Iterator[tuple[Serve, dict[str, str]]]:
    with tempfile.TemporaryDirectory(prefix="xinlu-story-", dir="/tmp") as name:
        outer = Path(name)
        outer.chmod(0o755)
        kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "PORT")}
        environment = {**kept, "XINLU_DATA": str(outer / "var")}
        serve = Serve(environment, outer / "serve.log", port=free_port())
        try:
            serve.start()
            yield serve, environment
        finally:
            serve.end()


def story(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """As people play it, in a process that looks for PORT when it starts."""
    return subprocess.run(
        [sys.executable, "-m", "interfaces.cli", "story", *words],
        cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def cli(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return run_command(*words, environment=environment)


def test_the_whole_story_plays_against_serve_as_often_as_one_likes(
    served: tuple[Serve, dict[str, str]],
) -> None:
    serve, environment = served
    told = story(environment, "--url", serve.url)
    assert told.returncode == 0, (told.stdout, told.stderr)
    assert "REP-3" in told.stdout and "QRY-1" in told.stdout and "49号(十二)" in told.stdout
    assert len(re.findall(r"access:\d+", told.stdout)) == 3, "two queries and the replay of one"
    again = story({**environment, "PORT": serve.url.rpartition(":")[2]})
    assert again.returncode == 0, (again.stdout, again.stderr)
    assert "Traceback" not in serve.output
    assert cli(environment, "fsck").returncode == 0

    def public() -> float:
        with urllib.request.urlopen(f"{serve.url}/metrics", timeout=10) as answer:
            found = re.search(r"^credit_public_records (\S+)", answer.read().decode(), re.MULTILINE)
        assert found is not None
        return float(found[1])

    before = public()
    for refused in ("-1d", "0d", "30", "99999d"):
        assert cli(environment, "clock", "--forward", refused).returncode != 0
    moved = cli(environment, "clock", "--forward", "1200d", "--json")
    assert moved.returncode == 0 and json.loads(moved.stdout)["ahead_seconds"] == 1200 * 86400
    assert 0 <= public() < before, "terms that are over by the ledger's day are public no longer"
    assert cli(environment, "deadlines", "--json", "--quiet").returncode == 0
    left = json.loads(cli(environment, "deadlines", "--json", "--quiet").stdout)
    assert not any(left.values())
    later = story(environment, "--url", serve.url)
    assert later.returncode == 0, (later.stdout, later.stderr)
    assert cli(environment, "verify", "--quiet").returncode == 0
    assert cli(environment, "rebuild", "--quiet").returncode == 0
