"""Sentences about traces of leaks, reviews of queries and incidents; merged into the one table in ``prose.py``."""

from __future__ import annotations

REVIEW_PROSE: dict[str, tuple[str, str]] = {
    "officer_suspended": (
        "该经办人的查询权限已因审查结论停止（Credit-Official）；由本部门其他经办人查询。",
        "A review took this officer's right to query (Credit-Official); another officer of the department may ask.",
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
