"""An exported ledger, replayed on another machine, has the same rows, views and roots; a changed bundle is refused."""

from __future__ import annotations

import gzip
import json
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives import serialization

from application.audit.bundle import Export, written
from application.audit.model import AREAS
from infrastructure.audit_wiring import make_exported
from infrastructure.keys import GATEWAY, GATEWAY_PUBLIC
from tests.commands import run_command, start_command
from tests.full_ledger import FullLedger
from tests.time_authority import MISSING, Authority, stamp
from tests.world import World

PATH = {"PATH": "/usr/bin:/bin"}
TABLES = (
    "records",
    "access",
    "heads",
    "documents",
    "subjects",
    "data_keys",
    "streams",
    "marks",
    "epochs",
    "trees",
    "maps",
    "stamps",
)


class Machine:
    """The auditor's: an empty database, the keys that were handed over, and no key that signs."""

    def __init__(self, world: World, admin: str, folder: Path) -> None:
        self.admin, self.folder = admin, folder
        secrets = folder / "secrets"
        secrets.mkdir(parents=True, mode=0o700)
        for name in ("generation-1.key", "lookup.key", "ledger-id", "logins.json"):
            shutil.copy(world.secrets / name, secrets)
        loaded = serialization.load_pem_private_key((world.secrets / GATEWAY).read_bytes(), password=None)
        pem = loaded.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        (secrets / GATEWAY_PUBLIC).write_bytes(pem)

    @property
    def environment(self) -> dict[str, str]:
        return {"XINLU_DATA": str(self.folder), "DATABASE_URL": self.admin}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return command(self.environment, *arguments)

    def killed(self, when: Callable[[], bool], *arguments: str) -> bool:
        """Whether the command was still at work when it was killed, as soon as ``when`` held."""
        process = start_command(*arguments, environment={**PATH, **self.environment})
        while not when() and process.poll() is None:
            time.sleep(0.002)
        process.kill()
        return process.wait() == -signal.SIGKILL

    def writing(self) -> bool:
        """Whether the transaction of all rows is open, and has written some."""
        query = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_xid IS NOT NULL AND query LIKE %s"
        )
        return self.answer(query, ("COPY ledger.%",)) > 0

    def written(self) -> bool:
        """Whether all rows are there."""
        known = "SELECT count(*) FROM pg_class WHERE oid = to_regclass('ledger.records')"
        return bool(self.answer(known, ()) and self.answer("SELECT count(*) FROM ledger.records", ()))

    def answer(self, query: str, values: tuple[str, ...]) -> int:
        with psycopg.connect(self.admin) as conn:
            row = conn.execute(query.encode(), values).fetchone()
        assert row is not None
        return int(row[0])


