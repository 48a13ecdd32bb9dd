"""How every workbook that we write is written and looks: text stays text, headings stay in sight, sheets print whole.

Before it stand the rows of a ledger, of indicators or of a department's own file; after it a spreadsheet program.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from xlsxwriter import Workbook  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
"""Nothing on disk, and no text becomes anything but text."""
PAPER_A4 = 9
LINE_POINTS, ROW_POINTS_MAX = 15, 400
FROZEN_ROWS_MAX = 8
"""More rows above the first of the data would leave none to scroll."""
_CELL_MAX_CHARACTERS = 32_767
_SURROGATES = dict.fromkeys(range(55296, 57344), "�")
_LINES: dict[str, Any] = {"border": 1, "border_color": "#BFC8D2", "valign": "top", "text_wrap": True}


class Looks:
    """The formats of a workbook: of its title, its headings, its cells, what is said below them, and what is wrong."""

    def __init__(self, book: Workbook) -> None:
        self.title: Format = book.add_format({"bold": True, "font_size": 14})
        self.head: Format = book.add_format({**_LINES, "bold": True, "bg_color": "#E9EFF6"})
        self.cell: Format = book.add_format(_LINES)
        self.line: Format = book.add_format({"font_color": "#4D5B6B"})
        self.notes: Format = book.add_format({"valign": "top", "text_wrap": True, "font_color": "#4D5B6B"})
        self.reasons: Format = book.add_format({**_LINES, "font_color": "#9D2B25"})


def lay_out(
    sheet: Worksheet, widths: Sequence[int], *, head: int, fixed: int = 0, paper: bool = True
) -> None:
    """Widths of the columns in characters; ``head`` rows and ``fixed`` columns stay in sight and head every page.

    ``paper``: whether it prints with all columns on one A4 page, lying.
    """
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    if head <= FROZEN_ROWS_MAX:
        sheet.freeze_panes(head, fixed)
    sheet.repeat_rows(0, head - 1)
    sheet.set_landscape()
    sheet.set_paper(PAPER_A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    if paper:
        sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页，共 &N 页  page &P of &N")


def make_room(sheet: Worksheet, row: int, texts: Sequence[str], widths: Sequence[int]) -> None:
    """The height of a row in which every text is seen whole: not every program finds it for itself."""
    lines = max((_lines(text, width) for text, width in zip(texts, widths, strict=False)), default=1)
    if lines > 1:
        sheet.set_row(row, min(lines * LINE_POINTS, ROW_POINTS_MAX))


def _lines(text: str, width: int) -> int:
    """How many lines it takes, wrapped; a Chinese character takes two places."""
    long = (sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in line) for line in text.splitlines())
    return sum(max(1, -(-places // (width - 1))) for places in long)


def write_text(sheet: Worksheet, row: int, column: int, text: str, look: Format | None = None) -> None:
    """Text is always written as text: a cell that begins with = stays harmless."""
    sheet.write_string(row, column, text.translate(_SURROGATES)[:_CELL_MAX_CHARACTERS], look)
