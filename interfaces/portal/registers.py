"""The pages of the public registers and lists: what stands in them, every version, what differs, who is on a list.

Before them stand the public reads; they show what these give, under labels in both languages, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from flask import Blueprint, abort, render_template, request

from application.projections.registers import STANDARDS
from application.queries.pages import FIRST_PAGE, PageAsked
from application.queries.registers import REGISTERS, Registers, Version, differences
from application.services import Services
from domain.shared.city_time import city_day
from domain.shared.refusals import Refused
from interfaces.portal.consistency import KIND_NAMES
from interfaces.portal.showing import Line, show_record

PAGE_ENTRIES = 100
WIDE_CHARACTERS = 36
KEY = re.compile(r"[\x21-\x7e]{1,64}")
LABELS: Mapping[str, tuple[str, str]] = {
    "name_zh": ("名称", "Name (Chinese)"),
    "name_en": ("英文名称", "Name (English)"),
    "status": ("状态", "Status"),
    "layer": ("层级", "Layer"),
    "scope": ("实施范围", "Scope"),
    "carrier": ("实施方式", "Carried out by"),
    "heavy": ("减损权益或增加义务", "Reduces rights or adds duties"),
    "compulsory": ("是否强制", "Compulsory"),
    "provisions": ("直接援引的条款", "Provisions cited directly"),
    "departments": ("实施部门", "Departments that may apply it"),
    "nature": ("性质", "Nature"),
    "domain": ("领域", "Domain"),
    "subject_kinds": ("主体类型", "Kinds of subjects"),
    "bases": ("依据", "Bases"),
    "area_bases": ("设列依据", "Bases of the list"),
    "standard_bases": ("认定标准所在", "Where the standard stands"),
    "kind": ("名单类别", "Kind of list"),
    "criteria": ("认定标准", "Criteria"),
    "incentives": ("守信激励", "Incentives"),
    "excludes": ("不得有的不良记录", "Severities of records that keep a subject off"),
    "removal_conditions": ("移出条件", "Conditions of removal"),
    "removal_procedure": ("移出程序", "Procedure of removal"),
    "remedies": ("救济措施", "Remedies"),
    "published_at": ("公开网站", "Published at"),
    "public": ("是否公示", "Public"),
    "public_organisation": ("组织是否公示", "Organisations are public"),
    "public_natural_person": ("自然人是否公示", "Natural persons are public"),
    "publicity": ("公示期限", "Term of publicity"),
    "sharing": ("共享范围", "Sharing"),
    "masking": ("脱敏", "Masking"),
    "repair": ("修复方式", "Repair"),
    "repair_removes": ("修复即移出", "Repair takes off the list"),
    "collectors": ("归集部门", "Collecting departments"),
    "term_months": ("列入期限（月）", "Term in months"),
    "early_months": ("提前移出（月）", "Early removal after months"),
    "least_rank": ("认定机关层级", "Least rank of the authority"),
    "statement_working_days": ("陈述申辩期限（工作日）", "Working days for a statement"),
    "answer_working_days": ("答复期限（工作日）", "Working days for the answer"),
    "removal_working_days": ("移出办理期限（工作日）", "Working days for a removal"),
    "effective_from": ("生效", "In force from"),
    "effective_to": ("失效", "In force until"),
    "transition_until": ("过渡期至", "Transition until"),
    "consulted_from": ("征求意见自", "Comment from"),
    "consulted_until": ("征求意见至", "Comment until"),
    "review_by": ("下次评估", "Review by"),
    "decided_by": ("决定者", "Decided by"),
    "certainty": ("来源可靠程度", "Certainty of the source"),
    "reasons": ("尚缺", "What holds it back"),
    "on_day": ("日期", "Day"),
    "department": ("部门", "Department"),
    "asked_by": ("核对方", "Asked by"),
    "form": ("表式", "Form"),
    "rows": ("文件行数", "Rows of the file"),
    "equal": ("一致", "Equal"),
    **KIND_NAMES,
    "view_position": ("公示视图位置", "Public view at"),
    "month": ("月份", "Month"),
    "digest": ("摘要", "Digest"),
    "units": ("各单位指标", "Indicators of units"),
}
"""How the members of a version are called; one that is not here stands under its own name."""


def register_pages(blueprint: Blueprint, services: Callable[[], Services]) -> None:
    """Add the pages to the portal."""

    @blueprint.get("/registers/<name>")
    def register(name: str) -> str:
        if name not in REGISTERS:
            abort(404)
        after = request.args.get("after", "")
        if after and KEY.fullmatch(after) is None:
            abort(404)
        kind = REGISTERS[name].kind
        entries, following = services().registers.page(kind, after=after, limit=PAGE_ENTRIES)
        return render_template(
            "portal/register.html",
            register=REGISTERS[name],
            name=name,
            entries=entries,
            following=following,
        )

    @blueprint.get("/registers/<name>/<key>")
    def register_entry(name: str, key: str) -> str:
        if name not in REGISTERS:
            abort(404)
        versions = _versions(services().registers, REGISTERS[name].kind, key)
        changes = [
            (later, [(_label(d.field), _told(d.before), _told(d.after)) for d in differ])
            for earlier, later in pairwise(versions)
            if (differ := differences(earlier.content, later.content))
        ]
        return render_template(
            "portal/versions.html",
            register=REGISTERS[name],
            name=name,
            versions=[(version, shown_lines(version.content)) for version in reversed(versions)],
            changes=list(reversed(changes)),
            is_list=name == "list-standards",
        )

    @blueprint.get("/lists/<key>")
    def public_list(key: str) -> str:
        found = services()
        standard = _versions(found.registers, STANDARDS, key)[-1]
        cursor = request.args.get("cursor", "")
        try:
            asked = PageAsked(PAGE_ENTRIES, cursor) if cursor else FIRST_PAGE
            page = found.public.listed(key, asked)
        except Refused:
            abort(404)
        today = city_day(found.ledger.now())
        records = [show_record(entry, found.forms, today=today) for entry in page.entries]
        return render_template(
            "portal/list.html", key=key, standard=standard, records=records, following=page.next
        )


def shown_lines(content: Mapping[str, Any]) -> list[Line]:
    """A version's members as labelled lines, in the order of their labels, the others after them."""
    names = [*(n for n in LABELS if n in content), *(n for n in sorted(content) if n not in LABELS)]
    lines = []
    for name in names:
        value = _told(content[name])
        if value:
            zh, en = _label(name)
            lines.append(Line(name, zh, en, value, len(value) > WIDE_CHARACTERS, ""))
    return lines


def _versions(registers: Registers, kind: str, key: str) -> list[Version]:
    versions = registers.versions(kind, key) if KEY.fullmatch(key) else []
    if not versions:
        abort(404)
    return versions


def _label(name: str) -> tuple[str, str]:
    return LABELS.get(name, (name, name))


def _told(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是 yes" if value else "否 no"
    if isinstance(value, list):
        return "；".join(_told(entry) for entry in value)
    if isinstance(value, Mapping):
        if "document_number" in value:
            return f"《{value['title']}》（{value['document_number']}）{value['article']}"
        return "，".join(f"{name} {_told(entry)}" for name, entry in value.items() if entry not in ("", []))
    return str(value)
