"""Red lists, the green channel, the watch list and references as pure decisions, each rule at its edge."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.catalogue.items import LegalBasis
from domain.listing.adverse import Adverse, green_channel
from domain.listing.decision import fold_borne
from domain.listing.notes import Note, SubjectNoted, SubjectUnnoted, fold_notes
from domain.listing.red import RedListed, RedRemoved, excluding, red_defects, removal_defects
from domain.listing.reference import ReferenceEnded
from domain.listing.reference import end_defects as reference_end_defects
from domain.listing.standard_gate import standard_defects
from domain.listing.standards import ListStandard
from domain.listing.watch import Counted, Threshold, WatchEnded, WatchEntered, end_defects, watch_defects
from interfaces.demo.city import read_city
from tests.world import DATA

AT, TODAY = datetime(2026, 11, 21, 2, tzinfo=UTC), date(2026, 11, 21)
ENTRY, SUBJECT = UUID(int=1), UUID(int=2)
DEPARTMENT = "11420100XK7BQ3M22B"
STANDARD = next(s for s in read_city(DATA).lists if s.kind == "red")


def against(day: str, severity: str = "一般") -> Adverse:
    return Adverse(ENTRY, date.fromisoformat(day), severity)


@pytest.mark.rule("JNT-2")
def test_jnt_2_a_record_counts_up_to_the_corresponding_day_three_years_on() -> None:
    def ground(*adverse: Adverse, red: tuple[tuple[str, ...], ...] = ()) -> str:
        return green_channel(adverse, red, years=3, today=TODAY).ground

    assert ground() == "clean_record" == ground(against("2023-11-20"))
    assert ground(against("2023-11-21")) == "neither" == ground(against("2023-11-20"), against("2026-01-01"))
    excludes = ("一般", "严重")
    assert ground(against("2026-01-01", "轻微"), red=(excludes,)) == "red_listed"
    assert ground(against("2026-01-01", "严重"), red=(excludes,)) == "neither"


@pytest.mark.rule("JNT-2")
def test_jnt_2_the_standard_of_a_red_list_has_basis_criteria_incentives_removal_and_whom_it_excludes() -> (
    None
):
    assert standard_defects(STANDARD) == []
    told = STANDARD.to_json()
    assert ListStandard.from_json(told) == STANDARD and told["kind"] == "red"
    serious = next(s for s in read_city(DATA).lists if s.code == "C06-04")
    assert not {"kind", "incentives", "excludes"} & set(serious.to_json())
    for changed, code in (
        ({"incentives": " "}, "list_without_incentives"),
        ({"criteria": ""}, "list_without_criteria"),
        ({"removal_conditions": ""}, "list_without_removal_conditions"),
        ({"standard_bases": ()}, "red_list_without_basis"),
        ({"standard_bases": (LegalBasis("示例", "", "一", "law"),)}, "red_list_without_basis"),
        ({"excludes": ("轻微", "一般")}, "red_list_excludes"),
        ({"excludes": ("严重", "特别严重")}, "red_list_excludes"),
        ({"term_months": 0}, "list_days_unreadable"),
        ({"transition_until": "2027-01-01"}, "list_days_unreadable"),
    ):
        found = standard_defects(replace(STANDARD, **changed))
        assert [(d.rule, d.code) for d in found] == [("JNT-2", code)], changed
    assert [d.code for d in standard_defects(replace(STANDARD, kind="blue"))] == ["list_kind_unknown"]
    assert excluding(STANDARD, [against("2020-01-01", "轻微")]) is None
    assert excluding(STANDARD, [against("2020-01-01")]) == against("2020-01-01")


def red(**changed: Any) -> RedListed:
    told: dict[str, Any] = {
        "list_code": "C11-01", "version": 1, "subject_kind": "organisation", "authority": DEPARTMENT,
        "authority_name": "示例局", "document_number": "1号", "decided_on": "2026-11-21", "public": True,
        "basis": "示例", "incentives": STANDARD.incentives, "until": "2028-11-21", "name": "示例公司",
        "code": "11420100DEM0XYB175", "reason": "符合标准", **changed,
    }  # fmt: skip
    return RedListed(originator_id=ENTRY, originator_version=1, timestamp=AT, **told)


@pytest.mark.rule("JNT-2")
@pytest.mark.rule("DET-4")
@pytest.mark.rule("PUB-2")
def test_jnt_2_an_entry_names_its_subject_once_says_nothing_of_persons_and_no_minor_is_on_it() -> None:
    def codes(**changed: Any) -> list[tuple[str, str]]:
        found = red_defects(red(**changed), STANDARD, department=DEPARTMENT, today=TODAY)
        return [(d.rule, d.code) for d in found]

    person = {"subject_kind": "natural_person", "name": None, "code": None, "person_name": "张三"}
    grown = {**person, "id_type": "身份证", "id_number": "990106190001010017"}
    assert codes() == [] == codes(**grown)
    assert codes(**{**grown, "name": "张三"}) == [("JNT-2", "listing_subject_unnamed")]
    assert codes(**{**grown, "id_type": "护照"}) == [("DET-4", "listing_of_a_minor")]
    assert codes(basis="联系电话：13800000000") == [("PUB-2", "listing_person_in_public")]
    assert codes(public=False) == [("PUB-1", "listing_publicity_not_as_standard")]


def watch(**changed: Any) -> WatchEntered:
    told: dict[str, Any] = {
        "authority": DEPARTMENT, "entered_on": "2026-11-21", "until": "2027-11-21", "ground": "repeated_slight",
        "records": [], "reason": "示例", **changed,
    }  # fmt: skip
    return WatchEntered(originator_id=ENTRY, originator_version=1, timestamp=AT, **told)


@pytest.mark.rule("JNT-3")
def test_jnt_3_a_watch_takes_so_many_slight_records_within_the_months_that_the_office_set() -> None:
    def codes(*records: Counted, **changed: Any) -> list[str]:
        threshold = Threshold(slight_records=2, within_months=12)
        found = watch_defects(
            watch(**changed), records, threshold=threshold, department=DEPARTMENT, notes=(), today=TODAY
        )
        return [d.code for d in found]

    slight, old = Counted(date(2025, 11, 21), "轻微", True), Counted(date(2025, 11, 20), "轻微", True)
    assert codes(slight, slight) == [] and codes(slight, old) == ["watch_slight_too_few"]
    repaired, fair = replace(slight, stands=False), replace(slight, severity="一般")
    assert codes(slight, repaired) == codes(slight, fair) == ["watch_slight_too_few"]
    assert (
        codes(slight, slight, until="2027-11-22") == ["watch_without_end"] == codes(slight, slight, until="")
    )
    key_field = {"ground": "serious_in_key_field", "field": "life_and_health"}
    assert codes(fair, **key_field) == [] and codes(slight, **key_field) == ["watch_not_serious"]
    assert codes(fair, **{**key_field, "field": "noise"}) == ["watch_field"]
    assert codes(slight, slight, field="life_and_health") == ["watch_field"]
    assert codes(slight, slight, ground="credit_score") == ["watch_ground_unknown"]
    assert codes(slight, replace(slight, minor=True)) == ["leniency_minor_never_listed"]


@pytest.mark.rule("JNT-3")
@pytest.mark.parametrize("note", ["red", "watch"])
def test_jnt_3_what_a_subject_is_noted_for_is_nothing_that_it_bears_so_no_measure_can_rest_on_it(
    note: str,
) -> None:
    place: dict[str, Any] = {"originator_id": SUBJECT, "timestamp": AT}
    noted = SubjectNoted(
        **place, originator_version=1, note=note, entry=str(ENTRY), department=DEPARTMENT, leaf="ab" * 32,
        on_day="2026-11-21", records=[], list_code="", version=0, until="2026-11-30",
    )  # fmt: skip
    [found] = fold_notes([noted])
    assert fold_borne([noted]) == ()
    assert found.holds_on(date(2026, 11, 30)) and not found.holds_on(date(2026, 12, 1))
    gone = SubjectUnnoted(**place, originator_version=2, note=note, entry=str(ENTRY), cause="expiry")
    assert fold_notes([noted, gone]) == ()


@pytest.mark.rule("JNT-2")
@pytest.mark.rule("JNT-3")
@pytest.mark.rule("JNT-5")
def test_jnt_2_the_end_of_an_entry_names_that_entry_its_day_and_why() -> None:
    place: dict[str, Any] = {"originator_id": ENTRY, "originator_version": 2, "timestamp": AT}
    leaf, day = "ab" * 32, "2026-11-21"
    note = Note("red", ENTRY, DEPARTMENT, leaf, "C11-01", 1, (), "")

    def off(**changed: Any) -> list[tuple[str, str]]:
        told = {
            "list_code": "C11-01",
            "cause": "own_request",
            "removes": leaf,
            "removed_on": day,
            "reason": "x",
        }
        found = removal_defects(note, RedRemoved(**place, **{**told, **changed}), today=TODAY)
        return [(d.rule, d.code) for d in found]

    def unwatched(**changed: Any) -> list[tuple[str, str]]:
        told = {"cause": "corrected", "ends": leaf, "ended_on": day, "reason": "x", **changed}
        return [(d.rule, d.code) for d in end_defects(note, WatchEnded(**place, **told), today=TODAY)]

    def struck(**changed: Any) -> list[tuple[str, str]]:
        told = ReferenceEnded(**place, **{"ends": leaf, "ended_on": day, "reason": "x", **changed})
        return [(d.rule, d.code) for d in reference_end_defects(told, leaf=leaf, today=TODAY)]

    assert off() == [] == unwatched() and struck() == []
    for changed in ({"list_code": "C11-02"}, {"removes": "cd" * 32}, {"by": str(SUBJECT)}):
        assert off(**changed) == [("JNT-2", "entry_of_other")]
    assert unwatched(ends="cd" * 32) == [("JNT-3", "entry_of_other")]
    assert struck(ends="cd" * 32) == [("JNT-5", "entry_of_other")]
    another_day = {"listing_decided_another_day"}
    assert {
        c for _, c in (*off(removed_on=""), *unwatched(ended_on="2026-11-20"), *struck(ended_on=""))
    } == another_day
    assert off(cause="expiry") == [("JNT-2", "listing_cause_unknown")]
    assert unwatched(cause="expiry") == [("JNT-3", "listing_cause_unknown")]
    assert off(reason=" ") == [("JNT-2", "entry_without_reason")]
    assert struck(reason=None) == [("JNT-5", "entry_without_reason")]
