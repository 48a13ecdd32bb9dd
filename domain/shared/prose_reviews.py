"""Sentences about traces of leaks, reviews of queries and incidents; merged into the one table in ``prose.py``."""

from __future__ import annotations

REVIEW_PROSE: dict[str, tuple[str, str]] = {
    "officer_suspended": (
        "该经办人的查询权限已停止（Credit-Official）；由本部门其他经办人查询，或者由信用办恢复后再查询。",
        "This officer's right to query was taken (Credit-Official): another of the department asks, or this one once "
        "the credit office gave it back.",
    ),
    "officer_not_the_office": (
        "停止的查询权限由信用办登记的经办人恢复（Credit-Official）。",
        "A suspension is lifted by a registered officer of the credit office only (Credit-Official).",
    ),
    "officer_not_suspended": (
        "该经办人没有被停止查询权限。",
        "This officer is not suspended.",
    ),
    "officer_suspended_by_another": (
        "须写明作出该停止的审查或者事件（case）；现行的停止出自另一案。请先查看该经办人的现状。",
        "Name the review or incident that suspended (case): the present suspension is of another. See how it stands.",
    ),
    "officer_case_open": (
        "该经办人还有 {count} 件审查或者事件没有办结，办结后才能恢复。",
        "Reviews or incidents about this officer are open ({count}); it is reinstated once they are closed.",
    ),
    "officer_reinstates_oneself": (
        "本人的停止不能由本人恢复。",
        "Nobody lifts an own suspension.",
    ),
    "officer_without_reasons": (
        "须写明理由，不超过2000字。",
        "Reasons are given, at most 2,000 characters.",
    ),
    "officer_person_in_text": (
        "理由中不写个人的证件号码、电话、账号、住址。",
        "Reasons hold no identity number, telephone, account or home address of a person.",
    ),
    "relation_not_declared": (
        "没有申报过这项在有效期内的利害关系；按原申报写明主体和关系。",
        "No such relation stands; name subject and relation as they were declared.",
    ),
    "relation_of_oneself": (
        "本人的利害关系由本部门其他经办人解除。",
        "Another officer of the department ends a relation, never the one whose relation it is.",
    ),
    "relation_ending_unknown": (
        "解除的情形须为：{values}。",
        "How it ended is one of: {values}.",
    ),
    "relation_unknown": (
        "申报的关系须为：{values}。",
        "What is declared is one of: {values}.",
    ),
    "relation_not_your_officer": (
        "只能申报本部门登记的经办人的利害关系人。",
        "A department declares relations of its own registered officers only.",
    ),
    "review_own_query": (
        "本人的查询不能由本人审查，请由其他督查人员或者信用办审查。",
        "Nobody reviews an own query: another supervisor, or the credit office, does.",
    ),
    "review_not_the_supervision": (
        "查询由本部门的督查人员（supervisor）或者信用办的经办人审查。",
        "A query is reviewed by a supervisor of its department, or by an officer of the credit office.",
    ),
    "review_decided_already": (
        "审查已经办结。",
        "The review is decided already.",
    ),
    "review_finding_unknown": (
        "审查结论须为：{values}。",
        "The finding is one of: {values}.",
    ),
    "review_consequence_unknown": (
        "处理须为：{values}。",
        "The consequence is one of: {values}.",
    ),
    "review_consequence_unfit": (
        "查询正当的不作处理（none）；不当的须有处理。",
        "What was in order has no consequence (none); what was improper has one.",
    ),
    "review_without_reasons": (
        "审查结论须写明理由，不超过2000字。",
        "A finding gives its reasons, at most 2,000 characters.",
    ),
    "incident_not_the_office": (
        "信息安全事件由信用办登记的经办人处置（Credit-Official）。",
        "Incidents are handled by registered officers of the credit office only (Credit-Official).",
    ),
    "incident_kind_unknown": (
        "事件须为：{values}。",
        "An incident is one of: {values}.",
    ),
    "incident_without_facts": (
        "须写明事实，不超过2000字。",
        "An incident states its facts, at most 2,000 characters.",
    ),
    "incident_closed_already": (
        "事件已经办结。",
        "The incident is closed already.",
    ),
    "incident_without_measure_text": (
        "须写明采取的措施，不超过2000字。",
        "A measure says what was done, at most 2,000 characters.",
    ),
    "incident_officer_unknown": (
        "没有登记过这名经办人（suspends）。请核对代号；措施不停止任何人的，不写 suspends。",
        "There is no such officer (suspends). Check the pseudonym, or leave it out where nobody is suspended.",
    ),
    "incident_suspends_oneself": (
        "不能停止本人的查询权限，由信用办其他经办人处理。",
        "Nobody takes the own right to query: another officer of the credit office does.",
    ),
    "incident_subject_unknown": (
        "没有登记过这个主体。请核对代码或者证件号码。",
        "There is no such subject. Check its code, or kind and number of the document.",
    ),
    "incident_service": (
        "告知方式须为：{values}。",
        "How a subject was told is one of: {values}.",
    ),
    "incident_not_served": (
        "告知须附送达凭证的摘要，且不晚于今天。",
        "A notice has the digest of its proof of service, and was served by today.",
    ),
    "incident_looks": (
        "证据须是同一主体的查询回执（access:编号），至多{most}个。",
        "Evidence names receipts of looks (access:N) at one subject, at most {most}.",
    ),
    "incident_bundle_too_large": (
        "证据包过大，请分次附上，每次至多{most}个回执。",
        "The bundle is too large: attach it in parts, of at most {most} receipts each.",
    ),
    "incident_no_such_bundle": (
        "该事件没有这个证据包，或者其内容已依法删除。证据包的摘要见事件现状。",
        "The incident has no such bundle, or its content was erased by law. Its state lists the digests.",
    ),
    "incident_outcome": (
        "办结结论须为：{values}。",
        "It is closed as one of: {values}.",
    ),
    "incident_without_reasons": (
        "办结须写明理由，不超过2000字。",
        "An incident is closed with reasons, at most 2,000 characters.",
    ),
    "incident_without_evidence": (
        "查实的事件须附证据包。",
        "A confirmed incident has an evidence bundle.",
    ),
    "incident_without_measure": (
        "查实的事件须有处置措施。",
        "A confirmed incident has a measure that was taken.",
    ),
    "incident_subject_not_told": (
        "查实的泄露、窃取、谋私、买卖须先告知有关主体。",
        "A confirmed leak, theft, use for gain or trade is closed once the subjects concerned were told.",
    ),
    "duty_case_number": (
        "每个应查案件须写明案件编号，不超过{most}字。",
        "Each case that had to be checked has its number, at most {most} characters.",
    ),
    "duty_case_twice": (
        "同一案件编号在名单中只写一次。",
        "A case stands on the list once.",
    ),
    "duty_unknown": (
        "没有这次应查必查核对。先报送应查案件的名单。",
        "There is no such check. Send the list of cases that had to be checked first.",
    ),
    "trace_not_the_office": (
        "只有信用办登记的经办人可以追查泄露（Credit-Official）。",
        "A leak is traced by a registered officer of the credit office only (Credit-Official).",
    ),
    "trace_unknown": (
        "没有这条记录。请核对记录编号，或者按主体追查。",
        "There is no such record. Check its id, or trace by its subject.",
    ),
    "trace_target": (
        "追查的对象写明记录（record）或者主体（subject）之一。",
        "A trace names a record or a subject, one of them.",
    ),
    "trace_excerpt": (
        "泄露的摘录按字段代码写明内容，至多{fields}项，每项不空且不超过{characters}字。",
        "What leaked is given by field codes with their values: at most {fields}, of 1 to {characters} characters.",
    ),
    "trace_too_many": (
        "答复过多（超过{most}次），不能一次查全，不给出不完整的结果；请按单条记录追查。",
        "There are more than {most} answers; a trace that is not complete is not given. Trace by a single record.",
    ),
    "trace_incomplete": (
        "查询登记中有的内容已依法删除，不能保证查全，不给出不完整的结果。",
        "Something of the list of looks was erased by law, so a trace could not be complete and is not given.",
    ),
}
