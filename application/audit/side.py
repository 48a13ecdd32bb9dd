"""The tables beside the logs, derived anew from the events: what an audit compares, and a replay writes.

Streams, suppression, marks and open cases follow from events alone; documents and subjects are kept under keyed hashes,
so they are derived where the parts open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from application.audit.model import Fault, SideTables
from application.commands.gating import document_of
from application.commands.subjects import Identity, blind_of
from application.data_keys import ERASED, KeySource, unwrap_all
from application.ledger import OpenedRow, open_rows, owners_of
from application.ports import Document, Log, OpenCase, Vault
from application.projections.renditions import ENDED
from application.reactions import REACTIONS
from application.sealing import parse_key_reference
from application.side_reactions import TABLES, Reaction, suppress
from application.topics import event_class
from domain.access.events import SubjectQueried
from domain.parties.events import SubjectRegistered
from domain.parties.identifiers import normalise
from domain.records.events import RecordDetermined
from domain.remedies.events import RecordCorrected
from domain.shared.events import Event
from domain.shared.forms import Form, FormKind
from domain.transparency.digest import StoredRow
from domain.transparency.epoch import index_value, look_key, map_key

ENDING = frozenset(event.TOPIC for event in ENDED)
"""What stands in the map of what was shielded, for ever; a temporary shield does not."""


@dataclass
class _Then:
    """What the reactions of an event write (``application.reactions.Consequences``, without further events)."""

    record_id: UUID
    at: datetime
    suppress: list[UUID]
    returns: list[UUID]
    marks: list[tuple[UUID, UUID]]
    unmarks: list[tuple[UUID, UUID]]
    opened: list[OpenCase]
    closed: list[UUID]


class Derived:
    """What the rows read so far say about the side tables and about the maps of shield and looks."""

    def __init__(self, *, keys: KeySource, vault: Vault, forms: Mapping[FormKind, Form]) -> None:
        self.vault = vault
        self._key_source = keys
        self._forms = forms
        self.streams: dict[tuple[str, UUID], int] = {}
        self.suppressed: dict[UUID, int] = {}
        """Record that is in no view -> position of the act that took it out."""
        self.ended: dict[UUID, int] = {}
        """Record -> position of the first act that ended it, for the map of what was shielded."""
        self.returned: set[UUID] = set()
        """Records that lawfully came back, as an act of their own says."""
        self.documents: dict[bytes, Document] = {}
        self.twins: dict[bytes, set[Document]] = {}
        """The same documents by what their numbers say; what was recorded before these were kept has none."""
        self.subjects: dict[bytes, UUID] = {}
        self.registered: set[UUID] = set()
        self.determined: set[UUID] = set()
        self.marks: set[tuple[UUID, UUID]] = set()
        self.cases: dict[UUID, tuple[str, str, int]] = {}
        """Open case -> kind, department, position."""
        self.closed: set[UUID] = set()
        """Streams of which a part does not open: of these only what stands in the clear is known."""
        self.access_keys: dict[UUID, bytes] = {}
        self.looks: list[tuple[int, UUID, int]] = []

    def take(self, log: Log, rows: Sequence[StoredRow]) -> None:
        """The next rows of a log. Raises what opening them raises."""
        for row in rows:
            self.streams[log, row.stream_id] = row.stream_version
            if row.topic == SubjectQueried.TOPIC:
                self.looks.append((row.position, row.stream_id, row.stream_version))
        if log == "access":
            return
        held = self._key_source.data_keys_of(owners_of(rows))
        erased = {name for name, key in held.items() if key.generation == ERASED}
        # Whatever the act was: a consent goes with its subject as a record does, though it writes no table here.
        for row in rows if erased else ():
            if not erased.isdisjoint(parse_key_reference(row.key_ref).values()):
                self.closed.add(row.stream_id)
        wanted = [row for row in rows if _concerns(row.topic)]
        owners = owners_of(wanted)
        found = unwrap_all(self.vault, {name: key for name, key in held.items() if name[0] in owners})
        for opened in open_rows(wanted, log=log, keys=lambda _: found):
            self._take(opened)

    def _take(self, opened: OpenedRow) -> None:
        row, event_type = opened.row, event_class(opened.row.topic)
        if opened.closed:
            self.closed.add(row.stream_id)
        if event_type is SubjectRegistered:
            self.registered.add(row.stream_id)
        elif event_type is RecordDetermined:
            self.determined.add(row.stream_id)
        reactions = [r for r in REACTIONS.get(event_type, ()) if r in TABLES]
        if row.topic in ENDING:
            self.ended.setdefault(row.stream_id, row.position)
        if reactions == [suppress]:
            self._end(row.stream_id, row.position)
        elif "public" in opened.opened:
            event = opened.event
            self._react(row, event, reactions)
            if isinstance(event, SubjectRegistered):
                self._register(event)
            elif isinstance(event, RecordDetermined | RecordCorrected) and not opened.closed:
                form = self._forms[event.content["public"]["form"]]  # type: ignore[index]
                document = document_of(self, form, event.content, row.stream_id)
                self.documents.setdefault(document.own.fingerprint, document.own)
                self.twins.setdefault(document.twin.fingerprint, set()).add(document.twin)

    def _react(self, row: StoredRow, event: Event, reactions: Iterable[Reaction]) -> None:
        then = _Then(row.stream_id, event.timestamp, [], [], [], [], [], [])
        for reaction in reactions:
            reaction(event, then)  # type: ignore[arg-type]
        self.marks |= set(then.marks)
        if then.unmarks:
            self.marks -= set(then.unmarks)
        for case in then.opened:
            self.cases[case.id] = (case.kind, case.department, row.position)
        for closed in then.closed:
            self.cases.pop(closed, None)
        for record in then.suppress:
            self._end(record, row.position)
        for record in then.returns:
            self.suppressed.pop(record, None)
            self.returned.add(record)

    def _end(self, record: UUID, position: int) -> None:
        self.suppressed.setdefault(record, position)
        self.returned.discard(record)

    def _register(self, event: SubjectRegistered) -> None:
        subject = event.originator_id
        if event.access_key is not None:
            self.access_keys[subject] = bytes.fromhex(event.access_key)
        number = event.id_number if event.subject_kind == "natural_person" else event.code
        if number is not None:
            identity = Identity(event.subject_kind, event.id_type or "", normalise(number))  # type: ignore[arg-type]
            self.subjects[blind_of(self, identity)] = subject

    def shield_pairs(self, through: int) -> Iterator[tuple[bytes, bytes]]:
        """What the shield map must hold at a position."""
        for record, position in self.ended.items():
            if position <= through:
                for view in ("public", "shared"):
                    yield map_key(view, record.bytes), index_value(position - 1)

    def look_pairs(self, through: int) -> tuple[dict[bytes, bytes], set[bytes]]:
        """What the access map must hold at a position, and the values of looks whose access key is gone."""
        pairs: dict[bytes, bytes] = {}
        gone: set[bytes] = set()
        for position, subject, version in self.looks:
            if position <= through:
                key, value = self.access_keys.get(subject), index_value(position - 1)
                if key is None:
                    gone.add(value)
                else:
                    pairs[look_key(key, version - 1)] = value
        return pairs, gone


def _concerns(topic: str) -> bool:
    event_type = event_class(topic)
    content = (SubjectRegistered, RecordDetermined, RecordCorrected)
    return event_type in content or any(r in TABLES for r in REACTIONS.get(event_type, ()))


def side_faults(stored: SideTables, derived: Derived) -> Iterator[Fault]:
    """Where the tables beside the logs are not what the events say."""
    for log, stream in sorted(stored.streams.items() ^ derived.streams.items())[:1]:
        yield Fault("side", f"{log[0]} stream {log[1]}", "stream_version", str(stream))
    suppressed = set(derived.suppressed)
    for record in sorted(suppressed - stored.suppressed):
        yield Fault("side", f"suppressed {record}", "suppressed_missing")
    # An erased record is suppressed by the erasing act, which stands in a stream of its own.
    for record in sorted(stored.suppressed - suppressed - derived.closed):
        yield Fault("side", f"suppressed {record}", "suppressed_extra")
    yield from _document_faults(stored.documents, derived)
    yield from _subject_faults(stored.subjects, derived)
    for pair in sorted(stored.marks ^ derived.marks):
        if pair[1] not in derived.closed:
            yield Fault("side", f"marks {pair[0]}", "mark")
    cases = {(case, kind, department) for case, (kind, department, _) in derived.cases.items()}
    for found in sorted(stored.cases ^ cases):
        if found[0] not in derived.closed:
            yield Fault("side", f"open_cases {found[0]}", "case")


def _document_faults(stored: Iterable[Document], derived: Derived) -> Iterator[Fault]:
    kept = {document.fingerprint: document for document in stored}
    for fingerprint, document in derived.documents.items():
        if kept.get(fingerprint) != document:
            yield Fault("side", f"documents {document.record_id}", "document_missing")
    with_row = {document.record_id for document in kept.values()}
    for record in sorted(derived.determined - with_row):
        yield Fault("side", f"documents {record}", "document_missing")
    for fingerprint, document in kept.items():
        record = document.record_id
        told = fingerprint in derived.documents or document in derived.twins.get(fingerprint, ())
        if record not in derived.determined or (record not in derived.closed and not told):
            yield Fault("side", f"documents {record}", "document_extra")


def _subject_faults(stored: Mapping[bytes, UUID], derived: Derived) -> Iterator[Fault]:
    for blind, subject in derived.subjects.items():
        if stored.get(blind) != subject:
            yield Fault("side", f"subjects {subject}", "subject_missing")
    for blind, subject in stored.items():
        if subject not in derived.registered or (
            subject not in derived.closed and blind not in derived.subjects
        ):
            yield Fault("side", f"subjects {subject}", "subject_extra")
