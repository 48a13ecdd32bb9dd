"""Plans, days, completion and the monthly notice of the clean-up ledger over HTTP (INS-3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from domain.instruments.events import InstrumentOverdue
from domain.shared.kinds import Kind
from interfaces.cli.main import cli
from interfaces.client.sealing import seal_remedy
from tests.integration.test_instruments_http import Units, problem
from tests.ledger_books import CONTACT, KEPT, PHONE, book, row
from tests.web import Web
from tests.world import World

REVISED = row(title="《一》（示交发〔2018〕1号）", disposition="修订", due="2026-12-10")
NEW = row(title="《二》（示交发〔2026〕2号）", due="2027年底")
EVIDENCE = "e5" * 32


@pytest.fixture
def units(ledger_world: World) -> Iterator[Units]:
    web = Web(ledger_world)
    with web.served() as url:
        yield Units(ledger_world, web, url)


def documents(units: Units) -> dict[str, str]:
    return {d["title"][:3]: d["document"] for d in units.office.public()["documents"]}


@pytest.mark.rule("INS-3")
def test_ins_3_a_document_that_stays_is_planned_then_based_then_completed(units: Units) -> None:
    units.transport.send(book(REVISED, NEW))
    one, two = documents(units)["《一》"], documents(units)["《二》"]
    steps = [{"what": "修订草案", "by": "2026-12-01"}, {"what": "印发", "by": "2026-12-10"}]
    late = [*steps, {"what": "公布", "by": "2026-12-11"}]
    for document, plan, code in ((one, late, "ledger_plan_days"), (two, steps, "ledger_nothing_to_plan")):
        told = problem(lambda d=document, p=plan: units.transport.file("plan", document=d, steps=p), 422)
        assert (told["rule"], told["errors"][0]["code"]) == ("INS-3", code)
    other = problem(lambda: units.market.file("plan", document=one, steps=steps), 422)
    assert other["errors"][0]["code"] == "ledger_document_unknown"
    units.transport.file("plan", document=one, steps=steps)
    told = problem(lambda: units.transport.file("completion", document=one, evidence=EVIDENCE), 422)
    assert told["errors"][0]["code"] == "ledger_basis_still_missing"
    based = {k: KEPT[k] for k in ("national_basis", "basis")}
    units.transport.send(book({**REVISED, **based}))
    units.transport.file("completion", document=one, evidence=EVIDENCE)
    shown = next(d for d in units.office.public()["documents"] if d["document"] == one)
    assert shown["completed_on"] == "2026-11-21" and shown["steps"] == steps and not shown["stopped"]
    for act, code in (
        (lambda: units.transport.file("summary", evidence=EVIDENCE), "ledger_not_yet_clean"),
        (
            lambda: units.transport.file("completion", document=one, evidence=EVIDENCE),
            "ledger_nothing_to_complete",
        ),
        (
            lambda: units.market.file("omission", unit=units.codes["transport"], title=NEW["title"]),
            "ledger_in_it_already",
        ),
    ):
        told = problem(act, 422)
        assert (told["rule"], told["errors"][0]["code"]) == ("INS-3", code) and told["clause"]
    units.transport.file("completion", document=two, evidence=EVIDENCE)
    units.transport.file("summary", evidence=EVIDENCE)
    malformed = problem(lambda: units.transport.file("plan", document=one), 400)
    assert malformed["rule"] == "FORMAT"


@pytest.mark.rule("INS-1")
def test_ins_1_a_unit_without_documents_returns_nil_once(units: Units) -> None:
    assert units.market.file("nil")["what"] == "nil"
    assert units.office.public()["nil_returns"] == [units.codes["market"]]
    assert problem(lambda: units.market.file("nil"), 422)["errors"][0]["code"] == "ledger_already_filed"
    units.transport.send(book(NEW))
    assert problem(lambda: units.transport.file("nil"), 422)["errors"][0]["code"] == "ledger_not_nil"


@pytest.mark.rule("INS-3")
def test_ins_3_missed_days_become_events_once_and_a_finished_document_misses_none(units: Units) -> None:
    world = units.world
    units.transport.send(book(REVISED, {**NEW, "due": "2026-12-10"}))
    units.transport.file("completion", document=documents(units)["《二》"], evidence=EVIDENCE)
    assert world.deadlines.run().overdue == 0
    world.clock.advance(days=30)
    assert world.deadlines.run().overdue == 1
    world.clock.advance(days=60)
    assert world.deadlines.run().overdue == 1 and world.deadlines.run().overdue == 0
    found = world.ledger.store.governing_rows([InstrumentOverdue.TOPIC])
    assert len(found) == 2 and world.verify().finding is None
    (shown,) = (d["overdue"] for d in units.office.public()["documents"] if d["overdue"])
    assert shown == [["completion", "2026-12-10"], ["plan", "2027-01-21"]]
    assert "2026-12-10" in units.web.http.get("/instruments").text


@pytest.mark.rule("INS-3")
def test_ins_3_the_months_notice_names_who_is_late_and_is_the_same_whenever_it_is_computed(
    units: Units, tmp_path: Path
) -> None:
    world, codes = units.world, units.codes
    units.transport.send(book({**REVISED, "due": "2026-11-25"}, NEW))
    units.market.file("nil")
    units.market.file("omission", unit=codes["transport"], title="《三》")
    assert problem(lambda: units.office.notice("2026-11"), 422)["rule"] == "INS-3"
    world.clock.advance(days=12)
    computed = units.office.notice("2026-11")["computed"]
    told = {unit["unit"]: unit for unit in computed["units"]}
    mine = told[codes["transport"]]
    assert mine["late"] == [{"title": REVISED["title"], "what": "completion", "due": "2026-11-25"}]
    assert (mine["omitted"], mine["new_nonconforming"], mine["stopped"]) == (["《三》"], [NEW["title"]], 2)
    assert not told[codes["market"]]["no_ledger"] and told[codes["ecology"]]["no_ledger"]
    assert codes["credit_office"] not in told

    refused = problem(lambda: units.transport.issue("2026-11"), 403)
    assert (refused["rule"], refused["errors"][0]["code"]) == ("INS-3", "ledger_not_the_office")
    key = world.folder / "keys" / f"{codes['credit_office']}.pem"
    with units.web.served() as url:
        who = ["--department", codes["credit_office"], "--key", str(key), "--url", url]
        ended = CliRunner().invoke(cli, ["instruments", "notice", "2026-11", *who])
        assert ended.exit_code == 0, ended.output
        assert json.loads(ended.output)["issued"]["content"] == computed
        out = tmp_path / "ledger.xlsx"
        take = ["instruments", "export", *who, "--official", "credit_office-1", "-o", str(out)]
        assert CliRunner().invoke(cli, take).exit_code == 0
        sent = CliRunner().invoke(cli, ["instruments", "import", str(out), *who])
        assert sent.exit_code == 0 and "taken 0, unchanged 2, refused 0" in sent.output
    assert problem(lambda: units.office.issue("2026-11"), 422)["errors"][0]["code"] == "ledger_already_filed"

    based = {k: KEPT[k] for k in ("national_basis", "basis")}
    units.transport.send(book(row(title="《三》"), {**REVISED, **based}))
    world.clock.advance(days=40)
    assert units.office.notice("2026-11")["computed"] == computed
    page = units.web.http.get("/instruments/notices/2026-11").text
    assert REVISED["title"] in page and "2026-11" in units.web.http.get("/instruments").text
    everything = page + units.web.http.get("/instruments").text + json.dumps(computed, ensure_ascii=False)
    assert CONTACT not in everything and PHONE not in everything
    assert units.web.http.get("/instruments/notices/2026-10").status_code == 404
    assert world.verify().finding is None


@pytest.mark.rule("INS-3")
def test_ins_3_a_notice_other_than_the_ledger_computes_is_refused(units: Units) -> None:
    units.world.clock.advance(days=12)
    notice, office = units.office.notice("2026-11"), units.codes["credit_office"]
    units_told = [u for u in notice["computed"]["units"] if u["unit"] != units.codes["market"]]
    sealed = seal_remedy(
        Kind.INSTRUMENT_NOTICE_ISSUED,
        {"public": {"month": "2026-11", "content": {**notice["computed"], "units": units_told}}},
        record=notice["notice"],
        ledger_id=units.world.ledger.id.bytes,
        key=units.world.keys[office],
    )
    client = units.client("credit_office")
    told = problem(lambda: client.post("/v1/instruments/notices", sealed), 422)
    assert (told["rule"], told["errors"][0]["code"]) == ("INS-3", "notice_not_as_computed")
    assert units.office.notice("2026-11")["issued"] is None
