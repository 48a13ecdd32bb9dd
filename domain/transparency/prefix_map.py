"""The authenticated map as files: buckets of sorted pairs, and tiles of hashes above them (FORMATS 5.4).

A projection builds it once and then changes it epoch by epoch; an epoch leaf states its root. Files are believed
only where they lead to the root that the head names.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise

from domain.transparency.prefix_proof import Ending, MapProof
from domain.transparency.prefix_tree import (
    EMPTY,
    KEY_BITS,
    PAIR_BYTES,
    RefusedMap,
    checked_pairs,
    decode_pairs,
    descend,
    encode_pairs,
    map_node,
    subtree,
)
from domain.transparency.strict import HASH_BYTES
from domain.transparency.tiles import index_path

BUCKET = 0
"""The level of buckets; tiles above them have levels from 1 on."""
_TILE_BITS = 8
_STEP = 4
_DEPTH_MAX = 32


@dataclass(frozen=True, order=True)
class MapFile:
    """One file of a map whose buckets lie at ``depth``: a bucket (level 0) or a tile of hashes above."""

    depth: int
    level: int
    index: int

    @property
    def path(self) -> str:
        """Where it is kept under the map's prefix: ``map/16/0/x001/234``."""
        return f"map/{self.depth}/{self.level}/{index_path(self.index)}"


ReadFile = Callable[[MapFile, bytes], bytes]
"""Gives the bytes of a file that fold to the given node, by which alone a store may find them."""
PutFile = Callable[[MapFile, bytes, bytes], None]
"""Takes a file's bytes and the node that they fold to."""


@dataclass(frozen=True)
class MapHead:
    """What is remembered of a map: its root and number of pairs, and how its files are cut.

    ``depth`` is the bits that name a bucket: the largest multiple of 4 such that every bucket holds two pairs or more
    (0: one bucket, of any size). ``thin`` is how many of the buckets 4 bits deeper would hold fewer.
    """

    root: bytes
    count: int
    depth: int
    thin: int


EMPTY_MAP = MapHead(EMPTY, 0, 0, 1 << _STEP)
"""The map of no pairs; its one bucket is never asked for."""


