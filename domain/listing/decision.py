"""Decides on listing and on removal: what the decision must hold, who may make it, when it ends (LST-4 to LST-8).

Before it stands a case whose party was told and answered; after it the decision and everything that ends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from domain.catalogue.gate import misstated
from domain.catalogue.items import LegalBasis
from domain.listing.case import Listing, department_defects
from domain.listing.events import (
    ListingDecided,
    ListingRemovalApplied,
    ListingRemovalRefused,
    ListingRemoved,
    SubjectDelisted,
    SubjectListed,
)
from domain.listing.standard_gate import excepts_rank
from domain.listing.standards import RANKS, ListStandard
from domain.parties.acting import (
    DIGESTS_MAX,
    SHORT_CHARACTERS_MAX,
    Officer,
    answer_defects,
    contact_defects,
    is_digest,
    is_text,
)
from domain.parties.identifiers import is_minor
from domain.records.screening import personal_data_in_public
from domain.shared.city_time import city_day
from domain.shared.deadlines import Calendar, add_months, add_working_days
from domain.shared.events import Event, next_of, placed
from domain.shared.refusals import Defect, refuse_if_any

CONTENTS = ("facts", "basis", "measures", "removal_conditions", "removal_procedure", "remedies")
"""The six contents (六项内容) of a decision to list (49号(八))."""
CITIZEN_ID = "身份证"
REVERSAL = "reversal"
BY_DEPARTMENT = ("conditions_met", REVERSAL)
"""Why a department itself may take a subject off: its conditions are met, or its own decision does not hold."""


@dataclass(frozen=True, slots=True)
class Borne:
    """A list on which a subject is now (在列名单), as its own stream tells; measures rest on it."""

    listing: UUID
    list_code: str
    version: int
    department: str
    records: tuple[UUID, ...]
    decision: str
    on_day: str
    until: str
    repair_removes: bool

    def holds_on(self, day: date) -> bool:
        """Whether it counts on a day: a term that is over does not, though its end is not recorded yet."""
        return not self.until or day.isoformat() <= self.until


def fold_borne(events: Iterable[Event]) -> tuple[Borne, ...]:
    """The lists that a subject is on, oldest first, by the events of its stream."""
    borne: dict[UUID, Borne] = {}
    for event in events:
        if isinstance(event, SubjectListed):
            borne[UUID(event.listing)] = Borne(
                UUID(event.listing),
                event.list_code,
                event.version,
                event.department,
                tuple(map(UUID, event.records)),
                event.decision,
                event.on_day,
                event.until or "",
                event.repair_removes,
            )
        elif isinstance(event, SubjectDelisted):
            borne.pop(UUID(event.listing), None)
    return tuple(borne.values())


def last_day(standard: ListStandard, decided_on: date) -> str:
    """The last day of a listing by its standard, as ISO text; empty when it lasts until the conditions are met."""
    return "" if standard.term_months is None else add_months(decided_on, standard.term_months).isoformat()


def decision_defects(
    listing: Listing,
    decided: ListingDecided,
    standard: ListStandard,
    *,
    notice: str,
    records: Mapping[UUID, bool],
    borne: Iterable[Borne],
    rank: str,
    today: date,
) -> list[Defect]:
    """Every reason why this decision may not be recorded.

    ``notice`` is the leaf hash of the notice in the case, ``records`` says of each record it rests on whether it
    stands, ``borne`` are the lists that the subject is on, ``rank`` is that of the authority as it is registered.
    """
    defects = list(_procedure_defects(listing, decided, notice=notice, today=today))
    defects += _content_defects(decided, today=today)
    defects += _notice_defects(decided)
    defects += _standard_defects(decided, standard)
    defects += rank_defects(decided, standard, registered=rank)
    defects += person_defects(decided, rule="LST-6")
    if sorted(decided.records) != sorted(map(str, listing.records)) or not all(records.values()):
        defects.append(Defect("LST-4", "listing_record_gone", "/parts/public/records"))
    if any(b.list_code == listing.list_code for b in borne):
        defects.append(Defect("LST-4", "listing_listed_already"))
    return defects


def _procedure_defects(
    listing: Listing, decided: ListingDecided, *, notice: str, today: date
) -> Iterator[Defect]:
    """LST-4: it follows the notice that was served. LST-5: not before the statement is answered."""
    if not listing.is_open:
        yield Defect("LST-4", "listing_decided_already")
    elif listing.state == "stated":
        yield Defect("LST-5", "listing_statement_pending")
    elif not listing.answered and today.isoformat() <= listing.state_by:
        yield Defect("LST-5", "listing_statement_period", "", {"last": listing.state_by})
    if decided.notice != notice:
        yield Defect("LST-4", "listing_of_other_notice", "/parts/public/notice")
    if decided.decided_on != today.isoformat():
        yield Defect("LST-4", "listing_decided_another_day", "/parts/public/decided_on")


def told_defects(
    listing: Listing, standard: ListStandard, *, corrected: bool, objected: bool
) -> Iterator[Defect]:
    """LST-4: the decision rests on what the party was told, facts and standard, and on nothing else.

    LST-5: nor on what is being verified. ``corrected``: a record it rests on was corrected since the notice;
    ``objected``: an objection to one is not answered.
    """
    if corrected:
        yield Defect("LST-4", "listing_facts_changed", "/parts/public/records")
    if standard.version != listing.standard:
        told = {"told": str(listing.standard), "now": str(standard.version)}
        yield Defect("LST-4", "listing_standard_changed", "/parts/public/version", told)
    if objected:
        yield Defect("LST-5", "listing_record_objected", "/parts/public/records")


def _content_defects(decided: ListingDecided, *, today: date) -> Iterator[Defect]:
    """LST-6: the six contents; PUB-2: nothing about a person in those that everyone may read."""
    for name in CONTENTS:
        where = "restricted" if name == "facts" else "public"
        if not is_text(str(getattr(decided, name) or "")):
            yield Defect("LST-6", f"listing_without_{name}", f"/parts/{where}/{name}")
        elif where == "public" and personal_data_in_public(getattr(decided, name), today=today):
            yield Defect("PUB-2", "listing_person_in_public", f"/parts/public/{name}")
    for name in ("authority_name", "document_number"):
        if not is_text(getattr(decided, name), most=SHORT_CHARACTERS_MAX):
            yield Defect("LST-6", "listing_document_unnamed", f"/parts/public/{name}")


def _notice_defects(decided: ListingDecided) -> Iterator[Defect]:
    """REP-2: of a notice of how to repair that was served with the decision, on its day, day and digest are told."""
    digest, day = decided.repair_notice, decided.repair_notice_on
    if (digest is None) != (day is None) or not (digest is None or is_digest(digest)):
        yield Defect("REP-2", "listing_repair_notice", "/parts/restricted/repair_notice")
    if day is not None and day != decided.decided_on:
        yield Defect("REP-2", "listing_repair_notice_day", "/parts/restricted/repair_notice_on")


def _standard_defects(decided: ListingDecided, standard: ListStandard) -> Iterator[Defect]:
    """The decision says of list, version, publicity and term what the standard says (LST-2, LST-3, PUB-1)."""
    same = (decided.list_code, decided.version) == (standard.code, standard.version)
    if not same:
        yield Defect("LST-2", "listing_of_other_standard", "/parts/public/version")
    if decided.public != standard.public:
        yield Defect("PUB-1", "listing_publicity_not_as_standard", "/parts/public/public")
    try:
        until = last_day(standard, date.fromisoformat(decided.decided_on))
    except (ValueError, OverflowError):
        until = "-"
    if (decided.until or "") != until:
        yield Defect("LST-3", "listing_term_not_as_standard", "/parts/public/until", {"until": until or "-"})


def rank_defects(decided: ListingDecided, standard: ListStandard, *, registered: str) -> Iterator[Defect]:
    """LST-7: the authority has the rank that the standard asks for, or the exception is cited.

    Its rank is the one that is ``registered``: nobody ranks oneself.
    """
    if decided.authority_rank != registered:
        where, told = "/parts/public/authority_rank", {"registered": registered or "-"}
        yield Defect("LST-7", "listing_rank_not_registered", where, told)
    order = {rank: number for number, rank in enumerate(RANKS)}
    least = order.get(standard.least_rank, len(RANKS))
    if order.get(decided.authority_rank, len(RANKS)) <= least:
        return
    try:
        cited = None if decided.rank_basis is None else LegalBasis(**decided.rank_basis)
    except TypeError:
        cited = None
    if cited is not None and excepts_rank(cited):
        yield from misstated("LST-7", "/parts/public/rank_basis", [cited])
    else:
        yield Defect(
            "LST-7", "listing_rank_too_low", "/parts/public/authority_rank", {"least": standard.least_rank}
        )


class Named(Protocol):
    """An act that names its subject: an organisation by name and code, a natural person by name and document."""

    @property
    def subject_kind(self) -> str: ...
    @property
    def decided_on(self) -> str: ...
    @property
    def name(self) -> str | None: ...
    @property
    def code(self) -> str | None: ...
    @property
    def person_name(self) -> str | None: ...
    @property
    def id_type(self) -> str | None: ...
    @property
    def id_number(self) -> str | None: ...


def person_defects(decided: Named, *, rule: str, part: str = "public") -> Iterator[Defect]:
    """The subject is named (``rule``), in ``part`` if it is none of a person. DET-4: a minor is never listed; whose
    age cannot be told is treated as one."""
    if decided.subject_kind != "natural_person":
        if not (decided.name and decided.code) or decided.id_number:
            yield Defect(rule, "listing_subject_unnamed", f"/parts/{part}/name")
        return
    if decided.name or decided.code or not (decided.person_name and decided.id_type and decided.id_number):
        yield Defect(rule, "listing_subject_unnamed", "/parts/person~11/person_name")
        return
    try:
        minor = decided.id_type != CITIZEN_ID or is_minor(
            decided.id_number, on=date.fromisoformat(decided.decided_on)
        )
    except ValueError:
        minor = True
    if minor:
        yield Defect("DET-4", "listing_of_a_minor", "/parts/person~11/id_number")


def subject_listed(
    decided: ListingDecided, standard: ListStandard, *, decision: str, subject: UUID, version: int
) -> SubjectListed:
    """What the subject's own stream tells of the decision; ``decision`` is its leaf hash (hex)."""
    return SubjectListed(
        **placed(subject, version, decided.timestamp),
        listing=str(decided.originator_id),
        list_code=decided.list_code,
        version=decided.version,
        department=decided.authority,
        records=list(decided.records),
        decision=decision,
        on_day=decided.decided_on,
        repair_removes=standard.repair_removes,
        until=decided.until,
    )


