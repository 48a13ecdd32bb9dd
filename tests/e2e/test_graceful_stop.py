"""A real gunicorn as it is configured: what is under way at SIGTERM ends well, limits of size hold, logs are ours.

An intake is slow because the test holds the lock that every append needs; nothing sleeps.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from infrastructure.bootstrap import prepare
from interfaces.client.api import Client, Department
from tests.e2e.processes import PROJECT, descendants, free_port, wait_until
from tests.integration.test_intake import sample
from tests.integration.test_operations import people, personal
from tests.world import World


class Gunicorn:
    """``gunicorn wsgi:app`` over a world, as docs/operations.md says."""

    def __init__(self, world: World, log: Path) -> None:
        self.world, self.log, self.port = world, log, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        prepare(world.settings, world.database.admin)
        environment = {k: v for k, v in world.environment.items() if k != "DATABASE_URL"}
        with log.open("ab") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{self.port}"],
                env=environment, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr,
            )  # fmt: skip
        wait_until(lambda: self.listens() and len(descendants(self.process.pid)) == 2, "answers")

    def ask(
        self, path: str, headers: dict[str, str] | None = None, *, seconds_max: float = 10
    ) -> tuple[int, bytes]:
        """Status and body of a GET."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds_max)
        try:
            connection.request("GET", path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def listens(self) -> bool:
        """Whether a new connection is answered: a server that stops lets it wait until it is gone."""
        try:
            return self.ask("/healthz", seconds_max=0.5)[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def client(self, agency: int) -> Client:
        """The product's own client, which asks once only."""
        code = self.world.city.agencies[agency].code
        return Client(self.url, Department(code, self.world.keys[code]), attempts_max=1)

    def end(self) -> None:
        """Whatever happened: it does not go on."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def gunicorn(ledger_world: World, tmp_path: Path) -> Iterator[Gunicorn]:
    found = Gunicorn(ledger_world, tmp_path / "log")
    yield found
    found.end()


def send(gunicorn: Gunicorn, agency: int) -> int:
    """Upload a file of people and seal it; how many rows were taken."""
    client = gunicorn.client(agency)
    draft = client.send_draft(
        sample(f"people-{agency + 1}.xlsx"),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    return int(client.seal_draft(draft)["taken"])


def waits_for_the_lock(world: World) -> bool:
    with psycopg.connect(world.database.admin) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND usename = 'xinlu_writer' AND wait_event_type = 'Lock'"
        ).fetchone()
    return row is not None and row[0] > 0


def test_an_intake_under_way_at_sigterm_is_answered_and_new_ones_are_not_taken(gunicorn: Gunicorn) -> None:
    world = gunicorn.world
    with (
        ThreadPoolExecutor(1) as background,
        psycopg.connect(world.database.admin, autocommit=True) as holder,
    ):
        holder.execute("BEGIN")
        holder.execute("SELECT FROM ledger.heads WHERE log = 'records' FOR UPDATE")
        running = background.submit(send, gunicorn, 0)
        wait_until(lambda: waits_for_the_lock(world), "the intake waits")
        os.kill(gunicorn.process.pid, signal.SIGTERM)
        wait_until(lambda: not gunicorn.listens(), "no new connection is taken")
        assert not running.done()
        holder.execute("COMMIT")
        assert running.result(10) == len(people("people-1.xlsx"))
    assert gunicorn.process.wait(10) == 0
    assert len(world.rows_of("record.determined")) == len(people("people-1.xlsx"))


def test_limits_metrics_and_log_of_the_real_server(gunicorn: Gunicorn) -> None:
    assert gunicorn.ask("/" + "x" * 5000)[0] == 414
    assert gunicorn.ask("/", {"X-Long": "x" * 9000})[0] == 431
    assert gunicorn.ask("/", {f"X-{n}": "x" for n in range(80)})[0] == 431
    wanted = personal()
    for agency in range(6):
        assert send(gunicorn, agency) == len(people(f"people-{agency + 1}.xlsx"))
    for value in sorted(v for v in wanted if v.isascii()):
        gunicorn.ask(f"/records/{value}?subject={value}")
        gunicorn.ask("/", {"Bad Header": value})
    # Any worker tells what all workers counted.
    for _ in range(4):
        text = gunicorn.ask("/metrics")[1].decode()
        assert 'credit_commands_total{command="seal_draft",outcome="done"} 6.0' in text
    gunicorn.process.terminate()
    assert gunicorn.process.wait(10) == 0
    logged = gunicorn.log.read_text("utf-8")
    events = [json.loads(line) for line in logged.splitlines()]
    assert {"request", "Invalid request"} <= {line["event"] for line in events}
    assert sum(line.get("rows_taken", 0) for line in events) == sum(
        len(people(f"people-{n}.xlsx")) for n in range(1, 7)
    )
    assert not [value for value in wanted if value in logged or json.dumps(value)[1:-1] in logged]
    assert "127.0.0.1" not in logged
