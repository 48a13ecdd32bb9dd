"""Lists of associations, credit and rating agencies, brought in for reference only (仅供参考, JNT-5, 001 四(五)).

A stream kind of their own that no fold of records, lists or notes reads: a statement of somebody who is no authority
counts for nothing, and is shown under its mark or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import ClassVar

from domain.catalogue.items import SUBJECT_KINDS
from domain.listing.decision import person_defects
from domain.parties.acting import SHORT_CHARACTERS_MAX, is_text
from domain.shared.events import Event
from domain.shared.kinds import Kind
from domain.shared.refusals import Defect

SOURCES = ("association", "rating_agency", "credit_agency", "financial_institution", "mass_organisation")
"""Who may be the source (001 四(五)): 行业协会商会, 评级机构, 征信机构, 金融机构, 群众团体."""
COLOURS = ("red", "black")
MARK = "仅供参考 / for reference only"
"""What stands on every such entry, under the seal of who brought it in."""
RULE = "JNT-5"


class ReferenceEntered(Event):
    """An entry of an association's or agency's list, brought in for reference (供参考信息), sealed by who brings it in.

    ``mark`` is :data:`MARK`. ``source`` names who made the list, of the sort ``source_kind``; ``list_name`` the list;
    ``colour`` whether it honours or warns; ``stated_on`` when the source said so. Subject as in ``listing.decided``.
    """

    TOPIC: ClassVar[str] = "reference.entered"
    KIND: ClassVar[Kind] = Kind.REFERENCE_ENTERED
    PART_OF: ClassVar[Mapping[str, str]] = {
        "source": "restricted",
        "source_kind": "restricted",
        "list_name": "restricted",
        "colour": "restricted",
        "stated_on": "restricted",
        "name": "restricted",
        "code": "restricted",
        "person_name": "person/1",
        "id_type": "person/1",
        "id_number": "person/1",
    }
    mark: str
    brought_by: str
    decided_on: str
    subject_kind: str
    source: str | None = None
    source_kind: str | None = None
    list_name: str | None = None
    colour: str | None = None
    stated_on: str | None = None
    name: str | None = None
    code: str | None = None
    person_name: str | None = None
    id_type: str | None = None
    id_number: str | None = None


class ReferenceEnded(Event):
    """Who brought an entry in takes it back (撤下供参考信息): the source struck it, or it was wrong.

    ``ends`` is the leaf hash (hex) of the entry.
    """

    TOPIC: ClassVar[str] = "reference.ended"
    KIND: ClassVar[Kind] = Kind.REFERENCE_ENDED
    PART_OF: ClassVar[Mapping[str, str]] = {"reason": "restricted"}
    ends: str
    ended_on: str
    reason: str | None = None


def reference_defects(entry: ReferenceEntered, *, department: str, today: date) -> Iterator[Defect]:
    """Why an entry may not be brought in: its mark, who brings it in, its source, its subject."""
    if entry.mark != MARK:
        yield Defect(RULE, "reference_without_mark", "/parts/public/mark", {"mark": MARK})
    if entry.brought_by != department:
        yield Defect(RULE, "entry_of_another_department", "/parts/public/brought_by")
    if entry.decided_on != today.isoformat():
        yield Defect(RULE, "listing_decided_another_day", "/parts/public/decided_on")
    for name in ("source", "list_name"):
        if not is_text(getattr(entry, name) or "", most=SHORT_CHARACTERS_MAX):
            yield Defect(RULE, "reference_without_source", f"/parts/restricted/{name}")
    kinds = tuple(SUBJECT_KINDS.values())
    known = (
        ("restricted", "source_kind", SOURCES),
        ("restricted", "colour", COLOURS),
        ("public", "subject_kind", kinds),
    )
    for part, name, values in known:
        if getattr(entry, name) not in values:
            about = {"values": "、".join(values)}
            yield Defect(RULE, "reference_unknown_value", f"/parts/{part}/{name}", about)
    if not _is_day(entry.stated_on or "", latest=today):
        yield Defect(RULE, "reference_stated_on", "/parts/restricted/stated_on")
    yield from person_defects(entry, rule=RULE, part="restricted")


def end_defects(ended: ReferenceEnded, *, leaf: str, today: date) -> Iterator[Defect]:
    """Why the end of an entry may not be recorded; ``leaf`` is the leaf hash of the entry."""
    if ended.ends != leaf:
        yield Defect(RULE, "entry_of_other", "/parts/public/ends")
    if ended.ended_on != today.isoformat():
        yield Defect(RULE, "listing_decided_another_day", "/parts/public/ended_on")
    if not is_text(ended.reason or ""):
        yield Defect(RULE, "entry_without_reason", "/parts/restricted/reason")


def _is_day(text: str, *, latest: date) -> bool:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return False
    return day.isoformat() == text and day <= latest
