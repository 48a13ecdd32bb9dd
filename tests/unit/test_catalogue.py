"""The catalogue gate: what becomes an item, and which determinations an item lets in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalogue import gate as catalogue
from domain.catalogue.items import (
    CatalogueItem,
    CatalogueItemAdopted,
    CatalogueItemDrafted,
    LegalBasis,
    MaskedField,
    PublicityRule,
    Sharing,
    fold,
    version_in_force,
)
from domain.shared.canonical import canonical
from domain.shared.legal_basis import LOCAL_LEVELS, SUFFICIENT_LEVELS
from domain.shared.prose_catalogue import PROSE_CATALOGUE
from domain.shared.refusals import Defect, Refused
from interfaces.demo.city import catalogue_items, read_city

DATA = Path(__file__).resolve().parents[2] / "data"
CITY = read_city(DATA)
AT: Mapping[str, Any] = {
    "stream_id": UUID(int=7),
    "stream_version": 1,
    "recorded_at": datetime(2026, 1, 1, tzinfo=UTC),
}
HELD_BACK = {"C04-01", "C05-03", "C06-03", "C06-12", "C06-13", "C09-02"}
MARKET, ECOLOGY = CITY.agencies[0].code, CITY.agencies[1].code
TODAY = date(2026, 11, 21)

LOCAL = LegalBasis("示范省社会信用条例", "示范省人大公告第1号", "第十二条", "local_regulation")
SUPPLEMENT = CatalogueItem(
    code="M-01",
    version=1,
    layer="municipal",
    name_zh="示范事项",
    name_en="Demo item",
    nature="negative",
    subject_kinds=("organisation", "natural_person"),
    bases=(LOCAL,),
    effective_from="2026-01-01",
    public_organisation=True,
    public_natural_person=False,
    sharing=Sharing(("*",), ("licensing",)),
    publicity=PublicityRule("severity_maximum", (3, 12, 36)),
    masking=(MaskedField("XDR_MC", "name"), MaskedField("XDR_ZJHM", "ends", 6, 2)),
    repair="shield",
    collectors=(MARKET,),
)


def rules(refused: Refused) -> set[tuple[str, str]]:
    return {(defect.rule, defect.code) for defect in refused.defects}


def adopting(item: CatalogueItem) -> set[tuple[str, str]]:
    with pytest.raises(Refused) as refusal:
        catalogue.adopt(item, **AT)
    return rules(refusal.value)


def imported(code: str) -> CatalogueItem:
    item = next(item for item in CITY.items if item.code == code)
    return catalogue.import_item(item, **AT).item()


def passing(item: CatalogueItem, **changed: Any) -> list[Defect]:
    facts = {
        "submitting_department": MARKET,
        "authority_code": MARKET,
        "subject_kind": "organisation",
        "decided": TODAY,
    }
    return catalogue.gate([item], **{**facts, **changed})


@pytest.mark.rule("CAT-2")
def test_CAT_2_of_the_47_items_exactly_the_six_without_a_sufficient_basis_become_drafts() -> None:
    events = [catalogue.import_item(item, **AT) for item in CITY.items]
    drafts = {event.code: event for event in events if isinstance(event, CatalogueItemDrafted)}
    assert len(events) == 47
    assert set(drafts) == HELD_BACK
    assert all(event.reasons == ["catalogue_basis_insufficient"] for event in drafts.values())
    assert all(not event.reasons for event in events if isinstance(event, CatalogueItemAdopted))


@pytest.mark.rule("CAT-2")
@pytest.mark.parametrize(
    "level",
    [
        "department_rule", "local_government_rule", "normative_document", "judicial_interpretation",
        "standard", "internal", "state_council_decision", "",
    ],
)  # fmt: skip
def test_CAT_2_a_lower_level_alone_is_not_enough(level: str) -> None:
    codes = adopting(replace(SUPPLEMENT, bases=(replace(LOCAL, level=level),)))
    assert ("CAT-2", "catalogue_basis_insufficient") in codes


@pytest.mark.rule("CAT-2")
@pytest.mark.parametrize("level", ["law", "admin_regulation", "local_regulation", "central_policy"])
def test_CAT_2_each_sufficient_level_carries_a_national_item(level: str) -> None:
    item = replace(SUPPLEMENT, layer="national", bases=(replace(LOCAL, level=level),))
    assert isinstance(catalogue.import_item(item, **AT), CatalogueItemAdopted)


@pytest.mark.rule("CAT-2")
@pytest.mark.parametrize("missing", ["title", "document_number", "article"])
def test_CAT_2_a_basis_needs_title_number_and_article(missing: str) -> None:
    bare = replace(LOCAL, **{missing: " "})
    assert adopting(replace(SUPPLEMENT, bases=(bare,))) == {("CAT-2", "catalogue_basis_incomplete")}


@pytest.mark.rule("CAT-2")
def test_CAT_2_an_article_that_is_not_stated_is_accepted_from_the_imported_layer_only() -> None:
    vague = replace(SUPPLEMENT, bases=(replace(LOCAL, article="-"),))
    assert adopting(vague) == {("CAT-2", "catalogue_basis_incomplete")}
    assert isinstance(catalogue.import_item(replace(vague, layer="national"), **AT), CatalogueItemAdopted)


def test_the_sufficient_levels_are_those_of_the_reference_data() -> None:
    admissible = json.loads((DATA / "legal_levels.json").read_text(encoding="utf-8"))["admissible"]
    levels = {gate["gate"]: set(gate["levels"]) for gate in admissible}
    assert levels["catalogue_inclusion"] == SUFFICIENT_LEVELS
    assert levels["local_catalogue_supplement"] == LOCAL_LEVELS
    assert levels["publish_personal_information"] == catalogue.PERSONAL_LEVELS


@pytest.mark.rule("CAT-6")
def test_CAT_6_a_supplement_without_a_local_regulation_is_refused() -> None:
    item = replace(SUPPLEMENT, bases=(replace(LOCAL, level="law"),))
    assert adopting(item) == {("CAT-6", "catalogue_supplement_basis")}


@pytest.mark.rule("CAT-6")
@pytest.mark.parametrize("edit", [catalogue.adopt, catalogue.draft])
def test_CAT_6_the_national_layer_is_never_edited_here(edit: Any) -> None:
    with pytest.raises(Refused) as refusal:
        edit(replace(SUPPLEMENT, layer="national"), **AT)
    assert rules(refusal.value) == {("CAT-6", "catalogue_national_layer")}


@pytest.mark.rule("CAT-6")
def test_CAT_6_no_supplement_takes_the_place_of_what_is_national() -> None:
    ours = replace(SUPPLEMENT, version=2)
    assert catalogue.adopt(ours, before=[SUPPLEMENT], **AT).version == 2
    with pytest.raises(Refused) as refusal:
        catalogue.adopt(ours, before=[replace(SUPPLEMENT, layer="national")], **AT)
    assert rules(refusal.value) == {("CAT-6", "catalogue_national_layer")}


@pytest.mark.rule("PUB-4")
def test_PUB_4_an_adverse_item_of_ours_is_public_no_longer_than_its_severity_class_allows() -> None:
    most = {**AT, "months_max": (3, 12, 36)}
    assert catalogue.adopt(SUPPLEMENT, **most).item().publicity == SUPPLEMENT.publicity
    for rule in (
        PublicityRule("severity_maximum", (3, 12, 37)),
        PublicityRule("months_from_decision", (12,)),
        PublicityRule("valid_to"),
    ):
        with pytest.raises(Refused) as refusal:
            catalogue.adopt(replace(SUPPLEMENT, publicity=rule), **most)
        assert rules(refusal.value) == {("PUB-4", "catalogue_term_beyond_maximum")}
    kept = replace(SUPPLEMENT, nature="neutral", publicity=PublicityRule("months_from_decision", (60,)))
    assert catalogue.adopt(kept, **most).nature == "neutral"


@pytest.mark.rule("CAT-3")
def test_CAT_3_no_item_is_in_force_before_it_is_published() -> None:
    assert adopting(replace(SUPPLEMENT, effective_from="2025-12-31")) == {
        ("CAT-3", "catalogue_before_publication")
    }


@pytest.mark.rule("CAT-3")
def test_CAT_3_what_is_superseded_does_not_come_back_so_an_item_can_be_withdrawn() -> None:
    first = replace(SUPPLEMENT, status="in_force")
    last = replace(first, version=2, effective_from="2026-06-01", effective_to="2026-06-30")
    days = {"2026-05-31": first, "2026-06-30": last, "2026-07-01": None}
    for day, found in days.items():
        assert version_in_force([first, last], date.fromisoformat(day)) == found
    assert [d.code for d in catalogue.gate([first, last], submitting_department=MARKET, authority_code=MARKET,
            subject_kind="organisation", decided=TODAY)] == ["catalogue_item_not_in_force"]  # fmt: skip


@pytest.mark.rule("CAT-4")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"subject_kinds": ()}, "catalogue_undecided_subject_kinds"),
        ({"public_organisation": None}, "catalogue_undecided_public"),
        ({"public_natural_person": None}, "catalogue_undecided_public"),
        ({"sharing": None}, "catalogue_undecided_sharing"),
        ({"sharing": Sharing(("*",), ())}, "catalogue_undecided_sharing"),
        ({"publicity": None}, "catalogue_undecided_publicity"),
        ({"publicity": PublicityRule("severity_maximum", (3, 12))}, "catalogue_undecided_publicity"),
        (
            {
                "public_organisation": False,
                "public_natural_person": False,
                "publicity": PublicityRule("months_from_decision", ()),
            },
            "catalogue_undecided_publicity",
        ),
        ({"masking": None}, "catalogue_undecided_masking"),
        ({"repair": None}, "catalogue_undecided_repair"),
        ({"repair": "not_applicable"}, "catalogue_undecided_repair"),
        ({"collectors": None}, "catalogue_undecided_collectors"),
        ({"effective_from": "16.12.2021"}, "catalogue_dates_unreadable"),
        ({"effective_from": "20260101"}, "catalogue_dates_unreadable"),
        ({"effective_to": "2025-01-01"}, "catalogue_dates_unreadable"),
        ({"effective_to": "20270101"}, "catalogue_dates_unreadable"),
    ],
)
def test_CAT_4_an_item_without_a_decision_is_not_adopted(changes: dict[str, Any], code: str) -> None:
    item = replace(SUPPLEMENT, **changes)
    assert ("CAT-4", code) in adopting(item)
    assert code in catalogue.draft(item, **AT).reasons


@pytest.mark.rule("CAT-5")
def test_CAT_5_one_department_collects_or_each_what_it_determined() -> None:
    assert ("CAT-5", "catalogue_several_collectors") in adopting(
        replace(SUPPLEMENT, collectors=(MARKET, "B"))
    )
    for collectors in ((), (MARKET,)):
        assert catalogue.item_defects(replace(SUPPLEMENT, collectors=collectors)) == []


@pytest.mark.rule("PUB-2")
@pytest.mark.parametrize(
    ("left", "right", "enough"), [(6, 4, True), (7, 0, False), (0, 5, False), (-5, 0, False)]
)
def test_PUB_2_a_masking_hides_more_than_it_shows(left: int, right: int, enough: bool) -> None:
    masking = (MaskedField("XDR_MC", "name"), MaskedField("XDR_ZJHM", "ends", left, right))
    public = replace(
        SUPPLEMENT, subject_kinds=("natural_person",), public_natural_person=True, masking=masking,
        personal_information_bases=SUPPLEMENT.bases,
    )  # fmt: skip
    found = [(d.rule, d.code) for d in catalogue.item_defects(public)]
    assert (("PUB-2", "catalogue_masking_too_little") not in found) == enough


@pytest.mark.rule("CAT-4")
def test_CAT_4_without_a_citys_decisions_every_imported_item_is_a_draft() -> None:
    bare = json.loads((DATA / "catalogue.json").read_text(encoding="utf-8"))
    items = catalogue_items(bare, {}, decided_by="")
    assert all(isinstance(catalogue.import_item(item, **AT), CatalogueItemDrafted) for item in items)


@pytest.mark.rule("PUB-2")
def test_PUB_2_natural_persons_are_public_only_on_a_named_basis_or_consent() -> None:
    public = replace(SUPPLEMENT, public_natural_person=True)
    policy = replace(LOCAL, level="central_policy", document_number="国办发〔2020〕49号")
    assert adopting(public) == {("PUB-2", "catalogue_personal_basis")}
    assert adopting(replace(public, personal_information_bases=(policy,))) == {
        ("PUB-2", "catalogue_personal_basis")
    }
    grounded = replace(public, personal_information_bases=(LOCAL,))
    assert catalogue.adopt(grounded, **AT).item().is_public_for("natural_person")
    agreed = replace(public, personal_information_consent=True)
    assert catalogue.adopt(agreed, **AT).item().is_public_for("natural_person")


@pytest.mark.rule("PUB-2")
def test_PUB_2_natural_persons_are_public_only_with_name_and_number_masked() -> None:
    public = replace(
        SUPPLEMENT,
        public_natural_person=True,
        personal_information_bases=(LOCAL,),
        masking=(MaskedField("XDR_MC", "name"),),
    )
    assert adopting(public) == {("PUB-2", "catalogue_personal_masking")}


@pytest.mark.rule("CAT-1")
@pytest.mark.parametrize(
    ("versions", "decided", "code"),
    [
        ([], TODAY, "catalogue_item_unknown"),
        (["C05-03"], TODAY, "catalogue_item_draft"),
        (["C03-02"], date(2021, 12, 15), "catalogue_item_not_in_force"),
    ],
)
def test_CAT_1_no_record_without_an_item_in_force_on_the_day_of_the_determination(
    versions: list[str], decided: date, code: str
) -> None:
    defects = catalogue.gate(
        [imported(version) for version in versions],
        submitting_department=MARKET,
        authority_code=MARKET,
        subject_kind="organisation",
        decided=decided,
    )
    assert [(defect.rule, defect.code) for defect in defects] == [("CAT-1", code)]


@pytest.mark.rule("CAT-1")
def test_CAT_1_the_first_day_in_force_lets_in() -> None:
    assert passing(imported("C03-02"), decided=date(2021, 12, 16)) == []


@pytest.mark.rule("CAT-4")
def test_CAT_4_a_subject_kind_that_the_item_does_not_cover_is_refused() -> None:
    defects = passing(imported("C05-01"), subject_kind="natural_person")
    assert [(defect.rule, defect.code) for defect in defects] == [("CAT-4", "catalogue_subject_kind")]


@pytest.mark.rule("CAT-5")
def test_CAT_5_only_the_collector_submits() -> None:
    item = imported("C05-01")
    assert passing(item) == []
    defects = passing(item, submitting_department=ECOLOGY, authority_code=ECOLOGY)
    assert [(defect.rule, defect.code) for defect in defects] == [("CAT-5", "catalogue_not_the_collector")]
    chinese, english = PROSE_CATALOGUE[defects[0].code]
    assert "共享视图" in chinese
    assert "shared view" in english


@pytest.mark.rule("CAT-5")
def test_CAT_5_without_a_single_collector_the_determining_authority_submits() -> None:
    item = imported("C03-02")
    assert passing(item, submitting_department=ECOLOGY, authority_code=ECOLOGY) == []
    defects = passing(item, submitting_department=MARKET, authority_code=ECOLOGY)
    assert [(defect.rule, defect.code) for defect in defects] == [
        ("CAT-5", "catalogue_not_the_determining_authority")
    ]


@pytest.mark.rule("CAT-5")
def test_CAT_5_an_item_of_a_department_that_is_not_registered_takes_nothing() -> None:
    assert passing(imported("C12-01"))[0].rule == "CAT-5"


def test_an_event_gives_back_its_item_through_parts() -> None:
    for item in CITY.items:
        event = catalogue.import_item(item, **AT)
        again = type(event).from_parts(
            event.parts(), stream_id=AT["stream_id"], version=1, recorded_at=AT["recorded_at"]
        )
        assert again.item() == event.item()
        assert json.loads(canonical(event.parts()["public"])) == event.parts()["public"]


def test_the_item_that_an_event_tells_is_the_item_that_was_imported() -> None:
    item = next(item for item in CITY.items if item.code == "C06-01")
    assert replace(imported("C06-01"), status="draft") == item


def test_versions_fold_and_a_later_event_on_a_version_replaces_it() -> None:
    drafted = catalogue.draft(SUPPLEMENT, **AT)
    adopted = catalogue.adopt(SUPPLEMENT, **AT)
    second = catalogue.adopt(replace(SUPPLEMENT, version=2, effective_from="2026-06-01"), **AT)
    assert [item.status for item in fold([drafted])] == ["draft"]
    versions = fold([drafted, adopted, second])
    assert [(item.version, item.status) for item in versions] == [(1, "in_force"), (2, "in_force")]


@given(st.dates(min_value=date(2025, 1, 1), max_value=date(2028, 1, 1)))
def test_on_every_day_the_version_in_force_is_the_one_that_took_effect_last(day: date) -> None:
    first = replace(SUPPLEMENT, status="in_force")
    second = replace(first, version=2, effective_from="2026-06-01", effective_to="2026-12-31")
    found = version_in_force([second, first, replace(first, version=3, status="draft")], day)
    if day < date(2026, 1, 1) or day > date(2026, 12, 31):
        assert found is None
    elif day >= date(2026, 6, 1):
        assert found == second
    else:
        assert found == first


def test_every_code_has_its_sentence_in_both_languages() -> None:
    bad = replace(
        SUPPLEMENT, bases=(replace(LOCAL, level="standard", title=""),), subject_kinds=("natural_person",),
        public_natural_person=True, sharing=None, publicity=None, masking=None, repair=None, collectors=None,
        effective_from="",
    )  # fmt: skip
    defects = [*catalogue.item_defects(bad), *catalogue.item_defects(replace(bad, subject_kinds=()))]
    defects += [*passing(bad), *passing(imported("C03-02"), decided=date(2020, 1, 1))]
    assert len({defect.code for defect in defects}) >= 13
    for defect in defects:
        chinese, english = PROSE_CATALOGUE[defect.code]
        assert chinese.format_map(defect.data) and english.format_map(defect.data)
