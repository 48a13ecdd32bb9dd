"""A bundle into an empty ledger: every row byte for byte in its place, every assertion recomputed on the way.

All rows and tables come in one transaction or not at all. Tiles, maps and views are made from them afterwards and
can be made again; ``fsck`` then compares everything with what the bundle asserts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from application.audit.bundle import FORMAT, BundleRefused, Line, Progress, decoded, read_lines, stored_row
from application.audit.epochs import DeltaReplay
from application.audit.fsck import UNREADABLE, ViewsAsserted
from application.audit.model import positions_of
from application.audit.side import Derived
from application.ports import Document, KeyName, Log, Vault, WrappedKey
from application.sequencer import LOGS
from application.verify import LOGS as ROW_LOGS
from domain.shared.forms import Form, FormKind
from domain.transparency.checkpoint import parse_signed_checkpoint
from domain.transparency.digest import FIRST_DIGEST, StoredRow, row_digest
from domain.transparency.epoch import Epoch, parse_epoch
from domain.transparency.merkle import Frontier, leaf_hash
from domain.transparency.prefix_map import MapHead

BATCH_ROWS = 500
Lines = Callable[[], Iterator[bytes]]
"""Opens the bundle at its first line."""


class Restoring(Protocol):
    """One transaction into the tables of an empty ledger."""

    def rows(self, log: Log, rows: Sequence[StoredRow]) -> None: ...
    def table(self, name: str, rows: Iterable[tuple[Any, ...]]) -> None: ...
    def head(self, log: Log, position: int, digest: bytes) -> None: ...
    def tree(self, log: str, size: int, root: bytes, checkpoint: bytes) -> None: ...


class RestoreStore(Protocol):
    """The migrator's door: ``heads`` is None while nothing at all is stored. ``whole`` commits at its end or leaves
    nothing, and raises :class:`BundleRefused` when something came in meanwhile."""

    def heads(self) -> Mapping[str, tuple[int, bytes]] | None: ...
    def whole(self) -> AbstractContextManager[Restoring]: ...


class MapStore(Protocol):
    """See ``application.epochs.MapStore``."""

    def write(
        self,
        files: Mapping[tuple[str, bytes], bytes],
        *,
        epoch: int,
        heads: Mapping[str, MapHead],
        delta: bytes,
    ) -> None: ...


@dataclass
class Loaded:
    """What a bundle says about itself once it was read to its end."""

    policy: bytes = b""
    views: ViewsAsserted | None = None
    notes: dict[str, bytes] = field(default_factory=dict)


class _Keys:
    """The bundle's data keys (``application.data_keys.KeySource``)."""

    def __init__(self) -> None:
        self._by_owner: dict[UUID, dict[KeyName, WrappedKey]] = {}

    def add(self, key: WrappedKey) -> None:
        self._by_owner.setdefault(key.owner, {})[key.owner, key.key_class] = key

    def data_keys_of(self, owners: Iterable[UUID]) -> dict[KeyName, WrappedKey]:
        found: dict[KeyName, WrappedKey] = {}
        for owner in owners:
            found |= self._by_owner.get(owner, {})
        return found


