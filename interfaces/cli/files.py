"""The department's commands: seal a file, and send files to be recorded; every refused row is told."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from application.ports import Conflict
from domain.shared.refusals import Refused, sentence
from domain.transparency.sealed_file import MalformedSealedFile
from interfaces.cli.sending import (
    GZIP,
    Report,
    refused_row,
    seal_table,
    send_draft,
    send_sealed_before,
    send_table,
    told,
)
from interfaces.client.api import Client, Department, Problem, Unproven
from interfaces.client.evidence import Gateway
from interfaces.client.form_data import load_forms
from interfaces.client.sealing import DepartmentKey
from interfaces.client.tables import Table, read_table
from interfaces.rulebook import lawful

URL = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
"""The service of this machine: where ``serve`` listens with the same PORT."""
EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
WRITABLE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=EXISTING)
@click.option("--key", type=EXISTING, required=True, help="The department's key (PEM).")
@click.option("--ledger-id", required=True, help="The ledger's id (hex), as /v1/ledger tells.")
@click.option("--output", "-o", type=WRITABLE, required=True)
@click.option("--quiet", is_flag=True)
def seal(*, file: Path, key: Path, ledger_id: str, output: Path, quiet: bool) -> None:
    """Seal a workbook or CSV without a network: OUTPUT is the sealed file, for `intake` to send."""
    try:
        ledger = bytes.fromhex(ledger_id)
    except ValueError:
        ledger = b""
    if len(ledger) != 16:
        raise click.UsageError("--ledger-id is 32 hex digits")
    sealed = seal_table(_table(file.read_bytes()), ledger_id=ledger, key=department_key(key), quiet=quiet)
    output.write_bytes(sealed.body())
    click.echo(f"封存 {sealed.seal.rows} 行 / sealed rows; 未封存 {len(sealed.left_out)} / left out")
    click.echo(f"root {sealed.seal.root.hex()}")
    for row in sealed.left_out:
        say_row(refused_row(row))


@click.command()
@click.argument("files", type=EXISTING, nargs=-1, required=True)
@click.option("--department", required=True, help="The department's 统一社会信用代码.")
@click.option("--key", type=EXISTING, required=True, help="The department's key (PEM).")
@click.option("--official", default="", help="The officer who determined, by pseudonym (recorded).")
@click.option("--url", default=URL, show_default=True, help="The service.")
@click.option("--gateway", type=EXISTING, help="The gateway to trust: /v1/ledger's answer, got another way.")
@click.option("--draft", is_flag=True, help="Upload as it is; the service drafts, we sign the root.")
@click.option("--reasons", type=WRITABLE, help="Write the reasons workbook here (one FILE).")
@click.option("--json", "as_json", is_flag=True, help="A report in JSON a line on stdout for each FILE.")
@click.option("--quiet", is_flag=True)
def intake(
    *,
    files: tuple[Path, ...],
    department: str,
    key: Path,
    official: str,
    url: str,
    gateway: Path | None,
    draft: bool,
    reasons: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Have workbooks, CSV files or sealed files recorded; every refused row is told with its reasons.

    With --gateway only what that gateway signed is believed: of a streamed report its receipt, asked for once more.
    Exit 1 when a row or file was refused or an answer is not the gateway's, 3 when the service cannot be reached.
    Sending again adds nothing.
    """
    if reasons and len(files) > 1:
        raise click.UsageError("--reasons takes one FILE")
    try:
        trusted = _trusted(gateway) if gateway else None
        client = Client(url, Department(department, department_key(key), official), gateway=trusted)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    refused = False
    for file in files:
        if len(files) > 1 and not as_json:
            click.echo(f"{file.name}:")
        refused |= not _take_in(client, file.read_bytes(), draft, reasons, as_json=as_json, quiet=quiet)
    sys.exit(1 if refused else 0)


