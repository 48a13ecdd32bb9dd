"""The Merkle tree of RFC 6962 section 2.1 over SHA-256 (FORMATS 1.1): roots, and proofs made and checked.

Files are sealed by the root of their rows; logs by the root of their leaves. Proofs are made from a :data:`Node`
reader, so that tiles (``tiles.py``) serve as well as a list of leaf hashes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()

Node = Callable[[int, int], bytes]
"""Gives the root over the 2**level leaves from index * 2**level on, for (level, index); asked for whole ones only."""


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
        self.edge: list[bytes] = []
        """The roots of the whole subtrees that make up the tree, the largest first."""

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash at the right."""
        size = self.size
        while size & 1:
            leaf = node_hash(self.edge.pop(), leaf)
            size >>= 1
        self.edge.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far; of no leaves, the hash of nothing."""
        if not self.edge:
            return EMPTY_ROOT
        edge = list(self.edge)
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


def nodes_of(leaves: Sequence[bytes]) -> Node:
    """Reads nodes from a list of leaf hashes, each time by hashing all leaves below."""

    def node(level: int, index: int) -> bytes:
        frontier = Frontier()
        for leaf in leaves[index << level : (index + 1) << level]:
            frontier.append(leaf)
        return frontier.root()

    return node


def frontier_at(size: int, node: Node) -> Frontier:
    """The right edge of the tree of ``size`` leaves, ready to append to: one node for each set bit of the size."""
    frontier = Frontier()
    frontier.size = size
    frontier.edge = [node(level, index) for level, index in _whole_nodes(0, size)]
    return frontier


def tree_root(size: int, node: Node) -> bytes:
    """The root of the tree of ``size`` leaves."""
    return frontier_at(size, node).root()


def subtree_root(start: int, end: int, node: Node) -> bytes:
    """The root over leaves ``start`` to ``end`` - 1, as it stands in every tree that holds them as a subtree.

    Raises ``ValueError`` unless there is a leaf and ``start`` is a multiple of the power of two that the length
    reaches up to: other ranges are no subtree.
    """
    if not 0 <= start < end or start % (1 << (end - start - 1).bit_length()):
        raise ValueError("not a subtree")
    frontier = Frontier()
    frontier.edge = [node(level, index) for level, index in _whole_nodes(start, end)]
    return frontier.root()


def _whole_nodes(start: int, end: int) -> Iterable[tuple[int, int]]:
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _split(low: int, high: int) -> int:
    return low + (1 << ((high - low - 1).bit_length() - 1))


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of leaf hash ``index`` among ``leaves``, its sibling first.

    Raises ``IndexError`` when there is no such leaf.
    """
    return inclusion_proof(index, len(leaves), nodes_of(leaves))


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """The audit path of leaf ``index`` in the tree of ``size`` leaves, its sibling first; O(log size) nodes.

    Raises ``IndexError`` when there is no such leaf.
    """
    if not 0 <= index < size:
        raise IndexError("no such leaf")
    low, high = 0, size
    spans: list[tuple[int, int]] = []
    while high - low > 1:
        middle = _split(low, high)
        spans.append((middle, high) if index < middle else (low, middle))
        low, high = (low, middle) if index < middle else (middle, high)
    return [subtree_root(start, end, node) for start, end in reversed(spans)]


def consistency_proof(old: int, new: int, node: Node) -> list[bytes]:
    """The proof that the tree of ``old`` leaves is a prefix of that of ``new`` (RFC 9162 2.1.4.1).

    Empty when ``old`` is 0 or ``new``; O(log new) nodes. Raises ``IndexError`` unless 0 <= old <= new.
    """
    if not 0 <= old <= new:
        raise IndexError("no such tree")
    if old == 0:
        return []
    low, high = 0, new
    spans: list[tuple[int, int]] = []
    while old < high:
        middle = _split(low, high)
        spans.append((middle, high) if old <= middle else (low, middle))
        low, high = (low, middle) if old <= middle else (middle, high)
    if low:
        spans.append((low, high))
    return [subtree_root(start, end, node) for start, end in reversed(spans)]


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


def included(leaf: bytes, *, index: int, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Does ``path`` prove that leaf hash ``leaf`` stands at ``index`` in the tree of this size and root?"""
    return root_from_path(leaf, index=index, size=size, path=path) == root


def consistent(*, old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Does ``path`` prove that the old tree is a prefix of the new one (RFC 9162 2.1.4.2)?

    An empty tree has the empty root and is a prefix of every tree, without a proof.
    """
    if not 0 <= old <= new or (old == 0 and old_root != EMPTY_ROOT) or (new == 0 and new_root != EMPTY_ROOT):
        return False
    if old in (0, new):
        return not path and (old == 0 or old_root == new_root)
    if not path:
        return False
    rest = list(path) if old & (old - 1) else [old_root, *path]
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn >>= 1
        sn >>= 1
    first = second = rest[0]
    for sibling in rest[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            second = node_hash(second, sibling)
        fn >>= 1
        sn >>= 1
    return sn == 0 and first == old_root and second == new_root
