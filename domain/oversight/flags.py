"""Decides what a flag says, with whom it lies, and who may do what with it (ACC-1 to ACC-4).

Before it stand causes (``flag_causes.py``); after it the runner, which raises flags, and the credit office, which alone
assigns them anew and closes them. Nothing here judges a unit: a flag says what the ledger holds and asks for an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from domain.oversight.flag_causes import Trace
from domain.oversight.flag_events import (
    FlagAnswered,
    FlagClosed,
    FlagJoined,
    FlagOverdue,
    FlagRaised,
    FlagReassigned,
)
from domain.parties.acting import DIGESTS_MAX, Officer, is_digest, is_text
from domain.shared.deadlines import Calendar, Due, add_working_days
from domain.shared.events import Event, fold_case, next_of, placed
from domain.shared.refusals import Defect, Refused, refuse_if_any

EVIDENCE_MAX = 50
UNKNOWN = "ACC-1"
"""The rule under which a flag that is not there is refused: it says nothing about any that is."""
OUTCOMES: Mapping[str, tuple[str, str]] = {
    "unfounded": ("不成立", "unfounded"),
    "corrected": ("已整改", "corrected"),
    "held_to_account": ("移送追责", "handed on to be held to account"),
}
State = Literal["raised", "answered", "overdue", "closed"]


@dataclass(frozen=True, slots=True)
class Assignee:
    """To whom a flag is to go (责任人): a unit, and one officer of it by pseudonym, or empty.

    ``may_answer``: a registered department other than the credit office, which judges.
    """

    unit: str
    responsible: str
    may_answer: bool
    is_its_officer: bool


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag (责任线索) as it stands: what was raised and joined, with whom it lies, and what came of it."""

    id: UUID
    version: int
    raised: FlagRaised
    unit: str
    """Who is to answer; at first the unit in whose acts it was found."""
    answer_by: str
    times: int
    evidence: tuple[tuple[str, str], ...]
    responsible: str = ""
    """The one officer who is to answer, by pseudonym; empty for any of the unit."""
    answered: int = 0
    """Version of the last answer of whom it lies with; 0 while there is none."""
    overdue: bool = False
    closed: FlagClosed | None = None

    @property
    def state(self) -> State:
        """What it waits for: an answer (late or not), the office, or nothing."""
        if self.closed is not None:
            return "closed"
        if self.answered:
            return "answered"
        return "overdue" if self.overdue else "raised"


def raise_flag(
    group: Sequence[Trace],
    *,
    flag_id: UUID,
    working_days: int,
    calendar: Calendar,
    now: datetime,
    today: date,
) -> FlagRaised:
    """The flag of the first ``EVIDENCE_MAX`` of a group of traces, its unit to answer within so many working days.

    The others join it.
    """
    group, first = group[:EVIDENCE_MAX], group[0]
    due = add_working_days(today, working_days, calendar)
    return FlagRaised(
        **placed(flag_id, 1, now),
        rule=first.found.rule,
        unit=first.found.unit,
        what=first.found.what,
        about=first.found.about,
        times=sum(trace.found.times for trace in group),
        from_day=first.day.isoformat(),
        until_day=group[-1].day.isoformat(),
        evidence=[trace.evidence for trace in group],
        answer_by=due.day.isoformat(),
        provisional=due.provisional,
    )


def fold_flag(events: Iterable[Event]) -> Flag | None:
    """The flag of a stream, or None for any other stream."""
    return fold_case(events, _raised, _left_by)


def _raised(event: Event) -> Flag | None:
    if not isinstance(event, FlagRaised):
        return None
    evidence = _pairs(event.evidence)
    return Flag(event.originator_id, 1, event, event.unit, event.answer_by, event.times, evidence)


def _left_by(event: Event, so_far: Flag) -> dict[str, Any]:
    """What an event changes."""
    if isinstance(event, FlagJoined):
        joined = (*so_far.evidence, *_pairs(event.evidence))
        return {"times": so_far.times + event.times, "evidence": joined}
    if isinstance(event, FlagReassigned):
        to = {"unit": event.unit, "responsible": event.responsible, "answer_by": event.answer_by}
        return {**to, "answered": 0, "overdue": False}
    if isinstance(event, FlagAnswered):
        return {"answered": event.originator_version}
    if isinstance(event, FlagOverdue):
        return {"overdue": True}
    return {"closed": event} if isinstance(event, FlagClosed) else {}


