"""What was made elsewhere and holds here: the national catalogue, national lists' standards, the national measures.

Nothing of it is drafted here, so it does not pass through proposals: the credit office enters it as it was published
(CAT-6, LST-2, MEA-1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from application.commands.contents import CONTENTS, Version, read_version
from application.commands.office_acts import OfficeActs
from application.instruments import clean_up
from application.ledger import SealedAct
from application.listings import standard_append
from application.registry import ITEM
from application.resting import settle
from domain.catalogue.gate import import_item, item_defects
from domain.catalogue.items import CatalogueItem
from domain.instruments.ledger import Stopped
from domain.listing.standard_gate import import_standard, standard_defects
from domain.listing.standards import ListStandard
from domain.listing.suspension import stopped_defects
from domain.measures.items import MeasureItem, import_measure
from domain.measures.items import item_defects as measure_defects
from domain.shared.canonical import Json
from domain.shared.events import Event
from domain.shared.refusals import Defect, Refused, refuse_if_any

NATIONAL = "national"


class Imports(OfficeActs):
    """The credit office enters what others made."""

    def import_catalogue(self, items: Sequence[CatalogueItem]) -> int:
        """Import the items that the ledger lacks, adopted or as drafts with reasons; how many were new."""
        return self.import_with(items, import_item)

    def import_with(self, items: Sequence[CatalogueItem], decide: Callable[..., Event]) -> int:
        """Enter items by the given decision of the domain; an item that stands already is left alone."""
        acts: list[SealedAct] = []
        stopped = self._stopped()
        for item in items:
            stream = self._ledger.name_id(ITEM, item.code)
            if not self._ledger.load(stream):
                event = decide(item, **self._place(stream, 0), stopped=stopped)
                acts.append(self._seal(event))
        if acts:
            self._adopted(acts)
        return len(acts)

    def import_standards(self, standards: Sequence[ListStandard]) -> int:
        """Enter standards of lists that stand elsewhere, in force or as drafts with reasons; how many were new.

        A version that stands already is left alone. A list that is no catalogue item is a draft (CAT-1).
        """
        return sum(self._import_standard(standard) for standard in standards)

    def import_measures(self, items: Sequence[MeasureItem]) -> int:
        """Enter items of the national measures list, adopted or as drafts with reasons; how many were new."""
        acts, stopped = [], self._stopped()
        for item in items:
            known = self._registry.measure(item.code)
            if not known.items:
                place = self._place(known.stream_id, 0)
                acts.append(self._seal(import_measure(item, **place, stopped=stopped)))
        if acts:
            self._adopted(acts)
        return len(acts)

    def adopt(self, what: str, given: Mapping[str, Json]) -> None:
        """Adopt the next version of a national item, list's standard or measure, as after a suspension (INS-2).

        Raises ``Refused`` with every reason why it cannot be in force, for one that is not national or follows one
        that is not (it is proposed here: CAT-6, LST-2, MEA-1), and when it is not whole or its number not the next
        (CAT-3); ``Conflict`` when it moved meanwhile.
        """
        version = read_version(self._registry, what, given)
        self._require_national(what, version)
        stopped = self._stopped()
        if isinstance(version, CatalogueItem):
            refuse_if_any(item_defects(version, stopped))
            items = self._registry.item(version.code)
            place = self._place(items.stream_id, items.stream_version)
            self._adopted([self._seal(import_item(version, **place, stopped=stopped))])
        elif isinstance(version, MeasureItem):
            refuse_if_any(measure_defects(version, stopped))
            known = self._registry.measure(version.code)
            place = self._place(known.stream_id, known.stream_version)
            self._adopted([self._seal(import_measure(version, **place, stopped=stopped))])
        else:
            listed = bool(self._registry.item(version.code).items)
            item = [] if listed else [Defect("CAT-1", "list_without_item", "", {"list": version.code})]
            refuse_if_any([*item, *stopped_defects(version, stopped), *standard_defects(version)])
            self._import_standard(version)

    def _require_national(self, what: str, version: Version) -> None:
        """That the version and all before it were made elsewhere: what is ours goes the whole way of a proposal."""
        versions = (version, *CONTENTS[what].versions(self._registry, version.code))
        layers = [(v.scope if isinstance(v, ListStandard) else v.layer) for v in versions]
        if any(layer != NATIONAL for layer in layers):
            rule, field = {"list_standard": ("LST-2", "scope"), "measure": ("MEA-1", "layer")}.get(
                what, ("CAT-6", "layer")
            )
            raise Refused(Defect(rule, "adoption_not_national", f"/content/{field}"))

    def _import_standard(self, standard: ListStandard) -> int:
        known = self._registry.standard(standard.code)
        if any(version.version == standard.version for version in known.versions):
            return 0
        event = import_standard(
            standard,
            known_item=bool(self._registry.item(standard.code).items),
            stopped=stopped_defects(standard, self._stopped()),
            **self._place(known.stream_id, known.stream_version),
        )
        guards = self._authority()
        self._append(standard_append(self._ledger, self._seal(event), known, meta=self._meta), guards)
        settle(self._ledger, self._stopped)
        return 1

    def _place(self, stream: UUID, version: int) -> dict[str, Any]:
        """Where the next event of a stream goes that holds so many."""
        return {"stream_id": stream, "stream_version": version + 1, "recorded_at": self._ledger.now()}

    def _stopped(self) -> tuple[Stopped, ...]:
        return clean_up(self._ledger).stopped

    def _adopted(self, acts: list[SealedAct]) -> None:
        self._append(self._ledger.prepare(acts, meta=self._meta), self._authority())
        # A document may have been stopped while this was decided; whoever commits last sees both.
        settle(self._ledger, self._stopped)
