"""What is wrong with a request's member: that it is missing, unknown, of another form, or does not go with the others.

A schema finds it and says so in its own words; here they become the refusal (FORMAT) that names the member and what it
should be. Nothing that the sender wrote is repeated: names are those of the schema, members of lists go by number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from domain.shared.refusals import Defect

WHOLE = "_schema"
MOST = 20
_KINDS: tuple[tuple[type[fields.Field[Any]], str, str], ...] = (
    (fields.UUID, "UUID", "a UUID"),
    (fields.Date, "日期 YYYY-MM-DD", "a day, YYYY-MM-DD"),
    (fields.Boolean, "true 或 false", "true or false"),
    (fields.Integer, "整数", "a whole number"),
    (fields.String, "文本", "text"),
    (fields.List, "列表", "a list"),
    (fields.Nested, "对象", "an object"),
    (fields.Dict, "对象", "an object"),
)


def faults(schema: Schema, told: Mapping[Any, Any], where: str = "") -> list[Defect]:
    """What ``told``, a schema's messages, names, at most :data:`MOST`; ``where`` points at what it was loaded from."""
    known = [(name, told[name]) for name in schema.fields if name in told]
    found = [
        defect for name, told in known for defect in _of_member(schema.fields[name], told, f"{where}/{name}")
    ]
    here = {"where": where or "/"}
    if any(name != WHOLE and name not in schema.fields for name in told):
        names = here | {"names": "、".join(schema.fields)}
        found.append(Defect("FORMAT", "member_unknown", where or "/", names))
    if not found:
        # A schema says of anything that is no object that its type is wrong, and of members what its own rules ask.
        other = WHOLE in told and schema.error_messages["type"] not in told[WHOLE]
        found = [Defect("FORMAT", "members_unfit" if other else "member_invalid", where or "/", here)]
    return found[:MOST]


def missing(where: str) -> Defect:
    """That a member is not there."""
    return Defect("FORMAT", "member_missing", where, {"where": where})


def _of_member(field: fields.Field[Any], messages: Any, where: str) -> list[Defect]:
    if isinstance(messages, Mapping):
        if isinstance(field, fields.Nested):
            return faults(field.schema, messages, where)
        if isinstance(field, fields.List):
            by_number = [(number, told) for number, told in messages.items() if isinstance(number, int)]
            return [
                d for number, told in by_number for d in _of_member(field.inner, told, f"{where}/{number}")
            ]
    if isinstance(messages, list) and field.error_messages["required"] in messages:
        return [missing(where)]
    zh, en = form_of(field)
    return [Defect("FORMAT", "member_malformed", where, {"where": where, "form_zh": zh, "form_en": en})]


def form_of(field: fields.Field[Any]) -> tuple[str, str]:
    """What a member should be, Chinese and English: its kind, and what its validators ask."""
    zh, en = next(((zh, en) for kind, zh, en in _KINDS if isinstance(field, kind)), ("值", "a value"))
    for asked in field.validators:
        if isinstance(asked, validate.OneOf):
            values = "、".join(str(value) for value in asked.choices)
            return f"其中之一：{values}", f"one of: {values}"
        if isinstance(asked, validate.Regexp):
            pattern = str(asked.regex.pattern)
            return f"{zh}，须符合 {pattern}", f"{en} matching {pattern}"
        if isinstance(asked, validate.Range):
            zh, en = zh + _bounds(asked.min, asked.max, ""), en + _bounds(asked.min, asked.max, "")
        if isinstance(asked, validate.Length):
            of_text = isinstance(field, fields.String)
            zh += _bounds(asked.min, asked.max, "个字符" if of_text else "项")
            en += _bounds(asked.min, asked.max, " characters" if of_text else " entries")
    return zh, en


def _bounds(least: Any, most: Any, unit: str) -> str:
    if least is None:
        return f" ≤ {most}{unit}"
    return f" ≥ {least}{unit}" if most is None else f" {least}–{most}{unit}"
