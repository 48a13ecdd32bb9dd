"""No reader ever skips an event that commits late (promise 2); the same harness finds the loss where there is one.

A writer is held open on purpose while others commit: what a race does once in a while happens here every time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from threading import Event
from typing import Protocol
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import StoredEvent

from application.ports import Append, Log
from infrastructure.postgres.append_call import append_call
from tests.world import World, raw_row

WRITERS, WRITES, EVENTS = 6, 15, 3
Seen = tuple[int, UUID, int]
"""Position, stream, version."""


class Tailed(Protocol):
    """A log as the harness needs it: write, write but commit later, and read on from the last position."""

    def write(self, stream: UUID) -> None:
        """Append EVENTS events to a new stream and commit."""
        ...

    def held(self, stream: UUID) -> AbstractContextManager[None]:
        """Append EVENTS events to a new stream at once, commit at the end of the block."""
        ...

    def after(self, last: int) -> Sequence[Seen]:
        """What a tailer sees after the last position it saw."""
        ...


class OurLog:
    """A log of the ledger, written through ``ledger.append``, tailed through the recorder."""

    def __init__(self, world: World, log: Log) -> None:
        self._world, self._log = world, log
        self._recorder = world.log_recorder(log)

    def write(self, stream: UUID) -> None:
        self._recorder.insert_events([StoredEvent(stream, n, "tail.test", b"{}") for n in range(EVENTS)])

    @contextmanager
    def held(self, stream: UUID) -> Iterator[None]:
        batch = Append(log=self._log, events=[raw_row(stream, version) for version in range(EVENTS)])
        call, arguments = append_call(batch)
        with psycopg.connect(self._world.database.writer) as conn, conn.cursor(binary=True) as cursor:
            cursor.execute(call.encode(), arguments)
            yield

    def after(self, last: int) -> Sequence[Seen]:
        found = self._recorder.select_notifications(last, 20, inclusive_of_start=False)
        return [(n.id, UUID(str(n.originator_id)), n.originator_version) for n in found]


class NaiveLog:
    """What everyone writes first: a table with a ``bigserial``, no lock, and a tailer that asks ``id > last``."""

    def __init__(self, url: str) -> None:
        self._url = url
        with psycopg.connect(url) as conn:
            conn.execute("CREATE TABLE naive (id bigserial PRIMARY KEY, stream uuid, version bigint)")

    def write(self, stream: UUID) -> None:
        with self.held(stream):
            pass

    @contextmanager
    def held(self, stream: UUID) -> Iterator[None]:
        with psycopg.connect(self._url) as conn:
            for version in range(EVENTS):
                conn.execute("INSERT INTO naive (stream, version) VALUES (%s, %s)", (stream, version))
            yield

    def after(self, last: int) -> Sequence[Seen]:
        with psycopg.connect(self._url) as conn:
            query = "SELECT id, stream, version FROM naive WHERE id > %s ORDER BY id LIMIT 20"
            return conn.execute(query, (last,)).fetchall()


class Tailer:
    """Follows a log as a projection does: remembers the last position, never looks back."""

    def __init__(self, log: Tailed) -> None:
        self._log = log
        self.seen: list[Seen] = []

    def follow(self) -> None:
        """Read on until nothing more is there."""
        while found := self._log.after(self.seen[-1][0] if self.seen else 0):
            self.seen += found


@dataclass(frozen=True)
class Run:
    """What was written (versions by stream), which stream committed late, and what the tailer saw."""

    written: dict[UUID, list[int]]
    late: UUID
    seen: list[Seen]

    @property
    def lost(self) -> list[tuple[UUID, int]]:
        """Written events that the tailer never saw."""
        seen = {(stream, version) for _, stream, version in self.seen}
        return [(s, v) for s, versions in self.written.items() for v in versions if (s, v) not in seen]


def run(log: Tailed, *, patience_seconds: float) -> Run:
    """Many writers, one of them slow to commit, one tailer."""
    streams = [uuid4() for _ in range(WRITERS * WRITES)]
    late = uuid4()
    tailer = Tailer(log)
    first_done = Event()

    def write(stream: UUID) -> None:
        log.write(stream)
        first_done.set()

    with ThreadPoolExecutor(WRITERS) as pool:
        with log.held(late):
            running = [pool.submit(write, stream) for stream in streams]
            # Where writers do not wait for the slow one, the tailer gets past its numbers before it commits;
            # where they do, nothing is there to see yet.
            first_done.wait(timeout=patience_seconds)
            tailer.follow()
        while wait(running, timeout=0).not_done:
            tailer.follow()
        for done in running:
            done.result()
    tailer.follow()
    return Run({stream: list(range(EVENTS)) for stream in [*streams, late]}, late, tailer.seen)


@pytest.mark.parametrize("log", ["records", "access"])
def test_a_tailer_sees_every_event_in_order_whoever_commits_late(bare_world: World, log: Log) -> None:
    found = run(OurLog(bare_world, log), patience_seconds=0.5)
    assert found.lost == []
    assert [position for position, _, _ in found.seen] == list(range(1, len(found.written) * EVENTS + 1))
    by_stream: dict[UUID, list[int]] = {}
    for _, stream, version in found.seen:
        by_stream.setdefault(stream, []).append(version)
    assert by_stream == found.written


def test_the_same_harness_finds_the_loss_of_a_table_with_a_serial_and_no_lock(empty_database: str) -> None:
    found = run(NaiveLog(empty_database), patience_seconds=30)
    assert {(found.late, version) for version in range(EVENTS)} <= set(found.lost)
