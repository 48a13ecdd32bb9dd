"""The Merkle tree of RFC 6962 section 2.1 over SHA-256 (FORMATS 1.1).

Files are sealed by the root of their rows; logs by the root of their leaves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """SHA256(00 || data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA256(01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: one hash per set bit of the size, enough to append and to root."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash at the right."""
        size = self.size
        while size & 1:
            leaf = node_hash(self._edge.pop(), leaf)
            size >>= 1
        self._edge.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far; of no leaves, the hash of nothing."""
        if not self._edge:
            return EMPTY_ROOT
        edge = list(self._edge)
        root = edge.pop()
        while edge:
            root = node_hash(edge.pop(), root)
        return root


def root_of(entries: Iterable[bytes]) -> bytes:
    """The root over the given entries (not yet hashed)."""
    frontier = Frontier()
    for entry in entries:
        frontier.append(leaf_hash(entry))
    return frontier.root()


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of leaf hash ``index`` among ``leaves``, its sibling first.

    Raises ``IndexError`` when there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError("no such leaf")
    path: list[bytes] = []
    low, high = 0, len(leaves)
    spans: list[tuple[int, int]] = []
    while high - low > 1:
        middle = low + (1 << ((high - low - 1).bit_length() - 1))
        spans.append((middle, high) if index < middle else (low, middle))
        low, high = (low, middle) if index < middle else (middle, high)
    for start, end in reversed(spans):
        frontier = Frontier()
        for leaf in leaves[start:end]:
            frontier.append(leaf)
        path.append(frontier.root())
    return path


def root_from_path(leaf: bytes, *, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that ``path`` leads to (RFC 9162 2.1.3.2), or None when index, size and length disagree."""
    if not 0 <= index < size:
        return None
    fn, sn, root = index, size - 1, leaf
    for sibling in path:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            root = node_hash(sibling, root)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            root = node_hash(root, sibling)
        fn >>= 1
        sn >>= 1
    return root if sn == 0 else None
