"""Who takes part in a case: the applicant, an agent with its power of attorney, the officers in charge.

Listing, objection and repair ask the same of them before they decide anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict

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


AGENT_PARTS: Mapping[str, str] = {
    "power_of_attorney": "restricted",
    "agent_name": "person/2",
    "agent_id_type": "person/2",
    "agent_id_number": "person/2",
}
"""Who acts for a subject is a person of its own, so that part has its own key and is erased alone."""


class ToldAgent(TypedDict):
    """What an event tells of an agent, by the names of its fields; None throughout of a subject that acts itself."""

    power_of_attorney: str | None
    agent_name: str | None
    agent_id_type: str | None
    agent_id_number: str | None


def told_agent(agent: Agent | None) -> ToldAgent:
    """The fields of an event that say who acted for the subject."""
    if agent is None:
        return ToldAgent(power_of_attorney=None, agent_name=None, agent_id_type=None, agent_id_number=None)
    return ToldAgent(
        power_of_attorney=agent.power_of_attorney,
        agent_name=agent.name,
        agent_id_type=agent.id_type,
        agent_id_number=agent.id_number,
    )


def acted_by(agent: Agent | None) -> Literal["subject", "agent"]:
    """Who acts: the subject itself, or an agent for it."""
    return "subject" if agent is None else "agent"


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


def evidence_defects(evidence: Sequence[str], *, rule: str) -> Iterator[Defect]:
    """What is handed in as evidence are digests, not too many."""
    if len(evidence) > DIGESTS_MAX or not all(map(is_digest, evidence)):
        yield Defect(rule, "remedy_evidence_malformed", "/evidence", {"most": str(DIGESTS_MAX)})


def contact_defects(contact: str | None, *, rule: str) -> Iterator[Defect]:
    """How somebody is to be reached is a short text, where it is told at all."""
    if contact is not None and not is_text(contact, most=SHORT_CHARACTERS_MAX):
        yield Defect(rule, "remedy_text_unusable", "/contact")


def is_proof(evidence: Sequence[str]) -> bool:
    """Whether there is evidence: digests, not too many."""
    return bool(evidence) and not any(evidence_defects(evidence, rule=""))


def took_part(*, determined_by: str | None, filed_by: str | None = None) -> Mapping[str, str | None]:
    """Who may not decide, as they took part before: who determined the record, who entered the case at a counter."""
    return {"remedy_decided_by_determiner": determined_by, "remedy_decided_by_filer": filed_by}


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
