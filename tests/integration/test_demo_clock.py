"""A service under a demo clock: legal days follow it, signatures and nonces do not, and everyone is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from infrastructure.bootstrap import NotPrepared, require_time
from infrastructure.clock import DemoClock
from infrastructure.keeping_time import CLOCK_FILE
from tests.web import HOST, Web
from tests.world import World


@pytest.fixture
def web(seeded_world: World) -> Web:
    return Web(seeded_world)


def test_a_request_signed_by_real_time_is_taken_and_recorded_at_the_ledger_s_time(web: Web) -> None:
    web.world.clock.run_ahead(days=30)
    data = web.world.files().files["people-2.xlsx"]
    answer = web.send(web.sealed(data))
    assert answer.status_code == 201 and '"taken"' in answer.get_data(as_text=True)
    last = web.world.reader.rows("access", after=web.positions()[1] - 1, limit=1)[0]
    assert last.recorded_at.startswith("2026-12-21")
    assert web.world.finding() is None


def test_moving_the_clock_makes_no_used_nonce_good_again(web: Web) -> None:
    body = b"{}"
    signing = replace(web.signing(), nonce="n" * 32)
    headers = {"Idempotency-Key": "key-12345678", "Content-Type": "application/json"}
    signed = signing.headers("POST", "/v1/worklist", body, headers)

    def ask() -> str:
        answer = web.http.post("/v1/worklist", base_url=HOST, data=body, headers=signed)
        return str(answer.get_json()["errors"][0]["code"])

    assert ask() == "purpose_other"
    assert ask() == "signature_replayed"
    web.world.clock.run_ahead(days=30)
    assert ask() == "signature_replayed"


def test_a_request_as_old_as_real_time_allows_is_refused_whatever_the_demo_says(web: Web) -> None:
    web.world.clock.run_ahead(days=30)
    future = replace(web.signing(), created=datetime.now(UTC) + timedelta(days=30))
    headers = {"Idempotency-Key": "key-12345678", "Content-Type": "application/json"}
    signed = future.headers("POST", "/v1/worklist", b"{}", headers)
    answer = web.http.post("/v1/worklist", base_url=HOST, data=b"{}", headers=signed)
    assert answer.status_code == 401


def test_version_and_every_page_say_that_a_demo_clock_is_in_use_and_nothing_without_one(web: Web) -> None:
    def told() -> list[str]:
        pages = [web.http.get("/"), web.http.get("/records/not", headers={"Accept": "text/html"})]
        return [page.get_data(as_text=True) for page in pages]

    assert web.http.get("/version").get_json()["demo_clock"] is None
    assert not any("演示时钟" in page for page in told())
    web.world.clock.run_ahead(days=30)
    assert web.http.get("/version").get_json()["demo_clock"] == {
        "day": "2026-12-21",
        "ahead_seconds": 30 * 86400,
    }
    assert all("演示时钟" in page and "2026-12-21" in page for page in told())


def test_a_ledger_whose_last_event_lies_in_the_future_is_not_served(seeded_world: World) -> None:
    world = seeded_world
    for role in ("writer", "reader", "projector", "auditor"):
        (world.secrets / f"{role}.url").write_text(getattr(world.database, role))
    world.clock.at = datetime.now(UTC) + timedelta(days=30)
    world.governance().register_purpose(code="later", zh="稍后", en="later")
    with pytest.raises(NotPrepared, match=CLOCK_FILE):
        require_time(world.settings)
    (world.folder / "database").write_text("embedded\n")
    DemoClock(world.folder / CLOCK_FILE, world.ledger.id).forward(timedelta(days=31))
    require_time(world.settings)
