"""Who sees what of a record, and until when."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalogue.gate import import_item
from domain.catalogue.items import CatalogueItem, LegalBasis, PublicityRule, Sharing
from domain.records.masking import masked_ends, masked_name
from domain.records.publicity import (
    CLASS_MONTHS,
    Publicity,
    may_be_known_to,
    may_be_shared_with,
    public_rendition,
    publicity_term,
    shared_rendition,
    term_end,
)
from domain.shared.canonical import Json
from domain.shared.deadlines import add_months
from domain.shared.prose_catalogue import PROSE_CATALOGUE
from interfaces.demo.city import read_city
from interfaces.demo.identities import CITIZEN_CHECKS, CITIZEN_WEIGHTS

DATA = Path(__file__).resolve().parents[2] / "data"
AT = {"stream_id": UUID(int=7), "stream_version": 1, "recorded_at": datetime(2026, 11, 21, tzinfo=UTC)}
CITY = read_city(DATA)
ITEMS = {item.code: import_item(item, **AT).item() for item in CITY.items}  # type: ignore[arg-type]
PENALTY, LICENCE = ITEMS["C03-02"], ITEMS["C03-01"]
PUBLIC_PEOPLE = replace(PENALTY, public_natural_person=True)
TODAY = date(2026, 11, 21)
Parts = dict[str, dict[str, Json]]


def citizen(birth: str) -> str:
    first_17 = f"990106{birth}913"
    total = sum(int(digit) * weight for digit, weight in zip(first_17, CITIZEN_WEIGHTS, strict=True))
    return first_17 + CITIZEN_CHECKS[total % 11]


def penalty(**changed: str) -> Parts:
    public: dict[str, Json] = {
        "form": "penalty", "item": "C03-02", "CF_XDR_MC": "示范汉阳晨曦有限公司",
        "CF_XDR_LB": "法人及非法人组织",
        "CF_XDR_SHXYM": "91420100KHDRJHTP5Q", "CF_WSH": "示市场罚字〔2026〕1000号", "CF_CFLB": "罚款",
        "CF_NR_FK": "57.083", "CF_JDRQ": "2026-09-19", "CF_GSJZQ": "2029-09-18",
    }  # fmt: skip
    public |= changed
    return {
        "public": {code: value for code, value in public.items() if value},
        "restricted": {"CF_SY": "经查，事实清楚。", "BZ": "备注"},
        "person/1": {"CF_FRDB": "杨磊伟", "CF_FR_ZJLX": "身份证", "CF_FR_ZJHM": citizen("19800101")},
    }


def person(*, birth: str = "19681112", name: str = "周秀伟", id_type: str = "身份证") -> Parts:
    parts = penalty(CF_XDR_LB="自然人", CF_XDR_MC="", CF_XDR_SHXYM="")
    parts["person/1"] = {"CF_XDR_MC": name, "CF_XDR_ZJLX": id_type, "CF_XDR_ZJHM": citizen(birth)}
    parts["restricted"]["CF_NR"] = "罚款人民币57.083万元"
    return parts


def licence(**changed: str) -> Parts:
    public: dict[str, Json] = {
        "form": "licence", "item": "C03-01", "XK_XDR_LB": "法人及非法人组织", "XK_XDR_MC": "示范有限公司",
        "XK_JDRQ": "2026-02-16", "XK_YXQZI": "2031-02-15",
    }  # fmt: skip
    return {"public": {code: value for code, value in (public | changed).items() if value}}


def term(item: CatalogueItem, parts: Parts, on: date = TODAY) -> Publicity:
    return publicity_term(item, parts, recorded_on=on)


@pytest.mark.rule("PUB-4")
def test_PUB_4_an_unknown_severity_counts_as_general_and_is_flagged() -> None:
    found = term(PENALTY, penalty())
    assert found.public
    assert found.until == date(2027, 9, 19)
    assert found.flags == ("severity_unknown", "sent_term_beyond_maximum")


@pytest.mark.rule("PUB-4")
@pytest.mark.parametrize(
    ("severity", "sent", "until", "flags"),
    [
        ("严重", "2029-09-18", date(2029, 9, 18), ()),
        ("严重", "2029-09-19", date(2029, 9, 19), ()),
        ("严重", "2029-09-20", date(2029, 9, 19), ("sent_term_beyond_maximum",)),
        ("一般", "2027-03-01", date(2027, 3, 1), ()),
        ("一般", "2029-09-18", date(2027, 9, 19), ("sent_term_beyond_maximum",)),
        ("轻微", "2026-12-19", date(2026, 12, 19), ()),
        ("一般", "", date(2027, 9, 19), ("term_not_sent",)),
        ("特别严重", "2027-09-19", date(2027, 9, 19), ("severity_unknown",)),
    ],
)
def test_PUB_4_the_earlier_of_the_sent_term_and_the_class_maximum_holds(
    severity: str, sent: str, until: date, flags: tuple[str, ...]
) -> None:
    found = term(PENALTY, penalty(DISCREDIT_LEVEL=severity, CF_GSJZQ=sent))
    assert (found.until, found.flags) == (until, flags)


@pytest.mark.rule("PUB-4")
def test_PUB_4_the_last_day_is_public_and_the_day_after_never_becomes_so() -> None:
    parts = penalty(CF_JDRQ="2025-11-21", CF_GSJZQ="2026-11-21", DISCREDIT_LEVEL="一般")
    assert term(PENALTY, parts).public
    over = term(PENALTY, parts, date(2026, 11, 22))
    assert (over.public, over.until, over.reason) == (False, None, "publicity_term_over")


@pytest.mark.rule("PUB-4")
@given(
    st.dates(min_value=date(2021, 12, 16), max_value=TODAY),
    st.integers(min_value=0, max_value=2000),
    st.sampled_from(["轻微", "一般", "严重", ""]),
    st.integers(min_value=0, max_value=1500),
)
def test_PUB_4_publicity_never_outlasts_the_sent_term_or_the_maximum(
    decided: date, sent_days: int, severity: str, waited_days: int
) -> None:
    sent = date.fromordinal(decided.toordinal() + sent_days)
    on = date.fromordinal(decided.toordinal() + waited_days)
    parts = penalty(CF_JDRQ=decided.isoformat(), CF_GSJZQ=sent.isoformat(), DISCREDIT_LEVEL=severity)
    maximum = add_months(decided, {"轻微": 3, "一般": 12, "严重": 36}.get(severity, 12))
    found = term(PENALTY, parts, on)
    assert found.public == (on <= min(sent, maximum))
    assert found.until == (min(sent, maximum) if found.public else None)


@pytest.mark.rule("PUB-4")
def test_PUB_4_a_licence_is_public_until_it_ends_and_has_no_severity() -> None:
    assert term(LICENCE, licence()) == Publicity(True, date(2031, 2, 15), (), "publicity_public")
    assert term(LICENCE, licence(XK_YXQZI="2099-12-31")).until == date(2099, 12, 31)
    assert term(LICENCE, licence(XK_YXQZI="2026-11-20")).reason == "publicity_term_over"
    assert term(LICENCE, licence(XK_YXQZI="")).reason == "publicity_term_unknown"


@pytest.mark.rule("PUB-1")
def test_PUB_1_only_what_the_item_makes_public_is_public() -> None:
    for item in (replace(PENALTY, public_organisation=False), replace(PENALTY, publicity=None)):
        assert term(item, penalty()).reason == "publicity_item_not_public"
    shop = penalty(CF_XDR_LB="个体工商户")
    assert term(PENALTY, shop).public
    assert not term(replace(PENALTY, subject_kinds=("organisation",)), shop).public


@pytest.mark.rule("PUB-1")
def test_PUB_1_the_public_rendition_holds_the_public_part_alone() -> None:
    parts = penalty()
    rendition = public_rendition(PENALTY, parts, term(PENALTY, parts))
    assert rendition["item"] == "C03-02"
    assert rendition["item_name_zh"] == "行政处罚信息"
    assert rendition["until"] == "2027-09-19"
    assert set(rendition["fields"]) == set(parts["public"]) - {"form", "item"}  # type: ignore[arg-type]
    text = json.dumps(rendition, ensure_ascii=False)
    for hidden in ("杨磊伟", str(parts["person/1"]["CF_FR_ZJHM"]), "经查", "备注"):
        assert hidden not in text


@pytest.mark.rule("PUB-1")
def test_PUB_1_a_record_that_is_not_public_has_no_public_rendition() -> None:
    with pytest.raises(ValueError, match="not public"):
        public_rendition(PENALTY, person(), term(PENALTY, person()))


@pytest.mark.rule("PUB-2")
def test_PUB_2_in_the_demo_city_no_penalty_or_licence_of_a_natural_person_is_public() -> None:
    assert term(PENALTY, person()).reason == "publicity_item_not_public"
    assert not LICENCE.public_natural_person


@pytest.mark.rule("PUB-2")
def test_PUB_2_a_natural_person_is_shown_masked_where_the_item_says_public() -> None:
    parts = person()
    rendition = public_rendition(PUBLIC_PEOPLE, parts, term(PUBLIC_PEOPLE, parts))
    fields = rendition["fields"]
    assert isinstance(fields, dict)
    assert fields["CF_XDR_MC"] == "周**"
    number = str(parts["person/1"]["CF_XDR_ZJHM"])
    assert fields["CF_XDR_ZJHM"] == number[:6] + "*" * 10 + number[-2:]
    assert "CF_XDR_ZJLX" not in fields
    assert "CF_NR" not in fields
    assert number not in json.dumps(rendition)


@pytest.mark.rule("PUB-2")
def test_PUB_2_without_masking_a_natural_person_is_not_public() -> None:
    assert not term(replace(PUBLIC_PEOPLE, masking=()), person()).public


@pytest.mark.rule("PUB-4")
def test_PUB_4_an_open_ended_adverse_item_ends_with_the_class_or_when_the_department_says() -> None:
    open_ended = replace(PENALTY, publicity=PublicityRule("until_ended"))
    assert term(open_ended, penalty(CF_GSJZQ="2027-01-31")).until == date(2027, 1, 31)
    unsent = term(open_ended, penalty(CF_GSJZQ=""))
    assert (unsent.until, unsent.flags) == (date(2027, 9, 19), ("severity_unknown", "term_not_sent"))
    for severity, until in (("轻微", date(2026, 12, 19)), ("严重", date(2029, 9, 19))):
        assert term(open_ended, penalty(CF_GSJZQ="", DISCREDIT_LEVEL=severity)).until == until
    set_to = publicity_term(open_ended, penalty(CF_GSJZQ=""), recorded_on=TODAY, months_max=(3, 9, 48))
    assert set_to.until == date(2027, 6, 19), "what the office has set takes the place"
    longer = replace(PENALTY, publicity=PublicityRule("months_from_decision", (60,)))
    assert term(longer, penalty(CF_GSJZQ="")).until == date(2027, 9, 19)
    neutral = replace(open_ended, nature="neutral")
    assert term(neutral, penalty(CF_GSJZQ="")).until is None, "what is not adverse has no class"
    told = json.loads((DATA / "settings.json").read_text(encoding="utf-8"))["settings"]
    assert tuple(told["publicity.maximum_months"]["value"]) == CLASS_MONTHS


@pytest.mark.rule("PUB-4")
def test_PUB_4_what_is_adverse_and_shared_only_is_shared_no_longer_than_its_class_allows() -> None:
    shared = replace(PENALTY, public_organisation=False, publicity=None)
    assert not term(shared, penalty()).public
    assert term_end(shared, penalty(CF_GSJZQ="")) == date(2027, 9, 19)
    assert term_end(shared, penalty(CF_GSJZQ="2027-01-31")) == date(2027, 1, 31)
    assert term_end(shared, penalty(), months_max=(3, 9, 48)) == date(2027, 6, 19)
    sooner = replace(shared, publicity=PublicityRule("months_from_decision", (6,)))
    assert term_end(sooner, penalty()) == date(2027, 3, 19), "the item's own term of sharing"
    assert term_end(replace(shared, nature="neutral"), penalty()) is None, "what is not adverse has no class"


@pytest.mark.rule("PUB-2")
def test_PUB_2_an_item_cannot_consent_for_a_person() -> None:
    law = LegalBasis("示范省社会信用条例", "示范省人大公告第1号", "第十二条", "local_regulation")
    agreed = replace(PUBLIC_PEOPLE, personal_information_consent=True)
    found = term(agreed, person())
    assert (found.public, found.reason) == (False, "publicity_without_consent")
    assert term(replace(agreed, personal_information_bases=(law,)), person()).public
    assert term(agreed, penalty()).public


@pytest.mark.rule("DET-4")
@pytest.mark.parametrize(
    ("birth", "public"),
    [("20080919", True), ("20080920", False), ("20080918", True), ("20151231", False)],
)
def test_DET_4_a_minor_on_the_day_of_the_decision_is_never_public(birth: str, public: bool) -> None:
    found = term(PUBLIC_PEOPLE, person(birth=birth))
    assert found.public is public
    if not public:
        assert found.reason == "publicity_minor"


@pytest.mark.rule("DET-4")
def test_DET_4_whoever_may_be_a_minor_is_not_public() -> None:
    erased = person()
    del erased["person/1"]
    for parts in (person(id_type="护照号"), person(birth="19681399"), erased):
        assert term(PUBLIC_PEOPLE, parts).reason == "publicity_age_unknown"


@pytest.mark.rule("SHR-1")
def test_SHR_1_a_record_is_shared_by_class_and_only_if_its_item_is() -> None:
    parts = person()
    classes = shared_rendition(PENALTY, parts)
    assert set(classes) == {"public", "restricted", "person/1"}
    assert classes["person/1"]["fields"] == parts["person/1"]
    assert "CF_XDR_MC" not in json.dumps(classes["public"])
    assert shared_rendition(replace(PENALTY, sharing=Sharing((), ())), parts) == {}
    assert shared_rendition(replace(PENALTY, sharing=None), parts) == {}


@pytest.mark.rule("SHR-1")
def test_SHR_1_a_department_in_scope_with_an_authorised_purpose_may_see_it() -> None:
    narrow = replace(PENALTY, sharing=Sharing(("A",), ("licensing",)))
    assert may_be_shared_with(narrow, "A", "licensing")
    assert not may_be_shared_with(narrow, "B", "licensing")
    assert not may_be_shared_with(narrow, "A", "curiosity")
    assert may_be_shared_with(PENALTY, "B", "licensing")
    assert not may_be_shared_with(ITEMS["C13-01"], "A", "licensing")
    assert not may_be_shared_with(replace(PENALTY, sharing=None), "A", "licensing")


@pytest.mark.rule("OBJ-1")
def test_a_department_can_know_what_is_public_or_shared_with_it_while_its_term_lasts() -> None:
    nobody = replace(PENALTY, sharing=Sharing((), ()), public_organisation=False)
    one = replace(nobody, sharing=Sharing(("A",), ("licensing",)))
    parts = penalty(CF_GSJZQ="2026-12-01")

    def known(item: CatalogueItem, on: date = date(2026, 12, 1)) -> tuple[bool, bool]:
        return may_be_known_to(item, parts, "A", on=on), may_be_known_to(item, parts, "B", on=on)

    assert known(nobody) == (False, False)
    assert known(one) == (True, False)
    assert known(replace(nobody, public_organisation=True)) == (True, True)
    assert known(one, date(2026, 12, 2)) == (False, False)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"), ("欧阳修文", "欧阳**"), ("欧阳修", "欧阳*"), ("欧阳", "欧*"), ("王小明", "王**"),
        ("李", "*"), ("", ""), ("阿卜杜拉·买买提", "阿*******"), ("John", "J***"),
    ],
)  # fmt: skip
def test_a_name_keeps_its_family_name(name: str, masked: str) -> None:
    assert masked_name(name) == masked


@given(st.text(min_size=0, max_size=40), st.integers(0, 8), st.integers(0, 8))
def test_masked_ends_never_show_more_than_they_may(value: str, left: int, right: int) -> None:
    masked = masked_ends(value, keep_left=left, keep_right=right)
    text = value.strip()
    assert len(masked) == len(text)
    hidden = len(text) - left - right
    if hidden > 0 and hidden * 2 >= left + right:
        assert masked == text[:left] + "*" * hidden + (text[-right:] if right else "")
    else:
        assert set(masked) <= {"*"}


def test_every_reason_has_its_sentence() -> None:
    for code in ("public", "item_not_public", "minor", "age_unknown", "term_over", "term_unknown"):
        assert all(PROSE_CATALOGUE[f"publicity_{code}"])
