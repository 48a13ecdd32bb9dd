"""The ledger: seals events, appends them with everything their transaction must carry, opens them again.

Commands hand it domain events; the event store (a port) keeps the rows. Nothing else writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from application.data_keys import keys_for, unwrap_all
from application.ports import Append, Clock, Entropy, EventStore, KeyName, Log, NewRow, Vault
from application.sealing import (
    BrokenSeal,
    associated_data,
    key_reference,
    open_part,
    pack,
    parse_key_reference,
    seal_part,
    unpack,
)
from application.topics import event_class
from domain.shared.canonical import NotCanonical, Part, Parts, canonical, parse_canonical
from domain.shared.events import Event
from domain.shared.names import name_id
from domain.transparency.commitment import SALT_BYTES, OpenedPart, commit, open_parts
from domain.transparency.digest import StoredRow
from domain.transparency.leaf import ActLeaf, act_message
from domain.transparency.signer import Signer

_NONCE_BYTES = 12


@dataclass(frozen=True)
class SealedAct:
    """An event with its opened parts, its leaf and the owner of the key of each part.

    ``gateway`` is the stream of the gateway's key where that sealed it: the append is refused once it is revoked.
    """

    event: Event
    opened: Mapping[str, OpenedPart]
    leaf: bytes
    owners: Mapping[str, KeyName]
    gateway: UUID | None = None


@dataclass(frozen=True)
class OpenedRow:
    """A stored row with what could be opened of it; ``closed`` names the parts whose key is gone."""

    row: StoredRow
    opened: Mapping[str, OpenedPart]
    closed: tuple[str, ...] = field(default=())

    @property
    def parts(self) -> dict[str, Part]:
        """The opened parts as JSON. Raises ``NotCanonical`` when stored bytes are not canonical."""
        return {name: _part(part.content) for name, part in self.opened.items()}

    @property
    def event(self) -> Event:
        """The domain event, fields of closed parts None."""
        found = event_class(self.row.topic)
        return found.from_parts(
            found.upcast(self.parts, schema=self.row.schema_version),
            stream_id=self.row.stream_id,
            version=self.row.stream_version,
            recorded_at=parse_instant(self.row.recorded_at),
        )


def instant(at: datetime) -> str:
    """RFC 3339, UTC, microseconds, ``Z``: the one written form of an instant in the ledger."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_instant(text: str) -> datetime:
    """The instant written by :func:`instant`."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def _part(content: bytes) -> Part:
    value = parse_canonical(content)
    if not isinstance(value, dict):
        raise NotCanonical("a part that is no object")
    return value


class Ledger:
    """One authority's ledger (账本)."""

    def __init__(
        self,
        *,
        ledger_id: UUID,
        store: EventStore,
        vault: Vault,
        gateway: Callable[[], Signer],
        clock: Clock,
        entropy: Entropy,
    ) -> None:
        self.id = ledger_id
        self.store = store
        self.vault = vault
        self._gateway = gateway
        self._registered: set[UUID] = set()
        self.clock = clock
        self.entropy = entropy

    @property
    def gateway(self) -> Signer:
        """The gateway's key of this moment: a rotation changes it under a running process, so hold it for one act."""
        return self._gateway()

    def by(self, clock: Clock) -> Ledger:
        """The same ledger by another clock."""
        return Ledger(
            ledger_id=self.id,
            store=self.store,
            vault=self.vault,
            gateway=self._gateway,
            clock=clock,
            entropy=self.entropy,
        )

    def key_stream(self, issuer: bytes) -> UUID:
        """The stream of a key's events; the same in both logs."""
        return self.name_id("key", issuer.hex())

    def name_id(self, kind: str, name: str) -> UUID:
        """The stream of a thing that has a public name (department code, catalogue item, key); never of a person."""
        return name_id(self.id, kind, name)

    def seal(
        self, event: Event, *, signer: Signer | None = None, owners: Mapping[str, KeyName] | None = None
    ) -> SealedAct:
        """Seal an act of our own: by the gateway, or by the officer's or department's key that is given."""
        by = signer or self.gateway
        opened = open_parts(self.entropy.bytes(SALT_BYTES), event.parts())
        digest = self.commitment_of(event, opened)
        message = act_message(kind=event.KIND, commitment=digest, issuer=by.key_id)
        leaf = ActLeaf(event.KIND, digest, by.key_id, by.sign(message))
        stream = None if signer else self.key_stream(by.key_id)
        return SealedAct(event, opened, bytes(leaf), owners or self.own_keys(event.parts()), stream)

    def commitment_of(self, event: Event, opened: Mapping[str, OpenedPart]) -> bytes:
        """The commitment that an event's leaf must carry."""
        return commit(
            kind=event.KIND, ledger_id=self.id.bytes, record_id=event.originator_id.bytes, opened=opened
        )

    def own_keys(self, parts: Parts) -> dict[str, KeyName]:
        """The ledger's own data keys: for what concerns no credit subject."""
        return {name: (self.id, name.partition("/")[0]) for name in parts}

    def now(self) -> datetime:
        """The instant that events recorded now carry."""
        return self.clock.now()

    def prepare(self, acts: Sequence[SealedAct], *, meta: Mapping[str, str], log: Log = "records") -> Append:
        """The append of these acts: sealed rows, the data keys that are new, and the gateway's key as a guard.

        Nothing is written yet.
        """
        names = (name for act in acts for name in act.owners.values())
        keys, new = keys_for(names, source=self.store, vault=self.vault, entropy=self.entropy)
        meta_bytes = canonical(meta)
        owners = [{part: keys[name][0] for part, name in act.owners.items()} for act in acts]
        nonces = self.entropy.bytes(_NONCE_BYTES * sum(len(act.opened) for act in acts))
        rows: list[NewRow] = []
        used = 0
        for act, living in zip(acts, owners, strict=True):
            event = act.event
            ciphertexts: dict[str, bytes] = {}
            for name, opened in act.opened.items():
                place = associated_data(
                    log=log, stream_id=event.originator_id, version=event.originator_version, name=name
                )
                nonce, used = nonces[used : used + _NONCE_BYTES], used + _NONCE_BYTES
                key = keys[act.owners[name]][1]
                ciphertexts[name] = seal_part(opened, key=key, nonce=nonce, place=place)
            rows.append(
                NewRow(
                    stream_id=event.originator_id,
                    stream_version=event.originator_version,
                    topic=event.TOPIC,
                    schema_version=event.SCHEMA,
                    recorded_at=instant(event.timestamp),
                    meta=meta_bytes,
                    key_ref=key_reference(living),
                    sealed=pack(ciphertexts),
                    leaf=act.leaf,
                )
            )
        guards = {act.gateway: self._live_version(act.gateway) for act in acts if act.gateway}
        return Append(log=log, events=rows, data_keys=new, guards=guards)

    def _live_version(self, key_stream: UUID) -> int:
        """The version of a key's stream while it is not revoked: 1, and 0 before the ledger is founded.

        A key that a founded ledger does not know (a backup older than its rotation was restored) meets 1 nowhere.
        """
        unknown = key_stream not in self._registered and not self.store.load("records", key_stream)
        if unknown:
            return 1 if self.store.head_of("records") else 0
        self._registered.add(key_stream)
        return 1

    def record(self, acts: Sequence[SealedAct], *, meta: Mapping[str, str], log: Log = "records") -> int:
        """Append acts at once; the first position. Raises ``Conflict`` or ``LedgerUnavailable``."""
        return self.store.append(self.prepare(acts, meta=meta, log=log))[0]

    def load(self, stream_id: UUID, *, log: Log = "records") -> list[Event]:
        """The events of one stream in order, opened; those whose public part is erased tell nothing any more."""
        rows = self.open_all(self.store.load(log, stream_id), log=log)
        return [opened.event for opened in rows if "public" in opened.opened]

    def open_all(self, rows: Sequence[StoredRow], *, log: Log) -> list[OpenedRow]:
        """Open rows with one look-up of their keys. Raises ``BrokenSeal`` when a key that exists does not open."""
        return open_rows(
            rows, log=log, keys=lambda owners: unwrap_all(self.vault, self.store.data_keys_of(owners))
        )


