"""``fsck`` is green on an honest ledger and tells, after whatever a superuser does, where and why it is not."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from application.audit.model import AREAS
from application.topics import TOPICS
from domain.transparency.epoch import map_key, parse_epoch
from domain.transparency.prefix_map import MapFile, PrefixMap
from infrastructure.log_keys import make_log_key
from infrastructure.postgres.auditing import PostgresAudit
from infrastructure.tile_files import MapFiles
from tests.commands import run_command
from tests.conftest import copy_of
from tests.databases import Databases
from tests.erasure import a_record, carry_out
from tests.erasure import ask as ask_for_erasure
from tests.full_ledger import FullLedger
from tests.integration.test_consents import give
from tests.world import World

Attack = Callable[[FullLedger], None]


ERASURES = frozenset({"erasure.requested", "erasure.approved", "data.erased", "erasure.completed"})
"""They take parts of the ledger away, so they have tests of their own, below."""


def test_a_seeded_ledger_is_clean_before_and_after_it_is_published(seeded_world: World) -> None:
    world = seeded_world
    report = world.fsck()
    assert report.good, report.faults
    world.publish()
    report = world.fsck()
    assert report.good, report.faults


def test_a_ledger_with_every_kind_of_event_is_clean_also_while_it_lags_behind(full: FullLedger) -> None:
    world = full.world
    rows = [row for log in ("records", "access") for row in world.reader.rows(log, after=0, limit=10_000)]
    assert {row.topic for row in rows} == set(TOPICS) - ERASURES
    report = world.fsck()
    assert report.good, report.faults
    assert report.counts["epochs"] >= 4
    full.record(20)
    report = world.fsck()
    assert report.good and report.notes, report.faults
    world.project()
    assert world.fsck().good


# --- what somebody changes by hand -------------------------------------------------------------------------------


def sql(query: str, *values: object) -> Attack:
    """A statement of the database's owner, whom no trigger stops."""

    def change(full: FullLedger) -> None:
        with full.world.superuser() as conn:
            assert conn.execute(query.encode(), values).rowcount > 0

    return change


def published(pattern: str, change: Callable[[Path], object], *, number: int = 0) -> Attack:
    """Something done to the first published file that a pattern finds, or to the one of a number."""

    def attack(full: FullLedger) -> None:
        change(sorted(p for p in full.world.published.glob(pattern) if p.is_file())[number])

    return attack


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def copied(name: str) -> Callable[[Path], object]:
    return lambda path: shutil.copy(path, path.with_name(name))


def newest(text: bytes, put: bytes) -> Attack:
    """The newest epoch's entry with other bytes."""

    def attack(full: FullLedger) -> None:
        with full.world.superuser() as conn:
            row = conn.execute("SELECT position, entry FROM ledger.epochs ORDER BY position DESC").fetchone()
            assert row is not None
            entry = re.sub(text, put, bytes(row[1]))
            assert entry != row[1]
            conn.execute("UPDATE ledger.epochs SET entry = %s WHERE position = %s", (entry, row[0]))

    return attack


def of(name: str, query: str) -> Attack:
    """A statement about one of the records that the ledger remembers, given as %s."""

    def attack(full: FullLedger) -> None:
        sql(query, getattr(full, name))(full)

    return attack


def shown_again(full: FullLedger) -> None:
    """A shielded record put back into the newest public map, in the files, the heads and the entry alike."""
    epochs = PostgresAudit(full.world.pool("auditor")).epochs()
    files = MapFiles(full.world.published)
    head = epochs.heads["public"][0]
    added: dict[tuple[str, bytes], bytes] = {}

    def put(_file: MapFile, data: bytes, node: bytes) -> None:
        added["public", node] = data

    key = map_key("public", full.shielded.bytes)
    moved = PrefixMap(head, lambda _, node: files.read("public", node)).update({key: bytes(32)}, put)
    number, entry = epochs.entries[-1]
    epoch = parse_epoch(entry)
    forged = replace(epoch, maps={**epoch.maps, "public": (moved.root, moved.count)})
    cut = {**files.heads(number), "public": moved}
    files.write(added, epoch=number, heads=cut, delta=b"")
    with full.world.superuser() as conn:
        conn.execute("UPDATE ledger.epochs SET entry = %s WHERE position = %s", (bytes(forged), number))
        conn.execute(
            "UPDATE ledger.maps SET root = %s, count = %s, depth = %s, thin = %s WHERE name = 'public'",
            (moved.root, moved.count, moved.depth, moved.thin),
        )


