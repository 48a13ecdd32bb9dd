"""Generated files, committed and checked: the JSON Schema of every event, the interface's description, the offline
verifier's page, and the table of rules with their code and tests.

``python -m interfaces.cli.generate`` writes them, ``--check`` fails when a committed one differs, when an enforced rule
has no test, or when a refusal is made nowhere or named by no test.
"""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from flask import Flask

from application.topics import EVENTS
from domain.records.events import RecordDetermined
from domain.remedies.events import RecordCorrected
from domain.shared.events import ENVELOPE, Event
from domain.shared.prose import PROSE
from interfaces.cli.refusal_table import named_by_tests, raised, refusal_faults
from interfaces.cli.rule_table import PAGE as RULES
from interfaces.cli.rule_table import Places, faults, places, table
from interfaces.client.form_data import load_forms
from interfaces.http.app import interface
from interfaces.http.openapi import document, json_text
from interfaces.portal.verifier_page import PAGE, verifier_page
from interfaces.rulebook import rulebook

PROJECT = Path(__file__).resolve().parents[2]
FOLDERS = ("docs/events", "docs/api")
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SIMPLE: Mapping[Any, str] = {str: "string", int: "integer", bool: "boolean"}


def event_schema(event: type[Event]) -> dict[str, Any]:
    """The JSON Schema of an event's payload: an object of parts, each an object of fields."""
    parts = _parts(event) if event not in (RecordDetermined, RecordCorrected) else _record_parts(event)
    return {
        "$schema": DIALECT,
        "$id": f"urn:xinlu:event:{event.TOPIC}:{event.SCHEMA}",
        "title": event.TOPIC,
        "description": inspect.cleandoc(event.__doc__ or ""),
        "x-kind": int(event.KIND),
        "x-schema-version": event.SCHEMA,
        "type": "object",
        "properties": parts,
        "additionalProperties": False,
    }


def documents(found: Mapping[str, Places]) -> dict[str, str]:
    """Every generated file by its path in the project; ``found`` says where each rule stands."""
    schemas: dict[str, dict[str, Any]] = {
        f"docs/events/{event.TOPIC}.v{event.SCHEMA}.json": event_schema(event) for event in EVENTS
    }
    schemas["docs/api/openapi.json"] = openapi()
    texts = {name: json_text(schema) for name, schema in schemas.items()}
    rules = table(rulebook(), found)
    return texts | {str(PAGE.relative_to(PROJECT)): verifier_page(), RULES: rules}


def openapi() -> dict[str, Any]:
    """The description of the interface, from its routes alone."""
    app = Flask("xinlu", static_folder=None)
    interface(app)
    return document(app)


def main(arguments: list[str]) -> int:
    """Write the documents, or with ``--check`` name those that differ; the exit code."""
    found = places(PROJECT)
    wanted = documents(found)
    paths = [path for folder in FOLDERS for path in (PROJECT / folder).glob("*.json")]
    present = {
        str(path.relative_to(PROJECT)): path for path in [*paths, PAGE, PROJECT / RULES] if path.exists()
    }
    if arguments == ["--check"]:
        kept = {name: path.read_text(encoding="utf-8") for name, path in present.items()}
        differ = sorted(name for name in wanted.keys() | kept.keys() if wanted.get(name) != kept.get(name))
        for name in differ:
            print(f"{name} is not what the code generates: run python -m interfaces.cli.generate")
        wrong = faults(rulebook(), found)
        wrong += refusal_faults(PROSE, raised(PROJECT), named_by_tests(PROJECT))
        for fault in wrong:
            print(fault)
        return 1 if differ or wrong else 0
    for name, path in present.items():
        if name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (PROJECT / name).parent.mkdir(parents=True, exist_ok=True)
        (PROJECT / name).write_text(text, encoding="utf-8")
    return 0


def _parts(event: type[Event]) -> dict[str, Any]:
    hints = get_type_hints(event)
    parts: dict[str, Any] = {}
    for field in fields(event):
        if field.name in ENVELOPE:
            continue
        name = event.PART_OF.get(field.name, "public")
        part = parts.setdefault(name, {"type": "object", "properties": {}, "additionalProperties": False})
        schema, optional = _type(hints[field.name])
        part["properties"][field.name] = schema
        if not optional:
            part.setdefault("required", []).append(field.name)
    return parts


def _record_parts(event: type[Event]) -> dict[str, Any]:
    """A record's parts hold the fields of its form: named here, described in ``data``."""
    heads = ["form", "item", *(RecordCorrected.HEADS if event is RecordCorrected else ())]
    forms = load_forms()
    codes: dict[str, set[str]] = {}
    for form in forms.values():
        for field in form.fields.values():
            for part in (field.part_of_organisation, field.part_of_person):
                codes.setdefault(part, set()).add(field.code)
    parts: dict[str, Any] = {}
    for name in sorted(codes):
        properties: dict[str, Any] = {code: {"type": "string"} for code in sorted(codes[name])}
        parts[name] = {"type": "object", "properties": properties, "additionalProperties": False}
    parts["public"]["properties"] |= {head: {"type": "string"} for head in heads}
    parts["public"]["properties"]["form"] = {"enum": sorted(forms)}
    parts["public"]["required"] = heads
    return parts


def _type(hint: Any) -> tuple[dict[str, Any], bool]:
    """The schema of a field's type, and whether it may be left out."""
    if hint in _SIMPLE:
        return {"type": _SIMPLE[hint]}, False
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (inner,) = (a for a in arguments if a is not type(None))
        return _type(inner)[0], True
    if origin in (list, tuple) or (isinstance(origin, type) and issubclass(origin, (list, tuple))):
        return {"type": "array", "items": _type(arguments[0])[0] if arguments else {}}, False
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object"}, False
    return {}, False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
