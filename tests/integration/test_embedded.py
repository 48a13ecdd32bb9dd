"""The embedded server lives and dies as its owner needs: real processes, real kills."""

from __future__ import annotations

import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from infrastructure.embedded import EmbeddedError, EmbeddedPostgres, bin_dir
from infrastructure.embedded_host import PACKAGE, host_for
from tests.databases import passing_folder

ROOT = os.geteuid() == 0
USERS = ["myself", "nobody"] if ROOT else ["myself"]
needs_root = pytest.mark.skipif(not ROOT, reason="only root can become another user")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user can enter and nobody but us can change."""
    with passing_folder() as found:
        yield found


@pytest.fixture(scope="session")
def open_packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the wheel where every user can run it, whatever folder this venv lies in."""
    site = bin_dir().parent.parent.parent
    with tempfile.TemporaryDirectory(prefix="xinlu-test-") as name:
        Path(name).chmod(0o755)
        shutil.copytree(bin_dir().parent, Path(name) / PACKAGE / bin_dir().parent.name, symlinks=True)
        shutil.copytree(site / f"{PACKAGE}.libs", Path(name) / f"{PACKAGE}.libs", symlinks=True)
        yield Path(name)


def server_at(data: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(data, data / "secrets")


class Owner:
    """Another process that owns a server until it is killed."""

    def __init__(self, data: Path, *, user: str = "myself", packages: Path | None = None) -> None:
        read, write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            self._live(data, user, packages, write)
        os.close(write)
        with os.fdopen(read) as report:
            self.answer = report.read()

    def _live(self, data: Path, user: str, packages: Path | None, write: int) -> None:
        try:
            if user != "myself":
                found = pwd.getpwnam(user)
                os.setgroups([])
                os.setgid(found.pw_gid)
                os.setuid(found.pw_uid)
            if packages is not None:
                sys.path.insert(0, str(packages))
            server = server_at(data)
            os.write(write, server.start().encode())
        except BaseException as failed:  # noqa: BLE001 (a forked child must end here and say why)
            os.write(write, f"{type(failed).__name__}: {failed}".encode())
            os._exit(1)
        os.close(write)
        signal.pause()

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def postmaster(data: Path) -> int:
    return int((data / "pg" / "postmaster.pid").read_text().split("\n")[0])


def ends(pid_handle: int) -> bool:
    """Whether the process ends within a minute."""
    return bool(select.select([pid_handle], [], [], 60)[0])


def cluster_state(data: Path) -> str:
    shown = subprocess.run(
        [bin_dir() / "pg_controldata", "-D", data / "pg"], capture_output=True, text=True, check=True, env={}
    ).stdout
    return next(line.split(":")[1].strip() for line in shown.splitlines() if "cluster state" in line)


def note(url: str, word: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS notes (word text)")
        connection.execute("INSERT INTO notes VALUES (%s)", [word])


def words(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT word FROM notes ORDER BY word")]


def show(url: str, setting: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT current_setting(%s)", [setting]).fetchone()
    assert row is not None
    return str(row[0])


def test_a_new_server_is_durable_checked_and_off_the_network(folder: Path) -> None:
    with server_at(folder / "data") as server:
        url = server.url()
        assert show(url, "server_version").startswith("18.")
        assert show(url, "listen_addresses") == ""
        durable = ("fsync", "synchronous_commit", "full_page_writes", "data_checksums")
        assert [show(url, setting) for setting in durable] == ["on"] * 4
        with psycopg.connect(url) as connection:
            row = connection.execute(
                "SELECT datlocprovider::text, datlocale FROM pg_database WHERE datname = current_database()"
            ).fetchone()
        assert row == ("b", "C.UTF-8")


def test_a_login_without_the_password_is_refused(postgres: EmbeddedPostgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(postgres.url(), password="wrong")


@pytest.mark.parametrize("user", USERS)
def test_the_server_stops_cleanly_when_its_owner_is_killed(
    folder: Path, open_packages: Path, user: str, postgres: EmbeddedPostgres
) -> None:
    assert postgres.is_running()  # so every module is loaded: `nobody` may be unable to enter the venv
    home = folder / "home"
    home.mkdir()
    if user != "myself":
        shutil.chown(home, user)
    data = home / "data"
    for turn in ("a", "b", "c"):
        owner = Owner(data, user=user, packages=open_packages if user != "myself" else None)
        assert owner.answer.startswith("postgresql://"), owner.answer
        note(owner.answer, turn)
        server = os.pidfd_open(postmaster(data))
        owner.kill()
        assert ends(server)
        os.close(server)
        assert not (data / "pg" / "postmaster.pid").exists()
        assert cluster_state(data) == "shut down"
    last = Owner(data, user=user, packages=open_packages if user != "myself" else None)
    assert words(last.answer) == ["a", "b", "c"]
    server = os.pidfd_open(postmaster(data))
    last.kill()
    assert ends(server)
    os.close(server)


def test_the_next_owner_need_not_wait_for_the_end_of_the_last(folder: Path) -> None:
    data = folder / "data"
    for turn in range(5):
        owner = Owner(data)
        assert owner.answer.startswith("postgresql://"), owner.answer
        note(owner.answer, str(turn))
        owner.kill()
    with server_at(data) as server:
        assert words(server.url()) == ["0", "1", "2", "3", "4"]


def test_a_killed_postmaster_is_started_again_with_what_was_committed(folder: Path) -> None:
    with server_at(folder / "data") as server:
        url = server.url()
        for turn in ("a", "b", "c"):
            note(url, turn)
            handle = os.pidfd_open(postmaster(folder / "data"))
            os.kill(postmaster(folder / "data"), signal.SIGKILL)
            assert ends(handle)
            os.close(handle)
            assert not server.is_running()
            assert server.ensure() == url
        assert words(url) == ["a", "b", "c"]
        assert show(url, "data_checksums") == "on"


def test_ensure_right_after_a_kill_sees_through_the_dying_process(folder: Path) -> None:
    with server_at(folder / "data") as server:
        os.kill(postmaster(folder / "data"), signal.SIGKILL)
        note(server.ensure(), "after")
        assert words(server.url()) == ["after"]


def test_owner_and_postmaster_killed_at_once_leave_a_folder_that_starts(folder: Path) -> None:
    data = folder / "data"
    for turn in ("a", "b"):
        owner = Owner(data)
        assert owner.answer.startswith("postgresql://"), owner.answer
        note(owner.answer, turn)
        os.kill(postmaster(data), signal.SIGKILL)
        owner.kill()
        assert (data / "pg" / "postmaster.pid").exists()
    with server_at(data) as server:
        assert words(server.url()) == ["a", "b"]


def test_a_second_owner_is_refused_and_told_who_the_first_is(folder: Path) -> None:
    other = server_at(folder / "data")
    assert not other.is_owned_elsewhere()
    owner = Owner(folder / "data")
    try:
        assert other.is_owned_elsewhere()
        with pytest.raises(EmbeddedError, match=f"pid {owner.pid}"):
            other.start()
        note(owner.answer, "undisturbed")
    finally:
        owner.kill()
    assert not other.is_owned_elsewhere()
    with other:
        assert words(other.url()) == ["undisturbed"]
        assert not other.is_owned_elsewhere()


def test_a_second_owner_in_the_same_process_is_refused(folder: Path) -> None:
    with server_at(folder / "data") as server:
        with pytest.raises(EmbeddedError, match="already runs"):
            server_at(folder / "data").start()
        assert server_at(folder / "data").is_owned_elsewhere()
        second = Owner(folder / "data")  # the look from within must not have dropped the lock
        os.waitpid(second.pid, 0)
        assert "already runs" in second.answer
        note(server.url(), "undisturbed")


def test_a_server_that_outlived_its_owner_is_stopped_first(folder: Path) -> None:
    data = folder / "data"
    with server_at(data) as server:
        note(server.url(), "kept")
    command = host_for(data).command(
        ["postgres", "-D", str(data / "pg"), "-k", str(folder), "-c", "listen_addresses="],
        die_with_parent="clear",
    )
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={"PATH": os.environ["PATH"]}
    ) as orphan:
        assert orphan.stderr is not None
        for line in orphan.stderr:
            if "ready to accept connections" in line:
                break
        with server_at(data) as server:
            assert orphan.wait(60) == 0
            assert words(server.url()) == ["kept"]


def test_stop_is_clean_and_may_be_repeated(folder: Path) -> None:
    server = server_at(folder / "data")
    url = server.start()
    assert server.is_running()
    assert server.start() == url
    server.stop()
    server.stop()
    assert not server.is_running()
    assert cluster_state(folder / "data") == "shut down"
    assert sorted(p.name for p in (folder / "data").iterdir()) == ["pg", "pg.lock", "pg.log", "secrets"]


def test_a_forked_child_does_not_stop_its_parents_server(folder: Path) -> None:
    with server_at(folder / "data") as server:
        child = os.fork()
        if child == 0:
            server.stop()
            os._exit(0)
        os.waitpid(child, 0)
        note(server.url(), "alive")


def test_a_server_started_in_a_short_lived_thread_outlives_the_thread(folder: Path) -> None:
    server = server_at(folder / "data")
    starter = threading.Thread(target=server.start)
    starter.start()
    starter.join()
    try:
        handle = os.pidfd_open(postmaster(folder / "data"))
        assert not select.select([handle], [], [], 0.5)[0]
        os.close(handle)
        note(server.url(), "alive")
    finally:
        server.stop()


def test_no_parent_folder_changes_its_mode_and_what_is_made_is_private(folder: Path) -> None:
    parents = [folder / "a", folder / "a" / "b"]
    for parent in parents:
        parent.mkdir()
    parents[0].chmod(0o751)
    parents[1].chmod(0o711)
    watched = [*parents, folder, bin_dir(), *bin_dir().parents]
    before = {path: path.stat().st_mode for path in watched}
    data = parents[1] / "data"
    with server_at(data):
        assert {path: path.stat().st_mode for path in watched} == before
        for name in ("pg", "socket", "secrets"):
            assert (data / name).stat().st_mode & 0o777 == 0o700, name
        for name in ("pg.log", "pg.lock", "secrets/postgres-password"):
            assert (data / name).stat().st_mode & 0o777 == 0o600, name
    assert {path: path.stat().st_mode for path in watched} == before


@pytest.mark.parametrize("name", ["d" * 100, "a,b", '信用 示范市\'s "data"'])
def test_any_folder_name_will_do(folder: Path, name: str) -> None:
    data = folder / name
    with server_at(data) as server:
        note(server.url(), "here")
        socket_dir = Path(show(server.url(), "unix_socket_directories").strip('"').replace('""', '"'))
        assert socket_dir.stat().st_mode & 0o777 == 0o700
    assert not socket_dir.exists()


def test_no_statement_and_no_value_reaches_the_log(folder: Path) -> None:
    secret = "11010519491231002X"
    with server_at(folder / "data") as server, psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE people (id text PRIMARY KEY)")
        connection.execute("INSERT INTO people VALUES (%s)", [secret])
        for query in (
            f"INSERT INTO people VALUES ('{secret}')",
            f"SELECT '{secret}'::int",
            f"SELECT nonsense {secret}",
            f"DO $$ BEGIN RAISE WARNING '{secret}'; RAISE EXCEPTION '{secret}'; END $$",
        ):
            with pytest.raises(psycopg.Error):
                connection.execute(query.encode())
        with pytest.raises(psycopg.Error):
            connection.execute("SELECT %s::int", [secret])
        victim = connection.info.backend_pid
        watch = os.pidfd_open(victim)
        hanging = threading.Thread(target=_hang, args=(connection, secret))
        hanging.start()
        with psycopg.connect(server.url(), autocommit=True) as other:
            while True:  # until the statement with the secret is the victim's current one
                row = other.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [victim]).fetchone()
                if row and secret in row[0]:
                    break
            os.kill(victim, signal.SIGKILL)
        assert ends(watch)
        os.close(watch)
        hanging.join()
        server.ensure()
        assert "terminated by signal 9" in (folder / "data" / "pg.log").read_text()
        assert secret not in (folder / "data" / "pg.log").read_text()


def _hang(connection: psycopg.Connection, secret: str) -> None:
    with pytest.raises(psycopg.OperationalError):
        connection.execute(f"SELECT pg_sleep(600), '{secret}'".encode())


def test_what_an_interrupted_initdb_left_is_no_obstacle(folder: Path) -> None:
    half = folder / "data" / "pg-new-killed"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with server_at(folder / "data") as server:
        note(server.url(), "whole")
    assert not half.exists()


def test_a_lost_password_is_named(folder: Path) -> None:
    with server_at(folder / "data"):
        pass
    (folder / "data" / "secrets" / "postgres-password").unlink()
    with pytest.raises(EmbeddedError, match="password is gone"):
        server_at(folder / "data").start()


def test_a_cluster_of_another_major_version_is_named(folder: Path) -> None:
    with server_at(folder / "data"):
        pass
    (folder / "data" / "pg" / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedError, match="another PostgreSQL"):
        server_at(folder / "data").start()


@pytest.fixture
def refused_namespaces(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose `unshare` is refused, as in a default container."""
    (folder / "bin").mkdir()
    (folder / "bin" / "unshare").write_text(
        "#!/bin/sh\necho 'unshare failed: Operation not permitted' >&2\nexit 1\n"
    )
    (folder / "bin" / "unshare").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:{os.environ['PATH']}")


@needs_root
@pytest.mark.parametrize("programs", ["open", "closed"])
def test_root_without_user_namespaces_runs_it_as_nobody(
    folder: Path,
    refused_namespaces: None,
    open_packages: Path,
    monkeypatch: pytest.MonkeyPatch,
    programs: str,
) -> None:
    packages = open_packages
    if programs == "closed":
        packages = folder / "closed"
        shutil.copytree(open_packages, packages, symlinks=True)
        packages.chmod(0o700)
    monkeypatch.syspath_prepend(str(packages))
    data = folder / "data"
    with server_at(data) as server:
        assert Path(f"/proc/{postmaster(data)}").stat().st_uid == pwd.getpwnam("nobody").pw_uid
        note(server.url(), "a")
        os.kill(postmaster(data), signal.SIGKILL)
        note(server.ensure(), "b")
        assert words(server.url()) == ["a", "b"]
    owner = Owner(data)
    handle = os.pidfd_open(postmaster(data))
    owner.kill()
    assert ends(handle)
    os.close(handle)
    assert cluster_state(data) == "shut down"
    assert programs == "open" or packages.stat().st_mode & 0o777 == 0o700


@needs_root
def test_root_without_user_namespaces_is_told_of_a_closed_data_folder(
    folder: Path, refused_namespaces: None
) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(EmbeddedError, match=r"cannot enter .*XINLU_DATA"):
        server_at(closed / "data").start()
    assert closed.stat().st_mode & 0o777 == 0o700
