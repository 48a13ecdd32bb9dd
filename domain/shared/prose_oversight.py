"""Sentences about flags and indicators; merged into the one table in ``prose.py``."""

from __future__ import annotations

OVERSIGHT_PROSE: dict[str, tuple[str, str]] = {
    "flag_of_another_unit": (
        "这条责任线索不是交由你单位答复的。由被交办的单位答复。",
        "This flag is not yours to answer. The unit that it was assigned to answers it.",
    ),
    "flag_of_another_officer": (
        "这条责任线索已指定责任人，由其答复（Credit-Official）。",
        "This flag was assigned to one officer, who answers it (Credit-Official).",
    ),
    "flag_unit_unfit": (
        "责任线索只能改派给已登记的部门，不能改派给信用办、审计机关。",
        "A flag goes to a registered department, and to neither the credit office nor an auditor.",
    ),
    "flag_responsible_unknown": (
        "责任人须为所改派单位登记的经办人。",
        "Who is responsible is a registered officer of the unit that it goes to.",
    ),
    "flag_lies_there_already": (
        "这条责任线索已经交给该单位（责任人）。写明另一单位或者另一名责任人。",
        "The flag lies there already. Name another unit or another officer.",
    ),
    "flag_closed_already": (
        "这条责任线索已经办结，不能再答复或者再次办结。",
        "This flag is closed: it takes no further answer and is not closed again.",
    ),
    "flag_answers_another": (
        "“answers”应为这条线索入账事件的叶子哈希。先查询线索，再答复所见的那一条。",
        "`answers` is the leaf hash of the event that raised this flag. Ask for the flag, then answer what you saw.",
    ),
    "flag_without_statement": (
        "答复须有内容，至多2000个字，不含控制字符。",
        "An answer says something, in at most 2000 characters and without control characters.",
    ),
    "flag_materials_malformed": (
        "佐证材料每项为文件的SHA-256摘要（小写十六进制），至多20项。",
        "Each material is the SHA-256 digest of a file, in small hex; at most 20.",
    ),
    "flag_person_in_text": (
        "答复和办结理由中不得写入个人信息。删去姓名以外的证件号码、电话、住址等，写明事实即可。",
        "An answer or a reason holds no personal data. Leave out id and phone numbers and addresses; state the facts.",
    ),
    "flag_not_the_office": (
        "责任线索只能由信用办改派和办结。被交办的单位可以答复，由信用办核实。",
        "Only the credit office assigns a flag anew and closes it. The unit may answer it; the office looks into that.",
    ),
    "flag_outcome_unknown": (
        "办结结果只能是：{values}。",
        "The outcome is one of: {values}.",
    ),
    "indicators_not_the_office": (
        "考核通报只能由信用办印发。单位可以查询本单位的指标实数。",
        "Only the credit office issues the notice of indicators. A unit may ask for its own exact numbers.",
    ),
    "indicators_notified_already": (
        "这个月的考核通报已经印发，不能再次印发。",
        "The notice of this month's indicators was issued; there is no second one.",
    ),
    "flag_not_heard": (
        "单位尚未答复，答复期限为{day}。在其答复或者逾期之前，只能以“不成立”办结。",
        "The unit has not answered and has until {day}. Until then the flag can only be closed as unfounded.",
    ),
}
