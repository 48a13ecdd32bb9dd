"""The law of the ledger, checked: every leaf is openable by the auditor, or named by an erase leaf (FORMATS 5.7).

Verification tells it every event of an erasure and every row with closed parts, in order of both logs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from application.ports import Log
from domain.records.erasure import DataErased, ErasureApproved, ErasureRequested, fold_erasure
from domain.shared.events import Event
from domain.transparency.commitment import commitment

ERASURE_TOPICS = frozenset(event.TOPIC for event in (ErasureRequested, ErasureApproved, DataErased))
Place = tuple[Log, int]


@dataclass(frozen=True)
class ClosedRow:
    """A row of which some parts cannot be opened: what its leaf says, and the p_i of those that can."""

    kind: int
    record_id: bytes
    leaf_commitment: bytes
    opened: Mapping[str, bytes]
    closed: tuple[str, ...]


class ErasedParts:
    """Which parts are erased by whose approval, and which closed rows still wait to be named."""

    def __init__(self, ledger_id: bytes) -> None:
        self._ledger_id = ledger_id
        self._acts: dict[UUID, list[Event]] = {}
        self._named: dict[Place, dict[str, bytes]] = {}
        self._waiting: dict[Place, ClosedRow] = {}

    def closed(self, log: Log, position: int, row: ClosedRow) -> None:
        """A row with closed parts; what names them stands later, so :meth:`wrong_in` tells whether it may be."""
        self._waiting[log, position] = row

    def learn(self, event: Event) -> str:
        """An event of the records log: what is wrong with it as an act of erasure; empty when nothing is."""
        if isinstance(event, ErasureRequested | ErasureApproved):
            self._acts.setdefault(event.originator_id, []).append(event)
        if not isinstance(event, DataErased):
            return ""
        erasure = fold_erasure(self._acts.get(event.originator_id, []))
        if erasure is None or not erasure.approved:
            return "an erasure that two officers did not approve"
        for log, position, part, digest in event.erased:
            place: Place = ("access" if log == "access" else "records", int(position))
            self._named.setdefault(place, {})[part] = bytes.fromhex(digest)
        return ""

    def wrong_in(self, log: Log) -> tuple[int, str] | None:
        """At the end of a log: the first row whose closed parts are not those that were erased, and what is wrong."""
        for place in sorted({*self._waiting, *self._named}):
            if place[0] == log and (wrong := self._wrong_at(place)):
                return place[1], wrong
        return None

    def _wrong_at(self, place: Place) -> str:
        row, named = self._waiting.get(place), self._named.get(place, {})
        if row is None or not named.keys() <= set(row.closed):
            return "a part that was erased still opens"
        if named.keys() != set(row.closed):
            return "a part is closed, and no erasure names it"
        digest = commitment(
            kind=row.kind,
            ledger_id=self._ledger_id,
            record_id=row.record_id,
            part_commitments={**row.opened, **named},
        )
        return (
            ""
            if digest == row.leaf_commitment
            else "the leaf does not commit to what was erased and what is left"
        )
