"""What the standard of a list is, serious or red, and the gate that it passes before anyone can be listed.

Before it stands a draft of the office or an imported national standard; after it the events of the list's stream,
folded here, and every listing under the list (LST-1, LST-2, LST-3, LST-9; JNT-2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Literal
from uuid import UUID

from domain.catalogue.gate import ARTICLE_NOT_STATED
from domain.catalogue.items import SEVERITIES, LegalBasis
from domain.listing.events import ListStandardSuspended
from domain.shared.canonical import Json
from domain.shared.city_time import city_day
from domain.shared.events import Event, placed
from domain.shared.kinds import Kind
from domain.shared.legal_basis import SUFFICIENT_LEVELS
from domain.shared.refusals import Defect, refuse_if_any
from domain.shared.text import is_blank, says

Scope = Literal["national", "local"]
Status = Literal["draft", "in_force", "suspended"]
SERIOUS, RED = "serious", "red"
"""What a list is: 严重失信主体名单, or 红名单 of 诚信典型 (001 四(五))."""
DOMAINS = (
    "life_and_health",
    "competition_and_social_order",
    "credibility_of_authorities",
    "national_defence",
)
"""The four domains (49号(六)): 危害生命健康; 破坏竞争和社会秩序; 拒不履行法定义务; 拒不履行国防义务."""
STANDARD_LEVELS: Mapping[str, frozenset[str]] = {
    "national": frozenset({"law", "admin_regulation", "central_policy", "department_rule"}),
    "local": frozenset({"local_regulation"}),
}
"""In which level of law a standard may stand (49号(七)); a department rule only for the time being."""
RANKS = ("national", "provincial", "municipal", "county")
"""Ranks of authorities (层级) that may decide, from the highest; whatever is below the last is none of them."""
DEPARTMENT_RANKS = (*RANKS, "township")
"""Ranks of which a department may be registered: below the county only the township (乡镇、街道)."""
COMMENT_DAYS_MIN = 30
TEXT_CHARACTERS_MAX = 2000
CODE_CHARACTERS_MAX = 16


@dataclass(frozen=True, slots=True)
class ListStandard:
    """One version of the standard of a list (名单认定标准, 49号(六)(七)); ``kind`` is serious or red.

    ``code`` is that of the list's own catalogue item, which says who may list, what is shared and public.
    ``area_bases`` permit the list (LST-1), ``standard_bases`` hold its standard (LST-2). ``term_months`` None: until
    the conditions are met; ``early_months`` None: no early removal. ``repair_removes``: a repair of what a listing
    rests on ends it. ``least_rank`` is one of :data:`RANKS`; below county it needs ``rank_basis``. Dates are ISO text,
    inclusive; ``transition_until``: kept for a transition only (LST-9). ``consulted_from`` and ``consulted_until``
    are the comment period of a local standard. ``reasons`` are the prose codes that hold a draft back.

    A red list (红名单, 001 四(五)) has no domain, no case and no rank: its days are 0. It has ``incentives`` (守信激励)
    and ``excludes``, the severities of an adverse record that keep a subject off it. ``stopped_by`` is the document for
    which a version is suspended (INS-2).
    """

    code: str
    version: int
    scope: Scope
    name_zh: str
    name_en: str
    domain: str
    area_bases: tuple[LegalBasis, ...]
    standard_bases: tuple[LegalBasis, ...]
    criteria: str
    removal_conditions: str
    removal_procedure: str
    remedies: str
    published_at: str
    public: bool
    repair_removes: bool
    statement_working_days: int
    answer_working_days: int
    removal_working_days: int
    effective_from: str
    term_months: int | None = None
    early_months: int | None = None
    least_rank: str = "county"
    rank_basis: LegalBasis | None = None
    effective_to: str | None = None
    transition_until: str | None = None
    consulted_from: str | None = None
    consulted_until: str | None = None
    review_by: str | None = None
    decided_by: str = ""
    certainty: str = ""
    status: Status = "draft"
    reasons: tuple[str, ...] = ()
    kind: str = SERIOUS
    incentives: str = ""
    excludes: tuple[str, ...] = ()
    stopped_by: str = ""

    def to_json(self) -> dict[str, Json]:
        """The standard as canonical JSON; what is None, of its standing, or of a red list only is left out."""
        out: dict[str, Json] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            told = field.name not in _OF_RED or value != _OF_RED[field.name]
            if field.name not in ("status", "stopped_by") and value is not None and told:
                out[field.name] = _plain(value)
        return out

    @classmethod
    def from_json(cls, data: Mapping[str, Any], *, status: Status = "draft") -> ListStandard:
        """The standard back from :meth:`to_json`; raises ``TypeError`` or ``KeyError`` on another shape."""
        values = dict(data)
        for name in ("area_bases", "standard_bases"):
            values[name] = tuple(LegalBasis(**basis) for basis in values[name])
        if values.get("rank_basis") is not None:
            values["rank_basis"] = LegalBasis(**values["rank_basis"])
        for name in ("reasons", "excludes"):
            values[name] = tuple(values.get(name, ()))
        return cls(**values, status=status)


_OF_RED: Mapping[str, object] = {"kind": SERIOUS, "incentives": "", "excludes": ()}
"""What a serious list has of the members of red lists: no standard stored before there were any names them."""


def _plain(value: Any) -> Json:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, (str, int, bool)):
        return value
    plain: Json = value.to_json()
    return plain


@dataclass(frozen=True)
class ListStandardEvent(Event):
    """What both events of a standard tell: one version of it, whole (``ListStandard.to_json``)."""

    STATUS: ClassVar[Status]

    code: str
    version: int
    standard: Mapping[str, Json]

    def told(self) -> ListStandard:
        """The version that this event tells of."""
        return ListStandard.from_json(self.standard, status=self.STATUS)


@dataclass(frozen=True)
class ListStandardDrafted(ListStandardEvent):
    """A version of a list's standard was written down (名单认定标准草案) with what holds it back."""

    TOPIC: ClassVar[str] = "list.standard_drafted"
    KIND: ClassVar[Kind] = Kind.LIST_STANDARD_DRAFTED
    STATUS: ClassVar[Status] = "draft"


