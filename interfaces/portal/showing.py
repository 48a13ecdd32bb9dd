"""Turns public records into what the pages show: labelled lines, notes on the term, a timeline, groups.

Before it stands the public look-up, which alone decides what may be seen; after it the templates, which
escape every value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from application.ledger import parse_instant
from application.queries.public import PublicRecord, PublicSubject
from domain.listing.shown import FORM as LISTING_FORM
from domain.shared.forms import Field, Form, FormKind
from interfaces.portal.timeline import Timeline, timeline

MAIN_FIELDS: Mapping[FormKind, tuple[str, ...]] = {
    "penalty": (
        "CF_WSH", "CF_JDRQ", "CF_CFJG", "CF_CFLB", "CF_WFXW", "CF_NR", "CF_NR_FK", "CF_NR_WFFF",
        "DISCREDIT_LEVEL", "CF_YJ",
    ),
    "licence": (
        "XK_WSH", "XK_JDRQ", "XK_XKJG", "XK_XKLB", "XK_XKWS", "XK_XKZS", "XK_NR", "XK_ZT", "XK_YXQZ", "XK_YXQZI",
    ),
    "determination": (
        "RD_WSH", "RD_JDRQ", "RD_JDJG", "RD_WSLX", "RD_WSMC", "RD_SXRQ", "RD_NR", "DISCREDIT_LEVEL", "RD_YJ",
    ),
}  # fmt: skip
"""What a look-up shows of a record, in this order; the record's own page shows the other fields too."""

