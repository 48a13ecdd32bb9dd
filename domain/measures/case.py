"""What a measure of a subject is: named, applied or declined, reported on, suspended, ended, by its own stream.

Before it stands ``fitting.py``, which says whether it may be; commands, reactions and the deadline runner append.
``objections.py`` decides on objections to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain.measures.events import (
    MeasureApplied,
    MeasureDeclined,
    MeasureEnded,
    MeasureNamed,
    MeasureObjected,
    MeasureObjectionDecided,
    MeasureOverdue,
    MeasureReported,
    MeasureResumed,
    MeasureSuspended,
    SubjectMeasured,
    SubjectUnmeasured,
)
from domain.parties.acting import Officer, is_text
from domain.shared.city_time import city_day
from domain.shared.deadlines import Due
from domain.shared.events import Event, fold_case, next_of, placed
from domain.shared.recounted import CaseDaysRecounted
from domain.shared.refusals import Defect, refuse_if_any

ANSWER = "answer"
WRONG = "wrongly_applied"
"""Why a measure ends that was itself wrong (OBJ-4)."""
STOPPED = "basis_stopped"
"""Why one ends whose item, or whose ground's, rests on a document that is not executed (INS-2)."""
JOINTLY = "conduct_corrected"
"""Why its initiating department ends a measure, and with it all that it named on the same ground (001 四(七))."""
BY_DEPARTMENT = ("corrected", WRONG, JOINTLY)
"""Why a department ends a measure: its own, or as its initiator all of them."""
_UNANSWERED: Mapping[str, Any] = {"answer_by": "", "answer_provisional": False}


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure (惩戒措施) as its events leave it.

    ``state`` is named, applied, declined or ended. ``rests_on`` is the record or listing (``ground``), ``records`` are
    those behind it. ``due`` are the feedback days that run, the first missed one first; ``missed`` those recorded.
    ``suspended_by`` are the objections for which it is not executed, its own id for one to itself, which is answered by
    ``answer_by``. Days are ISO text.
    """

    id: UUID
    version: int
    code: str
    item_version: int
    provision: Mapping[str, str]
    department: str
    initiator: str
    ground: str
    rests_on: str
    records: tuple[UUID, ...]
    severity: str
    due: tuple[str, ...]
    provisional: bool
    state: str = "named"
    from_day: str = ""
    until: str = ""
    cause: str = ""
    settled: bool = False
    suspended_by: frozenset[str] = field(default_factory=frozenset)
    missed: frozenset[str] = field(default_factory=frozenset)
    answer_by: str = ""
    answer_provisional: bool = False
    answer_missed: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it is applied or still to be answered."""
        return self.state in ("named", "applied")

    @property
    def step(self) -> str:
        """What its department is to do: answer an objection to it, else its duty; empty when nothing is left."""
        return "answer" if self.answer_by else self.duty

    @property
    def duty(self) -> str:
        """What it owes in joint action: to respond, report, hold while an objection pends, or report that it lifted it;
        empty when nothing is left."""
        if self.state == "declined" or self.settled:
            return ""
        if self.is_open and self.suspended_by:
            return "hold_measure"
        return {"named": "respond", "applied": "report", "ended": "report_lifted"}[self.state]

    def is_over(self, today: date) -> bool:
        """Whether its term has passed (JNT-4)."""
        return self.state == "applied" and self.until < today.isoformat()

    def concerns(self, record: UUID, listings: Iterable[UUID] = ()) -> bool:
        """Whether it rests on a record, on the link of a person to it, or on one of these listings."""
        if self.ground == "link" and record in self.records:
            return True
        grounds = {str(record), *(str(listing) for listing in listings)}
        return self.rests_on in grounds


def fold_measure(events: Iterable[Event]) -> Measure | None:
    """The measure of a stream; None when it holds none."""
    return fold_case(events, _named, _left_by)


def _named(event: Event) -> Measure | None:
    if not isinstance(event, MeasureNamed):
        return None
    return Measure(
        id=event.originator_id,
        version=event.originator_version,
        code=event.measure,
        item_version=event.version,
        provision=event.provision,
        department=event.department,
        initiator=event.initiator,
        ground=event.ground,
        rests_on=event.rests_on or "",
        records=tuple(map(UUID, event.records or ())),
        severity=event.severity,
        due=(event.feedback_by,),
        provisional=event.provisional,
    )


def after(measure: Measure, event: Event) -> Measure:
    """The measure after one more event of its stream."""
    return replace(measure, version=event.originator_version, **_left_by(event, measure))


