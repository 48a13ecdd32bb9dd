"""Makes the workbook that goes back to the department: its own rows with a last column of reasons (退回原因).

Comes after the rows were judged; nothing is written to disk, and what may not be collected or published is
blanked, so that the file spreads it no further (STORAGE 7).
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from xlsxwriter import Workbook  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from domain.shared.refusals import Defect, Language, sentence
from interfaces.client.book_writing import OPTIONS, Looks, lay_out, make_room, write_text
from interfaces.client.csv_text import BrokenRow
from interfaces.client.tables import Table

HEADING = "退回原因 / reasons"
_BLANKED_RULES = ("PRV-1", "PUB-2")
_WIDTHS_CHARACTERS = (10, 32)
"""Of a column at least and at most; a heading says how wide it would be."""
_REASONS_CHARACTERS = 60
_NUMBER_MAX = 10**15
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
    workbook = Workbook(target, OPTIONS)
    looks = Looks(workbook)
    sheet = workbook.add_worksheet("退回")
    width = max(column.position for column in table.columns) + 1
    kept = {column.position: column.code for column in table.columns if column.code}
    widths = _widths(table, width)
    written = head = 0
    for sheet_row, cells in table.rows():
        data_row = sheet_row - table.first_row + 1
        if data_row < 1:
            titles = [str(cell) for cell in cells[:width]]
            is_head = sheet_row in table.header.rows
            _write(sheet, written, titles, looks.head if is_head else looks.title)
            if is_head:
                head = written + 1
                write_text(sheet, written, width, HEADING, looks.head)
                make_room(sheet, written, titles, widths)
        else:
            reasons = refused.get(data_row, ())
            if only_refused and not reasons:
                continue
            _write(sheet, written, _shown(cells, kept, reasons, width), looks.cell)
            if reasons:
                told = _explained(reasons, lang)
                write_text(sheet, written, width, told, looks.reasons)
                make_room(sheet, written, [told], [_REASONS_CHARACTERS])
        written += 1
    lay_out(sheet, widths, head=head, paper=False)
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


def _widths(table: Table, width: int) -> list[int]:
    """In characters, of which a Chinese one takes two; the last is that of the reasons."""
    least, most = _WIDTHS_CHARACTERS
    widths = dict.fromkeys(range(width), least)
    widths |= {c.position: min(max(2 * len(c.heading), least), most) for c in table.columns}
    return [*(widths[position] for position in range(width)), _REASONS_CHARACTERS]


def _explained(reasons: Sequence[tuple[str, Defect]], lang: Language) -> str:
    return "\n".join(dict.fromkeys(f"[{defect.rule}] {sentence(defect, lang)}" for _, defect in reasons))


def _write(sheet: Worksheet, row: int, cells: Sequence[object], look: Format) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) < _NUMBER_MAX:
            sheet.write_number(row, column, cell, look)
        elif cell != "" and cell is not None:
            write_text(sheet, row, column, _text(cell), look)


def _text(cell: object) -> str:
    if isinstance(cell, datetime) and cell.time() == datetime.min.time():
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)
