"""The form of the clean-up ledger (失信约束措施台账样式, 15号 附件1): its headings, its cells, and its two printings.

Before it stand the cells of a workbook; after it an :class:`Entry` with every defect named (INS-1), or the cells
again for an export in the same form.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.instruments.basis import sufficient_levels
from domain.shared.refusals import Defect
from domain.shared.text import clean_text, has_control, is_placeholder, without_blanks

KEEP, REVISE, LEGISLATE, ABOLISH = "保留", "修订", "立法", "废止"
YES, NO = "是", "否"
NUMBER, EXAMPLE = "序号", "示例"
COLUMNS = (
    NUMBER, "规章、规范性文件或其他文件名称(含文号)", "是否涉及信用信息共享公开", "是否涉“黑名单”认定",
    "是否涉及失信惩戒措施", "相关内容摘要", "是否有国家层面依据", "是否有地方性法规依据", "依据的具体内容",
    "处置方式", "完成时间", "责任单位", "责任人姓名及职务", "电话",
)  # fmt: skip
DISTRICT_COLUMNS = (
    NUMBER, "规章、规范性文件名称（含文号）", "是否涉及信用信息纳入公开", "是否涉及“黑名单”认定", "是否涉及惩戒措施",
    *COLUMNS[5:],
)  # fmt: skip
NOTES = (
    "注: 1. “是否有国家层面依据”栏,是指是否有法律、行政法规或者党中央、国务院政策文件的依据。\n"
    "2. “依据的具体内容”栏,填写相关依据的某条款及其具体表述。\n"
    "3. “处置方式”栏,如完全符合《指导意见》要求,无需修订可填“保留”;如有明确依据,仅需对相关内容进行修订即可的填“修订”"
    ";如目前缺乏依据,但计划通过立法明确依据的填“立法”;如目前缺乏依据考虑废止的填“废止”。\n"
    "4. “责任单位”栏,填写该规章、文件的印发单位;“责任人”填写该单位的负责相关工作的领导同志。"
)
DISTRICT_NOTES = (
    "注：1. “是否有国家层面依据”栏，是指有关法律、行政法规或者党中央、国务院政策文件的依据。\n"
    "2. “依据的具体内容”栏，如完全符合《指导意见》要求，无需填写具体表述。\n"
    "3. “处置方式”栏，如目前缺乏依据，但计划通过立法明确依据的填“立法”；如有明确依据，仅需对相关"
    "内容进行修订即可的填“修订”；如目前缺乏依据考虑废止的填“废止”。\n"
    "4. “责任单位”栏，填写该单位的负责相关工作的领导同志。"
)
"""What each printing says below its table, letter by letter."""
FIELDS = (
    "number", "title", "shares", "lists", "punishes", "summary", "national_basis", "local_basis", "basis",
    "disposition", "due", "unit_name", "contact", "phone",
)  # fmt: skip
"""What each column holds, in order; the same in both printings."""
PERSONAL = ("contact", "phone")
"""Who answers for it by name, post and telephone: never public."""
LONGEST: Mapping[str, int] = {
    "title": 200, "summary": 2000, "basis": 4000, "due": 40, "unit_name": 100, "contact": 100, "phone": 60,
}  # fmt: skip
_YES_NO = ("shares", "lists", "punishes", "national_basis", "local_basis")
_PHONE = re.compile(r"[0-9+()（）\-—、,，;；/ 转]{3,60}")
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{4})年(\d{1,2})月(\d{1,2})日")
_MONTH = re.compile(r"(\d{4})年(\d{1,2})月(?:底|末|底前|末前|前)?|(\d{4})[-/.](\d{1,2})")
_YEAR = re.compile(r"(\d{4})年(?:底|末|底前|末前|内)?")
_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class LedgerForm:
    """One printing of the form (样式): its headings in order, and the dispositions that it lists."""

    name: str
    columns: tuple[str, ...]
    dispositions: tuple[str, ...]
    notes: str

    def heading(self, field: str) -> str:
        """How the column of a field is headed."""
        return self.columns[FIELDS.index(field)]


NATIONAL = LedgerForm("15号", COLUMNS, (KEEP, REVISE, LEGISLATE, ABOLISH), NOTES)
DISTRICT = LedgerForm("栾城区", DISTRICT_COLUMNS, (LEGISLATE, REVISE, ABOLISH), DISTRICT_NOTES)
"""The district's printing (002 附件1): other headings, and no 保留."""
FORMS: Mapping[str, LedgerForm] = {form.name: form for form in (NATIONAL, DISTRICT)}


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the ledger (台账条目): a document, what it does, what it rests on, what becomes of it.

    ``due`` is the completion time as the unit wrote it, ``due_on`` the last day that it means (ISO text, empty for
    a document that is kept). ``contact`` and ``phone`` are personal data.
    """

    title: str
    shares: bool
    lists: bool
    punishes: bool
    summary: str
    national_basis: bool
    local_basis: bool
    basis: str
    disposition: str
    due: str
    due_on: str
    unit_name: str
    contact: str
    phone: str

    @property
    def sufficient(self) -> bool:
        """Whether the document rests on a sufficient basis (INS-2): one that is claimed and cited at its level."""
        return bool(sufficient_levels(self.basis, national=self.national_basis, local=self.local_basis))

    def cells(self, number: int, *, personal: bool) -> list[str]:
        """The row as the form shows it; without its personal columns unless they are asked for."""
        values: list[str] = [str(number)]
        for field in FIELDS[1 : None if personal else -len(PERSONAL)]:
            value = getattr(self, field)
            values.append((YES if value else NO) if isinstance(value, bool) else value)
        return values


def folded_heading(text: str) -> str:
    """A heading without what printings differ in: width, blanks, the style of quotes and brackets."""
    return re.sub(r"[\"“”„‟'‘’「」]", '"', without_blanks(unicodedata.normalize("NFKC", text)))


def recognise(headings: Sequence[str]) -> LedgerForm | Defect:
    """The printing that has exactly these headings, or the first heading that differs (INS-1)."""
    found = [folded_heading(text) for text in headings]
    best: tuple[int, LedgerForm] = (-1, NATIONAL)
    for form in FORMS.values():
        wanted = [folded_heading(text) for text in form.columns]
        if found == wanted:
            return form
        same = next((n for n, pair in enumerate(zip(found, wanted, strict=False)) if pair[0] != pair[1]),
                    min(len(found), len(wanted)))  # fmt: skip
        best = max(best, (same, form), key=lambda pair: pair[0])
    at, form = best
    if at >= len(form.columns):
        return Defect("INS-1", "ledger_column_extra", "", {"column": str(at + 1)})
    about = {"column": str(at + 1), "heading": form.columns[at]}
    return Defect("INS-1", "ledger_heading_differs", form.columns[at], about)


def read_entry(values: Mapping[str, str], form: LedgerForm) -> Entry | list[Defect]:
    """The entry that the cells of a row hold, by field; or every reason why they hold none."""
    cells = {field: clean_text(values.get(field, "")) for field in FIELDS}
    for field in ("basis", "due"):
        if is_placeholder(cells[field]):
            cells[field] = ""
    defects = [*_missing(cells, form), *_misfits(cells, form)]
    flags = {field: _flag(cells[field]) for field in _YES_NO}
    defects += [_defect("ledger_not_yes_or_no", form, field) for field, flag in flags.items() if flag is None]
    due_on = last_day(cells["due"])
    kept = cells["disposition"] == KEEP
    if not kept and cells["due"] and due_on is None:
        defects.append(_defect("ledger_due_unreadable", form, "due"))
    if defects:
        return defects
    last = "" if due_on is None or kept else due_on.isoformat()
    held: dict[str, Any] = {name: text for name, text in cells.items() if name != "number"}
    entry = Entry(**{**held, **flags, "due_on": last})
    if (entry.national_basis or entry.local_basis) and not entry.basis:
        return [_defect("ledger_basis_not_given", form, "basis")]
    if kept and not entry.sufficient:
        return [_defect("ledger_kept_without_basis", form, "disposition", rule="INS-2")]
    return entry


def last_day(text: str) -> date | None:
    """The last day that a completion time means (2021年底, 2021年1月底, 2021-01-29); None when it means none."""
    folded = without_blanks(unicodedata.normalize("NFKC", text)).removesuffix("前").removesuffix("之")
    try:
        if found := _DAY.fullmatch(folded):
            return date(*(int(n) for n in found.groups() if n is not None))
        if found := _MONTH.fullmatch(folded):
            year, month = (int(n) for n in found.groups() if n is not None)
            return date(year, month, monthrange(year, month)[1])
        if found := _YEAR.fullmatch(folded):
            return date(int(found[1]), _DECEMBER, 31)
    except ValueError:
        return None
    return None


def _missing(cells: Mapping[str, str], form: LedgerForm) -> list[Defect]:
    wanted = ["title", "summary", "disposition", "unit_name", "contact", "phone"]
    if cells["disposition"] != KEEP:
        wanted.append("due")
    return [_defect("ledger_cell_missing", form, field) for field in wanted if not cells[field]]


def _misfits(cells: Mapping[str, str], form: LedgerForm) -> list[Defect]:
    defects = []
    for field, most in LONGEST.items():
        if len(cells[field]) > most or has_control(cells[field]):
            defects.append(_defect("ledger_cell_unusable", form, field, most=str(most)))
    if cells["disposition"] and cells["disposition"] not in form.dispositions:
        listed = "、".join(form.dispositions)
        defects.append(_defect("ledger_disposition_unknown", form, "disposition", listed=listed))
    if cells["phone"] and not _PHONE.fullmatch(unicodedata.normalize("NFKC", cells["phone"])):
        defects.append(_defect("ledger_phone_unreadable", form, "phone"))
    return defects


def _flag(text: str) -> bool | None:
    return {YES: True, NO: False}.get(text)


def _defect(code: str, form: LedgerForm, field: str, *, rule: str = "INS-1", **data: str) -> Defect:
    heading = form.heading(field)
    return Defect(rule, code, heading, {"heading": heading, **data})
