"""Brings a database to the newest schema: numbered SQL files, each applied once, and the service's logins.

The migrator's URL comes before it (the embedded server's or DATABASE_URL); the service connects after it with
the logins made here and never with that URL. ADR 0002 says why this is not a tool.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus

from infrastructure.private_files import private_folder, write_private
from infrastructure.settings import connection_parameters, connection_url

NAME = re.compile(r"[0-9]{4}_[a-z0-9_]+\.sql")
LOCK_KEY = int.from_bytes(hashlib.sha256(b"xinlu/migrate/v1").digest()[:8], "big", signed=True)
SERVER_VERSION_MIN = 150000

ROLES: Mapping[str, int] = {
    "xinlu_writer": 32,
    "xinlu_reader": 32,
    "xinlu_projector": 8,
    "xinlu_auditor": 4,
    "xinlu_sequencer": 4,
    "xinlu_eraser": 4,
}
"""The service's logins and how many connections each may hold at a time."""

APPLIED_TABLE = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    name text PRIMARY KEY,
    digest bytea NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""


class MigrationError(RuntimeError):
    """The database cannot be brought to the newest schema; a failed file leaves nothing behind."""


@dataclass(frozen=True)
class Step:
    """One migration file: its name, its bytes and their SHA-256."""

    name: str
    content: bytes
    digest: bytes


def migrate(admin_url: str, *, folder: Path, secrets_dir: Path, wait_seconds: float = 60.0) -> list[str]:
    """Make the login roles, then apply the files of ``folder`` that are new; gives their names in order.

    ``admin_url`` is the login that owns the database and may create roles; it need not be a superuser. It
    must reach the server itself: a pooler in transaction mode would lose the session lock. Several migrators
    at once are safe, each file is applied by one of them. Raises MigrationError when an applied file was
    changed or is missing, a file fails (it is undone whole), another migrator holds the lock for more than
    ``wait_seconds``, or the database cannot be reached; BadSetting when the URL cannot be read.
    """
    steps = read_steps(folder)
    with _connection(admin_url) as connection, _migration_lock(connection, wait_seconds):
        _make_logins(connection, private_folder(secrets_dir) / "logins.json")
        connection.execute(APPLIED_TABLE)
        return [step.name for step in _pending(connection, steps) if _apply(connection, step)]


def logins(admin_url: str, secrets_dir: Path) -> dict[str, str]:
    """URL per role for the database of ``admin_url``, with the passwords that ``migrate`` keeps.

    Raises MigrationError when ``migrate`` has not made them yet.
    """
    parameters = connection_parameters(admin_url)
    passwords = _read_passwords(secrets_dir / "logins.json")
    if not ROLES.keys() <= passwords.keys():
        raise MigrationError(f"the logins are not made yet in {secrets_dir}: run migrate first")
    return {role: connection_url(parameters | {"user": role, "password": passwords[role]}) for role in ROLES}


def has_events(admin_url: str) -> bool:
    """Whether the ledger of a migrated database holds any event."""
    with _connection(admin_url) as connection:
        return bool(_one(connection, "SELECT max(position) > 0 FROM ledger.heads"))


def read_steps(folder: Path) -> list[Step]:
    """The migration files of a folder by number. Raises MigrationError for a bad name or a double number."""
    steps: list[Step] = []
    for path in sorted(folder.glob("*.sql")):
        if not NAME.fullmatch(path.name):
            raise MigrationError(f"{path.name}: a migration is named like 0001_what_it_does.sql")
        if steps and steps[-1].name[:4] == path.name[:4]:
            raise MigrationError(f"{steps[-1].name} and {path.name} have the same number")
        content = path.read_bytes()
        steps.append(Step(path.name, content, hashlib.sha256(content).digest()))
    return steps


@contextmanager
def _connection(admin_url: str) -> Iterator[psycopg.Connection]:
    """A connection of the migrator; each statement outside a transaction block commits by itself."""
    parameters = connection_parameters(admin_url)
    try:
        connection = psycopg.connect(connection_url({"connect_timeout": "10"} | parameters), autocommit=True)
    except psycopg.OperationalError as refused:
        raise MigrationError(f"the database cannot be reached: {refused}") from None
    with connection:
        if connection.info.server_version < SERVER_VERSION_MIN:
            raise MigrationError(
                f"PostgreSQL 15 or newer is needed, this is {connection.info.server_version // 10000}"
            )
        yield connection


