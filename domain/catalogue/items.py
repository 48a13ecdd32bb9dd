"""What a catalogue item is: its bases, its layers and the decisions that it fixes, as versions over time.

Before it stands a draft from the office or from the imported national layer (``gate.py`` decides on it);
after it the events of the item's stream, folded here, and the gate that every determination passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, ClassVar, Literal

from domain.catalogue.versions import VersionsSuspended, fold_versions, last_begun
from domain.shared.canonical import Json
from domain.shared.events import ENVELOPE, Event
from domain.shared.kinds import Kind

Layer = Literal["national", "provincial", "municipal"]
Status = Literal["draft", "in_force", "suspended"]
SubjectKind = Literal["organisation", "individual_business", "natural_person"]
Repair = Literal["annotate", "shield", "delete", "not_applicable"]
PublicityKind = Literal["severity_maximum", "valid_to", "months_from_decision", "until_ended"]

SUBJECT_KINDS: Mapping[str, SubjectKind] = {
    "法人及非法人组织": "organisation",
    "个体工商户": "individual_business",
    "自然人": "natural_person",
}
EVERY_DEPARTMENT = "*"
SEVERITIES = ("轻微", "一般", "严重")


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """A cited provision (依据): title, document number, article, level of law; ``certainty`` as found."""

    title: str
    document_number: str
    article: str
    level: str
    certainty: str = ""

    def to_json(self) -> dict[str, Json]:
        """The basis as canonical JSON."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True, slots=True)
class Sharing:
    """With whom and what for an item is shared (共享范围).

    ``departments`` are 18-character codes, ``("*",)`` is every registered department, ``()`` nobody;
    ``purposes`` are purpose codes.
    """

    departments: tuple[str, ...]
    purposes: tuple[str, ...]

    def to_json(self) -> dict[str, Json]:
        """The decision as canonical JSON."""
        return {"departments": list(self.departments), "purposes": list(self.purposes)}


@dataclass(frozen=True, slots=True)
class PublicityRule:
    """How long an item is public (公示期限).

    ``severity_maximum``: at most ``months`` (one number per severity 轻微, 一般, 严重) from the decision;
    ``valid_to``: until the licence's valid-to date; ``months_from_decision``: ``months[0]``;
    ``until_ended``: as long as the fact lasts. ``source`` names where the numbers come from.
    """

    kind: PublicityKind
    months: tuple[int, ...] = ()
    source: str = ""

    def to_json(self) -> dict[str, Json]:
        """The rule as canonical JSON."""
        return {"kind": self.kind, "months": list(self.months), "source": self.source}


