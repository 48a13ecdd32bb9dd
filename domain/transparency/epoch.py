"""Epochs and what the maps hold: keys, salted values, and the views log's entries (FORMATS 5.4, STORAGE 4).

Projections commit to what a view shows here; the epoch maker puts it into maps and states their roots.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from domain.transparency.strict import HASH_BYTES, Refused, decimal, hash_from_base64, to_base64

PUBLIC, SHARED, SHIELD, ACCESS = MAPS = ("public", "shared", "shield", "access")
_FIRST = "credit/view-epoch@v1"
_LINES = ("epoch", "records", "digest", "access", "access-digest", "rule")


class RefusedEpoch(Refused):
    """Bytes that are no entry of a views log."""


def map_key(view: str, record_id: bytes) -> bytes:
    """Where a view's map holds a record; record ids are random, so it tells nothing to who does not hold one."""
    return hashlib.sha256(b"credit/map/v1\n" + view.encode() + b"\n" + record_id).digest()


def view_salt(part_salt: bytes, view: str) -> bytes:
    """The salt of what ``view`` shows of a part, 32 bytes; showing it does not give the part's own salt away."""
    return hmac.digest(part_salt, b"credit/view/v1\n" + view.encode(), "sha256")


def shown_commitment(salt: bytes, *, leaf_index: int, content: bytes) -> bytes:
    """Commits to what a view shows of one part (32 bytes): the leaf it comes from, and the bytes shown."""
    digest = hashlib.sha256(content).digest()
    return hmac.digest(salt, b"credit/view-part/v1\n" + leaf_index.to_bytes(8, "big") + digest, "sha256")


def map_value(shown: Mapping[str, bytes]) -> bytes:
    """The value of a record in a view's map, from the commitments of the parts that it shows."""
    digest = hashlib.sha256(b"credit/map-value/v1\n")
    for name, commitment in sorted((name.encode("ascii"), value) for name, value in shown.items()):
        digest.update(len(name).to_bytes(2, "big") + name + commitment)
    return digest.digest()


def look_key(access_key: bytes, counter: int) -> bytes:
    """Where the access map holds a subject's look number ``counter`` (from 0), for who holds its access key."""
    return hmac.digest(access_key, counter.to_bytes(8, "big"), "sha256")


def index_value(leaf_index: int) -> bytes:
    """A leaf index as a value of the shield or the access map."""
    return leaf_index.to_bytes(HASH_BYTES, "big")


@dataclass(frozen=True)
class LogState:
    """A log as an epoch saw it: tree size and root, and the digest of the row at that position (STORAGE 4)."""

    size: int
    root: bytes
    digest: bytes


@dataclass(frozen=True)
class Epoch:
    """One entry of the views log: which events it covers, the code that folded them, and every map's root and count.

    ``maps`` has exactly the names of :data:`MAPS`; ``delta`` is the SHA-256 of the published list of changes.
    """

    number: int
    records: LogState
    access: LogState
    rule: bytes
    maps: Mapping[str, tuple[bytes, int]]
    delta: bytes

    def __bytes__(self) -> bytes:
        lines = [_FIRST, f"epoch {self.number}"]
        for name, prefix, log in (("records", "", self.records), ("access", "access-", self.access)):
            lines.append(f"{name} {log.size} {to_base64(log.root)}")
            lines.append(f"{prefix}digest {log.size} {to_base64(log.digest)}")
        lines.append(f"rule {to_base64(self.rule)}")
        for name in MAPS:
            root, count = self.maps[name]
            lines.append(f"map {name} {to_base64(root)} {count}")
        lines.append(f"delta {to_base64(self.delta)}")
        return "".join(f"{line}\n" for line in lines).encode("ascii")


def parse_epoch(data: bytes) -> Epoch:
    """The epoch whose bytes are exactly ``data``. Raises :class:`RefusedEpoch`."""
    lines = data.decode("latin-1").split("\n")
    words = [line.split(" ") for line in lines]
    names = [_FIRST, *_LINES, *["map"] * len(MAPS), "delta", ""]
    if [w[0] for w in words] != names or [len(w) for w in words[1:-1]] != [2, 3, 3, 3, 3, 2, 4, 4, 4, 4, 2]:
        raise RefusedEpoch("epoch_form")
    if [w[1] for w in words[7:11]] != list(MAPS) or [words[2][1], words[4][1]] != [words[3][1], words[5][1]]:
        raise RefusedEpoch("epoch_form")
    epoch = Epoch(
        _number(words[1][1]),
        LogState(_number(words[2][1]), _hash(words[2][2]), _hash(words[3][2])),
        LogState(_number(words[4][1]), _hash(words[4][2]), _hash(words[5][2])),
        _hash(words[6][1]),
        {w[1]: (_hash(w[2]), _number(w[3])) for w in words[7:11]},
        _hash(words[11][1]),
    )
    if bytes(epoch) != data:
        raise RefusedEpoch("epoch_form")
    return epoch


def _number(text: str) -> int:
    found = decimal(text)
    if found is None:
        raise RefusedEpoch("epoch_number")
    return found


def _hash(text: str) -> bytes:
    found = hash_from_base64(text)
    if found is None:
        raise RefusedEpoch("epoch_hash")
    return found
