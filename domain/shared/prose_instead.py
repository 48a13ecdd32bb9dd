"""What would be lawful instead, by code, where the words of the rule would lead the reader elsewhere.

Chinese and English; placeholders are filled from ``Defect.data`` as those of the sentence itself.
"""

from __future__ import annotations

_ANOTHER_OFFICER = (
    "由本部门另一名经办人办理（Credit-Official）：不是作出认定的，也不是登记申请的；没有的，先由信用办登记。",
    "Let another officer of the department act (Credit-Official), who neither determined it nor entered the case; if"
    " there is none, the credit office registers one first.",
)
_CHECK_THE_ID = (
    "核对记录编号：主体的在本人档案中查，部门的在自己报送的回执中查；已经屏蔽、撤销或者期满的，不必再办。",
    "Check the id of the record: a subject finds it in its dossier, a department in its receipts. What was shielded,"
    " withdrawn or is over needs nothing more.",
)
_PURPOSES = (
    "从 /v1/purposes 中选用目录事项允许的用途（/v1/catalogue 中事项的 sharing.purposes）；没有合适的，由信用办登记。",
    "Choose one of /v1/purposes that the catalogue item allows (sharing.purposes of the item in /v1/catalogue); if none"
    " fits, the credit office registers one.",
)
_SEE_THE_STATE = (
    "查看案件现状（state），按其中的状态和版本办理。",
    "Read how the case stands (its state) and go on from there, with its version.",
)

_THE_OFFICE = (
    "由信用办的经办人办理；各部门可以提出事项、发表意见，成员单位在征求审定意见时表明意见。",
    "Let an officer of the credit office act. Departments propose and give opinions; members of the joint meeting give"
    " their view when they are asked for it.",
)

_REVOKE = (
    "撤销须由准予修复的部门对已准予的修复作出，写明原因（虚假材料或者违反信用承诺）、证据、理由和救济途径，"
    "并指明所撤销的决定；没有这些的，修复继续有效。",
    "The department that granted the repair revokes it, with its cause (false material or a broken commitment), the"
    " evidence, the reasons, both remedies, and the decision that is meant. Without these the repair holds.",
)
_REST = (
    "凭法院批准重整计划或者认可和解协议的裁定办理：写明法院、文号、裁定日期和计划期限，附证据；已办结的，不再办理。",
    "Act on the court's ruling that approves the plan or settlement: name court, number, day and the plan's last day,"
    " and add the evidence. What is decided or ended is not done again.",
)

