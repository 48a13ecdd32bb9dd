"""Restoring the reputation that a wrong record or measure harmed: a task of its department with a day, closed by proof.

Before it stands an objection that was upheld, or a measure that its department found wrong; after it the task's events,
the last of which the department seals over its evidence, or the subject brings about by waiving it (OBJ-4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from domain.listing.case import Listing
from domain.measures.case import Measure
from domain.parties.acting import (
    AGENT_PARTS,
    DIGESTS_MAX,
    Agent,
    Officer,
    acted_by,
    agent_defects,
    deciding_defects,
    is_digest,
    is_proof,
    texts_of,
    told_agent,
)
from domain.remedies.events import ObjectionDecided
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar, add_working_days
from domain.shared.events import Event, fold_case, next_of, placed
from domain.shared.kinds import Kind
from domain.shared.recounted import CaseDaysRecounted
from domain.shared.refusals import Defect, refuse_if_any

MANNERS = ("measures_lifted", "notice_to_receivers", "public_statement", "letter_to_subject")
"""How reputation is restored (恢复方式): measures lifted, receivers told, a public statement, a letter."""


class RestorationBegun(Event):
    """Restoring a subject's reputation (恢复信誉) became its department's task, until ``answer_by`` (001 四(八)).

    ``effect`` is what became of the wrong record, ``measure_lifted``, or ``delisted``; ``objection`` the one that was
    upheld, or the case of the wrong measure or listing. Days as of an objection.
    """

    TOPIC: ClassVar[str] = "restoration.begun"
    KIND: ClassVar[Kind] = Kind.RESTORATION_BEGUN
    record: str
    objection: str
    effect: str
    source: str
    answer_by: str
    provisional: bool


class RestorationCompleted(Event):
    """The department restored it (恢复信誉办结), and seals by what ``manner`` and over which evidence.

    ``restores`` is the leaf hash (hex) of ``restoration.begun``; ``evidence`` lists SHA-256 digests (hex).
    """

    TOPIC: ClassVar[str] = "restoration.completed"
    KIND: ClassVar[Kind] = Kind.RESTORATION_COMPLETED
    restores: str
    manner: list[str]
    evidence: list[str]
    officer: str


class RestorationWaived(Event):
    """The subject declared that nothing needs to be restored (放弃恢复信誉): ``declaration`` is the digest of its text.

    ``declared_by`` is ``subject`` or ``agent``, who proves its power of attorney.
    """

    TOPIC: ClassVar[str] = "restoration.waived"
    KIND: ClassVar[Kind] = Kind.RESTORATION_WAIVED
    PART_OF: ClassVar[Mapping[str, str]] = {
        "declaration": "restricted",
        **AGENT_PARTS,
    }
    declared_by: str
    received_by: str
    officer: str | None = None
    declaration: str | None = None
    power_of_attorney: str | None = None
    agent_name: str | None = None
    agent_id_type: str | None = None
    agent_id_number: str | None = None


class RestorationOverdue(Event):
    """Reputation was not restored in time (恢复信誉逾期): as ``objection.overdue``, with the step ``restore``."""

    TOPIC: ClassVar[str] = "restoration.overdue"
    KIND: ClassVar[Kind] = Kind.RESTORATION_OVERDUE
    record: str
    step: str
    due: str
    department: str
    provisional: bool


State = Literal["restoring", "restored", "waived"]


@dataclass(frozen=True, slots=True)
class Restoration:
    """A task of restoring (恢复信誉任务) as its events leave it; ``overdue`` as of an objection."""

    id: UUID
    version: int
    record: UUID
    source: str
    answer_by: str
    provisional: bool
    state: State = "restoring"
    overdue: frozenset[tuple[str, str]] = frozenset()


def fold_restoration(events: Iterable[Event]) -> Restoration | None:
    """The task of a stream; None when it holds none."""
    return fold_case(events, _begun, _left_by)


def _begun(event: Event) -> Restoration | None:
    if not isinstance(event, RestorationBegun):
        return None
    return Restoration(
        id=event.originator_id,
        version=event.originator_version,
        record=UUID(event.record),
        source=event.source,
        answer_by=event.answer_by,
        provisional=event.provisional,
    )


def _left_by(event: Event, so_far: Restoration) -> dict[str, Any]:
    """What an event changes."""
    if isinstance(event, RestorationOverdue):
        return {"overdue": so_far.overdue | {(event.step, event.due)}}
    if isinstance(event, CaseDaysRecounted):
        return {"answer_by": event.answer_by, "provisional": event.provisional}
    if isinstance(event, RestorationCompleted):
        return {"state": "restored"}
    return {"state": "waived"} if isinstance(event, RestorationWaived) else {}


def begin_restoration(
    upheld: ObjectionDecided, *, restoration_id: UUID, working_days: int, calendar: Calendar
) -> RestorationBegun:
    """The task that follows from an objection that was upheld: its department's, from that day on."""
    due = add_working_days(city_day(upheld.timestamp), working_days, calendar)
    return RestorationBegun(
        **placed(restoration_id, 1, upheld.timestamp),
        record=upheld.record,
        objection=str(upheld.originator_id),
        effect=str(upheld.effect),
        source=upheld.department,
        answer_by=due.day.isoformat(),
        provisional=due.provisional,
    )


