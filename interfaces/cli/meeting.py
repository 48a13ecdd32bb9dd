"""The joint meeting at a member's command line (联席会议): its view on a proposal, under its own seal (CAT-3)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from uuid import UUID

import click

from domain.proposals.meeting import VIEWS
from interfaces.cli.files import department_key, say_problem
from interfaces.cli.indicators import as_officer
from interfaces.client.api import Client, Department, Problem
from interfaces.client.meetings import give_view


@click.group()
def meeting() -> None:
    """What a member of the joint meeting (联席会议成员单位) says; `worklist` shows on what it is asked."""


@meeting.command()
@click.argument("proposal", type=click.UUID)
@click.argument("said", metavar="VIEW", type=click.Choice(VIEWS))
@click.option("--reasons", required=True, help="Why; everyone reads it with the outcome.")
@as_officer
def view(
    *, proposal: UUID, said: str, reasons: str, department: str, official: str, key: Path, url: str
) -> None:
    """Give the department's VIEW on PROPOSAL (`record` of its task), sealed with its key; the receipt as JSON.

    Exit 1 when it is refused.
    """
    try:
        client = Client(url, Department(department, department_key(key), official))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    try:
        click.echo(json.dumps(give_view(client, str(proposal), view=said, reasons=reasons), indent=1))
    except Problem as problem:
        say_problem(problem, as_json=False)
        sys.exit(1)
