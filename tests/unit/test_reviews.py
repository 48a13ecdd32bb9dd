"""Which queries are reviewed, by whom, and what follows from a finding (QRY-3)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from domain.access.decide import request_defects
from domain.access.model import Officer, Purpose, Request
from domain.oversight.review_events import QueryReviewOpened, QueryReviewOverdue
from domain.oversight.reviews import (
    Known,
    Looked,
    QueryReview,
    Rules,
    decide_review,
    fold_review,
    is_drawn,
    reasons_of,
    reviewer_defects,
    waiting_review,
)
from domain.shared.refusals import Refused
from tests.remedies import CALENDAR

pytestmark = pytest.mark.rule("QRY-3")
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SUBJECT, REVIEW = UUID(int=1), UUID(int=2)
LOOK = Looked(7, b"l" * 32, MONDAY, "dept", "officer-1", "operator", SUBJECT, "licensing", "c-1")
RULES = Rules(begins=8, ends=18, bulk=50, per_10000=0)
KNOWN = Known(subjects=1, relations=(), cases=None, of_platform=False)


def reasons(look: Looked = LOOK, known: Known = KNOWN, rules: Rules = RULES) -> list[str]:
    return reasons_of(look, known, rules, root=b"r" * 32, calendar=CALENDAR)


def test_a_query_of_a_known_case_in_office_hours_is_reviewed_for_no_reason() -> None:
    assert reasons() == []
    assert reasons(known=replace(KNOWN, cases={"c-1"})) == []


@pytest.mark.parametrize(
    ("at", "off"),
    [
        (datetime(2026, 11, 23, 0, 0, tzinfo=UTC), False),  # Monday 08:00 in the city
        (datetime(2026, 11, 22, 23, 59, tzinfo=UTC), True),  # Monday 07:59
        (datetime(2026, 11, 23, 10, 0, tzinfo=UTC), True),  # Monday 18:00
        (datetime(2026, 11, 21, 2, 0, tzinfo=UTC), True),  # Saturday
        (datetime(2026, 10, 1, 2, 0, tzinfo=UTC), True),  # a holiday by notice
    ],
)
def test_off_hours_are_told_by_the_citys_clock_and_calendar(at: datetime, *, off: bool) -> None:
    assert reasons(replace(LOOK, at=at)) == (["off_hours"] if off else [])


def test_each_rule_names_its_own_reason() -> None:
    assert reasons(known=replace(KNOWN, subjects=51)) == ["bulk"]
    assert reasons(known=replace(KNOWN, subjects=50)) == []
    assert reasons(known=replace(KNOWN, cases={"c-2"})) == ["no_open_case"]
    assert reasons(known=replace(KNOWN, cases={"c-2"}, of_platform=True)) == []
    assert reasons(known=replace(KNOWN, relations={SUBJECT})) == ["relation"]
    assert reasons(known=replace(KNOWN, relations={UUID(int=9)})) == []
    assert reasons(rules=replace(RULES, per_10000=10_000)) == ["sample"]


def test_the_draw_is_the_same_for_everyone_at_the_rate_that_is_set_and_another_under_another_root() -> None:
    leaves = [hashlib.sha256(bytes([n // 256, n % 256])).digest() for n in range(4000)]
    first = {leaf for leaf in leaves if is_drawn(leaf, b"r" * 32, 1000)}
    again = {leaf for leaf in leaves if is_drawn(leaf, b"r" * 32, 1000)}
    other = {leaf for leaf in leaves if is_drawn(leaf, b"s" * 32, 1000)}
    assert first == again and 300 < len(first) < 500
    assert 300 < len(other) < 500 and len(first & other) < 100
    assert not any(is_drawn(leaf, b"r" * 32, 0) for leaf in leaves)


def opened() -> QueryReview:
    event = QueryReviewOpened(
        originator_id=REVIEW, originator_version=1, timestamp=MONDAY, due="2026-12-07", provisional=False,
        look="access:7", leaf="00" * 32, department="dept", officer="officer-1", reasons=["sample"], epoch=1,
        root="00" * 32, per_10000=100,
    )  # fmt: skip
    found = fold_review([event])
    assert found is not None
    return found


def codes(officer: Officer, office_role: str) -> list[str]:
    return [d.code for d in reviewer_defects(opened(), officer, office_role=office_role)]


def test_the_reviewer_is_another_officer_of_the_departments_supervision_or_the_credit_office() -> None:
    assert codes(Officer("chief", "supervisor", "dept"), "department") == []
    assert codes(Officer("office", "credit_office", "office"), "credit_office") == []
    assert codes(Officer("officer-1", "supervisor", "dept"), "department") == ["review_own_query"]
    assert codes(Officer("officer-2", "operator", "dept"), "department") == ["review_not_the_supervision"]
    assert codes(Officer("chief", "supervisor", "other"), "department") == ["remedy_case_unknown"]
    assert codes(Officer("chief", "supervisor", "dept", suspended=True), "department") == [
        "officer_suspended"
    ]


def decided(finding: str, consequence: str, why: str = "已核对案卷") -> list[str]:
    try:
        decide_review(
            opened(), Officer("chief", "supervisor", "dept"), finding=finding, consequence=consequence,
            reasons=why, now=MONDAY,
        )  # fmt: skip
    except Refused as refused:
        return [d.code for d in refused.defects]
    return []


def test_a_finding_has_the_consequence_that_fits_it() -> None:
    assert decided("in_order", "none") == decided("improper", "warning") == []
    assert decided("in_order", "warning") == decided("improper", "none") == ["review_consequence_unfit"]
    assert decided("fine", "none") == ["review_finding_unknown", "review_consequence_unfit"]
    assert decided("improper", "jail") == ["review_consequence_unknown"]
    assert decided("in_order", "none", " ") == ["review_without_reasons"]


def test_a_review_waits_until_it_is_decided_and_its_missed_day_is_remembered() -> None:
    waiting = waiting_review(opened())
    assert waiting is not None and (waiting.step, waiting.due, waiting.department) == (
        "review",
        "2026-12-07",
        "dept",
    )
    missed = QueryReviewOverdue(
        originator_id=REVIEW, originator_version=2, timestamp=MONDAY, record=str(REVIEW), department="dept",
        step="review", due="2026-12-07", provisional=False,
    )  # fmt: skip
    later = fold_review([opened().opened, missed])
    assert later is not None and later.version == 2
    waiting = waiting_review(later)
    assert waiting is not None and waiting.is_recorded


def test_an_officer_whose_access_was_suspended_asks_nothing_more() -> None:
    request = Request("dept", "officer-1", "licensing", "c", "b", MONDAY.date())
    purposes = {"licensing": Purpose("licensing", "许可", "licensing")}
    officer = Officer("officer-1", "operator", "dept")
    assert request_defects(request, officer, purposes) == []
    [refused] = request_defects(request, replace(officer, suspended=True), purposes)
    assert (refused.rule, refused.code) == ("QRY-3", "officer_suspended")
