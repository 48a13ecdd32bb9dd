"""What counts against a subject now, found by its dossier's index and read from the records' own streams (JNT-2).

The green channel asks it before it answers, a red list before it takes a subject in, and the deadline runner to find
whom its criteria exclude since. As far as the views are: what was recorded a moment ago counts with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from application.ledger import Ledger
from application.registry import Registry
from domain.catalogue.items import SEVERITIES, CatalogueItem, version_in_force
from domain.listing.adverse import Adverse
from domain.listing.case import fold_listing
from domain.records.publicity import decided_on, severity_of, term_end
from domain.remedies.standing import Standing, standing_of
from domain.shared.city_time import city_day
from domain.shared.refusals import Defect, Refused

ROWS_MAX = 20_000
"""Entries of one dossier that a question looks through; more is refused: a cut answer would say what is not so."""
MonthsMax = Callable[[date], tuple[int, ...] | None]
"""The maximum terms of publicity that the office had set for a day, None where it had set none."""


@dataclass(frozen=True)
class Dossier:
    """What a subject's dossier holds outside its past: each entry with its item, and how far that index is."""

    reached: int
    entries: Sequence[tuple[UUID, str]]


def dossier_of(ledger: Ledger, subject: UUID) -> Dossier:
    """What a subject's dossier holds. Raises ``Refused`` (FORMAT) for one that is too large to answer about."""
    reached, entries = ledger.store.standing_records(subject, limit=ROWS_MAX + 1)
    if len(entries) > ROWS_MAX:
        raise Refused(Defect("FORMAT", "answer_too_large", "/subjects", {"most": str(ROWS_MAX)}))
    return Dossier(reached, entries)


def counts_today(standing: Standing, item: CatalogueItem, *, today: date, months_max: MonthsMax) -> bool:
    """Whether a record counts: neither withdrawn nor repaired nor over, by its event or by its last day."""
    if standing.status != "standing" or standing.repair:
        return False
    ends = term_end(item, standing.content, months_max=months_max(decided_on(standing.content)))
    return ends is None or today <= ends


class AdverseRecords:
    """The adverse records (不良信用记录) of subjects, as they stand today."""

    def __init__(self, ledger: Ledger, registry: Registry, months_max: MonthsMax) -> None:
        self._ledger = ledger
        self._registry = registry
        self._months_max = months_max
        self.guards: dict[UUID, int] = {}
        """The streams of the entries that were looked at and of their items, with the versions that were read."""

    def among(self, entries: Sequence[tuple[UUID, str]]) -> Iterator[Adverse]:
        """Those of the entries that count against their subject, newest first as they are given."""
        return (found for entry, item in entries if (found := self._at(entry, item)) is not None)

    def _at(self, entry: UUID, code: str) -> Adverse | None:
        known = self._registry.item(code)
        self.guards |= known.guards
        items = known.items
        if not any(item.nature == "negative" for item in items) or self._registry.is_stopped(code):
            return None  # what rests on a document without a basis weighs on nobody (INS-2)
        rows = self._ledger.open_all(self._ledger.store.load("records", entry), log="records")
        self.guards[entry] = rows[-1].row.stream_version if rows else 0
        events = [row.event for row in rows if "public" in row.opened]
        today = city_day(self._ledger.now())
        standing = standing_of(events)
        if standing is None:
            listing = fold_listing(events)
            over = listing is None or not listing.is_listed or "" < listing.until < today.isoformat()
            if listing is None or over:
                return None
            return Adverse(entry, date.fromisoformat(listing.decided_on), SEVERITIES[-1])
        content = standing.content
        item = version_in_force(items, decided_on(content))
        if item is None or item.nature != "negative":
            return None
        if not counts_today(standing, item, today=today, months_max=self._months_max):
            return None
        return Adverse(entry, decided_on(content), severity_of(content))
