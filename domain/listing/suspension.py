"""What a document that is not executed takes with it: the versions of a list's standard that rest on it (INS-2).

Before it stands the clean-up ledger's list of stopped documents; after it the event that suspends a standard. Under a
suspended one nobody is listed, and who is listed is shown and measured for it no more until a later version takes its
place.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.catalogue.suspension import stopped_basis, suspended_with
from domain.instruments.ledger import Stopped
from domain.listing.events import ListStandardSuspended
from domain.listing.standards import ListStandard
from domain.shared.events import placed
from domain.shared.refusals import Defect


def suspend_standard(
    versions: Sequence[ListStandard],
    stopped: Sequence[Stopped],
    *,
    stream_id: UUID,
    stream_version: int,
    recorded_at: datetime,
) -> ListStandardSuspended | None:
    """The event that suspends the versions that rest on a stopped document; None when none does."""
    place = placed(stream_id, stream_version, recorded_at)
    return suspended_with(ListStandardSuspended, versions, stopped, _rests_on, place)


def stopped_defects(standard: ListStandard, stopped: Sequence[Stopped]) -> list[Defect]:
    """That no version is published on a document that is not executed."""
    document = _rests_on(standard, stopped)
    told = {"list": standard.code, "title": "" if document is None else document.title}
    return [] if document is None else [Defect("INS-2", "list_basis_stopped", "/standard_bases", told)]


def suspended_defects(standard: ListStandard, *, field: str) -> list[Defect]:
    """That nobody is listed under a suspended standard."""
    told = {"list": standard.code, "title": standard.stopped_by}
    return [Defect("INS-2", "list_suspended", field, told)] if standard.status == "suspended" else []


def _rests_on(standard: ListStandard, stopped: Sequence[Stopped]) -> Stopped | None:
    cited = [basis for basis in (standard.rank_basis, standard.transition_basis) if basis is not None]
    bases = (*standard.area_bases, *standard.standard_bases, *cited)
    return next((s for basis in bases if (s := stopped_basis(basis, stopped)) is not None), None)
