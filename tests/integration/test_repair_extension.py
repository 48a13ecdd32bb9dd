"""49号(十二): 在规定时间内办结. The time to decide pauses for materials, and is extended once, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from interfaces.client.remedies import case_of
from tests.remedies import SECOND, begin
from tests.remedies_http import LETTER, PROOF, City, code_of, deciding, problem
from tests.web import Web
from tests.world import World

NOTICE = "a7" * 32


@pytest.fixture
def city(seeded_world: World) -> Iterator[City]:
    story = begin(seeded_world)
    with Web(seeded_world).served() as url:
        yield City(story, url)


@pytest.mark.rule("REP-4")
def test_rep_4_the_time_to_decide_pauses_for_materials_and_is_extended_once(city: City) -> None:
    applied = city.apply(city.determine(), PROOF)
    asked = city.source.request_materials(deciding("repairs", applied))
    city.world.clock.at += timedelta(days=30)
    city.world.deadlines.run()
    (task,) = city.source.worklist(official=SECOND)
    assert (task["step"], task["due"], task["overdue"]) == ("await_materials", "", False)
    supplied = city.portal.supply(case_of("repairs", asked), subject=city.subject, materials=[LETTER])
    assert (supplied["accept_by"], supplied["answer_by"]) == ("2026-12-24", "2027-01-04")
    accepted = city.source.accept(deciding("repairs", supplied))

    def extend(
        working_days: int, receipt: dict[str, object] = accepted, notice: str = NOTICE
    ) -> dict[str, object]:
        case = deciding("repairs", receipt)
        return city.source.extend(case, working_days=working_days, reasons="须现场核查", notice=notice)

    beyond = problem(lambda: extend(11), 422)
    assert (beyond["rule"], code_of(beyond)) == ("REP-4", "repair_extended_beyond") and beyond["instead"]
    longer = extend(10)
    assert str(longer["answer_by"]) > str(supplied["answer_by"])
    told = city.portal.state("repairs", applied["case"], subject=city.subject, on_behalf_of="subject")
    assert told["waiting"]["due"] == longer["answer_by"]
    assert told["history"][-1]["parts"]["restricted"] == {"reasons": "须现场核查", "notice": NOTICE}
    assert code_of(problem(lambda: extend(1, longer), 422)) == "repair_extended_already"
    assert city.world.finding() is None
