"""Decides what a field of a form is: its code, type, code table, headings, part and obligation.

The forms are the two of 双公示 and the general determination (认定).
Built from the reference data that the interface loads; the readers map columns with it, the row rules check
with it, and the sealing side takes from it which part of the payload a field belongs to.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, cast

from domain.shared.form_headings import EXTRA_HEADINGS, OTHER_NAMES

FormKind = Literal["penalty", "licence", "determination"]
FieldKind = Literal["string", "text", "enum", "multi_enum", "date", "decimal"]
Obligation = Literal["always", "organisation", "person", "optional"]

ORGANISATION = "法人及非法人组织"
PERSON = "自然人"
INDIVIDUAL_BUSINESS = "个体工商户"
ITEMS: Mapping[FormKind, str] = {"penalty": "C03-02", "licence": "C03-01", "determination": ""}
"""The catalogue item of each form; a general determination names its own."""
_SECTIONS: Mapping[FormKind, str] = {
    "penalty": "administrative_penalty",
    "licence": "administrative_licence",
    "determination": "determination",
}
_PREFIXES: Mapping[FormKind, str] = {"penalty": "CF", "licence": "XK", "determination": "RD"}
_AUTHORITIES: Mapping[FormKind, tuple[str, str]] = {
    "penalty": ("CF_CFJGDM", "CF_SJLYDM"),
    "licence": ("XK_XKJGDM", "XK_LYDWDM"),
    "determination": ("RD_JDJGDM", "RD_SJLYDM"),
}
"""Codes of the deciding authority and of the providing unit."""
ITEM_FIELD = "RD_MLXM"

_REPRESENTATIVE = ("FRDB", "FR_ZJLX", "FR_ZJHM")
_IDENTITY = ("XDR_ZJLX", "XDR_ZJHM")
_IDENTIFYING = ("XDR_MC", "XDR_SHXYM", "XDR_GSZC", "XDR_ZZJG", "XDR_SWDJ", "XDR_SYDW", "XDR_SHZZ")
_RESTRICTED_ALWAYS = ("CF_SY", "RD_SY", "BZ")
_RESTRICTED_OF_PERSONS = ("CF_WFXW", "CF_NR", "CF_NR_ZKDX", "XK_NR", "XK_XKBH", "RD_NR", "RD_WSMC", "RD_WSZY")
_IDENTIFIERS = (
    "XDR_SHXYM",
    "XDR_GSZC",
    "XDR_ZZJG",
    "XDR_SWDJ",
    "XDR_SYDW",
    "XDR_SHZZ",
    "FR_ZJHM",
    "XDR_ZJHM",
    "CFJGDM",
    "SJLYDM",
    "XKJGDM",
    "LYDWDM",
    "JDJGDM",
)
_BRACKETS = str.maketrans("【[〔﹝】]〕﹞", "(((())))")
_OBLIGATION = re.compile(r"\((必填|选填|必填项|选填项|可选|非必填|必录|条件必填)\)")
_OTHER = re.compile(r"其他\s*[-－—–‐﹣─:：]\s*\S")


@dataclass(frozen=True)
class CodeTable:
    """The lawful values (代码表): value → value as sealed; ``open_ended`` adds 其他-具体内容."""

    values: Mapping[str, str]
    open_ended: bool = False

    def canonical(self, value: str) -> str | None:
        """The sealed spelling of ``value``, or None when the table does not hold it."""
        if value in self.values:
            return self.values[value]
        return value if self.open_ended and _OTHER.match(value) else None

    def listing(self) -> str:
        """The lawful values for a sentence."""
        return "、".join(dict.fromkeys(self.values.values())) + ("、其他-具体内容" if self.open_ended else "")


@dataclass(frozen=True)
class Field:
    """One field (数据项) of a form; ``max_length`` in characters, ``required`` by kind of subject."""

    code: str
    name_zh: str
    name_en: str
    kind: FieldKind
    required: Obligation = "optional"
    max_length: int | None = None
    table: CodeTable | None = None
    precision: int = 18
    scale: int = 6
    is_identifier: bool = False
    part_of_organisation: str = "public"
    part_of_person: str = "public"

    def is_required_of(self, subject_kind: str) -> bool:
        """Whether a row about a subject of this kind must hold the field."""
        if self.required == "organisation":
            return subject_kind in (ORGANISATION, INDIVIDUAL_BUSINESS)
        return self.required == "always" or (self.required == "person" and subject_kind == PERSON)


NOTICE_DATE, NOTICE_DIGEST = "REPAIR_NOTICE_DATE", "REPAIR_NOTICE_DIGEST"
_NOTICE = (
    Field(
        NOTICE_DATE, "信用修复告知书送达日期", "day on which the repair notice was served", "date",
        part_of_organisation="restricted", part_of_person="restricted",
    ),
    Field(
        NOTICE_DIGEST, "信用修复告知书文件摘要", "digest of the repair notice", "string", max_length=64,
        part_of_organisation="restricted", part_of_person="restricted",
    ),
)  # fmt: skip
"""That the notice of how to repair (信用修复告知书) was served with the decision (两书同达, 国办发〔2025〕22号)."""


@dataclass(frozen=True)
class Form:
    """A form (数据标准): ``penalty`` (行政处罚, CF_), ``licence`` (行政许可, XK_) or ``determination`` (认定, RD_).

    ``headings`` maps a :func:`heading_key` to the field code, for codes, aliases and Chinese names alike.
    """

    kind: FormKind
    item: str
    prefix: str
    fields: Mapping[str, Field]
    headings: Mapping[str, str] = field(repr=False)

    @classmethod
    def from_reference(cls, data: Mapping[str, Any], kind: FormKind) -> Form:
        """The form from the reference data; ``KeyError`` when that data lacks a section."""
        prefix, tables = _PREFIXES[kind], _code_tables(data["code_tables"])
        fields = {raw["code"]: _field(raw, prefix, tables) for raw in data[_SECTIONS[kind]]}
        severity = Field(
            "DISCREDIT_LEVEL",
            "失信严重程度",
            "severity of dishonesty",
            "enum",
            table=tables["severity_class"],
        )
        fields |= {added.code: added for added in (severity, *(_NOTICE if kind != "licence" else ()))}
        named = kind != "determination"
        headings = _headings(fields, prefix, data["meta"]["aliases"], named=named)
        return cls(kind, ITEMS[kind], prefix, fields, headings)

    @cached_property
    def by_kind(self) -> Mapping[FieldKind, tuple[Field, ...]]:
        """The fields of each kind of value, in order."""
        kinds: dict[FieldKind, tuple[Field, ...]] = {}
        for described in self.fields.values():
            kinds[described.kind] = (*kinds.get(described.kind, ()), described)
        return kinds

    @cached_property
    def _required(self) -> Mapping[str, tuple[Field, ...]]:
        kinds = (ORGANISATION, INDIVIDUAL_BUSINESS, PERSON, "")
        return {k: tuple(f for f in self.fields.values() if f.is_required_of(k)) for k in kinds}

    def required_of(self, subject_kind: str) -> tuple[Field, ...]:
        """The fields that a row about a subject of this kind must hold; of unknown kinds, what all must."""
        return self._required.get(subject_kind, self._required[""])

    def code(self, suffix: str) -> str:
        """The full code of a field that both forms have: ``XDR_MC`` → ``CF_XDR_MC``."""
        return f"{self.prefix}_{suffix}"

    @property
    def subject_kind(self) -> str:
        """Code of 行政相对人类别."""
        return self.code("XDR_LB")

    @property
    def subject_code(self) -> str:
        """Code of the subject's 统一社会信用代码."""
        return self.code("XDR_SHXYM")

    @property
    def id_type(self) -> str:
        """Code of a natural person's kind of document."""
        return self.code("XDR_ZJLX")

    @property
    def id_number(self) -> str:
        """Code of a natural person's document number."""
        return self.code("XDR_ZJHM")

    @property
    def document_number(self) -> str:
        """Code of the decision's number."""
        return self.code("WSH")

    @property
    def decided(self) -> str:
        """Code of the decision's date."""
        return self.code("JDRQ")

    @property
    def authority_code(self) -> str:
        """Code of the deciding authority's 统一社会信用代码."""
        return _AUTHORITIES[self.kind][0]

    @property
    def authority_name(self) -> str:
        """Code of the deciding authority's name, which stands beside its code."""
        return self.authority_code.removesuffix("DM")

    @property
    def source_code(self) -> str:
        """Code of the providing unit's 统一社会信用代码."""
        return _AUTHORITIES[self.kind][1]

    def part_of(self, code: str, subject_kind: str) -> str:
        """The payload part (STORAGE 1) of a field; a subject of unknown kind is treated as a person.

        ``KeyError`` for a field that the form does not have.
        """
        described = self.fields[code]
        if subject_kind in (ORGANISATION, INDIVIDUAL_BUSINESS):
            return described.part_of_organisation
        return described.part_of_person

    def recognise(self, heading: str) -> str | None:
        """The field code that a column heading means (code, alias or Chinese name), or None."""
        return self.headings.get(heading_key(heading))


