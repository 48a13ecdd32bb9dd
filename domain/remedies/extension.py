"""Extending the time to decide a repair: once, for a reason, told to the applicant before the first limit ends (REP-4).

Before it stands an application that was accepted; after it one event with the new last day, by which worklists and
deadline runner go.
"""

from __future__ import annotations

from datetime import date, datetime

from domain.parties.acting import Officer, deciding_defects, is_digest, is_text
from domain.remedies.repair_case import Repair
from domain.remedies.repair_events import RepairExtended
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar, add_working_days
from domain.shared.events import next_of
from domain.shared.refusals import Defect, refuse_if_any


def extend_repair(
    repair: Repair,
    *,
    officer: Officer,
    reasons: str,
    notice: str,
    working_days: int,
    most: int,
    calendar: Calendar,
    now: datetime,
) -> RepairExtended:
    """The repair with its limit moved on by ``working_days``, at most ``most``, counted from the day that was due.

    ``notice`` is the digest (SHA-256, hex) of what the applicant was told. Raises ``Refused`` (REP-4) for a second
    extension, for one after the limit, and for one that tells no reason or nobody.
    """
    defects = list(deciding_defects(officer, source=repair.source, others={}, rule="REP-4"))
    if repair.decided:
        defects.append(Defect("REP-4", "repair_decided_already"))
    elif not repair.accepted:
        defects.append(Defect("REP-4", "repair_not_accepted"))
    if repair.extended:
        defects.append(Defect("REP-4", "repair_extended_already", "", {"until": repair.answer_by}))
    elif repair.answer_by < city_day(now).isoformat():
        defects.append(Defect("REP-4", "repair_extended_late", "", {"due": repair.answer_by}))
    if not 1 <= working_days <= most:
        defects.append(Defect("REP-4", "repair_extended_beyond", "/working_days", {"most": str(most)}))
    if not is_text(reasons):
        defects.append(Defect("REP-4", "repair_extended_without_reason", "/reasons"))
    if not is_digest(notice):
        defects.append(Defect("REP-4", "repair_extended_untold", "/notice"))
    refuse_if_any(defects)
    due = add_working_days(date.fromisoformat(repair.answer_by), working_days, calendar)
    return RepairExtended(
        **next_of(repair, now),
        record=str(repair.record),
        working_days=working_days,
        answer_by=due.day.isoformat(),
        provisional=due.provisional or repair.provisional,
        department=officer.department,
        officer=officer.pseudonym,
        reasons=reasons,
        notice=notice,
    )
