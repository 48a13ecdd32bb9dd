"""Row rules: each defect found with its rule, several at once, and nothing else refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.records.rows import check_row
from domain.shared.canonical import Parts
from domain.shared.forms import ITEM_FIELD, NOTICE_DATE, NOTICE_DIGEST, FormKind
from domain.shared.refusals import sentence
from interfaces.client.form_data import load_forms

TODAY = date(2026, 11, 21)
FORMS = load_forms()
AUTHORITY = "11420100XK7BQ3M22B"
PENALTY = {
    "CF_XDR_MC": "示范东湖金穗物业服务有限公司",
    "CF_XDR_LB": "法人及非法人组织",
    "CF_XDR_SHXYM": "91420100MA4K9T000A",
    "CF_FRDB": "朱敏强",
    "CF_WSH": "示市场罚字〔2026〕1014号",
    "CF_WFXW": "擅自从事道路货物运输经营",
    "CF_SY": "经查，当事人擅自从事道路货物运输经营。",
    "CF_YJ": "《中华人民共和国道路运输条例》第六十三条",
    "CF_CFLB": "罚款;没收违法所得",
    "CF_NR": "罚款、没收违法所得人民币11.2726万元",
    "CF_NR_FK": "11.2726",
    "CF_NR_WFFF": "1.5805",
    "CF_JDRQ": "2026-06-10",
    "CF_GSJZQ": "2027-06-10",
    "CF_CFJG": "示范市市场监督管理局",
    "CF_CFJGDM": AUTHORITY,
    "CF_SJLY": "示范市市场监督管理局",
    "CF_SJLYDM": AUTHORITY,
}
LICENCE = {
    "XK_XDR_MC": "示范黄陂启明化工有限公司",
    "XK_XDR_LB": "法人及非法人组织",
    "XK_XDR_SHXYM": "91420100MA4K9T115G",
    "XK_FRDB": "王敏杰",
    "XK_XKWS": "准予行政许可决定书",
    "XK_WSH": "JY33202810257113",
    "XK_XKLB": "核准",
    "XK_XKZS": "经营许可证",
    "XK_XKBH": "XK4201000105",
    "XK_NR": "准予从事申请范围内的经营活动",
    "XK_JDRQ": "2026-07-30",
    "XK_YXQZ": "2026-07-30",
    "XK_YXQZI": "2099-12-31",
    "XK_XKJG": "示范市市场监督管理局",
    "XK_XKJGDM": AUTHORITY,
    "XK_ZT": "1",
    "XK_LYDW": "示范市市场监督管理局",
    "XK_LYDWDM": AUTHORITY,
}
DETERMINATION = {
    "RD_MLXM": "C05-01",
    "RD_XDR_MC": "示范东湖金穗物业服务有限公司",
    "RD_XDR_LB": "法人及非法人组织",
    "RD_XDR_SHXYM": "91420100MA4K9T000A",
    "RD_WSLX": "其他行政行为决定文书",
    "RD_WSMC": "列入经营异常名录决定书",
    "RD_WSH": "示市监异字〔2026〕14号",
    "RD_WSZY": "a1" * 32,
    "RD_WSZT": "已生效",
    "RD_JDRQ": "2026-06-10",
    "RD_SXRQ": "2026-06-12",
    "RD_YJ": "《企业信息公示暂行条例》第十七条",
    "RD_SY": "未按期公示年度报告。",
    "RD_NR": "列入经营异常名录",
    "RD_JDJG": "示范市市场监督管理局",
    "RD_JDJGDM": AUTHORITY,
    "RD_SJLY": "示范市市场监督管理局",
    "RD_SJLYDM": AUTHORITY,
}
VALUES: Mapping[str, Mapping[str, str]] = {
    "penalty": PENALTY,
    "licence": LICENCE,
    "determination": DETERMINATION,
}
PERSON = {
    "CF_XDR_MC": "周秀伟",
    "CF_XDR_LB": "自然人",
    "CF_XDR_SHXYM": "",
    "CF_FRDB": "",
    "CF_XDR_ZJLX": "身份证",
    "CF_XDR_ZJHM": "990101200803150027",
}


def parts_of(kind: FormKind, values: Mapping[str, str]) -> Parts:
    form = FORMS[kind]
    item = form.item or values[ITEM_FIELD]
    parts: dict[str, dict[str, str]] = {"public": {"form": kind, "item": item}}
    subject = values.get(form.code("XDR_LB"), "")
    for code, value in values.items():
        if value:
            parts.setdefault(form.part_of(code, subject), {})[code] = value
    return parts


def found(kind: FormKind = "penalty", /, **changes: str) -> list[tuple[str, str, str]]:
    values = {**VALUES[kind], **changes}
    defects = check_row(FORMS[kind], parts_of(kind, values), today=TODAY)
    assert all(sentence(d) and sentence(d, "en") for d in defects)
    return [(d.rule, d.code, d.field) for d in defects]


def test_sound_rows_pass() -> None:
    assert found() == found("licence") == found(**PERSON) == []


CASES = [
    ({"CF_WSH": ""}, ("DET-2", "missing_document_number", "CF_WSH")),
    ({"CF_WSH": "无"}, ("DET-2", "missing_document_number", "CF_WSH")),
    ({"CF_YJ": ""}, ("DET-1", "missing_basis", "CF_YJ")),
    ({"CF_NR": ""}, ("DET-3", "missing_content", "CF_NR")),
    ({"CF_SY": "/"}, ("DET-3", "missing_content", "CF_SY")),
    ({"CF_XDR_MC": ""}, ("DET-3", "missing_field", "CF_XDR_MC")),
    ({"CF_FRDB": ""}, ("DET-3", "missing_field", "CF_FRDB")),
    ({"CF_XDR_SHXYM": ""}, ("DET-3", "missing_field", "CF_XDR_SHXYM")),
    ({"CF_JDRQ": ""}, ("DET-2", "missing_field", "CF_JDRQ")),
    ({"CF_XDR_SHXYM": "00000000000000000X"}, ("DET-3", "credit_code_filler", "CF_XDR_SHXYM")),
    ({"CF_XDR_SHXYM": "91420100MA4K9T000B"}, ("DET-3", "credit_code_check", "CF_XDR_SHXYM")),
    ({"CF_XDR_SHXYM": "92420106MA4K9T22X5"}, ("DET-3", "organisation_prefix", "CF_XDR_SHXYM")),
    ({"CF_XDR_LB": "个体工商户"}, ("DET-3", "individual_business_prefix", "CF_XDR_SHXYM")),
    ({"CF_CFJGDM": "11420100XK7BQ3M22A"}, ("DET-2", "credit_code_check", "CF_CFJGDM")),
    ({"CF_SJLYDM": "00000000000000000X"}, ("DET-2", "credit_code_filler", "CF_SJLYDM")),
    ({"CF_NR_FK": ""}, ("DET-3", "fine_without_amount", "CF_NR_FK")),
    ({"CF_NR_FK": "0"}, ("DET-3", "amount_zero", "CF_NR_FK")),
    ({"CF_NR_FK": "-1"}, ("DET-3", "amount_negative", "CF_NR_FK")),
    ({"CF_NR_FK": "两万元"}, ("DET-3", "amount_not_a_number", "CF_NR_FK")),
    ({"CF_NR_FK": "0.1234567"}, ("DET-3", "amount_too_precise", "CF_NR_FK")),
    ({"CF_NR_FK": "1234567890123"}, ("DET-3", "amount_too_large", "CF_NR_FK")),
    ({"CF_CFLB": "没收违法所得"}, ("DET-3", "amount_without_fine", "CF_NR_FK")),
    ({"CF_NR_WFFF": ""}, ("DET-3", "confiscation_without_amount", "CF_NR_WFFF")),
    ({"CF_CFLB": "罚款"}, ("DET-3", "amount_without_confiscation", "CF_NR_WFFF")),
    (
        {"CF_CFLB": "吊销许可证件", "CF_NR_FK": "", "CF_NR_WFFF": ""},
        ("DET-3", "revocation_without_certificate", "CF_NR_ZKDX"),
    ),
    ({"CF_CFLB": "罚款;没收违法所得;打板子"}, ("DET-3", "unknown_value", "CF_CFLB")),
    ({"DISCREDIT_LEVEL": "特别严重"}, ("DET-3", "unknown_value", "DISCREDIT_LEVEL")),
    ({"CF_JDRQ": "2026-02-30"}, ("DET-2", "bad_date", "CF_JDRQ")),
    ({"CF_YXQ": "三年"}, ("DET-3", "bad_date", "CF_YXQ")),
    ({"CF_JDRQ": "1948-12-31"}, ("DET-2", "date_too_early", "CF_JDRQ")),
    ({"CF_JDRQ": "2026-11-22"}, ("DET-2", "future_decision", "CF_JDRQ")),
    ({"CF_GSJZQ": "2026-06-09"}, ("PUB-4", "publicity_before_decision", "CF_GSJZQ")),
    ({"CF_WSH": "字" * 129}, ("DET-3", "too_long", "CF_WSH")),
    ({"CF_NR": "罚款\x00"}, ("FORMAT", "control_character", "CF_NR")),
    ({"CF_NR": "罚款\ud800"}, ("FORMAT", "control_character", "CF_NR")),
    ({"BZ": "当事人血型：O型；病史：高血压"}, ("PRV-1", "prohibited_remark", "BZ")),
    ({"BZ": "血 型 不详"}, ("PRV-1", "prohibited_remark", "BZ")),
    ({"BZ": "信奉宗教信仰"}, ("PRV-1", "prohibited_remark", "BZ")),
    ({"BZ": "家庭年收入：20万元"}, ("PRV-1", "consent_only_remark", "BZ")),
    ({"BZ": "存款50万元"}, ("PRV-1", "consent_only_remark", "BZ")),
    ({"CF_SY": "经查，当事人血型：O型。"}, ("PRV-1", "prohibited_content", "CF_SY")),
    ({"CF_NR": "罚款。当事人身份证号420100199001010011"}, ("PUB-2", "public_citizen_id", "CF_NR")),
    ({"CF_NR": "罚款，联系人13812345678"}, ("PUB-2", "public_mobile_number", "CF_NR")),
    ({"CF_NR": "缴至银行账号：4200 1234 5678 9012"}, ("PUB-2", "public_bank_account", "CF_NR")),
    ({"CF_NR": "家庭住址：示范市一路1号"}, ("PUB-2", "public_home_address", "CF_NR")),
    ({"CF_NR": "联系电话：027-12345678"}, ("PUB-2", "public_phone", "CF_NR")),
    ({"CF_XDR_SWDJ": "42010019900101001101"}, ("PUB-2", "public_citizen_id", "CF_XDR_SWDJ")),
    (
        {"CF_FR_ZJLX": "身份证", "CF_FR_ZJHM": "420100199001010012"},
        ("DET-3", "citizen_id_check", "CF_FR_ZJHM"),
    ),
    ({"CF_FR_ZJLX": "军官"}, ("DET-3", "unknown_value", "CF_FR_ZJLX")),
    ({**PERSON, "CF_XDR_ZJHM": ""}, ("DET-3", "missing_person_id", "CF_XDR_ZJHM")),
    ({**PERSON, "CF_XDR_ZJLX": ""}, ("DET-3", "missing_field", "CF_XDR_ZJLX")),
    ({**PERSON, "CF_XDR_ZJHM": "990101200803150028"}, ("DET-3", "citizen_id_check", "CF_XDR_ZJHM")),
    ({**PERSON, "CF_XDR_ZJHM": "110105491231002"}, ("DET-3", "citizen_id_old", "CF_XDR_ZJHM")),
    (
        {**PERSON, "CF_XDR_ZJLX": "护照号", "CF_XDR_ZJHM": "00000000"},
        ("DET-3", "citizen_id_filler", "CF_XDR_ZJHM"),
    ),
]


@pytest.mark.parametrize(("changes", "expected"), CASES, ids=lambda v: v[1] if isinstance(v, tuple) else "")
def test_each_defect_is_found_alone(changes: dict[str, str], expected: tuple[str, str, str]) -> None:
    assert found(**changes) == [expected]


OTHER = "法律法规或者党中央国务院政策文件规定的其他文书"


@pytest.mark.rule("DET-1")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"RD_WSLX": "会议纪要"}, ("DET-1", "document_without_legal_force", "RD_WSLX")),
        ({"RD_WSLX": "责令改正通知书"}, ("DET-1", "document_without_legal_force", "RD_WSLX")),
        ({"RD_WSLX": ""}, ("DET-1", "missing_field", "RD_WSLX")),
        ({"RD_YJ": ""}, ("DET-1", "missing_basis", "RD_YJ")),
        (
            {"RD_WSLX": OTHER, "RD_YJ": "有关规定第十七条"},
            ("DET-1", "other_document_without_basis", "RD_YJ"),
        ),
        (
            {"RD_WSLX": OTHER, "RD_YJ": "《示范市信用管理办法》第十七条"},
            ("DET-1", "other_document_without_basis", "RD_YJ"),
        ),
    ],
)
def test_det_1_what_is_no_document_with_legal_force_determines_nothing(
    changes: dict[str, str], expected: tuple[str, str, str]
) -> None:
    assert found("determination", **changes) == [expected]


@pytest.mark.rule("DET-1")
@pytest.mark.parametrize(
    "kind",
    ["生效司法裁判文书", "生效仲裁文书", "行政处罚决定书", "行政裁决书", "其他行政行为决定文书", OTHER],
)
def test_det_1_each_kind_of_document_with_legal_force_passes(kind: str) -> None:
    assert found("determination", RD_WSLX=kind) == []
    central = (
        "《国务院办公厅关于进一步完善失信约束制度构建诚信建设长效机制的指导意见》(国办发〔2020〕49号)（二）"
    )
    assert found("determination", RD_WSLX=kind, RD_YJ=central) == []


@pytest.mark.rule("DET-2")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"RD_WSZT": "尚未生效"}, ("DET-2", "document_not_in_effect", "RD_WSZT")),
        ({"RD_WSZT": "已撤销"}, ("DET-2", "document_not_in_effect", "RD_WSZT")),
        ({"RD_WSZT": "已变更"}, ("DET-2", "document_not_in_effect", "RD_WSZT")),
        ({"RD_SXRQ": "2026-11-22"}, ("DET-2", "document_not_yet_effective", "RD_SXRQ")),
        ({"RD_SXRQ": "2026-06-09"}, ("DET-2", "effective_before_decision", "RD_SXRQ")),
        ({"RD_WSZY": "a1" * 31}, ("DET-2", "document_digest_malformed", "RD_WSZY")),
        ({"RD_WSZY": "A1" * 32}, ("DET-2", "document_digest_malformed", "RD_WSZY")),
        ({"RD_WSZY": ""}, ("DET-2", "missing_field", "RD_WSZY")),
        ({"RD_SXRQ": ""}, ("DET-2", "missing_field", "RD_SXRQ")),
        ({"RD_WSH": ""}, ("DET-2", "missing_document_number", "RD_WSH")),
        ({"RD_JDRQ": ""}, ("DET-2", "missing_field", "RD_JDRQ")),
        ({"RD_JDJGDM": ""}, ("DET-2", "missing_field", "RD_JDJGDM")),
    ],
)
def test_det_2_a_document_has_authority_number_dates_and_digest_and_is_in_effect(
    changes: dict[str, str], expected: tuple[str, str, str]
) -> None:
    assert found("determination", **changes) == [expected]
    assert found("determination", RD_SXRQ="2026-11-21") == []


@pytest.mark.rule("REP-2")
@pytest.mark.parametrize(
    ("served", "digest", "expected"),
    [
        ("2026-06-12", "c1" * 32, []),
        ("2026-06-10", "c1" * 32, []),
        ("2026-06-12", "", [("REP-2", "repair_notice_incomplete", NOTICE_DIGEST)]),
        ("", "c1" * 32, [("REP-2", "repair_notice_incomplete", NOTICE_DATE)]),
        ("2026-06-12", "C1", [("REP-2", "document_digest_malformed", NOTICE_DIGEST)]),
        ("2026-06-09", "c1" * 32, [("REP-2", "repair_notice_day", NOTICE_DATE)]),
        ("2027-06-12", "c1" * 32, [("REP-2", "repair_notice_day", NOTICE_DATE)]),
    ],
)
def test_rep_2_a_notice_of_how_to_repair_is_told_with_its_day_and_digest_or_not_at_all(
    served: str, digest: str, expected: list[tuple[str, str, str]]
) -> None:
    told = {NOTICE_DATE: served, NOTICE_DIGEST: digest}
    assert found("determination", **{code: value for code, value in told.items() if value}) == expected


@pytest.mark.rule("CAT-4")
@pytest.mark.parametrize("kind", ["法人", "其他组织", "1"])
def test_cat_4_an_unknown_kind_of_subject_is_refused(kind: str) -> None:
    assert ("CAT-4", "unknown_subject_kind", "CF_XDR_LB") in found(CF_XDR_LB=kind)
    assert ("CAT-4", "missing_subject_kind", "CF_XDR_LB") in found(CF_XDR_LB="")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"XK_NR": ""}, ("DET-3", "missing_content", "XK_NR")),
        ({"XK_WSH": ""}, ("DET-2", "missing_document_number", "XK_WSH")),
        ({"XK_XKLB": "特批"}, ("DET-3", "unknown_value", "XK_XKLB")),
        ({"XK_ZT": "9"}, ("DET-3", "unknown_value", "XK_ZT")),
        ({"XK_YXQZI": "2026-07-29"}, ("DET-3", "validity_reversed", "XK_YXQZI")),
        ({"XK_JDRQ": "2027-03-01"}, ("DET-2", "future_decision", "XK_JDRQ")),
        ({"BZ": "当事人血型：O型；病史：高血压"}, ("PRV-1", "prohibited_remark", "BZ")),
    ],
)
def test_licence_defects_are_found(changes: dict[str, str], expected: tuple[str, str, str]) -> None:
    assert found("licence", **changes) == [expected]


@pytest.mark.rule("PRV-1")
@pytest.mark.parametrize(
    "changes",
    [
        {"CF_SY": "当事人未向疾病预防控制中心报告传染病疫情，未建立患者病历档案。"},
        {"CF_WFXW": "违反《中华人民共和国职业病防治法》，未组织职业健康检查"},
        {"CF_SY": "当事人宣传其食品可以治疗以下疾病：高血压、糖尿病。"},
        {"CF_SY": "当事人非法采集指纹、基因等信息。"},
        {"CF_SY": "当事人未经同意收集消费者手机号13812345678。"},
        {"BZ": "由示范市疾病预防控制中心移送"},
        {"BZ": "依据《传染病防治法》移送；涉及转基因食品标识"},
        {"BZ": "营业收入：20万元"},
        {"CF_NR": "罚款人民币11.2726万元，十五日内缴纳；投诉请拨12345"},
        {"CF_WSH": "示市场罚字〔2026〕13812345678号"},
        {"CF_NR_ZKDX": "食品生产许可证13812345678"},
        {"CF_NR": "没收统一社会信用代码91420100MA4K9T000A名下物品，编号420100199001010012"},
        {"CF_NR_FK": "0.000001"},
        {"CF_JDRQ": "2026-11-21", "CF_GSJZQ": "2026-11-21"},
        {"CF_CFLB": "警告", "CF_NR_FK": "0", "CF_NR_WFFF": ""},
        {"CF_CFLB": "警告;罚款;没收违法所得;没收非法财物;责令停产停业;通报批评;限制从业;责令关闭"},
        {"CF_FR_ZJHM": "E12345678"},
        {"DISCREDIT_LEVEL": "一般"},
        {"CF_XDR_LB": "个体工商户", "CF_XDR_SHXYM": "92420106MA4K9T22X5"},
    ],
)
def test_prv_1_words_without_personal_data_are_not_refused(changes: dict[str, str]) -> None:
    assert found(**changes) == []


def test_all_defects_of_a_row_come_at_once_in_form_order() -> None:
    defects = found(
        CF_XDR_SHXYM="00000000000000000X",
        CF_WSH="",
        CF_YJ="",
        CF_NR_FK="",
        CF_JDRQ="2027-03-01",
        BZ="血型：O型",
    )
    assert [code for _, code, _ in defects] == [
        "credit_code_filler",
        "missing_document_number",
        "missing_basis",
        "fine_without_amount",
        "future_decision",
        "prohibited_remark",
    ]


@pytest.mark.rule("PRV-1")
def test_prv_1_unknown_fields_and_parts_are_refused_without_naming_them() -> None:
    parts = {
        **parts_of("penalty", PENALTY),
        "restricted": {"CF_SY": PENALTY["CF_SY"], "血型": "O"},
        "x": {"a": "b"},
    }
    defects = check_row(FORMS["penalty"], parts, today=TODAY)
    assert {(d.rule, d.code) for d in defects} == {("PRV-1", "unknown_field"), ("PRV-1", "unknown_part")}
    assert "/parts/restricted" in {d.field for d in defects}
    assert not any("血" in sentence(d) for d in defects)


@pytest.mark.rule("PUB-2")
def test_pub_2_a_persons_name_or_number_in_the_public_part_is_refused() -> None:
    parts = dict(parts_of("penalty", {**PENALTY, **PERSON}))
    parts["public"] = {**parts["public"], "CF_XDR_MC": "周秀伟"}
    (misplaced,) = [d for d in check_row(FORMS["penalty"], parts, today=TODAY) if d.code == "misplaced_field"]
    assert misplaced.rule == "PUB-2" and "应放在 person/1 部分" in sentence(misplaced)
    person = {c.replace("CF_", "XK_"): v for c, v in PERSON.items()}
    assert found("licence", **person, XK_XKWS="关于准予周秀伟从业的决定") == [
        ("PUB-2", "person_named_in_title", "XK_XKWS")
    ]


def test_no_defect_repeats_what_the_row_holds() -> None:
    changes = {
        **PERSON,
        "CF_XDR_ZJHM": "990101200803150028",
        "CF_YJ": "身份证号420100199001010011",
        "BZ": "病史：高血压",
    }
    values = {**PENALTY, **changes}
    for defect in check_row(FORMS["penalty"], parts_of("penalty", values), today=TODAY):
        told = sentence(defect) + sentence(defect, "en") + repr(defect)
        assert not any(
            secret in told for secret in ("990101200803150028", "420100199001010011", "高血压", "周秀伟")
        )


def test_values_out_of_canonical_form_are_refused() -> None:
    for changes in (
        {"CF_NR_FK": "11.27260"},
        {"CF_WSH": " 示〔2026〕1号"},
        {"CF_XDR_SHXYM": "91420100ma4k9t000a"},
    ):
        assert [code for _, code, _ in found(**changes)] == ["not_canonical_value"]


@given(
    st.dictionaries(st.sampled_from([*PENALTY, "BZ", "CF_XDR_ZJHM", "?"]), st.text(max_size=80), max_size=12)
)
def test_any_content_gets_an_answer(values: dict[str, str]) -> None:
    public = {**PENALTY, **values, "form": "penalty", "item": "C03-02"}
    for parts in ({"public": public}, {"person/1": values}, {"restricted": values, "z": {}}):
        for defect in check_row(FORMS["penalty"], parts, today=TODAY):
            assert sentence(defect) and sentence(defect, "en")
