"""The pages of the public registers and lists: what stands in them, every version, what differs, who is on a list.

Before them stand the public reads; they show what these give, under labels in both languages, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from flask import Blueprint, abort, render_template, request

from application.ledger import Ledger
from application.projections.registers import STANDARDS
from application.queries.pages import FIRST_PAGE, PageAsked
from application.queries.registers import REGISTERS, Registers, Version, differences
from application.registry import Registry
from application.services import Services
from domain.shared.city_time import city_day
from domain.shared.refusals import Refused
from interfaces.portal.register_words import LABELS, VALUES, WORDS
from interfaces.portal.showing import Line, show_record

PAGE_ENTRIES = 100
WIDE_CHARACTERS = 36
KEY = re.compile(r"[\x21-\x7e]{1,64}")
UNIT, ITEM = re.compile(r"[0-9A-Z]{18}"), re.compile(r"C[0-9]{2}-[0-9]{2}")
Called = Callable[[str], str]
"""What a code is called, with the code beside it; any other text as it is."""


def calling(ledger: Ledger) -> Called:
    """By what the registry knows of departments and items now."""
    registry = Registry(ledger)

    def called(code: str) -> str:
        name = ""
        if UNIT.fullmatch(code):
            unit = registry.department(code)
            name = unit.name if unit else ""
        elif ITEM.fullmatch(code):
            name = next((item.name_zh for item in reversed(registry.item(code).items)), "")
        return f"{name}（{code}）" if name else code

    return called


def register_pages(blueprint: Blueprint, services: Callable[[], Services]) -> None:
    """Add the pages to the portal."""

    @blueprint.get("/registers/<name>")
    def register(name: str) -> str:
        if name not in REGISTERS:
            abort(404)
        after = request.args.get("after", "")
        if after and KEY.fullmatch(after) is None:
            abort(404)
        found, kind = services(), REGISTERS[name].kind
        called = calling(found.ledger)
        entries, following = found.registers.page(kind, after=after, limit=PAGE_ENTRIES)
        return render_template(
            "portal/register.html",
            register=REGISTERS[name],
            name=name,
            entries=[
                (entry, _titled(found.registers, kind, entry, called), _last_step(entry.content))
                for entry in entries
            ],
            following=following,
        )

    @blueprint.get("/registers/<name>/<key>")
    def register_entry(name: str, key: str) -> str:
        if name not in REGISTERS:
            abort(404)
        called = calling(services().ledger)
        versions = _versions(services().registers, REGISTERS[name].kind, key)
        is_process = "event" in versions[0].content
        return render_template(
            "portal/steps.html" if is_process else "portal/versions.html",
            register=REGISTERS[name],
            name=name,
            title=title_of(versions, called),
            versions=[(version, shown_lines(version.content, called)) for version in versions],
            proposed={
                v.number: shown_lines(v.content["content"], called)
                for v in versions
                if is_process and "content" in v.content
            },
            changes=_changes(versions, called),
            last_step=_last_step(versions[-1].content),
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


def shown_lines(content: Mapping[str, Any], called: Called = str) -> list[Line]:
    """A version's members as labelled lines, in the order of their labels, the others after them."""
    names = [*(n for n in LABELS if n in content), *(n for n in sorted(content) if n not in LABELS)]
    lines = []
    for name in names:
        value = _told(content[name], str if name == "code" else called)
        if value:
            zh, en = _label(name)
            lines.append(Line(name, zh, en, value, len(value) > WIDE_CHARACTERS, ""))
    return lines


def _changes(
    versions: Sequence[Version], called: Called
) -> list[tuple[int, list[tuple[tuple[str, str], str, str]]]]:
    """By the number of each version what differs from the one before: label, before, after. What stands in steps is
    compared by the revisions of what was proposed, and not step by step."""
    told = [(v.number, v.content) for v in versions if "event" not in v.content] or [
        (v.content["revision"], v.content["content"]) for v in versions if "content" in v.content
    ]
    return [
        (number, [(_label(d.field), _told(d.before, called), _told(d.after, called)) for d in differ])
        for (_, before), (number, after) in pairwise(told)
        if (differ := differences(before, after))
    ]


def _titled(registers: Registers, kind: str, entry: Version, called: Called) -> tuple[str, str]:
    """What a thing of a list is called: by its name, or by all that its versions say."""
    if "name_zh" in entry.content:
        return title_of([entry], called)
    return title_of(registers.versions(kind, entry.key), called)


def _last_step(content: Mapping[str, Any]) -> tuple[str, str]:
    """What was done last to a thing, and when; empty where its name says all."""
    zh, en = VALUES.get(content.get("event", ""), ("", ""))
    return f"{zh} {content.get('closes') or content.get('on_day', '')}".strip(), en


def _versions(registers: Registers, kind: str, key: str) -> list[Version]:
    versions = registers.versions(kind, key) if KEY.fullmatch(key) else []
    if not versions:
        abort(404)
    return versions


def _label(name: str) -> tuple[str, str]:
    return LABELS.get(name, (name, name))


def title_of(versions: Sequence[Version], called: Called) -> tuple[str, str]:
    """What a thing is called: by its name, or as what of which code was proposed, or whose publication it compares."""
    found: dict[str, Any] = {}
    for version in versions:
        found |= version.content
    if "name_zh" in found:
        return found["name_zh"], found.get("name_en", "")
    kind = VALUES.get(found.get("what", found.get("form", "")), ("", ""))
    of, code = found.get("department", "") if "form" in found else "", called(found.get("code", ""))
    return " ".join(filter(None, (called(of).partition("（")[0], kind[0], code))), kind[1]


def _told(value: Any, called: Called) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是 yes" if value else "否 no"
    if isinstance(value, list):
        return "；".join(_told(entry, called) for entry in value)
    if isinstance(value, Mapping):
        if "document_number" in value:
            return f"《{value['title']}》（{value['document_number']}）{value['article']}"
        told = ((_name(name), _told(entry, called)) for name, entry in value.items() if entry not in ("", []))
        return "，".join(f"{name} {entry}" for name, entry in told)
    return " ".join(VALUES.get(str(value), (called(str(value)),)))


def _name(name: str) -> str:
    return WORDS.get(name, LABELS.get(name, (name,)))[0]
