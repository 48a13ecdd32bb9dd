"""A database made ready: newest schema, keys and logins, and the data folder bound to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from infrastructure.embedded import EmbeddedPostgres
from infrastructure.embedded_host import OwnedElsewhere
from infrastructure.keys import GATEWAY_PUBLIC, FileVault
from infrastructure.log_keys import make_first_log_key
from infrastructure.migrate import has_events, logins, migrate
from infrastructure.postgres.pool import Pool, open_pool
from infrastructure.private_files import write_private
from infrastructure.report_seal import make_report_seal
from infrastructure.settings import Settings

PROJECT = Path(__file__).resolve().parent.parent
CONNECTIONS_MAX: Mapping[str, int] = {"sequencer": 2}
"""Of a process that leads by a lock: the lock's connection and one for all work, so that those who stand by, and the
commands, find theirs within what the login may have (``migrate.ROLES``)."""


class NotPrepared(RuntimeError):
    """The database was never prepared: ``migrate`` (or ``serve``) comes first."""


def prepare(settings: Settings, admin_url: str) -> list[str]:
    """Bring the database to the newest schema, make keys and logins; the migrations newly applied."""
    _claim(settings)
    applied = migrate(admin_url, folder=PROJECT / "migrations", secrets_dir=settings.secrets_dir)
    missing = FileVault.missing(settings.secrets_dir)
    if missing and has_events(admin_url):
        # New secrets would look like an empty ledger's: nothing would be found and everything taken twice.
        raise NotPrepared(
            f"the ledger has events, but its secrets are gone: {', '.join(missing)}; restore them"
        )
    FileVault.make(settings.secrets_dir)
    if not (settings.secrets_dir / GATEWAY_PUBLIC).exists():
        make_first_log_key(settings.secrets_dir)  # a copy that is only audited never signs
        make_report_seal(settings.secrets_dir)
    for role, url in logins(admin_url, settings.secrets_dir).items():
        write_private(_url_file(settings, role.removeprefix("xinlu_")), url.encode())
    return applied


def _claim(settings: Settings) -> None:
    """Bind the data folder to its kind of database, at the first use.

    Raises ``NotPrepared`` when it belongs to another: a command without DATABASE_URL would otherwise look at
    an empty embedded ledger, find nothing wrong with it, and turn the service's logins to it.
    """
    kind = "embedded" if settings.database_url is None else "server"
    path = settings.data_dir / "database"
    if path.exists():
        found = path.read_text().strip()
        if found != kind:
            hint = "set DATABASE_URL" if found == "server" else "unset DATABASE_URL, or set XINLU_DATA"
            raise NotPrepared(f"this data folder belongs to a ledger on its {found} database: {hint}")
        return
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    write_private(path, f"{kind}\n".encode())


@contextmanager
def database(settings: Settings) -> Iterator[EmbeddedPostgres | None]:
    """A prepared database for as long as the block runs.

    With DATABASE_URL that server; else the embedded one, started here (and given) unless another process of
    ours runs it already. Raises ``EmbeddedError``, ``MigrationError`` or ``psycopg.Error``.
    """
    if settings.database_url is not None:
        prepare(settings, settings.database_url)
        yield None
        return
    _claim(settings)
    server = EmbeddedPostgres(settings.data_dir, settings.secrets_dir)
    try:
        server.start()
    except OwnedElsewhere:
        yield None
        return
    with server:
        prepare(settings, server.url())
        yield server


def role_pool(settings: Settings, role: str) -> Pool:
    """The connections of one login. Raises :class:`NotPrepared` before ``prepare``."""
    path = _url_file(settings, role)
    if not path.exists():
        raise NotPrepared("the database is not prepared: run migrate or serve first")
    return open_pool(path.read_text(), size_max=CONNECTIONS_MAX.get(role, 8))


def _url_file(settings: Settings, role: str) -> Path:
    return settings.secrets_dir / f"{role}.url"
