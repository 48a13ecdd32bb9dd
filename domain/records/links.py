"""Decides who is linked to an organisation's serious record: representative, principals, directly responsible (DET-7).

The determining department seals each link with its role and basis; the linked person sees it in the own dossier
and has the same remedies as the organisation. What ends the record ends the link.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import ClassVar

from domain.instruments.basis import cited_levels
from domain.parties.identifiers import check_citizen_id, is_minor
from domain.records.publicity import CITIZEN_ID, PERSON, subject_kind
from domain.records.screening import personal_data_in_public
from domain.shared.canonical import Parts
from domain.shared.events import Event
from domain.shared.kinds import Kind
from domain.shared.legal_basis import SUFFICIENT_LEVELS
from domain.shared.refusals import Defect
from domain.shared.text import has_control, is_blank, says

SERIOUS = "严重"
ROLES = ("法定代表人", "主要负责人", "直接责任人员")
"""Legal representative, principal, directly responsible (001 三(六))."""
BASIS_CHARACTERS_MAX = 500
NAME_CHARACTERS_MAX = 64
_MEMBERS = {"public": {"record", "links", "role", "basis"}, PERSON: {"name", "id_type", "id_number"}}


class PersonLinked(Event):
    """A person is linked to a serious record of an organisation (关联责任人), sealed by its department (001 三(六)).

    In a stream of its own, under keys of the linked person that this link shares with nothing; ``links`` is the leaf
    hash (hex) of the content that the link rests on.
    """

    TOPIC: ClassVar[str] = "record.person_linked"
    KIND: ClassVar[Kind] = Kind.PERSON_LINKED
    PART_OF: ClassVar[Mapping[str, str]] = {"name": PERSON, "id_type": PERSON, "id_number": PERSON}
    record: str
    links: str
    role: str
    basis: str
    name: str | None = None
    id_type: str | None = None
    id_number: str | None = None


def link_shape_defects(parts: Parts) -> Iterator[Defect]:
    """DET-7: the act has exactly the members of a link, all of them text."""
    for name, part in parts.items():
        if name not in _MEMBERS or set(part) != _MEMBERS[name]:
            yield Defect("PRV-1", "unknown_field", "/parts")
        elif not all(isinstance(value, str) for value in part.values()):
            yield Defect("FORMAT", "row_not_canonical", "/parts")
    if set(parts) != set(_MEMBERS):
        yield Defect("DET-7", "link_incomplete", "/parts")


def link_defects(
    event: PersonLinked, content: Parts, *, stands: bool, leaf_hash: str, today: date
) -> Iterator[Defect]:
    """DET-7: only to a record that stands, of an organisation, of severity 严重; role, basis and person are explicit.

    ``content`` is the record's present content, ``leaf_hash`` names it. DET-4: a minor is not linked.
    """
    if not stands:
        yield Defect("DET-7", "link_record_ended", "/record")
    if subject_kind(content) != "organisation":
        yield Defect("DET-7", "link_not_an_organisation", "/record")
    if content["public"].get("DISCREDIT_LEVEL") != SERIOUS:
        yield Defect("DET-7", "link_not_serious", "/record")
    if event.links != leaf_hash:
        yield Defect("DET-7", "link_of_other_version", "/parts/public/links")
    if event.role not in ROLES:
        yield Defect("DET-7", "link_role", "/parts/public/role", {"values": "、".join(ROLES)})
    basis = event.basis
    if (
        SUFFICIENT_LEVELS.isdisjoint(cited_levels(basis))
        or len(basis) > BASIS_CHARACTERS_MAX
        or has_control(basis)
    ):
        # What 001 三(六) would enter on a person's record is entered only where 49号(一) allows it (ADR 0051).
        yield Defect("DET-7", "link_basis", "/parts/public/basis", {"most": str(BASIS_CHARACTERS_MAX)})
    elif personal_data_in_public(basis, today=today, is_certificate=False):
        yield Defect("PUB-2", "link_basis_personal", "/parts/public/basis")
    yield from _person_defects(event, today)


def _person_defects(event: PersonLinked, today: date) -> Iterator[Defect]:
    """DET-7: who is linked is named, with a sound identity document; DET-4: no minor."""
    name, number = event.name or "", event.id_number or ""
    if not says(name, most=NAME_CHARACTERS_MAX):
        yield Defect("DET-7", "link_person_unnamed", "/parts/person~11/name")
    if is_blank(event.id_type or "") or not says(number, most=NAME_CHARACTERS_MAX):
        yield Defect("DET-7", "link_person_unnamed", "/parts/person~11/id_number")
    elif event.id_type == CITIZEN_ID:
        fault = check_citizen_id(number, today=today, rule="DET-7", field="/parts/person~11/id_number")
        if fault:
            yield fault
        elif is_minor(number, on=today):
            yield Defect("DET-4", "link_of_a_minor", "/parts/person~11/id_number")
