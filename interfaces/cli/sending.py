"""Sending one file as its department: sealed here, sealed before, or as a draft whose root is then signed.

The commands in ``files.py`` call it and show the report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from domain.shared.refusals import Defect, sentence
from domain.transparency.sealed_file import FileSeal
from interfaces.cli.progress import Progress
from interfaces.client.api import Client
from interfaces.client.form_data import load_forms
from interfaces.client.rows import read_rows
from interfaces.client.sealing import DepartmentKey, LeftOut, SealedFile, first_line, seal_file
from interfaces.client.tables import Table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GZIP = b"\x1f\x8b"
Report = dict[str, Any]
Step = Callable[[Mapping[str, Any]], None]


def seal_table(table: Table, *, ledger_id: bytes, key: DepartmentKey, quiet: bool) -> SealedFile:
    """Seal every row that can be read, and sign."""
    bar = Progress("封存 seal", table.row_count, unit="rows", quiet=quiet)
    rows = read_rows(table, load_forms())
    sealed = seal_file(rows, form=table.kind, ledger_id=ledger_id, progress=bar.update)
    bar.finish()
    return sealed.signed(key)


def send_table(client: Client, table: Table, *, quiet: bool) -> Report:
    """Seal here and send; the report holds the rows that could not even be sealed as well."""
    sealed = seal_table(
        table, ledger_id=bytes.fromhex(client.ledger_id), key=client.department.key, quiet=quiet
    )
    left_out = [refused_row(row) for row in sealed.left_out]
    body = sealed.body()
    return _finished(
        table,
        left_out,
        sealed.seal.rows,
        lambda step: client.send_sealed(body, progress=step),
        quiet=quiet,
    )


def send_draft(client: Client, data: bytes, table: Table, *, quiet: bool) -> Report:
    """Upload the file as it is, sign the root that the service drafted."""
    kind = XLSX if table.source == "xlsx" else "text/csv"
    drafted = client.send_draft(data, content_type=kind)
    return _finished(
        table,
        drafted["left_out"],
        int(drafted["rows"]),
        lambda step: client.seal_draft(drafted, progress=step),
        quiet=quiet,
    )


def send_sealed_before(client: Client, data: bytes, *, quiet: bool) -> Report:
    """Send a file that ``seal`` made. Raises ``MalformedSealedFile`` when it is none."""
    rows = FileSeal.from_line(first_line(data)).rows
    return _watched(rows, lambda step: client.send_sealed(data, progress=step), quiet=quiet)


def refused_row(row: LeftOut) -> dict[str, Any]:
    """A row left out here, in the shape of the service's report."""
    return {
        "data_row": row.data_row,
        "sheet_row": row.sheet_row,
        "reasons": [reason(d) for d in row.defects],
    }


def reason(defect: Defect) -> dict[str, str]:
    """A defect found here, in the shape of the service's report."""
    return {
        "field": defect.field,
        "field_name": "",
        "rule": defect.rule,
        "code": defect.code,
        "zh": sentence(defect, "zh"),
        "en": sentence(defect, "en"),
    }


def told(report: Mapping[str, Any]) -> dict[int, list[tuple[str, Defect]]]:
    """The report's reasons as the writer of the reasons workbook takes them."""
    return {
        int(row["data_row"]): [
            (r["field"], Defect(r["rule"], "told", r["field"], {"zh": r["zh"], "en": r["en"]}))
            for r in row["reasons"]
        ]
        for row in report["refused"]
    }


def _finished(
    table: Table,
    left_out: list[dict[str, Any]],
    rows: int,
    send: Callable[[Step], Report],
    *,
    quiet: bool,
) -> Report:
    report: Report = {"rows": 0, "taken": 0, "already": 0, "refused": []}
    if rows:
        report = _watched(rows, send, quiet=quiet)
    report["rows"] = int(report.get("rows", 0)) + len(left_out)
    report["refused"] = sorted([*report.get("refused", []), *left_out], key=lambda r: int(r["data_row"]))
    report["dropped_columns"] = list(table.unknown_columns)
    report["warnings"] = [reason(d) for d in table.warnings]
    return report


def _watched(rows: int, send: Callable[[Step], Report], *, quiet: bool) -> Report:
    bar = Progress("归集 intake", rows, unit="rows", quiet=quiet)
    report = send(lambda step: bar.update(int(step["done"]), int(step["rows"])))
    bar.update(rows)
    bar.finish()
    return report
