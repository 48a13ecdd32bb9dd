"""The commands by name; each lives in a file of its own.

Exit codes: 0 all well, 1 a verification or an intake found something wrong, 2 usage, 3 unreachable.
"""

from __future__ import annotations

import click

from interfaces.cli.audit import rebuild, verify
from interfaces.cli.files import intake, seal
from interfaces.cli.operate import migrate, project
from interfaces.cli.seed import seed
from interfaces.cli.serve import serve


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """信录 Xinlu: a public-credit ledger that proves itself."""


for command in (serve, migrate, seed, seal, intake, project, rebuild, verify):
    cli.add_command(command)
