"""Who is shown a record over HTTP: a department within the item's scope, for a purpose of it, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from domain.catalogue.items import Sharing
from tests.measures import Desk
from tests.remedies import begin
from tests.remedies_http import City, code_of, problem
from tests.web import Web
from tests.world import World

CODE = "C03-02"


@pytest.fixture
def desk(seeded_world: World) -> Iterator[Desk]:
    story = begin(seeded_world)
    with Web(seeded_world).served() as url:
        yield Desk(City(story, url))


def seen_for(city: City, purpose: str) -> list[dict[str, Any]]:
    """What another department sees of the story's subject when it states a purpose."""
    answer = city.clients["stranger"].query(
        [city.subject],
        official=city.stranger_officer,
        purpose=purpose,
        case="示许受字〔2026〕7号",
        basis="《中华人民共和国行政许可法》第三十四条",
    )
    found: list[dict[str, Any]] = answer[0]["records"]
    return found


@pytest.mark.rule("SHR-1")
def test_shr_1_a_record_is_shared_within_its_items_scope_and_for_its_purposes_alone(desk: Desk) -> None:
    city, world = desk.city, desk.city.world
    record = city.determine()
    assert desk.name(record, "stranger")["measures"] and city.shared(record)
    unknown = problem(lambda: seen_for(city, "curiosity"), 403)
    assert (unknown["rule"], code_of(unknown)) == ("QRY-1", "purpose_unknown")
    world.governance().register_purpose(code="curiosity", zh="好奇", en="curiosity")
    assert seen_for(city, "curiosity") == []

    first = next(item for item in world.city.items if item.code == CODE)
    own = Sharing((city.story.source,), ("licensing",))
    world.adopt(replace(first, version=2, sharing=own, public_organisation=False))
    assert city.shared(record) == []
    outside = problem(lambda: desk.name(record, "source", "stranger"), 422)
    assert (outside["rule"], code_of(outside)) == ("SHR-1", "measure_responder_out_of_scope")
    assert outside["clause"] == "49号(三)" and outside["quote"] and outside["instead"]
    assert outside["errors"][0]["field"] == "/responders/1/code"
    assert len(desk.name(record, "source")["measures"]) == 1


@pytest.mark.rule("PUB-4")
@pytest.mark.rule("SHR-1")
def test_pub_4_an_adverse_record_that_is_shared_only_is_shared_to_the_end_of_its_class(desk: Desk) -> None:
    city, world = desk.city, desk.city.world
    first = next(item for item in world.city.items if item.code == CODE)
    world.adopt(replace(first, version=2, publicity=None, public_organisation=False))
    record = city.determine()
    assert city.public(record) is None and [r["until"] for r in city.shared(record)] == ["2027-06-01"]
    world.clock.advance(days=192)
    assert city.shared(record), "on its last day"
    world.clock.advance(days=1)
    assert city.shared(record) == []
    assert world.deadlines.run().terms_ended and world.new_projector().rebuild().equal
    dossier = city.clients["portal"].dossier(city.subject)
    assert record in [r["record"] for r in dossier]
