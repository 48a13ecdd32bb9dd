"""Signed trees in random histories: published at any moment, cosigned by a witness of the test's own, held to the end.

Leaves, roots and tiles are computed here from the rows by the words of RFC 6962; what was cosigned earlier in a history
must be a prefix of the log when it ends, so that a ledger that was set back or rewritten meanwhile is found.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from uuid import UUID

from hypothesis.stateful import rule

from domain.transparency.checkpoint import SignedCheckpoint, parse_signed_checkpoint
from domain.transparency.cosignature import sign_checkpoint
from domain.transparency.prefix_map import PrefixMap
from infrastructure.tile_files import MapFiles
from tests.evidence import begin as begin_evidence
from tests.evidence import judge
from tests.histories.bench import LOGS, NUMBERS
from tests.histories.promises import Promises
from tests.transparency import PROVINCE

CLAIMS = 6
"""Of what stands, and of what is gone, so many are claimed in one bundle."""
WIDTH = 256
"""Hashes of a full tile."""


def hashed(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes: a level after the other, a last one without a pair goes up as it is."""
    level = list(hashes)
    while len(level) > 1:
        pairs = [hashed(b"\x01" + level[at] + level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0] if level else hashed(b"")


class Publishing(Promises):
    """What is signed while a history goes on, and what somebody outside keeps of it."""

    def __init__(self) -> None:
        super().__init__()
        self.cosigned: dict[str, bytes] = {}
        """By log and size, what the witness cosigned in this history."""
        self.sizes: dict[str, int] = dict.fromkeys(LOGS, 0)

    @rule()
    def publish(self) -> None:
        """Everything committed is signed, and the witness cosigns what it computed itself."""
        self.bench.world.publish()
        for log in LOGS:
            self.witness(log)

    def witness(self, log: str) -> None:
        """The published checkpoint and its tiles are those of the rows; it is cosigned, and remembered."""
        hashes, folder = self.hashes(log), self.bench.world.published / log
        note = (folder / "checkpoint").read_bytes()
        origin, size, root = note.decode().split("\n")[:3]
        assert origin.endswith(f"/{log}") and int(size) == len(hashes) >= self.sizes[log]
        assert base64.b64decode(root) == root_of(hashes), log
        for at in range(0, len(hashes), WIDTH):
            tile = hashes[at : at + WIDTH]
            name = f"{at // WIDTH:03}" + ("" if len(tile) == WIDTH else f".p/{len(tile)}")
            assert (folder / "tile" / "0" / name).read_bytes() == b"".join(tile), (log, name)
        self.sizes[log] = len(hashes)
        signed = parse_signed_checkpoint(note)
        seconds = int(self.bench.world.clock.at.timestamp())
        vouched = sign_checkpoint(signed.checkpoint, PROVINCE, seconds=seconds)
        self.cosigned[f"{log}/{size}"] = bytes(
            SignedCheckpoint(signed.checkpoint, (*signed.signatures, vouched))
        )

    def hashes(self, log: str) -> list[bytes]:
        """The leaf hashes of all rows of a log; those of before are kept, as no row ever changes (promise 1)."""
        kept = self.bench.leaf_hashes.setdefault(log, [])
        while more := self.bench.rows(log, len(kept)):  # type: ignore[arg-type]
            kept += [hashed(b"\x00" + row.leaf) for row in more]
        return kept

    def is_in_the_maps(self) -> None:
        """Promise 7: both outward maps of the newest epoch hold whatever stands, and nothing that is gone."""
        shown, gone = self.shown_and_gone()
        files = MapFiles(self.bench.world.published)
        heads = files.heads(begin_evidence(self.bench.world).epoch().number)
        for view in ("public", "shared"):
            found = PrefixMap(heads[view], lambda _, node, view=view: files.read(view, node))  # type: ignore[misc]
            held = {record for record in shown | gone if found.get(map_key(view, record)) is not None}
            assert held == shown, (view, held ^ shown)

    def is_proven(self) -> None:
        """Promise 12: one file tells offline what stands and what is gone for good; one bit changed, it is refused."""
        shown, gone = self.shown_and_gone()
        evidence = begin_evidence(self.bench.world)
        for record in sorted(shown)[:CLAIMS]:
            evidence.recorded(record, show=("public",))
        for record in sorted(gone - self.may_return())[:CLAIMS]:
            evidence.shielded(record)
        bundle = evidence.bundle()
        report = judge(self.bench.world, bundle)
        assert report.good and report.unchecked, report
        leaves, number = sorted(bundle["leaves"]), next(NUMBERS)
        leaf = bundle["leaves"][leaves[number % len(leaves)]]
        data = bytearray(base64.b64decode(leaf["leaf"]))
        data[number % len(data)] ^= 1
        leaf["leaf"] = base64.b64encode(data).decode()
        assert not judge(self.bench.world, bundle).good

    def is_whole(self) -> None:
        """The newest trees and maps as well, and against all that was cosigned earlier in this history."""
        self.publish()
        self.is_in_the_maps()
        self.is_proven()
        super().is_whole()

    def remembered(self) -> dict[str, bytes]:
        """What the witness cosigned."""
        return self.cosigned


def map_key(view: str, record: UUID) -> bytes:
    """Where a view's map holds a record (FORMATS 5.4)."""
    return hashed(b"credit/map/v1\n" + view.encode() + b"\n" + record.bytes)
