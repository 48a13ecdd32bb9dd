"""The clean-up ledger's form, its rows, and at which level of law a text cites its basis (INS-1, INS-2)."""

from __future__ import annotations

from datetime import date

import pytest

from domain.instruments.basis import cited_levels, cites, is_misstated
from domain.instruments.form import (
    COLUMNS,
    DISTRICT,
    FIELDS,
    KEEP,
    NATIONAL,
    Entry,
    last_day,
    read_entry,
    recognise,
)
from domain.shared.refusals import Defect, Refused, sentence
from interfaces.client.ledger_book import LIMITS, read_ledger, write_ledger
from interfaces.client.unreadable import UnreadableFile
from interfaces.client.workbooks import open_sheets
from tests.ledger_books import KEPT, ROW, SCHEMA, book, row


def codes(found: Entry | list[Defect]) -> list[tuple[str, str]]:
    assert isinstance(found, list)
    assert all(sentence(d, "zh") and sentence(d, "en") for d in found)
    return [(d.rule, d.code) for d in found]


def test_ins_1_the_columns_are_those_of_the_form() -> None:
    assert list(COLUMNS) == SCHEMA["columns"]
    assert set(NATIONAL.dispositions) == set(SCHEMA["notes"]["处置方式"])
    assert len(DISTRICT.columns) == len(COLUMNS) == len(FIELDS)
    assert recognise([c.replace("“", '"').replace("”", '"').replace("(", "（") for c in COLUMNS]) is NATIONAL
    assert recognise(DISTRICT.columns) is DISTRICT


@pytest.mark.rule("INS-1")
@pytest.mark.parametrize(
    ("headings", "code", "named"),
    [
        ([*COLUMNS[:9], COLUMNS[10], COLUMNS[9], *COLUMNS[11:]], "ledger_heading_differs", "处置方式"),
        (COLUMNS[:13], "ledger_heading_differs", "电话"),
        ([*COLUMNS, "备注"], "ledger_column_extra", ""),
        (
            [*DISTRICT.columns[:4], "是否涉及奖励", *DISTRICT.columns[5:]],
            "ledger_heading_differs",
            "是否涉及惩戒措施",
        ),
    ],
)
def test_ins_1_other_columns_are_refused_with_the_first_that_differs(
    headings: list[str], code: str, named: str
) -> None:
    with pytest.raises(Refused) as refused:
        read_ledger(book(headings=headings))
    (defect,) = refused.value.defects
    assert (defect.rule, defect.code, defect.field) == ("INS-1", code, named)


@pytest.mark.rule("INS-1")
def test_ins_1_what_is_exported_is_read_back_the_same() -> None:
    data = book(row(), row(**KEPT), row(title="《三》", due="2027-03-31", disposition="立法"))
    form, rows = read_ledger(data)
    entries = [r.found for r in rows if isinstance(r.found, Entry)]
    assert form is NATIONAL and len(entries) == 3
    written = write_ledger(form, entries, title="台账")
    assert [r.found for r in read_ledger(written)[1]] == entries
    (sheet,) = open_sheets(written, LIMITS)
    *_, (_, last) = sheet.rows()
    assert last[0] == NATIONAL.notes, "the form's notes stand below and are no row"
    assert [e.sufficient for e in entries] == [False, True, False]
    public = write_ledger(form, entries, title="台账", personal=False)
    with pytest.raises(Refused):
        read_ledger(public)


def test_ins_1_the_forms_examples_and_notes_and_blank_rows_are_no_rows() -> None:
    blank = dict.fromkeys(FIELDS, "")
    example, note = row(number="示例"), {**blank, "number": "注：1. “是否有国家层面依据”栏"}
    form, rows = read_ledger(book(example, blank, row(), note, form=DISTRICT))
    assert form is DISTRICT and [r.sheet_row for r in rows] == [6]


@pytest.mark.rule("INS-1")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"shares": "有"}, "ledger_not_yes_or_no"),
        ({"title": ""}, "ledger_cell_missing"),
        ({"contact": " "}, "ledger_cell_missing"),
        ({"due": ""}, "ledger_cell_missing"),
        ({"due": "尽快"}, "ledger_due_unreadable"),
        ({"due": "2026-13-01"}, "ledger_due_unreadable"),
        ({"disposition": "待定"}, "ledger_disposition_unknown"),
        ({"phone": "张三"}, "ledger_phone_unreadable"),
        ({"summary": "一" * 2001}, "ledger_cell_unusable"),
        ({"national_basis": "是"}, "ledger_basis_not_given"),
    ],
)
def test_ins_1_a_bad_row_is_told_its_column_and_reason(changes: dict[str, str], code: str) -> None:
    assert codes(read_entry(row(**changes), NATIONAL)) == [("INS-1", code)]
    assert isinstance(read_entry(ROW, NATIONAL), Entry)


