"""Which versions of items, standards and measures are suspended, since when and for which document (INS-2).

The public registers tell it beside what a version says; the views keep the version as it was adopted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from application.ledger import Ledger
from application.projections.registers import CATALOGUE, MEASURES, STANDARDS
from application.registry import Registry
from domain.catalogue.items import CatalogueItemSuspended, version_in_force
from domain.catalogue.versions import VersionsSuspended
from domain.listing.events import ListStandardSuspended
from domain.listing.standards import standard_in_force
from domain.measures.items import MeasureItemSuspended
from domain.shared.city_time import city_day

_EVENTS = {
    CATALOGUE: CatalogueItemSuspended,
    STANDARDS: ListStandardSuspended,
    MEASURES: MeasureItemSuspended,
}


@dataclass(frozen=True)
class Suspension:
    """That a version is not executed (停止执行): from which day (ISO text) and position on, for which document.

    ``position`` None: for as long as the list's standard is suspended, whenever the item's version was adopted.
    """

    since: str
    position: int | None
    title: str


Suspensions = Mapping[tuple[str, int], Suspension]
"""Code and version -> how that version is suspended."""


def suspensions(ledger: Ledger, kind: str) -> Suspensions:
    """The suspensions of a register by code and version, the newest of each; empty for a register without any."""
    if kind not in _EVENTS:
        return {}
    found = _own(ledger, kind)
    return {**found, **dict(_with_their_list(ledger))} if kind == CATALOGUE else found


def _own(ledger: Ledger, kind: str) -> dict[tuple[str, int], Suspension]:
    """What the register's own events say."""
    topic = _EVENTS[kind].TOPIC
    rows = ledger.store.measure_list() if kind == MEASURES else ledger.store.governing_rows([topic])
    found: dict[tuple[str, int], Suspension] = {}
    for opened in ledger.open_all([row for row in rows if row.topic == topic], log="records"):
        event = opened.event
        if isinstance(event, VersionsSuspended):
            told = Suspension(city_day(event.timestamp).isoformat(), opened.row.position, event.title)
            found |= {(event.code, version): told for version in event.versions}
    return found


def _with_their_list(ledger: Ledger) -> Iterable[tuple[tuple[str, int], Suspension]]:
    """Of each list whose standard is suspended today, its own item's version in force, as the registry has it."""
    registry, today = Registry(ledger), city_day(ledger.now())
    for (code, version), standard in _own(ledger, STANDARDS).items():
        held = version_in_force(registry.item(code).items, today)
        in_force = standard_in_force(registry.standard(code).versions, today)
        if held is None or in_force is None or (in_force.version, in_force.status) != (version, "suspended"):
            continue
        since = max(standard.since, held.effective_from, in_force.effective_from)
        yield (code, held.version), Suspension(since, None, standard.title)
