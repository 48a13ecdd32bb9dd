"""What a member of a request means, Chinese and English: said once by its name, since one name has one meaning.

A schema says it itself where it means something more; ``describe_fields`` of ``guide.py`` puts these where none does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from domain.listing.case import SERVICES
from domain.measures.case import BY_DEPARTMENT
from domain.measures.fitting import LINK, LISTING, RECORD
from domain.proposals.process import EVALUATED, GROUPS, OUTCOMES, RULES
from domain.records.erasure import CAUSES
from domain.remedies.limits import MATERIALS
from domain.remedies.objection import ABOUT
from domain.remedies.reorganisation import OUTCOMES as PLAN_OUTCOMES
from domain.shared.legal_basis import SUFFICIENT_LEVELS

_SEAL = "封存办法见本文开头 / as sealed, see the top of this document"


def _one_of(zh: str, en: str, values: Iterable[str]) -> str:
    return f"{zh}：{'、'.join(f'`{value}`' for value in sorted(values))} / {en}: one of these"


WORDS: Mapping[str, str] = {
    "about": _one_of("异议针对什么", "what the objection is about", ABOUT),
    "FiledTipOff.about": "被举报的单位，写全称 / whom the report is about, by its full name",
    "agent": "代理人；`Credit-On-Behalf-Of: agent` 时必填，`subject` 时不填 / the agent, with `agent` on behalf only",
    "answer": "对意见的答复，公开 / the answer to the opinion, public",
    "article": "条款，如 `113` / article, such as `113`",
    "author": "意见人，不公开；部门提意见时不填 / who opines, never public; a department leaves it out",
    "authority": "作出决定的部门的代码 / code of the deciding department",
    "basis": "法律依据，不含个人信息 / the legal ground, without personal data",
    "RefusedRepair.basis": "法律规定不可修复时所依据的条款 / the provision by which it cannot be repaired at all",
    "by": "期限 / by which day",
    "Evaluation.by": "评估机构，不得是参与的部门 / who evaluated, none of the departments that take part",
    "case": "案件编号，与查询时 `Credit-Purpose` 所写一致 / the case, as `Credit-Purpose` named it in the query",
    "LiftedSuspension.case": "据以停止权限的审查或者事件的编号 / id of the review or incident that took the right",
    "cases": "应查案件 / the cases that had to be checked",
    "cause": _one_of("删除原因", "why it is erased", CAUSES[1:]),
    "LiftedMeasure.cause": _one_of("解除原因", "why it is lifted", BY_DEPARTMENT),
    "certified_by": "出具证明的单位，`public_service` 时必填 / who certified the hours, of `public_service`",
    "claim": "要证明什么 / what is to be proven",
    "closes": "征求意见截止日；名单标准至少30日 / last day for comment; 30 days at least for a list's standard",
    "code": "统一社会信用代码 / unified social credit code",
    "FiledTipOff.code": "被举报单位的统一社会信用代码，不知道则留空 / code of whom it is about, empty when unknown",
    "Responder.code": "响应部门的代码 / code of the responding department",
    "consent": "授权编号，由调用者随机生成（UUIDv4） / id of the consent, drawn at random by the caller",
    "contact": "联系方式，不公开 / how to reach whoever files it, never public",
    "content": "拟定版本的全部内容：公开登记所示 `content` 的各项，去掉 `status`、`suspended_since`、`suspended_for` /"
    " the whole version: every member of `content` as its register shows it, without these three",
    "day": "案件办理之日 / the day on which the case was handled",
    "department": "哪个部门；信用办可查各部门 / which department; the credit office may ask of any",
    "digest": "文件的 SHA-256 / SHA-256 of the file",
    "document": "台账文件编号；nil、summary 不填 / id of the ledger's document; not of nil or summary",
    "document_number": "文号 / document number",
    "done": "做了什么 / what was done",
    "effect": "从宽的结果 / what leniency leads to",
    "entry": "列入编号，由调用者随机生成（UUIDv4） / id of the entry, drawn at random by the caller",
    "erasure": "删除编号，由调用者随机生成（UUIDv4） / id of the erasure, drawn at random by the caller",
    "evidence": "证据的 SHA-256 / SHA-256 of the evidence",
    "facts": "事实 / the facts",
    "findings": "评估结论 / what was found",
    "form": "表式：`penalty`、`licence` 或 `determination` / the form",
    "freely_given": "须为 true：不是无关服务的条件 / must be true: no condition of an unrelated service",
    "from_day": "自哪一日起，须在今天以后 / from which day on, later than today",
    "grounds": "理由 / the grounds",
    "DecidedLeniency.also": "同样处理的其他评估编号 / other assessments, decided alike",
    "LeniencyAssessment.also": "情形相同的其他文书文号 / numbers of other documents for which the same holds",
    "LeniencyAssessment.grounds": "从宽情形 / grounds of leniency",
    "group": _one_of("意见来自哪一方面", "whose opinion it is", GROUPS),
    "held_on": "会议召开之日 / the day on which the meeting was held",
    "hours": "公共服务时长（小时），`public_service` 时必填 / hours of public service, of `public_service`",
    "id": "记录或者列入案件的编号 / id of the record or the listing case",
    "id_number": "证件号码 / number of the document",
    "id_type": "证件类型，如 `身份证`；与 id_number 同填，不填 code / document type; with id_number, without code",
    "Agent.id_type": "代理人的证件类型，如 `身份证` / document type of the agent",
    "issuer": f"封存密钥的编号（16位十六进制） / id of the sealing key; {_SEAL}",
    "items": "目录事项编码，逐项写明 / codes of catalogue items, each named",
    "kind": "种类 / kind",
    "ErasureTarget.kind": "删除什么：主体全部、主体的一类、一条记录、一个人的部分 / what is erased",
    "Material.kind": _one_of("材料种类", "kind of material", MATERIALS),
    "RepairMaterial.kind": _one_of("材料种类", "kind of material", MATERIALS),
    "Responder.kind": "只能是 `department`：不得要求金融机构、协会、媒体惩戒（MEA-3） / `department` and nothing else",
    "RestsOn.kind": _one_of("措施所依据的事实", "on what it rests", (RECORD, LISTING, LINK)),
    "ledger": "账本编号，见 `/v1/ledger` / the ledger's id, as `/v1/ledger` tells it",
    "level": _one_of("法律层级", "level of law", SUFFICIENT_LEVELS),
    "link": "关联编号，由调用者随机生成（UUIDv4） / id of the link, drawn at random by the caller",
    "list": "名单编码，见 `/v1/list-standards` / code of the list, as `/v1/list-standards` has it",
    "litigation": "行政诉讼的期限和法院 / litigation: within which time, at which court",
    "looks": "所涉查询，如 `access:21`，见追查结果或谁查过 / the looks, as a trace or who-looked names them",
    "manner": "查询方式 / in which manner it is looked up",
    "materials": "所附材料 / the materials",
    "measure": "措施编码，见 `/v1/measures` / code of the measure, as `/v1/measures` has it",
    "meets_on": "会议自何日起召开，不早于今天 / from which day on the meeting is held, today or later",
    "month": "已过去的月份，如 `2026-10`；不填为上月 / a month that is over; the last one if left out",
    "name": "名称 / name",
    "ChangedSetting.name": "参数名称，见 `/v1/settings` / name of the setting, as `/v1/settings` has it",
    "ErasureTarget.name": "类别或部分的名称 / name of the class or part",
    "notice": "告知及其送达 / the notice and how it was served",
    "ExtendedRepair.notice": "延期告知书的 SHA-256 / SHA-256 of what the applicant was told",
    "number": "编号 / number",
    "LeniencyAssessment.number": "决定书文号 / number of the document",
    "DutyQuestion.number": "第几份报告，0 为最新 / which report, 0 for the newest",
    "StatedAnswer.number": "第几条意见 / which opinion",
    "officer": "工作人员代号 / the officer, by pseudonym",
    "open": "只看未办结的 / only those that are not closed",
    "outcome": "结论 / the outcome",
    "EndedReorganisation.outcome": _one_of("计划执行结果", "how the plan ended", PLAN_OUTCOMES),
    "StatedAnswer.outcome": _one_of("采纳情况", "what becomes of the opinion", OUTCOMES),
    "Evaluation.outcome": _one_of("评估结论：继续施行或修订", "what comes of it", EVALUATED),
    "StatedReview.outcome": "`approved`（通过）或 `returned`（退回） / approved, or returned to who proposed it",
    "parts": "各部分：`public` 公开，`restricted` 受限，`person/1` 个人信息 / the parts, by name",
    "power_of_attorney": "授权委托书的 SHA-256 / SHA-256 of the power of attorney",
    "provision": "直接援引的条款，与措施清单所列一致 / the provision as the measures list cites it",
    "purpose": "用途代码，须已登记 / a registered purpose",
    "ruled_on": "裁定日期 / day of the ruling",
    "ruling": "裁定书文号 / number of the ruling",
    "court": "法院名称 / name of the court",
    "reason": "理由 / why",
    "reasons": "理由 / why",
    "SealedByDepartment.reasons": "答复的理由，只用于更正和撤销 / reasons, of corrections and withdrawals only",
    "receipt": "送达凭证的 SHA-256 / SHA-256 of the proof of service",
    "EvidenceQuestion.receipt": "查询回执，如 `access:21`；`answered` 时必填 / receipt of the query, of `answered`",
    "recipient": "被授权部门的代码 / code of the department that may look",
    "reconsideration": "行政复议的期限和机关 / reconsideration: within which time, at which authority",
    "record": "记录编号 / id of the record",
    "FiledObjection.record": "记录编号；被关联的责任人写关联编号，均见本人档案 / id of the record; of a linked"
    " person the id of the link; both as the own dossier has them",
    "Determination.record": "记录编号，由调用者随机生成（UUIDv4） / id of the record, drawn at random by the caller",
    "records": "所依据的记录 / the records it rests on",
    "AppliedRepairs.records": "申请修复的记录及各自材料 / the records, each with its materials",
    "relation": "关系 / the relation",
    "remedies": "救济途径 / the remedies",
    "reporter": "举报人，密封保存；可以不填 / who reports, kept under seal; may be left out",
    "responders": "请求哪些部门实施 / the departments that are asked to apply it",
    "rests_on": "依据哪条记录或哪次列入 / the record or listing that it rests on",
    "review_by": "下次评估的期限 / by when it is reviewed again",
    "rights": "依法享有的权利 / the party's rights",
    "salt": f"盐（64位十六进制，随机） / random salt; {_SEAL}",
    "secret": "回执上的查询密码 / the receipt's secret",
    "served_on": "送达日期 / day of service",
    "service": _one_of("送达方式", "how it was served", SERVICES),
    "show": "开启哪一部分 / which part is opened",
    "signature": f"部门的签名 / the department's signature; {_SEAL}",
    "source": "出处 / the source",
    "status": "出处的可靠程度 / how sure the source is",
    "step": "办理步骤 / the step",
    "steps": "整改步骤 / the steps of the plan",
    "subject": "主体；由门户提出时必填 / the subject, named by a portal",
    "CaseToCheck.subject": "该案件的当事人 / the party of that case",
    "DeclaredRelation.subject": "利害关系人 / the relative or colleague",
    "EndedRelation.subject": "利害关系人 / the relative or colleague",
    "ErasureTarget.subject": "删除谁的信息 / whose data is erased",
    "MeasureQuestion.subject": "拟对谁实施措施 / to whom the measure would be applied",
    "ToldSubject.subject": "所告知的主体 / the subject that was told",
    "TraceQuestion.subject": "追查谁的信息；与 record 至少写一项 / whose data is traced; this or `record`, or both",
    "subjects": "查询哪些主体 / the subjects that are asked about",
    "suspends": "随之停止谁的查询权限，写经办人代号；不停则不填 / whose right to query is taken, if any",
    "target": "删除的对象 / what is to be erased",
    "text": "内容 / the text",
    "title": "名称 / title",
    "to": "转往部门的代码，`forwarded` 时必填 / code of the department, of `forwarded`",
    "unit": "哪个单位，以代码写明 / which unit, by its code",
    "until": "最后一日 / the last day",
    "unusable": "已交但不能用的材料种类 / kinds of material that cannot be used",
    "value": "数值；分轻微、一般、严重的为三个 / one number, or three by severity",
    "what": "何事 / what",
    "FiledReturn.what": "`nil`；`plan`：document、steps；`completion`：document、evidence；`summary`：evidence；"
    "`omission`：unit、title；各填所列各项，不填其他 / each with the members after it and no others",
    "MadeProposal.what": _one_of("提出什么", "what is proposed", RULES),
    "PlanStep.what": "做什么 / what is done",
    "working_days": "延长几个工作日 / by how many working days",
}
"""By the member's name, or ``Schema.member`` where it means something of its own."""

