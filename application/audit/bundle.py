"""The audit bundle: a ledger as lines of JSON, with the roots that it had, for another machine to rebuild and compare.

Rows are those of the tables, sealed as they are; docs/verification/audit.md describes every line. ``replay`` reads it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from application.audit.epochs import parsed
from application.audit.model import AuditStore, PublishedFiles, SideTables
from application.ports import Log, RowReader, WrappedKey
from application.sequencer import LOGS
from application.stamping import BATCH_STAMPS
from application.verify import LOGS as ROW_LOGS
from domain.parties.events import SubjectRegistered
from domain.records.events import RecordDetermined
from domain.transparency.checkpoint import parse_signed_checkpoint
from domain.transparency.digest import FIRST_DIGEST, StoredRow
from domain.transparency.epoch import Epoch
from domain.transparency.merkle import Frontier, leaf_hash
from domain.transparency.strict import Refused

FORMAT = "xinlu/audit@v1"
ASSERT_ROWS = 1000
"""After so many rows the bundle states size, root and digest."""
Line = dict[str, Any]
Progress = Callable[[str, int, int], None]


class BundleRefused(ValueError):
    """A bundle that cannot be made or believed: at which line (0: none), and why by its code."""

    def __init__(self, code: str, *, line: int = 0) -> None:
        super().__init__(f"{code} at line {line}" if line else code)
        self.code, self.line = code, line


class KeyRows(Protocol):
    """All wrapped data keys, in some order."""

    def data_keys(self) -> Iterator[WrappedKey]: ...


def encoded(data: bytes) -> str:
    """Bytes as a value of a line."""
    return base64.b64encode(data).decode("ascii")


def decoded(text: object) -> bytes:
    """The bytes of a value. Raises ``ValueError``."""
    return base64.b64decode(str(text), validate=True)


def row_line(log: Log, row: StoredRow) -> Line:
    """One row with all its columns."""
    return {
        "line": "row",
        "log": log,
        "position": row.position,
        "stream": str(row.stream_id),
        "version": row.stream_version,
        "topic": row.topic,
        "schema": row.schema_version,
        "recorded_at": row.recorded_at,
        "meta": encoded(row.meta),
        "key_ref": row.key_ref,
        "sealed": encoded(row.sealed),
        "leaf": encoded(row.leaf),
        "digest": encoded(row.digest),
    }


def stored_row(line: Line) -> StoredRow:
    """The row of a line. Raises ``KeyError``, ``ValueError`` or ``TypeError``."""
    return StoredRow(
        position=int(line["position"]),
        stream_id=UUID(line["stream"]),
        stream_version=int(line["version"]),
        topic=str(line["topic"]),
        schema_version=int(line["schema"]),
        recorded_at=str(line["recorded_at"]),
        meta=decoded(line["meta"]),
        key_ref=str(line["key_ref"]),
        sealed=decoded(line["sealed"]),
        leaf=decoded(line["leaf"]),
        digest=decoded(line["digest"]),
    )


def assertion(log: str, frontier: Frontier, digest: bytes) -> Line:
    """What a log is after so many leaves; the views log has no digests."""
    told = {"line": "assert", "log": log, "size": frontier.size, "root": encoded(frontier.root())}
    return {**told, "digest": encoded(digest)} if digest else told


def written(lines: Iterator[Line]) -> Iterator[bytes]:
    """The lines as bytes, closed by a last one that counts them and holds the SHA-256 of all before."""
    digest, count = hashlib.sha256(), 0
    for line in lines:
        data = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        digest.update(data)
        count += 1
        yield data
    yield json.dumps({"line": "end", "lines": count, "sha256": digest.hexdigest()}).encode() + b"\n"


def read_lines(lines: Iterator[bytes]) -> Iterator[tuple[int, Line]]:
    """Number and content of every line but the last, which is checked. Raises :class:`BundleRefused`."""
    digest, number = hashlib.sha256(), 0
    for number, data in enumerate(lines, start=1):
        try:
            line = json.loads(data)
            kind = line["line"]
        except (ValueError, KeyError, TypeError):
            raise BundleRefused("line_form", line=number) from None
        if kind == "end":
            if (line.get("lines"), line.get("sha256")) != (number - 1, digest.hexdigest()):
                raise BundleRefused("bundle_changed", line=number)
            if next(lines, None) is not None:
                raise BundleRefused("bundle_changed", line=number + 1)
            return
        digest.update(data)
        yield number, line
    raise BundleRefused("bundle_cut_off", line=number)


@dataclass(frozen=True)
class Exported:
    """Everything that an export reads."""

    store: AuditStore
    reader: RowReader
    keys: KeyRows
    files: PublishedFiles
    ledger: str
    authority: str


class Export:
    """One bundle being written, beside a live ledger: what is appended meanwhile is not in it."""

    def __init__(self, source: Exported, *, through: int | None, progress: Progress) -> None:
        """``through`` is the last position of the records log, None its head. Raises :class:`BundleRefused`."""
        self._source = source
        self._progress = progress
        self._side: SideTables = source.store.side_tables()
        stored = source.store.epochs()
        epochs, faults = parsed(stored)
        if faults:
            raise BundleRefused("run_fsck")
        self._ends: dict[str, int] = {str(log): end for log, end in self._side.positions.items()}
        if through is not None:
            if not 0 < through <= self._ends["records"]:
                raise BundleRefused("no_such_position")
            within = [epoch for epoch in epochs if epoch.records.size <= through]
            # An epoch binds the two logs: what was looked at before it, was looked at before that position.
            self._ends = {"records": through, "access": within[-1].access.size if within else 0}
        self._epochs = [e for e in epochs if self._covers(e)]
        self._ends["views"] = len(self._epochs)
        self._streams: dict[str, set[UUID]] = {SubjectRegistered.TOPIC: set(), RecordDetermined.TOPIC: set()}

    def _covers(self, epoch: Epoch) -> bool:
        return epoch.records.size <= self._ends["records"] and epoch.access.size <= self._ends["access"]

    def lines(self) -> Iterator[Line]:
        """Header, keys, rows with assertions, side tables, epochs, policy, checkpoints, time stamps, views."""
        source = self._source
        yield {
            "line": "header",
            "format": FORMAT,
            "ledger": source.ledger,
            "authority": source.authority,
            "ends": {log: [self._ends[log], encoded(self._digest(log))] for log in ROW_LOGS},
            "epochs": len(self._epochs),
        }
        for key in source.keys.data_keys():
            told = {"owner": str(key.owner), "class": key.key_class, "generation": key.generation}
            yield {"line": "key", **told, "wrapped": encoded(key.wrapped)}
        for log in ROW_LOGS:
            yield from self._rows(log)
        yield from self._side_tables()
        yield from self._views_log()
        yield {"line": "policy", "data": encoded(self._published("policy"))}
        yield from self._checkpoints()
        yield from self._stamps()
        live = source.store.views()
        if live is not None and live[0] <= self._ends["records"]:
            yield {"line": "views", "position": live[0], "root": encoded(live[1])}

    def _digest(self, log: Log) -> bytes:
        end = self._ends[log]
        if not end:
            return FIRST_DIGEST
        rows = self._source.reader.rows(log, after=end - 1, limit=1)
        return rows[0].digest if rows else b""

    def _rows(self, log: Log) -> Iterator[Line]:
        frontier, digest, end = Frontier(), FIRST_DIGEST, self._ends[log]
        while frontier.size < end:
            limit = min(ASSERT_ROWS, end - frontier.size)
            rows = self._source.reader.rows(log, after=frontier.size, limit=limit)
            for row in rows:
                if row.position != frontier.size + 1:
                    raise BundleRefused("run_fsck")
                frontier.append(leaf_hash(row.leaf))
                digest = row.digest
                if log == "records" and row.topic in self._streams:
                    self._streams[row.topic].add(row.stream_id)
                yield row_line(log, row)
            if not rows:
                raise BundleRefused("run_fsck")
            yield assertion(log, frontier, digest)
            self._progress(f"rows {log}", frontier.size, end)

    def _side_tables(self) -> Iterator[Line]:
        subjects, records = self._streams[SubjectRegistered.TOPIC], self._streams[RecordDetermined.TOPIC]
        for blind, subject in sorted(self._side.subjects.items()):
            if subject in subjects:
                yield {"line": "subject", "blind": encoded(blind), "subject": str(subject)}
        for document in self._side.documents:
            if document.record_id in records:
                yield {
                    "line": "document",
                    "fingerprint": encoded(document.fingerprint),
                    "record": str(document.record_id),
                    "content_mac": encoded(document.content_mac),
                }

    def _views_log(self) -> Iterator[Line]:
        frontier = Frontier()
        for epoch in self._epochs:
            frontier.append(leaf_hash(bytes(epoch)))
            delta = self._published(f"deltas/{epoch.delta.hex()}")
            yield {
                "line": "epoch",
                "number": epoch.number,
                "entry": encoded(bytes(epoch)),
                "delta": encoded(delta),
            }
        yield assertion("views", frontier, b"")

    def _checkpoints(self) -> Iterator[Line]:
        for log in LOGS:
            note = self._source.files.checkpoint(log, at_least=0)
            try:
                size = parse_signed_checkpoint(note).checkpoint.size
            except Refused:
                continue
            if size <= self._ends[log]:
                yield {"line": "checkpoint", "log": log, "note": encoded(note)}

    def _stamps(self) -> Iterator[Line]:
        for log in LOGS:
            after, store = 0, self._source.store
            while found := store.stamps(log, after=after, limit=BATCH_STAMPS):
                for stamp in found:
                    if stamp.size <= self._ends[log]:
                        told = {"note": encoded(stamp.note), "token": encoded(stamp.token)}
                        yield {"line": "timestamp", "log": log, "size": stamp.size, **told}
                after = found[-1].size

    def _published(self, name: str) -> bytes:
        try:
            return self._source.files.read(name)
        except FileNotFoundError:
            if name == "policy":
                return b""
            raise BundleRefused("run_fsck") from None
