"""What the public reports, from the receipt to the close, over HTTP; who opens it, and that nothing tells of it."""

from __future__ import annotations

import io
import json
import logging
import re
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from click.testing import CliRunner
from werkzeug.test import TestResponse

from application.commands.tip_offs import TipOffs
from application.limits import LIMITS
from application.ports import LedgerUnavailable
from domain.oversight.tip_offs import TipOffOpened
from domain.parties.acting import Officer
from interfaces.cli.main import cli
from tests.erasure import ask as ask_erasure
from tests.erasure import carry_out, dump
from tests.remedies import Story, begin
from tests.scene import JSON
from tests.web import Signing, Web
from tests.world import World

MARK, NAME, CONTACT = "庚标出借资质围标串标", "辛标举报人", "壬标联系13800000000"
ABOUT = "示范市癸标有限公司"
SAID: dict[str, Any] = {"about": ABOUT, "text": MARK, "reporter": {"name": NAME, "contact": CONTACT}}
HANDLER, ELSEWHERE = "handler-1", "handler-2"
ASKING = {"credit-purpose": "tip_off_handling"}
PATH = "/v1/tip-offs"
REQUESTS = "credit_http_requests_total"


@dataclass
class Bench:
    """The service, the story's department (where ``handler-2`` is), and the credit office (``handler-1``)."""

    world: World
    web: Web
    story: Story

    def file(self, **said: Any) -> dict[str, str]:
        """The receipt of a tip-off from anyone."""
        answer = self.web.http.post(PATH, json={**SAID, **said})
        assert answer.status_code == 201, answer.text
        found: dict[str, str] = answer.get_json()
        return found

    def follow(self, receipt: dict[str, str]) -> TestResponse:
        return self.web.http.post(f"{PATH}/follow-up", json=receipt)

    def ask(
        self, path: str, said: Any, officer: str = HANDLER, *, by: str = "", **headers: str
    ) -> TestResponse:
        """A signed request by an officer of the credit office, or of the department ``by``."""
        body, code = json.dumps(said).encode(), by or self.story.office
        sent = {"content-type": JSON, "idempotency-key": uuid.uuid4().hex, "credit-official": officer}
        sent |= headers
        covered = ("@method", "@path", "@query", "content-digest", *sent)
        signing = Signing(code, self.world.keys[code], self.world.ledger.id.hex, covered=covered)
        path = f"{PATH}{path}"
        return self.web.http.post(path, data=body, headers=signing.headers("POST", path, body, sent))

    def open(
        self, number: str, *show: str, officer: str = HANDLER, by: str = "", **headers: str
    ) -> TestResponse:
        said = {"show": list(show), "reason": "核实举报内容"}
        return self.ask(f"/{number}/open", said, officer, by=by, **{**ASKING, **headers})

    def step(
        self, number: str, step: str, version: int, *, officer: str = HANDLER, by: str = "", **said: str
    ) -> TestResponse:
        return self.ask(
            f"/{number}/steps", {"step": step, **said}, officer, by=by, **{"if-match": f'"{version}"'}
        )


@pytest.fixture
def bench(seeded_world: World) -> Bench:
    return Bench(seeded_world, Web(seeded_world), begin(seeded_world))


def code(answer: TestResponse) -> tuple[int, str, str]:
    error = answer.get_json()["errors"][0]
    return answer.status_code, error["rule"], error["code"]


