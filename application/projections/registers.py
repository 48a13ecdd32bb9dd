"""The public registers: matter of government that anyone may read, one row for each thing and version (CAT-3, LST-3).

Folded with the views, in the transaction of their position. A further register is one function here and its line in
:data:`FOLDS`; the public read function, the routes and the pages serve it by its kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from application.ledger import OpenedRow
from domain.catalogue.items import CatalogueEvent, CatalogueItemAdopted, CatalogueItemDrafted
from domain.listing.standards import (
    ListStandardAdopted,
    ListStandardDrafted,
    ListStandardEvent,
    ListTransitionEnded,
)
from domain.measures.items import (
    MeasureItemAdopted,
    MeasureItemDrafted,
    MeasureItemEvent,
)
from domain.oversight.indicators import IndicatorsNotified
from domain.proposals.events import (
    MeetingCalled,
    OpinionAnswered,
    OpinionGiven,
    ProposalConsulted,
    ProposalEvaluated,
    ProposalMade,
    ProposalPublished,
    ProposalReviewed,
    ProposalSuperseded,
    ReviewOverdue,
)
from domain.records.consistency import ConsistencyChecked
from domain.shared.canonical import Json, canonical
from domain.shared.city_time import city_day
from domain.shared.events import Event

CATALOGUE, STANDARDS, MEASURES, PROPOSALS = "catalogue_item", "list_standard", "measure", "proposal"
CONSISTENCY = "consistency_check"
INDICATORS = "indicators"


@dataclass(frozen=True)
class Entry:
    """One row of a register (公开登记): ``key`` and ``number`` name thing and version; days are its own, ISO text.

    ``content`` is canonical JSON and holds nothing about any person: it lies in the clear and is for everyone.
    """

    kind: str
    key: str
    number: int
    from_day: str | None
    until_day: str | None
    position: int
    content: bytes

    @property
    def place(self) -> tuple[str, str, int]:
        """What the entry replaces, if it is there."""
        return self.kind, self.key, self.number


def catalogue_item(event: CatalogueEvent, position: int) -> Entry:
    """A version of a catalogue item, in force or held back with its reasons."""
    item = event.item()
    told: dict[str, Json] = {**item.to_json(), "status": item.status}
    return Entry(
        CATALOGUE,
        item.code,
        item.version,
        item.effective_from or None,
        item.effective_to,
        position,
        canonical(told),
    )


def list_standard(event: ListStandardEvent, position: int) -> Entry:
    """A version of the standard of a list."""
    standard = event.told()
    told: dict[str, Json] = {**standard.to_json(), "status": standard.status}
    return Entry(
        STANDARDS,
        standard.code,
        standard.version,
        standard.effective_from,
        standard.effective_to or standard.transition_until,
        position,
        canonical(told),
    )


def transition_ended(event: ListTransitionEnded, position: int) -> Entry:
    """That a list ended with its transition."""
    told: dict[str, Json] = {"code": event.code, "version": event.version, "until": event.until}
    return Entry("list_ended", event.code, event.version, None, event.until, position, canonical(told))


def measure_item(event: MeasureItemEvent, position: int) -> Entry:
    """A version of an item of the measures list, in force or held back with its reasons."""
    item = event.told()
    told: dict[str, Json] = {**item.to_json(), "status": item.status}
    days = (item.effective_from or None, item.effective_to)
    return Entry(MEASURES, item.code, item.version, *days, position, canonical(told))


def indicators_notified(event: IndicatorsNotified, position: int) -> Entry:
    """A month's notice of indicators, as anyone is told."""
    told: dict[str, Json] = {"month": event.month, "digest": event.digest, **event.content}
    return Entry(INDICATORS, event.month, 1, None, str(event.content["until"]), position, canonical(told))


def proposal(event: Event, position: int) -> Entry | None:
    """A step of a proposal, as everyone may read it: never who opined, nor which officer acted. What a member is asked
    in its own case is none; its view is told with the outcome."""
    if isinstance(event, MeetingCalled) and event.department is not None:
        return None
    day = city_day(event.timestamp).isoformat()
    public = {name: said for name, said in event.parts()["public"].items() if name != "officer"}
    told: dict[str, Json] = {"event": event.TOPIC, "on_day": day, **public}
    key, number = str(event.originator_id), event.originator_version
    return Entry(PROPOSALS, key, number, day, None, position, canonical(told))


def consistency_check(event: ConsistencyChecked, position: int) -> Entry:
    """A comparison of a department's publication with the public view: its counts (PUB-3)."""
    day = city_day(event.timestamp).isoformat()
    told: dict[str, Json] = {"on_day": day, **event.parts()["public"]}
    key = f"{event.department}-{event.form}"
    return Entry(CONSISTENCY, key, event.originator_version, day, None, position, canonical(told))


FOLDS: Mapping[str, Callable[[Any, int], Entry | None]] = {
    CatalogueItemDrafted.TOPIC: catalogue_item,
    CatalogueItemAdopted.TOPIC: catalogue_item,
    ListStandardDrafted.TOPIC: list_standard,
    ListStandardAdopted.TOPIC: list_standard,
    ListTransitionEnded.TOPIC: transition_ended,
    IndicatorsNotified.TOPIC: indicators_notified,
    MeasureItemDrafted.TOPIC: measure_item,
    MeasureItemAdopted.TOPIC: measure_item,
    ConsistencyChecked.TOPIC: consistency_check,
    **{
        event.TOPIC: proposal
        for event in (
            ProposalMade, ProposalConsulted, OpinionGiven, OpinionAnswered, MeetingCalled, ProposalReviewed,
            ProposalPublished, ProposalEvaluated, ProposalSuperseded, ReviewOverdue,
        )
    },
}  # fmt: skip
"""Topic -> the entry that an event of it makes, if any; a pure function of the event and its position."""


def entries_of(opened: OpenedRow) -> Iterable[Entry]:
    """What an opened row adds to the registers: one entry, or nothing."""
    fold = FOLDS.get(opened.row.topic)
    entry = fold(opened.event, opened.row.position) if fold and "public" in opened.opened else None
    return () if entry is None else (entry,)
