"""Sentences about proposals on their way; merged into the one table in ``prose.py``."""

from __future__ import annotations

PROPOSAL_PROSE: dict[str, tuple[str, str]] = {
    "proposal_of_nothing_known": ("对象须为：{values}。", "There are versions of: {values}."),
    "proposal_content_unreadable": (
        "内容不完整或格式不对：须填公开登记所示 content 的各项，去掉 status、"
        "suspended_since、suspended_for，也不多填。",
        "The content is not whole, or of another form: it has every member of `content` as its public register shows"
        " it, without `status`, `suspended_since` and `suspended_for`, and no others.",
    ),
    "proposal_value_unusable": (
        "这一项的值不是公开登记所用的类型或者用语；请参照公开登记中的同名项改写。",
        "This member's value is not of the kind, or not one of the words, that its public register uses: write it as"
        " the register writes the member of that name.",
    ),
    "proposal_version": (
        "版本号应为 {next}。",
        "The number of the version must be {next}.",
    ),
    "adoption_not_national": (
        "这里只登记国家统一制定的目录、名单标准和措施；本地的先提出、征求意见、审定、公布。",
        "Only what is made nationally is entered here; what is local is proposed, consulted on, reviewed, published.",
    ),
    "proposal_not_the_office": (
        "只有信用办可以组织征求意见、审定、公布；评估由信用办或者提出该版本的部门记录。",
        "Only the credit office consults, reviews and publishes; it records evaluations, or who made it does.",
    ),
    "proposal_step": (
        "程序不能跳过或重复：目前为 {state}，这一步须在 {needed} 之后。",
        "No step is skipped or repeated: it is {state}, this step follows {needed}.",
    ),
    "proposal_comment_too_short": (
        "公开征求意见的期限不得少于{least}日。",
        "It is open for comment for at least {least} days.",
    ),
    "proposal_comment_over": (
        "征求意见已于{last}截止。",
        "The time for comment ended on {last}.",
    ),
    "proposal_comment_runs": (
        "征求意见到{last}才截止，届满前不能审定。",
        "It is open for comment until {last}; no review before.",
    ),
    "proposal_group_unknown": (
        "提出意见者须为：{values}；部门以本部门名义提出。",
        "An opinion is of one of: {values}; a department opines in its own name.",
    ),
    "proposal_author": (
        "部门以外的意见须写明提出者，部门的意见不写个人。",
        "An opinion from outside departments names its author; one of a department names no person.",
    ),
    "proposal_person_in_text": (
        "意见和答复会公开，不得含有个人信息。",
        "Opinions and answers are public; they may hold no personal data.",
    ),
    "proposal_opinions_full": ("意见已满{most}条。", "There are {most} opinions already."),
    "proposal_no_such_opinion": (
        "没有这条待答复的意见。",
        "There is no such opinion that waits for an answer.",
    ),
    "proposal_opinions_open": (
        "还有{count}条意见没有答复。",
        "{count} opinions are not answered yet.",
    ),
    "proposal_same_officer": (
        "起草、组织征求意见和记录审定结论须由不同的经办人办理，请换一名经办人。",
        "Drafting, opening for comment and recording the outcome take different officers; another one acts here.",
    ),
    "meeting_too_few": (
        "除提出单位外，登记的联席会议成员单位只有{count}家，至少须{least}家；先由信用办登记"
        "成员单位（departments rank --member）。",
        "Besides who proposed it the joint meeting has {count} registered members; it takes {least}. Let the office "
        "register them (departments rank --member).",
    ),
    "meeting_day": (
        "会议日期不得早于{first}，也不得在今天之后记录结论。",
        "The meeting is held on {first} or later, and its outcome is recorded on that day or after it.",
    ),
    "meeting_not_a_member": (
        "没有就此征求本单位的审定意见。",
        "No view of this department was asked for.",
    ),
    "meeting_view_given": ("本单位已就此提出审定意见。", "This department gave its view already."),
    "meeting_view_of_another": (
        "意见所写的提案、轮次、单位或经办人与本次提交的不符。",
        "The view names another proposal, revision, department or officer than this request.",
    ),
    "meeting_decided_otherwise": (
        "结论须与成员单位意见一致：{members}家中{agreed}家同意，审定通过须{needed}家。",
        "The outcome follows the members: {agreed} of {members} agreed, and it takes {needed} to approve.",
    ),
    "proposal_evaluated_by_a_party": (
        "第三方评估不得由参与的部门自己作出。",
        "A department that takes part is no third party, and evaluates nothing here.",
    ),
    "proposal_review_too_late": (
        "应当定期评估：下次评估（或修订）不得晚于{last}。",
        "Reviews are periodic: the next one, or the next version, is due by {last} at the latest.",
    ),
    "proposal_review_day": (
        "下次评估的日期须晚于今天。",
        "The day of the next review must be later than today.",
    ),
}
