"""Every event version and stored format gives its golden bytes: what was stored once stays readable for ever."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag

from application.projections.renditions import open_rendition
from application.sealing import (
    BrokenSeal,
    associated_data,
    open_part,
    pack,
    parse_key_reference,
    unpack,
)
from application.topics import EVENTS, TOPICS
from domain.shared.canonical import parse_canonical
from domain.transparency.commitment import open_parts
from domain.transparency.leaf import ActLeaf, parse_leaf
from domain.transparency.sealed_file import FileSeal, SealedRow
from tests.vectors.make_event_vectors import (
    EVENTS_FOLDER,
    EXAMPLES,
    FORMATS_FILE,
    KEY,
    LEDGER,
    SALT,
    event_vector,
    example_rendition,
    format_vectors,
)

PATHS = sorted(EVENTS_FOLDER.glob("*.json"))
FORMATS: dict[str, Any] = json.loads(FORMATS_FILE.read_text(encoding="utf-8"))
STREAM, AT = UUID(int=1), datetime(2026, 11, 21, tzinfo=UTC)


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_every_event_version_has_its_vector() -> None:
    wanted = {f"{event.TOPIC}.v{version}.json" for event in EVENTS for version in range(1, event.SCHEMA + 1)}
    assert {path.name for path in PATHS} == wanted
    assert {f"{topic}.v{schema}.json" for topic, schema in EXAMPLES} == wanted


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_an_event_gives_its_golden_bytes(path: Path) -> None:
    vector = read(path)
    assert path.name == f"{vector['topic']}.v{vector['schema_version']}.json"
    again = event_vector(vector["topic"], vector["schema_version"], vector["kind"], vector["parts"])
    assert again == vector
    assert vector["kind"] == TOPICS[vector["topic"]].KIND
    assert vector["parts"] == EXAMPLES[vector["topic"], vector["schema_version"]]
    for name, content in vector["part_bytes"].items():
        assert parse_canonical(bytes.fromhex(content)) == vector["parts"][name]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_golden_leaf_carries_its_signature(path: Path) -> None:
    vector = read(path)
    leaf = parse_leaf(bytes.fromhex(vector["leaf01"]))
    assert isinstance(leaf, ActLeaf)
    assert leaf.commitment.hex() == vector["commitment"]
    KEY.public_key().verify(leaf.signature, leaf.signed_bytes)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_todays_code_reads_a_golden_event_back(path: Path) -> None:
    vector = read(path)
    event_type = TOPICS[vector["topic"]]
    parts = event_type.upcast(vector["parts"], schema=vector["schema_version"])
    event = event_type.from_parts(parts, stream_id=STREAM, version=1, recorded_at=AT)
    assert (event.originator_id, event.originator_version, event.timestamp) == (STREAM, 1, AT)
    assert event.parts() == parts
    if vector["schema_version"] == event_type.SCHEMA:
        assert parts == vector["parts"]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_an_event_whose_person_is_erased_still_reads(path: Path) -> None:
    vector = read(path)
    event_type = TOPICS[vector["topic"]]
    kept = {name: part for name, part in vector["parts"].items() if not name.startswith("person/")}
    event = event_type.from_parts(kept, stream_id=STREAM, version=1, recorded_at=AT)
    assert event.parts() == kept


def test_every_other_format_gives_its_golden_bytes() -> None:
    assert format_vectors() == FORMATS


def test_the_golden_container_opens_with_its_keys_in_its_place_only() -> None:
    golden = FORMATS["sealing"]
    container = bytes.fromhex(golden["container"])
    ciphertexts = unpack(container)
    opened = open_parts(SALT, EXAMPLES["record.determined", 1])
    assert parse_key_reference(golden["key_reference"]) == {
        name: (UUID(golden["owner"]), name.partition("/")[0]) for name in opened
    }
    for number, (name, ciphertext) in enumerate(sorted(ciphertexts.items()), start=1):
        key, place = bytes([number]) * 32, bytes.fromhex(golden["associated_data"][name])
        assert open_part(ciphertext, key=key, place=place) == opened[name]
        for elsewhere in (
            associated_data(log="access", stream_id=UUID(bytes=place[-40:-24]), version=1, name=name),
            place[:-1] + b"!",
        ):
            with pytest.raises(BrokenSeal):
                open_part(ciphertext, key=key, place=elsewhere)
    assert pack(ciphertexts) == container


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: b"\x02" + data[1:],
        lambda data: data[:1] + bytes([data[1] + 1]) + data[2:],
        lambda data: b"",
        lambda data: data[:2] + b"\xff" + data[3:],
    ],
    ids=["cut", "longer", "another version", "one part more", "empty", "a name without end"],
)
def test_a_container_of_other_bytes_does_not_parse(change: Any) -> None:
    with pytest.raises(BrokenSeal):
        unpack(change(bytes.fromhex(FORMATS["sealing"]["container"])))


@pytest.mark.parametrize(
    "text", ["", "public", "public=", "public=x/public", "b={0}/x;a={0}/x", "a={0}/x;a={0}/y"]
)
def test_a_key_reference_of_other_text_does_not_parse(text: str) -> None:
    with pytest.raises(BrokenSeal):
        parse_key_reference(text.format(UUID(int=1)))


def test_the_golden_lines_of_a_sealed_file_read_back() -> None:
    golden = FORMATS["sealed_file"]
    seal = FileSeal.from_line(golden["seal_line"].encode())
    assert seal.to_line().decode() == golden["seal_line"]
    KEY.public_key().verify(seal.signature, seal.message(seal.issuer))
    assert FileSeal.from_line(golden["unsigned_seal_line"].encode()).signature == b""
    row = SealedRow.from_line(golden["row_line"].encode())
    assert row.to_line().decode() == golden["row_line"]
    assert row.commitment(LEDGER).hex() == golden["row_commitment"]


@pytest.mark.parametrize("golden", FORMATS["renditions"], ids=lambda g: f"{g['view']}-{g['part']}")
def test_the_golden_renditions_open_in_their_place_only(golden: dict[str, Any]) -> None:
    key = bytes.fromhex(golden["key"])
    sealed = example_rendition(golden["view"], golden["part"], bytes.fromhex(golden["sealed"]))
    assert open_rendition(sealed, key=key).decode() == golden["content"]
    for elsewhere in (
        replace(sealed, view="other"),
        replace(sealed, record_id=UUID(int=2)),
        replace(sealed, part="other"),
    ):
        with pytest.raises(InvalidTag):
            open_rendition(elsewhere, key=key)
