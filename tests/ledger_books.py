"""Clean-up ledgers as units send them: workbooks made by hand, cell by cell, in either printing of the form."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from domain.instruments.form import FIELDS, NATIONAL, LedgerForm

SCHEMA = json.loads(
    (Path(__file__).resolve().parent.parent / "data" / "ledger_schema.json").read_text("utf-8")
)
CONTACT, PHONE = "己标联系人 副局长", "027-81234567"
TRANSPORT = "示范市交通运输局"
ROW = {
    "number": "1",
    "title": "《示范市交通运输局关于加强信用管理的通知》（示交发〔2019〕3号）",
    "shares": "是",
    "lists": "是",
    "punishes": "否",
    "summary": "将行人闯红灯受到行政处罚的行为信息记入个人信用记录",
    "national_basis": "否",
    "local_basis": "否",
    "basis": "无",
    "disposition": "废止",
    "due": "2026年底",
    "unit_name": TRANSPORT,
    "contact": CONTACT,
    "phone": PHONE,
}
KEPT = {
    "title": "《示范市公共信用信息归集办法》（示政办发〔2021〕7号）",
    "national_basis": "是",
    "basis": "《中华人民共和国行政处罚法》第四十八条：具有一定社会影响的行政处罚决定应当依法公开。",
    "disposition": "保留",
    "due": "",
}


def row(**changes: str) -> dict[str, str]:
    """A sound row of the transport bureau, changed."""
    return {**ROW, **changes}


def book(
    *rows: dict[str, str], form: LedgerForm = NATIONAL, headings: Sequence[str] = (), title: str = "台账"
) -> bytes:
    """A workbook of rows under the form's own headings, or under others."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = made.add_worksheet()
    sheet.write(0, 0, title)
    lines: list[Sequence[Any]] = [headings or form.columns, *([r[name] for name in FIELDS] for r in rows)]
    for number, cells in enumerate(lines, start=2):
        for column, text in enumerate(cells):
            sheet.write(number, column, text)
    made.close()
    return out.getvalue()
