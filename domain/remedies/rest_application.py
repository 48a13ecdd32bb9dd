"""Applying for a temporary shield (暂时屏蔽): by the organisation or its administrator (REP-1, REP-5).

Before it stand a record, the court's ruling and whoever applies; after it the application waits for the record's
department, which lets the record rest (``reorganisation.py``) or refuses with its reasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.parties.acting import (
    Agent,
    Officer,
    acted_by,
    agent_defects,
    answer_defects,
    contact_defects,
    deciding_defects,
    told_agent,
    took_part,
)
from domain.remedies.limits import RemedyLimits
from domain.remedies.reorganisation import (
    PLATFORM,
    Plan,
    Reorganisation,
    ReorganisationEnded,
    ended,
    resting_defects,
)
from domain.remedies.repair import CLOSED_BECAUSE
from domain.remedies.repair_events import ReorganisationApplied
from domain.remedies.standing import Standing
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar, add_working_days
from domain.shared.events import placed
from domain.shared.refusals import Defect, refuse_if_any


@dataclass(frozen=True, slots=True)
class RestApplication:
    """What the organisation, or its administrator as its agent, hands in; ``officer`` enters it at a counter."""

    plan: Plan
    contact: str | None = None
    agent: Agent | None = None
    officer: str | None = None


def apply_for_rest(
    application: RestApplication,
    *,
    case_id: UUID,
    record_id: UUID,
    source: str,
    received_by: str,
    standing: Standing,
    limits: RemedyLimits,
    calendar: Calendar,
    now: datetime,
) -> ReorganisationApplied:
    """The application with the day by which it is answered. Raises ``Refused`` (REP-5) with all that stands against it.

    No minimum term is asked for: it is the court's ruling that opens this way, not the time that passed.
    """
    today, plan = city_day(now), application.plan
    defects = [*resting_defects(plan, standing, today=today), *agent_defects(application.agent, rule="REP-5")]
    refuse_if_any([*defects, *contact_defects(application.contact, rule="REP-5")])
    answer = add_working_days(today, limits.answer_working_days, calendar)
    return ReorganisationApplied(
        **placed(case_id, 1, now),
        record=str(record_id),
        applied_by=acted_by(application.agent),
        received_by=received_by,
        source=source,
        court=plan.court,
        ruling=plan.ruling,
        ruled_on=plan.ruled_on.isoformat(),
        until=plan.until.isoformat(),
        answer_by=answer.day.isoformat(),
        provisional=answer.provisional,
        officer=application.officer,
        evidence=list(plan.evidence),
        contact=application.contact,
        **told_agent(application.agent),
    )


def refuse_rest(
    found: Reorganisation,
    *,
    officer: Officer,
    determined_by: str | None,
    reasons: str,
    remedies: Mapping[str, str],
    now: datetime,
) -> ReorganisationEnded:
    """The application is refused, with reasons and both remedies. Raises ``Refused`` (REP-5)."""
    others = took_part(determined_by=determined_by, filed_by=found.filing_officer)
    defects = list(deciding_defects(officer, source=found.source, others=others, rule="REP-5"))
    if found.state != "applied":
        defects.append(Defect("REP-5", "reorganisation_decided_already"))
    defects += answer_defects(reasons, remedies, rule="REP-5")
    refuse_if_any(defects)
    return ended(found, "refused", officer, now, reasons=reasons, remedies=dict(remedies))


def close_application(found: Reorganisation, *, because: str, at: datetime) -> ReorganisationEnded:
    """An application has nothing to ask for any more (终止办理): its record was taken away, by an event of the topic
    ``because``. Nobody refused it, so no remedy is told; the platform closes it, in its source's name."""
    platform = Officer(PLATFORM, found.source)
    return ended(found, "closed", platform, at, reasons=CLOSED_BECAUSE[because])
