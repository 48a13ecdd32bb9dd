"""The prefix tree of the authenticated map over sorted pairs (FORMATS 1.10): roots, and the way down to a key.

A tree's shape follows from its set of pairs alone: a leaf stands at the shallowest depth, from 1 on, where its key is
alone, so after a removal a lone sibling moves up. ``prefix_map.py`` cuts large trees into files.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterable
from hashlib import sha256
from itertools import pairwise

from domain.transparency.strict import HASH_BYTES, Refused

PAIR_BYTES = 2 * HASH_BYTES
KEY_BITS = 8 * HASH_BYTES
EMPTY = bytes(HASH_BYTES)
"""What stands for a missing child, and for the root of the empty map."""


class RefusedMap(Refused):
    """Stored bytes that are no part of a map, or not of the map whose root is known."""


def map_leaf(key: bytes, value: bytes) -> bytes:
    """SHA256(02 || key || value)."""
    return sha256(b"\x02" + key + value).digest()


def map_node(left: bytes, right: bytes) -> bytes:
    """SHA256(03 || left || right)."""
    return sha256(b"\x03" + left + right).digest()


def bit(key: bytes, depth: int) -> int:
    """Which way the search for ``key`` goes at ``depth``: 0 left, 1 right."""
    return key[depth >> 3] >> (7 - (depth & 7)) & 1


def encode_pairs(pairs: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Pairs as stored: sorted by key, key || value without anything between.

    Raises :class:`RefusedMap` for a key or value that is not 32 bytes, or one key twice.
    """
    ordered = sorted(pairs)
    if any(len(key) != HASH_BYTES or len(value) != HASH_BYTES for key, value in ordered):
        raise RefusedMap("map_pair")
    return checked_pairs(b"".join(key + value for key, value in ordered))


def decode_pairs(data: bytes) -> list[tuple[bytes, bytes]]:
    """The pairs of stored bytes. Raises :class:`RefusedMap`."""
    checked_pairs(data)
    return [(data[i : i + 32], data[i + 32 : i + 64]) for i in range(0, len(data), PAIR_BYTES)]


def keys_of(data: bytes) -> list[bytes]:
    """The keys of stored pairs, in their order."""
    return [data[i : i + 32] for i in range(0, len(data), PAIR_BYTES)]


def checked_pairs(data: bytes) -> bytes:
    """``data`` itself. Raises :class:`RefusedMap` unless it is whole pairs whose keys rise."""
    if len(data) % PAIR_BYTES:
        raise RefusedMap("map_length")
    keys = keys_of(data)
    if any(map(bytes.__ge__, keys, keys[1:])):
        raise RefusedMap("map_order")
    return data


def subtree(data: bytes, depth: int) -> bytes:
    """The node at ``depth`` over pairs whose keys agree in their first ``depth`` bits.

    No pair gives :data:`EMPTY`. A single pair gives its leaf, but at depth 0 the node above it: no root is a leaf.
    """
    count = len(data) // PAIR_BYTES
    if count == 0:
        return EMPTY
    if count == 1:
        leaf = sha256(b"\x02" + data).digest()
        return leaf if depth else _with_missing(data, 0, leaf)
    forks = _forks(data)
    # The branches that wait for their right child: the depth they fork at, and their left child. ``base`` closes
    # them all and is never taken itself.
    base = depth - 1
    waiting, lefts = [base], [EMPTY]
    at = 0
    for fork in (*forks, base):
        node = sha256(b"\x02" + data[at : at + PAIR_BYTES]).digest()
        while (top := waiting[-1]) > fork:
            node = sha256(b"\x03" + lefts.pop() + node).digest()
            waiting.pop()
            # Up to the next branch the tree has one child only.
            for lone in range(top - 1, max(waiting[-1], fork), -1):
                node = _with_missing(data[at : at + HASH_BYTES], lone, node)
        waiting.append(fork)
        lefts.append(node)
        at += PAIR_BYTES
    return lefts[-1]


def _with_missing(key: bytes, depth: int, child: bytes) -> bytes:
    return map_node(EMPTY, child) if bit(key, depth) else map_node(child, EMPTY)


def _forks(data: bytes) -> list[int]:
    """For each two neighbours the number of leading bits that their keys share."""
    heads = [head for (head,) in struct.iter_unpack(">Q56x", data)]
    forks = [64 - (a ^ b).bit_length() for a, b in pairwise(heads)]
    if 64 in forks:
        keys = keys_of(data)
        for i, fork in enumerate(forks):
            if fork == 64:
                a, b = int.from_bytes(keys[i], "big"), int.from_bytes(keys[i + 1], "big")
                forks[i] = KEY_BITS - (a ^ b).bit_length()
    return forks


def descend(data: bytes, depth: int, key: bytes) -> tuple[list[bytes], tuple[bytes, bytes] | None]:
    """The way from the node at ``depth`` over ``data`` to where the search for ``key`` ends.

    Gives the siblings on the way, the topmost first, and the pair of the leaf at the end, or None where the child is
    missing. All pairs and ``key`` agree in their first ``depth`` bits.
    """
    siblings: list[bytes] = []
    keys = keys_of(data)
    low, high = 0, len(keys)
    while high - low > 1 or (high - low == 1 and depth == 0):
        # The first key whose bit at this depth is 1, among keys that agree above it.
        head = int.from_bytes(key, "big") >> (KEY_BITS - depth)
        middle = bisect_left(keys, ((head << 1 | 1) << (KEY_BITS - depth - 1)).to_bytes(32, "big"), low, high)
        depth += 1
        taken, other = (
            ((middle, high), (low, middle)) if bit(key, depth - 1) else ((low, middle), (middle, high))
        )
        siblings.append(subtree(data[other[0] * PAIR_BYTES : other[1] * PAIR_BYTES], depth))
        low, high = taken
    if low == high:
        return siblings, None
    found = data[low * PAIR_BYTES : high * PAIR_BYTES]
    return siblings, (found[:HASH_BYTES], found[HASH_BYTES:])
