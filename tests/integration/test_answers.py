"""The net that every web test stands in, tried itself: an answer that is not described does not pass."""

from __future__ import annotations

import json
from typing import Any

import pytest

from interfaces.http.describing import described
from interfaces.http.problems import MEDIA_TYPE
from interfaces.http.queries import ask
from tests.answers import conforms
from tests.web import NDJSON, Web
from tests.world import World

ANSWER: dict[str, Any] = {"answers": [{"receipt": "access:7", "records": []}]}


@pytest.fixture
def web(ledger_world: World) -> Web:
    return Web(ledger_world)


def tell(data: object, *, status: int = 200, media: str = "application/json") -> None:
    said = described(ask)
    assert said is not None
    conforms(said, status, media, json.dumps(data).encode())


def test_a_described_answer_passes() -> None:
    tell(ANSWER)


@pytest.mark.parametrize(
    ("data", "status", "media"),
    [
        (ANSWER | {"total": 1}, 200, "application/json"),
        ({}, 200, "application/json"),
        ({"answers": [{"receipt": "7", "records": []}]}, 200, "application/json"),
        (ANSWER, 201, "application/json"),
        (ANSWER, 200, "text/html"),
        ({"status": 418}, 418, MEDIA_TYPE),
        ({"status": 403}, 403, MEDIA_TYPE),
    ],
)
def test_an_answer_that_is_not_described_is_found(data: object, status: int, media: str) -> None:
    with pytest.raises(AssertionError):
        tell(data, status=status, media=media)


def test_the_net_is_before_every_tests_service(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that tells something else than its routes say fails the test that asked."""
    assert web.http.get("/version").status_code == 200
    build = web.app.extensions["xinlu"].operations.build
    monkeypatch.setattr("interfaces.http.operations.EVENTS", [])
    object.__setattr__(build, "version", 7)
    with pytest.raises(AssertionError, match="Version"):
        web.http.get("/version")


def test_every_line_of_a_streamed_intake_is_described(web: Web) -> None:
    file = web.sealed(web.world.files().files["penalties-1.xlsx"])
    answer = web.send(file, accept=NDJSON)
    lines = [json.loads(line) for line in answer.data.splitlines()]
    assert answer.status_code == 201 and "report" in lines[-1]
