"""Decides on objections to a measure itself: who may object, by when it is answered, who answers (OBJ-1, OBJ-3, OBJ-4).

Before it stands a measure that was named or applied; after it the measure goes on, or is lifted as wrong and reputation
restored. An objection to what the measure rests on is another case, which suspends it as well (MEA-5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from domain.measures.case import Measure
from domain.measures.events import MeasureObjected, MeasureObjectionDecided
from domain.parties.acting import (
    Agent,
    Officer,
    acted_by,
    agent_defects,
    answer_defects,
    deciding_defects,
    evidence_defects,
    is_text,
    told_agent,
)
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar, add_working_days
from domain.shared.events import next_of
from domain.shared.refusals import Defect, refuse_if_any

Outcome = Literal["upheld", "rejected"]
FILE, ANSWER = "OBJ-1", "OBJ-3"


def object_to(
    measure: Measure,
    *,
    grounds: str,
    evidence: Sequence[str],
    agent: Agent | None,
    received_by: str,
    officer: str | None,
    working_days: int,
    calendar: Calendar,
    now: datetime,
) -> MeasureObjected:
    """The objection of the subject or its agent, with the day by which it is answered (OBJ-1).

    Also to a measure that is over, as it may have done harm. Raises ``Refused`` with every reason.
    """
    defects = list(agent_defects(agent, rule=FILE))
    if not measure.is_open and not measure.from_day:
        defects.append(Defect(FILE, "measure_never_applied"))
    if measure.answer_by:
        defects.append(Defect(FILE, "measure_objected_already", "", {"last": measure.answer_by}))
    if not is_text(grounds):
        defects.append(Defect(FILE, "objection_without_grounds", "/grounds"))
    refuse_if_any([*defects, *evidence_defects(evidence, rule=FILE)])
    today = city_day(now)
    due = add_working_days(today, working_days, calendar)
    return MeasureObjected(
        **next_of(measure, now),
        department=measure.department,
        filed_by=acted_by(agent),
        received_by=received_by,
        filed_on=today.isoformat(),
        answer_by=due.day.isoformat(),
        provisional=due.provisional,
        reopens=not measure.step,
        officer=officer,
        grounds=grounds,
        evidence=list(evidence) or None,
        **told_agent(agent),
    )


def answer(
    measure: Measure,
    *,
    outcome: Outcome,
    officer: Officer,
    others: Mapping[str, str | None],
    reasons: str,
    remedies: Mapping[str, str] | None,
    now: datetime,
) -> MeasureObjectionDecided:
    """Its department's answer, by an officer who had no part in it (OBJ-3); upheld, the measure is lifted (OBJ-4).

    ``others`` as in ``deciding_defects``; ``remedies`` are told with a rejection. Raises ``Refused``.
    """
    defects = list(deciding_defects(officer, source=measure.department, others=others, rule=ANSWER))
    if not measure.answer_by:
        defects.append(Defect(ANSWER, "measure_no_objection_pending"))
    if outcome == "rejected":
        defects += answer_defects(reasons, remedies or {}, rule=ANSWER)
    elif not is_text(reasons):
        defects.append(Defect(ANSWER, "remedy_without_reasons", "/reasons"))
    refuse_if_any(defects)
    return MeasureObjectionDecided(
        **next_of(measure, now),
        department=officer.department,
        officer=officer.pseudonym,
        outcome=outcome,
        closes=not measure.duty,
        reasons=reasons,
        remedies=dict(remedies) if remedies else None,
    )
