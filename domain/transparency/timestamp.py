"""What an RFC 3161 token (时间戳) states: the SHA-256 it was given, and when. Who signed it is checked elsewhere.

Authorities write tokens in DER, so the way to these two is always the same and one pattern reads it, anchored at the
first byte: nothing that the authority did not sign can stand in the way of what it signed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.transparency.strict import Refused

TOKEN_BYTES_MAX = 32_768
_FORM = (
    "30L06092a864886f70d010702a0L30L020103"  # ContentInfo, SignedData of version 3
    "(?:310f300dS[1-3]0500|310d300bS[1-3])"  # one digest algorithm, and nothing that could hide more
    "30L060b2a864886f70d0109100104a0L04L"  # eContent: what follows is signed
    "30L02010106(?:..){2,60}?(?:3031300dS10500|302f300bS1)0420(.{64})"  # version, policy, imprint of SHA-256
    "02(?:..){2,40}?18[01].((?:3[0-9]){14})"  # serial number, genTime
)
_LENGTH, _SHA_2 = "(?:[0-7].|81[89a-f].|82(?!00)....)", "060960864801650304020"
TOKEN = re.compile(_FORM.replace("L", _LENGTH).replace("S", _SHA_2))
"""TimeStampToken in hex: the imprint and the digits of ``genTime`` (RFC 3161 2.4.2, RFC 5652 5)."""


class RefusedToken(Refused):
    """Bytes that are no token, by ``code``."""


@dataclass(frozen=True)
class Stated:
    """The SHA-256 that was stamped, and the time in UTC, ``2026-11-21T02:00:00Z``; whole seconds, as cut off."""

    digest: bytes
    time: str


def stated(token: bytes) -> Stated:
    """What a token states. Raises :class:`RefusedToken`."""
    if len(token) > TOKEN_BYTES_MAX:
        raise RefusedToken("token_too_large")
    found = TOKEN.match(token.hex())
    if found is None:
        raise RefusedToken("token_form")
    digits = bytes.fromhex(found[2]).decode("ascii")
    return Stated(
        bytes.fromhex(found[1]), re.sub("(....)(..)(..)(..)(..)(..)", r"\1-\2-\3T\4:\5:\6Z", digits)
    )
