"""Commitments, leaves, file roots and digests give the published vectors, byte for byte."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from uuid import UUID

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.canonical import NotCanonical, canonical, parse_canonical
from domain.transparency.commitment import (
    OpenedPart,
    commit,
    commitment,
    open_parts,
    part_commitment,
    part_salt,
)
from domain.transparency.digest import FIRST_DIGEST, StoredRow, row_digest
from domain.transparency.leaf import ActLeaf, MalformedLeaf, RowLeaf, issuer_id, parse_leaf
from domain.transparency.merkle import inclusion_path, leaf_hash, root_from_path, root_of

VECTORS = Path(__file__).parent.parent / "vectors"
V = json.loads((VECTORS / "leaf_vectors.json").read_text())
TLOG = json.loads((VECTORS / "tlog_vectors.json").read_text())
LEDGER, RECORD, SALT = (bytes.fromhex(V[k]) for k in ("ledger_id", "record_id", "salt"))
KEY = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(V["key"]["seed"]))
ISSUER = bytes.fromhex(V["key"]["issuer_id"])


def sha(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def test_parts_salts_and_commitments_equal_the_vectors() -> None:
    opened = open_parts(SALT, V["parts"])
    for name, part in opened.items():
        assert part.salt.hex() == V["part_salts"][name]
        assert part.content.decode() == V["part_bytes"][name]
        assert part_commitment(V["kind"], name, part).hex() == V["part_commitments"][name]
    assert commit(kind=V["kind"], ledger_id=LEDGER, record_id=RECORD, opened=opened).hex() == V["commitment"]


def test_a_withheld_part_leaves_the_commitment_provable() -> None:
    opened = open_parts(SALT, V["parts"])
    shown = {"public": part_commitment(V["kind"], "public", opened["public"])}
    withheld = {n: bytes.fromhex(V["part_commitments"][n]) for n in ("restricted", "person/1")}
    value = commitment(kind=V["kind"], ledger_id=LEDGER, record_id=RECORD, part_commitments=shown | withheld)
    assert value.hex() == V["commitment"]


def test_leaf_01_equals_the_vector_and_parses_back() -> None:
    unsigned = ActLeaf(kind=1, commitment=bytes.fromhex(V["commitment"]), issuer=ISSUER, signature=b"")
    leaf = ActLeaf(unsigned.kind, unsigned.commitment, unsigned.issuer, KEY.sign(unsigned.signed_bytes))
    assert bytes(leaf).hex() == V["leaf01"] and len(bytes(leaf)) == 106
    assert parse_leaf(bytes(leaf)) == leaf
    assert issuer_id(bytes.fromhex(V["key"]["public"])) == ISSUER


def test_file_root_and_leaf_02_equal_the_vectors() -> None:
    commitments = [
        commit(
            kind=1,
            ledger_id=LEDGER,
            record_id=sha(f"record row {i}")[:16],
            opened=open_parts(sha(f"salt row {i}"), {"public": {"row": i}}),
        )
        for i in range(5)
    ]
    assert [c.hex() for c in commitments] == V["file"]["commitments"]
    root = root_of(bytes([1]) + c for c in commitments)
    assert root.hex() == V["file"]["root"]
    leaf = RowLeaf(kind=1, commitment=commitments[3], issuer=ISSUER, file_root=root, row=3)
    assert bytes(leaf).hex() == V["file"]["leaf02_row_3"] and len(bytes(leaf)) == 78
    assert parse_leaf(bytes(leaf)) == leaf


def test_digest_chain_equals_the_vectors() -> None:
    d = V["digests"]
    digest = FIRST_DIGEST
    for n, expected in enumerate(d["chain"], start=1):
        row = StoredRow(
            position=n,
            stream_id=UUID(hex=d["stream_id"]),
            stream_version=n,
            topic=d["topic"],
            schema_version=d["schema_version"],
            recorded_at=d["recorded_at"],
            meta=canonical(d["meta"]),
            key_ref=d["key_ref"],
            sealed=hashlib.sha256(f"sealed {n}".encode()).digest() * 2,
            leaf=bytes.fromhex(V["leaf01"]),
            digest=b"",
        )
        digest = row_digest(digest, row)
        assert digest.hex() == expected


@pytest.mark.parametrize("data", [b"", b"\x01" * 105, b"\x02" * 106, b"\x01" * 78, b"\x03" * 106])
def test_bytes_that_are_no_leaf_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedLeaf):
        parse_leaf(data)


@pytest.mark.parametrize("salt", [b"", b"k" * 31, b"k" * 33])
def test_a_salt_of_another_length_is_refused(salt: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        part_salt(salt, "public")
    with pytest.raises(ValueError, match="32 bytes"):
        part_commitment(1, "public", OpenedPart(salt, b"{}"))


@given(st.integers(1, 70), st.data())
def test_every_inclusion_path_leads_to_the_root(size: int, data: st.DataObject) -> None:
    entries = [n.to_bytes(2, "big") for n in range(size)]
    leaves = [leaf_hash(e) for e in entries]
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(leaves, index)
    assert root_from_path(leaves[index], index=index, size=size, path=path) == root_of(entries)
    assert root_from_path(leaves[index], index=index, size=size, path=[*path, leaves[0]]) is None
    if path:
        assert root_from_path(leaves[index], index=index, size=size, path=path[:-1]) != root_of(entries)


json_values = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(max_codepoint=127), max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values)
def test_canonical_bytes_equal_rfc8785(value: object) -> None:
    try:
        expected = rfc8785.dumps(value)  # type: ignore[arg-type]
    except rfc8785.CanonicalizationError:
        with pytest.raises(NotCanonical):
            canonical(value)  # type: ignore[arg-type]
        return
    assert canonical(value) == expected  # type: ignore[arg-type]
    assert parse_canonical(expected) == value


@pytest.mark.parametrize(
    "value", [1.0, None, {"k": None}, 2**53 + 1, {"名": "x"}, {1: "x"}, "\ud800", ["\udc00"], b"x"]
)
def test_values_outside_the_restricted_json_are_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("data", [b'{"b":1,"a":2}', b'{"a": 1}', b"1.0", b"null", b"{", b'"\\u00e9"'])
def test_bytes_that_are_not_canonical_are_refused(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        parse_canonical(data)
