"""What a case waits for and by when, and which of its days passed without the act that was due (REP-4, OBJ-1, OBJ-4,
LST-5).

Folded from the case's own stream; the worklists and the state of a case show it, the deadline runner records it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol, TypeVar
from uuid import UUID

from domain.listing.case import Listing, fold_listing
from domain.listing.events import ListingOverdue
from domain.measures.case import Measure, fold_measure
from domain.proposals.events import ReviewOverdue
from domain.proposals.meeting import MemberView, fold_view
from domain.proposals.process import Proposal, fold_proposal
from domain.remedies.events import ObjectionOverdue, RepairOverdue
from domain.remedies.objection import Objection, fold_objection
from domain.remedies.reorganisation import Reorganisation, fold_reorganisation
from domain.remedies.repair_case import Repair, fold_repair
from domain.remedies.restoration import Restoration, RestorationOverdue, fold_restoration
from domain.shared.city_time import city_day
from domain.shared.events import Event, placed

CaseKind = Literal[
    "objection",
    "repair",
    "listing",
    "proposal",
    "meeting_view",
    "restoration",
    "query_review",
    "entry",
    "incident",
    "measure",
    "reorganisation",
]
"""Reviews, incidents and objections to an entry are folded elsewhere (``application/waiting.py``)."""
ACCEPT = "accept"
"""The step by which a department acknowledges an application for repair: it accepts it, or asks for what is missing."""
Overdue = ObjectionOverdue | RepairOverdue | ListingOverdue | ReviewOverdue | RestorationOverdue
E = TypeVar("E", bound=Event)
OVERDUE: Mapping[CaseKind, type[Overdue]] = {
    "objection": ObjectionOverdue,
    "repair": RepairOverdue,
    "listing": ListingOverdue,
    "proposal": ReviewOverdue,
    "restoration": RestorationOverdue,
    "reorganisation": RepairOverdue,
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """An undecided case (待办案件): the step that comes next and the last day for it.

    ``due`` is ISO text, empty while the applicant is to hand something in. ``deadlines`` are all (step, last day)
    that run, soonest first: an application that nobody accepted is to be decided in time all the same.
    ``recorded`` are those that stand in the ledger as missed; ``provisional``: the calendar did not reach that far.
    ``not_before`` is the day that must be over before the step may be taken, ISO text, empty where there is none.
    """

    case: UUID
    kind: CaseKind
    version: int
    record: UUID
    department: str
    step: str
    due: str
    deadlines: tuple[tuple[str, str], ...] = ()
    recorded: frozenset[tuple[str, str]] = frozenset()
    provisional: bool = False
    not_before: str = ""

    def waits_on(self, today: date) -> bool:
        """Whether the next step may be taken by then."""
        return self.not_before < today.isoformat()

    def is_overdue(self, today: date) -> bool:
        """Whether the last day for the next step is over."""
        return bool(self.due) and self.due < today.isoformat()

    @property
    def is_recorded(self) -> bool:
        """Whether the ledger says that the next step is overdue."""
        return (self.step, self.due) in self.recorded

    @property
    def next_due(self) -> str:
        """The soonest day that is not recorded as missed; empty when there is none."""
        return next((day for step, day in self.deadlines if (step, day) not in self.recorded), "")


def waiting_of(events: Sequence[Event]) -> Waiting | None:
    """What the case of a stream waits for; None when it is decided, or no case."""
    objection = fold_objection(events)
    if objection is not None:
        return None if objection.decided else _objected(objection)
    repair = fold_repair(events)
    if repair is not None:
        return None if repair.decided else _applied(repair)
    restoration = fold_restoration(events)
    if restoration is not None:
        return _restoring(restoration) if restoration.state == "restoring" else None
    plan = fold_reorganisation(events)
    if plan is not None:
        return None if plan.outcome else _resting(plan)
    listing = fold_listing(events)
    waits = listing is not None and (listing.is_open or listing.state == "removal_applied")
    if waits and listing is not None:
        return _listing(listing)
    measure = fold_measure(events)
    if measure is not None:
        return waiting_of_measure(measure)
    if (view := fold_view(events)) is not None:
        return None if view.view else _asked(view)
    proposal = fold_proposal(events)
    if proposal is None or proposal.state == "published":
        return None if proposal is None else _published(proposal)
    return _on_its_way(proposal)


class Answering(Protocol):
    """A case that waits for one thing, by one day."""

    @property
    def id(self) -> UUID: ...
    @property
    def version(self) -> int: ...
    @property
    def overdue(self) -> frozenset[tuple[str, str]]: ...
    @property
    def provisional(self) -> bool: ...


def one_step(
    case: Answering, kind: CaseKind, step: str, due: str, *, department: str, record: UUID | None = None
) -> Waiting:
    """What a case waits for whose department does one ``step`` by ``due``; ``record`` is its own id for none."""
    return Waiting(
        case=case.id,
        kind=kind,
        version=case.version,
        record=record or case.id,
        department=department,
        step=step,
        due=due,
        deadlines=((step, due),),
        recorded=case.overdue,
        provisional=case.provisional,
    )


def _objected(objection: Objection) -> Waiting:
    source, record = objection.source, objection.record
    return one_step(objection, "objection", "answer", objection.answer_by, department=source, record=record)


def _restoring(task: Restoration) -> Waiting:
    """A reputation to be restored (OBJ-4)."""
    return one_step(
        task, "restoration", "restore", task.answer_by, department=task.source, record=task.record
    )


def _resting(plan: Reorganisation) -> Waiting:
    """An application for a temporary shield waits for its answer; a plan of reorganisation is performed until its day:
    that it passed ends it, so nothing is flagged (REP-5)."""
    step, due = ("end_rest", plan.until) if plan.begun else ("decide_rest", plan.answer_by)
    return Waiting(
        case=plan.id,
        kind="reorganisation",
        version=plan.version,
        record=plan.record,
        department=plan.source,
        step=step,
        due=due,
        deadlines=((step, due),),
        recorded=plan.overdue,
        provisional=plan.provisional and not plan.begun,
    )


def _applied(repair: Repair) -> Waiting:
    deadlines = _deadlines(repair)
    step, due = deadlines[0] if deadlines else ("await_materials", "")
    return Waiting(
        case=repair.id,
        kind="repair",
        version=repair.version,
        record=repair.record,
        department=repair.source,
        step=step,
        due=due,
        deadlines=deadlines,
        recorded=repair.overdue,
        provisional=repair.provisional,
    )


def _listing(listing: Listing) -> Waiting:
    """A listing case: a statement to answer, an application for removal to decide, or the decision to list.

    For the decision itself no day is due: nobody must be listed. The party's own day for a statement may be counted
    again as any other, and is nobody's omission when it passes, so it never waits to be recorded.
    """
    deadlines: tuple[tuple[str, str], ...] = ()
    own = ("state", listing.state_by)
    if listing.state == "notified":
        deadlines = (own,)
    elif listing.state == "stated":
        deadlines = (("answer", listing.answer_by),)
    elif listing.state == "removal_applied":
        deadlines = (("decide_removal", listing.decide_by),)
    step, due = deadlines[0] if deadlines and deadlines != (own,) else ("decide_listing", "")
    return Waiting(
        case=listing.id,
        kind="listing",
        version=listing.version,
        record=listing.records[0],
        department=listing.department,
        step=step,
        due=due,
        deadlines=deadlines,
        recorded=listing.overdue | {own},
        provisional=listing.provisional,
    )


def waiting_of_measure(measure: Measure) -> Waiting | None:
    """A measure waits for its department's response, its reports, the answer to an objection to it, and the end of its
    term; None when nothing is left.

    Its days are recorded as missed by events of its own (``domain.measures.case.miss``).
    """
    if not measure.step:
        return None
    days = [(measure.duty, day) for day in measure.due] if measure.duty else []
    if measure.answer_by:
        days.append((measure.step, measure.answer_by))
    if measure.state == "applied":
        days.append(("end_of_term", measure.until))
    missed = [(measure.duty, day) for day in measure.missed]
    missed += [(measure.step, measure.answer_by)] if measure.answer_missed else []
    return Waiting(
        case=measure.id,
        kind="measure",
        version=measure.version,
        record=measure.records[0] if measure.records else measure.id,
        department=measure.department,
        step=measure.step,
        due=measure.answer_by or measure.due[0],
        deadlines=tuple(sorted(days, key=lambda day: day[1])),
        recorded=frozenset(missed),
        provisional=measure.provisional or measure.answer_provisional,
    )


def _asked(view: MemberView) -> Waiting:
    """A member's view is wanted until the meeting. No text names a limit, so that nothing is recorded as missed."""
    return Waiting(
        case=view.id,
        kind="meeting_view",
        version=view.version,
        record=view.proposal,
        department=view.department,
        step="give_view",
        due=view.meets_on,
    )