@dataclass(frozen=True, slots=True)
class MaskedField:
    """How one identifying field is masked (脱敏): ``field`` is the form field code without its prefix.

    ``style`` is ``name`` (keep the family name) or ``ends`` (keep so many characters at both ends).
    """

    field: str
    style: Literal["name", "ends"]
    keep_left: int = 0
    keep_right: int = 0

    def to_json(self) -> dict[str, Json]:
        """The masking as canonical JSON."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """One version of one item of the public credit information catalogue (公共信用信息目录, 49号(一)).

    Decisions that CAT-4 asks for are None while undecided. ``public_organisation`` covers 法人及非法人组织
    and 个体工商户. ``collectors``: codes of the departments that may submit, ``()`` = whoever determined;
    a department that is not registered stands with its name, so that nobody may submit until it is.
    Dates are ISO text, both inclusive; ``effective_to`` None = open. ``decided_by`` says whose decisions
    these are; ``reasons`` are the prose codes that hold a draft back, filled with ``{item}`` = ``code``.
    ``stopped_by`` is the title of the document for which a version is suspended (INS-2).
    """

    code: str
    version: int
    layer: Layer
    name_zh: str
    name_en: str
    nature: Literal["positive", "neutral", "negative"]
    subject_kinds: tuple[SubjectKind, ...]
    bases: tuple[LegalBasis, ...]
    effective_from: str
    effective_to: str | None = None
    public_organisation: bool | None = None
    public_natural_person: bool | None = None
    sharing: Sharing | None = None
    publicity: PublicityRule | None = None
    masking: tuple[MaskedField, ...] | None = None
    repair: Repair | None = None
    collectors: tuple[str, ...] | None = None
    personal_information_bases: tuple[LegalBasis, ...] = ()
    personal_information_consent: bool = False
    decided_by: str = ""
    certainty: str = ""
    status: Status = "draft"
    reasons: tuple[str, ...] = ()
    stopped_by: str = ""

    def is_public_for(self, kind: SubjectKind) -> bool:
        """Whether the item says that records about ``kind`` are public (PUB-1); undecided is no."""
        says = self.public_natural_person if kind == "natural_person" else self.public_organisation
        return kind in self.subject_kinds and says is True

    def to_json(self) -> dict[str, Json]:
        """The item as canonical JSON; undecided fields, ``status`` and ``stopped_by`` are left out."""
        out: dict[str, Json] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name not in ("status", "stopped_by") and value is not None:
                out[field.name] = _plain(value)
        return out

    @classmethod
    def from_json(cls, data: Mapping[str, Any], *, status: Status) -> CatalogueItem:
        """The item back from :meth:`to_json`; raises ``TypeError`` or ``KeyError`` on another shape."""
        values = dict(data)
        for name in ("subject_kinds", "collectors", "reasons"):
            if values.get(name) is not None:
                values[name] = tuple(values[name])
        for name in ("bases", "personal_information_bases"):
            values[name] = tuple(LegalBasis(**basis) for basis in values.get(name, ()))
        if (sharing := values.get("sharing")) is not None:
            values["sharing"] = Sharing(tuple(sharing["departments"]), tuple(sharing["purposes"]))
        if (rule := values.get("publicity")) is not None:
            values["publicity"] = PublicityRule(rule["kind"], tuple(rule["months"]), rule["source"])
        if values.get("masking") is not None:
            values["masking"] = tuple(MaskedField(**masked) for masked in values["masking"])
        return cls(**values, status=status)


def _plain(value: Any) -> Json:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, (str, int, bool)):
        return value
    plain: Json = value.to_json()
    return plain


@dataclass(frozen=True)
class CatalogueEvent(Event):
    """What both catalogue events tell: one version of an item, field by field as in the item."""

    STATUS: ClassVar[Status]

    code: str
    version: int
    layer: str
    name_zh: str
    name_en: str
    nature: str
    subject_kinds: list[str]
    bases: list[dict[str, Json]]
    effective_from: str
    personal_information_bases: list[dict[str, Json]]
    personal_information_consent: bool
    decided_by: str
    certainty: str
    reasons: list[str]
    effective_to: str | None = None
    public_organisation: bool | None = None
    public_natural_person: bool | None = None
    sharing: dict[str, Json] | None = None
    publicity: dict[str, Json] | None = None
    masking: list[dict[str, Json]] | None = None
    repair: str | None = None
    collectors: list[str] | None = None

    def item(self) -> CatalogueItem:
        """The version that this event tells of."""
        values = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ENVELOPE}
        known = {name: value for name, value in values.items() if value is not None}
        return CatalogueItem.from_json(known, status=self.STATUS)


@dataclass(frozen=True)
class CatalogueItemDrafted(CatalogueEvent):
    """A version was written down as a draft (草案); ``reasons`` are the prose codes that hold it back."""

    TOPIC: ClassVar[str] = "catalogue.item_drafted"
    KIND: ClassVar[Kind] = Kind.CATALOGUE_ITEM_DRAFTED
    STATUS: ClassVar[Status] = "draft"


@dataclass(frozen=True)
class CatalogueItemAdopted(CatalogueEvent):
    """A version was adopted (纳入目录) and is in force on its days."""

    TOPIC: ClassVar[str] = "catalogue.item_adopted"
    KIND: ClassVar[Kind] = Kind.CATALOGUE_ITEM_ADOPTED
    STATUS: ClassVar[Status] = "in_force"


class CatalogueItemSuspended(VersionsSuspended):
    """Versions of an item are not executed any more (停止执行, 15号 二): they rest on a document without a
    sufficient basis, ``document`` in the clean-up ledger, of ``unit``. Only a new version resumes the item.
    """

    TOPIC: ClassVar[str] = "catalogue.item_suspended"
    KIND: ClassVar[Kind] = Kind.CATALOGUE_ITEM_SUSPENDED


def fold(events: Iterable[Event]) -> tuple[CatalogueItem, ...]:
    """All versions of one item, by number."""
    return fold_versions(events, lambda event: event.item() if isinstance(event, CatalogueEvent) else None)


def version_in_force(versions: Sequence[CatalogueItem], on: date) -> CatalogueItem | None:
    """The version in force on the day ``on``, or None; of several the one that took effect last.

    What it superseded does not come back when its own days are over: so an item is withdrawn (CAT-3). It may be
    suspended (INS-2), unless a later version has begun by that day as well, which takes its place.
    """
    day = on.isoformat()
    begun = [item for item in versions if item.status != "draft" and item.effective_from <= day]
    newest = max((item.version for item in begun if item.status == "in_force"), default=0)
    begun = [item for item in begun if item.status == "in_force" or item.version > newest]
    last = last_begun(begun, on)
    return None if last is None or (last.effective_to or day) < day else last


def with_status(item: CatalogueItem, status: Status, reasons: Sequence[str] = ()) -> CatalogueItem:
    """``item`` with another status and the reasons for it."""
    return replace(item, status=status, reasons=tuple(reasons))
