"""Decides what each row of a table says: canonical payload parts, and the cells that cannot be used.

Reads a :class:`~interfaces.client.tables.Table` row by row without keeping any; the parts go to sealing and
to the row rules, the defects to the report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from domain.shared.canonical import Parts
from domain.shared.forms import ITEM_FIELD, Field, Form, FormKind
from domain.shared.refusals import Defect
from domain.shared.text import has_control
from interfaces.client.cells import canonical_value, lost_digits
from interfaces.client.csv_text import BrokenRow
from interfaces.client.tables import Table
from interfaces.client.unreadable import FORMAT

_CELL_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA"}
)
_CSV_FORMULA_SIGNS = ("=", "@", "＝")


@dataclass(frozen=True)
class ReadRow:
    """One row that is not blank (行). ``data_row`` counts from 1 after the header, blank rows included.

    With ``defects`` the row is refused; ``parts`` then hold what could be read, so that the row rules can
    name further defects of other fields. ``parts`` is None when the row cannot be told into columns at all.
    """

    data_row: int
    sheet_row: int
    parts: Parts | None
    defects: tuple[Defect, ...] = ()


def read_rows(table: Table, forms: Mapping[FormKind, Form]) -> Iterator[ReadRow]:
    """The rows of a table in order, each read when asked for; never raises for any cell."""
    reader = _Reader(table, forms[table.kind])
    for sheet_row, cells in table.rows():
        if sheet_row >= table.first_row and any(cell != "" and not _is_space(cell) for cell in cells):
            yield reader.read(sheet_row, cells)


def _is_space(cell: object) -> bool:
    return isinstance(cell, str) and cell.isspace()


class _Reader:
    def __init__(self, table: Table, form: Form) -> None:
        self._table, self._form = table, form
        self._fields = [(c.position, form.fields[c.code]) for c in table.columns if c.code]
        self._kind_code = form.code("XDR_LB")
        self._width = max(c.position for c in table.columns) + 1
        self._is_csv = table.source == "csv"

    def read(self, sheet_row: int, cells: Sequence[object]) -> ReadRow:
        data_row = sheet_row - self._table.first_row + 1
        if isinstance(cells, BrokenRow):
            return ReadRow(data_row, sheet_row, None, (Defect(FORMAT, "broken_quotes"),))
        if self._is_csv and any(cell != "" for cell in cells[self._width :]):
            return ReadRow(data_row, sheet_row, None, (Defect(FORMAT, "surplus_cells"),))
        formulas = self._table.formulas.get(sheet_row, frozenset())
        values: dict[str, str] = {}
        defects: list[Defect] = []
        for position, field in self._fields:
            cell = cells[position] if position < len(cells) else ""
            if cell == "" and position not in formulas:
                continue
            fault = "formula_cell" if position in formulas else self._fault(field, cell)
            if fault:
                data = {"name": field.name_zh, "name_en": field.name_en}
                if fault == "cell_too_long":
                    data["max"] = str(self._table.limits.cell_max_characters)
                defects.append(Defect(FORMAT, fault, field.code, data))
            elif value := canonical_value(field, cell, date1904=self._table.date1904):
                values[field.code] = value
        return ReadRow(data_row, sheet_row, self._parts(values), tuple(defects))

    def _fault(self, field: Field, cell: object) -> str:
        if isinstance(cell, str):
            if len(cell) > self._table.limits.cell_max_characters:
                return "cell_too_long"
            if has_control(cell):
                return "control_character"
            if cell in _CELL_ERRORS:
                return "cell_error"
            if self._is_csv and cell.lstrip().startswith(_CSV_FORMULA_SIGNS):
                return "formula_cell"
        return "number_lost_digits" if lost_digits(field, cell) else ""

    def _parts(self, values: Mapping[str, str]) -> Parts:
        kind = values.get(self._kind_code, "")
        item = self._form.item or values.get(ITEM_FIELD, "")
        parts: dict[str, dict[str, str]] = {"public": {"form": self._form.kind, "item": item}}
        for code, value in values.items():
            parts.setdefault(self._form.part_of(code, kind), {})[code] = value
        return parts
