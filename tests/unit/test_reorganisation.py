"""A temporary shield in a reorganisation: on a ruling, until a day, ended by performance, failure or time (REP-5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.parties.acting import Agent, Officer
from domain.records.events import PublicityEnded, RecordDetermined
from domain.remedies.events import RecordShielded, RepairOverdue
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
from domain.remedies.repair_events import RecordReturned, ReorganisationApplied
from domain.remedies.rest_application import RestApplication, apply_for_rest, refuse_rest
from domain.remedies.standing import Standing, standing_of
from domain.shared.events import Event
from domain.shared.refusals import Refused
from tests.remedies import CALENDAR, LIMITS, REMEDIES

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


def test_what_has_ended_does_not_end_again() -> None:
    how: dict[str, Any] = {"officer": OFFICER, "evidence": ("e2" * 32,), "reasons": "终止", "now": NOW}
    over = fold_reorganisation([begun()[0], end_reorganisation(case(), outcome="performed", **how)])
    assert over is not None
    with pytest.raises(Refused) as refused:
        end_reorganisation(over, outcome="failed", **how)
    assert [(d.rule, d.code) for d in refused.value.defects] == [("REP-5", "reorganisation_ended_already")]


ADMINISTRATOR = Agent("示例管理人", "统一社会信用代码", "91420100XXXXXXXXXX", "a0" * 32)


def applied(plan: Plan = PLAN, **changed: Any) -> ReorganisationApplied:
    standing_then = changed.pop("standing", standing())
    return apply_for_rest(
        RestApplication(plan, **changed),
        case_id=CASE, record_id=RECORD, source=SOURCE, received_by="office", standing=standing_then, limits=LIMITS,
        calendar=CALENDAR, now=NOW,
    )  # fmt: skip


def waits(*more: Event, **changed: Any) -> Reorganisation:
    found = fold_reorganisation([applied(**changed), *more])
    assert found is not None
    return found


@pytest.mark.rule("REP-1")
def test_rep_1_an_organisation_or_its_administrator_applies_and_no_minimum_term_is_asked_for() -> None:
    assert applied().applied_by == "subject" and applied().answer_by == "2026-12-04"
    event = applied(agent=ADMINISTRATOR, contact="电话")
    assert event.applied_by == "agent" and "示例管理人" not in str(event.parts()["public"])
    for changed, code in (
        ({"agent": replace(ADMINISTRATOR, power_of_attorney="")}, "remedy_power_of_attorney"),
        ({"contact": "\u200b"}, "remedy_text_unusable"),
        ({"plan": replace(PLAN, evidence=())}, "reorganisation_unproven"),
        ({"standing": standing(begun()[1])}, "repair_not_needed"),
    ):
        with pytest.raises(Refused) as refused:
            applied(**changed)
        assert [d.code for d in refused.value.defects] == [code]


def test_what_was_applied_for_is_granted_or_refused_once_by_who_neither_determined_nor_filed() -> None:
    def granted(found: Reorganisation, officer: Officer = OFFICER) -> Event:
        assert found.plan == PLAN
        how: dict[str, Any] = {"standing": standing(), "determined_by": "case-1", "applied": found}
        return begin_reorganisation(
            found.plan,
            case_id=CASE,
            record_id=RECORD,
            source=SOURCE,
            officer=officer,
            now=NOW,
            **how,
        )[0]

    def refused(
        found: Reorganisation, reasons: str = "裁定书与申请不符", officer: Officer = OFFICER
    ) -> Event:
        said: dict[str, Any] = {
            "reasons": reasons,
            "remedies": REMEDIES,
            "determined_by": "case-1",
            "now": NOW,
        }
        return refuse_rest(found, officer=officer, **said)

    yes, no = granted(waits()), refused(waits())
    assert waits(yes).state == "performing" and yes.originator_version == 2 and waits(no).state == "refused"
    for act, code in (
        (lambda: granted(waits(yes)), "reorganisation_decided_already"),
        (lambda: refused(waits(yes)), "reorganisation_decided_already"),
        (lambda: granted(waits(no)), "reorganisation_decided_already"),
        (lambda: granted(waits(officer="case-2")), "remedy_decided_by_filer"),
        (lambda: refused(waits(officer="case-2")), "remedy_decided_by_filer"),
        (lambda: refused(waits(), officer=Officer("case-1", SOURCE)), "remedy_decided_by_determiner"),
        (lambda: granted(waits(), Officer("case-2", "x")), "remedy_not_the_source"),
        (lambda: refused(waits(), " "), "remedy_without_reasons"),
    ):
        with pytest.raises(Refused) as told:
            act()
        assert [d.code for d in told.value.defects] == [code]
    with pytest.raises(Refused) as early:
        end_reorganisation(
            waits(), outcome="performed", officer=OFFICER, evidence=("e2" * 32,), reasons=None, now=NOW
        )
    assert [d.code for d in early.value.defects] == ["reorganisation_not_begun"]


@pytest.mark.rule("REP-4")
def test_rep_4_what_nobody_answers_is_overdue_once_and_does_not_expire() -> None:
    waiting = waiting_of([applied()])
    assert waiting is not None and (waiting.step, waiting.due) == ("decide_rest", "2026-12-04")
    late = datetime(2029, 1, 1, tzinfo=UTC)
    (missed,) = overdue_events(waiting, now=late)
    assert isinstance(missed, RepairOverdue) and missed.step == "decide_rest"
    then = waiting_of([applied(), missed])
    assert then is not None and then.is_recorded and overdue_events(then, now=late) == []
    assert expired(waits(missed), now=late) is None
