"""Epochs and maps: every entry against the logs, the newest maps' files, and the lists of changes replayed.

The trees are recomputed before; whether the maps hold what the events say is asked in ``maps``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence

from application.audit.model import Fault, PublishedFiles, StoredEpochs, positions_of
from application.audit.trees import LogTree
from application.epochs import moved_map
from domain.transparency.delta import parse_delta
from domain.transparency.digest import FIRST_DIGEST
from domain.transparency.epoch import MAPS, Epoch, LogState, parse_epoch
from domain.transparency.prefix_map import EMPTY_MAP, MapFile, MapHead, PrefixMap
from domain.transparency.strict import Refused

_FILES_BEFORE_SWEEP = 4096


def parsed(stored: StoredEpochs) -> tuple[list[Epoch], list[Fault]]:
    """All epochs in order as far as they parse and are dense; the first fault ends the list."""
    epochs: list[Epoch] = []
    for number, (position, entry) in enumerate(stored.entries, start=1):
        try:
            epoch = parse_epoch(entry)
        except Refused as refused:
            return epochs, [Fault("epochs", f"views:{position}", "epoch_form", refused.code)]
        if not number == position == epoch.number:
            return epochs, [Fault("epochs", f"views:{position}", "epoch_number")]
        epochs.append(epoch)
    return epochs, []


def epoch_faults(epochs: Sequence[Epoch], trees: Mapping[str, LogTree]) -> Iterator[Fault]:
    """What each epoch says of the two logs, against their recomputed trees and their rows' digests."""
    sizes = {"records": 0, "access": 0}
    for epoch in epochs:
        for log, state in (("records", epoch.records), ("access", epoch.access)):
            place = f"views:{epoch.number} {log}:{state.size}"
            if state.size < sizes[log]:
                yield Fault("epochs", place, "epoch_shrinks", f"{state.size} < {sizes[log]}")
            sizes[log] = state.size
            code = _wrong_state(state, trees[log])
            if code:
                yield Fault("epochs", place, code)


def _wrong_state(state: LogState, tree: LogTree) -> str:
    if state.size > tree.count:
        return "epoch_beyond"
    if tree.roots.get(state.size) != state.root:
        return "epoch_root"
    digest = tree.digests.get(state.size, b"") if state.size else FIRST_DIGEST
    return "" if digest == state.digest else "epoch_digest"


def map_file_faults(
    epoch: Epoch, heads: Mapping[str, tuple[MapHead, int]], files: PublishedFiles
) -> Iterator[Fault]:
    """The newest epoch's maps: heads in the database, how they are cut, and every file down to the pairs."""
    through = positions_of(epoch)
    try:
        cut = files.map_heads(epoch.number)
    except (FileNotFoundError, ValueError, IndexError):
        cut = {}
        yield Fault("maps", f"views:{epoch.number}", "map_cut")
    for name in MAPS:
        head = heads.get(name)
        if head is None or (head[0].root, head[0].count) != epoch.maps[name] or head[1] != through[name]:
            yield Fault("maps", name, "map_head")
            continue
        if cut and cut.get(name) != head[0]:
            yield Fault("maps", f"{name} views:{epoch.number}", "map_cut")
        try:
            published_pairs(name, head[0], files)
        except (FileNotFoundError, Refused) as error:
            code = error.code if isinstance(error, Refused) else "map_file_missing"
            yield Fault("maps", name, "map_files", code)


def published_pairs(name: str, head: MapHead, files: PublishedFiles) -> bytes:
    """All pairs of a published map, checked against its root. Raises ``RefusedMap`` or ``FileNotFoundError``."""
    return PrefixMap(head, lambda _file, node: files.map_file(name, node)).pairs()


class DeltaReplay:
    """Every epoch's maps made again from the lists of changes alone."""

    def __init__(self, read: Callable[[bytes], bytes]) -> None:
        """``read`` gives a list of changes by its SHA-256; raises ``FileNotFoundError``."""
        self._read = read
        self.heads: dict[str, MapHead] = dict.fromkeys(MAPS, EMPTY_MAP)
        self.files: dict[str, dict[bytes, bytes]] = {name: {} for name in MAPS}

    def step(self, epoch: Epoch) -> Fault | None:
        """Make the maps of the next epoch; afterwards ``heads`` and ``files`` are its own."""
        place = f"views:{epoch.number}"
        try:
            data = self._read(epoch.delta)
            if hashlib.sha256(data).digest() != epoch.delta:
                return Fault("deltas", place, "delta_form")
            changes = parse_delta(epoch.number, data)
        except FileNotFoundError:
            return Fault("deltas", f"{place} deltas/{epoch.delta.hex()}", "delta_missing")
        except Refused as refused:
            return Fault("deltas", place, "delta_form", refused.code)
        for name in MAPS:
            held = self.files[name]

            def put(_file: MapFile, content: bytes, node: bytes, held: dict[bytes, bytes] = held) -> None:
                held[node] = content

            def read(_file: MapFile, node: bytes, held: dict[bytes, bytes] = held) -> bytes:
                return held[node]

            try:
                head = self.heads[name] = moved_map(self.heads[name], changes[name], read, put)
            except Refused as refused:
                return Fault("deltas", f"{place} {name}", "delta_root", refused.code)
            if (head.root, head.count) != epoch.maps[name]:
                return Fault("deltas", f"{place} {name}", "delta_root")
            if len(held) > _FILES_BEFORE_SWEEP + (4 << head.depth):
                self.files[name] = self.live(name)
        return None

    def live(self, name: str) -> dict[bytes, bytes]:
        """The files that the map needs now, by the node that they fold to."""
        held = self.files[name]
        if not self.heads[name].count:
            return {}
        nodes = PrefixMap(self.heads[name], lambda _file, node: held[node]).nodes()
        return {node: held[node] for node in nodes}


def delta_faults(
    epochs: Sequence[Epoch], files: PublishedFiles, progress: Callable[[int], None]
) -> Iterator[Fault]:
    """The lists of changes lead from nothing to the roots of every epoch, and are cut as told."""
    replay = DeltaReplay(lambda digest: files.read(f"deltas/{digest.hex()}"))
    for epoch in epochs:
        fault = replay.step(epoch)
        if fault is not None:
            yield fault
            return  # what follows stands on this one
        try:
            if dict(files.map_heads(epoch.number)) != replay.heads:
                yield Fault("deltas", f"views:{epoch.number}", "map_cut")
        except (FileNotFoundError, ValueError, IndexError):
            yield Fault("deltas", f"views:{epoch.number}", "map_cut")
        progress(epoch.number)
