"""The measures list in the ledger: proposed like everything else, read by everyone, stopped with what it rests on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from application.commands.acts import Done
from application.registry import Registry
from domain.measures.items import item_in_force
from interfaces.cli.seed import seed_ledger
from interfaces.demo.city import measure_items
from tests.integration.test_proposals import MARKET, Desk
from tests.ledger_books import row
from tests.proposals import LOCAL_BASIS
from tests.web import Web
from tests.world import DATA, World


def local_item(**changed: Any) -> dict[str, Any]:
    """A measure of the city's own supplement."""
    first = next(item for item in measure_items(DATA) if item.code == "M11")
    provision = replace(first.provisions[0], basis=LOCAL_BASIS)
    own = {"code": "W01", "layer": "local", "provisions": (provision,), "effective_from": "2028-01-01"}
    values = {**own, **changed}
    return dict(replace(first, **values).to_json())


@pytest.mark.rule("MEA-1")
@pytest.mark.rule("MEA-2")
@pytest.mark.rule("MEA-3")
def test_mea_1_a_local_measure_is_consulted_on_and_published_through_its_own_gate(
    ledger_world: World,
) -> None:
    desk = Desk(ledger_world)
    heavy = local_item(heavy=True, carrier="news_media")
    ordering = {**local_item(), "carrier": "news_media"}
    for wrong, refusals in (
        ({**heavy, "carrier": "department"}, {("MEA-2", "measure_heavy_for_slight")}),
        (ordering, {("MEA-3", "measure_orders_others")}),
        ({**local_item(), "layer": "national"}, {("MEA-1", "measure_national_layer")}),
    ):
        told = desk.post("", {"what": "measure", "content": wrong}, MARKET)
        assert told.status_code == 422
        assert {(e["rule"], e["code"]) for e in told.get_json()["errors"]} == refusals
    assert Registry(desk.world.ledger).measure("W01").items == ()
    assert desk.post("", {"what": "measure", "content": local_item()}, MARKET).status_code == 201
    _approved(desk)
    later = {"review_by": str(desk.world.today + timedelta(days=400))}
    assert desk.post("publish", later).status_code == 201
    desk.world.project()
    one = desk.web.http.get("/v1/measures/W01").get_json()
    assert one["versions"][0]["content"]["status"] == "in_force"
    text = desk.web.http.get("/registers/measures/W01").text
    assert "示范市社会信用条例" in text and "直接援引的条款" in text
    assert desk.world.new_projector().rebuild().equal and desk.world.finding() is None


def test_mea_1_everyone_reads_the_national_list_with_its_drafts(ledger_world: World) -> None:
    ledger_world.project()
    http = Web(ledger_world).http
    entries = http.get("/v1/measures").get_json()["entries"]
    status = {entry["key"]: entry["content"]["status"] for entry in entries}
    assert len(status) == 14 and [code for code, now in status.items() if now == "draft"] == ["M12"]
    assert "/registers/measures" in http.get("/").text


@pytest.mark.rule("INS-2")
def test_ins_2_a_measure_that_rests_on_a_stopped_document_is_suspended_with_it(ledger_world: World) -> None:
    world = ledger_world
    market = next(d for d in world.city.departments if d.key == "market")
    title = "《保障农民工工资支付条例》（国务院令第724号）"
    seed_ledger(world.ledger, [row(title=title, unit_name=market.name)], unit=market.code)
    now = {
        code: item_in_force(Registry(world.ledger).measure(code).items, world.today)
        for code in ("M08", "M11")
    }
    assert [(code, item and item.status) for code, item in now.items()] == [
        ("M08", "suspended"),
        ("M11", "in_force"),
    ]
    assert world.finding() is None


def _approved(desk: Desk) -> None:
    """Through comment and the joint meeting's review."""
    desk.post("consult", {"closes": str(desk.world.today + timedelta(days=1))})
    desk.world.clock.advance(days=2)
    desk.version = desk.lived.met(Done(UUID(desk.case), desk.version, 0, {})).version
