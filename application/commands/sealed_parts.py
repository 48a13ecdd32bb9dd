"""The shape of what a department sealed itself, before any event is made of it."""

from __future__ import annotations

from collections.abc import Mapping

from domain.shared.canonical import Parts
from domain.shared.refusals import Defect, Refused


def mappings(parts: Parts) -> Parts:
    """The parts, each an object. Raises ``Refused`` (FORMAT) otherwise."""
    if not isinstance(parts.get("public"), Mapping) or not all(
        isinstance(p, Mapping) for p in parts.values()
    ):
        raise Refused(Defect("FORMAT", "row_not_canonical", "/parts"))
    return parts


def fields_of(parts: Parts, names: tuple[str, ...]) -> Parts:
    """The parts of an act that has a public part of exactly these fields, all text. Raises ``Refused``."""
    public = mappings(parts)["public"]
    if set(parts) != {"public"} or set(public) != set(names):
        raise Refused(Defect("PRV-1", "unknown_field", "/parts"))
    if not all(isinstance(value, str) for value in public.values()):
        raise Refused(Defect("FORMAT", "row_not_canonical", "/parts"))
    return parts
