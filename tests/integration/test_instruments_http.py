"""The clean-up ledger over HTTP: a unit sends it, the credit office takes it out, anyone sees it without persons."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from domain.instruments.form import DISTRICT, Entry
from interfaces.cli.seed import seed_ledger
from interfaces.client.api import Client, Department, Problem
from interfaces.client.instruments import Instruments
from interfaces.client.ledger_book import read_ledger
from interfaces.client.unreadable import Limits
from interfaces.client.workbooks import open_sheets
from tests.erasure import ask, carry_out
from tests.ledger_books import CONTACT, KEPT, PHONE, SCHEMA, book, row
from tests.web import Web
from tests.world import World

OFFICE_OFFICER, TRANSPORT_OFFICER = "credit_office-1", "transport-1"


class Units:
    """The demo city's transport bureau, market bureau and credit office as clients."""

    def __init__(self, world: World, web: Web, url: str) -> None:
        self.world, self.web, self._url = world, web, url
        self.codes = {d.key: d.code for d in world.city.departments}
        self.transport, self.market, self.office = (
            Instruments(self.client(unit)) for unit in ("transport", "market", "credit_office")
        )

    def client(self, unit: str) -> Client:
        """The product's client as a unit of the demo city."""
        code = self.codes[unit]
        return Client(self._url, Department(code, self.world.keys[code]), attempts_max=1)

    def heads(self) -> tuple[int, int]:
        return self.web.positions()


@pytest.fixture
def units(ledger_world: World) -> Iterator[Units]:
    web = Web(ledger_world)
    with web.served() as url:
        yield Units(ledger_world, web, url)


def problem(act: Any, status: int) -> Any:
    with pytest.raises(Problem) as raised:
        act()
    assert raised.value.status == status
    return raised.value.members


