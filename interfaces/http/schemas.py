"""The shapes of answers: they describe what the routes send, for the OpenAPI document and for tests.

The code that makes an answer does not pass through them; a test loads real answers, unknown members refused.
"""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from interfaces.http.schema_fields import count as _count
from interfaces.http.schema_fields import hexadecimal as _hex
from interfaces.http.schema_fields import text as _text


class ProblemReason(Schema):
    """One reason of a problem, or of a refused row: the rule that says no, and a sentence."""

    rule = _text("规则编号 / id of the rule; FORMAT: the protocol; SERVICE: the service's own state")
    code = _text("机器可读的原因 / the reason for machines")
    field = _text("字段代码或 JSON Pointer / field code, header or JSON Pointer; may be empty")
    zh = _text("中文说明")
    en = _text("English sentence")
    instead = _text("怎样做才合规 / what would be lawful instead, for a rule of the rulebook", required=False)
    instead_en = _text("the same in English", required=False)


class ReadinessCheck(Schema):
    """One condition of readiness."""

    name = _text("名称 / name")
    ok = fields.Boolean(required=True)
    why = _text("不满足的原因 / why it does not hold, empty when it does")
    why_en = _text("the same in English")


class Problem(Schema):
    """A problem (RFC 9457): every error of every route has this shape."""

    type = _text("问题类型，说明页的地址 / type: address of a page that explains it")
    title = _text("状态含义 / what the status means")
    status = fields.Integer(required=True, strict=True)
    instance = _text("关联编号，报告问题时请附上 / correlation id to quote when asking for help")
    detail = _text("中文说明，取自第一个原因 / the first reason's sentence in Chinese")
    detail_en = _text("the first reason's sentence in English")
    rule = _text("第一个原因的规则编号 / the first reason's rule")
    errors = fields.List(fields.Nested(ProblemReason), required=True, validate=validate.Length(min=1))
    clause = _text("规则所依据的条款 / the clause that the rule rests on", required=False)
    quote = _text("条款原文 / its words", required=False)
    instead = _text("怎样做才合规 / what would be lawful instead of what that rule refuses", required=False)
    instead_en = _text("the same in English", required=False)
    attempted = _text("所请求的事 / what the request wanted, as its route is described", required=False)
    attempted_en = _text("the same in English", required=False)
    retry_after = _count("多少秒后再试 / seconds until another attempt (429)", required=False)
    checks = fields.List(fields.Nested(ReadinessCheck), metadata={"description": "/readyz only"})


class RepairNote(Schema):
    """A repaired record that stays visible says so."""

    repair = _text("修复编号 / id of the repair")
    repaired_on = _text("修复日期 / date of the repair")


class ReturnNote(Schema):
    """A record whose repair was undone says so."""

    cause = _text("原因 / repair_revoked")
    by = _text("所撤销的案件编号 / id of the case that was undone")
    returned_on = _text("恢复日期 / date of the return")


class ShownProof(Schema):
    """What opens the commitment to a part that was shown, so that who got it can prove it."""

    leaf = _count("叶子序号 / index of the leaf, from 0")
    salt = _hex("盐 / salt", 64)


class SharedRecord(Schema):
    """A record as a department may see it: the parts that its scope shows, each a map of field codes."""

    record = fields.UUID(required=True)
    item = _text("目录项编码 / item of the catalogue")
    item_name_zh = _text("目录项名称")
    item_name_en = _text("name of the item")
    form = _text("表式 / form")
    recorded_at = _text("入账时间 / when it was recorded")
    until = _text("公示截止，无则为空 / last day in the view, empty for none")
    objected = fields.Boolean(metadata={"description": "异议处理中 / an objection is pending"})
    corrects = _hex("所更正内容的叶子哈希 / leaf hash of what it corrects", 64, required=False)
    note = fields.Nested(RepairNote)
    returned = fields.Nested(ReturnNote)
    parts = fields.Dict(
        required=True,
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=fields.String()),
    )
    proofs = fields.Dict(required=True, keys=fields.String(), values=fields.Nested(ShownProof))


class SubjectAnswer(Schema):
    """What was shown of one subject, and which access event says so."""

    receipt = fields.String(required=True, validate=validate.Regexp(r"^access:[0-9]+$"))
    records = fields.List(fields.Nested(SharedRecord), required=True)


class QueryAnswer(Schema):
    """One answer for each subject, in the order asked."""

    answers = fields.List(fields.Nested(SubjectAnswer), required=True)


class ShownPart(Schema):
    """A part of a record that was shown; of a list of looks: whose, and which."""

    record = fields.UUID(required=True)
    part = _text("部分 / part")


