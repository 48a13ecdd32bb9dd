"""The rulebook as anyone sees it: every rule with its words, and its refusals of whole days in full fives."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from application.commands.refusals import log_refusal, log_refused_rows
from domain.access.model import OF_PLATFORM
from domain.remedies.repair import MODES
from domain.shared.prose_instead import INSTEAD
from domain.shared.refusals import Defect
from infrastructure.remedy_data import load_limits
from interfaces.client.signing import COVERED
from interfaces.rulebook import NOT_YET, rulebook
from tests.web import Web
from tests.world import World


@pytest.fixture
def web(ledger_world: World) -> Web:
    return Web(ledger_world)


def refuse(world: World, rule: str, times: int) -> None:
    """So many acts refused by a rule, each for two reasons of it."""
    defects = [Defect(rule, "told", field) for field in ("/a", "/b")]
    for number in range(times):
        log_refusal(world.ledger, department="4201", defects=defects, attempt=b"%d" % number)


def told(web: Web, group: str = "") -> dict[str, dict[str, int]]:
    answer = web.http.get("/v1/rules" + (f"?group={group}" if group else ""))
    assert answer.status_code == 200
    return {rule["id"]: rule["refusals"] for rule in answer.get_json()["rules"]}


def test_every_rule_is_told_with_its_words_and_what_is_lawful_instead(web: Web) -> None:
    answer = web.http.get("/v1/rules")
    found = {rule["id"]: rule for rule in answer.get_json()["rules"]}
    assert list(found) == [rule.id for rule in rulebook()]
    assert found["REP-3"]["quote"] in (page := web.http.get("/rules").text)
    assert found["REP-3"]["dates"][0]["from_day"] == "2020-12-07"
    assert found["REP-3"]["enforced"] and page.count("尚未执行</span>") == len(NOT_YET)
    assert {name for name, rule in found.items() if not rule["enforced"]} == NOT_YET
    assert found["DET-5"]["dates"][0]["from_day"] is None
    for rule in found.values():
        assert f'id="{rule["id"]}"' in page and rule["instead"] in page
    assert 'href="/rules"' in web.http.get("/").text
    assert "<script" not in page and "style=" not in page


@pytest.mark.rule("QRY-1")
def test_qry_1_every_purpose_is_told_with_who_may_state_it_and_by_which_rule(web: Web) -> None:
    """49号(十三): 明确信息查询使用权限和程序."""
    answer = web.http.get("/v1/purposes")
    found = {purpose["code"]: purpose for purpose in answer.get_json()["purposes"]}
    registered = {code for code, purpose in found.items() if purpose["kind"] == "registered"}
    assert registered == set(web.world.city.purposes)
    assert found["licensing"]["roles"] == [] and "SHR-1" in found["licensing"]["rules"]
    # Every one that the platform knows has its use, and names rules that there are.
    assert set(found) - registered == set(OF_PLATFORM)
    assert found["query_review"]["roles"] == ["supervisor"] and found["query_review"]["who_zh"]
    assert {rule for purpose in found.values() for rule in purpose["rules"]} <= {r.id for r in rulebook()}
    again = web.http.get("/v1/purposes", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.rule("REP-2")
def test_rep_2_anyone_reads_what_each_item_asks_for_before_it_is_repaired(web: Web) -> None:
    """15号 一(四): 制定信用修复的具体规定，明确修复方式和程序."""
    web.world.project()
    answer = web.http.get("/v1/repair-terms")
    told = answer.get_json()
    items = {item["item"]: item for item in told["items"]}
    assert set(items) == {item.code for item in web.world.city.items if item.nature == "negative"}
    penalty, limits = items["C03-02"], load_limits()
    assert penalty["materials"] == list(limits.materials_of("C03-02")) and penalty["mode"] in MODES
    assert penalty["public_service_hours"] == limits.public_service["C03-02"]
    assert "excluded_by" not in penalty and all(item["mode"] in MODES for item in items.values())
    assert (told["accept_working_days"], told["answer_working_days"]) == (3, 10)
    assert told["minimum_months"] == dict(limits.minimum_months)
    again = web.http.get("/v1/repair-terms", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_rules_are_told_by_group_and_not_again_to_who_has_them(web: Web) -> None:
    answer = web.http.get("/v1/rules?group=DET")
    assert [rule["group"] for rule in answer.get_json()["rules"]] == ["DET"] * 7
    again = web.http.get("/v1/rules?group=DET", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = web.http.get("/v1/rules", headers={"If-None-Match": answer.headers["ETag"]})
    assert other.status_code == 200
    for wrong in ("group=XXX", "group=", "groups=DET"):
        assert web.http.get(f"/v1/rules?{wrong}").status_code == 400


def test_refusals_are_told_from_the_next_day_on_and_in_full_fives(web: Web) -> None:
    world = web.world
    refuse(world, "DET-2", 13)
    refuse(world, "REP-3", 4)
    rows = [[str(row), "PRV-1", "unknown_field", f] for row in range(6) for f in ("a", "b")]
    log_refused_rows(world.ledger, rows, department="4201", form="penalty", content="x")
    world.project()
    assert not any(sum(counts.values()) for counts in told(web).values())
    world.clock.advance(days=1)
    refuse(world, "DET-2", 5)
    world.project()
    counts = told(web)
    assert counts["DET-2"] == {"acts": 10, "rows": 0}
    assert counts["PRV-1"] == {"acts": 0, "rows": 5}
    assert counts["REP-3"] == {"acts": 0, "rows": 0}  # four could be of one subject
    page = web.http.get("/rules").text
    assert page.count('class="bar"') == 2 and "至少 10 项请求" in page and "13" not in json.dumps(counts)
    world.clock.advance(days=1)
    assert told(web)["DET-2"] == {"acts": 15, "rows": 0}


def test_counting_the_refusals_again_gives_the_same_and_mends_what_was_changed(ledger_world: World) -> None:
    refuse(ledger_world, "DET-2", 3)
    refuse(ledger_world, "OBJ-1", 2)
    ledger_world.project()
    counts = ledger_world.new_refusals()
    assert counts.run_once() == 0 and counts.rebuild()
    with ledger_world.superuser() as conn:
        conn.execute("UPDATE ledger.refusal_counts SET acts = acts + 1 WHERE rule = 'DET-2'")
    assert not counts.rebuild()
    assert not counts.rebuild(force=True)
    assert counts.rebuild()
    with ledger_world.superuser() as conn:
        kept = conn.execute("SELECT rule, acts, rows FROM ledger.refusal_counts ORDER BY rule").fetchall()
    assert kept == [("DET-2", 3, 0), ("OBJ-1", 2, 0)]


@pytest.mark.rule("OBJ-1")
def test_obj_1_a_refusal_over_http_is_counted_and_says_what_is_lawful(web: Web) -> None:
    said = {"record": "6f8d1a52-6a5c-4f44-9d1a-6c1d7b3a2a11", "about": "content", "grounds": "不符"}
    officer = next(o.key for o in web.world.city.officers if o.department == web.code())
    body = json.dumps(said).encode()
    for number in range(5):
        headers = {"content-type": "application/json", "idempotency-key": f"refused-objection-{number}"}
        headers["credit-official"] = officer
        signing = replace(web.signing(), covered=(*COVERED, "credit-official"))
        signed = signing.headers("POST", "/v1/objections", body, headers)
        problem = web.http.post("/v1/objections", data=body, headers=signed).get_json()
        assert problem["rule"] == "OBJ-1" and problem["instead"] == INSTEAD["remedy_record_not_yours"][0]
        assert problem["attempted"] == "提出异议"
    web.world.clock.advance(days=1)
    web.world.project()
    assert told(web, "OBJ")["OBJ-1"] == {"acts": 5, "rows": 0}
