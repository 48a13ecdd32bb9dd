"""The wish for a next key as bytes: what the present key and the new one both sign.

A department's client signs it; the command that registers the key and every later verification check both signatures.
"""

from __future__ import annotations

_LABEL = b"credit/key-succession/v1\n"


def succession_message(
    *, ledger_id: bytes, holder: str, present: bytes, public_key: bytes, not_after: str
) -> bytes:
    """What both keys of a department sign when the next one is registered: the present one asks, the new one is held.

    ``ledger_id`` 16 bytes, ``present`` the present key's issuer id, ``public_key`` the next one's 32 bytes,
    ``not_after`` an ISO date.
    """
    head = _LABEL + ledger_id + present + public_key
    return head + f"{holder}\n{not_after}".encode()
