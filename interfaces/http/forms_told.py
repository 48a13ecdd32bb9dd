"""What a form asks, in words of the OpenAPI document: each field's code, value, obligation and part, and examples.

The forms themselves say it (``domain/shared/forms.py``); ``data/operations.json`` has an example for each, and a test
holds that the row rules accept it. Nothing here decides anything.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from domain.shared.forms import ORGANISATION, PERSON, Field, Form
from interfaces.client.form_data import load_forms

_OBLIGATIONS: Mapping[str, str] = {
    "always": "必填 required",
    "organisation": "单位必填 of organisations",
    "person": "自然人必填 of persons",
    "optional": "",
}
_INTRODUCTION = """\
## 数据项 / Fields

`parts` 的 `public` 写明 `form`、`item` 和公开的数据项，其余数据项各归其部分；没有的不写。值一律为文本。\
目录事项 {items} 有自己的表，其他事项的认定用 `determination`，`item` 与 `RD_MLXM` 同为目录编码（见 `/v1/catalogue`）。
The part `public` has `form`, `item` and the public fields; every other field stands in its part, and what there is \
none of is left out. Every value is text. Items {items} have forms of their own; a determination under any other item \
takes the form `determination`, with `item` and `RD_MLXM` both its code in the catalogue (`/v1/catalogue`)."""
_HEAD = "| 数据项 field | 名称 name | 值 value | 必填 required | 部分 part |\n|---|---|---|---|---|"


def forms_text(examples: Mapping[str, Mapping[str, Any]]) -> str:
    """All forms as Markdown tables, each with its example of ``parts`` where there is one."""
    forms = load_forms()
    own = "、".join(f"`{form.item}`（`{form.kind}`）" for form in forms.values() if form.item)
    told = [_INTRODUCTION.format(items=own)]
    for form in forms.values():
        told.append(
            f"### `{form.kind}`\n\n{_HEAD}\n" + "\n".join(_row(form, f) for f in form.fields.values())
        )
        if form.kind in examples:
            told.append(f"```json\n{json.dumps(examples[form.kind], ensure_ascii=False, indent=1)}\n```")
    return "\n\n".join(told)


def _row(form: Form, field: Field) -> str:
    parts = [form.part_of(field.code, kind) for kind in (ORGANISATION, PERSON)]
    part = f"`{parts[0]}`" + (f"；自然人 of a person `{parts[1]}`" if parts[0] != parts[1] else "")
    name = f"{field.name_zh} {field.name_en}"
    return f"| `{field.code}` | {name} | {_value(field)} | {_OBLIGATIONS[field.required]} | {part} |"


def _value(field: Field) -> str:
    if field.kind == "date":
        return "`YYYY-MM-DD`"
    if field.kind == "decimal":
        return f"数，至多 {field.scale} 位小数 a number, {field.scale} decimals at most"
    if field.table is None:
        return f"至多 {field.max_length} 字 characters" if field.max_length else ""
    many = "，可多项，用 `;` 分隔 one or more, with `;` between" if field.kind == "multi_enum" else ""
    return field.table.listing().replace("|", "/") + many
