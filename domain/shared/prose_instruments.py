"""Sentences about the clean-up ledger of constraint documents; merged into the one table in ``prose.py``."""

from __future__ import annotations

INSTRUMENT_PROSE: dict[str, tuple[str, str]] = {
    "ledger_no_header": (
        "前10行没有找到“序号”开头的表头，文件不是失信约束措施台账。",
        "No heading row that begins with 序号 in the first 10 rows: this is no clean-up ledger.",
    ),
    "ledger_heading_differs": (
        "第{column}列的表头应为“{heading}”。台账须与附件1样式的各列完全一致。",
        "Column {column} should be headed {heading}. The ledger has exactly the columns of the form.",
    ),
    "ledger_column_extra": (
        "第{column}列是样式以外的列。台账须与附件1样式的各列完全一致。",
        "Column {column} is not in the form. The ledger has exactly the columns of the form.",
    ),
    "ledger_cell_missing": ("“{heading}”没有填写。", "{heading} is empty."),
    "ledger_cell_unusable": (
        "“{heading}”超过{most}个字，或含有控制字符。",
        "{heading} is longer than {most} characters or holds control characters.",
    ),
    "ledger_cell_formula": (
        "“{heading}”是公式。请粘贴为值。",
        "{heading} is a formula. Paste it as a value.",
    ),
    "ledger_not_yes_or_no": ("“{heading}”只能填“是”或“否”。", "{heading} is 是 (yes) or 否 (no)."),
    "ledger_disposition_unknown": (
        "“{heading}”只能填：{listed}。",
        "{heading} is one of: {listed}.",
    ),
    "ledger_due_unreadable": (
        "“{heading}”读不懂。请写成2021-12-31、2021年12月底或者2021年底。",
        "{heading} cannot be read. Write it as 2021-12-31, 2021年12月底 or 2021年底.",
    ),
    "ledger_phone_unreadable": (
        "“{heading}”只能由数字和分隔符组成。",
        "{heading} consists of digits and separators.",
    ),
    "ledger_basis_not_given": (
        "填写了有依据，“{heading}”就须写明相关依据的条款及其具体表述。",
        "A basis is claimed, so {heading} must state its article and words.",
    ),
    "ledger_kept_without_basis": (
        "“保留”须完全符合《指导意见》：依据须是法律、法规或者党中央、国务院政策文件，写明名称。"
        "部门规章、规范性文件不足为据；请改填修订、立法或者废止。",
        "保留 needs full conformity: a law, regulation or policy document of the Party centre or the State Council,"
        " cited by title. Department rules and notices do not suffice; enter 修订, 立法 or 废止.",
    ),
    "ledger_unit_unknown": (
        "“{heading}”不是登记过的部门名称。",
        "{heading} is not the name of a registered department.",
    ),
    "ledger_unit_of_another": (
        "“{heading}”是别的部门。各单位只报送本单位的台账。",
        "{heading} is another department. A unit sends its own ledger.",
    ),
    "ledger_document_twice": (
        "同一责任单位的同一文件在第{row}行已出现。",
        "The same document of the same unit stands in row {row} already.",
    ),
    "ledger_too_many_rows": ("一份台账至多{most}行。", "A ledger file has at most {most} rows."),
    "ledger_document_unknown": (
        "台账中没有本单位的这份文件。请先把文件填入台账。",
        "The unit's ledger has no such document. Enter it in the ledger first.",
    ),
    "ledger_not_nil": (
        "本单位台账中已有文件，不能报送“不需清理规范”。",
        "The unit's ledger holds documents, so it cannot be returned as nil.",
    ),
    "ledger_already_filed": (
        "这项内容已经报送，无需再次报送。",
        "This was filed already and needs no second filing.",
    ),
    "ledger_nothing_to_plan": (
        "只有不符合要求但仍需保留（修订、立法）的文件须制定规范完善方案。",
        "A plan is made for documents that do not conform and are to stay (修订, 立法).",
    ),
    "ledger_plan_days": (
        "方案各步须按时间先后排列，从今天起，不晚于台账填报的完成时间（{due}）。",
        "The plan's steps are in order of their days, from today to the ledger's completion time ({due}).",
    ),
    "ledger_nothing_to_complete": (
        "这份文件没有待完成的清理规范工作。",
        "There is no clean-up to be completed for this document.",
    ),
    "ledger_basis_still_missing": (
        "修订、立法完成时须已有充分依据：请先把依据填入台账，再报送完成。",
        "Revision or legislation is complete once there is a sufficient basis: enter it in the ledger first.",
    ),
    "ledger_not_yet_clean": (
        "台账中还有未完成的文件，不能报送总结。",
        "Documents of the ledger are not completed yet, so there is no summary.",
    ),
    "ledger_in_it_already": (
        "该单位的台账中已有这份文件。",
        "The unit's ledger holds this document.",
    ),
    "ledger_not_the_office": (
        "只有信用办可以进行此操作；各单位办理本单位的台账。",
        "Only the credit office may do this; a unit sees to its own ledger.",
    ),
    "notice_month_not_over": (
        "这个月还没有结束，不能通报。",
        "The month is not over, so there is no notice of it.",
    ),
    "notice_not_as_computed": (
        "通报内容与账本据实计算的不一致；请重新取得草稿后签署。",
        "The notice is not what the ledger computes; fetch the draft again and sign that.",
    ),
    "catalogue_item_suspended": (
        "该目录项已停止执行：它所依据的{title}没有充分依据。以有充分依据的新版本恢复。",
        "The item is suspended: {title}, on which it rests, has no sufficient basis. A new version with one"
        " resumes it.",
    ),
    "catalogue_basis_stopped": (
        "第{number}项依据“{title}”已因没有充分依据停止执行，不能作为依据。",
        "Basis {number}, {title}, is not executed for want of a sufficient basis, and is none itself.",
    ),
}
