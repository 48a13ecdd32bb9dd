"""Lists of changes: one spelling for each, and everything else refused."""

from __future__ import annotations

import pytest

from domain.transparency.delta import MapChanges, RefusedDelta, format_delta, parse_delta
from domain.transparency.epoch import MAPS

KEY, OTHER, VALUE = b"\x01" * 32, b"\x02" * 32, b"\x03" * 32
CHANGES: dict[str, MapChanges] = {
    **{name: {} for name in MAPS},
    "public": {OTHER: None, KEY: VALUE},
    "access": {KEY: VALUE},
}
TEXT = format_delta(7, CHANGES)


def test_what_is_written_is_read_back() -> None:
    assert parse_delta(7, TEXT) == CHANGES
    assert TEXT.decode().splitlines()[:3] == [
        "credit/view-delta@v1", "epoch 7", f"public {KEY.hex()} {VALUE.hex()}",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        b"",
        TEXT[:-1],
        TEXT + b"\n",
        TEXT.upper(),
        TEXT.replace(b"epoch 7", b"epoch 8"),
        TEXT.replace(b"access", b"axcess"),
        TEXT.replace(KEY.hex().encode(), b"01"),
        TEXT.replace(b" -", b" "),
        b"".join(sorted(TEXT.splitlines(keepends=True), reverse=True)),
        TEXT + TEXT.splitlines(keepends=True)[-1],
        TEXT.replace(b"03", b"\xe9", 1),
    ],
)
def test_every_other_spelling_is_refused(data: bytes) -> None:
    with pytest.raises(RefusedDelta):
        parse_delta(7, data)
