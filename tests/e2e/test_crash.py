"""kill -9 of every process at every step of an intake: no acknowledged row is lost and none is made twice.

The steps need no hook in the product: a lock that the test holds stops an append or a report right before it
commits, and the database says when the product has come there.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import psycopg
import pytest

from application.ports import Log
from application.verify import Remembered, Verification
from domain.shared.city_time import city_day
from infrastructure.bootstrap import (
    Settings,
    audit_services,
    database,
    gateway_public_key,
    open_ledger,
    verify_ed25519,
)
from infrastructure.settings import connection_parameters, connection_url
from interfaces.cli.seed import DATA, govern
from interfaces.client.api import Client, Department, Unreachable
from interfaces.client.rows import read_rows
from interfaces.client.sealing import DepartmentKey, SealedFile, seal_file
from interfaces.client.tables import read_table
from interfaces.demo.city import DemoCity, read_city
from interfaces.demo.generator import GeneratedCity, generate_city
from tests.commands import run_command
from tests.e2e.processes import PROJECT, Serve, alive, free_port, wait_until
from tests.web import FORMS, rows_of

ROWS = 510
"""Two batches, so that a kill may fall between them."""
FILES_PER_AGENCY = 6
SEED = 23
SECONDS_MAX = 40.0


class Ledger:
    """The service under test, the superuser's eye on its database, and what verify remembers."""

    _eye: psycopg.Connection | None = None

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings(folder / "data")
        self.city: DemoCity = read_city(DATA)
        today = city_day(datetime.now(UTC))
        with database(self.settings):
            ledger = open_ledger(self.settings)
            key = gateway_public_key(self.settings)
            self.keys = govern(ledger, key, self.city, folder / "keys", today=today)
            self.id = ledger.id.bytes
        self.files: GeneratedCity = generate_city(
            self.city, SEED, today=today, penalties=0, licences=ROWS * FILES_PER_AGENCY, people=1
        )
        environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        environment["XINLU_DATA"] = str(self.settings.data_dir)
        self.environment = environment
        self.serve = Serve(environment, folder / "serve.log", port=free_port(), options=("--no-demo",))
        self.remembered: dict[Log, Remembered] = {}
        self.kept: dict[str, tuple[int, int]] = {}

    def admin(self) -> psycopg.Connection:
        """A superuser's connection to the embedded database."""
        secrets = self.settings.secrets_dir
        parameters = connection_parameters((secrets / "auditor.url").read_text())
        parameters |= {"user": "postgres", "password": (secrets / "postgres-password").read_text()}
        return psycopg.connect(connection_url(parameters), autocommit=True, connect_timeout=5)

    def ask(self, query: str) -> int:
        """One number, by a connection that is kept; 0 while the database is down."""
        try:
            if self._eye is None:
                self._eye = self.admin()
            row = self._eye.execute(query.encode()).fetchone()
        except psycopg.OperationalError:
            self.look_anew()
            return 0
        assert row is not None
        return int(row[0])

    def look_anew(self) -> None:
        """Give up the connection: the next question needs a server that takes new ones."""
        if self._eye is not None:
            self._eye.close()
            self._eye = None

    def is_whole(self) -> bool:
        """Whether every part of the service runs and answers."""
        serve = self.serve
        return (
            serve.runs()
            and serve.answers()  # first, as it costs least: the service needs the machine to come back
            and serve.child("interfaces.cli project") is not None
            and len(serve.workers()) == 2
            and self.takes_connections()
        )

    def takes_connections(self) -> bool:
        """Whether the database answers somebody new; who was there before may outlive its server for a moment."""
        self.look_anew()
        return self.ask("SELECT 1") == 1

    def record_ids(self) -> set[str]:
        with self.admin() as connection:
            rows = connection.execute(
                "SELECT stream_id::text FROM ledger.records WHERE topic = 'record.determined'"
            ).fetchall()
        return {row[0] for row in rows}

    def check(self) -> None:
        """Every row that was there is there as it was, positions dense, no document twice."""
        for log in ("records", "access"):
            size, content = self.kept.get(log, (0, self.content(log, 0)))
            assert self.content(log, size) == content
            whole = self.ask(f"SELECT count(*) FROM ledger.{log}")
            self.kept[log] = whole, self.content(log, whole)
            assert self.ask(f"SELECT count(*) - coalesce(max(position), 0) FROM ledger.{log}") == 0
            head = f"(SELECT position FROM ledger.heads WHERE log = '{log}')"
            assert self.ask(f"SELECT {head} - count(*) FROM ledger.{log}") == 0
        determined = self.ask("SELECT count(*) FROM ledger.records WHERE topic = 'record.determined'")
        # Each is known by its authority's spelling and by that of any (ADR 0055).
        assert self.ask("SELECT count(DISTINCT fingerprint) FROM ledger.documents") == 2 * determined
        assert self.ask("SELECT count(DISTINCT record_id) FROM ledger.documents") == determined

    def content(self, log: str, size: int) -> int:
        """A digest of the first rows of a log, all columns."""
        rows = f"SELECT md5(r::text) AS row, position FROM ledger.{log} r WHERE position <= {size}"
        whole = f"SELECT md5(coalesce(string_agg(row, '' ORDER BY position), '')) FROM ({rows})"
        return self.ask(f"SELECT ('x' || ({whole}))::bit(64)::bigint")

    def verify(self) -> None:
        """Every row since the founding is sound, up to and beyond the head remembered before.

        What a kill broke stays broken, as :meth:`check` sees no row change: once after all kills finds it all.
        """
        found = audit_services(self.settings)
        outcome = Verification(
            reader=found.reader,
            keys=found.reader,
            vault=found.vault,
            ledger_id=self.id,
            gateway_issuer=found.gateway_issuer,
            verify=verify_ed25519,
        ).run(self.remembered)
        assert outcome.finding is None


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    folder = tmp_path_factory.mktemp("crash")
    folder.chmod(0o711)
    found = Ledger(folder)
    found.serve.start()
    try:
        found.verify()
        yield found
        found.verify()
    finally:
        found.look_anew()
        found.serve.end()


