"""Whom a link may name and on what it may rest, decided by the domain alone (DET-7)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from random import Random
from typing import Any
from uuid import UUID

import pytest

from domain.records.links import PersonLinked, link_defects, link_shape_defects
from domain.shared.canonical import Parts
from interfaces.demo.identities import citizen_id

pytestmark = pytest.mark.rule("DET-7")
AT, TODAY, LEAF = datetime(2026, 11, 21, 2, tzinfo=UTC), date(2026, 11, 21), "ab" * 32
PUBLIC = {
    "record": str(UUID(int=2)),
    "links": LEAF,
    "role": "主要负责人",
    "basis": "《示范市社会信用条例》第二十条",
}
PERSON = {
    "name": "示例责任人",
    "id_type": "身份证",
    "id_number": citizen_id(Random(3), birth=date(1980, 1, 1)),
}


def record(kind: str = "法人及非法人组织", severity: str = "严重") -> Parts:
    return {"public": {"form": "penalty", "CF_XDR_LB": kind, "DISCREDIT_LEVEL": severity}}


def codes(content: Parts, *, stands: bool = True, **changed: Any) -> list[tuple[str, str]]:
    event = PersonLinked(
        originator_id=UUID(int=1), originator_version=1, timestamp=AT, **{**PUBLIC, **PERSON, **changed}
    )
    found = link_defects(event, content, stands=stands, leaf_hash=LEAF, today=TODAY)
    return [(d.rule, d.code) for d in found]


def test_det_7_only_an_organisations_serious_record_that_stands_takes_a_link() -> None:
    assert codes(record()) == []
    assert codes(record(kind="自然人")) == [("DET-7", "link_not_an_organisation")]
    assert codes(record(kind="个体工商户")) == [("DET-7", "link_not_an_organisation")]
    assert codes(record(severity="一般")) == [("DET-7", "link_not_serious")]
    assert codes(record(), stands=False) == [("DET-7", "link_record_ended")]


@pytest.mark.rule("PUB-2")
def test_det_7_the_basis_of_a_link_which_everybody_reads_names_no_person() -> None:
    number = PERSON["id_number"]
    assert codes(record(), basis=f"{PUBLIC['basis']}，{number}") == [("PUB-2", "link_basis_personal")]


def test_det_7_an_act_with_a_part_too_few_or_a_member_too_many_is_no_link() -> None:
    def wrong(parts: Parts) -> list[tuple[str, str]]:
        return [(d.rule, d.code) for d in link_shape_defects(parts)]

    whole: Parts = {"public": {**PUBLIC}, "person/1": {**PERSON}}
    assert wrong(whole) == []
    assert wrong({"public": whole["public"]}) == [("DET-7", "link_incomplete")]
    assert wrong({**whole, "person/1": {**PERSON, "phone": "x"}}) == [("PRV-1", "unknown_field")]
    assert wrong({**whole, "person/1": {**PERSON, "name": 7}}) == [("FORMAT", "row_not_canonical")]
