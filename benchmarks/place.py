"""Where the benchmarks run: an embedded PostgreSQL in a temporary folder, gone afterwards, and a governed demo city.

Every part of the benchmarks takes a :class:`Place`; nothing outside its folder is touched.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import psycopg

from application.ledger import Ledger
from domain.shared.city_time import city_day
from infrastructure.bootstrap import (
    AuditServices,
    EmbeddedPostgres,
    ProjectorServices,
    Settings,
    audit_services,
    gateway_public_key,
    open_ledger,
    prepare,
    projector_services,
)
from interfaces.cli.seed import govern
from interfaces.client.sealing import DepartmentKey
from interfaces.demo.city import DemoCity, read_city
from interfaces.demo.generator import big_workbook

PROJECT = Path(__file__).resolve().parent.parent
SEED = 11


@dataclass(frozen=True)
class World:
    """A governed ledger in a database of its own: settings (with the owner's URL), ledger, departments' keys."""

    settings: Settings
    admin_url: str
    ledger: Ledger
    keys: dict[str, DepartmentKey]

    @cached_property
    def audit(self) -> AuditServices:
        """The auditor's side."""
        return audit_services(self.settings)

    @cached_property
    def projector(self) -> ProjectorServices:
        """The projector's side."""
        return projector_services(self.settings)


class Place:
    """One server and the databases made on it."""

    def __init__(self, folder: Path, server: EmbeddedPostgres) -> None:
        self.folder = folder
        self.server = server
        self.city: DemoCity = read_city(PROJECT / "data")
        self._made = 0

    @property
    def bin_dir(self) -> Path:
        """Where ``pgbench`` is."""
        return self.server.bin_dir()

    def database(self) -> str:
        """The owner's URL of a new empty database."""
        self._made += 1
        name = f"bench_{self._made}"
        with psycopg.connect(self.server.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.server.url(name)

    def world(self) -> World:
        """A new ledger with departments, keys and catalogue, no record yet."""
        admin_url = self.database()
        folder = self.folder / f"world-{self._made}"
        settings = Settings(folder, admin_url)
        # Logins belong to the server, so every ledger on it keeps the same passwords.
        shared = self.folder / "logins.json"
        if shared.exists():
            (settings.secrets_dir / "logins.json").write_bytes(shared.read_bytes())
        prepare(settings, admin_url)
        shared.write_bytes((settings.secrets_dir / "logins.json").read_bytes())
        ledger = open_ledger(settings)
        gateway = gateway_public_key(settings)
        keys = govern(ledger, gateway, self.city, folder / "keys", today=city_day(ledger.now()))
        return World(settings, admin_url, ledger, keys)

    def workbook(self, rows: int) -> bytes:
        """A faultless workbook of the first agency, made once for each size."""
        path = self.folder / f"rows-{rows}.xlsx"
        if not path.exists():
            path.write_bytes(big_workbook(self.city, rows, SEED, today=self.today))
        return path.read_bytes()

    @cached_property
    def today(self) -> date:
        """The city's date when the run began."""
        with psycopg.connect(self.server.url("postgres")) as connection:
            row = connection.execute("SELECT now()").fetchone()
        assert row is not None
        return city_day(row[0])


@contextmanager
def temporary_place() -> Iterator[Place]:
    """A server in a temporary folder for as long as the block runs."""
    with tempfile.TemporaryDirectory(prefix="xinlu-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # where the server runs as another user, that user must be able to enter
        with EmbeddedPostgres(folder / "server", folder / "server-secrets") as server:
            yield Place(folder, server)
