"""A repair that false material obtained is undone where that is lawful, over HTTP, in views, maps and audit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from interfaces.client.api import Problem
from interfaces.portal.decision_sheet import decision_sheet
from tests.remedies import REMEDIES, begin
from tests.remedies_http import LETTER, PROOF, City, code_of, deciding, problem
from tests.web import Web
from tests.world import World

EVIDENCE = "e7" * 32


@pytest.fixture
def city(seeded_world: World) -> Iterator[City]:
    story = begin(seeded_world)
    with Web(seeded_world).served() as url:
        yield City(story, url)


def granted(city: City, record: str) -> dict[str, Any]:
    applied = city.apply(record, PROOF, LETTER)
    return city.source.grant(deciding("repairs", city.source.accept(deciding("repairs", applied))))


def revoked(city: City, receipt: dict[str, Any], **said: Any) -> dict[str, Any]:
    told = {"cause": "false_material", "evidence": [EVIDENCE], "reasons": "所附证明系伪造", **said}
    leaf = {"revokes": receipt["leaf_hash"], "remedies": REMEDIES}
    return city.source.revoke(deciding("repairs", receipt), **{**leaf, **told})


@pytest.mark.rule("REP-5")
def test_rep_5_a_repair_by_false_material_is_revoked_and_the_record_returns_for_its_term(city: City) -> None:
    record = city.determine()
    receipt = granted(city, record)
    city.world.publish()
    assert city.public(record) is None and city.shared(record) == []
    bare = problem(lambda: revoked(city, receipt, evidence=[]), 422)
    assert (bare["rule"], code_of(bare)) == ("REP-5", "repair_revoked_unproven")
    assert bare["instead"].startswith("撤销须由准予修复的部门")

    undone = revoked(city, receipt)
    assert (undone["outcome"], undone["returned"], undone["barred_until"]) == ("revoked", True, "2029-11-21")
    city.world.publish()
    assert city.public(record).shown["returned"]["cause"] == "repair_revoked"
    assert city.shared(record)[0]["returned"]["by"] == receipt["case"]
    told = city.portal.state("repairs", receipt["case"], subject=city.subject, on_behalf_of="subject")
    assert told["state"] == "revoked" and told["history"][-1]["parts"]["restricted"]["evidence"] == [EVIDENCE]
    answer = json.loads(
        city.portal.decision("repairs", receipt["case"], subject=city.subject, on_behalf_of="subject")
    )
    paper = answer["decision"]
    assert paper["decided"]["outcome"] == "granted" and paper["revoked"]["leaf_hash"] == undone["leaf_hash"]
    assert decision_sheet(paper, digest="", receipt="", link="")["sections"][0]["title"][0].startswith(
        "本决定已撤销"
    )
    assert city.world.replay.answer(int(answer["receipt"].partition(":")[2])).equal
    again = problem(lambda: city.apply(record, PROOF, LETTER), 422)
    assert code_of(again) == "repair_barred" and "2029-11-21" in again["errors"][0]["zh"]
    twice = problem(lambda: revoked(city, {**undone, "leaf_hash": receipt["leaf_hash"]}), 422)
    assert code_of(twice) == "repair_not_revocable"

    assert city.world.finding() is None and city.world.fsck().faults == []
    # Its term goes on as it was, and ends it for good.
    city.world.clock.at += timedelta(days=400)
    city.world.deadlines.run()
    city.world.publish()
    assert city.public(record) is None


@pytest.mark.rule("REP-5")
def test_rep_5_what_may_not_be_shown_any_more_does_not_return(city: City) -> None:
    record = city.determine()
    receipt = granted(city, record)
    city.world.clock.at += timedelta(days=400)
    undone = revoked(city, receipt)
    assert undone["returned"] is False and "barred_until" not in undone
    city.world.publish()
    assert city.public(record) is None and city.world.finding() is None


def test_a_stranger_cannot_revoke_what_it_did_not_grant(city: City) -> None:
    receipt = granted(city, city.determine())
    with pytest.raises(Problem) as refused:
        city.stranger.revoke(
            deciding("repairs", receipt),
            revokes=receipt["leaf_hash"],
            cause="false_material",
            evidence=[EVIDENCE],
            reasons="x",
            remedies=REMEDIES,
        )
    assert refused.value.status == 404
