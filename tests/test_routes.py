"""Every route there is, walked: described, signed where it is not public, with a purpose where it reads.

A route that is added without a description, without an authenticator or without a purpose fails here.
"""

from __future__ import annotations

import ast
import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import psycopg
import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from application.limits import LIMITS
from application.queries.registers import REGISTERS
from domain.access.model import OWN_RECORDS
from interfaces.cli.generate import main, openapi
from interfaces.client.evidence import Exchange, Gateway, prove
from interfaces.client.signing import COVERED, Message
from interfaces.demo import identities
from interfaces.http.app import interface
from interfaces.http.describing import Access, Operation, described
from interfaces.http.guide import guides
from interfaces.http.openapi import PROBLEMS, SIGNED_HEADERS, path_of
from interfaces.http.problem_kinds import KINDS, kind_of
from interfaces.http.problems import TITLES
from interfaces.http.walkthrough import WALKTHROUGH
from tests.web import HOST, Signing, Web
from tests.world import World

PROJECT = Path(__file__).resolve().parent.parent
REGISTERED = {f"/v1/{name}{one}" for name in REGISTERS for one in ("", "/{key}")}
PUBLIC = {
    "/v1/ledger", "/v1/openapi.json", "/v1/receipts/{event}", "/v1/lists/{key}", "/v1/rules", "/v1/settings",
    "/v1/purposes", "/v1/repair-terms", "/v1/tip-offs", "/v1/tip-offs/follow-up",
    "/v1/instruments", "/v1/instruments/workbook", "/v1/instruments/notices/{month}",
    "/v1/indicators", "/v1/indicators/workbook", *REGISTERED,
}  # fmt: skip
"""Routes under /v1 that anyone may ask: they tell nothing about anyone, but who is shown on a public list."""
PAGES = {
    "portal.certified", "portal.rules", "portal.clean_up_page", "portal.notice_page",
    "portal.static", "portal.front", "portal.register", "portal.register_entry", "portal.public_list",
    "portal.lookup_by_link", "portal.lookup", "portal.record", "portal.verify",
    "portal.indicators_page", "portal.indicator_chart",
    "portal.tip_off_page", "portal.tip_off_filed", "portal.tip_off_followed",
    "docs.static", "docs.page", "docs.problems", "docs.problem",
}  # fmt: skip
"""What people look at, which is no part of the interface for machines."""
DRY_RUNS = {"intakes.check"}
"""Signed routes that neither record anything nor read anything but what the request itself holds."""
QUERYING = {("evidence.evidence", "credit-official"), ("credit_reports.report", "credit-official")}
"""Asked by an officer, these are queries; on a subject's behalf its own questions."""
OF_NO_SUBJECT = {
    "worklist.worklist_of_caller", "late.late_publications", "flags.flags", "indicators.exact_indicators",
    "tip_offs.list_tip_offs", "officers.officer_standing",
}  # fmt: skip
"""Reads that name no subject and are therefore no look: what waits for a department, counts, and how an officer stands
(ADR 0014, 0017, 0048)."""
HANDLER = "handler-1"
"""Whom the office named to open tip-offs."""
CODE = identities.credit_code(Random(5), prefix="91", division="420100")


def operations() -> Iterator[tuple[str, Rule, Operation]]:
    """Every described route."""
    app = Flask("routes", static_folder=None)
    interface(app)
    for rule in app.url_map.iter_rules():
        said = described(app.view_functions[rule.endpoint])
        if said is not None:
            yield rule.endpoint, rule, said


DESCRIBED = {endpoint: (rule, said) for endpoint, rule, said in operations()}
SIGNED = sorted(endpoint for endpoint, (_, said) in DESCRIBED.items() if said.access is not Access.PUBLIC)
READS = [e for e in SIGNED if 201 not in DESCRIBED[e][1].gives and e not in DRY_RUNS]
"""Whatever cannot answer that something was recorded reads: a new route is one of these unless it records."""
OFFICER, SUBJECT = "credit-official", "credit-on-behalf-of"


