"""Merkle proofs and tiles: equal to the vectors, to brute force over all leaves, and refused when changed."""

from __future__ import annotations

import hashlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.transparency.merkle import (
    EMPTY_ROOT,
    Node,
    consistency_proof,
    consistent,
    frontier_at,
    included,
    inclusion_path,
    inclusion_proof,
    leaf_hash,
    node_hash,
    nodes_of,
    root_of,
    subtree_root,
    tree_root,
)
from domain.transparency.tiles import (
    ENTRIES as BUNDLES,
)
from domain.transparency.tiles import (
    RefusedTile,
    Tile,
    decode_bundle,
    encode_bundle,
    growth,
    implied,
    inventory,
    parse_tile_path,
    tile_nodes,
)
from tests.transparency import ENTRIES, LEAVES, VECTORS

NOTHING: dict[Tile, bytes] = {}
MANY = [n.to_bytes(3, "big") for n in range(70_000)]


def grown(entries: list[bytes], *sizes: int) -> dict[Tile, bytes]:
    """The tiles of a log that had each of the sizes in turn, and has all entries at the end."""
    tiles: dict[Tile, bytes] = {}
    old = 0
    for size in (*sizes, len(entries)):
        tiles |= growth(old, entries[old:size], tiles.__getitem__).tiles
        old = size
    return tiles


MANY_TILES = grown(MANY, 255, 256, 257, 65_535, 65_537)


def counted(node: Node, calls: list[tuple[int, int]]) -> Node:
    def read(level: int, index: int) -> bytes:
        calls.append((level, index))
        return node(level, index)

    return read


def test_all_301_roots_equal_the_vectors() -> None:
    assert {str(n): root_of(ENTRIES[:n]).hex() for n in range(301)} == VECTORS["roots"]
    assert [leaf.hex() for leaf in LEAVES[:10]] == VECTORS["leaf_hashes_0_9"]
    leaves = [bytes.fromhex(leaf) for leaf in VECTORS["ct_reference"]["leaves_hex"]]
    assert [root_of(leaves[:n]).hex() for n in range(9)] == VECTORS["ct_reference"]["roots"]


@pytest.mark.parametrize("case", VECTORS["inclusion"], ids=lambda c: f"{c['index']}-{c['size']}")
def test_inclusion_paths_equal_the_vectors_and_hold(case: dict) -> None:
    path = inclusion_path(LEAVES[: case["size"]], case["index"])
    root = bytes.fromhex(case["root"])
    assert [p.hex() for p in path] == case["path"]
    assert included(LEAVES[case["index"]], index=case["index"], size=case["size"], root=root, path=path)


@pytest.mark.parametrize("case", VECTORS["consistency"], ids=lambda c: f"{c['old']}-{c['new']}")
def test_consistency_proofs_equal_the_vectors_and_hold(case: dict) -> None:
    path = consistency_proof(case["old"], case["new"], nodes_of(LEAVES))
    old_root, new_root = bytes.fromhex(case["old_root"]), bytes.fromhex(case["new_root"])
    assert [p.hex() for p in path] == case["path"]
    assert consistent(old=case["old"], old_root=old_root, new=case["new"], new_root=new_root, path=path)


def test_every_pair_of_sizes_up_to_40_is_consistent_and_with_nothing_else() -> None:
    roots = [root_of(ENTRIES[:n]) for n in range(41)]
    node = nodes_of(LEAVES)

    def holds(old: int, new: int, old_root: bytes, new_root: bytes, path: list[bytes]) -> bool:
        return consistent(old=old, old_root=old_root, new=new, new_root=new_root, path=path)

    for new in range(41):
        for old in range(new + 1):
            path = consistency_proof(old, new, node)
            assert holds(old, new, roots[old], roots[new], path)
            assert not holds(old, new, roots[old], roots[new], [*path, roots[1]])
            assert not path or not holds(old, new, roots[old], roots[new], path[:-1])
            assert not holds(old, new, roots[old - 1], roots[new], path)
            assert new == old or not holds(new, old, roots[new], roots[old], path)
            # Every tree grows from the empty one, so from there any root is taken.
            assert old == 0 or not holds(old, new, roots[old], roots[new - 1], path)


def test_a_proof_that_ends_below_the_root_of_a_larger_tree_does_not_hold_for_it() -> None:
    old_root, new_root, path = root_of(ENTRIES[:2]), root_of(ENTRIES[:3]), [LEAVES[2]]
    assert consistent(old=2, old_root=old_root, new=3, new_root=new_root, path=path)
    assert not consistent(old=2, old_root=old_root, new=5, new_root=new_root, path=path)
    assert not included(LEAVES[2], index=2, size=5, root=new_root, path=[old_root])


