"""Tracing a leak over HTTP and as an auditor: which answers held a record, complete or refused (QRY-4, 49号(十三))."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner

from interfaces.cli.main import cli
from interfaces.client.oversight import Oversight
from interfaces.client.signing import purpose_header
from tests.erasure import ask, carry_out
from tests.integration.test_links import PERSON, Linking
from tests.remedies import SECOND, begin
from tests.remedies_http import GROUNDS, City, code_of, deciding, problem
from tests.web import Web
from tests.world import World

pytestmark = pytest.mark.rule("QRY-4")
CASE: dict[str, Any] = {"case": "示信查〔2026〕1号", "basis": "国办发〔2020〕49号（十三）"}
OFFICE = "credit_office-1"


@pytest.fixture
def city(seeded_world: World) -> Iterator[City]:
    story = begin(seeded_world)
    with Web(seeded_world).served() as url:
        yield City(story, url)


def tracing(city: City) -> Oversight:
    return Oversight(city.clients["portal"], OFFICE)


def told(found: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Of each answer its department, its view, and whether it held the whole excerpt."""
    return [(a["department"], a["view"], a["whole"]) for a in found["answers"]]


def test_qry_4_a_leak_is_traced_to_the_answers_that_held_it(city: City) -> None:
    """对故意或因工作失误泄露信息的，要依法依规严格追究相关单位和人员责任。"""
    office, world = tracing(city), city.world
    record, other = city.determine(), city.determine("示市监罚字〔2026〕9002号")
    assert office.trace(record=record, **CASE)["answers"] == []
    city.shared(record)
    stranger = city.clients["stranger"].department.code
    objection = city.object(record)
    content = city.story.file(UUID(record)).standing.content
    fixed = {**content, "public": {**content["public"], "CF_NR_FK": "7.77"}}
    seen = city.source.state("objections", objection["case"], official=SECOND)["record_leaf_hash"]
    city.source.correct(deciding("objections", objection), fixed, record=record, corrects=seen)
    world.project()
    city.shared(record)
    city.clients["portal"].dossier(city.subject)

    found = office.trace(
        record=record, excerpt={"CF_NR_FK": "7.77", "CF_WSH": "示市监罚字〔2026〕9001号"}, **CASE
    )
    portal = city.story.office
    assert told(found) == [(portal, "dossier", True), (stranger, "shared", True), (stranger, "shared", False)]
    newest = found["answers"][1]
    assert (newest["role"], newest["purpose"], newest["case"]) == (
        "operator",
        "licensing",
        "示许受字〔2026〕7号",
    )
    assert newest["officer"] == city.stranger_officer and not newest["unclear"]
    assert {s["record"] for s in newest["shown"]} == {record}
    assert found["answers"][2]["held"] == ["CF_WSH"]
    restricted = {"CF_SY": str(content["restricted"]["CF_SY"])}
    assert office.trace(record=record, excerpt=restricted, **CASE)["public"] is False
    assert found["public"] is True and {s["record"] for a in found["answers"] for s in a["shown"]} != {other}

    looks = city.clients["portal"].who_looked(city.subject)
    logged = [look for look in looks if look["view"] == "trace"]
    assert len(logged) == 3 and {look["purpose"] for look in logged} == {"leak_tracing"}
    whole = office.trace(subject=city.subject, **CASE)
    assert {"objection", "shared", "dossier"} <= {a["view"] for a in whole["answers"]}
    assert world.finding() is None

    excerpt = {"CF_NR_FK": "7.77", "CF_WSH": "示市监罚字〔2026〕9001号"}
    asking, why = {"record": record, "excerpt": excerpt}, purpose_header("leak_tracing", **CASE)
    page = office.shown("/v1/traces", asking, purpose=why)
    assert page.count('cy="11"') == len(found["answers"]) and page.count('data-kind="whole"') == 2
    assert "行政处罚决定书文号" in page and "CF_WSH" not in page and CASE["case"] in page and record in page
    assert city.stranger_officer in page and newest["receipt"] in page and "曾经公示" in page
    headers = {"accept": "text/csv", "credit_official": OFFICE, "credit_purpose": why}
    assert problem(lambda: office.client.fetch("/v1/traces", asking, **headers), 406)


