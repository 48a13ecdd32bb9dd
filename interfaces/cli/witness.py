"""Running a witness (见证人): a server of its own, for another authority's machine, that needs no ledger.

Its folder holds its key and what it cosigned last; without it, it is a new witness (docs/verification/witnesses.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from domain.transparency.policy import RefusedPolicy, parse_policy
from domain.transparency.strict import Refused
from domain.transparency.vkey import VerifierKey
from infrastructure.bootstrap import log_configuration, make_witness, witness_keys
from interfaces.witness.app import create_witness_app


@click.command()
@click.option(
    "--folder", type=click.Path(path_type=Path), required=True, help="Its key and what it cosigned."
)
@click.option("--name", required=True, help="Its key name, such as credit.province.example/witness.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8100, show_default=True)
@click.option("--workers", type=click.IntRange(1, 16), default=2, show_default=True)
@click.option("--log", "vkeys", multiple=True, metavar="VKEY", help="A key of a log to witness.")
@click.option(
    "--policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A policy file whose logs to witness.",
)
@click.option("--show-keys", is_flag=True, help="Print its verifier keys and end.")
def witness(
    *,
    folder: Path,
    name: str,
    host: str,
    port: int,
    workers: int,
    vkeys: Sequence[str],
    policy: Sequence[Path],
    show_keys: bool,
) -> None:
    """Cosign the checkpoints of other logs (见证): the C2SP witness protocol over HTTP."""
    try:
        keys = witness_keys(folder, name)
    except Refused as refused:
        raise click.UsageError(f"--name: {refused.code}") from None
    if show_keys:
        click.echo("\n".join(map(str, keys)))
        return
    logs = _logs(vkeys, policy)
    if not logs:
        raise click.UsageError("见证哪些日志？用 --log 或 --policy / which logs? --log or --policy")
    _Server(folder, name, logs, bind=f"{host}:{port}", workers=workers).run()


def _logs(vkeys: Sequence[str], policies: Sequence[Path]) -> list[VerifierKey]:
    """The keys of all logs, each once; the parser of policies says what a key of a log is, each by itself."""
    texts = [f"log {vkey}\nquorum none\n".encode() for vkey in vkeys]
    texts += [path.read_bytes() for path in policies]
    try:
        return list(dict.fromkeys(log.key for text in texts for log in parse_policy(text).logs))
    except RefusedPolicy as refused:
        raise click.UsageError(f"--log / --policy: {refused.code}") from None


class _Server(BaseApplication):  # type: ignore[misc] # gunicorn comes without types
    """gunicorn over the witness's application; each worker opens key and store by itself."""

    def __init__(
        self, folder: Path, name: str, logs: Sequence[VerifierKey], *, bind: str, workers: int
    ) -> None:
        self._made = (folder, name, logs)
        self._settings = {
            "bind": bind, "workers": workers, "threads": 4, "worker_class": "gthread", "timeout": 60,
            "graceful_timeout": 5, "keepalive": 5, "backlog": 256, "limit_request_fields": 32,
            "control_socket_disable": True, "logconfig_dict": log_configuration(),
        }  # fmt: skip
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return create_witness_app(make_witness(*self._made))
