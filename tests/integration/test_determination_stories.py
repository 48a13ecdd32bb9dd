"""What a determination meets at the door, clause by clause, over HTTP: each refusal with its words and what would be
lawful, and one close by that is taken (CAT-1, CAT-4, CAT-5, DET-1 to DET-6, LST-4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import count
from random import Random
from typing import Any

import pytest
from werkzeug.test import TestResponse

from domain.shared.forms import FormKind
from interfaces.client.sealing import seal_act
from interfaces.demo.identities import citizen_id
from tests.integration.test_erasure_http import post
from tests.unit.test_rows import AUTHORITY, DETERMINATION, PENALTY, parts_of
from tests.web import Web
from tests.world import World

NUMBERS = count(1)
STANDARD: Mapping[FormKind, Mapping[str, str]] = {"penalty": PENALTY, "determination": DETERMINATION}


class Door:
    """Departments that send single determinations, each under its own seal."""

    def __init__(self, world: World) -> None:
        self.world, self.web = world, Web(world)
        self.other = next(a.code for a in world.city.agencies if a.code != AUTHORITY)

    def send(
        self, kind: FormKind = "determination", /, department: str = AUTHORITY, **changes: str
    ) -> TestResponse:
        """A determination under a number of its own, with some fields changed."""
        number = {"RD_WSH" if kind == "determination" else "CF_WSH": f"示门字〔2026〕{next(NUMBERS)}号"}
        content = parts_of(kind, {**STANDARD[kind], **number, **changes})
        world = self.world
        act = seal_act(content, form=kind, ledger_id=world.ledger.id.bytes, key=world.keys[department])
        return post(self.web, "/v1/determinations", act, officer="", department=department)

    def refused(self, kind: FormKind = "determination", /, **changes: str) -> tuple[str, str]:
        """Rule and code of a refusal that says which rule, its words, and what would be lawful instead."""
        answer = self.send(kind, **changes)
        told = answer.get_json()
        assert answer.status_code == 422, told
        assert told["quote"] and told["clause"] and told["instead"] and told["detail"]
        return told["rule"], told["errors"][0]["code"]

    def taken(self, kind: FormKind = "determination", /, **changes: str) -> dict[str, Any]:
        """The receipt of one that is recorded."""
        answer = self.send(kind, **changes)
        assert answer.status_code == 201, answer.get_json()
        receipt: dict[str, Any] = answer.get_json()["receipt"]
        return receipt


@pytest.fixture(scope="module")
def door(refusing_world: World) -> Door:
    return Door(refusing_world)


@pytest.mark.rule("CAT-1")
def test_cat_1_only_what_the_catalogue_in_force_on_the_day_names_is_recorded(door: Door) -> None:
    assert door.refused(RD_MLXM="C99-01") == ("CAT-1", "catalogue_item_unknown")
    day = {"RD_JDRQ": "2021-12-15", "RD_SXRQ": "2021-12-15"}
    assert door.refused(**day) == ("CAT-1", "catalogue_item_not_in_force")
    assert door.refused(RD_MLXM="C05-03") == ("CAT-1", "catalogue_item_draft")
    first = {"RD_JDRQ": "2021-12-16", "RD_SXRQ": "2021-12-16"}
    assert door.taken(**first)["status"] == "recorded"


@pytest.mark.rule("CAT-4")
def test_cat_4_an_item_takes_only_the_kinds_of_subject_that_it_fixes(door: Door) -> None:
    person = {
        "RD_XDR_MC": "周秀伟", "RD_XDR_LB": "自然人", "RD_XDR_SHXYM": "", "RD_XDR_ZJLX": "身份证",
        "RD_XDR_ZJHM": citizen_id(Random(4), birth=date(1980, 3, 15)),
    }  # fmt: skip
    assert door.refused(**person) == ("CAT-4", "catalogue_subject_kind")
    assert door.taken()["status"] == "recorded"


@pytest.mark.rule("CAT-5")
def test_cat_5_another_department_is_pointed_to_the_shared_view(door: Door) -> None:
    answer = door.send(department=door.other)
    told = answer.get_json()
    assert (told["rule"], told["errors"][0]["code"]) == ("CAT-5", "catalogue_not_the_collector")
    assert "共享视图" in told["detail"]


@pytest.mark.rule("DET-1")
def test_det_1_minutes_of_a_meeting_determine_nothing_and_a_decision_does(door: Door) -> None:
    assert door.refused(RD_WSLX="会议纪要") == ("DET-1", "document_without_legal_force")
    other = "法律法规或者党中央国务院政策文件规定的其他文书"
    rule = {"RD_WSLX": other, "RD_YJ": "《示范市信用管理办法》第十七条"}
    assert door.refused(**rule) == ("DET-1", "other_document_without_basis")
    law = {"RD_WSLX": other, "RD_YJ": "《中华人民共和国行政许可法》第七十八条"}
    assert door.taken(**law)["status"] == "recorded"


@pytest.mark.rule("DET-2")
def test_det_2_a_document_that_is_not_in_effect_or_recorded_already_is_refused(door: Door) -> None:
    for state in ("尚未生效", "已撤销", "已变更"):
        assert door.refused(RD_WSZT=state) == ("DET-2", "document_not_in_effect")
    assert door.refused(RD_SXRQ="2027-01-01") == ("DET-2", "document_not_yet_effective")
    door.taken(RD_WSH="示门字〔2026〕重复1号")
    again = {"RD_WSH": "示门字(2026)重复1号", "RD_NR": "移出后再次列入经营异常名录"}
    assert door.refused(**again) == ("DET-2", "document_recorded_otherwise")
    assert door.refused("penalty", CF_WSH="示门字[2026]重复1号") == ("DET-2", "document_recorded_otherwise")
    foreign = {"CF_WSH": "示门字〔2026〕重复1号", "department": door.other}
    assert door.refused("penalty", **foreign) == ("CAT-5", "catalogue_not_the_determining_authority")


@pytest.mark.rule("DET-2")
def test_det_2_one_number_of_one_authority_is_recorded_once_by_whatever_code_and_however_it_is_written(
    door: Door,
) -> None:
    door.taken(RD_WSH="示经异字〔2026〕71号")
    by_code = {"RD_JDJGDM": door.other}
    for number in ("示经异字〔2026〕71号", "示经异字（２０２６）第071号", "示经异 2026-71"):
        assert door.refused(RD_WSH=number, **by_code) == ("DET-2", "document_recorded_elsewhere")
    assert door.refused(RD_WSH="示经异字[2026]第71号") == ("DET-2", "document_recorded_elsewhere")
    door.taken(RD_WSH="示经异字〔2026〕72号", **by_code)
    door.taken(RD_WSH="示经异字〔2026〕71号", **by_code, RD_JDJG="示范市另一机关")


@pytest.mark.rule("DET-3")
@pytest.mark.rule("DET-5")
def test_det_3_a_subject_that_cannot_be_one_and_det_5_a_source_that_nobody_knows_are_refused(
    door: Door,
) -> None:
    assert door.refused(RD_XDR_SHXYM="91420100MA4K9T000B")[0] == "DET-3"
    assert door.refused(RD_SJLYDM="91420100MA4K9T115G") == ("DET-5", "source_unit_unknown")


@pytest.mark.rule("DET-6")
def test_det_6_a_penalty_that_is_sent_in_the_general_form_is_late_all_the_same(door: Door) -> None:
    days = {"RD_JDRQ": "2026-11-02", "RD_SXRQ": "2026-11-02"}
    assert door.taken(**days)["late"] is False
    assert door.taken(RD_WSLX="行政处罚决定书", **days)["late"] is True
    assert door.taken("penalty", CF_JDRQ="2026-11-02")["late"] is True
    assert door.taken("penalty", CF_JDRQ="2026-11-16")["late"] is False


@pytest.mark.rule("PUB-4")
def test_pub_4_an_open_ended_adverse_record_is_public_until_the_maximum_of_its_class(door: Door) -> None:
    told = [
        str(door.taken(RD_JDRQ="2026-06-10", **more)["record"])
        for more in ({}, {"DISCREDIT_LEVEL": "严重"}, {"RD_GSJZQ": "2026-12-31"})
    ]
    door.world.project()
    pages = [door.web.http.get(f"/records/{record}").get_data(as_text=True) for record in told]
    for page, until in zip(pages, ("2027-06-10", "2029-06-10", "2026-12-31"), strict=True):
        assert until in page
    assert ("按一般" in pages[0]) and ("按一般" not in pages[1])


@pytest.mark.rule("LST-4")
def test_lst_4_nobody_is_listed_by_a_determination_without_a_case(door: Door) -> None:
    assert door.refused(RD_MLXM="C06-04", RD_NR="列入严重违法失信名单") == ("LST-4", "list_needs_a_case")
