"""After an erasure, everything that lies on the disk is searched: for the values, and for anything that opens them.

A server of the test's own with a standby, a base backup and a dump from before, and the whole service at work.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap

from application.data_keys import unwrap_all
from application.ports import WrappedKey
from application.projections.projector import BATCH_EVENTS
from application.sealing import BrokenSeal, associated_data, open_part, parse_key_reference, unpack
from domain.shared.canonical import Parts
from domain.shared.city_time import city_day
from domain.transparency.digest import StoredRow
from infrastructure.embedded import EmbeddedPostgres, bin_dir
from infrastructure.migrate import migrate
from interfaces.demo.generator import generate_city
from tests.conftest import make_database
from tests.e2e.processes import PROJECT, Serve, free_port, wait_until
from tests.erasure import a_record, ask, contents, from_now_on_deleted, subject_id, texts, who
from tests.world import SEED, World

pytestmark = pytest.mark.rule("PRV-4")


@dataclass
class Place:
    """Everything of one service on one disk: data folder, standby, backup, dump, logs."""

    folder: Path
    server: EmbeddedPostgres
    world: World
    serve: Serve

    @property
    def environment(self) -> dict[str, str]:
        return {**self.world.environment, "DATABASE_URL": self.server.url()}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    folder = tmp_path / "place"
    data = folder / "data"
    for part in (tmp_path, folder):
        part.mkdir(exist_ok=True)
        part.chmod(0o711)
    with EmbeddedPostgres(data, data / "secrets") as server:
        migrate(server.url(), folder=PROJECT / "migrations", secrets_dir=data / "secrets")
        world = World(make_database(server.url(), data / "secrets"), data, data / "secrets" / "logins.json")
        world.clock.at = datetime.now(UTC)
        world.govern()
        from_now_on_deleted(world)
        files = generate_city(
            world.city, SEED, today=city_day(world.clock.at), penalties=6, licences=4, people=3
        )
        world.take_in(files, "penalties-1.xlsx", "licences-2.csv", "people-1.xlsx")
        world.project()
        environment = {**world.environment, "DATABASE_URL": server.url()}
        serve = Serve(environment, folder / "serve.log", port=free_port(), options=("--no-demo",))
        serve.start()
        try:
            yield Place(folder, server, world, serve)
        finally:
            serve.end()
            world.close()


def forms(value: str) -> list[bytes]:
    """A value as it might lie somewhere: encodings, escapes, hex, and base64 at each of its three alignments."""
    plain = value.encode()
    found = [plain, value.encode("utf-16-le"), value.encode("utf-16-be"), json.dumps(value)[1:-1].encode()]
    found += [plain.hex().encode(), plain.hex().upper().encode(), urllib.parse.quote(value).encode()]
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + plain)
        inner = text[(shift * 8 + 5) // 6 :].rstrip(b"=")
        found.append(inner[: len(inner) - len(inner) % 4] or inner)
    return [form for form in found if len(form) >= 9]


def files_below(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with suppress(FileNotFoundError):  # the server removes files as it works
                yield path, path.read_bytes()


def test_what_is_searched_for_would_be_found(tmp_path: Path) -> None:
    value = "违法事实清楚"
    for number, form in enumerate(
        (value, json.dumps(value), value.encode().hex(), base64.b64encode(b"xy" + value.encode()).decode())
    ):
        (tmp_path / str(number)).write_text(f"...{form}...")
        ((_, content),) = [f for f in files_below(tmp_path) if f[0].name == str(number)]
        assert any(one in content for one in forms(value)), number


def test_prv_4_nothing_on_the_disk_holds_or_opens_what_was_erased(place: Place) -> None:
    world, folder = place.world, place.folder
    person, person_content, identity = a_record(world, "natural_person")
    before = contents(world)
    record, record_content = next(
        (r, c) for r, c in before.items() if c["public"].get("CF_XDR_LB") == "法人及非法人组织"
    )
    erased = {r: c for r, c in before.items() if who(c) == identity} | {record: record_content}
    subject = subject_id(world, identity)
    assert subject is not None and person in erased
    rows = [row for log in ("records", "access") for row in _rows(world, log)]
    drafts = world.services.drafts
    drafts.save(uuid4(), json.dumps(person_content, ensure_ascii=False).encode() * 50, department="d")
    used(place, person_content, record_content)
    standby = with_copies(place)
    copied = list(_keys(place.server.url()))
    try:
        ask(world, "subject", subject=identity)
        ask(world, "record", stream=record)
        done = subprocess.run(
            [sys.executable, "-m", "interfaces.cli", "erase", "run", "--json"],
            cwd=PROJECT, env=place.environment, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["completed"] == 2
        used(place, person_content, record_content)
        caught_up(place, standby)
        living = unwrap_all(world.vault, {(k.owner, k.key_class): k for k in _keys(standby.url())})
        with psycopg.connect(place.server.url(), autocommit=True) as conn:
            conn.execute("CHECKPOINT")
    finally:
        standby.stop()
    assert contents(world) == {r: c for r, c in before.items() if r not in erased}
    assert world.finding() is None
    needles = values_of_only(erased, before)
    assert len(needles) > 10
    hits = [
        (path.relative_to(folder), value)
        for path, content in files_below(folder)
        for value in needles
        if any(form in content for form in forms(value))
    ]
    assert not hits
    nothing_opens(folder, rows, erased, copied, list(living.values()), subject)


def _rows(world: World, log: str) -> list[StoredRow]:
    return list(world.reader.rows(log, after=0, limit=BATCH_EVENTS * 10))  # type: ignore[arg-type]


def _keys(url: str) -> Iterator[WrappedKey]:
    with psycopg.connect(url) as conn:
        for row in conn.execute("SELECT owner, class, generation, wrapped FROM ledger.data_keys").fetchall():
            yield WrappedKey(*row)


def values_of_only(erased: dict[UUID, Parts], every: dict[UUID, Parts]) -> list[str]:
    """Values that what was erased alone had: identifiers, names, facts, numbers of documents."""
    kept = {v for r, c in every.items() if r not in erased for v in texts(c, *c)}
    mine = {v for c in erased.values() for v in texts(c, *c)} - kept
    return sorted(v for v in mine if not re.fullmatch(r"\d{4}-\d\d-\d\d", v))  # a day tells of nobody


def used(place: Place, *found: Parts) -> None:
    """Look-ups and refused requests with these very values, for whatever the service writes down of them."""
    for content in found:
        for text in texts(content, *content)[:4]:
            form = urllib.parse.urlencode({"q": text}).encode()
            for path, body in (("/lookup", form), ("/v1/queries", json.dumps({"subjects": [text]}).encode())):
                with suppress(urllib.error.HTTPError):
                    urllib.request.urlopen(f"{place.serve.url}{path}", data=body, timeout=10).read()


def with_copies(place: Place) -> EmbeddedPostgres:
    """A dump, a base backup with its WAL, and a standby made of a second one, running."""
    url, folder = place.server.url(), place.folder
    programs = bin_dir()
    dumped = folder / "before.sql"
    subprocess.run([programs / "pg_dump", "-f", dumped, url], check=True, capture_output=True)
    standby_data = folder / "standby"
    (standby_data / "secrets").mkdir(parents=True)
    standby_data.chmod(0o711)
    shutil.copy(place.world.secrets / "postgres-password", standby_data / "secrets")
    for target, options in ((folder / "backup", ()), (standby_data / "pg", ("-R",))):
        command = [
            programs / "pg_basebackup",
            "-d",
            url,
            "-D",
            target,
            "-X",
            "stream",
            "-c",
            "fast",
            *options,
        ]
        subprocess.run(command, check=True, capture_output=True)
    owner = (folder / "data" / "pg").stat()
    for path in (standby_data / "pg", *(standby_data / "pg").rglob("*")):
        shutil.chown(path, owner.st_uid, owner.st_gid)
    standby = EmbeddedPostgres(standby_data, standby_data / "secrets")
    standby.start()
    return standby


def caught_up(place: Place, standby: EmbeddedPostgres) -> None:
    """The standby has replayed everything that the primary wrote."""
    with (
        psycopg.connect(place.server.url()) as primary,
        psycopg.connect(standby.url(), autocommit=True) as copy,
    ):
        row = primary.execute("SELECT pg_current_wal_lsn()::text").fetchone()
        assert row is not None
        query = "SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= %s::pg_lsn"
        wait_until(lambda: copy.execute(query, (row[0],)).fetchone() == (True,), "the standby caught up")


def nothing_opens(
    folder: Path,
    rows: list[StoredRow],
    erased: dict[UUID, Parts],
    copied: list[WrappedKey],
    living: list[bytes],
    subject: UUID,
) -> None:
    """Every key that is left, on every wrapped key of the copies, and all of them on every erased ciphertext."""
    found = [(path.name, content) for path, content in files_below(folder) if path.name.endswith(".key")]
    secret = sorted(name.partition("-")[0] for name, content in found if len(content) == 32)
    assert secret == ["generation", "log", "lookup.key"]  # no older generation lies anywhere
    files = [content for _, content in found]
    for key in copied:
        for content in files:
            with pytest.raises(InvalidUnwrap):
                aes_key_unwrap(content, key.wrapped)
    assert len(living) > 5
    tried = 0
    for row in rows:
        for part, (owner, key_class) in parse_key_reference(row.key_ref).items():
            if owner == subject or any(str(r) in key_class or owner == r for r in erased):
                place = associated_data(
                    log="access" if row.topic.startswith(("subject.queried", "act.")) else "records",
                    stream_id=row.stream_id, version=row.stream_version, name=part,
                )  # fmt: skip
                tried += 1
                for opening in (*living, *files):
                    with pytest.raises((BrokenSeal, ValueError)):
                        open_part(unpack(row.sealed)[part], key=opening, place=place)
    assert tried >= 2 * len(erased)
