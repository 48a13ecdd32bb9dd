"""The paper of a decision: one file for those whom it concerns, logged before it leaves, and proven offline."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from interfaces.client.reports import check_pdf
from tests.integration.test_credit_reports import sequencing
from tests.remedies import REMEDIES, SECOND, begin
from tests.remedies_http import AGENT, LETTER, PROOF, City, code_of, deciding, problem
from tests.scene import Scene
from tests.web import Web
from tests.world import World

PDF = "application/pdf"


@pytest.fixture
def city(seeded_world: World) -> Iterator[City]:
    story = begin(seeded_world)
    with Web(seeded_world).served() as url:
        yield City(story, url)


@pytest.mark.rule("REP-4")
def test_rep_4_the_paper_of_a_repair_is_for_its_subject_its_agent_and_its_source(city: City) -> None:
    record = city.determine()
    applied = city.apply(record, PROOF, LETTER, on_behalf_of="agent", agent=AGENT)

    def own(behalf: str = "subject") -> bytes:
        return city.portal.decision("repairs", applied["case"], subject=city.subject, on_behalf_of=behalf)

    early = problem(own, 422)
    assert code_of(early) == "decision_not_made"
    accepted = city.source.accept(deciding("repairs", applied))
    granted = city.source.grant(deciding("repairs", accepted))

    for told in (
        own(),
        own("agent"),
        city.source.decision("repairs", applied["case"], official=SECOND),
    ):
        answer = json.loads(told)
        paper = answer["decision"]
        assert paper["record"]["document"] == "示市监罚字〔2026〕9001号" and paper["kind"] == "repair"
        assert (paper["decided"]["outcome"], paper["decided"]["mode"]) == ("granted", "shield")
        assert paper["decided"]["leaf_hash"] == granted["leaf_hash"]
        world = city.world
        replay = world.replay
        again = replay.answer(int(answer["receipt"].partition(":")[2]))
        assert again.equal and json.loads(again.parts[-1].shown) == paper
    office = city.portal
    problem(lambda: office.decision("repairs", applied["case"], official="credit_office-1"), 404)
    problem(lambda: city.stranger.decision("repairs", applied["case"], official=city.stranger_officer), 404)
    looks = city.clients["portal"].who_looked(city.subject)
    assert [look["view"] for look in looks][:3] == ["repair"] * 3


@pytest.mark.rule("OBJ-3")
def test_obj_3_the_answer_to_an_objection_is_a_sealed_file_that_proves_itself(seeded_world: World) -> None:
    scene = Scene(begin(seeded_world))
    story = scene.story
    story.objections.reject(story.deciding(scene.objection), reasons="经核实一致", remedies=REMEDIES)
    path = f"/v1/objections/{scene.objection.case}/decision"
    with sequencing(seeded_world):
        headers = {"credit_on_behalf_of": "subject", "credit_purpose": "own_records", "accept": PDF}
        answer = scene.post(path, scene.subject, **headers)
    assert answer.status_code == 200 and answer.mimetype == PDF, answer.text
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="decision-')
    certificate = scene.web.http.get("/v1/ledger").get_json()["report_certificate"].encode()
    checked = check_pdf(answer.data, scene.web.http.get("/logs/policy").data, certificate=certificate)
    assert checked.good and checked.sealed
    assert checked.report["decided"]["remedies"] == REMEDIES and checked.report["kind"] == "objection"
