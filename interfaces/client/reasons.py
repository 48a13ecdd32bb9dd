"""Makes the workbook that goes back to the department: its own rows with a last column of reasons (退回原因).

Comes after the rows were judged; nothing is written to disk, and what may not be collected or published is
blanked, so that the file spreads it no further (STORAGE 7).
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from domain.shared.refusals import Defect, Language, sentence
from interfaces.client.csv_text import BrokenRow
from interfaces.client.tables import Table

HEADING = "退回原因 / reasons"
_BLANKED_RULES = ("PRV-1", "PUB-2")
_CELL_MAX_CHARACTERS = 32_767
_SURROGATES = dict.fromkeys(range(55296, 57344), "�")
_NUMBER_MAX = 10**15
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
"""For every workbook that is written: nothing on disk, and no text becomes anything but text."""

Reasons = Mapping[int, Sequence[tuple[str, Defect]]]


def reasons_workbook(
    table: Table, refused: Reasons, *, lang: Language = "zh", only_refused: bool = False
) -> bytes:
    """An xlsx of the table with a last column that says why a row was refused.

    ``refused``: data row → (field code or "", defect). Cells of fields with a PRV-1 or PUB-2 defect are
    blank, the whole row where such a defect names no field; values of unknown columns are dropped.
    ``only_refused`` leaves sound rows out. Titles and header rows stay, so that the corrected file can be
    sent as it is.
    """
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(target, OPTIONS)
    sheet = workbook.add_worksheet("退回")
    width = max(column.position for column in table.columns) + 1
    kept = {column.position: column.code for column in table.columns if column.code}
    written = 0
    for sheet_row, cells in table.rows():
        data_row = sheet_row - table.first_row + 1
        if data_row < 1:
            _write(sheet, written, [str(cell) for cell in cells[:width]])
            if sheet_row in table.header.rows:
                sheet.write_string(written, width, HEADING)
        else:
            reasons = refused.get(data_row, ())
            if only_refused and not reasons:
                continue
            _write(sheet, written, _shown(cells, kept, reasons, width))
            if reasons:
                write_text(sheet, written, width, _explained(reasons, lang))
        written += 1
    workbook.close()
    return target.getvalue()


def _shown(
    cells: Sequence[object], kept: Mapping[int, str], reasons: Sequence[tuple[str, Defect]], width: int
) -> list[object]:
    blanked = {field for field, defect in reasons if defect.rule in _BLANKED_RULES}
    if "" in blanked or isinstance(cells, BrokenRow):
        return []
    return [
        cell if position in kept and kept[position] not in blanked else ""
        for position, cell in enumerate(cells[:width])
    ]


def _explained(reasons: Sequence[tuple[str, Defect]], lang: Language) -> str:
    return "\n".join(dict.fromkeys(f"[{defect.rule}] {sentence(defect, lang)}" for _, defect in reasons))


def _write(sheet: Worksheet, row: int, cells: Sequence[object]) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) < _NUMBER_MAX:
            sheet.write_number(row, column, cell)
        elif cell != "" and cell is not None:
            write_text(sheet, row, column, _text(cell))


def write_text(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """Text is always written as text: a cell that begins with = stays harmless."""
    sheet.write_string(row, column, text.translate(_SURROGATES)[:_CELL_MAX_CHARACTERS])


def _text(cell: object) -> str:
    if isinstance(cell, datetime) and cell.time() == datetime.min.time():
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)
