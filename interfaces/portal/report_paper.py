"""A credit report as PDF/A-3 with its own bytes and its evidence attached: typeset here, sealed by who keeps the key.

The same report gives the same bytes. The font is ours and embedded (``paper/``): the machine's fonts are never used.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

from interfaces.portal.report_sheet import UNSHOWN, qr_path

REPORT_FILE, EVIDENCE_FILE = "report.json", "evidence.json"
"""What is attached: the report's canonical bytes, and the bundle that proves them (docs/verification)."""
_PAPER = Path(__file__).parent / "paper"
_UNSHOWN = re.compile(r"the text `\"(.+?)\"` could not be displayed")
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_ATTEMPTS_MAX = 8


def typeset(
    sheet: Mapping[str, Any], *, link: str, report: bytes, evidence: bytes, issued_at: datetime
) -> bytes:
    """The PDF of a report's sheet, A4, not yet sealed.

    A character that the font lacks is shown by its code point, as ``〔U+20BB7〕``, and a note says so: the attached
    report has it as it is.
    Raises ``typst.TypstError`` when it cannot be set.
    """
    size, path = qr_path(link)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path d="{path}"/></svg>'
    files: dict[str, bytes] = {
        "main.typ": (_PAPER / "report.typ").read_bytes(),
        "qr.svg": svg.encode(),
        REPORT_FILE: report,
        EVIDENCE_FILE: evidence,
    }
    text = json.dumps(sheet, ensure_ascii=False)
    explained = json.dumps({**sheet, "on_paper": (*sheet["on_paper"], UNSHOWN)}, ensure_ascii=False)
    lacking: set[str] = set()
    for attempt in range(_ATTEMPTS_MAX):
        try:
            given: Any = {**files, "sheet.json": text.encode()}  # files by name: nothing is read from disk
            made = typst.compile(
                given,
                font_paths=_fonts(),
                format="pdf",
                pdf_standards="a-3a",
                timestamp=int(issued_at.timestamp()),
            )
        except typst.TypstError as error:
            unshown = _unshown(error.diagnostic)
            if not unshown or attempt + 1 == _ATTEMPTS_MAX:
                raise
            lacking |= unshown
            text = "".join(f"〔U+{ord(c):04X}〕" if c in lacking else c for c in explained)
        else:
            return made
    raise AssertionError("the last attempt returns or raises")


def _unshown(diagnostic: str) -> set[str]:
    """The characters that could not be shown: marks and invisible ones alone while there are any, since they take the
    letter with them that they stand on; never ASCII, which the font has and of which the sheet's own form is made."""
    texts = (
        _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) for text in _UNSHOWN.findall(diagnostic)
    )
    found = {c for c in "".join(texts) if not c.isascii()}
    return {c for c in found if unicodedata.category(c)[0] in "MC"} or found


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(font_paths=[str(_PAPER)], include_system_fonts=False, include_embedded_fonts=False)
