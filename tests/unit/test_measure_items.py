"""The gate of the measures list: what an item must cite and fit, and what it may never order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.catalogue.items import LegalBasis
from domain.instruments.ledger import Stopped
from domain.measures.items import (
    MeasureItem,
    MeasureItemAdopted,
    MeasureItemDrafted,
    Provision,
    adopt_measure,
    fold_items,
    import_measure,
    item_defects,
    item_in_force,
    suspend_measure,
)
from domain.shared.refusals import Refused
from interfaces.demo.city import measure_items
from tests.world import DATA

LAW = LegalBasis("中华人民共和国食品安全法", "2021修正", "135", "law")
LOCAL = LegalBasis("示范市社会信用条例", "示范市人大常委会公告第1号", "12", "local_regulation")
PROVISION = Provision(LAW, ("C06-04",), ("一般", "严重"), 36)
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
)
PLACE: dict[str, Any] = {"stream_id": UUID(int=1), "recorded_at": datetime(2026, 11, 21, tzinfo=UTC)}


def with_provision(**changed: Any) -> MeasureItem:
    return replace(ITEM, provisions=(replace(PROVISION, **changed),))


def found(item: MeasureItem) -> list[tuple[str, str]]:
    return [(defect.rule, defect.code) for defect in item_defects(item)]


@pytest.mark.rule("DET-7")
@pytest.mark.rule("MEA-2")
def test_mea_2_a_provision_says_whom_of_the_linked_persons_it_reaches_and_nothing_else_is_a_role() -> None:
    reaching = with_provision(linked_roles=("法定代表人",))
    assert found(reaching) == [] and MeasureItem.from_json(reaching.to_json()) == reaching
    assert "linked_roles" not in PROVISION.to_json()
    assert found(with_provision(linked_roles=("亲属",))) == [("MEA-2", "measure_roles_unknown")]


def test_an_item_with_all_that_it_needs_has_no_defect_and_survives_its_own_form() -> None:
    assert found(ITEM) == []
    assert MeasureItem.from_json(ITEM.to_json()) == ITEM


@pytest.mark.rule("MEA-1")
@pytest.mark.parametrize(
    ("item", "code"),
    [
        (with_provision(basis=replace(LAW, article="-")), "measure_basis_incomplete"),
        (with_provision(basis=replace(LAW, level="department_rule")), "measure_basis_insufficient"),
        (with_provision(basis=replace(LAW, level="normative_document")), "measure_basis_insufficient"),
        (replace(ITEM, provisions=()), "measure_without_basis"),
        (replace(ITEM, layer="district"), "measure_layer_unknown"),
        (replace(ITEM, layer="local"), "measure_supplement_basis"),
        (replace(ITEM, effective_from="16.12.2021"), "measure_days_unreadable"),
        (replace(ITEM, carrier="anyone"), "measure_carrier_unknown"),
    ],
)
def test_mea_1_an_item_cites_its_provision_directly_and_a_local_one_a_local_regulation(
    item: MeasureItem, code: str
) -> None:
    assert ("MEA-1", code) in found(item)


def test_mea_1_a_local_item_with_a_local_regulation_is_adopted_and_the_national_list_is_not_edited() -> None:
    provisions = (replace(PROVISION, basis=LOCAL),)
    local = replace(ITEM, layer="local", provisions=provisions, effective_from="2026-11-21")
    assert adopt_measure(local, before=[local], **PLACE, stream_version=1).told().status == "in_force"
    national = replace(ITEM, effective_from="2026-11-21")
    early = replace(local, effective_from="2026-11-20")
    for item, before, code in (
        (national, local, "measure_national_layer"),
        (local, ITEM, "measure_national_layer"),
        (early, local, "measure_before_publication"),
    ):
        with pytest.raises(Refused) as refused:
            adopt_measure(item, before=[before], **PLACE, stream_version=1)
        assert [(d.rule, d.code) for d in refused.value.defects] == [("MEA-1", code)]


def test_mea_1_a_measure_that_was_withdrawn_is_not_in_the_list_again() -> None:
    first = replace(ITEM, status="in_force")
    last = replace(first, version=2, effective_from="2026-06-01", effective_to="2026-06-30")
    assert item_in_force([first, last], date(2026, 6, 30)) == last
    assert item_in_force([first, last], date(2026, 7, 1)) is None


@pytest.mark.rule("MEA-2")
@pytest.mark.parametrize(
    ("item", "code"),
    [
        (with_provision(severities=("轻微", "一般")), "measure_heavy_for_slight"),
        (with_provision(severities=("重大",)), "measure_severity_unknown"),
        (with_provision(items=()), "measure_fits_nothing"),
        (replace(ITEM, subject_kinds=()), "measure_subjects_unknown"),
    ],
)
def test_mea_2_an_item_says_what_it_fits_and_a_heavy_one_never_fits_slight_conduct(
    item: MeasureItem, code: str
) -> None:
    assert found(item) == [("MEA-2", code)]


def test_mea_2_a_light_measure_may_fit_slight_conduct() -> None:
    assert found(replace(with_provision(severities=("轻微",)), heavy=False)) == []


@pytest.mark.parametrize(
    "carrier", ["financial_institution", "credit_service", "trade_association", "news_media"]
)
def test_mea_3_no_item_orders_banks_credit_services_associations_or_media(carrier: str) -> None:
    assert found(replace(ITEM, carrier=carrier)) == [("MEA-3", "measure_orders_others")]
    assert found(replace(ITEM, carrier=carrier, compulsory=False)) == []


def test_jnt_4_an_item_states_the_longest_term_of_each_provision() -> None:
    assert found(with_provision(months_max=0)) == [("JNT-4", "measure_without_term")]
    assert found(with_provision(months_max=1)) == []


def test_mea_1_the_national_list_enters_with_what_holds_its_drafts_back() -> None:
    entered = [import_measure(item, **PLACE, stream_version=1) for item in measure_items(DATA)]
    held = {event.code: event.told().reasons for event in entered if isinstance(event, MeasureItemDrafted)}
    assert len(entered) == 14 and held == {"M12": ("measure_without_basis",)}


def test_ins_2_what_rests_on_a_stopped_document_is_suspended_once_and_a_new_version_resumes_it() -> None:
    first = import_measure(ITEM, **PLACE, stream_version=1)
    stopped = [Stopped(UUID(int=7), "114201001ML29E5H67", f"《{LAW.title}》")]
    suspended = suspend_measure(fold_items([first]), stopped, **PLACE, stream_version=2)
    assert suspended is not None and suspended.versions == [1]
    versions = fold_items([first, suspended])
    now = item_in_force(versions, date(2026, 11, 21))
    assert now is not None and (now.status, now.stopped_by) == ("suspended", f"《{LAW.title}》")
    assert suspend_measure(versions, stopped, **PLACE, stream_version=3) is None
    assert isinstance(first, MeasureItemAdopted)
    assert ("INS-2", "measure_basis_stopped") in [(d.rule, d.code) for d in item_defects(ITEM, stopped)]
    other = replace(ITEM, version=2, provisions=(replace(PROVISION, basis=replace(LAW, title="另法")),))
    again = item_in_force(
        fold_items([first, suspended, import_measure(other, **PLACE, stream_version=3)]), date(2026, 11, 21)
    )
    assert again is not None and (again.version, again.status) == (2, "in_force")
