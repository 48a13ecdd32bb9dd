"""What a document that is not executed takes with it: the versions of a catalogue item that rest on it (INS-2).

Before it stands the clean-up ledger's list of stopped documents; after it the event that suspends an item, and the
gate, which adopts nothing on such a basis and lets nothing in under a suspended version. Lists and measures use it too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from domain.catalogue.items import CatalogueItem, CatalogueItemSuspended, LegalBasis
from domain.catalogue.versions import V
from domain.instruments.basis import cites
from domain.instruments.ledger import Stopped
from domain.shared.events import Place, placed

E = TypeVar("E")


def stopped_basis(basis: LegalBasis, stopped: Sequence[Stopped]) -> Stopped | None:
    """The stopped document that a basis means, or None."""
    return next((s for s in stopped if cites(s.title, title=basis.title, number=basis.document_number)), None)


def rests_on(item: CatalogueItem, stopped: Sequence[Stopped]) -> Stopped | None:
    """The first stopped document that a version cites, beside other bases or alone, or None."""
    bases = (*item.bases, *item.personal_information_bases)
    return next((s for basis in bases if (s := stopped_basis(basis, stopped)) is not None), None)


def suspend(
    versions: Sequence[CatalogueItem],
    stopped: Sequence[Stopped],
    *,
    stream_id: UUID,
    stream_version: int,
    recorded_at: datetime,
) -> CatalogueItemSuspended | None:
    """The event that suspends the versions of an item that rest on a stopped document; None when none does."""
    place = placed(stream_id, stream_version, recorded_at)
    return suspended_with(CatalogueItemSuspended, versions, stopped, rests_on, place)


def suspended_with(
    event: Callable[..., E],
    versions: Sequence[V],
    stopped: Sequence[Stopped],
    rests_on: Callable[[V, Sequence[Stopped]], Stopped | None],
    place: Place,
) -> E | None:
    """The event that suspends the versions of anything which rest on a stopped document; None when none does.

    For catalogue items, items of the measures list and standards of lists, whose events tell the same of it.
    """
    found = [(v, s) for v in versions if v.status == "in_force" and (s := rests_on(v, stopped)) is not None]
    if not found:
        return None
    document = found[0][1]
    return event(
        **place,
        code=versions[0].code,
        versions=[version.version for version, _ in found],
        document=str(document.document),
        unit=document.unit,
        title=document.title,
    )
