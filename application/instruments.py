"""The clean-up ledger read whole: every document as it stands, every return, who the units are.

Commands, notices and public pages read it; a city's ledger is some hundreds of rows, found by an index of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from application.ledger import Ledger, instant
from domain.instruments.events import InstrumentEntered, InstrumentOverdue, NoticeIssued, ReturnFiled
from domain.instruments.ledger import Instrument, Stopped, fold_instrument
from domain.parties.events import DepartmentRegistered
from domain.shared.events import Event
from domain.shared.text import normalise_name

DOCUMENT, UNIT, NOTICE = "instrument", "instruments", "instrument-notice"
_DOCUMENTS = (InstrumentEntered, ReturnFiled, InstrumentOverdue)


@dataclass(frozen=True)
class CleanUp:
    """The ledger at a moment: documents in the order in which they entered, and returns of units as a whole."""

    documents: tuple[Instrument, ...]
    returns: tuple[ReturnFiled, ...]

    def of(self, unit: str) -> tuple[Instrument, ...]:
        """A unit's own documents."""
        return tuple(document for document in self.documents if document.unit == unit)

    def find(self, document: UUID) -> Instrument | None:
        """The document of an id, or None."""
        return next((found for found in self.documents if found.id == document), None)

    def filed(self, unit: str, what: str) -> ReturnFiled | None:
        """A unit's newest return of a sort, or None."""
        mine = [filed for filed in self.returns if (filed.unit, filed.what) == (unit, what)]
        return mine[-1] if mine else None

    @property
    def stopped(self) -> tuple[Stopped, ...]:
        """Every document that is not executed (INS-2)."""
        return tuple(found for document in self.documents if (found := document.stopped) is not None)


def document_stream(ledger: Ledger, unit: str, title: str) -> UUID:
    """The stream of a unit's document, whatever the style of its title."""
    return ledger.name_id(DOCUMENT, f"{unit}\n{normalise_name(title)}")


def unit_stream(ledger: Ledger, unit: str) -> UUID:
    """The stream of a unit's returns about its ledger as a whole."""
    return ledger.name_id(UNIT, unit)


def clean_up(ledger: Ledger, *, until: datetime | None = None) -> CleanUp:
    """The clean-up ledger as it stands, or as it stood at an instant (included)."""
    streams: dict[UUID, list[Event]] = {}
    for event in _events(ledger, *_DOCUMENTS, until=until):
        streams.setdefault(event.originator_id, []).append(event)
    documents = [found for events in streams.values() if (found := fold_instrument(events)) is not None]
    returns = [
        event
        for events in streams.values()
        for event in events
        if isinstance(event, ReturnFiled) and event.what not in ("plan", "completion")
    ]
    return CleanUp(tuple(documents), tuple(sorted(returns, key=lambda filed: filed.timestamp)))


def units(ledger: Ledger, *, until: datetime | None = None) -> dict[str, DepartmentRegistered]:
    """Every registered department by its code."""
    found = _events(ledger, DepartmentRegistered, until=until)
    return {event.code: event for event in found if isinstance(event, DepartmentRegistered)}


def notices(ledger: Ledger) -> list[NoticeIssued]:
    """Every notice that was issued, the newest month first."""
    found = [event for event in _events(ledger, NoticeIssued) if isinstance(event, NoticeIssued)]
    return sorted(found, key=lambda event: event.month, reverse=True)


def _events(ledger: Ledger, *types: type[Event], until: datetime | None = None) -> Iterator[Event]:
    rows = ledger.store.governing_rows([event_type.TOPIC for event_type in types])
    last = None if until is None else instant(until)
    for opened in ledger.open_all([r for r in rows if last is None or r.recorded_at <= last], log="records"):
        if "public" in opened.opened:
            yield opened.event