def _pairs(evidence: Iterable[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((event, leaf) for event, leaf in evidence)


def join(flag: Flag, traces: Sequence[Trace], *, now: datetime) -> FlagJoined | None:
    """The first ``EVIDENCE_MAX`` of these traces join an open flag, each once; None when there is nothing new.

    A closed flag is joined by nothing: what comes then is another one. What joins gives no new day, and the unit may
    answer again.
    """
    held = set(flag.evidence)
    new = [trace for trace in traces if tuple(trace.evidence) not in held][:EVIDENCE_MAX]
    if flag.closed is not None or not new:
        return None
    days = sorted(trace.day for trace in new)
    return FlagJoined(
        **next_of(flag, now),
        rule=flag.raised.rule,
        times=sum(trace.found.times for trace in new),
        from_day=days[0].isoformat(),
        until_day=days[-1].isoformat(),
        evidence=[trace.evidence for trace in new],
    )


def reassign(
    flag: Flag,
    *,
    raised: str,
    to: Assignee,
    reasons: str,
    officer: Officer,
    is_office: bool,
    due: Due,
    now: datetime,
) -> FlagReassigned:
    """Assign a flag, whose leaf hash is ``raised``, anew: only the credit office does, while it is open.

    Whom it goes to is heard from the start, until ``due``. Raises ``Refused`` (the flag's rule).
    """
    rule = flag.raised.rule
    if not is_office:
        raise Refused(Defect(rule, "flag_not_the_office"))
    if flag.closed is not None:
        raise Refused(Defect(rule, "flag_closed_already"))
    defects = []
    if not to.may_answer:
        defects.append(Defect(rule, "flag_unit_unfit", "/unit"))
    elif to.responsible and not to.is_its_officer:
        defects.append(Defect(rule, "flag_responsible_unknown", "/responsible"))
    if (to.unit, to.responsible) == (flag.unit, flag.responsible):
        defects.append(Defect(rule, "flag_lies_there_already", "/unit"))
    if not is_text(reasons):
        defects.append(Defect(rule, "remedy_without_reasons", "/reasons"))
    refuse_if_any(defects)
    return FlagReassigned(
        **next_of(flag, now),
        reassigns=raised,
        unit=to.unit,
        responsible=to.responsible,
        reasons=reasons,
        officer=officer.pseudonym,
        answer_by=due.day.isoformat(),
        provisional=due.provisional,
    )


def escalate(flag: Flag, *, today: date, now: datetime) -> FlagOverdue | None:
    """That the answer's day is over, once; None while there is time, or when it was answered or closed."""
    due = flag.answer_by
    if flag.state != "raised" or due >= today.isoformat():
        return None
    return FlagOverdue(**next_of(flag, now), due=due)


def answer_defects(flag: Flag, event: FlagAnswered, officer: Officer, *, raised: str) -> list[Defect]:
    """What forbids an answer; ``raised`` is the leaf hash (hex) of the flag."""
    rule, defects = flag.raised.rule, list[Defect]()
    if officer.department != flag.unit:
        defects.append(Defect(rule, "flag_of_another_unit"))
    elif flag.responsible not in ("", officer.pseudonym):
        defects.append(Defect(rule, "flag_of_another_officer", "Credit-Official"))
    if flag.closed is not None:
        defects.append(Defect(rule, "flag_closed_already"))
    if event.answers != raised:
        defects.append(Defect(rule, "flag_answers_another", "/parts/public/answers"))
    if not is_text(event.statement):
        defects.append(Defect(rule, "flag_without_statement", "/parts/restricted/statement"))
    materials = event.materials or []
    if not all(map(is_digest, materials)) or len(materials) > DIGESTS_MAX:
        defects.append(Defect(rule, "flag_materials_malformed", "/parts/restricted/materials"))
    return defects


def close(
    flag: Flag, *, raised: str, outcome: str, reasons: str, officer: Officer, is_office: bool, now: datetime
) -> FlagClosed:
    """Close a flag, whose leaf hash is ``raised``, with reasons. Raises ``Refused`` (the flag's rule).

    Only the credit office does, and against a unit only after it answered or let its day pass.
    """
    rule = flag.raised.rule
    if not is_office:
        raise Refused(Defect(rule, "flag_not_the_office"))
    if flag.closed is not None:
        raise Refused(Defect(rule, "flag_closed_already"))
    defects = []
    if outcome not in OUTCOMES:
        defects.append(Defect(rule, "flag_outcome_unknown", "/outcome", {"values": "、".join(OUTCOMES)}))
    elif outcome != "unfounded" and flag.state == "raised":
        defects.append(Defect(rule, "flag_not_heard", "", {"day": flag.answer_by}))
    if not is_text(reasons):
        defects.append(Defect(rule, "remedy_without_reasons", "/reasons"))
    refuse_if_any(defects)
    return FlagClosed(
        **next_of(flag, now),
        closes=raised,
        outcome=outcome,
        reasons=reasons,
        officer=officer.pseudonym,
    )
