"""What the service answered, proven: the gateway's RFC 9421 signature over an answer and the request it answers.

The service signs with the lists that stand here (``interfaces/http/answers.py``); an exchange that is kept can be
checked years later, without network, database or service.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import http_sf
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    ContentDigest,
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    MappingKeyResolver,
    VerifyResult,
    algorithms,
)

from domain.transparency.leaf import issuer_id
from interfaces.client.signing import COVERED, Message, key_id, signature_tag

GATEWAY = "gateway"
FORMAT = "xinlu-exchange/1"
STATUS = ("@status", "content-digest")
STATUS_IF_SENT = (
    "content-type",
    "credit-receipt",
    "credit-position",
    "etag",
    "idempotency-replayed",
    "link",
    "retry-after",
)
OF_REQUEST = ('"@method";req', '"@path";req', '"@query";req', '"content-digest";req')


def answer_components(headers: Iterable[str], label: str) -> tuple[str, ...]:
    """What the gateway signs of an answer with these headers (lower case), to a request signed under ``label``."""
    bound = tuple(f'"{name}";req;key="{label}"' for name in ("signature-input", "signature"))
    sent = frozenset(headers)
    return (*STATUS, *(name for name in STATUS_IF_SENT if name in sent), *OF_REQUEST, *bound)


class NotProven(Exception):
    """An exchange does not show what the gateway answered; the text says which part, and nothing of what was said."""


@dataclass(frozen=True)
class Gateway:
    """The gateway (网关) that a client trusts: the id of its ledger (hex) and its Ed25519 public key (32 bytes)."""

    ledger_id: str
    public_key: bytes

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Gateway:
        """The gateway in the members of ``GET /v1/ledger``. Raises ``ValueError`` when they are malformed."""
        try:
            ledger_id, public_key = str(told["ledger_id"]), bytes.fromhex(str(told["gateway_public_key"]))
            if len(bytes.fromhex(ledger_id)) != 16:
                raise ValueError
            Ed25519PublicKey.from_public_bytes(public_key)
        except (KeyError, ValueError):
            raise ValueError("the gateway needs ledger_id and gateway_public_key in hex") from None
        return cls(ledger_id, public_key)

    @property
    def key_id(self) -> str:
        """How its signatures name its key: ``gateway#<issuer id>``."""
        return key_id(GATEWAY, issuer_id(self.public_key))


@dataclass
class Response:
    """An answer in the shape that the signature library reads; header names in lower case."""

    status_code: int
    headers: dict[str, str]
    request: Any


@dataclass(frozen=True)
class Exchange:
    """A signed request and its answer (往来), whole: it holds whatever was asked and told, so keep it like that."""

    request: Message
    asked: bytes
    status: int
    headers: Mapping[str, str]
    told: bytes

    def to_bytes(self) -> bytes:
        """The exchange as one JSON file."""
        request = {"method": self.request.method, "url": self.request.url, "headers": self.request.headers}
        answer = {"status": self.status, "headers": dict(self.headers)}
        whole = {
            "format": FORMAT,
            "request": {**request, "body": base64.b64encode(self.asked).decode()},
            "response": {**answer, "body": base64.b64encode(self.told).decode()},
        }
        return json.dumps(whole, indent=1).encode() + b"\n"

    @classmethod
    def from_bytes(cls, content: bytes) -> Exchange:
        """The exchange in a file. Raises :class:`NotProven` when it is none."""
        try:
            whole = json.loads(content)
            asked, answer = whole["request"], whole["response"]
            if whole["format"] != FORMAT:
                raise ValueError
            return cls(
                Message(str(asked["method"]), str(asked["url"]), _kept(asked["headers"])),
                base64.b64decode(asked["body"], validate=True),
                int(answer["status"]),
                _kept(answer["headers"]),
                base64.b64decode(answer["body"], validate=True),
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise NotProven("this is no kept exchange") from None

    def save(self, folder: Path) -> Path:
        """Write it to a new file of mode 0600, named by the digest of its content; the file."""
        content = self.to_bytes()
        path = folder / f"{hashlib.sha256(content).hexdigest()[:32]}.json"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        return path


@dataclass(frozen=True)
class Proof:
    """What an exchange proves: the gateway told ``status`` and ``told``, at ``at``, to the request of ``asker``.

    ``asker`` is the key id that the request names. ``asker_checked`` is False when no key of the department was
    given: then that the department itself asked so is not shown.
    """

    status: int
    told: bytes
    at: datetime
    asker: str
    asker_checked: bool


def prove(exchange: Exchange, gateway: Gateway, *, department_key: bytes | None = None) -> Proof:
    """Check an exchange against the gateway that is trusted, and against the department's public key if given.

    Nothing but the arguments is looked at. Whether either key was live at that time is not checked: the ledger's
    key events say so. Raises :class:`NotProven`.
    """
    response = Response(exchange.status, joined(exchange.headers.items()), exchange.request)
    tag = signature_tag(gateway.ledger_id)
    try:
        label, asker = _signed_under(exchange.request)
        ContentDigest.verify(_header(exchange.request.headers, "content-digest"), exchange.asked)
        found = _verified(
            response,
            exchange.told,
            tag=tag,
            key_id=gateway.key_id,
            key=gateway.public_key,
            covered=answer_components(response.headers, label),
        )
        if department_key is not None:
            _verified(
                exchange.request, exchange.asked, tag=tag, key_id=asker, key=department_key, covered=COVERED
            )
    except HTTPMessageSignaturesException:
        raise NotProven("a signature is missing, does not cover what it must, or does not hold") from None
    at = datetime.fromtimestamp(int(found.parameters["created"]), UTC)
    return Proof(exchange.status, exchange.told, at, asker, department_key is not None)


class _Verifier(HTTPMessageVerifier):
    """Asks no clock: an answer is as fresh as the request that it is bound to, and evidence has no age."""

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:  # noqa: ARG002
        if type(sig_input.params.get("created")) is not int:
            raise HTTPMessageSignaturesException("created is missing")


def _verified(
    message: object, body: bytes, *, tag: str, key_id: str, key: bytes, covered: Iterable[str]
) -> VerifyResult:
    known = {key_id: Ed25519PublicKey.from_public_bytes(key)}
    verifier = _Verifier(
        signature_algorithm=algorithms.ED25519,
        key_resolver=MappingKeyResolver(public_keys=known, private_keys={}),
    )
    results = verifier.verify(
        message, max_age=None, expect_tag=tag, require_components=tuple(covered), body=body
    )
    if len(results) != 1:
        raise HTTPMessageSignaturesException("exactly one signature is expected")
    return results[0]


def _signed_under(request: Message) -> tuple[str, str]:
    """The label and the key id of a request's one signature."""
    try:
        parsed: Any = http_sf.parse(
            _header(request.headers, "signature-input").encode("ascii"), tltype="dictionary"
        )
        [(label, (_, parameters))] = parsed.items()
        return str(label), str(parameters["keyid"])
    except (ValueError, TypeError, KeyError):
        raise HTTPMessageSignaturesException("the request's signature cannot be read") from None


def _header(headers: Mapping[str, str], name: str) -> str:
    return joined(headers.items()).get(name, "")


def _kept(headers: dict[str, str]) -> dict[str, str]:
    if not all(isinstance(value, str) for value in headers.values()):
        raise TypeError
    return joined(headers.items())


def joined(items: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Header fields by name in lower case, repeated ones joined in order."""
    found: dict[str, str] = {}
    for name, value in items:
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found
