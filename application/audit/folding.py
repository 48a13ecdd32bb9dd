"""What the views and their maps must be, folded from the events in memory by the projector's own code.

An audit holds the live views and the newest epoch against it; nothing here is written anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NoReturn
from uuid import UUID

from application.data_keys import KeySource
from application.ports import Log, Vault
from application.projections.projector import LogRows, Projector, Swap, ViewsMoved
from application.projections.renditions import DOSSIER, VIEWS, Changes, Rendition
from application.projections.view_root import entry_leaf, rendition_leaf, root_of_rows, row_leaf
from domain.transparency.digest import StoredRow
from domain.transparency.epoch import map_key, map_value

Shown = dict[str, tuple[bytes, bytes]]
"""By part, the leaf of its row and its commitment."""


class RowsThrough:
    """The log up to a position that can be moved on: the fold stops exactly there."""

    def __init__(self, reader: LogRows, through: int = 0) -> None:
        self._reader = reader
        self.through = through

    def rows(self, log: Log, *, after: int, limit: int) -> Sequence[StoredRow]:
        """See ``RowReader.rows``."""
        rows = self._reader.rows(log, after=after, limit=limit) if after < self.through else []
        return [row for row in rows if row.position <= self.through]

    def head(self, log: Log) -> tuple[int, bytes]:
        """See ``RowReader.head``."""
        return self._reader.head(log)

    def row_of(self, log: Log, stream_id: UUID, version: int) -> StoredRow | None:
        """See ``LogRows.row_of``."""
        return self._reader.row_of(log, stream_id, version)


class MemoryViews:
    """See ``application.projections.projector.ViewStore``: one generation, of each row its leaf and commitment only."""

    def __init__(self) -> None:
        self._position = 0
        self._shown: dict[tuple[str, UUID], Shown] = {}
        self._names: set[tuple[str, bytes, UUID]] = set()
        self._entries: dict[tuple[str, str, int], bytes] = {}

    def live(self) -> tuple[int, int]:
        """Generation 1 and how far it is folded."""
        return 1, self._position

    def position(self, generation: int) -> int:  # noqa: ARG002 - there is one
        """How far it is folded."""
        return self._position

    def apply(self, generation: int, changes: Changes, *, after: int, through: int) -> None:  # noqa: ARG002
        """Change what is shown. Raises ``ViewsMoved`` when it stood elsewhere."""
        if after != self._position:
            raise ViewsMoved
        for record in changes.shown:
            self._drop(record, keep="")
        for record in changes.gone:
            self._drop(record, keep=DOSSIER)
        for renditions in changes.shown.values():
            for shown in renditions:
                self._put(shown)
        self._names |= changes.names
        self._entries |= {place: entry_leaf(entry) for place, entry in changes.entries.items()}
        self._position = through

    def begin(self) -> NoReturn:
        """Not here: there is nothing to rebuild."""
        raise NotImplementedError

    def swap(self, generation: int, catch_up: Callable[[int], None], *, force: bool) -> Swap:
        """Not here: there is nothing to swap."""
        raise NotImplementedError

    def terms_over(self, on: date, limit: int) -> Sequence[tuple[UUID, date]]:
        """Not here: an audit ends no term."""
        raise NotImplementedError

    def root(self) -> bytes:
        """The root over all rows, as the tables give it."""
        return root_of_rows(self._leaves())

    def pairs(self, view: str) -> Iterator[tuple[bytes, bytes, UUID]]:
        """Key, value and record of what a view's map must hold."""
        for (name, record), shown in self._shown.items():
            if name == view:
                value = map_value({part: commitment for part, (_, commitment) in shown.items()})
                yield map_key(view, record.bytes), value, record

    def _drop(self, record: UUID, *, keep: str) -> None:
        for view in VIEWS:
            if view != keep:
                self._shown.pop((view, record), None)

    def _put(self, shown: Rendition) -> None:
        of_record = self._shown.setdefault((shown.view, shown.record_id), {})
        of_record[shown.part] = (rendition_leaf(shown), shown.commitment)

    def _leaves(self) -> Iterator[bytes]:
        for place in sorted(self._shown, key=lambda place: (place[0], place[1].bytes)):
            for _, (leaf, _) in sorted(self._shown[place].items()):
                yield leaf
        for name in sorted(self._names, key=lambda name: (name[0], name[1], name[2].bytes)):
            yield row_leaf(name)
        for _, leaf in sorted(
            self._entries.items(), key=lambda e: (e[0][0].encode(), e[0][1].encode(), e[0][2])
        ):
            yield leaf


class ViewFold:
    """The views folded from the first event on, as far as one asks."""

    def __init__(self, reader: LogRows, keys: KeySource, vault: Vault) -> None:
        self._rows = RowsThrough(reader)
        self.views = MemoryViews()
        self._projector = Projector(reader=self._rows, keys=keys, views=self.views, vault=vault)

    def to(self, position: int, progress: Callable[[int], None]) -> None:
        """Fold on up to a position; what a row that does not open raises, is raised."""
        self._rows.through = position
        while self._projector.run_once():
            progress(self.views.live()[1])
