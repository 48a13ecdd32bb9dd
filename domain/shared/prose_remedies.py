"""Sentences about objections, corrections and repairs; merged into the one table in ``prose.py``."""

from __future__ import annotations

REMEDY_PROSE: dict[str, tuple[str, str]] = {
    "remedy_record_not_yours": (
        "没有这条记录，或者不是该主体（本部门）的，或者已不再展示；三者不作区分。请核对记录编号。",
        "There is no such record, or it is not this subject's (your department's), or it is shown no more; these are"
        " not told apart. Check its id.",
    ),
    "remedy_record_gone": (
        "这条记录已撤销或已屏蔽，不再公示和共享，不能再更正或提出异议。",
        "The record is withdrawn or shielded and shown no more; it can be neither corrected nor objected to.",
    ),
    "decision_not_made": (
        "这件申请尚未办结，没有决定书可以出具。",
        "The case is not decided yet; there is no paper of a decision.",
    ),
    "remedy_case_unknown": (
        "没有这件申请，或者与提出者无关；两者不作区分。请核对编号。",
        "There is no such case, or it is none of yours; the two are not told apart. Check the id.",
    ),
    "if_match_missing": (
        '办理须写明所见的版本（If-Match: "版本号"），版本号见各次回复的 ETag。',
        'An act on a case names the version that was seen (If-Match: "version"), as the ETag of each answer told.',
    ),
    "version_stale": (
        "这件申请已有变化，请重新读取后再办理。",
        "The case has moved since that version; read it again.",
    ),
    "remedy_id_taken": (
        "这个编号已用于另一件事，请换一个新的编号。",
        "This id belongs to something else; draw a new one.",
    ),
    "remedy_officer_unknown": (
        "没有登记过这位工作人员，或不属于本部门。请写本部门的经办人（Credit-Official），没有登记的由信用办登记。",
        "No such officer is registered with this department. Name one of your own (Credit-Official); the credit office"
        " registers officers.",
    ),
    "remedy_officer_missing": (
        "部门自行发现的问题须写明经办人员。",
        "A fault found by a department needs the officer who found it.",
    ),
    "remedy_agent_unnamed": (
        "代理人须写明姓名、证件类型和证件号码。",
        "An agent needs a name, a kind of document and its number.",
    ),
    "remedy_agent_of_a_department": (
        "部门提出的异议没有代理人。",
        "An objection of a department has no agent.",
    ),
    "remedy_power_of_attorney": (
        "代理人须附授权委托书的摘要（SHA-256，64位小写十六进制）。",
        "An agent needs the digest of the power of attorney (SHA-256, 64 small hex digits).",
    ),
    "remedy_evidence_malformed": (
        "证据须为文件摘要（SHA-256，64位小写十六进制），最多{most}份。",
        "Evidence is given as file digests (SHA-256, 64 small hex digits), at most {most}.",
    ),
    "remedy_text_unusable": (
        "文字为空、过长或含有控制字符。",
        "The text is empty, too long or holds control characters.",
    ),
    "remedy_not_the_source": (
        "谁承办谁办理：只有承办的部门（作出认定、列入、提出，或者被列为实施的部门）可以办理。",
        "Only the department whose case it is acts in it: the one that determined, listed or proposed, or that was"
        " named to apply.",
    ),
    "remedy_decided_by_determiner": (
        "作出认定的工作人员不能自己办理决定，须换一位。",
        "The officer who determined the record may not decide; another must.",
    ),
    "remedy_decided_by_filer": (
        "登记或提出申请的工作人员不能自己办理决定，须换一位。",
        "The officer who filed the case may not decide it; another must.",
    ),
    "remedy_without_reasons": (
        "须说明理由，最多2000字，不得含控制字符。",
        "Give the reasons, at most 2000 characters, none of them controls.",
    ),
    "remedy_without_remedies": (
        "不予支持须同时告知行政复议和行政诉讼的途径。",
        "A rejection tells both remedies: reconsideration and litigation.",
    ),
    "objection_about_unknown": ("异议事项须为：{values}。", "An objection is about one of: {values}."),
    "objection_without_grounds": (
        "异议须写明理由，最多2000字。",
        "An objection needs its grounds, at most 2000 characters.",
    ),
    "objection_decided_already": ("这件异议已经办结。", "This objection is decided already."),
    "correction_changes_nothing": ("更正内容与现有内容相同。", "The correction changes nothing."),
    "correction_other_form": ("更正不能改换表单。", "A correction cannot change the form."),
    "correction_other_subject": (
        "更正不能改换信用主体；主体有误请撤销这条记录。",
        "A correction cannot move a record to another subject; withdraw the record.",
    ),
    "correction_of_other_version": (
        "更正或撤销所指的不是记录的现有内容，请重新读取后再签名。",
        "The act names another version than the record's present content; read again and sign anew.",
    ),
    "correction_not_of_this_objection": (
        "更正或撤销须写明所依据的异议编号。",
        "A correction or withdrawal names the objection that it follows.",
    ),
    "correction_document_taken": (
        "更正后的文书已是另一条记录；一份文书只记录一次。",
        "The corrected document is another record already; one document is recorded once.",
    ),
    "repair_amount": (
        "信用修复不收取任何费用，申请和办理都不得附带费用或金额。",
        "Credit repair is free: no fee or amount can be attached by anyone.",
    ),
    "repair_not_needed": (
        "这条记录已不再公示和共享，或已经修复，无需修复。",
        "The record is shown no more or repaired already; there is nothing to repair.",
    ),
    "repair_too_early": (
        "失信严重程度为{severity}，未满最短公示期，自{first}起可以申请修复。",
        "Severity {severity}: the minimum term is not over; apply from {first} on.",
    ),
    "repair_excluded": (
        "依据《{title}》{article}，目录事项 {item} 不予修复。",
        "Catalogue item {item} cannot be repaired: {title}, {article}.",
    ),
    "repair_excluded_without_basis": (
        "以不可修复为由不予修复的，须引用法律、行政法规或党中央、国务院政策文件的具体条款；通知、意见、方案不因写明为法律而成为法律。",
        "That a record cannot be repaired needs a provision of a law, regulation or central policy; a notice is none.",
    ),
    "repair_not_applicable": (
        "目录事项 {item} 不是失信信息，没有需要修复的内容。",
        "Catalogue item {item} holds nothing that could be repaired.",
    ),
    "repair_materials_malformed": (
        "材料须写明种类（{values}，每种一份）和文件摘要（SHA-256，64位小写十六进制）。",
        "A material has a kind ({values}, one of each) and a file digest (SHA-256, 64 small hex digits).",
    ),
    "repair_materials_missing": ("材料不齐：{missing}。", "Materials are missing: {missing}."),
    "repair_materials_asked_already": (
        "补正材料只能一次性告知，不能再次要求。",
        "Missing materials are asked for once; this has been done.",
    ),
    "repair_material_not_asked_by_item": (
        "不能要求目录事项规定以外的材料。",
        "Only the item's own materials can be asked for.",
    ),
    "repair_material_not_asked": (
        "没有要求补正这些材料。",
        "These materials were not asked for.",
    ),
    "repair_nothing_missing": ("材料齐全，无需补正。", "Nothing is missing."),
    "repair_accepted_already": ("这件申请已经受理。", "This application is accepted already."),
    "repair_not_accepted": ("这件申请尚未受理。", "This application is not accepted yet."),
    "repair_barred": (
        "此前的修复已被撤销，截至{until}（含当日）不得再次申请修复。",
        "An earlier repair was revoked; no further one up to and with {until}.",
    ),
    "repair_not_revocable": (
        "只能撤销已准予且未撤销的修复。",
        "Only a repair that was granted, and not revoked yet, can be revoked.",
    ),
    "repair_revokes_another": (
        "须写明所撤销的修复决定的叶子哈希（revokes）。",
        "Name the leaf hash of the decision that is revoked (revokes).",
    ),
    "repair_revoked_by_another": (
        "声明所写经办人须与本次办理的经办人一致。",
        "The officer in the sealed statement is not the one who acts.",
    ),
    "repair_revoked_without_cause": ("撤销原因须为：{values}。", "A repair is revoked because of one of: {values}."),
    "repair_revoked_unproven": (
        "撤销修复须附证据的摘要，一份至{most}份（SHA-256，64位小写十六进制）。",
        "A revocation needs its evidence: one to {most} file digests (SHA-256, 64 small hex digits).",
    ),
    "public_service_not_allowed": (
        "事项{item}没有规定可以通过公益服务修复。",
        "Item {item} does not allow repair through public service.",
    ),
    "public_service_of_a_person": (
        "公益服务修复只适用于个人。",
        "Repair through public service is for natural persons.",
    ),
    "public_service_hours": (
        "公益服务须写明时长，不少于{least}小时。",
        "Public service needs its hours, {least} at least.",
    ),
    "public_service_uncertified": (
        "公益服务须写明出具证明的单位。",
        "Public service needs the body that certified it.",
    ),
    "public_service_only": (
        "只有公益服务的材料写时长和证明单位。",
        "Only a material of public service has hours and a certifying body.",
    ),
    "repair_window_records": (
        "一份申请须写明一至{most}条不同的记录。",
        "An application names one to {most} records, none twice.",
    ),
    "repair_extended_already": (
        "办理期限只能延长一次，已延长至{until}。",
        "The time to decide can be extended once; it was, until {until}.",
    ),
    "repair_extended_late": (
        "办理期限已于{due}届满，届满前未延长的不能再延长。",
        "The time to decide ended on {due}; it can be extended before it ends only.",
    ),
    "repair_extended_beyond": (
        "最多延长{most}个工作日。",
        "It can be extended by at most {most} working days.",
    ),
    "repair_extended_without_reason": ("延长须说明理由。", "An extension needs its reason."),
    "repair_extended_untold": (
        "延长须在期限届满前告知申请人，并附告知书的摘要（SHA-256，64位小写十六进制）。",
        "The applicant is told before the limit ends: give the digest of the notice (SHA-256, 64 small hex digits).",
    ),
    "repair_decided_already": ("这件申请已经办结。", "This application is decided already."),
}  # fmt: skip
