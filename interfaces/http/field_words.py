"""What a member of a request means, Chinese and English: said once by its name, since one name has one meaning.

A schema says it itself where it means something more; ``describe_fields`` of ``guide.py`` puts these where none does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from domain.listing.case import SERVICES
from domain.measures.fitting import LISTING, RECORD
from domain.proposals.process import GROUPS, OUTCOMES, RULES
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
    "agent": "代理人；`Credit-On-Behalf-Of: agent` 时必填，`subject` 时不填 / the agent, with `agent` on behalf only",
    "answer": "对意见的答复，公开 / the answer to the opinion, public",
    "article": "条款，如 `113` / article, such as `113`",
    "author": "意见人，不公开；部门提意见时不填 / who opines, never public; a department leaves it out",
    "authority": "作出决定的部门的代码 / code of the deciding department",
    "basis": "法律依据，不含个人信息 / the legal ground, without personal data",
    "RefusedRepair.basis": "法律规定不可修复时所依据的条款 / the provision by which it cannot be repaired at all",
    "by": "期限 / by which day",
    "Evaluation.by": "评估机构 / who evaluated",
    "case": "案件编号，与查询时 `Credit-Purpose` 所写一致 / the case, as `Credit-Purpose` named it in the query",
    "cases": "应查案件 / the cases that had to be checked",
    "cause": _one_of("删除原因", "why it is erased", CAUSES[1:]),
    "certified_by": "出具证明的单位，`public_service` 时必填 / who certified the hours, of `public_service`",
    "claim": "要证明什么 / what is to be proven",
    "closes": "征求意见截止日；名单标准至少30日 / last day for comment; 30 days at least for a list's standard",
    "code": "统一社会信用代码 / unified social credit code",
    "FiledTipOff.code": "被举报单位的统一社会信用代码，不知道则留空 / code of whom it is about, empty when unknown",
    "Responder.code": "响应部门的代码 / code of the responding department",
    "consent": "授权编号，由调用者生成 / id of the consent, drawn by the caller",
    "contact": "联系方式，不公开 / how to reach whoever files it, never public",
    "content": "拟定版本的全部内容，写法同公开登记的 `content` / the whole version, as its register shows `content`",
    "day": "案件办理之日 / the day on which the case was handled",
    "department": "哪个部门；信用办可查各部门 / which department; the credit office may ask of any",
    "digest": "文件的 SHA-256 / SHA-256 of the file",
    "document": "台账文件编号；nil、summary 不填 / id of the ledger's document; not of nil or summary",
    "document_number": "文号 / document number",
    "done": "做了什么 / what was done",
    "effect": "从宽的结果 / what leniency leads to",
    "entry": "列入编号，由调用者生成 / id of the entry, drawn by the caller",
    "erasure": "删除编号，由调用者生成 / id of the erasure, drawn by the caller",
    "evidence": "证据的 SHA-256 / SHA-256 of the evidence",
    "facts": "事实 / the facts",
    "findings": "评估结论 / what was found",
    "form": "表式：`penalty`、`licence` 或 `determination` / the form",
    "freely_given": "须为 true：不是无关服务的条件 / must be true: no condition of an unrelated service",
    "from_day": "自哪一日起，须在今天以后 / from which day on, later than today",
    "grounds": "理由 / the grounds",
    "LeniencyAssessment.grounds": "从宽情形 / grounds of leniency",
    "group": _one_of("意见来自哪一方面", "whose opinion it is", GROUPS),
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
    "RestsOn.kind": _one_of("措施所依据的事实", "on what it rests", (RECORD, LISTING)),
    "ledger": "账本编号，见 `/v1/ledger` / the ledger's id, as `/v1/ledger` tells it",
    "level": _one_of("法律层级", "level of law", SUFFICIENT_LEVELS),
    "link": "关联编号，由调用者生成 / id of the link, drawn by the caller",
    "list": "名单编码，见 `/v1/list-standards` / code of the list, as `/v1/list-standards` has it",
    "litigation": "行政诉讼的期限和法院 / litigation: within which time, at which court",
    "looks": "所涉查询，如 `access:21`，见追查结果或谁查过 / the looks, as a trace or who-looked names them",
    "manner": "查询方式 / in which manner it is looked up",
    "materials": "所附材料 / the materials",
    "measure": "措施编码，见 `/v1/measures` / code of the measure, as `/v1/measures` has it",
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
    "Determination.record": "记录编号，由调用者生成 / id of the record, drawn by the caller",
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
    "MadeProposal.what": _one_of("提出什么", "what is proposed", RULES),
    "PlanStep.what": "做什么 / what is done",
    "working_days": "延长几个工作日 / by how many working days",
}
"""By the member's name, or ``Schema.member`` where it means something of its own."""


def words_of(schema: str, member: str) -> str:
    """The words for a member, first those of this schema alone; empty for an unknown name."""
    return WORDS.get(f"{schema}.{member}", WORDS.get(member, ""))
