"""Sentences for tip-offs of the public (WHS-1); none of them repeats anything of a report."""

from __future__ import annotations

TIP_OFF_PROSE: dict[str, tuple[str, str]] = {
    "tip_off_unknown": (
        "没有这件举报，或编号与密码不符，或不由本部门办理；三者不作区分。",
        "There is no such tip-off, or number and secret do not fit, or it lies elsewhere; these are not told apart.",
    ),
    "tip_off_not_a_handler": (
        "只有指定的举报经办人可以办理举报。请由信用办指定的经办人办理。",
        "Only a named handler may handle tip-offs. Let one whom the credit office named do it.",
    ),
    "tip_off_about": (
        "请用不超过{most}个字写明，不得含控制字符。",
        "Say it in at most {most} characters, without control characters.",
    ),
    "tip_off_text": (
        "请用不超过{most}个字写明内容，不得含控制字符。",
        "Give the text in at most {most} characters, without control characters.",
    ),
    "tip_off_code": (
        "统一社会信用代码为18位数字和大写字母；不知道的请留空。",
        "A unified social credit code has 18 digits and capital letters; leave it empty when unknown.",
    ),
    "tip_off_identifier_in_text": (
        "告知的话和开启的理由中不得有18位代码、证件号码、电话、账号、住址。请只写办理情况。",
        "Words told and reasons hold no code of 18 characters, id or telephone number, account or address. Say only"
        " what was done.",
    ),
    "tip_off_name_in_text": (
        "告知的话和开启的理由中不得写出举报人或者被举报人（名称、联系方式、代码）。请写“举报人”“被举报单位”。",
        "Words told and reasons name neither who reported nor about whom. Write “the reporter”, “the enterprise”.",
    ),
    "tip_off_reason": (
        "开启举报须用不超过{most}个字写明理由。理由将告知举报人和信用办。",
        "Say in at most {most} characters why it is opened. Reporter and credit office are told the reason.",
    ),
    "tip_off_not_accepted": (
        "受理之前不得查看举报人信息。请先查看举报内容，受理后再开启举报人信息。",
        "Who reported is not shown before the report is accepted. Read the report, accept it, then open.",
    ),
    "tip_off_closed": (
        "举报已办结，不再开启。请在办结前查看。",
        "The tip-off is closed and opens no more. What is needed is read before it is closed.",
    ),
    "tip_off_step": (
        "这一步不能接在现在的状态之后：先受理，后答复；转办后由接收部门重新受理；办结后不再办理。",
        "This step does not follow the present state: accept before an answer; whoever it was forwarded to accepts it"
        " anew; nothing follows a close.",
    ),
    "tip_off_forwarded_to": (
        "转办须写明另一个已登记的部门，其他步骤不写。请填写其统一社会信用代码。",
        "A forwarded tip-off names another registered department by its code; other steps name none.",
    ),
}