def _left_by(event: Event, so_far: Measure) -> dict[str, Any]:
    """What an event changes."""
    if isinstance(event, MeasureApplied):
        return {"state": "applied", "from_day": event.from_day, "until": event.until}
    if isinstance(event, MeasureDeclined):
        return {"state": "declined", **_UNANSWERED}
    if isinstance(event, MeasureReported):
        told = {"due": (event.feedback_by,), "missed": frozenset(), "provisional": event.provisional}
        return {**told, "settled": event.closes}
    if isinstance(event, MeasureSuspended):
        return {"suspended_by": so_far.suspended_by | {event.objection}}
    if isinstance(event, MeasureResumed):
        return {"suspended_by": so_far.suspended_by - {event.objection}}
    if isinstance(event, MeasureEnded):
        # What was never applied did no harm, so that its end answers an objection too.
        answered = _UNANSWERED if so_far.state == "named" else {}
        return {"state": "ended", "cause": event.cause, "settled": event.closes, **answered}
    if isinstance(event, MeasureObjected):
        told = {"answer_by": event.answer_by, "answer_provisional": event.provisional, "answer_missed": False}
        return {**told, "suspended_by": so_far.suspended_by | {str(so_far.id)}}
    if isinstance(event, MeasureObjectionDecided):
        return {**_UNANSWERED, "suspended_by": so_far.suspended_by - {str(so_far.id)}}
    if isinstance(event, CaseDaysRecounted):
        due = so_far.due if event.feedback_by is None else (*so_far.due[:-1], event.feedback_by)
        provisional = event.provisional and so_far.provisional
        answer = event.provisional and so_far.answer_provisional
        told = {"due": due, "provisional": provisional, "answer_provisional": answer}
        return told | ({"answer_by": event.answer_by} if so_far.answer_by else {})
    if isinstance(event, MeasureOverdue) and event.step == ANSWER:
        return {"answer_missed": True}
    if isinstance(event, MeasureOverdue):
        due = (*so_far.due, event.following)
        return {"due": due, "missed": so_far.missed | {event.due}, "provisional": event.provisional}
    return {}


def fold_measured(events: Iterable[Event]) -> tuple[tuple[UUID, ...], tuple[UUID, ...]]:
    """The measures of a subject by its own stream: those that are open, and all that there ever were."""
    still: dict[UUID, None] = {}
    ever: list[UUID] = []
    for event in events:
        if isinstance(event, SubjectMeasured):
            still[UUID(event.measure)] = None
            ever.append(UUID(event.measure))
        elif isinstance(event, SubjectUnmeasured):
            still.pop(UUID(event.measure), None)
    return tuple(still), tuple(ever)


def fold_corrected(events: Iterable[Event]) -> tuple[UUID, ...]:
    """The measures of a subject that their initiator ended, by the subject's own stream: the conduct was corrected."""
    return tuple(
        UUID(event.measure)
        for event in events
        if isinstance(event, SubjectUnmeasured) and event.cause == JOINTLY
    )


def decline(measure: Measure, *, officer: Officer, reasons: str, now: datetime) -> MeasureDeclined:
    """The responding department says why it does not apply the measure (JNT-1). Raises ``Refused``."""
    defects = list(department_defects(measure, officer))
    if measure.state != "named":
        defects.append(Defect("JNT-1", "measure_answered_already"))
    if not is_text(reasons):
        defects.append(Defect("JNT-1", "remedy_without_reasons", "/reasons"))
    refuse_if_any(defects)
    return MeasureDeclined(
        **next_of(measure, now), department=officer.department, officer=officer.pseudonym, reasons=reasons
    )


def report(
    measure: Measure, *, officer: Officer, done: str, following: Due, now: datetime
) -> MeasureReported:
    """What the department did, and by when it reports next (JNT-1). Raises ``Refused``."""
    defects = list(department_defects(measure, officer))
    if measure.duty in ("", "respond"):
        defects.append(Defect("JNT-1", "measure_nothing_to_report"))
    defects += _closing_defects(measure, measure.state == "ended")
    if not is_text(done):
        defects.append(Defect("JNT-1", "measure_report_empty", "/done"))
    refuse_if_any(defects)
    return MeasureReported(
        **next_of(measure, now),
        department=officer.department,
        officer=officer.pseudonym,
        reported_on=city_day(now).isoformat(),
        feedback_by=following.day.isoformat(),
        provisional=following.provisional,
        closes=measure.state == "ended",
        done=done,
    )


