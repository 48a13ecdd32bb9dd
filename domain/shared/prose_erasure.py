"""Sentences about erasure; merged into the one table in ``prose.py``."""

from __future__ import annotations

ERASURE_PROSE: dict[str, tuple[str, str]] = {
    "erasure_not_the_credit_office": (
        "删除只能由信用办登记过的经办人申请和审批（Credit-Official）。",
        "Erasure is asked for and approved by registered officers of the credit office (Credit-Official).",
    ),
    "erasure_same_officer": (
        "这位经办人已经表示同意；删除须由另一位经办人审批。",
        "This officer wants it already; another one must approve.",
    ),
    "erasure_approved_already": (
        "这项删除已有两位经办人同意。",
        "Two officers have approved this erasure already.",
    ),
    "erasure_unknown": (
        "没有这项删除申请。请核对编号，或者先由一位经办人提出申请。",
        "There is no such request for erasure. Check the id, or let an officer ask for it first.",
    ),
    "erasure_id_taken": (
        "这个编号已用于另一件事，请换一个编号。",
        "This id belongs to something else; draw another.",
    ),
    "erasure_cause": (
        "须写明删除的原因：{values}。",
        "An erasure has a cause: {values}.",
    ),
    "erasure_basis": (
        "须写明删除的法律依据，不超过{most}字，不得写入个人信息。",
        "An erasure has its legal ground, at most {most} characters, without personal data.",
    ),
    "erasure_class_unknown": (
        "没有这一类数据；可以单独删除的类别：{values}。",
        "No such class of data; these can be erased: {values}.",
    ),
    "erasure_not_a_persons_part": (
        "可以单独删除的只有某个人的部分，如 person/1。",
        "Only the part of one person can be erased by itself, such as person/1.",
    ),
    "erasure_target_unknown": (
        "没有这个主体、记录或部分，或已经删除。",
        "There is no such subject, record or part, or it is erased already.",
    ),
    "erasure_not_separable": (
        "这些内容与该主体的其他内容共用密钥，不能单独删除；可以删除该主体的一类数据或全部数据。",
        "This shares its key with other data of the subject; a class or the whole subject can be erased.",
    ),
}  # fmt: skip
