"""Masks what identifies a natural person: enough to recognise oneself, not enough to be found.

Before it stand the fields of a person's part and the item's masking decision; after it the public view.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from domain.catalogue.items import MaskedField

_COMPOUND = (
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 "
    "太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 "
    "漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 公户 公玉 公仪 梁丘 公仲 "
    "公上 公门 公山 公坚 左丘 公伯 西门 公祖 第五 公乘 贯丘 公皙 南荣 东里 东宫 仲长 子书 子桑 即墨 达奚 "
    "褚师 "
)
COMPOUND_FAMILY_NAMES = frozenset(_COMPOUND.split())
"""The compound family names (复姓) in use; with any other name the family name is one character."""

MASK = "*"
LONG_NAME = 5


def masked_name(name: str) -> str:
    """``张三`` -> ``张*``, ``欧阳修文`` -> ``欧阳**``; the family name stays, each other character is hidden.

    A compound family name stays whole only when a given name follows it. A name in Latin script or with a
    middle dot, or longer than four characters, keeps its first character only: where its family name ends
    cannot be told. A single character is hidden altogether; an empty name stays empty.
    """
    text = name.strip()
    if len(text) <= 1:
        return MASK * len(text)
    compound = len(text) > 2 and len(text) < LONG_NAME and text[:2] in COMPOUND_FAMILY_NAMES
    kept = 2 if compound else 1
    return text[:kept] + MASK * (len(text) - kept)


def masked_ends(value: str, *, keep_left: int, keep_right: int) -> str:
    """``value`` with only its first and last characters shown; hidden whole when too short for that.

    A value counts as too short when fewer than half as many characters would be hidden as shown.
    """
    text = value.strip()
    shown = keep_left + keep_right
    hidden = len(text) - shown
    if hidden * 2 < shown or hidden <= 0:
        return MASK * len(text)
    return text[:keep_left] + MASK * hidden + text[len(text) - keep_right :]


def masked_fields(
    fields: Mapping[str, object], rules: Iterable[MaskedField], *, prefix: str
) -> dict[str, str]:
    """Those of ``fields`` that the masking names, masked; every other field is left out.

    ``prefix`` is the form's (``CF_`` or ``XK_``), since a masking names fields without it.
    """
    masked: dict[str, str] = {}
    for rule in rules:
        code = prefix + rule.field
        value = fields.get(code)
        if not isinstance(value, str):
            continue
        if rule.style == "name":
            masked[code] = masked_name(value)
        else:
            masked[code] = masked_ends(value, keep_left=rule.keep_left, keep_right=rule.keep_right)
    return masked
