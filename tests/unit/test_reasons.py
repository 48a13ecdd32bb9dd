"""The reasons workbook: the department's own rows, why they came back, nothing that must not spread."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from domain.records.rows import check_row
from domain.shared.refusals import Defect
from interfaces.client.form_data import load_forms
from interfaces.client.reasons import HEADING, reasons_workbook
from interfaces.client.rows import read_rows
from interfaces.client.tables import Table, read_table
from tests.unit.test_tables import HEAD, NAMES, ROW, csv_bytes, xlsx_bytes

TODAY = date(2026, 11, 21)
FORMS = load_forms()
SAMPLES = Path(__file__).resolve().parents[1] / "samples"


def refused(table: Table) -> dict[int, list[tuple[str, Defect]]]:
    found = {}
    for row in read_rows(table, FORMS):
        defects = [*row.defects, *(check_row(FORMS[table.kind], row.parts, today=TODAY) if row.parts else [])]
        if defects:
            found[row.data_row] = [(d.field, d) for d in defects]
    return found


def rows_of(data: bytes) -> list[list[object]]:
    return [list(cells) for _, cells in read_table(data, forms=FORMS).rows()]


@pytest.mark.parametrize("name", ["penalties-2.xlsx", "licences-3.csv"])
def test_every_row_comes_back_with_the_reason_beside_it(name: str) -> None:
    table = read_table((SAMPLES / name).read_bytes(), forms=FORMS)
    reasons = refused(table)
    back = rows_of(reasons_workbook(table, reasons))
    headers = table.first_row - 1
    assert len(back) == headers + sum(1 for _ in read_rows(table, FORMS))
    assert all(row[-1] == HEADING for row in back[:headers])
    for data_row, row in enumerate(back[headers:], 1):
        assert (row[-1] != "") == (data_row in reasons)


def test_the_corrected_file_can_be_sent_again_as_it_is() -> None:
    table = read_table((SAMPLES / "penalties-1.xlsx").read_bytes(), forms=FORMS)
    again = read_table(reasons_workbook(table, refused(table)), forms=FORMS)
    assert again.unknown_columns == (HEADING,)
    assert [r.parts for r in read_rows(again, FORMS)] == [r.parts for r in read_rows(table, FORMS)]


@pytest.mark.rule("PRV-1")
def test_prv_1_prohibited_cells_and_unknown_columns_are_blank() -> None:
    secret = "当事人血型：O型"
    table = read_table(
        csv_bytes([[*HEAD, "病历"], [*ROW[:7], secret, "高血压"], [*ROW, "肝炎"]]), forms=FORMS
    )
    data = reasons_workbook(table, refused(table))
    unpacked = b"".join(
        zipfile.ZipFile(io.BytesIO(data)).read(n) for n in zipfile.ZipFile(io.BytesIO(data)).namelist()
    )
    assert not any(word.encode() in unpacked for word in (secret, "高血压", "肝炎"))
    assert "示范公司".encode() in unpacked


def test_only_the_refused_rows_on_request_in_english() -> None:
    table = read_table(csv_bytes([HEAD, ROW, [*ROW[:3], "", *ROW[4:]], ROW]), forms=FORMS)
    reasons = {
        2: [
            (
                "CF_WSH",
                Defect("DET-2", "missing_document_number", "CF_WSH", {"name": "文号", "name_en": "number"}),
            )
        ]
    }
    back = rows_of(reasons_workbook(table, reasons, lang="en", only_refused=True))
    assert len(back) == 2
    assert str(back[1][-1]).startswith("[DET-2] The number is missing")


def test_text_that_looks_like_a_formula_stays_text() -> None:
    for data in (
        csv_bytes([NAMES, ['=HYPERLINK("http://x")', *ROW[1:]]]),
        xlsx_bytes([NAMES, ["=1+1", *ROW[1:]]]),
    ):
        table = read_table(data, forms=FORMS)
        archive = zipfile.ZipFile(io.BytesIO(reasons_workbook(table, refused(table))))
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
        assert not any("rels" in n and "sheet" in n for n in archive.namelist())


def test_nothing_is_written_to_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file was opened")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    table = read_table(
        csv_bytes([HEAD, ROW, [*ROW[:7], "坏\ud800".encode("utf-8", "replace").decode()]]), forms=FORMS
    )
    assert reasons_workbook(table, refused(table))[:2] == b"PK"
