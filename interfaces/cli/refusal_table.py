"""Which code makes each refusal and which tests reach it, found in the sources by the code's name.

``generate --check`` asks it: a sentence that nothing refuses with, and a refusal that no test names, fail the check.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from interfaces.cli.rule_table import ROOMS

_NOT_REFUSING = ("domain/shared/prose", "interfaces/demo/")
"""Where the sentences stand, and the demo city, which makes what is refused: neither refuses anything itself."""
_TOLD = re.compile(r"(?:[A-Z]{3}-[0-9]+|FORMAT|SERVICE):([a-z0-9_]+)")
"""A code as the text of ``Refused`` tells it, after its rule."""


@dataclass(frozen=True)
class Named:
    """The codes that sources name (拒绝代码): whole, or put together around what only a run knows."""

    whole: frozenset[str]
    patterns: tuple[re.Pattern[str], ...] = ()

    def has(self, code: str) -> bool:
        """Whether ``code`` is named."""
        return code in self.whole or any(pattern.fullmatch(code) for pattern in self.patterns)


def raised(project: Path) -> Named:
    """What the product's own sources name: a string that is the code, or one that is put together to be it."""
    paths = (path for room in ROOMS for path in sorted((project / room).rglob("*.py")))
    texts = [
        node
        for path in paths
        if not path.relative_to(project).as_posix().startswith(_NOT_REFUSING)
        for node in _texts(ast.parse(path.read_text(encoding="utf-8")))
    ]
    patterns = {p for node in texts if isinstance(node, ast.JoinedStr) and (p := _pattern(node))}
    return Named(frozenset(_constants(texts)), tuple(map(re.compile, sorted(patterns))))


def named_by_tests(project: Path) -> Named:
    """What tests name, whole: who reads a test is to see which refusal it reaches."""
    found: set[str] = set()
    for path in sorted((project / "tests").rglob("test_*.py")):
        found |= set(_constants(_texts(ast.parse(path.read_text(encoding="utf-8")))))
    return Named(frozenset(found | {match[1] for text in found if (match := _TOLD.fullmatch(text))}))


def refusal_faults(codes: Collection[str], by_code: Named, by_tests: Named) -> list[str]:
    """What is wrong: a sentence for what nothing refuses, a refusal that no test names."""
    wrong = [f"{code} has a sentence and is refused by no code" for code in codes if not by_code.has(code)]
    return wrong + [f"{code} is a refusal that no test names" for code in codes if not by_tests.has(code)]


def _texts(module: ast.Module) -> list[ast.expr]:
    """The strings of a module but for those that stand alone, as docstrings do."""
    alone = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    return [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in alone
    ]


def _constants(nodes: Iterable[ast.expr]) -> Iterator[str]:
    return (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def _pattern(node: ast.JoinedStr) -> str:
    """What an f-string may be; nothing where it does not begin with the letters of a code."""
    parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
    if not isinstance(parts[0], str) or not re.fullmatch(r"[a-z][a-z0-9]*_[a-z0-9_]*", parts[0]):
        return ""
    return "".join("[a-z0-9_]+" if part is None else re.escape(str(part)) for part in parts)
