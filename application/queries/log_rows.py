"""The records log as an auditor reads it: opened rows up to a position, and the live projector's fold over them.

Replay and past views use it; it holds the data keys of what was opened for as long as one question lasts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from application.data_keys import KeySource, unwrap_all
from application.ledger import OpenedRow, open_rows, owners_of
from application.ports import KeyName, Log, Vault
from application.projections.projector import LogRows
from application.projections.renditions import LEARNED, Rendition, RenditionFold, open_rendition
from domain.transparency.digest import StoredRow

BATCH_EVENTS = 2000


class RecordRows:
    """Rows of the records log; needs the auditor's login and the keys."""

    def __init__(self, *, reader: LogRows, keys: KeySource, vault: Vault) -> None:
        self.reader = reader
        self._key_source = keys
        self._vault = vault
        self._keys: dict[KeyName, bytes] = {}
        self.erased: set[UUID] = set()
        """Streams of which something could not be opened any more."""

    def batches(self, through: int) -> Iterator[Sequence[StoredRow]]:
        """All rows up to a position, in order."""
        at = 0
        while at < through:
            rows = self.reader.rows("records", after=at, limit=min(BATCH_EVENTS, through - at))
            if not rows:
                return
            yield rows
            at = rows[-1].position

    def open(self, rows: Sequence[StoredRow], *, log: Log = "records") -> list[OpenedRow]:
        """The rows, opened as far as their keys are there."""
        if rows:
            self._keys.update(unwrap_all(self._vault, self._key_source.data_keys_of(owners_of(rows))))
        opened = open_rows(rows, log=log, keys=lambda _: self._keys)
        self.erased |= {found.row.stream_id for found in opened if found.closed}
        return opened

    def fold(self) -> RenditionFold:
        """A new fold of renditions, as the projector begins one."""
        return RenditionFold(
            name_mac=lambda name: self._vault.mac("name", name.encode()),
            keys=self._keys.get,
            earlier=self._earlier,
        )

    def content(self, rendition: Rendition) -> bytes:
        """What a rendition that the fold made shows, in the clear."""
        key = rendition.key
        return open_rendition(rendition, key=self._keys[key]) if key else rendition.content

    def _earlier(self, stream_id: UUID, version: int) -> OpenedRow | None:
        row = self.reader.row_of("records", stream_id, version)
        return self.open([row])[0] if row else None


def is_learned(row: StoredRow) -> bool:
    """Whether the fold learns the catalogue, or a setting, from this row."""
    return row.topic.startswith(LEARNED)
