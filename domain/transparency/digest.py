"""The digest chain over stored rows (STORAGE 4): envelope and ciphertext, checkable without any key.

The append function of the database computes the same bytes in SQL; verify computes them here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

_ROW_LABEL = b"credit/row/v1\n"
FIRST_DIGEST = bytes(32)


@dataclass(frozen=True)
class StoredRow:
    """One row of a log exactly as stored; ``meta`` are its canonical JSON bytes."""

    position: int
    stream_id: UUID
    stream_version: int
    topic: str
    schema_version: int
    recorded_at: str
    meta: bytes
    key_ref: str
    sealed: bytes
    leaf: bytes
    digest: bytes


def row_digest(previous: bytes, row: StoredRow) -> bytes:
    """digest_n of STORAGE 4: every field with its length, all integers big-endian."""
    fields = (
        row.position.to_bytes(8, "big"),
        row.stream_id.bytes,
        row.stream_version.to_bytes(8, "big"),
        row.topic.encode(),
        row.schema_version.to_bytes(4, "big"),
        row.recorded_at.encode(),
        row.meta,
        row.key_ref.encode(),
        row.sealed,
        row.leaf,
    )
    digest = hashlib.sha256(_ROW_LABEL + previous)
    for field in fields:
        digest.update(len(field).to_bytes(4, "big") + field)
    return digest.digest()
