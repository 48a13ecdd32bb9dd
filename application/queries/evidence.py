"""Evidence bundles: what one file must hold so that a stranger can check a claim offline (FORMATS 5.5).

Built from stored events and published trees only; whether somebody may have a bundle is decided, and logged, before.
The format is docs/verification/evidence-bundle.md, the verifier interfaces/client/verifier.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from application.ledger import Ledger, OpenedRow
from application.ports import Log
from application.registry import DEPARTMENT, Registry
from application.sequencer import ACCESS, LOGS, RECORDS, VIEWS, TileStore, authority_of
from application.stamping import Stamp
from domain.access.events import ASKED_PART
from domain.listing.events import ListingDecided, ListingRemoved
from domain.listing.red import RedListed, RedRemoved
from domain.parties.events import KeyRegistered
from domain.records.erasure import DataErased
from domain.records.events import PublicityEnded, RecordDetermined
from domain.remedies.events import RecordShielded, RecordWithdrawn
from domain.remedies.repair_events import RecordReturned
from domain.transparency.checkpoint import Checkpoint, SignedCheckpoint, parse_signed_checkpoint
from domain.transparency.commitment import part_commitment
from domain.transparency.epoch import ACCESS as ACCESS_MAP
from domain.transparency.epoch import PUBLIC, SHARED, SHIELD, Epoch, look_key, map_key, parse_epoch
from domain.transparency.leaf import ActLeaf, RowLeaf, parse_leaf
from domain.transparency.merkle import Node, consistency_proof, inclusion_proof
from domain.transparency.prefix_map import MapHead, PrefixMap
from domain.transparency.prefix_proof import MapProof
from domain.transparency.strict import Refused, to_base64
from domain.transparency.tiles import ENTRIES, WIDTH, Tile, decode_bundle, tile_nodes

FORMAT = "xinlu/evidence@v1"
ENDINGS: Mapping[str, str] = {
    PublicityEnded.TOPIC: RecordDetermined.TOPIC,
    RecordWithdrawn.TOPIC: RecordDetermined.TOPIC,
    RecordShielded.TOPIC: RecordDetermined.TOPIC,
    ListingRemoved.TOPIC: ListingDecided.TOPIC,
    RedRemoved.TOPIC: RedListed.TOPIC,
}
"""By the act that takes something out of every outward view for good: the act that put it there."""


class NotYetProven(Exception):
    """What is asked for is recorded but not in a signed tree, or not in an epoch, yet: a moment later it is."""


class NothingToProve(Exception):
    """There is no such event: a record that was not ended, a look that is not there."""


class PublishedTrees(TileStore, Protocol):
    """The published trees of all logs, and the stamp of the smallest tree within two sizes (None: there is none)."""

    def stamp(self, log: str, *, least: int, most: int) -> Stamp | None: ...


class MapReading(Protocol):
    """The published maps: a file by the node it folds to, and how the maps of an epoch are cut."""

    def read(self, name: str, node: bytes) -> bytes: ...
    def heads(self, epoch: int) -> Mapping[str, MapHead]: ...


@dataclass(frozen=True)
class PublishedLog:
    """A log as it is published now: its signed checkpoint and a reader of its nodes."""

    signed: SignedCheckpoint
    node: Node

    @property
    def checkpoint(self) -> Checkpoint:
        """Size and root."""
        return self.signed.checkpoint

    def path(self, index: int) -> list[str]:
        """The audit path of a leaf. Raises :class:`NotYetProven` when the tree does not reach it."""
        if index >= self.checkpoint.size:
            raise NotYetProven
        return [to_base64(step) for step in inclusion_proof(index, self.checkpoint.size, self.node)]


class Published:
    """Everything published, as one question sees it: each checkpoint is read once, with its quorum."""

    def __init__(self, tiles: PublishedTrees, maps: MapReading) -> None:
        self._tiles = tiles
        self.maps = maps
        self._logs: dict[str, PublishedLog] = {}
        # The views first: an epoch is published after the trees that it names.
        self._notes = {name: tiles.cosigned(name) for name in (VIEWS, RECORDS, ACCESS)}

    def log(self, name: str) -> PublishedLog:
        """A log. Raises :class:`NotYetProven` before its first checkpoint."""
        if name not in self._logs:
            try:
                self._logs[name] = self._opened(name, self._notes[name])
            except Refused:
                raise NotYetProven from None
        return self._logs[name]

    def reaching(self, name: str, size: int) -> PublishedLog:
        """A log's tree of at least ``size`` leaves: with its quorum, else the newest that is published without one.

        Raises :class:`NotYetProven`.
        """
        for note in (self._notes[name], self._tiles.checkpoint(name)):
            with suppress(Refused):
                found = self._opened(name, note)
                if found.checkpoint.size >= size:
                    return found
        raise NotYetProven

    def stamp(self, name: str, *, least: int) -> Stamp | None:
        """The oldest stamp of a log's tree that holds so many entries, and is part of the published one."""
        return self._tiles.stamp(name, least=least, most=self.log(name).checkpoint.size) if least else None

    def _opened(self, name: str, note: bytes) -> PublishedLog:
        signed = parse_signed_checkpoint(note)
        return PublishedLog(
            signed, tile_nodes(signed.checkpoint.size, lambda tile: self._tiles.read(name, tile))
        )

    def newest_epoch(self) -> tuple[bytes, Epoch]:
        """The entry and the epoch at the end of the views log. Raises :class:`NotYetProven` before the first."""
        size = self.log(VIEWS).checkpoint.size
        if not size:
            raise NotYetProven
        index, width = divmod(size - 1, WIDTH)
        bundle = self._tiles.read(VIEWS, Tile(ENTRIES, index, width + 1))
        entry = decode_bundle(bundle, width + 1)[-1]
        return entry, parse_epoch(entry)


