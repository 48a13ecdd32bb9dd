"""Decides on red lists (红名单, 诚信典型): who is entered by the competent department, and what takes it off (JNT-2).

Before it stand a standard of kind ``red`` that is in force and what counts against the subject; after it the sealed
entry, shown as the standard says, and its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import ClassVar

from domain.listing.adverse import Adverse
from domain.listing.decision import last_day, person_defects
from domain.listing.notes import Note
from domain.listing.standards import ListStandard
from domain.parties.acting import SHORT_CHARACTERS_MAX, is_text
from domain.records.screening import personal_data_in_public
from domain.shared.events import Event
from domain.shared.kinds import Kind
from domain.shared.refusals import Defect

BY_DEPARTMENT = ("criteria_lost", "own_request", "reversal")
"""Why a department takes a subject off: it meets the criteria no more, it asked for it, or the entry was wrong."""
RULE = "JNT-2"


class RedListed(Event):
    """A subject is put on a red list (列入红名单), sealed by the competent department (001 四(五)).

    ``incentives`` are the standard's own (守信激励). ``basis`` is what the honour rests on, ``reason`` how the criteria
    are met. ``until`` is the last day, left out when open. Named as in ``listing.decided``; ``public`` is as the list's
    standard says.
    """

    TOPIC: ClassVar[str] = "redlist.listed"
    KIND: ClassVar[Kind] = Kind.RED_LISTED
    PART_OF: ClassVar[Mapping[str, str]] = {
        "reason": "restricted",
        "person_name": "person/1",
        "id_type": "person/1",
        "id_number": "person/1",
    }
    list_code: str
    version: int
    subject_kind: str
    authority: str
    authority_name: str
    document_number: str
    decided_on: str
    public: bool
    basis: str
    incentives: str
    until: str | None = None
    name: str | None = None
    code: str | None = None
    reason: str | None = None
    person_name: str | None = None
    id_type: str | None = None
    id_number: str | None = None


class RedRemoved(Event):
    """A subject is off a red list (移出红名单): in no view from this transaction on (001 四(五) 退出).

    ``cause`` is ``criteria_lost``, ``own_request`` or ``reversal`` by the department, ``adverse_record`` or ``expiry``
    by the platform. ``removes`` is the leaf hash (hex) of the entry, ``by`` the record that its criteria exclude, or
    empty.
    """

    TOPIC: ClassVar[str] = "redlist.removed"
    KIND: ClassVar[Kind] = Kind.RED_REMOVED
    PART_OF: ClassVar[Mapping[str, str]] = {"reason": "restricted"}
    list_code: str
    cause: str
    removes: str
    removed_on: str
    by: str = ""
    reason: str | None = None


def red_defects(
    entry: RedListed, standard: ListStandard, *, department: str, today: date
) -> Iterator[Defect]:
    """Why the entry itself may not be made, whoever its subject is."""
    if entry.authority != department:
        yield Defect(RULE, "entry_of_another_department", "/parts/public/authority")
    if (entry.list_code, entry.version) != (standard.code, standard.version):
        yield Defect(RULE, "listing_of_other_standard", "/parts/public/version")
    if entry.public != standard.public:
        yield Defect("PUB-1", "listing_publicity_not_as_standard", "/parts/public/public")
    if entry.incentives != standard.incentives:
        yield Defect(RULE, "red_incentives_not_as_standard", "/parts/public/incentives")
    if entry.decided_on != today.isoformat():
        yield Defect(RULE, "listing_decided_another_day", "/parts/public/decided_on")
    elif (entry.until or "") != (until := last_day(standard, today)):
        yield Defect(RULE, "listing_term_not_as_standard", "/parts/public/until", {"until": until or "-"})
    for name in ("authority_name", "document_number"):
        if not is_text(getattr(entry, name), most=SHORT_CHARACTERS_MAX):
            yield Defect(RULE, "listing_document_unnamed", f"/parts/public/{name}")
    if not is_text(entry.basis):
        yield Defect(RULE, "listing_without_basis", "/parts/public/basis")
    elif personal_data_in_public(entry.basis, today=today):
        yield Defect("PUB-2", "listing_person_in_public", "/parts/public/basis")
    if not is_text(entry.reason or ""):
        yield Defect(RULE, "entry_without_reason", "/parts/restricted/reason")
    yield from person_defects(entry, rule=RULE)


def standing_defects(
    standard: ListStandard, *, notes: Iterable[Note], adverse: Iterable[Adverse]
) -> Iterator[Defect]:
    """Why this subject may not be put on the list now: it is on it, or its criteria exclude a record that stands.

    Which record that is, and whose, is not told.
    """
    if any(note.kind == "red" and note.list_code == standard.code for note in notes):
        yield Defect(RULE, "listing_listed_already")
    if excluding(standard, adverse) is not None:
        yield Defect(RULE, "red_adverse_record")


def excluding(standard: ListStandard, adverse: Iterable[Adverse]) -> Adverse | None:
    """The first of what counts against a subject that the criteria of a red list exclude, or None."""
    return next((found for found in adverse if found.severity in standard.excludes), None)


def removal_defects(note: Note, removed: RedRemoved, *, today: date) -> Iterator[Defect]:
    """Why a department's removal from a red list may not be recorded."""
    if removed.cause not in BY_DEPARTMENT:
        values = {"values": "、".join(BY_DEPARTMENT)}
        yield Defect(RULE, "listing_cause_unknown", "/parts/public/cause", values)
    if removed.list_code != note.list_code or removed.removes != note.leaf or removed.by:
        yield Defect(RULE, "entry_of_other", "/parts/public/removes")
    if removed.removed_on != today.isoformat():
        yield Defect(RULE, "listing_decided_another_day", "/parts/public/removed_on")
    if not is_text(removed.reason or ""):
        yield Defect(RULE, "entry_without_reason", "/parts/restricted/reason")
