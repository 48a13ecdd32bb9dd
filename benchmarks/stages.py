"""Where an intake spends its time: a store, a ledger and an iterator that keep count of their own seconds.

They pass everything on unchanged, so that what is measured is the code as it runs in the service.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from application.ledger import Ledger, SealedAct
from application.ports import Append, KeyName, Log
from domain.shared.events import Event
from domain.transparency.signer import Signer

_T = TypeVar("_T")


class Stages:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Count the block's time under ``name``."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun

    def each(self, name: str, items: Iterable[_T]) -> Iterator[_T]:
        """The items, the time of waiting for each counted under ``name``."""
        source = iter(items)
        while True:
            with self.of(name):
                try:
                    item = next(source)
                except StopIteration:
                    return
            yield item


class TimedStore:
    """An event store whose appends and look-ups are counted."""

    def __init__(self, store: Any, stages: Stages) -> None:
        self._store, self._stages = store, stages

    def append(self, *batches: Append) -> list[int]:
        """Append, counted."""
        with self._stages.of("append (database)"):
            positions: list[int] = self._store.append(*batches)
        return positions

    def __getattr__(self, name: str) -> Any:
        return _counted(getattr(self._store, name), self._stages, "look-ups (database)")


class TimedLedger(Ledger):
    """A ledger whose signing and sealing are counted."""

    def __init__(self, ledger: Ledger, stages: Stages) -> None:
        super().__init__(
            ledger_id=ledger.id,
            store=TimedStore(ledger.store, stages),
            vault=ledger.vault,
            gateway=lambda: ledger.gateway,
            clock=ledger.clock,
            entropy=ledger.entropy,
        )
        self._stages = stages

    def seal(
        self, event: Event, *, signer: Signer | None = None, owners: Mapping[str, KeyName] | None = None
    ) -> SealedAct:
        """Seal, counted."""
        with self._stages.of("sign new subjects"):
            return super().seal(event, signer=signer, owners=owners)

    def prepare(self, acts: Sequence[SealedAct], *, meta: Mapping[str, str], log: Log = "records") -> Append:
        """Prepare, counted (its look-up of keys as well, under both names)."""
        with self._stages.of("encrypt (with its look-ups)"):
            return super().prepare(acts, meta=meta, log=log)


def _counted(call: Any, stages: Stages, name: str) -> Any:
    def counted(*args: Any, **kwargs: Any) -> Any:
        with stages.of(name):
            return call(*args, **kwargs)

    return counted
