"""Epochs: every map brought to where the views are, and one entry of the views log that states their roots.

The projector's process makes them after folding; the sequencer signs the entry, and proofs of presence and absence
start from the newest one (FORMATS 5.4, 5.5).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from application.data_keys import KeySource, unwrap_all
from application.ledger import open_rows, owners_of
from application.ports import Vault
from application.projections.projector import LogRows
from application.sequencer import ACCESS as ACCESS_LOG
from application.sequencer import RECORDS, TileStore
from domain.parties.events import SubjectRegistered
from domain.transparency.checkpoint import parse_signed_checkpoint
from domain.transparency.delta import MapChanges, format_delta
from domain.transparency.epoch import (
    ACCESS,
    MAPS,
    PUBLIC,
    SHARED,
    SHIELD,
    Epoch,
    LogState,
    index_value,
    look_key,
    map_key,
    map_value,
)
from domain.transparency.merkle import tree_root
from domain.transparency.prefix_map import EMPTY_MAP, MapFile, MapHead, PrefixMap, PutFile, ReadFile, build
from domain.transparency.prefix_tree import encode_pairs
from domain.transparency.strict import Refused
from domain.transparency.tiles import tile_nodes

Shown = Mapping[tuple[UUID, str], Mapping[str, bytes]]
"""By record and view, the commitment of each part that is shown."""


@dataclass(frozen=True)
class Snapshot:
    """The views and the heads of both logs at one instant.

    ``changed`` are records whose renditions may differ from the last epoch, None for all; ``shown`` is what is shown
    of them now. ``seen`` names the notes of change that were read, so that exactly these are done with.
    """

    records: int
    records_digest: bytes
    access: int
    access_digest: bytes
    changed: frozenset[UUID] | None
    shown: Shown
    seen: Sequence[UUID]


class EpochStore(Protocol):
    """The epoch maker's doors. ``commit`` adds the entry, moves all heads and forgets the notes of change
    that were ``seen`` in one transaction, or raises ``ViewsMoved`` when another epoch came first."""

    def last(self) -> int: ...
    def heads(self) -> dict[str, tuple[MapHead, int]]: ...
    def snapshot(self, *, whole: bool) -> Snapshot: ...
    def endings(self, *, after: int, through: int) -> Iterable[tuple[int, UUID]]: ...
    def looks(self, *, after: int, through: int) -> Iterable[tuple[int, UUID, int]]: ...
    def commit(
        self, number: int, entry: bytes, heads: Mapping[str, tuple[MapHead, int]], *, seen: Sequence[UUID]
    ) -> None: ...


class MapStore(Protocol):
    """Published files of maps, each found by the node that it folds to, and lists of changes by their SHA-256.

    ``write`` is durable when it returns. ``read`` raises ``FileNotFoundError``. ``sweep`` removes what is not live.
    """

    def read(self, name: str, node: bytes) -> bytes: ...
    def write(
        self,
        files: Mapping[tuple[str, bytes], bytes],
        *,
        epoch: int,
        heads: Mapping[str, MapHead],
        delta: bytes,
    ) -> None: ...
    def sweep(self, name: str, live: set[bytes]) -> None: ...


class EpochMaker:
    """Makes the next epoch when anything moved since the last."""

    def __init__(
        self,
        *,
        store: EpochStore,
        maps: MapStore,
        tiles: TileStore,
        reader: LogRows,
        keys: KeySource,
        vault: Vault,
        rule: bytes,
    ) -> None:
        """``rule`` is the SHA-256 of the code and configuration that fold events into views."""
        self._store = store
        self._maps = maps
        self._tiles = tiles
        self._reader = reader
        self._key_source = keys
        self._vault = vault
        self._rule = rule
        self._last: tuple[int, int] | None = None
        self._access_keys: dict[UUID, bytes | None] = {}
        self._written_since_sweep = 0

    def run_once(self) -> Epoch | None:
        """The next epoch, or None: nothing moved, or the trees are not as far as the views yet.

        Raises ``ViewsMoved`` when another epoch came first, ``RefusedMap`` when a stored map is broken.
        """
        heads = self._store.heads()
        snapshot = self._store.snapshot(whole=not heads)
        if (snapshot.records, snapshot.access) == self._last and not snapshot.changed:
            return None
        records = self._state(RECORDS, snapshot.records, snapshot.records_digest)
        access = self._state(ACCESS_LOG, snapshot.access, snapshot.access_digest)
        if records is None or access is None:
            return None
        known = {name: heads.get(name, (EMPTY_MAP, 0)) for name in MAPS}
        changes = self._changes(snapshot, known)
        files: dict[tuple[str, bytes], bytes] = {}
        moved = {
            name: (self._updated(name, known[name][0], changes[name], files), through)
            for name, through in zip(
                MAPS, (records.size, records.size, records.size, access.size), strict=True
            )
        }
        number = self._store.last() + 1
        delta = format_delta(number, changes)
        states = {name: (head.root, head.count) for name, (head, _) in moved.items()}
        epoch = Epoch(number, records, access, self._rule, states, hashlib.sha256(delta).digest())
        cut = {name: head for name, (head, _) in moved.items()}
        self._maps.write(files, epoch=number, heads=cut, delta=delta)
        self._store.commit(number, bytes(epoch), moved, seen=snapshot.seen)
        self._last = (snapshot.records, snapshot.access)
        self._sweep(moved, len(files))
        return epoch

    def _state(self, log: str, size: int, digest: bytes) -> LogState | None:
        """The log at a size from its published tree, or None while that is smaller."""
        try:
            published = parse_signed_checkpoint(self._tiles.checkpoint(log)).checkpoint
        except Refused:
            return None if size else LogState(0, hashlib.sha256().digest(), digest)
        if published.size < size:
            return None
        node = tile_nodes(published.size, lambda tile: self._tiles.read(log, tile))
        return LogState(size, tree_root(size, node), digest)

    def _changes(self, snapshot: Snapshot, known: Mapping[str, tuple[MapHead, int]]) -> dict[str, MapChanges]:
        changes: dict[str, MapChanges] = {name: {} for name in MAPS}
        records = snapshot.changed
        if records is None:
            records = frozenset(record for record, _ in snapshot.shown)
        for view in (PUBLIC, SHARED):
            for record in records:
                shown = snapshot.shown.get((record, view))
                changes[view][map_key(view, record.bytes)] = map_value(shown) if shown else None
        for position, record in self._store.endings(after=known[SHIELD][1], through=snapshot.records):
            for view in (PUBLIC, SHARED):
                # The first act that ended it stays: a later one changes nothing.
                changes[SHIELD].setdefault(map_key(view, record.bytes), index_value(position - 1))
        for position, subject, version in self._store.looks(after=known[ACCESS][1], through=snapshot.access):
            key = self._access_key(subject)
            if key is not None:
                changes[ACCESS][look_key(key, version - 1)] = index_value(position - 1)
        return changes

    def _access_key(self, subject: UUID) -> bytes | None:
        """The subject's access key from its registration; None when it was erased."""
        if subject not in self._access_keys:
            row = self._reader.row_of("records", subject, 1)
            found = None
            if row is not None:
                keys = unwrap_all(self._vault, self._key_source.data_keys_of(owners_of([row])))
                event = open_rows([row], log="records", keys=lambda _: keys)[0].event
                if isinstance(event, SubjectRegistered) and event.access_key is not None:
                    found = bytes.fromhex(event.access_key)
            if len(self._access_keys) >= 100_000:
                self._access_keys.clear()
            self._access_keys[subject] = found
        return self._access_keys[subject]

    def _updated(
        self, name: str, head: MapHead, changes: MapChanges, files: dict[tuple[str, bytes], bytes]
    ) -> MapHead:
        def put(_file: MapFile, data: bytes, node: bytes) -> None:
            files[name, node] = data

        if name == SHIELD and head.count and changes:
            # Append-only: what ended once keeps the act that ended it.
            held = PrefixMap(head, self._reading(name))
            for key in [key for key in changes if held.get(key) is not None]:
                del changes[key]
        return moved_map(head, changes, self._reading(name), put)

    def _reading(self, name: str) -> ReadFile:
        return lambda _file, node: self._maps.read(name, node)

    def _sweep(self, moved: Mapping[str, tuple[MapHead, int]], written: int) -> None:
        """Remove files that no live map needs, when about as many were written as may be there."""
        self._written_since_sweep += written
        if self._written_since_sweep < 1000 + sum(1 << head.depth for head, _ in moved.values()):
            return
        self._written_since_sweep = 0
        for name, (head, _) in moved.items():
            self._maps.sweep(name, set(PrefixMap(head, self._reading(name)).nodes()))


def moved_map(head: MapHead, changes: MapChanges, read: ReadFile, put: PutFile) -> MapHead:
    """A map with these changes; its first pairs are laid down as a whole. Raises ``RefusedMap``."""
    if not changes:
        return head
    if head.count == 0:
        return build(encode_pairs((k, v) for k, v in changes.items() if v is not None), put)
    return PrefixMap(head, read).update(changes, put)
