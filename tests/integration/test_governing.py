"""What the credit office registers at the command line: once, under its key alone, refused in both languages."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from application.registry import Registry
from tests.commands import run_command
from tests.world import World

NEWCOMER, BASIS = "11420100MB0000001C", "示编〔2026〕1号"


class Office:
    """The credit office at the command line."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.code = world.city.credit_office.code

    @property
    def registry(self) -> Registry:
        """What is registered now."""
        return Registry(self._world.ledger)

    def run(self, *words: str, key: str = "") -> subprocess.CompletedProcess[str]:
        """An act under the office's key, or the key of the department ``key``."""
        file = self._world.folder / "keys" / f"{key or self.code}.pem"
        return run_command(*words, "--key", str(file), environment=self._world.environment)

    def departments(self) -> dict[str, dict[str, str | None]]:
        """What `departments list` tells, by code."""
        done = run_command("departments", "list", "--json", environment=self._world.environment)
        return {one["code"]: one for one in json.loads(done.stdout)}


@pytest.fixture
def office(ledger_world: World) -> Office:
    return Office(ledger_world)


@pytest.mark.rule("LST-7")
def test_lst_7_a_department_without_a_rank_is_found_and_given_one_by_the_office_alone(
    office: Office, ledger_world: World
) -> None:
    world = ledger_world
    register = ("departments", "register", NEWCOMER, "--name", "示范市新设局")
    assert office.run(*register).returncode == 0
    listed = office.departments()
    assert listed[NEWCOMER]["rank"] is None and listed[office.code]["rank"] == "municipal"
    rank = ("departments", "rank", NEWCOMER)
    other = next(d.code for d in world.city.agencies)
    refused = {
        "LST-7: 部门层级须为": office.run(*rank, "village", "--basis", BASIS),
        "LST-7: 登记部门层级须写明": office.run(*rank, "county", "--basis", " "),
        "No such department": office.run(
            "departments", "rank", "11420100MB00000028", "county", "--basis", BASIS
        ),
        "DET-5: ": office.run(*rank, "county", "--basis", BASIS, key=other),
    }
    for words, done in refused.items():
        assert done.returncode == 1 and words in done.stderr and " / " in done.stderr, done.stderr
    assert office.departments()[NEWCOMER]["rank"] is None
    done = office.run(*rank, "county", "--basis", BASIS)
    assert (done.returncode, "registered" in done.stdout) == (0, True), done.stderr
    assert office.departments()[NEWCOMER]["rank"] == "county"
    rows = len(world.rows_of("department.ranked"))
    again = office.run(*rank, "county", "--basis", BASIS)
    assert again.returncode == 0 and "nothing was added" in again.stdout
    assert len(world.rows_of("department.ranked")) == rows
    assert world.finding() is None


def test_who_takes_part_and_what_for_is_registered_once_and_by_well_formed_words_only(
    office: Office, ledger_world: World, tmp_path: Path
) -> None:
    world, file = ledger_world, tmp_path / "name"
    file.write_text("示例新\n", encoding="utf-8")
    agency = next(d.code for d in world.city.agencies)
    officer = ("officers", "register", "newcomer-1", "--department", agency, "--name", str(file), "--role")
    purpose = ("purposes", "register", "rural_support", "--zh", "乡村振兴扶持", "--en")
    for words in ((*officer, "operator"), (*purpose, "rural support")):
        first, again = office.run(*words), office.run(*words)
        assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
        assert "已登记" in first.stdout and "nothing was added" in again.stdout
    for words in ((*officer, "supervisor"), (*purpose, "other words")):
        refused = office.run(*words)
        assert refused.returncode == 1 and "请另取" in refused.stderr and "take another" in refused.stderr
        assert "示例新" not in refused.stderr
    known = office.registry.officer("newcomer-1")
    assert known is not None and (known.department, known.role) == (agency, "operator")
    found = office.registry.purpose("rural_support")
    assert found is not None and (found.zh, found.en) == ("乡村振兴扶持", "rural support")
    assert world.finding() is None
