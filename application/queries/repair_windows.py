"""How an application about several records stands: one answer with all its parts, each logged as a look (REP-4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from application.commands.remedies import RemedyDesk
from application.queries.cases import Asker, CaseQueries, CaseState
from application.queries.looks import asked_again
from application.sealing import parse_key_reference
from domain.remedies.repair_events import RepairsFiled
from domain.shared.canonical import Json
from domain.shared.refusals import Defect, Refused


@dataclass(frozen=True)
class WindowState:
    """An application with the cases it was split into; ``open`` of them are not decided."""

    application: UUID
    parts: Sequence[CaseState]

    @property
    def open(self) -> int:
        """How many parts wait for their departments, or for the applicant."""
        return sum(part.waiting is not None for part in self.parts)


def window_state(desk: RemedyDesk, application_id: UUID, asker: Asker) -> WindowState:
    """The whole application for its subject, or for its agent when one filed it.

    All parts are read before the first is logged, and each look guards them all: the answer is of one moment.
    Raises ``Refused`` alike for one that does not exist and one of somebody else; ``LedgerUnavailable``.
    """
    rows = desk.ledger.open_all(desk.ledger.store.load("records", application_id), log="records")
    unknown = Refused(Defect("REP-4", "remedy_case_unknown"))
    filed = rows[0].event if rows and not rows[0].closed else None
    if not isinstance(filed, RepairsFiled) or asker.subject is None:
        raise unknown
    owner = parse_key_reference(rows[0].row.key_ref)["public"][0]
    if desk.subject_id(asker.subject) != owner or (asker.agent and filed.applied_by != "agent"):
        raise unknown
    cases = [UUID(case) for case, _, _ in filed.cases]
    parts = asked_again(desk.ledger, lambda: _logged(CaseQueries(desk), application_id, cases, asker))
    return WindowState(application_id, parts)


def _logged(
    queries: CaseQueries, application_id: UUID, cases: Sequence[UUID], asker: Asker
) -> Sequence[CaseState]:
    """All parts with their looks, each of which names the first."""
    found = [queries.found("repair", case, asker) for case in cases]
    guards = {stream: version for part in found for stream, version in part.guards.items()}
    parts: list[CaseState] = []
    for part in found:
        first: dict[str, Json] = {"first": parts[0].position} if parts else {}
        asked = {"application": str(application_id), **first}
        parts.append(queries.logged("repair", part, asker, asked=asked, beside=guards))
    return parts
