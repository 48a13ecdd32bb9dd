"""Whether the newest epoch's maps hold what the events say: rebuilt, and compared by root, then pair by pair.

Pairs of what was erased cannot be rebuilt; they are told apart from faults by the streams whose parts do not open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from application.audit.epochs import published_pairs
from application.audit.folding import MemoryViews
from application.audit.model import Fault, PublishedFiles
from application.audit.side import Derived
from domain.transparency.epoch import ACCESS, PUBLIC, SHARED, SHIELD, Epoch, map_key
from domain.transparency.prefix_map import MapFile, MapHead, build
from domain.transparency.prefix_tree import decode_pairs, encode_pairs
from domain.transparency.strict import Refused


class MapCheck:
    """The newest epoch's maps against the events up to its positions."""

    def __init__(
        self, epoch: Epoch, derived: Derived, files: PublishedFiles, heads: Mapping[str, tuple[MapHead, int]]
    ) -> None:
        self._epoch = epoch
        self._derived = derived
        self._files = files
        self._heads = heads
        self.unknown = 0
        """Pairs that cannot be rebuilt because what they rest on was erased."""

    def faults(self, views: MemoryViews) -> Iterator[Fault]:
        """``views`` stands at the epoch's position of the records log."""
        shielded = dict(self._derived.shield_pairs(self._epoch.records.size))
        for view in (PUBLIC, SHARED):
            records = {key: record for key, _, record in views.pairs(view)}
            pairs = {key: value for key, value, _ in views.pairs(view)}
            # What an act brought back stands in both: the map of what was shielded keeps its history (ADR 0024).
            back = {map_key(view, record.bytes) for record in self._derived.returned}
            for key in sorted((pairs.keys() & shielded.keys()) - back):
                yield Fault("maps", f"{view} {records[key]}", "map_shielded")
            closed = {map_key(view, stream.bytes) for stream in self._derived.closed}
            yield from self._compared(view, pairs, closed)
        yield from self._compared(SHIELD, shielded, set())
        looks, gone = self._derived.look_pairs(self._epoch.access.size)
        yield from self._compared(ACCESS, looks, set(), gone)

    def _compared(
        self, name: str, pairs: Mapping[bytes, bytes], unknown: set[bytes], gone: set[bytes] | None = None
    ) -> Iterator[Fault]:
        """``unknown`` are keys of which nothing is known, ``gone`` values that may stand under any key, once each."""
        rebuilt = build(encode_pairs(pairs.items()), _forget)
        if (rebuilt.root, rebuilt.count) == self._epoch.maps[name]:
            return
        try:
            published = dict(decode_pairs(published_pairs(name, self._heads[name][0], self._files)))
        except (Refused, FileNotFoundError, KeyError):
            yield Fault("maps", name, "map_content")
            return
        left = set(gone or ())
        for key in sorted({key for key, _ in published.items() ^ pairs.items()}):
            value = published.get(key)
            if key in unknown or (key not in pairs and value in left):
                self.unknown += 1
                left.discard(value or b"")
            else:
                yield Fault("maps", f"{name} {key.hex()}", "map_content")


def _forget(_file: MapFile, _data: bytes, _node: bytes) -> None:
    """Only the head of a rebuilt map is asked for."""
