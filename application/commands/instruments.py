"""A unit's clean-up ledger comes in: rows judged one by one, the good ones entered, everything else told (INS-1).

Before it the workbook is read by the client's reader; after it the ledger's export, its notices, and what is stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from application.attempts import retried
from application.commands.refusals import log_refused_rows, refused_rows
from application.instruments import CleanUp, clean_up, document_stream, unit_stream, units
from application.ledger import Ledger, SealedAct
from application.ports import Append, KeyName, Receipt
from application.resting import resting_on, settle
from application.stopping import stop_measures, what_stops
from domain.instruments.events import InstrumentEntered
from domain.instruments.form import Entry, LedgerForm
from domain.instruments.ledger import Stopped, enter
from domain.parties.events import DepartmentRegistered
from domain.parties.keys import CREDIT_OFFICE
from domain.shared.canonical import Parts
from domain.shared.events import Event, Place, placed
from domain.shared.refusals import Defect, Refused
from domain.shared.text import normalise_name

ROWS_MAX = 2000
"""Rows of one file: one transaction takes them all."""
PERSON = "person/1"
PURPOSE = "instrument_cleanup"


@dataclass(frozen=True)
class LedgerRow:
    """A row of the workbook as its reader judged it: an entry, or why it is none."""

    data_row: int
    sheet_row: int
    found: Entry | list[Defect]


@dataclass
class LedgerReport:
    """What became of a file's rows: entered anew or changed, standing already word for word, refused."""

    rows: int
    taken: int = 0
    unchanged: int = 0
    refused: list[tuple[LedgerRow, list[Defect]]] = field(default_factory=list)


class CleanUpDesk:
    """The desk (窗口) to which units send their ledgers and returns; made anew for each command."""

    def __init__(self, ledger: Ledger, *, department: str) -> None:
        self.ledger = ledger
        self.department = department

    def take(
        self,
        form: LedgerForm,
        rows: Sequence[LedgerRow],
        *,
        content: str,
        receipt: Callable[[LedgerReport], Receipt] | None = None,
    ) -> LedgerReport:
        """Enter the good rows in one transaction and log the others; ``content`` is a keyed digest of the file.

        A row that stands already changes nothing. Raises ``Refused`` (INS-1) for a file beyond the limit, and
        ``LedgerUnavailable``.
        """
        if len(rows) > ROWS_MAX:
            raise Refused(Defect("INS-1", "ledger_too_many_rows", "", {"most": str(ROWS_MAX)}))
        report = self._performed(lambda: self._entered(form, rows))
        settle(self.ledger, lambda: clean_up(self.ledger).stopped)
        stop_measures(self.ledger, what_stops(self.ledger))
        log_refused_rows(
            self.ledger,
            refused_rows((row.data_row, defects) for row, defects in report.refused),
            department=self.department,
            form="instruments",
            content=content,
            receipt=receipt(report) if receipt else None,
        )
        return report

    def performed(self, make: Callable[[], list[Event]], receipt: Receipt | None) -> int:
        """Record what ``make`` decides, deciding again when something moved; the first position."""
        return retried(lambda: self.append(make(), receipt))

    def append(self, events: Sequence[Event], receipt: Receipt | None = None) -> int:
        """Append events of the desk, each sealed by the gateway, those of persons under keys of their own."""
        acts = [self._sealed(event) for event in events]
        batch = (
            self.ledger.prepare(acts, meta={"actor": self.department, "purpose": PURPOSE})
            if acts
            else Append()
        )
        batch.receipt = receipt
        return self.ledger.store.append(batch)[0]

    def unit_place(self, unit: str = "") -> Place:
        """The next place in the stream of a unit's returns."""
        stream = unit_stream(self.ledger, unit or self.department)
        return placed(stream, len(self.ledger.store.load("records", stream)) + 1, self.ledger.now())

    def _sealed(self, event: Event) -> SealedAct:
        return self.ledger.seal(event, owners=owners_of(self.ledger, event))

    def _performed(self, make: Callable[[], tuple[LedgerReport, list[Event]]]) -> LedgerReport:
        def attempt() -> LedgerReport:
            report, events = make()
            if events:
                self.append(events)
            return report

        return retried(attempt)

    def _entered(self, form: LedgerForm, rows: Sequence[LedgerRow]) -> tuple[LedgerReport, list[Event]]:
        """What the rows enter, and the report of them all."""
        now, names = clean_up(self.ledger), _by_name(units(self.ledger))
        report, events = LedgerReport(len(rows)), list[Event]()
        seen: dict[UUID, int] = {}
        for row in rows:
            found = row.found
            unit, defects = self._unit(found, form, names) if isinstance(found, Entry) else ("", found)
            if isinstance(found, Entry) and not defects:
                stream = document_stream(self.ledger, unit, found.title)
                first = seen.setdefault(stream, row.data_row)
                if first == row.data_row:
                    self._take_row(found, unit, form, now, stream, report, events)
                    continue
                heading = form.heading("title")
                defects = [Defect("INS-1", "ledger_document_twice", heading, {"row": str(first)})]
            report.refused.append((row, defects))
        return report, [*events, *resting_on(self.ledger, _stopped_after(now, events))]

    def _take_row(
        self, entry: Entry, unit: str, form: LedgerForm, now: CleanUp, stream: UUID, report: LedgerReport,
        events: list[Event],
    ) -> None:  # fmt: skip
        known = now.find(stream)
        place = placed(stream, known.version + 1 if known else 1, self.ledger.now())
        made = enter(entry, known, place=place, unit=unit, form=form.name, entered_by=self.department)
        if made is None:
            report.unchanged += 1
        else:
            report.taken += 1
            events.append(made)

    def _unit(
        self, entry: Entry, form: LedgerForm, names: Mapping[str, DepartmentRegistered]
    ) -> tuple[str, list[Defect]]:
        """The code of the unit that a row names: one's own, or any registered one for the credit office."""
        heading = form.heading("unit_name")
        unit = names.get(normalise_name(entry.unit_name))
        if unit is None:
            return "", [Defect("INS-1", "ledger_unit_unknown", heading, {"heading": heading})]
        if unit.code != self.department and not self.is_office(names.values()):
            return "", [Defect("INS-1", "ledger_unit_of_another", heading, {"heading": heading})]
        return unit.code, []

    def is_office(self, known: Iterable[DepartmentRegistered]) -> bool:
        """Whether this desk's department is the credit office."""
        return any(unit.code == self.department and unit.role == CREDIT_OFFICE for unit in known)


def owners_of(ledger: Ledger, event: Event) -> dict[str, KeyName]:
    """Whose keys an event's parts are under: the ledger's, and for who answers for a document its own."""
    parts: Parts = event.parts()
    own = ledger.own_keys(parts)
    if isinstance(event, InstrumentEntered) and PERSON in parts:
        own[PERSON] = (event.originator_id, PERSON)
    return own


def _stopped_after(now: CleanUp, events: Sequence[Event]) -> list[Stopped]:
    """What is not executed once these entries stand (INS-2)."""
    stopped = {found.document: found for found in now.stopped}
    for event in events:
        if isinstance(event, InstrumentEntered):
            stopped.pop(event.originator_id, None)
            if not event.sufficient:
                document = Stopped(event.originator_id, event.unit, event.title)
                stopped[event.originator_id] = document
    return list(stopped.values())


def _by_name(known: Mapping[str, DepartmentRegistered]) -> dict[str, DepartmentRegistered]:
    return {normalise_name(unit.name): unit for unit in known.values()}
