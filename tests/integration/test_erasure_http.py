"""Erasure over HTTP: two officers of the credit office, each in a request of their own; nobody else."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.erasure import BASIS, FIRST, SECOND, a_record, carry_out, subject_id
from tests.web import Signing, Web
from tests.world import World

pytestmark = pytest.mark.rule("PRV-4")


@pytest.fixture
def web(seeded_world: World) -> Web:
    return Web(seeded_world)


def post(
    web: Web, path: str, body: dict[str, Any], *, officer: str = FIRST, department: str = "", key: str = ""
) -> TestResponse:
    """A signed request of the credit office (or of another department) by one of its officers."""
    department = department or web.world.city.credit_office.code
    signing = Signing(department, web.world.keys[department], web.world.ledger.id.hex)
    sent = {"content-type": "application/json", "idempotency-key": key or uuid.uuid4().hex}
    if officer:
        sent["credit-official"] = officer
    data = json.dumps(body).encode()
    covered = (*signing.covered, *(("credit-official",) if officer else ()))
    signed = Signing(department, signing.key, signing.ledger_id, covered=tuple(dict.fromkeys(covered)))
    return web.http.post(path, data=data, headers=signed.headers("POST", path, data, sent))


def asked(web: Web, **changed: Any) -> dict[str, Any]:
    _, _, identity = a_record(web.world, "organisation")
    target = {"kind": "subject", "subject": {"code": identity.number}}
    return {
        "erasure": str(uuid.uuid4()), "target": target, "cause": "purpose_ended", "basis": BASIS, **changed,
    }  # fmt: skip


def test_prv_4_two_officers_in_two_requests_and_the_same_answer_again(web: Web) -> None:
    _, _, identity = a_record(web.world, "organisation")
    body, key = asked(web), uuid.uuid4().hex
    first = post(web, "/v1/erasures", body, key=key)
    assert first.status_code == 201 and first.get_json()["receipt"]["status"] == "requested"
    again = post(web, "/v1/erasures", body, key=key)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.get_json()["receipt"] == first.get_json()["receipt"]
    taken = post(web, "/v1/erasures", body)
    assert (taken.status_code, taken.get_json()["errors"][0]["code"]) == (422, "erasure_id_taken")
    where = f"/v1/erasures/{body['erasure']}/approve"
    same = post(web, where, {})
    assert same.status_code == 403
    assert [e["code"] for e in same.get_json()["errors"]] == ["erasure_same_officer"]
    assert same.get_json()["detail"] and same.get_json()["detail_en"] and same.get_json()["clause"]
    assert carry_out(web.world) == []
    assert post(web, where, {}, officer=SECOND).status_code == 201
    late = post(web, where, {}, officer=SECOND)
    assert late.status_code in (403, 422)
    assert carry_out(web.world) and subject_id(web.world, identity) is None
    gone = post(web, "/v1/erasures", asked(web) | {"target": body["target"]})
    assert [e["code"] for e in gone.get_json()["errors"]] == ["erasure_target_unknown"]


def test_prv_4_nobody_but_the_credit_offices_officers_may_ask_or_approve(web: Web) -> None:
    agency = web.world.city.agencies[0].code
    body = asked(web)
    assert post(web, "/v1/erasures", body).status_code == 201
    where = f"/v1/erasures/{body['erasure']}/approve"
    head = web.positions()[0]
    for officer, department in (("market-1", agency), ("market-1", ""), ("nobody", ""), ("", "")):
        for path, sent in (("/v1/erasures", asked(web)), (where, {})):
            answer = post(web, path, sent, officer=officer, department=department)
            assert answer.status_code == 403, (officer, path)
            assert answer.content_type == "application/problem+json"
    assert web.positions()[0] == head


@pytest.mark.parametrize(
    "changed",
    [
        {"cause": "repair"},
        {"cause": ""},
        {"basis": ""},
        {"basis": "x" * 201},
        {"target": {"kind": "subject"}},
        {"target": {"kind": "record", "subject": {"code": "x"}}},
        {"target": {"kind": "class", "subject": {"code": "x"}}},
        {"target": {"kind": "everything"}},
        {"target": {"kind": "part", "record": str(uuid.uuid4())}},
        {"target": {"kind": "part", "record": str(uuid.uuid4()), "name": "public"}},
        {"target": {"kind": "record", "record": str(uuid.uuid4())}},
        {"target": {"kind": "subject", "subject": {"code": "no code"}}},
        {"erasure": "x"},
        {"more": 1},
    ],
    ids=map(str, range(14)),
)
def test_prv_4_what_is_no_request_for_erasure_is_refused_with_its_reason(
    web: Web, changed: dict[str, Any]
) -> None:
    head = web.positions()[0]
    answer = post(web, "/v1/erasures", asked(web, **changed))
    assert answer.status_code in (400, 422)
    assert answer.get_json()["detail"] and answer.get_json()["detail_en"]
    assert web.positions()[0] == head


def test_prv_4_an_unknown_erasure_is_approved_by_nobody(web: Web) -> None:
    answer = post(web, f"/v1/erasures/{uuid.uuid4()}/approve", {}, officer=SECOND)
    assert answer.status_code == 404
    assert [e["code"] for e in answer.get_json()["errors"]] == ["erasure_unknown"]


def test_a_receipt_kept_before_the_hash_was_keyed_is_given_again(web: Web) -> None:
    body, key = asked(web), uuid.uuid4().hex
    assert post(web, "/v1/erasures", body, key=key).status_code == 201
    plain = hashlib.sha256(b"POST\n/v1/erasures\n" + hashlib.sha256(json.dumps(body).encode()).digest())
    with web.world.superuser() as conn:
        conn.execute("UPDATE ledger.inbox SET fingerprint = %s WHERE key = %s", (plain.digest(), key))
    again = post(web, "/v1/erasures", body, key=key)
    assert again.status_code == 201 and again.headers["Idempotency-Replayed"] == "true"
    other = post(web, "/v1/erasures", asked(web), key=key)
    assert other.status_code == 422
