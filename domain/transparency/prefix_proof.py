"""Proofs of presence and absence in the authenticated map (FORMATS 1.10), checked against a root.

``prefix_map.py`` makes them; a verifier needs this file and a root that it has reason to believe.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.transparency.prefix_tree import EMPTY, KEY_BITS, RefusedMap, bit, map_leaf, map_node
from domain.transparency.strict import HASH_BYTES


class Ending(StrEnum):
    """Where the search for a key ends: at its leaf, at another key's leaf, or where a child is missing."""

    INCLUSION = "inclusion"
    NON_INCLUSION_LEAF = "nonInclusionLeaf"
    NON_INCLUSION_PARENT = "nonInclusionParent"


@dataclass(frozen=True)
class MapProof:
    """The siblings on the search path of a key, the topmost first; the search ends at depth ``len(siblings)``.

    ``leaf`` is the shown pair of ``nonInclusionLeaf``, else None: for inclusion the verifier brings the value.
    """

    ending: Ending
    siblings: tuple[bytes, ...]
    leaf: tuple[bytes, bytes] | None = None

    def members(self) -> dict[str, Any]:
        """The proof as JSON members: ``kind``, ``siblings`` and ``leaf``, hashes in lower-case hex."""
        leaf = [part.hex() for part in self.leaf] if self.leaf else None
        return {"kind": str(self.ending), "siblings": [s.hex() for s in self.siblings], "leaf": leaf}


def parse_map_proof(members: object) -> MapProof:
    """The proof whose JSON members are exactly these. Raises :class:`RefusedMap`."""
    if not isinstance(members, dict) or set(members) != {"kind", "siblings", "leaf"}:
        raise RefusedMap("proof_form")
    kind, siblings, leaf = members["kind"], members["siblings"], members["leaf"]
    if not isinstance(kind, str) or kind not in set(Ending) or not isinstance(siblings, list):
        raise RefusedMap("proof_form")
    if (kind == Ending.NON_INCLUSION_LEAF) != isinstance(leaf, list) or len(siblings) > KEY_BITS:
        raise RefusedMap("proof_form")
    shown = None
    if isinstance(leaf, list):
        if len(leaf) != 2:
            raise RefusedMap("proof_form")
        shown = (_hash(leaf[0]), _hash(leaf[1]))
    elif leaf is not None:
        raise RefusedMap("proof_form")
    return MapProof(Ending(kind), tuple(map(_hash, siblings)), shown)


def present(root: bytes, key: bytes, value: bytes, proof: MapProof) -> bool:
    """Does the proof show that the map with this root holds exactly ``value`` under ``key``?"""
    if proof.ending is not Ending.INCLUSION or proof.leaf is not None or len(value) != HASH_BYTES:
        return False
    return _leads(root, key, map_leaf(key, value), proof)


def absent(root: bytes, key: bytes, proof: MapProof) -> bool:
    """Does the proof show that the map with this root holds nothing under ``key``?"""
    if proof.ending is Ending.NON_INCLUSION_PARENT:
        return proof.leaf is None and _leads(root, key, EMPTY, proof)
    if proof.ending is not Ending.NON_INCLUSION_LEAF or proof.leaf is None:
        return False
    shown, value = proof.leaf
    if len(shown) != HASH_BYTES or len(value) != HASH_BYTES or shown == key or len(key) != HASH_BYTES:
        return False
    # A leaf from elsewhere in the tree says nothing about this key: it must be the one that ends its search.
    depth = len(proof.siblings)
    if depth > KEY_BITS or any(bit(shown, d) != bit(key, d) for d in range(depth)):
        return False
    return _leads(root, key, map_leaf(shown, value), proof)


def _leads(root: bytes, key: bytes, node: bytes, proof: MapProof) -> bool:
    depth = len(proof.siblings)
    if len(key) != HASH_BYTES or depth > KEY_BITS or any(len(s) != HASH_BYTES for s in proof.siblings):
        return False
    if depth == 0:
        return node == root == EMPTY
    # A leaf with a missing sibling would have moved up, and a branch has a child: no other tree has one shape.
    if proof.siblings[-1] == EMPTY and (depth > 1 or node == EMPTY):
        return False
    for d in range(depth - 1, -1, -1):
        sibling = proof.siblings[d]
        node = map_node(sibling, node) if bit(key, d) else map_node(node, sibling)
    return node == root


def _hash(text: object) -> bytes:
    try:
        data = bytes.fromhex(text) if isinstance(text, str) else b""
    except ValueError:
        data = b""
    if len(data) != HASH_BYTES or data.hex() != text:
        raise RefusedMap("proof_hash")
    return data
