"""What the application needs from outside, each with its promise; infrastructure adapts, bootstrap wires.

Commands and projections hold these protocols only, so the same code runs in any process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, Protocol
from uuid import UUID

from domain.transparency.digest import StoredRow

Log = Literal["records", "access"]
KeyName = tuple[UUID, str]
"""Owner and class of a data key."""


@dataclass(frozen=True)
class NewRow:
    """An event ready to be stored: everything but position and digest, which the append draws."""

    stream_id: UUID
    stream_version: int
    topic: str
    schema_version: int
    recorded_at: str
    meta: bytes
    key_ref: str
    sealed: bytes
    leaf: bytes


@dataclass(frozen=True)
class WrappedKey:
    """A data key as stored: wrapped by the generation key of that number."""

    owner: UUID
    key_class: str
    generation: int
    wrapped: bytes


@dataclass(frozen=True)
class Document:
    """One legal document: keyed hash of authority and number, the record it became, keyed hash of its content."""

    fingerprint: bytes
    record_id: UUID
    content_mac: bytes


@dataclass(frozen=True)
class Receipt:
    """What a department got for an idempotency key; given again, unchanged, for ever."""

    department: str
    key: str
    fingerprint: bytes
    status: int
    receipt: Mapping[str, object]


@dataclass(frozen=True)
class OpenCase:
    """An objection or repair (``kind``) that waits for its source, the department of that code."""

    id: UUID
    kind: str
    department: str


@dataclass(frozen=True)
class CaseDays:
    """By when an open case about a record is due: the step that waits, and the soonest day not recorded as missed.

    ``counted_by`` is the version of the calendar that its provisional days were looked at with, -1 when they were not
    yet, None when no day is provisional.
    """

    id: UUID
    due: date | None
    next_due: date | None
    record: UUID
    counted_by: int | None


@dataclass
class Append:
    """Everything that one transaction adds to one log; a guard is a records stream with the version relied on."""

    log: Log = "records"
    events: list[NewRow] = field(default_factory=list)
    guards: dict[UUID, int] = field(default_factory=dict)
    documents: list[Document] = field(default_factory=list)
    subjects: dict[bytes, UUID] = field(default_factory=dict)
    data_keys: list[WrappedKey] = field(default_factory=list)
    suppress: list[UUID] = field(default_factory=list)
    returns: list[UUID] = field(default_factory=list)
    marks: list[tuple[UUID, UUID]] = field(default_factory=list)
    """Record and objection that begins to mark it."""
    unmarks: list[tuple[UUID, UUID]] = field(default_factory=list)
    opened: list[OpenCase] = field(default_factory=list)
    closed: list[UUID] = field(default_factory=list)
    days: list[CaseDays] = field(default_factory=list)
    receipt: Receipt | None = None


class Conflict(Exception):
    """Another writer came first; nothing was written. ``what`` says where: stream, document, subject,
    data_key (also one erased since it was read), guard, generation or receipt."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class LedgerUnavailable(Exception):
    """The database cannot be reached or refuses; nothing is known to have been written."""


