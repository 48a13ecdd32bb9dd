"""001 四(八): 因错误采取联合惩戒措施. A measure was wrong itself; it is lifted, a reputation restored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from interfaces.client.measures import MEASURES
from interfaces.client.remedies import Case
from tests.measures import Desk
from tests.remedies import FIRST, REMEDIES, SECOND, begin
from tests.remedies_http import AGENT, City, code_of, problem
from tests.web import Web
from tests.world import World

EVIDENCE = "e5" * 32


@pytest.fixture
def desk(seeded_world: World) -> Iterator[Desk]:
    story = begin(seeded_world)
    with Web(seeded_world).served() as url:
        yield Desk(City(story, url))


def case(receipt: dict[str, Any], officer: str = FIRST) -> Case:
    return Case(MEASURES, receipt["case"], receipt["version"], officer)


@pytest.mark.rule("OBJ-4")
@pytest.mark.rule("MEA-5")
def test_obj_4_a_measure_found_wrong_on_objection_is_lifted_and_the_reputation_restored(desk: Desk) -> None:
    city, world = desk.city, desk.city.world
    record = city.determine()
    applied = desk.apply(desk.of(desk.name(record, "source"), "source"), record)
    said: dict[str, Any] = {"subject": city.subject, "grounds": "措施与所针对的记录无关"}
    other = {**said, "subject": {"code": city.story.office}}
    assert problem(lambda: desk.portal.object(applied["case"], **other), 404)["rule"] == "JNT-1"
    problem(lambda: desk.source.object(applied["case"], **said), 403)
    silent = problem(lambda: desk.portal.object(applied["case"], **{**said, "grounds": " "}), 422)
    assert (silent["rule"], code_of(silent)) == ("OBJ-1", "objection_without_grounds") and silent["instead"]

    agent: dict[str, Any] = {"subject": city.subject, "on_behalf_of": "agent"}
    problem(lambda: city.portal.state(MEASURES, applied["case"], **agent), 404)
    filed = desk.portal.object(applied["case"], **said, agent=AGENT)
    assert city.portal.state(MEASURES, applied["case"], **agent)["state"] == "suspended"
    task = desk.tasks()[applied["case"]]
    assert (task["step"], task["due"]) == ("answer", filed["answer_by"])
    told = desk.state(applied)
    assert told["state"] == "suspended" and told["history"][-1]["parts"]["person/2"]["agent_name"] == "李四"
    same = problem(lambda: desk.source.uphold(case(filed, SECOND), reasons="x"), 403)
    both = {"measure_decided_by_namer", "measure_decided_by_applier"}
    assert {error["code"] for error in same["errors"]} == both
    assert same["rule"] == "OBJ-3"
    early = problem(lambda: desk.source.lift(case(filed), reasons="x"), 422)
    assert code_of(early) == "measure_objection_pending"
    rejected = desk.source.reject(case(filed), reasons="经核实措施适当", remedies=REMEDIES)
    assert rejected["outcome"] == "rejected" and desk.tasks()[applied["case"]]["step"] == "report"

    again = desk.portal.object(applied["case"], **said)
    world.clock.advance(days=20)
    assert world.deadlines.run().overdue >= 1
    assert desk.tasks()[applied["case"]]["overdue_recorded"]
    assert problem(lambda: desk.source.uphold(case(again), reasons="x"), 412)
    upheld = desk.source.uphold(case({**again, "version": again["version"] + 1}), reasons="适用条款错误")
    assert (desk.found(upheld).state, desk.found(upheld).cause) == ("ended", "wrongly_applied")
    tasks = desk.tasks()
    assert applied["case"] not in tasks and tasks[upheld["restoration"]]["step"] == "restore"
    assert tasks[upheld["restoration"]]["due"] == upheld["restore_by"]
    begun = city.source.state("restorations", upheld["restoration"], official=SECOND)
    assert begun["history"][0]["parts"]["public"]["effect"] == "measure_lifted"
    closed = city.source.restore(
        Case("restorations", upheld["restoration"], 1, SECOND),
        restores=begun["history"][0]["leaf_hash"],
        manner=["measures_lifted", "letter_to_subject"],
        evidence=[EVIDENCE],
    )
    assert closed["outcome"] == "restored"

    late = desk.portal.object(applied["case"], **said)
    assert desk.tasks()[applied["case"]]["step"] == "answer"
    desk.source.reject(case(late), reasons="已经恢复", remedies=REMEDIES)
    assert applied["case"] not in desk.tasks()
    world.publish()
    assert world.finding() is None and world.new_projector().rebuild().equal


@pytest.mark.rule("OBJ-4")
def test_obj_4_a_measure_that_its_department_finds_wrong_itself_begins_a_restoration_too(desk: Desk) -> None:
    record = desk.city.determine()
    applied = desk.apply(desk.of(desk.name(record, "source"), "source"), record)
    wrong = desk.source.lift(desk.case(applied), reasons="对象错误", cause="wrongly_applied")
    assert desk.found(wrong).cause == "wrongly_applied"
    assert set(desk.tasks()) == {wrong["restoration"]}
    second = desk.apply(desk.of(desk.name(record, "source"), "source"), record)
    corrected = desk.source.lift(desk.case(second), reasons="已经整改")
    assert "restoration" not in corrected and set(desk.tasks()) == {wrong["restoration"]}
    assert desk.city.world.finding() is None
