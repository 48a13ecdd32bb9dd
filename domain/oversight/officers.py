"""Decides who may query again after a suspension, and how long a declared relation stands (QRY-3): pure functions.

Commands load an officer's own stream, or the list of its relations; the registry and the review runner fold the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from domain.access.model import Officer
from domain.oversight.review_events import (
    OfficerReinstated,
    OfficerSuspended,
    RelationDeclared,
    RelationEnded,
)
from domain.parties.acting import is_text
from domain.records.screening import personal_data_in_public
from domain.shared.city_time import city_day
from domain.shared.events import Event, placed
from domain.shared.refusals import Defect, Refused, refuse_if_any

RELATIONS = ("relative", "colleague")
ENDINGS = ("ended", "mistaken")
"""关系终止、申报有误."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A declared relation (利害关系) by the version of its declaration; ``until`` is when it ended, None while it
    stands."""

    version: int
    blind: str
    relation: str
    until: datetime | None = None

    def stood_at(self, at: datetime) -> bool:
        """Whether it counts for a query at this instant: one that ended later covers what was queried before."""
        return self.until is None or at <= self.until


def suspension_of(events: Iterable[Event]) -> OfficerSuspended | None:
    """The suspension that an officer is under by its own stream; None for one who may query."""
    found: OfficerSuspended | None = None
    for event in events:
        if isinstance(event, OfficerSuspended):
            found = event
        elif isinstance(event, OfficerReinstated):
            found = None
    return found


def fold_relations(events: Iterable[Event]) -> tuple[Relation, ...]:
    """All relations of an officer's list, ended ones too; without those whose content was erased."""
    found: dict[int, Relation] = {}
    for event in events:
        if isinstance(event, RelationDeclared) and event.blind and event.relation:
            found[event.originator_version] = Relation(event.originator_version, event.blind, event.relation)
        elif isinstance(event, RelationEnded) and event.ends in found:
            found[event.ends] = replace(found[event.ends], until=event.timestamp)
    return tuple(found.values())


def reinstate(
    events: Sequence[Event],
    officer: Officer,
    *,
    pseudonym: str,
    case: UUID,
    open_cases: Sequence[UUID],
    reasons: str,
    now: datetime,
) -> OfficerReinstated:
    """The credit office's ``officer`` gives the right to query back to the one of this stream.

    ``case`` is the review or incident whose suspension is lifted, ``open_cases`` are those about this officer that are
    not closed. Raises ``Refused`` (QRY-3) with every reason.
    """
    suspension, defects = suspension_of(events), list[Defect]()
    if pseudonym == officer.pseudonym:
        raise Refused(Defect("QRY-3", "officer_reinstates_oneself", "Credit-Official"))
    if suspension is None:
        raise Refused(Defect("QRY-3", "officer_not_suspended", "/officer"))
    if suspension.review != str(case):
        defects.append(Defect("QRY-3", "officer_suspended_by_another", "/case"))
    if open_cases:
        defects.append(Defect("QRY-3", "officer_case_open", "/officer", {"count": str(len(open_cases))}))
    defects += reasons_defects(reasons, today=city_day(now))
    refuse_if_any(defects)
    return OfficerReinstated(
        **placed(suspension.originator_id, events[-1].originator_version + 1, now),
        lifts=suspension.originator_version,
        reasons=reasons,
        department=officer.department,
        officer=officer.pseudonym,
    )


def declare_relation(
    *,
    stream: UUID,
    version: int,
    declared_by: str,
    department: str,
    blind: bytes,
    relation: str,
    now: datetime,
) -> RelationDeclared:
    """A relative or colleague of an officer, as its department declares it. Raises ``Refused`` (QRY-3)."""
    refuse_if_any(relation_defects(relation))
    return RelationDeclared(
        **placed(stream, version, now),
        department=department,
        declared_by=declared_by,
        blind=blind.hex(),
        relation=relation,
    )


def end_relation(
    relations: Iterable[Relation],
    officer: Officer,
    *,
    of_officer: str,
    stream: UUID,
    version: int,
    blind: bytes,
    relation: str,
    how: str,
    reasons: str,
    now: datetime,
) -> RelationEnded:
    """A relation stands no more, as another officer of the department says. Raises ``Refused`` (QRY-3)."""
    if of_officer == officer.pseudonym:
        raise Refused(Defect("QRY-3", "relation_of_oneself", "Credit-Official"))
    defects = list(relation_defects(relation))
    if how not in ENDINGS:
        defects.append(Defect("QRY-3", "relation_ending_unknown", "/how", {"values": "、".join(ENDINGS)}))
    defects += reasons_defects(reasons, today=city_day(now))
    refuse_if_any(defects)
    standing = [r for r in relations if r.until is None and (r.blind, r.relation) == (blind.hex(), relation)]
    if not standing:
        raise Refused(Defect("QRY-3", "relation_not_declared", "/subject"))
    return RelationEnded(
        **placed(stream, version, now),
        department=officer.department,
        ended_by=officer.pseudonym,
        ends=standing[0].version,
        how=how,
        reasons=reasons,
    )


def relation_defects(relation: str) -> Iterator[Defect]:
    """A relation is one of :data:`RELATIONS`."""
    if relation not in RELATIONS:
        yield Defect("QRY-3", "relation_unknown", "/relation", {"values": "、".join(RELATIONS)})


def reasons_defects(reasons: str, *, today: date) -> Iterator[Defect]:
    """Reasons are given, and hold no number, address or account of a person: they stand under no key of a person."""
    if not is_text(reasons):
        yield Defect("QRY-3", "officer_without_reasons", "/reasons")
    elif personal_data_in_public(reasons, today=today):
        yield Defect("QRY-3", "officer_person_in_text", "/reasons")