# --- who sends ------------------------------------------------------------------------------------------------


class Sending:
    """One department's file, sent again until every row has its answer; remembers what was acknowledged.

    ``number`` counts all files; each is a run of lines of what one agency sends.
    """

    def __init__(self, ledger: Ledger, number: int) -> None:
        self.ledger = ledger
        agency, part = divmod(number, FILES_PER_AGENCY)
        name = f"licences-{agency + 1}.csv"
        self.department = ledger.files.sender[name]
        self.key: DepartmentKey = ledger.keys[self.department]
        header, *lines = ledger.files.files[name].splitlines(keepends=True)
        first = part * ROWS
        self.data = header + b"".join(lines[first : first + ROWS])
        planted = {p.row - first for p in ledger.files.planted if p.file == name}
        self.bad = {row for row in planted if 1 <= row <= ROWS}
        table = read_table(self.data, forms=FORMS)
        sealed = seal_file(read_rows(table, FORMS), form=table.kind, ledger_id=ledger.id)
        self.file: SealedFile = sealed.signed(self.key)
        self.ids = [str(row.record_id) for row in rows_of(self.file)]
        self.done = self.recorded = 0
        self.report: dict[str, Any] | None = None

    def send(self) -> None:
        """Send until the report is there."""
        client = Client(self.ledger.serve.url, Department(self.department, self.key))
        deadline = time.monotonic() + SECONDS_MAX
        while self.report is None and time.monotonic() < deadline:
            with contextlib.suppress(Unreachable):
                self.report = client.send_sealed(self.file.body(), progress=self.note)

    def note(self, step: Mapping[str, Any]) -> None:
        """A progress line: so many rows are durable."""
        self.done = max(self.done, int(step["done"]))
        self.recorded = max(self.recorded, int(step["taken"]) + int(step["already"]))

    def assert_kept(self) -> None:
        """Every row acknowledged so far stands in the log."""
        done, recorded = self.done, self.recorded
        present = self.ledger.record_ids().intersection(self.ids[:done])
        assert len(present) >= recorded >= done - len(self.bad)

    def assert_complete(self) -> None:
        """Every sound row once, and the report says so."""
        assert self.report is not None
        assert self.report["taken"] + self.report["already"] == ROWS - len(self.bad)
        assert {row["data_row"] for row in self.report["refused"]} == self.bad
        assert len(self.ledger.record_ids().intersection(self.ids)) == ROWS - len(self.bad)


# --- where it is killed ---------------------------------------------------------------------------------------

Started = TypeVar("Started")
Step = Callable[[Ledger, Callable[[], object]], contextlib.AbstractContextManager[None]]
"""Starts the sending; the body is entered when the product has come to the step."""
WAITING = """SELECT count(*) FROM pg_stat_activity
    WHERE usename = 'xinlu_writer' AND wait_event_type = 'Lock'"""


def at_lock(log: str) -> Step:
    """Right before a commit: the append of this log waits for its head row, which we hold."""

    @contextlib.contextmanager
    def step(ledger: Ledger, start: Callable[[], object]) -> Iterator[None]:
        with ledger.admin() as holder:
            holder.execute("BEGIN")
            holder.execute("SELECT 1 FROM ledger.heads WHERE log = %s FOR UPDATE", (log,))
            start()
            wait_until(lambda: ledger.ask(WAITING), f"an append to {log}")
            yield
            with contextlib.suppress(psycopg.OperationalError):  # the database may be what was killed
                holder.execute("ROLLBACK")

    return step


def when_grown(query: str) -> Step:
    """Right after a commit: the number that the query gives has grown."""

    @contextlib.contextmanager
    def step(ledger: Ledger, start: Callable[[], object]) -> Iterator[None]:
        before = ledger.ask(query)
        start()
        wait_until(lambda: ledger.ask(query) > before, query)
        yield

    return step


