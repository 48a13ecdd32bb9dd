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
    "leniency_unknown": (
        "本单位没有这项从宽评估。请核对编号。",
        "Your department has no such assessment. Check the id.",
    ),
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
    "leniency_never_listed": (
        "经从宽评估的认定不得作为列入严重失信主体名单的依据；可以提醒、督促改正。",
        "A determination that leniency was found for founds no serious listing; remind and urge correction.",
    ),
    "leniency_minor_unassessed": (
        "当事人作出决定时未满18周岁，记录前须先作从宽评估（POST /v1/leniency-assessments），再重新报送这一行。",
        "The party was under 18 on the day of the decision: assess leniency first (POST /v1/leniency-assessments),"
        " then send this row again.",
    ),
    "leniency_slight_unassessed": (
        "这份文书的失信严重程度为轻微，记录前须先作从宽评估，写明理由，由另一位工作人员复核"
        "（POST /v1/leniency-assessments，情形相同的文书可以一并评估），再重新报送这一行。",
        "This document is of severity 轻微 (slight): assess leniency first, with a reason and a second officer's"
        " approval (POST /v1/leniency-assessments; several documents of one case may be assessed together), then"
        " send this row again.",
    ),
    "leniency_published": (
        "照常公示（published）只用于仅以轻微（slight）为由的评估；其他情形选不公示（not_published）或者不记录（not_recorded）。",
        "Only what is assessed as slight and nothing else may still be published; otherwise say not_published or"
        " not_recorded.",
    ),
    "leniency_document_twice": (
        "同一份文书一次只评估一次；请从 also 中删去重复的文号。",
        "One document is assessed once in a request; leave the repeated number out of also.",
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
    "link_incomplete": (
        "关联须写明记录、依据的内容、身份和依据，以及责任人的姓名和证件。",
        "A link names record, content, role and basis, and the person by name and identity document.",
    ),
    "link_id_taken": (
        "这个编号已用于另一件事，请换一个编号。",
        "This id belongs to something else; draw another.",
    ),
    "link_record_ended": (
        "这条记录已经终止，不能再关联责任人。",
        "This record has ended; nobody is linked to it any more.",
    ),
    "link_not_an_organisation": (
        "只有单位的记录才关联责任人。",
        "Persons are linked to records of organisations only.",
    ),
    "link_not_serious": (
        "只有严重失信记录才关联责任人。",
        "Persons are linked to records of severity 严重 (serious) only.",
    ),
    "link_of_other_version": (
        "关联须指明这条记录现在的内容；请重新取得后再签。",
        "The link must name this record and its present content; read it again and seal anew.",
    ),
    "link_role": ("须写明责任人的身份：{values}。", "A link has its role: {values}."),
    "link_basis": (
        "须写明关联的依据：法律、法规或者党中央、国务院政策文件，写出名称《》和条款，不超过{most}字；规章和规范性文件不足以把信息记到个人名下。",
        "A link cites a law, regulation or central policy document in 《》 with its article, at most {most} characters;"
        " a rule or notice alone puts nothing on a person's record.",
    ),
    "link_basis_personal": (
        "依据中不得写入个人信息。",
        "The basis must not hold personal data.",
    ),
    "link_person_unnamed": (
        "须写明责任人的姓名、证件类型和证件号码。",
        "The person is named, with kind and number of the identity document.",
    ),
    "link_of_a_minor": ("未成年人不作为责任人关联。", "A minor is not linked as a responsible person."),
    "leniency_not_recorded": (
        "经从宽评估（{assessment}），这份文书不予记录，请从文件中删去这一行。",
        "By its leniency assessment ({assessment}) this document is not recorded; leave this row out.",
    ),
}