@pytest.mark.rule("WHS-1")
def test_whs_1_a_tip_off_is_filed_accepted_opened_forwarded_answered_and_closed(bench: Bench) -> None:
    receipt = bench.file()
    number, market = receipt["number"], bench.story.source
    assert bench.follow(receipt).get_json()["state"] == "filed"
    assert bench.open(number, "report").get_json()["shown"] == {
        "report": {"about": SAID["about"], "text": MARK}
    }
    assert code(bench.open(number, "reporter")) == (422, "WHS-1", "tip_off_not_accepted")
    assert bench.step(number, "accepted", 2).status_code == 201
    opened = bench.open(number, "reporter")
    assert opened.headers["ETag"] == '"4"', "what the handler's next step names as the version that it saw"
    assert opened.get_json()["shown"] == {"reporter": {"name": NAME, "contact": CONTACT}}
    assert opened.headers["Credit-Receipt"] == opened.get_json()["receipt"]
    assert bench.step(number, "forwarded", 4, to=market, text="已转市场监管部门").status_code == 201
    # From now on it lies there, and is there no more for whoever had it.
    assert code(bench.open(number, "report")) == (404, "WHS-1", "tip_off_unknown")
    assert bench.open(number, "report", officer=ELSEWHERE, by=market).status_code == 200
    for named in (f"{ABOUT[:3]} {ABOUT[3:]}已被立案", f"感谢{NAME}反映", "被举报单位91420100MA4KX00G1D"):
        refused = bench.step(number, "closed", 6, officer=ELSEWHERE, by=market, text=named)
        assert code(refused)[:2] == (422, "WHS-1") and refused.get_json()["errors"][0]["field"] == "/text"
        assert not any(name in refused.text for name in (ABOUT, NAME)) and "instead" in refused.get_json()
    steps = (("accepted", 6, ""), ("answered", 7, "已立案调查"), ("closed", 8, "查无实据，不予处理"))
    for step, version, text in steps:
        done = bench.step(number, step, version, officer=ELSEWHERE, by=market, text=text)
        assert done.get_json()["receipt"]["status"] == step, done.text
    told = bench.follow(receipt).get_json()
    assert (told["state"], told["department"]) == ("closed", market)
    assert [s["text"] for s in told["steps"]] == [
        "",
        "已转市场监管部门",
        "",
        "已立案调查",
        "查无实据，不予处理",
    ]
    assert [(o["officer"], o["shown"], o["reason"]) for o in told["openings"]] == [
        (HANDLER, ["report"], "核实举报内容"),
        (HANDLER, ["reporter"], "核实举报内容"),
        (ELSEWHERE, ["report"], "核实举报内容"),
    ]
    assert code(bench.open(number, "report", officer=ELSEWHERE, by=market)) == (
        422,
        "WHS-1",
        "tip_off_closed",
    )
    listed = bench.ask("/list", {}, "credit_office-1", **ASKING).get_json()["tip_offs"]
    assert listed[0]["openings"] == told["openings"] and listed[0]["number"] == number
    assert bench.world.verify().finding is None


@pytest.mark.rule("WHS-1")
def test_whs_1_nobody_but_a_named_handler_where_it_lies_opens_and_every_refusal_is_logged(
    bench: Bench,
) -> None:
    number, market = bench.file()["number"], bench.story.source
    before = bench.world.reader.head("access")[0]
    refused = {
        "an officer of the credit office": bench.open(number, "report", officer="credit_office-1"),
        "an operator elsewhere": bench.open(number, "report", officer="market-1", by=market),
        "somebody else's handler": bench.open(number, "report", officer=HANDLER, by=market),
        "a handler elsewhere": bench.open(number, "report", officer=ELSEWHERE, by=market),
        "without a purpose": bench.open(number, "report", **{"credit-purpose": "licensing"}),
    }
    assert {who: code(answer)[1:] for who, answer in refused.items()} == {
        "an officer of the credit office": ("WHS-1", "tip_off_not_a_handler"),
        "an operator elsewhere": ("WHS-1", "tip_off_not_a_handler"),
        "somebody else's handler": ("QRY-1", "officer_unknown"),
        "a handler elsewhere": ("WHS-1", "tip_off_unknown"),
        "without a purpose": ("QRY-1", "purpose_other"),
    }
    assert bench.world.reader.head("access")[0] == before + len(refused)
    for answer in refused.values():
        assert not {MARK, NAME, CONTACT, SAID["about"]} & set(answer.text.split('"'))
    assert code(bench.open(number, "report", officer="credit_office-1"))[0] == 403


@pytest.mark.rule("WHS-1")
def test_whs_1_the_database_gives_the_key_for_a_committed_opening_only_and_once(bench: Bench) -> None:
    number = UUID(bench.file()["number"])
    world, key_class = bench.world, f"report:{number}"
    for pool in ("writer", "reader"):
        with world.pool(pool).connection() as conn:
            rows = conn.execute("SELECT class, generation, wrapped FROM ledger.data_keys_of(%s)", ([number],))
            hidden = {r[0]: (r[1], bytes(r[2])) for r in rows.fetchall()}
        assert hidden[key_class] == hidden[f"reporter:{number}"] == (-1, b"")
    opened = bench.open(str(number), "report")
    position = int(opened.get_json()["receipt"].partition(":")[2])
    (row,) = world.reader.rows("access", after=position - 1, limit=1)
    assert (row.topic, row.stream_id) == (TipOffOpened.TOPIC, number)
    query = "SELECT count(*) FROM ledger.key_after_opening(%s, %s, %s)"
    with world.pool("reader").connection() as conn:
        again = conn.execute(query, (position, number, key_class)).fetchone()
        other = conn.execute(query, (position, number, f"reporter:{number}")).fetchone()
    assert again == other == (0,)


