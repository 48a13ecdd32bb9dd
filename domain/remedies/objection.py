"""Decides on objections: who may file one, by when it is answered, and what an answer must hold.

Before it stands a record and whoever finds it wrong; after it the objection's events, and the correction or
withdrawal by which its department gives way (OBJ-1, OBJ-2, OBJ-3, OBJ-5).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from domain.parties.acting import (
    Agent,
    Officer,
    acted_by,
    agent_defects,
    answer_defects,
    contact_defects,
    deciding_defects,
    evidence_defects,
    is_text,
    told_agent,
    took_part,
)
from domain.remedies.events import ObjectionDecided, ObjectionFiled, ObjectionOverdue
from domain.remedies.limits import RemedyLimits
from domain.remedies.standing import Standing
from domain.shared.canonical import Parts
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar, add_working_days
from domain.shared.events import Event, fold_case, next_of, placed
from domain.shared.recounted import CaseDaysRecounted
from domain.shared.refusals import Defect, refuse_if_any

ABOUT = ("content", "identity", "document", "term")
"""What an objection is about: facts, who is meant, the document behind it, the term of publicity."""
Filer = Literal["subject", "agent", "department"]
Effect = Literal["corrected", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Filing:
    """What whoever objects says (异议内容): grounds, digests of evidence, how to be reached.

    ``officer`` enters it at a counter, or found the fault (``by_department``); a subject online has none.
    """

    about: str
    grounds: str
    evidence: tuple[str, ...] = ()
    contact: str | None = None
    agent: Agent | None = None
    by_department: bool = False
    officer: str | None = None

    @property
    def filed_by(self) -> Filer:
        """The subject itself, its agent, or a department that found the fault."""
        if self.by_department:
            return "department"
        return acted_by(self.agent)


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection (异议) as its events leave it; ``overdue`` holds each (step, due day) recorded as missed."""

    id: UUID
    version: int
    record: UUID
    source: str
    filing_officer: str | None
    answer_by: str
    provisional: bool = False
    overdue: frozenset[tuple[str, str]] = frozenset()
    decided: bool = False


def fold_objection(events: Iterable[Event]) -> Objection | None:
    """The objection of a stream; None when it holds none."""
    return fold_case(events, _filed, _left_by)


def _filed(event: Event) -> Objection | None:
    if not isinstance(event, ObjectionFiled):
        return None
    return Objection(
        id=event.originator_id,
        version=event.originator_version,
        record=UUID(event.record),
        source=event.source,
        filing_officer=event.officer,
        answer_by=event.answer_by,
        provisional=event.provisional,
    )


def _left_by(event: Event, so_far: Objection) -> dict[str, Any]:
    """What an event changes."""
    if isinstance(event, ObjectionOverdue):
        return {"overdue": so_far.overdue | {(event.step, event.due)}}
    if isinstance(event, CaseDaysRecounted):
        return {"answer_by": event.answer_by, "provisional": event.provisional}
    return {"decided": True} if isinstance(event, ObjectionDecided) else {}


def file_objection(
    filing: Filing,
    *,
    objection_id: UUID,
    record_id: UUID,
    source: str,
    received_by: str,
    standing: Standing,
    now: datetime,
    limits: RemedyLimits,
    calendar: Calendar,
) -> ObjectionFiled:
    """The objection, with the days by which the source is told and must answer (OBJ-1).

    The receiving department's own record is answered within its own scope; otherwise the source is asked.
    Raises ``Refused`` with everything that is wrong. That the filer is the subject is checked before this.
    """
    refuse_if_any(_filing_defects(filing, standing))
    own = received_by == source
    today = city_day(now)
    forward = add_working_days(today, limits.forward_working_days, calendar)
    within = limits.own_scope_working_days if own else limits.source_unit_working_days
    answer = add_working_days(today, within, calendar)
    return ObjectionFiled(
        **placed(objection_id, 1, now),
        record=str(record_id),
        filed_by=filing.filed_by,
        received_by=received_by,
        source=source,
        about=filing.about,
        route="own" if own else "source_unit",
        forward_by=(today if own else forward.day).isoformat(),
        answer_by=answer.day.isoformat(),
        provisional=answer.provisional,
        officer=filing.officer,
        grounds=filing.grounds,
        evidence=list(filing.evidence),
        contact=filing.contact,
        **told_agent(filing.agent),
    )