def test_an_empty_tree_has_the_empty_root_and_needs_no_proof() -> None:
    root = root_of(ENTRIES)
    assert consistent(old=0, old_root=EMPTY_ROOT, new=300, new_root=root, path=[])
    assert not consistent(old=0, old_root=EMPTY_ROOT, new=300, new_root=root, path=[root])
    assert not consistent(old=0, old_root=EMPTY_ROOT, new=0, new_root=root, path=[])
    assert not consistent(old=0, old_root=root, new=300, new_root=root, path=[])


@given(st.integers(1, 300), st.data())
def test_a_changed_proof_never_holds(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    root, node = tree_root(size, nodes_of(LEAVES)), nodes_of(LEAVES)
    for path, holds in (
        (
            inclusion_proof(index, size, node),
            lambda p: included(LEAVES[index], index=index, size=size, root=root, path=p),
        ),
        (
            consistency_proof(old, size, node),
            lambda p: consistent(old=old, old_root=tree_root(old, node), new=size, new_root=root, path=p),
        ),
    ):
        assert holds(path)
        assert not holds([*path, data.draw(st.binary(min_size=32, max_size=32))])
        if path:
            at, flip = data.draw(st.integers(0, len(path) - 1)), data.draw(st.integers(0, 255))
            bad = (int.from_bytes(path[at], "big") ^ 1 << flip).to_bytes(32, "big")
            assert not holds([*path[:at], bad, *path[at + 1 :]])
            assert not holds(path[:at] + path[at + 1 :])
    other = data.draw(st.integers(0, size))
    if other != index:
        assert not included(
            LEAVES[index], index=other, size=size, root=root, path=inclusion_proof(index, size, node)
        )


@given(st.integers(0, 300), st.integers(0, 20))
def test_appending_goes_on_from_the_frontier_of_any_size(size: int, more: int) -> None:
    frontier = frontier_at(size, nodes_of(LEAVES))
    entries = ENTRIES[:size] + ENTRIES[:more]
    for entry in ENTRIES[:more]:
        frontier.append(leaf_hash(entry))
    assert (frontier.size, frontier.root()) == (len(entries), root_of(entries))


def test_a_subtree_has_one_root_in_every_tree_and_other_ranges_have_none() -> None:
    node = nodes_of(LEAVES)
    assert subtree_root(8, 13, node) == root_of(ENTRIES[8:13])
    for start, end in ((4, 9), (3, 3), (5, 4), (2, 5), (-8, -4)):
        with pytest.raises(ValueError, match="not a subtree"):
            subtree_root(start, end, node)


def test_tiles_equal_the_vectors() -> None:
    made = growth(0, ENTRIES, NOTHING.__getitem__).tiles
    found = {t.path: {"bytes": len(b), "sha256": hashlib.sha256(b).hexdigest()} for t, b in made.items()}
    assert found == VECTORS["tiles"]
    for text, path in VECTORS["tile_paths"].items():
        level, index, width = text.split(":")
        tile = Tile(BUNDLES if level == "entries" else int(level), int(index), int(width))
        assert tile.path == path and parse_tile_path(path) == tile
    for size, levels in VECTORS["tile_inventory"].items():
        assert [list(level) for level in inventory(int(size))] == levels


@settings(deadline=None)
@given(st.integers(1, 70_000), st.data())
def test_proofs_made_from_tiles_equal_those_made_from_all_leaves_and_read_few_nodes(
    size: int, data: st.DataObject
) -> None:
    old, index = data.draw(st.integers(0, size)), data.draw(st.integers(0, size - 1))
    tiles = grown(MANY[:size]) if size < 2_000 else grown_prefix(size)
    reads: list[Tile] = []
    calls: list[tuple[int, int]] = []

    def read(tile: Tile) -> bytes:
        reads.append(tile)
        return tiles[tile]

    node = counted(tile_nodes(size, read), calls)
    leaves = [leaf_hash(entry) for entry in MANY[:size]] if size < 2_000 else MANY_LEAVES[:size]
    assert inclusion_proof(index, size, node) == inclusion_path(leaves, index)
    assert consistency_proof(old, size, node) == consistency_proof(old, size, nodes_of(leaves))
    assert tree_root(size, node) == tree_root(size, nodes_of(leaves))
    assert len(calls) <= 6 * (size.bit_length() + 1) and len(reads) <= 9
    assert all(implied(tile, size) for tile in reads)


MANY_LEAVES = [leaf_hash(entry) for entry in MANY]


def grown_prefix(size: int) -> dict[Tile, bytes]:
    """The tiles that a log of the first ``size`` entries has, cut out of those of all of them."""
    tiles: dict[Tile, bytes] = {}
    node = nodes_of(MANY_LEAVES)
    for level, full, width in inventory(size):
        for index in range(full):
            tiles[Tile(level, index)] = MANY_TILES[Tile(level, index)]
        if width:
            hashes = [node(8 * level, full * 256 + i) for i in range(width)]
            tiles[Tile(level, full, width)] = b"".join(hashes)
    return tiles


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=5))
def test_a_log_grown_in_steps_has_the_tiles_of_one_grown_at_once(steps: list[int]) -> None:
    tiles: dict[Tile, bytes] = {}
    size = 0
    for step in steps:
        result = growth(size, MANY[size : size + step], tiles.__getitem__)
        # What is superseded is full now, and was partial before.
        for tile in result.superseded:
            assert tile in result.tiles
            assert any((t.level, t.index) == (tile.level, tile.index) and t.width < 256 for t in tiles)
            assert tile.partials == tile.path + ".p"
        again = growth(size, MANY[size : size + step], (tiles | result.tiles).__getitem__)
        assert again == result
        tiles |= result.tiles
        for tile in result.superseded:
            tiles = {
                t: b
                for t, b in tiles.items()
                if (t.level, t.index) != (tile.level, tile.index) or t.width == 256
            }
        size += step
        assert {t for t in tiles if implied(t, size)} == set(
            growth(0, MANY[:size], NOTHING.__getitem__).tiles
        )
    at_once = growth(0, MANY[:size], NOTHING.__getitem__).tiles
    assert {t: tiles[t] for t in at_once} == at_once


