"""Extending the time to decide a repair: once, in time, told, and counted again with a new calendar (REP-4)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.parties.acting import Officer
from domain.remedies.events import RepairAccepted, RepairApplied
from domain.remedies.extension import extend_repair
from domain.remedies.overdue import overdue_events, waiting_of
from domain.remedies.recounting import recount
from domain.remedies.repair_case import fold_repair
from domain.remedies.repair_events import RepairExtended
from domain.shared.deadlines import Calendar
from domain.shared.events import Event
from domain.shared.refusals import Refused
from tests.remedies import CALENDAR

CASE, RECORD, SOURCE = UUID(int=1), UUID(int=2), "11420100XK7BQ3M22B"
OFFICER = Officer("case-2", SOURCE)
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
EXTENDING = {"reasons": "须现场核查", "notice": "a7" * 32, "working_days": 5}
pytestmark = pytest.mark.rule("REP-4")


def place(version: int, at: datetime = NOW) -> dict[str, Any]:
    return {"originator_id": CASE, "originator_version": version, "timestamp": at}


def applied(answer_by: str = "2026-12-07", *, provisional: bool = False) -> RepairApplied:
    return RepairApplied(
        **place(1),
        record=str(RECORD),
        applied_by="subject",
        received_by="x",
        source=SOURCE,
        item="C03-02",
        item_version=1,
        severity="一般",
        mode="shield",
        earliest="2026-09-01",
        accept_by="2026-11-26",
        answer_by=answer_by,
        provisional=provisional,
    )


def accepted() -> RepairAccepted:
    return RepairAccepted(**place(2), department=SOURCE, officer="case-1")


def extended(
    *events: Event,
    now: datetime = NOW,
    officer: Officer = OFFICER,
    calendar: Calendar = CALENDAR,
    **said: Any,
) -> RepairExtended:
    repair = fold_repair(events or (applied(), accepted()))
    assert repair is not None
    return extend_repair(
        repair, officer=officer, most=10, calendar=calendar, now=now, **{**EXTENDING, **said}
    )


def codes(*events: Event, **said: Any) -> set[str]:
    with pytest.raises(Refused) as refused:
        extended(*events, **said)
    return {d.code for d in refused.value.defects}


def test_it_goes_on_from_the_day_that_was_due() -> None:
    event = extended()
    assert (event.answer_by, event.provisional) == ("2026-12-14", False)
    waiting = waiting_of([applied(), accepted(), event])
    assert waiting is not None and (waiting.step, waiting.due) == ("decide", "2026-12-14")
    assert overdue_events(waiting, now=datetime(2026, 12, 14, 2, 0, tzinfo=UTC)) == []
    (missed,) = overdue_events(waiting, now=datetime(2026, 12, 15, 2, 0, tzinfo=UTC))
    assert missed.due == "2026-12-14"


def test_it_is_extended_once_in_time_for_a_reason_that_was_told() -> None:
    assert extended(now=datetime(2026, 12, 7, 2, 0, tzinfo=UTC)).working_days == 5
    assert codes(now=datetime(2026, 12, 8, 2, 0, tzinfo=UTC)) == {"repair_extended_late"}
    assert codes(applied(), accepted(), extended()) == {"repair_extended_already"}
    assert codes(applied()) == {"repair_not_accepted"}
    assert codes(working_days=11) == {"repair_extended_beyond"}
    assert codes(reasons=" ", notice="") == {"repair_extended_without_reason", "repair_extended_untold"}
    assert codes(officer=Officer("case-2", "x")) == {"remedy_not_the_source"}


def test_a_provisional_extension_is_counted_again_once_the_calendar_is_known() -> None:
    short = Calendar((), frozenset(), frozenset())
    events: list[Event] = [applied("2026-12-07", provisional=True), accepted()]
    events.append(extended(*events, calendar=short))
    waiting = waiting_of(events)
    assert waiting is not None and waiting.provisional
    again = recount(events, waiting, then=lambda _: short, known=CALENDAR, version=1, now=NOW)
    assert again is not None and (again.answer_by, again.provisional) == ("2026-12-14", False)
    after = waiting_of([*events, again])
    assert after is not None and not after.provisional
