"""Checkpoints stamped by a real authority: what is stamped and kept, when it is away, and what an audit finds."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner

from application.audit.fsck import fsck
from application.audit.model import Report
from application.sequencer import LOGS
from application.stamping import RETRY_SECONDS, Stamping
from infrastructure.audit_wiring import make_audited
from infrastructure.bootstrap import make_sequencers
from infrastructure.postgres.stamps import PostgresStamps
from infrastructure.postgres.trees import PostgresTrees
from infrastructure.settings import TimeAuthoritySettings
from infrastructure.tile_files import TileFiles
from interfaces.cli.main import cli
from interfaces.client.form_data import load_forms
from tests.evidence import begin, judge
from tests.integration.test_evidence_http import PURPOSE, ask
from tests.integration.test_operations import samples_of
from tests.remedies import begin as begin_story
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


def test_without_its_roots_an_authority_is_not_even_asked_and_the_trees_grow_on(
    world: World, authority: Authority, told: TimeAuthoritySettings, tmp_path: Path
) -> None:
    stamping(world, replace(told, roots=tmp_path / "missing")).round()
    assert (state(world)["state"], authority.asked) == ("roots", 0)


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


def carried(world: World, position: int) -> dict[str, Any]:
    """The stamps in a bundle that shows one entry of the records."""
    evidence = begin(world)
    [row] = world.ledger.open_all(world.reader.rows("records", after=position - 1, limit=1), log="records")
    evidence.leaf("records", row, show=frozenset())
    bundle = evidence.bundle() | {"claims": [{"type": "recorded", "leaf": f"records-{position}"}]}
    report = judge(world, bundle)
    assert report.good, report.refused
    stamps: dict[str, Any] = bundle.get("timestamps", {})
    assert any("no time stamp covers" in line for line in report.unchecked) is not bool(stamps)
    assert any("a time stamp is of" in line for line in report.checked) is bool(stamps)
    return stamps


def test_a_bundle_carries_the_oldest_stamp_that_holds_what_it_shows_and_says_when_there_is_none(
    world: World, told: TimeAuthoritySettings, tmp_path: Path
) -> None:
    files, head = TileFiles(world.published), world.reader.head("records")[0]
    assert carried(world, head) == {}
    stamping(world, told).round()
    world.take_in(world.files(), "licences-1.csv")
    world.publish()
    assert carried(world, world.reader.head("records")[0]) == {}
    stamping(world, told).round()
    world.take_in(world.files(), "licences-2.csv")
    world.publish()
    stamping(world, told).round()
    first, second, third = files.stamped("records")
    for position, size in ((1, first), (first, first), (first + 1, second), (second, second), (third, third)):
        note = carried(world, position)["records"]["checkpoint"]
        assert note.encode() == (world.published / "records" / "timestamps" / str(size)).read_bytes()
    evidence = begin(world)
    evidence.epoch()
    assert set(evidence.bundle()["timestamps"]) == {
        "views"
    }  # nothing came after the newest epoch was stamped
    (tmp_path / "bundle.json").write_text(json.dumps(evidence.bundle()))
    checks = ["stamp-check", str(tmp_path / "bundle.json"), "--roots"]
    done = CliRunner().invoke(cli, [*checks, str(told.roots), "--save", str(tmp_path / "kept")])
    assert done.exit_code == 0 and done.output.startswith("✓ views"), done.output
    assert {path.name for path in (tmp_path / "kept").iterdir()} == {"views.checkpoint", "views.tst"}
    other = Authority(tmp_path / "other").roots
    assert CliRunner().invoke(cli, [*checks, str(other)]).exit_code == 1


def test_prv_3_a_bundle_with_a_stamp_is_made_again_byte_for_byte_whatever_is_stamped_later(
    seeded_world: World, told: TimeAuthoritySettings
) -> None:
    story = begin_story(seeded_world)
    record = story.new_record("示市监罚字〔2026〕9601号", decided=date(2026, 5, 20))
    web, world = Web(seeded_world), seeded_world
    officer = next(o.key for o in world.city.officers if o.department == story.source)
    headers = {"credit_official": officer, "credit_purpose": PURPOSE}
    question = {"claim": "recorded", "record": str(record), "show": ["public"]}
    answers = []
    for _ in range(2):
        world.publish()
        answers.append(ask(web, story.source, question, **headers))
        stamping(world, told).round()
    answers.append(ask(web, story.source, question, **headers))
    story.new_record("示市监罚字〔2026〕9602号", decided=date(2026, 5, 20))
    world.publish()
    stamping(world, told).round()
    assert [list(answer.get_json().get("timestamps", {})) for answer in answers] == [
        [],
        ["records"],
        ["records"],
    ]
    for answer in answers:
        position = int(answer.headers["Credit-Receipt"].partition(":")[2])
        assert world.replay.answer(position).body == answer.data