def _take_in(
    client: Client, data: bytes, draft: bool, reasons: Path | None, *, as_json: bool, quiet: bool
) -> bool:
    """Send one file and tell what became of it; whether every row was taken."""
    try:
        if data.startswith(GZIP):
            report = send_sealed_before(client, data, quiet=quiet)
        else:
            table = _table(data)
            send = send_draft(client, data, table, quiet=quiet) if draft else None
            report = send or send_table(client, table, quiet=quiet)
            if reasons:
                _write_reasons(reasons, table, report)
    except Problem as problem:
        say_problem(problem, as_json=as_json)
        return False
    except Unproven:
        click.echo(
            "答复没有所信任网关的签名，不予采信 / the answer is not signed by the trusted gateway", err=True
        )
        return False
    except MalformedSealedFile:
        click.echo("这不是封存文件 / this is no sealed file", err=True)
        return False
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        _say_report(report)
    return not report["refused"]


def _write_reasons(path: Path, table: Table, report: Report) -> None:
    from interfaces.client.reasons import reasons_workbook  # noqa: PLC0415 - a heavy import, seldom needed

    path.write_bytes(reasons_workbook(table, told(report)))


def _table(data: bytes) -> Table:
    try:
        return read_table(data, forms=load_forms())
    except Refused as refused:
        for defect in refused.defects:
            click.echo(f"{sentence(defect, 'zh')} / {sentence(defect, 'en')}", err=True)
        sys.exit(1)


def department_key(path: Path) -> DepartmentKey:
    """The key in a PEM file. Raises ``click.UsageError``."""
    try:
        return DepartmentKey.read(path)
    except (ValueError, TypeError):
        raise click.UsageError("--key is no Ed25519 key in PEM form") from None


def _trusted(file: Path) -> Gateway:
    """The gateway in a file. Raises ``ValueError`` when it holds none."""
    told = json.loads(file.read_bytes())
    return Gateway.of(told if isinstance(told, dict) else {})


def _say_report(report: Mapping[str, Any]) -> None:
    rows, taken, already, refused = (
        report["rows"],
        report["taken"],
        report["already"],
        len(report["refused"]),
    )
    click.echo(
        f"共 {rows} 行：入库 {taken}，此前已入库 {already}，退回 {refused}"
        f" / rows {rows}: taken {taken}, already {already}, refused {refused}"
    )
    for row in report["refused"]:
        say_row(row)
    for warning in report.get("warnings", []):
        click.echo(f"注意 / note: {warning['zh']} / {warning['en']}")
    for column in report.get("dropped_columns", []):
        click.echo(f"不认识的列，其值未采集 / unknown column, values dropped: {column}")


def say_row(row: Mapping[str, Any]) -> None:
    """A refused row, a line for each reason."""
    for reason in row["reasons"]:
        where = f"{reason['field']} " if reason["field"] else ""
        click.echo(
            f"  第{row['data_row']}行（表内第{row['sheet_row']}行）{where}[{reason['rule']}] {reason['zh']}"
        )


def say_problem(problem: Problem, *, as_json: bool) -> None:
    """Tell a problem: as JSON on stdout, else in a line of both languages on stderr."""
    members = dict(problem.members)
    if as_json:
        click.echo(json.dumps(members, ensure_ascii=False))
    else:
        click.echo(f"{problem.status} {members.get('detail', '')} / {members.get('detail_en', '')}", err=True)
        if "instead" in members:
            click.echo(f"可以这样做 / instead: {members['instead']} / {members['instead_en']}", err=True)


@contextmanager
def told_refusals() -> Iterator[None]:
    """A refusal in both languages with what would be lawful instead, without a traceback; exit 1."""
    try:
        yield
    except Refused as refused:
        told = [f"{d.rule}: {sentence(d, 'zh')} / {sentence(d, 'en')}" for d in refused.defects]
        found = [both for d in refused.defects if (both := lawful(d)) is not None]
        instead = [f"可以这样做 / instead: {zh} / {en}" for zh, en in dict.fromkeys(found)]
        raise click.ClickException("\n".join([*told, *instead])) from None
    except Conflict:
        raise click.ClickException(
            "同时有另一操作，请再运行一次 / something else came first; run it again"
        ) from None
