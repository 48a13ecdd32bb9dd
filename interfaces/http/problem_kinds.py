"""What every problem's ``type`` means and what to do about it: the text of the pages under ``/problems/``.

``problems.py`` and the routes name the kinds; a test finds each of them here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.exceptions import default_exceptions

from interfaces.http.problems import TITLES

_HTTP = re.compile(r"http-([45][0-9]{2})")


@dataclass(frozen=True)
class Kind:
    """A kind of problem (问题类型): statuses it comes with, what it means, what to do; Chinese and English.

    ``by_rules``: a rule of the rulebook says no, so the problem carries its clause and what is lawful instead.
    """

    statuses: tuple[int, ...]
    zh: str
    en: str
    do_zh: str
    do_en: str
    by_rules: bool = False


KINDS: Mapping[str, Kind] = {
    "signature": Kind(
        (401,),
        "请求没有签名，或签名不被接受：密钥未登记或已失效、签名过期、随机数用过、覆盖范围不全，或正文在途中变了。",
        "The request has no signature, or not an acceptable one: key unknown or no longer live, signature too old,"
        " nonce used before, components not covered, or the body changed on its way.",
        "核对部门代码、密钥和时钟；每次发送都重新签名，用新的随机数。签名规范见接口说明。",
        "Check department code, key and clock; sign anew with a fresh nonce for each attempt. The profile stands in"
        " the description of the interface.",
    ),
    "idempotency-key": Kind(
        (400, 422),
        "缺少幂等键（400），或这个键已用于别的内容（422）。",
        "The idempotency key is missing (400), or was used for something else (422).",
        "每件新的事用新的键；重发同一请求时用原来的键和原来的正文。",
        "Use a new key for each new act, and the old key with the old body to send the same again.",
    ),
    "path": Kind(
        (400,),
        "请求地址含有百分号编码或非 ASCII 字符，签名无法可靠核对。",
        "The path has percent-encoding or characters beyond ASCII, so its signature cannot be relied on.",
        "按接口说明书写地址；内容放在正文里。",
        "Write paths as the description does; contents belong in the body.",
    ),
    "too-many-drafts": Kind(
        (429,),
        "本部门待封存的文件已达上限，这一份没有保存。",
        "The department has as many drafts as it may have; this one was not kept.",
        "签署已有的草稿，或等其过期（Retry-After 是最早一份过期的秒数），再重新上传；也可以在本地封存后报送。",
        "Sign the drafts that wait, or let them expire (Retry-After tells when the soonest does), and upload again;"
        " or seal files yourself.",
    ),
    "media-type": Kind(
        (415,),
        "这个接口不接受这种内容类型。",
        "The route does not take this content type.",
        "按接口说明填写 Content-Type。",
        "Send one of the content types that the description names.",
    ),
    "malformed": Kind(
        (400,),
        "请求读得到，但格式不对：缺少成员、编号校验不符、文件残缺等。未作任何改动。",
        "The request could be read and is malformed: a member is missing, an identifier fails its check digit, a"
        " file is broken. Nothing was changed.",
        "errors 逐条指出位置，改正后用新的幂等键重发。",
        "`errors` names each place; correct it and send it with a new idempotency key.",
    ),
    "refused": Kind(
        (422,),
        "请求格式正确，但某条规则不允许。拒绝已记入访问日志。",
        "The request is well formed and a rule forbids it. The refusal stands in the access log.",
        "errors 列出每条规则、原因和合规的做法（instead）。情况未变时，重发只会再次被拒。",
        "`errors` names each rule with its reason and what would be lawful `instead`. The same request would be"
        " refused again.",
        by_rules=True,
    ),
    "purpose": Kind(
        (403,),
        "查询的目的、经办人、案件或依据缺失或未登记，或者调用方无权代当事人提出（QRY-1、PRV-3）。",
        "Purpose, officer, case or ground of a query is missing or not registered, or the caller may not ask on a"
        " subject's behalf (QRY-1, PRV-3).",
        "补全 Credit-Purpose、Credit-Official 或 Credit-On-Behalf-Of 请求头，并让签名覆盖它们。",
        "Complete Credit-Purpose, Credit-Official or Credit-On-Behalf-Of, and cover them by the signature.",
        by_rules=True,
    ),
    "not-permitted": Kind(
        (403,),
        "签名有效，但这个部门或角色无权进行此操作。",
        "The signature is good, and this department or role may not do this.",
        "由有权的部门或经办人提出。",
        "Let a department or officer who may do it ask.",
        by_rules=True,
    ),
    "draft-unknown": Kind(
        (404,),
        "没有这份草稿：编号不对、不属于本部门、已签名入账，或已过期。",
        "There is no such draft: wrong id, another department's, sealed already, or expired.",
        "重新上传文件，得到新的草稿。",
        "Upload the file again for a new draft.",
    ),
    "case-unknown": Kind(
        (404,),
        "没有这个案件（授权、评估、列入、删除申请），或与提问者无关；两者不作区分。",
        "There is no such case (consent, assessment, entry, request for erasure), or it is none of the asker's"
        " business; the two are not told apart.",
        "核对编号。",
        "Check the id.",
    ),
    "register-unknown": Kind(
        (404,),
        "公开登记中没有这一项，或没有这个版本。",
        "There is no such thing in the register, or not in this version.",
        "核对编码和版本。",
        "Compare the key and the version.",
    ),
    "conflict": Kind(
        (409,),
        "同一对象刚被别的请求改动。未作任何改动。",
        "The same thing was changed by another request a moment ago. Nothing was changed.",
        "稍后用同一幂等键重发。",
        "Send it again with the same idempotency key a little later.",
    ),
    "if-match": Kind(
        (428,),
        "作决定须写明所依据的案件版本（If-Match 请求头）。",
        "A decision must name the version of the case that it was made on (header If-Match).",
        "读取案件，把答复中的 ETag 放进 If-Match，并让签名覆盖它。",
        "Read the case, send its ETag as If-Match, and cover it by the signature.",
    ),
    "stale-version": Kind(
        (412,),
        "案件在读取之后又有变化。未作任何改动。",
        "The case moved since it was read. Nothing was changed.",
        "重新读取案件，看过变化后以新的版本再作决定。",
        "Read the case again, look at what changed, and decide on the new version.",
    ),
    "not-yet-proven": Kind(
        (409,),
        "事件已记账，但尚未进入签名的日志或最新一期视图。",
        "The event is recorded but not in a signed tree, or not in an epoch of the views, yet.",
        "稍后（通常一秒内）用新的幂等键再取。",
        "Ask again under a new idempotency key a moment later, usually within a second.",
    ),
    "nothing-to-prove": Kind(
        (404,),
        "没有可以证明的事件：记录未被屏蔽、撤回或到期，名单条目未被移出，从不对外展示，或者不是给您的答复。",
        "There is no such event: the record was not shielded, withdrawn or over, the listing not removed, it was never"
        " shown outwardly, or the answer was not yours.",
        "核对记录编号或回执编号。",
        "Compare the record's id or the receipt.",
    ),
    "too-many-requests": Kind(
        (429,),
        "这个部门或地址在一分钟内的请求超过限额。",
        "This department or address has sent more requests in a minute than its limit.",
        "等待 Retry-After 所写的秒数。成批报送请用文件。",
        "Wait the seconds of Retry-After. Use files for many records.",
    ),
    "ledger-unavailable": Kind(
        (503,),
        "账本或访问日志暂时不可用。未作任何改动，未显示任何内容：不能记录的查询一律不答。",
        "The ledger or its access log is unavailable. Nothing was changed or shown: what cannot be logged is not"
        " answered.",
        "稍后用同一幂等键重发。",
        "Send it again with the same idempotency key later.",
    ),
    "not-ready": Kind(
        (503,),
        "服务尚未就绪，checks 列出哪项条件不满足。",
        "The service is not ready; `checks` names the condition that does not hold.",
        "由运维人员处理。",
        "For operators to look at.",
    ),
    "internal": Kind(
        (500,),
        "服务内部错误。未作任何改动。",
        "An error of the service itself. Nothing was changed.",
        "用同一幂等键重发；再次出现时，把 instance 中的编号告诉运维人员。",
        "Send it again with the same idempotency key; if it persists, tell operators the id in `instance`.",
    ),
}


def kind_of(name: str) -> Kind | None:
    """What a problem's kind means; ``http-<status>`` are those of the protocol itself. None for unknown ones."""
    match = _HTTP.fullmatch(name)
    if match is None:
        return KINDS.get(name)
    status = int(match[1])
    if status not in default_exceptions and status not in TITLES:
        return None
    zh, en = TITLES.get(status, TITLES[400] if status < 500 else TITLES[500])
    return Kind(
        (status,),
        f"{zh}。请求未到达任何业务规则。",
        f"{en}. No rule of the ledger was reached.",
        "按接口说明核对地址、方法、请求头和大小。",
        "Compare address, method, headers and size with the description of the interface.",
    )
