"""A temporary shield (暂时屏蔽) while a court's approved plan of reorganisation (破产重整) is performed (REP-5).

Before it stands a record and the ruling, and often the application of the organisation or its administrator
(``rest_application.py``); after it the record rests until a day, is repaired for good once the plan is performed, and
returns when it fails or the day passes, as far as its term still runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from domain.parties.acting import (
    DIGESTS_MAX,
    SHORT_CHARACTERS_MAX,
    Officer,
    deciding_defects,
    is_proof,
    is_text,
    took_part,
)
from domain.records.events import PublicityEnded
from domain.remedies.events import RecordShielded, RepairOverdue
from domain.remedies.repair_events import RecordRested, RecordReturned, ReorganisationApplied
from domain.remedies.standing import Standing
from domain.shared.city_time import city_day
from domain.shared.deadlines import add_months
from domain.shared.events import Event, fold_case, next_of, placed
from domain.shared.kinds import Kind
from domain.shared.recounted import CaseDaysRecounted
from domain.shared.refusals import Defect, refuse_if_any

YEARS_MAX = 10
OUTCOMES = ("performed", "failed")
"""How a department ends it: the plan was performed, or failed; ``expired`` is the platform's, once the day passed."""
PLATFORM = "platform"


class ReorganisationBegun(Event):
    """A court approved a plan of reorganisation (裁定批准重整计划): the record rests until ``until``, ISO text.

    ``court``, ``ruling`` and ``ruled_on`` name the ruling, ``evidence`` lists SHA-256 digests (hex).
    """

    TOPIC: ClassVar[str] = "reorganisation.begun"
    KIND: ClassVar[Kind] = Kind.REORGANISATION_BEGUN
    PART_OF: ClassVar[Mapping[str, str]] = {"evidence": "restricted"}
    record: str
    source: str
    court: str
    ruling: str
    ruled_on: str
    until: str
    officer: str
    evidence: list[str] | None = None


class ReorganisationEnded(Event):
    """The plan was ``performed`` (执行完毕), ``failed`` (终止执行), or its day passed (``expired``); or the application
    was ``refused`` (不予屏蔽), with its reasons and both remedies, or ``closed`` (终止办理): its record was taken away.
    """

    TOPIC: ClassVar[str] = "reorganisation.ended"
    KIND: ClassVar[Kind] = Kind.REORGANISATION_ENDED
    SCHEMA: ClassVar[int] = 2
    UPCASTS: ClassVar = {1: lambda parts: parts}
    """Version 1 had no ``remedies``."""
    PART_OF: ClassVar[Mapping[str, str]] = {
        "evidence": "restricted", "reasons": "restricted", "remedies": "restricted"
    }  # fmt: skip
    record: str
    outcome: str
    department: str
    officer: str
    evidence: list[str] | None = None
    reasons: str | None = None
    remedies: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a court's ruling says (重整计划): its name, and until when the plan is to be performed."""

    court: str
    ruling: str
    ruled_on: date
    until: date
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reorganisation:
    """A temporary shield (暂时屏蔽) as its events leave it; ``outcome`` is empty until it is decided how it ended.

    Of one that was applied for, ``plan`` is what the application says, ``answer_by`` its last day, and ``overdue``
    holds each (step, due day) recorded as missed; ``begun``: the record rests.
    """

    id: UUID
    version: int
    record: UUID
    source: str
    until: str
    outcome: str = ""
    begun: bool = True
    plan: Plan | None = None
    answer_by: str = ""
    provisional: bool = False
    filing_officer: str | None = None
    overdue: frozenset[tuple[str, str]] = frozenset()

    @property
    def state(self) -> str:
        """The state in a word: ``applied``, ``performing``, or the outcome."""
        return self.outcome or ("performing" if self.begun else "applied")


def fold_reorganisation(events: Iterable[Event]) -> Reorganisation | None:
    """The temporary shield of a stream; None when it holds none."""
    return fold_case(events, _opened, _left_by)


def _opened(event: Event) -> Reorganisation | None:
    """The case by its application, or by what its department began itself."""
    if isinstance(event, ReorganisationApplied):
        return _applied(event)
    if not isinstance(event, ReorganisationBegun):
        return None
    place = (event.originator_id, event.originator_version)
    return Reorganisation(*place, UUID(event.record), event.source, event.until)


def _left_by(event: Event, so_far: Reorganisation) -> dict[str, Any]:
    """What an event changes."""
    if isinstance(event, ReorganisationBegun):
        return {"begun": True}
    if isinstance(event, CaseDaysRecounted):
        return {"answer_by": event.answer_by, "provisional": event.provisional}
    if isinstance(event, RepairOverdue):
        return {"overdue": so_far.overdue | {(event.step, event.due)}}
    return {"outcome": event.outcome} if isinstance(event, ReorganisationEnded) else {}


def _applied(event: ReorganisationApplied) -> Reorganisation:
    ruled, until = map(date.fromisoformat, (event.ruled_on, event.until))
    return Reorganisation(
        id=event.originator_id,
        version=event.originator_version,
        record=UUID(event.record),
        source=event.source,
        until=event.until,
        begun=False,
        plan=Plan(event.court, event.ruling, ruled, until, tuple(event.evidence or ())),
        answer_by=event.answer_by,
        provisional=event.provisional,
        filing_officer=event.officer,
    )


