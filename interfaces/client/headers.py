"""Decides which form a table is and which field each column holds, from its first rows.

Accepts a row of codes, a row of Chinese names, or both in either order, below any title; readers use the
column plan it makes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.shared.forms import Form, FormKind
from domain.shared.refusals import Defect
from domain.shared.text import CONTROL
from interfaces.client.unreadable import FORMAT, UnreadableFile

_RECOGNISED_MIN = 3
HEADING_MAX_CHARACTERS = 100


@dataclass(frozen=True)
class Column:
    """One column (列): where it stands in a row, what it is headed, which field it holds (None: dropped)."""

    position: int
    heading: str
    code: str | None


@dataclass(frozen=True)
class Header:
    """The header (表头) of a table: its form, the sheet rows that it takes up, its columns in order."""

    kind: FormKind
    rows: tuple[int, ...]
    columns: tuple[Column, ...]

    @property
    def unknown_columns(self) -> tuple[str, ...]:
        """Headings of the columns whose values are dropped (PRV-1)."""
        return tuple(c.heading for c in self.columns if c.code is None)


def find_header(top: Sequence[tuple[int, Sequence[object]]], forms: Mapping[FormKind, Form]) -> Header:
    """The header among the first rows ``(sheet row, cells)``.

    Raises :class:`UnreadableFile`: ``no_header``, ``form_not_recognised``, ``mixed_forms``,
    ``duplicate_column``, ``header_conflict``.
    """
    for index, (sheet_row, cells) in enumerate(top):
        if recognised_count(cells, forms) < _RECOGNISED_MIN:
            continue
        found = [(sheet_row, cells)]
        if index + 1 < len(top) and recognised_count(top[index + 1][1], forms) >= _RECOGNISED_MIN:
            found.append(top[index + 1])
        kind = _kind([cells for _, cells in found], forms)
        return Header(kind, tuple(row for row, _ in found), _columns([c for _, c in found], forms[kind]))
    raise UnreadableFile("no_header")


def recognised_count(cells: Sequence[object], forms: Mapping[FormKind, Form]) -> int:
    """How many cells of a row are headings of either form."""
    return sum(1 for cell in cells if any(form.recognise(_heading(cell)) for form in forms.values()))


def missing_columns(header: Header, form: Form) -> tuple[Defect, ...]:
    """Warnings for required columns that the table does not have at all."""
    present = {column.code for column in header.columns}
    return tuple(
        Defect(FORMAT, "column_missing", field.code, {"name": field.name_zh, "name_en": field.name_en})
        for field in form.fields.values()
        if field.required == "always" and field.code not in present
    )


def _heading(cell: object) -> str:
    return cell if isinstance(cell, str) and len(cell) <= HEADING_MAX_CHARACTERS else ""


def _kind(rows: Sequence[Sequence[object]], forms: Mapping[FormKind, Form]) -> FormKind:
    """The form that has headings only it knows; both: mixed, neither: not recognised."""
    exclusive: set[FormKind] = set()
    for cells in rows:
        for cell in cells:
            kinds = [kind for kind, form in forms.items() if form.recognise(_heading(cell))]
            if len(kinds) == 1:
                exclusive.add(kinds[0])
    if len(exclusive) > 1:
        raise UnreadableFile("mixed_forms")
    if not exclusive:
        raise UnreadableFile("form_not_recognised")
    return exclusive.pop()


def _columns(rows: Sequence[Sequence[object]], form: Form) -> tuple[Column, ...]:
    columns: list[Column] = []
    seen: set[str] = set()
    for position in range(max(len(cells) for cells in rows)):
        headings = [_heading(cells[position]) for cells in rows if position < len(cells)]
        shown = next((CONTROL.sub("", h).strip() for h in headings if h.strip()), "")
        codes = {code for h in headings if (code := form.recognise(h))}
        if len(codes) > 1:
            raise UnreadableFile("header_conflict", column=str(position + 1))
        code = codes.pop() if codes else None
        if code in seen:
            field = form.fields[code]
            raise UnreadableFile("duplicate_column", name=field.name_zh, name_en=field.name_en)
        if code:
            seen.add(code)
        if code or shown:
            columns.append(Column(position, shown, code))
    return tuple(columns)
