"""Verification of a whole log: every digest, seal, commitment, signature and place under a file's root.

An auditor runs it with nothing but the database, the secrets folder and a remembered head; the first bad
position is named, with what is wrong there.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from application.data_keys import KeySource, unwrap_all
from application.ledger import OpenedRow, open_row, owners_of, parse_instant
from application.ports import KeyName, Log, RowReader, Vault
from application.sealing import BrokenSeal
from application.topics import TOPICS
from domain.parties.events import KeyRegistered, KeyRevoked
from domain.parties.keys import SigningKey, fold_key
from domain.records.events import FileSealed
from domain.shared.canonical import NotCanonical, parse_canonical
from domain.shared.city_time import city_day
from domain.transparency.commitment import commit
from domain.transparency.digest import FIRST_DIGEST, StoredRow, row_digest
from domain.transparency.leaf import ActLeaf, MalformedLeaf, RowLeaf, parse_leaf
from domain.transparency.merkle import root_of

BATCH_ROWS = 1000
LOGS: tuple[Log, ...] = ("records", "access")
VerifySignature = Callable[[bytes, bytes, bytes], bool]


@dataclass(frozen=True)
class Finding:
    """The first thing wrong in a log: where (None: the log as a whole) and what."""

    log: Log
    position: int | None
    what: str


@dataclass
class Remembered:
    """What an earlier verification saw of a log: a short digest of every row (8 bytes each), in order."""

    prefixes: bytearray = field(default_factory=bytearray)
    PREFIX_BYTES = 8

    @property
    def size(self) -> int:
        """How many rows are remembered."""
        return len(self.prefixes) // self.PREFIX_BYTES

    def agrees(self, position: int, digest: bytes) -> bool:
        """Whether the row at a remembered position has the digest it had."""
        at = (position - 1) * self.PREFIX_BYTES
        return self.prefixes[at : at + self.PREFIX_BYTES] == digest[: self.PREFIX_BYTES]

    def extend(self, digest: bytes) -> None:
        """Remember the next row."""
        self.prefixes += digest[: self.PREFIX_BYTES]


@dataclass
class Outcome:
    """How a verification went: per log the rows checked and their head, parts that nobody can open, a finding."""

    rows: dict[Log, int] = field(default_factory=dict)
    heads: dict[Log, bytes] = field(default_factory=dict)
    closed_parts: int = 0
    finding: Finding | None = None


class Verification:
    """One run over both logs."""

    def __init__(
        self,
        *,
        reader: RowReader,
        keys: KeySource,
        vault: Vault,
        ledger_id: bytes,
        gateway_issuer: bytes,
        verify: VerifySignature,
    ) -> None:
        self._reader = reader
        self._key_source = keys
        self._vault = vault
        self._ledger_id = ledger_id
        self._gateway_issuer = gateway_issuer
        self._verify = verify
        self._signers: dict[bytes, SigningKey] = {}
        self._files: dict[bytes, tuple[bytes, list[bytes]]] = {}
        self._used_rows: set[tuple[bytes, int]] = set()

    def run(
        self, remembered: dict[Log, Remembered], *, progress: Callable[[Log, int, int], None] | None = None
    ) -> Outcome:
        """Check everything; stops at the first finding. ``remembered`` grows by the rows that were good."""
        outcome = Outcome()
        for log in LOGS:
            memory = remembered.setdefault(log, Remembered())
            outcome.finding = self._run_log(log, memory, outcome, progress)
            if outcome.finding:
                break
        return outcome

    def _run_log(
        self,
        log: Log,
        memory: Remembered,
        outcome: Outcome,
        progress: Callable[[Log, int, int], None] | None,
    ) -> Finding | None:
        head_position, head_digest = self._reader.head(log)
        if progress:
            progress(log, 0, head_position)
        position, digest = 0, FIRST_DIGEST
        for rows in self._batches(log, head_position):
            keys = unwrap_all(self._vault, self._key_source.data_keys_of(_owners(rows)))
            for row in rows:
                position += 1
                wrong, digest = self._check(log, row, position, digest, keys, memory, outcome)
                if wrong:
                    return Finding(log, position, wrong)
            if progress:
                progress(log, position, head_position)
        outcome.rows[log], outcome.heads[log] = position, digest
        if position < memory.size:
            return Finding(log, position + 1, f"remembered up to {memory.size}, missing from here on")
        if position != head_position:
            return Finding(log, position + 1, f"the head says {head_position} rows")
        if digest != head_digest:
            return Finding(log, position or None, "the head's digest is not that of the last row")
        return None

    def _batches(self, log: Log, head: int) -> Iterator[Sequence[StoredRow]]:
        after = 0
        while True:
            rows = self._reader.rows(log, after=after, limit=BATCH_ROWS)
            # What is appended while this runs is left for the next run: the head was read first. A row beyond
            # a head that was set back is found by the head's digest or by the remembered rows.
            rows = [row for row in rows if row.position <= head]
            if not rows:
                return
            yield rows
            after = rows[-1].position

    def _check(
        self,
        log: Log,
        row: StoredRow,
        position: int,
        previous: bytes,
        keys: dict[KeyName, bytes],
        memory: Remembered,
        outcome: Outcome,
    ) -> tuple[str, bytes]:
        """What is wrong with a row (empty when nothing is), and its digest."""
        if row.position != position:
            return f"a row is missing; the next one there is {row.position}", previous
        digest = row_digest(previous, row)
        if row.digest != digest:
            return "the row is not what its digest says", digest
        if position <= memory.size and not memory.agrees(position, digest):
            return "the row is not the one remembered", digest
        try:
            opened = open_row(row, log=log, keys=keys)
            parse_canonical(row.meta)
            wrong = self._check_act(row, opened, outcome)
        except (BrokenSeal, MalformedLeaf, NotCanonical, ValueError, TypeError) as error:
            wrong = str(error) or type(error).__name__
        if not wrong and position > memory.size:
            memory.extend(digest)
        return wrong, digest

    def _check_act(self, row: StoredRow, opened: OpenedRow, outcome: Outcome) -> str:
        leaf = parse_leaf(row.leaf)
        event_type = TOPICS.get(row.topic)
        if event_type is None:
            return "a topic that is not registered"
        if not 0 < row.schema_version <= event_type.SCHEMA:
            return "a schema version that the code does not know"
        if leaf.kind != event_type.KIND:
            return "the leaf has the kind of another event"
        outcome.closed_parts += len(opened.closed)
        if not opened.closed:
            digest = commit(
                kind=leaf.kind,
                ledger_id=self._ledger_id,
                record_id=row.stream_id.bytes,
                opened=opened.opened,
            )
            if digest != leaf.commitment:
                return "the leaf does not commit to what the row holds"
        if isinstance(leaf, RowLeaf):
            return self._check_row_leaf(row, leaf)
        if "public" in opened.opened:
            self._learn_key_first(opened)
        wrong = self._check_signature(row, leaf)
        if not wrong and "public" in opened.opened:
            wrong = self._learn(opened, leaf)
        return wrong

    def _check_row_leaf(self, row: StoredRow, leaf: RowLeaf) -> str:
        sealed = self._files.get(leaf.file_root)
        if sealed is None:
            return "no sealed file has this root"
        issuer, commitments = sealed
        if issuer != leaf.issuer:
            return "the row names another issuer than its file's seal"
        if leaf.row >= len(commitments) or commitments[leaf.row] != leaf.commitment:
            return "the row is not in its place under the file's root"
        if (leaf.file_root, leaf.row) in self._used_rows:
            return "the same row of a file stands twice"
        self._used_rows.add((leaf.file_root, leaf.row))
        key = self._signers.get(leaf.issuer)
        if key is None or not key.live_on(city_day(parse_instant(row.recorded_at))):
            return "the issuer's key is not live here"
        return ""

    def _check_signature(self, row: StoredRow, leaf: ActLeaf) -> str:
        key = self._signers.get(leaf.issuer)
        if key is None:
            return "the issuer's key is not registered"
        day: date = city_day(parse_instant(row.recorded_at))
        if not key.live_on(day):
            return "the issuer's key is not live here"
        if not self._verify(key.public_key, leaf.signature, leaf.signed_bytes):
            return "the signature does not hold"
        return ""

    def _learn_key_first(self, opened: OpenedRow) -> None:
        """The gateway's own registration is signed by the key that it registers: the root of trust."""
        event = opened.event
        if isinstance(event, KeyRegistered) and not self._signers:
            key = fold_key([event])
            if key is not None and key.issuer == self._gateway_issuer:
                self._signers[key.issuer] = key

    def _learn(self, opened: OpenedRow, leaf: ActLeaf) -> str:
        event = opened.event
        if isinstance(event, KeyRegistered):
            key = fold_key([event])
            if key is not None:
                self._signers.setdefault(key.issuer, key)
        elif isinstance(event, KeyRevoked):
            issuer = bytes.fromhex(event.issuer)
            revoked = fold_key([event], self._signers.get(issuer))
            if revoked is None:
                return "a key is revoked that was never registered"
            self._signers[issuer] = revoked
        elif isinstance(event, FileSealed):
            return self._learn_file(event, leaf)
        return ""

    def _learn_file(self, event: FileSealed, leaf: ActLeaf) -> str:
        try:
            data = base64.b64decode(event.commitments, validate=True)
        except (binascii.Error, ValueError):
            return "the file's commitments are not base64"
        commitments = [data[at : at + 32] for at in range(0, len(data), 32)]
        root = root_of(bytes([event.row_kind]) + c for c in commitments)
        if len(data) != 32 * event.rows or root.hex() != event.root:
            return "the file's commitments do not give its root"
        self._files[root] = (leaf.issuer, commitments)
        return ""


def _owners(rows: Sequence[StoredRow]) -> set[UUID]:
    """Owners of the keys of rows whose references parse; the others are found wrong one by one."""
    owners: set[UUID] = set()
    for row in rows:
        try:
            owners |= owners_of([row])
        except BrokenSeal:
            continue
    return owners
