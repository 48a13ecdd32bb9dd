"""What a listing case is, and what may be done before the decision: notice, statement, answer (LST-4, LST-5).

Folded from the case's own stream; ``decision.py`` decides on listing and removal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain.catalogue.items import SEVERITIES
from domain.listing.events import (
    ListingDecided,
    ListingDropped,
    ListingNotified,
    ListingOverdue,
    ListingRemovalApplied,
    ListingRemovalRefused,
    ListingRemoved,
    ListingStatementAnswered,
    ListingStatementMade,
)
from domain.listing.standards import ListStandard
from domain.parties.acting import (
    Agent,
    Officer,
    acted_by,
    agent_defects,
    contact_defects,
    evidence_defects,
    is_digest,
    is_text,
    told_agent,
)
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar, add_working_days
from domain.shared.events import Event, fold_case, next_of, placed
from domain.shared.recounted import CaseDaysRecounted
from domain.shared.refusals import Defect, refuse_if_any

RECORDS_MAX = 20
SERVICES = ("direct", "post", "electronic", "left", "announcement")
"""How a notice may be served (送达方式): 直接, 邮寄, 电子, 留置, 公告."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What the party is told before the decision (告知书), and the proof that it was served."""

    facts: str
    grounds: str
    rights: str
    service: str
    served_on: date
    receipt: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What the party says to it (陈述申辩), with digests of its evidence."""

    grounds: str
    evidence: tuple[str, ...] = ()
    contact: str | None = None
    agent: Agent | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing case (列入案件) as its events leave it.

    ``state`` is notified, stated, answered, dropped, listed, removal_applied or removed. ``answered``: a statement
    was answered. ``decision`` is the version that holds the decision, 0 before it. Days are ISO text.
    """

    id: UUID
    version: int
    list_code: str
    standard: int
    records: tuple[UUID, ...]
    department: str
    state_by: str
    state: str = "notified"
    answered: bool = False
    answer_by: str = ""
    decided_on: str = ""
    until: str = ""
    decision: int = 0
    decide_by: str = ""
    provisional: bool = False
    overdue: frozenset[tuple[str, str]] = frozenset()

    @property
    def is_open(self) -> bool:
        """Whether the decision is still to come."""
        return self.state in ("notified", "stated", "answered")

    @property
    def is_listed(self) -> bool:
        """Whether the subject is on the list by this case."""
        return self.state in ("listed", "removal_applied")


def fold_listing(events: Iterable[Event]) -> Listing | None:
    """The case of a stream; None when it holds none."""
    return fold_case(events, _notified, _left_by)


def _notified(event: Event) -> Listing | None:
    if not isinstance(event, ListingNotified):
        return None
    return Listing(
        id=event.originator_id,
        version=event.originator_version,
        list_code=event.list_code,
        standard=event.version,
        records=tuple(map(UUID, event.records)),
        department=event.department,
        state_by=event.state_by,
        provisional=event.provisional,
    )


def _left_by(event: Event, so_far: Listing) -> dict[str, Any]:
    """What an event changes in the case."""
    if isinstance(event, ListingStatementMade):
        return {"state": "stated", "answer_by": event.answer_by, "provisional": event.provisional}
    if isinstance(event, ListingStatementAnswered):
        accepted = event.outcome == "accepted"
        return {"state": "dropped" if accepted else "answered", "answered": True}
    if isinstance(event, ListingDropped):
        return {"state": "dropped"}
    if isinstance(event, ListingDecided):
        told = {"decided_on": event.decided_on, "until": event.until or ""}
        return {"state": "listed", "decision": event.originator_version, "provisional": False, **told}
    if isinstance(event, ListingRemovalApplied):
        told = {"decide_by": event.decide_by}
        return {"state": "removal_applied", "provisional": event.provisional, **told}
    if isinstance(event, ListingRemovalRefused):
        return {"state": "listed"}
    if isinstance(event, ListingRemoved):
        return {"state": "removed"}
    if isinstance(event, CaseDaysRecounted):
        day = {"notified": "state_by", "stated": "answer_by"}.get(so_far.state, "decide_by")
        return {day: event.answer_by, "provisional": event.provisional}
    if isinstance(event, ListingOverdue):
        return {"overdue": so_far.overdue | {(event.step, event.due)}}
    return {}


def notify(
    notice: Notice,
    *,
    listing_id: UUID,
    standard: ListStandard,
    records: Mapping[UUID, bool],
    officer: Officer,
    calendar: Calendar,
    now: datetime,
) -> ListingNotified:
    """The notice, served (LST-4); the days for a statement run from the day on which it is recorded here.

    Only from then on can the party be heard here, so a service dated back takes no day of it (ADR 0051). ``records``
    says of each determination that the listing would rest on whether it stands. Raises ``Refused`` with every reason.
    """
    today = city_day(now)
    refuse_if_any([*_notice_defects(notice, today=today), *_record_defects(records)])
    due = add_working_days(today, standard.statement_working_days, calendar)
    return ListingNotified(
        **placed(listing_id, 1, now),
        list_code=standard.code,
        version=standard.version,
        records=[str(record) for record in records],
        department=officer.department,
        officer=officer.pseudonym,
        service=notice.service,
        served_on=notice.served_on.isoformat(),
        state_by=due.day.isoformat(),
        provisional=due.provisional,
        facts=notice.facts,
        grounds=notice.grounds,
        rights=notice.rights,
        receipt=notice.receipt,
    )


