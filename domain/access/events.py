"""The facts about looking: who looked at whom, when, why, and what was shown (49号(十三), PRV-3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from domain.shared.canonical import Json
from domain.shared.events import Event
from domain.shared.kinds import Kind

ASKED_PART = "person/1"
"""The part of a look that holds what was asked. It can name other people (what leaked, of a traced record), so that no
proof of the look shows it."""


class PurposeRegistered(Event):
    """A purpose (用途) for which departments may query, by its code (CAT-4, SHR-1)."""

    TOPIC: ClassVar[str] = "purpose.registered"
    KIND: ClassVar[Kind] = Kind.PURPOSE_REGISTERED
    code: str
    zh: str
    en: str


class ConsentGiven(Event):
    """A subject agreed to be looked up (授权, 49号(十四)): by whom, for what, how, in which items, until when.

    ``subject`` is the subject's id; the whole payload is under a data key of the subject.
    """

    TOPIC: ClassVar[str] = "consent.given"
    KIND: ClassVar[Kind] = Kind.CONSENT_GIVEN
    subject: str
    recipient: str
    purpose: str
    manner: str
    items: list[str]
    from_day: str
    until: str


class ConsentWithdrawn(Event):
    """A subject took its consent back (撤回授权): it holds no more from this position on."""

    TOPIC: ClassVar[str] = "consent.withdrawn"
    KIND: ClassVar[Kind] = Kind.CONSENT_WITHDRAWN
    on_day: str


class SubjectQueried(Event):
    """A subject was looked up (查询) by a department; the stream is the subject's, so the list is whole.

    ``shown`` lists ``[record id, part, SHA-256 of the rendition's bytes]``; an empty list is an answer too.
    ``view_position`` is how far the records were folded; ``consent`` the consent that was cited; ``as_of`` the
    past instant or position that was asked for, left out for the present.
    ``answers`` commits to what each of ``shown`` said, in order (``domain.transparency.epoch``), so that who got
    the answer can prove that it was logged.
    ``objected`` are the records shown under the mark of a pending objection; ``reached`` is how far the records log
    was when this was logged, so that nothing in the answer is from later, left out where ``shown`` has the bytes of
    the shared view; ``asked`` what was asked beside all this. With them the answer is made again, whole.
    """

    TOPIC: ClassVar[str] = "subject.queried"
    KIND: ClassVar[Kind] = Kind.ACCESS
    SCHEMA: ClassVar[int] = 3
    UPCASTS: ClassVar = {1: lambda parts: parts, 2: lambda parts: parts}
    """Version 1 had no ``answers``, version 2 no ``objected``, ``reached`` and ``asked``."""
    PART_OF: ClassVar[Mapping[str, str]] = {
        "case": "restricted",
        "basis": "restricted",
        "objected": "restricted",
        "reached": "restricted",
        "asked": ASKED_PART,
    }
    department: str
    officer: str
    role: str
    purpose: str
    rules: list[str]
    view: str
    view_position: int
    shown: list[list[str]]
    case: str | None = None
    basis: str | None = None
    consent: str | None = None
    as_of: str | None = None
    answers: list[str] | None = None
    objected: list[str] | None = None
    reached: int | None = None
    asked: dict[str, Json] | None = None


class ReportIssued(Event):
    """A credit report (公共信用信息报告) was issued, on paper or not, before it left; the stream is the report's.

    ``look`` names the look that showed what it says (``access:7``), ``media`` how it was asked for. ``shown`` and
    ``answers`` commit to its bytes as those of an answer. ``objected`` lists its records to which an objection was
    pending; ``from_day`` and ``to_day`` bound its records' dates, where the asker set bounds. ``form`` names the form
    in which it was made (``xinlu/report@v2``), so that a replay makes it in that form for ever.
    """

    TOPIC: ClassVar[str] = "report.issued"
    KIND: ClassVar[Kind] = Kind.ACCESS
    SCHEMA: ClassVar[int] = 2
    UPCASTS: ClassVar = {1: lambda parts: parts}
    """Version 1 had no ``form``: each paper was of its first one."""
    PART_OF: ClassVar[Mapping[str, str]] = {
        "objected": "restricted",
        "from_day": "restricted",
        "to_day": "restricted",
    }
    number: str
    look: str
    media: str
    shown: list[list[str]]
    answers: list[str]
    objected: list[str] | None = None
    from_day: str | None = None
    to_day: str | None = None
    form: str | None = None
