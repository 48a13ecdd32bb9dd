"""Reading files: the samples exactly, headers in any order, encodings, unreadable files by their reason."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import struct
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.records.rows import check_row
from domain.shared.forms import ORGANISATION, PERSON
from domain.shared.refusals import sentence
from interfaces.client.form_data import load_forms
from interfaces.client.rows import ReadRow, read_rows
from interfaces.client.tables import Limits, Table, UnreadableFile, read_table

TODAY = date(2026, 11, 21)
FORMS = load_forms()
SAMPLES = Path(__file__).resolve().parents[1] / "samples"
PLANTED = json.loads((SAMPLES / "planted-defects.json").read_text(encoding="utf-8"))["files"]
NEEDS_REGISTRY = {"duplicate_document", "unknown_authority"}
CODES = {"filler_code": "credit_code_filler", "bad_check": "credit_code_check"}
HEAD = ["CF_XDR_MC", "CF_XDR_LB", "CF_XDR_SHXYM", "CF_WSH", "CF_CFLB", "CF_NR_FK", "CF_JDRQ", "BZ"]
NAMES = [FORMS["penalty"].fields[code].name_zh for code in HEAD]
ROW = ["示范公司", ORGANISATION, "91420100MA4K9T000A", "示〔2026〕1号", "罚款", "57.083", "2026-03-05", ""]


def csv_bytes(
    rows: Iterable[Sequence[str]], encoding: str = "utf-8", separator: str = ",", end: str = "\r\n"
) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=end).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_bytes(
    rows: Sequence[Sequence[object]], *, date1904: bool = False, extra: Sequence[str] = ()
) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "date_1904": date1904})
    sheet = book.add_worksheet("数据")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(r, c, value, day)
            elif isinstance(value, str) and value.startswith("="):
                sheet.write_formula(r, c, value, value="9")
            elif value not in ("", None):
                sheet.write(r, c, value)
    for name in extra:
        book.add_worksheet(name).write(0, 0, "填表说明")
    book.close()
    return target.getvalue()


def read(data: bytes, limits: Limits | None = None) -> tuple[Table, list[ReadRow]]:
    table = read_table(data, forms=FORMS, limits=limits)
    return table, list(read_rows(table, FORMS))


def value(row: ReadRow, code: str) -> str:
    assert row.parts is not None
    return str(next((part[code] for part in row.parts.values() if code in part), ""))


def one(data: bytes, code: str) -> str:
    return value(read(data)[1][0], code)


def fault(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_table(data, forms=FORMS, limits=limits)
    assert sentence(caught.value.defect) and sentence(caught.value.defect, "en")
    return caught.value.defect.code


@pytest.mark.parametrize("name", PLANTED)
def test_each_sample_gives_exactly_its_planted_defects(name: str) -> None:
    planted = {int(k): v for k, v in PLANTED[name]["planted"].items() if v not in NEEDS_REGISTRY}
    table, rows = read((SAMPLES / name).read_bytes())
    found = {}
    for row in rows:
        assert row.parts is not None
        defects = [*row.defects, *check_row(FORMS[table.kind], row.parts, today=TODAY)]
        if defects:
            found[row.data_row] = [d.code for d in defects]
            assert row.sheet_row == row.data_row + (2 if name.endswith("xlsx") else 1)
    assert len(rows) == PLANTED[name]["rows"]
    assert found == {row: [CODES.get(code, code)] for row, code in planted.items()}


def test_of_the_natural_persons_nothing_identifying_is_in_the_public_part() -> None:
    for path in SAMPLES.glob("people-*.xlsx"):
        for row in read(path.read_bytes())[1]:
            assert row.parts is not None
            name, number = row.parts["person/1"]["CF_XDR_MC"], row.parts["person/1"]["CF_XDR_ZJHM"]
            assert row.parts["public"]["CF_XDR_LB"] == PERSON
            assert not any(str(name) in str(v) or str(number) in str(v) for v in row.parts["public"].values())


@pytest.mark.parametrize(
    "header", [[HEAD], [NAMES], [HEAD, NAMES], [NAMES, HEAD], [["示范市行政处罚信息表"], NAMES, HEAD]]
)
def test_codes_names_or_both_under_a_title_are_found(header: list[list[str]]) -> None:
    for data in (csv_bytes([*header, ROW]), xlsx_bytes([*header, ROW])):
        table, rows = read(data)
        assert table.first_row == len(header) + 1
        assert (rows[0].data_row, rows[0].sheet_row) == (1, len(header) + 1)
        assert value(rows[0], "CF_WSH") == "示〔2026〕1号"


def test_blank_rows_are_skipped_and_numbering_stays_right() -> None:
    for data in (
        csv_bytes([[], HEAD, ROW, [""] * 8, [" "], ROW]),
        xlsx_bytes([[], HEAD, ROW, [], [" "], ROW]),
    ):
        assert [(r.data_row, r.sheet_row) for r in read(data)[1]] == [(1, 3), (4, 6)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "gbk"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_encodings_separators_and_line_ends_are_read(encoding: str, separator: str, end: str) -> None:
    table, rows = read(csv_bytes([NAMES, ROW, ROW], encoding, separator, end))
    assert (len(rows), value(rows[1], "CF_XDR_MC")) == (2, "示范公司")
    assert table.source == "csv"


def test_separators_inside_the_rows_do_not_change_the_one_of_the_header() -> None:
    row = [*ROW[:4], "罚款;警告;没收违法所得;通报批评;限制从业;责令关闭;行政拘留;责令停产停业", *ROW[5:]]
    assert one(csv_bytes([HEAD, row]), "CF_CFLB").startswith("罚款;警告;没收违法所得")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b" \r\n \n", "file_empty"),
        (b"PK\x03\x04 not a zip", "not_a_workbook"),
        (b"%PDF-1.7 ...", "not_a_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted_workbook"),
        (b"\x00\x01\x02 binary", "not_a_workbook"),
        (b"\xef\xbb\xbf\xff\xfe", "wrong_encoding"),
        (b"\xff\xfe\x00\xd8", "wrong_encoding"),
        ("名称,类别\n".encode() * 30 + b"\xff\n", "wrong_encoding"),
        (csv_bytes([["處罰機關", "違法事實", "處罰依據"]], "big5"), "no_header"),
        ("你好,世界\n1,2\n".encode(), "no_header"),
        (csv_bytes([["行政相对人名称", "行政相对人类别", "法定代表人", "备注"], ROW]), "form_not_recognised"),
        (csv_bytes([[*HEAD, "XK_NR"], ROW]), "mixed_forms"),
        (csv_bytes([[*HEAD, "处罚类别"], ROW]), "duplicate_column"),
        (csv_bytes([HEAD, [NAMES[1], NAMES[0], *NAMES[2:]], ROW]), "header_conflict"),
        (csv_bytes([["题"]] * 10 + [HEAD, ROW]), "no_header"),
        (xlsx_bytes([]), "file_empty"),
        (xlsx_bytes([["说明"], ["请看下页"]]), "no_header"),
    ],
)
def test_an_unreadable_file_is_refused_with_its_reason(data: bytes, code: str) -> None:
    assert fault(data) == code


def test_bounds_are_kept() -> None:
    rows = [HEAD, *[ROW] * 5]
    for data in (csv_bytes(rows), xlsx_bytes(rows)):
        assert fault(data, Limits(rows_max=4)) == "too_many_rows"
        assert len(read(data, Limits(rows_max=5))[1]) == 5
        assert fault(data, Limits(columns_max=7)) == "too_many_columns"
        assert fault(data, Limits(file_max_bytes=100)) == "file_too_large"
        long = read(data, Limits(cell_max_characters=10))[1][0]
        assert [d.code for d in long.defects] == ["cell_too_long"]
    assert fault(csv_bytes([HEAD, *[ROW] * 200_001])) == "too_many_rows"


def rezip(data: bytes, change: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys([*old.namelist(), *change]):
            new.writestr(name, change[name] if name in change else old.read(name))
    return target.getvalue()


GOOD = xlsx_bytes([HEAD, ROW])
SHEET = "xl/worksheets/sheet1.xml"


def sheet_of(cells: str) -> bytes:
    return rezip(
        GOOD,
        {
            SHEET: f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            f"{cells}</sheetData></worksheet>".encode()
        },
    )


def test_a_zip_bomb_is_refused_before_it_is_parsed() -> None:
    assert fault(rezip(GOOD, {"xl/bomb.xml": bytes(40 << 20)})) == "archive_bomb"
    assert fault(rezip(GOOD, {f"xl/{i}.xml": b"" for i in range(1200)})) == "archive_bomb"
    lying = bytearray(rezip(GOOD, {"xl/bomb.xml": b"a" * 5_000_000}))
    at = lying.rindex(b"xl/bomb.xml") - 46
    lying[at + 24 : at + 28] = struct.pack("<I", 10)
    assert fault(bytes(lying)) == "archive_bomb"


def test_cells_far_out_cannot_make_the_parser_lay_out_a_giant_sheet() -> None:
    assert fault(sheet_of('<row r="1"><c r="XFD1048576"><v>1</v></c></row>')) in (
        "too_many_rows",
        "too_many_columns",
    )
    assert fault(sheet_of('<row r="1"><c r="ZZ1"><v>1</v></c></row>')) == "too_many_columns"
    assert fault(sheet_of("<row r='1'><c  r = 'A999999' ><v>1</v></c></row>")) == "too_many_rows"
    assert (
        fault(sheet_of('<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c><c r="ZZ9" s="1"/></row>'))
        == "no_header"
    )


def test_damaged_and_disguised_workbooks_are_refused() -> None:
    assert fault(GOOD[: len(GOOD) // 2]) == "not_a_workbook"
    assert fault(rezip(GOOD, {SHEET: b"<worksheet><sheetData><row>"})) == "not_a_workbook"
    entity = b'<!DOCTYPE x [<!ENTITY a "b">]><workbook>&a;</workbook>'
    assert fault(rezip(GOOD, {"xl/workbook.xml": entity})) == "not_a_workbook"
    ods = io.BytesIO()
    with zipfile.ZipFile(ods, "w") as archive:
        archive.writestr("content.xml", "<x/>")
    assert fault(ods.getvalue()) == "old_workbook"


def test_formula_cells_make_their_row_defective_and_no_other() -> None:
    rows = read(xlsx_bytes([HEAD, ROW, [*ROW[:5], "=1+1", *ROW[6:]], ROW]))[1]
    assert [[(d.code, d.field) for d in r.defects] for r in rows] == [[], [("formula_cell", "CF_NR_FK")], []]
    for sign in ("=1+1", "@SUM(A1)", " =cmd"):
        rows = read(csv_bytes([HEAD, [sign, *ROW[1:]], ROW]))[1]
        assert [[(d.code, d.field) for d in r.defects] for r in rows] == [[("formula_cell", "CF_XDR_MC")], []]


def test_a_formula_without_a_place_refuses_the_file() -> None:
    assert fault(sheet_of("<row><c><f>1+1</f><v>2</v></c></row>")) == "formula_unlocated"


def test_broken_and_surplus_rows_do_not_take_others_with_them() -> None:
    good = ",".join(ROW)
    text = "\n".join([",".join(HEAD), good, '"' + good, good, good + ",多一列", '"a"b' + good, good])
    rows = read(text.encode())[1]
    assert [(r.data_row, [d.code for d in r.defects]) for r in rows] == [
        (1, []),
        (2, ["broken_quotes"]),
        (3, []),
        (4, ["surplus_cells"]),
        (5, ["broken_quotes"]),
        (6, []),
    ]


def test_quoted_line_ends_stay_in_their_cell() -> None:
    rows = read(csv_bytes([HEAD, [*ROW[:7], '第一行\n第二行，“引号”"x"'], ROW]))[1]
    assert value(rows[0], "BZ") == '第一行\n第二行，“引号”"x"'
    assert rows[1].data_row == 2


def test_control_characters_are_row_defects() -> None:
    rows = read(csv_bytes([HEAD, ["示范\x07公司", *ROW[1:]], ROW]))[1]
    assert [[d.code for d in r.defects] for r in rows] == [["control_character"], []]
    nul = csv_bytes([HEAD, ROW]) + b"a" * 5000 + b"\x00," + b",".join([b"x"] * 6) + b"\n"
    assert [d.code for d in read(nul)[1][1].defects] == ["control_character"]


def test_unknown_columns_are_named_and_their_values_dropped() -> None:
    table, rows = read(csv_bytes([[*HEAD, "血型"], [*ROW, "O型"]]))
    assert table.unknown_columns == ("血型",)
    assert "O型" not in repr(rows)


def test_only_the_first_table_is_read_and_other_sheets_are_named() -> None:
    table, rows = read(xlsx_bytes([HEAD, ROW], extra=["说明", "空"]))
    assert [d.data["sheet"] for d in table.warnings if d.code == "other_sheet_ignored"] == ["说明", "空"]
    assert len(rows) == 1


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-05",
        "2026/3/5",
        "2026-3-5",
        "2026.03.05",
        "2026年3月5日",
        "20260305",
        "２０２６／３／５",
        "46086",
        "2026-03-05 00:00:00",
        "2026/3/5 0:00",
    ],
)
def test_dates_in_every_usual_spelling(cell: str) -> None:
    assert one(csv_bytes([HEAD, [*ROW[:6], cell, ""]]), "CF_JDRQ") == "2026-03-05"


@pytest.mark.parametrize(
    "cell", [date(2026, 3, 5), datetime.fromisoformat("2026-03-05"), 46086, 46086.0, 20260305, "2026/3/5"]
)
def test_dates_in_workbooks(cell: object) -> None:
    assert one(xlsx_bytes([HEAD, [*ROW[:6], cell, ""]]), "CF_JDRQ") == "2026-03-05"


@pytest.mark.parametrize("cell", [date(2026, 3, 5), 46086 - 1462])
def test_dates_counted_from_1904(cell: object) -> None:
    assert one(xlsx_bytes([HEAD, [*ROW[:6], cell, ""]], date1904=True), "CF_JDRQ") == "2026-03-05"


@pytest.mark.parametrize("cell", ["05/03/2026", "2026-13-01", "去年", "2026-02-30", "99999999"])
def test_what_is_no_date_stays_as_it_is_for_the_row_rules(cell: str) -> None:
    assert one(csv_bytes([HEAD, [*ROW[:6], cell, ""]]), "CF_JDRQ") == cell


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (57.083, "57.083"),
        (0.1 + 0.2, "0.3"),
        (5, "5"),
        (20.0, "20"),
        ("1,234.50", "1234.5"),
        ("５７．０８", "57.08"),
        ("0.2万元", "0.2"),
        ("-1", "-1"),
        ("两万", "两万"),
        (1e-7, "0.0000001"),
        ("1,23", "1,23"),
        ("/", ""),
    ],
)
def test_amounts_become_plain_decimals(cell: object, expected: str) -> None:
    assert one(xlsx_bytes([HEAD, [*ROW[:5], cell, *ROW[6:]]]), "CF_NR_FK") == expected


def test_numbers_in_text_columns_lose_their_point_but_never_digits() -> None:
    row = read(xlsx_bytes([HEAD, [*ROW[:3], 1001.0, *ROW[4:]]]))[1][0]
    assert value(row, "CF_WSH") == "1001"
    head = [*HEAD, "CF_XDR_ZJHM"]
    assert [d.code for d in read(xlsx_bytes([head, [*ROW, 420100199001010011]]))[1][0].defects] == [
        "number_lost_digits"
    ]
    assert [d.code for d in read(csv_bytes([head, [*ROW, "4.20100E+17"]]))[1][0].defects] == [
        "number_lost_digits"
    ]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("罚款；没收违法所得", "罚款;没收违法所得"),
        ("罚款、警告,通报批评，", "罚款;警告;通报批评"),
        ("法律、行政法规规定的其他行政处罚、罚款", "法律、行政法规规定的其他行政处罚;罚款"),
        ("其他-责令改正、补种树木", "其他-责令改正、补种树木"),
    ],
)
def test_lists_of_categories_are_split_at_every_usual_sign(cell: str, expected: str) -> None:
    assert one(csv_bytes([HEAD, [*ROW[:4], cell, *ROW[5:]]]), "CF_CFLB") == expected


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.binary(max_size=400),
        st.binary(max_size=200).map(lambda b: csv_bytes([HEAD]) + b),
        st.tuples(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=8)).map(
            lambda t: GOOD[: t[0]] + t[1] + GOOD[t[0] + len(t[1]) :]
        ),
        st.text(max_size=200).map(lambda t: sheet_of(t) if t.isprintable() else GOOD),
    )
)
def test_no_bytes_raise_anything_but_unreadable_file(data: bytes) -> None:
    with contextlib.suppress(UnreadableFile):
        table = read_table(data, forms=FORMS)
        read_all(table)


def read_all(table: Table) -> None:
    for row in read_rows(table, FORMS):
        if row.parts is not None:
            check_row(FORMS[table.kind], row.parts, today=TODAY)


CELL = st.one_of(
    st.text(max_size=40),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.none(),
    st.sampled_from(["=1", "1e400", "٣٤", "2026年", "#REF!", "\ud800", "0" * 400]),
)


@settings(deadline=None)
@given(st.lists(CELL, min_size=8, max_size=8), st.booleans())
def test_no_cell_value_raises(cells: list[object], date1904: bool) -> None:
    head = read_table(csv_bytes([HEAD]), forms=FORMS)
    table = Table(
        head.kind, head.header, "xlsx", lambda: iter([(1, HEAD), (2, cells)]), 2, head.limits, {}, date1904
    )
    for row in read_rows(table, FORMS):
        assert row.parts is not None
        for defect in [*row.defects, *check_row(FORMS["penalty"], row.parts, today=TODAY)]:
            assert sentence(defect)