class EventStore(Protocol):
    """The writer's doors (STORAGE 4).

    ``append`` is durable (fsync) when it returns, all or nothing, and returns the first position of each
    batch's log (of a batch without events: the next free one). Raises :class:`Conflict` or
    :class:`LedgerUnavailable`. Loads see what was committed before they began; ``load_slice`` gives the rows
    with ``after < version <= until``. ``open_cases_page`` gives a department's cases filed after one position
    and up to another (None: the head, which comes with each case), oldest first, the last position's whole.
    ``open_cases_about`` gives open cases of a kind with the record that each is about, ``open_cases_from`` all of them
    by id, from after one on.
    ``last_erasing`` is where the last erasure stands, 0 before the first.
    ``versions_of`` leaves out streams of ``records`` that have no event. ``governing_rows`` gives all events of topics
    about departments, catalogue, standards of lists and clean-up ledger, in order, ``measure_list`` those of the
    measures list.
    ``standing_records`` gives what a subject's dossier holds that nothing has ended, by entry and item, newest first,
    and how far the views are.
    """

    def append(self, *batches: Append) -> list[int]: ...
    def load(self, log: Log, stream_id: UUID) -> list[StoredRow]: ...
    def load_slice(
        self,
        log: Log,
        stream_id: UUID,
        *,
        after: int | None = None,
        until: int | None = None,
        descending: bool = False,
        limit: int | None = None,
    ) -> list[StoredRow]: ...
    def subjects_of(self, blinds: Iterable[bytes]) -> dict[bytes, UUID]: ...
    def documents_of(self, fingerprints: Iterable[bytes]) -> dict[bytes, Document]: ...
    def standing_records(self, subject: UUID, *, limit: int) -> tuple[int, list[tuple[UUID, str]]]: ...
    def versions_of(self, streams: Iterable[UUID]) -> dict[UUID, int]: ...
    def late_publications(
        self, department: str | None, *, after: int, through: int, limit: int
    ) -> list[StoredRow]: ...
    def tip_offs_filed(self, *, after: int, through: int, limit: int) -> list[tuple[UUID, int]]: ...
    def data_keys_of(self, owners: Iterable[UUID]) -> dict[KeyName, WrappedKey]: ...
    def head_of(self, log: Log) -> int: ...
    def erasing_acts(self) -> list[StoredRow]: ...
    def last_erasing(self) -> int: ...
    def key_acts(self) -> list[StoredRow]: ...
    def governing_rows(self, topics: Iterable[str]) -> list[StoredRow]: ...
    def measure_list(self) -> list[StoredRow]: ...
    def look_at(self, position: int) -> tuple[UUID, int] | None: ...
    def receipt_of(self, department: str, key: str) -> Receipt | None: ...
    def consents_page(
        self, subject: UUID, *, through: int, before: int | None, limit: int
    ) -> list[tuple[UUID, int]]: ...
    def links_of(self, record: UUID) -> list[tuple[UUID, str]]: ...
    def open_repairs_of(self, record: UUID) -> list[UUID]: ...
    def open_cases_from(self, kind: str, *, after: UUID, limit: int) -> list[UUID]: ...
    def open_cases_about(self, kind: str, records: Iterable[UUID]) -> list[tuple[UUID, UUID]]: ...
    def overdue_cases(self, on: date, *, apart_from: str, limit: int) -> list[OpenCase]: ...
    def open_cases_page(
        self, department: str, *, through: int | None, after: int, limit: int
    ) -> list[tuple[OpenCase, int, int]]: ...
    def use_nonce(self, issuer: bytes, nonce: str, *, now: datetime, expires: datetime) -> bool: ...


class GenerationKeys(Protocol):
    """The generation keys (代密钥), which live outside the database: a file each, later an HSM or a KMS.

    ``wrap`` uses the newest that there is at that moment, whichever process made it; ``unwrap`` raises
    ``KeyError`` for a generation that is destroyed and ``application.sealing.BrokenSeal`` for bytes that were
    never wrapped so. ``make`` is durable when it returns and leaves a key that exists as it is. ``destroy``
    is for ever and durable: nothing unwraps under that generation again, in any process that looks for it.
    """

    def wrap(self, key: bytes) -> tuple[int, bytes]: ...
    def unwrap(self, generation: int, wrapped: bytes) -> bytes: ...
    def existing(self) -> Sequence[int]: ...
    def make(self, generation: int) -> None: ...
    def destroy(self, generation: int) -> None: ...


class Vault(Protocol):
    """Secrets that live outside the database: data keys are wrapped and unwrapped as by :class:`GenerationKeys`,
    and ``mac`` is HMAC-SHA256 under a secret of its own per ``label``.
    """

    def wrap(self, key: bytes) -> tuple[int, bytes]: ...
    def unwrap(self, generation: int, wrapped: bytes) -> bytes: ...
    def mac(self, label: str, message: bytes) -> bytes: ...


class HasVault(Protocol):
    """Whoever holds the vault: the ledger, or an audit of it."""

    @property
    def vault(self) -> Vault: ...


class PaperSeal(Protocol):
    """Seals a paper in PDF so that every reader of PDF can check it, with the ``reason`` that it shows.

    ``certificate`` is what to check it with (PEM). ``sign`` raises ``ValueError`` when there is no key to seal with.
    """

    @property
    def certificate(self) -> str: ...
    def sign(self, pdf: bytes, *, reason: str) -> bytes: ...


class Clock(Protocol):
    """The ledger's present instant, in UTC with microseconds; today's date is that of Asia/Shanghai.

    ``now`` counts for all that is recorded and for every legal day. ``real`` is the machine's own instant, for the
    age of signatures and nonces. They differ, by ``ahead``, under a demo clock only (ADR 0016).
    """

    def now(self) -> datetime: ...
    def real(self) -> datetime: ...
    def ahead(self) -> timedelta: ...


class Entropy(Protocol):
    """Randomness fit for keys and salts, and random ids."""

    def bytes(self, count: int) -> bytes: ...
    def uuid(self) -> UUID: ...


class RowReader(Protocol):
    """Whole-log reading for projections, verify and audits, in position order."""

    def rows(self, log: Log, *, after: int, limit: int) -> Sequence[StoredRow]: ...
    def head(self, log: Log) -> tuple[int, bytes]: ...
