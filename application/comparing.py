"""The public view as a publication is compared with it: by document, and all of one department's (PUB-3).

Reads renditions only, never events; what is suppressed, past its term or of a suspended item is not there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from application.data_keys import KeySource, unwrap_all
from application.ports import Vault
from application.projections.renditions import Rendition, open_rendition

PAGE_RECORDS = 500


@dataclass(frozen=True)
class Known:
    """A document that is recorded: its record, where that began, and its public rendition, None when it has none."""

    record_id: UUID
    begun_at: int
    rendition: Rendition | None


class ComparedReading(Protocol):
    """The reader's doors: each leaves out what is suppressed or past its term on the day ``on``.

    ``determined_by`` gives what the keys of these issuer ids determined with ``after < position <= through``, in order,
    each with where it began.
    """

    def public_position(self) -> int: ...
    def of_documents(self, fingerprints: Iterable[bytes], *, on: date) -> dict[bytes, Known]: ...
    def determined_by(
        self, issuers: Sequence[bytes], *, on: date, after: int, through: int, limit: int
    ) -> list[tuple[int, Rendition]]: ...


@dataclass(frozen=True)
class Shown:
    """What the public view shows of a record: its id and the members of its rendition."""

    record_id: UUID
    members: dict[str, Any]


@dataclass(frozen=True)
class Found:
    """A recorded document: its record, where that began, and what is shown of it, None for nothing."""

    record_id: UUID
    begun_at: int
    members: dict[str, Any] | None


class PublicComparison:
    """The public view for one comparison (比对), read in batches; made anew for each."""

    def __init__(
        self,
        reading: ComparedReading,
        *,
        keys: KeySource,
        vault: Vault,
        stopped: Callable[[str], bool],
        on: date,
    ) -> None:
        """``stopped`` tells whether a catalogue item is suspended (INS-2); ``on`` is the ledger's day."""
        self._reading, self._keys, self._vault = reading, keys, vault
        self._stopped, self._on = stopped, on
        self.position = reading.public_position()
        """How far the public view was when the comparison began."""

    def of_documents(self, fingerprints: Iterable[bytes]) -> dict[bytes, Found]:
        """The recorded ones of these documents."""
        known = self._reading.of_documents(fingerprints, on=self._on)
        opened = self._opened(k.rendition for k in known.values() if k.rendition is not None)
        return {
            fingerprint: Found(k.record_id, k.begun_at, opened.get(k.record_id))
            for fingerprint, k in known.items()
        }

    def determined_by(self, issuers: Sequence[bytes], *, items: Callable[[str], bool]) -> Iterator[Shown]:
        """All that is public of what these keys determined under items that ``items`` accepts."""
        after = 0
        while page := self._reading.determined_by(
            issuers, on=self._on, after=after, through=self.position, limit=PAGE_RECORDS
        ):
            after = page[-1][0]
            opened = self._opened(rendition for _, rendition in page if items(rendition.item))
            yield from (Shown(record, members) for record, members in opened.items())

    def _opened(self, renditions: Iterable[Rendition]) -> dict[UUID, dict[str, Any]]:
        """What renditions show, by record, with one look-up of their keys; those whose key is gone are left out."""
        standing = [r for r in renditions if not self._stopped(r.item)]
        owners = {r.key[0] for r in standing if r.key is not None}
        keys = unwrap_all(self._vault, self._keys.data_keys_of(owners)) if owners else {}
        found: dict[UUID, dict[str, Any]] = {}
        for rendition in standing:
            if rendition.key is None:
                found[rendition.record_id] = json.loads(rendition.content)
            elif rendition.key in keys:
                found[rendition.record_id] = json.loads(open_rendition(rendition, key=keys[rendition.key]))
        return found
