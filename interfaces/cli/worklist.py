"""What waits for a department, from the command line: objections, repairs, listing cases and other tasks."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from interfaces.cli.files import EXISTING, URL, department_key, say_problem
from interfaces.client.api import Client, Department, Problem


@click.command()
@click.option("--department", required=True, help="The department's 统一社会信用代码.")
@click.option("--key", type=EXISTING, required=True, help="The department's key (PEM).")
@click.option("--official", required=True, help="The officer who asks, by pseudonym.")
@click.option("--url", default=URL, show_default=True, help="The service.")
def worklist(*, department: str, key: Path, official: str, url: str) -> None:
    """Everything that waits for the department, those filed first on top, a task in JSON a line."""
    try:
        client = Client(url, Department(department, department_key(key)))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    try:
        for task in client.worklist(official=official):
            click.echo(json.dumps(task, ensure_ascii=False))
    except Problem as problem:
        say_problem(problem, as_json=False)
        sys.exit(1)
