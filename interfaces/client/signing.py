"""Signing a request to the service: RFC 9421 with RFC 9530 Content-Digest, Ed25519.

The client's every request passes here; the service checks the same profile in ``interfaces/http/auth.py``.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

from interfaces.client.sealing import DepartmentKey

COVERED = ("@method", "@path", "@query", "content-digest", "idempotency-key")
OF_CONTENT = ("content-type", "content-encoding")
"""What says how the body is to be read: changed on the way, the same bytes could be taken for something else."""
COVERED_IF_SENT = (*OF_CONTENT, "credit-purpose", "credit-official", "credit-on-behalf-of", "if-match")
LABEL = "credit"


def signature_tag(ledger_id_hex: str) -> str:
    """The audience: a signature for one ledger is nothing to another."""
    return f"credit-ledger/{ledger_id_hex}"


def key_id(department: str, issuer: bytes) -> str:
    """How a key is named in a signature: ``<department code>#<issuer id>``."""
    return f"{department}#{issuer.hex()}"


def display_string(text: str) -> str:
    """An RFC 9651 Display String: what a header can hold of Chinese."""
    kept = (chr(b) if 0x20 <= b < 0x7F and b not in b'%"' else f"%{b:02x}" for b in text.encode())
    return '%"' + "".join(kept) + '"'


def purpose_header(purpose: str, *, case: str, basis: str) -> str:
    """The value of ``Credit-Purpose``: why, in which case, on which ground."""
    return f"{purpose}; case={display_string(case)}; basis={display_string(basis)}"


@dataclass
class Message:
    """A request in the shape that the signature library reads."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


class _OneKey(HTTPSignatureKeyResolver):
    def __init__(self, key: DepartmentKey) -> None:
        self._key = key

    def resolve_private_key(self, key_id: str) -> object:  # noqa: ARG002 - one key only
        return self._key.private

    def resolve_public_key(self, key_id: str) -> object:  # noqa: ARG002 - one key only
        return self._key.private.public_key()


def sign_request(
    message: Message, *, body: bytes, department: str, key: DepartmentKey, ledger_id_hex: str
) -> None:
    """Add Content-Digest, Signature-Input and Signature to the message's headers."""
    covered = (*COVERED, *(name for name in COVERED_IF_SENT if name in message.headers))
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_OneKey(key))
    signer.sign(
        message,
        key_id=key_id(department, key.issuer),
        created=datetime.now(UTC),
        nonce=secrets.token_urlsafe(18),
        label=LABEL,
        tag=signature_tag(ledger_id_hex),
        covered_component_ids=covered,
        body=body,
    )
