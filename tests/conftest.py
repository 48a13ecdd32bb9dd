"""What tests share: one real PostgreSQL for a run, a fresh migrated database for each test, a browser."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from infrastructure.embedded import SERVER_SETTINGS, EmbeddedPostgres
from infrastructure.migrate import logins, migrate
from infrastructure.settings import connection_parameters
from interfaces.client.sealing import DepartmentKey
from tests.world import Database, World

if TYPE_CHECKING:
    from tests.full_ledger import FullLedger

__all__ = ["PROJECT", "Database", "World"]
PROJECT = Path(__file__).resolve().parent.parent
_NUMBER = itertools.count(1)


class PassingPostgres(EmbeddedPostgres):
    """The embedded server for databases that live for one test: the disk is not waited for.

    Everything else is as the product has it, and no kill of a process loses a byte: only a machine that falls
    would. What kills a database (``test_crash``, ``test_embedded``) starts one of its own, as it ships.
    """

    settings = SERVER_SETTINGS | {"fsync": "off", "full_page_writes": "off"}


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A running server with an empty database ``xinlu``; one for each xdist worker."""
    with tempfile.TemporaryDirectory(prefix="xinlu-test-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # where user namespaces are refused to root, `nobody` must be able to enter
        with PassingPostgres(folder / "data", folder / "data" / "secrets") as server:
            yield server


@pytest.fixture(scope="session")
def secrets_dir(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the logins' passwords of the session's server."""
    assert postgres.is_running()
    return tmp_path_factory.mktemp("secrets")


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres, secrets_dir: Path) -> str:
    """The name of a migrated database that is copied for each test."""
    migrate(postgres.url(), folder=PROJECT / "migrations", secrets_dir=secrets_dir)
    return "xinlu"


@pytest.fixture
def empty_database(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The owner's URL of a database without any migration."""
    yield from _fresh(postgres, "template1")


@pytest.fixture
def database(postgres: EmbeddedPostgres, template: str, secrets_dir: Path) -> Iterator[Database]:
    """A fresh migrated database with the URLs of its logins; gone after the test."""
    for admin in _fresh(postgres, template):
        yield make_database(admin, secrets_dir)


@pytest.fixture
def bare_world(database: Database, secrets_dir: Path, tmp_path: Path) -> Iterator[World]:
    """A ledger that nobody founded yet."""
    world = World(database, tmp_path / "world", secrets_dir / "logins.json")
    yield world
    world.close()


@pytest.fixture(scope="session")
def governed_template(
    postgres: EmbeddedPostgres, template: str, secrets_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """Name and folder of a governed world that is copied for each test."""
    return _prepared("governed", postgres, template, secrets_dir, tmp_path_factory, World.govern)


@pytest.fixture(scope="session")
def seeded_template(
    postgres: EmbeddedPostgres, template: str, secrets_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """Name and folder of a governed world with three files taken in and the views at the head."""

    def seed(world: World) -> None:
        world.govern()
        world.take_in(world.files(), "penalties-1.xlsx", "licences-2.csv", "people-1.xlsx")
        world.project()

    return _prepared("seeded", postgres, template, secrets_dir, tmp_path_factory, seed)


@pytest.fixture(scope="session")
def full_template(
    postgres: EmbeddedPostgres, template: str, secrets_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """Name and folder of a published world with every kind of event."""
    from tests.full_ledger import FullLedger  # noqa: PLC0415 - it stands on tests, which stand on this

    def live(world: World) -> None:
        world.govern()
        world.take_in(world.files(), "penalties-1.xlsx", "licences-2.csv", "people-1.xlsx")
        FullLedger.live(world)

    return _prepared("full_ledger", postgres, template, secrets_dir, tmp_path_factory, live)


@pytest.fixture
def full(
    postgres: EmbeddedPostgres, full_template: tuple[str, Path], secrets_dir: Path, tmp_path: Path
) -> Iterator[FullLedger]:
    """A ledger with every kind of event, published in several epochs: see ``tests.full_ledger``."""
    from tests.full_ledger import FullLedger  # noqa: PLC0415 - as above

    for world in _world(postgres, full_template, secrets_dir, tmp_path / "world"):
        yield FullLedger(world)


@pytest.fixture
def ledger_world(
    postgres: EmbeddedPostgres, governed_template: tuple[str, Path], secrets_dir: Path, tmp_path: Path
) -> Iterator[World]:
    """A founded ledger: demo city's departments, officers, keys and catalogue, no record yet.

    See :class:`tests.world.World` for what it holds.
    """
    yield from _world(postgres, governed_template, secrets_dir, tmp_path / "world")


@pytest.fixture
def seeded_world(
    postgres: EmbeddedPostgres, seeded_template: tuple[str, Path], secrets_dir: Path, tmp_path: Path
) -> Iterator[World]:
    """A ledger with records of organisations and natural persons, a report of refused rows, and views."""
    yield from _world(postgres, seeded_template, secrets_dir, tmp_path / "world")


def _prepared(
    name: str,
    postgres: EmbeddedPostgres,
    template: str,
    secrets_dir: Path,
    tmp_path_factory: pytest.TempPathFactory,
    fill: Callable[[World], None],
) -> tuple[str, Path]:
    """A world made once: its database, left without connections so that it can be copied, and its folder."""
    folder = tmp_path_factory.mktemp(name)
    copy_database(postgres, template, name)
    world = World(make_database(postgres.url(name), secrets_dir), folder, secrets_dir / "logins.json")
    try:
        fill(world)
    finally:
        world.close()
    return name, folder


def _world(
    postgres: EmbeddedPostgres, prepared: tuple[str, Path], secrets_dir: Path, folder: Path
) -> Iterator[World]:
    """A copy of a prepared world."""
    name, source = prepared
    shutil.copytree(source, folder)
    for admin in _fresh(postgres, name):
        world = World(make_database(admin, secrets_dir), folder, secrets_dir / "logins.json")
        world.keys = {path.stem: DepartmentKey.read(path) for path in (folder / "keys").iterdir()}
        yield world
        world.close()


@dataclass(frozen=True)
class Backup:
    """A copy of a world as it was, and the world itself, connected anew."""

    world: World
    original: World


def copy_of(world: World, postgres: EmbeddedPostgres, secrets_dir: Path, folder: Path) -> Backup:
    """Copy a world, to which nobody may be connected, with its database and folder; both are for the caller to close.

    The copied database is left for the end of the session, with its server.
    """
    name = connection_parameters(world.database.admin)["dbname"]
    shutil.copytree(world.folder, folder)
    copy_database(postgres, name, f"{name}_copy")
    found = []
    for database, of in ((f"{name}_copy", folder), (name, world.folder)):
        again = World(make_database(postgres.url(database), secrets_dir), of, secrets_dir / "logins.json")
        again.keys = {path.stem: DepartmentKey.read(path) for path in (of / "keys").iterdir()}
        found.append(again)
    return Backup(*found)


def make_database(admin: str, secrets_dir: Path) -> Database:
    """The URLs of a migrated database."""
    urls = logins(admin, secrets_dir)
    return Database(
        admin=admin,
        writer=urls["xinlu_writer"],
        reader=urls["xinlu_reader"],
        projector=urls["xinlu_projector"],
        auditor=urls["xinlu_auditor"],
        sequencer=urls["xinlu_sequencer"],
        eraser=urls["xinlu_eraser"],
    )


def copy_database(postgres: EmbeddedPostgres, template: str, name: str) -> None:
    """Make a database as a copy of another, to which nobody may be connected: its files, without a log of them."""
    with psycopg.connect(postgres.ensure(), dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY".encode())


def _fresh(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """Create a database from a template, give its URL, drop it with whatever still holds it."""
    name = f"test_{next(_NUMBER)}"
    copy_database(postgres, template, name)
    yield postgres.url(name)
    with psycopg.connect(postgres.ensure(), dbname="postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium for playwright's ``executable_path``; under CI it may not be missing."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    if os.environ.get("CI"):
        pytest.fail("Chromium is missing: apt-get install chromium fonts-noto-cjk")
    pytest.skip("Chromium is missing: apt-get install chromium fonts-noto-cjk")
