"""Canonical JSON bytes (RFC 8785) for the restricted JSON that payloads may hold (STORAGE 1).

Strings, booleans, integers within 2^53, arrays and objects with ASCII keys, no floats and no null: for
these Python's sorted, compact encoder gives exactly the RFC 8785 bytes (property-tested against rfc8785).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

_ALLOWED = "strings, booleans, integers, arrays and objects only"
INTEGER_MAX = 2**53 - 1
DEPTH_MAX = 16

Json = str | bool | int | Sequence["Json"] | Mapping[str, "Json"]
Part = Mapping[str, Json]
Parts = Mapping[str, Part]


class NotCanonical(ValueError):
    """A value outside the restricted JSON; the message names the kind of fault, never the value."""


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical(value: Json) -> bytes:
    """The RFC 8785 bytes of ``value``.

    Raises :class:`NotCanonical` for floats, null, integers beyond 2^53, non-ASCII keys, lone surrogates
    and nesting deeper than 16.
    """
    _check(value, 0)
    try:
        return _encode(value).encode("utf-8")
    except UnicodeEncodeError:
        raise NotCanonical("a lone surrogate") from None


def parse_canonical(data: bytes) -> Json:
    """The value whose canonical bytes are exactly ``data``; raises :class:`NotCanonical` otherwise."""
    try:
        value: Json = json.loads(data)
    except (ValueError, RecursionError):
        raise NotCanonical("not JSON") from None
    if canonical(value) != data:
        raise NotCanonical("not in canonical form")
    return value


def _check(value: object, depth: int) -> None:
    if isinstance(value, (str, bool)):
        return
    if isinstance(value, int):
        if abs(value) > INTEGER_MAX:
            raise NotCanonical("an integer beyond 2^53")
        return
    if depth >= DEPTH_MAX:
        raise NotCanonical("nested too deep")
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise NotCanonical("a key that is not ASCII")
            if item.__class__ is not str:
                _check(item, depth + 1)
        return
    if isinstance(value, (list, tuple)):
        for item in value:
            _check(item, depth + 1)
        return
    raise NotCanonical(_ALLOWED)