def test_qry_4_only_the_credit_office_traces_and_says_why(city: City) -> None:
    record = city.determine()
    foreign = Oversight(city.clients["source"], SECOND)
    for target in (record, str(uuid4())):
        refused = problem(lambda target=target: foreign.trace(record=target, **CASE), 403)  # type: ignore[misc]
        assert (refused["rule"], code_of(refused)) == ("QRY-4", "trace_not_the_office")
        assert refused["instead"] and refused["attempted"] == "追查泄露"
    unexplained = problem(lambda: tracing(city).trace(record=record, case="", basis=GROUNDS), 403)
    assert (unexplained["rule"], code_of(unexplained)) == ("QRY-1", "case_missing")
    unknown = problem(lambda: tracing(city).trace(record=str(uuid4()), **CASE), 422)
    assert (unknown["rule"], code_of(unknown)) == ("QRY-4", "trace_unknown")
    both = problem(lambda: tracing(city).trace(record=record, subject=city.subject, **CASE), 422)
    assert code_of(both) == "trace_target"


def test_qry_4_a_trace_that_cannot_be_complete_is_refused(city: City) -> None:
    record = city.determine()
    city.shared(record)
    ask(city.world, "class", subject=city.story.subject(), name="access")
    carry_out(city.world)
    refused = problem(lambda: tracing(city).trace(record=record, **CASE), 422)
    assert (refused["rule"], code_of(refused)) == ("QRY-4", "trace_incomplete")


def test_qry_4_a_look_that_was_changed_by_hand_refuses_the_trace_and_hides_no_other_from_review(
    city: City,
) -> None:
    world, record = city.world, city.determine()
    city.shared(record)
    city.shared(record)
    world.publish()
    with world.superuser() as connection:
        connection.execute(
            "UPDATE ledger.access SET sealed = set_byte(sealed, length(sealed) - 1,"
            " 255 - get_byte(sealed, length(sealed) - 1))"
            " WHERE position = (SELECT min(position) FROM ledger.access WHERE topic = 'subject.queried')"
        )
    refused = problem(lambda: tracing(city).trace(record=record, **CASE), 422)
    assert code_of(refused) == "trace_incomplete"
    assert world.reviews.run() >= 1 and world.finding() is not None


def test_qry_4_what_a_linked_person_was_shown_of_the_record_is_traced_too(seeded_world: World) -> None:
    web = Web(seeded_world)
    with web.served() as url:
        linking = Linking(City(begin(seeded_world), url), web)
        linking.link()
        assert linking.dossier()
        found = tracing(linking.city).trace(record=linking.record, **CASE)
        assert [a["view"] for a in found["answers"]] == ["dossier"] and len(found["receipts"]) == 2
        own = linking.city.clients["portal"].who_looked(PERSON)
        assert [look["view"] for look in own][:2] == ["dossier", "trace"]


def test_qry_4_an_auditor_traces_on_the_machine_itself(city: City, tmp_path: Path) -> None:
    record = city.determine()
    city.shared(record)
    excerpt = tmp_path / "leaked.json"
    excerpt.write_text(json.dumps({"CF_WSH": "示市监罚字〔2026〕9001号"}), encoding="utf-8")
    asked = [
        "trace",
        "--record",
        record,
        "--excerpt",
        str(excerpt),
        "--auditor",
        "auditor-1",
        "--case",
        "2026-1",
    ]
    environment = {"XINLU_DATA": str(city.world.folder), "DATABASE_URL": city.world.database.admin}
    file = tmp_path / "trace.html"
    ended = CliRunner().invoke(cli, [*asked, "--basis", "49 13", "--page", str(file)], env=environment)
    output, code = ended.output, ended.exit_code
    del ended
    gc.collect()
    assert code == 0, output
    assert (
        city.clients["stranger"].department.code in output
        and "含有全部泄露内容 held all that leaked" in output
    )
    looks = city.clients["portal"].who_looked(city.subject)
    assert [(look["view"], look["purpose"]) for look in looks][-2] == ("trace", "audit")
    page = file.read_text(encoding="utf-8")
    assert (
        page.count('cy="11"') == 1
        and "auditor-1" in page
        and city.stranger_officer in page
        and record in page
    )
    # One file that loads nothing and leads nowhere, for its owner alone.
    assert (
        'href="data:text/css;base64,' in page
        and 'href="/' not in page
        and file.stat().st_mode & 0o777 == 0o600
    )
