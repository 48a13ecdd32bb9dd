"""Who takes part in a case: the applicant, an agent with its power of attorney, the officers in charge.

Listing, objection and repair ask the same of them before they decide anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain.shared.refusals import Defect
from domain.shared.text import says

TEXT_CHARACTERS_MAX = 2000
SHORT_CHARACTERS_MAX = 100
DIGESTS_MAX = 20
REMEDIES = ("reconsideration", "litigation")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Agent:
    """Who acts for the subject (代理人): its name and document, and the digest of the power of attorney."""

    name: str
    id_type: str
    id_number: str
    power_of_attorney: str


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer (工作人员) at work: the pseudonym and the department's code."""

    pseudonym: str
    department: str


def agent_defects(agent: Agent | None, *, rule: str) -> Iterator[Defect]:
    """An agent is named, and its authority is proven by the digest of the power of attorney (授权委托书)."""
    if agent is None:
        return
    if not is_digest(agent.power_of_attorney):
        yield Defect(rule, "remedy_power_of_attorney", "/agent/power_of_attorney")
    named = (agent.name, agent.id_type, agent.id_number)
    if not all(is_text(text, most=SHORT_CHARACTERS_MAX) for text in named):
        yield Defect(rule, "remedy_agent_unnamed", "/agent")


def deciding_defects(
    officer: Officer, *, source: str, others: Mapping[str, str | None], rule: str
) -> Iterator[Defect]:
    """Only the department that determined decides, by an officer who did not take part before.

    ``others`` maps what somebody did (a code of the sentence) to the pseudonym, None where nobody is known.
    """
    if officer.department != source:
        yield Defect(rule, "remedy_not_the_source")
    for code, pseudonym in others.items():
        if pseudonym is not None and pseudonym == officer.pseudonym:
            yield Defect(rule, code, "Credit-Official")


def answer_defects(reasons: str, remedies: Mapping[str, str], *, rule: str) -> Iterator[Defect]:
    """Whoever is told no is told why, and both remedies that are open (复议, 诉讼)."""
    if not is_text(reasons):
        yield Defect(rule, "remedy_without_reasons", "/reasons")
    for kind in REMEDIES:
        if not is_text(remedies.get(kind, "")):
            yield Defect(rule, "remedy_without_remedies", f"/remedies/{kind}")
    if not set(remedies) <= set(REMEDIES):
        yield Defect("PRV-1", "unknown_field", "/remedies")


def is_digest(text: str) -> bool:
    """Whether a text is a SHA-256 digest in small hex."""
    return _DIGEST.fullmatch(text) is not None


def is_text(text: str, *, most: int = TEXT_CHARACTERS_MAX) -> bool:
    """Whether a text says something, within its bound and without control characters."""
    return says(text, most=most)


def texts_of(value: object) -> list[str]:
    """A list of texts, none twice; empty for anything else."""
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        return []
    return value if len(value) == len(set(value)) else []