def reject_objection(
    objection: Objection,
    *,
    officer: Officer,
    determined_by: str | None,
    reasons: str,
    remedies: Mapping[str, str],
    now: datetime,
) -> ObjectionDecided:
    """The answer that the record stands; reasons and both remedies are required (OBJ-3)."""
    refuse_if_any(
        [
            *_decision_defects(objection, officer, determined_by),
            *answer_defects(reasons, remedies, rule="OBJ-3"),
        ]
    )
    return ObjectionDecided(
        **next_of(objection, now),
        record=str(objection.record),
        outcome="rejected",
        department=officer.department,
        officer=officer.pseudonym,
        reasons=reasons,
        remedies=dict(remedies),
    )


def uphold_objection(
    objection: Objection,
    *,
    officer: Officer,
    determined_by: str | None,
    effect: Effect,
    reasons: str | None,
    standing: Standing,
    now: datetime,
) -> ObjectionDecided:
    """The answer that gives way: the record is corrected or withdrawn in the same transaction (OBJ-3).

    A record that another decision has taken out of every view already can still be withdrawn, not corrected.
    """
    defects = list(_decision_defects(objection, officer, determined_by))
    if standing.status == "withdrawn" or (standing.is_final and effect == "corrected"):
        defects.append(Defect("OBJ-5", "remedy_record_gone"))
    if reasons is not None and not is_text(reasons):
        defects.append(Defect("OBJ-3", "remedy_text_unusable", "/reasons"))
    refuse_if_any(defects)
    return ObjectionDecided(
        **next_of(objection, now),
        record=str(objection.record),
        outcome="upheld",
        department=officer.department,
        officer=officer.pseudonym,
        effect=effect,
        reasons=reasons,
    )


def correction_defects(before: Parts, after: Parts, *, same_subject: bool) -> Iterator[Defect]:
    """What makes a new content no correction of the old: it must differ, and be about the same thing (OBJ-5).

    A record of somebody else is another record: withdraw this one. The form is fixed with the record.
    """
    if after == before:
        yield Defect("OBJ-5", "correction_changes_nothing")
    if after["public"].get("form") != before["public"].get("form"):
        yield Defect("OBJ-5", "correction_other_form", "form")
    if not same_subject:
        yield Defect("OBJ-5", "correction_other_subject")


def _filing_defects(filing: Filing, standing: Standing) -> Iterator[Defect]:
    if standing.is_final:
        yield Defect("OBJ-1", "remedy_record_gone")
    if filing.about not in ABOUT:
        yield Defect("OBJ-1", "objection_about_unknown", "/about", {"values": "、".join(ABOUT)})
    if not is_text(filing.grounds):
        yield Defect("OBJ-1", "objection_without_grounds", "/grounds")
    yield from evidence_defects(filing.evidence, rule="OBJ-1")
    yield from contact_defects(filing.contact, rule="OBJ-1")
    if filing.by_department and filing.officer is None:
        yield Defect("OBJ-1", "remedy_officer_missing")
    if filing.by_department and filing.agent is not None:
        yield Defect("OBJ-1", "remedy_agent_of_a_department", "/agent")
    yield from agent_defects(filing.agent, rule="OBJ-1")


def _decision_defects(objection: Objection, officer: Officer, determined_by: str | None) -> Iterator[Defect]:
    if objection.decided:
        yield Defect("OBJ-3", "objection_decided_already")
    others = took_part(determined_by=determined_by, filed_by=objection.filing_officer)
    yield from deciding_defects(officer, source=objection.source, others=others, rule="OBJ-3")
