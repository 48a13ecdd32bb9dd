"""Keeping the views at the head of the log, and rebuilding them beside the live ones.

Runs in a process of its own (one at a time, by advisory lock); reads the log, writes views and positions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from application.data_keys import KeySource, unwrap_all
from application.ledger import OpenedRow, open_rows, owners_of
from application.ports import KeyName, Log, RowReader, Vault
from application.projections.renditions import LEARNED, Changes, RenditionFold, fold_rows
from domain.transparency.digest import StoredRow

BATCH_EVENTS = 2000


class ViewsMoved(Exception):
    """The views stand elsewhere than they were read: another projector or a rebuild came in between."""


class LogRows(RowReader, Protocol):
    """The log in order of position, and one row by its place in its stream."""

    def row_of(self, log: Log, stream_id: UUID, version: int) -> StoredRow | None: ...


class ViewStore(Protocol):
    """Where views stand, in generations of which one is live.

    ``apply`` changes rows and moves the position from ``after`` to ``through`` in one transaction, or raises
    :class:`ViewsMoved` when the generation stood elsewhere. ``swap`` makes ``generation`` live, inside a
    transaction that holds the live position still, after ``catch_up(live position)`` ran; it returns both
    roots and swaps only when they are equal or ``force`` is set.
    """

    def live(self) -> tuple[int, int]: ...
    def begin(self) -> int: ...
    def position(self, generation: int) -> int: ...
    def apply(self, generation: int, changes: Changes, *, after: int, through: int) -> None: ...
    def swap(self, generation: int, catch_up: Callable[[int], None], *, force: bool) -> Swap: ...


@dataclass(frozen=True)
class Swap:
    """How a rebuild ended: the roots of the live and the rebuilt rows, and whether the new ones are live now."""

    live_root: bytes
    rebuilt_root: bytes
    swapped: bool

    @property
    def equal(self) -> bool:
        """Whether rebuilding gave the very same rows."""
        return self.live_root == self.rebuilt_root


class Projector:
    """Folds the records log into the views."""

    def __init__(self, *, reader: LogRows, keys: KeySource, views: ViewStore, vault: Vault) -> None:
        self._reader = reader
        self._key_source = keys
        self._views = views
        self._vault = vault
        self._keys: dict[KeyName, bytes] = {}
        self._at = (-1, 0)
        self._fold = self._new_fold()

    def run_once(self) -> int:
        """Fold the next batch into the live generation; how many events that were, 0 also when it moved."""
        generation, position = self._views.live()
        if (generation, position) != self._at:
            self._fold = self._new_fold()
            self._relearn(position)
        # Whatever stops this batch, the fold may have learned from it already: the next one starts afresh.
        self._at = (-1, 0)
        try:
            count = self._advance(generation, self._fold, after=position, limit=BATCH_EVENTS)
        except ViewsMoved:
            return 0
        self._at = (generation, position + count)
        return count

    def rebuild(self, *, force: bool = False, progress: Callable[[int, int], None] | None = None) -> Swap:
        """Build a new generation from the first event beside the live one, compare, and swap.

        ``progress`` gets (events folded, events there were at the start).
        """
        generation = self._views.begin()
        fold = self._new_fold()
        # Never beyond the live rows: what they lack yet is no difference.
        total = self._views.live()[1]
        done = 0
        while done < total:
            done += self._advance(generation, fold, after=done, limit=min(BATCH_EVENTS, total - done))
            if progress:
                progress(done, total)

        def catch_up(live_position: int) -> None:
            at = self._views.position(generation)
            while at < live_position:
                at += self._advance(generation, fold, after=at, limit=min(BATCH_EVENTS, live_position - at))

        return self._views.swap(generation, catch_up, force=force)

    def _new_fold(self) -> RenditionFold:
        return RenditionFold(
            name_mac=lambda name: self._vault.mac("name", name.encode()),
            keys=self._keys.get,
            earlier=self._earlier,
        )

    def _earlier(self, stream_id: UUID, version: int) -> OpenedRow | None:
        """The row of a stream at a version, opened; its keys stay at hand for what is made of it."""
        row = self._reader.row_of("records", stream_id, version)
        if row is None:
            return None
        self._keys.update(unwrap_all(self._vault, self._key_source.data_keys_of(owners_of([row]))))
        return open_rows([row], log="records", keys=lambda _: self._keys)[0]

    def _relearn(self, position: int) -> None:
        """The catalogue and the settings as they stood at the live position: a new process folds on."""
        at = 0
        while at < position:
            rows = self._reader.rows("records", after=at, limit=min(BATCH_EVENTS, position - at))
            if not rows:
                return
            at = rows[-1].position
            for opened in self._open([r for r in rows if r.topic.startswith(LEARNED)]):
                self._fold.learn(opened.event)

    def _advance(self, generation: int, fold: RenditionFold, *, after: int, limit: int) -> int:
        rows = self._reader.rows("records", after=after, limit=limit)
        if not rows:
            return 0
        changes = fold_rows(fold, self._open(rows))
        self._views.apply(generation, changes, after=after, through=rows[-1].position)
        return len(rows)

    def _open(self, rows: Sequence[StoredRow]) -> list[OpenedRow]:
        self._keys.clear()
        self._keys.update(unwrap_all(self._vault, self._key_source.data_keys_of(owners_of(rows))))
        return open_rows(rows, log="records", keys=lambda _: self._keys)
