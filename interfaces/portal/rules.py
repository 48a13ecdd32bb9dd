"""The page of rules: each with its words, since when it holds, what is lawful instead, and a bar of its refusals.

After the rulebook and the counts that anyone may know; the template only sets it in type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from application.queries.rules import Refusals
from domain.shared.rule_settings import SETTINGS, RuleSettings, Setting, Value
from domain.shared.rulebook import Group, Rule, Rulebook
from interfaces.rulebook import NOT_YET

BAR_PERCENT_MIN = 2.0
"""Any bar that is drawn at all can be seen."""
STATUS_NAMES: Mapping[str, tuple[str, str]] = {
    "SEED": ("政策原文", "policy text"),
    "LAW": ("法律全文", "text of the law"),
    "PAGE": ("官方文本节选", "excerpt of the official text"),
    "2ND": ("转述", "told by others"),
    "CODE": ("公开平台代码", "code of a public platform"),
    "INF": ("推断", "inferred"),
    "MEM": ("未核实", "unverified"),
    "NONE": ("未查到来源", "no source found"),
}

UNIT_NAMES: Mapping[str, tuple[str, str]] = {
    "working_days": ("个工作日", "working days"),
    "days": ("日", "days"),
    "day_of_month": ("日（每月）", "of each month"),
    "months": ("个月", "months"),
    "years": ("年", "years"),
    "records": ("条", "records"),
    "times": ("次", "times"),
    "hour": ("时", "o'clock"),
    "subjects": ("个主体", "subjects"),
    "per_10000": ("‱", "of ten thousand"),
    "percent": ("%", "of a hundred"),
    "departments": ("家", "departments"),
}


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A rule with its refusals; ``bar_percent`` of the most refused one, 0 for none to tell.

    ``enforced``: whether any code keeps it yet.
    """

    rule: Rule
    refusals: Refusals
    bar_percent: float
    enforced: bool


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group with its rules."""

    group: Group
    rules: Sequence[ShownRule]


def show_rules(book: Rulebook, counts: Mapping[str, Refusals]) -> list[ShownGroup]:
    """The rules by group, with bars on one scale."""
    most = max((_all(counts.get(rule.id)) for rule in book), default=0)

    def shown(rule: Rule) -> ShownRule:
        refusals = counts.get(rule.id, Refusals())
        part = _all(refusals) * 100 / most if most else 0.0
        return ShownRule(
            rule, refusals, max(round(part, 2), BAR_PERCENT_MIN) if part else 0.0, rule.id not in NOT_YET
        )

    return [ShownGroup(g, [shown(rule) for rule in book.of_group(g.id)]) for g in book.groups]


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """A setting with its unit in words, the value of today, and what was decided since the default."""

    setting: Setting
    unit: tuple[str, str]
    today: Value
    changes: Sequence[Value]


def show_settings(found: RuleSettings, *, today: date) -> list[ShownSetting]:
    """Every setting as the page shows it."""
    return [
        ShownSetting(s, UNIT_NAMES[s.unit], found.value(name, on=today), found.history(name)[1:])
        for name, s in SETTINGS.items()
    ]


def _all(refusals: Refusals | None) -> int:
    return refusals.acts + refusals.rows if refusals else 0
