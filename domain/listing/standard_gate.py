"""The gate that the standard of a list, serious or red, passes before anyone can be listed under it.

Before it stands a draft of the office or an imported national standard; after it the events of the list's stream, or
every reason why not (LST-1, LST-2, LST-3, LST-7, LST-9; JNT-2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from domain.catalogue.gate import ARTICLE_NOT_STATED, misstated
from domain.catalogue.items import SEVERITIES, LegalBasis
from domain.listing.standards import (
    COMMENT_DAYS_MIN,
    DOMAINS,
    RANKS,
    RED,
    SERIOUS,
    STANDARD_LEVELS,
    TEXT_CHARACTERS_MAX,
    TRANSITION_UNTIL_MAX,
    ListStandard,
    ListStandardAdopted,
    ListStandardDrafted,
)
from domain.shared.city_time import city_day
from domain.shared.events import placed
from domain.shared.legal_basis import SUFFICIENT_LEVELS
from domain.shared.refusals import Defect, refuse_if_any
from domain.shared.text import is_blank, says

SITES_MIN = 2
"""Where a standard of ours is published: on the credit site, and on one of its department."""
_BETWEEN = re.compile(r"[、,，;；和及与]")
_CREDIT_SITE = re.compile(r"[“\"《]?信用(?!信息|平台|网)")
"""“信用中国”及其地方网站 (信用中国（湖北武汉）, 信用吕梁)."""


def standard_defects(standard: ListStandard) -> list[Defect]:
    """Every reason why a standard cannot be in force, by rule: LST-1, LST-2, LST-3, LST-7; of a red list JNT-2."""
    about = {"list": standard.code}
    if standard.kind == RED:
        return list(_red_defects(standard, about))
    if standard.kind != SERIOUS:
        return [Defect("LST-1", "list_kind_unknown", "/kind", about)]
    return [
        *_area_defects(standard, about),
        *_level_defects(standard, about),
        *_content_defects(standard, about),
        *_rank_defects(standard, about),
        *_comment_defects(standard, about),
        *_transition_defects(standard, about),
    ]


def import_standard(
    standard: ListStandard,
    *,
    known_item: bool,
    stopped: Sequence[Defect] = (),
    stream_id: UUID,
    stream_version: int,
    recorded_at: datetime,
) -> ListStandardDrafted | ListStandardAdopted:
    """The event by which a standard that stands elsewhere enters: adopted, or a draft with its reasons.

    ``known_item``: the list is a catalogue item. ``stopped`` says which of its bases are not executed (INS-2).
    """
    item = [] if known_item else [Defect("CAT-1", "list_without_item")]
    defects = [*item, *stopped, *standard_defects(standard)]
    codes = tuple(dict.fromkeys(defect.code for defect in defects))
    place = placed(stream_id, stream_version, recorded_at)
    told = replace(standard, status="draft" if codes else "in_force", reasons=codes)
    event = ListStandardDrafted if codes else ListStandardAdopted
    return event(**place, code=told.code, version=told.version, standard=told.to_json())


def adopt_standard(
    standard: ListStandard,
    *,
    before: Sequence[ListStandard] = (),
    stopped: Sequence[Defect] = (),
    stream_id: UUID,
    stream_version: int,
    recorded_at: datetime,
) -> ListStandardAdopted:
    """The event by which a standard of our own is published; ``before`` are its list's earlier versions.

    Raises :class:`Refused` with every reason: a national list is imported and never made or changed here (LST-2),
    and no standard is in force before it is published (LST-3).
    """
    published, about = city_day(recorded_at).isoformat(), {"list": standard.code}
    defects = [*stopped, *standard_defects(standard), *_prolonged(standard, before), *_site_defects(standard)]
    defects += misstated("LST-1", "/area_bases/{}", standard.area_bases)
    defects += misstated("LST-2", "/standard_bases/{}", standard.standard_bases)
    defects += misstated("LST-7", "/rank_basis", [b for b in (standard.rank_basis,) if b is not None])
    defects += misstated(
        "LST-9", "/transition_basis", [b for b in (standard.transition_basis,) if b is not None]
    )
    if any(version.scope == "national" for version in (standard, *before)):
        defects.insert(0, Defect("LST-2", "list_national", "/scope", about))
    if _are_days([standard.effective_from]) and standard.effective_from < published:
        day = {**about, "day": published}
        defects.append(Defect("LST-3", "list_before_publication", "/effective_from", day))
    refuse_if_any(defects)
    told = replace(standard, status="in_force", reasons=())
    return ListStandardAdopted(
        **placed(stream_id, stream_version, recorded_at),
        code=told.code,
        version=told.version,
        standard=told.to_json(),
    )


def is_complete(basis: LegalBasis) -> bool:
    """Whether a provision is cited by title, number and article."""
    stated = basis.article.strip() != ARTICLE_NOT_STATED
    return stated and not any(map(is_blank, (basis.title, basis.document_number, basis.article)))


def _area_defects(standard: ListStandard, about: Mapping[str, str]) -> Iterator[Defect]:
    """LST-1: one of the four domains, and a law, regulation or central policy that sets it."""
    if standard.domain not in DOMAINS:
        yield Defect("LST-1", "list_domain_unknown", "/domain", {**about, "values": "、".join(DOMAINS)})
    if not any(b.level in SUFFICIENT_LEVELS and is_complete(b) for b in standard.area_bases):
        yield Defect("LST-1", "list_basis_insufficient", "/area_bases", about)


def _level_defects(standard: ListStandard, about: Mapping[str, str]) -> Iterator[Defect]:
    """LST-2: the level of law in which the standard itself stands."""
    levels = STANDARD_LEVELS.get(standard.scope, frozenset())
    if not any(b.level in levels and is_complete(b) for b in standard.standard_bases):
        local = standard.scope == "local"
        code = "list_standard_level_local" if local else "list_standard_level_national"
        yield Defect("LST-2", code, "/standard_bases", about)


def _content_defects(standard: ListStandard, about: Mapping[str, str]) -> Iterator[Defect]:
    """LST-3: what a standard must say, where it is published, and that its numbers and days can be used."""
    for name in ("criteria", "removal_conditions", "removal_procedure", "remedies", "published_at"):
        text = getattr(standard, name)
        if not says(text, most=TEXT_CHARACTERS_MAX):
            yield Defect("LST-3", f"list_without_{name}", f"/{name}", about)
    days = (standard.statement_working_days, standard.answer_working_days, standard.removal_working_days)
    months = [m for m in (standard.term_months, standard.early_months) if m is not None]
    if min(days) < 1 or any(m < 0 for m in months):
        yield Defect("LST-3", "list_limits_unusable", "/answer_working_days", about)
    ends = [standard.effective_to, standard.transition_until, standard.review_by]
    if not _are_days([standard.effective_from, *(end for end in ends if end is not None)]):
        yield Defect("LST-3", "list_days_unreadable", "/effective_from", about)
    if standard.term_months is None and standard.early_months is None and not standard.repair_removes:
        yield Defect("LST-3", "list_without_way_out", "/term_months", about)


def _site_defects(standard: ListStandard) -> Iterator[Defect]:
    """LST-3: a standard of ours is published on a site of 信用中国 and on one that its department names (49号(七))."""
    sites = [site.strip() for site in _BETWEEN.split(standard.published_at) if not is_blank(site)]
    if (standard.kind, standard.scope) != (SERIOUS, "local") or not sites:
        return
    if len(sites) < SITES_MIN or not any(map(_CREDIT_SITE.match, sites)):
        yield Defect("LST-3", "list_published_on_one_site", "/published_at", {"list": standard.code})


def _red_defects(standard: ListStandard, about: Mapping[str, str]) -> Iterator[Defect]:
    """JNT-2: what the standard of a red list must say: its basis, criteria, incentives, removal, whom it excludes."""
    if not any(map(is_complete, standard.standard_bases)):
        yield Defect("JNT-2", "red_list_without_basis", "/standard_bases", about)
    for name in (
        "criteria",
        "incentives",
        "removal_conditions",
        "removal_procedure",
        "remedies",
        "published_at",
    ):
        text = getattr(standard, name)
        if not says(text, most=TEXT_CHARACTERS_MAX):
            yield Defect("JNT-2", f"list_without_{name}", f"/{name}", about)
    if SEVERITIES[-1] not in standard.excludes or not set(standard.excludes) <= set(SEVERITIES):
        yield Defect("JNT-2", "red_list_excludes", "/excludes", {**about, "values": "、".join(SEVERITIES)})
    ends = [standard.effective_to, standard.review_by]
    days = [standard.effective_from, *(end for end in ends if end is not None)]
    if not _are_days(days) or standard.transition_until is not None or standard.term_months == 0:
        yield Defect("JNT-2", "list_days_unreadable", "/effective_from", about)


def _rank_defects(standard: ListStandard, about: Mapping[str, str]) -> Iterator[Defect]:
    """LST-7: county level or above, unless a law, regulation or department rule that is cited says otherwise."""
    if standard.least_rank not in RANKS and (
        standard.rank_basis is None or not excepts_rank(standard.rank_basis)
    ):
        yield Defect("LST-7", "list_rank_without_basis", "/least_rank", about)


def excepts_rank(basis: LegalBasis) -> bool:
    """Whether a provision may say otherwise about the rank: law, regulation or department rule, complete (49号(八))."""
    levels = ("law", "admin_regulation", "local_regulation", "department_rule")
    return basis.level in levels and is_complete(basis)


def _comment_defects(standard: ListStandard, about: Mapping[str, str]) -> Iterator[Defect]:
    """LST-3: a standard of our own was open for comment for at least 30 days; a national one was so elsewhere."""
    if standard.scope == "national":
        return
    given = [standard.consulted_from, standard.consulted_until]
    days = [day for day in given if day is not None]
    if len(days) < len(given) or not _are_days(days):
        yield Defect("LST-3", "list_not_consulted", "/consulted_from", about)
        return
    first, last = map(date.fromisoformat, days)
    if last < first + timedelta(days=COMMENT_DAYS_MIN):
        yield Defect("LST-3", "list_consulted_too_short", "/consulted_until", about)


def _transition_defects(standard: ListStandard, about: Mapping[str, str]) -> Iterator[Defect]:
    """LST-9: a list is kept over a transition no longer than a text says: 49号 九 itself, or a later one that is cited.

    That one is of a level in which the standard itself may stand, or above; the transition lies within its days.
    """
    until, basis = standard.transition_until, standard.transition_basis
    if until is None:
        if basis is not None:
            yield Defect("LST-9", "list_transition_days", "/transition_until", about)
        return
    last = standard.effective_to or until
    if not _are_days([until]) or not standard.effective_from <= until <= last:
        yield Defect("LST-9", "list_transition_days", "/transition_until", about)
    levels = STANDARD_LEVELS.get(standard.scope, frozenset()) | STANDARD_LEVELS["national"]
    founded = basis is not None and basis.level in levels and is_complete(basis)
    if until > TRANSITION_UNTIL_MAX and not founded:
        told = {**about, "day": TRANSITION_UNTIL_MAX}
        yield Defect("LST-9", "list_transition_unfounded", "/transition_until", told)


def _prolonged(standard: ListStandard, before: Sequence[ListStandard]) -> list[Defect]:
    """LST-9: what is kept over a transition is updated or ends; no version on the same text lasts longer."""
    until = standard.transition_until
    kept = [v for v in before if v.status != "draft" and v.transition_until is not None]
    longer = any(
        until is not None and v.transition_until is not None and until > v.transition_until
        and v.transition_basis == standard.transition_basis
        for v in kept
    )  # fmt: skip
    about = {"list": standard.code}
    return [Defect("LST-9", "list_transition_prolonged", "/transition_until", about)] if longer else []


def _are_days(texts: Sequence[str]) -> bool:
    try:
        return all(date.fromisoformat(text).isoformat() == text for text in texts)
    except ValueError:
        return False
