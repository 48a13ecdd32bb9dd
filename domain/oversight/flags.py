"""Decides what is a cause to call a unit to account, when causes become a flag, and who may do what with it (ACC-1..4).

Before it stand the events of both logs; after it the runner, which raises flags, and the credit office, which alone
closes them. Nothing here judges a unit: a flag says what the ledger holds and asks for an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from domain.catalogue.items import CatalogueItemSuspended
from domain.listing.events import ListingOverdue, ListingRemoved
from domain.measures.case import ANSWER
from domain.measures.events import MeasureOverdue
from domain.oversight.flag_events import FlagAnswered, FlagClosed, FlagOverdue, FlagRaised
from domain.parties.acting import DIGESTS_MAX, Officer, is_digest, is_text
from domain.records.events import ActRefused, IntakeReported
from domain.remedies.events import ObjectionOverdue, RepairOverdue
from domain.remedies.restoration import RestorationOverdue
from domain.shared.deadlines import Calendar, add_working_days
from domain.shared.events import Event
from domain.shared.refusals import Defect, Refused, refuse_if_any

EVIDENCE_MAX = 50
UNKNOWN = "ACC-1"
"""The rule under which a flag that is not there is refused: it says nothing about any that is."""
Cause = Literal["refused", "item_stopped", "listing_reversed", "overdue"]
CAUSES: Mapping[Cause, tuple[str, str]] = {
    "refused": ("多次被拒绝的行为", "acts that were refused"),
    "item_stopped": ("记录所依目录项后被认定依据不足", "recorded under an item that was found without basis"),
    "listing_reversed": ("列入决定被撤销", "a listing that was reversed"),
    "overdue": ("逾期未办", "not done in time"),
}
REFUSALS: Mapping[str, frozenset[str]] = {
    "ACC-1": frozenset({"CAT-1", "CAT-4", "CAT-5"}),
    "ACC-2": frozenset({"MEA-1", "MEA-2", "MEA-3"}),
    "ACC-3": frozenset({"LST-1", "LST-2", "LST-4", "LST-5", "LST-6", "LST-7"}),
}
"""Refusals by which rules point to what: 目录外, 清单外, 不按标准和程序. What drafts an item or a standard does not."""
OUTCOMES: Mapping[str, tuple[str, str]] = {
    "unfounded": ("不成立", "unfounded"),
    "corrected": ("已整改", "corrected"),
    "held_to_account": ("移送追责", "handed on to be held to account"),
}
State = Literal["raised", "answered", "overdue", "closed"]


@dataclass(frozen=True, slots=True)
class Found:
    """A cause (线索来源) in one event: the rule it points to, what, about which thing, of which unit, how often."""

    rule: str
    what: Cause
    about: str
    unit: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Trace:
    """A cause with the event that shows it: its id (``access:7``), position, the hash of its leaf, its city day."""

    found: Found
    log: str
    position: int
    leaf_hash: bytes
    day: date

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Unit, rule, kind and thing: while a flag about these is open, no other is raised."""
        return self.found.unit, self.found.rule, self.found.what, self.found.about

    @property
    def evidence(self) -> list[str]:
        """As ``flag.raised`` lists it."""
        return [f"{self.log}:{self.position}", self.leaf_hash.hex()]


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag (责任线索) as it stands: what was raised, and what came of it."""

    id: UUID
    version: int
    raised: FlagRaised
    answered: int = 0
    """Version of the unit's last answer; 0 while there is none."""
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


def causes_of(event: Event, *, actor: str) -> Iterator[Found]:
    """The causes in one event (ACC-1, ACC-2, ACC-3, ACC-4); ``actor`` is who recorded it.

    Items found without basis: see :func:`of_stopped`.
    """
    if isinstance(event, ActRefused):
        yield from _refusals(event.department, [{rule for rule, *_ in event.rules}])
    elif isinstance(event, IntakeReported):
        rows: dict[str, set[str]] = {}
        for row, rule, *_ in event.refused:
            rows.setdefault(row, set()).add(rule)
        yield from _refusals(event.department, list(rows.values()))
    elif isinstance(event, ListingRemoved) and event.cause == "reversal" and not event.by:
        # One that fell with its record is the record's fault; this one the department took back itself.
        yield Found("ACC-3", "listing_reversed", str(event.originator_id), actor)
    elif isinstance(event, ObjectionOverdue | RepairOverdue | ListingOverdue | RestorationOverdue) or (
        isinstance(event, MeasureOverdue) and event.step == ANSWER
    ):
        yield Found("ACC-4", "overdue", str(event.originator_id), event.department)