def build(data: bytes, put: PutFile) -> MapHead:
    """Write all files of the map over ``data``, the pairs as ``encode_pairs`` gives them.

    Raises :class:`RefusedMap` for lawless pairs.
    """
    checked_pairs(data)
    if not data:
        return EMPTY_MAP
    depth, counts = _cut(data)
    thin, row = 0, []
    ends = list(accumulate(counts))
    for index, end in enumerate(ends):
        bucket = data[(end - counts[index]) * PAIR_BYTES : end * PAIR_BYTES]
        row.append(subtree(bucket, depth))
        put(MapFile(depth, BUCKET, index), bucket, row[-1])
        thin += _thin(bucket, depth)
    for level, bits in enumerate(_tile_bits(depth), start=1):
        above = []
        for start in range(0, len(row), 1 << bits):
            hashes = row[start : start + (1 << bits)]
            above.append(_fold(hashes)[-1][0])
            put(MapFile(depth, level, start >> bits), b"".join(hashes), above[-1])
        row = above
    return MapHead(row[0], len(data) // PAIR_BYTES, depth, thin)


class PrefixMap:
    """One map, read through ``read`` under a head that is known; a new head needs a new one.

    Every method raises :class:`RefusedMap` when a file does not lead to the head's root, and what ``read`` raises.
    """

    def __init__(self, head: MapHead, read: ReadFile) -> None:
        self.head = head
        self._read = read
        self._bits = list(_tile_bits(head.depth))
        self._tiles: dict[tuple[int, int], list[list[bytes]]] = {}

    def get(self, key: bytes) -> bytes | None:
        """The value under ``key``, or None."""
        return dict(decode_pairs(self._bucket(self._bucket_index(key)))).get(key)

    def prove(self, key: bytes) -> tuple[bytes | None, MapProof]:
        """The value under ``key`` with the proof of its presence, or None with the proof of absence."""
        index = self._bucket_index(key)
        below, found = descend(self._bucket(index), self.head.depth, key)
        siblings = below[::-1]
        for level, bits in enumerate(self._bits, start=1):
            index, at = index >> bits, index & ((1 << bits) - 1)
            rows = self._tile(level, index)
            siblings += [rows[height][(at >> height) ^ 1] for height in range(bits)]
        siblings.reverse()
        if found is None:
            return None, MapProof(Ending.NON_INCLUSION_PARENT, tuple(siblings))
        if found[0] != key:
            return None, MapProof(Ending.NON_INCLUSION_LEAF, tuple(siblings), found)
        return found[1], MapProof(Ending.INCLUSION, tuple(siblings))

    def pairs(self) -> bytes:
        """All pairs, sorted, as ``build`` takes them."""
        return b"".join(self._bucket(index) for index in range(1 << self.head.depth))

    def nodes(self) -> Iterator[bytes]:
        """The node of every file of the map: what a store must keep to read it."""
        if self.head.count:
            yield self.head.root
            for level in range(len(self._bits), 0, -1):
                above = sum(self._bits[level:])
                for index in range(1 << above):
                    yield from self._tile(level, index)[0]

    def update(self, changes: Mapping[bytes, bytes | None], put: PutFile) -> MapHead:
        """Write the files that change when each key gets its value, or with None goes; gives the new head.

        Taking out what is not there changes nothing. Where the depth must change, all files of the new depth are
        written, those of the old one have no use any more, and the pairs are in memory once.
        """
        buckets, count, thin = {}, self.head.count, self.head.thin
        for index, change in self._by_bucket(changes).items():
            old = self._bucket(index)
            new = encode_pairs((k, v) for k, v in (dict(decode_pairs(old)) | change).items() if v is not None)
            if new == old:
                continue
            buckets[index] = new
            count += (len(new) - len(old)) // PAIR_BYTES
            thin += _thin(new, self.head.depth) - _thin(old, self.head.depth)
        if thin == 0 or (self.head.depth and any(len(new) < 2 * PAIR_BYTES for new in buckets.values())):
            every = range(1 << self.head.depth)
            return build(b"".join(buckets[i] if i in buckets else self._bucket(i) for i in every), put)
        return MapHead(self._put(buckets, put), count, self.head.depth, thin) if buckets else self.head

    def _put(self, buckets: Mapping[int, bytes], put: PutFile) -> bytes:
        depth = self.head.depth
        fresh: dict[int, bytes] = {}
        for index, bucket in buckets.items():
            fresh[index] = subtree(bucket, depth)
            put(MapFile(depth, BUCKET, index), bucket, fresh[index])
        for level, bits in enumerate(self._bits, start=1):
            above: dict[int, bytes] = {}
            tiles: defaultdict[int, dict[int, bytes]] = defaultdict(dict)
            for index, node in fresh.items():
                tiles[index >> bits][index & ((1 << bits) - 1)] = node
            for index, nodes in tiles.items():
                rows = _replaced(self._tile(level, index), nodes)
                above[index] = rows[-1][0]
                put(MapFile(depth, level, index), b"".join(rows[0]), above[index])
            fresh = above
        return fresh[0]

    def _by_bucket(self, changes: Mapping[bytes, bytes | None]) -> dict[int, dict[bytes, bytes | None]]:
        groups: defaultdict[int, dict[bytes, bytes | None]] = defaultdict(dict)
        for key, value in changes.items():
            groups[self._bucket_index(key)][key] = value
        return groups

    def _bucket_index(self, key: bytes) -> int:
        if len(key) != HASH_BYTES:
            raise RefusedMap("map_pair")
        return int.from_bytes(key, "big") >> (KEY_BITS - self.head.depth)

    def _bucket(self, index: int) -> bytes:
        if not self.head.count:
            return b""
        depth = self.head.depth
        named = self._named(BUCKET, index)
        bucket = checked_pairs(self._read(MapFile(depth, BUCKET, index), named))
        ends = {self._bucket_index(key) for key in (bucket[:HASH_BYTES], bucket[-PAIR_BYTES:][:HASH_BYTES])}
        if ends != {index} or subtree(bucket, depth) != named:
            raise RefusedMap("map_bucket")
        return bucket

    def _tile(self, level: int, index: int) -> list[list[bytes]]:
        rows = self._tiles.get((level, index))
        if rows is None:
            named = self._named(level, index)
            data = self._read(MapFile(self.head.depth, level, index), named)
            if len(data) != HASH_BYTES << self._bits[level - 1]:
                raise RefusedMap("map_length")
            rows = _fold([data[i : i + HASH_BYTES] for i in range(0, len(data), HASH_BYTES)])
            if rows[-1][0] != named:
                raise RefusedMap("map_tile")
            self._tiles[level, index] = rows
        return rows

    def _named(self, level: int, index: int) -> bytes:
        """The node that the level above, or the head, names for this file."""
        if level == len(self._bits):
            return self.head.root
        bits = self._bits[level]
        return self._tile(level + 1, index >> bits)[0][index & ((1 << bits) - 1)]


def _cut(data: bytes) -> tuple[int, list[int]]:
    """The depth of the buckets of these pairs, and how many pairs each holds."""
    count = len(data) // PAIR_BYTES
    depth = min((count >> 1).bit_length() - 1, _DEPTH_MAX) // _STEP * _STEP if count > 1 else 0
    found = Counter(head >> (_DEPTH_MAX - depth) for (head,) in struct.iter_unpack(">I60x", data))
    counts = [found[index] for index in range(1 << depth)]
    while depth and min(counts) < 2:
        depth -= _STEP
        counts = [sum(counts[i : i + (1 << _STEP)]) for i in range(0, len(counts), 1 << _STEP)]
    return depth, counts


def _thin(bucket: bytes, depth: int) -> int:
    """How many of the 16 buckets that this one would fall into would hold fewer than two pairs."""
    heads = bucket[depth >> 3 :: PAIR_BYTES]
    if not heads:
        return 1 << _STEP
    shift, above = (4, 0) if depth % 8 == 0 else (0, heads[0] & 0xF0)
    ends = [bisect_left(heads, above + (nibble << shift)) for nibble in range(1 << _STEP)] + [len(heads)]
    return sum(end - start < 2 for start, end in pairwise(ends))


def _tile_bits(depth: int) -> Iterator[int]:
    """The bits that each level of tiles decides, from the buckets up: 8, at the top perhaps 4."""
    while depth > 0:
        yield min(depth, _TILE_BITS)
        depth -= _TILE_BITS


def _fold(row: list[bytes]) -> list[list[bytes]]:
    rows = [row]
    while len(row) > 1:
        row = [map_node(row[i], row[i + 1]) for i in range(0, len(row), 2)]
        rows.append(row)
    return rows


def _replaced(rows: list[list[bytes]], nodes: Mapping[int, bytes]) -> list[list[bytes]]:
    """A tile's rows with some of its hashes replaced."""
    fresh = [list(row) for row in rows]
    for at, node in nodes.items():
        fresh[0][at] = node
    touched = set(nodes)
    for below, row in pairwise(fresh):
        touched = {at >> 1 for at in touched}
        for at in touched:
            row[at] = map_node(below[2 * at], below[2 * at + 1])
    return fresh