def test_a_full_tile_serves_where_the_partial_one_is_gone() -> None:
    tiles = grown(MANY[:512])

    def only_full(tile: Tile) -> bytes:
        return tiles[Tile(tile.level, tile.index)] if tile.level < 1 else tiles[tile][: 32 * tile.width]

    tiles[Tile(1, 0, 1)] = tiles[Tile(1, 0, 2)]
    node = tile_nodes(300, only_full)
    assert inclusion_proof(299, 300, node) == inclusion_path(MANY_LEAVES[:300], 299)
    assert growth(300, MANY[300:512], only_full).tiles == {
        t: b for t, b in tiles.items() if t.path in ("tile/entries/001", "tile/0/001", "tile/1/000.p/2")
    }


def test_a_node_beyond_the_size_is_never_read() -> None:
    node = tile_nodes(300, grown(MANY[:300]).__getitem__)
    for level, index in ((0, 300), (2, 75), (8, 1), (9, 0), (0, -1)):
        with pytest.raises(IndexError):
            node(level, index)


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/1", "tile/0/0001", "tile/00/000", "tile/+0/000", "tile/0/x000/001", "tile/0/001/000",
        "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/012", "tile/0/000.p/", "tile/0/000.p", "tile/8/000",
        "tile/-1/000", "tile/0/x001", "tile/0/٠٠٠", "tiles/0/000", "tile/0/000/", "/tile/0/000", "tile/entries/",
        "tile/0/000\n", "", "tile/0/" + "x999/" * 7 + "999",
    ],
)  # fmt: skip
def test_a_path_that_no_tile_is_served_at_is_refused(path: str) -> None:
    with pytest.raises(RefusedTile) as refused:
        parse_tile_path(path)
    assert refused.value.code == "tile_path"


@given(st.integers(-1, 7), st.integers(0, 10**12), st.integers(1, 256))
def test_every_tile_is_found_by_its_path(level: int, index: int, width: int) -> None:
    assert parse_tile_path(Tile(level, index, width).path) == Tile(level, index, width)


@given(st.text(max_size=30) | st.from_regex(r"tile/[0-9x]{0,3}/[0-9x/]{0,8}(\.p/[0-9]{0,3})?"))
def test_any_path_parses_to_a_tile_of_that_path_or_is_refused(path: str) -> None:
    with suppress(RefusedTile):
        assert parse_tile_path(path).path == path


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=256), st.data())
def test_bundles_read_back_and_a_broken_one_is_refused(entries: list[bytes], data: st.DataObject) -> None:
    bundle = encode_bundle(entries)
    assert decode_bundle(bundle, len(entries)) == entries
    width = data.draw(st.integers(1, len(entries)))
    assert decode_bundle(bundle, width) == entries[:width]
    for bad, wide in (
        (bundle[:-1], len(entries)),
        (bundle + b"\0", 1),
        (bundle, len(entries) + 1),
        (bundle, 0),
    ):
        with pytest.raises(RefusedTile):
            decode_bundle(bad, wide)


def test_limits_of_bundles_and_lawless_tiles_are_refused() -> None:
    assert len(encode_bundle([bytes(65_535)])) == 65_537
    for entries in ([bytes(65_536)], [], [b""] * 257):
        with pytest.raises(RefusedTile):
            encode_bundle(entries)
    with pytest.raises(RefusedTile):
        decode_bundle(b"\0\0" * 257, 256)
    for stored in (b"", bytes(31), bytes(44 * 32 + 1), bytes(257 * 32)):
        with pytest.raises(RefusedTile):
            tile_nodes(300, {Tile(0, 1, 44): stored}.__getitem__)(0, 299)


def test_leaf_and_node_hashes_are_told_apart() -> None:
    assert node_hash(LEAVES[0], LEAVES[1]) != leaf_hash(LEAVES[0] + LEAVES[1])