def of_stopped(event: CatalogueItemSuspended, unit: str) -> Found:
    """That ``unit`` recorded under an item which was then found without sufficient basis (INS-2)."""
    return Found("ACC-1", "item_stopped", event.code, unit)


def _refusals(unit: str, judged: Sequence[set[str]]) -> Iterator[Found]:
    for rule, forbidden in REFUSALS.items():
        times = sum(bool(rules & forbidden) for rules in judged)
        if times:
            yield Found(rule, "refused", "", unit, times)


def due_flags(traces: Iterable[Trace], thresholds: Mapping[str, int]) -> list[list[Trace]]:
    """Which traces become a flag together, each group in order; refusals below their rule's threshold wait.

    Overdue cases, reversed listings and stopped items need no second one.
    """
    groups: dict[tuple[str, str, str, str], list[Trace]] = {}
    for trace in sorted(traces, key=lambda t: (t.day, t.log, t.position)):
        groups.setdefault(trace.key, []).append(trace)
    return [
        group
        for group in groups.values()
        if group[0].found.what != "refused"
        or sum(trace.found.times for trace in group) >= thresholds[group[0].found.rule]
    ]


def raise_flag(
    group: Sequence[Trace],
    *,
    flag_id: UUID,
    working_days: int,
    calendar: Calendar,
    now: datetime,
    today: date,
) -> FlagRaised:
    """The flag of a group of traces, its unit to answer within so many working days."""
    first = group[0]
    due = add_working_days(today, working_days, calendar)
    return FlagRaised(
        originator_id=flag_id,
        originator_version=1,
        timestamp=now,
        rule=first.found.rule,
        unit=first.found.unit,
        what=first.found.what,
        about=first.found.about,
        times=sum(trace.found.times for trace in group),
        from_day=first.day.isoformat(),
        until_day=group[-1].day.isoformat(),
        evidence=[trace.evidence for trace in group[:EVIDENCE_MAX]],
        answer_by=due.day.isoformat(),
        provisional=due.provisional,
    )


def fold_flag(events: Sequence[Event]) -> Flag | None:
    """The flag of a stream, or None for any other stream."""
    if not events or not isinstance(events[0], FlagRaised):
        return None
    flag = Flag(events[0].originator_id, 1, events[0])
    for event in events[1:]:
        flag = replace(flag, version=event.originator_version)
        if isinstance(event, FlagAnswered):
            flag = replace(flag, answered=event.originator_version)
        elif isinstance(event, FlagOverdue):
            flag = replace(flag, overdue=True)
        elif isinstance(event, FlagClosed):
            flag = replace(flag, closed=event)
    return flag


def escalate(flag: Flag, *, today: date, now: datetime) -> FlagOverdue | None:
    """That the answer's day is over, once; None while there is time, or when it was answered or closed."""
    due = flag.raised.answer_by
    if flag.state != "raised" or due >= today.isoformat():
        return None
    return FlagOverdue(originator_id=flag.id, originator_version=flag.version + 1, timestamp=now, due=due)


def answer_defects(flag: Flag, event: FlagAnswered, officer: Officer, *, raised: str) -> list[Defect]:
    """What forbids an answer; ``raised`` is the leaf hash (hex) of the flag."""
    rule, defects = flag.raised.rule, list[Defect]()
    if officer.department != flag.raised.unit:
        defects.append(Defect(rule, "flag_of_another_unit"))
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
        defects.append(Defect(rule, "flag_not_heard", "", {"day": flag.raised.answer_by}))
    if not is_text(reasons):
        defects.append(Defect(rule, "remedy_without_reasons", "/reasons"))
    refuse_if_any(defects)
    return FlagClosed(
        originator_id=flag.id,
        originator_version=flag.version + 1,
        timestamp=now,
        closes=raised,
        outcome=outcome,
        reasons=reasons,
        officer=officer.pseudonym,
    )
