"""What the pages of a trace, a review and an incident show: instants as the city reads them, and looks drawn in time.

Systems of the credit office and of departments show them; they come signed from ``/v1``, as the JSON does (ADR 0037).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from application.ledger import parse_instant
from interfaces.portal.timeline import FIRST_PERCENT, LAST_PERCENT, city_instant

Words = tuple[str, str]
REASONS: Mapping[str, Words] = {
    "sample": ("抽查", "drawn by chance"),
    "off_hours": ("非工作时间", "off-hours"),
    "bulk": ("一日之内批量查询", "many subjects on one day"),
    "no_open_case": ("不在在办案件之列", "no case of the department's"),
    "relation": ("查询申报的亲属或者同事", "a declared relative or colleague"),
}
STEPS: Mapping[str, Words] = {
    "review.opened": ("开启审查", "opened"),
    "review.overdue": ("逾期未办，报信用办", "not decided in time: escalated"),
    "review.decided": ("作出结论", "decided"),
    "incident.opened": ("开启事件", "opened"),
    "incident.evidence_added": ("附证据包", "evidence attached"),
    "incident.handled": ("处置、告知", "handled"),
    "incident.closed": ("办结", "closed"),
}
VALUES: Mapping[str, Words] = {
    "open": ("办理中", "open"),
    "decided": ("已有结论", "decided"),
    "closed": ("已办结", "closed"),
    "in_order": ("查询正当", "in order"),
    "improper": ("查询不当", "improper"),
    "none": ("不作处理", "no consequence"),
    "warning": ("警告", "a warning"),
    "suspended": ("停止查询权限", "the right to query taken"),
    "incident": ("开启安全事件", "an incident opened"),
    "leak": ("泄露", "leak"),
    "alteration": ("篡改", "alteration"),
    "destruction": ("毁损", "destruction"),
    "theft": ("窃取", "theft"),
    "misuse": ("利用信用信息谋私", "used for gain"),
    "trade": ("非法收集、买卖", "collected or traded unlawfully"),
    "measure": ("处置措施", "a measure"),
    "notice": ("告知主体", "a subject was told"),
    "confirmed": ("查实", "confirmed"),
    "unfounded": ("不成立", "unfounded"),
    "office": ("信用办", "the credit office"),
    "review": ("查询审查", "a review"),
    "fsck": ("账本检查", "a check of the ledger"),
}
ROLES: Mapping[str, Words] = {
    "operator": ("经办人员", "operator"),
    "supervisor": ("督查人员", "supervisor"),
    "credit_officer": ("信用办人员", "officer of the credit office"),
    "auditor": ("审计人员", "auditor"),
    "tip_off_handler": ("举报办理人员", "handler of tip-offs"),
    "subject": ("主体本人", "the subject itself"),
    "agent": ("受托人", "the subject's agent"),
}
"""Roles of officers, and who asks by a portal."""
_SAID = ("finding", "consequence", "what", "outcome", "source")
_WORDED = ("facts", "text", "reasons")
_NAMED: Mapping[str, Words] = {
    "suspends": ("被停止查询权限的经办人", "officer whose right to query was taken"),
    "subject": ("所涉主体（随机编号）", "the subject, by its random id"),
    "digest": ("证据包摘要", "digest of the bundle"),
    "about": ("由此而来", "it came of"),
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One look on a line of time: its place in percent, and how likely it is the source (whole, unclear, other)."""

    place_percent: float
    kind: str


@dataclass(frozen=True, slots=True)
class Lane:
    """The looks of one department (部门), in time."""

    department: str
    looks: Sequence[Drawn]


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a case: when, what, the words of its values, what was said, and what it names."""

    at: str
    name: Words
    values: Sequence[Words]
    said: Sequence[str]
    named: Sequence[tuple[Words, str]]


def lanes(answers: Iterable[Mapping[str, Any]]) -> tuple[Sequence[Lane], str, str]:
    """The answers of a trace drawn by department, most looks first; the first and last instant, empty without any."""
    looks = [(parse_instant(answer["at"]), answer) for answer in answers]
    if not looks:
        return (), "", ""
    first, last = (bound(at for at, _ in looks) for bound in (min, max))

    def place(at: datetime) -> float:
        share = (at - first) / (last - first) if last > first else 0.5
        return round(FIRST_PERCENT + share * (LAST_PERCENT - FIRST_PERCENT), 2)

    by_department: dict[str, list[Drawn]] = {}
    for at, answer in sorted(looks, key=lambda look: look[0]):
        name = answer["department_name"] or answer["department"]
        by_department.setdefault(name, []).append(Drawn(place(at), kind_of(answer)))
    drawn = sorted(
        (Lane(name, found) for name, found in by_department.items()), key=lambda lane: -len(lane.looks)
    )
    return drawn, city_instant(first), city_instant(last)


def kind_of(answer: Mapping[str, Any]) -> str:
    """How likely an answer is the source of what leaked."""
    if answer["whole"]:
        return "whole"
    return "unclear" if answer["unclear"] else "other"


def steps(history: Iterable[Mapping[str, Any]]) -> list[Step]:
    """A history as a page tells it, by the events' own parts; nothing of a person's part is in it."""
    found = []
    for moment in history:
        content = {name: value for part in moment["parts"].values() for name, value in part.items()}
        found.append(
            Step(
                at(moment["at"]),
                STEPS.get(moment["event"], (moment["event"], "")),
                _values(content),
                [content[name] for name in _WORDED if isinstance(content.get(name), str) and content[name]],
                [(words, str(content[name])) for name, words in _NAMED.items() if content.get(name)],
            )
        )
    return found


def _values(content: Mapping[str, Any]) -> list[Words]:
    """What an event says in fixed words; a review also why it was opened."""
    found = [VALUES.get(content[name], (content[name], "")) for name in _SAID if content.get(name)]
    reasons = content.get("reasons")
    return [*found, *(REASONS[one] for one in reasons)] if isinstance(reasons, list) else found


def at(instant: str) -> str:
    """An instant as the city reads it; empty for none."""
    return city_instant(parse_instant(instant)) if instant else ""
