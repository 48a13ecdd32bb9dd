"""The command line itself: every command says what it does, and asking is no failure."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from interfaces.cli.main import COMMANDS, cli


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
def test_help_is_given_and_is_no_failure(command: tuple[str, ...]) -> None:
    told = CliRunner().invoke(cli, [*command, "--help"])
    assert (told.exit_code, "Error" in told.output) == (0, False)
    assert "Usage" in told.output
