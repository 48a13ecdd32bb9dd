"""Carrying erasures out: the keys go, all others are wrapped anew, the old generation key is destroyed (PRV-4).

Comes after two officers approved. Every step is durable before the next begins and is found again after a crash:
from the erasures' own streams, from the database's two numbers, and from the generation keys that there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from application.attempts import retried
from application.erasure_scope import RowSource, Scope, scope_of
from application.ledger import Ledger
from application.ports import GenerationKeys, KeyName, NewRow, WrappedKey
from domain.records.erasure import Erasure, ErasureCompleted, erased_events, fold_erasure
from domain.shared.events import next_of

KEYS_PER_STEP = 1000
META = {"actor": "platform", "purpose": "erasure"}
_FIRST: KeyName = (UUID(int=0), "")


class EraserStore(RowSource, Protocol):
    """The eraser's doors.

    ``erase`` appends the events and takes everything away in one transaction, so that every other key shall be
    under ``generation``; ``Conflict`` when more was sealed meanwhile. After ``begin_generation`` nobody stores a
    key under an older one. ``rewrap`` leaves alone what is no longer as in ``old``. ``alone`` gives False while
    another process erases. All are durable when they return; all raise ``LedgerUnavailable``.
    """

    def alone(self) -> AbstractContextManager[bool]: ...
    def erasures(self) -> list[UUID]: ...
    def erase(self, rows: Sequence[NewRow], scope: Scope, *, generation: int) -> int: ...
    def generations(self) -> tuple[int, int]: ...
    def begin_generation(self, generation: int) -> None: ...
    def keys_before(self, generation: int, *, after: KeyName, limit: int) -> list[WrappedKey]: ...
    def count_keys_before(self, generation: int) -> int: ...
    def rewrap(self, old: Sequence[WrappedKey], new: Sequence[WrappedKey], *, generation: int) -> None: ...


class KeysRemain(RuntimeError):
    """Some key could not be wrapped anew, so no generation key was destroyed and nothing is lost."""


@dataclass(frozen=True)
class Step:
    """One durable step (进度): what was done, and how many of how many."""

    what: str
    done: int
    total: int


class Erasing:
    """Erasures (删除) of one ledger at work; one process at a time."""

    def __init__(
        self, ledger: Ledger, store: EraserStore, keys: GenerationKeys, *, rebuild: Callable[[], None]
    ) -> None:
        """``rebuild`` makes the views anew and swaps them in."""
        self._ledger = ledger
        self._store = store
        self._keys = keys
        self._rebuild = rebuild

    def all(self) -> list[Erasure]:
        """Every erasure that was asked for, oldest first."""
        folded = (fold_erasure(self._ledger.load(stream)) for stream in self._store.erasures())
        return [erasure for erasure in folded if erasure is not None]

    def run(self) -> Iterator[Step]:
        """Carry out what is approved and finish what a crash left; a step each time something is durable.

        Raises ``LedgerUnavailable``, :class:`KeysRemain`, ``BrokenSeal``; run again, it goes on.
        """
        approved = [e for e in self.all() if e.approved and not e.erased]
        for number, erasure in enumerate(approved, start=1):
            self._erase(erasure)
            yield Step("erased", number, len(approved))
        yield from self._renew()
        yield from self._complete()

    def _erase(self, erasure: Erasure) -> None:
        def attempt() -> None:
            scope = scope_of(erasure.target, self._ledger, self._store)
            events = erased_events(erasure, scope.entries, now=self._ledger.now())
            batch = self._ledger.prepare([self._ledger.seal(event) for event in events], meta=META)
            # A generation that no key was ever wrapped under, so none of what goes is under it.
            generation = max(self._keys.existing()) + 1
            self._store.erase(batch.events, scope, generation=generation)

        retried(attempt)

    def _renew(self) -> Iterator[Step]:
        """Everything else under the pending generation, and no older generation key anywhere."""
        current, pending = self._store.generations()
        if pending > current:
            self._keys.make(pending)
            yield Step("generation made", pending, pending)
            self._store.begin_generation(pending)
            yield Step("generation begun", pending, pending)
        yield from self._rewrap(pending)
        if any(e.erased and not e.completed and e.target.kind == "record" for e in self.all()):
            # Which names of its subject a record alone had is told by folding all others.
            self._rebuild()
            yield Step("views rebuilt", 1, 1)
        old = [generation for generation in self._keys.existing() if generation < pending]
        for number, generation in enumerate(old, start=1):
            self._keys.destroy(generation)
            yield Step("generation destroyed", number, len(old))

    def _rewrap(self, generation: int) -> Iterator[Step]:
        total, done, after = self._store.count_keys_before(generation), 0, _FIRST
        while old := self._store.keys_before(generation, after=after, limit=KEYS_PER_STEP):
            self._store.rewrap(old, [self._wrapped_anew(key) for key in old], generation=generation)
            after, done = (old[-1].owner, old[-1].key_class), done + len(old)
            yield Step("rewrapped", done, total)
        if self._store.count_keys_before(generation):
            raise KeysRemain("some data keys are still under an older generation; none was destroyed")

    def _wrapped_anew(self, key: WrappedKey) -> WrappedKey:
        try:
            plain = self._keys.unwrap(key.generation, key.wrapped)
        except KeyError:
            raise KeysRemain(f"generation {key.generation} is missing, and data keys are under it") from None
        return WrappedKey(key.owner, key.key_class, *self._keys.wrap(plain))

    def _complete(self) -> Iterator[Step]:
        waiting = [e for e in self.all() if e.erased and not e.completed]
        if not waiting:
            return
        oldest = min(self._keys.existing())
        events = [
            ErasureCompleted(
                **next_of(erasure, self._ledger.now()),
                generation=oldest,
            )
            for erasure in waiting
        ]
        self._ledger.record([self._ledger.seal(event) for event in events], meta=META)
        yield Step("completed", len(waiting), len(waiting))
