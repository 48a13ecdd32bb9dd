"""The shape that the documents promise, held by tests: pure domain, named topics, a sentence for every code."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import ClassVar

import pytest

from application.topics import EVENTS, TOPICS
from domain.shared.canonical import Parts
from domain.shared.events import Event
from domain.shared.kinds import Kind
from domain.shared.prose import PROSE
from domain.shared.prose_instead import INSTEAD

PROJECT = Path(__file__).resolve().parent.parent
ROOMS = ("domain", "application", "infrastructure", "interfaces")
SOURCES = [path for room in ROOMS for path in sorted((PROJECT / room).rglob("*.py"))]
IMPURE = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.monotonic",
    "uuid.uuid4", "uuid4", "uuid.uuid1", "uuid1", "os.urandom", "secrets", "random", "open", "input", "print",
}  # fmt: skip


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", sorted((PROJECT / "domain").rglob("*.py")), ids=lambda p: p.name)
def test_the_domain_imports_the_standard_library_and_event_bases_only(path: Path) -> None:
    foreign = {
        name
        for name in imported(tree(path))
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not name.startswith("domain.")
        and name != "eventsourcing.domain"
    }
    assert not foreign


@pytest.mark.parametrize("path", sorted((PROJECT / "domain").rglob("*.py")), ids=lambda p: p.name)
def test_the_domain_calls_no_clock_no_randomness_and_no_file(path: Path) -> None:
    calls = {
        ast.unparse(node.func)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute))
    }
    assert not calls & IMPURE
    assert not {"random", "secrets", "os", "pathlib", "io", "socket"} & set(imported(tree(path)))


def test_every_event_has_a_short_topic_a_kind_and_a_docstring() -> None:
    assert len(TOPICS) == len(EVENTS)
    for event in EVENTS:
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", event.TOPIC), event
        assert isinstance(event.KIND, Kind)
        assert event.__doc__ and event.__doc__.strip()


def test_every_event_class_is_registered() -> None:
    def below(cls: type[Event]) -> Iterator[type[Event]]:
        for sub in cls.__subclasses__():
            yield sub
            yield from below(sub)

    named = {c for c in below(Event) if "TOPIC" in c.__dict__ and c.__module__.startswith("domain.")}
    assert named == set(EVENTS)


def test_events_of_an_older_version_are_read_in_todays_shape() -> None:
    def renamed(parts: Parts) -> Parts:
        return {"public": {"title": parts["public"]["name"]}}

    @dataclass(frozen=True)
    class Versioned(Event):
        TOPIC: ClassVar[str] = "test.versioned"
        KIND: ClassVar[Kind] = Kind.PLATFORM
        SCHEMA: ClassVar[int] = 2
        UPCASTS: ClassVar = {1: renamed}
        title: str

    assert Versioned.upcast({"public": {"name": "x"}}, schema=1) == {"public": {"title": "x"}}
    assert Versioned.upcast({"public": {"title": "x"}}, schema=2) == {"public": {"title": "x"}}
    with pytest.raises(KeyError):
        Versioned.upcast({"public": {}}, schema=3)


def test_every_code_that_the_code_names_has_a_sentence_in_both_languages() -> None:
    named: set[str] = set()
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("Defect", ".defect")):
                arguments = node.args[1:2]
            elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("UnreadableFile"):
                arguments = node.args[0:1]
            else:
                continue
            named |= {a.value for a in arguments if isinstance(a, ast.Constant) and isinstance(a.value, str)}
    assert len(named) > 60
    assert not {code for code in named if code not in PROSE}
    for chinese, english in PROSE.values():
        assert chinese and english


def test_what_would_be_lawful_instead_is_told_of_refusals_that_there_are_and_of_nothing_they_do_not_say() -> (
    None
):
    def filled(*texts: str) -> set[str | None]:
        return {field for text in texts for _, field, _, _ in Formatter().parse(text)} - {None}

    for code, (chinese, english) in INSTEAD.items():
        assert chinese and english
        assert filled(chinese, english) <= filled(*PROSE[code]), code


def test_no_source_file_outgrows_its_room() -> None:
    too_long = {
        str(path.relative_to(PROJECT)): lines
        for path in SOURCES
        # The offline verifier ships as one file, whatever it takes.
        if not path.name.startswith("prose")
        and path.name != "verifier.py"
        and (lines := len(path.read_text().splitlines())) > 400
    }
    assert not too_long


def test_ids_of_named_things_come_from_no_person() -> None:
    """Stream ids are random or made from public names; a uuid5 stands in one place only."""
    users = [
        str(path.relative_to(PROJECT)) for path in SOURCES if "uuid5" in path.read_text(encoding="utf-8")
    ]
    assert users == ["domain/shared/names.py"]