@contextmanager
def _migration_lock(connection: psycopg.Connection, wait_seconds: float) -> Iterator[None]:
    """Hold the migrators' lock of this database.

    Asking again and again instead of waiting inside ``pg_advisory_lock``: a waiter there holds a snapshot,
    and a CREATE INDEX CONCURRENTLY of the holder would wait for it in turn, until both are a deadlock.
    """
    deadline = time.monotonic() + wait_seconds
    while not _one(connection, "SELECT pg_try_advisory_lock(%s)", LOCK_KEY):
        if time.monotonic() >= deadline:
            raise MigrationError(f"another migrator has been at work for more than {wait_seconds:g} s")
        time.sleep(0.1)
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(%s)", [LOCK_KEY])


def _one(connection: psycopg.Connection, query: str, *values: object) -> object:
    """The single value of a query's single row."""
    row = connection.execute(query.encode(), values).fetchone()
    return row[0] if row else None


def _pending(connection: psycopg.Connection, steps: list[Step]) -> list[Step]:
    """The steps not applied yet, after comparing all applied ones with the folder."""
    applied: dict[str, bytes] = dict(
        connection.execute("SELECT name, digest FROM schema_migrations ORDER BY name").fetchall()
    )
    known = {step.name for step in steps}
    missing = sorted(applied.keys() - known)
    if missing:
        raise MigrationError(
            f"{missing[0]} was applied to this database but is not here: this program is too old for it"
        )
    for step in steps:
        if step.name in applied and bytes(applied[step.name]) != step.digest:
            raise MigrationError(f"{step.name} was changed after it was applied: write a new file instead")
    pending = [step for step in steps if step.name not in applied]
    if pending and applied and pending[0].name < max(applied):
        raise MigrationError(
            f"{pending[0].name} comes before {max(applied)}, which is applied: give it a later number"
        )
    return pending


def _apply(connection: psycopg.Connection, step: Step) -> bool:
    """Run one file and note it, in one transaction; True, or raises MigrationError with nothing kept."""
    try:
        with connection.transaction():
            connection.execute("SET LOCAL lock_timeout = '10s'")
            begun = _one(connection, "SELECT pg_current_xact_id()::text")
            connection.execute(step.content)
            inside = connection.info.transaction_status == TransactionStatus.INTRANS
            if not inside or _one(connection, "SELECT pg_current_xact_id()::text") != begun:
                raise MigrationError(
                    f"{step.name} ends its own transaction: part of it is applied, mend by hand"
                )
            connection.execute(
                "INSERT INTO schema_migrations (name, digest) VALUES (%s, %s)", [step.name, step.digest]
            )
    except psycopg.Error as failed:
        raise MigrationError(f"{step.name} failed and is undone: {failed}") from failed
    return True


def _make_logins(connection: psycopg.Connection, path: Path) -> None:
    """Create the roles that are absent and keep their passwords at ``path``.

    The database commits before the file is written: if the process dies between the two, the file lacks the
    role, and the next run sets a new password. The other way round the two would disagree for ever.
    """
    passwords = _read_passwords(path)
    for role, connections_max in ROLES.items():
        exists = _one(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role) is not None
        if exists and role in passwords:
            continue
        password = passwords.get(role) or secrets.token_urlsafe(32)
        # The server is told the SCRAM verifier only: a log of statements there never shows a password.
        verifier = connection.pgconn.encrypt_password(
            password.encode(), role.encode(), b"scram-sha-256"
        ).decode()
        command = (
            "ALTER ROLE {} PASSWORD {}"
            if exists
            else (
                "CREATE ROLE {} LOGIN NOINHERIT NOCREATEDB NOCREATEROLE CONNECTION LIMIT {limit} PASSWORD {}"
            )
        )
        try:
            connection.execute(
                sql.SQL(command).format(
                    sql.Identifier(role), sql.Literal(verifier), limit=sql.Literal(connections_max)
                )
            )
        except psycopg.Error as refused:
            what = "given a new password" if exists else "created"
            raise MigrationError(
                f"the login {role} cannot be {what}: {refused.diag.message_primary}"
            ) from None
        passwords[role] = password
        write_private(path, json.dumps(passwords, indent=1, sort_keys=True).encode())


def _read_passwords(path: Path) -> dict[str, str]:
    """The kept passwords by role; empty when there are none yet. Raises MigrationError for a damaged file."""
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError:
        raise MigrationError(
            f"{path} is damaged: remove it and run migrate, which sets new passwords"
        ) from None
    return {str(role): str(password) for role, password in found.items()}
