"""Lists of changes: what an epoch put into each map and took out of it, as published text (FORMATS 5.4).

The epoch maker writes one an epoch, whose SHA-256 the epoch states; an auditor replays them from the empty maps.
"""

from __future__ import annotations

from collections.abc import Mapping

from domain.transparency.epoch import MAPS
from domain.transparency.strict import HASH_BYTES, Refused

_FIRST = "credit/view-delta@v1"
MapChanges = dict[bytes, bytes | None]
"""By key the new value, None where the key goes."""


class RefusedDelta(Refused):
    """Bytes that are no list of changes."""


def format_delta(number: int, changes: Mapping[str, MapChanges]) -> bytes:
    """The changes of an epoch, one a line: map, key, value or ``-`` when the key goes."""
    lines = [f"{_FIRST}\nepoch {number}\n"]
    for name in MAPS:
        lines += [f"{name} {k.hex()} {v.hex() if v else '-'}\n" for k, v in sorted(changes[name].items())]
    return "".join(lines).encode("ascii")


def parse_delta(number: int, data: bytes) -> dict[str, MapChanges]:
    """The changes of epoch ``number`` whose bytes are exactly ``data``. Raises :class:`RefusedDelta`."""
    changes: dict[str, MapChanges] = {name: {} for name in MAPS}
    for line in data.decode("latin-1").split("\n")[2:-1]:
        words = line.split(" ")
        if len(words) != 3 or words[0] not in changes:
            raise RefusedDelta("delta_line")
        changes[words[0]][_hash(words[1])] = None if words[2] == "-" else _hash(words[2])
    if format_delta(number, changes) != data:
        raise RefusedDelta("delta_form")
    return changes


def _hash(text: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        raise RefusedDelta("delta_hash") from None
    if len(found) != HASH_BYTES:
        raise RefusedDelta("delta_hash")
    return found
