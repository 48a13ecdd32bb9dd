"""The two 双公示 forms: headings, obligations, code tables and parts as the reference data has them."""

from __future__ import annotations

import json

import pytest

from domain.shared.forms import (
    INDIVIDUAL_BUSINESS,
    NOTICE_DATE,
    NOTICE_DIGEST,
    ORGANISATION,
    PERSON,
    Form,
    heading_key,
)
from interfaces.client.form_data import DATA, load_forms

FORMS = load_forms()
PENALTY, LICENCE = FORMS["penalty"], FORMS["licence"]


def test_every_field_of_the_reference_is_there_with_the_extra_severity() -> None:
    data = json.loads((DATA / "shuanggongshi.json").read_text(encoding="utf-8"))
    assert list(PENALTY.fields) == [f["code"] for f in data["administrative_penalty"]] + [
        "DISCREDIT_LEVEL",
        NOTICE_DATE,
        NOTICE_DIGEST,
    ]
    assert list(LICENCE.fields) == [f["code"] for f in data["administrative_licence"]] + ["DISCREDIT_LEVEL"]
    assert (PENALTY.item, LICENCE.item) == ("C03-02", "C03-01")


@pytest.mark.parametrize("form", [PENALTY, LICENCE])
def test_codes_and_chinese_names_are_recognised(form: Form) -> None:
    for code, field in form.fields.items():
        for heading in (
            code,
            code.lower(),
            f" {code}\n",
            field.name_zh,
            f"{field.name_zh}*",
            f"*{field.name_zh}（必填）",
            field.name_zh.replace("(", "（").replace(")", "）"),
        ):
            assert form.recognise(heading) == code, heading


@pytest.mark.parametrize(
    ("form", "heading", "code"),
    [
        (PENALTY, "CF_FDDB", "CF_FRDB"),
        (PENALTY, "CF_FR_SFZH", "CF_FR_ZJHM"),
        (PENALTY, "CF_XZJG", "CF_CFJG"),
        (LICENCE, "XK_FDDB", "XK_FRDB"),
        (LICENCE, "XK_FR_SFZH", "XK_FR_ZJHM"),
        (PENALTY, "行政相对人代码_1", "CF_XDR_SHXYM"),
        (PENALTY, "统一社会信用代码", "CF_XDR_SHXYM"),
        (PENALTY, "罚款金额(万元)", "CF_NR_FK"),
        (PENALTY, "罚款金额（元）", None),
        (LICENCE, "CF_WSH", None),
        (PENALTY, "血型", None),
        (PENALTY, "", None),
    ],
)
def test_aliases_are_recognised_and_nothing_else(form: Form, heading: str, code: str | None) -> None:
    assert form.recognise(heading) == code


def test_no_heading_of_one_form_means_two_fields() -> None:
    for form in FORMS.values():
        names = [heading_key(f.name_zh) for f in form.fields.values()]
        assert len(set(names)) == len(names)


def test_obligations_follow_the_kind_of_subject() -> None:
    assert PENALTY.fields["CF_XDR_SHXYM"] in PENALTY.required_of(ORGANISATION)
    assert PENALTY.fields["CF_XDR_SHXYM"] in PENALTY.required_of(INDIVIDUAL_BUSINESS)
    assert PENALTY.fields["CF_XDR_SHXYM"] not in PENALTY.required_of(PERSON)
    assert PENALTY.fields["CF_XDR_ZJHM"] in PENALTY.required_of(PERSON)
    assert PENALTY.fields["CF_WSH"] in PENALTY.required_of("法人")


def test_old_and_new_penalty_categories_are_lawful_and_other_needs_its_content() -> None:
    table = PENALTY.fields["CF_CFLB"].table
    assert table is not None
    for value in (
        "警告",
        "通报批评",
        "暂扣或者吊销许可证",
        "吊销许可证件",
        "法律、行政法规规定的其他行政处罚",
        "其他-责令改正",
    ):
        assert table.canonical(value) == value
    for value in ("其他", "其他-", "批评", ""):
        assert table.canonical(value) is None


def test_the_licence_status_is_sealed_as_its_code() -> None:
    table = LICENCE.fields["XK_ZT"].table
    assert table is not None
    assert [table.canonical(v) for v in ("1", "2", "有效", "无效", "3")] == ["1", "2", "1", "2", None]


@pytest.mark.rule("PUB-2")
def test_pub_2_nothing_that_identifies_a_person_is_in_the_public_part() -> None:
    public = {c for c in PENALTY.fields if PENALTY.part_of(c, PERSON) == "public"}
    assert public == {
        "CF_XDR_LB",
        "CF_WSH",
        "CF_YJ",
        "CF_CFLB",
        "CF_NR_FK",
        "CF_NR_WFFF",
        "CF_JDRQ",
        "CF_YXQ",
        "CF_GSJZQ",
        "CF_CFJG",
        "CF_CFJGDM",
        "CF_SJLY",
        "CF_SJLYDM",
        "DISCREDIT_LEVEL",
    }
    for form in FORMS.values():
        for suffix in ("FRDB", "FR_ZJLX", "FR_ZJHM", "XDR_ZJLX", "XDR_ZJHM"):
            assert {
                form.part_of(form.code(suffix), k) for k in (ORGANISATION, INDIVIDUAL_BUSINESS, PERSON, "?")
            } == {"person/1"}


def test_facts_and_remarks_are_never_public() -> None:
    for kind in (ORGANISATION, INDIVIDUAL_BUSINESS, PERSON, ""):
        assert (
            PENALTY.part_of("CF_SY", kind)
            == PENALTY.part_of("BZ", kind)
            == LICENCE.part_of("BZ", kind)
            == "restricted"
        )