class Evidence:
    """One bundle being put together."""

    def __init__(self, ledger: Ledger, published: Published) -> None:
        self._ledger = ledger
        self._published = published
        self._registry = Registry(ledger)
        self._leaves: dict[str, Any] = {}
        self._claims: list[dict[str, Any]] = []
        self._epoch: tuple[bytes, Epoch] | None = None
        self._erasing_acts: list[OpenedRow] | None = None
        self._logs: dict[str, None] = {RECORDS: None}
        self._proven: set[tuple[Log, bytes]] = set()

    def recorded(self, record: UUID, *, show: Iterable[str]) -> None:
        """Claim that a record was determined: every act that gave or changed its content, with the ``show`` parts."""
        wanted = frozenset(show)
        for row in self._rows(RECORDS, record):
            self._claims.append({"type": "recorded", "leaf": self.leaf(RECORDS, row, show=wanted)})

    def shielded(self, record: UUID) -> None:
        """Claim that a record or a listing is in no outward view for good: no part of it is shown.

        Raises :class:`NothingToProve` when no act ended it, or when it is nothing that an outward view shows (a watch
        entry, a measure); :class:`NotYetProven` before the next epoch.
        """
        rows = self._rows(RECORDS, record)
        acts = [row for row in rows if row.row.topic in ENDINGS]
        back = [row.row.position for row in rows if row.row.topic == RecordReturned.TOPIC]
        if back and acts and acts[-1].row.position < back[-1]:
            raise NothingToProve
        recorded = [row for row in rows if row.row.topic in ENDINGS.values()]
        if not acts or not recorded:
            raise NothingToProve
        if acts[0].row.position > self.epoch().records.size:
            raise NotYetProven
        self._claims.append(
            {
                "type": "shielded",
                "recorded": self.leaf(RECORDS, recorded[0], show=frozenset()),
                "act": self.leaf(RECORDS, acts[0], show=frozenset()),
                "proofs": {view: self._map(view, map_key(view, record.bytes)) for view in (PUBLIC, SHARED)},
                "shield": {view: self._map(SHIELD, map_key(view, record.bytes)) for view in (PUBLIC, SHARED)},
            }
        )

    def who_looked(self, subject: UUID) -> None:
        """Claim that these are all looks at a subject up to the newest epoch; opens its access key and each look."""
        epoch = self.epoch()
        self._logs[ACCESS] = None
        registration = self._rows(RECORDS, subject)[0]
        access_key = bytes.fromhex(str(registration.parts["restricted"]["access_key"]))
        looks = [row for row in self._rows(ACCESS, subject) if row.row.position <= epoch.access.size]
        keys = [look_key(access_key, counter) for counter in range(len(looks) + 1)]
        self._claims.append(
            {
                "type": "who_looked",
                "subject": self.leaf(RECORDS, registration, show=frozenset({"restricted"})),
                "looks": [self.leaf(ACCESS, row, show=_shown_of(row)) for row in looks],
                "proofs": [self._map(ACCESS_MAP, key) for key in keys],
            }
        )

    def answered(self, look: OpenedRow, parts: Sequence[Mapping[str, Any]]) -> None:
        """Claim that an answer was logged before it was sent: ``parts`` hold record, part, index, salt, content."""
        self._logs[ACCESS] = None
        name = self.leaf(ACCESS, look, show=_shown_of(look))
        self._claims.append({"type": "answered", "look": name, "parts": list(parts)})

    def erased(self, record: UUID) -> None:
        """Claim that parts of a record were erased by recorded acts and that what is left still verifies.

        Raises :class:`NothingToProve` when no part of it is gone.
        """
        rows = {row.row.position: row for row in self._rows(RECORDS, record) if row.closed}
        if not rows:
            raise NothingToProve
        for act in self._erasing():
            event = act.event
            named = (
                {int(e[1]) for e in event.erased if e[0] == RECORDS}
                if isinstance(event, DataErased)
                else set()
            )
            if named.isdisjoint(rows):
                continue
            names = [self.leaf(RECORDS, rows[at], show=frozenset()) for at in sorted(named & rows.keys())]
            act_name = self.leaf(RECORDS, act, show=frozenset({"public"}))
            self._claims.append({"type": "erased", "act": act_name, "leaves": names})

    def epoch(self) -> Epoch:
        """The newest epoch, which the bundle then carries."""
        if self._epoch is None:
            self._epoch = self._published.newest_epoch()
        return self._epoch[1]

    def leaf(self, log: Log, row: OpenedRow, *, show: frozenset[str]) -> str:
        """Add a leaf with its path, the shown parts opened and the others by commitment; its name in the bundle.

        With it comes what proves its signer. Raises :class:`NotYetProven` when the tree does not reach it.
        """
        self._logs[log] = None
        name = f"{log}-{row.row.position}"
        parts = {part: _part(row, part, shown=part in show) for part in row.opened}
        for part in row.closed:
            parts[part] = {"commitment": self._commitment_of_erased(log, row.row.position, part)}
        known = self._leaves.get(name)
        if known is not None:
            known["parts"] |= {part: told for part, told in parts.items() if "content" in told}
            return name
        self._leaves[name] = {
            "log": log,
            "index": row.row.position - 1,
            "leaf": to_base64(row.row.leaf),
            "path": self._published.log(log).path(row.row.position - 1),
            "stream": str(row.row.stream_id),
            "parts": parts,
        }
        found = parse_leaf(row.row.leaf)
        self._prove_signer(log, found)
        if isinstance(found, RowLeaf):
            meta = json.loads(row.row.meta)
            self.leaf(RECORDS, self._rows(RECORDS, UUID(meta["correlation"]))[0], show=frozenset({"public"}))
        return name

    def _erasing(self) -> list[OpenedRow]:
        if self._erasing_acts is None:
            self._erasing_acts = self._ledger.open_all(self._ledger.store.erasing_acts(), log=RECORDS)
        return self._erasing_acts

    def _commitment_of_erased(self, log: Log, position: int, part: str) -> str:
        """What stands for a part that is gone, as its erasing act says. Raises :class:`NothingToProve`."""
        for act in self._erasing():
            event = act.event
            for *place, commitment in event.erased if isinstance(event, DataErased) else ():
                if place == [log, str(position), part]:
                    return to_base64(bytes.fromhex(commitment))
        raise NothingToProve

    def _prove_signer(self, log: Log, leaf: ActLeaf | RowLeaf) -> None:
        """The registration of a leaf's key, whoever registered it, up to entry 0, the root of all keys; its revocation,
        and for an entry of ``access`` the end of the key there."""
        if (log, leaf.issuer) in self._proven:
            return
        self._proven.add((log, leaf.issuer))
        stream = self._registry.key_stream(leaf.issuer)
        for row in self._rows(RECORDS, stream):
            self.leaf(RECORDS, row, show=frozenset({"public"}))
            if isinstance(row.event, KeyRegistered) and row.event.holder_kind == DEPARTMENT:
                holder = self._ledger.name_id(DEPARTMENT, row.event.holder)
                for registered in self._rows(RECORDS, holder):
                    self.leaf(RECORDS, registered, show=frozenset({"public"}))
        if log == ACCESS:
            for row in self._ledger.open_all(self._ledger.store.load(ACCESS, stream), log=ACCESS):
                self.leaf(ACCESS, row, show=frozenset({"public"}))

    def _rows(self, log: Log, stream: UUID) -> list[OpenedRow]:
        rows = self._ledger.open_all(self._ledger.store.load(log, stream), log=log)
        if not rows:
            raise NothingToProve
        return rows

    def _map(self, name: str, key: bytes) -> dict[str, Any]:
        root, _ = self.epoch().maps[name]
        try:
            head = self._published.maps.heads(self.epoch().number)[name]
            if head.root != root:
                raise NotYetProven
            found = PrefixMap(head, lambda _file, node: self._published.maps.read(name, node))
            value, proof = found.prove(key)
        except FileNotFoundError:
            # The witnesses stayed away so long that the maps of the last epoch with a quorum are swept.
            raise NotYetProven from None
        return _members(proof, value)

    def bundle(self) -> dict[str, Any]:
        """The bundle as JSON members; the same facts and trees give the same bundle."""
        bundle: dict[str, Any] = {
            "format": FORMAT,
            "ledger": self._ledger.id.hex,
            "authority": authority_of(self._ledger.id),
            "claims": self._claims,
            "leaves": self._leaves,
        }
        if self._epoch is not None:
            entry, epoch = self._epoch
            views = self._published.log(VIEWS)
            states = {RECORDS: epoch.records, ACCESS: epoch.access}
            consistency = {}
            for log in [log for log in states if log in self._logs]:
                tree = self._published.log(log)
                if states[log].size > tree.checkpoint.size:
                    raise NotYetProven
                steps = consistency_proof(states[log].size, tree.checkpoint.size, tree.node)
                consistency[log] = [to_base64(step) for step in steps]
            bundle["epoch"] = {
                "index": views.checkpoint.size - 1,
                "entry": to_base64(entry),
                "path": views.path(views.checkpoint.size - 1),
                "consistency": consistency,
            }
            self._logs[VIEWS] = None
        notes = {log: bytes(self._published.log(log).signed).decode() for log in LOGS if log in self._logs}
        stamps = {log: told for log in notes if (told := self._stamp(log))}
        return bundle | {"checkpoints": notes} | ({"timestamps": stamps} if stamps else {})

    def _stamp(self, log: str) -> dict[str, Any] | None:
        """That all entries of a log in this bundle were there when an authority stamped a tree that holds them."""
        tree = self._published.log(log)
        last = max((leaf["index"] + 1 for leaf in self._leaves.values() if leaf["log"] == log), default=0)
        stamp = self._published.stamp(log, least=tree.checkpoint.size if log == VIEWS else last)
        if stamp is None:
            return None
        steps = consistency_proof(stamp.size, tree.checkpoint.size, tree.node)
        return {
            "checkpoint": stamp.note.decode(),
            "consistency": [to_base64(step) for step in steps],
            "token": to_base64(stamp.token),
        }


def _shown_of(look: OpenedRow) -> frozenset[str]:
    """The parts of a look that a proof of it shows: never what was asked, which can name other people."""
    return frozenset(look.opened) - {ASKED_PART}


def _part(row: OpenedRow, name: str, *, shown: bool) -> dict[str, str]:
    opened = row.opened[name]
    if shown:
        return {"salt": to_base64(opened.salt), "content": to_base64(opened.content)}
    return {"commitment": to_base64(part_commitment(parse_leaf(row.row.leaf).kind, name, opened))}


def _members(proof: MapProof, value: bytes | None) -> dict[str, Any]:
    members = {name: told for name, told in proof.members().items() if told is not None}
    return members if value is None else members | {"value": value.hex()}