def lift(
    measure: Measure, *, officer: Officer, reasons: str, now: datetime, cause: str = "corrected"
) -> MeasureEnded:
    """Its department lifts it: the conduct was corrected in time (JNT-4), or the measure itself was wrong (OBJ-4).

    Or its initiator does, because the conduct was corrected: nothing is left to apply then, whoever applies it.
    Raises ``Refused``.
    """
    jointly = cause == JOINTLY
    closes = not jointly or measure.state == "named" or officer.department == measure.department
    defects = [] if jointly else list(department_defects(measure, officer))
    if jointly and officer.department != measure.initiator:
        defects.append(Defect("JNT-4", "measure_of_another_initiator", "/cause"))
    if cause not in BY_DEPARTMENT:
        values = {"values": "、".join(BY_DEPARTMENT)}
        defects.append(Defect("JNT-4", "measure_cause_unknown", "/cause", values))
    defects += _closing_defects(measure, closes and measure.state != "named")
    if measure.state != "applied" and not (jointly and measure.is_open):
        defects.append(Defect("JNT-4", "measure_not_applied"))
    if not is_text(reasons):
        defects.append(Defect("JNT-4", "remedy_without_reasons", "/reasons"))
    refuse_if_any(defects)
    return MeasureEnded(
        **next_of(measure, now),
        department=measure.department,
        cause=cause,
        on_day=city_day(now).isoformat(),
        closes=closes,
        officer=officer.pseudonym,
        reasons=reasons,
    )


def end(measure: Measure, *, cause: str, by: str, at: datetime) -> MeasureEnded:
    """It ends with what it rests on, with its term, or as an objection to it was upheld (REP-5, JNT-4, OBJ-4)."""
    return MeasureEnded(
        **next_of(measure, at),
        department=measure.department,
        cause=cause,
        on_day=city_day(at).isoformat(),
        closes=measure.state == "named" or cause == WRONG,
        by=by or None,
    )


def stopped(measure: Measure) -> Measure:
    """The measure once what it rests on is suspended: over from that instant on, before the event that ends it comes.

    Nothing of it is executed any more (INS-2): what is left is to report that it was lifted, if it had been applied.
    """
    if not measure.is_open:
        return measure
    never = measure.state == "named"
    return replace(measure, state="ended", cause=STOPPED, settled=never, **(_UNANSWERED if never else {}))


def suspend(measure: Measure, *, objection: UUID, at: datetime) -> MeasureSuspended:
    """It is not executed while an objection is verified (MEA-5)."""
    day = city_day(at).isoformat()
    return MeasureSuspended(
        **next_of(measure, at), department=measure.department, objection=str(objection), on_day=day
    )


def resume(measure: Measure, *, objection: UUID, at: datetime) -> MeasureResumed:
    """The objection was rejected (MEA-5)."""
    day = city_day(at).isoformat()
    return MeasureResumed(
        **next_of(measure, at), department=measure.department, objection=str(objection), on_day=day
    )


def miss(measure: Measure, *, following: Due, now: datetime) -> MeasureOverdue | None:
    """The event of a feedback day that has passed and is not recorded; None when there is none (JNT-1)."""
    due = measure.due[-1]
    if not measure.duty or due >= city_day(now).isoformat():
        return None
    return _overdue(measure, measure.duty, due, following=following, now=now)


def miss_answer(measure: Measure, *, now: datetime) -> MeasureOverdue | None:
    """The event of a day to answer an objection to it by, when that has passed and is not recorded (OBJ-1)."""
    if measure.answer_missed or not "" < measure.answer_by < city_day(now).isoformat():
        return None
    due = Due(date.fromisoformat(measure.answer_by), measure.answer_provisional)
    return _overdue(measure, ANSWER, measure.answer_by, following=due, now=now)


def _overdue(measure: Measure, step: str, due: str, *, following: Due, now: datetime) -> MeasureOverdue:
    return MeasureOverdue(
        **next_of(measure, now),
        step=step,
        due=due,
        following=following.day.isoformat(),
        department=measure.department,
        provisional=following.provisional,
        record=str(measure.records[0]) if measure.records else None,
    )


def unmeasured(
    measure: Measure, *, subject: UUID, version: int, cause: str, at: datetime
) -> SubjectUnmeasured:
    """What the subject's own stream tells of the end."""
    return SubjectUnmeasured(
        **placed(subject, version, at),
        measure=str(measure.id),
        code=measure.code,
        cause=cause,
    )


def department_defects(measure: Measure, officer: Officer) -> Iterator[Defect]:
    """Only the department that was named acts in it."""
    if officer.department != measure.department:
        yield Defect("JNT-1", "remedy_not_the_source")


def _closing_defects(measure: Measure, closes: bool) -> Iterator[Defect]:
    """OBJ-1: nothing that closes the case comes before the answer to an objection to it."""
    if closes and measure.answer_by:
        yield Defect("OBJ-1", "measure_objection_pending", "", {"last": measure.answer_by})