@dataclass(frozen=True)
class ListStandardAdopted(ListStandardEvent):
    """A version of a list's standard was published (名单认定标准公布) and is in force on its days (49号(七))."""

    TOPIC: ClassVar[str] = "list.standard_adopted"
    KIND: ClassVar[Kind] = Kind.LIST_STANDARD_ADOPTED
    STATUS: ClassVar[Status] = "in_force"


class ListTransitionEnded(Event):
    """The transition (过渡期) over which a list was kept is over, and it was not updated (49号 九).

    Recorded by the platform; every listing under it ends by it. ``version`` is the standard's own.
    """

    TOPIC: ClassVar[str] = "list.transition_ended"
    KIND: ClassVar[Kind] = Kind.PLATFORM
    code: str
    version: int
    until: str


def fold_standard(events: Iterable[Event]) -> tuple[ListStandard, ...]:
    """All versions of one list's standard, by number; a later event on the same version replaces it."""
    versions: dict[int, ListStandard] = {}
    for event in events:
        if isinstance(event, ListStandardEvent):
            versions[event.version] = event.told()
        elif isinstance(event, ListStandardSuspended):
            for number in event.versions:
                versions[number] = replace(versions[number], status="suspended", stopped_by=event.title)
    return tuple(versions[number] for number in sorted(versions))


def standard_in_force(versions: Sequence[ListStandard], on: date) -> ListStandard | None:
    """The version under which a listing may be decided on the day ``on``: the one that took effect last, or None.

    Once its days or its transition are over there is none: what stood before it does not come back (LST-9).
    """
    day = on.isoformat()
    begun = [v for v in versions if v.status != "draft" and v.effective_from <= day]
    newest = max(begun, key=lambda held: (held.effective_from, held.version), default=None)
    if newest is None or min(newest.effective_to or day, newest.transition_until or day) < day:
        return None
    return newest


def transition_of(versions: Sequence[ListStandard]) -> ListStandard | None:
    """The newest version in force when it is kept over a transition only; None for any other (LST-9)."""
    adopted = [version for version in versions if version.status != "draft"]
    newest = max(adopted, key=lambda held: held.version, default=None)
    return newest if newest is not None and newest.transition_until is not None else None


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
    defects = [*stopped, *standard_defects(standard)]
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


def _are_days(texts: Sequence[str]) -> bool:
    try:
        return all(date.fromisoformat(text).isoformat() == text for text in texts)
    except ValueError:
        return False
