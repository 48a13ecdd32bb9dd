"""Decides whether one row of a 双公示 form may become a record, and names every defect it has at once.

Readers and the service bring the row as payload parts (STORAGE 1); what needs a registry, the catalogue or
other rows (authority known, document recorded before, item in force) is decided after this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from domain.records.row_rules import (
    amount_defects,
    authority_defects,
    date_defects,
    document_defects,
    penalty_defects,
    repair_notice_defects,
    subject_defects,
    table_defects,
)
from domain.records.row_values import RowValues
from domain.records.screening import (
    is_prohibited_in_remarks,
    is_prohibited_in_text,
    needs_written_consent,
    personal_data_in_public,
)
from domain.shared.canonical import Parts
from domain.shared.forms import ITEM_FIELD, PERSON, Field, Form
from domain.shared.refusals import Defect
from domain.shared.text import clean_text, has_control, is_placeholder, normalise_identifier

PART_NAMES = ("public", "restricted", "person/1")
REMARKS = "BZ"

# What is missing decides the rule: the document (DET-2), its legal force (DET-1), its truth (DET-3).
_MISSING: Mapping[str, tuple[str, str]] = {
    "XDR_LB": ("CAT-4", "missing_subject_kind"),
    "XDR_ZJHM": ("DET-3", "missing_person_id"),
    "WSH": ("DET-2", "missing_document_number"),
    "YJ": ("DET-1", "missing_basis"),
    "WSLX": ("DET-1", "missing_field"),
    "MLXM": ("CAT-1", "missing_field"),
    "SY": ("DET-3", "missing_content"),
    "NR": ("DET-3", "missing_content"),
    "WFXW": ("DET-3", "missing_content"),
    "GSJZQ": ("PUB-4", "missing_field"),
    **dict.fromkeys(
        ("JDRQ", "CFJG", "CFJGDM", "XKJG", "XKJGDM", "XKWS", "JDJG", "JDJGDM", "SXRQ", "WSZY", "WSZT"),
        ("DET-2", "missing_field"),
    ),
}
_RULES = (
    subject_defects,
    authority_defects,
    table_defects,
    penalty_defects,
    amount_defects,
    date_defects,
    document_defects,
    repair_notice_defects,
)
_NUMBERS = frozenset({"CF_WSH", "XK_WSH", "XK_XKBH", "RD_WSH", "RD_WSZY", "RD_MLXM"})
_CERTIFICATES = frozenset({"CF_NR_ZKDX", "XK_XKZS"})
_TITLES = ("XK_XKWS", "XK_XKZS", "RD_WSMC")


def check_row(form: Form, parts: Parts, *, today: date) -> list[Defect]:
    """Every defect of a row, in the order of the form; an empty list means that the row itself is sound.

    ``parts`` as in STORAGE 1 (canonical strings, empty fields left out); ``today`` is the day of intake in
    the ledger's time zone. Never raises for any content; no defect carries a value of the row.
    """
    defects = list(_shape_defects(form, parts))
    sent = {
        code: value
        for name in PART_NAMES
        for code, value in _part(parts, name).items()
        if code in form.fields and isinstance(value, str)
    }
    row = RowValues(form, {c: v for c, v in sent.items() if not is_placeholder(v)}, today)
    kind = row.subject_kind
    for code, value in sent.items():
        defects.extend(_value_defects(row, form.fields[code], value))
    for described in form.required_of(kind):
        if described.code not in row.values:
            defects.append(_missing(row, described))
    for rules in _RULES:
        defects.extend(rules(row))
    if kind == PERSON:
        defects.extend(_named_in_title(row))
    return _in_order(form, defects) if defects else []


def _part(parts: Parts, name: str) -> Mapping[str, object]:
    part = parts.get(name)
    return part if isinstance(part, Mapping) else {}


def _shape_defects(form: Form, parts: Parts) -> Iterator[Defect]:
    """Only fields that the form names (PRV-1), each in its part (PUB-2 when it must not be public)."""
    public = _part(parts, "public")
    item = form.item or public.get(ITEM_FIELD, "")
    if public.get("form") != form.kind or public.get("item") != item:
        yield Defect("CAT-1", "wrong_form", "form", {"form": form.kind, "item": str(item)})
    kind = public.get(form.code("XDR_LB"))
    for name in parts:
        if name not in PART_NAMES:
            yield Defect("PRV-1", "unknown_part")
            continue
        if not isinstance(parts[name], Mapping):
            yield Defect("DET-3", "not_canonical_value", "", {"name": "内容", "name_en": "content"})
        for code, value in _part(parts, name).items():
            if name == "public" and code in ("form", "item"):
                continue
            described = form.fields.get(code)
            if described is None:
                yield Defect("PRV-1", "unknown_field", f"/parts/{name.replace('/', '~1')}")
                continue
            names = {"name": described.name_zh, "name_en": described.name_en}
            if not isinstance(value, str):
                yield Defect("DET-3", "not_canonical_value", code, names)
            own = form.part_of(code, kind if isinstance(kind, str) else "")
            if own != name:
                rule = "PUB-2" if name == "public" else "PRV-1"
                yield Defect(rule, "misplaced_field", code, names | {"part": own})


def _missing(row: RowValues, described: Field) -> Defect:
    suffix = described.code.removeprefix(row.form.prefix + "_")
    rule, fault = _MISSING.get(suffix, ("DET-3", "missing_field"))
    return row.defect(rule, fault, described.code)


def _value_defects(row: RowValues, described: Field, value: str) -> Iterator[Defect]:
    code = described.code
    if has_control(value):
        yield row.defect("FORMAT", "control_character", code)
        return
    canonical = normalise_identifier(value) if described.is_identifier else clean_text(value)
    if not value or value != canonical:
        yield row.defect("DET-3", "not_canonical_value", code)
    if described.kind not in ("string", "text") or is_placeholder(value):
        return
    has_own_length = described.is_identifier and described.max_length == 18
    if described.max_length and len(value) > described.max_length and not has_own_length:
        yield row.defect("DET-3", "too_long", code, max=str(described.max_length))
    yield from _screening_defects(row, described, value)


def _screening_defects(row: RowValues, described: Field, value: str) -> Iterator[Defect]:
    code = described.code
    if code == REMARKS:
        if is_prohibited_in_remarks(value):
            yield row.defect("PRV-1", "prohibited_remark", code)
        if needs_written_consent(value):
            yield row.defect("PRV-1", "consent_only_remark", code)
        return
    if code == row.form.code("XDR_SWDJ"):
        # Old tax numbers of individual businesses are the owner's citizen id with two digits behind it.
        if _is_public(row, code) and personal_data_in_public(
            value[:18], today=row.today, is_certificate=True
        ):
            yield row.defect("PUB-2", "public_citizen_id", code)
        return
    if described.is_identifier or code in _NUMBERS:
        return
    if is_prohibited_in_text(value):
        yield row.defect("PRV-1", "prohibited_content", code)
    if _is_public(row, code):
        fault = personal_data_in_public(value, today=row.today, is_certificate=code in _CERTIFICATES)
        if fault:
            yield row.defect("PUB-2", fault, code)


def _is_public(row: RowValues, code: str) -> bool:
    return row.form.part_of(code, row.subject_kind) == "public"


def _named_in_title(row: RowValues) -> Iterator[Defect]:
    """Document and certificate titles are public: a natural person's name in them would be, too (PUB-2)."""
    name = normalise_identifier(row.own("XDR_MC"))
    for code in _TITLES:
        if code in row.form.fields and len(name) > 1 and name in normalise_identifier(row.get(code)):
            yield row.defect("PUB-2", "person_named_in_title", code)


def _in_order(form: Form, defects: list[Defect]) -> list[Defect]:
    """Each defect once, sorted by the form's own order of fields."""
    position = {code: number for number, code in enumerate(form.fields)}
    distinct = {(d.rule, d.code, d.field): d for d in defects}
    return sorted(distinct.values(), key=lambda d: position.get(d.field, -1))
