"""What a department publishes beside what the public view shows: equal gives nothing, any change is told (PUB-3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalogue.items import CatalogueItem
from domain.records.consistency import CONTENT, TERM, differences, row_defects
from domain.records.masking import masked_fields
from domain.records.publicity import public_rendition, publicity_term
from domain.shared.canonical import Parts
from interfaces.client.form_data import load_forms
from interfaces.demo.city import read_city
from interfaces.demo.penalty import penalty_of
from tests.world import DATA

CITY = read_city(DATA)
SOURCE = CITY.agencies[0]
TODAY = date(2026, 11, 21)
PENALTY = penalty_of(SOURCE, "示范市测试有限公司", "91420100MA4KX00G1D", number=1, today=TODAY)
ITEM = next(item for item in CITY.items if item.code == "C03-02")
FORM = load_forms()["penalty"]
PERSON: Parts = {
    "public": {
        code: value
        for code, value in PENALTY["public"].items()
        if code not in ("CF_XDR_MC", "CF_XDR_SHXYM", "CF_WFXW", "CF_NR")
    }
    | {"CF_XDR_LB": "自然人"},
    "restricted": {**PENALTY["restricted"], "CF_WFXW": "违法", "CF_NR": "罚款"},
    "person/1": {"CF_XDR_MC": "欧阳示例", "CF_XDR_ZJLX": "身份证", "CF_XDR_ZJHM": "420100199001011235"},
}
CHANGEABLE = sorted(set(PENALTY["public"]) - {"form", "item"})


def shown(parts: Parts, item: CatalogueItem = ITEM) -> Mapping[str, object]:
    """What the view shows of a record with these parts."""
    term = publicity_term(item, parts, recorded_on=TODAY)
    return public_rendition(item, parts, replace(term, public=True))


def told(
    there: Parts, here: Parts = PENALTY, item: CatalogueItem = ITEM
) -> list[tuple[str, tuple[str, ...]]]:
    """How a row differs from the record, by kind and fields; a row that cannot be compared is told as ``bad``."""
    if row_defects(FORM, there, department=SOURCE.code, today=TODAY):
        return [("bad", ())]
    found = differences(shown(here, item), there, item=item, months_max=None)
    return [(kind, fields) for kind, fields, _, _ in found]


def changed(code: str, value: str | None) -> Parts:
    public = {**PENALTY["public"], code: value}
    return {**PENALTY, "public": {name: v for name, v in public.items() if v is not None}}


def test_pub_3_a_copy_differs_in_nothing() -> None:
    assert told(PENALTY) == []


@pytest.mark.rule("PUB-3")
@given(code=st.sampled_from(CHANGEABLE), value=st.none() | st.text("甲乙2〕91-", min_size=1, max_size=12))
def test_pub_3_any_change_to_a_published_row_is_told(code: str, value: str | None) -> None:
    if value != PENALTY["public"][code]:
        found = told(changed(code, value))
        assert found and (found == [("bad", ())] or any(code in fields for _, fields in found))


def test_pub_3_content_and_term_are_told_apart() -> None:
    assert told(changed("CF_WFXW", "另一违法行为")) == [(CONTENT, ("CF_WFXW",))]
    assert told(changed("CF_GSJZQ", "2026-12-01")) == [(TERM, ("CF_GSJZQ",))]
    assert told(changed("CF_GSJZQ", None)) == [(TERM, ("CF_GSJZQ",))]
    # The class decides the maximum: 轻微 is public for less time than the department sent.
    both = told(changed("DISCREDIT_LEVEL", "轻微"))
    assert both == [(CONTENT, ("DISCREDIT_LEVEL",)), (TERM, ())]


def test_pub_3_both_last_days_are_told() -> None:
    ((_, _, here, there),) = differences(
        shown(PENALTY), changed("CF_GSJZQ", "2026-12-01"), item=ITEM, months_max=None
    )
    assert (here, there) == (PENALTY["public"]["CF_GSJZQ"], "2026-12-01")


def test_pub_3_a_person_is_compared_as_masked_and_hidden_fields_are_not_compared() -> None:
    item = replace(ITEM, public_natural_person=True)
    person = masked_fields(PERSON["person/1"], item.masking or (), prefix="CF_")
    assert person["CF_XDR_MC"] == "欧阳**"
    masked = {**PERSON, "person/1": person, "restricted": {}}
    assert told(PERSON, PERSON, item) == told(masked, PERSON, item) == []
    another = {**masked, "person/1": {**person, "CF_XDR_MC": "欧*"}}
    assert told(another, PERSON, item) == [(CONTENT, ("CF_XDR_MC",))]


@pytest.mark.parametrize(
    ("code", "value"), [("CF_WSH", None), ("CF_JDRQ", "去年"), ("CF_GSJZQ", "很久"), ("CF_CFJGDM", "无")]
)
def test_pub_3_a_row_that_names_no_document_or_no_day_cannot_be_compared(
    code: str, value: str | None
) -> None:
    assert told(changed(code, value)) == [("bad", ())]


def test_pub_3_another_authoritys_determination_is_not_compared() -> None:
    other = CITY.agencies[1].code
    (defect,) = row_defects(FORM, changed("CF_CFJGDM", other), department=SOURCE.code, today=TODAY)
    assert (defect.rule, defect.code) == ("PUB-3", "consistency_authority_of_another")
