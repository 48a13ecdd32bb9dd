"""Our logs on eventsourcing's recorder interface, so that its subscriptions and projections can follow them.

Reads give the sealed bytes as they are stored. A plain ``StoredEvent`` is taken as an act of the platform:
it gets a leaf like every event, signed by the gateway over its state. Personal data never goes this way:
the state is stored as it is given.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Thread
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    IntegrityError,
    ListenNotifySubscription,
    Notification,
    StoredEvent,
)
from psycopg import sql

from application.ledger import instant
from application.ports import Append, Conflict, Log, NewRow, Vault
from domain.shared.canonical import canonical
from domain.shared.kinds import Kind
from domain.transparency.commitment import commit, open_parts
from domain.transparency.leaf import ActLeaf, act_message
from domain.transparency.signer import Signer
from infrastructure.postgres.pool import Pool, connection
from infrastructure.postgres.store import PostgresEventStore

PLATFORM_META = canonical({"actor": "platform"})


class StreamRecorder(AggregateRecorder):
    """Streams of one log: appended atomically under optimistic concurrency, selected in order."""

    def __init__(
        self,
        store: PostgresEventStore,
        *,
        log: Log,
        ledger_id: UUID,
        gateway: Signer,
        vault: Vault,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._log: Log = log
        self._ledger_id = ledger_id
        self._gateway = gateway
        self._vault = vault
        self._now = now

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:  # noqa: ARG002 - the library's signature
        """Append all or none; raises the library's ``IntegrityError`` when a stream has moved."""
        self._insert(stored_events)
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The stream's events with ``gt < version <= lte``."""
        stream = UUID(str(originator_id))
        rows = self._store.load_slice(self._log, stream, after=gt, until=lte, descending=desc, limit=limit)
        return [StoredEvent(r.stream_id, r.stream_version, r.topic, r.sealed) for r in rows]

    def _insert(self, stored_events: Sequence[StoredEvent]) -> Sequence[int]:
        recorded_at = instant(self._now())
        batch = Append(log=self._log, events=[self._row(event, recorded_at) for event in stored_events])
        try:
            first = self._store.append(batch)[0]
        except Conflict as conflict:
            raise IntegrityError(conflict.what) from None
        return list(range(first, first + len(stored_events)))

    def _row(self, event: StoredEvent, recorded_at: str) -> NewRow:
        stream = UUID(str(event.originator_id))
        kind = Kind.ACCESS if self._log == "access" else Kind.PLATFORM
        salt = self._vault.mac("platform-event", stream.bytes + event.originator_version.to_bytes(8, "big"))
        opened = open_parts(salt, {"public": {"state": base64.b64encode(event.state).decode()}})
        digest = commit(kind=kind, ledger_id=self._ledger_id.bytes, record_id=stream.bytes, opened=opened)
        message = act_message(kind=kind, commitment=digest, issuer=self._gateway.key_id)
        leaf = ActLeaf(kind, digest, self._gateway.key_id, self._gateway.sign(message))
        return NewRow(
            stream_id=stream,
            stream_version=event.originator_version,
            topic=event.topic,
            schema_version=1,
            recorded_at=recorded_at,
            meta=PLATFORM_META,
            key_ref="",
            sealed=event.state,
            leaf=bytes(leaf),
        )


class LogRecorder(StreamRecorder, ApplicationRecorder):
    """A whole log: dense positions in commit order, so no reader ever skips an event that commits late."""

    def __init__(self, store: PostgresEventStore, *, follower: Pool, **arguments: Any) -> None:
        """``follower`` is a pool of the projector's or auditor's login, which may read the whole log."""
        super().__init__(store, **arguments)
        self.follower = follower

    @property
    def channel(self) -> str:
        """The channel on which every append tells its last position."""
        return f"xinlu_{self._log}"

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:  # noqa: ARG002 - the library's signature
        """Append all or none; the positions that the events got."""
        return self._insert(stored_events)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Up to ``limit`` events from ``start`` on, in order of position."""
        after = 0 if start is None else start - 1 if inclusive_of_start else start
        query = sql.SQL(
            "SELECT stream_id, stream_version, topic, sealed, position FROM {} WHERE position > %s"
            " AND position <= coalesce(%s, 9223372036854775807) AND (%s OR topic = ANY (%s))"
            " ORDER BY position LIMIT %s"
        ).format(sql.Identifier("ledger", self._log))
        with connection(self.follower) as conn, conn.cursor(binary=True) as cursor:
            rows = cursor.execute(query, (after, stop, not topics, list(topics), limit)).fetchall()
        return [Notification(*row) for row in rows]

    def max_notification_id(self) -> int | None:
        """The last position, or None while the log is empty."""
        with connection(self.follower) as conn:
            row = conn.execute("SELECT position FROM ledger.heads WHERE log = %s", (self._log,)).fetchone()
        return int(row[0]) if row and row[0] else None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> LogSubscription:
        """Follow the log after ``gt``, waiting at its end."""
        return LogSubscription(self, gt=gt, topics=topics)


class LogSubscription(ListenNotifySubscription[LogRecorder]):
    """Follows a log and wakes when an append notifies."""

    def __init__(self, recorder: LogRecorder, *, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder=recorder, gt=gt, topics=topics)
        self._listen_thread = Thread(target=self._listen)
        self._listen_thread.start()

    def __exit__(self, *args: object, **kwargs: Any) -> None:
        try:
            super().__exit__(*args, **kwargs)
        finally:
            self._listen_thread.join()

    def _listen(self) -> None:
        try:
            with connection(self._recorder.follower) as conn:
                conn.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._recorder.channel)))
                # What committed before LISTEN took effect sent no notice here, so look once more.
                self._has_been_notified.set()
                while not self._has_been_stopped and not self._thread_error:
                    for _ in conn.notifies(timeout=0.1, stop_after=1):
                        self._has_been_notified.set()
                conn.execute("UNLISTEN *")
        except BaseException as error:  # noqa: BLE001 - raised to whoever iterates
            if self._thread_error is None:
                self._thread_error = error
            self.stop()
