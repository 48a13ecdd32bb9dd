"""Sentences about leniency, late publication, linked persons and consistency; merged in ``prose.py``."""

from __future__ import annotations

LENIENCY_PROSE: dict[str, tuple[str, str]] = {
    "leniency_grounds": (
        "须写明从宽的情形，每种一次：{values}。",
        "An assessment names its grounds, each once: {values}.",
    ),
    "leniency_effect": (
        "须写明从宽的处理：{values}。",
        "An assessment says what follows: {values}.",
    ),
    "leniency_document": (
        "须写明所评估文书的文号，与报送时一致。",
        "Name the document assessed by its number, as it will be sent.",
    ),
    "leniency_reason": (
        "须写明从宽的理由，不超过{most}字。",
        "An assessment has its reason, at most {most} characters.",
    ),
    "leniency_reason_personal": (
        "理由中不得写入证件号、电话、住址、健康状况等个人信息，请改写后重新提交。",
        "The reason holds personal data (id number, telephone, address, health); say it without and send it again.",
    ),
    "leniency_after_recording": (
        "这份文书已经记录；从宽评估应在记录之前。如认定有误，请按异议、更正或者修复程序办理。",
        "This document is recorded; an assessment precedes recording. Use objection, correction or repair instead.",
    ),
    "leniency_assessed_already": (
        "这份文书已有从宽评估（{assessment}）；须先撤回，才能重新评估。",
        "This document is assessed already ({assessment}); withdraw that assessment first.",
    ),
    "leniency_unknown": ("本单位没有这项从宽评估。", "Your department has no such assessment."),
    "leniency_withdrawn": ("这项从宽评估已经撤回。", "This assessment was withdrawn."),
    "leniency_approved_already": ("这项从宽评估已经复核同意。", "This assessment is approved already."),
    "leniency_same_officer": (
        "从宽评估须由另一位工作人员复核（Credit-Official）。",
        "Another officer than the one who assessed must approve (Credit-Official).",
    ),
    "leniency_minor_never_listed": (
        "未成年人的记录不得列入任何名单。",
        "A minor's record is never put on a list.",
    ),
    "leniency_minor_unassessed": (
        "当事人作出决定时未满18周岁，记录前须先作从宽评估（POST /v1/leniency-assessments），再重新报送这一行。",
        "The party was under 18 on the day of the decision: assess leniency first (POST /v1/leniency-assessments),"
        " then send this row again.",
    ),
    "leniency_waiting": (
        "这份文书的从宽评估（{assessment}）尚待另一位工作人员复核；复核或者撤回后再报送。",
        "The leniency assessment of this document ({assessment}) waits for a second officer; send it once it is"
        " approved or withdrawn.",
    ),
    "leniency_not_a_minor": (
        "这份文书的从宽评估（{assessment}）以未成年人为由，而当事人作出决定时已满18周岁或者不是自然人；"
        "须由另一位工作人员复核，或者撤回后重新评估。",
        "The assessment of this document ({assessment}) says that the party is a minor, which it is not: have it"
        " approved by a second officer, or withdraw it and assess anew.",
    ),
    "leniency_not_recorded": (
        "经从宽评估（{assessment}），这份文书不予记录，请从文件中删去这一行。",
        "By its leniency assessment ({assessment}) this document is not recorded; leave this row out.",
    ),
}
