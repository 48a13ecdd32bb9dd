"""Each step of a listing case without a ledger: what keeps notice, statement, answer and removal from standing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.listing.case import (
    Listing,
    Notice,
    Statement,
    answer_statement,
    conduct_defects,
    drop,
    make_statement,
    notify,
)
from domain.listing.decision import apply_for_removal, refuse_removal, removal_defects
from domain.listing.events import ListingRemoved
from domain.parties.acting import Officer
from domain.shared.refusals import Refused
from infrastructure.remedy_data import load_calendar
from interfaces.demo.city import list_standards
from tests.remedies import REMEDIES
from tests.world import DATA

CASE, RECORD = UUID(int=1), UUID(int=2)
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
"""A Monday."""
STANDARD = next(s for s in list_standards(DATA) if s.code == "C06-04")
OFFICER = Officer("market-1", "11420100XK7BQ3M22B")
NOTICE = Notice("事由", "依据", "权利", "direct", date(2026, 11, 20), "d1" * 32)
TOLD = Listing(CASE, 1, "C06-04", 1, (RECORD,), OFFICER.department, "2026-11-30")
STATED = replace(TOLD, state="stated", answer_by="2026-12-07")
LISTED = replace(TOLD, state="listed", decided_on="2025-01-06", until="2028-01-06", decision=4)


def refusal(act: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        act()
    return [(defect.rule, defect.code) for defect in refused.value.defects]


def noticed(records: dict[UUID, bool] | None = None, **changed: Any) -> Any:
    known = {RECORD: True} if records is None else records
    return notify(
        replace(NOTICE, **changed), listing_id=CASE, standard=STANDARD, records=known, officer=OFFICER,
        calendar=load_calendar(), now=NOW,
    )  # fmt: skip


@pytest.mark.rule("LST-4")
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"facts": " "}, "listing_notice_without_facts"),
        ({"grounds": ""}, "listing_notice_without_grounds"),
        ({"rights": ""}, "listing_notice_without_rights"),
        ({"service": "phone"}, "listing_service_unknown"),
        ({"receipt": ""}, "listing_not_served"),
        ({"served_on": date(2026, 11, 24)}, "listing_served_later"),
        ({"records": {}}, "listing_without_records"),
        ({"records": {UUID(int=n): True for n in range(21)}}, "listing_without_records"),
        ({"records": {RECORD: True, CASE: False}}, "listing_record_gone"),
    ],
)
def test_lst_4_the_party_is_told_facts_grounds_and_rights_with_proof_of_service(
    changed: dict[str, Any], code: str
) -> None:
    assert refusal(lambda: noticed(**changed)) == [("LST-4", code)]


@pytest.mark.rule("LST-4")
def test_lst_4_the_days_for_a_statement_run_from_the_recording_however_early_the_service() -> None:
    found = {day: noticed(served_on=day).state_by for day in (date(2026, 11, 20), date(2020, 1, 1))}
    assert set(found.values()) == {"2026-11-30"}


@pytest.mark.rule("LST-1")
def test_lst_1_a_listing_rests_on_misconduct_and_not_on_slight_conduct_alone() -> None:
    def found(*records: tuple[str, str]) -> list[str]:
        return [d.code for d in conduct_defects([s for s, _ in records], [nature for _, nature in records])]

    assert found(("严重", "negative")) == found(("轻微", "negative"), ("一般", "negative")) == []
    assert found(("轻微", "negative"), ("轻微", "negative")) == ["listing_on_slight_conduct"]
    assert found(("一般", "negative"), ("一般", "positive")) == ["listing_on_no_misconduct"]
    assert found(("一般", "neutral")) == ["listing_on_no_misconduct"]


@pytest.mark.rule("LST-5")
@pytest.mark.parametrize(
    ("listing", "statement", "code"),
    [
        (LISTED, Statement("已整改"), "listing_decided_already"),
        (STATED, Statement("已整改"), "listing_statement_pending"),
        (replace(TOLD, state_by="2026-11-20"), Statement("已整改"), "listing_statement_late"),
        (TOLD, Statement(" "), "listing_statement_without_grounds"),
        (TOLD, Statement("已整改", evidence=("x",)), "remedy_evidence_malformed"),
    ],
)
def test_lst_5_a_statement_is_made_in_its_time_with_its_grounds(
    listing: Listing, statement: Statement, code: str
) -> None:
    def make(of: Listing, said: Statement) -> Any:
        return make_statement(of, said, standard=STANDARD, received_by="x", calendar=load_calendar(), now=NOW)

    assert refusal(lambda: make(listing, statement)) == [("LST-5", code)]
    assert make(TOLD, Statement("已整改")).answer_by > "2026-11-23"


@pytest.mark.rule("LST-5")
def test_lst_5_only_the_department_of_the_case_answers_once_with_its_reasons() -> None:
    other = Officer("tax-1", "11420100DEM0TAX1XP")
    said: dict[str, Any] = {"officer": OFFICER, "outcome": "rejected", "reasons": "证据不足", "now": NOW}
    for listing, changed, code in (
        (TOLD, {}, "listing_no_statement_pending"),
        (STATED, {"outcome": "maybe"}, "listing_outcome_unknown"),
        (STATED, {"reasons": ""}, "remedy_without_reasons"),
        (STATED, {"officer": other}, "remedy_not_the_source"),
    ):
        values = {**said, **changed}
        assert refusal(lambda: answer_statement(listing, **values)) == [("LST-5", code)]  # noqa: B023
    assert answer_statement(STATED, **said).outcome == "rejected"
    assert refusal(lambda: drop(LISTED, officer=OFFICER, reasons="证据不足", now=NOW)) == [
        ("LST-5", "listing_decided_already")
    ]


def applied(listing: Listing = LISTED, **changed: Any) -> Any:
    materials = changed.pop("materials", (("proof", "b1" * 32),))
    return apply_for_removal(
        listing, replace(STANDARD, **changed), materials=materials, contact=None, received_by="x",
        calendar=load_calendar(), now=NOW,
    )  # fmt: skip


@pytest.mark.rule("LST-8")
def test_lst_8_who_is_on_the_list_may_apply_once_the_standard_lets_it() -> None:
    assert applied().decide_by > "2026-11-23"
    assert refusal(lambda: applied(TOLD)) == [("LST-8", "listing_not_on_the_list")]
    assert refusal(lambda: applied(early_months=None)) == [("LST-8", "listing_no_early_removal")]
    assert refusal(lambda: applied(early_months=24)) == [("LST-8", "listing_removal_too_early")]
    assert refusal(lambda: applied(materials=())) == [("LST-8", "listing_materials_malformed")]


@pytest.mark.rule("LST-8")
def test_lst_8_a_removal_is_refused_with_both_remedies_and_made_for_a_cause_that_there_is() -> None:
    waiting = replace(LISTED, state="removal_applied")
    said: dict[str, Any] = {"officer": OFFICER, "reasons": "尚未履行", "now": NOW}
    assert refuse_removal(waiting, remedies=REMEDIES, **said).reasons
    assert refusal(lambda: refuse_removal(LISTED, remedies=REMEDIES, **said)) == [
        ("LST-8", "listing_no_removal_pending")
    ]
    one = {"litigation": REMEDIES["litigation"]}
    assert refusal(lambda: refuse_removal(waiting, remedies=one, **said)) == [
        ("LST-8", "remedy_without_remedies")
    ]
    removed = ListingRemoved(
        originator_id=CASE, originator_version=5, timestamp=NOW, list_code="C06-04", cause="conditions_met",
        removes="ab" * 32, removed_on="2026-11-23",
    )  # fmt: skip
    for event, listing, codes in (
        (removed, LISTED, []),
        (removed, TOLD, ["listing_not_on_the_list"]),
        (replace(removed, cause="expiry"), LISTED, ["listing_cause_unknown"]),
        (replace(removed, removes="cd" * 32), LISTED, ["listing_of_other_decision"]),
    ):
        found = removal_defects(listing, event, OFFICER, decision="ab" * 32)
        assert [defect.code for defect in found] == codes