def make_statement(
    listing: Listing,
    statement: Statement,
    *,
    standard: ListStandard,
    received_by: str,
    calendar: Calendar,
    now: datetime,
) -> ListingStatementMade:
    """The party's statement or objection, with the day by which it is answered (LST-5). Raises ``Refused``."""
    today = city_day(now)
    refuse_if_any(_statement_defects(listing, statement, today=today))
    due = add_working_days(today, standard.answer_working_days, calendar)
    return ListingStatementMade(
        **next_of(listing, now),
        made_by=acted_by(statement.agent),
        received_by=received_by,
        made_on=today.isoformat(),
        answer_by=due.day.isoformat(),
        provisional=due.provisional,
        grounds=statement.grounds,
        evidence=list(statement.evidence) or None,
        contact=statement.contact,
        **told_agent(statement.agent),
    )


def answer_statement(
    listing: Listing, *, officer: Officer, outcome: str, reasons: str, now: datetime
) -> ListingStatementAnswered:
    """What came of checking the statement (LST-5): ``accepted``, and nobody is listed, or ``rejected``."""
    defects = list(department_defects(listing, officer, rule="LST-5"))
    if listing.state != "stated":
        defects.append(Defect("LST-5", "listing_no_statement_pending"))
    if outcome not in ("accepted", "rejected"):
        defects.append(
            Defect("LST-5", "listing_outcome_unknown", "/outcome", {"values": "accepted、rejected"})
        )
    if not is_text(reasons):
        defects.append(Defect("LST-5", "remedy_without_reasons", "/reasons"))
    refuse_if_any(defects)
    return ListingStatementAnswered(
        **next_of(listing, now),
        outcome=outcome,
        department=officer.department,
        officer=officer.pseudonym,
        reasons=reasons,
    )


def drop(listing: Listing, *, officer: Officer, reasons: str, now: datetime) -> ListingDropped:
    """The department lists nobody; a statement that is not answered yet is answered by it (LST-5)."""
    defects = list(department_defects(listing, officer, rule="LST-5"))
    if not listing.is_open:
        defects.append(Defect("LST-5", "listing_decided_already"))
    if not is_text(reasons):
        defects.append(Defect("LST-5", "remedy_without_reasons", "/reasons"))
    refuse_if_any(defects)
    return ListingDropped(
        **next_of(listing, now), department=officer.department, officer=officer.pseudonym, reasons=reasons
    )


def department_defects(listing: Listing, officer: Officer, *, rule: str) -> Iterator[Defect]:
    """Only the department of the case acts in it."""
    if officer.department != listing.department:
        yield Defect(rule, "remedy_not_the_source")


def _notice_defects(notice: Notice, *, today: date) -> Iterator[Defect]:
    for name in ("facts", "grounds", "rights"):
        if not is_text(getattr(notice, name)):
            yield Defect("LST-4", f"listing_notice_without_{name}", f"/notice/{name}")
    if notice.service not in SERVICES:
        values = "、".join(SERVICES)
        yield Defect("LST-4", "listing_service_unknown", "/notice/service", {"values": values})
    if not is_digest(notice.receipt):
        yield Defect("LST-4", "listing_not_served", "/notice/receipt")
    if notice.served_on > today:
        yield Defect("LST-4", "listing_served_later", "/notice/served_on")


def _record_defects(records: Mapping[UUID, bool]) -> Iterator[Defect]:
    if not records or len(records) > RECORDS_MAX:
        yield Defect("LST-4", "listing_without_records", "/records", {"most": str(RECORDS_MAX)})
    if not all(records.values()):
        yield Defect("LST-4", "listing_record_gone", "/records")


def conduct_defects(severities: Sequence[str], natures: Sequence[str]) -> Iterator[Defect]:
    """LST-1: what a listing rests on is misconduct, and not slight conduct alone (49号(六) 严重违法失信行为).

    ``severities`` and ``natures`` are those of its records and of their items.
    """
    if any(nature != "negative" for nature in natures):
        yield Defect("LST-1", "listing_on_no_misconduct", "/records")
    if all(severity == SEVERITIES[0] for severity in severities):
        yield Defect("LST-1", "listing_on_slight_conduct", "/records")


def _statement_defects(listing: Listing, statement: Statement, *, today: date) -> Iterator[Defect]:
    if not listing.is_open:
        yield Defect("LST-5", "listing_decided_already")
    elif listing.state == "stated":
        yield Defect("LST-5", "listing_statement_pending")
    elif listing.state_by < today.isoformat():
        yield Defect("LST-5", "listing_statement_late", "", {"last": listing.state_by})
    if not is_text(statement.grounds):
        yield Defect("LST-5", "listing_statement_without_grounds", "/grounds")
    yield from evidence_defects(statement.evidence, rule="LST-5")
    yield from contact_defects(statement.contact, rule="LST-5")
    yield from agent_defects(statement.agent, rule="LST-5")
