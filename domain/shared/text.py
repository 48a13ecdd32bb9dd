"""Decides when two spellings of an identifier, a document number or a name are the same, for matching only.

The sealed record keeps the department's own text (see :func:`clean_text`); the normal forms made here feed
blind indexes and the document fingerprint, so they are fixed for ever: a change needs a new function.
"""

from __future__ import annotations

import re
import unicodedata

_OPENING = "〔﹝[［【(（⟨〈《<＜｛{「『〖〘❲"
_CLOSING = "〕﹞]］】)）⟩〉》>＞｝}」』〗〙❳"
_DASHES = "-‐‑‒–—―−﹘﹣－─━－"
_DOTS = "·•・‧∙⋅･．˙"

_BRACKETS = {ord(c): "[" for c in _OPENING} | {ord(c): "]" for c in _CLOSING}
_NUMBER_SIGNS = _BRACKETS | {ord(c): "-" for c in _DASHES}
_NAME_SIGNS = _NUMBER_SIGNS | {ord(c): "·" for c in _DOTS}

_SAY_NOTHING = {ord(c): " " for c in "第字年号號"}
_WORDS = re.compile(r"[0-9]+|[^\W\d_]+")

_PLACEHOLDERS = frozenset(
    {
        "",
        "无",
        "暂无",
        "没有",
        "空",
        "/",
        "//",
        "\\",
        "-",
        "--",
        "---",
        "—",
        "——",
        "–",
        "－",
        "NULL",
        "NONE",
        "N/A",
        "NA",
        "#N/A",
        "NIL",
        "*",
        "**",
    }
)
_PLACEHOLDER_MAX = 8
CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]"
)
"""Characters that no text may hold: controls other than tab and line ends, those that turn the direction of what is
read (so that it shows other words than it holds), and lone surrogates."""


# White space and the invisible format characters (category Cf), spelled out: the forms must not change with
# the Unicode version of the interpreter.
_BLANK_CLASS = (
    r"\s\x1c-\x1f\x85\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
)
_BLANKS = re.compile(f"[{_BLANK_CLASS}]+")
# Letters and marks that show nothing: fillers, the empty Braille cell, joiners and variation selectors.
_UNSEEN = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe00-\ufe0f\uffa0\U0001d159\U000e0100-\U000e01ef]+"
)


def without_blanks(text: str) -> str:
    """``text`` without white space and invisible characters anywhere."""
    return _BLANKS.sub("", text)


def normalise_identifier(text: str) -> str:
    """An identifier for checking and matching: NFKC (full width to half width), no white space, upper case.

    White space includes the invisible characters that copying from a web page leaves behind. Idempotent.
    """
    if text.isascii():
        return "".join(text.split()).upper()
    for _ in range(8):
        folded = _BLANKS.sub("", unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).upper()))
        if folded == text:
            break
        text = folded
    return text


def normalise_document_number(text: str) -> str:
    """The number of a legal document (文书号) for matching only: one document is recorded once (DET-2).

    Whatever the style of its brackets (〔〕 [] 【】 () （） ﹝﹞ <> …), dashes, width, case and blanks, the
    same number gives the same text. Bracket positions stay, so 〔2026〕13 and 〔202〕613 remain two numbers.
    """
    return normalise_identifier(normalise_identifier(text).translate(_NUMBER_SIGNS))


def document_number_words(text: str) -> tuple[str, ...]:
    """What a document's number says apart from its spelling, for matching only: its words and its numbers, in order.

    Brackets, dashes and blanks only part them; 第, 字, 年, 号 and leading zeros say nothing. So 示罚字〔2026〕第013号
    and 示罚 2026-13 are one number, while 〔2026〕13 and 〔202〕613 stay two. Fixed for ever, as the other forms are.
    """
    plain = normalise_document_number(text).translate(_SAY_NOTHING)
    return tuple(w.lstrip("0") or "0" if w.isascii() and w.isdigit() else w for w in _WORDS.findall(plain))


def normalise_name(text: str) -> str:
    """A name for matching only: as a document number, and the middle dots of foreign names made one."""
    return normalise_identifier(normalise_identifier(text.translate(_NAME_SIGNS)).translate(_NAME_SIGNS))


def clean_text(text: str) -> str:
    """The text as it is sealed: NFC, no blanks or invisible characters at either end, otherwise whole."""
    text = unicodedata.normalize("NFC", text)
    if text[:1].isalnum() and text[-1:].isalnum():
        return text
    start, end = 0, len(text)
    while start < end and _BLANKS.match(text, start, start + 1):
        start += 1
    while end > start and _BLANKS.match(text, end - 1, end):
        end -= 1
    return text[start:end]


def is_placeholder(text: str) -> bool:
    """Whether ``text`` only says that there is nothing (无, /, —, NULL), as clerks fill blank cells."""
    return len(text) <= _PLACEHOLDER_MAX and text.strip().upper() in _PLACEHOLDERS


def has_control(text: str) -> bool:
    """Whether ``text`` holds a control character, one that turns its direction, or a lone surrogate."""
    return CONTROL.search(text) is not None


def is_blank(text: str) -> bool:
    """Whether nobody who reads ``text`` sees anything: no more than blanks and characters that show nothing."""
    return not _UNSEEN.sub("", without_blanks(text))


def says(text: str, *, most: int) -> bool:
    """Whether ``text`` says something in at most ``most`` characters, without control characters.

    What only says that there is nothing (无, /), or is punctuation alone, says nothing: it is no reason, no fact and
    no remedy, wherever a text asks for one.
    """
    if len(text) > most or has_control(text) or is_placeholder(text.rstrip("。.")):
        return False
    seen = _UNSEEN.sub("", without_blanks(text))
    return any(not unicodedata.category(c).startswith("P") for c in seen)
