"""What the service answers carries the gateway's signature, bound to the request, and can be proven years later."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import ContentDigest
from werkzeug.datastructures import Headers

from interfaces.client.api import Client, Department, Problem, Unproven
from interfaces.client.evidence import Exchange, Gateway, NotProven, prove
from interfaces.client.signing import Message, key_id
from interfaces.demo.penalty import penalty_of
from tests.web import NDJSON, Web
from tests.world import World

CODE = "91420100KHDRJHTP5Q"
CASE, BASIS = "示许受字〔2026〕7号", "《中华人民共和国行政许可法》第三十四条"
Spoil = Callable[[Headers, bytes], bytes]
"""Changes an answer's headers and gives another body."""


class Between:
    """A WSGI application before another one that changes its answers: a proxy that lies."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.spoil: Spoil | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer otherwise than the application within, if told to."""
        if self.spoil is None or environ["REQUEST_METHOD"] == "GET":
            return self._inner(environ, start_response)
        begun: list[Any] = []
        body = b"".join(self._inner(environ, lambda status, headers, *_: begun.extend((status, headers))))
        headers = Headers(begun[1])
        body = self.spoil(headers, body)
        headers["Content-Length"] = str(len(body))
        start_response(begun[0], headers.to_wsgi_list())
        return [body]


class Asker:
    """A department that asks the served application, and what it was told."""

    def __init__(self, web: Web) -> None:
        self.web, self.world = web, web.world
        self.gateway = Gateway(self.world.ledger.id.hex, self.world.gateway.public_key)
        self.between = Between(web.app.wsgi_app)
        web.app.wsgi_app = self.between  # type: ignore[method-assign]
        self.officer = next(o.key for o in self.world.city.officers if o.department == web.code())
        self.kept: list[Exchange] = []

    def client(self, url: str, *, gateway: Gateway | None = None) -> Client:
        """A client that trusts a gateway and keeps what it is told."""
        department = Department(self.web.code(), self.web.key())
        trusted = gateway or self.gateway
        return Client(url, department, attempts_max=1, gateway=trusted, keep=self.kept.append)

    def ask(self, client: Client, purpose: str = "licensing") -> list[dict[str, Any]]:
        """One shared query."""
        who = [{"code": CODE}]
        return client.query(who, official=self.officer, purpose=purpose, case=CASE, basis=BASIS)


@pytest.fixture
def asker(seeded_world: World) -> Asker:
    return Asker(Web(seeded_world))


@pytest.fixture
def url(asker: Asker) -> Iterator[str]:
    with asker.web.served() as found:
        yield found


def test_an_answer_and_a_refusal_are_proven_and_name_who_asked(asker: Asker, url: str) -> None:
    client = asker.client(url)
    answers = asker.ask(client)
    with pytest.raises(Problem) as refused:
        asker.ask(client, purpose="curiosity")
    good, bad = (prove(kept, asker.gateway, department_key=asker.web.key().public_key) for kept in asker.kept)
    assert (good.status, json.loads(good.told)["answers"]) == (200, answers)
    assert (bad.status, json.loads(bad.told)) == (403, refused.value.members)
    assert good.asker == key_id(asker.web.code(), asker.web.key().issuer) and good.asker_checked
    assert good.at == asker.world.clock.real().replace(microsecond=0)


def test_an_act_its_repetition_and_its_refusal_are_signed(asker: Asker, url: str) -> None:
    agency, today = asker.world.city.agencies[0], asker.world.today
    parts = penalty_of(agency, "示范有限公司", CODE, number=77, today=today)
    asker.client(url).determine(parts, form="penalty")
    [kept] = asker.kept
    path, key = "/v1/determinations", kept.request.headers["idempotency-key"]
    again = asker.web.post(path, kept.asked, media="application/json", idempotency_key=key)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert '"idempotency-replayed"' in again.headers["Signature-Input"]
    for body, status in ((kept.asked, 200), (kept.asked[:-2], 400)):
        told = asker.web.post(path, body, media="application/json")
        assert told.status_code == status and '"content-type"' in told.headers["Signature-Input"]


