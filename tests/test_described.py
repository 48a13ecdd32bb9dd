"""What the interface tells of each operation: who may call it, by which rules, and an example that it understands.

An operation, a member of a request or a tag that is added without its words fails here; so does an example that its
route would call malformed, or that the caller named in the description may not send.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields
from datetime import date
from typing import Any

import pytest

from application.limits import LIMITS
from domain.instruments.basis import cited_levels
from domain.records.events import RecordDetermined
from domain.records.rows import check_row
from domain.remedies.events import RecordCorrected
from domain.shared.deadlines import add_months
from domain.shared.events import ENVELOPE
from domain.shared.legal_basis import SUFFICIENT_LEVELS
from interfaces.cli.generate import openapi
from interfaces.client.form_data import load_forms
from interfaces.client.signing import COVERED
from interfaces.http.field_words import ADDRESS_WORDS, WORDS
from interfaces.http.guide import guides, taken
from interfaces.rulebook import rulebook
from tests.web import Signing, Web
from tests.world import World

JSON = "application/json"
NO_RULE = {
    "docs_openapi_json", "healthz", "operations_expose", "operations_readyz", "operations_version",
}  # fmt: skip
"""What runs and describes the service, whoever it serves."""
HANDLER = "handler-1"


def operations() -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    """Id, method, path and description of every operation."""
    for path, methods in openapi()["paths"].items():
        for method, told in methods.items():
            yield told["operationId"], method.upper(), path, told


OPERATIONS = {name: (method, path, told) for name, method, path, told in operations()}


def content_of(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an operation takes, by media type."""
    found: Mapping[str, Any] = told.get("requestBody", {}).get("content", {})
    return found


POSTED = sorted(name for name, (_, _, told) in OPERATIONS.items() if JSON in content_of(told))


def test_every_operation_says_who_may_call_it_and_by_which_rules() -> None:
    assert set(guides()) == set(OPERATIONS)
    for name, (_, _, told) in OPERATIONS.items():
        guide = guides()[name]
        assert all(guide.who) and guide.text() in told["description"], name
        assert bool(guide.rules) is (name not in NO_RULE), name
        assert told["x-rules"] == list(guide.rules) and all(rulebook()[rule] for rule in guide.rules)


def test_every_seal_names_its_kind_and_what_it_is_made_over() -> None:
    for name in POSTED:
        guide, example = guides()[name], content_of(OPERATIONS[name][2])[JSON]["example"]
        drafted = name == "intakes_seal_draft"  # the draft tells the bytes
        assert bool(guide.seal) is ("signature" in example and not drafted), name
        if guide.seal:
            assert all(guide.seal[1]) and str(int(guide.seal[0].KIND)) in guide.text()
            if guide.seal[0] in (RecordDetermined, RecordCorrected) or "parts" not in example:
                continue
            told = {member for part in example["parts"].values() for member in part}
            assert {f.name for f in fields(guide.seal[0]) if needed(f)} <= told, name


def needed(field: Field[Any]) -> bool:
    """Whether whoever seals an event must always give the field."""
    return field.name not in ENVELOPE and field.default is MISSING


def test_every_member_of_a_request_and_every_tag_has_its_words() -> None:
    document = openapi()
    schemas = document["components"]["schemas"]
    members = [(n, m, told) for n in taken(document) for m, told in schemas[n].get("properties", {}).items()]
    assert [f"{n}.{m}" for n, m, told in members if not told.get("description")] == []
    known = {m for _, m, _ in members} | {f"{n}.{m}" for n, m, _ in members}
    assert set(WORDS) <= known
    tags = {tag["name"]: tag["description"] for tag in document["tags"]}
    assert set(tags) == {told["tags"][0] for _, _, told in OPERATIONS.values()}
    assert all(" / " in words for words in tags.values())


def test_every_part_of_an_address_has_its_words() -> None:
    own = [(n, p) for n, (_, _, told) in OPERATIONS.items() for p in told["parameters"] if "$ref" not in p]
    assert [(n, p["name"]) for n, p in own if not p.get("description")] == []
    assert set(ADDRESS_WORDS) <= {p["name"] for _, p in own}


@pytest.mark.rule("LST-3")
def test_the_example_of_a_decision_to_list_has_the_last_day_that_the_standard_gives() -> None:
    public = content_of(OPERATIONS["listings_decide_listing"][2])[JSON]["example"]["parts"]["public"]
    standard = content_of(OPERATIONS["proposals_make_proposal"][2])[JSON]["example"]["content"]
    assert standard["code"] == public["list_code"]
    last = add_months(date.fromisoformat(public["decided_on"]), standard["term_months"])
    assert public["until"] == last.isoformat()


