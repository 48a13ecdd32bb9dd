"""The published trees and maps as a past bundle was made of them: under the checkpoints that its look names.

Tiles never change. A map's file goes when no live map needs it; then maps are made again from their lists of changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, cast

from application.audit.epochs import DeltaReplay
from application.queries.evidence import MapReading, NotYetProven, Published, PublishedTrees
from application.sequencer import VIEWS, TileStore
from application.stamping import Stamp
from domain.transparency.epoch import parse_epoch
from domain.transparency.prefix_map import MapHead
from domain.transparency.tiles import ENTRIES, WIDTH, Tile, decode_bundle


class PublishedFiles(Protocol):
    """The published folder: a list of changes by its SHA-256, None where there is none."""

    def delta(self, digest: bytes) -> bytes | None: ...


@dataclass(frozen=True)
class Held:
    """What a bundle held of each log: its signed checkpoint, and the size of the tree whose stamp it carried."""

    notes: Mapping[str, str]
    stamps: Mapping[str, int]


class _TilesThen:
    """The tiles, under the checkpoints of then."""

    def __init__(self, tiles: PublishedTrees, held: Held) -> None:
        self._tiles, self._held = tiles, held
        self.read = tiles.read

    def cosigned(self, log: str) -> bytes:
        return self._held.notes.get(log, "").encode()

    def checkpoint(self, log: str) -> bytes:
        return self.cosigned(log)

    def stamp(self, log: str, *, least: int, most: int) -> Stamp | None:
        """The stamp that the bundle carried, whatever was stamped since."""
        size = self._held.stamps.get(log, 0)
        return self._tiles.stamp(log, least=size, most=size) if least <= size <= most else None


class _MapsThen:
    """The maps of one epoch: from their files, else from every list of changes up to that epoch."""

    def __init__(self, maps: MapReading, tiles: TileStore, delta: Callable[[bytes], bytes]) -> None:
        self._maps, self._tiles, self._delta = maps, tiles, delta
        self._made: DeltaReplay | None = None
        self._epoch = 0

    def heads(self, epoch: int) -> Mapping[str, MapHead]:
        self._epoch = epoch
        return self._maps.heads(epoch)

    def read(self, name: str, node: bytes) -> bytes:
        with suppress(FileNotFoundError):
            return self._maps.read(name, node)
        if self._made is None:
            self._made = DeltaReplay(self._delta)
            for entry in self._entries():
                if self._made.step(parse_epoch(entry)) is not None:
                    raise NotYetProven
        return self._made.files[name][node]

    def _entries(self) -> list[bytes]:
        """The entries of the views log up to the epoch."""
        entries: list[bytes] = []
        while len(entries) < self._epoch:
            width = min(self._epoch - len(entries), WIDTH)
            tile = Tile(ENTRIES, len(entries) // WIDTH, width)
            entries += decode_bundle(self._tiles.read(VIEWS, tile), width)
        return entries


def published_then(tiles: PublishedTrees, maps: MapReading, files: PublishedFiles, held: Held) -> Published:
    """What was published when a bundle that held this was made."""

    def delta(digest: bytes) -> bytes:
        found = files.delta(digest)
        if found is None:
            raise FileNotFoundError
        return found

    return Published(cast(PublishedTrees, _TilesThen(tiles, held)), _MapsThen(maps, tiles, delta))
