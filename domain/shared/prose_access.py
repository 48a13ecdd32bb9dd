"""Sentences about queries and their purposes; merged into the one table in ``prose.py``."""

from __future__ import annotations

ACCESS_PROSE: dict[str, tuple[str, str]] = {
    "setting_not_the_credit_office": (
        "规则参数只能由信用办登记的经办人调整（Credit-Official）。",
        "A setting is changed by a registered officer of the credit office only (Credit-Official).",
    ),
    "setting_out_of_bounds": (
        "参数须为{numbers}个从{least}到{most}的整数，按轻微、一般、严重不递减。",
        "This setting has {numbers} whole number(s) from {least} to {most}, never falling from slight to serious.",
    ),
    "setting_retroactive": (
        "参数不溯及既往，最早自{first}起生效；已开始的案件按开始时的时限办理。",
        "A setting does not reach back: it takes effect on {first} at the earliest, and running cases keep theirs.",
    ),
    "setting_unexplained": (
        "调整参数须写明依据的来源和理由，各不超过{most}字，不得含控制字符。",
        "A change states its source and its reason, at most {most} characters each, none of them controls.",
    ),
    "setting_contradicts": (
        "与其他参数矛盾：最短期限不得长于最长期限，受理时限不得长于办结时限。",
        "This contradicts another setting: no minimum beyond its maximum, no acceptance later than the answer.",
    ),
    "officer_unknown": (
        "须写明本部门登记过的经办人（Credit-Official）；没有登记的，由信用办登记。",
        "Name a registered officer of your own department (Credit-Official); the credit office registers officers.",
    ),
    "purpose_unknown": (
        "查询须写明登记过的用途代码（Credit-Purpose）；全部用途见 GET /v1/purposes；没有登记的，由信用办登记后再查询。",
        "A query names a registered purpose (Credit-Purpose); GET /v1/purposes has all. The office registers more.",
    ),
    "purpose_other": (
        "这项查询的用途须写明为 {code}（Credit-Purpose）。",
        "This is read for one purpose only, stated as {code} (Credit-Purpose).",
    ),
    "case_missing": (
        "查询须写明所办的案件或事项（case），不超过{most}字，不得含控制字符。",
        "A query names the case it serves (case), at most {most} characters, none of them controls.",
    ),
    "basis_missing": (
        "查询须写明法律依据（basis），不超过{most}字，不得含控制字符。",
        "A query names its legal ground (basis), at most {most} characters, none of them controls.",
    ),
    "purpose_header_malformed": (
        'Credit-Purpose 请求头的写法有误：用途代码; case="…"; basis="…"，中文用 RFC 9651 的 Display String。',
        "Credit-Purpose is a token with case and basis; Chinese as RFC 9651 Display Strings.",
    ),
    "evidence_of_what_ended": (
        "记录已修复、撤回或公示期满，证据包不再展示其内容；可以不展示任何部分（show 为空）。",
        "The record was repaired, withdrawn or is over: evidence shows none of its parts any more (leave show empty).",
    ),
    "nothing_to_prove": (
        "没有可以证明的事件：记录或者名单条目不是您认定的或不是关于您的，未被屏蔽、撤回、移出或到期，从不对外展示"
        "（如关注名单、措施），或者不是给您的答复。",
        "There is nothing to prove: the record or listing is neither yours nor about you, was not shielded, withdrawn,"
        " removed or over, was never shown outwardly (a watch entry, a measure), or the answer was not yours.",
    ),
    "may_not_speak_for_subjects": (
        "只有信用办的门户可以代本人查询和办理，并须写明 Credit-On-Behalf-Of: subject（代理人为 agent）。",
        "Only the credit office asks and acts for a subject, stating Credit-On-Behalf-Of: subject (or agent).",
    ),
    "only_the_subject_itself": (
        "这项内容只能由主体本人查看或者作出，代理人不能代为提出。",
        "This is for the subject itself alone; an agent neither sees it nor does it.",
    ),
    "consent_recipient_unknown": ("授权须写明登记过的接收部门。", "A consent names a registered department."),
    "consent_purpose_unknown": (
        "授权须写明登记过的用途，见 GET /v1/purposes。",
        "A consent names a registered purpose; GET /v1/purposes has all.",
    ),
    "consent_manner_missing": (
        "授权须写明查询和使用的方式，不超过{most}字，不得含控制字符。",
        "A consent states the manner of use, at most {most} characters, none of them controls.",
    ),
    "consent_for_everything": (
        "授权须逐项写明目录事项，不得一次授权全部信息。",
        "A consent names catalogue items one by one, never everything.",
    ),
    "consent_item_unknown": ("授权所写的目录事项不存在。", "A catalogue item of the consent does not exist."),
    "consent_for_life": (
        "授权须写明截止日期，且不得超过{months}个月；禁止一次授权终身使用。",
        "A consent ends, within {months} months; never for life.",
    ),
    "consent_over_already": ("授权的截止日期早于今天。", "The consent would be over already."),
    "consent_forced": (
        "授权须由本人自愿作出，不得强制，也不得作为无关服务的条件。",
        "A consent is given freely, never forced and never a condition of an unrelated service.",
    ),
    "consent_unknown": (
        "没有本人的这份有效授权。本人的授权及其编号可以在“我的授权”中查到。",
        "There is no such consent of this subject in force. Its consents and their ids stand in its own list.",
    ),
    "answer_too_large": (
        "所查内容超过{most}条，请分次少查一些主体；截短的答复不予给出。",
        "There are more than {most} entries to look through; ask for fewer subjects at a time. No answer is cut.",
    ),
    "report_too_large": (
        "在案记录超过{most}条，不能出具一份报告；截短的报告不予出具，请分页查阅本人档案。",
        "There are more than {most} records for one report, and none is cut; read the dossier page by page.",
    ),
    "report_not_consented": (
        "没有本人对本部门、该用途、在有效期内的授权（consent）；空白报告会误导，故不予出具。请先取得本人授权。",
        "No consent of the subject for this department and purpose is in force (consent), and an empty report would"
        " mislead. Let the subject consent first.",
    ),
    "report_period_reversed": (
        "起始日期晚于截止日期（from_day、to_day）。",
        "The first day is later than the last (from_day, to_day).",
    ),
    "report_entrustment_missing": (
        "代理人须写明委托书编号（entrustment）；本人查询不写。",
        "An agent states the number of the letter of attorney (entrustment); the subject itself does not.",
    ),
    "subjects_missing": (
        "一次查询须有1至{most}个主体。",
        "A query names from 1 to {most} subjects.",
    ),
    "cursor_invalid": (
        "游标无效：须原样取自上一页的 next，并随同一调用方的同一提问发送。",
        "The cursor is not good here: send `next` of the page before as it was, with the same caller's same question.",
    ),
    "limit_out_of_bounds": (
        "每页项数（limit）须为1至{most}的整数。",
        "The entries of a page (limit) are a whole number from 1 to {most}.",
    ),
    "as_of_malformed": (
        "as_of 须为含时区的时刻（如 2026-11-21T10:00:00+08:00）或账本位置。",
        "as_of is an instant with its offset (2026-11-21T10:00:00+08:00) or a position of the records log.",
    ),
    "as_of_before_first": ("as_of 早于账本的第一个事件。", "as_of is before the ledger's first event."),
    "as_of_beyond_newest": (
        "as_of 晚于现在可显示的最新位置 {newest}。",
        "as_of is beyond position {newest}, the newest that can be shown now.",
    ),
    "as_of_not_allowed": (
        "只有本人档案（在正文中）和审计可以查看过去（as_of）；否则已修复的信息会重新显示。",
        "Only a subject's own dossier (in the body) and auditors may look as of a past moment; elsewhere a repaired"
        " record would show.",
    ),
}
