"""A ledger on which something happens between what an answer reads and what it logs: real acts, really interleaved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Literal, TypeVar
from uuid import UUID

import psycopg

from application.ledger import Ledger
from application.ports import Append, Log
from domain.oversight.review_events import OfficerSuspended
from infrastructure.keys import SystemEntropy
from infrastructure.postgres.store import PostgresEventStore
from tests.world import World

ROUNDS_MAX = 20_000
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)
T = TypeVar("T")
Moment = Literal["before its look", "after its look", "before its paper"]


class Overtaken(PostgresEventStore):
    """The writer's doors, where something happens once: before the first look is in the log, right after it, or when
    a paper is made of it."""

    def __init__(self, world: World, when: Moment, *happens: Callable[[], object]) -> None:
        super().__init__(world.pool("writer"))
        self._when, self._happens = when, list(happens)

    def _now(self, when: Moment) -> None:
        while when == self._when and self._happens:
            self._happens.pop()()

    def head_of(self, log: Log) -> int:
        """As it is, once it happened."""
        self._now("before its look")
        return super().head_of(log)

    def append(self, *batches: Append) -> list[int]:
        """As it is; then it happens."""
        positions = super().append(*batches)
        self._now("after its look")
        return positions

    def look_at(self, position: int) -> tuple[UUID, int] | None:
        """As it is, once it happened."""
        self._now("before its paper")
        return super().look_at(position)


def overtaken(world: World, *happens: Callable[[], object], when: Moment = "before its look") -> Ledger:
    """The world's ledger behind such doors."""
    return Ledger(
        ledger_id=world.vault.ledger_id,
        store=Overtaken(world, when, *happens),
        vault=world.vault,
        gateway=world.signing,
        clock=world.clock,
        entropy=SystemEntropy(),
    )


def suspend(world: World, pseudonym: str) -> None:
    """Somebody's right to query is gone, as after a review."""
    stream = world.ledger.name_id("officer", pseudonym)
    event = OfficerSuspended(
        originator_id=stream, originator_version=len(world.ledger.load(stream)) + 1, timestamp=world.ledger.now(),
        review=str(stream),
    )  # fmt: skip
    world.ledger.record([world.ledger.seal(event)], meta={"actor": "test"})


def race(world: World, acts: Sequence[Callable[[], T]]) -> list[T]:
    """What acts became that had all decided before the first of them could write; they write in their order."""
    with psycopg.connect(world.database.admin) as holder, ThreadPoolExecutor(len(acts)) as threads:
        holder.execute("SELECT 1 FROM ledger.heads WHERE log = 'records' FOR UPDATE")
        running = list[Future[T]]()
        for number, act in enumerate(acts, start=1):
            running.append(threads.submit(act))
            _wait_for(world, number)
        holder.commit()
        return [done.result(timeout=30) for done in running]


def _wait_for(world: World, number: int) -> None:
    with psycopg.connect(world.database.admin, autocommit=True) as conn:
        for _ in range(ROUNDS_MAX):
            if conn.execute(WAITING).fetchone() == (number,):
                return
    raise AssertionError("no writer waits for the head")