def _on_its_way(proposal: Proposal) -> Waiting | None:
    """What the lead unit does next with what is proposed; None when it was returned or superseded, or nobody leads.

    No text names a limit for its steps, so that nothing is recorded as missed; the meeting has its day.
    """
    steps = {"proposed": "open_comment", "meeting": "conclude_meeting", "approved": "publish"}
    steps["consulting"] = "answer_opinions" if proposal.open_opinions else "call_meeting"
    if not proposal.office or proposal.state not in steps:
        return None
    step = steps[proposal.state]
    return Waiting(
        case=proposal.id,
        kind="proposal",
        version=proposal.version,
        record=proposal.id,
        department=proposal.office,
        step=step,
        due=proposal.meets_on if proposal.state == "meeting" else "",
        not_before=proposal.closes if step == "call_meeting" else "",
    )


def _published(proposal: Proposal) -> Waiting:
    """What was published waits for its periodic review, or the revision that an evaluation asked for (CAT-3, LST-3)."""
    step = "propose_revision" if proposal.revise else "periodic_review"
    return Waiting(
        case=proposal.id,
        kind="proposal",
        version=proposal.version,
        record=proposal.id,
        department=proposal.department,
        step=step,
        due=proposal.review_by,
        deadlines=((step, proposal.review_by),),
        recorded=proposal.overdue,
    )


