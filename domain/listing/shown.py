"""What of a listing, serious or red, anyone may be shown, and what departments in scope: by standard, item and masking.

Before it stands a decision that passed its gate; after it the views (PUB-1, PUB-2, SHR-1).
"""

from __future__ import annotations

from domain.catalogue.gate import waits_for_consent
from domain.catalogue.items import SUBJECT_KINDS, CatalogueItem
from domain.listing.events import ListingDecided
from domain.listing.red import RedListed
from domain.records.masking import masked_fields
from domain.shared.canonical import Json, Parts

Decided = ListingDecided | RedListed
"""Who is put on a serious list or on a red one is shown in the same way (LST, JNT-2)."""
FORM = "listing"
PERSON = "person/1"
_TOLD = (
    "name", "code", "authority_name", "authority_rank", "document_number", "decided_on", "basis", "measures",
    "incentives", "removal_conditions", "removal_procedure", "remedies",
)  # fmt: skip
_MASKED_AS = {"XDR_MC": "person_name", "XDR_ZJHM": "id_number"}
"""The fields that a catalogue item masks, by the form's code without prefix, and what they are called here."""


def is_public(decided: Decided, item: CatalogueItem) -> bool:
    """Whether anyone is shown the listing: the standard says so, and the item does for this kind of subject.

    Of a natural person not where only that person's consent would allow it (PUB-2), as for records.
    """
    if decided.subject_kind == "natural_person" and waits_for_consent(item):
        return False
    return decided.public is True and any(
        kind == decided.subject_kind and item.is_public_for(kind) for kind in SUBJECT_KINDS.values()
    )


def public_listing(decided: Decided, parts: Parts, item: CatalogueItem) -> dict[str, Json]:
    """What anyone is shown: the decision without its facts or reason; of a natural person name and number, masked."""
    told: dict[str, Json] = {name: parts["public"][name] for name in _TOLD if name in parts["public"]}
    if PERSON in parts:
        person = {field: parts[PERSON][name] for field, name in _MASKED_AS.items() if name in parts[PERSON]}
        masked = masked_fields(person, item.masking or (), prefix="")
        told |= {_MASKED_AS[field]: value for field, value in masked.items()}
    return _headed(decided, item) | {"fields": told}


def shared_listing(decided: Decided, parts: Parts, item: CatalogueItem) -> dict[str, dict[str, Json]]:
    """What departments in scope may be shown, by part, its texts; nothing when the item is not shared (SHR-1)."""
    if item.sharing is None or not item.sharing.departments:
        return {}
    return {
        name: _headed(decided, item) | {"fields": {k: v for k, v in part.items() if isinstance(v, str)}}
        for name, part in parts.items()
    }


def _headed(decided: Decided, item: CatalogueItem) -> dict[str, Json]:
    head: dict[str, Json] = {
        "item": item.code,
        "item_name_zh": item.name_zh,
        "item_name_en": item.name_en,
        "form": FORM,
    }
    return head | ({"until": decided.until} if decided.until else {})
