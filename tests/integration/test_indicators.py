"""Indicators of a month over HTTP: counted once, told to whom it concerns, frozen by the office's notice (SUP-1)."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner, Result

from application.commands.refusals import log_refusal
from domain.oversight.review_events import QueryReviewDecided, QueryReviewOpened
from domain.shared.canonical import canonical
from domain.shared.refusals import Defect
from interfaces.cli.main import cli
from interfaces.client.flags import Flags
from interfaces.client.indicators import Indicators
from tests.erasure import ask, carry_out
from tests.remedies import LETTER, PROOF, SECOND, begin
from tests.remedies_http import City, code_of, problem
from tests.web import Web
from tests.world import World

MONTH = "2026-11"
DECIDED = date(2026, 6, 1)


class Counted:
    """A month in which the source did a little of everything, and who asks about it."""

    def __init__(self, city: City, web: Web, url: str) -> None:
        self.city, self.world, self.web, story = city, city.world, web, city.story
        self.url = url
        self.source = Indicators(city.clients["source"], official=SECOND)
        self.office = Indicators(city.clients["portal"], official="credit_office-1")
        self.before = self._folded(story.source)
        record = story.new_record("示市监罚字〔2026〕9501号", decided=DECIDED)
        objected = story.object(record)
        act = story.withdrawal(record, objected.case)
        story.apply(record, PROOF)  # closed with its record: decided by nobody
        story.objections.withdraw(story.deciding(objected), act)
        repaired = story.new_record("示市监罚字〔2026〕9502号", decided=DECIDED)
        applied = story.apply(repaired, PROOF, LETTER)
        self.world.clock.advance(days=3)
        story.repairs.grant(story.handling(story.repairs.accept(story.handling(applied))))
        for number in range(6):
            defects, attempt = [Defect("MEA-1", "x")], f"{number}".encode()
            log_refusal(self.world.ledger, department=story.source, defects=defects, attempt=attempt)
        self._reviewed(story.source)
        self.world.project()
        self.world.flags.run()
        self.world.project()

    def _reviewed(self, unit: str) -> None:
        """A query of the unit was drawn, and somebody else found it in order."""
        ledger = self.world.ledger
        place: dict[str, Any] = {"originator_id": ledger.entropy.uuid(), "timestamp": ledger.now()}
        opened = QueryReviewOpened(
            **place, originator_version=1, due="2026-12-04", provisional=False, look="access:1", leaf="00" * 32,
            department=unit, officer=SECOND, reasons=["drawn"], epoch=1, root="00" * 32, per_10000=100,
        )  # fmt: skip
        decided = QueryReviewDecided(
            **place, originator_version=2, decided_on="2026-11-24", finding="in_order", consequence="none",
            reasons="有案由", department=self.city.story.office, officer="credit_office-1",
        )  # fmt: skip
        ledger.record([ledger.seal(event) for event in (opened, decided)], meta={"actor": "platform"})

    def _folded(self, unit: str) -> dict[str, Any]:
        """The unit's counts of the month so far."""
        self.world.project()
        found = self.world.services.indicators.month(MONTH).counts.get(unit, {})
        return {f"{name} {detail}".strip(): number for (name, detail), number in found.items()}

    def since(self) -> dict[str, int]:
        """What was counted of the source since."""
        now = self._folded(self.city.story.source)
        return {
            name: n - self.before.get(name, 0) for name, n in now.items() if n != self.before.get(name, 0)
        }


@pytest.fixture
def counted(seeded_world: World) -> Iterator[Counted]:
    story, web = begin(seeded_world), Web(seeded_world)
    with web.served() as url:
        yield Counted(City(story, url), web, url)


@pytest.mark.rule("SUP-1")
def test_sup_1_each_act_of_a_unit_counts_once_and_counting_again_gives_the_same(counted: Counted) -> None:
    world = counted.world
    assert counted.since() == {
        "recorded": 2, "late": 2, "objections_decided": 1, "objections_upheld": 1, "repairs_decided 2": 1,
        "refused MEA-1": 6, "queries_reviewed": 1, "flags_raised": 1, "flags_open": 1,
    }  # fmt: skip
    assert world.indicators.rebuild()
    ask(world, "subject", stream=counted.city.story.subject_id())
    carry_out(world)
    assert world.indicators.rebuild()
    with world.superuser() as changing:
        changing.execute(
            "UPDATE ledger.unit_counts SET n = n + 1 WHERE name = 'queries' OR name = 'recorded'"
        )
    assert not world.indicators.rebuild()
    assert not world.indicators.rebuild(force=True)
    assert world.indicators.rebuild()


