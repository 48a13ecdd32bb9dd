"""The command line itself: every command says what it does, and asking is no failure."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from interfaces.cli.main import COMMANDS, Commands, cli
from interfaces.client.api import Unreachable


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
def test_help_is_given_and_is_no_failure(command: tuple[str, ...]) -> None:
    told = CliRunner().invoke(cli, [*command, "--help"])
    assert (told.exit_code, "Error" in told.output) == (0, False)
    assert "Usage" in told.output


def test_a_service_that_does_not_answer_is_told_in_one_line_by_whatever_command() -> None:
    @click.command(cls=Commands, invoke_without_command=True)
    def asking() -> None:
        raise Unreachable("the service does not answer")

    told = CliRunner().invoke(asking)
    assert (told.exit_code, len(told.output.splitlines())) == (3, 1)
    assert "make serve" in told.output
