"""A time stamping authority over HTTP (RFC 3161 3.4), and the check of its tokens against roots that we trust.

``application/stamping.py`` decides what is stamped; ``fsck`` and the command ``stamp-check`` check what was kept.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509

from application.ports import Clock
from application.stamping import StampFailed
from domain.transparency.strict import Refused
from domain.transparency.timestamp import TOKEN_BYTES_MAX, stated
from infrastructure.plain_http import NoAnswer, exchange

ANSWER_SECONDS_MAX = 10.0
ANSWER_BYTES_MAX = TOKEN_BYTES_MAX
OFF_SECONDS_MAX = 300.0
"""How far a fresh token's time may lie from our clock: beyond it one of the two is wrong, and an operator must see."""
_HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
_GRANTED = 0


@dataclass(frozen=True)
class TokenCheck:
    """Whose tokens count: those that chain to a certificate of the PEM file ``roots``, under ``policy`` if it is given.

    A chain is judged at the time that the token states, so that what has expired since stays good.
    """

    roots: Path
    policy: str | None = None

    def check(self, token: bytes, data: bytes) -> None:
        """That a kept token is a trusted authority's over these bytes. Raises :class:`StampFailed`."""
        if len(token) > TOKEN_BYTES_MAX:
            raise StampFailed("token_too_large")
        # The library reads answers: this is one that says "granted".
        body = b"\x30\x03\x02\x01\x00" + token
        self.of_reply(b"\x30\x82" + len(body).to_bytes(2, "big") + body, data, nonce=None)

    def of_reply(self, reply: bytes, data: bytes, *, nonce: int | None) -> tuple[bytes, datetime]:
        """Token and time of a granted answer over these bytes. Raises :class:`StampFailed`, whose code is the first
        thing wrong."""
        # Only who stamps or checks stamps needs the library.
        from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response  # noqa: PLC0415

        try:
            found = decode_timestamp_response(reply)
            if found.status != _GRANTED:
                raise StampFailed("refused")
            told, token = found.tst_info, bytes(found.time_stamp_token())
            if nonce is not None and told.nonce != nonce:
                raise StampFailed("nonce")
            if self.policy is not None and told.policy.dotted_string != self.policy:
                raise StampFailed("policy")
            if stated(token).digest != hashlib.sha256(data).digest():
                raise StampFailed("imprint")
            verifier = VerifierBuilder(roots=self.certificates()).build()
            verifier.verify(found, hashlib.sha256(data).digest())
            at: datetime = told.gen_time
        except Refused as refused:
            raise StampFailed(refused.code) from None
        except VerificationError:
            raise StampFailed("untrusted") from None
        except (ValueError, TypeError, OverflowError):
            raise StampFailed("malformed") from None
        return token, at

    def certificates(self) -> list[x509.Certificate]:
        """The roots, read anew each time. Raises :class:`StampFailed` when the file cannot be."""
        try:
            return x509.load_pem_x509_certificates(self.roots.read_bytes())
        except (OSError, ValueError):
            raise StampFailed("roots") from None


class HttpTimeAuthority:
    """See ``application.stamping.TimeAuthority``. What is sent is a hash and a nonce, so plain http will do too."""

    def __init__(self, url: str, check: TokenCheck, clock: Clock) -> None:
        self._url = url
        self._check = check
        self._clock = clock

    def stamp(self, data: bytes) -> bytes:
        """Ask once. Raises :class:`StampFailed`."""
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder  # noqa: PLC0415

        self._check.certificates()  # what could not be checked is not asked for
        asked = TimestampRequestBuilder(data, HashAlgorithm.SHA256, nonce=True, cert_req=True).build()
        try:
            status, reply = exchange(
                "POST",
                self._url,
                asked.as_bytes(),
                _HEADERS,
                bytes_max=ANSWER_BYTES_MAX,
                seconds_max=ANSWER_SECONDS_MAX,
            )
        except NoAnswer as none:
            raise StampFailed(str(none)) from None
        if status != 200:
            raise StampFailed(f"status_{status}")
        token, at = self._check.of_reply(reply, data, nonce=asked.nonce)
        if abs((at - self._clock.now()).total_seconds()) > OFF_SECONDS_MAX:
            raise StampFailed("time")
        return token
