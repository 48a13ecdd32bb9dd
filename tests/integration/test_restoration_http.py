"""001 四(八): 恢复其信誉. A record was wrong, its department must restore the subject's reputation, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from interfaces.client.remedies import Case, case_of
from tests.remedies import SECOND, begin
from tests.remedies_http import AGENT, City, code_of, deciding, problem
from tests.web import Web
from tests.world import World

EVIDENCE, DECLARED = "e5" * 32, "d5" * 32


@pytest.fixture
def city(seeded_world: World) -> Iterator[City]:
    story = begin(seeded_world)
    with Web(seeded_world).served() as url:
        yield City(story, url)


def withdrawn(city: City, number: str = "示市监罚字〔2026〕9001号") -> tuple[str, dict[str, Any]]:
    """A record that was objected to and withdrawn as wrong."""
    record = city.determine(number)
    case = deciding("objections", city.object(record))
    leaf = city.source.state("objections", case.id, official=SECOND)["record_leaf_hash"]
    return record, city.source.withdraw(case, record=record, withdraws=leaf)


def begun(receipt: dict[str, Any], version: int = 1) -> Case:
    return Case("restorations", receipt["restoration"], version, SECOND)


@pytest.mark.rule("OBJ-4")
def test_whoever_was_wrongly_recorded_is_restored_and_nobody_forgets_it(city: City) -> None:
    record, upheld = withdrawn(city)
    assert upheld["restore_by"] == "2026-12-04"
    (task,) = city.source.worklist(official=SECOND)
    assert (task["kind"], task["step"], task["record"]) == ("restoration", "restore", record)
    city.world.project()
    lives = city.clients["portal"].dossier(city.subject)
    assert upheld["restoration"] in {life["record"] for life in lives}

    city.world.clock.at += timedelta(days=20)
    city.world.deadlines.run()
    (task,) = city.source.worklist(official=SECOND)
    assert task["overdue"] and task["overdue_recorded"] and task["version"] == 2
    office = city.portal.overdue_elsewhere(official="credit_office-1")
    assert upheld["restoration"] in {t["case"] for t in office}

    told = city.source.state("restorations", upheld["restoration"], official=SECOND)
    leaf = told["history"][0]["leaf_hash"]
    case = begun(upheld, 2)
    empty = problem(
        lambda: city.source.restore(case, restores=leaf, manner=["letter_to_subject"], evidence=[]), 422
    )
    assert (empty["rule"], code_of(empty)) == ("OBJ-4", "restoration_evidence") and empty["instead"]
    problem(lambda: city.stranger.restore(case, restores=leaf, manner=[], evidence=[]), 404)
    closed = city.source.restore(
        case, restores=leaf, manner=["notice_to_receivers", "public_statement"], evidence=[EVIDENCE]
    )
    assert closed["outcome"] == "restored" and city.source.worklist(official=SECOND) == []
    seen = city.portal.state("restorations", case.id, subject=city.subject, on_behalf_of="subject")
    assert seen["state"] == "restored" and seen["history"][2]["parts"]["public"]["evidence"] == [EVIDENCE]
    again = deciding("restorations", closed)
    twice = problem(lambda: city.source.restore(again, restores=leaf, manner=[], evidence=[EVIDENCE]), 422)
    assert "restoration_closed_already" in {e["code"] for e in twice["errors"]}
    assert city.world.finding() is None


def test_obj_4_only_its_subject_or_an_agent_waives_what_is_owed_to_it(city: City) -> None:
    _, upheld = withdrawn(city)
    case = case_of("restorations", {"case": upheld["restoration"], "version": 1})
    other = {"code": city.story.office}
    waive = city.portal.waive_restoration
    problem(lambda: waive(case, subject=other, declaration=DECLARED), 404)
    problem(lambda: city.source.waive_restoration(case, subject=city.subject, declaration=DECLARED), 403)
    waived = waive(case, subject=city.subject, declaration=DECLARED, on_behalf_of="agent", agent=AGENT)
    assert waived["outcome"] == "waived" and city.source.worklist(official=SECOND) == []
    told = city.source.state("restorations", case.id, official=SECOND)
    assert told["history"][1]["parts"]["person/2"]["agent_name"] == "李四"


def test_obj_4_a_rejected_objection_leaves_nothing_to_restore(city: City) -> None:
    rejected = city.source.reject(
        deciding("objections", city.object(city.determine())),
        reasons="一致",
        remedies={"reconsideration": "60日内", "litigation": "6个月内"},
    )
    assert "restoration" not in rejected and city.source.worklist(official=SECOND) == []