def restore_after(
    measure: Measure, at: datetime, *, restoration_id: UUID, working_days: int, calendar: Calendar
) -> RestorationBegun:
    """The task that follows when a measure that was applied turns out wrong: the department's that applied it."""
    due = add_working_days(city_day(at), working_days, calendar)
    return RestorationBegun(
        **placed(restoration_id, 1, at),
        record=str(measure.records[0]),
        objection=str(measure.id),
        effect="measure_lifted",
        source=measure.department,
        answer_by=due.day.isoformat(),
        provisional=due.provisional,
    )


def restore_delisted(
    listing: Listing, at: datetime, *, restoration_id: UUID, working_days: int, calendar: Calendar
) -> RestorationBegun:
    """The task that follows when a department takes its own decision to list back (LST-8 ``reversal``)."""
    due = add_working_days(city_day(at), working_days, calendar)
    return RestorationBegun(
        **placed(restoration_id, 1, at),
        record=str(listing.records[0]),
        objection=str(listing.id),
        effect="delisted",
        source=listing.department,
        answer_by=due.day.isoformat(),
        provisional=due.provisional,
    )


def completion_defects(
    task: Restoration, said: Mapping[str, Any], *, officer: Officer, leaf_hash: str
) -> Iterator[Defect]:
    """What keeps a department's sealed statement from closing its task, which began with ``leaf_hash``."""
    yield from _open_defects(task)
    yield from deciding_defects(officer, source=task.source, others={}, rule="OBJ-4")
    if said.get("restores") != leaf_hash:
        yield Defect("OBJ-4", "restoration_of_another", "/parts/public/restores")
    if said.get("officer") != officer.pseudonym:
        yield Defect("OBJ-4", "restoration_other_officer", "/parts/public/officer")
    manner, evidence = texts_of(said.get("manner")), texts_of(said.get("evidence"))
    if not manner or not set(manner) <= set(MANNERS):
        yield Defect("OBJ-4", "restoration_manner", "/parts/public/manner", {"values": "、".join(MANNERS)})
    if not is_proof(evidence):
        yield Defect("OBJ-4", "restoration_evidence", "/parts/public/evidence", {"most": str(DIGESTS_MAX)})


def waive_restoration(
    task: Restoration,
    *,
    declaration: str,
    agent: Agent | None,
    received_by: str,
    officer: str | None,
    now: datetime,
) -> RestorationWaived:
    """The subject's own declaration closes the task. Raises ``Refused`` without its digest, or once it is closed."""
    defects = [*_open_defects(task), *agent_defects(agent, rule="OBJ-4")]
    if not is_digest(declaration):
        defects.append(Defect("OBJ-4", "restoration_declaration", "/declaration"))
    refuse_if_any(defects)
    return RestorationWaived(
        **next_of(task, now),
        declared_by=acted_by(agent),
        received_by=received_by,
        officer=officer,
        declaration=declaration,
        **told_agent(agent),
    )


def _open_defects(task: Restoration) -> Iterator[Defect]:
    if task.state != "restoring":
        yield Defect("OBJ-4", "restoration_closed_already")
