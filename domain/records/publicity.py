"""Decides whether a record is public, until when, and what each view may show of it.

Before it stand a record's parts and the catalogue item in force at its determination; after it the
renditions of the public and the shared view, and the day on which publicity ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from domain.catalogue.gate import waits_for_consent
from domain.catalogue.items import (
    EVERY_DEPARTMENT,
    SEVERITIES,
    SUBJECT_KINDS,
    CatalogueItem,
    PublicityRule,
    SubjectKind,
)
from domain.parties.identifiers import is_minor
from domain.records.masking import masked_fields
from domain.shared.canonical import Json, Parts
from domain.shared.deadlines import add_months

DEFAULT_SEVERITY = "一般"
CLASS_MONTHS = (3, 12, 36)
"""The maximum terms of the severity classes (国办发〔2025〕22号) for an adverse record whose item names none, where the
office had set none either. Views are folded by them, so they do not change: a setting takes their place."""
CITIZEN_ID = "身份证"
PERSON = "person/1"
Months = tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class FormFields:
    """Which fields of a form (表单) say what publicity needs; ``sent_end`` is what the department sent."""

    prefix: str
    decided: str
    sent_end: str | None


FORMS: Mapping[str, FormFields] = {
    "penalty": FormFields(prefix="CF_", decided="CF_JDRQ", sent_end="CF_GSJZQ"),
    "licence": FormFields(prefix="XK_", decided="XK_JDRQ", sent_end=None),
    "determination": FormFields(prefix="RD_", decided="RD_JDRQ", sent_end="RD_GSJZQ"),
}
VALID_TO = "XK_YXQZI"


@dataclass(frozen=True, slots=True)
class Publicity:
    """Whether and until when a record is public (公示).

    ``until`` is the last public day, None when not public or open-ended; ``reason`` is a prose code;
    ``flags`` name what was assumed: ``severity_unknown``, ``term_not_sent``, ``sent_term_beyond_maximum``.
    """

    public: bool
    until: date | None
    flags: tuple[str, ...]
    reason: str


def subject_kind(parts: Parts) -> SubjectKind:
    """The kind of subject that a record is about; raises ``KeyError`` when its parts name none."""
    public = parts["public"]
    prefix = _form(parts).prefix
    return SUBJECT_KINDS[str(public[f"{prefix}XDR_LB"])]


def item_code(parts: Parts) -> str:
    """The catalogue item that the record names."""
    return str(parts["public"]["item"])


def decided_on(parts: Parts) -> date:
    """The day of the determination. Raises ``KeyError`` or ``ValueError`` when the parts hold none."""
    return date.fromisoformat(str(parts["public"][_form(parts).decided]))


def severity_of(parts: Parts) -> str:
    """The severity of a record; one that is unknown counts as 一般 (PUB-4)."""
    told = str(parts["public"].get("DISCREDIT_LEVEL"))
    return told if told in SEVERITIES else DEFAULT_SEVERITY


def subject_name(parts: Parts) -> str:
    """The name of an organisation as its record gives it; natural persons' names are not in this part."""
    return str(parts["public"][f"{_form(parts).prefix}XDR_MC"])


def term_end(item: CatalogueItem, parts: Parts, *, months_max: Months = None) -> date | None:
    """The last day of the record's term, public or not; None when it is open-ended or cannot be told.

    ``months_max`` as in :func:`publicity_term`.
    Sharing ends with it too: what has expired is in no view (ARCHITECTURE 4, promise 7). What is adverse always
    has one, also where its item is shared only.
    """
    found = _until(item, parts, months_max)
    return None if found is None else found[0]


