"""Decides whether a file is a table of the 双公示 forms at all: workbook or CSV, which sheet, which header.

Bytes come straight from the department and stay in memory (STORAGE 7); the rows of the table are read by
:mod:`interfaces.client.rows`, the reasons workbook is made from the same table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from domain.shared.forms import Form, FormKind
from domain.shared.refusals import Defect
from interfaces.client import csv_text
from interfaces.client.headers import Column, Header, find_header, missing_columns, recognised_count
from interfaces.client.unreadable import FORMAT, Limits, UnreadableFile
from interfaces.client.workbooks import Sheet, looks_like_workbook, open_sheets

__all__ = ["Column", "Limits", "Table", "UnreadableFile", "read_table"]

_HEADER_ROWS = 10
_LEADING_ROWS = 100
RawRow = tuple[int, Sequence[object]]


@dataclass(frozen=True)
class Table:
    """A readable table (表) of one form.

    ``rows()`` yields every row ``(sheet row, cells)`` anew, titles and header included, blank ones too.
    ``first_row`` is the sheet row of data row 1. ``formulas`` maps sheet row → positions of formula cells.
    """

    kind: FormKind
    header: Header
    source: Literal["xlsx", "csv"]
    rows: Callable[[], Iterator[RawRow]] = field(repr=False)
    row_count: int
    limits: Limits
    formulas: Mapping[int, frozenset[int]] = field(default_factory=dict, repr=False)
    date1904: bool = False
    warnings: tuple[Defect, ...] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """All headed columns in order; those without a code are dropped."""
        return self.header.columns

    @property
    def unknown_columns(self) -> tuple[str, ...]:
        """Headings of dropped columns, to be named in the report."""
        return self.header.unknown_columns

    @property
    def first_row(self) -> int:
        """The sheet row of data row 1: the row after the last header row."""
        return self.header.rows[-1] + 1


def read_table(data: bytes, *, forms: Mapping[FormKind, Form], limits: Limits | None = None) -> Table:
    """The table in a workbook (.xlsx) or a CSV file.

    Raises :class:`UnreadableFile` and nothing else, whatever the bytes.
    """
    limits = limits or Limits()
    if not data.strip():
        raise UnreadableFile("file_empty")
    if len(data) > limits.file_max_bytes:
        raise UnreadableFile("file_too_large", max=str(limits.file_max_bytes))
    if looks_like_workbook(data):
        return _from_workbook(data, forms, limits)
    if data.startswith((b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        raise UnreadableFile("not_a_workbook")
    return _from_csv(data, forms, limits)


def _from_workbook(data: bytes, forms: Mapping[FormKind, Form], limits: Limits) -> Table:
    """The first sheet with a header; the others are named in the warnings."""
    chosen: tuple[Sheet, Header] | None = None
    ignored: list[str] = []
    problem: UnreadableFile | None = None
    for sheet in open_sheets(data, limits):
        if chosen or not sheet.row_count:
            ignored += [sheet.name] if sheet.row_count else []
            continue
        try:
            chosen = sheet, find_header(_top(sheet.rows()), forms)
        except UnreadableFile as refused:
            if refused.defect.code != "no_header":
                raise
            problem = problem or refused
            ignored.append(sheet.name)
    if chosen is None:
        raise problem or UnreadableFile("file_empty")
    sheet, header = chosen
    _check_extent(sheet.row_count, header, limits)
    warnings = tuple(Defect(FORMAT, "other_sheet_ignored", "", {"sheet": name[:60]}) for name in ignored)
    return Table(
        header.kind,
        header,
        "xlsx",
        sheet.rows,
        sheet.row_count,
        limits,
        sheet.formulas,
        sheet.date1904,
        warnings + missing_columns(header, forms[header.kind]),
    )


def _from_csv(data: bytes, forms: Mapping[FormKind, Form], limits: Limits) -> Table:
    text = csv_text.decode(data)
    top = list(_first(csv_text.lines(text), _LEADING_ROWS))
    separator = max(csv_text.SEPARATORS, key=lambda s: _recognised("\n".join(top), s, forms))

    def rows() -> Iterator[RawRow]:
        return enumerate(csv_text.records(text, separator), 1)

    header = find_header(_top(rows()), forms)
    # Counting rows exactly means parsing; physical lines are an upper bound and nearly always enough.
    count = max(text.count("\n"), text.count("\r")) + 1
    if count > limits.rows_max:
        count = sum(1 for _ in rows())
    _check_extent(count, header, limits)
    return Table(
        header.kind,
        header,
        "csv",
        rows,
        count,
        limits,
        {},
        False,
        missing_columns(header, forms[header.kind]),
    )


def _first(source: Iterator[str], count: int) -> Iterator[str]:
    for _, line in zip(range(count), source, strict=False):
        yield line


def _recognised(text: str, separator: str, forms: Mapping[FormKind, Form]) -> int:
    return max((recognised_count(row, forms) for row in csv_text.records(text, separator)), default=0)


def _top(rows: Iterator[RawRow]) -> list[RawRow]:
    """The first ten rows that hold anything; blank rows above the table do not count."""
    top: list[RawRow] = []
    for sheet_row, cells in rows:
        if sheet_row > _LEADING_ROWS or len(top) == _HEADER_ROWS:
            break
        if any(cell != "" for cell in cells):
            top.append((sheet_row, cells))
    return top


def _check_extent(row_count: int, header: Header, limits: Limits) -> None:
    if row_count - header.rows[-1] > limits.rows_max:
        raise UnreadableFile("too_many_rows", max=str(limits.rows_max))
    if len(header.columns) > limits.columns_max:
        raise UnreadableFile("too_many_columns", max=str(limits.columns_max))
