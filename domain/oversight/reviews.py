"""Which queries are reviewed, and who decides on a review what (QRY-3): pure functions of the look and what is known.

The runner comes before with looks that a signed tree covers; commands and worklists fold what it opened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.access.model import Officer
from domain.oversight.review_events import (
    QueryReviewDecided,
    QueryReviewOpened,
    QueryReviewOverdue,
)
from domain.oversight.traces import plain
from domain.parties.acting import is_text
from domain.parties.keys import CREDIT_OFFICE
from domain.remedies.overdue import Waiting
from domain.shared.city_time import SHANGHAI, city_day
from domain.shared.deadlines import Calendar
from domain.shared.events import Event, fold_case, next_of
from domain.shared.refusals import Defect, refuse_if_any

REASONS = ("sample", "off_hours", "bulk", "no_open_case", "relation")
"""抽查、非工作时间、批量、无在办案件、查询本人申报的亲属或同事."""
FINDINGS = ("in_order", "improper")
CONSEQUENCES = ("none", "warning", "suspended", "incident")
SUPERVISOR = "supervisor"
"""The role of officers who review for their own department (督查人员)."""
UNKNOWN = "QRY-3"
SAMPLE_OF = 10_000
_LABEL = b"credit/review/v1\n"


@dataclass(frozen=True)
class Looked:
    """A query (查询) as the access log holds it: where, when, by whom, at whom, why."""

    position: int
    leaf_hash: bytes
    at: datetime
    department: str
    officer: str
    role: str
    subject: UUID
    purpose: str
    case: str


@dataclass(frozen=True)
class Rules:
    """The numbers in force on the day of a look: office hours from ``begins`` to before ``ends``, the most subjects of
    one officer on one day, and how many of ten thousand queries are drawn."""

    begins: int
    ends: int
    bulk: int
    per_10000: int


@dataclass(frozen=True)
class Known:
    """What is known around a look: how many subjects the officer had queried on that day with it; whom it declared
    (subject ids); the department's cases, None where it keeps none with us; whether the purpose is the platform's."""

    subjects: int
    relations: Collection[UUID]
    cases: Collection[str] | None
    of_platform: bool


def is_drawn(leaf_hash: bytes, root: bytes, per_10000: int) -> bool:
    """Whether a look is drawn: by its leaf and the root of the first epoch that covers it.

    Nobody knows that root when the query is made, and anybody can draw again afterwards.
    """
    drawn = int.from_bytes(hashlib.sha256(_LABEL + leaf_hash + root).digest()[:8], "big")
    return drawn % SAMPLE_OF < per_10000


def reasons_of(look: Looked, known: Known, rules: Rules, *, root: bytes, calendar: Calendar) -> list[str]:
    """Why a look is reviewed, in the order of :data:`REASONS`; usually for no reason."""
    found = {
        "sample": is_drawn(look.leaf_hash, root, rules.per_10000),
        "off_hours": is_off_hours(look.at, rules, calendar),
        "bulk": known.subjects > rules.bulk,
        "no_open_case": not known.of_platform
        and known.cases is not None
        and plain(look.case) not in known.cases,
        "relation": look.subject in known.relations,
    }
    return [reason for reason in REASONS if found[reason]]


def is_off_hours(at: datetime, rules: Rules, calendar: Calendar) -> bool:
    """Whether it was no working day in the city, or outside office hours."""
    local = at.astimezone(SHANGHAI)
    return not calendar.is_working_day(city_day(at)) or not rules.begins <= local.hour < rules.ends


@dataclass(frozen=True, slots=True)
class QueryReview:
    """A review (查询审查) as its events leave it; ``state`` is open or decided, days are ISO text."""

    id: UUID
    version: int
    opened: QueryReviewOpened
    state: str = "open"
    overdue: frozenset[tuple[str, str]] = frozenset()


def fold_review(events: Iterable[Event]) -> QueryReview | None:
    """The review of a stream; None when it holds none."""
    return fold_case(events, _opened, _left_by)


def _opened(event: Event) -> QueryReview | None:
    if not isinstance(event, QueryReviewOpened):
        return None
    return QueryReview(event.originator_id, event.originator_version, event)


def _left_by(event: Event, so_far: QueryReview) -> dict[str, Any]:
    """What an event changes."""
    if isinstance(event, QueryReviewOverdue):
        return {"overdue": so_far.overdue | {(event.step, event.due)}}
    return {"state": "decided"} if isinstance(event, QueryReviewDecided) else {}


def waiting_review(review: QueryReview) -> Waiting | None:
    """What a review waits for; None when it is decided."""
    if review.state != "open":
        return None
    due = review.opened.due
    return Waiting(
        case=review.id,
        kind="query_review",
        version=review.version,
        record=review.id,
        department=review.opened.department,
        step="review",
        due=due,
        deadlines=(("review", due),),
        recorded=review.overdue,
        provisional=review.opened.provisional,
    )


def reviewer_defects(review: QueryReview, officer: Officer, *, office_role: str) -> Iterator[Defect]:
    """Who may read and decide a review: another officer, of the department's supervision or the credit office, and none
    who may not query: whoever lost that right reads what others asked as little.

    ``office_role`` is the role of the officer's department. For any other department it is not there.
    """
    opened = review.opened
    if officer.department != opened.department and office_role != CREDIT_OFFICE:
        yield Defect(UNKNOWN, "remedy_case_unknown")
    elif officer.pseudonym == opened.officer:
        yield Defect("QRY-3", "review_own_query", "Credit-Official")
    elif office_role != CREDIT_OFFICE and officer.role != SUPERVISOR:
        yield Defect("QRY-3", "review_not_the_supervision", "Credit-Official")
    elif officer.suspended:
        yield Defect("QRY-3", "officer_suspended", "Credit-Official")


def decide_review(
    review: QueryReview, officer: Officer, *, finding: str, consequence: str, reasons: str, now: datetime
) -> QueryReviewDecided:
    """The finding and what follows from it. Raises ``Refused`` (QRY-3) with every reason."""
    defects = []
    if review.state != "open":
        defects.append(Defect("QRY-3", "review_decided_already"))
    if finding not in FINDINGS:
        defects.append(Defect("QRY-3", "review_finding_unknown", "/finding", {"values": "、".join(FINDINGS)}))
    if consequence not in CONSEQUENCES:
        about = {"values": "、".join(CONSEQUENCES)}
        defects.append(Defect("QRY-3", "review_consequence_unknown", "/consequence", about))
    elif (finding == "in_order") != (consequence == "none"):
        defects.append(Defect("QRY-3", "review_consequence_unfit", "/consequence"))
    if not is_text(reasons):
        defects.append(Defect("QRY-3", "review_without_reasons", "/reasons"))
    refuse_if_any(defects)
    return QueryReviewDecided(
        **next_of(review, now),
        decided_on=city_day(now).isoformat(),
        finding=finding,
        consequence=consequence,
        reasons=reasons,
        department=officer.department,
        officer=officer.pseudonym,
    )
