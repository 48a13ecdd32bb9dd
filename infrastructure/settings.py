"""What the process is told by its environment, read once and frozen.

The command line reads it first; the database, the secrets and the service start from it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import quote, urlencode, urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from application.limits import LIMITS
from application.sequencer import LOGS
from infrastructure.private_files import private_folder

PROJECT = Path(__file__).resolve().parent.parent


class BadSetting(RuntimeError):
    """A setting cannot be used. The text names the setting and never repeats its value."""


def connection_parameters(url: str) -> dict[str, str]:
    """The parts of a PostgreSQL URL or key=value string.

    Raises BadSetting without quoting the input: libpq's own message would repeat it, password included.
    A password with a bare ``@`` or ``/`` in it spills into host or port, so these are looked at here.
    """
    try:
        found = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    except psycopg.Error:
        raise BadSetting("DATABASE_URL is not a PostgreSQL connection URL") from None
    ports_good = all(not port or port.isdigit() for port in found.get("port", "").split(","))
    if not ports_good or "@" in found.get("host", "")[1:]:
        raise BadSetting(
            "DATABASE_URL has a bad host or port: percent-encode special characters in the password"
        )
    return found


def connection_url(parameters: Mapping[str, str]) -> str:
    """The URL form of connection parameters, every value percent-encoded."""
    rest = {name: value for name, value in parameters.items() if name not in {"user", "password", "dbname"}}
    login, database = (quote(parameters.get(name, ""), safe="") for name in ("user", "dbname"))
    if "password" in parameters:
        login += ":" + quote(parameters["password"], safe="")
    return f"postgresql://{login}@/{database}?{urlencode(rest, quote_via=quote)}"


@dataclass(frozen=True)
class TimeAuthoritySettings:
    """Who stamps checkpoints (时间戳机构): its URL, the PEM file of the roots that it chains to, the policy that its
    tokens must name (None: any), and how many seconds lie between two stamps."""

    url: str
    roots: Path
    policy: str | None = None
    every_seconds: int = 3600


@dataclass(frozen=True)
class Settings:
    """Where the data lies, which database is used and where the service listens.

    ``database_url`` None means the embedded server under ``data_dir``. ``proxies`` is how many reverse proxies
    of ours stand before the service, ``rate_limits`` replaces limits of ``application.limits.LIMITS``, ``demo_clock``
    allows a demo clock on a database server. ``witnesses`` is the file that names the witnesses (None: ``witnesses``
    in the data folder, if it is there), and ``closed_logs`` are published only with their quorum.
    ``public_url`` is where anyone reaches the service (empty: where it listens), as printed on reports.
    ``time_authority`` stamps the checkpoints, None: nobody does.
    """

    data_dir: Path
    database_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    proxies: int = 0
    rate_limits: Mapping[str, int] = field(default_factory=dict)
    demo_clock: bool = False
    witnesses: Path | None = None
    closed_logs: frozenset[str] = frozenset()
    public_url: str = ""
    time_authority: TimeAuthoritySettings | None = None

    def __repr__(self) -> str:
        """Without the database URL, which holds a password."""
        database = "given" if self.database_url else "embedded"
        place = f"{self.host}:{self.port}"
        return f"Settings(data_dir={str(self.data_dir)!r}, database={database}, listen={place!r})"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read the variables listed in docs/operations.md; an empty value counts as not given.

        Raises BadSetting when one of them cannot be used.
        """
        env = os.environ if environment is None else environment
        port = env.get("PORT") or "8000"
        if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise BadSetting("PORT must be a number from 1 to 65535")
        database_url = env.get("DATABASE_URL") or None
        if database_url is not None:
            connection_parameters(database_url)
        data_dir = Path(env.get("XINLU_DATA") or PROJECT / "var").expanduser().absolute()
        proxies = env.get("XINLU_PROXIES") or "0"
        if not (proxies.isascii() and proxies.isdigit() and int(proxies) <= 5):
            raise BadSetting("XINLU_PROXIES must be a number from 0 to 5")
        rate_limits = _rate_limits(env.get("XINLU_RATE_LIMITS") or "")
        host = env.get("HOST") or "127.0.0.1"
        demo_clock = env.get("XINLU_DEMO_CLOCK") or "0"
        if demo_clock not in ("0", "1"):
            raise BadSetting("XINLU_DEMO_CLOCK must be 0 or 1")
        witnesses = env.get("XINLU_WITNESSES")
        closed = frozenset(filter(None, (env.get("XINLU_CLOSED_LOGS") or "").split(",")))
        if not closed <= set(LOGS):
            raise BadSetting(f"XINLU_CLOSED_LOGS is a list of {', '.join(LOGS)}, parted by commas")
        return cls(
            data_dir,
            database_url,
            host,
            int(port),
            int(proxies),
            rate_limits,
            demo_clock=demo_clock == "1",
            witnesses=Path(witnesses).expanduser().absolute() if witnesses else None,
            closed_logs=closed,
            public_url=_public_url(env.get("XINLU_PUBLIC_URL") or ""),
            time_authority=_time_authority(env),
        )

    @property
    def address(self) -> str:
        """Where anyone reaches the service, without a slash at the end."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def witnesses_file(self) -> Path:
        """Where the witnesses are named; the file need not be there."""
        return self.witnesses or self.data_dir / "witnesses"

    @property
    def secrets_dir(self) -> Path:
        """The folder of keys and passwords, made with mode 0700 when it is first asked for."""
        return private_folder(self.data_dir / "secrets")

    @property
    def published_dir(self) -> Path:
        """The folder of what anyone may fetch: tiles, checkpoints, maps, the policy."""
        return self.data_dir / "published"


def _time_authority(env: Mapping[str, str]) -> TimeAuthoritySettings | None:
    """Who stamps, None without ``XINLU_TSA_URL``. Raises BadSetting when it cannot be used."""
    url, roots = env.get("XINLU_TSA_URL") or "", env.get("XINLU_TSA_CA") or ""
    if not url:
        return None
    _http_url("XINLU_TSA_URL", url)
    if not roots:
        raise BadSetting("XINLU_TSA_URL needs XINLU_TSA_CA, a PEM file with the roots of the authority")
    policy, every = env.get("XINLU_TSA_POLICY") or None, env.get("XINLU_TSA_SECONDS") or "3600"
    if policy is not None and not re.fullmatch(r"[0-2](\.(0|[1-9][0-9]{0,17})){2,20}", policy):
        raise BadSetting("XINLU_TSA_POLICY is an object identifier in dotted numbers")
    if not (every.isascii() and every.isdigit() and 5 <= int(every) <= 86_400):
        raise BadSetting("XINLU_TSA_SECONDS must be a number from 5 to 86400")
    return TimeAuthoritySettings(url, Path(roots).expanduser().absolute(), policy, int(every))


def _public_url(text: str) -> str:
    """``https://credit.example`` without a slash at the end. Raises BadSetting for anything else."""
    if text:
        _http_url("XINLU_PUBLIC_URL", text)
    return text.rstrip("/")


def _http_url(name: str, text: str) -> None:
    """Raises BadSetting for what is no plain address of the web."""
    try:
        parts, _ = urlsplit(text), urlsplit(text).port
    except ValueError:
        raise BadSetting(f"{name} has a bad host or port") from None
    plain = not (parts.query or parts.fragment or parts.username or any(c.isspace() for c in text))
    if not (parts.scheme in ("http", "https") and parts.hostname and plain and text.isascii()):
        raise BadSetting(f"{name} begins with http:// or https:// and is an address in ASCII")


def _rate_limits(text: str) -> dict[str, int]:
    """``commands=600,lookup=60`` as numbers by name. Raises BadSetting for an unknown name or no number."""
    found: dict[str, int] = {}
    for part in filter(None, text.split(",")):
        name, _, most = part.strip().partition("=")
        if name not in LIMITS or not (most.isascii() and most.isdigit() and 0 < int(most) < 2**31):
            raise BadSetting(f"XINLU_RATE_LIMITS is name=number,... with the names {', '.join(LIMITS)}")
        found[name] = int(most)
    return found
