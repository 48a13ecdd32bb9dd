"""What an item of the measures list is: its provisions, whom and what it fits, and the gate that it passes.

Before it stands a draft of the office or the imported national list; after it the events of the item's stream, folded
here, and every measure that a department applies (MEA-1, MEA-2, MEA-3, JNT-4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from domain.catalogue.gate import ARTICLE_NOT_STATED, misstated
from domain.catalogue.items import SEVERITIES, SUBJECT_KINDS, LegalBasis
from domain.catalogue.suspension import stopped_basis, suspended_with
from domain.catalogue.versions import VersionsSuspended, fold_versions, last_begun
from domain.instruments.ledger import Stopped
from domain.records.links import ROLES
from domain.shared.canonical import Json
from domain.shared.city_time import city_day
from domain.shared.events import Event, placed
from domain.shared.kinds import Kind
from domain.shared.legal_basis import LOCAL_LEVELS, SUFFICIENT_LEVELS
from domain.shared.refusals import Defect, refuse_if_any
from domain.shared.text import is_blank

Status = Literal["draft", "in_force", "suspended"]
LAYERS = ("national", "local")
DEPARTMENT = "department"
OTHERS = ("financial_institution", "credit_service", "trade_association", "news_media")
"""Whom nobody may order to punish (49号(九)): 金融机构, 信用服务机构, 行业协会商会, 新闻媒体."""
CARRIERS = (DEPARTMENT, "listing_case", "publicity", *OTHERS)
"""Who carries a measure out (实施方式): departments; a listing case; sharing and publicity; or others by themselves."""
SLIGHT, GRAVE = SEVERITIES[0], SEVERITIES[-1]
MONTHS_MAX = 600


@dataclass(frozen=True, slots=True)
class Provision:
    """A provision that founds a measure directly (直接援引的条款), and how far it reaches.

    ``items`` are the catalogue items whose records it is related to (a list has the code of its own item),
    ``severities`` the classes of conduct (a listing counts as 严重); ``months_max`` is the legal standard of the term.
    ``linked_roles`` are the roles of persons linked to an organisation's record whom it reaches too, none: nobody.
    """

    basis: LegalBasis
    items: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    months_max: int = 0
    linked_roles: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """The provision as canonical JSON; ``linked_roles`` are left out where there are none."""
        linked: dict[str, Json] = {"linked_roles": list(self.linked_roles)} if self.linked_roles else {}
        return {
            "basis": self.basis.to_json(),
            "items": list(self.items),
            "severities": list(self.severities),
            "months_max": self.months_max,
            **linked,
        }

    @property
    def cited_as(self) -> dict[str, str]:
        """How a measure cites it: title, number and article."""
        basis = self.basis
        return {
            "title": basis.title, "document_number": basis.document_number, "article": basis.article,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class MeasureItem:
    """One version of one item of the measures list (失信惩戒措施清单, 49号(九)).

    ``heavy``: it reduces rights or adds duties (减损权益或者增加义务). ``carrier`` is one of :data:`CARRIERS`;
    ``compulsory`` False leaves it to whoever carries it out. ``subject_kinds`` are those of the catalogue;
    ``departments`` the codes of those who may apply it, none: every one. Dates are ISO text, inclusive. ``reasons``
    are the prose codes that hold a draft back; ``stopped_by`` is the document for which it is suspended (INS-2).
    """

    code: str
    version: int
    layer: str
    name_zh: str
    name_en: str
    carrier: str
    heavy: bool
    compulsory: bool
    subject_kinds: tuple[str, ...]
    provisions: tuple[Provision, ...]
    effective_from: str
    departments: tuple[str, ...] = ()
    effective_to: str | None = None
    note: str = ""
    decided_by: str = ""
    certainty: str = ""
    status: Status = "draft"
    reasons: tuple[str, ...] = ()
    stopped_by: str = ""

    def to_json(self) -> dict[str, Json]:
        """The item as canonical JSON; what is None, ``status`` and ``stopped_by`` are left out."""
        out: dict[str, Json] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "provisions":
                out[field.name] = [provision.to_json() for provision in self.provisions]
            elif field.name not in ("status", "stopped_by") and value is not None:
                out[field.name] = list(value) if isinstance(value, tuple) else value
        return out

    @classmethod
    def from_json(cls, data: Mapping[str, Any], *, status: Status = "draft") -> MeasureItem:
        """The item back from :meth:`to_json`; raises ``TypeError`` or ``KeyError`` on another shape."""
        values = dict(data)
        for name in ("subject_kinds", "departments", "reasons"):
            values[name] = tuple(values.get(name, ()))
        values["provisions"] = tuple(_provision(given) for given in values["provisions"])
        return cls(**values, status=status)

    def provision(self, cited: Mapping[str, str]) -> Provision | None:
        """The provision that a citation of title, number and article means, or None."""
        return next((p for p in self.provisions if p.cited_as == dict(cited)), None)


def _provision(given: Mapping[str, Any]) -> Provision:
    values = {name: given[name] for name in given if name != "basis"}
    values |= {name: tuple(values[name]) for name in ("items", "severities")}
    values["linked_roles"] = tuple(values.get("linked_roles", ()))
    return Provision(basis=LegalBasis(**given["basis"]), **values)


@dataclass(frozen=True)
class MeasureItemEvent(Event):
    """What both events of an item tell: one version of it, whole (``MeasureItem.to_json``)."""

    STATUS: ClassVar[Status]

    code: str
    version: int
    item: Mapping[str, Json]

    def told(self) -> MeasureItem:
        """The version that this event tells of."""
        return MeasureItem.from_json(self.item, status=self.STATUS)


@dataclass(frozen=True)
class MeasureItemDrafted(MeasureItemEvent):
    """A version of a measure was written down (措施事项草案) with what holds it back."""

    TOPIC: ClassVar[str] = "measure.item_drafted"
    KIND: ClassVar[Kind] = Kind.MEASURE_ITEM_DRAFTED
    STATUS: ClassVar[Status] = "draft"


@dataclass(frozen=True)
class MeasureItemAdopted(MeasureItemEvent):
    """A version of a measure entered the published list (纳入措施清单) and is in force on its days (49号(九))."""

    TOPIC: ClassVar[str] = "measure.item_adopted"
    KIND: ClassVar[Kind] = Kind.MEASURE_ITEM_ADOPTED
    STATUS: ClassVar[Status] = "in_force"


class MeasureItemSuspended(VersionsSuspended):
    """Versions of a measure are not executed any more (停止执行, 15号 二), as ``catalogue.item_suspended``."""

    TOPIC: ClassVar[str] = "measure.item_suspended"
    KIND: ClassVar[Kind] = Kind.MEASURE_ITEM_SUSPENDED


def fold_items(events: Iterable[Event]) -> tuple[MeasureItem, ...]:
    """All versions of one item, by number."""
    return fold_versions(events, lambda event: event.told() if isinstance(event, MeasureItemEvent) else None)


def item_in_force(versions: Sequence[MeasureItem], on: date) -> MeasureItem | None:
    """The version of the list on a day: the one that took effect last, or None. It may be suspended (INS-2).

    What it superseded does not come back when its own days are over: so a measure is withdrawn.
    """
    day, last = on.isoformat(), last_begun(versions, on)
    return None if last is None or (last.effective_to or day) < day else last


def item_defects(item: MeasureItem, stopped: Sequence[Stopped] = ()) -> list[Defect]:
    """Every reason why an item cannot be in force: INS-2, MEA-1, MEA-3, MEA-2, JNT-4, in that order."""
    about = {"measure": item.code}
    return [
        *_stopped_defects(item, stopped, about),
        *_basis_defects(item, about),
        *_carrier_defects(item, about),
        *_fit_defects(item, about),
    ]


def import_measure(
    item: MeasureItem,
    *,
    stream_id: UUID,
    stream_version: int,
    recorded_at: datetime,
    stopped: Sequence[Stopped] = (),
) -> MeasureItemDrafted | MeasureItemAdopted:
    """The event by which an item of the national list enters: adopted, or a draft with its reasons."""
    codes = tuple(dict.fromkeys(defect.code for defect in item_defects(item, stopped)))
    place = placed(stream_id, stream_version, recorded_at)
    told = replace(item, status="draft" if codes else "in_force", reasons=codes)
    event = MeasureItemDrafted if codes else MeasureItemAdopted
    return event(**place, code=told.code, version=told.version, item=told.to_json())


def adopt_measure(
    item: MeasureItem,
    *,
    before: Sequence[MeasureItem] = (),
    stream_id: UUID,
    stream_version: int,
    recorded_at: datetime,
    stopped: Sequence[Stopped] = (),
) -> MeasureItemAdopted:
    """The event by which an item of our own list is published; ``before`` are its earlier versions.

    Raises :class:`Refused` with every reason: the national list is imported and no version of ours takes the place of
    one of its items, and no item is in force before it is published (MEA-1).
    """
    published, about = city_day(recorded_at).isoformat(), {"measure": item.code}
    defects = item_defects(item, stopped)
    defects += misstated("MEA-1", "/provisions/{}/basis", [p.basis for p in item.provisions])
    if any(version.layer == "national" for version in (item, *before)):
        defects.insert(0, Defect("MEA-1", "measure_national_layer", "/layer", about))
    if _days_hold(item) and item.effective_from < published:
        day = {**about, "day": published}
        defects.append(Defect("MEA-1", "measure_before_publication", "/effective_from", day))
    refuse_if_any(defects)
    told = replace(item, status="in_force", reasons=())
    place = placed(stream_id, stream_version, recorded_at)
    return MeasureItemAdopted(**place, code=told.code, version=told.version, item=told.to_json())


def suspend_measure(
    versions: Sequence[MeasureItem],
    stopped: Sequence[Stopped],
    *,
    stream_id: UUID,
    stream_version: int,
    recorded_at: datetime,
) -> MeasureItemSuspended | None:
    """The event that suspends the versions that rest on a stopped document; None when none does (INS-2)."""
    place = placed(stream_id, stream_version, recorded_at)
    return suspended_with(MeasureItemSuspended, versions, stopped, _rests_on, place)


def _rests_on(item: MeasureItem, stopped: Sequence[Stopped]) -> Stopped | None:
    bases = (provision.basis for provision in item.provisions)
    return next((s for basis in bases if (s := stopped_basis(basis, stopped)) is not None), None)


def _stopped_defects(
    item: MeasureItem, stopped: Sequence[Stopped], about: Mapping[str, str]
) -> Iterator[Defect]:
    for number, provision in enumerate(item.provisions):
        if stopped_basis(provision.basis, stopped) is not None:
            told = {**about, "title": provision.basis.title}
            yield Defect("INS-2", "measure_basis_stopped", f"/provisions/{number}/basis", told)


def _basis_defects(item: MeasureItem, about: Mapping[str, str]) -> Iterator[Defect]:
    """MEA-1: every provision is an article of a law, regulation or central policy; ours also stand in a local one."""
    for number, provision in enumerate(item.provisions):
        basis, where = provision.basis, f"/provisions/{number}/basis"
        told = {**about, "number": str(number + 1)}
        said = (basis.title, basis.document_number, basis.article)
        if basis.article.strip() == ARTICLE_NOT_STATED or any(map(is_blank, said)):
            yield Defect("MEA-1", "measure_basis_incomplete", where, told)
        if basis.level not in SUFFICIENT_LEVELS:
            yield Defect("MEA-1", "measure_basis_insufficient", where, told)
    if not item.provisions:
        yield Defect("MEA-1", "measure_without_basis", "/provisions", about)
    if item.layer not in LAYERS:
        yield Defect("MEA-1", "measure_layer_unknown", "/layer", {**about, "values": "、".join(LAYERS)})
    elif item.layer != "national" and not any(p.basis.level in LOCAL_LEVELS for p in item.provisions):
        yield Defect("MEA-1", "measure_supplement_basis", "/provisions", about)
    if not _days_hold(item):
        yield Defect("MEA-1", "measure_days_unreadable", "/effective_from", about)


def _carrier_defects(item: MeasureItem, about: Mapping[str, str]) -> Iterator[Defect]:
    """MEA-3: what is left to others is never ordered."""
    if item.carrier not in CARRIERS:
        yield Defect("MEA-1", "measure_carrier_unknown", "/carrier", {**about, "values": "、".join(CARRIERS)})
    if item.carrier in OTHERS and item.compulsory:
        yield Defect("MEA-3", "measure_orders_others", "/compulsory", about)


def _fit_defects(item: MeasureItem, about: Mapping[str, str]) -> Iterator[Defect]:
    """MEA-2, JNT-4: what departments apply says what it fits, and for how long at most."""
    if item.carrier != DEPARTMENT:
        return
    kinds = tuple(SUBJECT_KINDS.values())
    if not item.subject_kinds or not set(item.subject_kinds) <= set(kinds):
        told = {**about, "values": "、".join(kinds)}
        yield Defect("MEA-2", "measure_subjects_unknown", "/subject_kinds", told)
    for number, provision in enumerate(item.provisions):
        where, told = f"/provisions/{number}", {**about, "number": str(number + 1)}
        if not provision.items:
            yield Defect("MEA-2", "measure_fits_nothing", f"{where}/items", told)
        if not provision.severities or not set(provision.severities) <= set(SEVERITIES):
            told_of = {**told, "values": "、".join(SEVERITIES)}
            yield Defect("MEA-2", "measure_severity_unknown", f"{where}/severities", told_of)
        if not set(provision.linked_roles) <= set(ROLES):
            told_of = {**told, "values": "、".join(ROLES)}
            yield Defect("MEA-2", "measure_roles_unknown", f"{where}/linked_roles", told_of)
        if item.heavy and SLIGHT in provision.severities:
            yield Defect("MEA-2", "measure_heavy_for_slight", f"{where}/severities", told)
        if not 0 < provision.months_max <= MONTHS_MAX:
            yield Defect("JNT-4", "measure_without_term", f"{where}/months_max", told)


def _days_hold(item: MeasureItem) -> bool:
    days = [item.effective_from] if item.effective_to is None else [item.effective_from, item.effective_to]
    try:
        return all(date.fromisoformat(day).isoformat() == day for day in days) and days == sorted(days)
    except ValueError:
        return False
