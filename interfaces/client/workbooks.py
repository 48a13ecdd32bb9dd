"""Decides whether bytes are an xlsx workbook that can be read, and opens its sheets one by one.

Bytes come from a department's file, in memory only; the rows go to :mod:`interfaces.client.tables`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from interfaces.client.archives import Archive, SheetFacts
from interfaces.client.unreadable import Limits, UnreadableFile

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_T = TypeVar("_T")


@dataclass(frozen=True)
class Sheet:
    """One worksheet (工作表): ``rows`` yields (sheet row, cells); ``formulas`` by sheet row."""

    name: str
    rows: Callable[[], Iterator[tuple[int, Sequence[object]]]]
    formulas: dict[int, frozenset[int]]
    date1904: bool
    row_count: int


@dataclass(frozen=True)
class _Entry:
    name: str
    path: str
    hidden: bool


def looks_like_workbook(data: bytes) -> bool:
    """Whether the bytes begin as some workbook format does; such bytes are never read as CSV."""
    return data.startswith((_OLE, _ZIP, b"PK\x05\x06", b"PK\x07\x08"))


def open_sheets(data: bytes, limits: Limits) -> Iterator[Sheet]:
    """The worksheets in order, visible ones first; each is parsed only when it is asked for.

    Raises :class:`UnreadableFile` for anything but a safe, readable xlsx.
    """
    if data.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        raise UnreadableFile("encrypted_workbook" if encrypted else "old_workbook")
    archive = Archive(data, limits)
    if "xl/workbook.xml" not in archive.entries:
        other = {"content.xml", "xl/workbook.bin"} & archive.entries.keys()
        raise UnreadableFile("old_workbook" if other else "not_a_workbook")
    entries, date1904 = _workbook(archive)
    facts = archive.scan()
    workbook = _calamine(lambda: CalamineWorkbook.from_filelike(io.BytesIO(data)))
    for entry in sorted(entries, key=lambda e: e.hidden):
        found = facts.get(entry.path.lower())
        if found is not None and entry.name in workbook.sheet_names:
            yield _sheet(workbook, entry.name, found, date1904)


def _sheet(workbook: CalamineWorkbook, name: str, facts: SheetFacts, date1904: bool) -> Sheet:
    if facts.has_unlocated_formula:
        raise UnreadableFile("formula_unlocated")
    sheet = _calamine(lambda: workbook.get_sheet_by_name(name))
    start, end = sheet.start or (0, 0), sheet.end
    formulas = {
        row: frozenset(column - start[1] for column in columns if column >= start[1])
        for row, columns in facts.formulas.items()
    }
    return Sheet(name, lambda: _rows(sheet), formulas, date1904, end[0] + 1 if end else 0)


def _rows(sheet: CalamineSheet) -> Iterator[tuple[int, Sequence[object]]]:
    return enumerate(sheet.iter_rows(), 1)


def _workbook(archive: Archive) -> tuple[list[_Entry], bool]:
    """Sheets with their paths inside the archive, and whether dates count from 1904."""
    book = _xml(archive.read_small("xl/workbook.xml"))
    relations = {
        str(r.get("Id")): str(r.get("Target", ""))
        for r in _xml(archive.read_small("xl/_rels/workbook.xml.rels")).iter()
        if r.get("Id")
    }
    entries, date1904 = [], False
    for element in book.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "workbookPr":
            date1904 = element.get("date1904", "0").lower() in ("1", "true")
        elif tag == "sheet":
            target = relations.get(element.get(_RELATION) or element.get(_STRICT_RELATION) or "", "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            hidden = element.get("state", "visible") != "visible"
            entries.append(_Entry(element.get("name", ""), path, hidden))
    if not entries:
        raise UnreadableFile("not_a_workbook")
    return entries, date1904


def _xml(data: bytes) -> ElementTree.Element:
    """A small XML part; document types are refused, so nothing in it can expand or point elsewhere."""
    if re.search(rb"<!(?:DOCTYPE|ENTITY)", data, re.IGNORECASE):
        raise UnreadableFile("not_a_workbook")
    try:
        return ElementTree.fromstring(data)  # noqa: S314 - bounded in size, and document types refused above
    except (ElementTree.ParseError, ValueError, LookupError):
        raise UnreadableFile("not_a_workbook") from None


def _calamine(read: Callable[[], _T]) -> _T:
    try:
        return read()
    except PasswordError:
        raise UnreadableFile("encrypted_workbook") from None
    except (CalamineError, ValueError, OSError, OverflowError, TypeError):
        raise UnreadableFile("not_a_workbook") from None
    except BaseException as error:
        # A panic inside the Rust parser arrives as a BaseException of its own kind, not importable by name.
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableFile("not_a_workbook") from None