def publicity_term(
    item: CatalogueItem, parts: Parts, *, recorded_on: date, months_max: Months = None
) -> Publicity:
    """Whether the record is public and until which day (PUB-1, PUB-2, PUB-4, DET-4 for minors).

    The term is the earlier of the one the department sent and the item's own, of what is adverse also of the maximum
    of its severity class. It is counted from the day of the decision (民法典 201, 202: that day excluded, up to the
    corresponding day) and never rolls on to a working day, since a maximum would be exceeded. An unknown severity
    counts as 一般 and is flagged; a term that ended before ``recorded_on`` never makes the record public.
    ``months_max`` are the maximum terms of the severity classes that the office had set for the day of the decision,
    None when it had set none.
    Raises ``KeyError`` for a form or subject kind that is none of ours and ``ValueError`` for a date that
    is not canonical: both are refused long before.
    """
    kind = subject_kind(parts)
    if not item.is_public_for(kind) or item.publicity is None:
        return _not_public("publicity_item_not_public")
    if kind == "natural_person" and (why := _person_not_public(item, parts)):
        return _not_public(why)
    found = _until(item, parts, months_max)
    if found is None:
        return _not_public("publicity_term_unknown")
    until, flags = found
    if until is not None and until < recorded_on:
        return _not_public("publicity_term_over", flags)
    return Publicity(public=True, until=until, flags=flags, reason="publicity_public")


def public_rendition(item: CatalogueItem, parts: Parts, publicity: Publicity) -> dict[str, Json]:
    """What anyone may be shown: ``item``, its names, ``form``, ``until`` if it ends, and ``fields`` by code.

    Only the public part; of a natural person also what the item's masking names, masked; never anything
    of a representative. Raises ``ValueError`` when ``publicity`` does not make the record public.
    """
    if not publicity.public:
        raise ValueError("a record that is not public has no public rendition")
    rendition = _headed(item, parts)
    shown = _fields(parts, "public")
    if subject_kind(parts) == "natural_person":
        shown |= masked_fields(parts[PERSON], item.masking or (), prefix=_form(parts).prefix)
    rendition["fields"] = shown
    if publicity.flags:
        rendition["flags"] = list(publicity.flags)
    if publicity.until is not None:
        rendition["until"] = publicity.until.isoformat()
    return rendition


def shared_rendition(item: CatalogueItem, parts: Parts) -> dict[str, dict[str, Json]]:
    """What departments in scope may be shown, by class (the part's name), or nothing when not shared (SHR-1).

    Each class has ``item``, its names, ``form`` and its own ``fields``, so that one can be withheld or
    erased without the others. Who sees which class for which purpose is decided at the query.
    """
    if item.sharing is None or not item.sharing.departments:
        return {}
    return {name: {**_headed(item, parts), "fields": _fields(parts, name)} for name in parts}


def may_be_shared_with(item: CatalogueItem, department: str, purpose: str) -> bool:
    """Whether ``department`` (its code) may see records of this item for ``purpose`` (SHR-1)."""
    scope = item.sharing
    if scope is None or purpose not in scope.purposes:
        return False
    return EVERY_DEPARTMENT in scope.departments or department in scope.departments


def may_be_known_to(
    item: CatalogueItem, parts: Parts, department: str, *, on: date, months_max: Months = None
) -> bool:
    """Whether ``department`` (its code) can have been shown a record that stands: on that day its term lasts, and it
    is public or shared with it for some purpose. ``months_max`` as in :func:`publicity_term`."""
    ends = term_end(item, parts, months_max=months_max)
    if ends is not None and ends < on:
        return False
    purposes = item.sharing.purposes if item.sharing else ()
    shared = any(may_be_shared_with(item, department, purpose) for purpose in purposes)
    return shared or publicity_term(item, parts, recorded_on=on, months_max=months_max).public


