"""The access log explains every byte that left: each answer is named by one event that says what was in it.

The answers are those of the story's departments, subject and portal over HTTP; the auditor who checks has the two
logs and the keys, and of the answers only what their recipients hold.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from werkzeug.test import TestResponse

from domain.access.events import ReportIssued, SubjectQueried
from domain.records.events import ActRefused
from domain.shared.canonical import canonical
from tests.remedies import SECOND, begin
from tests.scene import MARKS, PURPOSE, Scene, marks_in
from tests.world import World

Left = dict[tuple[str, str], Any]
"""What an answer held, by record (or case, or subject) and part."""


@pytest.fixture
def scene(seeded_world: World) -> Scene:
    return Scene(begin(seeded_world))


def asked_in_the_story(scene: Scene) -> list[TestResponse]:
    """Every question that reads what is not public, by everyone who may and some who may not."""
    objection, repair = (f"/v1/{k}/{scene.case(k).case}/state" for k in ("objections", "repairs"))
    nobody = {"code": scene.world.city.credit_office.code}
    return [
        scene.query(),
        scene.query(source=True),
        scene.query(consent=scene.consent),
        scene.query(subjects=[{"code": scene.code}, nobody, {"code": scene.code}]),
        scene.query(subjects=[nobody]),
        scene.own("/v1/subject/dossier"),
        scene.own("/v1/subject/dossier", limit=1),
        scene.own("/v1/subject/dossier", as_of=str(scene.then)),
        scene.own("/v1/reports"),
        authorised_report(scene),
        scene.own("/v1/subject/who-looked"),
        scene.own("/v1/subject/who-looked", limit=2),
        *(scene.handling(path, scene.story.source, SECOND) for path in (objection, repair)),
        *(scene.handling(path, scene.story.office, "credit_office-1") for path in (objection, repair)),
        *(scene.handling(path, scene.stranger, scene.stranger_officer) for path in (objection, repair)),
        *(scene.own(path) for path in (objection, repair)),
        scene.evidence("recorded", "public", "restricted", "person/1"),
        scene.evidence("recorded"),
        scene.evidence("answered", receipt=scene.seen.headers["Credit-Receipt"]),
        scene.own("/v1/evidence", claim="recorded", record=str(scene.record), show=["public"]),
        scene.own("/v1/evidence", claim="who_looked"),
        scene.own("/v1/evidence", claim="shielded", record=str(scene.record)),
        scene.query(as_of=str(scene.then)),
        scene.handling("/v1/worklist", scene.story.source, SECOND),
    ]


def authorised_report(scene: Scene) -> TestResponse:
    headers = {"credit_official": scene.stranger_officer, "credit_purpose": PURPOSE}
    return scene.post("/v1/reports", {**scene.subject, "consent": scene.consent}, scene.stranger, **headers)


def receipts_of(answer: TestResponse) -> list[int]:
    """The access events that an answer names."""
    named = answer.headers.get("Credit-Receipt", "")
    return [int(one.strip().removeprefix("access:")) for one in named.split(",") if one]


def _shared(told: Mapping[str, Any], position: int, _event: SubjectQueried) -> Left:
    answers = [a for a in told["answers"] if a["receipt"] == f"access:{position}"]
    assert answers and all(a == answers[0] for a in answers)
    return {(r["record"], part): r["parts"][part] for r in answers[0]["records"] for part in r["parts"]}


def _dossier(told: Mapping[str, Any], _position: int, _event: SubjectQueried) -> Left:
    return {
        (r["record"], "history"): [[m["event"], m["at"], m["position"], m["parts"]] for m in r["history"]]
        for r in told["records"]
    }


def _looks(told: Mapping[str, Any], _position: int, event: SubjectQueried) -> Left:
    [(subject, part, _)] = event.shown
    return {(subject, part): told["looks"]}


def _case(told: Mapping[str, Any], _position: int, _event: SubjectQueried) -> Left:
    return {
        (told["case"], f"{name}@{e['version']}"): part
        for e in told["history"]
        for name, part in e["parts"].items()
    }


LEFT: Mapping[str, Callable[[Mapping[str, Any], int, SubjectQueried], Left]] = {
    "shared": _shared,
    "dossier": _dossier,
    "who_looked": _looks,
    "objection": _case,
    "repair": _case,
}


def explained(
    scene: Scene, answer: TestResponse, position: int, event: SubjectQueried | ReportIssued
) -> None:
    """That the event says exactly what the answer held: by its digest, or by what a replay gives again."""
    replay = scene.world.replay
    again = replay.answer(position)
    assert again.equal
    if isinstance(event, SubjectQueried) and event.view == "report":
        assert again.body == b""  # it is the report's, which the answer names beside
    else:
        assert replay.whole(position)[0] == answer.data
    if isinstance(event, ReportIssued):
        assert again.parts[-1].shown == canonical(json.loads(answer.data)["report"])
        return
    if event.view == "report":
        sections = json.loads(answer.data)["report"]["sections"]
        told = {e["record"] for s in sections for e in s.get("records", [])}
        assert {p.record for p in again.parts} == told
        return
    if event.view == "evidence":
        assert [part.shown for part in again.parts] == [answer.data[:-1]]
        return
    made = {(p.record, p.part): json.loads(p.shown) for p in again.parts}
    if event.view == "shared":
        made = {place: shown["fields"] for place, shown in made.items()}
    left = LEFT[event.view](json.loads(answer.data), position, event)
    assert {place: canonical(shown) for place, shown in left.items()} == {
        place: canonical(shown) for place, shown in made.items()
    }


@pytest.mark.rule("PRV-3")
@pytest.mark.parametrize("how", ["standing", "shielded", "withdrawn"])
def test_prv_3_the_access_log_names_every_answer_once_and_says_what_was_in_it(scene: Scene, how: str) -> None:
    world, first = scene.world, scene.world.reader.head("access")[0]
    if how != "standing":
        scene.end(how)
        world.publish()
    answers = asked_in_the_story(scene)
    rows = world.reader.rows("access", after=first, limit=1000)
    events = {
        r.position: o.event for r, o in zip(rows, world.ledger.open_all(rows, log="access"), strict=True)
    }
    looks = {p: e for p, e in events.items() if isinstance(e, SubjectQueried | ReportIssued)}
    refused = [e for e in events.values() if isinstance(e, ActRefused)]

    given = [a for a in answers if a.status_code == 200 and "tasks" not in json.loads(a.data)]
    assert len(given) > 15 and any(marks_in(a.data) >= set(MARKS) - {"file"} for a in given)
    named = Counter(position for answer in given for position in receipts_of(answer))
    assert set(named.values()) == {1} and set(named) == set(looks)
    for answer in given:
        for position in receipts_of(answer):
            explained(scene, answer, position, looks[position])

    # What was given without a look holds nothing of the record, and every refusal by a rule is an event too.
    for answer in answers:
        if answer not in given:
            assert not receipts_of(answer) and not marks_in(answer.data)
    by_rule = [
        a for a in answers if a.status_code >= 400 and json.loads(a.data).get("rule", "FORMAT") != "FORMAT"
    ]
    assert len(by_rule) == len(refused) > 2
    assert len(looks) + len(refused) == len(events)
