"""No look may be logged under a view whose answer no replay makes again: every ``view=`` in the code is known."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from application.projections.renditions import DOSSIER, SHARED
from application.queries import incidents
from application.queries.cases import CaseKind
from application.queries.entries import Sort
from application.queries.replay import REPLAYED
from application.queries.report import REPORT
from application.queries.subject import CONSENTS, WHO_LOOKED

PROJECT = Path(__file__).resolve().parent.parent
LOGGING = {"log_look", "logged", "SubjectQueried", "_act", "ask"}
"""Whoever writes a look, or hands a view on to whoever does."""
HANDED_ON: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("application/queries/looks.py", "view"): (),
    ("application/queries/asking.py", "view"): (),
    ("application/queries/shared.py", "view[0]"): (),
    ("application/queries/shared.py", "(view, view_position)"): (SHARED, REPORT),
    ("application/queries/cases.py", "kind"): get_args(CaseKind),
    ("application/queries/entries.py", "sort"): get_args(Sort),
    ("application/queries/subject.py", "asking.view"): (DOSSIER, CONSENTS, WHO_LOOKED),
}
"""What a view can be where it is no constant; none where it is only handed on by what stands here too."""


def views_logged() -> Iterator[tuple[str, str]]:
    """Every ``view=`` of a call that logs: file and text."""
    for room in ("application", "interfaces", "infrastructure"):
        for path in sorted((PROJECT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                name = getattr(node, "func", None)
                called = getattr(name, "attr", getattr(name, "id", ""))
                if not isinstance(node, ast.Call) or called not in LOGGING:
                    continue
                for keyword in node.keywords:
                    if keyword.arg == "view":
                        yield path.relative_to(PROJECT).as_posix(), ast.unparse(keyword.value)


def constant(file: str, text: str) -> Any:
    """The value of a name, or of an attribute of one, in the module."""
    first, *rest = text.split(".")
    value = getattr(importlib.import_module(file.removesuffix(".py").replace("/", ".")), first)
    for name in rest:
        value = getattr(value, name)
    return value


def test_every_view_that_a_look_can_have_is_made_again_by_a_replay() -> None:
    found: set[str] = set()
    for file, text in views_logged():
        found |= {*HANDED_ON[file, text]} if (file, text) in HANDED_ON else {constant(file, text)}
    assert len(found) > 15
    assert found == REPLAYED


def test_a_view_that_nobody_makes_again_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incidents, "VIEW", "a_new_one")
    with pytest.raises(AssertionError):
        test_every_view_that_a_look_can_have_is_made_again_by_a_replay()
