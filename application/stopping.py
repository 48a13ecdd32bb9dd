"""Measures that rest on what is not executed any more are over at once, and end by an event each (INS-2, 15号 二).

Follows the suspension of an item of the measures list, a catalogue item or a list's standard; the command that brought
it about asks, and the deadline runner for what it did not finish. In between a measure is told as over all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from application.attempts import retried
from application.bearing import Bearing
from application.ledger import Ledger
from application.listings import bearing_of
from application.measures import sealed_for, settle_measures
from application.registry import Registry
from application.sealing import parse_key_reference
from domain.catalogue.items import CatalogueItemSuspended
from domain.listing.case import fold_listing
from domain.listing.events import ListStandardSuspended
from domain.measures.case import Measure, fold_measure, stopped
from domain.measures.fitting import LISTING
from domain.measures.items import MeasureItemSuspended
from domain.records.publicity import item_code
from domain.remedies.standing import standing_of
from domain.shared.events import Event
from domain.shared.refusals import Defect, Refused

PER_PAGE = 500
META = {"actor": "platform", "purpose": "instrument_cleanup"}
SUSPENSIONS = (MeasureItemSuspended.TOPIC, CatalogueItemSuspended.TOPIC, ListStandardSuspended.TOPIC)
_FIRST = UUID(int=0)
Stops = frozenset[tuple[str, int]]
"""What is not executed today: an item of the measures list with its version, a catalogue item or list with 0."""


def what_stops(ledger: Ledger) -> Stops:
    """What is suspended today and nothing has taken the place of; empty for most ledgers and days."""
    registry, found = Registry(ledger), set[tuple[str, int]]()
    rows = [
        *ledger.store.measure_list(),
        *ledger.store.governing_rows([CatalogueItemSuspended.TOPIC, ListStandardSuspended.TOPIC]),
    ]
    for opened in ledger.open_all([row for row in rows if row.topic in SUSPENSIONS], log="records"):
        event = opened.event
        if isinstance(event, MeasureItemSuspended):
            found |= {(event.code, version) for version in event.versions}
        elif isinstance(event, CatalogueItemSuspended | ListStandardSuspended):
            found |= {(event.code, 0)} if registry.is_stopped(event.code) else set()
    return frozenset(found)


def stop_measures(ledger: Ledger, stops: Stops) -> int:
    """End every open measure that rests on one of these; how many. Raises ``LedgerUnavailable``."""
    ended, after = 0, _FIRST
    while stops and (page := ledger.store.open_cases_from("measure", after=after, limit=PER_PAGE)):
        ended += sum(_stopped(ledger, measure, stops) for measure in page)
        after = page[-1]
    return ended


def stop_of(ledger: Ledger, measure: Measure, stops: Stops | None = None) -> str:
    """The code of what a measure rests on and is suspended, while its own end has not come yet; empty for none."""
    if not measure.is_open:
        return ""
    return _resting_on(ledger, measure, what_stops(ledger) if stops is None else stops)


def measure_now(ledger: Ledger, events: Iterable[Event], stops: Stops | None = None) -> Measure | None:
    """The measure of a stream as it holds now: over since what it rests on is suspended, not since its own end."""
    measure = fold_measure(events)
    return stopped(measure) if measure is not None and stop_of(ledger, measure, stops) else measure


def executed(ledger: Ledger, measures: Iterable[Measure]) -> list[Measure]:
    """Those that rest on nothing that is suspended."""
    given = list(measures)
    stops = what_stops(ledger) if given else Stops()
    return [measure for measure in given if not stop_of(ledger, measure, stops)]


def require_executed(ledger: Ledger, measure: Measure) -> None:
    """That a measure rests on nothing suspended. Raises ``Refused`` (INS-2) when it does, after ending it."""
    stops = what_stops(ledger) if measure.is_open else Stops()
    if code := stop_of(ledger, measure, stops):
        _stopped(ledger, measure.id, stops)
        raise Refused(Defect("INS-2", "measure_stopped", "", {"item": code}))


def _stopped(ledger: Ledger, measure_id: UUID, stops: Stops) -> int:
    def attempt() -> int:
        rows = ledger.store.load("records", measure_id)
        opened = ledger.open_all(rows, log="records")
        measure = fold_measure(row.event for row in opened if "public" in row.opened)
        by = "" if measure is None else stop_of(ledger, measure, stops)
        if not by:
            return 0
        subject = parse_key_reference(rows[0].key_ref)["public"][0]
        _end(ledger, bearing_of(ledger, subject, case=measure_id), measure_id, by)
        return 1

    return retried(attempt)


def _end(ledger: Ledger, bearing: Bearing, measure: UUID, by: str) -> None:
    """Raises ``Conflict`` when something of the subject moved."""
    acts = sealed_for(ledger, bearing, bearing.stopped(measure, by=by, at=ledger.now()))
    batch = ledger.prepare(acts, meta={**META, "correlation": str(measure)})
    settle_measures(batch, bearing)
    ledger.store.append(batch)


def _resting_on(ledger: Ledger, measure: Measure, stops: Stops) -> str:
    """The code of what is not executed and the measure rests on; empty for none."""
    if (measure.code, measure.item_version) in stops:
        return measure.code
    if not any(version == 0 for _, version in stops):
        return ""
    code = ""
    if measure.ground != LISTING:
        standing = standing_of(ledger.load(measure.records[0]))
        code = "" if standing is None else item_code(standing.content)
    elif (listing := fold_listing(ledger.load(UUID(measure.rests_on)))) is not None:
        code = listing.list_code
    return code if (code, 0) in stops else ""