def apply_for_removal(
    listing: Listing,
    standard: ListStandard,
    *,
    materials: tuple[tuple[str, str], ...],
    contact: str | None,
    received_by: str,
    calendar: Calendar,
    now: datetime,
) -> ListingRemovalApplied:
    """The subject says that its conditions are met (LST-8); answered in time. Raises ``Refused``."""
    today = city_day(now)
    defects: list[Defect] = []
    if listing.state != "listed":
        defects.append(Defect("LST-8", "listing_not_on_the_list"))
    elif standard.early_months is None:
        defects.append(Defect("LST-8", "listing_no_early_removal"))
    else:
        first = add_months(date.fromisoformat(listing.decided_on), standard.early_months)
        first += timedelta(days=1) if standard.early_months else timedelta()
        if today < first:
            defects.append(Defect("LST-8", "listing_removal_too_early", "", {"first": first.isoformat()}))
    kinds = [kind for kind, _ in materials]
    if (
        not materials
        or len(materials) > DIGESTS_MAX
        or not all(is_digest(d) for _, d in materials)
        or not all(is_text(kind, most=SHORT_CHARACTERS_MAX) for kind in kinds)
    ):
        defects.append(Defect("LST-8", "listing_materials_malformed", "/materials"))
    refuse_if_any([*defects, *contact_defects(contact, rule="LST-8")])
    due = add_working_days(today, standard.removal_working_days, calendar)
    return ListingRemovalApplied(
        **next_of(listing, now),
        received_by=received_by,
        department=listing.department,
        applied_on=today.isoformat(),
        decide_by=due.day.isoformat(),
        provisional=due.provisional,
        materials=[list(material) for material in materials],
        contact=contact,
    )


