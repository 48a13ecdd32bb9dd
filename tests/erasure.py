"""Erasures over a test's ledger: asked for and approved by two officers, carried out as the command does it."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID, uuid4

import psycopg

from application.commands.erasures import Erasures, RequestErasure
from application.commands.subjects import Identity, blind_of, identity_of
from application.erasing import Step
from application.registry import ITEM, Registry
from domain.catalogue.gate import import_item
from domain.records.erasure import Kinds
from domain.records.events import RecordDetermined
from domain.shared.canonical import Parts
from interfaces.client.form_data import load_forms
from tests.world import World

FIRST, SECOND = "credit_office-1", "credit_office-2"
BASIS = "个人信息保护法第四十七条"
FORMS = load_forms()


def contents(world: World) -> dict[UUID, Parts]:
    """What every record held when it was determined, as far as it can still be opened."""
    found: dict[UUID, Parts] = {}
    for record in world.rows_of(RecordDetermined.TOPIC):
        events = world.ledger.load(record)
        if events and isinstance(events[0], RecordDetermined):
            found[record] = events[0].content
    return found


def who(content: Parts) -> Identity:
    """Whom a content is about."""
    form = next(form for kind, form in FORMS.items() if kind == content["public"]["form"])
    return identity_of(form, content)


def subject_id(world: World, identity: Identity) -> UUID | None:
    """The id under which the ledger finds a subject."""
    blind = blind_of(world.ledger, identity)
    return world.store.subjects_of([blind]).get(blind)


def a_record(world: World, kind: str, *, representative: bool = False) -> tuple[UUID, Parts, Identity]:
    """A record about a subject of a kind; of an organisation, one with a representative if so asked."""
    for record, content in contents(world).items():
        identity = who(content)
        if identity.kind == kind and (not representative or "person/1" in content):
            return record, content, identity
    raise AssertionError(kind)


def ask(
    world: World,
    kind: Kinds,
    *,
    subject: Identity | None = None,
    stream: UUID | None = None,
    name: str = "",
    approve: bool = True,
) -> UUID:
    """Ask for an erasure as one officer and approve it as the other; its id."""
    office, erasures = world.city.credit_office.code, Erasures(world.ledger)
    command = RequestErasure(uuid4(), kind, subject, stream, name, "subject_request", BASIS)
    erasures.request(command, officer=FIRST, department=office, receipt=None)
    if approve:
        erasures.approve(command.erasure_id, officer=SECOND, department=office, receipt=None)
    return command.erasure_id


def carry_out(world: World) -> list[Step]:
    """Everything that is approved, to its end."""
    return list(world.erasing().run())


def texts(content: Parts, *names: str) -> list[str]:
    """Telling values of parts: long enough not to stand in the bytes by chance."""
    return sorted(
        {
            value
            for name in names
            for value in content[name].values()
            if isinstance(value, str) and len(value.encode()) >= 9
        }
    )


def dump(world: World) -> str:
    """Every table as text."""
    out = []
    with psycopg.connect(world.database.admin) as conn:
        tables = conn.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'ledger'::regnamespace AND relkind = 'r'"
        ).fetchall()
        for (table,) in tables:
            rows = conn.execute(f"SELECT to_jsonb(t) FROM ledger.{table} t ORDER BY 1".encode()).fetchall()
            out.append(json.dumps([table, [row[0] for row in rows]], ensure_ascii=False, default=str))
    return "\n".join(out)


def from_now_on_deleted(world: World) -> None:
    """Penalties are repaired by deletion from now on."""
    stream = world.ledger.name_id(ITEM, "C03-02")
    (item,) = Registry(world.ledger).item("C03-02").items
    changed = replace(item, version=2, repair="delete", effective_from="2024-01-01")
    event = import_item(changed, stream_id=stream, stream_version=2, recorded_at=world.ledger.now())
    world.ledger.record([world.ledger.seal(event)], meta={"actor": "test"})
