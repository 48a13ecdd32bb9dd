"""What a department may be told of a subject beside records: its own watch, and entries for reference (JNT-3, JNT-5).

A watch is told to the department that watches and to nobody else; an entry for reference to every department, under its
mark. Either answer is logged in the subject's own list before it is given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from application.adverse import dossier_of
from application.commands.subjects import Identity, SubjectDesk
from application.ledger import Ledger
from application.noted import held_by
from application.queries.asking import admitted, logged
from application.queries.looks import made_again
from application.registry import Registry
from domain.access.model import Request
from domain.listing.reference import ReferenceEntered
from domain.listing.watch import WatchEntered
from domain.shared.canonical import Json, canonical
from domain.shared.events import Event

Sort = Literal["watch_list", "references"]
RULES: Mapping[Sort, str] = {"watch_list": "JNT-3", "references": "JNT-5"}
TOLD: Mapping[Sort, tuple[str, ...]] = {
    "watch_list": ("entered_on", "until", "ground", "field", "records", "reason"),
    "references": ("mark", "brought_by", "source_kind", "source", "list_name", "colour", "stated_on"),
}
"""What is told of an entry of each sort; never who its subject is, which the asker said."""
_EVENTS: Mapping[Sort, type[Event]] = {"watch_list": WatchEntered, "references": ReferenceEntered}


@dataclass(frozen=True)
class EntriesAnswer:
    """The entries that stand, oldest first, and the position of the look that says so."""

    entries: Sequence[Mapping[str, Json]]
    position: int


class EntryQueries:
    """Questions about entries (重点关注、供参考信息查询)."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @made_again
    def ask(self, sort: Sort, request: Request, identity: Identity, *, attempt: bytes) -> EntriesAnswer:
        """The entries of one subject that the asker may be told of.

        Made again when an entry, or the officer's right to query, moved meanwhile. Raises ``Refused`` (QRY-1, logged
        before; FORMAT for a dossier too large) and ``LedgerUnavailable``.
        """
        registry = Registry(self._ledger)
        officer = admitted(self._ledger, registry, request, attempt=attempt)
        subject = SubjectDesk(self._ledger).find(identity)
        nothing: tuple[Sequence[UUID], int] = ((), 0)
        found, reached = nothing if subject is None else self._standing(sort, subject, request)
        guards: dict[UUID, int] = {}
        told = [t for t in (self._told(sort, entry, guards) for entry in found) if t is not None]
        shown = [[str(t["entry"]), sort, hashlib.sha256(canonical(t)).hexdigest()] for t in told]
        position = logged(
            self._ledger,
            identity,
            request,
            officer,
            rules=("QRY-1", RULES[sort]),
            view=sort,
            shown=shown,
            reached=reached,
            guards=guards,
        )
        return EntriesAnswer(told, position)

    def _standing(self, sort: Sort, subject: UUID, request: Request) -> tuple[Sequence[UUID], int]:
        """The streams of what may be told, and how far the views are that say so."""
        if sort == "watch_list":
            notes = held_by(self._ledger, subject).notes
            mine = [n for n in notes if n.kind == "watch" and n.department == request.department]
            return [n.entry for n in mine if n.holds_on(request.on)], 0
        dossier = dossier_of(self._ledger, subject)
        unnamed = (entry for entry, item in reversed(dossier.entries) if not item)
        return list(self._references(unnamed)), dossier.reached

    def _references(self, entries: Iterator[UUID]) -> Iterator[UUID]:
        for entry in entries:
            rows = self._ledger.store.load_slice("records", entry, limit=1)
            if rows and rows[0].topic == ReferenceEntered.TOPIC:
                yield entry

    def _told(self, sort: Sort, entry: UUID, guards: dict[UUID, int]) -> dict[str, Json] | None:
        """An entry as told, None when its keys are gone; ``guards`` gets the stream as it was read."""
        rows = self._ledger.open_all(self._ledger.store.load("records", entry), log="records")
        guards[entry] = rows[-1].row.stream_version if rows else 0
        events = [row.event for row in rows if "public" in row.opened]
        return told_entry(sort, events[0]) if events else None


def told_entry(sort: Sort, event: Event) -> dict[str, Json] | None:
    """An entry as an answer of the sort tells it, by its first event; None for any other event."""
    if not isinstance(event, _EVENTS[sort]):
        return None
    fields = {name: getattr(event, name) for name in TOLD[sort]}
    told = {name: value for name, value in fields.items() if value is not None}
    return {"entry": str(event.originator_id), **told}
