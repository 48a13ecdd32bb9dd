"""Reads the demo city's data: departments, officers, and the national catalogue with the city's decisions.

Before it stand the files under ``data/``; after it the values that the seeding commands turn into events.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.catalogue.items import (
    CatalogueItem,
    LegalBasis,
    MaskedField,
    PublicityRule,
    Sharing,
    SubjectKind,
)
from domain.listing.standards import ListStandard
from domain.measures.items import MeasureItem

KINDS: Mapping[str, SubjectKind] = {
    "legal_person_or_unincorporated": "organisation",
    "individual_business": "individual_business",
    "natural_person": "natural_person",
}


_YES_NO = {
    "shares": "share",
    "lists": "blacklist",
    "punishes": "measure",
    "national_basis": "national_basis",
    "local_basis": "local_basis",
}


@dataclass(frozen=True, slots=True)
class DemoDepartment:
    """A department (部门) of the demo city; ``role`` is ``credit_office`` or ``department``, ``rank`` as LST-7 asks."""

    key: str
    name: str
    name_en: str
    code: str
    role: str
    rank: str = "municipal"
    member: bool = False
    """Whether it belongs to the joint meeting (联席会议成员单位)."""


@dataclass(frozen=True, slots=True)
class DemoOfficer:
    """A made-up officer (经办人): ``role`` is ``operator``, ``credit_officer``, ``auditor`` or ``tip_off_handler``."""

    key: str
    name: str
    department: str
    role: str


@dataclass(frozen=True)
class DemoCity:
    """The demo city (示范市): who takes part and what it decided; ``mark`` says that this is not law.

    ``items`` are the catalogue's items as drafts, ready for ``domain.catalogue.gate.import_item``; ``lists`` are the
    standards of serious lists and of its own red list, ``measures`` the items of the measures list. The
    columns are (Chinese name, field code) in the order of the forms.
    """

    name: str
    division_code: str
    mark: str
    departments: tuple[DemoDepartment, ...]
    officers: tuple[DemoOfficer, ...]
    purposes: Mapping[str, tuple[str, str]]
    items: tuple[CatalogueItem, ...]
    lists: tuple[ListStandard, ...]
    measures: tuple[MeasureItem, ...]
    penalty_columns: tuple[tuple[str, str], ...]
    licence_columns: tuple[tuple[str, str], ...]
    ledgers: Mapping[str, Sequence[Mapping[str, str]]]
    """Rows of each unit's clean-up ledger by its code: the examples of 15号 附件1, made the demo city's."""

    @property
    def agencies(self) -> tuple[DemoDepartment, ...]:
        """The six departments that send 双公示 files."""
        silent = {"credit_office", "court", "tax"}
        return tuple(department for department in self.departments if department.key not in silent)

    @property
    def credit_office(self) -> DemoDepartment:
        """The office that keeps the catalogue (信用办)."""
        return next(department for department in self.departments if department.role == "credit_office")


def read_city(data: Path) -> DemoCity:
    """The demo city from the folder ``data``.

    Raises ``OSError`` when a file is missing and ``KeyError`` or ``ValueError`` when one has another shape.
    """
    city = _read(data / "demo_city.json")
    forms = _read(data / "shuanggongshi.json")
    mark = city["meta"]["mark"]
    return DemoCity(
        name=city["city"]["name"],
        division_code=city["city"]["division_code"],
        mark=mark,
        departments=tuple(
            DemoDepartment(
                d["key"], d["name"], d["name_en"], d["code"], d["role"], member=d.get("meeting_member", False)
            )
            for d in city["departments"]
        ),
        officers=tuple(
            DemoOfficer(o["key"], o["name"], o["department"], o["role"]) for o in city["officers"]
        ),
        purposes={p["code"]: (p["zh"], p["en"]) for p in city["purposes"]},
        items=catalogue_items(_read(data / "catalogue.json"), city["item_decisions"], decided_by=mark),
        lists=(*list_standards(data), *map(ListStandard.from_json, city["red_lists"])),
        measures=measure_items(data),
        penalty_columns=_columns(forms["administrative_penalty"]),
        licence_columns=_columns(forms["administrative_licence"]),
        ledgers=_ledgers(city, _read(data / "ledger_schema.json")["examples"]),
    )


def list_standards(data: Path) -> tuple[ListStandard, ...]:
    """The standards of ``data/list_standards.json``; ``ValueError``, ``KeyError`` or ``TypeError`` when damaged."""
    return tuple(
        ListStandard.from_json(entry["standard"]) for entry in _read(data / "list_standards.json")["lists"]
    )


def measure_items(data: Path) -> tuple[MeasureItem, ...]:
    """The items of ``data/measures.json``; ``ValueError``, ``KeyError`` or ``TypeError`` when it is damaged."""
    return tuple(MeasureItem.from_json(entry["item"]) for entry in _read(data / "measures.json")["measures"])


def catalogue_items(
    catalogue: Mapping[str, Any], decisions: Mapping[str, Mapping[str, Any]], *, decided_by: str
) -> tuple[CatalogueItem, ...]:
    """The items of ``data/catalogue.json`` joined with a city's decisions, all as drafts of version 1.

    An item without decisions keeps them undecided, so that CAT-4 holds it back.
    """
    return tuple(
        _item(entry, decisions.get(entry["local_code"], {}), decided_by=decided_by)
        for category in catalogue["categories"]
        for entry in category["items"]
    )


def _item(entry: Mapping[str, Any], decided: Mapping[str, Any], *, decided_by: str) -> CatalogueItem:
    sharing, publicity, masking = decided.get("sharing"), decided.get("publicity"), decided.get("masking")
    collectors = decided.get("collectors")
    return CatalogueItem(
        code=entry["local_code"],
        version=1,
        layer="national",
        name_zh=entry["name_zh"],
        name_en=entry["name_en"],
        nature=entry["nature"],
        subject_kinds=tuple(KINDS[kind] for kind in entry["subject_types"]),
        bases=tuple(_basis(basis) for basis in entry["legal_bases"]),
        effective_from=decided.get("effective_from", ""),
        public_organisation=decided.get("public_organisation"),
        public_natural_person=decided.get("public_natural_person"),
        sharing=sharing and Sharing(tuple(sharing["departments"]), tuple(sharing["purposes"])),
        publicity=publicity
        and PublicityRule(publicity["kind"], tuple(publicity["months"]), publicity["source"]),
        masking=None if masking is None else tuple(MaskedField(**masked) for masked in masking),
        repair=decided.get("repair"),
        collectors=None if collectors is None else tuple(collectors),
        personal_information_bases=tuple(map(_basis, decided.get("personal_information_bases", ()))),
        decided_by=decided_by,
        certainty=entry["status"],
    )


def _basis(basis: Mapping[str, Any]) -> LegalBasis:
    return LegalBasis(
        title=basis["title"],
        document_number=basis["document_number"],
        article=basis["article"],
        level=basis["level"],
        certainty=basis["status"],
    )


def _ledgers(
    city: Mapping[str, Any], examples: Sequence[Mapping[str, Any]]
) -> dict[str, list[Mapping[str, str]]]:
    """The form's examples with what the demo city adds: unit, summary, completion time, who answers for it."""
    units = {unit["key"]: unit for unit in city["departments"]}
    found: dict[str, list[Mapping[str, str]]] = {}
    for example, added in zip(examples, city["clean_up_ledger"], strict=True):
        unit = units[added["unit"]]
        answers = {name: "是" if example[key] else "否" for name, key in _YES_NO.items()}
        told = {name: added[name] for name in ("summary", "due", "contact", "phone")}
        title = example["name"].replace("XX市", city["city"]["name"])
        row = {"title": title, **answers, "basis": "无", "disposition": example["disposition"], **told}
        found.setdefault(unit["code"], []).append({**row, "unit_name": unit["name"]})
    return found


def _columns(fields: list[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple((field["name_zh"], field["code"]) for field in fields)


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
