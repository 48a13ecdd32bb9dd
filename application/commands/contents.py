"""What there are versions of: catalogue items, list standards and measures, as their registers tell them.

Proposals and imports read one whole, and only as the next version of its thing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any

from application.registry import Registry
from domain.catalogue.items import CatalogueItem
from domain.listing.standards import ListStandard
from domain.measures.items import MeasureItem
from domain.shared.canonical import Json
from domain.shared.refusals import Defect, Refused
from domain.shared.typed import misfits

Version = CatalogueItem | ListStandard | MeasureItem
CODE_CHARACTERS_MAX = 16
STANDING = frozenset({"status", "suspended_since", "suspended_for"})
"""What a register tells beside a version: how it stands today."""
ITEM, STANDARD, MEASURE = "catalogue_item", "list_standard", "measure"


@dataclass(frozen=True)
class Content:
    """How the ``versions`` of a code are found, and one of a ``form`` is read from what its register tells."""

    versions: Callable[[Registry, str], Sequence[Version]]
    read: Callable[[Mapping[str, Any]], Version]
    form: type[Version]


CONTENTS: Mapping[str, Content] = {
    ITEM: Content(
        lambda registry, code: registry.item(code).items,
        lambda data: CatalogueItem.from_json(data, status="draft"),
        CatalogueItem,
    ),
    STANDARD: Content(
        lambda registry, code: registry.standard(code).versions, ListStandard.from_json, ListStandard
    ),
    MEASURE: Content(lambda registry, code: registry.measure(code).items, MeasureItem.from_json, MeasureItem),
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
        raise Refused(*(Defect("CAT-3", "proposal_content_unreadable", at) for at in _odd(kind, given)))
    if wrong := list(misfits(found, kind.form, "/content")):
        raise Refused(*(Defect("CAT-3", "proposal_value_unusable", at) for at in wrong))
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


def _odd(kind: Content, given: Mapping[str, Json]) -> list[str]:
    """Where a version is not as its register tells it: members that are missing, and those of its standing, which is
    not proposed; all of it where it is none of these. A name that nobody knows is not told back."""
    members = {field.name: field for field in fields(kind.form)}
    missing = {name for name, field in members.items() if field.default is MISSING and name not in given}
    odd = sorted((missing | (STANDING & given.keys())) - {"stopped_by"})
    return [f"/content/{name}" for name in odd] or ["/content"]
