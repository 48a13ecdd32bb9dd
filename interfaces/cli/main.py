"""The commands by name; each lives in a file of its own and is loaded when it is called.

Exit codes: 0 all well, 1 a verification or an intake found something wrong, 2 usage, 3 unreachable.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from application.ports import LedgerUnavailable

COMMANDS: Mapping[str, str] = {
    "serve": "interfaces.cli.serve",
    "migrate": "interfaces.cli.operate",
    "seed": "interfaces.cli.seed",
    "seal": "interfaces.cli.files",
    "intake": "interfaces.cli.files",
    "compare": "interfaces.cli.compare",
    "project": "interfaces.cli.operate",
    "deadlines": "interfaces.cli.deadlines",
    "calendar": "interfaces.cli.deadlines",
    "clock": "interfaces.cli.deadlines",
    "sequence": "interfaces.cli.sequence",
    "rebuild": "interfaces.cli.audit",
    "verify": "interfaces.cli.audit",
    "fsck": "interfaces.cli.fsck",
    "audit": "interfaces.cli.bundles",
    "report": "interfaces.cli.report",
    "trace": "interfaces.cli.trace",
    "evidence": "interfaces.cli.evidence",
    "report-check": "interfaces.cli.report",
    "replay": "interfaces.cli.replay",
    "as-of": "interfaces.cli.as_of",
    "keys": "interfaces.cli.keys",
    "erase": "interfaces.cli.erase",
    "indicators": "interfaces.cli.indicators",
    "instruments": "interfaces.cli.instruments",
    "tip-off": "interfaces.cli.tip_off",
    "worklist": "interfaces.cli.worklist",
    "meeting": "interfaces.cli.meeting",
    "stamp-check": "interfaces.cli.stamp_check",
    "time-authority": "interfaces.cli.time_authority",
    "witness": "interfaces.cli.witness",
    "witness-request": "interfaces.cli.carried",
    "witness-response": "interfaces.cli.carried",
    "story": "interfaces.cli.story",
    "settings": "interfaces.cli.rule_settings",
    "adopt": "interfaces.cli.governing",
    "departments": "interfaces.cli.governing",
    "officers": "interfaces.cli.governing",
    "purposes": "interfaces.cli.governing",
}


class Commands(click.Group):
    """A group that imports a command's file only when the command is asked for."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what an operator must put right is told in one line, without a traceback."""
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.Abort):
            raise
        except (RuntimeError, LedgerUnavailable) as error:
            if type(error) is RuntimeError:
                raise
            raise click.ClickException(str(error)) from error
        except _unreachable():
            click.echo(
                "服务无法连接，是否已运行 make serve / the service cannot be reached; is it served?", err=True
            )
            sys.exit(3)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of a name, or None."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command = getattr(import_module(module), cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return command


def _unreachable() -> type[Exception]:
    """What the client's commands raise when nothing answers; loaded by then, and by no other command."""
    from interfaces.client.api import Unreachable  # noqa: PLC0415 - a heavy import, which others do without

    return Unreachable


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """信录 Xinlu: a public-credit ledger that proves itself."""
