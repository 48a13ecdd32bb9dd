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

    ``what`` is catalogue_item, list_standard or measure; ``content`` the whole version; ``revision`` counts from 1.
    """

    TOPIC: ClassVar[str] = "proposal.made"
    KIND: ClassVar[Kind] = Kind.PROPOSAL_MADE
    what: str
    code: str
    revision: int
    content: Mapping[str, Json]
    department: str


class ProposalConsulted(Event):
    """It is open for comment (公开征求意见) from ``opens`` to ``closes``, both included, as ISO text (49号(七))."""

    TOPIC: ClassVar[str] = "proposal.consulted"
    KIND: ClassVar[Kind] = Kind.PROPOSAL_CONSULTED
    opens: str
    closes: str


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


class ProposalReviewed(Event):
    """It was reviewed (审定): ``approved``, or ``returned`` to its department with the reasons (49号(一))."""

    TOPIC: ClassVar[str] = "proposal.reviewed"
    KIND: ClassVar[Kind] = Kind.PROPOSAL_REVIEWED
    outcome: str
    reasons: str
    revision: int


class ProposalPublished(Event):
    """It was published (公布) and takes effect as its own register says; reviewed again by ``review_by``, ISO text."""

    TOPIC: ClassVar[str] = "proposal.published"
    KIND: ClassVar[Kind] = Kind.PROPOSAL_PUBLISHED
    revision: int
    department: str
    review_by: str


class ProposalEvaluated(Event):
    """A third party evaluated what was published (第三方评估, 49号(七)); the next is due by ``review_by``."""

    TOPIC: ClassVar[str] = "proposal.evaluated"
    KIND: ClassVar[Kind] = Kind.PROPOSAL_EVALUATED
    by: str
    findings: str
    review_by: str


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