def _person_not_public(item: CatalogueItem, parts: Parts) -> str | None:
    """The prose code that keeps a natural person's record out of the public view, or None.

    Whoever's age cannot be told is treated as a minor: publishing could not be undone. A consent is one person's own,
    which no item gives; as the ledger records none to being published, such a record is not.
    """
    if not item.masking:
        return "publicity_item_not_public"
    if waits_for_consent(item):
        return "publicity_without_consent"
    form = _form(parts)
    person = parts.get(PERSON, {})
    decided = _date(parts, form.decided)
    number = person.get(f"{form.prefix}XDR_ZJHM")
    if person.get(f"{form.prefix}XDR_ZJLX") != CITIZEN_ID or not isinstance(number, str) or not decided:
        return "publicity_age_unknown"
    try:
        return "publicity_minor" if is_minor(number, on=decided) else None
    except ValueError:
        return "publicity_age_unknown"


def _until(
    item: CatalogueItem, parts: Parts, months_max: Months
) -> tuple[date | None, tuple[str, ...]] | None:
    """The last public day (None: open-ended) with its flags; None when a date that it needs is missing."""
    rule, form = item.publicity, _form(parts)
    if item.nature == "negative" or (rule is not None and rule.kind == "severity_maximum"):
        return _until_of_class(rule, parts, months_max)
    if rule is None:
        return None
    if rule.kind == "until_ended":
        # Open-ended is the item's own term; an earlier one that the department sent holds all the same (PUB-4).
        return (None if form.sent_end is None else _date(parts, form.sent_end)), ()
    if rule.kind == "valid_to":
        valid_to = _date(parts, VALID_TO)
        return None if valid_to is None else (valid_to, ())
    decided = _date(parts, form.decided)
    if decided is None:
        return None
    return _earlier(parts, form, add_months(decided, rule.months[0]), ())


def _until_of_class(
    rule: PublicityRule | None, parts: Parts, months_max: Months
) -> tuple[date, tuple[str, ...]] | None:
    """PUB-4: what is adverse ends with the maximum of its severity class, also where its item names no months.

    Nor any term at all, since it is shared only: what fewer may see is not told for longer (ADR 0058).
    """
    form, place = _form(parts), SEVERITIES.index(severity_of(parts))
    decided = _date(parts, form.decided)
    if decided is None:
        return None
    kind, own = (rule.kind, rule.months) if rule is not None else ("until_ended", ())
    classes = own if kind == "severity_maximum" else CLASS_MONTHS
    if months_max is not None:
        classes = tuple(map(min, classes, months_max)) if kind == "severity_maximum" else months_max
    months = min(classes[place], *own) if kind == "months_from_decision" else classes[place]
    maximum = add_months(decided, months)
    if kind == "valid_to":
        maximum = min(maximum, _date(parts, VALID_TO) or maximum)
    known = parts["public"].get("DISCREDIT_LEVEL") in SEVERITIES
    return _earlier(parts, form, maximum, () if known else ("severity_unknown",))


def _earlier(
    parts: Parts, form: FormFields, maximum: date, flags: tuple[str, ...]
) -> tuple[date, tuple[str, ...]]:
    if form.sent_end is None:
        return maximum, flags
    sent = _date(parts, form.sent_end)
    if sent is None:
        return maximum, (*flags, "term_not_sent")
    if sent > maximum:
        return maximum, (*flags, "sent_term_beyond_maximum")
    return sent, flags


def _not_public(reason: str, flags: tuple[str, ...] = ()) -> Publicity:
    return Publicity(public=False, until=None, flags=flags, reason=reason)


def _form(parts: Parts) -> FormFields:
    return FORMS[str(parts["public"]["form"])]


def _date(parts: Parts, code: str) -> date | None:
    value = parts["public"].get(code)
    return date.fromisoformat(value) if isinstance(value, str) else None


def _headed(item: CatalogueItem, parts: Parts) -> dict[str, Json]:
    return {
        "item": item.code,
        "item_name_zh": item.name_zh,
        "item_name_en": item.name_en,
        "form": parts["public"]["form"],
    }


def _fields(parts: Parts, name: str) -> dict[str, Json]:
    heads = ("form", "item") if name == "public" else ()
    return {code: value for code, value in parts[name].items() if code not in heads}
