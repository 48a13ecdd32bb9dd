"""The deadline runner as a process of its own: kill -9 at any moment records no day twice and loses none."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from application.commands.governance import Governance
from application.commands.objections import FileObjection, Objections
from domain.remedies.objection import Filing
from domain.shared.city_time import city_day
from infrastructure.bootstrap import (
    Settings,
    database,
    demo_clock,
    gateway_public_key,
    open_ledger,
    remedy_desk,
)
from interfaces.cli.seed import DATA, govern, take_in
from interfaces.demo.city import read_city
from interfaces.demo.generator import generate_city
from tests.commands import Running, run_command, start_command
from tests.e2e.processes import wait_until
from tests.e2e.test_crash import STEPS, Ledger, started_at, when_grown
from tests.web import FORMS

CASES = 12
RECORDED = "SELECT count(*) FROM ledger.records WHERE topic = 'objection.overdue'"
AT_WORK = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'xinlu_writer' AND state <> 'idle'"


class LateCity(Ledger):
    """A ledger on its embedded database, without a service: objections that nobody answered for 40 days."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings, self.remembered, self.kept = settings, {}, {}
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        self.environment = {**kept, "XINLU_DATA": str(settings.data_dir)}
        ledger, city = open_ledger(settings), read_city(DATA)
        self.id, today = ledger.id.bytes, city_day(datetime.now(UTC))
        keys = govern(ledger, gateway_public_key(settings), city, folder / "keys", today=today)
        files = generate_city(city, 7, today=today, penalties=CASES + 8, licences=1, people=1)
        sender = files.sender["penalties-1.xlsx"]
        take_in(ledger, files.files["penalties-1.xlsx"], department=sender, key=keys[sender])
        governance = Governance(ledger, signer=keys[city.credit_office.code])
        governance.register_officer(department=sender, pseudonym="finder", role="operator", name="示例")
        objections = Objections(remedy_desk(ledger, FORMS))
        filing = Filing(about="content", grounds="金额有误", by_department=True, officer="finder")
        for record in sorted(self.record_ids())[:CASES]:
            objections.file(FileObjection(uuid4(), UUID(record), sender, filing, None))
        demo_clock(settings, ledger.id).forward(timedelta(days=40))

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return run_command(*words, environment=self.environment)

    def started(self, *words: str) -> Running:
        return start_command(*words, environment=self.environment)

    def check_recorded(self) -> int:
        """How many days are recorded; each once, and the open cases say just that."""
        recorded = self.ask(RECORDED)
        assert self.ask(RECORDED.replace("count(*)", "count(DISTINCT stream_id)")) == recorded
        assert self.ask("SELECT count(*) FROM ledger.open_cases WHERE next_due IS NULL") == recorded
        assert self.ask("SELECT count(*) FROM ledger.open_cases WHERE due IS NULL") == 0
        self.check()
        self.verify()
        return recorded


@pytest.fixture
def late(tmp_path: Path) -> Iterator[LateCity]:
    settings = Settings(tmp_path / "data")
    with database(settings):
        found = LateCity(settings, tmp_path)
        yield found
        found.look_anew()


def test_kill_9_of_the_runner_records_no_missed_day_twice_and_loses_none(late: LateCity) -> None:
    start = partial(late.started, "deadlines", "--quiet")
    steps = (
        STEPS["before the first batch commits"],
        when_grown(RECORDED),
        STEPS["before the first batch commits"],
    )
    for step in steps:
        with started_at(step, late, start) as runner:
            runner.kill()
            runner.wait()
        # What the database had in hand when its client died is recorded whole or not at all.
        wait_until(lambda: late.ask(AT_WORK) == 0, "the database let go of the dead runner")
        late.check_recorded()
    done = late.run("deadlines", "--json", "--quiet")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["unreadable"] == 0
    assert late.check_recorded() == CASES
    again = late.run("deadlines", "--json", "--quiet")
    assert set(json.loads(again.stdout).values()) == {0}
    assert late.run("verify", "--quiet").returncode == 0


def test_the_projectors_of_a_service_record_what_is_overdue_beside_the_command_once(late: LateCity) -> None:
    commands = (("project",), ("project",), ("deadlines", "--quiet"))
    running = [late.started(*command) for command in commands]
    try:
        wait_until(lambda: late.ask(RECORDED) == CASES, "every missed day is recorded")
        assert running[2].wait(20) == 0
    finally:
        for process in running:
            process.terminate()
            process.wait()
    assert late.check_recorded() == CASES


def test_the_clock_of_a_ledger_that_is_no_demo_is_not_moved_by_the_command(late: LateCity) -> None:
    before = (late.settings.data_dir / "demo-clock.json").read_bytes()
    refused = late.run("clock", "--forward", "1d")
    assert refused.returncode == 1 and "demo" in refused.stderr and "Traceback" not in refused.stderr
    assert (late.settings.data_dir / "demo-clock.json").read_bytes() == before
