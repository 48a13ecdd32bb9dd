"""The shapes of answers about objections and repairs, as ``schemas.py`` has them for everything else."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from interfaces.http.schema_fields import count as _count
from interfaces.http.schema_fields import date as _date
from interfaces.http.schema_fields import hexadecimal as _hex
from interfaces.http.schema_fields import text as _text
from interfaces.http.schemas import Moment, Paged


class FiledCase(Schema):
    """One part of an application about several records."""

    case = fields.UUID(required=True)
    record = fields.UUID(required=True)
    source = _text("认定部门 / the department that determined")
    mode = _text("修复方式 / mode of the repair")
    accept_by = _date("受理期限 / accept by")
    answer_by = _date("办结期限 / answer by")
    provisional = fields.Boolean(required=True)


class NamedCase(Schema):
    """The measure of one responding department."""

    case = fields.UUID(required=True)
    department = _text("响应部门 / the responding department")


class CaseReceipt(Schema):
    """The receipt (回执) of an act on an objection or a repair; which dates it has depends on the act."""

    event_id = _text("事件编号 / id of the event")
    position = _count("账本位置 / position in the log")
    case = fields.UUID(
        required=True,
        metadata={"description": "案件编号，写入地址 / id of the case, for addresses"},
    )
    version = _count("案件的版本，用于 If-Match / the case's version, for If-Match")
    record = fields.UUID(metadata={"description": "所涉记录 / the record it is about"})
    leaf_hash = _hex("叶子哈希 / hash of the leaf", 64)
    status = fields.String(required=True, validate=validate.Equal("recorded"))
    source = _text("认定部门 / the department that determined", required=False)
    mode = _text("修复方式 / mode of the repair", required=False)
    forward_by = _date("转办期限 / forward by")
    accept_by = _date("受理期限 / accept by")
    answer_by = _date("办结期限 / answer by")
    missing = fields.List(fields.String(), metadata={"description": "须补正的材料 / what is to be handed in"})
    outcome = _text("结果 / outcome", required=False)
    effect = _text("效果 / effect", required=False)
    list = _text("名单 / the list", required=False)
    state_by = _date("陈述申辩期限 / until when the party may speak")
    until = _text("列入的最后一日，无则为空 / last day on the list, empty for none", required=False)
    cases = fields.List(
        fields.Nested(FiledCase), metadata={"description": "所分出的各件 / the cases it was split into"}
    )
    returned = fields.Boolean(metadata={"description": "记录是否恢复 / whether the record is shown again"})
    barred_until = _date("截至此日（含当日）不得再次申请修复 / no further repair up to and with this day")
    erasure = fields.UUID(
        metadata={
            "description": "随删除方式的修复提出的删除，由信用办两名经办人审批 / the erasure that a repair by deletion"
            " asked for, approved by two officers of the credit office"
        }
    )
    restoration = fields.UUID(
        metadata={"description": "由此开始的恢复信誉任务 / the restoration that begins with it"}
    )
    restore_by = _date("恢复信誉期限 / reputation restored by")
    sent = _count("报送的应查案件数 / cases on the list", required=False)
    gaps = _count("应查未查案件数 / cases that were not checked", required=False)
    incident = _text("随之开启的安全事件 / the incident that was opened with it", required=False)
    digest = _hex("证据包的摘要 / SHA-256 of the bundle", 64, required=False)
    delisted = fields.List(
        fields.String(), metadata={"description": "同时移出的名单 / lists that the subject left with it"}
    )
    provisional = fields.Boolean(metadata={"description": "日历未覆盖，期限暂定 / the date may still move"})
    feedback_by = _date("反馈期限 / by when to respond or report")
    measures = fields.List(
        fields.Nested(NamedCase),
        metadata={"description": "各响应部门的措施 / the measure of each department named"},
    )


class CaseAnswer(Schema):
    """The receipt of an act on a case."""

    receipt = fields.Nested(CaseReceipt, required=True)


class CaseMoment(Moment):
    """One event of a case, with the parts that the asker may see."""

    version = _count("版本 / version")
    leaf_hash = _hex("叶子哈希，后续行为以此指明它 / by which later acts name it", 64)


class CaseWaiting(Schema):
    """What an undecided case waits for."""

    step = _text(
        "待办事项 / what is to be done: answer, accept, decide, await_materials, decide_listing,"
        " decide_removal, restore, review, handle, respond, report, hold_measure, report_lifted, end_rest,"
        " open_comment, answer_opinions, call_meeting, give_view, conclude_meeting, publish, periodic_review,"
        " propose_revision"
    )
    due = _text("期限，等申请人补正时为空 / by when; empty while the applicant is to hand something in")
    overdue = fields.Boolean(required=True)
    overdue_recorded = fields.Boolean(required=True)
    provisional = fields.Boolean(required=True)


class CaseState(Schema):
    """How a case (案件) stands."""

    case = fields.UUID(required=True)
    version = _count("版本 / version")
    state = _text(
        "状态 / pending, applied, materials_requested, accepted, or the outcome; of a listing: notified, stated,"
        " answered, dropped, listed, removal_applied, removed;"
        " of a restoration: restoring, restored, waived; of a repair also: revoked;"
        " of a measure: named, applied, declined, suspended, ended;"
        " of a temporary shield: performing, performed, failed, expired"
    )
    waiting = fields.Nested(
        CaseWaiting,
        required=True,
        allow_none=True,
        metadata={"description": "待办与期限，办结后为空 / null when decided"},
    )
    record = fields.UUID(required=True)
    source = _text("认定部门 / the department that determined")
    record_leaf_hash = _hex("记录现有内容的叶子哈希 / leaf hash of the record's present content", 64)
    history = fields.List(fields.Nested(CaseMoment), required=True)
    receipt = fields.String(required=True, validate=validate.Regexp(r"^access:[0-9]+$"))


class Task(Schema):
    """One case that waits (待办)."""

    case = fields.UUID(required=True)
    kind = _text(
        "何种案件 / objection, repair, reorganisation, listing, proposal, meeting_view, restoration, query_review,"
        " entry, incident, measure"
    )
    version = _count("版本 / version")
    record = fields.UUID(required=True)
    department = _text("承办部门 / the department that is to act")
    step = _text("待办事项 / what is to be done")
    due = _text("期限，等申请人补正时为空 / by when; empty while the applicant is to hand something in")
    days_left = fields.Integer(required=True, strict=True, allow_none=True)
    overdue = fields.Boolean(required=True)
    overdue_recorded = fields.Boolean(
        required=True, metadata={"description": "逾期已入账 / an event of the case says so"}
    )
    provisional = fields.Boolean(required=True)


class WorklistAnswer(Paged):
    """A department's open cases, those filed first on the first page; within a page by due day.

    For the credit office the first page also tells what is overdue elsewhere.
    """

    tasks = fields.List(fields.Nested(Task), required=True)
    more = fields.Boolean(required=True)
    overdue_elsewhere = fields.List(
        fields.Nested(Task), metadata={"description": "其他部门逾期案件，仅信用办 / credit office only"}
    )
    more_overdue_elsewhere = fields.Boolean()
