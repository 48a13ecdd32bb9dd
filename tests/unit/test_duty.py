"""What became of a case that had to be checked (QRY-5)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from domain.oversight.duty import DutyChecked, Own, case_defects, known_cases, outcome_of

pytestmark = pytest.mark.rule("QRY-5")
CASE, DAY, TODAY = "示许受字〔2026〕7号", date(2026, 11, 20), date(2026, 11, 23)
ON, LATER = Own(DAY, "示许受字〔2026〕 7 号"), Own(date(2026, 11, 21), CASE)


@pytest.mark.parametrize(
    ("queries", "outcome"),
    [
        ([ON], "checked"),
        ([LATER, ON], "checked"),
        ([LATER], "late"),
        ([Own(DAY, "另案")], "other_case"),
        ([Own(LATER.on, "另案")], "missed"),
        ([], "missed"),
    ],
)
def test_a_case_is_checked_by_a_query_that_names_it_up_to_its_day(queries: list[Own], outcome: str) -> None:
    assert outcome_of(CASE, DAY, queries, unclear=False, today=TODAY) == outcome


def test_nothing_is_held_against_a_case_whose_day_is_to_come_or_whose_looks_were_erased() -> None:
    assert outcome_of(CASE, TODAY, [], unclear=False, today=TODAY) == "pending"
    assert outcome_of(CASE, DAY, [], unclear=True, today=TODAY) == "unclear"
    assert outcome_of(CASE, DAY, [ON], unclear=True, today=TODAY) == "checked"


def test_a_list_names_each_case_once_by_its_number() -> None:
    assert not list(case_defects([(CASE, DAY), ("另案", DAY)]))
    assert [d.code for d in case_defects([(CASE, DAY), ("示许受字〔2026〕7 号", DAY)])] == ["duty_case_twice"]
    assert [d.code for d in case_defects([(" ", DAY), ("x" * 201, DAY)])] == ["duty_case_number"] * 2


def test_the_cases_that_a_department_sent_are_known_and_without_any_nothing_is() -> None:
    event = DutyChecked(
        originator_id=UUID(int=1), originator_version=1, timestamp=datetime(2026, 11, 23, tzinfo=UTC),
        department="d", checked_on="2026-11-23", cases=1, gaps=0, officer="o",
        results=[[CASE, "2026-11-20", "checked"]],
    )  # fmt: skip
    assert known_cases([event]) == frozenset({CASE}) and known_cases([]) is None
