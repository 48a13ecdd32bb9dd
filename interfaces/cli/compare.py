"""Comparing what a department publishes itself with the public view, from the command line (PUB-3)."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from interfaces.cli.files import EXISTING, URL, WRITABLE, department_key, say_problem, say_row
from interfaces.client.api import Client, Department, Problem
from interfaces.client.comparing import compare as asked
from interfaces.client.comparing import compare_csv

COUNTS = {
    "rows": ("行数", "rows"),
    "equal": ("一致", "equal"),
    "missing_here": ("部门有、本平台未归集", "published there, not recorded here"),
    "missing_there": ("本平台有、部门没有", "public here, not in the file"),
    "content_differs": ("内容不一致", "content differs"),
    "term_differs": ("期限不一致", "term differs"),
    "must_not_be_public": ("不得再公示", "must not be public any more"),
    "not_shown_yet": ("已归集、视图尚未跟上", "recorded, not shown yet"),
    "bad_rows": ("无法核对", "cannot be compared"),
}


@click.command()
@click.argument("file", type=EXISTING)
@click.option("--department", required=True, help="The department's 统一社会信用代码.")
@click.option("--key", type=EXISTING, required=True, help="The department's key (PEM).")
@click.option("--of", default="", help="Whose publication it is, by code: for the credit office.")
@click.option("--url", default=URL, show_default=True, help="The service.")
@click.option("--csv", "csv_file", type=WRITABLE, help="Write every difference here, one a line.")
@click.option("--json", "as_json", is_flag=True, help="The whole answer as JSON on stdout.")
def compare(
    *, file: Path, department: str, key: Path, of: str, url: str, csv_file: Path | None, as_json: bool
) -> None:
    """Compare a published FILE (the columns of intake) with the public view; every difference is told.

    The comparison is recorded with its counts. Exit 1 when something differs or a row cannot be compared.
    """
    try:
        client = Client(url, Department(department, department_key(key)))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    data = file.read_bytes()
    try:
        if csv_file:
            content = compare_csv(client, data, department=of)
            csv_file.write_bytes(content)
            sys.exit(1 if content.count(b"\n") > 1 else 0)
        found = asked(client, data, department=of)
    except Problem as problem:
        say_problem(problem, as_json=as_json)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        _say(found)
    told = found["receipt"]
    sys.exit(0 if told["rows"] == told["equal"] and not told["missing_there"] else 1)


def _say(found: Mapping[str, Any]) -> None:
    for name, (zh, en) in COUNTS.items():
        click.echo(f"{zh} / {en}: {found['receipt'][name]}")
    for told in found.get("differences", []):
        where = f"第{told['data_row']}行 " if told["data_row"] else ""
        days = f" {told['here'] or '—'} / {told['there'] or '—'}" if told["here"] or told["there"] else ""
        names = "、".join(told["field_names"])
        click.echo(
            f"  {where}{COUNTS[told['kind']][0]} {told['document']}{names}{days} {told['record']}".rstrip()
        )
    for row in found.get("bad_rows", []):
        say_row(row)
