"""The facts of a review: opened over one query, missed, decided; officers' relations; who may query no more, or again.

The review runner (``application/reviews.py``) opens them; ``application/commands/reviews.py`` does the rest. What is
public of them tells that there is a review, never of whom.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from domain.shared.events import Event
from domain.shared.kinds import Kind


class RelationDeclared(Event):
    """A department declares a relative or colleague of its officer (申报利害关系人), in the officer's own list.

    ``blind`` is the keyed hash (hex) of the identifier, ``relation`` relative or colleague: they stand in a part with a
    key of its own, so that one declaration can be erased alone.
    """

    TOPIC: ClassVar[str] = "officer.relation_declared"
    KIND: ClassVar[Kind] = Kind.RELATION_DECLARED
    PART_OF: ClassVar[Mapping[str, str]] = {"blind": "person/1", "relation": "person/1"}
    department: str
    declared_by: str
    blind: str | None = None
    relation: str | None = None


class RelationEnded(Event):
    """A declared relation stands no more (解除利害关系申报): it ended, or was declared by mistake, and why.

    ``ends`` is the version of the declaration in the same list, ``how`` of ``domain.oversight.officers.ENDINGS``. What
    was queried until this event is still reviewed for it.
    """

    TOPIC: ClassVar[str] = "officer.relation_ended"
    KIND: ClassVar[Kind] = Kind.RELATION_ENDED
    PART_OF: ClassVar[Mapping[str, str]] = {"how": "restricted", "reasons": "restricted"}
    department: str
    ended_by: str
    ends: int
    how: str
    reasons: str


class QueryReviewOpened(Event):
    """A query is to be reviewed (查询审查, 49号(十三)), because it was drawn or a rule says so.

    ``look`` names it (``access:7``), ``leaf`` is its leaf hash (hex). ``reasons`` are of
    ``domain.oversight.reviews.REASONS``. ``epoch`` and ``root`` (hex) are the first epoch that covered the look and its
    root of the access log, by which it was drawn or not; ``per_10000`` is the rate then. Days are ISO text.
    """

    TOPIC: ClassVar[str] = "review.opened"
    KIND: ClassVar[Kind] = Kind.QUERY_REVIEW_OPENED
    PART_OF: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("look", "leaf", "department", "officer", "reasons", "epoch", "root", "per_10000"), "restricted"
    )
    due: str
    provisional: bool
    look: str
    leaf: str
    department: str
    officer: str
    reasons: list[str]
    epoch: int
    root: str
    per_10000: int


class QueryReviewOverdue(Event):
    """A review was not decided in time (审查逾期): it escalates to the credit office's list."""

    TOPIC: ClassVar[str] = "review.overdue"
    KIND: ClassVar[Kind] = Kind.QUERY_REVIEW_OVERDUE
    record: str
    department: str
    step: str
    due: str
    provisional: bool


class QueryReviewDecided(Event):
    """Somebody else than the querying officer found (审查结论) whether the query was in order, and what follows."""

    TOPIC: ClassVar[str] = "review.decided"
    KIND: ClassVar[Kind] = Kind.QUERY_REVIEW_DECIDED
    PART_OF: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("finding", "consequence", "reasons", "department", "officer"), "restricted"
    )
    decided_on: str
    finding: str
    consequence: str
    reasons: str
    department: str
    officer: str


class OfficerSuspended(Event):
    """An officer may query no more (停止查询权限), from this position on; ``review`` is the review or the incident that
    found why."""

    TOPIC: ClassVar[str] = "officer.suspended"
    KIND: ClassVar[Kind] = Kind.OFFICER_SUSPENDED
    review: str


class OfficerReinstated(Event):
    """The credit office gave an officer the right to query back (恢复查询权限), from this position on, and why.

    ``lifts`` is the version of the suspension in the officer's own stream, where both stay.
    """

    TOPIC: ClassVar[str] = "officer.reinstated"
    KIND: ClassVar[Kind] = Kind.OFFICER_REINSTATED
    PART_OF: ClassVar[Mapping[str, str]] = dict.fromkeys(("reasons", "department", "officer"), "restricted")
    lifts: int
    reasons: str
    department: str
    officer: str
