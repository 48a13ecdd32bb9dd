"""001 四(七): 个人通过社会公益服务等方式修复个人信用. A person repairs through public service, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from domain.records.events import RecordDetermined
from tests.remedies import SECOND, Story, begin
from tests.remedies_http import LETTER, PROOF, City, code_of, problem
from tests.web import Web
from tests.world import World

SERVICE: dict[str, Any] = {
    "kind": "public_service",
    "digest": "b3" * 32,
    "hours": 24,
    "certified_by": "示范市志愿服务联合会",
}


def of_a_person(story: Story) -> Story:
    """The story of a natural person's penalty, by the same department."""
    world = story.world
    for record in world.rows_of(RecordDetermined.TOPIC):
        event = world.ledger.load(record)[0]
        assert isinstance(event, RecordDetermined)
        if event.content["public"].get("CF_XDR_LB") == "自然人":
            public = {**event.content["public"], "CF_CFJGDM": story.source}
            return Story(world, {**event.content, "public": public}, story.source, story.office)
    raise AssertionError("no penalty of a person")


@pytest.mark.rule("REP-7")
def test_rep_7_a_person_repairs_through_certified_hours_and_a_company_does_not(seeded_world: World) -> None:
    story = begin(seeded_world)
    with Web(seeded_world).served() as url:
        city = City(story, url)
        company = problem(lambda: city.apply(city.determine(), PROOF, LETTER, SERVICE), 422)
        assert (company["rule"], code_of(company)) == ("REP-7", "public_service_of_a_person")
        assert company["clause"].startswith("001 四(七)") and company["instead"]
        person = of_a_person(story)
        identity = person.subject()
        city.subject = {"id_type": identity.id_type, "id_number": identity.number}
        city.story = person
        record = city.determine("示市监罚字〔2026〕9601号")
        short = problem(lambda: city.apply(record, PROOF, LETTER, {**SERVICE, "hours": 19}), 422)
        assert (short["rule"], code_of(short)) == ("REP-7", "public_service_hours")
        applied = city.apply(record, PROOF, LETTER, SERVICE)
        told = city.source.state("repairs", applied["case"], official=SECOND)
        said = told["history"][0]["parts"]["restricted"]
        assert said["public_service"] == {"hours": 24, "certified_by": SERVICE["certified_by"]}
        assert seeded_world.finding() is None