def test_an_answer_to_a_department_beyond_its_limit_is_signed(seeded_world: World) -> None:
    web = Web(seeded_world, limits={"commands": 1, "lookup": 9, "unsigned": 9, "operations": 9})
    assert web.post("/v1/determinations", b"{", media="application/json").status_code == 400
    told = web.post("/v1/determinations", b"{", media="application/json")
    assert told.status_code == 429
    assert '"retry-after"' in told.headers["Signature-Input"]


def test_before_a_request_is_authenticated_nothing_is_signed(asker: Asker) -> None:
    web = asker.web
    signed = web.signing().headers(
        "POST", "/v1/queries", b"{}", {"content-type": "application/json", "idempotency-key": "k" * 8}
    )
    first = web.http.post("/v1/queries", data=b"{}", headers=signed)
    replayed = web.http.post("/v1/queries", data=b"{}", headers=signed)
    assert (first.status_code, replayed.status_code) == (400, 401)
    assert "Signature" in first.headers
    changed = web.http.post("/v1/queries", data=b"{ }", headers=signed)
    for answer in (replayed, changed, web.http.post("/v1/queries"), web.http.get("/v1/ledger")):
        assert not {"Signature", "Signature-Input", "Content-Digest"} & set(answer.headers.keys())


def having(name: str, value: str = "") -> Spoil:
    """The same answer with a header replaced, or without it."""

    def spoil(headers: Headers, body: bytes) -> bytes:
        headers.remove(name)
        if value:
            headers[name] = value
        return body

    return spoil


def saying(old: str, new: str) -> Spoil:
    """The same answer with something else in its Signature-Input."""

    def spoil(headers: Headers, body: bytes) -> bytes:
        assert old in headers["Signature-Input"]
        headers["Signature-Input"] = headers["Signature-Input"].replace(old, new)
        return body

    return spoil


def digested(headers: Headers, _: bytes) -> bytes:
    """Another body, with its right digest."""
    body = b'{"answers": []}\n'
    headers["Content-Digest"] = ContentDigest.create(body)
    return body


def doubled(headers: Headers, body: bytes) -> bytes:
    """A second receipt beside the first."""
    headers.add("Credit-Receipt", "access:1")
    return body


SPOILED: dict[str, Spoil] = {
    "no signature": having("Signature"),
    "no signature input": having("Signature-Input"),
    "another body": lambda _, body: body.replace(b"access:", b"access:1"),
    "another body with its digest": digested,
    "another receipt": having("Credit-Receipt", "access:1"),
    "no receipt": having("Credit-Receipt"),
    "a second receipt": doubled,
    "another type": having("Content-Type", "text/plain"),
    "an ETag that was not signed": having("ETag", '"9"'),
    "another instant": saying("created=1", "created=2"),
    "fewer components": saying('"credit-receipt" ', ""),
}


@pytest.mark.parametrize("way", SPOILED)
def test_a_client_that_trusts_a_gateway_takes_no_changed_answer(way: str, asker: Asker, url: str) -> None:
    client = asker.client(url)
    assert asker.ask(client)
    asker.between.spoil = SPOILED[way]
    with pytest.raises(Unproven):
        asker.ask(client)
    assert len(asker.kept) == 1


def test_an_answer_to_another_request_or_by_another_key_is_not_taken(asker: Asker, url: str) -> None:
    client = asker.client(url)
    asker.ask(client)
    first = asker.kept[0]

    def earlier(headers: Headers, _: bytes) -> bytes:
        headers.clear()
        headers.extend(dict(first.headers))
        return first.told

    asker.between.spoil = earlier
    with pytest.raises(Unproven):
        asker.ask(client)
    asker.between.spoil = None
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(Unproven):
        asker.ask(asker.client(url, gateway=replace(asker.gateway, public_key=other)))
    with pytest.raises(Unproven) as unsigned:  # the other ledger's tag is no audience of this service: 401
        asker.ask(asker.client(url, gateway=replace(asker.gateway, ledger_id="00" * 16)))
    assert unsigned.value.status == 401


