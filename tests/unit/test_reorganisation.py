"""A temporary shield in a reorganisation: on a ruling, until a day, ended by performance, failure or time (REP-5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.parties.acting import Officer
from domain.records.events import PublicityEnded, RecordDetermined
from domain.remedies.events import RecordShielded
from domain.remedies.overdue import overdue_events, waiting_of
from domain.remedies.reorganisation import (
    Plan,
    Reorganisation,
    after_reorganisation,
    begin_reorganisation,
    end_reorganisation,
    expired,
    fold_reorganisation,
)
from domain.remedies.repair_events import RecordReturned
from domain.remedies.standing import Standing, standing_of
from domain.shared.events import Event
from domain.shared.refusals import Refused

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
CASE, RECORD, SOURCE = UUID(int=1), UUID(int=2), "11420100XK7BQ3M22B"
OFFICER = Officer("case-2", SOURCE)
PLAN = Plan("示范市中级人民法院", "（2026）示01破3号", date(2026, 10, 12), date(2028, 6, 30), ("e1" * 32,))
DETERMINED = RecordDetermined(
    originator_id=RECORD, originator_version=1, timestamp=NOW, content={"public": {}}
)
pytestmark = pytest.mark.rule("REP-5")


def standing(*events: Event) -> Standing:
    found = standing_of([DETERMINED, *events])
    assert found is not None
    return found


def begun(plan: Plan = PLAN, **changed: Any) -> tuple[Event, Event]:
    how: dict[str, Any] = {"standing": standing(), "officer": OFFICER, "determined_by": "case-1", **changed}
    return begin_reorganisation(plan, case_id=CASE, record_id=RECORD, source=SOURCE, now=NOW, **how)


def codes(plan: Plan = PLAN, **changed: Any) -> set[str]:
    with pytest.raises(Refused) as refused:
        begun(plan, **changed)
    return {d.code for d in refused.value.defects}


def case() -> Reorganisation:
    found = fold_reorganisation(begun()[:1])
    assert found is not None
    return found


def test_a_record_rests_on_a_ruling_until_a_day() -> None:
    first, rested = begun()
    resting = standing(rested)
    assert resting.status == "resting" and not resting.is_final
    waiting = waiting_of([first])
    assert waiting is not None and (waiting.step, waiting.due) == ("end_rest", "2028-06-30")
    assert overdue_events(waiting, now=datetime(2029, 1, 1, tzinfo=UTC)) == []


def test_what_does_not_stand_or_was_not_ruled_or_has_no_end_does_not_rest() -> None:
    assert codes(replace(PLAN, ruled_on=date(2026, 11, 22))) == {"reorganisation_not_ruled"}
    assert codes(replace(PLAN, until=date(2026, 11, 21))) == {"reorganisation_end"}
    assert codes(replace(PLAN, until=date(2036, 11, 22))) == {"reorganisation_end"}
    assert codes(replace(PLAN, evidence=())) == {"reorganisation_unproven"}
    assert codes(replace(PLAN, court=" ")) == {"reorganisation_unnamed"}
    assert codes(standing=standing(begun()[1])) == {"repair_not_needed"}
    assert codes(determined_by="case-2") == {"remedy_decided_by_determiner"}
    assert codes(officer=Officer("case-2", "x")) == {"remedy_not_the_source"}


def ended(outcome: str, ends: date | None = None) -> Event | None:
    done = end_reorganisation(
        case(), outcome=outcome, officer=OFFICER, evidence=("e2" * 32,), reasons="终止", now=NOW
    )
    return after_reorganisation(done, standing(begun()[1]), record_id=RECORD, ends=ends)


def test_performed_it_is_repaired_for_good_and_failed_it_returns_while_its_term_runs() -> None:
    assert isinstance(ended("performed"), RecordShielded)
    back = ended("failed", date(2026, 11, 21))
    assert isinstance(back, RecordReturned) and back.barred_until is None
    assert standing(begun()[1], back).status == "standing"
    assert isinstance(ended("failed", date(2026, 11, 20)), PublicityEnded)
    done = expired(case(), now=datetime(2028, 7, 1, 2, 0, tzinfo=UTC))
    assert done is not None and done.outcome == "expired"
    assert after_reorganisation(done, standing(), record_id=RECORD, ends=None) is None


def test_time_ends_it_the_day_after_its_last_and_once() -> None:
    assert expired(case(), now=datetime(2028, 6, 30, 2, 0, tzinfo=UTC)) is None
    done = expired(case(), now=datetime(2028, 7, 1, 2, 0, tzinfo=UTC))
    assert done is not None
    after = fold_reorganisation([begun()[0], done])
    assert after is not None and expired(after, now=done.timestamp) is None
    assert waiting_of([begun()[0], done]) is None


def test_an_end_needs_evidence_reasons_and_an_outcome_that_there_is() -> None:
    def wrong(**said: Any) -> set[str]:
        told: dict[str, Any] = {"outcome": "failed", "evidence": ("e2" * 32,), "reasons": "x", **said}
        with pytest.raises(Refused) as refused:
            end_reorganisation(case(), officer=OFFICER, now=NOW, **told)
        return {d.code for d in refused.value.defects}

    assert wrong(evidence=()) == {"reorganisation_unproven"}
    assert wrong(reasons=None) == {"remedy_without_reasons"}
    assert wrong(outcome="expired") == {"reorganisation_outcome"}
