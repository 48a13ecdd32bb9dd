"""How what was proposed is adopted when it is published: by the gate of its own kind, which refuses with every reason.

Called by ``proposals.py`` in the transaction of the publication, so that nothing is published that its gate refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from application.commands.contents import ITEM, MEASURE, STANDARD
from application.instruments import clean_up
from application.ledger import Ledger
from application.listings import standard_append
from application.ports import Append
from application.registry import Registry
from domain.catalogue.gate import adopt
from domain.catalogue.items import CatalogueItem
from domain.listing.standard_gate import adopt_standard
from domain.listing.standards import ListStandard
from domain.listing.suspension import stopped_defects
from domain.measures.items import MeasureItem, adopt_measure
from domain.proposals.process import Proposal
from domain.shared.city_time import city_day
from domain.shared.refusals import Defect, Refused
from domain.shared.rule_settings import MAXIMUM_MONTHS, RuleSettings

META = {"actor": "credit_office", "purpose": "proposal"}


def _adopt_item(ledger: Ledger, registry: Registry, proposal: Proposal, defaults: RuleSettings) -> Append:
    known = registry.item(proposal.code)
    item = CatalogueItem.from_json(proposal.content, status="draft")
    months = registry.settings(defaults).settings.value(MAXIMUM_MONTHS, on=_first_day(item, ledger)).numbers
    event = adopt(
        item,
        before=known.items,
        months_max=months,
        stream_id=known.stream_id,
        stream_version=known.stream_version + 1,
        recorded_at=ledger.now(),
        stopped=clean_up(ledger).stopped,
    )
    return ledger.prepare([ledger.seal(event)], meta=META)


def _first_day(item: CatalogueItem, ledger: Ledger) -> date:
    """From when an item would hold; today where its day cannot be read, which its gate refuses."""
    try:
        return date.fromisoformat(item.effective_from)
    except ValueError:
        return city_day(ledger.now())


def _adopt_standard(ledger: Ledger, registry: Registry, proposal: Proposal, _: RuleSettings) -> Append:
    known = registry.standard(proposal.code)
    standard = replace(
        ListStandard.from_json(proposal.content),
        consulted_from=proposal.opens,
        consulted_until=proposal.closes,
    )
    if not registry.item(proposal.code).items:
        raise Refused(Defect("CAT-1", "list_without_item", "", {"list": proposal.code}))
    event = adopt_standard(
        standard,
        before=known.versions,
        stopped=stopped_defects(standard, clean_up(ledger).stopped),
        stream_id=known.stream_id,
        stream_version=known.stream_version + 1,
        recorded_at=ledger.now(),
    )
    return standard_append(ledger, ledger.seal(event), known, meta=META)


def _adopt_measure(ledger: Ledger, registry: Registry, proposal: Proposal, _: RuleSettings) -> Append:
    known = registry.measure(proposal.code)
    event = adopt_measure(
        MeasureItem.from_json(proposal.content),
        before=known.items,
        stream_id=known.stream_id,
        stream_version=known.stream_version + 1,
        recorded_at=ledger.now(),
        stopped=clean_up(ledger).stopped,
    )
    return ledger.prepare([ledger.seal(event)], meta=META)


ADOPT: Mapping[str, Callable[[Ledger, Registry, Proposal, RuleSettings], Append]] = {
    ITEM: _adopt_item,
    STANDARD: _adopt_standard,
    MEASURE: _adopt_measure,
}
"""What may be proposed -> how it passes its own gate and is adopted, or raises ``Refused``."""
