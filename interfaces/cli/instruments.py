"""The clean-up ledger from the command line: send a workbook, take one out, issue a month's notice."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from interfaces.cli.files import EXISTING, URL, WRITABLE, department_key, say_problem, say_row
from interfaces.client.api import Client, Department, Problem
from interfaces.client.instruments import Instruments

T = TypeVar("T")
Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def _as_department(command: Decorated) -> Decorated:
    """The options that say who asks whom."""
    for option in (
        click.option("--url", default=URL, show_default=True, help="The service."),
        click.option("--key", type=EXISTING, required=True, help="The department's key (PEM)."),
        click.option("--department", required=True, help="The department's 统一社会信用代码."),
    ):
        command = option(command)
    return command


@click.group()
def instruments() -> None:
    """The clean-up ledger of constraint documents (失信约束措施台账, 15号)."""


@instruments.command("import")
@click.argument("file", type=EXISTING)
@_as_department
def import_(*, file: Path, department: str, key: Path, url: str) -> None:
    """Send a ledger in exactly the form's columns; every refused row is told. Exit 1 when one was refused."""
    client = _client(url, department, key)
    report = _asked(lambda: client.send(file.read_bytes()))
    told = report["receipt"]
    click.echo(
        f"共 {told['rows']} 行：新增或变更 {told['taken']}，未变 {told['unchanged']}，退回 {told['refused']}"
        f" / rows {told['rows']}: taken {told['taken']}, unchanged {told['unchanged']}, refused {told['refused']}"
    )
    for row in report.get("refused", []):
        say_row(row)
    sys.exit(1 if told["refused"] else 0)


@instruments.command("export")
@_as_department
@click.option("--official", required=True, help="The officer who takes it out, by pseudonym (logged).")
@click.option("--unit", default="", help="One unit's ledger; the credit office gets all without it.")
@click.option("--output", "-o", type=WRITABLE, required=True)
def export_(*, department: str, key: Path, url: str, official: str, unit: str, output: Path) -> None:
    """Take the ledger out with who answers for its documents, in the form that `import` takes."""
    client = _client(url, department, key)
    output.write_bytes(_asked(lambda: client.take_out(official=official, unit=unit)))


@instruments.command()
@click.argument("month")
@_as_department
@click.option("--draft", is_flag=True, help="Only show what would be issued.")
def notice(*, month: str, department: str, key: Path, url: str, draft: bool) -> None:
    """Issue the notice of a MONTH (2026-11) that is over, sealed with the credit office's key; shown as JSON."""
    client = _client(url, department, key)
    if not draft:
        _asked(lambda: client.issue(month))
    click.echo(json.dumps(_asked(lambda: client.notice(month)), ensure_ascii=False, indent=1))


def _client(url: str, department: str, key: Path) -> Instruments:
    try:
        return Instruments(Client(url, Department(department, department_key(key))))
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _asked(ask: Callable[[], T]) -> T:
    try:
        return ask()
    except Problem as problem:
        say_problem(problem, as_json=False)
        sys.exit(1)