def heading_key(heading: str) -> str:
    """A heading in the spelling used for look-up: half width, no blanks, marks of obligation dropped.

    ``*处罚 机关（必填）`` and ``处罚机关`` give the same key. A unit stays: （元） is not （万元）.
    """
    text = unicodedata.normalize("NFKC", heading).upper()
    text = "".join(text.split())
    if not text.isascii():
        text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    text = _OBLIGATION.sub("", text.translate(_BRACKETS)).strip("*:;,。")
    return text.replace("_", "").replace("-", "")


def _code_tables(raw: Mapping[str, Any]) -> dict[str, CodeTable]:
    tables: dict[str, CodeTable] = {}
    for name, table in raw.items():
        values = [*table["values"], *table.get("new_law_values", {}).get("values", [])]
        known: dict[str, str] = {}
        open_ended = False
        for value in values:
            if isinstance(value, Mapping):
                known.update(_coded(name, str(value["code"]), str(value["name"])))
            elif "*" in value:
                open_ended = True
            else:
                known[value] = value
        tables[name] = CodeTable(known, open_ended)
    return tables


def _coded(table: str, code: str, name: str) -> dict[str, str]:
    """Subject kinds are sealed by name and never read from a bare number; the licence status is its code."""
    return {name: name} if table == "subject_category" else {code: code, name: code}


