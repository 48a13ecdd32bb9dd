"""Migrations apply once, whole and unchanged, and the logins' passwords stay where they belong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from infrastructure.embedded import EmbeddedPostgres
from infrastructure.migrate import LOCK_KEY, ROLES, MigrationError, logins, migrate
from infrastructure.settings import BadSetting, connection_parameters, connection_url
from tests.conftest import PROJECT, Database


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two good migrations."""
    found = tmp_path / "migrations"
    found.mkdir()
    (found / "0001_books.sql").write_text(
        "CREATE TABLE books (title text);\nINSERT INTO books VALUES ('信%');\n", "utf-8"
    )
    (found / "0002_readers.sql").write_text(
        "CREATE TABLE readers (n int); GRANT SELECT ON books TO xinlu_reader;"
    )
    return found


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """A server of this test alone: logins belong to a whole server, not to a database."""
    tmp_path.chmod(0o711)
    with EmbeddedPostgres(tmp_path / "data", tmp_path / "data" / "secrets") as server:
        yield server


def ask(url: str, query: str) -> list[object]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute(query.encode())]


def test_each_file_is_applied_once_in_order(empty_database: str, folder: Path, secrets_dir: Path) -> None:
    assert migrate(empty_database, folder=folder, secrets_dir=secrets_dir) == [
        "0001_books.sql",
        "0002_readers.sql",
    ]
    assert migrate(empty_database, folder=folder, secrets_dir=secrets_dir) == []
    (folder / "0003_more.sql").write_text("INSERT INTO books VALUES ('录')")
    assert migrate(empty_database, folder=folder, secrets_dir=secrets_dir) == ["0003_more.sql"]
    assert ask(empty_database, "SELECT title FROM books") == ["信%", "录"]


def test_concurrent_migrators_apply_once(empty_database: str, folder: Path, secrets_dir: Path) -> None:
    (folder / "0003_slow.sql").write_text("SELECT pg_sleep(0.3)")
    with ThreadPoolExecutor(4) as pool:
        turns = [
            pool.submit(migrate, empty_database, folder=folder, secrets_dir=secrets_dir) for _ in range(4)
        ]
    assert sorted(len(turn.result()) for turn in turns) == [0, 0, 0, 3]
    assert ask(empty_database, "SELECT count(*) FROM books") == [1]


def test_a_changed_file_is_refused(empty_database: str, folder: Path, secrets_dir: Path) -> None:
    migrate(empty_database, folder=folder, secrets_dir=secrets_dir)
    (folder / "0001_books.sql").write_text("CREATE TABLE books (title text, author text)")
    (folder / "0003_more.sql").write_text("CREATE TABLE more (n int)")
    with pytest.raises(MigrationError, match=r"0001_books\.sql was changed"):
        migrate(empty_database, folder=folder, secrets_dir=secrets_dir)
    assert ask(empty_database, "SELECT to_regclass('more')::text") == [None]


def test_a_database_newer_than_the_program_is_refused(
    empty_database: str, folder: Path, secrets_dir: Path
) -> None:
    migrate(empty_database, folder=folder, secrets_dir=secrets_dir)
    (folder / "0002_readers.sql").unlink()
    with pytest.raises(MigrationError, match="too old"):
        migrate(empty_database, folder=folder, secrets_dir=secrets_dir)


def test_a_file_that_would_come_before_an_applied_one_is_refused(
    empty_database: str, folder: Path, secrets_dir: Path
) -> None:
    (folder / "0002_readers.sql").rename(folder / "0005_readers.sql")
    migrate(empty_database, folder=folder, secrets_dir=secrets_dir)
    (folder / "0003_late.sql").write_text("CREATE TABLE late (n int)")
    with pytest.raises(MigrationError, match="later number"):
        migrate(empty_database, folder=folder, secrets_dir=secrets_dir)


@pytest.mark.parametrize("name", ["3_short.sql", "0003-dash.sql", "0002_twice.sql"])
def test_a_bad_name_is_refused_before_anything_is_done(
    empty_database: str, folder: Path, secrets_dir: Path, name: str
) -> None:
    (folder / name).write_text("SELECT 1")
    with pytest.raises(MigrationError):
        migrate(empty_database, folder=folder, secrets_dir=secrets_dir)
    assert ask(empty_database, "SELECT to_regclass('books')::text") == [None]