def path(endpoint: str) -> str:
    """A path of the route, with ids of nothing."""
    return re.sub(r"\{[^}]+\}", str(uuid.uuid4()), path_of(DESCRIBED[endpoint][0]))


@pytest.fixture(scope="module")
def web(refusing_world: World) -> Web:
    """One service for all: whatever is asked here is refused, or tells of nothing."""
    return Web(refusing_world, limits={name: 10**6 for name in LIMITS})  # noqa: C420 - the keys are literals


def test_every_route_is_described_or_a_page(web: Web) -> None:
    there = {rule.endpoint for rule in web.app.url_map.iter_rules()}
    assert there == set(DESCRIBED) | PAGES
    assert not set(DESCRIBED) & PAGES


def test_the_document_has_every_route_and_no_other() -> None:
    document = openapi()
    there = {
        (path_of(rule), method.lower())
        for rule, _ in DESCRIBED.values()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert there == {(p, method) for p, methods in document["paths"].items() for method in methods}


def test_the_walkthrough_leads_through_routes_that_there_are() -> None:
    paths = openapi()["paths"]
    named = re.findall(r"`(GET|POST) (/[^`]+)`", WALKTHROUGH)
    assert len(named) > 40
    assert not [path for method, path in named if method.lower() not in paths.get(path, {})]


def test_the_document_is_served_as_it_is_committed(web: Web) -> None:
    answer = web.http.get("/v1/openapi.json")
    assert answer.content_type == "application/json"
    assert answer.text == (PROJECT / "docs" / "api" / "openapi.json").read_text(encoding="utf-8")
    assert answer.get_json()["openapi"] == "3.1.0"


def test_generated_documents_are_committed_as_the_code_makes_them() -> None:
    assert main(["--check"]) == 0


def test_every_operation_says_all_that_a_caller_needs() -> None:
    document = openapi()
    for methods in document["paths"].values():
        for told in methods.values():
            zh, _, en = told["summary"].partition(" / ")
            assert zh and en and told["description"] and told["tags"]
            assert {"429", "500", "503"} < set(told["responses"])
            access = Access(told["x-access"])
            assert bool(told["security"]) is (access is not Access.PUBLIC)
            named = {p.get("$ref", "").rpartition("/")[2] for p in told["parameters"]}
            assert set(SIGNED_HEADERS[access]) <= named
    scheme = document["components"]["securitySchemes"]["department"]["description"]
    for word in ("RFC 9421", "Ed25519", "credit-ledger/", "@method @path @query content-digest", "nonce"):
        assert word in scheme


def test_only_the_short_list_is_public() -> None:
    public = {path_of(rule) for rule, said in DESCRIBED.values() if said.access is Access.PUBLIC}
    assert {p for p in public if p.startswith("/v1/")} == PUBLIC


@pytest.mark.rule("QRY-1")
def test_qry_1_the_description_of_every_read_requires_a_purpose() -> None:
    assert {
        "queries.ask",
        "queries.dossier",
        "objections.objection_state",
        "worklist.worklist_of_caller",
    } <= set(READS)
    assert all(DESCRIBED[endpoint][1].access is not Access.DEPARTMENT for endpoint in READS)
    for methods in openapi()["paths"].values():
        for told in methods.values():
            if told["operationId"] not in [endpoint.replace(".", "_") for endpoint in READS]:
                continue
            names = {p.get("$ref", "").rpartition("/")[2] for p in told["parameters"]}
            names |= {p["name"] for p in told["parameters"] if p.get("required")}
            assert "Credit-Purpose" in names, told["operationId"]


@pytest.mark.rule("QRY-1")
@pytest.mark.parametrize("endpoint", SIGNED)
def test_qry_1_a_request_without_signature_is_turned_away(endpoint: str, web: Web) -> None:
    before = web.positions()
    for headers, status in (({}, 400), ({"Idempotency-Key": uuid.uuid4().hex}, 401)):
        answer = web.http.post(path(endpoint), data=b"{}", headers=headers)
        assert answer.status_code == status
        assert set(answer.get_json()) <= {
            "type", "title", "status", "instance", "detail", "detail_en", "rule", "errors", "clause", "quote",
            "instead", "instead_en", "attempted", "attempted_en",
        }  # fmt: skip
    assert web.positions() == before


@pytest.mark.rule("QRY-1")
@pytest.mark.parametrize(
    "endpoint", [e for e in SIGNED if DESCRIBED[e][1].access not in (Access.DEPARTMENT, Access.PUBLIC)]
)
def test_qry_1_a_signed_request_that_names_nobody_is_turned_away(endpoint: str, web: Web) -> None:
    world, said = web.world, DESCRIBED[endpoint][1]
    department = world.city.agencies[0].code
    if said.access is Access.SUBJECT:
        department = world.city.credit_office.code  # else it would be refused for who it is
    signing = Signing(department, world.keys[department], world.ledger.id.hex)
    where, body = path(endpoint), json.dumps(body_of(said, own=False)).encode()
    sent = {"content-type": "application/json", "idempotency-key": uuid.uuid4().hex}
    answer = web.http.post(where, data=body, headers=signing.headers("POST", where, body, sent))
    if "If-Match" in said.headers:
        assert answer.status_code == 428
    else:
        assert answer.status_code == 403 and answer.get_json()["rule"] in ("QRY-1", "PRV-3")


def askers(endpoint: str) -> list[str]:
    """As whom a read may be asked: an officer, or a portal on a subject's behalf."""
    access = DESCRIBED[endpoint][1].access
    by_access = {Access.SUBJECT: [SUBJECT], Access.CASE: [OFFICER, SUBJECT]}
    return by_access.get(access, [OFFICER])


def read(web: Web, endpoint: str, asker: str, purpose: str) -> TestResponse:
    """The answer to a question with which nothing is wrong but, perhaps, its purpose."""
    world, office = web.world, web.world.city.credit_office.code
    officer = next(o.key for o in world.city.officers if o.department == office)
    officer = HANDLER if endpoint == "tip_offs.open_tip_off" else officer
    said = {OFFICER: officer} if asker == OFFICER else {SUBJECT: "subject"}
    body = json.dumps(body_of(DESCRIBED[endpoint][1], own=asker == SUBJECT)).encode()
    headers = said | ({"credit-purpose": purpose} if purpose else {})
    key, covered = world.keys[office], (*COVERED, *headers)
    signing = Signing(office, key, world.ledger.id.hex, covered=covered)
    sent = {"content-type": "application/json", "idempotency-key": uuid.uuid4().hex, **headers}
    where = path(endpoint)
    return web.http.post(where, data=body, headers=signing.headers("POST", where, body, sent))


def purpose_of(endpoint: str, asker: str) -> str:
    """The purpose for which a read is answered."""
    # A department asks for evidence as it queries; on a subject's behalf it is the subject's own question.
    if (endpoint, asker) in QUERYING:
        return 'licensing; case="7"; basis="34"'
    return OWN_RECORDS.code if asker == SUBJECT else guides()[endpoint.replace(".", "_")].purpose


ASKED = [(e, asker) for e in READS for asker in askers(e)]


@pytest.mark.rule("QRY-1")
@pytest.mark.parametrize(("endpoint", "asker"), ASKED)
def test_qry_1_every_read_without_its_purpose_is_refused_and_logged(
    endpoint: str, asker: str, web: Web
) -> None:
    """Nothing else is wrong with these requests: with the right purpose none of them is forbidden."""

    def status_of(purpose: str) -> tuple[int, str]:
        answer = read(web, endpoint, asker, purpose)
        return answer.status_code, answer.get_json().get("rule", "") if answer.is_json else ""

    for wrong in ("", "curiosity", 'curiosity; case="7"; basis="34"', "audit"):
        before = web.positions()[1]
        assert status_of(wrong) == (403, "QRY-1"), wrong
        [logged] = web.world.reader.rows("access", after=before, limit=9)
        assert logged.topic == "act.refused"
    unconsented = (422, "PRV-2") if endpoint == "credit_reports.report" and asker == OFFICER else None
    web.world.project()  # a month is told once it is counted
    told = status_of(purpose_of(endpoint, asker))
    assert told[0] in (200, 404) or told == unconsented


@pytest.mark.rule("QRY-1")
@pytest.mark.parametrize("case", ["%e2%80%8b", "%e3%85%a4%20", "2026-%e2%80%ae7", "2026%00-7"])
def test_qry_1_a_case_that_nobody_can_read_or_that_turns_its_direction_is_none(case: str, web: Web) -> None:
    answer = read(web, "queries.ask", OFFICER, f'licensing; case=%"{case}"; basis="34"')
    told = answer.get_json()
    assert answer.status_code == 403 and (told["rule"], told["errors"][0]["code"]) == (
        "QRY-1",
        "case_missing",
    )
    assert read(web, "queries.ask", OFFICER, 'licensing; case=%"%e7%a4%ba7"; basis="34"').status_code == 200


@contextmanager
def without_the_log(web: Web) -> Iterator[None]:
    """Nothing can be appended, by any function of any login of the service."""
    found = (
        "SELECT p.oid::regprocedure, r.rolname FROM pg_proc p, pg_roles r WHERE rolname LIKE 'xinlu%'"
        " AND pronamespace = 'ledger'::regnamespace AND has_function_privilege(r.oid, p.oid, 'EXECUTE')"
        " AND (proname LIKE 'append%' OR proname LIKE 'logged%')"
    )
    with psycopg.connect(web.world.database.admin, autocommit=True) as connection:
        rights = connection.execute(found).fetchall()
        revoke, grant = (
            [f"{call} EXECUTE ON ROUTINE {name} {to} {role}".encode() for name, role in rights]
            for call, to in (("REVOKE", "FROM"), ("GRANT", "TO"))
        )
        assert len(rights) > 3
        connection.execute(b"; ".join(revoke))
        try:
            yield
        finally:
            connection.execute(b"; ".join(grant))


@pytest.mark.rule("QRY-2")
def test_qry_2_while_the_log_cannot_be_written_no_read_is_answered(web: Web) -> None:
    """Neither with the right purpose nor with a wrong one, since a refusal is logged before it is told as well."""
    web.world.project()
    with without_the_log(web):
        for purpose in (None, "curiosity"):
            told = {
                (e, asker): read(web, e, asker, purpose or purpose_of(e, asker)).status_code
                for e, asker in ASKED
            }
            silent = {endpoint for (endpoint, _), status in told.items() if status == 503}
            assert set(told.values()) <= {200, 404, 503}
            assert set(READS) - silent == (OF_NO_SUBJECT if purpose is None else set())


@pytest.mark.parametrize("endpoint", SIGNED)
def test_whatever_a_signed_route_answers_is_signed_by_the_gateway(endpoint: str, web: Web) -> None:
    where, body = path(endpoint), b"{}"
    sent = {"content-type": "application/json", "idempotency-key": uuid.uuid4().hex}
    asked = Message("POST", f"{HOST}{where}", web.signing().headers("POST", where, body, sent))
    answer = web.http.post(where, data=body, headers=asked.headers)
    told = Exchange(asked, body, answer.status_code, dict(answer.headers), answer.data)
    gateway = Gateway.of(web.http.get("/v1/ledger").get_json())
    assert prove(told, gateway).status >= 400


def body_of(said: Operation, *, own: bool) -> dict[str, object]:
    """A body that the route's schema takes; ``own``: it names on whose behalf a portal asks."""
    (schema,) = said.takes.values()
    assert isinstance(schema, type)
    if "subjects" in schema().fields:
        return {"subjects": [{"code": CODE}]}
    if {"show", "reason"} <= schema().fields.keys():
        return {"show": ["report"], "reason": "x"}
    if set(schema().fields) == {"officer"}:
        return {"officer": HANDLER}
    claim = {"claim": "recorded", "record": str(uuid.uuid4())} if "claim" in schema().fields else {}
    asks_of_measure = {"subject", "measure"} <= set(schema().fields)
    claim |= {"measure": "M11"} if asks_of_measure else {}
    asks_of_one = own or asks_of_measure or not {"entrustment", "excerpt"}.isdisjoint(schema().fields)
    return {"subject": {"code": CODE}, **claim} if asks_of_one else {**claim}


HALVES = [
    {"subjects": [{"id_type": "护照", "id_number": "\ud800"}]},
    {"subjects": [{"id_type": "\udfff", "id_number": "E1"}]},
    {"record": str(uuid.uuid4()), "about": "\ud800", "grounds": "x"},
    {"\ud800": {"fee": 1}},
]


HALVED = ["queries.ask", "objections.file_objection", "determinations.determine", "repairs.apply_for_repair"]


@pytest.mark.parametrize("endpoint", HALVED)
def test_half_a_character_in_a_body_is_malformed(endpoint: str, web: Web) -> None:
    """A lone surrogate is JSON for some parsers; no hash and no database takes it."""
    officer = next(o for o in web.world.city.officers if o.department == web.code())
    headers = {"credit-official": officer.key, "credit-purpose": 'licensing; case="7"; basis="34"'}
    signing = replace(web.signing(), covered=(*COVERED, *headers))
    where = path(endpoint)
    for half in HALVES:
        body = json.dumps(half).encode()
        sent = {"content-type": "application/json", "idempotency-key": uuid.uuid4().hex, **headers}
        answer = web.http.post(where, data=body, headers=signing.headers("POST", where, body, sent))
        assert answer.status_code == 400
        assert answer.get_json()["type"] == "/problems/malformed"


def kinds_in_code() -> set[str]:
    """Every kind that the code names where it makes a problem."""
    named: set[str] = set()
    for source in (PROJECT / "interfaces").rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or len(node.args) < 2:
                continue
            if ast.unparse(node.func).rpartition(".")[2] in ("ProblemError", "members"):
                named |= {
                    part.value
                    for part in ast.walk(node.args[1])
                    if isinstance(part, ast.Constant)
                    and isinstance(part.value, str)
                    and part.value != "http-"
                }
    return named


def test_every_kind_of_problem_in_the_code_is_explained_and_none_else() -> None:
    assert kinds_in_code() == set(KINDS)
    assert len(KINDS) > 10


def test_every_status_that_a_route_may_answer_has_words() -> None:
    statuses = {s for said in (said for _, said in DESCRIBED.values()) for s in said.problems}
    statuses |= {s for listed in PROBLEMS.values() for s in listed}
    statuses |= {s for kind in KINDS.values() for s in kind.statuses}
    assert statuses <= set(TITLES)


@pytest.mark.parametrize("accept", ["text/html", "*/*"])
def test_the_type_of_a_problem_is_a_page_chinese_first(accept: str, web: Web) -> None:
    http = {f"http-{status}" for status in TITLES}
    for name in sorted(set(KINDS) | http):
        answer = web.http.get(f"/problems/{name}", headers={"Accept": accept})
        assert answer.status_code == 200 and answer.mimetype == "text/html"
        kind = kind_of(name)
        assert kind is not None
        assert answer.text.index(kind.zh) < answer.text.index(kind.en.replace("'", "&#39;"))
    assert web.http.get("/problems/signature").text.count("<script") == 0
    assert all(f"/problems/{name}" in web.http.get("/problems").text for name in KINDS)


def test_a_kind_that_does_not_exist_has_no_page(web: Web) -> None:
    for name in ("nothing", "http-200", "http-999", "http-460", "signature%00"):
        assert web.http.get(f"/problems/{name}").status_code == 404


def test_a_problem_leads_to_its_page(web: Web) -> None:
    for asked in (web.http.post("/v1/queries"), web.http.get("/v1/nothing"), web.http.delete("/v1/ledger")):
        problem = json.loads(asked.data)
        assert web.http.get(problem["type"]).status_code == 200
