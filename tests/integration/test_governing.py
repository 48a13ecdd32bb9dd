"""What governs the ledger is sealed by the credit office alone, and follows what stands (DET-5, CAT-1, LST-7)."""

from __future__ import annotations

<<<<<<< HEAD
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
=======
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from application.commands.governance import Governance
from domain.shared.refusals import Refused
from tests.world import World


def code(act: Callable[[], object]) -> tuple[str, str]:
    """The one rule and code with which an act of governing is refused."""
    with pytest.raises(Refused) as refused:
        act()
    (defect,) = refused.value.defects
    return defect.rule, defect.code


@pytest.mark.rule("DET-5")
def test_det_5_no_act_of_governing_by_anybody_but_the_credit_office_is_ever_recorded(
    refusing_world: World,
) -> None:
    world, agency = refusing_world, refusing_world.city.agencies[0]
    key, before = world.keys[agency.code], world.reader.head("records")
    usurper = Governance(world.ledger, signer=key)
    for act in (
        partial(usurper.register_purpose, code="curiosity", zh="好奇", en="curiosity"),
        partial(usurper.rank_department, agency.code, rank="provincial", basis="示编〔2026〕1号"),
        partial(usurper.revoke_key, key.issuer, reason="lost"),
    ):
        assert code(act) == ("DET-5", "may_not_govern")
    office = world.governance()
    renamed = partial(office.register_department, code=agency.code, name="另一个名称", role=agency.role)
    assert code(renamed) == ("DET-5", "department_known_otherwise")
    assert not office.register_department(code=agency.code, name=agency.name, role=agency.role)
    assert world.reader.head("records") == before
>>>>>>> 25ad286 (Name in tests the refusals that none had named, and drop a sentence that nothing says)


@pytest.mark.rule("CAT-1")
def test_cat_1_a_version_of_an_item_follows_the_last(refusing_world: World) -> None:
    item = next(i for i in refusing_world.city.items if i.code == "C03-02")
    for version in (1, 3):
        again = partial(refusing_world.governance().adopt_version, replace(item, version=version))
        assert code(again) == ("CAT-1", "catalogue_version_not_next")


@pytest.mark.rule("LST-7")
<<<<<<< HEAD
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
=======
def test_lst_7_a_department_has_a_rank_that_there_is_by_a_document(refusing_world: World) -> None:
    agency = refusing_world.city.agencies[0].code
    ranked = partial(refusing_world.governance().rank_department, agency)
    assert code(partial(ranked, rank="royal", basis="示编〔2026〕1号")) == ("LST-7", "rank_unknown")
    assert code(partial(ranked, rank="county", basis=" ")) == ("LST-7", "rank_without_basis")
    assert ranked(rank="county", basis="示编〔2026〕1号") and not ranked(
        rank="county", basis="示编〔2026〕1号"
    )
>>>>>>> 25ad286 (Name in tests the refusals that none had named, and drop a sentence that nothing says)
