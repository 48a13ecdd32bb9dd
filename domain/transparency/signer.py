"""The one port of everything that signs (签名端口): gateway, departments, logs, witnesses.

A file, a PKCS#11 token or a remote service stands behind it; which algorithm it is follows from the public key that the
key id selects, so that callers never name one (ADR 0023).
"""

from __future__ import annotations

from typing import Protocol


class Signer(Protocol):
    """A secret key. ``name`` is whom it signs for; ``key_id`` selects its public key: an issuer id of 8 bytes where
    leaves and answers are signed, the 4 bytes of a verifier key where notes are. ``sign`` gives the bare signature."""

    @property
    def name(self) -> str: ...
    @property
    def key_id(self) -> bytes: ...
    def sign(self, message: bytes) -> bytes: ...
