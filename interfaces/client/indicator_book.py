"""Indicators as a workbook: one row for each unit, and a sheet of refusals by rule (SUP-1)."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from domain.oversight.indicators import NAMES, REFUSED
from interfaces.client.book_writing import OPTIONS, Looks, lay_out, make_room, write_text

WIDTHS = (21, 24)
COUNT_CHARACTERS = 11
NONE = "本月没有可告知的数据 nothing to tell of this month"


def write_indicators(month: str, units: Sequence[Mapping[str, Any]], *, note: str) -> bytes:
    """The workbook of a month; a cell that rests on nothing is empty, ``note`` says how exact it is."""
    out = io.BytesIO()
    book = Workbook(out, OPTIONS)
    looks = Looks(book)
    sheet = book.add_worksheet("指标 Indicators")
    write_text(sheet, 0, 0, f"{month} 考核指标 Indicators", looks.title)
    write_text(sheet, 1, 0, note if units else f"{note}；{NONE}", looks.line)
    titles = ["单位代码 unit", "单位 name", *(f"{zh} {en}" for zh, en in NAMES.values())]
    widths = (*WIDTHS, *(COUNT_CHARACTERS for _ in NAMES))
    sheet.write_row(2, 0, titles, looks.head)
    make_room(sheet, 2, titles, widths)
    refused: list[tuple[str, str, str, int]] = []
    for row, unit in enumerate(units, start=3):
        told = {**unit, REFUSED: sum(one["times"] for one in unit[REFUSED]) or None}
        write_text(sheet, row, 0, unit["unit"], looks.cell)
        write_text(sheet, row, 1, unit["name"], looks.cell)
        for column, name in enumerate(NAMES, start=2):
            sheet.write(row, column, told.get(name), looks.cell)
        refused += [(unit["unit"], unit["name"], one["rule"], one["times"]) for one in unit[REFUSED]]
    lay_out(sheet, widths, head=3, fixed=2)
    rules = book.add_worksheet("拒绝 Refusals")
    rules.write_row(0, 0, ["单位代码 unit", "单位 name", "规则 rule", "次数 times"], looks.head)
    for row, (code, name, rule, times) in enumerate(refused, start=1):
        for column, text in enumerate((code, name, rule)):
            write_text(rules, row, column, text, looks.cell)
        rules.write_number(row, 3, times, looks.cell)
    lay_out(rules, (*WIDTHS, COUNT_CHARACTERS, COUNT_CHARACTERS), head=1)
    book.close()
    return out.getvalue()
