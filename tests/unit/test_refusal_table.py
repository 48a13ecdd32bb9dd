"""The check of refusals: a sentence that nothing refuses with does not pass, nor does a refusal that no test names."""

from __future__ import annotations

from pathlib import Path

import pytest

from interfaces.cli.refusal_table import named_by_tests, raised, refusal_faults


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that refuses by three codes, in full and put together, and a test that names two of them."""
    (tmp_path / "domain" / "shared").mkdir(parents=True)
    (tmp_path / "tests" / "unit").mkdir(parents=True)
    (tmp_path / "domain" / "shared" / "prose_acts.py").write_text('PROSE = {"never_refused": ("", "")}\n')
    (tmp_path / "domain" / "acts.py").write_text(
        '"""Not this one: in_a_docstring."""\n'
        "def decide(name):\n"
        '    "in_a_docstring"\n'
        '    yield Defect("DET-2", "said_in_full")\n'
        '    yield Defect("DET-2", f"act_without_{name}")\n'
        '    raise ValueError(f"{name}_anything")\n'
    )
    (tmp_path / "tests" / "helpers.py").write_text('NAMED = "act_without_words"\n')
    (tmp_path / "tests" / "unit" / "test_acts.py").write_text(
        '"""act_without_reason"""\n'
        "def test_act():\n"
        '    assert codes() == {"DET-2:said_in_full"}\n'
        '    assert code() == "act_without_basis"\n'
        '    assert code() == f"act_without_{name}"\n'
    )
    return tmp_path


def faults(project: Path, *codes: str) -> list[str]:
    return refusal_faults(codes, raised(project), named_by_tests(project))


def test_a_refusal_that_code_makes_and_a_test_names_passes(project: Path) -> None:
    assert faults(project, "said_in_full", "act_without_basis") == []


@pytest.mark.parametrize("code", ["never_refused", "in_a_docstring", "said_in", "anything"])
def test_a_sentence_that_nothing_refuses_with_fails_the_check(project: Path, code: str) -> None:
    assert faults(project, code) == [
        f"{code} has a sentence and is refused by no code",
        f"{code} is a refusal that no test names",
    ]


@pytest.mark.parametrize("code", ["act_without_reason", "act_without_words"])
def test_a_refusal_that_no_test_names_in_full_fails_the_check(project: Path, code: str) -> None:
    assert faults(project, code) == [f"{code} is a refusal that no test names"]