def begin_reorganisation(
    plan: Plan,
    *,
    case_id: UUID,
    record_id: UUID,
    standing: Standing,
    source: str,
    officer: Officer,
    determined_by: str | None,
    now: datetime,
    applied: Reorganisation | None = None,
) -> tuple[ReorganisationBegun, RecordRested]:
    """The case, and the rest of its record from this transaction on. Raises ``Refused`` (REP-5).

    ``applied`` is the application that is granted so; None where the department acts by itself.
    """
    others = took_part(determined_by=determined_by, filed_by=applied.filing_officer if applied else None)
    defects = list(deciding_defects(officer, source=source, others=others, rule="REP-5"))
    if applied is not None and applied.state != "applied":
        defects.append(Defect("REP-5", "reorganisation_decided_already"))
    else:
        defects += resting_defects(plan, standing, today=city_day(now))
    refuse_if_any(defects)
    until = plan.until.isoformat()
    begun = ReorganisationBegun(
        **placed(case_id, 1 if applied is None else applied.version + 1, now),
        record=str(record_id),
        source=source,
        court=plan.court,
        ruling=plan.ruling,
        ruled_on=plan.ruled_on.isoformat(),
        until=until,
        officer=officer.pseudonym,
        evidence=list(plan.evidence),
    )
    place = placed(record_id, standing.version + 1, now)
    return begun, RecordRested(**place, by=str(case_id), until=until)


def resting_defects(plan: Plan, standing: Standing, *, today: date) -> Iterator[Defect]:
    """What keeps a record from resting for a plan on a day (REP-5)."""
    if standing.status != "standing" or standing.repair:
        yield Defect("REP-5", "repair_not_needed")
    if not all(is_text(t, most=SHORT_CHARACTERS_MAX) for t in (plan.court, plan.ruling)):
        yield Defect("REP-5", "reorganisation_unnamed", "/ruling")
    if plan.ruled_on > today:
        yield Defect("REP-5", "reorganisation_not_ruled", "/ruled_on")
    last = add_months(today, 12 * YEARS_MAX)
    if not today < plan.until <= last:
        yield Defect("REP-5", "reorganisation_end", "/until", {"last": last.isoformat()})
    yield from _evidence_defects(plan.evidence)


def end_reorganisation(
    found: Reorganisation,
    *,
    outcome: str,
    officer: Officer,
    evidence: tuple[str, ...],
    reasons: str | None,
    now: datetime,
) -> ReorganisationEnded:
    """How the plan ended, by its department's officer. Raises ``Refused`` (REP-5) without evidence, or when ended."""
    defects = list(deciding_defects(officer, source=found.source, others={}, rule="REP-5"))
    if found.outcome:
        defects.append(Defect("REP-5", "reorganisation_ended_already"))
    elif not found.begun:
        defects.append(Defect("REP-5", "reorganisation_not_begun"))
    if outcome not in OUTCOMES:
        defects.append(Defect("REP-5", "reorganisation_outcome", "/outcome", {"values": "、".join(OUTCOMES)}))
    if outcome != "performed" and not is_text(reasons or ""):
        defects.append(Defect("REP-5", "remedy_without_reasons", "/reasons"))
    defects += _evidence_defects(evidence)
    refuse_if_any(defects)
    return ended(found, outcome, officer, now, evidence=list(evidence), reasons=reasons)


def expired(found: Reorganisation, *, now: datetime) -> ReorganisationEnded | None:
    """That the day passed and nobody proved that the plan was performed; None before, and when it ended."""
    if found.outcome or not found.begun or city_day(now).isoformat() <= found.until:
        return None
    return ended(found, "expired", Officer(PLATFORM, found.source), now)


def after_reorganisation(
    ended: ReorganisationEnded, standing: Standing, *, record_id: UUID, ends: date | None
) -> Event | None:
    """What becomes of the record: repaired for good, or shown again, or ended when its term is over (``ends``).

    None where it does not rest any more: withdrawn meanwhile.
    """
    if standing.status != "resting":
        return None
    now, today = ended.timestamp, city_day(ended.timestamp)
    place, case = placed(record_id, standing.version + 1, now), str(ended.originator_id)
    if ended.outcome == "performed":
        return RecordShielded(**place, repair=case, repaired_on=today.isoformat())
    if ends is not None and ends < today:
        return PublicityEnded(**place, until=ends.isoformat())
    cause, on = f"reorganisation_{ended.outcome}", today.isoformat()
    return RecordReturned(**place, cause=cause, by=case, shows=standing.content_version, returned_on=on)


def ended(
    found: Reorganisation, outcome: str, officer: Officer, now: datetime, **said: Any
) -> ReorganisationEnded:
    """The event that ends a case, with what is ``said`` of it."""
    return ReorganisationEnded(
        **next_of(found, now),
        record=str(found.record),
        outcome=outcome,
        department=officer.department,
        officer=officer.pseudonym,
        **said,
    )


def _evidence_defects(evidence: tuple[str, ...]) -> list[Defect]:
    if is_proof(evidence):
        return []
    return [Defect("REP-5", "reorganisation_unproven", "/evidence", {"most": str(DIGESTS_MAX)})]