def texts(workbook: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


def entries(workbook: bytes) -> list[Entry]:
    return [r.found for r in read_ledger(workbook)[1] if isinstance(r.found, Entry)]


@pytest.mark.rule("INS-1")
def test_ins_1_a_row_of_another_unit_or_of_none_or_twice_is_refused_and_the_sound_one_taken(
    units: Units,
) -> None:
    market = next(d.name for d in units.world.city.departments if d.key == "market")
    sent = book(
        row(),
        row(title="《二》", unit_name=market),
        row(title="《三》", unit_name="示范市月球开发局"),
        row(summary="同一份文件再填一行"),
        row(title="《四》", disposition="保留"),
    )
    answer = units.transport.send(sent)
    assert answer["receipt"]["taken"] == 1
    refused = {r["data_row"]: (r["reasons"][0]["rule"], r["reasons"][0]["code"]) for r in answer["refused"]}
    assert list(refused.values()) == [
        ("INS-1", "ledger_unit_of_another"),
        ("INS-1", "ledger_unit_unknown"),
        ("INS-1", "ledger_document_twice"),
        ("INS-2", "ledger_kept_without_basis"),
    ]


@pytest.mark.rule("INS-1")
def test_ins_1_a_ledger_comes_in_and_goes_out_in_the_same_form_and_shows_nobody_to_the_public(
    units: Units,
) -> None:
    bad = row(title="《二》", shares="或许", contact=CONTACT)
    sent = book(row(), bad, row(**KEPT), row(title="《三》", unit_name="示范市市场监督管理局"))
    told = units.transport.send(sent)
    assert {k: told["receipt"][k] for k in ("rows", "taken", "unchanged", "refused")} == {
        "rows": 4, "taken": 2, "unchanged": 0, "refused": 2,
    }  # fmt: skip
    assert [(r["data_row"], r["reasons"][0]["rule"], r["reasons"][0]["field"]) for r in told["refused"]] == [
        (2, "INS-1", "是否涉及信用信息共享公开"),
        (4, "INS-1", "责任单位"),
    ]
    assert all(r["reasons"][0]["zh"] and r["reasons"][0]["en"] for r in told["refused"])
    assert units.transport.send(sent)["receipt"]["unchanged"] == 2

    before = units.heads()
    out = units.transport.take_out(official=TRANSPORT_OFFICER)
    assert units.heads() == (before[0], before[1] + 1)
    assert next((e.title, e.contact, e.phone) for e in entries(out)) == (row()["title"], CONTACT, PHONE)
    again = units.transport.send(out)["receipt"]
    assert (again["taken"], again["unchanged"], again["refused"]) == (0, 2, 0)
    changed = units.transport.send(book(row(due="2027年底")))["receipt"]
    assert (changed["taken"], changed["unchanged"]) == (1, 0)

    shown = units.office.public()["documents"]
    assert [(d["disposition"], d["version"], d["stopped"]) for d in shown] == [
        ("废止", 2, True),
        ("保留", 1, False),
    ]
    public = units.web.http.get("/v1/instruments/workbook").data
    page = units.web.http.get("/v1/instruments").data.decode()
    assert row()["title"] in texts(public) and row()["title"] in page
    for part in (CONTACT, "己标", PHONE):
        assert part in texts(out) and part not in texts(public) and part not in page
    assert units.office.public(units.codes["market"])["documents"] == []


@pytest.mark.rule("INS-1")
def test_ins_1_the_districts_form_is_taken_and_any_other_is_refused_by_its_first_heading(
    units: Units, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert units.transport.send(book(row(), form=DISTRICT))["receipt"]["form"] == "栾城区"
    counted = units.transport.send(book(row(title="《五》", summary="=1+1")))["refused"]
    assert [r["code"] for r in counted[0]["reasons"]] == ["ledger_cell_formula"]
    other = [*DISTRICT.columns[:9], "处理方式", *DISTRICT.columns[10:]]
    told = problem(lambda: units.transport.send(book(row(), headings=other)), 422)
    assert (told["rule"], told["errors"][0]["field"]) == ("INS-1", "处置方式")
    assert problem(lambda: units.transport.send(b"PK\x03\x04"), 400)["rule"] == "FORMAT"
    assert units.web.post("/v1/instruments", b"a,b", media="text/csv").status_code == 415
    monkeypatch.setattr("application.commands.instruments.ROWS_MAX", 1)
    long = problem(lambda: units.transport.send(book(row(), row(title="《二》"))), 422)
    assert (long["rule"], long["errors"][0]["code"]) == ("INS-1", "ledger_too_many_rows")


@pytest.mark.rule("INS-1")
def test_ins_1_the_ledger_leaves_only_for_its_unit_or_the_office_and_is_logged_first(units: Units) -> None:
    units.transport.send(book(row()))
    units.office.send(book(row(title="《四》", unit_name="示范市市场监督管理局")))
    assert len(entries(units.office.take_out(official=OFFICE_OFFICER))) == 2
    whole = units.office.take_out(official=OFFICE_OFFICER, unit=units.codes["market"])
    assert [e.title for e in entries(whole)] == ["《四》"]
    event = units.world.ledger.open_all(
        units.world.reader.rows("access", after=units.heads()[1] - 1, limit=1), log="access"
    )
    logged = event[0].event
    assert vars(logged)["digest"] == hashlib.sha256(whole).hexdigest()
    assert (
        vars(logged)["units"] == [units.codes["market"]]
        and CONTACT.encode() not in event[0].opened["public"].content
    )
    other = problem(lambda: units.market.take_out(official="market-1", unit=units.codes["transport"]), 403)
    assert other["rule"] == "INS-1"
    assert problem(lambda: units.market.take_out(official=TRANSPORT_OFFICER), 403)["rule"] == "QRY-1"
    answer = units.web.post("/v1/instruments/export", b"{}", media="application/json")
    assert answer.status_code == 403 and answer.get_json()["rule"] == "QRY-1"


@pytest.mark.rule("INS-1")
def test_ins_1_who_answers_for_a_document_is_erased_alone(units: Units) -> None:
    units.transport.send(book(row(), row(title="《二》")))
    first = units.office.public()["documents"][0]
    ask(units.world, "part", stream=UUID(first["document"]), name="person/1")
    carry_out(units.world)
    out = entries_with_gaps(units.transport.take_out(official=TRANSPORT_OFFICER))
    assert out == [(row()["title"], "", ""), ("《二》", CONTACT, PHONE)]
    assert units.office.public()["documents"][0] == first
    assert units.transport.send(book(row()))["receipt"]["taken"] == 1
    assert units.world.verify().finding is None


def entries_with_gaps(workbook: bytes) -> list[tuple[str, str, str]]:
    """Title, contact and telephone of each row, as a reader of workbooks finds them."""
    (sheet,) = open_sheets(workbook, Limits())
    rows = [list(cells) for _, cells in sheet.rows()][
        2:-1
    ]  # without title and headings, and the form's notes
    return [(str(cells[1]), str(cells[12]), str(cells[13])) for cells in rows]


def test_the_demo_citys_ledgers_are_the_forms_examples_and_each_is_stopped(units: Units) -> None:
    for unit, rows in units.world.city.ledgers.items():
        report = seed_ledger(units.world.ledger, rows, unit=unit)
        assert (report.taken, report.refused) == (len(rows), [])
    shown = units.office.public()["documents"]
    assert [d["disposition"] for d in shown] == [e["disposition"] for e in SCHEMA["examples"]]
    assert all(d["stopped"] for d in shown)
