"""That there is something may not be inferred: every route that takes an id, asked by those whom it does not concern
for what is not there, what is there and not theirs, and what is gone, gives the same answer each time.

A route with an id in its path or body that is asked by nobody here fails, unless ``NAMES_CONTENT`` says why.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from uuid import UUID

import pytest
from flask import Flask
from marshmallow import Schema, fields
from werkzeug.test import TestResponse

from domain.shared.canonical import Parts
from domain.shared.kinds import Kind
from interfaces.http.app import interface
from interfaces.http.describing import described
from tests import (
    existence_cases,
    existence_entries,
    existence_flags,
    existence_measures,
    existence_oversight,
    existence_remedies,
    existence_repairs,
    existence_tip_offs,
)
from tests.existence import Asked, Question, told
from tests.existence_remedies import ASKING
from tests.remedies import SECOND, begin
from tests.scene import Scene
from tests.world import World

NAMES_CONTENT: Mapping[str, str] = {
    "logs.map_file": "a published file by the hash of its content",
    "logs.map_heads": "a published file, one for each epoch",
    "logs.delta": "a published file by the hash of its content",
    "logs.tile": "a published file, as many as the signed size says",
    "logs.checkpoint": "one of three names",
    "logs.stamped": "a size of a signed tree",
    "logs.timestamp": "the same",
    "logs.receipt": "a position: they are dense, and the signed size of the tree says how many there are",
    "docs.problem": "a page of the program",
    "clean_up.notice": "a month; every notice is public",
    "clean_up.file_return": "a document of the clean-up ledger, all of which anyone may list",
    "portal.static": "a file of the program",
    "docs.static": "a file of the program",
    **dict.fromkeys(
        [
            f"registers.{name}"
            for name in (
                "catalogue-one",
                "consistency-checks-one",
                "indicator-notices-one",
                "list-standards-one",
                "measures-one",
                "proposals-one",
                "public_list",
            )
        ],
        "a public register, all of which anyone may list",
    ),
    **dict.fromkeys(
        [
            f"proposals.{act}"
            for act in (
                "consult",
                "opinions",
                "answer",
                "revise",
                "meeting",
                "views",
                "review",
                "publish",
                "evaluate",
            )
        ],
        "a proposal; all of them stand in a public register",
    ),
}
QUESTIONS = (
    *existence_remedies.QUESTIONS,
    *existence_repairs.QUESTIONS,
    *existence_cases.QUESTIONS,
    *existence_entries.QUESTIONS,
    *existence_flags.QUESTIONS,
    *existence_measures.QUESTIONS,
    *existence_oversight.QUESTIONS,
    *existence_tip_offs.QUESTIONS,
)


@pytest.fixture(scope="module")
def unasked() -> set[str]:
    """Routes that take an id, in the path or in a body."""
    app = Flask("routes", static_folder=None)
    interface(app)
    found = set()
    for rule in app.url_map.iter_rules():
        said = described(app.view_functions[rule.endpoint])
        bodies = said.takes.values() if said else ()
        if rule.arguments or any(isinstance(b, type) and takes_id(b()) for b in bodies):
            found.add(rule.endpoint)
    return found | {"portal.record"}


def takes_id(schema: Schema) -> bool:
    nested = [f.schema for f in schema.fields.values() if isinstance(f, fields.Nested)]
    return any(isinstance(f, fields.UUID) for f in schema.fields.values()) or any(map(takes_id, nested))


def test_every_route_that_takes_an_id_is_asked(unasked: set[str]) -> None:
    asked = (
        {q.endpoint for q in QUESTIONS} | set(NAMES_CONTENT) | {"consents.give", "determinations.determine"}
    )
    assert unasked - asked == set()


def test_what_is_not_there_not_theirs_or_gone_is_answered_alike(seeded_world: World) -> None:
    asked = Asked(seeded_world)
    differing = [name for question in QUESTIONS for name in differences(asked, question)]
    assert differing == []
    looks_of_others_are_as_if_not_there(asked)
    an_id_that_is_taken_says_not_by_what(asked)


def differences(asked: Asked, question: Question) -> Iterator[str]:
    nothing = question.ask(asked, uuid.uuid4())
    assert nothing.status_code < 500
    for number, found in enumerate(question.ids(asked)):
        answer = question.ask(asked, found)
        if told(answer) != told(nothing):
            yield f"{question.endpoint} {number}: {answer.text} {nothing.text}"


def looks_of_others_are_as_if_not_there(asked: Asked) -> None:
    """For evidence of an answer: no other department's receipt is told from one that nobody has."""
    head = asked.world.reader.head("access")[0]

    def answered(position: int) -> TestResponse:
        said = {"claim": "answered", "receipt": f"access:{position}"}
        return asked.post("/v1/evidence", said, asked.story.source, credit_official=SECOND, **ASKING)

    others = [n for n in range(1, head + 1) if n % 3 == head % 3]
    assert [told(answered(n)) for n in others] == [told(answered(head + 1000))] * len(others)


def an_id_that_is_taken_says_not_by_what(asked: Asked) -> None:
    """Ids that the caller draws must be free; what has one that is not is told alike, whatever it is."""
    taken = (*asked.anybodys, asked.objection.case, UUID(asked.consent))
    given = [told(asked.give(str(found))) for found in taken]
    assert given == [given[0]] * len(taken) and given[0][0] == 409
    assert json.loads(given[0][1])["errors"][0]["code"] == "conflict"
    content = asked.story.content_of(CF_WSH="示市监罚字〔2026〕9109号", CF_JDRQ="2026-05-01")
    recorded = [told(determined(asked, found, content)) for found in taken]
    assert recorded == [recorded[0]] * len(taken) and recorded[0][0] == 422
    assert determined(asked, uuid.uuid4(), content).status_code == 201


def determined(asked: Asked, record: UUID, content: Parts) -> TestResponse:
    act = asked.story.sealed(Kind.RECORD_DETERMINED, record, content)
    said = {
        "ledger": asked.world.ledger.id.hex, "form": "penalty", "record": str(record), "salt": act.salt.hex(),
        "parts": act.parts, "issuer": act.issuer.hex(), "signature": act.signature.hex(),
    }  # fmt: skip
    return asked.post("/v1/determinations", said, asked.story.source)


def test_a_report_takes_no_member_that_would_not_count(seeded_world: World) -> None:
    scene = Scene(begin(seeded_world))
    own = scene.own("/v1/reports", consent=scene.consent)
    said = {**scene.subject, "consent": scene.consent, "entrustment": "a0" * 32}
    asked = scene.post("/v1/reports", said, scene.stranger, credit_official=scene.stranger_officer, **ASKING)
    for answer, unused in ((own, "/consent"), (asked, "/entrustment")):
        told = answer.get_json()["errors"][0]
        assert (answer.status_code, told["code"], told["field"]) == (400, "member_unused", unused)
