"""A ledger on which something happens between what an answer reads and what it logs: real acts, really interleaved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal
from uuid import UUID

from application.ledger import Ledger
from application.ports import Append, Log
from domain.oversight.review_events import OfficerSuspended
from infrastructure.keys import SystemEntropy
from infrastructure.postgres.store import PostgresEventStore
from tests.world import World

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
