"""Which tests go through HTTP: those that reach a client of the service, found in the sources of the tests.

A test reaches what it names, its fixtures, and what these name in turn; it is enough that one of them opens a client
(``OPENS``). ``rule_table`` asks it, so that every rule stays shown at the door where callers meet it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

OPENS = frozenset({"Client", "Web", "listening", "served", "test_client"})
"""What opens a client or serves one: the product's own, the tests' over Flask's, a socket on loopback."""
_SHARED = "tests.conftest"
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Definition = _Function | ast.ClassDef


@dataclass(frozen=True)
class _Module:
    """What stands at the top level of a module of tests, and where the names that it imports stand."""

    defined: Mapping[str, _Definition]
    imported: Mapping[str, tuple[str, str]]


class TestSources:
    """The modules under ``tests`` of a project (测试源码), each read once."""

    def __init__(self, project: Path) -> None:
        self._modules = {
            ".".join(path.relative_to(project).with_suffix("").parts): _module(path)
            for path in sorted((project / "tests").rglob("*.py"))
        }

    def through_http(self, module: str, test: _Function) -> bool:
        """Whether a test of a module (``tests.unit.test_rows``) reaches what opens a client."""
        waiting: list[tuple[str, _Definition]] = [(module, test)]
        of_test = _names(test)
        seen: set[int] = set()
        while waiting:
            where, node = waiting.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            if OPENS & _called(node):
                return True
            waiting += self._named(where, node, of_test=of_test)
        return False

    def _named(
        self, module: str, node: _Definition, *, of_test: frozenset[str]
    ) -> Iterator[tuple[str, _Definition]]:
        """The fixtures, functions and methods that code names; of a class only what it or the test calls."""
        names = _names(node)
        if isinstance(node, _Function):
            for argument in (*node.args.args, *node.args.kwonlyargs):
                yield from self._found(module, argument.arg) or self._found(_SHARED, argument.arg)
        for name in sorted(names):
            for where, found in self._found(module, name):
                if isinstance(found, ast.ClassDef):
                    used = {"__init__", *names, *of_test}
                    methods = (m for m in found.body if isinstance(m, _Function) and m.name in used)
                    yield from ((where, method) for method in methods)
                else:
                    yield where, found

    def _found(self, module: str, name: str) -> list[tuple[str, _Definition]]:
        """The definition that a name has in a module, with its own module; none for what is not of the tests."""
        here = self._modules.get(module)
        if here is None:
            return []
        if name in here.defined:
            return [(module, here.defined[name])]
        return self._found(*here.imported[name]) if name in here.imported else []


def _module(path: Path) -> _Module:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return _Module(
        {node.name: node for node in tree.body if isinstance(node, _Definition)},
        {
            alias.asname or alias.name: (node.module, alias.name)
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        },
    )


@cache
def _called(node: ast.AST) -> frozenset[str]:
    calls = (part.func for part in ast.walk(node) if isinstance(part, ast.Call))
    return frozenset(name for called in calls if (name := _name(called)))


@cache
def _names(node: ast.AST) -> frozenset[str]:
    """Every name and attribute in code, annotations with them: the class of a fixture stands there."""
    return frozenset(name for part in ast.walk(node) if (name := _name(part)))


def _name(part: ast.AST) -> str:
    return part.id if isinstance(part, ast.Name) else part.attr if isinstance(part, ast.Attribute) else ""