@pytest.mark.rule("DET-7")
def test_the_example_of_a_link_cites_what_may_put_something_on_a_persons_record() -> None:
    public = content_of(OPERATIONS["links_link_person"][2])[JSON]["example"]["parts"]["public"]
    assert not SUFFICIENT_LEVELS.isdisjoint(cited_levels(public["basis"]))
    assert SUFFICIENT_LEVELS.isdisjoint(cited_levels("《示范市公共信用信息管理办法》第二十条"))


@pytest.mark.rule("DET-3")
def test_what_the_forms_tell_by_example_the_row_rules_accept() -> None:
    guide = guides()["determinations_determine"]
    assert guide.example is not None
    examples = [(guide.example["form"], guide.example["parts"]), *guide.forms.items()]
    assert {kind for kind, _ in examples} == set(load_forms())
    for kind, parts in examples:
        assert check_row(load_forms()[kind], parts, today=date(2026, 11, 21)) == [], kind


def test_every_field_of_every_form_is_told_with_its_part() -> None:
    told = OPERATIONS["determinations_determine"][2]["description"]
    assert all(f"| `{code}` |" in told for form in load_forms().values() for code in form.fields)
    assert (
        "| `CF_SY` | 违法事实 facts of violation | 至多 5000 字 characters | 必填 required | `restricted` |"
        in told
    )


@pytest.fixture(scope="module")
def web(refusing_world: World) -> Web:
    """One service for all examples."""
    return Web(refusing_world, limits={name: 10**6 for name in LIMITS})  # noqa: C420 - the keys are literals


@pytest.mark.parametrize("name", POSTED)
def test_an_example_is_understood_when_the_caller_named_sends_it(name: str, web: Web) -> None:
    """What it names does not exist in this ledger, and no signature of it holds; nothing else may be wrong."""
    _, path, told = OPERATIONS[name]
    if name.startswith("indicators_"):
        web.world.project()  # a month is told once all before it is counted
    body = json.dumps(content_of(told)[JSON]["example"]).encode()
    where = re.sub(r"\{[^}]+\}", str(uuid.uuid4()), path)
    sent = {"content-type": JSON, "idempotency-key": uuid.uuid4().hex}
    if told["x-access"] == "public":
        answer = web.http.post(where, data=body, headers=sent)
    else:
        department, headers = caller(name, told, web.world)
        signing = Signing(
            department, web.world.keys[department], web.world.ledger.id.hex, covered=(*COVERED, *headers)
        )
        sent |= headers
        answer = web.http.post(where, data=body, headers=signing.headers("POST", where, body, sent))
    problem = answer.get_json() if answer.is_json else {}
    assert answer.status_code in (200, 201, 404, 409, 412, 422), problem
    assert answer.status_code == 404 or problem.get("rule") != "FORMAT", problem


DRAWN = {
    "determinations_determine": "record", "links_link_person": "link", "consents_give": "consent",
    "erasures_request_erasure": "erasure", "entries_enter_red_list": "entry", "entries_enter_watch_list": "entry",
    "entries_enter_reference": "entry",
}  # fmt: skip
"""What takes an id that its caller draws, and the member that holds it."""


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_an_id_that_follows_from_a_name_is_no_id_to_draw(name: str, web: Web) -> None:
    """A department could take a coming notice's id before the office seals it, and no notice could be issued."""
    _, path, told = OPERATIONS[name]
    derived = str(uuid.uuid5(uuid.NAMESPACE_DNS, "x"))
    body = json.dumps(content_of(told)[JSON]["example"] | {DRAWN[name]: derived}).encode()
    department, headers = caller(name, told, web.world)
    sent = {"content-type": JSON, "idempotency-key": uuid.uuid4().hex} | headers
    signing = Signing(
        department, web.world.keys[department], web.world.ledger.id.hex, covered=(*COVERED, *headers)
    )
    answer = web.http.post(path, data=body, headers=signing.headers("POST", path, body, sent))
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (400, f"/{DRAWN[name]}")


def caller(name: str, told: Mapping[str, Any], world: World) -> tuple[str, dict[str, str]]:
    """Who sends it, and the headers that say so, as the description tells."""
    who, office = guides()[name].who[1], world.city.credit_office.code
    headers = {}
    if told["x-access"] == "subject" or "portal" in who:
        department, headers["credit-on-behalf-of"] = office, "subject"
        if name == "entries_object_to_entry":
            headers["credit-on-behalf-of"] = "agent"
        purpose = "own_records" if guides()[name].purpose else ""
    else:
        department = office if "credit office" in who or "supervisor" in who else world.city.agencies[0].code
        officer = next(o.key for o in world.city.officers if o.department == department)
        headers["credit-official"] = HANDLER if "handler" in who else officer
        purpose = guides()[name].purpose
    headers |= {"credit-purpose": purpose} if purpose else {}
    if any(p.get("name") == "If-Match" for p in told["parameters"]):
        headers["if-match"] = '"1"'
    return department, headers
