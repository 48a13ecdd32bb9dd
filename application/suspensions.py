"""Which versions of items, standards and measures are suspended, since when and for which document (INS-2).

The public registers tell it beside what a version says; the views keep the version as it was adopted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from application.ledger import Ledger
from application.projections.registers import CATALOGUE, MEASURES, STANDARDS
from domain.catalogue.items import CatalogueItemSuspended
from domain.listing.events import ListStandardSuspended
from domain.measures.items import MeasureItemSuspended
from domain.shared.city_time import city_day

_EVENTS = {
    CATALOGUE: CatalogueItemSuspended,
    STANDARDS: ListStandardSuspended,
    MEASURES: MeasureItemSuspended,
}


@dataclass(frozen=True)
class Suspension:
    """That a version is not executed (停止执行): from which day (ISO text) and position on, for which document."""

    since: str
    position: int
    title: str


def suspensions(ledger: Ledger, kind: str) -> Mapping[tuple[str, int], Suspension]:
    """The suspensions of a register by code and version, the newest of each; empty for a register without any."""
    if kind not in _EVENTS:
        return {}
    topic = _EVENTS[kind].TOPIC
    rows = ledger.store.measure_list() if kind == MEASURES else ledger.store.governing_rows([topic])
    found: dict[tuple[str, int], Suspension] = {}
    for opened in ledger.open_all([row for row in rows if row.topic == topic], log="records"):
        event = opened.event
        if isinstance(event, CatalogueItemSuspended | ListStandardSuspended | MeasureItemSuspended):
            told = Suspension(city_day(event.timestamp).isoformat(), opened.row.position, event.title)
            found |= {(event.code, version): told for version in event.versions}
    return found
