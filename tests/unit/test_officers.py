"""Who may query again after a suspension, and how long a declared relation counts (QRY-3), without a ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.access.model import Officer
from domain.oversight.officers import declare_relation, end_relation, fold_relations, reinstate, suspension_of
from domain.oversight.review_events import OfficerSuspended
from domain.shared.events import Event
from domain.shared.refusals import Refused

pytestmark = pytest.mark.rule("QRY-3")
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
STREAM, FIRST, SECOND = UUID(int=1), UUID(int=2), UUID(int=3)
OFFICE, CHIEF = Officer("office-1", "credit_office", "office"), Officer("chief-1", "supervisor", "dept")
BLIND = b"b" * 32


def suspended(version: int, case: UUID) -> OfficerSuspended:
    return OfficerSuspended(originator_id=STREAM, originator_version=version, timestamp=NOW, review=str(case))


def lifted(events: Sequence[Event], officer: Officer = OFFICE, **said: Any) -> list[str] | Event:
    given = {"pseudonym": "officer-1", "case": FIRST, "open_cases": [], "reasons": "已整改", **said}
    try:
        return reinstate(events, officer, now=NOW, **given)
    except Refused as refused:
        return [defect.code for defect in refused.defects]


def test_the_newest_suspension_is_lifted_by_its_own_case_and_another_may_follow() -> None:
    assert lifted([]) == ["officer_not_suspended"]
    both = [suspended(2, FIRST), suspended(3, SECOND)]
    assert lifted(both) == ["officer_suspended_by_another"]
    event = lifted(both, case=SECOND)
    assert isinstance(event, Event) and (event.originator_version, event.lifts) == (4, 3)  # type: ignore[attr-defined]
    assert suspension_of([*both, event]) is None
    assert lifted([*both, event], case=SECOND) == ["officer_not_suspended"]
    assert suspension_of([*both, event, suspended(5, FIRST)]) is not None


def test_nobody_is_reinstated_by_oneself_with_a_case_open_or_without_reasons() -> None:
    events = [suspended(2, FIRST)]
    assert lifted(events, Officer("officer-1", "credit_office", "office")) == ["officer_reinstates_oneself"]
    assert lifted(events, open_cases=[SECOND]) == ["officer_case_open"]
    assert lifted(events, reasons=" ") == ["officer_without_reasons"]
    assert lifted(events, reasons="电话13800138000") == ["officer_person_in_text"]


def test_a_relation_ends_once_and_counts_for_what_was_queried_until_then() -> None:
    declared = declare_relation(
        stream=STREAM, version=1, declared_by="chief-1", department="dept", blind=BLIND, relation="relative",
        now=NOW,
    )  # fmt: skip
    later = NOW + timedelta(hours=1)

    def ended(events: Sequence[Event], officer: Officer = CHIEF, **said: str) -> list[str] | Event:
        given = {"relation": "relative", "how": "mistaken", "reasons": "同名他人", **said}
        try:
            return end_relation(
                fold_relations(events), officer, of_officer="officer-1", stream=STREAM, version=2, blind=BLIND,
                now=later, **given,
            )  # fmt: skip
        except Refused as refused:
            return [defect.code for defect in refused.defects]

    assert ended([declared], relation="colleague") == ["relation_not_declared"]
    assert ended([declared], Officer("officer-1", "operator", "dept")) == ["relation_of_oneself"]
    assert ended([declared], relation="friend", how="x", reasons="") == [
        "relation_unknown",
        "relation_ending_unknown",
        "officer_without_reasons",
    ]
    event = ended([declared])
    assert isinstance(event, Event)
    [relation] = fold_relations([declared, event])
    assert relation.stood_at(NOW) and relation.stood_at(later)
    assert not relation.stood_at(later + timedelta(seconds=1))
    assert ended([declared, event]) == ["relation_not_declared"]
