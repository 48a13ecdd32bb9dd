"""The catalogue gate: which drafts become items in force, and which determinations an item lets in.

Before it stand a drafted item or a determination's facts; after it the catalogue events, or a defect
with its rule for every reason found (CAT-1, CAT-2, CAT-4, CAT-5, CAT-6, PUB-2).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain.catalogue.items import (
    CatalogueItem,
    CatalogueItemAdopted,
    CatalogueItemDrafted,
    LegalBasis,
    version_in_force,
    with_status,
)
from domain.catalogue.suspension import stopped_basis
from domain.instruments.basis import is_misstated
from domain.instruments.ledger import Stopped
from domain.shared.city_time import city_day
from domain.shared.events import placed
from domain.shared.legal_basis import LOCAL_LEVELS, SUFFICIENT_LEVELS
from domain.shared.refusals import Defect, refuse_if_any
from domain.shared.text import is_blank

PERSONAL_LEVELS = frozenset({"law", "admin_regulation", "local_regulation", "state_council_decision"})
ARTICLE_NOT_STATED = "-"
MASKED_ALWAYS = frozenset({"XDR_MC", "XDR_ZJHM"})
KEPT_LEFT_MAX, KEPT_RIGHT_MAX = 6, 4
"""How much of a number a masking may leave in sight (DOMAIN 6): where it was issued and its end, not the birthday."""


def item_defects(item: CatalogueItem, stopped: Sequence[Stopped] = ()) -> list[Defect]:
    """Every reason why ``item`` cannot be in force: INS-2, CAT-2, CAT-6, CAT-4, CAT-5, PUB-2, in that order.

    ``stopped`` are the documents that are not executed, and no basis for anything.
    """
    return [
        *_stopped(item, stopped),
        *_basis_defects(item),
        *_undecided(item),
        *_collecting(item),
        *_personal_defects(item),
    ]


def import_item(
    item: CatalogueItem,
    *,
    stream_id: UUID,
    stream_version: int,
    recorded_at: datetime,
    stopped: Sequence[Stopped] = (),
) -> CatalogueItemDrafted | CatalogueItemAdopted:
    """The event by which an item of an imported layer enters: adopted, or a draft with its reasons.

    An item without a sufficient basis or without all decisions is kept, readable, as a draft (CAT-2,
    CAT-4); ``reasons`` are prose codes, each once.
    """
    defects = item_defects(item, stopped)
    codes = list(dict.fromkeys(defect.code for defect in defects))
    at = placed(stream_id, stream_version, recorded_at)
    if codes:
        return CatalogueItemDrafted(**at, **_told(with_status(item, "draft", codes)))
    return CatalogueItemAdopted(**at, **_told(with_status(item, "in_force")))


def draft(
    item: CatalogueItem,
    *,
    stream_id: UUID,
    stream_version: int,
    recorded_at: datetime,
    stopped: Sequence[Stopped] = (),
) -> CatalogueItemDrafted:
    """The event by which the office drafts a provincial or municipal item, with what is still missing.

    Raises :class:`Refused` with CAT-6 for the national layer, which is imported and never edited.
    """
    refuse_if_any(_national(item, ()))
    codes = list(dict.fromkeys(defect.code for defect in item_defects(item, stopped)))
    at = placed(stream_id, stream_version, recorded_at)
    return CatalogueItemDrafted(**at, **_told(with_status(item, "draft", codes)))


def adopt(
    item: CatalogueItem,
    *,
    before: Sequence[CatalogueItem] = (),
    months_max: Sequence[int] = (),
    stream_id: UUID,
    stream_version: int,
    recorded_at: datetime,
    stopped: Sequence[Stopped] = (),
) -> CatalogueItemAdopted:
    """The event by which the office adopts a provincial or municipal item; ``before`` are its earlier versions.

    ``months_max`` are the maximum terms of the severity classes that are set for the day from which it holds.
    Raises :class:`Refused` with every reason: the national layer, or a version of what is national (CAT-6), in
    force before the day of adoption (CAT-3), an insufficient basis (CAT-2, CAT-6), a missing decision (CAT-4),
    natural persons made public without basis or masking (PUB-2), a term beyond the maximum (PUB-4).
    """
    early = _before_publication(item, city_day(recorded_at))
    long = _beyond_maximum(item, months_max)
    levels = [
        *misstated("CAT-2", "/bases/{}", item.bases),
        *misstated("PUB-2", "/personal_information_bases/{}", item.personal_information_bases),
    ]
    refuse_if_any([*_national(item, before), *early, *item_defects(item, stopped), *levels, *long])
    at = placed(stream_id, stream_version, recorded_at)
    return CatalogueItemAdopted(**at, **_told(with_status(item, "in_force")))


def gate(
    item_versions: Sequence[CatalogueItem],
    *,
    submitting_department: str,
    authority_code: str,
    subject_kind: str,
    decided: date,
) -> list[Defect]:
    """Why a determination may not be recorded under this item; empty when it may.

    ``item_versions`` are all versions of the item that the row names (none when the catalogue has no
    such item); ``submitting_department`` and ``authority_code`` are 18-character codes; ``subject_kind``
    is one of ``SUBJECT_KINDS``' values; ``decided`` is the day of the determination.
    """
    item = version_in_force(item_versions, decided)
    if item is None:
        return [_not_in_force(item_versions, decided)]
    if item.status == "suspended":
        about = {"item": item.code, "title": item.stopped_by}
        return [Defect("INS-2", "catalogue_item_suspended", "item", about)]
    about = {"item": item.code}
    defects = []
    if subject_kind not in item.subject_kinds:
        defects.append(Defect("CAT-4", "catalogue_subject_kind", "XDR_LB", about))
    if item.collectors:
        if submitting_department not in item.collectors:
            defects.append(Defect("CAT-5", "catalogue_not_the_collector", "", about))
    elif submitting_department != authority_code:
        defects.append(Defect("CAT-5", "catalogue_not_the_determining_authority", "", about))
    return defects


def _not_in_force(versions: Sequence[CatalogueItem], decided: date) -> Defect:
    if not versions:
        return Defect("CAT-1", "catalogue_item_unknown", "item")
    code = versions[0].code
    if all(version.status == "draft" for version in versions):
        return Defect("CAT-1", "catalogue_item_draft", "item", {"item": code})
    about = {"item": code, "day": decided.isoformat()}
    return Defect("CAT-1", "catalogue_item_not_in_force", "item", about)


def _beyond_maximum(item: CatalogueItem, months_max: Sequence[int]) -> list[Defect]:
    """PUB-4: what is adverse is public for as long as its severity class allows, whatever the item would say."""
    rule = item.publicity
    if item.nature != "negative" or rule is None or rule.kind == "until_ended":
        return []
    longer = any(months > most for months, most in zip(rule.months, months_max, strict=False))
    if rule.kind == "severity_maximum" and not longer:
        return []
    about = {"item": item.code, "months": "、".join(map(str, months_max))}
    return [Defect("PUB-4", "catalogue_term_beyond_maximum", "/publicity", about)]


def _stopped(item: CatalogueItem, stopped: Sequence[Stopped]) -> list[Defect]:
    bases = enumerate((*item.bases, *item.personal_information_bases), start=1)
    return [
        Defect(
            "INS-2",
            "catalogue_basis_stopped",
            "/bases",
            {"item": item.code, "number": str(number), "title": basis.title},
        )
        for number, basis in bases
        if stopped_basis(basis, stopped) is not None
    ]


def _national(item: CatalogueItem, before: Sequence[CatalogueItem]) -> list[Defect]:
    """CAT-6: neither an item of the base layer nor a version that would take its place."""
    if any(version.layer == "national" for version in (item, *before)):
        return [Defect("CAT-6", "catalogue_national_layer", "/layer", {"item": item.code})]
    return []


def _before_publication(item: CatalogueItem, published: date) -> list[Defect]:
    """CAT-3: published, then in force; nobody is judged by an item of which nobody knew."""
    if _dates_hold(item) and item.effective_from < published.isoformat():
        about = {"item": item.code, "day": published.isoformat()}
        return [Defect("CAT-3", "catalogue_before_publication", "/effective_from", about)]
    return []


def misstated(rule: str, where: str, bases: Sequence[LegalBasis]) -> list[Defect]:
    """That no basis is stated to be of a level that its own title and number contradict: what is ours alone states it.

    ``where`` is the pointer of a basis, with ``{}`` for its number.
    """
    return [
        Defect(rule, "basis_not_of_its_level", where.format(number), {"title": basis.title})
        for number, basis in enumerate(bases)
        if is_misstated(basis.title, basis.document_number, basis.level)
    ]


def _basis_defects(item: CatalogueItem) -> list[Defect]:
    """CAT-2 and CAT-6 of the item's own bases.

    The imported layer may hold ``-`` for an article that its source does not state: it stays as
    imported and shows its certainty. A supplement is ours, so there the article must be given.
    """
    about = {"item": item.code}
    defects = []
    for number, basis in enumerate(item.bases, start=1):
        if not _complete(basis, imported=item.layer == "national"):
            where = f"/bases/{number - 1}"
            defects.append(
                Defect("CAT-2", "catalogue_basis_incomplete", where, {**about, "number": str(number)})
            )
    if not any(basis.level in SUFFICIENT_LEVELS for basis in item.bases):
        defects.append(Defect("CAT-2", "catalogue_basis_insufficient", "/bases", about))
    if item.layer != "national" and not any(basis.level in LOCAL_LEVELS for basis in item.bases):
        defects.append(Defect("CAT-6", "catalogue_supplement_basis", "/bases", about))
    return defects


def _complete(basis: LegalBasis, *, imported: bool) -> bool:
    article = basis.article.strip()
    stated = imported or article != ARTICLE_NOT_STATED
    return stated and not any(map(is_blank, (basis.title, basis.document_number, article)))


def _undecided(item: CatalogueItem) -> list[Defect]:
    """CAT-4: every decision that the item itself must fix and does not."""
    people = "natural_person" in item.subject_kinds
    organisations = any(kind != "natural_person" for kind in item.subject_kinds)
    open_public = (organisations and item.public_organisation is None) or (
        people and item.public_natural_person is None
    )
    shared = item.sharing
    public = any(item.is_public_for(kind) for kind in item.subject_kinds)
    missing = {
        "subject_kinds": not item.subject_kinds,
        "public": open_public,
        "sharing": shared is None or bool(shared.departments) != bool(shared.purposes),
        # Of what is shared only it is the term of sharing, which an adverse item may leave to its severity class.
        "publicity": (public or item.publicity is not None) and not _usable_publicity(item),
        "masking": people and item.masking is None,
        "repair": item.repair is None or (item.nature == "negative" and item.repair == "not_applicable"),
        "collectors": item.collectors is None,
    }
    about = {"item": item.code}
    defects = [
        Defect("CAT-4", f"catalogue_undecided_{name}", f"/{name}", about)
        for name, is_missing in missing.items()
        if is_missing
    ]
    if not _dates_hold(item):
        defects.append(Defect("CAT-4", "catalogue_dates_unreadable", "/effective_from", about))
    return defects


def _collecting(item: CatalogueItem) -> list[Defect]:
    """CAT-5: one department collects, or each that determined what is its own (一口采集)."""
    if len(item.collectors or ()) <= 1:
        return []
    return [Defect("CAT-5", "catalogue_several_collectors", "/collectors", {"item": item.code})]


def _usable_publicity(item: CatalogueItem) -> bool:
    numbers = {"severity_maximum": 3, "months_from_decision": 1, "valid_to": 0, "until_ended": 0}
    rule = item.publicity
    return (
        rule is not None
        and numbers.get(rule.kind) == len(rule.months)
        and all(months > 0 for months in rule.months)
    )


def _dates_hold(item: CatalogueItem) -> bool:
    days = [item.effective_from] if item.effective_to is None else [item.effective_from, item.effective_to]
    try:
        # A day is compared as text in version_in_force, so only the extended form may pass.
        return all(date.fromisoformat(day).isoformat() == day for day in days) and days == sorted(days)
    except ValueError:
        return False


def _personal_defects(item: CatalogueItem) -> list[Defect]:
    """PUB-2: natural persons are public only on a named basis or consent, and masked."""
    if not item.is_public_for("natural_person"):
        return []
    about = {"item": item.code}
    defects = []
    if not (item.personal_information_consent or _names_a_law(item)):
        where = "/personal_information_bases"
        defects.append(Defect("PUB-2", "catalogue_personal_basis", where, about))
    for number, masked in enumerate(item.masking or ()):
        if not (0 <= masked.keep_left <= KEPT_LEFT_MAX and 0 <= masked.keep_right <= KEPT_RIGHT_MAX):
            kept = {"left": str(KEPT_LEFT_MAX), "right": str(KEPT_RIGHT_MAX)}
            where = f"/masking/{number}"
            defects.append(Defect("PUB-2", "catalogue_masking_too_little", where, {**about, **kept}))
    if not {masked.field for masked in item.masking or ()} >= MASKED_ALWAYS:
        defects.append(Defect("PUB-2", "catalogue_personal_masking", "/masking", about))
    return defects


def waits_for_consent(item: CatalogueItem) -> bool:
    """Whether a natural person's record is public on that person's own consent alone, no law saying so (PUB-2)."""
    return item.personal_information_consent and not _names_a_law(item)


def _names_a_law(item: CatalogueItem) -> bool:
    return any(
        basis.level in PERSONAL_LEVELS and _complete(basis, imported=False)
        for basis in item.personal_information_bases
    )


def _told(item: CatalogueItem) -> dict[str, Any]:
    return dict(item.to_json())