def at_random(seed: int) -> Step:
    """Some moment or other of the half second that an intake lasts."""

    @contextlib.contextmanager
    def step(ledger: Ledger, start: Callable[[], object]) -> Iterator[None]:
        start()
        threading.Event().wait(Random(seed).uniform(0.0, 0.6))
        yield

    return step


STEPS: dict[str, Step] = {
    "request verified": when_grown("SELECT count(*) FROM ledger.nonces"),
    "before the first batch commits": at_lock("records"),
    "after a batch committed": when_grown("SELECT position FROM ledger.heads WHERE log = 'records'"),
    "before the report commits": at_lock("access"),
    "after the report committed": when_grown("SELECT count(*) FROM ledger.inbox"),
    "some moment": at_random(1),
    "another moment": at_random(2),
}


# --- who is killed --------------------------------------------------------------------------------------------


def kill_worker(ledger: Ledger) -> None:
    """Both web workers, since any of them may be at it."""
    for worker in ledger.serve.workers():
        os.kill(worker.pid, signal.SIGKILL)


def kill_child(words: str) -> Callable[[Ledger], None]:
    def kill(ledger: Ledger) -> None:
        child = ledger.serve.child(words)
        assert child is not None
        os.kill(child.pid, signal.SIGKILL)

    return kill


def kill_serve(ledger: Ledger) -> None:
    """The owner of all: its children must end by themselves, and a new one starts over."""
    children = ledger.serve.kill()
    assert len(children) >= 4
    wait_until(lambda: not any(alive(p.pid) for p in children), "the children ended", seconds_max=20)
    ledger.serve.start()


VICTIMS: dict[str, tuple[Callable[[Ledger], None], list[str]]] = {
    "worker": (kill_worker, ["after the report committed", "before the first batch commits", "after a batch committed",
                             "before the report commits", "some moment"]),
    "postmaster": (kill_child("postgres"), ["request verified", "before the first batch commits",
                                            "after a batch committed", "before the report commits",
                                            "another moment"]),
    "gunicorn master": (kill_child("gunicorn"), ["before the first batch commits", "before the report commits"]),
    "projector": (kill_child("interfaces.cli project"), ["before the first batch commits",
                                                         "after a batch committed"]),
    "serve": (kill_serve, ["before the first batch commits", "after a batch committed",
                           "before the report commits"]),
}  # fmt: skip
CLIENT_STEPS = ["before the first batch commits", "after a batch committed", "after the report committed",
                "another moment"]  # fmt: skip
FIRST_FILE = {"worker": 0, "postmaster": 6, "gunicorn master": 12, "projector": 15, "serve": 18, "client": 24}


@pytest.mark.parametrize("victim", VICTIMS)
def test_kill_9_loses_no_acknowledged_row_and_makes_none_twice(ledger: Ledger, victim: str) -> None:
    kill, steps = VICTIMS[victim]
    for number, step in enumerate(steps, start=FIRST_FILE[victim]):
        sending = Sending(ledger, number)
        with ThreadPoolExecutor(1) as background:
            with started_at(STEPS[step], ledger, partial(background.submit, sending.send)) as running:
                kill(ledger)
            wait_until(ledger.is_whole, f"whole again after {victim} at: {step}", seconds_max=SECONDS_MAX)
            sending.assert_kept()
            running.result(SECONDS_MAX)
        sending.assert_complete()
        ledger.check()


@contextlib.contextmanager
def started_at(step: Step, ledger: Ledger, start: Callable[[], Started]) -> Iterator[Started]:
    """Start something and come to the step."""
    started: list[Started] = []
    with step(ledger, lambda: started.append(start())):
        yield started[0]


def test_kill_9_of_the_client_loses_nothing_and_makes_nothing_twice(ledger: Ledger) -> None:
    for number, name in enumerate(CLIENT_STEPS, start=FIRST_FILE["client"]):
        sending = Sending(ledger, number)
        path = ledger.folder / f"{number}.csv"
        path.write_bytes(sending.data)
        key = ledger.folder / "keys" / f"{sending.department}.pem"
        command = [
            *(sys.executable, "-m", "interfaces.cli", "intake", str(path), "--key", str(key)),
            *("--department", sending.department, "--url", ledger.serve.url, "--json", "--quiet"),
        ]

        def start(command: list[str] = command) -> subprocess.Popen[bytes]:
            return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL)

        with started_at(STEPS[name], ledger, start) as client:
            before = ledger.record_ids()
            client.kill()
            client.wait()
        assert before <= ledger.record_ids(), name
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=SECONDS_MAX)
        report = json.loads(done.stdout)
        assert report["taken"] + report["already"] == ROWS - len(sending.bad)
        assert {row["data_row"] for row in report["refused"]} == sending.bad
        ledger.check()


def test_after_all_kills_rebuilding_gives_the_very_views_that_the_crashes_left(ledger: Ledger) -> None:
    done = run_command("rebuild", "--quiet", environment=ledger.environment)
    assert done.returncode == 0, done.stdout + done.stderr