@pytest.mark.rule("WHS-1")
def test_whs_1_what_cannot_be_logged_is_not_opened(bench: Bench) -> None:
    world, number = bench.world, UUID(bench.file()["number"])
    with psycopg.connect(world.database.admin, autocommit=True) as conn:
        conn.execute("REVOKE EXECUTE ON FUNCTION ledger.log_access FROM xinlu_reader")
    desk: TipOffs = world.services.tip_offs()
    handler = Officer(HANDLER, bench.story.office)
    with pytest.raises(LedgerUnavailable):
        desk.open(number, handler, show=["report"], reason="核实")
    assert desk.require_concerned(number, handler).openings == ()


@pytest.mark.rule("WHS-1")
def test_whs_1_nothing_of_a_report_is_in_any_table_page_log_or_metric_and_its_leaf_is_like_any_look(
    bench: Bench,
) -> None:
    logged = io.StringIO()
    handler, ours = logging.StreamHandler(logged), logging.getLogger("xinlu")
    handler.setFormatter(logging.Formatter("%(message)s %(route)s", defaults={"route": ""}))
    ours.addHandler(handler)
    level = ours.level
    ours.setLevel("INFO")
    try:
        metrics = bench.web.http.get("/metrics").text
        before = bench.web.positions()
        receipt = bench.file(code=bench.story.subject().number)
        bench.follow(receipt)
        bench.follow({**receipt, "secret": "0" * 40})
        assert "tip" not in logged.getvalue()
        later = bench.web.http.get("/metrics").text
    finally:
        ours.removeHandler(handler)
        ours.setLevel(level)

    def counted(text: str) -> float:
        return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(REQUESTS))

    # The question for the metrics itself is counted, and nothing else.
    assert counted(later) == counted(metrics) + 1
    records, access = bench.web.positions()
    assert (records, access) == (before[0], before[1] + 1)
    (row,) = bench.world.reader.rows("access", after=before[1], limit=1)
    assert row.leaf[1] == 128
    bench.world.publish()
    tables = dump(bench.world)
    shown = bench.web.http.post("/lookup", data={"identifier": bench.story.subject().number}).text
    for told in (MARK, NAME, CONTACT, SAID["about"], receipt["secret"]):
        assert told not in tables and told not in shown
        assert told.encode().hex() not in tables


@pytest.mark.rule("WHS-1")
def test_whs_1_a_wrong_secret_and_an_unknown_number_are_answered_alike(bench: Bench) -> None:
    receipt = bench.file()
    wrong = bench.follow({**receipt, "secret": "0" * 40})
    unknown = bench.follow({**receipt, "number": "00000000-0000-4000-8000-000000000000"})
    other = bench.follow({**bench.file(), "number": receipt["number"]})
    bodies = {
        json.dumps({k: v for k, v in a.get_json().items() if k != "instance"})
        for a in (wrong, unknown, other)
    }
    assert len(bodies) == 1 and code(wrong) == (404, "WHS-1", "tip_off_unknown")
    assert code(bench.web.http.post(PATH, json={"about": "x"}))[0] == 400
    assert code(bench.web.http.post(PATH, json={**SAID, "text": " "})) == (422, "WHS-1", "tip_off_text")
    assert bench.web.http.post(PATH, json={**SAID, "text": "长" * 30000}).status_code == 413


