"""The authenticated map: its root follows from the set alone, its proofs hold, and no other proof does."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.transparency.prefix_map import EMPTY_MAP, MapFile, MapHead, PrefixMap, PutFile, ReadFile, build
from domain.transparency.prefix_proof import Ending, MapProof, absent, parse_map_proof, present
from domain.transparency.prefix_tree import (
    EMPTY,
    RefusedMap,
    bit,
    decode_pairs,
    encode_pairs,
    map_leaf,
    map_node,
    subtree,
)
from tests.transparency import VECTORS, sha

MAP = VECTORS["map"]
Files = dict[MapFile, bytes]
Pairs = dict[bytes, bytes]


def vector_pairs(count: int) -> Pairs:
    return {sha(b"view:public:v1\0record-%d" % i): sha(f"value-{i}") for i in range(count)}


def root_by_definition(pairs: list[tuple[bytes, bytes]], depth: int = 0) -> bytes:
    if not pairs:
        return EMPTY
    if len(pairs) == 1 and depth:
        return map_leaf(*pairs[0])
    sides = [[pair for pair in pairs if bit(pair[0], depth) == side] for side in (0, 1)]
    return map_node(root_by_definition(sides[0], depth + 1), root_by_definition(sides[1], depth + 1))


def depth_by_definition(pairs: Pairs) -> int:
    def fits(depth: int) -> bool:
        counts = buckets_at(pairs, depth)
        return len(counts) == 1 << depth and min(counts.values()) > 1

    return max([0, *filter(fits, range(4, 17, 4))])


def buckets_at(pairs: Pairs, depth: int) -> Counter[int]:
    return Counter(int.from_bytes(key, "big") >> (256 - depth) for key in pairs)


def reading(files: Files) -> ReadFile:
    return lambda file, _node: files[file]


def putting(files: Files) -> PutFile:
    def put(file: MapFile, data: bytes, _node: bytes) -> None:
        files[file] = data

    return put


def built(pairs: Pairs) -> tuple[MapHead, Files]:
    files: Files = {}
    return build(encode_pairs(pairs.items()), putting(files)), files


def even(count: int, bits: int) -> Pairs:
    """``count`` pairs spread over all prefixes of so many bits as evenly as can be."""
    return {
        ((i % (1 << bits)) << (256 - bits) | int.from_bytes(sha(f"even {i}"), "big") >> bits).to_bytes(
            32, "big"
        ): sha(f"value {i}")
        for i in range(count)
    }


@cache
def sample(count: int, bits: int) -> tuple[MapHead, Files]:
    return built(even(count, bits))


# Keys that share long prefixes as well as keys that share none.
near_keys = st.builds(
    lambda head, fill, length, tail: (head + fill * 32)[: 32 - length] + tail[:length],
    st.sampled_from([b"\0", b"\x80"]),
    st.sampled_from([b"\0", b"\xff"]),
    st.integers(0, 31),
    st.binary(min_size=32, max_size=32),
)
keys = near_keys | st.integers(0, 40).map(lambda i: sha(f"key {i}"))
values = st.integers(0, 3).map(lambda i: sha(f"value {i}"))


def test_roots_equal_the_vectors() -> None:
    for count, root in MAP["roots_of_first_n"].items():
        head, _ = built(vector_pairs(int(count)))
        assert (head.root.hex(), head.count) == (root, int(count))


@pytest.mark.parametrize("case", MAP["proofs"], ids=lambda c: c["what"])
def test_proofs_equal_the_vectors_and_hold(case: dict) -> None:
    head, files = built(vector_pairs(300))
    key, root = bytes.fromhex(case["key"]), bytes.fromhex(case["root"])
    if "after" in case["what"]:
        head = PrefixMap(head, reading(files)).update({key: None}, putting(files))
    assert head.root == root
    value, proof = PrefixMap(head, reading(files)).prove(key)
    assert (str(proof.ending), [s.hex() for s in proof.siblings]) == (case["kind"], case["siblings"])
    assert len(proof.siblings) == case["depth"]
    if value is None:
        assert absent(root, key, proof)
        assert (proof.leaf and [part.hex() for part in proof.leaf]) == case["leaf"]
    else:
        assert [key.hex(), value.hex()] == case["leaf"] and present(root, key, value, proof)


@given(st.dictionaries(keys, values, max_size=60))
def test_the_root_is_that_of_the_definition_whatever_the_keys(pairs: Pairs) -> None:
    head, _ = built(pairs)
    assert head.root == root_by_definition(sorted(pairs.items()))
    assert decode_pairs(encode_pairs(pairs.items())) == sorted(pairs.items())


@pytest.mark.parametrize(("count", "bits"), [(32, 4), (512, 8), (2600, 8), (8192, 12), (131_072, 16)])
def test_buckets_and_tiles_give_the_root_of_the_whole(count: int, bits: int) -> None:
    head, files = sample(count, bits)
    data = encode_pairs(even(count, bits).items())
    assert head.root == subtree(data, 0)
    assert head.depth == bits
    assert PrefixMap(head, reading(files)).pairs() == data
    widths = {
        level: {len(b) // 32 for f, b in files.items() if f.level == level} for level in (1, 2) if bits > 4
    }
    assert bits <= 8 or widths == {1: {256}, 2: {16 if bits == 12 else 256}}
    assert bits != 4 or len(files[MapFile(4, 1, 0)]) == 16 * 32
    assert Counter(f.level for f in files)[0] == 1 << bits


@settings(deadline=None)
@given(
    st.sampled_from([(0, 4), (3, 4), (31, 4), (32, 4), (100, 4), (511, 8), (512, 8), (700, 8)]),
    st.lists(st.lists(st.tuples(st.booleans(), st.integers(0, 1000), keys, values), max_size=60), max_size=4),
)
def test_any_sequence_of_changes_gives_the_files_of_a_rebuild(
    start: tuple[int, int], epochs: list[list[tuple[bool, int, bytes, bytes]]]
) -> None:
    pairs, pool = even(*start), list(even(start[0] + 20, start[1]))[-60:]
    head, files = built(pairs)
    for epoch in epochs:
        changes: dict[bytes, bytes | None] = {}
        for spread, at, key, value in epoch:
            changes[pool[at % len(pool)] if spread else key] = value if at % 3 else None
        put: Files = {}
        depth = head.depth
        head = PrefixMap(head, reading(files)).update(changes, putting(put))
        changed = {key for key, value in changes.items() if pairs.get(key) != value}
        pairs = {k: v for k, v in (pairs | changes).items() if v is not None}
        anew, anew_files = built(pairs)
        assert head == anew and head.depth == depth_by_definition(pairs)
        if head.depth == depth:
            buckets = set(buckets_at(dict.fromkeys(changed, b""), depth))
            assert {file.index for file in put if file.level == 0} == buckets
        files |= put
        if pairs:
            assert {f: files[f] for f in anew_files} == anew_files


@pytest.mark.parametrize(("count", "bits"), [(32, 4), (512, 8), (8192, 12)])
def test_the_buckets_get_deeper_with_the_pair_that_fills_them_and_back_without_it(
    count: int, bits: int
) -> None:
    whole = even(count, bits)
    last, value = whole.popitem()
    head, files = built(whole)
    assert head.depth == bits - 4
    deeper = PrefixMap(head, reading(files)).update({last: value}, putting(files))
    assert deeper.depth == bits
    assert PrefixMap(deeper, reading(files)).update({last: None}, putting(files)) == head
    assert {file: files[file] for file in built(whole)[1]} == built(whole)[1]
    assert PrefixMap(deeper, reading(files)).pairs() == encode_pairs(even(count, bits).items())
    at_once: Files = {}
    assert PrefixMap(EMPTY_MAP, reading(at_once)).update(dict(even(count, bits)), putting(at_once)) == deeper


def test_one_change_writes_one_bucket_and_its_path() -> None:
    head, files = sample(131_072, 16)
    key = sorted(even(131_072, 16))[77_777]
    put: Files = {}
    before = PrefixMap(head, reading(files))
    proved = before.prove(key)
    after = before.update({key: sha("new")}, putting(put))
    assert before.prove(key) == proved
    index = int.from_bytes(key[:2], "big")
    assert set(put) == {MapFile(16, 0, index), MapFile(16, 1, index >> 8), MapFile(16, 2, 0)}
    back: Files = {}
    assert PrefixMap(after, reading(files | put)).update({key: even(131_072, 16)[key]}, putting(back)) == head
    assert back == {f: files[f] for f in put}


def test_changes_that_change_nothing_write_nothing() -> None:
    head, files = sample(512, 8)
    pairs = even(512, 8)
    key = next(iter(pairs))
    put: Files = {}
    assert (
        PrefixMap(head, reading(files)).update({sha("absent"): None, key: pairs[key]}, putting(put)) == head
    )
    assert not put


def test_a_removed_key_leaves_no_trace_and_the_last_one_leaves_the_empty_map() -> None:
    pairs = even(40, 4)
    head, files = built(pairs)
    extra = {sha(f"extra {i}"): sha("v") for i in range(300)}
    grown = PrefixMap(head, reading(files)).update(dict(extra), putting(files))
    back = PrefixMap(grown, reading(files)).update(dict.fromkeys(extra), putting(files))
    assert grown.count == 340 and back == head
    gone = PrefixMap(back, reading(files)).update(dict.fromkeys(pairs), putting(files))
    assert gone == EMPTY_MAP and PrefixMap(gone, reading(files)).prove(sha("k")) == (
        None,
        MapProof(Ending.NON_INCLUSION_PARENT, ()),
    )
    assert absent(EMPTY, sha("k"), MapProof(Ending.NON_INCLUSION_PARENT, ()))
    assert not absent(head.root, sha("k"), MapProof(Ending.NON_INCLUSION_PARENT, ()))


@settings(deadline=None)
@given(
    st.dictionaries(keys, values, max_size=30)
    | st.sampled_from([(100, 4), (700, 8)]).map(lambda s: even(*s)),
    st.data(),
)
def test_a_proof_of_one_kind_holds_and_none_of_the_other(pairs: Pairs, data: st.DataObject) -> None:
    head, files = built(pairs)
    index = data.draw(st.integers(0, 1000))
    key = sorted(pairs)[index % len(pairs)] if pairs and index % 2 else data.draw(keys)
    value, proof = PrefixMap(head, reading(files)).prove(key)
    assert value == pairs.get(key) == PrefixMap(head, reading(files)).get(key)
    assert parse_map_proof(proof.members()) == proof
    assert (value is not None) == (proof.ending is Ending.INCLUSION)
    if value is not None:
        assert present(head.root, key, value, proof)
        assert not present(head.root, key, sha("another value"), proof)
    else:
        assert absent(head.root, key, proof)
    # The same siblings under every other ending, and with every pair shown.
    shown = data.draw(st.sampled_from([None, (key, value or sha("v")), *list(pairs.items())[:5]]))
    for ending in Ending:
        forged = MapProof(ending, proof.siblings, shown)
        assert value is None or not absent(head.root, key, forged)
        assert value is not None or not any(
            present(head.root, key, sha(f"value {i}"), forged) for i in range(4)
        )


@settings(deadline=None)
@given(st.sampled_from([(1, 4), (2, 4), (30, 4), (100, 4), (700, 8)]), st.data())
def test_a_changed_proof_never_holds(start: tuple[int, int], data: st.DataObject) -> None:
    pairs = even(*start)
    head, files = sample(*start)
    at = data.draw(st.integers(0, 1000))
    key = sorted(pairs)[at % len(pairs)] if at % 2 else sha(f"absent {at}")
    value, proof = PrefixMap(head, reading(files)).prove(key)

    def holds(root: bytes, sought: bytes, changed: MapProof) -> bool:
        return absent(root, sought, changed) if value is None else present(root, sought, value, changed)

    assert holds(head.root, key, proof)
    where, flip = data.draw(st.integers(0, len(proof.siblings) - 1)), data.draw(st.integers(0, 255))
    siblings = list(proof.siblings)
    siblings[where] = (int.from_bytes(siblings[where], "big") ^ 1 << flip).to_bytes(32, "big")
    for changed in (
        tuple(siblings),
        proof.siblings[:where] + proof.siblings[where + 1 :],
        (*proof.siblings, EMPTY),
        (EMPTY, *proof.siblings),
        (*proof.siblings, sha("more")),
        (*proof.siblings[:-1], proof.siblings[-1] + b"\0"),
        proof.siblings * 40,
    ):
        if changed != proof.siblings:
            assert not holds(head.root, key, replace(proof, siblings=changed))
    assert not holds(sha("another root"), key, proof)
    assert not holds(head.root, key[:-1], proof)
    if proof.leaf:
        shown, its_value = proof.leaf
        for leaf in (
            (shown, sha("x")),
            (shown[:-1] + bytes([shown[-1] ^ 1]), its_value),
            (key, its_value),
            None,
        ):
            assert not absent(head.root, key, replace(proof, leaf=leaf))


def test_a_leaf_off_the_search_path_proves_no_absence() -> None:
    pairs = even(100, 4)
    head, files = sample(100, 4)
    sought = sha("absent")
    for key, value in pairs.items():
        _, proof = PrefixMap(head, reading(files)).prove(key)
        depth = len(proof.siblings)
        on_path = all(bit(key, d) == bit(sought, d) for d in range(depth))
        shown = MapProof(Ending.NON_INCLUSION_LEAF, proof.siblings, (key, value))
        assert absent(head.root, sought, shown) == on_path
        assert not absent(head.root, key, shown)


def test_a_tree_of_another_shape_proves_nothing() -> None:
    key, value, other = bytes(32), sha("v"), b"\1" + bytes(31)
    leaf = map_leaf(key, value)
    low = map_node(map_node(leaf, EMPTY), EMPTY)
    assert not present(low, key, value, MapProof(Ending.INCLUSION, (EMPTY, EMPTY)))
    assert not absent(low, other, MapProof(Ending.NON_INCLUSION_LEAF, (EMPTY, EMPTY), (key, value)))
    assert present(map_node(leaf, EMPTY), key, value, MapProof(Ending.INCLUSION, (EMPTY,)))
    hollow = map_node(map_node(EMPTY, EMPTY), leaf)
    assert not absent(hollow, key, MapProof(Ending.NON_INCLUSION_PARENT, (leaf, EMPTY)))
    # A leaf that was put where its key does not lead hides no key that leads there.
    stray = b"\xff" * 32
    root = map_node(map_leaf(stray, value), map_leaf(b"\x80" + bytes(31), value))
    sibling = (map_leaf(b"\x80" + bytes(31), value),)
    assert not absent(root, key, MapProof(Ending.NON_INCLUSION_LEAF, sibling, (stray, value)))
    # A root is never a leaf.
    assert not present(leaf, key, value, MapProof(Ending.INCLUSION, ()))


@given(st.sampled_from([(100, 4), (700, 8)]), st.data())
def test_a_stored_file_that_was_changed_is_refused_wherever_it_is_used(
    start: tuple[int, int], data: st.DataObject
) -> None:
    head, files = sample(*start)
    level = data.draw(st.sampled_from([0, 1]))
    file = data.draw(st.sampled_from(sorted(file for file in files if file.level == level)))
    stored = files[file]
    at, flip = data.draw(st.integers(0, len(stored) - 1)), data.draw(st.integers(1, 255))
    bad = data.draw(
        st.sampled_from(
            [
                stored[:at] + bytes([stored[at] ^ flip]) + stored[at + 1 :],
                stored[:-1],
                stored[:-64],
                b"",
                stored * 2,
            ]
        )
    )
    broken = files | {file: bad}
    span = head.depth - {0: 0, 1: 8, 2: 16}[file.level] if file.level else head.depth
    key = (file.index << (256 - max(span, 0)) | 1).to_bytes(32, "big")
    for act in (
        lambda m: m.get(key),
        lambda m: m.prove(key),
        lambda m: m.pairs(),
        lambda m: m.update({key: sha("v")}, putting({})),
    ):
        with pytest.raises(RefusedMap):
            act(PrefixMap(head, reading(broken)))


def test_lawless_pairs_are_refused() -> None:
    nowhere: Files = {}
    pair = (sha("k"), sha("v"))
    for pairs in ([pair, pair], [(b"short", pair[1])], [(pair[0], b"short")], [pair, (pair[0], sha("w"))]):
        with pytest.raises(RefusedMap):
            encode_pairs(pairs)
    low, high = sorted([pair, (sha("l"), sha("w"))])
    for data in (b"".join((*high, *low)), b"".join(pair)[:-1], b"x"):
        with pytest.raises(RefusedMap):
            build(data, putting(nowhere))
    head, files = built({})
    for changes in ({b"short": sha("v")}, {sha("k"): b"short"}):
        with pytest.raises(RefusedMap):
            PrefixMap(head, reading(files)).update(changes, putting(nowhere))


def test_files_have_paths_of_three_digits() -> None:
    assert MapFile(16, 0, 1234).path == "map/16/0/x001/234"
    assert MapFile(16, 1, 7).path == "map/16/1/007"


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=4)
    | st.sampled_from([sha("h").hex(), *Ending]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(
    json_values | st.fixed_dictionaries({"kind": json_values, "siblings": json_values, "leaf": json_values})
)
def test_any_json_is_exactly_a_proof_or_is_refused(members: object) -> None:
    with suppress(RefusedMap):
        assert parse_map_proof(members).members() == members