def _field(raw: Mapping[str, Any], prefix: str, tables: Mapping[str, CodeTable]) -> Field:
    code, kind = str(raw["code"]), raw["type"]
    suffix = code.removeprefix(prefix + "_")
    organisation, person = _parts(code, suffix)
    return Field(
        code=code,
        name_zh=str(raw["name_zh"]),
        name_en=str(raw["name_en"]),
        kind=cast(FieldKind, kind["kind"]),
        required=_obligation(raw),
        max_length=kind.get("len", kind.get("max")),
        table=tables[kind["table"]] if "table" in kind else None,
        precision=int(kind.get("precision", 18)),
        scale=int(kind.get("scale", 6)),
        is_identifier=suffix in _IDENTIFIERS,
        part_of_organisation=organisation,
        part_of_person=person,
    )


def _obligation(raw: Mapping[str, Any]) -> Obligation:
    """Conditions on the kind of subject are kept here; those on other fields are rules of the row check."""
    condition = str(raw["condition"] or "")
    if raw["required"] == "conditional" and condition.startswith("行政相对人类别="):
        return "person" if PERSON in condition else "organisation"
    return "always" if raw["required"] == "always" else "optional"


def _parts(code: str, suffix: str) -> tuple[str, str]:
    """Part for an organisation's row, part for a natural person's row."""
    if suffix in _REPRESENTATIVE or suffix in _IDENTITY:
        return "person/1", "person/1"
    if suffix in _IDENTIFYING:
        return "public", "person/1"
    if code in _RESTRICTED_ALWAYS:
        return "restricted", "restricted"
    return "public", "restricted" if code in _RESTRICTED_OF_PERSONS else "public"


def _headings(
    fields: Mapping[str, Field], prefix: str, aliases: Mapping[str, str], *, named: bool
) -> dict[str, str]:
    """Codes win over aliases, aliases over Chinese names, full names over their shortened forms.

    Only the two forms of 双公示 are known by names as well (``named``): a third set of names would make
    their columns ambiguous.
    """
    found: dict[str, str] = {}

    def add(names: Sequence[str], code: str) -> None:
        for name in names:
            found.setdefault(heading_key(name), code)

    for code in fields:
        add([code], code)
    for alias, code in aliases.items():
        if code in fields:
            add([alias], code)
    if not named:
        return found
    for code, described in fields.items():
        add([described.name_zh], code)
    for code, described in fields.items():
        suffix = code.removeprefix(prefix + "_")
        add(
            [*OTHER_NAMES.get(code, ()), *EXTRA_HEADINGS.get(suffix, ()), *_shortened(described.name_zh)],
            code,
        )
    return found


def _shortened(name: str) -> list[str]:
    """行政相对人代码_1(统一社会信用代码) is also written as either half; a unit is not a name by itself."""
    match = re.fullmatch(r"(.+?)[(（](.+)[)）]", name)
    if not match:
        return []
    return [match[1]] if match[2] == "万元" else [match[1], match[2], f"行政相对人{match[2]}"]
