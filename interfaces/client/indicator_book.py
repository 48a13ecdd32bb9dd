"""Indicators as a workbook: one row for each unit, and a sheet of refusals by rule (SUP-1)."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from domain.oversight.indicators import NAMES, REFUSED

WIDTHS = (24, 36)


def write_indicators(month: str, units: Sequence[Mapping[str, Any]], *, note: str) -> bytes:
    """The workbook of a month; a cell that rests on nothing is empty, ``note`` says how exact it is."""
    out = io.BytesIO()
    # Nothing of a unit's name is a formula or a link.
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("指标 Indicators")
    sheet.write_string(0, 0, f"{month} {note}")
    titles = ["单位代码 unit", "单位 name", *(f"{zh} {en}" for zh, en in NAMES.values())]
    sheet.write_row(1, 0, titles, head)
    sheet.set_column(0, 0, WIDTHS[0])
    sheet.set_column(1, 1, WIDTHS[1])
    sheet.freeze_panes(2, 2)
    refused: list[tuple[str, str, str, int]] = []
    for row, unit in enumerate(units, start=2):
        sheet.write_string(row, 0, unit["unit"])
        sheet.write_string(row, 1, unit["name"])
        for column, name in enumerate(NAMES, start=2):
            if name == REFUSED:
                sheet.write_number(row, column, sum(one["times"] for one in unit[REFUSED]))
            elif name in unit:
                sheet.write_number(row, column, unit[name])
        refused += [(unit["unit"], unit["name"], one["rule"], one["times"]) for one in unit[REFUSED]]
    rules = book.add_worksheet("拒绝 Refusals")
    rules.write_row(0, 0, ["单位代码 unit", "单位 name", "规则 rule", "次数 times"], head)
    for row, (code, name, rule, times) in enumerate(refused, start=1):
        for column, text in enumerate((code, name, rule)):
            rules.write_string(row, column, text)
        rules.write_number(row, 3, times)
    book.close()
    return out.getvalue()
