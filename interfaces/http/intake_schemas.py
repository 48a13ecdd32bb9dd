"""What is answered about rows that were sent: refused ones with their reasons, progress, reports, drafts, receipts."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from interfaces.http.schema_fields import count as _count
from interfaces.http.schema_fields import hexadecimal as _hex
from interfaces.http.schema_fields import text as _text
from interfaces.http.schemas import Problem, ProblemReason


class RowReason(ProblemReason):
    """Why a row is refused, with the field's Chinese name."""

    field_name = _text("字段中文名 / the field's Chinese name; empty for the row as a whole")


class RefusedRow(Schema):
    """A refused row by its place in the file, with every reason."""

    data_row = _count("第几行数据 / number of the row among the rows of data")
    sheet_row = _count("工作表行号 / number of the row in the sheet")
    reasons = fields.List(fields.Nested(RowReason), required=True)


def _warnings() -> fields.List[Any]:
    return fields.List(
        fields.Nested(RowReason),
        required=True,
        metadata={
            "description": "缺少的必填列、未读取的工作表 / required columns that are missing, sheets not read"
        },
    )


class IntakeReceipt(Schema):
    """The receipt of a file (回执): kept under its idempotency key for ever."""

    intake = fields.UUID(required=True, metadata={"description": "文件编号 / id of the sealed file"})
    root = _hex("各行承诺的默克尔根 / Merkle root over the rows", 64)
    rows = _count("行数 / rows")
    taken = _count("入账 / recorded")
    late = fields.Integer(
        validate=validate.Range(min=0),
        metadata={"description": "其中逾期报送 / of these, sent too late (DET-6)"},
    )
    already = _count("此前已入账 / recorded before")
    refused = _count("拒收 / refused")
    first_position = _count("首条记录的账本位置，无则为 0 / position of the first record, 0 for none")
    status = fields.String(required=True, validate=validate.Equal("recorded"))


class IntakeReport(Schema):
    """What became of every row of a file."""

    rows = _count("行数 / rows")
    taken = _count("入账 / recorded")
    late = fields.Integer(
        validate=validate.Range(min=0),
        metadata={"description": "其中逾期报送 / of these, sent too late (DET-6)"},
    )
    already = _count("此前已入账 / recorded before")
    refused = fields.List(fields.Nested(RefusedRow), required=True)
    receipt = fields.Nested(IntakeReceipt, required=True)


class KeptIntake(Schema):
    """The kept receipt of a file whose idempotency key was used before."""

    receipt = fields.Nested(IntakeReceipt, required=True)


class Draft(Schema):
    """A workbook or CSV as a draft (草稿): what the department signs to make its rows records."""

    draft = fields.UUID(required=True, metadata={"description": "草稿编号 / id of the draft"})
    form = _text("表式 / form")
    rows = _count("可入账的行数 / rows that can be recorded")
    root = _hex("默克尔根 / Merkle root", 64)
    commitments = _text("各行承诺 / commitments of the rows, encoded")
    file = fields.UUID(required=True)
    salt = _hex("盐 / salt", 64)
    to_sign = fields.String(
        required=True,
        validate=validate.Regexp(r"^([0-9a-f]{2})+$"),
        metadata={"description": "待签名的字节 / the bytes to sign (Ed25519)"},
    )
    issuer = _hex("签名密钥编号 / id of the key", 16)
    expires_at = fields.AwareDateTime(required=True, format="iso")
    left_out = fields.List(fields.Nested(RefusedRow), required=True)
    dropped_columns = fields.List(fields.String(), required=True)
    warnings = _warnings()


class Progress(Schema):
    """How far an intake is."""

    done = _count("已处理 / done")
    rows = _count("行数 / rows")
    taken = _count("入账 / recorded")
    late = fields.Integer(
        validate=validate.Range(min=0),
        metadata={"description": "其中逾期报送 / of these, sent too late (DET-6)"},
    )
    already = _count("此前已入账 / recorded before")
    refused = _count("拒收 / refused")


class IntakeLine(Schema):
    """One line of a streamed intake: progress, then as the last line either the report or a problem."""

    progress = fields.Nested(Progress)
    report = fields.Nested(IntakeReport)
    problem = fields.Nested(Problem)


class CheckReport(Schema):
    """A dry run: what rows would be refused for."""

    form = _text("表式 / form")
    dropped_columns = fields.List(fields.String(), required=True)
    warnings = _warnings()
    refused = fields.List(fields.Nested(RefusedRow), required=True)


class ActReceipt(Schema):
    """The receipt of one determination."""

    record = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf(["recorded", "already"]))
    event_id = _text("事件编号 / id of the event, for a new record", required=False)
    position = _count("账本位置 / position in the log", required=False)
    late = fields.Boolean(metadata={"description": "逾期报送 / sent too late (DET-6)"})
    leaf_hash = _hex("叶子哈希 / hash of the leaf", 64, required=False)


class ActAnswer(Schema):
    """One determination's receipt."""

    receipt = fields.Nested(ActReceipt, required=True)