@pytest.mark.rule("WHS-1")
def test_whs_1_anyone_reports_and_follows_on_the_page_and_no_log_line_tells(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """畅通举报渠道；对举报人信息严格保密: no script, no cookie; what is refused keeps what was typed."""
    http = bench.web.http
    form = {"about": ABOUT, "code": "", "text": f"{MARK}\r\n第二行", "name": NAME, "contact": ""}
    with caplog.at_level("INFO", "xinlu"):
        page = http.get("/tip-offs")
        refused = http.post("/tip-offs", data={**form, "code": "9142<"})
        filed = http.post("/tip-offs", data=form)
        number, secret = re.findall(r'<code id="(?:number|secret)">([0-9a-f-]+)</code>', filed.text)
        opened = bench.open(number, "report")
        assert bench.step(number, "accepted", 2, text="已受理，正在核实").status_code == 201
        typed = {"number": f" {number.upper()} ", "secret": f"{secret[:20]} {secret[20:].upper()}"}
        shown = http.post("/tip-offs/follow-up", data=typed)
        wrong, unknown = (
            http.post("/tip-offs/follow-up", data={"number": n, "secret": "0" * 40})
            for n in (number, str(uuid.UUID(int=5)))
        )
    told = [getattr(record, "route", "") for record in caplog.records]
    assert told and not [route for route in told if route in ("/tip-offs", "/tip-offs/follow-up")]
    assert "<script" not in page.text and 'action="/tip-offs"' in page.text
    assert (refused.status_code, filed.status_code) == (422, 200)
    assert "9142&lt;" in refused.text and MARK in refused.text and "统一社会信用代码为18位" in refused.text
    assert opened.get_json()["shown"]["report"]["text"] == f"{MARK}\n第二行"
    assert "已受理，正在核实" in shown.text and "核实举报内容" in shown.text and MARK not in shown.text
    assert (wrong.status_code, unknown.status_code) == (404, 404)
    assert wrong.text.replace(number, "") == unknown.text.replace(str(uuid.UUID(int=5)), "")
    for answer in (page, refused, filed, shown, wrong):
        assert answer.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in answer.headers
    assert http.post("/tip-offs", json=SAID).status_code == 415
    assert http.post("/tip-offs", data={**form, "text": "长" * 30000}).status_code == 413


@pytest.mark.rule("WHS-1")
def test_whs_1_anyone_reports_and_follows_from_the_command_line(bench: Bench, tmp_path: Path) -> None:
    run = CliRunner().invoke
    with bench.web.served() as url:
        said = f"{ABOUT}\n\n{NAME}\n{CONTACT}\n"
        text = tmp_path / "text.txt"
        text.write_text(MARK, encoding="utf-8")
        filed = run(cli, ["tip-off", "file", str(text), "--named", "--json", "--url", url], input=said)
        receipt = json.loads(filed.stdout)
        number = receipt["number"]
        assert bench.step(number, "accepted", 1, text="正在核实").status_code == 201
        shown = bench.open(number, "reporter", "report").get_json()["shown"]
        asking = ["tip-off", "follow", number, "--url", url]
        told = run(cli, asking, input=receipt["secret"] + "\n")
        wrong = run(cli, asking, input="0" * 40 + "\n")
    assert shown == {"report": {"about": ABOUT, "text": MARK}, "reporter": {"name": NAME, "contact": CONTACT}}
    assert "已受理" in told.stdout and "正在核实" in told.stdout and HANDLER in told.stdout
    assert (told.exit_code, wrong.exit_code) == (0, 1) and receipt["secret"] not in told.output


def test_whs_1_one_address_reports_ten_times_a_minute(seeded_world: World) -> None:
    assert LIMITS["tip_offs"].most == 10
    web = Web(seeded_world, limits={"tip_offs": 2})
    answers = [web.http.post(PATH, json=SAID).status_code for _ in range(3)]
    assert answers == [201, 201, 429]
    assert web.http.post("/tip-offs", data={"about": "x"}).status_code == 429
    assert web.http.get("/tip-offs").status_code == 200


@pytest.mark.rule("PRV-4")
def test_whs_1_an_erased_tip_off_opens_for_nobody_and_the_logs_still_verify(bench: Bench) -> None:
    receipt = bench.file()
    bench.step(receipt["number"], "accepted", 1, text="受理")
    bench.open(receipt["number"], "reporter", "report")
    ask_erasure(bench.world, "record", stream=UUID(receipt["number"]))
    carry_out(bench.world)
    with psycopg.connect(bench.world.database.admin) as conn:
        left = conn.execute(
            "SELECT count(*) FROM ledger.data_keys WHERE owner = %s AND generation > 0", (receipt["number"],)
        ).fetchone()
    assert left == (0,)
    assert code(bench.follow(receipt)) == (404, "WHS-1", "tip_off_unknown")
    assert code(bench.open(receipt["number"], "report")) == (404, "WHS-1", "tip_off_unknown")
    assert bench.ask("/list", {}, **ASKING).get_json()["tip_offs"] == []
    assert bench.world.verify().finding is None


def test_whs_1_a_step_names_the_version_that_was_seen(bench: Bench) -> None:
    number = bench.file()["number"]
    assert bench.step(number, "accepted", 7).status_code == 412
    assert bench.ask(f"/{number}/steps", {"step": "accepted"}).status_code == 428
    assert code(bench.step(number, "answered", 1, text="x")) == (422, "WHS-1", "tip_off_step")
    assert code(bench.step(number, "forwarded", 1, to="91420100MA4KX00G1D"))[2] == "tip_off_forwarded_to"