class Look(Schema):
    """One look (查询记录) at a subject."""

    number = _count("序号，无间断 / number without a gap, from 1")
    at = _text("时间 / when")
    department = _text("部门代码 / the department's code")
    department_name = _text("部门名称 / its name")
    role = _text("经办人角色 / the officer's role")
    officer = _text(
        "经办人代号，本人查询的为空 / the officer's pseudonym; empty where the subject itself asked"
    )
    purpose = _text("目的 / purpose")
    purpose_zh = _text("目的名称 / its Chinese name")
    case = _text("案件 / case")
    basis = _text("依据 / ground")
    view = _text("视图 / view")
    as_of = _text("所问的过去时刻或位置 / the past instant or position asked for; empty for the present")
    shown = fields.List(fields.Nested(ShownPart), required=True)


class Paged(Schema):
    """A page of a list."""

    next = _text("下一页的游标，最后一页没有 / cursor of the next page; none on the last", required=False)


class LooksAnswer(Paged):
    """Looks at a subject, oldest first, up to the one that the listing began with."""

    looks = fields.List(fields.Nested(Look), required=True)


class Moment(Schema):
    """One event in the life of a record."""

    event = _text("事件类型 / type of the event")
    at = _text("时间 / when")
    position = _count("账本位置 / position in the log")
    parts = fields.Dict(required=True, keys=fields.String(), values=fields.Dict())


class LateRecord(Schema):
    """How late a record came (逾期, DET-6)."""

    due = fields.Date(required=True, metadata={"description": "应公示的最后一日 / the last day in time"})
    days = _count("逾期工作日 / working days beyond it")
    provisional = fields.Boolean(
        required=True, metadata={"description": "超出已载入日历，暂计 / counted beyond the loaded calendar"}
    )


class RepairNotice(Schema):
    """Whether the notice of how to repair (信用修复告知书) was served with a decision (两书同达), and on which day."""

    served = fields.Boolean(required=True)
    served_on = fields.Date()
    note_zh = fields.String()
    note_en = fields.String()


class RecordLife(Schema):
    """A record in its subject's dossier; ``late`` when it came after the seventh working day; ``stopped``, of a measure
    whose end is not recorded yet: the code of the item or list that it rests on and that is not executed any more."""

    record = fields.UUID(required=True)
    late = fields.Nested(LateRecord)
    stopped = fields.String()
    repair_notice = fields.Nested(RepairNotice)
    history = fields.List(fields.Nested(Moment), required=True)


class DossierAnswer(Paged):
    """A subject's own records (档案), shielded and withdrawn ones included, newest first."""

    position = _count("记录截至的账本位置 / position of the records log up to which they are told")
    records = fields.List(fields.Nested(RecordLife), required=True)


class GivenConsent(Schema):
    """A consent (授权) that a subject gave, as it stands."""

    consent = fields.UUID(required=True, metadata={"description": "授权编号 / id of the consent"})
    state = fields.String(required=True, validate=validate.OneOf(("holds", "over", "withdrawn")))
    recipient = _text("被授权部门 / the department that may look")
    recipient_name = _text("其名称 / what it is called")
    purpose = _text("目的 / purpose")
    purpose_zh = _text("目的的名称 / what it is called")
    manner = _text("方式 / manner")
    items = fields.List(
        fields.String(), required=True, metadata={"description": "目录事项 / catalogue items"}
    )
    from_day = _text("起始日 / first day")
    until = _text("截止日 / last day")
    withdrawn_on = _text("撤回日，未撤回为空 / when it was taken back; empty if it was not")
    given_at = _text("作出的时刻 / when it was given")


class ConsentsAnswer(Paged):
    """A subject's consents (我的授权), newest first."""

    consents = fields.List(fields.Nested(GivenConsent), required=True)


class LedgerInfo(Schema):
    """What a client needs before it seals."""

    ledger_id = _hex("账本编号 / id of the ledger", 32)
    gateway_issuer = _hex("网关密钥编号 / id of the gateway's key", 16)
    gateway_public_key = _hex("网关公钥 / the gateway's public key (Ed25519)", 64)
    report_certificate = _text("报告签章的证书 / certificate of the seal on PDF reports (PEM)")
    forms = fields.List(fields.String(), required=True)


class Health(Schema):
    """The process answers."""

    status = fields.String(required=True, validate=validate.Equal("ok"))


class Readiness(Schema):
    """Every condition of readiness holds."""

    status = fields.String(required=True, validate=validate.Equal("ready"))
    checks = fields.List(fields.Nested(ReadinessCheck), required=True)


class DemoClock(Schema):
    """A demo ledger's clock runs ahead of real time."""

    day = _text("账本日期 / the ledger's day")
    ahead_seconds = _count("快多少秒 / ahead of real time by")


class Version(Schema):
    """What runs here."""

    name = _text("名称 / name")
    version = _text("版本 / version")
    commit = fields.String(required=True, allow_none=True)
    migration = _text("数据库版本 / newest migration")
    events = fields.Dict(required=True, keys=fields.String(), values=fields.Integer())
    demo_clock = fields.Nested(
        DemoClock,
        required=True,
        allow_none=True,
        metadata={"description": "演示时钟，通常为空 / usually null"},
    )
