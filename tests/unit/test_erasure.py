"""The rules of erasure: two officers of the credit office, a cause with its ground, acts of bounded size."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from application.data_keys import base_class, own_record, record_class
from domain.records.erasure import (
    ENTRIES_MAX,
    Approver,
    Erasure,
    ErasureCompleted,
    Target,
    approve_erasure,
    by_repair,
    erased_events,
    fold_erasure,
    request_erasure,
)
from domain.shared.events import placed
from domain.shared.prose import PROSE
from domain.shared.refusals import Refused

pytestmark = pytest.mark.rule("PRV-4")
NOW = datetime(2026, 11, 21, tzinfo=UTC)
ID, SUBJECT = UUID(int=7), UUID(int=8)
ONE, TWO, THREE = (Approver(f"office-{n}", "office", of_credit_office=True) for n in "123")
STRANGER = Approver("market-1", "market", of_credit_office=False)


def requested() -> Erasure:
    event = request_erasure(
        ID, Target("subject", SUBJECT), cause="unlawful", basis="某法第一条", officer=ONE, now=NOW
    )
    found = fold_erasure([event])
    assert found is not None
    return found


def test_prv_4_the_second_officer_makes_it_approved_and_a_third_is_not_needed() -> None:
    request = request_erasure(
        ID, Target("subject", SUBJECT), cause="unlawful", basis="某法第一条", officer=ONE, now=NOW
    )
    approval = approve_erasure(requested(), TWO, now=NOW)
    erasure = fold_erasure([request, approval])
    assert erasure is not None and erasure.approved and erasure.state == "approved"
    with pytest.raises(Refused) as refused:
        approve_erasure(erasure, THREE, now=NOW)
    assert [d.code for d in refused.value.defects] == ["erasure_approved_already"]
    (act,) = erased_events(erasure, [["records", "1", "public", "00"]], now=NOW)
    done = ErasureCompleted(originator_id=ID, originator_version=4, timestamp=NOW, generation=2)
    for events, state in (([act], "erased"), ([act, done], "completed")):
        found = fold_erasure([request, approval, *events])
        assert found is not None and found.state == state


def test_prv_4_the_same_officer_twice_and_an_officer_from_elsewhere_are_nobody() -> None:
    for officer, code in ((ONE, "erasure_same_officer"), (STRANGER, "erasure_not_the_credit_office")):
        with pytest.raises(Refused) as refused:
            approve_erasure(requested(), officer, now=NOW)
        assert [d.code for d in refused.value.defects] == [code]
        assert code in PROSE


def test_rep_5_a_repair_counts_for_no_officer() -> None:
    request = by_repair(record=SUBJECT, repair=str(ID), place=placed(ID, 1, NOW))
    first = fold_erasure([request])
    assert first is not None and not first.officers
    one = approve_erasure(first, ONE, now=NOW)
    second = fold_erasure([request, one])
    assert second is not None and not second.approved
    third = fold_erasure([request, one, approve_erasure(second, TWO, now=NOW)])
    assert third is not None and third.approved


@pytest.mark.parametrize(
    ("target", "cause", "basis", "code"),
    [
        (Target("subject", SUBJECT), "repair", "某法", "erasure_cause"),
        (Target("subject", SUBJECT), "", "某法", "erasure_cause"),
        (Target("subject", SUBJECT), "unlawful", " ", "erasure_basis"),
        (Target("subject", SUBJECT), "unlawful", "字" * 201, "erasure_basis"),
        (Target("subject", SUBJECT), "unlawful", "某\x00法", "erasure_basis"),
        (Target("class", SUBJECT, "all"), "unlawful", "某法", "erasure_class_unknown"),
        (Target("part", SUBJECT, "public"), "unlawful", "某法", "erasure_not_a_persons_part"),
        (Target("part", SUBJECT, "person/x"), "unlawful", "某法", "erasure_not_a_persons_part"),
    ],
)
def test_prv_4_a_cause_a_ground_and_something_erasable(
    target: Target, cause: str, basis: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        request_erasure(ID, target, cause=cause, basis=basis, officer=ONE, now=NOW)
    assert [d.code for d in refused.value.defects] == [code]


def test_prv_4_many_parts_are_several_events_that_follow_each_other() -> None:
    entries = [["records", str(n), "public", "00" * 32] for n in range(2 * ENTRIES_MAX + 1)]
    acts = erased_events(requested(), entries, now=NOW)
    assert [(a.number, a.count, len(a.erased), a.originator_version) for a in acts] == [
        (1, 3, ENTRIES_MAX, 2),
        (2, 3, ENTRIES_MAX, 3),
        (3, 3, 1, 4),
    ]
    assert [e for a in acts for e in a.erased] == entries


def test_a_key_class_tells_its_base_and_its_record() -> None:
    assert record_class("person/1", None) == "person"
    own = record_class("public", SUBJECT)
    for name in (own, f"{own}~2"):
        assert base_class(name) == "public" and own_record(name) == str(SUBJECT)
    assert base_class("access~3") == "access" and own_record("access~3") == ""
    assert base_class("person/1~2") == "person/1"