@pytest.mark.rule("SUP-1")
def test_sup_1_a_month_is_told_when_it_is_over_exact_to_its_unit_and_in_fives_to_anyone(
    counted: Counted,
) -> None:
    world, unit = counted.world, counted.city.story.source
    running = problem(lambda: counted.source.exact(MONTH), 422)
    assert (running["rule"], code_of(running)) == ("SUP-1", "notice_month_not_over")
    assert counted.web.http.get(f"/indicators?month={MONTH}").status_code == 404
    world.clock.advance(days=10)
    world.project()
    own, all_units = counted.source.exact(MONTH), counted.office.exact(MONTH)
    asked = _by_command(counted, "show", official=SECOND, department=unit)
    assert asked.exit_code == 0 and json.loads(asked.stdout) == own
    assert [u["unit"] for u in own["exact"]] == [unit]
    assert {u["unit"] for u in all_units["exact"]} == {
        d.code for d in world.city.departments if d.role != "credit_office"
    }
    (exact,) = own["exact"]
    assert {"rule": "MEA-1", "times": 6} in exact["refused"] and exact["repair_days_median"] >= 0
    told = counted.source.public(MONTH)
    public = next(u for u in told["units"] if u["unit"] == unit)
    assert {"rule": "MEA-1", "times": 5} in public["refused"] and public["objections_upheld"] == 0
    assert counted.source.public()["month"] == MONTH
    # 000 三(四) 年度目标考核: the year so far, exact, to the same people; what a flag is, the newest month says.
    year = counted.source.year("2026")
    assert (year["year"], year["until"], [u["unit"] for u in year["exact"]]) == (
        "2026",
        told["until"],
        [unit],
    )
    assert (
        year["exact"][0]["flags_open"] == exact["flags_open"]
        and year["exact"][0]["recorded"] >= exact["recorded"]
    )
    content = {"until": told["until"], "units": told["units"]}
    assert told["digest"] == hashlib.sha256(canonical(content)).hexdigest()

    empty = counted.web.http.get("/indicators?month=2026-01").text
    assert "本月没有可公开的数据" in empty and '<img src="/indicators' not in empty
    page = counted.web.http.get(f"/indicators?month={MONTH}")
    assert "MEA-1 5" in page.text and "MEA-1 6" not in page.text and told["digest"] in page.text
    chart = counted.web.http.get(f"/indicators/{MONTH}/timeliness.svg")
    assert chart.mimetype == "image/svg+xml" and "unsafe-inline" in chart.headers["Content-Security-Policy"]
    for nothing in (
        f"/indicators/{MONTH}/people.svg",
        "/indicators/2027-01/flags.svg",
        "/indicators?month=x",
    ):
        assert counted.web.http.get(nothing).status_code == 404
    for book, times in ((counted.source.workbook(MONTH), "6"), (_public_book(counted), "5")):
        with zipfile.ZipFile(io.BytesIO(book)) as archive:
            rules = archive.read("xl/worksheets/sheet2.xml").decode()
        assert f"<v>{times}</v>" in rules
    both = {"month": MONTH, "year": "2026"}
    asking = {"credit_official": SECOND, "credit_purpose": "accountability"}
    problem(lambda: counted.city.clients["source"].post("/v1/indicators", both, **asking), 400)
    assert code_of(problem(lambda: counted.source.year("2027"), 422)) == "notice_month_not_over"


def _by_command(counted: Counted, what: str, *, official: str, department: str) -> Result:
    """The same from the command line."""
    key = counted.world.folder / "keys" / f"{department}.pem"
    who = ["--department", department, "--official", official, "--key", str(key), "--url", counted.url]
    return CliRunner().invoke(cli, ["indicators", what, MONTH, *who])


def _public_book(counted: Counted) -> bytes:
    return counted.web.http.get(f"/v1/indicators/workbook?month={MONTH}").data


@pytest.mark.rule("SUP-1")
def test_sup_1_the_office_alone_freezes_a_month_by_a_notice_that_says_what_the_ledger_computes(
    counted: Counted,
) -> None:
    world = counted.world
    world.clock.advance(days=10)
    world.project()
    forbidden = problem(lambda: counted.source.issue(MONTH), 403)
    assert (forbidden["rule"], code_of(forbidden)) == ("SUP-1", "indicators_not_the_office")
    world.project()  # the refusal stands in the log already, and is counted
    issued = _by_command(counted, "notice", official="credit_office-1", department=counted.city.story.office)
    assert issued.exit_code == 0 and json.loads(issued.stdout)["month"] == MONTH
    world.project()
    again = problem(lambda: counted.office.issue(MONTH), 422)
    assert code_of(again) == "indicators_notified_already"
    world.project()
    assert "notified_at" in counted.office.public(MONTH)
    (entry,) = counted.web.http.get(f"/v1/indicator-notices/{MONTH}").get_json()["versions"]
    told = counted.office.public(MONTH)
    assert entry["content"]["digest"] == told["digest"] and entry["content"]["units"] == told["units"]
    assert "通报印发" in counted.web.http.get(f"/indicators?month={MONTH}").text
    world.clock.advance(days=31)
    world.project()
    changed = counted.office.exact("2026-12")
    changed["units"][0]["recorded"] += 5
    counted.office.exact = lambda month="": changed  # type: ignore[method-assign]
    wrong = problem(lambda: counted.office.issue("2026-12"), 422)
    assert (wrong["rule"], code_of(wrong)) == ("SUP-1", "notice_not_as_computed")
    assert world.new_projector().rebuild().equal and world.finding() is None


def test_a_month_that_is_not_counted_to_its_end_is_not_told(counted: Counted) -> None:
    world = counted.world
    world.clock.advance(days=10)
    world.project()
    assert counted.source.public(MONTH)
    with world.superuser() as behind:
        behind.execute(
            "UPDATE ledger.oversight_state SET position = position - 1, reached = '2026-11-29T00:00:00.000000Z'"
            " WHERE fold = 'indicators' AND log = 'records'"
        )
    assert counted.web.http.get(f"/v1/indicators?month={MONTH}").status_code == 503


def test_a_flag_that_is_closed_is_open_no_more_in_its_month(counted: Counted) -> None:
    world, city = counted.world, counted.city
    office = Flags(city.clients["portal"], official="credit_office-1")
    flags = [f for f in office.page(open_only=True)["flags"] if f["unit"] == city.story.source]
    for flag in flags:
        office.close(office.one(flag["flag"]), outcome="unfounded", reasons="核实为误报")
    world.clock.advance(days=10)
    world.project()
    (exact,) = counted.source.exact(MONTH)["exact"]
    assert exact["flags_closed"] == len(flags) > 0 and exact["flags_open"] == 0