LISTING_LINES: Mapping[str, tuple[str, str]] = {
    "id_number": ("证件号码", "Number of the document"),
    "authority_name": ("作出机关", "Authority"),
    "decided_on": ("决定日期", "Decided on"),
    "basis": ("列入依据", "Basis"),
    "measures": ("失信惩戒措施提示", "Notice of measures"),
    "incentives": ("守信激励", "Incentives"),
    "removal_conditions": ("移出条件", "Conditions of removal"),
    "removal_procedure": ("移出程序", "Procedure of removal"),
    "remedies": ("救济措施", "Remedies"),
}
"""What is shown of a listing, in this order."""
COLUMN_CHARACTERS_MAX = 36
"""A longer value takes the whole width."""
_UNIT = "（万元）"
_YUAN_PER_UNIT = 10_000
_NUMBERED_CODE = re.compile(r"行政相对人代码_\d\((.+)\)")


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a record as shown (数据项): label in both languages, value, width, and date if it is one."""

    code: str
    label_zh: str
    label_en: str
    value: str
    wide: bool
    machine_date: str


@dataclass(frozen=True, slots=True)
class Note:
    """A remark (公示期说明), in both languages: how the term was fixed, or that the content was corrected."""

    zh: str
    en: str


CORRECTED = Note(
    "内容已由认定部门更正，此前的内容不再公示（OBJ-5）",
    "Its department corrected the content; what it said before is public no more (OBJ-5)",
)


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """One public record ready for a page (公示记录)."""

    record_id: UUID
    position: int
    item: str
    item_zh: str
    item_en: str
    document_number: str
    subject_name: str
    subject_code: str
    until: str
    objected: bool
    main: tuple[Line, ...]
    rest: tuple[Line, ...]
    notes: tuple[Note, ...]
    timeline: Timeline


@dataclass(frozen=True, slots=True)
class Group:
    """The records of one catalogue item (目录事项)."""

    item: str
    name_zh: str
    name_en: str
    records: tuple[ShownRecord, ...]


@dataclass(frozen=True, slots=True)
class ShownSubject:
    """A subject (信用主体) with its records by item, under the name of its newest record."""

    name: str
    code: str
    count: int
    next: str
    continued: bool
    groups: tuple[Group, ...]


def show_record(record: PublicRecord, forms: Mapping[FormKind, Form], *, today: date) -> ShownRecord:
    """One record as the pages show it on ``today``. Raises ``KeyError`` for a form that is none of ours."""
    shown = record.shown
    if shown["form"] == LISTING_FORM:
        return _show_listing(record, today=today)
    form, corrected = forms[shown["form"]], "corrects" in shown
    fields: dict[str, str] = {code: str(value) for code, value in shown["fields"].items()}
    main = MAIN_FIELDS[form.kind]
    rest = [code for code in form.fields if code not in main]
    return ShownRecord(
        record_id=record.record_id,
        position=record.position,
        item=shown["item"],
        item_zh=shown["item_name_zh"],
        item_en=shown["item_name_en"],
        document_number=fields.get(form.document_number, ""),
        subject_name=fields.get(form.code("XDR_MC"), ""),
        subject_code=fields.get(form.subject_code, ""),
        until=record.until.isoformat() if record.until else "",
        objected=record.objected,
        main=_lines(form, main, fields),
        rest=_lines(form, rest, fields),
        notes=(
            *((CORRECTED,) if corrected else ()),
            *_notes(form, fields, until=record.until, flags=shown.get("flags", ())),
        ),
        timeline=timeline(
            decided_on=date.fromisoformat(fields[form.decided]),
            recorded_at=parse_instant(shown["recorded_at"]),
            position=record.position,
            until=record.until,
            today=today,
            corrected=corrected,
        ),
    )


def _show_listing(record: PublicRecord, *, today: date) -> ShownRecord:
    """A listing as the pages show it: by the number of its decision, with its contents."""
    shown, fields = record.shown, record.shown["fields"]
    lines = [
        Line(
            name, zh, en, fields[name], len(fields[name]) > COLUMN_CHARACTERS_MAX,
            fields[name] if name == "decided_on" else "",
        )
        for name, (zh, en) in LISTING_LINES.items()
        if fields.get(name)
    ]  # fmt: skip
    return ShownRecord(
        record_id=record.record_id,
        position=record.position,
        item=shown["item"],
        item_zh=shown["item_name_zh"],
        item_en=shown["item_name_en"],
        document_number=fields["document_number"],
        subject_name=fields.get("name") or fields.get("person_name", ""),
        subject_code=fields.get("code", ""),
        until=record.until.isoformat() if record.until else "",
        objected=record.objected,
        main=tuple(lines),
        rest=(),
        notes=(),
        timeline=timeline(
            decided_on=date.fromisoformat(fields["decided_on"]),
            recorded_at=parse_instant(shown["recorded_at"]),
            position=record.position,
            until=record.until,
            today=today,
        ),
    )


def show_subject(subject: PublicSubject, forms: Mapping[FormKind, Form], *, today: date) -> ShownSubject:
    """A subject with its records grouped by item, newest first as the look-up gives them."""
    records = [show_record(record, forms, today=today) for record in subject.records]
    by_item: dict[str, list[ShownRecord]] = {}
    for record in records:
        by_item.setdefault(record.item, []).append(record)
    groups = (Group(item, of[0].item_zh, of[0].item_en, tuple(of)) for item, of in sorted(by_item.items()))
    return ShownSubject(
        name=records[0].subject_name,
        code=records[0].subject_code,
        count=len(records),
        next=subject.next,
        continued=subject.continued,
        groups=tuple(groups),
    )


def _lines(form: Form, codes: tuple[str, ...] | list[str], fields: Mapping[str, str]) -> tuple[Line, ...]:
    return tuple(_line(form.fields[code], fields[code]) for code in codes if fields.get(code))


def _line(field: Field, value: str) -> Line:
    numbered = _NUMBERED_CODE.fullmatch(field.name_zh)
    label_zh = numbered[1] if numbered else field.name_zh.removesuffix(_UNIT)
    label_en = field.name_en.removesuffix("(10k CNY)").strip()
    return Line(
        code=field.code,
        label_zh=label_zh,
        label_en=label_en[:1].upper() + label_en[1:],
        value=_shown_value(field, value),
        wide=len(value) > COLUMN_CHARACTERS_MAX,
        machine_date=value if field.kind == "date" else "",
    )


def _shown_value(field: Field, value: str) -> str:
    """The value as people read it: amounts also in yuan, coded values by name, lists with Chinese commas."""
    if field.kind == "decimal" and field.name_zh.endswith(_UNIT):
        yuan = Decimal(value) * _YUAN_PER_UNIT
        return f"{value} 万元（{yuan.normalize():,f} 元）"
    if field.kind == "multi_enum":
        return value.replace(";", "、")
    if field.kind == "enum" and field.table is not None and value.isdigit():
        names = (name for name, sealed in field.table.values.items() if sealed == value and name != value)
        return next(names, value)
    return value


def _notes(
    form: Form, fields: Mapping[str, str], *, until: date | None, flags: Sequence[str]
) -> tuple[Note, ...]:
    """What was assumed for the term (PUB-4), as far as the record's own public fields and its flags show it."""
    sent_end = form.code("GSJZQ")
    if sent_end not in form.fields or until is None:
        return ()
    notes = []
    sent = fields.get(sent_end)
    if sent is None:
        notes.append(
            Note("部门未报送公示截止期，按最长公示期计算", "No end date was sent; the maximum term applies")
        )
    elif sent > until.isoformat():
        notes.append(
            Note(
                f"部门报送的截止期 {sent} 超过最长公示期，按最长公示期截止",
                f"The end date sent, {sent}, is beyond the maximum; the maximum applies",
            )
        )
    if "DISCREDIT_LEVEL" not in fields and (form.kind == "penalty" or "severity_unknown" in flags):
        counted = Note(
            "部门未报送失信严重程度，按一般失信计算公示期", "No severity was sent; it counts as general"
        )
        notes.append(counted)
    return tuple(notes)
