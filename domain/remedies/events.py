"""The facts of remedies: what was objected to and decided, what was corrected, withdrawn and repaired.

Commands make them after ``objection.py`` and ``repair.py`` decided; the views and worklists fold them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from domain.parties.acting import AGENT_PARTS
from domain.shared.canonical import Json, Part, Parts
from domain.shared.events import Event, placed
from domain.shared.kinds import Kind


class ObjectionFiled(Event):
    """An objection (异议申请) to a record, with its receipt and the limits that run from it (001 四(八)).

    ``filed_by`` is ``subject``, ``agent`` or ``department``; ``source`` is the department that determined and
    is asked to verify, ``route`` ``own`` when it also received the objection, else ``source_unit``. Days are
    ISO text; ``provisional`` when the loaded calendar does not reach them.
    """

    TOPIC: ClassVar[str] = "objection.filed"
    KIND: ClassVar[Kind] = Kind.OBJECTION_FILED
    PART_OF: ClassVar[Mapping[str, str]] = {
        "grounds": "restricted", "evidence": "restricted", "contact": "person/1", **AGENT_PARTS
    }  # fmt: skip
    record: str
    filed_by: str
    received_by: str
    source: str
    about: str
    route: str
    forward_by: str
    answer_by: str
    provisional: bool
    officer: str | None = None
    grounds: str | None = None
    evidence: list[str] | None = None
    power_of_attorney: str | None = None
    contact: str | None = None
    agent_name: str | None = None
    agent_id_type: str | None = None
    agent_id_number: str | None = None


class ObjectionDecided(Event):
    """The answer to an objection (异议处理结果): ``upheld`` or ``rejected`` (001 四(八)).

    ``effect`` of an upheld one is ``corrected`` or ``withdrawn``; a rejected one says its reasons and both
    remedies, ``reconsideration`` (行政复议) and ``litigation`` (行政诉讼).
    """

    TOPIC: ClassVar[str] = "objection.decided"
    KIND: ClassVar[Kind] = Kind.OBJECTION_DECIDED
    PART_OF: ClassVar[Mapping[str, str]] = {"reasons": "restricted", "remedies": "restricted"}
    record: str
    outcome: str
    department: str
    officer: str
    effect: str | None = None
    reasons: str | None = None
    remedies: Mapping[str, str] | None = None


class ObjectionOverdue(Event):
    """An objection was not answered in time (异议逾期未答复): a fact about its source, which changes no right.

    Recorded by the platform once for each step and due day; ``step`` is ``answer``, ``due`` the last day that was
    missed, ``department`` the one that was to act. ``provisional``: the calendar did not reach some day counted.
    """

    TOPIC: ClassVar[str] = "objection.overdue"
    KIND: ClassVar[Kind] = Kind.OBJECTION_OVERDUE
    record: str
    step: str
    due: str
    department: str
    provisional: bool


class RecordCorrected(Event):
    """A correction (更正): the record's whole new content, sealed by the determining department (49号(二)).

    ``corrects`` is the leaf hash (hex) of the event that it corrects, ``objection`` the id of the objection
    upheld; both stand at the head of the public part, beside ``form`` and ``item``.
    """

    TOPIC: ClassVar[str] = "record.corrected"
    KIND: ClassVar[Kind] = Kind.RECORD_CORRECTED
    HEADS: ClassVar[tuple[str, ...]] = ("corrects", "objection")
    content: Mapping[str, Part]
    corrects: str = ""
    objection: str = ""

    def parts(self) -> Parts:
        """What the department sealed: the content, its public part headed by what it corrects."""
        parts = dict(self.content)
        if "public" in parts:
            heads = {"corrects": self.corrects, "objection": self.objection}
            parts["public"] = {**parts["public"], **heads}
        return parts

    @classmethod
    def from_parts(
        cls, parts: Mapping[str, Part], *, stream_id: UUID, version: int, recorded_at: datetime
    ) -> Self:
        """The correction with whatever parts could be opened."""
        public = parts.get("public", {})
        content = {
            name: {code: value for code, value in part.items() if name != "public" or code not in cls.HEADS}
            for name, part in parts.items()
        }
        return cls(
            **placed(stream_id, version, recorded_at),
            content=content,
            corrects=str(public.get("corrects", "")),
            objection=str(public.get("objection", "")),
        )


class RecordWithdrawn(Event):
    """A withdrawal (撤销): the record was wrong as a whole; its department takes it back (001 四(八)).

    ``withdraws`` is the leaf hash (hex) of the content taken back, ``objection`` the objection upheld.
    """

    TOPIC: ClassVar[str] = "record.withdrawn"
    KIND: ClassVar[Kind] = Kind.RECORD_WITHDRAWN
    withdraws: str
    objection: str


class RepairApplied(Event):
    """An application for credit repair (信用修复申请), free of charge (49号(十一)(十二)).

    ``applied_by`` is ``subject`` or ``agent``; ``mode`` and ``item_version`` are the item's own on the day of
    the application; ``earliest`` is the first day on which it could be made. ``materials`` lists
    ``[kind, SHA-256 in hex]``, ``public_service`` the ``hours`` of one and who ``certified_by``. Days are ISO text.
    """

    TOPIC: ClassVar[str] = "repair.applied"
    KIND: ClassVar[Kind] = Kind.REPAIR_APPLIED
    SCHEMA: ClassVar[int] = 2
    UPCASTS: ClassVar = {1: lambda parts: parts}
    """Version 1 had no ``public_service``."""
    PART_OF: ClassVar[Mapping[str, str]] = {
        "materials": "restricted", "public_service": "restricted", "contact": "person/1", **AGENT_PARTS
    }  # fmt: skip
    record: str
    applied_by: str
    received_by: str
    source: str
    item: str
    item_version: int
    severity: str
    mode: str
    earliest: str
    accept_by: str
    answer_by: str
    provisional: bool
    officer: str | None = None
    materials: list[list[str]] | None = None
    public_service: Mapping[str, Json] | None = None
    power_of_attorney: str | None = None
    contact: str | None = None
    agent_name: str | None = None
    agent_id_type: str | None = None
    agent_id_number: str | None = None


class RepairMaterialsRequested(Event):
    """What an application lacks (补正通知), asked for once and all together (49号(十一))."""

    TOPIC: ClassVar[str] = "repair.materials_requested"
    KIND: ClassVar[Kind] = Kind.REPAIR_MATERIALS_REQUESTED
    missing: list[str]
    department: str
    officer: str


class RepairMaterialsSupplied(Event):
    """What was missing came in (补正材料); the limits begin anew from this day."""

    TOPIC: ClassVar[str] = "repair.materials_supplied"
    KIND: ClassVar[Kind] = Kind.REPAIR_MATERIALS_SUPPLIED
    SCHEMA: ClassVar[int] = 2
    UPCASTS: ClassVar = {1: lambda parts: parts}
    """Version 1 had no ``public_service``."""
    PART_OF: ClassVar[Mapping[str, str]] = {"materials": "restricted", "public_service": "restricted"}
    received_by: str
    accept_by: str
    answer_by: str
    provisional: bool
    officer: str | None = None
    materials: list[list[str]] | None = None
    public_service: Mapping[str, Json] | None = None


class RepairAccepted(Event):
    """An application is complete and is being examined (受理)."""

    TOPIC: ClassVar[str] = "repair.accepted"
    KIND: ClassVar[Kind] = Kind.REPAIR_ACCEPTED
    department: str
    officer: str


class RepairDecided(Event):
    """The decision on a repair (信用修复决定): ``granted`` with its ``mode``, or ``rejected`` (49号(十一)(十二)).

    A rejected one says its reasons and both remedies; ``basis`` is the law or central policy that is cited
    when the reason is that the record cannot be repaired.
    """

    TOPIC: ClassVar[str] = "repair.decided"
    KIND: ClassVar[Kind] = Kind.REPAIR_DECIDED
    PART_OF: ClassVar[Mapping[str, str]] = {"reasons": "restricted", "remedies": "restricted"}
    record: str
    outcome: str
    department: str
    officer: str
    mode: str | None = None
    basis: Mapping[str, str] | None = None
    reasons: str | None = None
    remedies: Mapping[str, str] | None = None


class RepairOverdue(Event):
    """A repair was not handled in time (信用修复逾期): flagged, not decided by silence (49号(十二), ACC-4).

    As ``objection.overdue``; ``step`` is ``accept`` or ``decide``, of a temporary shield that was applied for
    ``decide_rest``.
    """

    TOPIC: ClassVar[str] = "repair.overdue"
    KIND: ClassVar[Kind] = Kind.REPAIR_OVERDUE
    record: str
    step: str
    due: str
    department: str
    provisional: bool


class RecordAnnotated(Event):
    """A repaired record is marked so (标注) and stays visible (49号(十一)).

    ``annotates`` is the version, in the record's stream, of the content that carries the note.
    """

    TOPIC: ClassVar[str] = "record.annotated"
    KIND: ClassVar[Kind] = Kind.RECORD_ANNOTATED
    repair: str
    annotates: int
    repaired_on: str


class RecordShielded(Event):
    """A repaired record is shielded (屏蔽): in no view from this transaction on (49号(十一), 001 四(三))."""

    TOPIC: ClassVar[str] = "record.shielded"
    KIND: ClassVar[Kind] = Kind.RECORD_SHIELDED
    repair: str
    repaired_on: str


class CalendarLoaded(Event):
    """The working-day calendar of a year became known (节假日安排), as the holiday notice named in ``source`` says.

    ``holidays`` and ``working_weekend_days`` are days in ISO text; ``digest`` is the SHA-256 (hex) of the file that was
    loaded. A later event for the same year takes its place.
    """

    TOPIC: ClassVar[str] = "calendar.loaded"
    KIND: ClassVar[Kind] = Kind.CALENDAR_LOADED
    year: int
    source: Mapping[str, str]
    holidays: list[str]
    working_weekend_days: list[str]
    digest: str
