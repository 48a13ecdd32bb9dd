"""Checkpoints stamped by a real authority: what is stamped and kept, when it is away, and what an audit finds."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from application.audit.fsck import fsck
from application.audit.model import Report
from application.sequencer import LOGS
from application.stamping import RETRY_SECONDS, Stamping
from infrastructure.audit_wiring import make_audited
from infrastructure.bootstrap import make_sequencers
from infrastructure.postgres.stamps import PostgresStamps
from infrastructure.postgres.trees import PostgresTrees
from infrastructure.settings import BadSetting, TimeAuthoritySettings
from infrastructure.tile_files import TileFiles
from interfaces.client.form_data import load_forms
from tests.integration.test_operations import samples_of
from tests.time_authority import Authority, needs_openssl
from tests.web import Web
from tests.world import World

pytestmark = needs_openssl


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def told(authority: Authority) -> Iterator[TimeAuthoritySettings]:
    with authority.listening() as told:
        yield told


@pytest.fixture
def world(ledger_world: World, authority: Authority) -> Iterator[World]:
    authority.asked = 0
    ledger_world.publish()
    yield ledger_world
    authority.status = ""


def stamping(world: World, told: TimeAuthoritySettings | None) -> Stamping:
    """As a newly started sequencer's process has it."""
    settings = replace(world.settings, time_authority=told)
    return make_sequencers(settings, PostgresTrees(world.pool("sequencer"))).stamping


def state(world: World) -> dict[str, object]:
    found: dict[str, object] = json.loads((world.published / "timestamps.json").read_text())
    return found


def checked(world: World, told: TimeAuthoritySettings | None) -> Report:
    settings = replace(world.settings, time_authority=told)
    return fsck(make_audited(settings, world.pool("auditor"), load_forms(), wait_seconds=0))


def faults(report: Report) -> list[tuple[str, str, str]]:
    return [(fault.area, fault.place, fault.code) for fault in report.faults]


def test_the_newest_published_tree_of_each_log_is_stamped_once_and_anybody_can_check_it(
    world: World, authority: Authority, told: TimeAuthoritySettings
) -> None:
    running = stamping(world, told)
    assert running.round() == told.every_seconds
    running.round()
    assert authority.asked == len([log for log in LOGS if (world.published / log / "checkpoint").exists()])
    files = TileFiles(world.published)
    [size] = files.stamped("records")
    note = world.published / "records" / "timestamps" / str(size)
    assert note.read_bytes() == files.cosigned("records")
    command = ["openssl", "ts", "-verify", "-data", str(note), "-in", f"{note}.tst"]
    done = subprocess.run(
        [*command, "-token_in", "-CAfile", str(told.roots)], capture_output=True, check=False
    )
    assert done.stdout == b"Verification: OK\n"
    world.take_in(world.files(), "licences-1.csv")
    world.publish()
    assert stamping(world, told).round() == told.every_seconds  # a new process goes on where the last one was
    assert len(files.stamped("records")) == 2
    assert (state(world)["state"], state(world)["failures"]) == ("ok", 0)
    http = Web(world).http
    for name, found in (("", note.read_bytes()), (".tst", note.with_name(f"{size}.tst").read_bytes())):
        assert http.get(f"/logs/records/timestamps/{size}{name}").data == found
        assert http.get(f"/logs/records/timestamps/{size + 1}{name}").status_code == 404
        assert http.get(f"/logs/others/timestamps/{size}{name}").status_code == 404
    samples = samples_of(http.get("/metrics"))
    assert samples["credit_timestamp_age_seconds", "records"] >= 0
    assert samples["credit_timestamp_failures", ""] == 0
    report = checked(world, told)
    assert report.good and report.counts["records time stamps"] == 2


def test_an_authority_that_is_away_stops_nothing_and_is_asked_less_and_less(
    world: World, authority: Authority, told: TimeAuthoritySettings
) -> None:
    authority.status = "503 Service Unavailable"
    running = stamping(world, told)
    assert [running.round() for _ in range(3)] == [RETRY_SECONDS, 2 * RETRY_SECONDS, 4 * RETRY_SECONDS]
    assert authority.asked == 3  # the first log's failure ends a round
    assert (state(world)["state"], state(world)["failures"]) == ("status_503", 3)
    world.take_in(world.files(), "licences-1.csv")
    world.publish()
    authority.status = ""
    assert running.round() == told.every_seconds
    assert state(world)["failures"] == 0


def test_what_is_kept_is_published_again_also_where_nobody_stamps_any_more(
    world: World, told: TimeAuthoritySettings
) -> None:
    stamping(world, told).round()
    folder = world.published / "records" / "timestamps"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    shutil.rmtree(folder)
    stamping(world, None).round()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert state(world)["state"] == "off"


def test_the_first_stamp_of_a_tree_stays(world: World, told: TimeAuthoritySettings) -> None:
    stamping(world, told).round()
    store = PostgresStamps(world.pool("sequencer"))
    [first] = store.stamps("records", after=0, limit=10)
    assert store.keep(replace(first, token=b"another", note=b"other")) == first
    assert store.stamps("records", after=0, limit=10) == [first]


def test_a_missing_file_of_roots_is_named_before_anything_is_signed(
    world: World, told: TimeAuthoritySettings, tmp_path: Path
) -> None:
    with pytest.raises(BadSetting, match="XINLU_TSA_CA"):
        stamping(world, replace(told, roots=tmp_path / "missing"))


def test_an_audit_names_stamps_that_were_changed_lost_or_are_of_another_tree(
    world: World, told: TimeAuthoritySettings, tmp_path: Path
) -> None:
    stamping(world, told).round()
    assert checked(world, told).good
    assert any("XINLU_TSA_CA" in english for _, english in checked(world, None).notes)
    other = replace(told, roots=Authority(tmp_path / "other").roots)
    [size] = TileFiles(world.published).stamped("records")
    assert faults(checked(world, other)) == [("timestamps", f"records:{size}", "stamp_token")]
    folder = world.published / "records" / "timestamps"
    (folder / "7.tst").write_bytes(b"")
    assert faults(checked(world, told)) == [("timestamps", "records/timestamps/7.tst", "file_extra")]
    (folder / "7.tst").unlink()
    token = (folder / f"{size}.tst").read_bytes()
    (folder / f"{size}.tst").write_bytes(token[:-1])
    assert faults(checked(world, told)) == [("timestamps", f"records/timestamps/{size}.tst", "file_changed")]
    (folder / f"{size}.tst").unlink()
    assert faults(checked(world, told)) == [("timestamps", f"records/timestamps/{size}.tst", "file_missing")]
    (folder / f"{size}.tst").write_bytes(token)
    with psycopg.connect(world.database.admin) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE ledger.stamps SET size = size - 1 WHERE log = 'records'")
    (folder / f"{size}").rename(folder / f"{size - 1}")
    (folder / f"{size}.tst").rename(folder / f"{size - 1}.tst")
    assert faults(checked(world, told)) == [("timestamps", f"records:{size - 1}", "stamp_tree")]
    with psycopg.connect(world.database.admin) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE ledger.stamps SET note = note || '\\x0a'::bytea, token = token")
    assert ("timestamps", f"records:{size - 1}", "stamp_other") in faults(checked(world, told))
