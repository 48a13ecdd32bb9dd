"""The clean-up ledger as a workbook: read in exactly the form's columns, written in exactly the same (INS-1).

Bytes come from a unit and stay in memory; what is written can be read again and changes nothing.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from domain.instruments.form import (
    EXAMPLE,
    FIELDS,
    NUMBER,
    PERSONAL,
    LedgerForm,
    folded_heading,
    read_entry,
    recognise,
)
from domain.instruments.form import Entry as LedgerEntry
from domain.shared.refusals import Defect, Refused
from interfaces.client.book_writing import OPTIONS, Looks, lay_out, make_room, write_text
from interfaces.client.cells import text_of
from interfaces.client.unreadable import Limits, UnreadableFile
from interfaces.client.workbooks import Sheet, looks_like_workbook, open_sheets

LIMITS = Limits(file_max_bytes=8 << 20, unpacked_max_bytes=64 << 20, rows_max=10_000, cells_max=500_000)
_HEADER_ROWS = 10
_NOTE = "注"
_WIDTHS_CHARACTERS = (6, 24, 8, 8, 8, 30, 8, 8, 22, 6, 11, 14, 14, 14)
"""Of the form's columns, in order."""


@dataclass(frozen=True)
class BookRow:
    """A row of a ledger workbook: where it stands, and the entry or why it is none."""

    data_row: int
    sheet_row: int
    found: LedgerEntry | list[Defect]


def read_ledger(data: bytes, *, limits: Limits = LIMITS) -> tuple[LedgerForm, list[BookRow]]:
    """The form of a ledger workbook and its rows; blank ones, the form's examples and its notes are passed over.

    Raises :class:`UnreadableFile` for what is no readable workbook, ``Refused`` (INS-1) for other columns than the
    form's, naming the first heading that differs.
    """
    if not looks_like_workbook(data):
        raise UnreadableFile("file_empty" if not data.strip() else "not_a_workbook")
    if len(data) > limits.file_max_bytes:
        raise UnreadableFile("file_too_large", max=str(limits.file_max_bytes))
    for sheet in open_sheets(data, limits):
        if sheet.row_count > limits.rows_max:
            raise UnreadableFile("too_many_rows", max=str(limits.rows_max))
        header = _header(sheet)
        if header is None:
            continue
        sheet_row, first, headings = header
        form = recognise(headings)
        if isinstance(form, Defect):
            raise Refused(form)
        return form, list(_rows(sheet, form, after=sheet_row, first=first))
    raise UnreadableFile("ledger_no_header")


def write_ledger(
    form: LedgerForm, entries: Iterable[LedgerEntry], *, title: str, personal: bool = True
) -> bytes:
    """A workbook in exactly the form's columns, a title above and the form's notes below; without its personal columns
    for the public."""
    target = io.BytesIO()
    workbook = Workbook(target, OPTIONS)
    looks = Looks(workbook)
    sheet = workbook.add_worksheet("台账")
    write_text(sheet, 0, 0, title, looks.title)
    headings = form.columns if personal else form.columns[: -len(PERSONAL)]
    rows: list[Sequence[str]] = [headings]
    rows += [entry.cells(number, personal=personal) for number, entry in enumerate(entries, start=1)]
    for number, cells in enumerate(rows, start=1):
        for column, text in enumerate(cells):
            write_text(sheet, number, column, text, looks.head if number == 1 else looks.cell)
        make_room(sheet, number, cells, _WIDTHS_CHARACTERS)
    notes = len(rows) + 1
    sheet.merge_range(notes, 0, notes, len(headings) - 1, "", looks.notes)
    write_text(sheet, notes, 0, form.notes, looks.notes)
    make_room(sheet, notes, [form.notes], [sum(_WIDTHS_CHARACTERS[: len(headings)])])
    lay_out(sheet, _WIDTHS_CHARACTERS[: len(headings)], head=2, fixed=2)
    workbook.close()
    return target.getvalue()


def _header(sheet: Sheet) -> tuple[int, int, list[str]] | None:
    """Sheet row, position of the first column and headings of the row that begins with 序号; None without one."""
    seen = 0
    for sheet_row, cells in sheet.rows():
        texts = [text_of(cell) for cell in cells]
        filled = [at for at, text in enumerate(texts) if text.strip()]
        if not filled:
            continue
        if folded_heading(texts[filled[0]]) == NUMBER:
            return sheet_row, filled[0], texts[filled[0] : filled[-1] + 1]
        seen += 1
        if seen == _HEADER_ROWS:
            return None
    return None


def _rows(sheet: Sheet, form: LedgerForm, *, after: int, first: int) -> Iterator[BookRow]:
    for sheet_row, cells in sheet.rows():
        if sheet_row <= after:
            continue
        texts = [text_of(cell) for cell in cells]
        values = dict(zip(FIELDS, texts[first:], strict=False))
        number = values.get("number", "").strip()
        said = any(text.strip() for field, text in values.items() if field != "number")
        formulas = sheet.formulas.get(sheet_row, frozenset())
        if number == EXAMPLE or number.startswith(_NOTE) or not (said or formulas):
            continue
        found: LedgerEntry | list[Defect] = read_entry(values, form)
        faults = [
            _formula(form.columns[at - first])
            for at in sorted(formulas)
            if 0 <= at - first < len(form.columns)
        ]
        faults += [
            _beyond(at) for at, text in enumerate(texts) if at >= first + len(FIELDS) and text.strip()
        ][:1]
        yield BookRow(sheet_row - after, sheet_row, faults or found)


def _formula(heading: str) -> Defect:
    return Defect("INS-1", "ledger_cell_formula", heading, {"heading": heading})


def _beyond(at: int) -> Defect:
    return Defect("INS-1", "ledger_column_extra", "", {"column": str(at + 1)})
