"""What was published late (DET-6): the batches of a department by pages, and the count by department.

Told from ``publication.late`` events alone; nothing here names a subject, so nothing here is a look.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from application.ledger import Ledger, parse_instant
from application.queries.history import RecordLife
from application.queries.pages import FIRST_PAGE, Cursors, Page, PageAsked, Place
from domain.records.events import RecordDetermined
from domain.records.lateness import Late, LateCount, PublicationLate, late_counts, lateness, limited_as
from domain.records.publicity import decided_on
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar
from domain.shared.rule_settings import PUBLISH_DAYS, RuleSettings

LATE = "late"
BATCHES_MAX = 20
"""Batches of one page at most, so that a page names at most 10,000 records."""
PER_STEP = 500


@dataclass(frozen=True)
class LateRecord:
    """A record that came late: ``days`` working days after its last day ``due``."""

    record: str
    due: str
    days: int
    provisional: bool


@dataclass(frozen=True)
class LateBatch:
    """The late records of one batch that a department sent (逾期公示)."""

    position: int
    department: str
    form: str
    recorded_on: str
    records: tuple[LateRecord, ...]


class LatePublications:
    """What departments recorded later than 001 四(二) allows."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def page(self, department: str, asked: PageAsked = FIRST_PAGE) -> Page[LateBatch]:
        """A department's late batches, oldest first, up to where the listing began.

        Raises ``Refused`` (FORMAT) for a cursor of another list.
        """
        cursors = Cursors(self._ledger.vault, department, LATE)
        begun = Place(self._ledger.store.head_of("records"), 0)
        place = cursors.read(asked.cursor) if asked.cursor else begun
        limit = min(asked.limit, BATCHES_MAX)
        found = list(self._events(department, place, limit + 1))
        batches = tuple(_batch(position, event) for position, event in found[:limit])
        following = cursors.write(Place(place.begun, batches[-1].position)) if len(found) > limit else ""
        return Page(batches, following, place.begun)

    def counts(self, department: str | None = None) -> dict[str, LateCount]:
        """By department what came late so far, of one or of all; read in steps, whatever their number."""
        return late_counts(self._all(department))

    def _all(self, department: str | None) -> Iterator[PublicationLate]:
        place = Place(self._ledger.store.head_of("records"), 0)
        while found := list(self._events(department, place, PER_STEP)):
            yield from (event for _, event in found)
            place = Place(place.begun, found[-1][0])

    def _events(
        self, department: str | None, place: Place, limit: int
    ) -> Iterator[tuple[int, PublicationLate]]:
        rows = self._ledger.store.late_publications(
            department, after=place.after, through=place.begun, limit=limit
        )
        for opened in self._ledger.open_all(rows, log="records"):
            event = opened.event
            assert isinstance(event, PublicationLate)
            yield opened.row.position, event


def late_of(life: RecordLife, calendar: Calendar, settings: RuleSettings) -> Late | None:
    """How late a record of a dossier came, None when it was in time or its content can be told no more."""
    first = life.moments[0]
    if first.event != RecordDetermined.TOPIC or "public" not in first.parts:
        return None
    form, recorded_on = limited_as(first.parts), city_day(parse_instant(first.at))
    decided = decided_on(first.parts)
    within = settings.number(PUBLISH_DAYS, on=decided)
    return lateness(form, decided, recorded_on=recorded_on, calendar=calendar, within_working_days=within)


def _batch(position: int, event: PublicationLate) -> LateBatch:
    records = tuple(LateRecord(r, due, int(days), bool(mark)) for r, due, days, mark in event.records)
    recorded_on: date = city_day(event.timestamp)
    return LateBatch(position, event.department, event.form, recorded_on.isoformat(), records)
