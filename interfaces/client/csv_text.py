"""Decides how the bytes of a CSV file become rows of text: encoding, separator, quotes.

Encoding by a fixed rule (BOM, strict UTF-8, GB18030), never by guessing; a row with broken quotes is
reported alone and the rows after it are read on.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence

from interfaces.client.unreadable import UnreadableFile

SEPARATORS = (",", "\t", ";")
_JOINED_LINES_MAX = 64
_JOINED_CHARACTERS_MAX = 131_072
_BROKEN_UTF8_SHARE = 0.1
_NUL_SHARE_MAX = 0.05  # a few are spoilt cells, which cost their rows only; more mean no text at all


class BrokenRow(list[str]):
    """A row (坏行) whose quotes do not match: its one cell is the raw line."""


def decode(data: bytes) -> str:
    """The text of a CSV file; raises :class:`UnreadableFile` when no rule fits."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strict(data, "utf-16")
    if data.startswith(codecs.BOM_UTF8):
        return _strict(data, "utf-8-sig")
    if data.count(b"\x00", 0, 4096) > _NUL_SHARE_MAX * min(len(data), 4096):
        raise UnreadableFile("not_a_workbook")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if _is_damaged_utf8(data):
        raise UnreadableFile("wrong_encoding")
    return _strict(data, "gb18030")


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableFile("wrong_encoding") from None


def _is_damaged_utf8(data: bytes) -> bool:
    """UTF-8 with a few bad bytes would decode as GB18030 into nonsense; real GB18030 is mostly bad UTF-8."""
    sample = data[:262_144].decode("utf-8", "replace")
    bad = sample.count("\ufffd")
    other = sum(1 for c in sample if c > "\x7f" and c != "\ufffd")
    return other > 0 and bad < _BROKEN_UTF8_SHARE * other


def lines(text: str) -> Iterator[str]:
    """Physical lines without their ends; only line feeds (or lone carriage returns) end a line."""
    end = "\n" if "\n" in text else "\r"
    start = 0
    while start < len(text):
        stop = text.find(end, start)
        if stop < 0:
            stop = len(text)
        yield text[start : stop - 1 if text[stop - 1 : stop] == "\r" and stop > start else stop]
        start = stop + 1


def records(text: str, separator: str) -> Iterator[Sequence[str]]:
    """The rows; quoted cells may hold separators and line ends. Broken quotes give a :class:`BrokenRow`."""
    waiting: list[str] = []
    source = lines(text)
    while True:
        line = waiting.pop(0) if waiting else next(source, None)
        if line is None:
            return
        if '"' not in line:
            yield line.split(separator) if line else []
            continue
        row = _parse(line, separator)
        if row is None and line.count('"') % 2:
            row = _joined(line, separator, source, waiting)
        yield BrokenRow([line]) if row is None else row


def _joined(line: str, separator: str, source: Iterator[str], waiting: list[str]) -> list[str] | None:
    """The row that begins in ``line`` and goes on; lines looked at in vain go back to ``waiting``."""
    taken: list[str] = []
    length, is_open = len(line), True
    while is_open and len(taken) < _JOINED_LINES_MAX and length < _JOINED_CHARACTERS_MAX:
        following = waiting.pop(0) if waiting else next(source, None)
        if following is None:
            break
        taken.append(following)
        length += len(following)
        is_open = following.count('"') % 2 == 0
    row = None if is_open else _parse("\n".join([line, *taken]), separator)
    if row is None:
        waiting[:0] = taken
    return row


def _parse(text: str, separator: str) -> list[str] | None:
    try:
        # One string holds the whole record, so quoted line ends are inside it and not lost between lines.
        rows = list(csv.reader([text], delimiter=separator, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None