@pytest.mark.rule("INS-2")
def test_ins_2_only_a_sufficient_basis_lets_a_document_be_kept() -> None:
    assert isinstance(read_entry(row(**KEPT), NATIONAL), Entry)
    for basis in (
        "《某某管理办法》（交通运输部令2021年第3号）第五条",
        "《示范市人民政府办公室关于信用的通知》",
        "有关规定",
    ):
        kept = row(**{**KEPT, "basis": basis})
        assert codes(read_entry(kept, NATIONAL)) == [("INS-2", "ledger_kept_without_basis")]
    assert codes(read_entry(row(**KEPT), DISTRICT)) == [("INS-1", "ledger_disposition_unknown")]
    assert KEEP not in DISTRICT.dispositions
    local = row(**{**KEPT, "basis": "《河北省社会信用信息条例》第二十条"})
    assert codes(read_entry(local, NATIONAL)) == [("INS-2", "ledger_kept_without_basis")]
    found = read_entry({**local, "national_basis": "否", "local_basis": "是"}, NATIONAL)
    assert isinstance(found, Entry) and found.sufficient


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("《中华人民共和国行政处罚法》第四十八条", "law"),
        ("《中华人民共和国行政处罚法（2021修订）》", "law"),
        ("《企业信息公示暂行条例》（国务院令第654号）", "admin_regulation"),
        ("《城市绿化条例》第三条", "admin_regulation"),
        ("《中华人民共和国市场主体登记管理条例》", "admin_regulation"),
        ("《湖北省社会信用信息管理条例》", "local_regulation"),
        ("《XX市垃圾分类管理条例》", "local_regulation"),
        ("《关于进一步完善失信约束制度的指导意见》（国办发〔2020〕49号）", "central_policy"),
        ("《国务院办公厅关于进一步完善失信约束制度构建诚信建设长效机制的指导意见》", "central_policy"),
        ("《某某规定》（湖北省人民政府令第3号）", "local_government_rule"),
        ("《严重失信主体名单管理办法》（应急管理部令第11号）", "department_rule"),
        ("《最高人民法院若干规定》（法释〔2017〕7号）", "judicial_interpretation"),
        ("《关于开展清理规范工作的通知》（发改办财金〔2021〕15号）", "normative_document"),
        ("《XX市个人信用信息管理办法》", "normative_document"),
    ],
)
def test_ins_2_the_level_of_a_citation_is_known_by_number_and_title(text: str, level: str) -> None:
    assert list(cited_levels(text)) == [level]


def test_ins_2_a_citation_means_a_document_by_its_name_or_its_number() -> None:
    document = ROW["title"]
    assert cites(document, title="示范市交通运输局关于加强信用管理的通知", number="-")
    assert cites(document, title="别的名称", number="示交发[2019]3 号")
    assert not cites(document, title="示范市交通运输局关于信用管理的通知", number="示交发〔2019〕4号")
    assert not cites("《无号文件》", title="别的", number="")


def test_a_completion_time_means_its_last_day() -> None:
    days = {
        "2021年底": date(2021, 12, 31),
        "2021年1月底前": date(2021, 1, 31),
        "2024年2月": date(2024, 2, 29),
        "2021年1月29日之前": date(2021, 1, 29),
        "2021/1/29": date(2021, 1, 29),
        "长期": None,
        "2021年13月": None,
    }
    assert {text: last_day(text) for text in days} == days


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"a,b\n1,2", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_ins_1_what_is_no_workbook_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read_ledger(data)
    with pytest.raises(UnreadableFile, match="ledger_no_header"):
        read_ledger(book(headings=["编号", "名称"]))


@pytest.mark.rule("CAT-2")
@pytest.mark.parametrize(
    ("title", "number", "level", "is_none"),
    [
        ("示范市信用管理工作通知", "示信用办〔2018〕13号", "local_regulation", True),
        ("《示范市信用管理实施方案》", "示政〔2021〕2号", "law", True),
        ("市场监督管理严重违法失信名单管理办法", "市场监管总局令第44号", "admin_regulation", True),
        ("示范省信用信息管理办法", "示范省政府令第272号", "local_regulation", True),
        ("关于加强信用建设的意见", "国办发〔2025〕22号", "law", True),
        ("关于加强信用建设的意见", "国办发〔2025〕22号", "central_policy", False),
        ("联合惩戒合作备忘录", "发改财金〔2017〕1798号", "central_policy", True),
        ("示范市社会信用条例", "示范市人大常委会公告第1号", "local_regulation", False),
        ("示范市信用办法", "示人发〔2021〕2号", "local_regulation", False),
        ("中华人民共和国食品安全法", "2021修正", "law", False),
        ("市场监督管理严重违法失信名单管理办法", "市场监管总局令第44号", "department_rule", False),
    ],
)
def test_cat_2_a_basis_is_not_of_a_level_that_its_own_title_and_number_contradict(
    title: str, number: str, level: str, is_none: bool
) -> None:
    assert is_misstated(title, number, level) == is_none
