"""Revoking a repair: sealed, proven, and undone only as far as it is still lawful (REP-5)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.parties.acting import Officer
from domain.records.events import RecordDetermined
from domain.remedies.events import RecordShielded, RecordWithdrawn
from domain.remedies.repair_case import Repair
from domain.remedies.revocation import returned_record, revocation_defects
from domain.remedies.standing import Standing, standing_of
from tests.remedies import REMEDIES

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
CASE, RECORD, SOURCE = UUID(int=1), UUID(int=2), "11420100XK7BQ3M22B"
OFFICER = Officer("case-2", SOURCE)
LEAF = "c1" * 32
SAID = {
    "revokes": LEAF,
    "cause": "false_material",
    "officer": "case-2",
    "evidence": ["e1" * 32],
    "reasons": "伪造",
    "remedies": REMEDIES,
}
pytestmark = pytest.mark.rule("REP-5")


def repair(**changed: Any) -> Repair:
    how: dict[str, Any] = {"mode": "shield", "decided": True, "granted": True, **changed}
    return Repair(
        id=CASE,
        version=3,
        record=RECORD,
        source=SOURCE,
        item="C03-02",
        filing_officer=None,
        accept_by="2026-11-20",
        answer_by="2026-11-30",
        given=frozenset(),
        applied_on=date(2026, 11, 1),
        **how,
    )


def codes(found: Repair | None = None, officer: Officer = OFFICER, **said: Any) -> set[str]:
    defects = revocation_defects(
        found or repair(), {**SAID, **said}, officer=officer, determined_by="case-1", leaf_hash=LEAF
    )
    return {d.code for d in defects}


def test_only_a_granted_repair_is_revoked_once_by_its_source_with_cause_reasons_and_evidence() -> None:
    assert codes() == set()
    assert codes(repair(granted=False)) == codes(repair(revoked=True)) == {"repair_not_revocable"}
    assert codes(revokes="d1" * 32) == {"repair_revokes_another"}
    assert codes(officer=Officer("case-2", "x")) == {"remedy_not_the_source"}
    assert codes(officer=Officer("case-1", SOURCE)) == {
        "remedy_decided_by_determiner", "repair_revoked_by_another",
    }  # fmt: skip
    assert codes(cause="regret") == {"repair_revoked_without_cause"}
    assert codes(evidence=[]) == codes(evidence="x") == codes(evidence=[1]) == {"repair_revoked_unproven"}
    assert codes(reasons=1) == {"remedy_without_reasons"}
    assert codes(remedies=[]) == codes(remedies={"reconsideration": 1}) == {"remedy_without_remedies"}


SHIELDED = Standing(2, {"public": {}}, 1, status="shielded", repair=str(CASE), repaired_on="2026-11-01")
ANNOTATED = Standing(2, {"public": {}}, 1, repair=str(CASE), repaired_on="2026-11-01")


def returns(standing: Standing, ends: date | None = None, mode: str = "shield") -> bool:
    found = returned_record(repair(mode=mode), standing, record_id=RECORD, ends=ends, bar_months=36, now=NOW)
    assert found is None or found.barred_until == "2029-11-21"
    return found is not None


def test_a_record_returns_while_its_term_runs_and_never_after() -> None:
    assert returns(SHIELDED) and returns(ANNOTATED, mode="annotate")
    assert returns(SHIELDED, date(2026, 11, 21)) and not returns(SHIELDED, date(2026, 11, 20))
    assert not returns(SHIELDED, mode="delete")
    assert not returns(Standing(3, {"public": {}}, 1, status="withdrawn", repair=str(CASE)))
    assert not returns(Standing(3, {"public": {}}, 1, status="ended", repair=str(CASE)))
    assert not returns(Standing(2, {"public": {}}, 1, status="shielded", repair=str(UUID(int=9))))


def test_a_later_withdrawal_of_what_returned_is_final_again() -> None:
    place: dict[str, Any] = {"originator_id": RECORD, "timestamp": NOW}
    shielded = RecordShielded(**place, originator_version=2, repair=str(CASE), repaired_on="2026-11-01")
    back = returned_record(repair(), SHIELDED, record_id=RECORD, ends=None, bar_months=36, now=NOW)
    withdrawn = RecordWithdrawn(**place, originator_version=4, withdraws=LEAF, objection=str(CASE))
    assert back is not None
    determined = determination()
    after = standing_of([determined, shielded, back])
    assert after is not None and (after.status, after.repair, after.returned) == ("standing", "", back)
    final = standing_of([determined, shielded, back, withdrawn])
    assert final is not None and final.status == "withdrawn" and final.is_final


def determination() -> Any:
    return RecordDetermined(originator_id=RECORD, originator_version=1, timestamp=NOW, content={"public": {}})
