"""Decides what a cell means: the canonical string of a value as the workbook or CSV file holds it.

What cannot be understood passes on as the text that stands there, so that the row rules name the defect.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from domain.shared.forms import CodeTable, Field
from domain.shared.text import clean_text, is_placeholder, normalise_identifier

_SEPARATED = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_CHINESE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_TIME = re.compile(r"[T ]*\d{1,2}:\d\d(:\d\d(\.\d+)?)?$")
_SERIAL = re.compile(r"[1-9]\d{4}(\.\d+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_EXPONENT = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
_SEPARATORS = re.compile(r"[;,、，；]")
_OPEN_ENDED = frozenset({"长期", "长期有效", "永久", "永久有效", "无固定期限"})
OPEN_ENDED_DATE = "2099-12-31"
_MULTI_WORD = "法律、行政法规规定的其他行政处罚"
_GUARD = "\x00"
_EPOCH_1900 = date(1899, 12, 30)
_SHIFT_1904_DAYS = 1462
_SERIAL_MAX = 2_958_465
_EXACT_INTEGER_MAX = 10**15
_SCALE = 6


def lost_digits(field: Field, value: object) -> bool:
    """Whether an identifier or number was stored as a number too long to be exact, or as 4.2E+17."""
    if field.kind not in ("string", "text"):
        return False
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return abs(value) >= _EXACT_INTEGER_MAX
    return isinstance(value, str) and field.is_identifier and _EXPONENT.fullmatch(value.strip()) is not None


def canonical_value(field: Field, value: object, *, date1904: bool) -> str:
    """The canonical string of a cell for ``field``; "" when the cell says nothing (blank, 无, /)."""
    if value is None or value == "":
        return ""
    if field.kind == "date":
        return _date_text(value, field, date1904=date1904)
    if field.kind == "decimal":
        return _decimal_text(value)
    text = text_of(value)
    if is_placeholder(text):
        return ""
    if field.is_identifier:
        identifier = normalise_identifier(text)
        return identifier.replace("-", "") if field.code.endswith("_XDR_ZZJG") else identifier
    if field.table is not None:
        return _listed(field, field.table, text)
    return clean_text(text)


def text_of(value: object) -> str:
    """What a cell says, as text: whole numbers without a point, days as ISO text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if math.isfinite(value) and value == int(value) else _plain_float(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def _plain_float(value: float) -> str:
    """The shortest decimal that means this number, or its 15 digits where those shed binary noise."""
    if not math.isfinite(value):
        return str(value)
    exact = Decimal(repr(value))
    rounded = Decimal(format(value, ".15g"))
    exponent = rounded.as_tuple().exponent
    return _plain(rounded if isinstance(exponent, int) and exponent >= -_SCALE else exact)


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _decimal_text(value: object) -> str:
    if isinstance(value, bool):
        return text_of(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _plain_float(value)
    raw = text_of(value)
    if is_placeholder(raw):
        return ""
    text = "".join(unicodedata.normalize("NFKC", raw).split()).removesuffix("万元")
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if not text.isascii() or len(text) > 40 or not _NUMBER.fullmatch(text):
        return clean_text(raw)
    try:
        return _plain(Decimal(text))
    except InvalidOperation:
        return clean_text(raw)


def _date_text(value: object, field: Field, *, date1904: bool) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _serial_text(value, date1904=date1904)
    raw = text_of(value)
    if is_placeholder(raw):
        return ""
    text = unicodedata.normalize("NFKC", raw).strip()
    if field.code == "XK_YXQZI" and text in _OPEN_ENDED:
        return OPEN_ENDED_DATE
    text = "".join(_TIME.sub("", text).split())
    if _SERIAL.fullmatch(text):
        return _serial_text(float(text), date1904=date1904)
    if match := _SEPARATED.fullmatch(text):
        numbers = match[1], match[3], match[4]
    elif match := _CHINESE.fullmatch(text) or _COMPACT.fullmatch(text):
        numbers = match[1], match[2], match[3]
    else:
        return clean_text(raw)
    try:
        return date(*(int(n) for n in numbers)).isoformat()
    except ValueError:
        return clean_text(raw)


def _serial_text(serial: float, *, date1904: bool) -> str:
    """A day number of Excel, or eight digits that spell a date; anything else stays a number."""
    if not math.isfinite(serial):
        return str(serial)
    whole = math.floor(serial)
    if 19_000_101 <= whole <= 99_991_231:
        match = _COMPACT.fullmatch(str(whole))
        try:
            return date(*(int(n) for n in match.groups())).isoformat() if match else str(whole)
        except ValueError:
            return str(whole)
    shift = _SHIFT_1904_DAYS if date1904 else 0
    if not 0 < whole + shift <= _SERIAL_MAX:
        return str(whole)
    return (_EPOCH_1900 + timedelta(days=whole + shift)).isoformat()


def _listed(field: Field, table: CodeTable, text: str) -> str:
    folded = clean_text(unicodedata.normalize("NFKC", text))
    if field.kind == "multi_enum":
        return ";".join(_split(table, folded))
    known = table.canonical(folded)
    return known if known is not None else clean_text(text)


def _split(table: CodeTable, text: str) -> list[str]:
    """The single values of a list; what follows 其他- and is no value by itself belongs to it."""
    values: list[str] = []
    for piece in _SEPARATORS.split(text.replace(_MULTI_WORD, _GUARD)):
        value = piece.strip().replace(_GUARD, _MULTI_WORD)
        if not value:
            continue
        known = table.canonical(value)
        if known is None and values and values[-1].startswith("其他"):
            values[-1] += f"、{value}"
        elif (known or value) not in values:
            values.append(known or value)
    return values
