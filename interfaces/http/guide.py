"""What the description of the interface tells of each operation besides its shapes: who may call it, by which rules.

``data/operations.json`` says it by operation, with the purpose that a read states, an example body, and what a
seal is made over; ``openapi.py`` puts it beside what the route itself says. Nothing here decides anything.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from application.topics import TOPICS
from domain.records.events import RecordDetermined
from domain.remedies.events import RecordCorrected
from domain.shared.events import ENVELOPE, Event
from interfaces.http.field_words import address_words_of, words_of
from interfaces.http.forms_told import forms_text
from interfaces.rulebook import rulebook

FILE = Path(__file__).resolve().parents[2] / "data" / "operations.json"
_REFERENCE = re.compile(r'"#/components/schemas/(\w+)"')
Words = tuple[str, str]
"""Chinese and English."""


@dataclass(frozen=True)
class Guide:
    """What is told of one operation: ``who`` may call it, ids of its ``rules``, a read's ``purpose`` as its header.

    ``seal`` is the event that the caller seals and what it is sealed over; ``example`` a body that the route
    understands, None where it takes no JSON. ``forms`` are further examples of ``parts``, by form.
    """

    who: Words
    rules: tuple[str, ...] = ()
    purpose: str = ""
    seal: tuple[type[Event], Words] | None = None
    example: Mapping[str, Any] | None = field(default=None, hash=False)
    forms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)

    def text(self) -> str:
        """The lines for the description, Chinese beside English."""
        lines = [f"**谁可以 / Who:** {self.who[0]} / {self.who[1]}"]
        if self.rules:
            cited = (f"[{rule}](/rules#{rule})（{rulebook()[rule].clause}）" for rule in self.rules)
            lines.append(f"**规则 / Rules:** {'、'.join(cited)}")
        if self.purpose:
            lines.append(f"**目的 / Purpose:** `Credit-Purpose: {self.purpose}`")
        if self.seal:
            event, (zh, en) = self.seal
            kind = int(event.KIND)
            lines.append(
                f"**封存 / Seal:** `{event.TOPIC}`，种类 {kind}，编号：{zh} / kind {kind}, over {en}"
            )
            lines.append(f"**各部分 / Parts:** {_parts(event)}\n\n{inspect.getdoc(event)}")
        if self.forms:
            lines.append(forms_text(self.forms))
        return "\n\n".join(lines)


@cache
def guides() -> Mapping[str, Guide]:
    """Every operation's guide by its id. Raises ``KeyError`` for a rule or a caller that there is not."""
    told = json.loads(FILE.read_text(encoding="utf-8"))
    return {name: _guide(told["who"], said) for name, said in told["operations"].items()}


def describe_fields(document: Mapping[str, Any]) -> None:
    """Give every member of a request, and every part of an address, that says nothing of itself its words."""
    schemas = document["components"]["schemas"]
    for name in taken(document):
        for member, told in schemas[name].get("properties", {}).items():
            if "description" not in told and (words := words_of(name, member)):
                told["description"] = words
    for methods in document["paths"].values():
        for told in methods.values():
            for parameter in told["parameters"]:
                if "$ref" not in parameter:
                    parameter.setdefault("description", address_words_of(parameter["name"]))


def taken(document: Mapping[str, Any]) -> frozenset[str]:
    """The names of all schemas of which requests are made, nested ones among them."""
    operations = (told for methods in document["paths"].values() for told in methods.values())
    left = [_named(told.get("requestBody", {})) for told in operations]
    waiting, found = set().union(*left), set()
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= _named(document["components"]["schemas"][name]) - found
    return frozenset(found)


def _named(part: Mapping[str, Any]) -> set[str]:
    return set(_REFERENCE.findall(json.dumps(part)))


def _guide(who: Mapping[str, list[str]], said: Mapping[str, Any]) -> Guide:
    zh, en = who[said["who"]]
    rules = tuple(said["rules"])
    assert all(rulebook()[rule] for rule in rules)
    seal = said.get("seal")
    return Guide(
        (zh, en),
        rules,
        said.get("purpose", ""),
        (TOPICS[seal["event"]], (seal["id"][0], seal["id"][1])) if seal else None,
        said.get("example"),
        said.get("forms", {}),
    )


def _parts(event: type[Event]) -> str:
    """The members of each part, those in brackets as the case needs them; a record's own are those of its form."""
    if event in (RecordDetermined, RecordCorrected):
        return "数据项见 `POST /v1/determinations` 的各表 / the fields of its form, as `POST /v1/determinations` tells"
    found: dict[str, list[str]] = {}
    for one in fields(event):
        if one.name not in ENVELOPE:
            name = f"[{one.name}]" if str(one.type).endswith("| None") else one.name
            found.setdefault(event.PART_OF.get(one.name, "public"), []).append(name)
    return "；".join(f"`{part}`: {', '.join(names)}" for part, names in sorted(found.items(), reverse=True))
