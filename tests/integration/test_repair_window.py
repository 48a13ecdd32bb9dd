"""49号(十二): one window. An application filed once reaches every department concerned, and is answered as one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from interfaces.client.remedies import case_of
from tests.remedies import SECOND, begin
from tests.remedies_http import AGENT, LETTER, PROOF, City, code_of, problem
from tests.web import Web
from tests.world import World


@pytest.fixture
def city(seeded_world: World) -> Iterator[City]:
    story = begin(seeded_world)
    with Web(seeded_world).served() as url:
        yield City(story, url)


def of_another_department(city: City) -> str:
    """A penalty of the same subject by another department."""
    stranger = next(d for d in city.world.city.agencies if d.code != city.story.source)
    content = city.story.content_of(
        CF_WSH="示罚字〔2026〕9701号",
        CF_JDRQ="2026-06-01",
        CF_GSJZQ="2029-01-01",
        DISCREDIT_LEVEL="一般",
        CF_CFJG=stranger.name,
        CF_CFJGDM=stranger.code,
        CF_SJLY=stranger.name,
        CF_SJLYDM=stranger.code,
    )
    receipt = city.clients["stranger"].determine(content, form="penalty")
    city.world.project()
    return str(receipt["record"])


@pytest.mark.rule("REP-4")
def test_rep_4_one_application_reaches_every_department_and_is_answered_as_one(city: City) -> None:
    first, second = city.determine(), of_another_department(city)
    asked: list[dict[str, Any]] = [
        {"record": first, "materials": [PROOF, LETTER]},
        {"record": second, "materials": [PROOF, LETTER]},
    ]
    apply = city.portal.apply_for_all
    twice = problem(lambda: apply([*asked, asked[0]], subject=city.subject), 422)
    assert (twice["rule"], code_of(twice)) == ("REP-4", "repair_window_records") and twice["instead"]
    early = city.determine("示市监罚字〔2026〕9702号", decided="2026-11-01")
    none = problem(lambda: apply([*asked, {"record": early, "materials": []}], subject=city.subject), 422)
    assert code_of(none) == "repair_too_early" and none["errors"][0]["field"].startswith("/records/2")
    assert city.source.worklist(official=SECOND) == []

    bare = {**AGENT, "power_of_attorney": "0" * 63 + "g"}
    problem(lambda: apply(asked, subject=city.subject, on_behalf_of="agent", agent=bare), 400)
    filed = apply(asked, subject=city.subject, on_behalf_of="agent", agent=AGENT)
    mine, other = filed["cases"]
    (task,) = city.source.worklist(official=SECOND)
    (elsewhere,) = city.stranger.worklist(official=city.stranger_officer)
    assert (task["case"], elsewhere["case"]) == (mine["case"], other["case"])
    assert mine["source"] == city.story.source != other["source"]

    accepted = city.source.accept(case_of("repairs", {**mine, "version": 1}, official=SECOND))
    city.source.grant(case_of("repairs", accepted, official=SECOND))
    for behalf in ("subject", "agent"):
        told = city.portal.application(filed["case"], subject=city.subject, on_behalf_of=behalf)
        assert [part["state"] for part in told["parts"]] == ["granted", "applied"] and told["open"] == 1
        assert [part["source"] for part in told["parts"]] == [mine["source"], other["source"]]
    problem(lambda: city.portal.application(filed["case"], subject={"code": city.story.office}), 404)
    looks = city.clients["portal"].who_looked(city.subject)
    assert [look["view"] for look in looks].count("repair") == 4
    assert city.world.finding() is None
