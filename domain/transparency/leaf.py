"""Leaves 01 (single act, 106 bytes) and 02 (row of a sealed file, 78 bytes) of STORAGE 2.

A leaf is what a log keeps of an act for ever; it is read back here by fsck, verify and proofs.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

ED25519 = 1
"""Algorithm number of Ed25519 in issuer ids; other algorithms get their own leaf version."""
_KEY_LABEL = b"credit/key/v1\n"
_LEAF_LABEL = b"credit/leaf/v1\n"
ACT_BYTES = 106
ROW_BYTES = 78


class MalformedLeaf(ValueError):
    """Bytes that are no leaf; the message says which length or version was met."""


def issuer_id(public_key: bytes, algorithm: int = ED25519) -> bytes:
    """The 8 bytes that name a key and its algorithm."""
    return hashlib.sha256(_KEY_LABEL + bytes([algorithm]) + public_key).digest()[:8]


@dataclass(frozen=True)
class ActLeaf:
    """Leaf 01: one act, signed by whoever answers for it."""

    kind: int
    commitment: bytes
    issuer: bytes
    signature: bytes

    @property
    def signed_bytes(self) -> bytes:
        """What the signature covers: the label and the first 42 bytes."""
        return act_message(kind=self.kind, commitment=self.commitment, issuer=self.issuer)

    def __bytes__(self) -> bytes:
        return self.signed_bytes[len(_LEAF_LABEL) :] + self.signature


@dataclass(frozen=True)
class RowLeaf:
    """Leaf 02: one row of a file that its department sealed once, by the root of all its rows."""

    kind: int
    commitment: bytes
    issuer: bytes
    file_root: bytes
    row: int

    def __bytes__(self) -> bytes:
        head = bytes([2, self.kind]) + self.commitment + self.issuer
        return head + self.file_root + self.row.to_bytes(4, "big")


def act_message(*, kind: int, commitment: bytes, issuer: bytes) -> bytes:
    """The 57 bytes an issuer signs. Raises ``ValueError`` for a commitment or issuer of another length."""
    if len(commitment) != 32 or len(issuer) != 8:
        raise ValueError("a commitment has 32 bytes and an issuer id 8")
    return _LEAF_LABEL + bytes([1, kind]) + commitment + issuer


def parse_leaf(data: bytes) -> ActLeaf | RowLeaf:
    """The leaf whose bytes are exactly ``data``; raises :class:`MalformedLeaf` otherwise."""
    if len(data) == ACT_BYTES and data[0] == 1:
        return ActLeaf(kind=data[1], commitment=data[2:34], issuer=data[34:42], signature=data[42:])
    if len(data) == ROW_BYTES and data[0] == 2:
        row = int.from_bytes(data[74:], "big")
        return RowLeaf(
            kind=data[1], commitment=data[2:34], issuer=data[34:42], file_root=data[42:74], row=row
        )
    raise MalformedLeaf(f"{len(data)} bytes of version {data[0] if data else 'none'}")
