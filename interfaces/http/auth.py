"""Who sends a request: RFC 9421 signatures of registered department keys, replay refused by nonce.

Every route that changes anything passes here before it reads its body's meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import request
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    VerifyResult,
    algorithms,
)

from application.ports import LedgerUnavailable
from application.registry import Registry
from domain.parties.keys import SigningKey, require_live
from domain.shared.city_time import city_day
from domain.shared.refusals import Defect, Refused
from interfaces.client.evidence import joined
from interfaces.client.signing import COVERED, OF_CONTENT, signature_tag
from interfaces.http.answers import answer_signed
from interfaces.http.problems import ProblemError
from interfaces.http.services import services
from interfaces.http.throttle import count_command

MAX_AGE = timedelta(minutes=5)
NONCE_LENGTHS = range(16, 129)
IDEMPOTENCY_LENGTHS = range(8, 129)


@dataclass(frozen=True)
class Caller:
    """The department (部门) that signed the request, with the key it used and its idempotency key."""

    department: str
    issuer: bytes
    idempotency_key: str
    covered: frozenset[str] = frozenset()

    def signed_header(self, name: str) -> str:
        """The value of a header, which the signature must cover; empty when it was not sent.

        Raises ``ProblemError`` 401 for a header that was sent but is not covered: somebody on the way could
        have put it there.
        """
        value = request.headers.get(name, "")
        if value and name.lower() not in self.covered:
            raise _unauthorised("signature_not_accepted")
        return value


class _Message:
    """The request as it came in: method, raw path and query, headers."""

    def __init__(self) -> None:
        self.method = request.method
        self.url = (
            f"{request.host_url.rstrip('/')}{request.path}?{request.query_string.decode('ascii', 'replace')}"
        )
        if not request.query_string:
            self.url = self.url[:-1]
        self.headers = joined(request.headers.items())


class _Registered(HTTPSignatureKeyResolver):
    """Looks the key of a signature up in the registry; remembers what it found."""

    def __init__(self) -> None:
        self.key: SigningKey | None = None
        self.department = ""

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        department, _, issuer = key_id.partition("#")
        ledger = services().ledger
        key = Registry(ledger).key(bytes.fromhex(issuer))
        self.key = require_live(key, holder=department, day=city_day(ledger.now()))
        self.department = department
        return Ed25519PublicKey.from_public_bytes(self.key.public_key)

    def resolve_private_key(self, key_id: str) -> object:
        raise NotImplementedError


def authenticated(body: bytes) -> Caller:
    """The department that signed this request over ``body`` (as received, before decoding).

    Raises ``ProblemError`` 401 for a missing, wrong, stale or replayed signature or a key that is not live,
    400 for paths beyond unreserved ASCII or a missing Idempotency-Key; ``TooManyRequests`` beyond its limit.
    """
    if not request.path.isascii() or "%" in request.environ.get("RAW_URI", request.path).partition("?")[0]:
        raise ProblemError(400, "path", Defect("FORMAT", "path_not_ascii"))
    key = request.headers.get("Idempotency-Key", "")
    if len(key) not in IDEMPOTENCY_LENGTHS or not key.isascii() or not key.isprintable():
        raise ProblemError(
            400, "idempotency-key", Defect("FORMAT", "idempotency_key_missing", "Idempotency-Key")
        )
    message = _Message()
    result, resolver = _verified(message, body)
    covered = frozenset(component.strip('"') for component in result.covered_components)
    if any(request.headers.get(name) and name not in covered for name in OF_CONTENT):
        raise _unauthorised("signature_not_accepted")
    nonce = result.nonce or ""
    if len(nonce) not in NONCE_LENGTHS:
        raise _unauthorised("signature_nonce_missing")
    assert resolver.key is not None
    ledger = services().ledger
    # How old a request is, is about the machines' time, whatever day a demo has come to.
    now = ledger.clock.real()
    if not ledger.store.use_nonce(resolver.key.issuer, nonce, now=now, expires=now + 2 * MAX_AGE):
        raise _unauthorised("signature_replayed")
    answer_signed(message, label=result.label)
    # After the nonce: who replays a department's request must not use its limit up.
    count_command(resolver.department)
    return Caller(resolver.department, resolver.key.issuer, key, covered)


def _verified(message: _Message, body: bytes) -> tuple[VerifyResult, _Registered]:
    resolver = _Registered()
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=resolver)
    tag = signature_tag(services().ledger.id.hex)
    try:
        results = verifier.verify(
            message, max_age=MAX_AGE, expect_tag=tag, require_components=COVERED, body=body
        )
    except HTTPMessageSignaturesException as error:
        # The library wraps whatever its key resolver raised.
        cause = error.args[0] if error.args else None
        if isinstance(cause, LedgerUnavailable):
            raise cause from None
        if isinstance(cause, Refused):
            raise ProblemError(401, "signature", *cause.defects) from None
        raise _unauthorised("signature_not_accepted") from None
    if len(results) != 1:
        # With two, one key's fresh nonce would carry another key's replayed signature.
        raise _unauthorised("signature_not_accepted")
    return results[0], resolver


def _unauthorised(code: str) -> ProblemError:
    return ProblemError(401, "signature", Defect("DET-5", code, "Signature-Input"))
