"""Measures without a ledger: whether one may be applied, for how long, when to report, and what it waits for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.catalogue.items import LegalBasis
from domain.measures.case import (
    Measure,
    after,
    decline,
    end,
    fold_measure,
    lift,
    miss,
    report,
    resume,
    stopped,
    suspend,
)
from domain.measures.events import MeasureApplied, MeasureNamed
from domain.measures.feedback import feedback_day
from domain.measures.fitting import (
    Ground,
    act_defects,
    addressee_defects,
    ground_kind_defects,
    judge,
    term_defects,
)
from domain.measures.items import MeasureItem, Provision
from domain.parties.acting import Officer
from domain.remedies.overdue import waiting_of_measure
from domain.shared.deadlines import Due
from domain.shared.refusals import Refused
from tests.remedies import CALENDAR

TODAY = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LAW = LegalBasis("中华人民共和国食品安全法", "2021修正", "135", "law")
PROVISION = Provision(LAW, ("C03-02", "C06-04"), ("一般", "严重"), 12)
ITEM = MeasureItem(
    code="M01",
    version=1,
    layer="national",
    name_zh="限制市场或行业准入",
    name_en="Restrict market or sector entry",
    carrier="department",
    heavy=True,
    compulsory=True,
    subject_kinds=("organisation",),
    provisions=(PROVISION,),
    effective_from="2021-12-16",
    status="in_force",
)
GROUND = Ground("record", str(UUID(int=7)), "C03-02", "一般", "organisation", stands=True, objected=False)
OWN, OTHER = "11420100XK7BQ3M22B", "114201001ML29E5H67"
OFFICER = Officer("market-1", OWN)
NEXT = Due(date(2026, 12, 22), provisional=False)
NAMED = MeasureNamed(
    originator_id=UUID(int=1),
    originator_version=1,
    timestamp=AT,
    measure="M01",
    version=1,
    provision=PROVISION.cited_as,
    department=OWN,
    initiator=OWN,
    officer="market-1",
    action=str(UUID(int=2)),
    ground="record",
    severity="一般",
    named_on="2026-11-23",
    feedback_by="2026-12-22",
    provisional=False,
    rests_on=GROUND.id,
    records=[GROUND.id],
)
APPLIED = MeasureApplied(
    originator_id=UUID(int=1),
    originator_version=2,
    timestamp=AT,
    measure="M01",
    version=1,
    provision=PROVISION.cited_as,
    department=OWN,
    named="c1" * 32,
    from_day="2026-11-23",
    until="2027-11-23",
    rests_on=GROUND.id,
    content="一年内不受理同类许可申请",
)


def named() -> Measure:
    found = fold_measure([NAMED])
    assert found is not None
    return found


def applied() -> Measure:
    return after(named(), APPLIED)


def codes(item: MeasureItem | None = ITEM, ground: Ground = GROUND, **asked: Any) -> list[tuple[str, str]]:
    verdict = judge(item, ground, **{"department": OWN, **asked})
    return [(defect.rule, defect.code) for defect in verdict.defects]


@pytest.mark.rule("INS-2")
def test_ins_2_a_measure_is_over_once_what_it_rests_on_is_suspended_and_only_its_end_is_left_to_report() -> (
    None
):
    over = stopped(applied())
    assert (over.state, over.cause, over.step, over.version) == ("ended", "basis_stopped", "report_lifted", 2)
    assert stopped(named()).step == "" and stopped(over) == over


def test_what_fits_may_be_applied_and_is_judged_by_the_provision_that_fits() -> None:
    other = replace(PROVISION, basis=replace(LAW, article="9"), items=("C06-01",))
    verdict = judge(replace(ITEM, provisions=(other, PROVISION)), GROUND, department=OWN)
    assert verdict.may and verdict.provision == PROVISION


@pytest.mark.rule("DET-7")
@pytest.mark.rule("MEA-1")
def test_det_7_a_linked_person_is_reached_by_its_role_only_and_ins_2_nothing_rests_on_what_is_stopped() -> (
    None
):
    link = replace(GROUND, kind="link", role="法定代表人")
    reaching = replace(ITEM, provisions=(replace(PROVISION, linked_roles=("法定代表人",)),))
    assert codes(reaching, link) == [] and ground_kind_defects("link") == []
    assert codes(reaching, replace(link, role="主要负责人")) == [("MEA-1", "measure_not_of_linked")]
    assert codes(ITEM, link) == [("MEA-1", "measure_not_of_linked")]
    assert codes(ground=replace(GROUND, stopped=True)) == [("INS-2", "measure_ground_stopped")]


@pytest.mark.rule("MEA-1")
def test_mea_1_no_measure_without_the_list_its_provision_and_a_standing_ground() -> None:
    assert codes(None) == [("MEA-1", "measure_not_listed")]
    assert codes(replace(ITEM, carrier="publicity")) == [("MEA-1", "measure_of_another_process")]
    assert codes(replace(ITEM, departments=(OTHER,))) == [("MEA-1", "measure_not_its_department")]
    assert codes(cited={**PROVISION.cited_as, "article": "9"}) == [("MEA-1", "measure_provision_unknown")]
    assert codes(ground=replace(GROUND, stands=False)) == [("MEA-1", "measure_ground_gone")]
    assert [d.code for d in ground_kind_defects("reference_list")] == ["measure_without_ground"]
    assert ground_kind_defects("record") == ground_kind_defects("listing") == []


@pytest.mark.rule("INS-2")
def test_ins_2_a_suspended_item_of_the_list_is_applied_by_nobody() -> None:
    assert codes(replace(ITEM, status="suspended")) == [("INS-2", "measure_item_suspended")]


@pytest.mark.rule("DET-4")
def test_det_4_what_leniency_covers_founds_no_heavy_measure_and_light_ones_as_ever() -> None:
    spared = replace(GROUND, spared=True)
    assert codes(ground=spared) == [("DET-4", "measure_spared_by_leniency")]
    assert codes(replace(ITEM, heavy=False), spared) == codes(ground=GROUND) == []


@pytest.mark.rule("MEA-2")
def test_mea_2_lawful_related_proportionate_and_never_twice() -> None:
    assert codes(ground=replace(GROUND, item="C03-03")) == [("MEA-2", "measure_not_related")]
    assert codes(ground=replace(GROUND, severity="轻微")) == [("MEA-2", "measure_too_heavy")]
    graver = replace(ITEM, provisions=(replace(PROVISION, severities=("严重",)),))
    assert codes(graver) == [("MEA-2", "measure_severity_unfit")]
    light = replace(ITEM, heavy=False, provisions=(replace(PROVISION, severities=("轻微",)),))
    assert codes(light, replace(GROUND, severity="轻微")) == []
    assert codes(ground=replace(GROUND, subject_kind="natural_person")) == [
        ("MEA-2", "measure_of_other_subjects")
    ]
    assert codes(applied=[applied()]) == [("MEA-2", "measure_stacked")]
    assert codes(applied=[applied()], department=OTHER) == []


@pytest.mark.rule("MEA-2")
def test_mea_2_a_record_and_a_list_that_rests_on_it_are_one_fact_under_one_provision() -> None:
    listing = replace(GROUND, kind="listing", id=str(UUID(int=8)), records=(UUID(GROUND.id),))
    assert codes(ground=listing, applied=[applied()]) == [("MEA-2", "measure_stacked")]
    assert codes(ground=replace(listing, records=(UUID(int=9),)), applied=[applied()]) == []
    other = replace(applied(), provision={**PROVISION.cited_as, "article": "9"})
    assert codes(ground=listing, applied=[other]) == []


def test_mea_3_what_is_left_to_others_is_ordered_by_nobody_and_nobody_else_is_addressed() -> None:
    assert codes(replace(ITEM, carrier="financial_institution", compulsory=False)) == [
        ("MEA-3", "measure_left_to_others")
    ]
    assert [d.field for d in addressee_defects(["department", "news_media"])] == ["/responders/1/kind"]
    assert addressee_defects(["department"]) == []


def test_mea_4_no_measure_rests_on_a_score() -> None:
    assert [(d.rule, d.code) for d in ground_kind_defects("credit_score")] == [
        ("MEA-4", "measure_on_a_score")
    ]


def test_mea_5_while_an_objection_is_verified_nothing_is_applied() -> None:
    assert codes(ground=replace(GROUND, objected=True)) == [("MEA-5", "measure_ground_objected")]


@pytest.mark.rule("JNT-4")
@pytest.mark.parametrize(
    ("changed", "first", "until", "expected"),
    [
        ({}, "", "", []),
        ({"until": "2027-11-24"}, "", "", ["measure_beyond_the_standard"]),
        ({"until": "2027-11-23"}, "2026-11-20", "", ["measure_beyond_the_standard"]),
        ({"until": "2027-11-20"}, "2026-11-20", "", []),
        ({"until": "2027-11-20"}, "", "2027-11-19", ["measure_outlives_its_ground"]),
        ({"until": "2026-11-22"}, "", "", ["measure_term_unusable"]),
        ({"until": "2026-11-23"}, "", "", []),
        ({"until": "later"}, "", "", ["measure_term_unusable"]),
        ({"from_day": "2026-11-22"}, "", "", ["measure_term_unusable"]),
    ],
)
def test_jnt_4_a_measure_has_a_term_within_the_standard_from_its_first_day_on(
    changed: dict[str, Any], first: str, until: str, expected: list[str]
) -> None:
    act = replace(APPLIED, **changed)
    found = term_defects(act, PROVISION, first_day=first, ground_until=until, today=TODAY)
    assert [defect.code for defect in found] == expected


@pytest.mark.rule("JNT-4")
def test_jnt_4_who_initiated_ends_a_measure_of_any_department_once_the_conduct_is_corrected() -> None:
    joint: dict[str, Any] = {"reasons": "已经整改", "cause": "conduct_corrected", "now": AT}
    other = replace(applied(), department=OTHER, initiator=OWN)
    ended = lift(other, officer=Officer("a-1", OWN), **joint)
    assert (ended.closes, after(other, ended).step) == (False, "report_lifted")
    unapplied = replace(other, state="named")
    assert after(unapplied, lift(unapplied, officer=Officer("a-1", OWN), **joint)).step == ""
    with pytest.raises(Refused) as refused:
        lift(other, officer=Officer("b-1", OTHER), **joint)
    assert [defect.code for defect in refused.value.defects] == ["measure_of_another_initiator"]
    corrected = after(other, ended)
    assert codes(applied=[replace(corrected, rests_on=GROUND.id)]) == [("JNT-4", "measure_conduct_corrected")]
    assert codes(applied=[replace(corrected, rests_on="another")]) == []


def test_mea_1_the_sealed_act_is_about_what_was_named() -> None:
    def found(**changed: Any) -> list[str]:
        return [d.code for d in act_defects(replace(APPLIED, **changed), named(), named="c1" * 32)]

    assert found() == []
    assert found(department=OTHER) == found(version=2) == found(measure="M02") == ["measure_of_other_naming"]
    assert found(named="00" * 32) == found(rests_on=str(UUID(int=8))) == ["measure_of_other_ground"]
    assert found(content=" ") == ["measure_without_content"]


@pytest.mark.rule("JNT-1")
@pytest.mark.parametrize(
    ("from_day", "day", "provisional"),
    [
        ("2026-11-19", "2026-11-20", False),  # the 22nd is a Sunday
        ("2026-11-20", "2026-12-22", False),
        ("2026-11-30", "2026-12-22", False),
        ("2026-12-22", "2027-01-22", True),  # beyond the calendar
        ("2026-02-01", "2026-02-14", False),  # in the holidays of the new year
    ],
)
def test_jnt_1_feedback_is_due_by_the_22nd_or_the_last_working_day_before(
    from_day: str, day: str, provisional: bool
) -> None:
    assert feedback_day(date.fromisoformat(from_day), 22, CALENDAR) == Due(
        date.fromisoformat(day), provisional
    )


@pytest.mark.rule("JNT-1")
def test_jnt_1_a_measure_waits_for_its_answer_each_report_and_the_report_of_its_end() -> None:
    first = waiting_of_measure(named())
    assert first is not None and (first.step, first.due, first.next_due) == (
        "respond",
        "2026-12-22",
        "2026-12-22",
    )
    running = waiting_of_measure(applied())
    assert running is not None and running.deadlines == (
        ("report", "2026-12-22"),
        ("end_of_term", "2027-11-23"),
    )
    late = datetime(2026, 12, 23, 2, 0, tzinfo=UTC)
    following = Due(date(2027, 1, 22), provisional=True)
    missed = miss(applied(), following=following, now=late)
    assert missed is not None and miss(applied(), following=following, now=AT) is None
    behind = after(applied(), missed)
    waiting = waiting_of_measure(behind)
    assert waiting is not None and (waiting.due, waiting.next_due) == ("2026-12-22", "2027-01-22")
    assert miss(behind, following=following, now=late) is None
    told = after(behind, report(behind, officer=OFFICER, done="已实施", following=following, now=late))
    assert (told.due, told.missed) == (("2027-01-22",), frozenset())
    ended = after(told, end(told, cause="repair", by="x", at=late))
    assert ended.step == "report_lifted"
    last = after(ended, report(ended, officer=OFFICER, done="已解除", following=following, now=late))
    assert last.step == "" and waiting_of_measure(last) is None


def test_mea_5_two_objections_suspend_until_both_are_answered() -> None:
    one, two = UUID(int=11), UUID(int=12)
    held = after(applied(), suspend(applied(), objection=one, at=AT))
    held = after(held, suspend(held, objection=two, at=AT))
    assert held.step == "hold_measure"
    half = after(held, resume(held, objection=one, at=AT))
    assert half.step == "hold_measure" and half.suspended_by == {str(two)}
    assert after(half, resume(half, objection=two, at=AT)).step == "report"


@pytest.mark.rule("JNT-1")
@pytest.mark.rule("JNT-4")
def test_who_was_not_named_and_what_is_not_due_is_refused() -> None:
    stranger, text = Officer("transport-1", OTHER), "理由"
    for act, expected in (
        (lambda: decline(named(), officer=stranger, reasons=text, now=AT), "remedy_not_the_source"),
        (lambda: decline(applied(), officer=OFFICER, reasons=text, now=AT), "measure_answered_already"),
        (lambda: decline(named(), officer=OFFICER, reasons=" ", now=AT), "remedy_without_reasons"),
        (
            lambda: report(named(), officer=OFFICER, done=text, following=NEXT, now=AT),
            "measure_nothing_to_report",
        ),
        (
            lambda: report(applied(), officer=OFFICER, done="", following=NEXT, now=AT),
            "measure_report_empty",
        ),
        (lambda: lift(named(), officer=OFFICER, reasons=text, now=AT), "measure_not_applied"),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert [d.code for d in refused.value.defects] == [expected]
    lifted = after(applied(), lift(applied(), officer=OFFICER, reasons=text, now=AT))
    assert (lifted.state, lifted.cause, lifted.step) == ("ended", "corrected", "")
