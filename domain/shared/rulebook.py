"""The rulebook as values: every rule with its clause, the clause's own words, and its effect here.

Refusals name a rule by id and interfaces look its clause and quote up here; the data itself is
``data/rulebook.json``, given as an argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule (规则): what a clause of the policy texts obliges the product to do.

    ``clause`` cites all clauses that found it, ``quote`` is verbatim from the text ``seed`` (its
    number), ``gloss`` says it in English, ``effect`` says what the product does.
    """

    id: str
    clause: str
    seed: str
    quote: str
    gloss: str
    effect: str


FIELDS = ("id", "clause", "seed", "quote", "gloss", "effect")


class Rulebook:
    """All rules (规则集), in the order of the data."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Raises ``ValueError`` when an id stands twice."""
        self._rules: dict[str, Rule] = {}
        for rule in rules:
            if rule.id in self._rules:
                raise ValueError(f"rule {rule.id} stands twice in the rulebook")
            self._rules[rule.id] = rule

    @classmethod
    def from_data(cls, data: Iterable[Mapping[str, str]]) -> Rulebook:
        """A rulebook from the list under ``rules`` of ``data/rulebook.json``.

        Raises ``ValueError`` when an entry lacks a field or leaves it empty.
        """
        rules = []
        for entry in data:
            missing = [name for name in FIELDS if not entry.get(name, "").strip()]
            if missing:
                raise ValueError(f"rule {entry.get('id', '?')} lacks {', '.join(missing)}")
            rules.append(Rule(**{name: entry[name] for name in FIELDS}))
        return cls(rules)

    def __getitem__(self, rule_id: str) -> Rule:
        """The rule with this id; raises ``KeyError`` when there is none."""
        return self._rules[rule_id]

    def __contains__(self, rule_id: object) -> bool:
        return rule_id in self._rules

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())

    def __len__(self) -> int:
        return len(self._rules)
