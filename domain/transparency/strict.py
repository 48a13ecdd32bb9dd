"""Strict reading of the numbers, hashes and base64 that stand in signed text (FORMATS 1.12).

One text has one meaning here: whatever could also be written in another way is no number and no base64. Every
parser of this package uses these and refuses with a class of its own.
"""

from __future__ import annotations

import base64

HASH_BYTES = 32
SIZE_MAX = 2**63 - 1
"""The largest size of a tree, index of a leaf or time in seconds that is taken."""


class Refused(ValueError):
    """Bytes that are not what they should be. ``code`` is stable and names why; never a value that was met."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def decimal(text: str) -> int | None:
    """The number from 0 to :data:`SIZE_MAX` that is written exactly so, or None: no sign, space or leading zero."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(SIZE_MAX))):
        return None
    number = int(text)
    return number if str(number) == text and number <= SIZE_MAX else None


def from_base64(text: str) -> bytes | None:
    """The bytes whose standard base64 with padding is exactly ``text``, or None."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return data if to_base64(data) == text else None


def to_base64(data: bytes) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(data).decode("ascii")


def hash_from_base64(text: str) -> bytes | None:
    """The 32 bytes whose base64 is exactly ``text``, or None."""
    data = from_base64(text)
    return data if data is not None and len(data) == HASH_BYTES else None
