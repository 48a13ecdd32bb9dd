"""Where the worlds of tests live: one server for a session, in memory, and databases that are copies of others.

``conftest.py`` makes both; a :class:`tests.world.World` stands on a copy and on a folder beside the server.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from infrastructure.embedded import SERVER_SETTINGS, EmbeddedPostgres
from infrastructure.settings import connection_parameters

MEMORY = Path("/dev/shm")
FREE_BYTES_MIN = 2**31


class PassingPostgres(EmbeddedPostgres):
    """The embedded server for databases that live for one test: the disk is not waited for.

    Everything else is as the product has it, and no kill of a process loses a byte: only a machine that falls
    would. What kills a database (``test_crash``, ``test_embedded``) starts one of its own, as it ships.

    Passwords are asked for, but hashed once instead of 4,096 times: a run makes some thousands of connections, and
    more than half of one was that.
    """

    settings = SERVER_SETTINGS | {"fsync": "off", "full_page_writes": "off", "scram_iterations": "1"}

    def start(self) -> str:
        """As the embedded server; the superuser's password, which ``initdb`` hashed, is hashed anew."""
        url = super().start()
        parameters = connection_parameters(url)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                    sql.Identifier(parameters["user"]), sql.Literal(parameters["password"])
                )
            )
        return url


@contextmanager
def passing_folder() -> Iterator[Path]:
    """A folder that all may enter: in memory where the machine lends enough, which spares a third of a test."""
    roomy = os.access(MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(MEMORY).free >= FREE_BYTES_MIN
    with tempfile.TemporaryDirectory(prefix="xinlu-test-", dir=MEMORY if roomy else None) as name:
        folder = Path(name)
        folder.chmod(0o711)  # where user namespaces are refused to root, `nobody` must be able to enter
        yield folder


class Databases:
    """The databases of a session's server, made by one connection that is kept."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self.server = server
        self._admin = psycopg.connect(server.url("postgres"), autocommit=True)
        self._numbers = itertools.count(1)
        self._left: list[str] = []

    def close(self) -> None:
        """Give the connection back; what is left goes with the server."""
        self._admin.close()

    def copy(self, template: str, name: str) -> str:
        """The owner's URL of a new database, a copy of another to which nobody may be connected."""
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY".encode())
        return self.server.url(name)

    @contextmanager
    def fresh(self, template: str) -> Iterator[str]:
        """The owner's URL of a copy for one test.

        It is dropped, with whoever still holds it, before the next is made: by then the connections that the test
        closed have ended, for which a server else waits a tenth of a second.
        """
        while self._left:
            self._admin.execute(f"DROP DATABASE {self._left.pop()} WITH (FORCE)".encode())
        name = f"test_{next(self._numbers)}"
        url = self.copy(template, name)
        try:
            yield url
        finally:
            self._left.append(name)