def unsigned(full: FullLedger) -> None:
    """The head moved by hand to a root of one's own, under the old signatures."""
    sql("UPDATE ledger.trees SET root = sha256('x') WHERE log = 'records'")(full)


ATTACKS: dict[str, tuple[Attack, str, str, str]] = {
    "a leaf": (
        sql("UPDATE ledger.records SET leaf = set_byte(leaf, 50, get_byte(leaf, 50) # 1) WHERE position = 9"),
        "rows", "row", "records:9",
    ),
    "a leaf, seen from the tree": (
        sql("UPDATE ledger.access SET leaf = set_byte(leaf, 50, get_byte(leaf, 50) # 1) WHERE position = 1"),
        "trees", "tree_root", "access:",
    ),
    "a leaf, seen from its bundle": (
        sql("UPDATE ledger.records SET leaf = set_byte(leaf, 50, get_byte(leaf, 50) # 1) WHERE position = 9"),
        "tiles", "file_changed", "records/tile/entries/000",
    ),
    "rows cut off": (sql("DELETE FROM ledger.records WHERE position > 100"), "trees", "leaves_missing", "records:101"),
    "a data key deleted": (
        of("standing", "DELETE FROM ledger.data_keys WHERE class = 'restricted' AND owner = (SELECT substring("
           "key_ref FROM 'restricted=([0-9a-f-]{36})')::uuid FROM ledger.records WHERE stream_id = %s)"),
        "rows", "row", "records:",
    ),
    "the tree's root": (unsigned, "trees", "tree_root", "records:"),
    "the head's checkpoint": (
        sql("UPDATE ledger.trees SET checkpoint = (SELECT checkpoint FROM ledger.trees WHERE log = 'access')"
            " WHERE log = 'records'"),
        "checkpoints", "head_checkpoint", "records:",
    ),
    "a signature of the head": (
        sql("UPDATE ledger.trees SET checkpoint = convert_to(regexp_replace(convert_from(checkpoint, 'UTF8'),"
            " '([^\n]+)\n([^\n]+)\n', E'\\\\1\n1\n'), 'UTF8') WHERE log = 'records'"),
        "checkpoints", "signature", "records:",
    ),
    "the head set back": (
        sql("UPDATE ledger.trees SET size = 3 WHERE log = 'records'"), "checkpoints", "checkpoint_ahead", "records",
    ),
    "the published checkpoint": (published("records/checkpoint", flip), "checkpoints", "signature", "records/"),
    "no published checkpoint": (
        published("views/checkpoint", Path.unlink), "checkpoints", "checkpoint_missing", "views/checkpoint",
    ),
    "an older published checkpoint": (
        lambda full: full.keep_back(), "checkpoints", "checkpoint_behind", "records",
    ),
    "no policy": (published("policy", Path.unlink), "checkpoints", "policy", "policy"),
    "a tile": (published("records/tile/0/*", flip), "tiles", "file_changed", "records/tile/0/000"),
    "a bundle": (published("access/tile/entries/**/*", flip), "tiles", "file_changed", "access/tile/entries/000.p/"),
    "no tile": (published("records/tile/0/000", Path.unlink), "tiles", "file_missing", "records/tile/0/000"),
    "a partial tile too wide": (
        published("access/tile/0/000.p/*", copied("200")), "tiles", "file_extra", "access/tile/0/000.p/200",
    ),
    "a file of its own": (published("records/checkpoint", copied("more")), "tiles", "file_extra", "records/more"),
    "an epoch's form": (newest(rb"^credit", b"credut"), "epochs", "epoch_form", "views:"),
    "an epoch's number": (newest(rb"\nepoch \d+", b"\nepoch 99"), "epochs", "epoch_number", "views:"),
    "an epoch gone": (sql("DELETE FROM ledger.epochs WHERE position = 2"), "epochs", "epoch_number", "views:3"),
    "an epoch's root": (newest(rb"\nrecords (\d+) ....", rb"\nrecords \1 AAAA"), "epochs", "epoch_root", "records:"),
    "an epoch's digest": (newest(rb"\ndigest (\d+) ....", rb"\ndigest \1 AAAA"), "epochs", "epoch_digest", "records:"),
    "an epoch's size": (newest(rb"access(-digest)? \d+ ", rb"access\1 999 "), "epochs", "epoch_beyond", "access:999"),
    "an epoch that shrinks": (
        newest(rb"access(-digest)? \d+ ", rb"access\1 0 "), "epochs", "epoch_shrinks", "access:0",
    ),
    "an epoch's map": (newest(rb"map public \S{4}", rb"map public AAAA"), "maps", "map_head", "public"),
    "a map's head": (
        sql("UPDATE ledger.maps SET count = count + 1 WHERE name = 'shield'"), "maps", "map_head", "shield",
    ),
    "how far a map is": (sql("UPDATE ledger.maps SET through = 1 WHERE name = 'access'"), "maps", "map_head", "access"),
    "how a map is cut": (published("maps/heads/*", flip, number=-1), "maps", "map_cut", "views:"),
    "a map's file": (lambda full: full.map_file("shared").unlink(), "maps", "map_files", "shared"),
    "a map's bytes": (lambda full: flip(full.map_file("public")), "maps", "map_files", "public"),
    "a shielded record in a map": (shown_again, "maps", "map_content", "public"),
    "a list of changes": (published("deltas/*", flip), "deltas", "delta_form", "views:"),
    "no list of changes": (published("deltas/*", Path.unlink), "deltas", "delta_missing", "views:"),
    "a view": (
        of("standing", "UPDATE ledger.renditions SET until = NULL WHERE record_id = %s AND view = 'public'"),
        "views", "view_rows", "records:",
    ),
    "a name": (sql("DELETE FROM ledger.view_names"), "views", "view_rows", "records:"),
    "a stream": (sql("UPDATE ledger.streams SET version = 7 WHERE version = 1"), "side", "stream_version", "stream"),
    "not suppressed": (
        of("shielded", "DELETE FROM ledger.suppressed WHERE record_id = %s"),
        "side", "suppressed_missing", "suppressed",
    ),
    "suppressed without an act": (
        of("standing", "INSERT INTO ledger.suppressed VALUES (%s, 1)"), "side", "suppressed_extra", "suppressed",
    ),
    "a document forgotten": (
        of("standing", "DELETE FROM ledger.documents WHERE record_id = %s"), "side", "document_missing", "documents",
    ),
    "a document under another number": (
        of("standing", "UPDATE ledger.documents SET fingerprint = sha256(fingerprint) WHERE record_id = %s"),
        "side", "document_missing", "documents",
    ),
    "a document of nothing": (
        sql("INSERT INTO ledger.documents VALUES (sha256('x'), gen_random_uuid(), sha256('y'))"),
        "side", "document_extra", "documents",
    ),
    "a subject forgotten": (
        sql("DELETE FROM ledger.subjects WHERE blind = (SELECT min(blind) FROM ledger.subjects)"),
        "side", "subject_missing", "subjects",
    ),
    "a subject of nobody": (
        sql("INSERT INTO ledger.subjects VALUES (sha256('x'), gen_random_uuid())"), "side", "subject_extra", "subjects",
    ),
    "a mark": (of("objected", "DELETE FROM ledger.marks WHERE record_id = %s"), "side", "mark", "marks"),
    "a case": (sql("DELETE FROM ledger.open_cases WHERE kind = 'repair'"), "side", "case", "open_cases"),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_what_is_changed_by_hand_is_found_where_it_is_and_for_its_reason(full: FullLedger, name: str) -> None:
    attack, area, code, place = ATTACKS[name]
    attack(full)
    found = {fault.area: fault for fault in full.world.fsck().faults}
    assert area in found, found
    assert found[area].code == code and place in found[area].place, found
    assert all(found[area].sentence())


# --- what only somebody else remembers ------------------------------------------------------------------------------


def kept(world: World) -> dict[str, bytes]:
    """The checkpoints of all logs, as a witness or an auditor keeps them."""
    return {
        log: (world.published / log / "checkpoint").read_bytes() for log in ("records", "access", "views")
    }


def test_checkpoints_of_an_earlier_day_are_prefixes_of_the_ledger_as_it_grows(full: FullLedger) -> None:
    world = full.world
    remembered = kept(world)
    full.record(30)
    world.publish()
    report = world.fsck(remembered=remembered)
    assert report.good and report.counts["remembered checkpoints"] == 3


def test_an_older_backup_with_its_own_published_folder_is_found_by_a_remembered_checkpoint(
    seeded_world: World, databases: Databases, secrets_dir: Path, tmp_path: Path
) -> None:
    world = seeded_world
    world.publish()
    world.close()
    backup = copy_of(world, databases, secrets_dir, tmp_path / "backup")
    world = backup.original
    world.take_in(world.files(), "licences-3.csv")
    world.publish()
    remembered = kept(world)
    assert world.fsck(remembered=remembered).good
    assert backup.world.fsck().good
    faults = backup.world.fsck(remembered={"records": remembered["records"]}).faults
    assert [(f.area, f.code) for f in faults] == [("remembered", "rollback")]
    backup.world.take_in(world.files(), "people-2.xlsx", "licences-1.csv")
    backup.world.publish()
    faults = backup.world.fsck(remembered=remembered).faults
    assert [(f.area, f.code) for f in faults] == [("remembered", "fork")]
    backup.world.close()


def test_a_remembered_file_that_is_no_checkpoint_of_this_ledger_is_told_as_that(full: FullLedger) -> None:
    world = full.world
    note = kept(world)["records"]
    own = world.ledger.id.hex.encode()
    for data, code in (
        (b"nothing", "remembered_form"),
        (note.replace(own, b"0" * 32), "remembered_other"),
        (note.replace(b"\n", b"1\n", 2).replace(b"records1", b"records", 1), "signature"),
    ):
        assert [f.code for f in world.fsck(remembered={"note": data}).faults] == [code]


def test_the_auditors_own_policy_refuses_checkpoints_under_other_keys(full: FullLedger) -> None:
    world = full.world
    policy = (world.published / "policy").read_bytes()
    (world.secrets / "log-2.key").unlink()
    make_log_key(world.secrets, 2)
    full.record(31)
    world.publish()
    faults = world.fsck(policy=policy).faults
    assert [(f.area, f.code) for f in faults] == [("checkpoints", "signature")]


def test_the_command_names_every_area_in_two_languages_and_ends_with_1(
    full: FullLedger, tmp_path: Path
) -> None:
    world = full.world
    note = tmp_path / "note"
    note.write_bytes(kept(world)["access"])
    good = run(world, "--checkpoint", str(note))
    assert good.returncode == 0 and good.stdout.count("无误 / ok") == len(AREAS), good.stdout + good.stderr
    assert "/s" in good.stderr
    with world.superuser() as conn:
        conn.execute("DELETE FROM ledger.marks")
    bad = run(world, "--json", "--quiet")
    told = json.loads(bad.stdout)
    assert bad.returncode == 1 and not bad.stderr and not told["ok"]
    assert [(f["area"], f["code"]) for f in told["faults"]] == [("side", "mark")]


def run(world: World, *options: str) -> subprocess.CompletedProcess[str]:
    return run_command("fsck", *options, environment=world.environment)


@pytest.mark.rule("PRV-4")
@pytest.mark.parametrize("what", ["part", "subject"])
def test_prv_4_a_ledger_is_clean_after_an_erasure_and_its_next_epoch(seeded_world: World, what: str) -> None:
    world = seeded_world
    record, _, who = a_record(world, "organisation", representative=True)
    if what == "subject":
        record, _, who = a_record(world, "natural_person")
        give(world, who)  # goes with its subject, and is no record that anything took out of view
        world.services.subject.who_looked(who, portal=world.city.credit_office.code)
    world.publish()
    about = {
        "part": {"stream": record, "name": "person/1"},
        "subject": {"subject": who},
    }
    ask_for_erasure(world, what, **about[what])  # type: ignore[arg-type]
    carry_out(world)
    world.publish()
    report = world.fsck()
    assert not report.faults, report.faults
