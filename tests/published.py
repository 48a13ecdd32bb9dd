"""What a department publishes itself, as a CSV in the columns of its intake, made from what it had determined."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from uuid import UUID

from domain.records.events import RecordDetermined
from domain.shared.canonical import Parts
from tests.world import World

Row = dict[str, str]


def public_rows(world: World, department: str, form: str = "penalty") -> dict[UUID, Row]:
    """The department's records of a form that are public now: all that was sent of each, by the form's codes."""
    found: dict[UUID, Row] = {}
    for record in world.rows_of(RecordDetermined.TOPIC):
        event = world.ledger.load(record)[0]
        assert isinstance(event, RecordDetermined)
        public, authority = event.content["public"], {"penalty": "CF_CFJGDM", "licence": "XK_XKJGDM"}[form]
        if public["form"] == form and public[authority] == department and world.lookup.record(record):
            found[record] = row_of(event.content)
    return found


def row_of(content: Parts) -> Row:
    """A record's parts as one row."""
    return {
        code: str(value)
        for part in content.values()
        for code, value in part.items()
        if code not in ("form", "item")
    }


def published(rows: Iterable[Mapping[str, str]]) -> bytes:
    """The file."""
    rows = list(rows)
    codes = sorted({code for row in rows for code in row})
    out = io.StringIO()
    writer = csv.DictWriter(out, codes, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