def test_a_failing_file_is_undone_whole_and_those_before_it_stay(
    empty_database: str, folder: Path, secrets_dir: Path
) -> None:
    (folder / "0003_bad.sql").write_text("CREATE TABLE half (n int); SELECT 1/0; CREATE TABLE other (n int);")
    with pytest.raises(MigrationError, match=r"0003_bad\.sql failed"):
        migrate(empty_database, folder=folder, secrets_dir=secrets_dir)
    assert ask(empty_database, "SELECT name FROM schema_migrations ORDER BY name") == [
        "0001_books.sql",
        "0002_readers.sql",
    ]
    assert ask(empty_database, "SELECT to_regclass('half')::text") == [None]
    (folder / "0003_bad.sql").write_text("CREATE TABLE half (n int)")
    assert migrate(empty_database, folder=folder, secrets_dir=secrets_dir) == ["0003_bad.sql"]


@pytest.mark.parametrize("words", ["COMMIT;", "COMMIT; BEGIN;", "ROLLBACK;"])
def test_a_file_that_ends_its_own_transaction_is_named(
    empty_database: str, folder: Path, secrets_dir: Path, words: str
) -> None:
    (folder / "0003_own.sql").write_text(f"CREATE TABLE own (n int); {words}")
    with pytest.raises(MigrationError, match=r"0003_own\.sql"):
        migrate(empty_database, folder=folder, secrets_dir=secrets_dir)


def test_a_migrator_waits_no_longer_than_it_is_told(
    empty_database: str, folder: Path, secrets_dir: Path
) -> None:
    with psycopg.connect(empty_database, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
        with pytest.raises(MigrationError, match="another migrator"):
            migrate(empty_database, folder=folder, secrets_dir=secrets_dir, wait_seconds=0.3)
    assert migrate(empty_database, folder=folder, secrets_dir=secrets_dir) != []


def test_a_killed_migrator_leaves_no_half_file_and_no_lock(
    empty_database: str, folder: Path, secrets_dir: Path
) -> None:
    (folder / "0003_slow.sql").write_text("CREATE TABLE half (n int); SELECT pg_sleep(600);")
    program = (
        "import sys; from pathlib import Path; from infrastructure.migrate import migrate; "
        "migrate(sys.stdin.readline().strip(), folder=Path(sys.argv[1]), secrets_dir=Path(sys.argv[2]))"
    )
    with (
        psycopg.connect(empty_database, autocommit=True) as watcher,
        subprocess.Popen(
            [sys.executable, "-c", program, folder, secrets_dir],
            stdin=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
        ) as migrator,
    ):
        assert migrator.stdin is not None
        migrator.stdin.write(empty_database + "\n")
        migrator.stdin.flush()
        sleeping = (
            "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
        )
        while (found := watcher.execute(sleeping).fetchone()) is None:
            assert migrator.poll() is None
        os.kill(migrator.pid, signal.SIGKILL)
        migrator.wait()
        watcher.execute("SELECT pg_terminate_backend(%s, 10000)", found)
    (folder / "0003_slow.sql").write_text("CREATE TABLE half (n int)")
    assert migrate(empty_database, folder=folder, secrets_dir=secrets_dir) == ["0003_slow.sql"]


def test_the_logins_can_log_in_and_do_no_more_than_they_are_granted(
    empty_database: str, folder: Path, secrets_dir: Path
) -> None:
    migrate(empty_database, folder=folder, secrets_dir=secrets_dir)
    urls = logins(empty_database, secrets_dir)
    assert urls.keys() == ROLES.keys()
    for role, url in urls.items():
        assert ask(url, "SELECT current_user::text") == [role]
        for refused in (
            "CREATE ROLE more",
            "CREATE DATABASE more",
            "CREATE TABLE more (n int)",
            "SELECT * FROM readers",
        ):
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege),
                psycopg.connect(url, autocommit=True) as link,
            ):
                link.execute(refused.encode())
    assert ask(urls["xinlu_reader"], "SELECT title FROM books") == ["信%"]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(urls["xinlu_writer"], "SELECT title FROM books")
    assert ask(
        empty_database,
        "SELECT DISTINCT (rolsuper OR rolinherit OR rolcreaterole OR rolcreatedb OR rolreplication"
        " OR rolbypassrls) FROM pg_roles WHERE rolname LIKE 'xinlu%'",
    ) == [False]
    assert ask(empty_database, "SELECT rolconnlimit FROM pg_roles WHERE rolname = 'xinlu_auditor'") == [4]


