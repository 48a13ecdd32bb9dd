"""What an erasure takes: the data keys that go, every part sealed under them with its p_i, and what shows them.

``erasing.py`` asks for it before it acts; nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from application.data_keys import ERASED, KeySource, base_class, own_record, unwrap_all
from application.ledger import Ledger, open_row
from application.ports import KeyName, Log
from application.sealing import parse_key_reference
from domain.parties.events import SubjectRegistered
from domain.records.erasure import Target
from domain.transparency.commitment import part_commitment
from domain.transparency.digest import StoredRow
from domain.transparency.leaf import parse_leaf

ROWS_PER_STEP = 1000
POSITIONS_PER_STEP = 200_000
"""How many positions one statement looks through: no index says which rows are under whose key."""
LOGS: tuple[Log, ...] = ("records", "access")


class RowSource(KeySource, Protocol):
    """The rows of a log that name an owner's keys, in order, and how far the logs are."""

    def heads(self) -> Mapping[Log, int]: ...
    def rows_under(self, log: Log, owner: UUID, *, after: int, until: int, limit: int) -> list[StoredRow]: ...


@dataclass
class Scope:
    """What goes (删除范围): keys by ``names``; ``entries`` as ``data.erased`` lists them.

    ``records`` are the streams of which any part goes, ``dead`` the owners that are gone whole, ``unfound`` the
    subjects whose identifier goes; ``searched`` says how far each log was looked through.
    """

    names: set[KeyName] = field(default_factory=set)
    entries: list[list[str]] = field(default_factory=list)
    records: set[UUID] = field(default_factory=set)
    dead: set[UUID] = field(default_factory=set)
    unfound: set[UUID] = field(default_factory=set)
    searched: dict[Log, int] = field(default_factory=dict)


def keys_of_target(target: Target, ledger: Ledger, source: KeySource) -> tuple[UUID, set[KeyName]]:
    """Whose keys are looked for, and which of the owner's living keys the target has; none: nothing to erase.

    A record or part that shares its key with others has none of its own.
    """
    owner = target.id
    if target.kind in ("record", "part"):
        # A tip-off has its stream in the access log (WHS-1).
        rows = ledger.store.load("records", target.id) or ledger.store.load("access", target.id)
        refs = [parse_key_reference(row.key_ref) for row in rows]
        named = "public" if target.kind == "record" else target.name
        held = next((ref[named] for ref in refs if named in ref), None)
        if held is None:
            return owner, set()
        owner = held[0]
    found = source.data_keys_of([owner])
    living = {name for name, key in found.items() if key.generation != ERASED}
    if target.kind == "record":
        living = {name for name in living if own_record(name[1]) == str(target.id)}
    elif target.kind == "part":
        living = {name for name in living if owner == target.id and base_class(name[1]) == target.name}
    elif target.kind == "class":
        living = {name for name in living if base_class(name[1]) == target.name}
    return owner, living


def scope_of(target: Target, ledger: Ledger, source: RowSource) -> Scope:
    """Search both logs for everything that the target's keys seal. Raises ``BrokenSeal`` for what does not open."""
    owner, names = keys_of_target(target, ledger, source)
    scope = Scope(names=set(names), searched=dict(source.heads()))
    if target.kind == "subject":
        scope.dead.add(owner)
        scope.unfound.add(owner)
    for log in LOGS:
        for rows in _batches(source, log, owner, scope.searched[log]):
            _take(rows, log, target, owner, scope, ledger, source)
    return scope


def _batches(source: RowSource, log: Log, owner: UUID, until: int) -> Iterator[list[StoredRow]]:
    for first in range(0, until, POSITIONS_PER_STEP):
        after, last = first, min(first + POSITIONS_PER_STEP, until)
        while rows := source.rows_under(log, owner, after=after, until=last, limit=ROWS_PER_STEP):
            yield rows
            after = rows[-1].position


def _take(
    rows: Iterable[StoredRow],
    log: Log,
    target: Target,
    owner: UUID,
    scope: Scope,
    ledger: Ledger,
    source: KeySource,
) -> None:
    """Add to the scope what these rows hold of it."""
    concerned: list[tuple[StoredRow, dict[str, KeyName]]] = []
    for row in rows:
        refs = parse_key_reference(row.key_ref)
        if scope.names.isdisjoint(refs.values()):
            continue
        if target.kind in ("subject", "record"):
            # The representative named in a record, or an agent in a case, goes with the record.
            scope.names |= {name for name in refs.values() if name[0] not in (owner, ledger.id)}
        concerned.append((row, refs))
    owners = {name[0] for _, refs in concerned for name in refs.values()}
    keys = unwrap_all(ledger.vault, source.data_keys_of(owners)) if owners else {}
    for row, refs in concerned:
        gone = {part for part, name in refs.items() if name in scope.names and name in keys}
        opened = open_row(row, log=log, keys=keys).opened
        kind = parse_leaf(row.leaf).kind
        for part in sorted(gone):
            digest = part_commitment(kind, part, opened[part]).hex()
            scope.entries.append([log, str(row.position), part, digest])
        if log == "records" and gone:
            _follow(row, refs, gone, scope)


def _follow(row: StoredRow, refs: Mapping[str, KeyName], gone: set[str], scope: Scope) -> None:
    """What shows or finds this row goes with it."""
    scope.records.add(row.stream_id)
    if "public" in gone:
        scope.dead.add(row.stream_id)
    if row.topic == SubjectRegistered.TOPIC and ("person/1" if "person/1" in refs else "public") in gone:
        scope.dead.add(row.stream_id)
        scope.unfound.add(row.stream_id)
