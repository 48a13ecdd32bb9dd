"""Lists without a ledger: the gate of a standard, what a decision must hold, and what of it is shown."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.catalogue.items import LegalBasis
from domain.listing.case import Listing
from domain.listing.decision import Borne, decision_defects, told_defects
from domain.listing.events import ListingDecided
from domain.listing.shown import is_public, public_listing, shared_listing
from domain.listing.standard_gate import adopt_standard, import_standard, standard_defects
from domain.listing.standards import ListStandard, standard_in_force
from domain.shared.refusals import Refused
from interfaces.demo.city import list_standards, read_city
from tests.listing import SIX
from tests.world import DATA

TODAY = date(2026, 11, 30)
AT = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
CASE, RECORD = UUID(int=1), UUID(int=2)
PLACE: dict[str, Any] = {"stream_id": CASE, "stream_version": 1, "recorded_at": AT}
NATIONAL = next(s for s in list_standards(DATA) if s.code == "C06-04")
LOCAL_BASIS = LegalBasis("示范市社会信用条例", "示范市人大常委会公告第1号", "12", "local_regulation")
LOCAL = replace(
    NATIONAL,
    scope="local",
    standard_bases=(LOCAL_BASIS,),
    published_at="信用中国（示范市）、示范市市场监督管理局网站",
    consulted_from="2026-09-01",
    consulted_until="2026-10-01",
)


def codes(standard: ListStandard) -> set[tuple[str, str]]:
    return {(defect.rule, defect.code) for defect in standard_defects(standard)}


@pytest.mark.rule("LST-1")
def test_lst_1_a_list_belongs_to_one_of_four_domains_and_rests_on_law_regulation_or_central_policy() -> None:
    assert codes(NATIONAL) == set()
    assert codes(replace(NATIONAL, domain="late_books")) == {("LST-1", "list_domain_unknown")}
    for level in ("department_rule", "normative_document", "judicial_interpretation"):
        bases = tuple(replace(basis, level=level) for basis in NATIONAL.area_bases)
        assert codes(replace(NATIONAL, area_bases=bases)) == {("LST-1", "list_basis_insufficient")}
    unstated = tuple(replace(basis, article="-") for basis in NATIONAL.area_bases)
    assert codes(replace(NATIONAL, area_bases=unstated)) == {("LST-1", "list_basis_insufficient")}


@pytest.mark.rule("LST-2")
def test_lst_2_a_national_standard_may_stand_in_a_department_rule_a_local_one_in_a_local_regulation_only() -> (
    None
):
    assert codes(LOCAL) == set()
    for level in ("law", "admin_regulation", "central_policy", "department_rule"):
        basis = replace(LOCAL_BASIS, level=level)
        assert codes(replace(NATIONAL, standard_bases=(basis,))) == set()
        refused = codes(replace(LOCAL, standard_bases=(basis,)))
        assert refused == {("LST-2", "list_standard_level_local")}
    below = replace(NATIONAL, standard_bases=(replace(LOCAL_BASIS, level="normative_document"),))
    assert codes(below) == {("LST-2", "list_standard_level_national")}


@pytest.mark.rule("LST-3")
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("criteria", "list_without_criteria"),
        ("removal_conditions", "list_without_removal_conditions"),
        ("removal_procedure", "list_without_removal_procedure"),
        ("remedies", "list_without_remedies"),
        ("published_at", "list_without_published_at"),
    ],
)
def test_lst_3_a_standard_names_removal_remedies_and_where_it_is_published(name: str, code: str) -> None:
    changed: dict[str, Any] = {name: " "}
    assert codes(replace(NATIONAL, **changed)) == {("LST-3", code)}


@pytest.mark.rule("LST-3")
def test_lst_3_under_a_standard_nobody_is_listed_for_ever() -> None:
    endless = replace(NATIONAL, term_months=None, early_months=None, repair_removes=False)
    assert codes(endless) == {("LST-3", "list_without_way_out")}
    for way in ({"term_months": 36}, {"early_months": 0}, {"repair_removes": True}):
        assert codes(replace(endless, **way)) == set()


@pytest.mark.rule("LST-3")
def test_lst_3_a_standard_of_our_own_is_published_on_the_credit_site_and_on_that_of_its_department() -> None:
    ours = replace(LOCAL, effective_from="2026-11-30")
    for sites in (
        "信用中国（示范市）",
        "示范市市场监督管理局网站、示范市人民政府网站",
        "国家企业信用信息公示系统、本局网站",
    ):
        with pytest.raises(Refused) as refused:
            adopt_standard(replace(ours, published_at=sites), **PLACE)
        assert [(d.rule, d.code) for d in refused.value.defects] == [("LST-3", "list_published_on_one_site")]
    for sites in ("“信用中国”网站及本局网站", "本局网站，信用吕梁"):
        assert adopt_standard(replace(ours, published_at=sites), **PLACE).told().published_at == sites


@pytest.mark.rule("LST-3")
def test_lst_3_a_standard_of_our_own_is_open_for_comment_for_thirty_days() -> None:
    assert codes(replace(LOCAL, consulted_until="2026-09-30")) == {("LST-3", "list_consulted_too_short")}
    assert codes(replace(LOCAL, consulted_from=None)) == {("LST-3", "list_not_consulted")}
    with pytest.raises(Refused):
        adopt_standard(replace(LOCAL, consulted_from=None), **PLACE)


@pytest.mark.rule("LST-2")
@pytest.mark.rule("LST-3")
def test_lst_2_a_national_list_is_imported_and_lst_3_a_standard_begins_when_it_is_published() -> None:
    ours = replace(LOCAL, effective_from="2026-11-30")
    assert adopt_standard(ours, before=[LOCAL], **PLACE).told().status == "in_force"
    for standard, before, code in (
        (ours, NATIONAL, "list_national"),
        (replace(NATIONAL, effective_from="2026-11-30"), ours, "list_national"),
        (replace(ours, effective_from="2026-11-29"), ours, "list_before_publication"),
    ):
        with pytest.raises(Refused) as refused:
            adopt_standard(standard, before=[before], **PLACE)
        assert [defect.code for defect in refused.value.defects] == [code]


@pytest.mark.rule("LST-7")
def test_lst_7_a_standard_that_lets_a_lower_authority_decide_cites_what_says_so() -> None:
    low = replace(NATIONAL, least_rank="township")
    assert codes(low) == {("LST-7", "list_rank_without_basis")}
    assert codes(replace(low, rank_basis=replace(LOCAL_BASIS, level="department_rule"))) == set()
    assert codes(replace(low, rank_basis=replace(LOCAL_BASIS, level="internal"))) != set()


@pytest.mark.rule("LST-7")
@pytest.mark.rule("LST-9")
def test_lst_7_lst_9_what_excepts_a_rank_or_founds_a_transition_is_of_the_level_that_it_states() -> None:
    notice = LegalBasis("关于名单认定工作的通知", "示发〔2026〕3号", "2", "department_rule")
    ours = replace(LOCAL, effective_from="2026-11-30", least_rank="township", rank_basis=LOCAL_BASIS)
    assert adopt_standard(ours, **PLACE).told().rank_basis == LOCAL_BASIS
    kept = {"transition_until": "2027-01-31", "transition_basis": replace(notice, level="law")}
    for changed, rule in (({"rank_basis": notice}, "LST-7"), (kept, "LST-9")):
        with pytest.raises(Refused) as found:
            adopt_standard(replace(ours, **changed), **PLACE)
        assert [(d.rule, d.code) for d in found.value.defects] == [(rule, "basis_not_of_its_level")]
    cited = decided(authority_rank="township", rank_basis=notice.to_json())
    assert refused(cited) == {("LST-7", "basis_not_of_its_level")}


@pytest.mark.rule("LST-4")
@pytest.mark.rule("LST-5")
def test_lst_4_the_decision_rests_on_the_facts_and_the_standard_that_the_party_was_told() -> None:
    case = Listing(CASE, 1, "C06-04", 1, (RECORD,), "11420100XK7BQ3M22B", "2026-11-27")
    same: dict[str, Any] = {"corrected": False, "objected": False}
    assert not list(told_defects(case, NATIONAL, **same))
    for standard, changed, code in (
        (NATIONAL, {"corrected": True}, ("LST-4", "listing_facts_changed")),
        (replace(NATIONAL, version=2), {}, ("LST-4", "listing_standard_changed")),
        (NATIONAL, {"objected": True}, ("LST-5", "listing_record_objected")),
    ):
        found = told_defects(case, standard, **{**same, **changed})
        assert [(defect.rule, defect.code) for defect in found] == [code]


@pytest.mark.rule("LST-9")
def test_lst_9_no_listing_under_a_standard_after_its_transition_unless_it_was_updated() -> None:
    kept = replace(NATIONAL, status="in_force", transition_until="2026-12-31")
    assert standard_in_force([kept], date(2026, 12, 31)) == kept
    assert standard_in_force([kept], date(2027, 1, 1)) is None
    updated = replace(kept, version=2, effective_from="2026-12-15", transition_until=None)
    assert standard_in_force([kept, updated], date(2027, 1, 1)) == updated
    ended = replace(updated, effective_to="2027-01-31")
    assert standard_in_force([replace(kept, transition_until=None), ended], date(2027, 2, 1)) is None


@pytest.mark.rule("LST-9")
def test_lst_9_a_transition_lasts_no_longer_than_a_text_says_and_is_not_prolonged() -> None:
    old = replace(NATIONAL, effective_from="2019-01-01", transition_until="2021-12-31")
    assert codes(old) == set()
    unfounded = {("LST-9", "list_transition_unfounded")}
    assert codes(replace(old, transition_until="2022-01-01")) == unfounded
    text = replace(LOCAL_BASIS, level="department_rule")
    founded = replace(old, transition_until="2027-06-30", transition_basis=text)
    assert codes(founded) == set()
    assert codes(replace(founded, transition_basis=replace(text, level="internal"))) == unfounded
    assert codes(replace(founded, transition_basis=replace(text, article="-"))) == unfounded
    days = {("LST-9", "list_transition_days")}
    assert codes(replace(old, transition_until="2018-12-31")) == days
    assert codes(replace(founded, effective_to="2027-06-29")) == days
    assert codes(replace(NATIONAL, transition_basis=text)) == days
    ours = replace(
        LOCAL, effective_from="2026-11-30", transition_until="2027-01-31", transition_basis=LOCAL_BASIS
    )
    first = adopt_standard(ours, **PLACE).told()
    with pytest.raises(Refused) as refused:
        adopt_standard(replace(ours, version=2, transition_until="2027-02-28"), before=[first], **PLACE)
    assert [defect.code for defect in refused.value.defects] == ["list_transition_prolonged"]
    another = replace(LOCAL_BASIS, article="第二条")
    later = replace(ours, version=2, transition_until="2027-02-28", transition_basis=another)
    assert adopt_standard(later, before=[first], **PLACE).told().transition_until == "2027-02-28"
    assert ListStandard.from_json(json.loads(json.dumps(later.to_json()))) == later


def test_standards_keep_their_values_in_canonical_json() -> None:
    for standard in list_standards(DATA):
        told = json.loads(json.dumps(standard.to_json()))
        assert ListStandard.from_json(told) == standard
    held_back = {s.code: codes(s) for s in list_standards(DATA) if codes(s)}
    assert (
        "C06-04" not in held_back
        and "C06-08" in held_back
        and ("LST-2", "list_standard_level_national") in (held_back["C06-06"])
    )


def decided(**changed: Any) -> ListingDecided:
    values: dict[str, Any] = {
        "list_code": "C06-04",
        "version": 1,
        "notice": "ab" * 32,
        "records": [str(RECORD)],
        "subject_kind": "natural_person",
        "authority": "11420100XK7BQ3M22B",
        "authority_name": "示范市市场监督管理局",
        "authority_rank": "county",
        "document_number": "示市监列字〔2026〕1号",
        "decided_on": TODAY.isoformat(),
        "until": "2029-11-30",
        "public": True,
        "facts": "事由",
        "person_name": "张三丰",
        "id_type": "身份证",
        "id_number": "990106198001010019",
        **SIX,
    }
    return ListingDecided(originator_id=CASE, originator_version=2, timestamp=AT, **{**values, **changed})


def refused(event: ListingDecided, **changed: Any) -> set[tuple[str, str]]:
    case = Listing(CASE, 1, "C06-04", 1, (RECORD,), "11420100XK7BQ3M22B", "2026-11-27")
    context: dict[str, Any] = {"notice": "ab" * 32, "records": {RECORD: True}, "borne": (), "today": TODAY}
    context["rank"] = changed.pop("rank", event.authority_rank)
    standard = replace(NATIONAL, status="in_force")
    found = decision_defects(replace(case, **changed), event, standard, **context)
    return {(defect.rule, defect.code) for defect in found}


@pytest.mark.rule("DET-4")
def test_det_4_a_minor_is_never_listed_nor_is_whose_age_cannot_be_told() -> None:
    assert refused(decided()) == set()
    assert refused(decided(id_number="990106200811300018")) == set()
    assert refused(decided(id_number="990106200812010017")) == {("DET-4", "listing_of_a_minor")}
    assert refused(decided(id_type="护照号", id_number="E12345678")) == {("DET-4", "listing_of_a_minor")}


@pytest.mark.rule("LST-5")
def test_lst_5_no_decision_before_the_time_for_a_statement_is_over_or_it_is_answered() -> None:
    running = {"state_by": TODAY.isoformat()}
    assert refused(decided(), **running) == {("LST-5", "listing_statement_period")}
    assert refused(decided(), **running, state="answered", answered=True) == set()
    assert refused(decided(), state="stated") == {("LST-5", "listing_statement_pending")}


@pytest.mark.rule("LST-7")
def test_lst_7_below_county_level_the_decision_cites_the_exception() -> None:
    assert refused(decided(authority_rank="township")) == {("LST-7", "listing_rank_too_low")}
    cited = {**LOCAL_BASIS.to_json(), "level": "department_rule"}
    assert refused(decided(authority_rank="township", rank_basis=cited)) == set()
    assert refused(decided(authority_rank="township", rank_basis={"title": "x"})) != set()


@pytest.mark.rule("LST-7")
@pytest.mark.parametrize("registered", ["township", "municipal", ""])
def test_lst_7_nobody_ranks_oneself(registered: str) -> None:
    assert refused(decided(), rank=registered) == {("LST-7", "listing_rank_not_registered")}


@pytest.mark.rule("LST-6")
def test_lst_6_what_everyone_may_read_of_a_decision_holds_nothing_about_a_person() -> None:
    assert ("PUB-2", "listing_person_in_public") in refused(decided(basis="联系电话：02712345678"))


def test_a_decision_says_of_term_publicity_and_version_what_the_standard_says() -> None:
    assert refused(decided(until="2030-11-30")) == {("LST-3", "listing_term_not_as_standard")}
    assert refused(decided(public=False)) == {("PUB-1", "listing_publicity_not_as_standard")}
    assert refused(decided(version=2)) == {("LST-2", "listing_of_other_standard")}


def test_a_listing_whose_term_is_over_counts_no_more_though_nobody_has_recorded_it() -> None:
    borne = Borne(CASE, "C06-04", 1, "x", (RECORD,), "cd" * 32, "2026-11-30", "2029-11-30", True)
    assert borne.holds_on(date(2029, 11, 30)) and not borne.holds_on(date(2029, 12, 1))
    assert replace(borne, until="").holds_on(date(2099, 1, 1))


@pytest.mark.rule("PUB-2")
def test_pub_2_a_person_on_a_list_is_shown_masked_or_not_at_all() -> None:
    items = {item.code: replace(item, status="in_force") for item in read_city(DATA).items}
    event = decided()
    assert not is_public(event, items["C06-04"])
    court = items["C06-01"]
    assert is_public(event, court) and not is_public(replace(event, public=False), court)
    shown = public_listing(event, event.parts(), court)["fields"]
    assert isinstance(shown, dict)
    assert shown["person_name"] == "张**" and shown["id_number"] == "990106**********19"
    assert "facts" not in shown and "id_type" not in shown
    assert set(shared_listing(event, event.parts(), court)) == {"public", "restricted", "person/1"}
    assert shared_listing(event, event.parts(), replace(court, sharing=None)) == {}


@pytest.mark.rule("CAT-1")
def test_cat_1_a_standard_whose_list_is_no_item_of_the_catalogue_enters_as_a_draft() -> None:
    assert import_standard(NATIONAL, known_item=True, **PLACE).told().status == "in_force"
    draft = import_standard(NATIONAL, known_item=False, **PLACE).told()
    assert (draft.status, draft.reasons) == ("draft", ("list_without_item",))
