"""Payload parts and their salted commitment (STORAGE 1).

Whoever seals an act calls this first; the leaf (``leaf.py``) then carries the commitment.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from domain.shared.canonical import Parts, canonical

SALT_BYTES = 32
ID_BYTES = 16
PART_NAME_BYTES_MAX = 64
_PART_LABEL = b"credit/part/v1\n"
_COMMIT_LABEL = b"credit/commit/v1\n"


@dataclass(frozen=True)
class OpenedPart:
    """What shows one part: its salt (32 bytes) and its canonical bytes."""

    salt: bytes
    content: bytes


def part_salt(salt: bytes, name: str) -> bytes:
    """salt_i of STORAGE 1. Raises ``ValueError`` unless ``salt`` has exactly 32 bytes.

    The length is demanded because HMAC pads short keys with zeros, so ``k`` and ``k\\0`` would collide.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError("a salt has exactly 32 bytes")
    return hmac.digest(salt, name.encode("ascii"), "sha256")


def open_parts(salt: bytes, parts: Parts) -> dict[str, OpenedPart]:
    """Every part with its own salt and canonical bytes. Raises ``NotCanonical`` for lawless content."""
    return {name: OpenedPart(part_salt(salt, name), canonical(part)) for name, part in parts.items()}


def part_commitment(kind: int, name: str, opened: OpenedPart) -> bytes:
    """p_i of STORAGE 1 (32 bytes). Raises ``ValueError`` for a salt of another length."""
    if len(opened.salt) != SALT_BYTES:
        raise ValueError("a part's salt has exactly 32 bytes")
    name_bytes = name.encode("ascii")
    message = (
        _PART_LABEL + bytes([kind]) + len(name_bytes).to_bytes(2, "big") + name_bytes + b"\n" + opened.content
    )
    return hmac.digest(opened.salt, message, "sha256")


def commitment(
    *, kind: int, ledger_id: bytes, record_id: bytes, part_commitments: Mapping[str, bytes]
) -> bytes:
    """The commitment of STORAGE 1 over all parts, shown or not (32 bytes).

    Raises ``ValueError`` when an id is not 16 bytes, a part commitment not 32, or there is no part.
    """
    if len(ledger_id) != ID_BYTES or len(record_id) != ID_BYTES:
        raise ValueError("ledger id and record id have exactly 16 bytes")
    if not part_commitments:
        raise ValueError("a payload has at least one part")
    digest = hashlib.sha256(_COMMIT_LABEL + bytes([kind]) + ledger_id + record_id)
    for name, value in sorted((name.encode("ascii"), value) for name, value in part_commitments.items()):
        if len(value) != 32 or not 0 < len(name) <= PART_NAME_BYTES_MAX:
            raise ValueError("a part has a short name and a commitment of 32 bytes")
        digest.update(len(name).to_bytes(2, "big") + name + value)
    return digest.digest()


def commit(*, kind: int, ledger_id: bytes, record_id: bytes, opened: Mapping[str, OpenedPart]) -> bytes:
    """The commitment when every part is at hand."""
    return commitment(
        kind=kind,
        ledger_id=ledger_id,
        record_id=record_id,
        part_commitments={name: part_commitment(kind, name, part) for name, part in opened.items()},
    )
