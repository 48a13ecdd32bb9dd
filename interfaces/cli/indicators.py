"""Indicators of units from the command line: show a month, take it out as a workbook, issue its notice (SUP-1)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from interfaces.cli.files import EXISTING, URL, WRITABLE, department_key, say_problem
from interfaces.client.api import Client, Department, Problem
from interfaces.client.indicators import Indicators

T = TypeVar("T")
Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def as_officer(command: Decorated) -> Decorated:
    """The options that say who asks whom."""
    for option in (
        click.option("--url", default=URL, show_default=True, help="The service."),
        click.option("--key", type=EXISTING, required=True, help="The department's key (PEM)."),
        click.option("--official", required=True, help="The officer who asks, by pseudonym."),
        click.option("--department", required=True, help="The department's 统一社会信用代码."),
    ):
        command = option(command)
    return command


@click.group()
def indicators() -> None:
    """Indicators of units (考核指标, 15号 三(二)), of a month that is over."""


@indicators.command()
@click.argument("month")
@as_officer
@click.option("--workbook", type=WRITABLE, help="Write it as a workbook here.")
def show(*, month: str, department: str, official: str, key: Path, url: str, workbook: Path | None) -> None:
    """Show a MONTH (2026-11) in exact numbers: of the own unit, for the credit office of all; as JSON."""
    found = _found(url, department, official, key)
    if workbook:
        workbook.write_bytes(_asked(lambda: found.workbook(month)))
    else:
        click.echo(json.dumps(_asked(lambda: found.exact(month)), ensure_ascii=False, indent=1))


@indicators.command()
@click.argument("month")
@as_officer
def notice(*, month: str, department: str, official: str, key: Path, url: str) -> None:
    """Issue the notice of a MONTH that is over, sealed with the credit office's key; the receipt as JSON."""
    found = _found(url, department, official, key)
    click.echo(json.dumps(_asked(lambda: found.issue(month)), ensure_ascii=False, indent=1))


def _found(url: str, department: str, official: str, key: Path) -> Indicators:
    try:
        client = Client(url, Department(department, department_key(key)))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    return Indicators(client, official=official)


def _asked(ask: Callable[[], T]) -> T:
    try:
        return ask()
    except Problem as problem:
        say_problem(problem, as_json=False)
        sys.exit(1)
