"""How the kinds of differences are called where people read them (PUB-3)."""

from __future__ import annotations

from collections.abc import Mapping

from domain.records.consistency import CONTENT, MISSING_HERE, MISSING_THERE, NOT_PUBLIC, NOT_YET, TERM

PAGE_DIFFERENCES = 500
"""Differences on one page; JSON and CSV hold them all."""
KIND_NAMES: Mapping[str, tuple[str, str]] = {
    MISSING_HERE: ("部门有、本平台未归集", "published there, not recorded here"),
    MISSING_THERE: ("本平台有、部门没有", "public here, not in the file"),
    CONTENT: ("内容不一致", "content differs"),
    TERM: ("期限不一致", "term differs"),
    NOT_PUBLIC: ("不得再公示", "must not be public any more"),
    NOT_YET: ("已归集、视图尚未跟上", "recorded, not shown yet"),
    "bad_rows": ("无法核对", "cannot be compared"),
}
