"""001 三(六): 对相关责任人员采取相应的联合惩戒措施. Measures of linked persons, as far as the list reaches."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

import pytest

from application.commands.acts import Done
from application.sealing import parse_key_reference
from domain.measures.case import fold_measured
from interfaces.demo.identities import citizen_id
from tests.integration.test_links import NAME, PERSON, Linking
from tests.measures import BANNED, FOOD, HEAVY, LIGHT, PURPOSE, Desk
from tests.remedies import begin
from tests.remedies_http import City, code_of, problem
from tests.web import Web
from tests.world import World

pytestmark = [pytest.mark.rule("DET-7"), pytest.mark.rule("MEA-1")]
OTHER = {"id_type": "身份证", "id_number": citizen_id(Random(5), birth=date(1975, 1, 1))}


@pytest.fixture
def linking(seeded_world: World) -> Iterator[Linking]:
    web = Web(seeded_world)
    with web.served() as url:
        yield Linking(City(begin(seeded_world), url), web)


def test_det_7_a_linked_person_is_measured_only_where_the_item_reaches_its_role_and_until_the_record_falls(
    linking: Linking,
) -> None:
    city, world, desk = linking.city, linking.world, Desk(linking.city)
    link, principal = linking.link()["link"], linking.link(role="主要负责人", **OTHER)["link"]
    heavy: dict[str, Any] = {"measure": HEAVY, "provision": BANNED}
    for ground, how, code in (
        ({"kind": "link", "id": link}, {"measure": LIGHT, "provision": FOOD}, "measure_not_of_linked"),
        ({"kind": "link", "id": principal}, heavy, "measure_not_of_linked"),
        ({"kind": "record", "id": link}, heavy, "remedy_record_not_yours"),
        ({"kind": "link", "id": linking.record}, heavy, "remedy_record_not_yours"),
        ({"kind": "link", "id": link}, {**heavy, "who": "stranger"}, "remedy_record_not_yours"),
    ):
        told = problem(lambda g=ground, h=how: desk.name("", rests_on=g, **h), 422)  # type: ignore[misc]
        assert (told["rule"], code_of(told)) == ("MEA-1", code) and told["instead"]

    named = desk.name("", rests_on={"kind": "link", "id": link}, **heavy)
    parts = desk.state(named)["history"][0]["parts"]
    assert parts["person/1"]["person_name"] == NAME and parts["restricted"]["rests_on"] == link
    applied = desk.apply(named, link)
    world.project()
    mine = city.clients["portal"].dossier(PERSON)
    assert applied["case"] in {life["record"] for life in mine}
    assert applied["case"] not in {r["record"] for r in city.clients["portal"].dossier(city.subject)}
    own = desk.portal.state(applied["case"], subject=PERSON)
    assert own["state"] == "applied"
    problem(lambda: desk.portal.state(applied["case"], subject=city.subject), 404)

    asked: dict[str, Any] = {"purpose": PURPOSE, "provision": BANNED}
    checked = desk.source.check(PERSON, HEAVY, official=desk.official("source"), **asked)
    (found,) = checked["grounds"]
    assert (found["kind"], found["id"]) == ("link", link)
    assert [r["code"] for r in found["reasons"]] == ["measure_stacked"]
    strange = desk.stranger.check(PERSON, HEAVY, official=desk.official("stranger"), **asked)
    assert strange["grounds"] == [] and strange["reasons"][0]["code"] == "measure_without_fact"

    objected = city.object(linking.record)
    assert desk.found(applied).suspended_by == {objected["case"]}
    act = city.story.withdrawal(UUID(linking.record), UUID(objected["case"]))
    done = city.story.objections.withdraw(city.story.deciding(Done(UUID(objected["case"]), 1, 0, {})), act)
    assert done.told["outcome"] == "upheld"
    assert (desk.found(applied).state, desk.found(applied).cause) == ("ended", "reversal")
    still, ever = fold_measured(world.ledger.load(subject_of(world, applied["case"])))
    assert still == () and ever == (UUID(applied["case"]),)
    gone = problem(lambda: desk.name("", rests_on={"kind": "link", "id": link}, **heavy), 422)
    assert "measure_ground_gone" in {error["code"] for error in gone["errors"]}
    world.publish()
    body, _ = world.replay.whole(int(checked["receipt"].partition(":")[2]))
    assert json.loads(body) == checked, "the check is made again as it was"
    assert world.finding() is None and world.new_projector().rebuild().equal and not world.fsck().faults


def subject_of(world: World, case: str) -> UUID:
    """Under whose keys the measure is."""
    return parse_key_reference(world.store.load("records", UUID(case))[0].key_ref)["public"][0]
