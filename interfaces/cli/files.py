"""The department's commands: seal a file, and send it (sealed here, or as a draft that is then signed)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from domain.shared.refusals import Defect, Refused, sentence
from interfaces.cli.progress import Progress
from interfaces.client.api import Client, Department, Problem, Unreachable
from interfaces.client.form_data import load_forms
from interfaces.client.reasons import reasons_workbook
from interfaces.client.rows import read_rows
from interfaces.client.sealing import DepartmentKey, SealedFile, seal_file
from interfaces.client.tables import Table, read_table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
URL = "http://127.0.0.1:8000"
EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=EXISTING)
@click.option("--key", type=EXISTING, required=True, help="The department's key (PEM).")
@click.option("--ledger-id", required=True, help="The ledger's id (hex), as /v1/ledger tells.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), required=True)
def seal(*, file: Path, key: Path, ledger_id: str, output: Path) -> None:
    """Seal a workbook or CSV without a network: OUTPUT is the sealed file, ready to be sent later."""
    try:
        ledger = bytes.fromhex(ledger_id)
    except ValueError:
        ledger = b""
    if len(ledger) != 16:
        raise click.UsageError("--ledger-id is 32 hex digits")
    table = _read(file)
    sealed = _seal(table, ledger, _key(key), Progress("封存 seal", table.row_count, unit="rows"))
    output.write_bytes(sealed.body())
    click.echo(f"封存 {sealed.seal.rows} 行 / sealed rows; 未封存 {len(sealed.left_out)} / left out")
    click.echo(f"root {sealed.seal.root.hex()}")
    for row in sealed.left_out:
        _say_row(row.data_row, row.sheet_row, [_reason(d) for d in row.defects])


@click.command()
@click.argument("file", type=EXISTING)
@click.option("--department", required=True, help="The department's 统一社会信用代码.")
@click.option("--key", type=EXISTING, required=True, help="The department's key (PEM).")
@click.option("--url", default=URL, show_default=True, help="The service.")
@click.option("--draft", is_flag=True, help="Upload the file as it is; the service drafts, we sign the root.")
@click.option(
    "--reasons", type=click.Path(dir_okay=False, path_type=Path), help="Write the reasons workbook here."
)
@click.option("--json", "as_json", is_flag=True, help="The report as JSON on stdout.")
@click.option("--quiet", is_flag=True)
def intake(
    *,
    file: Path,
    department: str,
    key: Path,
    url: str,
    draft: bool,
    reasons: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Seal a workbook or CSV as the department and have its rows recorded; every refused row is told with reasons.

    Exit 1 when a row was refused, 3 when the service cannot be reached. Sending a file again adds nothing.
    """
    table = _read(file)
    try:
        client = Client(url, Department(department, _key(key)))
        report = _send(client, file, table, draft=draft, quiet=quiet)
    except Problem as problem:
        _say_problem(problem, as_json=as_json)
        sys.exit(1)
    except Unreachable:
        click.echo("服务无法连接 / the service cannot be reached", err=True)
        sys.exit(3)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if reasons:
        reasons.write_bytes(reasons_workbook(table, _defects(report)))
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        _say_report(report)
    if report["refused"]:
        sys.exit(1)


def _send(client: Client, file: Path, table: Table, *, draft: bool, quiet: bool) -> dict[str, Any]:
    """Send and wait; the report with the rows that could not even be sealed."""
    bar = Progress("封存 seal", table.row_count, unit="rows", quiet=quiet)
    send: Callable[[Callable[[Mapping[str, Any]], None]], dict[str, Any]]
    if draft:
        kind = XLSX if table.source == "xlsx" else "text/csv"
        drafted = client.send_draft(file.read_bytes(), content_type=kind)
        left_out, rows = drafted["left_out"], int(drafted["rows"])
        send = lambda progress: client.seal_draft(drafted, progress=progress)  # noqa: E731
    else:
        sealed = _seal(table, bytes.fromhex(client.ledger_id), client.department.key, bar)
        left_out = [
            {"data_row": r.data_row, "sheet_row": r.sheet_row, "reasons": [_reason(d) for d in r.defects]}
            for r in sealed.left_out
        ]
        rows = sealed.seal.rows
        send = lambda progress: client.send_sealed(sealed, progress=progress)  # noqa: E731
    report: dict[str, Any] = {"rows": 0, "taken": 0, "already": 0, "refused": []}
    if rows:
        bar = Progress("归集 intake", rows, unit="rows", quiet=quiet)

        def progress(step: Mapping[str, Any]) -> None:
            bar.update(int(step["done"]), int(step["rows"]))

        report = send(progress)
        bar.update(rows)
        bar.finish()
    report["rows"] = int(report.get("rows", 0)) + len(left_out)
    report["refused"] = sorted([*report.get("refused", []), *left_out], key=lambda r: int(r["data_row"]))
    report["dropped_columns"] = list(table.unknown_columns)
    return report


def _read(file: Path) -> Table:
    try:
        return read_table(file.read_bytes(), forms=load_forms())
    except Refused as refused:
        for defect in refused.defects:
            click.echo(f"{sentence(defect, 'zh')} / {sentence(defect, 'en')}", err=True)
        sys.exit(1)


def _key(path: Path) -> DepartmentKey:
    try:
        return DepartmentKey.read(path)
    except (ValueError, TypeError):
        raise click.UsageError("--key is no Ed25519 key in PEM form") from None


def _seal(table: Table, ledger_id: bytes, key: DepartmentKey, bar: Progress) -> SealedFile:
    rows = read_rows(table, load_forms())
    sealed = seal_file(rows, form=table.kind, ledger_id=ledger_id, progress=bar.update)
    bar.finish()
    return sealed.signed(key)


def _reason(defect: Defect) -> dict[str, str]:
    return {
        "field": defect.field,
        "field_name": "",
        "rule": defect.rule,
        "code": defect.code,
        "zh": sentence(defect, "zh"),
        "en": sentence(defect, "en"),
    }


def _defects(report: Mapping[str, Any]) -> dict[int, list[tuple[str, Defect]]]:
    """The report's reasons as the workbook writer takes them."""
    return {
        int(row["data_row"]): [
            (r["field"], Defect(r["rule"], "told", r["field"], {"zh": r["zh"], "en": r["en"]}))
            for r in row["reasons"]
        ]
        for row in report["refused"]
    }


def _say_report(report: Mapping[str, Any]) -> None:
    click.echo(
        f"共 {report['rows']} 行：入库 {report['taken']}，此前已入库 {report['already']}，"
        f"退回 {len(report['refused'])}"
        f" / rows {report['rows']}: taken {report['taken']}, already {report['already']},"
        f" refused {len(report['refused'])}"
    )
    for row in report["refused"]:
        _say_row(row["data_row"], row["sheet_row"], row["reasons"])
    for column in report["dropped_columns"]:
        click.echo(f"不认识的列，其值未采集 / unknown column, values dropped: {column}")


def _say_row(data_row: int, sheet_row: int, reasons: list[dict[str, str]]) -> None:
    for reason in reasons:
        where = f"{reason['field']} " if reason["field"] else ""
        click.echo(f"  第{data_row}行（表内第{sheet_row}行）{where}[{reason['rule']}] {reason['zh']}")


def _say_problem(problem: Problem, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(dict(problem.members), ensure_ascii=False))
        return
    click.echo(
        f"{problem.status} {problem.members.get('detail', '')} / {problem.members.get('detail_en', '')}",
        err=True,
    )
