"""What tests share: one real PostgreSQL for a run, a fresh migrated database for each test, a browser."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from infrastructure.embedded import EmbeddedPostgres
from infrastructure.migrate import logins, migrate
from infrastructure.settings import connection_parameters
from interfaces.client.sealing import DepartmentKey
from tests.databases import Databases, PassingPostgres, passing_folder
from tests.world import Database, World

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.full_ledger import FullLedger

__all__ = ["PROJECT", "Database", "World"]
PROJECT = Path(__file__).resolve().parent.parent

# How long an example takes is the machine's affair; a loaded one must not fail a property that holds.
settings.register_profile("xinlu", deadline=None)
settings.load_profile("xinlu")

# Some three hundred processes are started by tests: each module is compiled for the first of them alone.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Nothing that is imported or collected ever becomes garbage, and looking for it took a quarter of a collection.
gc.disable()


def pytest_collection_finish() -> None:
    """Look for garbage from here on, among what tests make, and less often than a program that lives for weeks."""
    gc.freeze()
    gc.set_threshold(7000)
    gc.enable()


@pytest.fixture(scope="session")
def passing() -> Iterator[Path]:
    """The session's folder for what no test finds again: the server's data and the worlds."""
    with passing_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def postgres(passing: Path) -> Iterator[EmbeddedPostgres]:
    """A running server with an empty database ``xinlu``; one for each xdist worker."""
    with PassingPostgres(passing / "data", passing / "data" / "secrets") as server:
        yield server


@pytest.fixture(scope="session")
def databases(postgres: EmbeddedPostgres) -> Iterator[Databases]:
    """The databases of that server."""
    found = Databases(postgres)
    yield found
    found.close()


@pytest.fixture
def world_folder(passing: Path) -> Iterator[Path]:
    """The place of a test's world, not made yet."""
    with tempfile.TemporaryDirectory(dir=passing) as name:
        yield Path(name) / "world"


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
def empty_database(databases: Databases) -> Iterator[str]:
    """The owner's URL of a database without any migration."""
    with databases.fresh("template1") as admin:
        yield admin


@pytest.fixture
def database(databases: Databases, template: str, secrets_dir: Path) -> Iterator[Database]:
    """A fresh migrated database with the URLs of its logins; gone after the test."""
    with databases.fresh(template) as admin:
        yield make_database(admin, secrets_dir)


@pytest.fixture
def bare_world(database: Database, secrets_dir: Path, world_folder: Path) -> Iterator[World]:
    """A ledger that nobody founded yet."""
    world = World(database, world_folder, secrets_dir / "logins.json")
    yield world
    world.close()


@pytest.fixture(scope="session")
def governed_template(
    databases: Databases, template: str, secrets_dir: Path, passing: Path
) -> tuple[str, Path]:
    """Name and folder of a governed world that is copied for each test."""
    return _prepared("governed", databases, template, secrets_dir, passing, World.govern)


@pytest.fixture(scope="session")
def seeded_template(
    databases: Databases, template: str, secrets_dir: Path, passing: Path
) -> tuple[str, Path]:
    """Name and folder of a governed world with three files taken in and the views at the head."""

    def seed(world: World) -> None:
        world.govern()
        world.take_in(world.files(), "penalties-1.xlsx", "licences-2.csv", "people-1.xlsx")
        world.project()

    return _prepared("seeded", databases, template, secrets_dir, passing, seed)


@pytest.fixture(scope="session")
def full_template(databases: Databases, template: str, secrets_dir: Path, passing: Path) -> tuple[str, Path]:
    """Name and folder of a published world with every kind of event."""
    from tests.full_ledger import FullLedger  # noqa: PLC0415 - it stands on tests, which stand on this

    def live(world: World) -> None:
        world.govern()
        world.take_in(world.files(), "penalties-1.xlsx", "licences-2.csv", "people-1.xlsx")
        FullLedger.live(world)

    return _prepared("full_ledger", databases, template, secrets_dir, passing, live)


@pytest.fixture
def full(
    databases: Databases, full_template: tuple[str, Path], secrets_dir: Path, world_folder: Path
) -> Iterator[FullLedger]:
    """A ledger with every kind of event, published in several epochs: see ``tests.full_ledger``."""
    from tests.full_ledger import FullLedger  # noqa: PLC0415 - as above

    for world in _world(databases, full_template, secrets_dir, world_folder):
        yield FullLedger(world)


@pytest.fixture
def ledger_world(
    databases: Databases, governed_template: tuple[str, Path], secrets_dir: Path, world_folder: Path
) -> Iterator[World]:
    """A founded ledger: demo city's departments, officers, keys and catalogue, no record yet.

    See :class:`tests.world.World` for what it holds.
    """
    yield from _world(databases, governed_template, secrets_dir, world_folder)


@pytest.fixture(scope="module")
def refusing_world(
    databases: Databases, governed_template: tuple[str, Path], secrets_dir: Path, passing: Path
) -> Iterator[World]:
    """A founded ledger for all tests of a module: for those that leave nothing that another would meet."""
    with tempfile.TemporaryDirectory(dir=passing) as name:
        yield from _world(databases, governed_template, secrets_dir, Path(name) / "world")


@pytest.fixture
def seeded_world(
    databases: Databases, seeded_template: tuple[str, Path], secrets_dir: Path, world_folder: Path
) -> Iterator[World]:
    """A ledger with records of organisations and natural persons, a report of refused rows, and views."""
    yield from _world(databases, seeded_template, secrets_dir, world_folder)


def _prepared(
    name: str,
    databases: Databases,
    template: str,
    secrets_dir: Path,
    passing: Path,
    fill: Callable[[World], None],
) -> tuple[str, Path]:
    """A world made once: its database, left without connections so that it can be copied, and its folder."""
    folder = passing / name
    admin = databases.copy(template, name)
    world = World(make_database(admin, secrets_dir), folder, secrets_dir / "logins.json")
    try:
        fill(world)
    finally:
        world.close()
    return name, folder


def _world(
    databases: Databases, prepared: tuple[str, Path], secrets_dir: Path, folder: Path
) -> Iterator[World]:
    """A copy of a prepared world."""
    name, source = prepared
    shutil.copytree(source, folder)
    with databases.fresh(name) as admin:
        world = World(make_database(admin, secrets_dir), folder, secrets_dir / "logins.json")
        world.keys = {path.stem: DepartmentKey.read(path) for path in (folder / "keys").iterdir()}
        yield world
        world.close()


@dataclass(frozen=True)
class Backup:
    """A copy of a world as it was, and the world itself, connected anew."""

    world: World
    original: World


def copy_of(world: World, databases: Databases, secrets_dir: Path, folder: Path) -> Backup:
    """Copy a world, to which nobody may be connected, with its database and folder; both are for the caller to close.

    The copied database is left for the end of the session, with its server.
    """
    name = connection_parameters(world.database.admin)["dbname"]
    shutil.copytree(world.folder, folder)
    copied = databases.copy(name, f"{name}_copy")
    found = []
    for admin, of in ((copied, folder), (world.database.admin, world.folder)):
        again = World(make_database(admin, secrets_dir), of, secrets_dir / "logins.json")
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


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A running browser; a test takes a context of its own."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only the tests of pages load it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()
