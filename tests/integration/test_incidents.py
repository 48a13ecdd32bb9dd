"""Incidents over HTTP: from a trace to the evidence, those concerned told, and closed (ACC-5, 49号(十三))."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner

from domain.oversight.incident_events import IncidentOpened
from interfaces.cli.main import cli
from interfaces.client.oversight import Oversight
from tests.evidence import judge
from tests.oversight import OFFICE, Overseeing
from tests.remedies import SECOND, begin
from tests.remedies_http import City, code_of, problem
from tests.web import Web
from tests.world import World

pytestmark = pytest.mark.rule("ACC-5")
FACTS = "网上出现未公示的处罚内容"
CASE, BASIS = "示信查〔2026〕1号", "国办发〔2020〕49号（十三）"


@pytest.fixture
def city(seeded_world: World) -> Iterator[City]:
    story = begin(seeded_world)
    with Web(seeded_world).served() as url:
        yield City(story, url)


def waiting(city: City) -> set[str]:
    tasks = city.clients["portal"].worklist(official=OFFICE)
    return {task["case"] for task in tasks if task["kind"] == "incident"}


def test_acc_5_a_leak_is_handled_from_the_trace_to_the_close(city: City) -> None:
    """严肃查处泄露、篡改、毁损、窃取信用信息或利用信用信息谋私等行为。"""
    office, world = Oversight(city.clients["portal"], OFFICE), city.world
    record = city.determine()
    city.shared(record)
    answers = office.trace(record=record, case=CASE, basis=BASIS)["answers"]
    looks = [answer["receipt"] for answer in answers]
    opened = office.open_incident(kind="leak", facts=FACTS)
    incident = opened["case"]
    assert waiting(city) == {incident}
    done = {"outcome": "confirmed", "reasons": "已查实"}
    early = problem(lambda: office.act(incident, "close", version=1, **done), 422)
    assert (early["rule"], code_of(early)) == ("ACC-5", "incident_without_evidence") and early["instead"]

    problem(lambda: office.act(incident, "evidence", version=1, looks=looks), 409)
    world.publish()
    strange = problem(lambda: office.act(incident, "evidence", version=1, looks=["access:999999"]), 422)
    assert code_of(strange) == "incident_looks"
    attached = office.act(incident, "evidence", version=1, looks=looks)
    bundle = office.bundle(incident, attached["digest"])
    report = judge(world, bundle)
    assert report.refused is None and bundle["claims"][0]["type"] == "answered"
    assert code_of(problem(lambda: office.bundle(incident, "00" * 32), 422)) == "incident_no_such_bundle"
    seen = city.clients["portal"].who_looked(city.subject)
    assert [(look["view"], look["purpose"]) for look in seen][-2] == ("incident", "incident_handling")

    nobody = problem(lambda: office.act(incident, "measure", version=2, text="x", suspends="nobody-1"), 422)
    assert code_of(nobody) == "incident_officer_unknown"
    office.act(incident, "measure", version=2, text="停止该经办人的查询")
    untold = problem(lambda: office.act(incident, "close", version=3, **done), 422)
    assert code_of(untold) == "incident_subject_not_told"
    told = {
        "subject": city.subject,
        "service": "direct",
        "served_on": world.today.isoformat(),
        "receipt": "d1" * 32,
    }
    unmet = {**told, "subject": {"code": city.story.source}}
    assert code_of(problem(lambda: office.act(incident, "notice", version=3, **unmet), 422)) == (
        "incident_subject_unknown"
    )
    office.act(incident, "notice", version=3, **told)
    problem(lambda: office.act(incident, "close", version=3, **done), 412)
    office.act(incident, "close", version=4, **done)
    page = office.shown(f"/v1/incidents/{incident}/state", {}, purpose="incident_handling")
    assert FACTS in page and "停止该经办人的查询" in page and attached["digest"] in page and "查实" in page
    assert "证据包摘要" in page and "所涉主体（随机编号）" in page
    state = office.incident(incident)
    assert (state["state"], state["version"], len(state["history"])) == ("closed", 5, 5)
    assert waiting(city) == set() and bundle["claims"][0]["look"] not in json.dumps(state)
    assert world.finding() is None and world.fsck().good


def test_acc_5_only_the_credit_office_handles_incidents(city: City) -> None:
    incident = Oversight(city.clients["portal"], OFFICE).open_incident(kind="theft", facts=FACTS)["case"]
    other = Oversight(city.clients["source"], SECOND)
    closing: dict[str, Any] = {"version": 1, "outcome": "unfounded", "reasons": "x"}
    for named in (incident, str(uuid4())):
        refused = problem(partial(other.incident, named), 403)
        assert (refused["rule"], code_of(refused)) == ("ACC-5", "incident_not_the_office")
        problem(partial(other.act, named, "close", **closing), 403)
    problem(lambda: other.open_incident(kind="leak", facts=FACTS), 403)
    unknown = problem(lambda: Oversight(city.clients["portal"], OFFICE).incident(str(uuid4())), 404)
    assert code_of(unknown) == "remedy_case_unknown"


def test_acc_5_a_finding_opens_an_incident_in_its_own_transaction(city: City) -> None:
    overseeing = Overseeing(city.story)
    overseeing.declare()
    overseeing.query()
    review = overseeing.opened()[0]
    decided = overseeing.decide(review, consequence="incident")
    assert waiting(city) == {decided["incident"]}
    found = Oversight(city.clients["portal"], OFFICE).incident(str(decided["incident"]))
    assert (found["source"], found["kind"]) == ("review", "theft")


def test_acc_5_what_fsck_finds_opens_one_incident_when_it_is_told_to(seeded_world: World) -> None:
    world = seeded_world
    world.publish()
    with world.superuser() as connection:
        connection.execute(
            "DELETE FROM ledger.documents WHERE ctid = (SELECT min(ctid) FROM ledger.documents)"
        )
    environment = {"XINLU_DATA": str(world.folder), "DATABASE_URL": world.database.admin}
    for _ in range(2):
        ended = CliRunner().invoke(cli, ["fsck", "--incidents", "--quiet"], env=environment)
        assert ended.exit_code == 1, ended.output
        del ended
        gc.collect()
    [stream] = world.rows_of(IncidentOpened.TOPIC)
    event = world.ledger.load(stream)[0]
    assert isinstance(event, IncidentOpened)
    assert (event.kind, event.source) == ("destruction", "fsck") and "document_missing" in event.about
