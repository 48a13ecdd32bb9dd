"""When a record may be repaired, what it takes, and that it takes no money."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalogue.gate import import_item
from domain.catalogue.items import CatalogueItem, LegalBasis
from domain.parties.acting import Agent, Officer
from domain.remedies.events import RepairApplied
from domain.remedies.limits import RemedyLimits
from domain.remedies.repair import (
    accept_repair,
    apply_for_repair,
    grant_repair,
    reject_repair,
)
from domain.remedies.repair_case import (
    Application,
    Material,
    Repair,
    amount_defects,
    fold_repair,
    materials_from,
    window_of,
)
from domain.remedies.repair_materials import missing_materials, request_materials, supply_materials
from domain.remedies.standing import Standing
from domain.shared.deadlines import add_months
from domain.shared.refusals import Refused, sentence
from interfaces.demo.city import read_city
from tests.remedies import CALENDAR, LETTER, LIMITS, PROOF, REMEDIES, SETTINGS
from tests.world import DATA

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
TODAY = date(2026, 11, 20)
CASE, RECORD = UUID(int=1), UUID(int=2)
SOURCE, OFFICE = "11420100XK7BQ3M22B", "11420100DEM0XYB175"
ONE, TWO = Officer("o-1", SOURCE), Officer("o-2", SOURCE)
AT: dict[str, Any] = {"stream_id": UUID(int=7), "stream_version": 1, "recorded_at": NOW}
ITEM: CatalogueItem = next(
    import_item(item, **AT).item() for item in read_city(DATA).items if item.code == "C03-02"
)
LAW = LegalBasis("某某法", "主席令第一号", "第一条", "law")


def standing(decided: date = date(2026, 6, 1), severity: str = "一般", **changed: Any) -> Standing:
    public = {"form": "penalty", "CF_JDRQ": decided.isoformat(), "DISCREDIT_LEVEL": severity}
    return Standing(**{"version": 1, "content": {"public": public}, "content_version": 1, **changed})


STANDING = standing()


def applied(application: Application | None = None, **changed: Any) -> RepairApplied:
    how: dict[str, Any] = {
        "item": ITEM,
        "standing": standing(),
        "ends": None,
        "deletable": False,
        "person": False,
        "now": NOW,
        "limits": LIMITS,
        "received_by": OFFICE,
        **changed,
    }
    return apply_for_repair(
        application or Application(materials=(PROOF, LETTER)),
        repair_id=CASE,
        record_id=RECORD,
        source=SOURCE,
        calendar=CALENDAR,
        **how,
    )


def case(*more: Any, application: Application | None = None) -> Repair:
    found = fold_repair([applied(application), *more])
    assert found is not None
    return found


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    assert all(sentence(d, "zh") and sentence(d, "en") for d in refused.value.defects)
    return {f"{d.rule}:{d.code}" for d in refused.value.defects}


def test_rep_2_an_application_has_three_days_to_be_accepted_and_ten_to_be_answered() -> None:
    event = applied()
    assert (event.accept_by, event.answer_by, event.provisional) == ("2026-11-25", "2026-12-04", False)
    assert (event.severity, event.mode, event.item_version) == ("一般", "shield", 1)
    assert applied(now=datetime(2026, 12, 30, tzinfo=UTC)).provisional


@pytest.mark.parametrize(
    ("severity", "decided", "first"),
    [
        ("轻微", date(2026, 11, 1), date(2026, 11, 1)),
        ("一般", date(2026, 8, 20), date(2026, 11, 21)),
        ("严重", date(2025, 11, 20), date(2026, 11, 21)),
        ("不认识", date(2026, 8, 20), date(2026, 11, 21)),
        ("一般", date(2026, 5, 31), date(2026, 9, 1)),
    ],
)
def test_rep_5_the_minimum_term_of_each_severity_is_full_before_a_repair(
    severity: str, decided: date, first: date
) -> None:
    window = window_of(standing(decided, severity).content, LIMITS)
    assert window.first == first


def test_rep_5_a_day_too_early_is_refused_and_the_next_is_not() -> None:
    record = standing(date(2026, 8, 20))
    with pytest.raises(Refused) as refused:
        applied(standing=record)
    assert codes(refused) == {"REP-5:repair_too_early"}
    assert "2026-11-21" in sentence(refused.value.defects[0])
    assert applied(standing=record, now=NOW + timedelta(days=1)).earliest == "2026-11-21"


@given(
    st.sampled_from(["轻微", "一般", "严重"]),
    st.dates(date(2022, 1, 1), date(2026, 11, 20)),
    st.none() | st.dates(date(2026, 11, 1), date(2026, 12, 31)),
)
def test_rep_1_rep_5_after_the_minimum_term_for_as_long_as_the_record_stands(
    severity: str, decided: date, ends: date | None
) -> None:
    least = LIMITS.minimum_months[severity]
    inside = (least == 0 or add_months(decided, least) < TODAY) and (ends is None or ends >= TODAY)
    try:
        applied(standing=standing(decided, severity), ends=ends)
        taken = True
    except Refused:
        taken = False
    assert taken == inside


@pytest.mark.parametrize(
    "record",
    [
        standing(status="ended"),
        standing(status="shielded"),
        standing(status="withdrawn"),
        standing(repair="r"),
        standing(date(2025, 11, 1)),
    ],
    ids=["ended", "shielded", "withdrawn", "annotated", "its term is over"],
)
def test_rep_5_what_is_shown_no_more_needs_no_repair(record: Standing) -> None:
    with pytest.raises(Refused) as refused:
        applied(standing=record, ends=TODAY - timedelta(days=1))
    assert codes(refused) == {"REP-5:repair_not_needed"}


def test_rep_1_an_item_is_excluded_only_with_a_cited_basis() -> None:
    excluding = replace(LIMITS, non_repairable={"C03-02": LAW})
    with pytest.raises(Refused) as refused:
        applied(limits=excluding)
    assert codes(refused) == {"REP-1:repair_excluded"}
    assert "某某法" in sentence(refused.value.defects[0])
    data = json.loads((DATA / "remedy_limits.json").read_text(encoding="utf-8"))
    for basis in (replace(LAW, article="-"), replace(LAW, level="department_rule"), replace(LAW, title="")):
        data["repair"]["non_repairable"]["value"] = {"C03-02": basis.to_json()}
        with pytest.raises(ValueError, match="basis"):
            RemedyLimits.from_data(data, SETTINGS)


def test_rep_1_an_item_without_anything_to_repair_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        applied(item=replace(ITEM, repair="not_applicable"))
    assert codes(refused) == {"REP-1:repair_not_applicable"}
    assert applied(item=replace(ITEM, repair="annotate")).mode == "annotate"


def test_rep_5_a_record_with_keys_of_its_own_is_deleted_and_any_other_is_shielded() -> None:
    item = replace(ITEM, repair="delete")
    assert applied(item=item, deletable=True).mode == "delete"
    assert applied(item=item, deletable=False).mode == "shield"
    assert applied(deletable=True).mode == ITEM.repair


def test_rep_2_missing_materials_do_not_refuse_and_are_asked_for_once_all_together() -> None:
    found = case(application=Application())
    asked = request_materials(found, officer=ONE, limits=LIMITS, standing=STANDING, now=NOW)
    assert asked.missing == ["performance_proof", "commitment_letter"]
    found = case(asked, application=Application())
    with pytest.raises(Refused) as refused:
        request_materials(found, officer=ONE, limits=LIMITS, standing=STANDING, now=NOW)
    assert codes(refused) == {"REP-2:repair_materials_asked_already"}


def test_rep_2_nothing_beyond_the_items_own_materials_is_asked_for() -> None:
    with pytest.raises(Refused) as refused:
        request_materials(case(), officer=ONE, limits=LIMITS, standing=STANDING, now=NOW)
    assert codes(refused) == {"REP-2:repair_nothing_missing"}
    with pytest.raises(Refused) as refused:
        request_materials(
            case(), officer=ONE, unusable=["training_proof"], limits=LIMITS, standing=STANDING, now=NOW
        )
    assert "REP-2:repair_material_not_asked_by_item" in codes(refused)
    own = replace(LIMITS, materials={**LIMITS.materials, "C03-02": ("training_proof",)})
    assert missing_materials(case(), own) == ("training_proof",)


def test_rep_2_what_cannot_be_used_is_asked_for_again_and_supplied_with_new_limits() -> None:
    asked = request_materials(
        case(), officer=ONE, unusable=["performance_proof"], limits=LIMITS, standing=STANDING, now=NOW
    )
    found = case(asked)
    with pytest.raises(Refused) as refused:
        accept_repair(found, officer=ONE, limits=LIMITS, standing=STANDING, now=NOW)
    assert codes(refused) == {"REP-2:repair_materials_missing"}

    def supplied(*materials: Material) -> Any:
        return supply_materials(
            found,
            materials,
            received_by=OFFICE,
            officer=None,
            standing=STANDING,
            person=False,
            limits=LIMITS,
            calendar=CALENDAR,
            now=NOW + timedelta(days=3),
        )

    for wrong, code in (
        ((), "REP-2:repair_material_not_asked"),
        ((LETTER,), "REP-2:repair_material_not_asked"),
        ((replace(PROOF, digest="x"),), "REP-2:repair_materials_malformed"),
    ):
        with pytest.raises(Refused) as refused:
            supplied(*wrong)
        assert codes(refused) == {code}
    found = case(asked, supplied(replace(PROOF, digest="c3" * 32)))
    assert (found.accept_by, found.answer_by) == ("2026-11-26", "2026-12-07")
    assert (
        accept_repair(found, officer=ONE, limits=LIMITS, standing=STANDING, now=NOW).originator_version == 4
    )


@pytest.mark.parametrize(
    "materials",
    [(Material("gift", "b1" * 32),), (PROOF, PROOF), (Material("report", "b1"),)],
    ids=["unknown kind", "twice", "no digest"],
)
def test_rep_2_a_malformed_material_is_refused(materials: tuple[Material, ...]) -> None:
    with pytest.raises(Refused) as refused:
        applied(Application(materials=materials))
    assert codes(refused) == {"REP-2:repair_materials_malformed"}


def test_rep_2_an_agent_needs_its_power_of_attorney() -> None:
    agent = Agent("李四", "身份证", "990106190001010017", "")
    with pytest.raises(Refused) as refused:
        applied(Application(materials=(PROOF,), agent=agent))
    assert codes(refused) == {"REP-2:remedy_power_of_attorney"}
    event = applied(Application(agent=replace(agent, power_of_attorney="a0" * 32)))
    assert event.applied_by == "agent" and "李四" not in str(event.parts()["public"])


@pytest.mark.parametrize(
    "data",
    [
        {"fee": "0"},
        {"amount": 1},
        {"serviceFee": "300"},
        {"contact": "x", "payment_amount": "1"},
        {"agent": {"name": "x", "agent_fee": "5"}},
        {"materials": [{"kind": "report", "digest": "b1" * 32, "cost": 1}]},
        {"手续费": "0"},
        {"COST": ""},
    ],
    ids=str,
)
def test_rep_3_no_amount_can_be_attached_by_anyone_anywhere(data: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        Application.from_data(data)
    assert codes(refused) == {"REP-3:repair_amount"}


def test_rep_3_where_an_amount_stands_is_told_by_names_of_ours_alone() -> None:
    sent = {
        "张三": {"fee": 1},
        "李四": [{"fee": 1}],
        "agent": {"王五": {"fee": 1}},
        "materials": [{"fee": 1}],
    }
    assert [d.field for d in amount_defects(sent)] == ["/", "/", "/agent", "/materials/0"]


def test_rep_3_what_merely_sounds_like_a_fee_is_none() -> None:
    assert not list(amount_defects({"feedback": "x", "costume": 1, "discharge": {}}))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"gift": "x"}, "PRV-1:unknown_field"),
        ({"agent": {"name": "x", "height": "y"}}, "PRV-1:unknown_field"),
        ({"agent": []}, "REP-2:remedy_text_unusable"),
        ({"agent": {"name": 1}}, "REP-2:remedy_text_unusable"),
        ({"contact": 1}, "REP-2:remedy_text_unusable"),
        ({"materials": "report"}, "REP-2:remedy_text_unusable"),
    ],
    ids=str,
)
def test_an_application_of_another_shape_is_refused_with_its_rule(data: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        Application.from_data(data)
    assert codes(refused) == {code}


def test_an_application_is_read_from_a_request() -> None:
    data = {
        "materials": [{"kind": PROOF.kind, "digest": PROOF.digest}],
        "contact": "电话",
        "agent": {"name": "李四", "id_type": "身份证", "id_number": "1", "power_of_attorney": "a0" * 32},
    }
    read = Application.from_data(data, officer="o-1")
    assert read.materials == (PROOF,) == materials_from(data["materials"])
    assert read == Application((PROOF,), "电话", Agent("李四", "身份证", "1", "a0" * 32), "o-1")


def accepted() -> Repair:
    return case(accept_repair(case(), officer=ONE, limits=LIMITS, standing=STANDING, now=NOW))


def test_rep_2_what_is_accepted_is_neither_accepted_again_nor_asked_about() -> None:
    how: dict[str, Any] = {"officer": ONE, "limits": LIMITS, "standing": STANDING, "now": NOW}
    for again in (lambda: accept_repair(accepted(), **how), lambda: request_materials(accepted(), **how)):
        with pytest.raises(Refused) as refused:
            again()
        assert "REP-2:repair_accepted_already" in codes(refused)


def test_rep_5_a_grant_needs_acceptance_the_source_and_an_officer_who_did_not_determine_or_file() -> None:
    def granted(found: Repair, officer: Officer, determined_by: str | None = None, **how: Any) -> Any:
        return grant_repair(
            found, officer=officer, determined_by=determined_by, standing=standing(**how), now=NOW
        )

    event = granted(accepted(), TWO)
    assert (event.outcome, event.mode) == ("granted", "shield")
    entered = case(application=Application(materials=(PROOF, LETTER), officer="o-2"))
    for call, code in (
        (lambda: granted(case(), TWO), "REP-2:repair_not_accepted"),
        (lambda: granted(accepted(), TWO, "o-2"), "REP-2:remedy_decided_by_determiner"),
        (lambda: granted(replace(entered, accepted=True), TWO), "REP-2:remedy_decided_by_filer"),
        (lambda: granted(accepted(), Officer("o-2", OFFICE)), "REP-2:remedy_not_the_source"),
        (lambda: granted(accepted(), TWO, status="withdrawn"), "REP-5:repair_not_needed"),
        (lambda: granted(replace(accepted(), decided=True), TWO), "REP-2:repair_decided_already"),
    ):
        with pytest.raises(Refused) as refused:
            call()
        assert codes(refused) == {code}


def test_rep_1_a_rejection_says_why_and_cites_the_basis_when_it_excludes() -> None:
    def rejected(**changed: Any) -> Any:
        how: dict[str, Any] = {"reasons": "尚未履行", "remedies": REMEDIES, "determined_by": None, **changed}
        return reject_repair(case(), officer=TWO, now=NOW, **how)

    assert rejected().outcome == "rejected"
    assert rejected(excluded_by=LAW).basis["level"] == "law"
    for changed, code in (
        ({"excluded_by": replace(LAW, article="")}, "REP-1:repair_excluded_without_basis"),
        ({"excluded_by": replace(LAW, level="normative_document")}, "REP-1:repair_excluded_without_basis"),
        (
            {
                "excluded_by": replace(
                    LAW, title="示范市信用修复工作的通知", document_number="示信办〔2026〕1号"
                )
            },
            "REP-1:repair_excluded_without_basis",
        ),
        ({"reasons": ""}, "REP-2:remedy_without_reasons"),
        ({"remedies": {}}, "REP-2:remedy_without_remedies"),
    ):
        with pytest.raises(Refused) as refused:
            rejected(**changed)
        assert codes(refused) == {code}


@pytest.mark.rule("REP-5")
@pytest.mark.parametrize("status", ["ended", "shielded", "withdrawn"])
def test_rep_5_what_is_shown_no_more_is_neither_asked_about_nor_accepted_only_refused(status: str) -> None:
    gone = standing(status=status)
    with pytest.raises(Refused) as refused:
        accept_repair(case(), officer=ONE, limits=LIMITS, standing=gone, now=NOW)
    assert codes(refused) == {"REP-5:repair_not_needed"}
    with pytest.raises(Refused) as refused:
        request_materials(case(application=Application()), officer=ONE, limits=LIMITS, standing=gone, now=NOW)
    assert codes(refused) == {"REP-5:repair_not_needed"}
    accept_repair(case(), officer=ONE, limits=LIMITS, standing=standing(), now=NOW)


SERVICE = Material("public_service", "b3" * 32, hours=24, certified_by="示范市志愿服务联合会")


def service_codes(
    *materials: Material, person: bool = True, hours: int = 20, item: str = "C03-02"
) -> set[str]:
    with pytest.raises(Refused) as refused:
        applied(
            Application(materials=(PROOF, LETTER, *materials)),
            person=person,
            limits=replace(LIMITS, public_service={item: hours}),
        )
    return codes(refused)


def test_rep_7_a_person_repairs_through_public_service_where_the_item_allows_it() -> None:
    own = replace(
        LIMITS,
        public_service={"C03-02": 24},
        materials={"*": ("performance_proof", "commitment_letter", "other_proof")},
    )
    event = applied(Application(materials=(PROOF, LETTER, SERVICE)), person=True, limits=own)
    assert event.public_service == {"hours": 24, "certified_by": "示范市志愿服务联合会"}
    found = fold_repair([event])
    # It shows that ill effects were removed; that duties were performed it never shows.
    assert found is not None and missing_materials(found, own) == ()
    alone = fold_repair([applied(Application(materials=(SERVICE,)), person=True, limits=own)])
    assert alone is not None and missing_materials(alone, own) == ("performance_proof", "commitment_letter")


def test_rep_7_public_service_is_refused_where_nothing_allows_it_and_when_nobody_certified_it() -> None:
    assert service_codes(SERVICE, item="C03-01") == {"REP-7:public_service_not_allowed"}
    assert service_codes(SERVICE, person=False) == {"REP-7:public_service_of_a_person"}
    assert service_codes(SERVICE, hours=25) == {"REP-7:public_service_hours"}
    assert service_codes(replace(SERVICE, hours=None)) == {"REP-7:public_service_hours"}
    assert service_codes(replace(SERVICE, certified_by=" ")) == {"REP-7:public_service_uncertified"}
    other = Material("report", "b4" * 32, hours=3)
    assert service_codes(other) == {"REP-2:public_service_only"}


def test_rep_7_public_service_is_handed_in_for_what_was_asked_for() -> None:
    own = replace(
        LIMITS,
        public_service={"C03-02": 20},
        materials={"*": ("performance_proof", "commitment_letter", "other_proof")},
    )
    asked = request_materials(case(), officer=TWO, limits=own, standing=STANDING, now=NOW)
    assert asked.missing == ["other_proof"]

    def supplied(person: bool) -> Any:
        return supply_materials(
            case(asked),
            (SERVICE,),
            received_by=OFFICE,
            officer=None,
            standing=STANDING,
            person=person,
            limits=own,
            calendar=CALENDAR,
            now=NOW,
        )

    found = case(asked, supplied(person=True))
    assert missing_materials(found, own) == () and not found.lacking
    with pytest.raises(Refused) as refused:
        supplied(person=False)
    assert codes(refused) == {"REP-7:public_service_of_a_person"}