def refuse_removal(
    listing: Listing, *, officer: Officer, reasons: str, remedies: Mapping[str, str], now: datetime
) -> ListingRemovalRefused:
    """The application is refused, with reasons and both remedies (LST-8)."""
    defects = list(department_defects(listing, officer, rule="LST-8"))
    if listing.state != "removal_applied":
        defects.append(Defect("LST-8", "listing_no_removal_pending"))
    defects += answer_defects(reasons, remedies, rule="LST-8")
    refuse_if_any(defects)
    return ListingRemovalRefused(
        **next_of(listing, now),
        department=officer.department,
        officer=officer.pseudonym,
        reasons=reasons,
        remedies=dict(remedies),
    )


def removal_defects(
    listing: Listing, removed: ListingRemoved, officer: Officer, *, decision: str
) -> list[Defect]:
    """Why a department's own removal may not be recorded (LST-8); ``decision`` is the leaf hash that it must name."""
    defects = list(department_defects(listing, officer, rule="LST-8"))
    if not listing.is_listed:
        defects.append(Defect("LST-8", "listing_not_on_the_list"))
    if removed.cause not in BY_DEPARTMENT:
        values = "、".join(BY_DEPARTMENT)
        defects.append(Defect("LST-8", "listing_cause_unknown", "/parts/public/cause", {"values": values}))
    if removed.list_code != listing.list_code or removed.removes != decision or removed.by:
        defects.append(Defect("LST-8", "listing_of_other_decision", "/parts/public/removes"))
    return defects
