"""Measures that rest on what is not executed any more end at once, each in a transaction of its own (INS-2, 15号 二).

Follows the suspension of an item of the measures list, a catalogue item or a list's standard; the command that brought
it about asks, and the deadline runner for what it did not finish.
"""

from __future__ import annotations

from uuid import UUID

from application.bearing import Bearing
from application.ledger import Ledger
from application.listings import bearing_of
from application.measures import sealed_for, settle_measures
from application.ports import Conflict, LedgerUnavailable
from application.registry import Registry
from application.sealing import parse_key_reference
from domain.catalogue.items import CatalogueItemSuspended
from domain.listing.case import fold_listing
from domain.listing.events import ListStandardSuspended
from domain.measures.case import Measure, fold_measure
from domain.measures.fitting import LISTING
from domain.measures.items import MeasureItemSuspended
from domain.records.publicity import item_code
from domain.remedies.standing import standing_of

ATTEMPTS_MAX = 8
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


def _stopped(ledger: Ledger, measure_id: UUID, stops: Stops) -> int:
    for _ in range(ATTEMPTS_MAX):
        rows = ledger.store.load("records", measure_id)
        opened = ledger.open_all(rows, log="records")
        measure = fold_measure(row.event for row in opened if "public" in row.opened)
        by = "" if measure is None or not measure.is_open else _resting_on(ledger, measure, stops)
        if not by:
            return 0
        subject = parse_key_reference(rows[0].key_ref)["public"][0]
        try:
            _end(ledger, bearing_of(ledger, subject, case=measure_id), measure_id, by)
        except Conflict:
            continue
        return 1
    raise LedgerUnavailable("too many writers at once")


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
