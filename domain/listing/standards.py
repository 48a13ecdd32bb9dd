"""What the standard of a list is, serious or red: its versions over time, and which one is in force.

Before it stands ``standard_gate.py``, which decides on a draft or an import; after it the events of the list's stream,
folded here, and every listing under the list (LST-9).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, ClassVar, Literal

from domain.catalogue.items import LegalBasis
from domain.catalogue.versions import fold_versions, last_begun
from domain.shared.canonical import Json
from domain.shared.events import Event
from domain.shared.kinds import Kind

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
TRANSITION_UNTIL_MAX = "2021-12-31"
"""The end of the transition over which a list of before the opinion might be kept (49号 九: 在2021年底前)."""
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
    inclusive; ``transition_until``: kept for a transition only (LST-9), no longer than 49号 九 or the text
    cited as ``transition_basis`` says. ``consulted_from`` and ``consulted_until`` are the comment period of a local
    standard. ``reasons`` are the prose codes that hold a draft back.

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
    transition_basis: LegalBasis | None = None
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
        for name in ("rank_basis", "transition_basis"):
            if values.get(name) is not None:
                values[name] = LegalBasis(**values[name])
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
    """All versions of one list's standard, by number."""
    return fold_versions(events, lambda event: event.told() if isinstance(event, ListStandardEvent) else None)


def standard_in_force(versions: Sequence[ListStandard], on: date) -> ListStandard | None:
    """The version under which a listing may be decided on the day ``on``: the one that took effect last, or None.

    Once its days or its transition are over there is none: what stood before it does not come back (LST-9).
    """
    day, newest = on.isoformat(), last_begun(versions, on)
    if newest is None or min(newest.effective_to or day, newest.transition_until or day) < day:
        return None
    return newest


def transition_of(versions: Sequence[ListStandard]) -> ListStandard | None:
    """The newest version in force when it is kept over a transition only; None for any other (LST-9)."""
    adopted = [version for version in versions if version.status != "draft"]
    newest = max(adopted, key=lambda held: held.version, default=None)
    return newest if newest is not None and newest.transition_until is not None else None
