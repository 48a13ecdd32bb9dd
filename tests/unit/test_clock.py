"""The demo clock: ahead of the machine's by what a file says, alike for all processes, never back."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from infrastructure.bootstrap import demo_clock
from infrastructure.clock import AHEAD_MAX, ClockError, DemoClock
from infrastructure.settings import Settings

LEDGER = uuid4()
DAY = timedelta(days=1)


def test_without_a_file_it_is_the_machine_s_clock(tmp_path: Path) -> None:
    clock = DemoClock(tmp_path / "clock.json", LEDGER)
    assert clock.ahead() == timedelta() and clock.now() - clock.real() < timedelta(seconds=1)


def test_what_one_moves_another_sees_at_once_and_real_time_stays(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    here, there = DemoClock(path, LEDGER), DemoClock(path, LEDGER)
    before = there.real()
    assert here.forward(30 * DAY) == 30 * DAY == there.ahead()
    assert there.now() - before >= 30 * DAY and there.real() - before < DAY
    assert DemoClock(path, LEDGER).forward(DAY) == 31 * DAY == here.ahead()
    assert path.stat().st_mode & 0o777 == 0o600


def test_many_who_move_it_at_once_all_count(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: DemoClock(path, LEDGER).forward(DAY), range(24)))
    assert DemoClock(path, LEDGER).ahead() == 24 * DAY


@pytest.mark.parametrize("by", [timedelta(), -DAY, AHEAD_MAX + DAY])
def test_it_is_moved_neither_back_nor_beyond_its_limit(tmp_path: Path, by: timedelta) -> None:
    clock = DemoClock(tmp_path / "clock.json", LEDGER)
    with pytest.raises(ClockError):
        clock.forward(by)
    assert clock.ahead() == timedelta() and not (tmp_path / "clock.json").exists()


@pytest.mark.parametrize("how", ["gone", "lower", "broken", "another ledger's"])
def test_in_a_running_process_it_never_goes_back_whatever_becomes_of_the_file(
    tmp_path: Path, how: str
) -> None:
    path = tmp_path / "clock.json"
    clock = DemoClock(path, LEDGER)
    clock.forward(30 * DAY)
    told = json.loads(path.read_text())
    path.unlink()
    if how == "lower":
        path.write_text(json.dumps({**told, "ahead_seconds": 5}))
    elif how == "broken":
        path.write_text("{")
    elif how == "another ledger's":
        path.write_text(json.dumps({**told, "ledger": uuid4().hex, "ahead_seconds": 60 * 86400}))
    assert clock.ahead() == 30 * DAY


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "{}", '{"format": "xinlu/demo-clock@v1", "ledger": "00", "ahead_seconds": 1}'],
)
def test_who_starts_on_a_file_that_is_no_clock_of_its_ledger_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "clock.json"
    path.write_text(text)
    with pytest.raises(ClockError, match=r"clock\.json"):
        DemoClock(path, LEDGER)
    assert path.read_text() == text


@pytest.mark.parametrize("ahead", [-1, int(AHEAD_MAX.total_seconds()) + 1, 10**30, None])
def test_a_file_that_says_back_or_too_far_is_refused(tmp_path: Path, ahead: int | None) -> None:
    path = tmp_path / "clock.json"
    path.write_text(
        json.dumps({"format": "xinlu/demo-clock@v1", "ledger": LEDGER.hex, "ahead_seconds": ahead})
    )
    with pytest.raises(ClockError):
        DemoClock(path, LEDGER)


def test_on_a_database_server_there_is_none_unless_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "database").write_text("server\n")
    with pytest.raises(ClockError, match="XINLU_DEMO_CLOCK"):
        demo_clock(Settings(tmp_path), LEDGER)
    assert demo_clock(Settings(tmp_path, demo_clock=True), LEDGER).ahead() == timedelta()
    (tmp_path / "database").write_text("embedded\n")
    assert demo_clock(Settings(tmp_path), LEDGER).ahead() == timedelta()


@pytest.mark.parametrize(("text", "told"), [("", False), ("0", False), ("1", True)])
def test_the_setting_is_read_from_the_environment(tmp_path: Path, text: str, *, told: bool) -> None:
    found = Settings.from_environment({"XINLU_DATA": str(tmp_path), "XINLU_DEMO_CLOCK": text})
    assert found.demo_clock is told


def test_any_other_value_of_the_setting_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="XINLU_DEMO_CLOCK"):
        Settings.from_environment({"XINLU_DATA": str(tmp_path), "XINLU_DEMO_CLOCK": "yes"})
