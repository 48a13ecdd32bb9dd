"""The rulebook as values: every rule with its clause, the clause's own words, its effect here, and what is lawful.

Refusals name a rule by id and interfaces look its clause and quote up here; the data itself is
``data/rulebook.json``, given as an argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

STATUSES = ("SEED", "LAW", "PAGE", "2ND", "CODE", "INF", "MEM", "NONE")
"""How sure a fact is (来源等级): as in the policy texts, the law's full text, an excerpt, told by others, code of
a platform, inferred, remembered; ``NONE`` where no source was found."""


@dataclass(frozen=True, slots=True)
class Span:
    """Since when a text founds a rule (效力期间): ISO days, ``from_day`` empty when the text states none,
    ``until`` empty while it holds; ``status`` is one of ``STATUSES``."""

    from_day: str
    until: str
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Group:
    """A chapter of the rulebook (规则分组): the letters before the number, and its name."""

    id: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule (规则): what a clause of the policy texts obliges the product to do.

    ``clause`` cites all clauses that found it, ``quote`` is verbatim from the text ``seed`` (its
    number), ``gloss`` says it in English, ``effect`` says what the product does, ``instead`` what would be
    lawful where it refuses (Chinese, ``instead_en`` the same in English). ``dates`` are oldest first.
    """

    id: str
    clause: str
    seed: str
    quote: str
    gloss: str
    effect: str
    effect_zh: str
    instead: str
    instead_en: str
    dates: tuple[Span, ...]

    @property
    def group(self) -> str:
        """The letters before its number."""
        return self.id.partition("-")[0]


FIELDS = ("id", "clause", "seed", "quote", "gloss", "effect", "effect_zh", "instead", "instead_en")


class Rulebook:
    """All rules (规则集), in the order of the data."""

    def __init__(self, rules: Iterable[Rule], groups: Iterable[Group] = ()) -> None:
        """Raises ``ValueError`` when an id stands twice."""
        self._rules: dict[str, Rule] = {}
        for rule in rules:
            if rule.id in self._rules:
                raise ValueError(f"rule {rule.id} stands twice in the rulebook")
            self._rules[rule.id] = rule
        self.groups = tuple(groups)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Rulebook:
        """A rulebook from ``data/rulebook.json``.

        Raises ``ValueError`` when an entry lacks a field or leaves it empty, has no dates or such that end
        before they begin, or when rules and groups do not fit.
        """
        rules = []
        for entry in data["rules"]:
            missing = [name for name in FIELDS if not entry.get(name, "").strip()]
            if missing:
                raise ValueError(f"rule {entry.get('id', '?')} lacks {', '.join(missing)}")
            rules.append(Rule(**{name: entry[name] for name in FIELDS}, dates=_dates(entry)))
        groups = [Group(group["id"], group["zh"], group["en"]) for group in data["groups"]]
        if list(dict.fromkeys(rule.group for rule in rules)) != [group.id for group in groups]:
            raise ValueError("the rules are not in the order of their groups")
        return cls(rules, groups)

    def of_group(self, group: str) -> tuple[Rule, ...]:
        """The rules of a group, in order; none of one that is not there."""
        return tuple(rule for rule in self if rule.group == group)

    def __getitem__(self, rule_id: str) -> Rule:
        """The rule with this id; raises ``KeyError`` when there is none."""
        return self._rules[rule_id]

    def __contains__(self, rule_id: object) -> bool:
        return rule_id in self._rules

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())

    def __len__(self) -> int:
        return len(self._rules)


def _dates(entry: Mapping[str, Any]) -> tuple[Span, ...]:
    spans = tuple(
        Span(d["from"], d.get("until", ""), d["source"], d["status"]) for d in entry.get("dates", ())
    )
    for span in spans:
        days = [date.fromisoformat(day) for day in (span.from_day, span.until) if day]
        if days != sorted(days) or span.status not in STATUSES or not span.source.strip():
            raise ValueError(f"rule {entry['id']} has a date that cannot be")
    begun = [span.from_day for span in spans]
    if not spans or begun != sorted(begun):
        raise ValueError(f"rule {entry['id']} lacks its dates, oldest first")
    return spans
