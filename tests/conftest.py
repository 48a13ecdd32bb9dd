"""What tests share: one real PostgreSQL for a run, a fresh migrated database for each test, a browser."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from infrastructure.embedded import EmbeddedPostgres
from infrastructure.migrate import logins, migrate

PROJECT = Path(__file__).resolve().parent.parent
_NUMBER = itertools.count(1)


@dataclass(frozen=True)
class Database:
    """A test's own database: connection URLs of its owner (who may see all) and of the service's logins."""

    admin: str
    writer: str
    reader: str
    projector: str
    auditor: str


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A running embedded server with an empty database ``xinlu``; one for each xdist worker."""
    with tempfile.TemporaryDirectory(prefix="xinlu-test-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # where user namespaces are refused to root, `nobody` must be able to enter
        with EmbeddedPostgres(folder / "data", folder / "data" / "secrets") as server:
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
        urls = logins(admin, secrets_dir)
        yield Database(
            admin=admin,
            writer=urls["xinlu_writer"],
            reader=urls["xinlu_reader"],
            projector=urls["xinlu_projector"],
            auditor=urls["xinlu_auditor"],
        )


def _fresh(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """Create a database from a template, give its URL, drop it with whatever still holds it."""
    name = f"test_{next(_NUMBER)}"
    with psycopg.connect(postgres.ensure(), dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
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
