"""The facts of a proposal on its way: made, consulted on, opined on and answered, reviewed, published, evaluated.

Commands make them after ``process.py`` decided; the public register tells them, without who opined.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from domain.shared.canonical import Json, Part, Parts
from domain.shared.events import Event
from domain.shared.kinds import Kind


class ProposalMade(Event):
    """A member department proposes (提出) a version of something, or the same anew after it was returned (49号(一)).

    ``what`` is catalogue_item, list_standard or measure; ``content`` the whole version; ``revision`` counts from 1;
    ``officer`` drafted it, ``office`` is the lead unit (牵头单位) that takes it further.
    """

    TOPIC: ClassVar[str] = "proposal.made"
    KIND: ClassVar[Kind] = Kind.PROPOSAL_MADE
    SCHEMA: ClassVar[int] = 3
    UPCASTS: ClassVar = {1: lambda parts: parts, 2: lambda parts: parts}
    """Version 1 had no ``officer``, and before 3 there was no ``office``."""
    what: str
    code: str
    revision: int
    content: Mapping[str, Json]
    department: str
    officer: str | None = None
    office: str | None = None


class ProposalConsulted(Event):
    """It is open for comment (公开征求意见) from ``opens`` to ``closes``, both included, as ISO text (49号(七)).

    ``officer`` of the credit office opened it.
    """

    TOPIC: ClassVar[str] = "proposal.consulted"
    KIND: ClassVar[Kind] = Kind.PROPOSAL_CONSULTED
    SCHEMA: ClassVar[int] = 2
    UPCASTS: ClassVar = {1: lambda parts: parts}
    """Version 1 had no ``officer``."""
    opens: str
    closes: str
    officer: str | None = None


class OpinionGiven(Event):
    """An opinion (意见) on it; ``group`` says whose. Its author is the part ``person/<number>``, erased alone.

    ``department`` is set when a department opines for itself, and left out for everyone else.
    """

    TOPIC: ClassVar[str] = "proposal.opinion_given"
    KIND: ClassVar[Kind] = Kind.OPINION_GIVEN
    number: int
    group: str
    text: str
    given_on: str
    department: str | None = None
    author: Mapping[str, str] | None = None

    def parts(self) -> Parts:
        """The opinion for everyone, and its author under the number of the opinion."""
        public: dict[str, Json] = {
            "number": self.number,
            "group": self.group,
            "text": self.text,
            "given_on": self.given_on,
        }
        if self.department is not None:
            public["department"] = self.department
        person = {} if self.author is None else {f"person/{self.number}": dict(self.author)}
        return {"public": public, **person}

    @classmethod
    def from_parts(
        cls, parts: Mapping[str, Part], *, stream_id: UUID, version: int, recorded_at: datetime
    ) -> Self:
        """The opinion; without its author when that part is withheld or erased."""
        author = next((part for name, part in parts.items() if name != "public"), None)
        return cls(
            originator_id=stream_id,
            originator_version=version,
            timestamp=recorded_at,
            **parts["public"],  # type: ignore[arg-type]
            author=author,  # type: ignore[arg-type]
        )


class OpinionAnswered(Event):
    """What came of an opinion (意见采纳情况): ``adopted``, ``partly_adopted`` or ``not_adopted``, and why."""

    TOPIC: ClassVar[str] = "proposal.opinion_answered"
    KIND: ClassVar[Kind] = Kind.OPINION_ANSWERED
    number: int
    outcome: str
    answer: str


class MeetingCalled(Event):
    """It is laid before the joint meeting (提请联席会议审定, 49号(一)), which is held from the day ``meets_on`` on.

    In the proposal's stream ``members`` are the departments asked, by code. In the stream of each member's own case
    ``department`` is that member, which gives its view there. ``office`` is the lead unit (牵头单位).
    """

    TOPIC: ClassVar[str] = "proposal.meeting_called"
    KIND: ClassVar[Kind] = Kind.MEETING_CALLED
    proposal: str
    revision: int
    members: list[str]
    meets_on: str
    office: str
    officer: str
    department: str | None = None


class MeetingViewGiven(Event):
    """A member's view (成员单位意见) on what was laid before the meeting, sealed by that member: ``agree`` or
    ``disagree``, and why. It becomes public with the outcome.
    """

    TOPIC: ClassVar[str] = "proposal.view_given"
    KIND: ClassVar[Kind] = Kind.MEETING_VIEW_GIVEN
    proposal: str
    revision: int
    department: str
    view: str
    reasons: str
    officer: str


class ProposalReviewed(Event):
    """The joint meeting reviewed it (审定, 49号(一)): ``approved``, or ``returned`` to its department with the reasons.

    ``held_on`` is the day of the meeting; ``views`` tell of each member that was asked its department and case, and,
    where it gave one, its view, reasons and the leaf (hex) that holds them. ``officer`` recorded it; ``office`` is to
    publish what was approved.
    """

    TOPIC: ClassVar[str] = "proposal.reviewed"
    KIND: ClassVar[Kind] = Kind.PROPOSAL_REVIEWED
    SCHEMA: ClassVar[int] = 3
    UPCASTS: ClassVar = {1: lambda parts: parts, 2: lambda parts: parts}
    """Version 1 had no meeting: neither ``held_on`` nor ``views`` nor ``officer``. Before 3 there was no ``office``."""
    outcome: str
    reasons: str
    revision: int
    held_on: str | None = None
    views: list[dict[str, str]] | None = None
    officer: str | None = None
    office: str | None = None


class ProposalPublished(Event):
    """It was published (公布) and takes effect as its own register says; reviewed again by ``review_by``, ISO text."""

    TOPIC: ClassVar[str] = "proposal.published"
    KIND: ClassVar[Kind] = Kind.PROPOSAL_PUBLISHED
    revision: int
    department: str
    review_by: str


class ProposalEvaluated(Event):
    """A third party evaluated what was published (第三方评估, 49号(七)).

    ``outcome`` keep: the next evaluation is due by ``review_by``; revise: a next version is proposed by then
    (及时修订), and what stands holds on until that is published.
    """

    TOPIC: ClassVar[str] = "proposal.evaluated"
    KIND: ClassVar[Kind] = Kind.PROPOSAL_EVALUATED
    SCHEMA: ClassVar[int] = 2
    UPCASTS: ClassVar = {1: lambda parts: parts}
    """Version 1 had no ``outcome``; it kept what was evaluated."""
    by: str
    findings: str
    review_by: str
    outcome: str | None = None


class ProposalSuperseded(Event):
    """A later version of the same was published (被新版本替代): nothing of this one is reviewed any more (CAT-3).

    Recorded by the platform with that publication; ``by`` is the later proposal.
    """

    TOPIC: ClassVar[str] = "proposal.superseded"
    KIND: ClassVar[Kind] = Kind.PLATFORM
    by: str


class ReviewOverdue(Event):
    """The periodic review (定期评估) of what was published is overdue; recorded by the platform once for each day.

    As ``objection.overdue``; ``record`` is the proposal.
    """

    TOPIC: ClassVar[str] = "proposal.review_overdue"
    KIND: ClassVar[Kind] = Kind.PLATFORM
    record: str
    step: str
    due: str
    department: str
    provisional: bool