def test_passwords_are_kept_over_runs_and_renewed_when_the_file_lost_them(
    own_server: EmbeddedPostgres, folder: Path, tmp_path: Path
) -> None:
    url, secrets_dir = own_server.url(), tmp_path / "secrets"
    with pytest.raises(MigrationError, match="run migrate first"):
        logins(url, secrets_dir)
    migrate(url, folder=folder, secrets_dir=secrets_dir)
    before = logins(url, secrets_dir)
    migrate(url, folder=folder, secrets_dir=secrets_dir)
    assert logins(url, secrets_dir) == before
    kept = json.loads((secrets_dir / "logins.json").read_text())
    del kept["xinlu_writer"]
    (secrets_dir / "logins.json").write_text(json.dumps(kept))
    migrate(url, folder=folder, secrets_dir=secrets_dir)
    after = logins(url, secrets_dir)
    assert {role for role in ROLES if after[role] != before[role]} == {"xinlu_writer"}
    assert ask(after["xinlu_writer"], "SELECT 1") == [1]
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(before["xinlu_writer"])
    assert (secrets_dir / "logins.json").stat().st_mode & 0o777 == 0o600
    assert secrets_dir.stat().st_mode & 0o777 == 0o700


def test_passwords_reach_no_log_even_where_every_statement_is_logged(
    own_server: EmbeddedPostgres, folder: Path, tmp_path: Path
) -> None:
    noisy = connection_url(
        connection_parameters(own_server.url())
        | {"options": "-c log_statement=all -c log_min_error_statement=error"}
    )
    migrate(noisy, folder=folder, secrets_dir=tmp_path / "secrets")
    log = (tmp_path / "data" / "pg.log").read_text()
    assert "CREATE ROLE" in log
    passwords = json.loads((tmp_path / "secrets" / "logins.json").read_text()).values()
    assert len(set(passwords)) == len(ROLES)
    assert not [password for password in passwords if password in log]


def test_an_admin_who_is_no_superuser_suffices(
    own_server: EmbeddedPostgres, folder: Path, tmp_path: Path
) -> None:
    with psycopg.connect(own_server.url(), autocommit=True) as connection:
        connection.execute("CREATE ROLE chief LOGIN CREATEROLE PASSWORD 'a@b/c:d e'")
        connection.execute("CREATE DATABASE city OWNER chief")
    parameters = connection_parameters(own_server.url("city")) | {"user": "chief", "password": "a@b/c:d e"}
    url, secrets_dir = connection_url(parameters), tmp_path / "secrets"
    assert len(migrate(url, folder=folder, secrets_dir=secrets_dir)) == 2
    (secrets_dir / "logins.json").unlink()
    (folder / "0003_more.sql").write_text("CREATE TABLE more (n int)")
    assert migrate(url, folder=folder, secrets_dir=secrets_dir) == ["0003_more.sql"]
    assert ask(logins(url, secrets_dir)["xinlu_reader"], "SELECT title FROM books") == ["信%"]


def test_an_admin_who_may_not_create_roles_is_told(
    own_server: EmbeddedPostgres, folder: Path, tmp_path: Path
) -> None:
    with psycopg.connect(own_server.url(), autocommit=True) as connection:
        connection.execute("CREATE ROLE clerk LOGIN PASSWORD 'secret-word'")
        connection.execute("CREATE DATABASE city OWNER clerk")
    parameters = connection_parameters(own_server.url("city")) | {"user": "clerk", "password": "secret-word"}
    with pytest.raises(MigrationError, match="xinlu_writer cannot be created") as refused:
        migrate(connection_url(parameters), folder=folder, secrets_dir=tmp_path / "secrets")
    assert "secret-word" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgres//chief:hush-hush@db/city",
        "postgresql://chief:x@hush-hush@db/city",
        "postgresql://chief:hush-hush/x@db/city",
        "host=db password=hush-hush nonsense",
    ],
)
def test_a_url_that_cannot_be_read_is_never_repeated(url: str, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BadSetting) as refused:
        migrate(url, folder=folder, secrets_dir=tmp_path)
    assert "hush" not in "".join(traceback.format_exception(refused.value))


def test_an_unreachable_database_is_named_without_its_password(folder: Path, tmp_path: Path) -> None:
    url = f"postgresql://chief:hush-hush@/city?host={tmp_path}"
    with pytest.raises(MigrationError, match="cannot be reached") as refused:
        migrate(url, folder=folder, secrets_dir=tmp_path)
    assert "hush" not in str(refused.value)


def test_the_repositorys_own_migrations_give_each_test_a_fresh_database(
    database: Database, template: str
) -> None:
    applied = ask(database.admin, "SELECT name FROM schema_migrations ORDER BY name")
    assert applied == sorted(path.name for path in (PROJECT / "migrations").glob("*.sql"))
    for url in (database.writer, database.reader, database.projector, database.auditor):
        assert ask(url, "SELECT current_database()::text") != [template]
