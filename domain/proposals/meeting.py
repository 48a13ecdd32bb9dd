"""The joint meeting's review (联席会议审定): who is asked, what members say, and which outcome that allows (CAT-3).

Comes after every opinion was answered and before publication. Each member gives its view in a case of its own, so that
none depends on another's; the office records the meeting and what came of it, by an officer who neither drafted the
proposal nor opened it for comment. The texts name the meeting, but neither quorum nor majority: those are settings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain.parties.acting import Officer
from domain.proposals.events import MeetingCalled, MeetingViewGiven, ProposalReviewed
from domain.proposals.process import Proposal, apart, step_defects, text_defects
from domain.shared.city_time import city_day
from domain.shared.events import Event, fold_case, next_of, placed
from domain.shared.refusals import Defect, refuse_if_any

AGREE = "agree"
VIEWS = (AGREE, "disagree")
APPROVED, RETURNED = "approved", "returned"


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member's own case (成员单位意见): what it is asked about, and its view once it gave one.

    ``leaf`` (hex) names the act that holds the view, for those who know it.
    """

    id: UUID
    version: int
    proposal: UUID
    revision: int
    department: str
    meets_on: str
    view: str = ""
    reasons: str = ""
    leaf: str = ""

    def told(self) -> dict[str, str]:
        """As the outcome tells it."""
        said = {"view": self.view, "reasons": self.reasons, "leaf": self.leaf} if self.view else {}
        return {"department": self.department, "case": str(self.id), **said}


def fold_view(events: Iterable[Event]) -> MemberView | None:
    """The member's case of a stream; None when it holds none."""
    return fold_case(events, _asked, _left_by)


def _asked(event: Event) -> MemberView | None:
    if not isinstance(event, MeetingCalled) or event.department is None:
        return None
    return MemberView(
        event.originator_id, event.originator_version, UUID(event.proposal), event.revision,
        event.department, event.meets_on,
    )  # fmt: skip


def _left_by(event: Event, _: MemberView) -> dict[str, Any]:
    """What an event changes."""
    return {"view": event.view, "reasons": event.reasons} if isinstance(event, MeetingViewGiven) else {}


def call_meeting(
    proposal: Proposal,
    *,
    members: Sequence[str],
    members_min: int,
    meets_on: date,
    officer: Officer,
    now: datetime,
) -> MeetingCalled:
    """Lay it before the members, once the comment is over and every opinion is answered.

    Neither the department that proposed it is asked, nor the office that leads the meeting.
    """
    defects, today = step_defects(proposal, "consulting"), city_day(now)
    if proposal.state == "consulting" and today.isoformat() <= proposal.closes:
        defects.append(Defect(proposal.rule, "proposal_comment_runs", "", {"last": proposal.closes}))
    if proposal.open_opinions:
        count = {"count": str(len(proposal.open_opinions))}
        defects.append(Defect(proposal.rule, "proposal_opinions_open", "", count))
    asked = [code for code in members if code not in (proposal.department, officer.department)]
    if len(asked) < members_min:
        about = {"count": str(len(asked)), "least": str(members_min)}
        defects.append(Defect(proposal.rule, "meeting_too_few", "", about))
    if meets_on < today:
        defects.append(Defect(proposal.rule, "meeting_day", "/meets_on", {"first": today.isoformat()}))
    refuse_if_any(defects)
    return MeetingCalled(
        **next_of(proposal, now),
        proposal=str(proposal.id),
        revision=proposal.revision,
        members=asked,
        meets_on=meets_on.isoformat(),
        office=officer.department,
        officer=officer.pseudonym,
    )


def asked_of(called: MeetingCalled, department: str, case: UUID) -> MeetingCalled:
    """The same in the member's own case."""
    return replace(called, **placed(case, 1, called.timestamp), department=department)


def view_defects(
    proposal: Proposal, view: MemberView | None, given: MeetingViewGiven, *, officer: Officer
) -> Iterator[Defect]:
    """Why a view does not count: nobody asked for it, it was given, or it is about something else."""
    if view is None or proposal.state != "meeting":
        yield Defect(proposal.rule, "meeting_not_a_member", "Credit-Official")
        return
    if view.view:
        yield Defect(proposal.rule, "meeting_view_given")
    about = (given.proposal, given.revision, given.department, given.officer)
    if about != (str(proposal.id), proposal.revision, officer.department, officer.pseudonym):
        yield Defect(proposal.rule, "meeting_view_of_another", "/parts/public")
    if given.view not in VIEWS:
        values = "、".join(VIEWS)
        yield Defect(proposal.rule, "listing_outcome_unknown", "/parts/public/view", {"values": values})
    yield from text_defects(proposal, given.reasons, "/parts/public/reasons")


def conclude(
    proposal: Proposal,
    *,
    views: Sequence[MemberView],
    outcome: str,
    reasons: str,
    held_on: date,
    agreeing_percent: int,
    officer: str,
    now: datetime,
) -> ProposalReviewed:
    """Record the meeting and its outcome, which follows the members' views: approved if, and only if, enough agreed.

    ``agreeing_percent`` is the share of all who were asked; whoever said nothing did not agree.
    """
    defects = [*step_defects(proposal, "meeting"), *apart(proposal, officer)]
    if outcome not in (APPROVED, RETURNED):
        values = f"{APPROVED}、{RETURNED}"
        defects.append(Defect(proposal.rule, "listing_outcome_unknown", "/outcome", {"values": values}))
    if proposal.state == "meeting":
        agreed = sum(view.view == AGREE for view in views)
        needed = -(-agreeing_percent * len(views) // 100)
        about = {"agreed": str(agreed), "needed": str(needed), "members": str(len(views))}
        if (outcome, agreed >= needed) in ((APPROVED, False), (RETURNED, True)):
            defects.append(Defect(proposal.rule, "meeting_decided_otherwise", "/outcome", about))
        if not proposal.meets_on <= held_on.isoformat() <= city_day(now).isoformat():
            first = {"first": proposal.meets_on}
            defects.append(Defect(proposal.rule, "meeting_day", "/held_on", first))
    refuse_if_any([*defects, *text_defects(proposal, reasons, "/reasons")])
    return ProposalReviewed(
        **next_of(proposal, now),
        outcome=outcome,
        reasons=reasons,
        revision=proposal.revision,
        held_on=held_on.isoformat(),
        views=[view.told() for view in views],
        officer=officer,
        office=proposal.office if outcome == APPROVED else None,
    )
