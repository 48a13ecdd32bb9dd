"""What there are versions of: catalogue items, list standards and measures, as their registers tell them.

Proposals and imports read one whole, and only as the next version of its thing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from application.registry import Registry
from domain.catalogue.items import CatalogueItem
from domain.listing.standards import ListStandard
from domain.measures.items import MeasureItem
from domain.shared.canonical import Json
from domain.shared.refusals import Defect, Refused

Version = CatalogueItem | ListStandard | MeasureItem
CODE_CHARACTERS_MAX = 16
ITEM, STANDARD, MEASURE = "catalogue_item", "list_standard", "measure"


@dataclass(frozen=True)
class Content:
    """How the ``versions`` of a code are found, and one is read from what its register tells."""

    versions: Callable[[Registry, str], Sequence[Version]]
    read: Callable[[Mapping[str, Any]], Version]


CONTENTS: Mapping[str, Content] = {
    ITEM: Content(
        lambda registry, code: registry.item(code).items,
        lambda data: CatalogueItem.from_json(data, status="draft"),
    ),
    STANDARD: Content(lambda registry, code: registry.standard(code).versions, ListStandard.from_json),
    MEASURE: Content(lambda registry, code: registry.measure(code).items, MeasureItem.from_json),
}
"""What there are versions of."""


def read_version(registry: Registry, what: str, given: Mapping[str, Json]) -> Version:
    """A version as it was given, the next one of its code. Raises ``Refused`` (CAT-3)."""
    kind = CONTENTS.get(what)
    if kind is None:
        values = "、".join(CONTENTS)
        raise Refused(Defect("CAT-3", "proposal_of_nothing_known", "/what", {"values": values}))
    code = given.get("code")
    found = _whole(kind, given)
    if found is None or not isinstance(code, str) or not 0 < len(code) <= CODE_CHARACTERS_MAX:
        raise Refused(Defect("CAT-3", "proposal_content_unreadable", "/content"))
    following = max((version.version for version in kind.versions(registry, code)), default=0) + 1
    if given.get("version") != following:
        about = {"next": str(following)}
        raise Refused(Defect("CAT-3", "proposal_version", "/content/version", about))
    return found


def _whole(kind: Content, given: Mapping[str, Json]) -> Version | None:
    """The version, if it tells back exactly what was given."""
    try:
        found = kind.read(given)
        return found if found.to_json() == dict(given) else None
    except (TypeError, KeyError, ValueError, AttributeError):
        return None
