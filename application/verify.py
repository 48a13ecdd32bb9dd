"""Verification of a whole log: every digest, seal, commitment, signature and place under a file's root.

An auditor runs it with nothing but the database, the secrets folder and a remembered head; the first bad
position is named, with what is wrong there.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from application.data_keys import KeySource, unwrap_all
from application.erased import ERASURE_TOPICS, ClosedRow, ErasedParts
from application.ledger import OpenedRow, open_row, owners_of
from application.ports import KeyName, Log, RowReader, Vault
from application.sealing import BrokenSeal, parse_key_reference
from application.topics import TOPICS
from application.trust import Trust, VerifySignature
from domain.records.events import FileSealed
from domain.shared.canonical import NotCanonical, parse_canonical
from domain.transparency.commitment import commit, part_commitment
from domain.transparency.digest import FIRST_DIGEST, StoredRow, row_digest
from domain.transparency.leaf import ActLeaf, MalformedLeaf, RowLeaf, parse_leaf
from domain.transparency.merkle import root_of

BATCH_ROWS = 1000
LOGS: tuple[Log, ...] = ("records", "access")


@dataclass(frozen=True)
class Finding:
    """The first thing wrong in a log: where (None: the log as a whole) and what."""

    log: Log
    position: int | None
    what: str


@dataclass
class Remembered:
    """What an earlier verification saw of a log.

    A short digest of every row (8 bytes each), in order, names the first row that is another; the whole
    digest of the last row binds them all, where 8 bytes could be met by trying.
    """

    prefixes: bytearray = field(default_factory=bytearray)
    last: bytes | None = None
    PREFIX_BYTES = 8

    @property
    def size(self) -> int:
        """How many rows are remembered."""
        return len(self.prefixes) // self.PREFIX_BYTES

    def agrees(self, position: int, digest: bytes) -> bool:
        """Whether the row at a remembered position has the digest it had."""
        if position == self.size and self.last is not None and digest != self.last:
            return False
        at = (position - 1) * self.PREFIX_BYTES
        return self.prefixes[at : at + self.PREFIX_BYTES] == digest[: self.PREFIX_BYTES]

    def extend(self, digest: bytes) -> None:
        """Remember the next row."""
        self.prefixes += digest[: self.PREFIX_BYTES]
        self.last = digest


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
        self._erased = ErasedParts(ledger_id)
        self._records_checked = 0
        self._trust = Trust(gateway_issuer=gateway_issuer, ledger_id=ledger_id, verify=verify)
        self._files: dict[bytes, tuple[bytes, list[bytes]]] = {}
        self._used_rows: set[tuple[bytes, int]] = set()
        self._streams: dict[tuple[Log, bytes], int] = {}

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
            keys, broken = self._unwrapped(_owners(rows))
            for row in rows:
                position += 1
                wrong, digest = self._check(log, row, position, digest, keys, broken, memory, outcome)
                if wrong:
                    return Finding(log, position, wrong)
            if progress:
                progress(log, position, head_position)
        outcome.rows[log], outcome.heads[log] = position, digest
        if log == "records":
            self._records_checked = position
        if wrong_closed := self._wrong_closed(log):
            return Finding(log, *wrong_closed)
        if position < memory.size:
            return Finding(log, position + 1, f"remembered up to {memory.size}, missing from here on")
        if position != head_position:
            return Finding(log, position + 1, f"the head says {head_position} rows")
        if digest != head_digest:
            return Finding(log, position or None, "the head's digest is not that of the last row")
        # Head and rows commit together: a row that is seen has a head at or after it, if the head is asked later.
        beyond = self._reader.rows(log, after=position, limit=1)
        if beyond and self._reader.head(log)[0] == position:
            return Finding(log, position + 1, f"a row stands beyond the head, which says {position}")
        return None

    def _batches(self, log: Log, head: int) -> Iterator[Sequence[StoredRow]]:
        after = 0
        while True:
            rows = self._reader.rows(log, after=after, limit=BATCH_ROWS)
            # What is appended while this runs is left for the next run: the head was read first.
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
        broken: set[KeyName],
        memory: Remembered,
        outcome: Outcome,
    ) -> tuple[str, bytes]:
        """What is wrong with a row (empty when nothing is), and its digest."""
        if row.position != position:
            return f"a row is missing; the next one there is {row.position}", previous
        try:
            digest = row_digest(previous, row)
        except OverflowError:
            return "a number that no stored row can have", previous
        if row.digest != digest:
            return "the row is not what its digest says", digest
        if position <= memory.size and not memory.agrees(position, digest):
            return "the row is not the one remembered", digest
        try:
            if not broken.isdisjoint(parse_key_reference(row.key_ref).values()):
                return "a data key of the row does not unwrap", digest
            opened = open_row(row, log=log, keys=keys)
            parse_canonical(row.meta)
            wrong = self._check_stream(log, row) or self._check_act(log, row, opened, outcome)
        except (BrokenSeal, MalformedLeaf, NotCanonical, ValueError, TypeError) as error:
            wrong = str(error) or type(error).__name__
        if not wrong and position > memory.size:
            memory.extend(digest)
        return wrong, digest

    def _unwrapped(self, owners: set[UUID]) -> tuple[dict[KeyName, bytes], set[KeyName]]:
        """The data keys of the owners, and the names of those whose stored bytes do not unwrap."""
        keys: dict[KeyName, bytes] = {}
        broken: set[KeyName] = set()
        for name, wrapped in self._key_source.data_keys_of(owners).items():
            try:
                keys |= unwrap_all(self._vault, {name: wrapped})
            except BrokenSeal:
                broken.add(name)
        return keys, broken

    def _check_stream(self, log: Log, row: StoredRow) -> str:
        """Whether the row is the next of its stream: no act stands twice, none is left out."""
        place = (log, row.stream_id.bytes)
        last = self._streams.get(place)
        if row.stream_version not in ((0, 1) if last is None else (last + 1,)):
            return "the row is not the next of its stream"
        self._streams[place] = row.stream_version
        return ""

    def _check_act(self, log: Log, row: StoredRow, opened: OpenedRow, outcome: Outcome) -> str:
        leaf = parse_leaf(row.leaf)
        event_type = TOPICS.get(row.topic)
        if event_type is None:
            return "a topic that is not registered"
        if not 0 < row.schema_version <= event_type.SCHEMA:
            return "a schema version that the code does not know"
        if leaf.kind != event_type.KIND:
            return "the leaf has the kind of another event"
        outcome.closed_parts += len(opened.closed)
        if not self._commits(log, row, opened, leaf):
            return "the leaf does not commit to what the row holds"
        if isinstance(leaf, RowLeaf):
            return self._check_row_leaf(row, leaf)
        event = opened.event if "public" in opened.opened else None
        if event is not None:
            self._trust.begin(event)
        wrong = self._trust.wrong_with(log, row, leaf, event_type)
        if not wrong and event is not None:
            wrong = self._trust.learn(event) or self._erased.learn(event)
        if not wrong and isinstance(event, FileSealed):
            wrong = self._learn_file(event, leaf)
        return wrong

    def _commits(self, log: Log, row: StoredRow, opened: OpenedRow, leaf: ActLeaf | RowLeaf) -> bool:
        """Whether the leaf commits to the parts; of a closed one that is told when its erasure is known."""
        kind, record_id = leaf.kind, row.stream_id.bytes
        if opened.closed:
            left = {name: part_commitment(kind, name, part) for name, part in opened.opened.items()}
            closed = ClosedRow(kind, record_id, leaf.commitment, left, opened.closed)
            self._erased.closed(log, row.position, closed)
            return True
        digest = commit(kind=kind, ledger_id=self._ledger_id, record_id=record_id, opened=opened.opened)
        return digest == leaf.commitment

    def _wrong_closed(self, log: Log) -> tuple[int, str] | None:
        """The first row of a log with parts that nobody can open and no erasure names, and what is wrong."""
        if self._erased.wrong_in(log):
            self._learn_later_erasures()
        return self._erased.wrong_in(log)

    def _learn_later_erasures(self) -> None:
        """What was erased while this ran: the acts stand beyond the head that was read first."""
        after = self._records_checked
        while rows := self._reader.rows("records", after=after, limit=BATCH_ROWS):
            acts = [row for row in rows if row.topic in ERASURE_TOPICS]
            keys, _ = self._unwrapped(_owners(acts))
            for row in acts:
                opened = open_row(row, log="records", keys=keys)
                if not opened.closed:
                    self._erased.learn(opened.event)
            after = rows[-1].position
        self._records_checked = after

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
        if not self._trust.is_live(leaf.issuer, row):
            return "the issuer's key is not live here"
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
