"""The table of rules with their code and tests: what stands in it, and what it will not let pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from interfaces.cli.rule_table import Places, faults, places, table
from interfaces.rulebook import NOT_YET, rulebook

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one room, where two functions stand for rules, and one test."""
    (tmp_path / "domain").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "domain" / "acts.py").write_text(
        '"""Not of a function: MEA-1."""\n'
        'OF_THE_MODULE = "MEA-2"\n'
        "class Desk:\n"
        '    """Nor is this: MEA-3."""\n'
        "    def decide(self):\n"
        '        return Defect("DET-2", "told")\n'
        "def show():\n"
        '    """Marked while it pends (OBJ-2), by SHA-256."""\n'
    )
    (tmp_path / "tests" / "test_acts.py").write_text(
        "def test_det_2_one_is_refused(): ...\n"
        '@pytest.mark.parametrize("a", [pytest.param(1, marks=pytest.mark.rule("OBJ-2"))])\n'
        '@pytest.mark.rule("PRV-1")\n'
        "def test_more(): ...\n"
        '@pytest.mark.rule("PRV-1")\n'
        "def test_at_the_door(desk: Desk): desk.ask()\n"
        "class Desk:\n"
        "    def ask(self): asked_by_http()\n"
        "    def think(self): ...\n"
        '@pytest.mark.rule("PRV-1")\n'
        "def test_at_the_table(desk: Desk): desk.think()\n"
        "def asked_by_http(): Web(world).http.get('/')\n"
        "def det_1_helper(): ...\n"
    )
    return tmp_path


@pytest.fixture(scope="module")
def whole() -> dict[str, Places]:
    """What stands in this project."""
    return dict(places(PROJECT))


def test_code_and_tests_are_found_by_what_they_name(project: Path) -> None:
    found = places(project)
    assert found["DET-2"] == Places(
        {"domain/acts.py:Desk.decide"}, set(), {"tests/test_acts.py::test_det_2_one_is_refused"}
    )
    assert found["OBJ-2"] == Places(set(), {"domain/acts.py:show"}, {"tests/test_acts.py::test_more"})
    assert found["PRV-1"].tests and not found["PRV-1"].enforced
    assert {test.partition("::")[2] for test in found["PRV-1"].tests} == {
        "test_more", "test_at_the_door", "test_at_the_table",
    }  # fmt: skip
    assert found["PRV-1"].http == {"tests/test_acts.py::test_at_the_door"}
    assert not {"MEA-1", "MEA-2", "MEA-3", "DET-1"} & set(found)
    page = table(rulebook(), found, NOT_YET)
    assert "`domain/acts.py:Desk.decide`" in page
    assert all(f"| {rule} |" in page for rule in NOT_YET)


def test_an_enforced_rule_without_a_test_fails_the_check(project: Path, whole: dict[str, Places]) -> None:
    assert faults(rulebook(), whole) == []
    (project / "tests" / "test_acts.py").write_text("")
    bare = places(project)
    wrong = faults(rulebook(), whole | {"DET-2": bare["DET-2"]})
    assert wrong == ["DET-2 has no test that carries its id"]


def test_a_rule_that_no_test_meets_through_http_fails_the_check(whole: dict[str, Places]) -> None:
    assert all(here.http <= here.tests for here in whole.values())
    wrong = faults(rulebook(), whole | {"DET-2": replace(whole["DET-2"], http=set())})
    assert wrong == ["DET-2 has no test through HTTP that carries its id"]


def test_a_rule_that_lost_its_code_fails_the_check(project: Path, whole: dict[str, Places]) -> None:
    wrong = faults(rulebook(), whole | {"PRV-1": places(project)["PRV-1"]})
    assert wrong == ["PRV-1 has no code: no function refuses by it or says that it keeps it"]


@pytest.mark.parametrize(
    "here",
    [Places(refuses={"domain/x.py:y"}), Places(keeps={"domain/x.py:y"}), Places(tests={"tests/x.py::y"})],
)
def test_a_rule_that_is_being_built_leaves_the_list_of_those_not_yet_enforced(
    here: Places, whole: dict[str, Places]
) -> None:
    rule = min(NOT_YET)
    (wrong,) = faults(rulebook(), whole | {rule: here})
    assert wrong.startswith(f"{rule} has code or a test") and "NOT_YET" in wrong
    without = faults(rulebook(), whole, NOT_YET - {rule})
    assert without == [f"{rule} has no code: no function refuses by it or says that it keeps it"]


def test_an_id_that_is_no_rule_fails_the_check(whole: dict[str, Places]) -> None:
    more = whole | {"CAT-9": Places(refuses={"domain/x.py:y"})}
    assert faults(rulebook(), more) == ["CAT-9 is named by code or a test and is no rule"]
    assert faults(rulebook(), whole, {*NOT_YET, "XXX-1"}) == ["XXX-1 of NOT_YET is no rule"]


def test_the_list_only_shrinks() -> None:
    """It held 40 rules when it was begun; whoever adds one has taken code away."""
    assert len(NOT_YET) <= 40