class Loading:
    """One pass over a bundle's lines: each is checked, and put into the transaction if one is given."""

    def __init__(
        self,
        into: Restoring | None,
        *,
        ledger: str,
        vault: Vault,
        forms: Mapping[FormKind, Form],
        progress: Progress,
    ) -> None:
        self._into = into
        self._ledger = ledger
        self._progress = progress
        self._keys = _Keys()
        self._derived = Derived(keys=self._keys, vault=vault, forms=forms)
        self._header: Line = {}
        self._frontiers = {log: Frontier() for log in LOGS}
        self._digests: dict[str, bytes] = dict.fromkeys(ROW_LOGS, FIRST_DIGEST)
        self._asserted: dict[str, int] = dict.fromkeys(LOGS, 0)
        self._rows: list[StoredRow] = []
        self._log: Log = "records"
        self._delta = b""
        self._replay = DeltaReplay(lambda _: self._delta)
        self._newest: Epoch | None = None
        self.loaded = Loaded()

    def run(self, lines: Iterator[bytes]) -> Loaded:
        """Read to the end. Raises :class:`BundleRefused`, naming the line."""
        takes = {
            "header": self._take_header,
            "key": self._take_key,
            "row": self._take_row,
            "assert": self._take_assertion,
            "subject": self._take_subject,
            "document": self._take_document,
            "epoch": self._take_epoch,
            "policy": self._take_policy,
            "checkpoint": self._take_checkpoint,
            "timestamp": self._take_timestamp,
            "views": self._take_views,
        }
        for number, line in read_lines(lines):
            take = takes.get(line["line"])
            if take is None or (number == 1) != (line["line"] == "header"):
                raise BundleRefused("line_form", line=number)
            try:
                take(line)
            except BundleRefused as refused:
                raise BundleRefused(refused.code, line=number) from None
            except UNREADABLE:
                raise BundleRefused("line_form", line=number) from None
        self._finish()
        return self.loaded

    def _take_header(self, line: Line) -> None:
        if line["format"] != FORMAT:
            raise BundleRefused("bundle_format")
        if line["ledger"] != self._ledger:
            raise BundleRefused("other_ledger")
        self._header = line

    def _take_key(self, line: Line) -> None:
        key = WrappedKey(
            UUID(line["owner"]), str(line["class"]), int(line["generation"]), decoded(line["wrapped"])
        )
        self._keys.add(key)
        self._put("data_keys", [(key.owner, key.key_class, key.generation, key.wrapped)])

    def _take_row(self, line: Line) -> None:
        row, log = stored_row(line), line["log"]
        frontier = self._frontiers[log]
        if log == "views" or row.position != frontier.size + 1:
            raise BundleRefused("row_place")
        if row_digest(self._digests[log], row) != row.digest:
            raise BundleRefused("row_digest")
        if log != self._log:
            self._flush()
            self._log = log
        self._digests[log] = row.digest
        frontier.append(leaf_hash(row.leaf))
        self._rows.append(row)
        if len(self._rows) >= BATCH_ROWS:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            self._derived.take(self._log, self._rows)
            if self._into is not None:
                self._into.rows(self._log, self._rows)
            total = int(self._header["ends"][self._log][0])
            self._progress(f"rows {self._log}", self._frontiers[self._log].size, total)
        self._rows = []

    def _take_assertion(self, line: Line) -> None:
        log = line["log"]
        frontier = self._frontiers[log]
        if (line["size"], decoded(line["root"])) != (frontier.size, frontier.root()):
            raise BundleRefused("assertion")
        if log != "views" and decoded(line["digest"]) != self._digests[log]:
            raise BundleRefused("assertion")
        self._asserted[log] = frontier.size

    def _take_subject(self, line: Line) -> None:
        self._put("subjects", [(decoded(line["blind"]), UUID(line["subject"]))])

    def _take_document(self, line: Line) -> None:
        document = Document(decoded(line["fingerprint"]), UUID(line["record"]), decoded(line["content_mac"]))
        self._put("documents", [(document.fingerprint, document.record_id, document.content_mac)])

    def _take_epoch(self, line: Line) -> None:
        entry, self._delta = decoded(line["entry"]), decoded(line["delta"])
        epoch, frontier = parse_epoch(entry), self._frontiers["views"]
        if not epoch.number == line["number"] == frontier.size + 1 or self._replay.step(epoch) is not None:
            raise BundleRefused("epoch")
        frontier.append(leaf_hash(entry))
        self._newest = epoch
        self._put("epochs", [(epoch.number, entry)])

    def _take_policy(self, line: Line) -> None:
        self.loaded.policy = decoded(line["data"])

    def _take_checkpoint(self, line: Line) -> None:
        self.loaded.notes[line["log"]] = decoded(line["note"])

    def _take_timestamp(self, line: Line) -> None:
        row = (str(line["log"]), int(line["size"]), decoded(line["note"]), decoded(line["token"]))
        self._put("stamps", [row])

    def _take_views(self, line: Line) -> None:
        self.loaded.views = ViewsAsserted(int(line["position"]), decoded(line["root"]))

    def _finish(self) -> None:
        """What follows from the rows: side tables, heads, trees and maps."""
        self._flush()
        for log in ROW_LOGS:
            end, digest = self._header["ends"][log]
            if (self._frontiers[log].size, self._digests[log]) != (end, decoded(digest)):
                raise BundleRefused("assertion")
        if self._header["epochs"] != self._frontiers["views"].size:
            raise BundleRefused("assertion")
        if any(self._asserted[log] != self._frontiers[log].size for log in LOGS):
            raise BundleRefused("assertion")
        derived = self._derived
        self._put("streams", ((log, stream, version) for (log, stream), version in derived.streams.items()))
        self._put("suppressed", derived.suppressed.items())
        self._put("marks", derived.marks)
        self._put("open_cases", ((case, *told) for case, told in derived.cases.items()))
        if self._newest is not None:
            through = positions_of(self._newest)
            self._put(
                "maps",
                (
                    (name, h.root, h.count, h.depth, h.thin, through[name])
                    for name, h in self._replay.heads.items()
                ),
            )
        if self._into is not None:
            for log in ROW_LOGS:
                self._into.head(log, self._frontiers[log].size, self._digests[log])
            for name, note in self.loaded.notes.items():
                found = parse_signed_checkpoint(note).checkpoint
                self._into.tree(name, found.size, found.root, note)

    def _put(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        if self._into is not None:
            self._into.table(table, rows)


def load(
    open_lines: Lines,
    store: RestoreStore,
    *,
    ledger: str,
    vault: Vault,
    forms: Mapping[FormKind, Form],
    progress: Progress,
) -> tuple[Loaded, bool]:
    """Put a bundle into the empty ledger, or check it against the ledger that it was put into before.

    Gives what the bundle says of itself, and whether it was put in now. Raises :class:`BundleRefused`.
    """
    heads = store.heads()
    if heads is None:
        with store.whole() as into:
            loading = Loading(into, ledger=ledger, vault=vault, forms=forms, progress=progress)
            return loading.run(open_lines()), True
    _, header = next(read_lines(open_lines()))
    try:
        ends = {log: (int(end), decoded(digest)) for log, (end, digest) in header["ends"].items()}
    except (KeyError, ValueError, TypeError, AttributeError):
        raise BundleRefused("line_form", line=1) from None
    if ends != heads:
        raise BundleRefused("not_empty")
    loading = Loading(None, ledger=ledger, vault=vault, forms=forms, progress=progress)
    return loading.run(open_lines()), False


def publish_maps(open_lines: Lines, maps: MapStore) -> None:
    """The lists of changes of all epochs, how their maps are cut, and the files of the newest ones."""
    delta = b""
    replay = DeltaReplay(lambda _: delta)
    epoch: Epoch | None = None
    for _, line in read_lines(open_lines()):
        if line["line"] == "epoch":
            delta, epoch = decoded(line["delta"]), parse_epoch(decoded(line["entry"]))
            replay.step(epoch)
            maps.write({}, epoch=epoch.number, heads=replay.heads, delta=delta)
    if epoch is not None:
        files = {(name, node): data for name in replay.heads for node, data in replay.live(name).items()}
        maps.write(files, epoch=epoch.number, heads=replay.heads, delta=delta)
