"""Decides, before any parser sees it, whether the bytes of a workbook may be opened, and finds its formulas.

Every entry is unpacked once, counted and thrown away; cell positions are bounded because the parser lays a
sheet out densely. After this the workbook goes to calamine (:mod:`interfaces.client.workbooks`).
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from interfaces.client.unreadable import Limits, UnreadableFile

_CHUNK_BYTES = 1 << 20
_CARRY_MAX_BYTES = 1 << 20
_TORN_MAX_BYTES = 200
_RATIO_FROM_BYTES = 16 << 20
_LOCAL_HEADER = struct.Struct("<4s22xHH")
# Cells far out are the interesting ones: from row 100,000 or column AA on. Self-closed cells are empty.
_FAR_CELL = re.compile(rb"""\sr\s*=\s*["'](?:([A-Za-z]+)(\d{6,})|([A-Za-z]{2,})(\d{1,5}))["'][^>]*>""")
_FORMULA = re.compile(rb"<f[\s/>]")
_PREFIXED_FORMULA = re.compile(rb"<[A-Za-z0-9_.]+:f[\s/>]")
_CELL_REF = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]+)(\d+)["']""")
_NEAR_ROWS = 99_999
_NEAR_COLUMNS = 26
_HEADROOM_ROWS = 100


@dataclass
class SheetFacts:
    """What the scan of one sheet's XML found: formulas as sheet row → 0-based columns, and its extent."""

    formulas: dict[int, set[int]] = field(default_factory=dict)
    rows: int = _NEAR_ROWS
    columns: int = _NEAR_COLUMNS
    cells: int = 0
    has_unlocated_formula: bool = False


def column_number(letters: bytes) -> int:
    """``A`` → 1, ``AD`` → 30."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


class Archive:
    """A workbook's zip archive (压缩包) held in memory; raises :class:`UnreadableFile` if it is unsafe."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._data, self._limits = data, limits
        try:
            self.entries = {i.filename: i for i in zipfile.ZipFile(io.BytesIO(data)).infolist()}
        except (
            zipfile.BadZipFile,
            ValueError,
            OSError,
            NotImplementedError,
            struct.error,
            OverflowError,
            EOFError,
        ):
            raise UnreadableFile("not_a_workbook") from None
        infos = list(self.entries.values())
        if any(i.flag_bits & 0x1 for i in infos):
            raise UnreadableFile("encrypted_workbook")
        self._check_size(sum(i.file_size for i in infos))
        if len(infos) > limits.entries_max:
            raise UnreadableFile("archive_bomb")

    def _check_size(self, unpacked: int) -> None:
        limits = self._limits
        too_dense = unpacked > max(_RATIO_FROM_BYTES, limits.unpacked_ratio_max * len(self._data))
        if unpacked > limits.unpacked_max_bytes or too_dense:
            raise UnreadableFile("archive_bomb")

    def read_small(self, name: str, max_bytes: int = 4 << 20) -> bytes:
        """A small entry whole; b"" when it is absent."""
        info = self.entries.get(name)
        if info is None:
            return b""
        if info.file_size > max_bytes:
            raise UnreadableFile("archive_bomb")
        return b"".join(self._chunks(info))

    def scan(self) -> dict[str, SheetFacts]:
        """Unpack every entry once, bounded; facts of each XML entry by its lower-case name."""
        facts: dict[str, SheetFacts] = {}
        for name, info in self.entries.items():
            if name.lower().endswith(".xml"):
                facts[name.lower()] = _scan_sheet(self._chunks(info), self._limits)
            else:
                for _ in self._chunks(info):
                    pass
        return facts

    def _chunks(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """The unpacked bytes of an entry, never more than it declares: an entry that lies is refused."""
        start = info.header_offset
        header = self._data[start : start + _LOCAL_HEADER.size] if start >= 0 else b""
        if len(header) < _LOCAL_HEADER.size or header[:4] != b"PK\x03\x04":
            raise UnreadableFile("not_a_workbook")
        _, name_length, extra_length = _LOCAL_HEADER.unpack(header)
        start += _LOCAL_HEADER.size + name_length + extra_length
        packed = memoryview(self._data)[start : start + info.compress_size]
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UnreadableFile("not_a_workbook")
        total = 0
        pieces = _stored(packed) if info.compress_type == zipfile.ZIP_STORED else _inflated(packed)
        for piece in pieces:
            total += len(piece)
            if total > info.file_size:
                raise UnreadableFile("archive_bomb")
            yield piece
        if total != info.file_size:
            raise UnreadableFile("not_a_workbook")


def _stored(packed: memoryview) -> Iterator[bytes]:
    for start in range(0, len(packed), _CHUNK_BYTES):
        yield bytes(packed[start : start + _CHUNK_BYTES])


def _inflated(packed: memoryview) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-15)
    try:
        for start in range(0, len(packed), _CHUNK_BYTES):
            rest: bytes | memoryview = packed[start : start + _CHUNK_BYTES]
            while rest:
                yield inflater.decompress(rest, _CHUNK_BYTES)
                rest = inflater.unconsumed_tail
            if inflater.eof:
                return
        yield inflater.flush()
    except zlib.error:
        raise UnreadableFile("not_a_workbook") from None