def overdue_events(waiting: Waiting, *, now: datetime) -> list[Overdue]:
    """One event for each due day that is over and not recorded yet, on successive versions; often none."""
    kind = OVERDUE.get(waiting.kind)
    # Of a temporary shield the last day ends the case itself.
    return [] if kind is None or waiting.step == "end_rest" else missed_days(waiting, kind, now=now)


def missed_days(waiting: Waiting, kind: Callable[..., E], *, now: datetime) -> list[E]:
    """One event of ``kind`` for each of a case's days that is over and not recorded yet."""
    today = city_day(now).isoformat()
    missed = [d for d in waiting.deadlines if d[1] < today and d not in waiting.recorded]
    return [
        kind(**_place(waiting, version, now), step=step, due=due)
        for version, (step, due) in enumerate(missed, start=waiting.version + 1)
    ]


def _place(waiting: Waiting, version: int, now: datetime) -> dict[str, Any]:
    return {
        **placed(waiting.case, version, now),
        "record": str(waiting.record),
        "department": waiting.department,
        "provisional": waiting.provisional,
    }


def _deadlines(repair: Repair) -> tuple[tuple[str, str], ...]:
    if repair.accepted:
        return (("decide", repair.answer_by),)
    if repair.lacking:
        return ()
    return (ACCEPT, repair.accept_by), ("decide", repair.answer_by)
