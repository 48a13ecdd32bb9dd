"""What the gate of its own kind says of a proposal: when it is proposed, and again when it is published and adopted.

Called by ``proposals.py``: what can never pass is not even proposed, and in the transaction of the publication nothing
is published that its gate refuses by then, with every reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from application.commands.contents import ITEM, MEASURE, STANDARD
from application.instruments import clean_up
from application.ledger import Ledger
from application.listings import standard_append
from application.ports import Append
from application.registry import Registry
from domain.catalogue.gate import adopt
from domain.catalogue.items import CatalogueItem, CatalogueItemAdopted
from domain.listing.standard_gate import adopt_standard
from domain.listing.standards import COMMENT_DAYS_MIN, ListStandard, ListStandardAdopted
from domain.listing.suspension import stopped_defects
from domain.measures.items import MeasureItem, MeasureItemAdopted, adopt_measure
from domain.proposals.events import ProposalMade
from domain.proposals.process import Proposal, fold_proposal
from domain.shared.city_time import city_day
from domain.shared.refusals import Defect, Refused
from domain.shared.rule_settings import MAXIMUM_MONTHS, RuleSettings

META = {"actor": "credit_office", "purpose": "proposal"}
Adopted = CatalogueItemAdopted | ListStandardAdopted | MeasureItemAdopted


def require_passable(ledger: Ledger, registry: Registry, made: ProposalMade, defaults: RuleSettings) -> None:
    """Refuse a proposal that its gate would refuse on the soonest day on which it could be published (CAT-1..3).

    Raises ``Refused`` with every reason, each at its place in ``content``. What may still be mended from outside, as
    the item of a list that is proposed beside its standard, is asked at the publication alone.
    """
    proposal, now = fold_proposal([made]), ledger.now()
    assert proposal is not None
    opens, days = city_day(now), COMMENT_DAYS_MIN if proposal.what == STANDARD else 1
    closes = opens + timedelta(days=days)
    proposal = replace(proposal, opens=opens.isoformat(), closes=closes.isoformat())
    try:
        # Comment ends with its last day, so the meeting and the publication come on the next at the soonest.
        GATES[proposal.what](ledger, registry, proposal, defaults, now + timedelta(days=days + 1))
    except Refused as refused:
        raise Refused(*(replace(d, field=f"/content{d.field}") for d in refused.defects)) from None


def adopted(ledger: Ledger, registry: Registry, proposal: Proposal, defaults: RuleSettings) -> Append:
    """What the publication of a proposal adopts. Raises ``Refused`` with every reason of its gate."""
    if proposal.what == STANDARD and not registry.item(proposal.code).items:
        raise Refused(Defect("CAT-1", "list_without_item", "", {"list": proposal.code}))
    event = GATES[proposal.what](ledger, registry, proposal, defaults, ledger.now())
    act = ledger.seal(event)
    if isinstance(event, ListStandardAdopted):
        return standard_append(ledger, act, registry.standard(proposal.code), meta=META)
    return ledger.prepare([act], meta=META)


def _item(
    ledger: Ledger, registry: Registry, proposal: Proposal, defaults: RuleSettings, at: datetime
) -> CatalogueItemAdopted:
    known = registry.item(proposal.code)
    item = CatalogueItem.from_json(proposal.content, status="draft")
    months = registry.settings(defaults).settings.value(MAXIMUM_MONTHS, on=_first_day(item, at)).numbers
    return adopt(
        item,
        before=known.items,
        months_max=months,
        stream_id=known.stream_id,
        stream_version=known.stream_version + 1,
        recorded_at=at,
        stopped=clean_up(ledger).stopped,
    )


def _first_day(item: CatalogueItem, at: datetime) -> date:
    """From when an item would hold; the day asked about where its own cannot be read, which its gate refuses."""
    try:
        return date.fromisoformat(item.effective_from)
    except ValueError:
        return city_day(at)


def _standard(
    ledger: Ledger, registry: Registry, proposal: Proposal, _: RuleSettings, at: datetime
) -> ListStandardAdopted:
    known = registry.standard(proposal.code)
    standard = replace(
        ListStandard.from_json(proposal.content),
        consulted_from=proposal.opens,
        consulted_until=proposal.closes,
    )
    return adopt_standard(
        standard,
        before=known.versions,
        stopped=stopped_defects(standard, clean_up(ledger).stopped),
        stream_id=known.stream_id,
        stream_version=known.stream_version + 1,
        recorded_at=at,
    )


def _measure(
    ledger: Ledger, registry: Registry, proposal: Proposal, _: RuleSettings, at: datetime
) -> MeasureItemAdopted:
    known = registry.measure(proposal.code)
    return adopt_measure(
        MeasureItem.from_json(proposal.content),
        before=known.items,
        stream_id=known.stream_id,
        stream_version=known.stream_version + 1,
        recorded_at=at,
        stopped=clean_up(ledger).stopped,
    )


GATES: Mapping[str, Callable[[Ledger, Registry, Proposal, RuleSettings, datetime], Adopted]] = {
    ITEM: _item,
    STANDARD: _standard,
    MEASURE: _measure,
}
"""What may be proposed -> what its gate makes of it at an instant: the event that adopts it, or ``Refused``."""
