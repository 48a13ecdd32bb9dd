"""A review with the query that it is about, for who may decide it: logged in the subject's list before it leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from application.commands.reviews import Reviews
from application.ledger import Ledger, instant
from application.queries.looks import asked_again, log_look
from application.registry import Registry
from application.reviews import OWN_VIEW
from domain.access.events import SubjectQueried
from domain.access.model import QUERY_REVIEW
from domain.oversight.reviews import QueryReview
from domain.shared.canonical import Json, canonical
from domain.shared.refusals import Defect, Refused


@dataclass(frozen=True)
class ToldReview:
    """A review (查询审查), the query as its subject's list has it, its events, and the look that logs all this.

    ``query`` is empty where the query's content was erased since.
    """

    review: QueryReview
    query: Mapping[str, Any]
    history: Sequence[Mapping[str, Any]]
    position: int


def ask_review(ledger: Ledger, review_id: UUID, *, officer: str, department: str) -> ToldReview:
    """The review for a reviewer. Made again when the review or the reviewer's own standing moved before the look was
    in the log. Raises ``Refused`` as :meth:`Reviews.concerned`, and ``LedgerUnavailable``."""
    return asked_again(ledger, lambda: _asked(ledger, review_id, officer, department))


def _asked(ledger: Ledger, review_id: UUID, officer: str, department: str) -> ToldReview:
    rows = ledger.open_all(ledger.store.load("records", review_id), log="records")
    review, acting = Reviews(ledger).concerned(review_id, officer, department)
    place = ledger.store.look_at(int(review.opened.look.partition(":")[2]))
    if place is None:
        raise Refused(Defect("QRY-3", "remedy_case_unknown"))
    subject, number = place
    looks = ledger.store.load_slice("access", subject, after=number - 1, until=number)
    event = ledger.open_all(looks, log="access")[0]
    query = _told(event.event) if not event.closed and isinstance(event.event, SubjectQueried) else {}
    history = [
        {"event": o.row.topic, "at": o.row.recorded_at, "version": o.row.stream_version, "parts": o.parts}
        for o in rows
    ]
    digest = hashlib.sha256(canonical(_plain(query))).hexdigest()
    position = log_look(
        ledger,
        subject,
        department=acting.department,
        officer=acting.pseudonym,
        role=acting.role,
        purpose=QUERY_REVIEW.code,
        rules=["QRY-3"],
        view=OWN_VIEW,
        shown=[[str(subject), f"look@{number}", digest]],
        case=str(review_id),
        guards={
            review_id: rows[-1].row.stream_version,
            Registry(ledger).officer_stream(acting.pseudonym): acting.version,
        },
    )
    return ToldReview(review, query, history, position)


def _told(event: SubjectQueried) -> dict[str, Any]:
    return {
        "at": instant(event.timestamp),
        "department": event.department,
        "officer": event.officer,
        "role": event.role,
        "purpose": event.purpose,
        "case": event.case or "",
        "basis": event.basis or "",
        "view": event.view,
        "shown": [{"record": record, "part": part} for record, part, _ in event.shown],
    }


def _plain(query: Mapping[str, Any]) -> dict[str, Json]:
    return dict(query)
