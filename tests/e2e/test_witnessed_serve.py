"""``serve`` with its demo: province and peer beside the city, killed and started again, and what it publishes holds."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

from domain.transparency.checkpoint import parse_signed_checkpoint
from domain.transparency.policy import judged, parse_policy
from infrastructure.log_keys import verify_note
from tests.e2e.processes import PROJECT, Serve, alive, free_port, wait_until
from tests.time_authority import MISSING


def tour() -> str:
    """What the tour lets a reader type to check the newest time stamp."""
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    [script] = re.findall(r"```sh\n([^`]*openssl ts -verify[^`]*)```", text)
    return str(script)


def test_one_command_runs_the_city_and_two_witnesses_and_survives_the_death_of_one(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    environment["XINLU_DATA"] = str(tmp_path / "data")
    published = tmp_path / "data" / "published"
    serve = Serve(environment, tmp_path / "log", port=free_port())

    def cosigned(log: str) -> int:
        """The size of the published checkpoint if the published policy believes it."""
        try:
            policy = parse_policy((published / "policy").read_bytes())
            found = judged(
                policy, parse_signed_checkpoint((published / log / "checkpoint").read_bytes()), verify_note
            )
        except (OSError, ValueError):
            return 0
        assert policy.quorum is not None
        return found.checkpoint.size

    def stamped(log: str) -> int:
        """The size of the largest tree whose time stamp is published."""
        try:
            told: dict[str, int] = json.loads((published / "timestamps.json").read_text())["stamped"]
        except OSError:
            return 0
        return told.get(log, 0)

    def state(name: str) -> Any:
        return json.loads((published / "witnesses.json").read_text())["witnesses"][name]["state"]

    try:
        serve.start()
        for log in ("records", "access", "views"):
            wait_until(partial(cosigned, log), f"{log} has its quorum", seconds_max=30)
        if not MISSING:
            wait_until(lambda: stamped("records") > 0, "the records are stamped", seconds_max=30)
            (tmp_path / "var").symlink_to("data")
            found = subprocess.run(
                ["sh", "-c", tour()], cwd=tmp_path, capture_output=True, text=True, check=False
            )
            assert found.stdout == "Verification: OK\n", found.stderr
        first, second = (serve.child(f"demo-{label}") for label in ("province", "peer"))
        assert first is not None and second is not None
        os.kill(first.pid, signal.SIGKILL)
        wait_until(lambda: not alive(first.pid), "the province is dead")
        wait_until(lambda: serve.child("demo-province") is not None, "the province is started again")
        size = cosigned("records")
        serve.stop()
        serve.start()  # other ports, the same keys: what was cosigned stays good, and what comes then is cosigned too
        wait_until(lambda: cosigned("records") >= size, "the records have their quorum again", seconds_max=30)
        wait_until(lambda: state("province") == "ok" and state("peer") == "ok", "both answer", seconds_max=30)
        assert cosigned("records") >= size
    finally:
        serve.end()
