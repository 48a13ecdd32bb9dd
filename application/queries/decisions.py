"""The paper of a decision (信用修复决定书): the answer to a case in one file that proves itself (ADR 0036).

A pure function of what the look at the case showed and of what was issued, so that a replay gives the same bytes; for
the subject, its agent, and the department that decided.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from application.commands.remedies import RemedyDesk
from application.ledger import instant
from application.queries.cases import Asker, CaseKind, CaseQueries
from application.queries.looks import Names, made_again
from application.queries.report import Shown, salt_of
from application.queries.reporting import Asked, Issued, Reports
from application.sequencer import authority_of
from domain.access.events import ReportIssued, SubjectQueried
from domain.access.model import OF_PLATFORM
from domain.records.publicity import FORMS
from domain.shared.canonical import Json
from domain.transparency.digest import StoredRow
from domain.transparency.merkle import leaf_hash

FORMAT = "xinlu/decision@v1"
SUBJECT_NAME = "XDR_MC"


@dataclass(frozen=True)
class Place:
    """Where an event of the case stands: when it was recorded, at which position, under which leaf hash (hex)."""

    at: str
    position: int
    leaf_hash: str


Placed = Callable[[str, int], Place]
"""(case, version) -> where that event stands."""


@dataclass(frozen=True)
class Issue:
    """What a paper is made of besides the case: the look that showed it, and what is issued (as of a report)."""

    ledger: str
    authority: str
    look: SubjectQueried
    issued: ReportIssued
    salt: bytes


def place_of(row: StoredRow) -> Place:
    """Where a stored event stands."""
    return Place(row.recorded_at, row.position, leaf_hash(row.leaf).hex())


def decision(issue: Issue, told: Iterable[Shown], placed: Placed, names: Names) -> dict[str, Json]:
    """The paper as JSON; its canonical bytes are what is committed to. ``told`` is what the look announced."""
    look, issued = issue.look, issue.issued
    case = str(look.case)
    events, content = _gathered(told, case)
    first, last = min(events), max(version for version, said in events.items() if "outcome" in said)
    filed, decided = events[first], events[last]
    begun, ended = placed(case, first), placed(case, last)
    department = str(decided["department"])
    registered, purpose = names.department(department), OF_PLATFORM.get(look.purpose)
    paper: dict[str, Json] = {
        "format": FORMAT,
        "number": issued.number,
        "issued_at": instant(issued.timestamp),
        "ledger": issue.ledger,
        "issuer": issue.authority,
        "kind": look.view,
        "case": case,
        "record": _record(str(decided["record"]), content),
        "asked": {
            "by": look.role,
            "department": look.department,
            "purpose_zh": purpose.zh if purpose else "",
        },
        "filed": {
            "at": begun.at,
            "by": filed.get("applied_by", filed.get("filed_by", "")),
            "received_by": filed.get("received_by", ""),
            "about": filed.get("about", ""),
            "receipt": f"records:{begun.position}",
        },
        "decided": {
            "at": ended.at,
            "department": department,
            "department_name": registered.name if registered else "",
            "receipt": f"records:{ended.position}",
            "leaf_hash": ended.leaf_hash,
            **{
                n: decided[n]
                for n in ("outcome", "mode", "effect", "basis", "reasons", "remedies")
                if n in decided
            },
        },
        "look": issued.look,
        "salt": issue.salt.hex(),
    }
    return {**paper, **_revoked(events, partial(placed, case))}


class DecisionPapers:
    """The papers of decisions (决定书) of one ledger."""

    def __init__(self, desk: RemedyDesk, reports: Reports) -> None:
        self._desk, self._ledger, self._reports = desk, desk.ledger, reports

    @made_again
    def issue(self, kind: CaseKind, case_id: UUID, asker: Asker, *, media: str) -> Issued:
        """Log the look, then the paper, and only then let it go.

        Made again when the case or its record moved before the paper was in the log. Raises ``Refused`` as
        :meth:`CaseQueries.found`, also while nothing is decided; ``LedgerUnavailable``.
        """
        queries = CaseQueries(self._desk)
        found = queries.logged(
            kind, queries.found(kind, case_id, asker, paper=True), asker, asked={"paper": True}
        )

        def placed(case: str, version: int) -> Place:
            return place_of(
                self._ledger.store.load_slice("records", UUID(case), after=version - 1, limit=1)[0]
            )

        def made(issued: ReportIssued, _: UUID, look: SubjectQueried) -> Mapping[str, Json]:
            ledger_id, salt = self._ledger.id, salt_of(self._ledger.vault, issued.number)
            issue = Issue(ledger_id.hex, authority_of(ledger_id), look, issued, salt)
            return decision(issue, found.told, placed, self._desk.registry)

        return self._reports.issue(found.position, made, Asked(media), form=FORMAT, guards=found.guards)


def _gathered(told: Iterable[Shown], case: str) -> tuple[dict[int, dict[str, Any]], dict[str, Any]]:
    """What each event of the case says, by version, and what the record says: parts laid over each other."""
    events: dict[int, dict[str, Any]] = {}
    content: dict[str, Any] = {}
    for part in told:
        into = content if part.record != case else events.setdefault(int(part.part.partition("@")[2]), {})
        into.update(json.loads(part.shown))
    return events, content


def _revoked(events: Mapping[int, Mapping[str, Any]], at: Callable[[int], Place]) -> dict[str, Json]:
    """That the repair was revoked since (撤销信用修复): cause, reasons, remedies; nothing while it stands."""
    for version, said in events.items():
        if "revokes" in said:
            place = at(version)
            told = {name: said[name] for name in ("cause", "reasons", "remedies") if name in said}
            receipt = f"records:{place.position}"
            return {"revoked": {"at": place.at, "receipt": receipt, "leaf_hash": place.leaf_hash, **told}}
    return {}


def _record(record: str, content: Mapping[str, Any]) -> dict[str, Json]:
    form = FORMS[str(content["form"])]
    return {
        "record": record,
        "item": content["item"],
        "document": content.get(f"{form.prefix}WSH", ""),
        "decided_on": content.get(form.decided, ""),
        "subject": content.get(f"{form.prefix}{SUBJECT_NAME}", ""),
    }
