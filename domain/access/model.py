"""What a query says of itself, and what a decision says back (49号(十三)).

The query command builds a request from verified facts; ``decide.py`` answers it; the answer goes into the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Purpose:
    """A purpose (用途) for which credit information may be queried, by its code."""

    code: str
    zh: str
    en: str


Purposes = Mapping[str, Purpose]

OWN_RECORDS = Purpose("own_records", "本人查询", "a subject's own records")
"""Why a subject, or its agent, reads what is its own (PRV-3)."""
CASE_HANDLING = Purpose("case_handling", "办理异议和信用修复", "handling objections and repairs")
"""Why an officer reads a case or the worklist of the own department."""
INSTRUMENT_CLEANUP = Purpose("instrument_cleanup", "失信约束措施清理规范", "cleaning up constraint measures")
"""Why an officer takes the clean-up ledger out with those who answer for its documents (15号 二)."""
LEAK_TRACING = Purpose("leak_tracing", "追查信息泄露", "tracing a leak")
"""Why the credit office asks which answers held what leaked (QRY-4)."""
SUPERVISION = Purpose("accountability", "监督问责", "supervision and accountability")
"""Why an officer reads flags about the own department, or the credit office all, and indicators (49号 九)."""
RED_LISTING = Purpose("red_listing", "列入红名单前的核查", "checking before a red list")
"""Why a department's entry of a red list looks at what counts against its subject (JNT-2)."""
QUERY_REVIEW = Purpose("query_review", "查询审查", "reviewing a query")
"""Why somebody reads what another officer queried (QRY-3)."""
TIP_OFFS = Purpose("tip_off_handling", "办理举报", "handling tip-offs")
"""Why a named handler lists or opens what the public reported (001 三(五))."""
INCIDENT_HANDLING = Purpose("incident_handling", "处置信息安全事件", "handling an incident")
"""Why the credit office reads about an incident (ACC-5)."""
OF_PLATFORM: Purposes = {
    p.code: p
    for p in (
        OWN_RECORDS,
        CASE_HANDLING,
        INSTRUMENT_CLEANUP,
        LEAK_TRACING,
        SUPERVISION,
        RED_LISTING,
        QUERY_REVIEW,
        TIP_OFFS,
        INCIDENT_HANDLING,
    )
}
"""Purposes that the law itself gives to some reads; no shared query is made for them, and none is registered."""


@dataclass(frozen=True)
class Officer:
    """An officer (工作人员) as the log knows one: pseudonym, role, and the department's code."""

    pseudonym: str
    role: str
    department: str
    suspended: bool = False
    """Whether a review took the right to query away (QRY-3)."""
    version: int = 0
    """The version of its stream, for whoever relies on it."""


@dataclass(frozen=True)
class Request:
    """One shared query (共享查询, 001 四(三)): which officer of which department, why, in which case, on which ground.

    ``case`` and ``basis`` are free text of the asker; ``on`` is the city's day. ``consent`` is the id of the
    consent that makes it an authorised query (授权查询), or empty.
    """

    department: str
    officer: str
    purpose: str
    case: str
    basis: str
    on: date
    consent: str = ""


@dataclass(frozen=True)
class Decision:
    """Allow or deny for one record, the rules that decided, and the parts that may be shown."""

    allow: bool
    rules: tuple[str, ...]
    parts: tuple[str, ...] = ()