ADDRESS_WORDS: Mapping[str, str] = {
    "after": "上一页答复中的 next / `next` of the page before",
    "before": "与 later 同填：比较两个版本，此为较早的 / with `later`, the earlier of two versions to compare",
    "cursor": "上一页答复中的 next / `next` of the page before",
    "later": "与 before 同填，较晚的版本 / with `before`, the later version",
    "limit": "每页至多几项 / entries of a page",
    "unit": "单位代码，不填为全部单位 / code of a unit; all units if left out",
    "key": "编码，见该登记的清单 / key, as its register lists it",
    "month": "已过去的月份，如 `2026-10`；可省略处为上月 / a month that is over; the last one where it is left out",
    "event": "事件编号，如 `records:7`，见各次回执 / id of an event, such as `records:7`, as receipts tell it",
    "number": "举报编号，见回执或清单 / number of the tip-off, as its receipt or the list tells it",
    "log": "日志：`records`、`access` 或 `views` / the log",
    "rest": "瓦片路径，按 c2sp.org/tlog-tiles / path of a tile",
    "name": "映射名称 / name of the map",
    "node": "节点哈希 / hash of the node",
    "epoch": "第几期 / number of the epoch",
    "digest": "摘要 / digest",
    "draft_id": "草稿编号，见草稿的答复 / id of the draft, as its answer told it",
}
"""What stands in an address or its query, by its name; an id that is not here is a case's own."""


def words_of(schema: str, member: str) -> str:
    """The words for a member, first those of this schema alone; empty for an unknown name."""
    return WORDS.get(f"{schema}.{member}", WORDS.get(member, ""))


def address_words_of(name: str) -> str:
    """The words for a part of an address or of its query."""
    return ADDRESS_WORDS.get(
        name, "编号，见回执中的 case 或提出时所用的编号 / its id: `case` of the receipt, or as it was drawn"
    )
