"""The facts of listing: a notice served, a statement and its answer, the decision, removal, and what the subject bears.

Commands make them after ``case.py`` and ``removal.py`` decided; views, worklists and the subject's stream fold them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from domain.catalogue.versions import VersionsSuspended
from domain.parties.acting import AGENT_PARTS
from domain.shared.events import Event
from domain.shared.kinds import Kind


class ListingNotified(Event):
    """The party was told before any decision (列入告知, 49号(八)): facts, grounds, its rights; with proof of service.

    ``records`` are the determinations that a listing would rest on. ``service`` is how it was served, ``receipt`` the
    digest (SHA-256) of the signed return (送达回证). ``state_by`` is the last day for a statement, ISO text;
    ``provisional`` when the loaded calendar does not reach it.
    """

    TOPIC: ClassVar[str] = "listing.notified"
    KIND: ClassVar[Kind] = Kind.LISTING_NOTIFIED
    PART_OF: ClassVar[Mapping[str, str]] = {
        "facts": "restricted",
        "grounds": "restricted",
        "rights": "restricted",
        "receipt": "restricted",
    }
    list_code: str
    version: int
    records: list[str]
    department: str
    officer: str
    service: str
    served_on: str
    state_by: str
    provisional: bool
    facts: str | None = None
    grounds: str | None = None
    rights: str | None = None
    receipt: str | None = None


class ListingStatementMade(Event):
    """The party states its case or objects (陈述申辩、异议); no decision until it is answered (49号(八))."""

    TOPIC: ClassVar[str] = "listing.statement_made"
    KIND: ClassVar[Kind] = Kind.LISTING_STATEMENT_MADE
    PART_OF: ClassVar[Mapping[str, str]] = {
        "grounds": "restricted",
        "evidence": "restricted",
        "contact": "person/1",
        **AGENT_PARTS,
    }
    made_by: str
    received_by: str
    made_on: str
    answer_by: str
    provisional: bool
    grounds: str | None = None
    evidence: list[str] | None = None
    contact: str | None = None
    power_of_attorney: str | None = None
    agent_name: str | None = None
    agent_id_type: str | None = None
    agent_id_number: str | None = None


class ListingStatementAnswered(Event):
    """The statement was checked and answered (核实反馈): ``accepted`` ends the case, ``rejected`` gives its reasons."""

    TOPIC: ClassVar[str] = "listing.statement_answered"
    KIND: ClassVar[Kind] = Kind.LISTING_STATEMENT_ANSWERED
    PART_OF: ClassVar[Mapping[str, str]] = {"reasons": "restricted"}
    outcome: str
    department: str
    officer: str
    reasons: str | None = None


class ListingDropped(Event):
    """The department does not list (不予列入); the case is over."""

    TOPIC: ClassVar[str] = "listing.dropped"
    KIND: ClassVar[Kind] = Kind.LISTING_DROPPED
    PART_OF: ClassVar[Mapping[str, str]] = {"reasons": "restricted"}
    department: str
    officer: str
    reasons: str | None = None


class ListingDecided(Event):
    """The decision to list (列入决定书), sealed by the department: six contents, rank, what it rests on (49号(八)).

    The six are ``facts`` (事由), ``basis`` (依据), ``measures`` (失信惩戒措施提示), ``removal_conditions`` (移出条件),
    ``removal_procedure`` (移出程序), ``remedies`` (救济措施). ``notice`` is the leaf hash (hex) of the notice served.
    ``until`` is the last day, left out when open. An organisation has ``name`` and ``code``, a natural person
    ``person_name``, ``id_type`` and ``id_number``. ``public`` is as the list's standard says. ``repair_notice`` is the
    digest (SHA-256) of the notice of how to repair (信用修复告知书), ``repair_notice_on`` the day of its service.
    """

    TOPIC: ClassVar[str] = "listing.decided"
    KIND: ClassVar[Kind] = Kind.LISTING_DECIDED
    SCHEMA: ClassVar[int] = 2
    UPCASTS: ClassVar = {1: lambda parts: parts}
    """Version 1 said nothing of a repair notice."""
    PART_OF: ClassVar[Mapping[str, str]] = {
        "facts": "restricted",
        "repair_notice": "restricted",
        "repair_notice_on": "restricted",
        "person_name": "person/1",
        "id_type": "person/1",
        "id_number": "person/1",
    }
    list_code: str
    version: int
    notice: str
    records: list[str]
    subject_kind: str
    authority: str
    authority_name: str
    authority_rank: str
    document_number: str
    decided_on: str
    public: bool
    basis: str
    measures: str
    removal_conditions: str
    removal_procedure: str
    remedies: str
    until: str | None = None
    rank_basis: Mapping[str, str] | None = None
    name: str | None = None
    code: str | None = None
    facts: str | None = None
    person_name: str | None = None
    id_type: str | None = None
    id_number: str | None = None
    repair_notice: str | None = None
    repair_notice_on: str | None = None


class ListingRemovalApplied(Event):
    """The subject applies to be taken off early (提前移出申请): its conditions are met (49号(十一)).

    ``materials`` lists ``[kind, SHA-256 in hex]``.
    """

    TOPIC: ClassVar[str] = "listing.removal_applied"
    KIND: ClassVar[Kind] = Kind.LISTING_REMOVAL_APPLIED
    PART_OF: ClassVar[Mapping[str, str]] = {"materials": "restricted", "contact": "person/1"}
    received_by: str
    department: str
    applied_on: str
    decide_by: str
    provisional: bool
    materials: list[list[str]] | None = None
    contact: str | None = None


class ListingRemovalRefused(Event):
    """The application to be taken off is refused (不予移出), with reasons and both remedies."""

    TOPIC: ClassVar[str] = "listing.removal_refused"
    KIND: ClassVar[Kind] = Kind.LISTING_REMOVAL_REFUSED
    PART_OF: ClassVar[Mapping[str, str]] = {"reasons": "restricted", "remedies": "restricted"}
    department: str
    officer: str
    reasons: str | None = None
    remedies: Mapping[str, str] | None = None


class ListingRemoved(Event):
    """The subject is off the list (移出名单): in no view from this transaction on (49号(十一)).

    ``cause`` is ``conditions_met``, ``repair``, ``expiry``, ``reversal`` or ``transition``; ``removes`` the leaf hash
    (hex) of the decision. ``by`` is the repair's case or the record that fell, empty for the others.
    """

    TOPIC: ClassVar[str] = "listing.removed"
    KIND: ClassVar[Kind] = Kind.LISTING_REMOVED
    list_code: str
    cause: str
    removes: str
    removed_on: str
    by: str = ""


class ListingOverdue(Event):
    """A step of a listing case, ``answer`` or ``decide_removal``, was not done in time (列入事项逾期).

    As ``objection.overdue``; ``record`` is the first that the listing rests on.
    """

    TOPIC: ClassVar[str] = "listing.overdue"
    KIND: ClassVar[Kind] = Kind.LISTING_OVERDUE
    record: str
    step: str
    due: str
    department: str
    provisional: bool


class ListStandardSuspended(VersionsSuspended):
    """Versions of a list's standard are not executed any more (停止执行, 15号 二), as ``catalogue.item_suspended``."""

    TOPIC: ClassVar[str] = "list.standard_suspended"
    KIND: ClassVar[Kind] = Kind.LIST_STANDARD_SUSPENDED


class SubjectListed(Event):
    """A subject is on a list now (在列), told in its own stream, so that one load says so.

    ``records`` are those that the listing rests on; ``until`` is left out when it is open.
    """

    TOPIC: ClassVar[str] = "subject.listed"
    KIND: ClassVar[Kind] = Kind.SUBJECT_LISTED
    listing: str
    list_code: str
    version: int
    department: str
    records: list[str]
    decision: str
    on_day: str
    repair_removes: bool
    until: str | None = None


class SubjectDelisted(Event):
    """A subject is on a list no more (移出), told in its own stream."""

    TOPIC: ClassVar[str] = "subject.delisted"
    KIND: ClassVar[Kind] = Kind.SUBJECT_DELISTED
    listing: str
    list_code: str
    cause: str