def owners_of(rows: Sequence[StoredRow]) -> set[UUID]:
    """Whose data keys the rows are under."""
    return {owner for row in rows for owner, _ in parse_key_reference(row.key_ref).values()}


def open_row(row: StoredRow, *, log: Log, keys: Mapping[KeyName, bytes]) -> OpenedRow:
    """Open every part of a row whose key is given; the others are named as closed.

    Raises ``BrokenSeal`` when the container, a reference or a ciphertext is not what was sealed there.
    """
    ciphertexts, owners = unpack(row.sealed), parse_key_reference(row.key_ref)
    if ciphertexts.keys() != owners.keys():
        raise BrokenSeal("parts and key references differ")
    opened: dict[str, OpenedPart] = {}
    for name, ciphertext in ciphertexts.items():
        key = keys.get(owners[name])
        if key is not None:
            place = associated_data(log=log, stream_id=row.stream_id, version=row.stream_version, name=name)
            opened[name] = open_part(ciphertext, key=key, place=place)
    return OpenedRow(row, opened, tuple(sorted(ciphertexts.keys() - opened.keys())))


def open_rows(
    rows: Sequence[StoredRow], *, log: Log, keys: Callable[[set[UUID]], Mapping[KeyName, bytes]]
) -> list[OpenedRow]:
    """Open a run of rows with one call for their keys."""
    found = keys(owners_of(rows)) if rows else {}
    return [open_row(row, log=log, keys=found) for row in rows]
