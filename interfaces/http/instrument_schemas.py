"""What the routes of the clean-up ledger take and give, for the OpenAPI document and for tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from interfaces.http.schema_fields import count, date, text
from interfaces.http.schemas import ProblemReason

_CODE = validate.Regexp(r"^[0-9A-Z]{18}$")


class LedgerQuestion(Schema):
    """Whose ledger: one's own when left out; for the credit office all units'."""

    unit = fields.String(validate=_CODE)


class PublicLedgerQuestion(Schema):
    """Whose ledger is shown: of all units when left out."""

    unit = fields.String(validate=_CODE)


class RefusedLedgerRow(Schema):
    """A row that was not taken."""

    data_row = count("表头下第几行 / row below the heading")
    sheet_row = count("表内第几行 / row of the sheet")
    reasons = fields.List(fields.Nested(ProblemReason), required=True)


class LedgerReceipt(Schema):
    """What became of a ledger file."""

    status = text("recorded")
    form = text("样式 / printing of the form")
    rows = count("行数 / rows")
    taken = count("新增或变更 / entered or changed")
    unchanged = count("未变 / standing already")
    refused = count("退回 / refused")


class LedgerReportAnswer(Schema):
    """The receipt, and each refused row with its reasons (left out when the request is repeated)."""

    receipt = fields.Nested(LedgerReceipt, required=True)
    refused = fields.List(fields.Nested(RefusedLedgerRow))


class PlanStep(Schema):
    """A step of a plan: what is done, by which day."""

    what = fields.String(required=True, validate=validate.Length(min=1, max=200))
    by = fields.Date(required=True)


class LedgerDocument(Schema):
    """A document of the ledger without its personal columns."""

    document = fields.UUID(required=True)
    unit = text("责任单位代码 / code of the unit")
    unit_name = text("责任单位 / the unit")
    title = text("名称（含文号） / name and number")
    shares = fields.Boolean(required=True)
    lists = fields.Boolean(required=True)
    punishes = fields.Boolean(required=True)
    summary = text("相关内容摘要 / summary")
    national_basis = fields.Boolean(required=True)
    local_basis = fields.Boolean(required=True)
    basis = text("依据的具体内容 / the basis in words")
    disposition = text("处置方式 / disposition")
    due = text("完成时间 / completion time as stated")
    due_on = date("完成时间的最后一日 / its last day")
    sufficient = fields.Boolean(required=True, metadata={"description": "依据是否充分 / sufficient basis"})
    stopped = fields.Boolean(required=True, metadata={"description": "停止执行 / not executed"})
    entered_on = date("进入台账之日 / the day it entered")
    planned_on = date("方案报送之日 / the day of its plan")
    steps = fields.List(fields.Nested(PlanStep), required=True)
    completed_on = date("完成之日 / the day of its completion")
    overdue = fields.List(fields.List(fields.String()), required=True)
    version = count("版本 / version")


RETURNS: Mapping[str, tuple[str, ...]] = {
    "nil": (),
    "plan": ("document", "steps"),
    "completion": ("document", "evidence"),
    "summary": ("evidence",),
    "omission": ("unit", "title"),
}
"""What each return says besides what it is."""


class FiledReturn(Schema):
    """A return: ``nil``; ``plan`` (document, steps); ``completion`` (document, evidence: SHA-256); ``summary``
    (evidence); ``omission`` (unit, title)."""

    what = fields.String(required=True, validate=validate.OneOf(list(RETURNS)))
    document = fields.UUID()
    steps = fields.List(fields.Nested(PlanStep), validate=validate.Length(min=1, max=50))
    evidence = fields.String(validate=validate.Regexp(r"^[0-9a-f]{64}$"))
    unit = fields.String(validate=_CODE)
    title = fields.String(validate=validate.Length(min=2, max=200))

    @validates_schema
    def whole(self, data: dict[str, Any], **_: Any) -> None:
        """Each return says what belongs to it, and nothing else."""
        if set(data) != {"what", *RETURNS[data["what"]]}:
            raise ValidationError("other members")


class ReturnReceipt(Schema):
    """What was filed."""

    status = text("recorded")
    what = text("哪一种 / which return")


class ReturnAnswer(Schema):
    """The receipt, and where the act was recorded (left out when the request is repeated)."""

    receipt = fields.Nested(ReturnReceipt, required=True)
    event_id = fields.String()


class IssuedNotice(Schema):
    """A notice as it was issued."""

    at = text("印发时刻 / when")
    content = fields.Dict(required=True)


class NoticeAnswer(Schema):
    """The notice of a month: as the ledger computes it, and as it was issued, null before that."""

    month = text("月份 / month")
    notice = fields.UUID(required=True, metadata={"description": "通报编号 / id under which it is sealed"})
    computed = fields.Dict(required=True)
    issued = fields.Nested(IssuedNotice, required=True, allow_none=True)


class PublicLedger(Schema):
    """The clean-up ledger as anyone may see it."""

    documents = fields.List(fields.Nested(LedgerDocument), required=True)
    nil_returns = fields.List(fields.String(), required=True)
