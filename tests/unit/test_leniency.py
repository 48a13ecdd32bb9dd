"""Leniency decided by the domain alone: who must approve, what a minor needs, and what is never listed (DET-4)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from domain.records.leniency import (
    EFFECTS,
    Assessing,
    Assessment,
    LeniencyAssessed,
    assess,
    decide_leniency,
    fold_assessment,
    is_minors,
    is_slight,
    listing_defects,
    noted,
    recording_defects,
    was_assessed,
)
from domain.shared.canonical import Parts
from domain.shared.refusals import Refused

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
STREAM = UUID(int=7)
GIVEN = Assessing(
    "11420100XK7BQ3M22B", "示市监罚字〔2026〕7号", ("slight",), "not_published", "情节轻微，已改正。"
)


def assessed(*grounds: str, effect: str = "not_published") -> Assessment:
    given = Assessing(GIVEN.authority, GIVEN.number, grounds or ("slight",), effect, GIVEN.reason)
    event = assess(
        STREAM,
        0,
        None,
        given,
        officer="one",
        department="d",
        recorded=False,
        today=date(2026, 11, 21),
        now=NOW,
    )
    found = fold_assessment([event])
    assert found is not None
    return found


def decided(found: Assessment, decision: str, officer: str = "two", *, recorded: bool = False) -> Assessment:
    event = decide_leniency(found, decision, officer=officer, recorded=recorded, now=NOW)
    first = assessed_event(found)
    then = fold_assessment([first, event])
    assert then is not None
    return then


def assessed_event(found: Assessment) -> LeniencyAssessed:
    given = Assessing(*found.document, found.grounds, found.effect, GIVEN.reason)
    return assess(
        STREAM,
        0,
        None,
        given,
        officer=found.officer,
        department="d",
        recorded=False,
        today=NOW.date(),
        now=NOW,
    )


def refused(found: Assessment | None, *, minor: bool = False, slight: bool = False) -> list[str]:
    return [d.code for d in recording_defects(found, minor=minor, slight=slight, field="CF_WSH")]


def of_person(number: str, decided_on: str = "2026-03-14", id_type: str = "身份证") -> Parts:
    return {
        "public": {"form": "penalty", "item": "C03-02", "CF_XDR_LB": "自然人", "CF_JDRQ": decided_on},
        "person/1": {"CF_XDR_ZJLX": id_type, "CF_XDR_ZJHM": number},
    }


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [d.code for d in refusal.value.defects]


def test_det_4_a_minors_record_and_a_slight_one_need_an_assessment_and_nobody_elses_does() -> None:
    assert (
        refused(None, minor=True) == refused(None, minor=True, slight=True) == ["leniency_minor_unassessed"]
    )
    assert refused(None, slight=True) == ["leniency_slight_unassessed"]
    assert refused(assessed(), slight=True) == ["leniency_waiting"]
    approved = decided(assessed(), "approved")
    assert refused(approved, slight=True) == []
    assert refused(decided(approved, "withdrawn"), slight=True) == ["leniency_slight_unassessed"]
    assert refused(None) == []
    assert refused(assessed("minor"), minor=True) == []


def test_det_4_all_grounds_but_a_minors_wait_for_a_second_officer() -> None:
    for ground in ("force_majeure", "no_intent", "slight"):
        waiting = assessed(ground)
        assert waiting.state == "waiting" and refused(waiting) == ["leniency_waiting"]
        assert refused(waiting, minor=True) == ["leniency_waiting"]
        assert refused(decided(waiting, "approved")) == []
    assert assessed("minor").state == "assessed"


def test_det_4_who_is_no_minor_does_not_pass_as_one() -> None:
    assert refused(assessed("minor")) == ["leniency_not_a_minor"]
    assert refused(assessed("minor", "slight")) == ["leniency_not_a_minor"]
    assert refused(decided(assessed("minor", "slight"), "approved")) == []


def test_det_4_what_is_not_to_be_recorded_is_refused_until_the_assessment_is_withdrawn() -> None:
    approved = decided(assessed("force_majeure", effect="not_recorded"), "approved")
    assert refused(approved) == ["leniency_not_recorded"]
    withdrawn = decided(approved, "withdrawn")
    assert refused(withdrawn) == []
    assert refused(withdrawn, minor=True) == ["leniency_minor_unassessed"]


def test_det_4_slight_is_the_class_of_what_is_adverse_and_an_unknown_class_is_none() -> None:
    public = {"form": "penalty", "DISCREDIT_LEVEL": "轻微"}
    assert is_slight({"public": public}, "negative")
    for nature, level in (("neutral", "轻微"), ("negative", "一般"), ("negative", "")):
        assert not is_slight({"public": {**public, "DISCREDIT_LEVEL": level}}, nature)


def test_det_4_only_what_is_slight_and_nothing_else_may_still_be_published() -> None:
    assert noted(assessed(effect="published")) == {"assessed": str(STREAM)}
    assert noted(assessed()) == {"leniency": str(STREAM)}
    assert all(was_assessed(noted(assessed(effect=effect))) for effect in EFFECTS) and not was_assessed({})
    for grounds in (("minor",), ("slight", "minor"), ("force_majeure",), ("no_intent", "slight")):
        with pytest.raises(Refused) as published:
            assessed(*grounds, effect="published")
        assert codes(published) == ["leniency_published"]


def test_det_4_the_same_officer_does_not_approve_and_nobody_decides_once_it_is_recorded() -> None:
    waiting = assessed()
    with pytest.raises(Refused) as same:
        decided(waiting, "approved", "one")
    assert codes(same) == ["leniency_same_officer"]
    with pytest.raises(Refused) as late:
        decided(waiting, "approved", recorded=True)
    assert codes(late) == ["leniency_after_recording"]
    with pytest.raises(Refused) as twice:
        decide_leniency(decided(waiting, "approved"), "approved", officer="three", recorded=False, now=NOW)
    assert codes(twice) == ["leniency_approved_already"]
    withdrawn = decided(waiting, "withdrawn", "one")
    assert withdrawn.state == "withdrawn"
    for decision in ("approved", "withdrawn"):
        with pytest.raises(Refused) as over:
            decide_leniency(withdrawn, decision, officer="three", recorded=False, now=NOW)
        assert codes(over) == ["leniency_withdrawn"]


def test_det_4_an_assessment_precedes_recording_and_there_is_one_at_a_time() -> None:
    now = {"officer": "one", "department": "d", "today": NOW.date(), "now": NOW}
    with pytest.raises(Refused) as late:
        assess(STREAM, 0, None, GIVEN, recorded=True, **now)  # type: ignore[arg-type]
    assert codes(late) == ["leniency_after_recording"]
    with pytest.raises(Refused) as second:
        assess(STREAM, 1, assessed(), GIVEN, recorded=False, **now)  # type: ignore[arg-type]
    assert codes(second) == ["leniency_assessed_already"]
    again = assess(STREAM, 2, decided(assessed(), "withdrawn"), GIVEN, recorded=False, **now)  # type: ignore[arg-type]
    assert again.originator_version == 3


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"grounds": ()}, "leniency_grounds"),
        ({"grounds": ("slight", "slight")}, "leniency_grounds"),
        ({"grounds": ("poor",)}, "leniency_grounds"),
        ({"effect": "listed"}, "leniency_effect"),
        ({"number": " "}, "leniency_document"),
        ({"reason": " "}, "leniency_reason"),
        ({"reason": "当事人身份证号 990101200803150027"}, "leniency_reason_personal"),
        ({"reason": "当事人患病"}, "leniency_reason_personal"),
    ],
)
def test_det_4_an_assessment_says_ground_effect_document_and_a_reason_that_identifies_nobody(
    change: dict[str, object], code: str
) -> None:
    given = Assessing(**{**vars(GIVEN), **change})
    assert code in [d.code for d in given.defects(today=NOW.date())]
    assert not list(GIVEN.defects(today=NOW.date()))


def test_det_4_a_minor_on_the_day_of_the_decision_is_on_no_list_and_an_adult_may_be() -> None:
    minor, adult = of_person("990101200803150027"), of_person("990101200803150027", "2026-03-15")
    for lenient in (False, True):
        found = [d.code for d in listing_defects(minor, lenient=lenient)]
        assert is_minors(minor) and found == ["leniency_minor_never_listed"]
    assert not is_minors(adult) and not list(listing_defects(adult, lenient=False))
    assert [d.code for d in listing_defects(adult, lenient=True)] == ["leniency_never_listed"]
    assert not is_minors(of_person("E12345678", id_type="护照号"))
