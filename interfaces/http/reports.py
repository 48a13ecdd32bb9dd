"""What an intake tells back: per refused row its place, field, rule and a plain sentence, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from application.commands.intake_report import RefusedRow, Report
from domain.shared.forms import Form
from domain.shared.refusals import Defect, sentence


def refused_row(
    data_row: int, sheet_row: int, defects: Iterable[Defect], form: Form | None
) -> dict[str, Any]:
    """One refused row of the report."""
    return {
        "data_row": data_row,
        "sheet_row": sheet_row,
        "reasons": reasons(defects, form),
    }


def reasons(defects: Iterable[Defect], form: Form | None) -> list[dict[str, str]]:
    """Defects of a file or of a row of it: field and its name in the form, rule, and both sentences."""
    return [
        {
            "field": d.field,
            "field_name": form.fields[d.field].name_zh if form and d.field in form.fields else "",
            "rule": d.rule,
            "code": d.code,
            "zh": sentence(d, "zh"),
            "en": sentence(d, "en"),
        }
        for d in defects
    ]


def progress(report: Report) -> dict[str, Any]:
    """How far an intake is."""
    return {
        "done": report.done,
        "rows": report.rows,
        "taken": report.taken,
        "late": report.late,
        "already": report.already,
        "refused": len(report.refused),
    }


def full(report: Report, form: Form, *, receipt: Mapping[str, Any]) -> dict[str, Any]:
    """The whole report with its receipt; refused rows in the order of the file."""
    rows: list[RefusedRow] = sorted(report.refused, key=lambda r: r.data_row)
    return {
        "rows": report.rows,
        "taken": report.taken,
        "late": report.late,
        "already": report.already,
        "refused": [refused_row(r.data_row, r.sheet_row, r.defects, form) for r in rows],
        "receipt": dict(receipt),
    }