def test_the_published_gateway_is_the_one_that_signs(asker: Asker, url: str) -> None:
    plain = Client(url, Department(asker.web.code(), asker.web.key()))
    assert plain.published_gateway() == asker.gateway
    for wrong in ({}, {"ledger_id": "00", "gateway_public_key": "00" * 32}, {"ledger_id": "00" * 16}):
        with pytest.raises(ValueError, match="ledger_id"):
            Gateway.of(wrong)


def test_a_kept_exchange_is_checked_offline_from_one_file(asker: Asker, url: str, tmp_path: Path) -> None:
    asker.ask(asker.client(url))
    file = asker.kept[0].save(tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
    found = Exchange.from_bytes(file.read_bytes())
    proof = prove(found, asker.gateway)
    assert proof.told == asker.kept[0].told and not proof.asker_checked
    assert proof.at <= datetime.now(UTC)
    with pytest.raises(NotProven):
        prove(found, asker.gateway, department_key=asker.web.key(1).public_key)
    whole = json.loads(file.read_bytes())
    other = [
        whole | {"format": "xinlu-exchange/2"},
        whole | {"response": {**whole["response"], "status": "x"}},
    ]
    other.append(whole | {"request": {**whole["request"], "headers": {"signature": 1}}})
    for nothing in (b"", b"[]", b"{}", b"\xff", *(json.dumps(wrong).encode() for wrong in other)):
        with pytest.raises(NotProven):
            Exchange.from_bytes(nothing)


def test_no_part_of_a_kept_exchange_can_be_changed(asker: Asker, url: str) -> None:
    asker.ask(asker.client(url))
    asker.ask(asker.client(url))
    kept, other = asker.kept
    url_of = kept.request.url
    requests = {
        "method": replace(kept.request, method="PUT"),
        "path": replace(kept.request, url=url_of.replace("queries", "subject/dossier")),
        "query": Message("POST", f"{url_of}?limit=1", kept.request.headers),
        "nonce": replace(
            kept.request,
            headers=kept.request.headers | {"Signature-Input": other.request.headers["Signature-Input"]},
        ),
        "signature": replace(
            kept.request, headers=kept.request.headers | {"Signature": other.request.headers["Signature"]}
        ),
    }
    spoiled = [replace(kept, request=request) for request in requests.values()]
    spoiled += [
        replace(kept, asked=kept.asked + b" "),
        replace(kept, told=kept.told + b" "),
        replace(kept, status=403),
        replace(kept, headers=other.headers, told=other.told),
        replace(kept, headers={}),
    ]
    for found in spoiled:
        with pytest.raises(NotProven):
            prove(found, asker.gateway)
    purpose = kept.request.headers | {"credit-purpose": "audit"}
    with pytest.raises(
        NotProven
    ):  # the gateway is bound to the request's signature; the key tells what it says
        prove(
            replace(kept, request=replace(kept.request, headers=purpose)),
            asker.gateway,
            department_key=asker.web.key().public_key,
        )


def test_a_streamed_report_is_confirmed_by_its_signed_receipt(asker: Asker, url: str) -> None:
    file = asker.web.sealed(asker.world.files(penalties=4).files["penalties-1.xlsx"])
    streamed = asker.web.send(file, accept=NDJSON)
    assert "Signature" not in streamed.headers
    report = asker.client(url).send_sealed(file.body())
    [kept] = asker.kept
    assert json.loads(prove(kept, asker.gateway).told)["receipt"] == report["receipt"]

    def lies(headers: Headers, body: bytes) -> bytes:
        return body if "Signature" in headers else body.replace(b'"refused":0', b'"refused":1')

    asker.between.spoil = lies
    with pytest.raises(Unproven):
        asker.client(url).send_sealed(file.body())
