"""Decides on erasure: what can be erased and why, and that two officers of the credit office want it (PRV-4).

Asked for by an officer or by a granted repair whose item says so; ``application/erasing.py`` carries out what
was approved, and folds each erasure from its own stream.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from domain.shared.events import Event, Place, fold_case, next_of, placed
from domain.shared.kinds import Kind
from domain.shared.refusals import Defect, refuse_if_any
from domain.shared.text import says

CREDIT_OFFICE = "credit_office"
OFFICERS = 2
"""How many officers must want an erasure, whoever asked for it (FORMATS 5.7)."""
BASIS_CHARACTERS_MAX = 200
ENTRIES_MAX = 500
"""Parts that one ``data.erased`` names, so that no event is large; an act that names more is several events."""
CLASSES = ("public", "restricted", "person", "access", "consent")
CAUSES = ("repair", "subject_request", "purpose_ended", "unlawful", "legal_duty")
"""Why: a repair by deletion; 个人信息保护法 47: asked for, purpose reached or term over, unlawful; another law."""
Kinds = Literal["subject", "class", "record", "part"]
KINDS: tuple[Kinds, ...] = ("subject", "class", "record", "part")


@dataclass(frozen=True)
class Target:
    """What is to be erased (删除对象).

    ``subject`` whole, one ``class`` of a subject (``name`` one of :data:`CLASSES`), one ``record``, or one
    person's ``part`` (``name``, as ``person/1``) of a record or case. ``id`` is the subject's or the stream's.
    """

    kind: Kinds
    id: UUID
    name: str = ""

    def defects(self) -> Iterable[Defect]:
        """PRV-4: what is named can be erased for itself."""
        if self.kind == "class" and self.name not in CLASSES:
            values = "、".join(CLASSES)
            yield Defect("PRV-4", "erasure_class_unknown", "/target/name", {"values": values})
        if self.kind == "part" and not (self.name.startswith("person/") and self.name[7:].isdigit()):
            yield Defect("PRV-4", "erasure_not_a_persons_part", "/target/name")


class ErasureRequested(Event):
    """An erasure is asked for (删除申请) with its cause and legal ground; nothing is erased by it (49号(十一)).

    ``target`` is the kind, ``of`` the id of a subject or stream, ``name`` a class or part. ``officer`` asked for
    it, or a ``repair`` (its case) did, which counts for no officer.
    """

    TOPIC: ClassVar[str] = "erasure.requested"
    KIND: ClassVar[Kind] = Kind.ERASURE_REQUESTED
    target: str
    of: str
    name: str
    cause: str
    basis: str
    officer: str | None = None
    department: str | None = None
    repair: str | None = None


class ErasureApproved(Event):
    """An officer of the credit office wants it (删除审批); no officer counts twice."""

    TOPIC: ClassVar[str] = "erasure.approved"
    KIND: ClassVar[Kind] = Kind.ERASURE_APPROVED
    officer: str
    department: str


class DataErased(Event):
    """The keys of these parts are destroyed in this very transaction (删除), so nothing can be opened (49号(十一)).

    ``erased`` lists ``[log, position, part, p_i in hex]``: with p_i the leaf's commitment can still be computed,
    and p_i tells nothing, since its salt is gone too. ``number`` of ``count`` events of the one act.
    """

    TOPIC: ClassVar[str] = "data.erased"
    KIND: ClassVar[Kind] = Kind.DATA_ERASED
    number: int
    count: int
    erased: list[list[str]]


class ErasureCompleted(Event):
    """The generation keys under which the erased keys were ever wrapped are destroyed (删除完成).

    ``generation`` is the oldest that there still is: no backup of the database opens what was erased any more.
    """

    TOPIC: ClassVar[str] = "erasure.completed"
    KIND: ClassVar[Kind] = Kind.ERASURE_COMPLETED
    generation: int


@dataclass(frozen=True)
class Erasure:
    """An erasure (删除事项) as its events leave it; ``officers`` are those who want it."""

    id: UUID
    version: int
    target: Target
    officers: frozenset[str]
    erased: bool = False
    completed: bool = False

    @property
    def approved(self) -> bool:
        """Whether enough officers want it."""
        return len(self.officers) >= OFFICERS

    @property
    def state(self) -> str:
        """In a word: requested, approved, erased or completed."""
        if self.completed:
            return "completed"
        return "erased" if self.erased else "approved" if self.approved else "requested"


@dataclass(frozen=True)
class Approver:
    """The officer who acts (经办人): pseudonym, department, and whether both are of the credit office."""

    pseudonym: str
    department: str
    of_credit_office: bool


def fold_erasure(events: Iterable[Event]) -> Erasure | None:
    """The erasure of a stream; None when it holds none."""
    return fold_case(events, _requested, _left_by)


def _requested(event: Event) -> Erasure | None:
    if not isinstance(event, ErasureRequested):
        return None
    kind = next(k for k in KINDS if k == event.target)
    officers = frozenset([event.officer] if event.officer else [])
    target = Target(kind, UUID(event.of), event.name)
    return Erasure(event.originator_id, event.originator_version, target, officers)


def _left_by(event: Event, so_far: Erasure) -> dict[str, Any]:
    """What an event changes."""
    if isinstance(event, ErasureApproved):
        return {"officers": so_far.officers | {event.officer}}
    if isinstance(event, DataErased):
        return {"erased": True}
    return {"completed": True} if isinstance(event, ErasureCompleted) else {}


def request_erasure(
    erasure_id: UUID, target: Target, *, cause: str, basis: str, officer: Approver, now: datetime
) -> ErasureRequested:
    """The request. Raises ``Refused`` (PRV-4) without a cause and its ground, and to anyone but the credit office."""
    defects = [*_officer_defects(officer), *target.defects()]
    if cause not in CAUSES[1:]:
        defects.append(Defect("PRV-4", "erasure_cause", "/cause", {"values": "、".join(CAUSES[1:])}))
    if not says(basis, most=BASIS_CHARACTERS_MAX):
        defects.append(Defect("PRV-4", "erasure_basis", "/basis", {"most": str(BASIS_CHARACTERS_MAX)}))
    refuse_if_any(defects)
    return ErasureRequested(
        **placed(erasure_id, 1, now),
        target=target.kind,
        of=str(target.id),
        name=target.name,
        cause=cause,
        basis=basis,
        officer=officer.pseudonym,
        department=officer.department,
    )


def approve_erasure(erasure: Erasure, officer: Approver, *, now: datetime) -> ErasureApproved:
    """One more officer wants it. Raises ``Refused`` (PRV-4) for one who did already, and when it is decided."""
    defects = list(_officer_defects(officer))
    if officer.pseudonym in erasure.officers:
        defects.append(Defect("PRV-4", "erasure_same_officer", "Credit-Official"))
    elif erasure.approved:
        defects.append(Defect("PRV-4", "erasure_approved_already"))
    refuse_if_any(defects)
    return ErasureApproved(
        **next_of(erasure, now),
        officer=officer.pseudonym,
        department=officer.department,
    )


def by_repair(*, record: UUID, repair: str, place: Place) -> ErasureRequested:
    """REP-5: the request that a granted repair by deletion makes; both approvals are still to come."""
    return ErasureRequested(
        **place,
        target="record",
        of=str(record),
        name="",
        cause=CAUSES[0],
        basis="国办发〔2020〕49号(十一)",
        repair=repair,
    )


def erased_events(erasure: Erasure, entries: list[list[str]], *, now: datetime) -> list[DataErased]:
    """The act as events of bounded size; at least one, also when nothing is left to be named."""
    chunks = [entries[at : at + ENTRIES_MAX] for at in range(0, len(entries), ENTRIES_MAX)] or [[]]
    return [
        DataErased(
            **placed(erasure.id, erasure.version + number, now),
            number=number,
            count=len(chunks),
            erased=chunk,
        )
        for number, chunk in enumerate(chunks, start=1)
    ]


def _officer_defects(officer: Approver) -> Iterable[Defect]:
    if not officer.of_credit_office:
        yield Defect("PRV-4", "erasure_not_the_credit_office", "Credit-Official")
