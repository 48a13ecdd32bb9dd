"""The worklist of a department over HTTP: its own open cases with their days, nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from interfaces.client.remedies import case_of
from tests.remedies import REMEDIES, SECOND, begin
from tests.remedies_http import LETTER, PROOF, City, deciding, problem
from tests.web import Web
from tests.world import World


@pytest.fixture
def city(seeded_world: World) -> Iterator[City]:
    story = begin(seeded_world)
    with Web(seeded_world).served() as url:
        yield City(story, url)


def test_a_worklist_tells_a_department_its_own_cases_the_overdue_first(city: City) -> None:
    first, second = city.determine(), city.determine("示市监罚字〔2026〕9003号")
    objection = city.object(first)
    applied = city.apply(second, PROOF)
    work = {t["case"]: t for t in city.source.worklist(official=SECOND)}
    assert set(work) == {objection["case"], applied["case"]}
    task = work[objection["case"]]
    assert (task["kind"], task["step"], task["due"], task["days_left"]) == (
        "objection",
        "answer",
        "2026-12-01",
        7,
    )
    assert not task["overdue"] and not task["provisional"] and task["version"] == 1
    assert (work[applied["case"]]["step"], work[applied["case"]]["days_left"]) == ("accept", 3)
    assert city.stranger.worklist(official=city.stranger_officer) == []
    assert problem(lambda: city.source.worklist(official=city.stranger_officer), 403)["rule"] == "QRY-1"

    city.world.clock.at += timedelta(days=17)
    overdue = city.source.worklist(official=SECOND)
    assert [t["case"] for t in overdue] == [applied["case"], objection["case"]]
    assert all(t["overdue"] for t in overdue) and [t["days_left"] for t in overdue] == [-9, -5]
    asked = city.source.request_materials(deciding("repairs", applied))
    last = city.source.worklist(official=SECOND)[-1]
    assert (last["step"], last["due"], last["days_left"]) == ("await_materials", "", None)
    supplied = city.portal.supply(case_of("repairs", asked), subject=city.subject, materials=[LETTER])
    accepted = city.source.accept(deciding("repairs", supplied))
    decide = next(t for t in city.source.worklist(official=SECOND) if t["kind"] == "repair")
    assert decide["step"] == "decide" and decide["days_left"] == 10 and decide["version"] == 4
    city.source.grant(deciding("repairs", accepted))
    city.source.reject(deciding("objections", objection), reasons="一致", remedies=REMEDIES)
    assert city.source.worklist(official=SECOND) == []


def test_days_beyond_the_loaded_calendar_are_provisional(city: City) -> None:
    city.world.clock.at += timedelta(days=36)
    city.object(city.determine())
    task = city.source.worklist(official=SECOND)[0]
    assert task["provisional"] and task["due"].startswith("2027-")