def command(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_command(*arguments, environment={**PATH, **environment})


@pytest.fixture
def machine(full: FullLedger, empty_database: str, tmp_path: Path) -> Machine:
    return Machine(full.world, empty_database, tmp_path / "auditor")


def tables(admin: str) -> dict[str, list[tuple[object, ...]]]:
    with psycopg.connect(admin) as conn:
        return {
            name: sorted(conn.execute(f"SELECT * FROM ledger.{name}".encode()).fetchall(), key=repr)
            for name in TABLES
        } | {
            "suppressed": sorted(conn.execute("SELECT record_id FROM ledger.suppressed").fetchall()),
            "cases": sorted(
                conn.execute("SELECT case_id, kind, department FROM ledger.open_cases").fetchall()
            ),
            "renditions": sorted(
                conn.execute(
                    "SELECT view, record_id, part, until, bytes, commitment FROM ledger.renditions"
                ).fetchall(),
                key=repr,
            ),
        }


def files(folder: Path) -> dict[str, bytes]:
    """What is published, without maps of older epochs and partial tiles of smaller trees."""
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    return {n: d for n, d in found.items() if ".p/" not in n and (not n.startswith("maps/") or "heads" in n)}


@pytest.mark.parametrize(("name", "killed"), [("bundle.jsonl", False), ("bundle.jsonl.gz", True)])
def test_a_replayed_ledger_has_the_very_rows_views_tiles_and_roots_after_any_kills(
    full: FullLedger, machine: Machine, tmp_path: Path, name: str, killed: bool
) -> None:
    if not MISSING:
        with Authority(tmp_path / "authority").listening() as told:
            stamp(full.world, told)
        (full.world.published / "timestamps.json").unlink()  # how it goes there is told there
    bundle = tmp_path / name
    exported = command(full.world.environment, "audit", "export", "--out", str(bundle))
    assert exported.returncode == 0, exported.stderr
    if killed:
        published = machine.folder / "published"
        for when in (machine.writing, machine.written, lambda: any(published.rglob("tile/0/*"))):
            assert machine.killed(when, "audit", "replay", str(bundle))
    done = machine.run("audit", "replay", str(bundle))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("无误 / ok") == len(AREAS)
    assert tables(machine.admin) == tables(full.world.database.admin)
    assert files(machine.folder / "published") == files(full.world.published)
    assert {p.name for p in (machine.folder / "secrets").iterdir()} & {GATEWAY, "log-1.key"} == set()
    again = machine.run("audit", "replay", str(bundle))
    assert again.returncode == 0 and "此前已写入" in again.stdout, again.stdout + again.stderr
    assert machine.run("fsck", "--quiet").returncode == 0


def test_a_bundle_holds_no_personal_data_in_the_clear(full: FullLedger) -> None:
    world = full.world
    data = b"".join(
        written(
            Export(make_exported(world.settings, world.pool("auditor")), through=None, progress=print).lines()
        )
    )
    names = set()
    for row in world.reader.rows("records", after=0, limit=10_000):
        opened = world.ledger.open_all([row], log="records")[0]
        for part in (p for n, p in opened.parts.items() if n.startswith("person/")):
            names |= {str(value) for value in part.values() if len(str(value)) > 1}
    assert len(names) > 20
    assert not [name for name in names if name.encode() in data or json.dumps(name).encode() in data]


def test_an_export_through_a_position_replays_to_the_ledger_of_that_position(
    full: FullLedger, machine: Machine, tmp_path: Path
) -> None:
    world, bundle = full.world, tmp_path / "part.jsonl"
    through = world.reader.head("records")[0] - 20
    export = ("audit", "export", "--out", str(bundle), "--through")
    assert command(world.environment, *export, str(through)).returncode == 0
    done = machine.run("audit", "replay", str(bundle), "--json", "--quiet")
    told = json.loads(done.stdout)
    assert told["ok"] and told["counts"]["records rows"] == through and told["counts"]["epochs"] >= 2, told
    beyond = command(world.environment, *export, "99999")
    assert beyond.returncode == 1 and "没有这个位置" in beyond.stderr


def changed(kind: str, change: Callable[[dict[str, object]], object]) -> Callable[[list[bytes]], None]:
    """The last line of a kind changed, and the closing line made to fit."""

    def edit(lines: list[bytes]) -> None:
        at = max(n for n, line in enumerate(lines) if json.loads(line)["line"] == kind)
        line = json.loads(lines[at])
        change(line)
        lines[at] = json.dumps(line).encode() + b"\n"
        lines[:] = written(iter([json.loads(line) for line in lines[:-1]]))

    return edit


def twice(lines: list[bytes]) -> None:
    """One subject on two lines."""
    at = next(n for n, line in enumerate(lines) if b'"line":"subject"' in line)
    lines.insert(at, lines[at])
    lines[:] = written(iter([json.loads(line) for line in lines[:-1]]))


LIES: dict[str, tuple[Callable[[list[bytes]], object], str]] = {
    "cut off": (lambda lines: lines.pop(), "不完整"),
    "a byte": (
        lambda lines: lines.__setitem__(5, lines[5].replace(b'"generation":1', b'"generation":2')),
        "被改动",
    ),
    "more at the end": (lambda lines: lines.append(lines[1]), "被改动"),
    "no JSON": (lambda lines: lines.__setitem__(3, b"x\n"), "不是审计包的行"),
    "another ledger": (changed("header", lambda line: line.update(ledger="0" * 32)), "另一账本"),
    "another version": (changed("header", lambda line: line.update(format="xinlu/audit@v9")), "本版本"),
    "a row": (changed("row", lambda line: line.update(recorded_at="2026-11-21T02:00:00.000001Z")), "摘要"),
    "a row gone": (changed("row", lambda line: line.update(position=1)), "位置"),
    "an assertion": (changed("assert", lambda line: line.update(size=1)), "断言"),
    "an epoch's changes": (changed("epoch", lambda line: line.update(delta="")), "变更清单"),
    "an unknown line": (changed("views", lambda line: line.update(line="more")), "不是审计包的行"),
    "a subject twice": (twice, "出现两次"),
}


def test_a_bundle_that_was_changed_is_refused_and_leaves_nothing(
    full: FullLedger, machine: Machine, tmp_path: Path
) -> None:
    bundle, lie = tmp_path / "bundle.jsonl", tmp_path / "lie.jsonl"
    assert command(full.world.environment, "audit", "export", "--out", str(bundle), "--quiet").returncode == 0
    assert machine.run("migrate").returncode == 0
    empty = tables(machine.admin)
    for name, (edit, why) in LIES.items():
        lines = bundle.read_bytes().splitlines(keepends=True)
        edit(lines)
        lie.write_bytes(b"".join(lines))
        done = machine.run("audit", "replay", str(lie), "--quiet")
        assert done.returncode == 1 and why in done.stderr, (name, done.stdout, done.stderr)
        assert tables(machine.admin) == empty, name
    views = [json.loads(line) for line in bundle.read_bytes().splitlines()]
    for line in views:
        if line["line"] == "views":
            line["root"] = line["root"][::-1].replace("=", "") + "="
    lie.write_bytes(b"".join(written(iter(views[:-1]))))
    other = machine.run("audit", "replay", str(lie), "--quiet")
    assert other.returncode == 1 and "views_root" not in other.stdout and "导出时" in other.stdout, (
        other.stderr
    )


def test_a_ledger_that_is_not_empty_takes_no_bundle(full: FullLedger, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.jsonl.gz"
    assert command(full.world.environment, "audit", "export", "--out", str(bundle), "--quiet").returncode == 0
    full.record(50)
    refused = command(full.world.environment, "audit", "replay", str(bundle), "--quiet")
    assert refused.returncode == 1 and "数据库不是空的" in refused.stderr
    bundle.write_bytes(gzip.compress(b"x")[:9])
    assert command(full.world.environment, "audit", "replay", str(bundle), "--quiet").returncode == 1
