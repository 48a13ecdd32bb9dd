"""``python -m interfaces.cli``."""

from __future__ import annotations

from interfaces.cli.main import cli

cli(prog_name="xinlu")
