"""Sentences about red lists, the watch list, entries for reference and the green channel; merged in ``prose.py``."""

from __future__ import annotations

RED_LIST_PROSE: dict[str, tuple[str, str]] = {
    "red_list_without_basis": (
        "红名单 {list} 的标准须引用一项依据，写明名称、文号和条款。",
        "The standard of red list {list} cites a basis by title, number and article.",
    ),
    "red_list_excludes": (
        "红名单 {list} 的标准须写明哪些程度的不良记录不得列入（{values}），至少包括严重。",
        "The standard of red list {list} says which severities keep a subject off ({values}), 严重 (serious) at least.",
    ),
    "red_list_unknown": (
        "没有这个红名单，或其标准没有生效；列入红名单须有已公布的标准。",
        "There is no such red list, or no standard in force; an entry needs a published standard.",
    ),
    "red_incentives_not_as_standard": (
        "激励措施须与该红名单的标准一致。",
        "The incentives are the standard's own, word for word.",
    ),
    "red_adverse_record": (
        "该主体现有该红名单标准所排除的不良信用记录，不能列入；记录修复、撤销或者期满后可以再列入。",
        "The criteria of this red list exclude a record that stands against the subject; it may be entered once that is"
        " repaired, withdrawn or over.",
    ),
    "entry_without_reason": (
        "须写明理由。",
        "State the reason.",
    ),
    "entry_not_yours": (
        "没有这项列入，或者不由本部门办理，或者不是关于本人的；三者不作区分。请核对编号。",
        "There is no such entry, or it is not your department's, or not about you; these are not told apart. Check the"
        " id.",
    ),
    "entry_of_another_department": (
        "所写部门须为报送并签名的本部门。",
        "The department named is the one that sends and seals the act.",
    ),
    "entry_ended": ("这项列入已经结束。", "This entry has ended already."),
    "entry_of_other": (
        "须写明所结束的列入（其叶子哈希）。",
        "The act names the entry that it ends, by its leaf hash.",
    ),
    "entry_objected_already": (
        "对这项列入的异议正在核实，答复后可以再次提出。",
        "An objection to this entry is being verified; another may follow its answer.",
    ),
    "entry_objection_without_grounds": ("异议须写明理由。", "An objection states its grounds."),
    "entry_no_objection_pending": (
        "对这项列入没有待答复的异议。",
        "No objection to this entry waits for an answer.",
    ),
    "watch_without_end": (
        "重点关注须有截止日期：不早于今天，不晚于{last}。",
        "A watch has its last day: today at the earliest, {last} at the latest.",
    ),
    "watch_ground_unknown": (
        "列入重点关注名单的情形须为：{values}。",
        "The ground of a watch is one of: {values}.",
    ),
    "watch_field": (
        "重点领域较重失信须写明领域（{values}）；多次轻微失信不写领域。",
        "Fairly serious conduct names its key field ({values}); repeated slight conduct names none.",
    ),
    "watch_slight_too_few": (
        "多次轻微失信须有至少{least}条{months}个月内认定、现仍有效的轻微失信记录；不足的不得列入，可以提示和指导。",
        "Repeated slight conduct takes at least {least} slight records of the last {months} months that stand; with"
        " fewer remind and advise, list nobody.",
    ),
    "watch_not_serious": (
        "重点领域较重失信须有至少{least}条{months}个月内认定、现仍有效、程度为一般或者严重的记录。",
        "Fairly serious conduct takes at least {least} record of severity 一般 or 严重 of the last {months} months that"
        " stands.",
    ),
    "watch_watched_already": (
        "本部门已将该主体列入重点关注名单。",
        "Your department watches this subject already.",
    ),
    "reference_without_mark": (
        "供参考信息须注明“{mark}”。",
        "An entry for reference carries the mark: {mark}.",
    ),
    "reference_without_source": (
        "须写明信息来源和名单名称。",
        "Name the source and its list.",
    ),
    "reference_unknown_value": ("须为：{values}。", "This is one of: {values}."),
    "reference_stated_on": (
        "须写明来源作出的日期，不晚于今天。",
        "Give the day on which the source said so, no later than today.",
    ),
}
