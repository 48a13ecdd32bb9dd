"""The logs as signed trees: growth, tiles that any C2SP client reads, crashes, and what is refused to be signed."""

from __future__ import annotations

import shutil

import pytest

from application.sequencer import LOGS, TreeBroken, authority_of
from domain.transparency.checkpoint import parse_signed_checkpoint
from domain.transparency.merkle import leaf_hash, root_of, tree_root
from domain.transparency.policy import judged, parse_policy
from domain.transparency.tiles import ENTRIES, Tile, decode_bundle, tile_nodes
from infrastructure.log_keys import verify_note
from infrastructure.postgres.trees import PostgresTrees
from infrastructure.tile_files import TileFiles
from tests.world import World


def test_every_committed_leaf_is_in_a_tree_signed_by_both_algorithms(seeded_world: World) -> None:
    world = seeded_world
    world.publish()
    policy = parse_policy((world.published / "policy").read_bytes())
    for log in ("records", "access"):
        leaves = [row.leaf for row in world.reader.rows(log, after=0, limit=100_000)]
        signed = parse_signed_checkpoint((world.published / log / "checkpoint").read_bytes())
        opened = judged(policy, signed, verify_note)
        assert opened.checkpoint.origin == f"{authority_of(world.ledger.id)}/{log}"
        assert {str(v.key.type.algorithm) for v in opened.vouched} == {"ed25519", "ml-dsa-44"}
        assert (opened.checkpoint.size, opened.checkpoint.root) == (len(leaves), root_of(leaves))
        files = TileFiles(world.published)
        bundle = files.read(log, Tile(ENTRIES, 0, min(len(leaves), 256)))
        assert decode_bundle(bundle, min(len(leaves), 256)) == leaves[:256]


def test_the_views_log_holds_one_entry_an_epoch(seeded_world: World) -> None:
    world = seeded_world
    world.publish()
    signed = parse_signed_checkpoint((world.published / "views" / "checkpoint").read_bytes())
    assert signed.checkpoint.size == 1
    assert signed.checkpoint.root == leaf_hash(_epochs(world)[0])


def _epochs(world: World) -> list[bytes]:
    return PostgresTrees(world.pool("sequencer")).leaves("views", after=0, limit=1000)


@pytest.mark.parametrize("lost", ["all", "checkpoint", "tile"])
def test_lost_files_are_made_again_from_the_head(seeded_world: World, lost: str) -> None:
    world = seeded_world
    world.sequence()
    folder = world.published / "records"
    before = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    if lost == "all":
        shutil.rmtree(folder)
    elif lost == "checkpoint":
        (folder / "checkpoint").unlink()
    else:
        next(p for p in (folder / "tile" / "0").rglob("*") if p.is_file()).unlink()
    world.sequence()
    assert {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before


def test_a_changed_leaf_is_never_signed_over(seeded_world: World) -> None:
    world = seeded_world
    world.sequence()
    with world.superuser() as conn:
        conn.execute(
            "UPDATE ledger.records SET leaf = set_byte(leaf, 50, get_byte(leaf, 50) # 1) WHERE position = 3"
        )
    shutil.rmtree(world.published / "records")
    with pytest.raises(TreeBroken):
        world.sequence()


def test_two_sequencers_at_once_make_one_tree(seeded_world: World) -> None:
    world = seeded_world
    first, second = world.new_sequencers()[0], world.new_sequencers()[0]
    while first.run_once() or second.run_once():
        pass
    leaves = [row.leaf for row in world.reader.rows("records", after=0, limit=100_000)]
    head = PostgresTrees(world.pool("sequencer")).tree("records")
    assert (head.size, head.root) == (len(leaves), root_of(leaves))
    files = TileFiles(world.published)
    assert tree_root(head.size, tile_nodes(head.size, lambda tile: files.read("records", tile))) == head.root
    assert LOGS == ("records", "access", "views")
