"""The ids of streams that have a public name: made from it, so that whoever seals an act can compute where it goes."""

from __future__ import annotations

from uuid import UUID, uuid5


def name_id(ledger: UUID, kind: str, name: str) -> UUID:
    """The stream of a thing that has a public name (department code, catalogue item, key); never of a person."""
    return uuid5(ledger, f"{kind}:{name}")
