"""The embedded PostgreSQL 18: a real server under the data folder, started and stopped by one owning process.

It decides how the server lives and dies; the settings come before it, migrations and every connection after.

How it is held:

- ``postgres`` is our direct child and dies with us: PR_SET_PDEATHSIG (set by ``setpriv``) sends it SIGINT,
  its fast and clean stop. That signal fires when the *thread* that made the child ends, not the process,
  so one thread of our own, which lives as long as this object, does all the spawning.
- PostgreSQL refuses to run as root. For root, ``unshare`` shows the process another uid while files stay
  root's; where user namespaces are refused the server runs as ``nobody``. No account is made and no folder
  that is not ours changes its mode.
- Statement texts and values never reach the log: below LOG nothing is written (so no ERROR texts, which quote
  values), no STATEMENT lines, no DETAIL lines.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

import psycopg

from infrastructure.embedded_host import EmbeddedError, Host, OwnedElsewhere, bin_dir, host_for
from infrastructure.embedded_lock import OwnerLock, end_leftover_server
from infrastructure.private_files import private_folder, write_private
from infrastructure.settings import connection_url

__all__ = ["EmbeddedError", "EmbeddedPostgres", "bin_dir"]

DATABASE = "xinlu"
SUPERUSER = "postgres"
MAJOR = "18"
READY_SECONDS_MAX = 60.0
RETRY_SECONDS_MAX = 10.0
LOG_BYTES_MAX = 10_000_000
SOCKET_PATH_BYTES_MAX = 107  # sun_path holds 108 with its closing zero

SERVER_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


class EmbeddedPostgres:
    """One PostgreSQL server under ``data_dir``/pg, reached through a private socket only.

    The superuser's password lies in ``secrets_dir``/postgres-password (0600). One process at a time may own a
    data folder. Usable as a context manager: ``start`` on entering, ``stop`` on leaving.
    """

    settings: ClassVar[Mapping[str, str]] = SERVER_SETTINGS

    def __init__(self, data_dir: Path, secrets_dir: Path) -> None:
        self._data_dir = data_dir.absolute()
        self._cluster = self._data_dir / "pg"
        self._log = self._data_dir / "pg.log"
        self._secrets_dir = secrets_dir.absolute()
        self._lock = OwnerLock(self._data_dir / "pg.lock")
        self._process: subprocess.Popen[bytes] | None = None
        self._spawner: ThreadPoolExecutor | None = None
        self._host: Host | None = None
        self._socket_dir: Path | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def bin_dir(self) -> Path:
        """The folder of ``psql``, ``pg_dump``, ``pgbench`` and their like."""
        return bin_dir()

    def start(self) -> str:
        """Start the server, cluster and database made where absent; gives the superuser's URL of ``xinlu``.

        Returns once connections are accepted. A second call while it runs gives the same URL. Raises
        EmbeddedError when another process owns the folder or the server cannot be run.
        """
        if self._process is not None:
            return self.ensure()
        self._data_dir.mkdir(parents=True, exist_ok=True)
        private_folder(self._secrets_dir)
        owner = self._lock.acquire()
        if owner is not None:
            raise OwnedElsewhere(
                f"another process ({owner}) already runs the database in {self._data_dir}: stop it first"
            )
        try:
            self._host = host_for(self._data_dir)
            self._socket_dir = self._make_socket_dir(self._host)
            self._make_cluster(self._host)
            self._password()  # a lost one is named before there is a server, which may miss a stop so early
            self._spawner = ThreadPoolExecutor(1, "postgres-parent")
            self._spawn_until_ready()
            self._make_database()
        except BaseException:
            self.stop()
            raise
        return self.url()

    def url(self, database: str = DATABASE) -> str:
        """The superuser's URL for ``database``, unchanged by ``ensure``. EmbeddedError before start."""
        if self._socket_dir is None:
            raise EmbeddedError("the embedded server is not started")
        return connection_url(
            {
                "user": SUPERUSER,
                "password": self._password(),
                "dbname": database,
                "host": str(self._socket_dir),
            }
        )

    def is_owned_elsewhere(self) -> bool:
        """Whether another owner runs, starts or stops a server on this folder; asking changes nothing."""
        return not self._lock.held() and self._lock.owner() is not None

    def is_running(self) -> bool:
        """Whether the server process lives (a killed one is reaped here, so that no zombie counts)."""
        return self._process is not None and self._process.poll() is None

    def ensure(self) -> str:
        """Start the server again if it died; gives the URL of ``start``. Raises EmbeddedError if it cannot.

        It asks the server, since one that was killed a moment ago still counts as a living process.
        """
        if self._process is None:
            return self.start()
        if not self._wait_ready(time.monotonic() + READY_SECONDS_MAX):
            self._spawn_until_ready()
        return self.url()

    def stop(self) -> None:
        """Stop the server cleanly and give up the folder; a second call does nothing.

        A forked child that inherited this object stops nothing: the server belongs to the owner alone.
        """
        if not self._lock.held():
            return
        if self._process is not None and self._process.poll() is None:
            for stop_signal, wait_seconds in (
                (signal.SIGINT, 60),
                (signal.SIGQUIT, 10),
                (signal.SIGKILL, 10),
            ):
                self._process.send_signal(stop_signal)
                try:
                    self._process.wait(wait_seconds)
                    break
                except subprocess.TimeoutExpired:
                    continue
        self._process = None
        if self._spawner is not None:
            self._spawner.shutdown()
            self._spawner = None
        if self._socket_dir is not None:
            shutil.rmtree(self._socket_dir, ignore_errors=True)
            self._socket_dir = None
        self._lock.release()

    def _password(self) -> str:
        """The superuser's password as kept on disk."""
        try:
            return (self._secrets_dir / "postgres-password").read_text("ascii")
        except FileNotFoundError:
            raise EmbeddedError(
                f"{self._cluster} exists but its password is gone from {self._secrets_dir}: bring it back"
            ) from None

    def _make_socket_dir(self, host: Host) -> Path:
        """A private folder for the socket: in the data folder, or a temporary one where that is no fit.

        A comma would split the path in two, in the server's setting as in the client's.
        """
        inside = self._data_dir / "socket"
        name = os.fsencode(inside / ".s.PGSQL.5432")
        if len(name) <= SOCKET_PATH_BYTES_MAX and b"," not in name:
            folder = private_folder(inside) if not inside.exists() else inside
        else:
            folder = Path(tempfile.mkdtemp(prefix="xinlu-", dir="/tmp"))  # random, 0700, short
        host.give(folder)
        return folder

    def _make_cluster(self, host: Host) -> None:
        """initdb beside the final place and rename, so a half-made cluster never passes for a whole one."""
        version = self._cluster / "PG_VERSION"
        if version.exists():
            if version.read_text().strip() != MAJOR:
                raise EmbeddedError(
                    f"{self._cluster} was made by another PostgreSQL than {MAJOR}: dump and load it"
                )
            return
        for leftover in self._data_dir.glob("pg-new-*"):
            shutil.rmtree(leftover)
        password = self._secrets_dir / "postgres-password"
        if not password.exists():
            write_private(password, secrets.token_urlsafe(32).encode("ascii"))
        draft = Path(tempfile.mkdtemp(prefix="pg-new-", dir=self._data_dir))
        hand_over = draft.with_name(
            draft.name + "-password"
        )  # the server's user cannot enter the secrets folder
        try:
            write_private(hand_over, password.read_bytes())
            host.give(draft, hand_over)
            command = [
                *("initdb", "-D", str(draft), "-U", SUPERUSER, "-E", "UTF8", "--no-locale", "-k"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *("--auth=scram-sha-256", f"--pwfile={hand_over}"),
            ]
            made = subprocess.run(
                host.command(command, die_with_parent="KILL"), **host.surroundings(), check=False
            )
        finally:
            hand_over.unlink(missing_ok=True)
        if made.returncode != 0:
            shutil.rmtree(draft, ignore_errors=True)
            raise EmbeddedError(f"initdb failed: {made.stderr.decode(errors='replace').strip()[-1000:]}")
        draft.rename(self._cluster)

    def _spawn_until_ready(self) -> None:
        """Start ``postgres`` and wait until it answers, again while the remains of a killed one go away."""
        begun = time.monotonic()
        while time.monotonic() < begun + RETRY_SECONDS_MAX:
            end_leftover_server(self._cluster)
            self._process = self._spawn()
            if self._wait_ready(begun + READY_SECONDS_MAX):
                return
            time.sleep(0.1)  # backends of a killed postmaster hold its shared memory until they notice
        raise EmbeddedError(f"the embedded server does not start; {self._log} says why")

    def _spawn(self) -> subprocess.Popen[bytes]:
        """One ``postgres`` as our child, in a session of its own so that Ctrl-C reaches us first."""
        if self._host is None or self._spawner is None or self._socket_dir is None:
            raise EmbeddedError("the embedded server is not started")
        for leftover in self._socket_dir.glob(".s.PGSQL.*"):
            leftover.unlink()  # its lock file names a pid too, as misleading as that of the cluster
        if self._log.exists() and self._log.stat().st_size > LOG_BYTES_MAX:
            self._log.replace(self._log.with_name("pg.log.1"))
        quoted = '"' + str(self._socket_dir).replace('"', '""') + '"'
        command = ["postgres", "-D", str(self._cluster), "-k", quoted]
        for name, value in self.settings.items():
            command += ["-c", f"{name}={value}"]
        full = self._host.command(command, die_with_parent="INT")
        surroundings = self._host.surroundings()
        log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            surroundings |= {"stdout": log, "stderr": log, "start_new_session": True}
            return self._spawner.submit(lambda: subprocess.Popen(full, **surroundings)).result()
        finally:
            os.close(log)

    def _wait_ready(self, deadline: float) -> bool:
        """True once the server answers, False when it exits first or the time is over."""
        while time.monotonic() < deadline and self.is_running():
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
                return True
            except psycopg.OperationalError as refused:
                if refused.sqlstate is not None and refused.sqlstate.startswith("28"):
                    raise EmbeddedError(f"the password in {self._secrets_dir} is not the server's") from None
                time.sleep(0.02)
        return False

    def _make_database(self) -> None:
        """CREATE DATABASE xinlu where absent."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if (
                connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
                is None
            ):
                connection.execute(f"CREATE DATABASE {DATABASE}".encode())
