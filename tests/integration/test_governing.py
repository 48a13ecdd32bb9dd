"""What the credit office registers at the command line: once, under its key alone, refused in both languages."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from application.registry import Registry
from interfaces.client.sealing import DepartmentKey
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

    def run(self, *words: str, key: str = "", option: str = "--key") -> subprocess.CompletedProcess[str]:
        """An act under the office's key, or the key of the department ``key``."""
        file = self._world.folder / "keys" / f"{key or self.code}.pem"
        return run_command(*words, option, str(file), environment=self._world.environment)

    def departments(self) -> dict[str, dict[str, str | bool | None]]:
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
    done = office.run(*rank, "county", "--basis", BASIS, "--member")
    assert (done.returncode, "registered" in done.stdout) == (0, True), done.stderr
    assert office.departments()[NEWCOMER]["rank"] == "county"
    rows = len(world.rows_of("department.ranked"))
    assert office.departments()[NEWCOMER]["member"] and not listed[NEWCOMER]["member"]
    again = office.run(*rank, "county", "--basis", BASIS, "--member")
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


@pytest.mark.rule("DET-5")
@pytest.mark.rule("CAT-6")
def test_det_5_a_department_is_given_its_first_key_and_a_national_version_is_adopted_at_the_command_line(
    office: Office, ledger_world: World, tmp_path: Path
) -> None:
    world, pem, file = ledger_world, tmp_path / "first.pem", tmp_path / "item.json"
    made = run_command("keys", "make", str(pem), environment=world.environment)
    public_key = made.stdout.split()[4]
    world.governance().register_department(code=NEWCOMER, name="示范市新设局", role="department")
    first = office.run("keys", "register", public_key, "--department", NEWCOMER, option="--office-key")
    assert first.returncode == 0 and DepartmentKey.read(pem).issuer.hex() in first.stdout, first.stderr
    agency = world.city.agencies[0].code
    other = office.run("keys", "register", public_key, "--department", agency, option="--office-key")
    assert other.returncode == 1 and "DET-5" in other.stderr
    item = next(i for i in world.city.items if i.code == "C03-02")
    file.write_text(json.dumps(replace(item, version=2).to_json()), encoding="utf-8")
    assert "已登记" in office.run("adopt", "catalogue_item", str(file)).stdout
    again = office.run("adopt", "catalogue_item", str(file))
    assert again.returncode == 1 and "CAT-3" in again.stderr and "3" in again.stderr
    assert office.registry.item("C03-02").items[-1].version == 2 and world.finding() is None