def _scan_sheet(chunks: Iterator[bytes], limits: Limits) -> SheetFacts:
    facts, carry, prefixed = SheetFacts(), b"", False
    for chunk in chunks:
        if not carry and not facts.cells and b":" in chunk[:2000]:
            prefixed = re.search(rb"<[A-Za-z0-9_.]+:worksheet", chunk[:2000]) is not None
        buffer = carry + chunk
        # Cut before the last cell so that no cell is torn; a cell is never larger than the carry may be.
        cut = buffer.rfind(b":c " if prefixed else b"<c")
        cut = buffer.rfind(b"<", 0, cut) if prefixed and cut > 0 else cut
        if cut <= 0 or len(buffer) - cut > _CARRY_MAX_BYTES:
            cut = max(len(buffer) - _TORN_MAX_BYTES, 0)
        _scan_piece(buffer[:cut], facts, limits, prefixed)
        carry = buffer[cut:]
    _scan_piece(carry, facts, limits, prefixed)
    return facts


def _scan_piece(piece: bytes, facts: SheetFacts, limits: Limits, prefixed: bool) -> None:
    facts.cells += piece.count(b":c") + piece.count(b"<c") if prefixed else piece.count(b"<c")
    for match in _FAR_CELL.finditer(piece):
        if match[0].endswith(b"/>"):
            continue
        letters, digits = match[1] or match[3], match[2] or match[4]
        if len(letters) > 3 or len(digits) > 7:
            raise UnreadableFile("not_a_workbook")
        facts.columns = max(facts.columns, column_number(letters))
        facts.rows = max(facts.rows, int(digits))
    if facts.rows > max(limits.rows_max + _HEADROOM_ROWS, _NEAR_ROWS):
        raise UnreadableFile("too_many_rows", max=str(limits.rows_max))
    if facts.columns > max(limits.columns_max, _NEAR_COLUMNS):
        raise UnreadableFile("too_many_columns", max=str(limits.columns_max))
    if facts.cells > limits.cells_max or (
        facts.rows > _NEAR_ROWS and facts.rows * facts.columns > limits.cells_max
    ):
        raise UnreadableFile("archive_bomb")
    formula = _PREFIXED_FORMULA if prefixed else _FORMULA
    for match in formula.finditer(piece):
        start = piece.rfind(b":c " if prefixed else b"<c ", 0, match.start())
        ref = _CELL_REF.search(piece, start, match.start()) if start >= 0 else None
        if ref is None:
            facts.has_unlocated_formula = True
            continue
        facts.formulas.setdefault(int(ref[2]), set()).add(column_number(ref[1]) - 1)
