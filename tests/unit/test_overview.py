"""The two overviews for people: every command and every context is in both, and the same commands in both tours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from interfaces.cli.main import COMMANDS

PROJECT = Path(__file__).resolve().parents[2]
TEXTS = {name: (PROJECT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")}


@pytest.mark.parametrize("name", TEXTS)
def test_the_overview_names_every_command_and_every_context(name: str) -> None:
    contexts = {f"domain/{path.parent.name}" for path in (PROJECT / "domain").glob("*/__init__.py")}
    rows = "\n".join(line for line in TEXTS[name].splitlines() if line.startswith("| `"))
    missing = {f"`{c}" for c in [*COMMANDS, *contexts] if not re.search(rf"`{c}[` ]", rows)}
    assert not missing


def test_the_tour_is_the_same_in_both_languages() -> None:
    here, there = (re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for text in TEXTS.values())
    assert here == there and len(here) > 10