INSTEAD: dict[str, tuple[str, str]] = {
    "only_the_subject_itself": (
        "由主体本人通过门户提出（Credit-On-Behalf-Of: subject）；代理人可以凭委托书领取信用报告（/v1/reports），"
        "并代为陈述、提出异议、申请修复。",
        "Let the subject ask through the portal (Credit-On-Behalf-Of: subject). With a letter of attorney an agent"
        " takes the credit report (/v1/reports), and states a case, objects and applies for repair.",
    ),
    "purpose_unknown": _PURPOSES,
    "consent_purpose_unknown": _PURPOSES,
    "decision_not_made": (
        "等案件办结后再领取；办到哪一步，见案件现状（state）。",
        "Take it once the case is decided; how far it is, its state tells.",
    ),
    "remedy_record_not_yours": _CHECK_THE_ID,
    "remedy_decided_by_determiner": _ANOTHER_OFFICER,
    "remedy_decided_by_filer": _ANOTHER_OFFICER,
    "objection_decided_already": (
        "对答复仍有不同意见的，依答复所告知的途径申请行政复议或者提起行政诉讼；有新的事实的，另行提出异议。",
        "Whoever disagrees with the answer takes the remedies that it told, reconsideration or litigation; new facts"
        " found a new objection.",
    ),
    "repair_barred": (
        "过了{until}可以再次申请；对撤销决定有异议的，依其中告知的途径申请行政复议或者提起行政诉讼。",
        "Apply again after {until}. Whoever disagrees with the revocation takes the remedies that it told,"
        " reconsideration or litigation.",
    ),
    "repair_not_needed": (
        "不必办理：已不再公示和共享的记录没有需要修复的内容，本人仍可在档案中看到。",
        "Nothing is to be done: what is shown no more needs no repair; its subject still finds it in the dossier.",
    ),
    "repair_not_accepted": (
        "先受理（accept），再决定；材料不齐的，先一次性要求补正。",
        "Accept it first, then decide; where materials are missing, ask for all of them once.",
    ),
    "repair_accepted_already": _SEE_THE_STATE,
    "repair_decided_already": _SEE_THE_STATE,
    "repair_materials_asked_already": (
        "等申请人补齐此前告知的材料（supply）后受理；不符合条件的，写明理由和救济途径后不予修复（reject）。",
        "Accept once the applicant has handed in what was named (supply); if it does not meet the conditions, reject it"
        " with reasons and remedies.",
    ),
    "listing_statement_period": (
        "等陈述申辩期满后再作决定；当事人在此之前陈述申辩的，先核实并答复。",
        "Decide once the time for a statement is over; if the party speaks before, verify and answer it first.",
    ),
    "listing_decided_already": _SEE_THE_STATE,
    "proposal_not_the_office": _THE_OFFICE,
    "meeting_not_a_member": _THE_OFFICE,
    "proposal_same_officer": (
        "由信用办另一名经办人办理（Credit-Official）；没有的，先登记一名（/v1/officers）。",
        "Let another officer of the credit office act (Credit-Official); register one first (/v1/officers)"
        " where there is none.",
    ),
    "proposal_content_unreadable": (
        "以公开登记中最近一版的 content 为样（如 GET /v1/measures），改去所列各项后重新提出。",
        "Take `content` of the newest version in its register as the model (as GET /v1/measures tells it), put right"
        " what is named, and propose it again.",
    ),
    "meeting_decided_otherwise": (
        "按成员单位意见的结果记录结论：同意不足的退回（returned），提出部门修改后重新提出。",
        "Record what the members said: where too few agreed it is returned, and its department may propose it anew.",
    ),
    **dict.fromkeys(
        (
            "repair_not_revocable",
            "repair_revokes_another",
            "repair_revoked_by_another",
            "repair_revoked_without_cause",
            "repair_revoked_unproven",
        ),
        _REVOKE,
    ),
    **dict.fromkeys(
        (
            "reorganisation_unnamed",
            "reorganisation_not_ruled",
            "reorganisation_end",
            "reorganisation_unproven",
            "reorganisation_outcome",
            "reorganisation_decided_already",
            "reorganisation_not_begun",
            "reorganisation_ended_already",
        ),
        _REST,
    ),
    "remedy_not_the_source": (
        "由承办的部门办理；是哪个部门，见案件现状的 source 或者受理回执。",
        "Let the department act whose case it is: the `source` of the case's state, or of its receipt.",
    ),
    "nothing_to_prove": (
        "核对编号和所选的证明：已入账的用 recorded，已屏蔽、撤回、移出或者到期的用 shielded，收到的答复凭其回执用 "
        "answered；标注的记录仍在视图中，没有屏蔽可以证明。",
        "Check the id and the claim: `recorded` for what stands, `shielded` for what was shielded, withdrawn, removed"
        " or is over, `answered` for an answer by its receipt. What is annotated is still shown.",
    ),
    "listing_statement_late": (
        "期限届满后，当事人在列入决定作出以后可以申请行政复议或者提起行政诉讼；对所依据的记录仍可提出异议。",
        "After that day the party takes the remedies that the decision names, reconsideration or litigation; it may"
        " still object to the records that it rests on.",
    ),
    "consent_unknown": (
        "在“我的授权”（/v1/subject/consents）中查到授权编号后再撤回；已撤回或者到期的，不必再办。",
        "Find the consent's id in the subject's own list (/v1/subject/consents) and take it back then. One that"
        " was taken back or is over needs nothing more.",
    ),
    "correction_of_other_version": (
        "读取案件现状，以其中的 record_leaf_hash 为 corrects（撤销为 withdraws），重新签名后提交。",
        "Read how the case stands, take its record_leaf_hash as `corrects` (of a withdrawal `withdraws`), and sign"
        " anew.",
    ),
}
