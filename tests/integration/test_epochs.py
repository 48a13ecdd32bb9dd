"""Epochs: the maps hold exactly what the views show, what ended, and who looked; each entry follows the last."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import date
from uuid import UUID

import psycopg
import pytest

from application.ports import Log
from application.projections.projector import ViewsMoved
from domain.parties.events import SubjectRegistered
from domain.transparency.epoch import (
    MAPS,
    Epoch,
    LogState,
    index_value,
    look_key,
    map_key,
    map_value,
    parse_epoch,
)
from domain.transparency.merkle import root_of
from domain.transparency.prefix_map import EMPTY_MAP, PrefixMap, ReadFile, build
from domain.transparency.prefix_tree import decode_pairs, encode_pairs
from infrastructure.postgres.epochs import PostgresEpochs
from infrastructure.postgres.trees import PostgresTrees
from infrastructure.tile_files import MapFiles
from tests.remedies import LETTER, PROOF, Story, begin
from tests.world import World

Pairs = dict[bytes, bytes]


@pytest.fixture
def story(seeded_world: World) -> Story:
    return begin(seeded_world)


def entries(world: World) -> list[bytes]:
    return PostgresTrees(world.pool("sequencer")).leaves("views", after=0, limit=1000)


def newest(world: World) -> Epoch:
    return parse_epoch(entries(world)[-1])


def expected(world: World) -> dict[str, Pairs]:
    """What the maps must hold, worked out from the tables without any of the code under test but the hashes."""
    pairs: dict[str, Pairs] = {name: {} for name in MAPS}
    shown: defaultdict[tuple[str, UUID], dict[str, bytes]] = defaultdict(dict)
    with psycopg.connect(world.database.admin) as conn:
        for view, record, part, commitment in conn.execute(
            "SELECT view, record_id, part, commitment FROM ledger.renditions WHERE view IN ('public', 'shared')"
        ):
            shown[view, record][part] = commitment
    for (view, record), parts in shown.items():
        pairs[view][map_key(view, record.bytes)] = map_value(parts)
    access_keys: dict[UUID, bytes] = {}
    for opened in world.ledger.open_all(world.reader.rows("records", after=0, limit=10**6), log="records"):
        row, event = opened.row, opened.event
        if row.topic in ("record.publicity_ended", "record.withdrawn", "record.shielded"):
            for view in ("public", "shared"):
                pairs["shield"].setdefault(map_key(view, row.stream_id.bytes), index_value(row.position - 1))
        if isinstance(event, SubjectRegistered):
            access_keys[row.stream_id] = bytes.fromhex(str(event.access_key))
    for row in world.reader.rows("access", after=0, limit=10**6):
        if row.topic == "subject.queried":
            key = look_key(access_keys[row.stream_id], row.stream_version - 1)
            pairs["access"][key] = index_value(row.position - 1)
    return pairs


def reading(maps: MapFiles, name: str) -> ReadFile:
    return lambda _file, node: maps.read(name, node)


def is_true(world: World) -> None:
    """The newest epoch states exactly what the tables say, and its files are there to read it from."""
    epoch, maps = newest(world), MapFiles(world.published)
    for name, pairs in expected(world).items():
        head = build(encode_pairs(pairs.items()), lambda *_: None)
        assert epoch.maps[name] == (head.root, head.count), name
        found = PrefixMap(maps.heads(epoch.number)[name], reading(maps, name))
        assert dict(decode_pairs(found.pairs())) == pairs
    states: dict[Log, LogState] = {"records": epoch.records, "access": epoch.access}
    for log, state in states.items():
        rows = world.reader.rows(log, after=0, limit=state.size)
        assert state.root == root_of(row.leaf for row in rows)
        assert state.digest == (rows[-1].digest if rows else bytes(32))


def test_each_epoch_states_what_the_views_show_what_ended_and_who_looked(story: Story) -> None:
    world = story.world
    world.publish()
    is_true(world)
    record = story.new_record("示市监罚字〔2026〕9201号", decided=date(2026, 5, 20))
    world.services.subject.who_looked(story.subject(), portal=story.office)
    world.publish()
    is_true(world)
    before = newest(world)
    accepted = story.repairs.accept(story.handling(story.apply(record, PROOF, LETTER)))
    story.repairs.grant(story.handling(accepted))
    world.publish()
    is_true(world)
    after = newest(world)
    assert after.number == before.number + 1
    assert after.maps["shield"][1] == before.maps["shield"][1] + 2
    assert after.maps["shared"][1] == before.maps["shared"][1] - 1
    world.clock.advance(days=2000)
    while world.deadlines.step()[1]:
        pass
    world.publish()
    is_true(world)


def test_an_epochs_delta_leads_from_the_epoch_before_to_it(story: Story) -> None:
    world = story.world
    maps: dict[str, Pairs] = {name: {} for name in MAPS}
    for number in range(3):
        if number:
            story.new_record(f"示市监罚字〔2026〕93{number:02}号", decided=date(2026, 5, 20))
        world.publish()
        epoch = newest(world)
        delta = (world.published / "deltas" / epoch.delta.hex()).read_bytes()
        assert hashlib.sha256(delta).digest() == epoch.delta
        for line in delta.decode().split("\n")[2:-1]:
            name, key, value = line.split(" ")
            if value == "-":
                maps[name].pop(bytes.fromhex(key), None)
            else:
                maps[name][bytes.fromhex(key)] = bytes.fromhex(value)
        for name, pairs in maps.items():
            head = build(encode_pairs(pairs.items()), lambda *_: None) if pairs else EMPTY_MAP
            assert epoch.maps[name] == (head.root, head.count)


def test_nothing_moved_makes_no_epoch_and_a_rebuild_changes_no_root(story: Story) -> None:
    world = story.world
    world.publish()
    maker = world.new_epoch_maker()
    first = maker.run_once()
    assert maker.run_once() is None
    assert world.new_projector().rebuild().equal
    world.publish()
    assert first is not None and newest(world).maps == first.maps


def test_no_epoch_goes_beyond_the_signed_trees(story: Story) -> None:
    world = story.world
    world.publish()
    story.new_record("示市监罚字〔2026〕9401号", decided=date(2026, 5, 20))
    world.project()
    assert world.new_epoch_maker().run_once() is None
    world.sequence()
    assert world.new_epoch_maker().run_once() is not None


def test_two_makers_at_once_make_one_epoch(story: Story) -> None:
    world = story.world
    world.publish()
    store, number = PostgresEpochs(world.pool("projector")), len(entries(world))
    heads = store.heads()
    store.commit(number + 1, b"first", heads, seen=[])
    with pytest.raises(ViewsMoved):
        store.commit(number + 1, b"second", {}, seen=[])
    assert entries(world)[-1] == b"first"


def test_maps_begun_over_a_full_store_are_those_grown_step_by_step(story: Story) -> None:
    world = story.world
    world.publish()
    story.new_record("示市监罚字〔2026〕9501号", decided=date(2026, 5, 20))
    world.publish()
    grown = newest(world).maps
    with world.superuser() as conn:
        conn.execute("DELETE FROM ledger.maps")
    world.new_epoch_maker().run_once()
    assert newest(world).maps == grown
