"""Sentences about keys, seals, sealed files and requests; merged into the one table in ``prose.py``."""

from __future__ import annotations

LEDGER_PROSE: dict[str, tuple[str, str]] = {
    "key_unknown": ("没有登记过这把密钥。", "No such key is registered."),
    "key_revoked": ("这把密钥已被吊销，不能再用于签名。", "This key is revoked and may sign no more."),
    "key_not_live": ("这把密钥今天不在有效期内。", "This key is not within its lifetime today."),
    "key_of_another": ("这把密钥属于另一个单位。", "This key belongs to another unit."),
    "key_known": (
        "这把密钥已经登记过（可能已吊销，或属于他人）。请另制新密钥。",
        "This key is registered already (revoked perhaps, or another's). Make a new one.",
    ),
    "key_term": (
        "新密钥的截止日期须在今天之后，且不超过五年。",
        "A new key must end after today, and within five years.",
    ),
    "key_days": (
        "密钥的有效期须从今天或以后开始，不超过五年。",
        "A key is live from today or a later day on, for at most five years.",
    ),
    "key_not_the_first": (
        "该部门已有有效密钥：下一把由其现用密钥自行接续（keys rotate department），或先吊销。",
        "The department has a live key: that one asks for the next (keys rotate department), or is revoked first.",
    ),
    "key_not_held": (
        "新密钥没有对这份申请签名，无从证明由本部门持有。",
        "The new key did not sign this wish, so that nothing shows the department holds it.",
    ),
    "key_not_asked": (
        "现用密钥没有对这份申请签名。",
        "The present key did not sign this wish.",
    ),
    "log_key_unknown": ("没有这一代日志密钥。", "There is no such generation of log keys."),
    "log_key_only": (
        "只剩这一代日志密钥，先运行 keys rotate log。",
        "This is the only generation of log keys left: run keys rotate log first.",
    ),
    "log_key_unused": (
        "其余日志密钥尚未签署 records 的最新检查点：让 sequence 运行片刻再试。",
        "No other log key signed the newest checkpoint of records yet: let sequence run, and try again.",
    ),
    "key_in_use": (
        "网关正用这把密钥签署，先运行 keys rotate gateway。",
        "The gateway seals with this key: run keys rotate gateway first.",
    ),
    "key_weak": ("这不是可用的公钥。", "This is no public key that can be used."),
    "officer_of_another": (
        "写明的经办人不是本部门登记过的人员（Credit-Official）；请写本部门的经办人，没有登记的由信用办登记。",
        "The officer named is not a registered one of the department (Credit-Official). Name one of your own; the"
        " credit office registers officers.",
    ),
    "may_not_govern": (
        "只有信用办的密钥可以登记部门、人员、密钥和目录。",
        "Only a credit office's key may register departments, officers, keys and catalogue items.",
    ),
    "governing_not_the_office": (
        "只有信用办的经办人可以登记部门、人员、密钥和国家目录。",
        "Only the credit office's officers register departments, officers, keys and national versions.",
    ),
    "department_unknown": (
        "没有登记过这个部门。请先登记部门。",
        "No such department is registered. Register it first.",
    ),
    "registered_without_name": (
        "名称须有内容，写在一行，不超过{characters}个字，且不含控制字符。",
        "A name says something in one line of at most {characters} characters, without control characters.",
    ),
    "registered_word_malformed": (
        "代号和用途代码以小写字母开头，只含小写字母、数字、连字符和下划线，不超过 64 个字符。",
        "A pseudonym or the code of a purpose begins with a small letter and holds small letters, digits, hyphens and "
        "underscores only, at most 64.",
    ),
    "role_unknown": ("角色须为：{values}。", "The role is one of: {values}."),
    "officer_known_otherwise": (
        "该代号已登记给其他部门或其他角色的人员，请另取代号。",
        "This pseudonym is registered for another department or role; take another.",
    ),
    "purpose_known_otherwise": (
        "该用途代码已按另外的文字登记，请另取代码。",
        "This code of a purpose is registered in other words; take another.",
    ),
    "department_known_otherwise": (
        "该统一社会信用代码已按另外的名称或角色登记。请核对代码、名称和角色。",
        "This code is registered under another name or role. Check code, name and role.",
    ),
    "form_unknown": (
        "不认识这种表单，只接收行政处罚（penalty）和行政许可（licence）。",
        "Unknown form; penalty and licence are taken.",
    ),
    "seal_for_another_ledger": ("这份文件是为另一个账本封存的。", "This file was sealed for another ledger."),
    "seal_signature_wrong": (
        "封存签名不成立：签名与内容、密钥、封存的种类或编号不符。各接口的说明写明其种类和编号。",
        "The seal's signature does not hold for this content, key, kind and id; the operation's description names"
        " kind and id.",
    ),
    "seal_root_wrong": (
        "各行承诺值算出的根与封存的根不一致，文件可能被改动过。",
        "The rows' commitments do not give the sealed root; the file may have been changed.",
    ),
    "file_id_taken": ("这个文件编号已用于另一份封存文件。", "This file id belongs to another sealed file."),
    "row_not_under_seal": (
        "这一行的序号不在封存范围内，或在同一文件里重复出现。",
        "The row's index is not under the seal, or occurs twice.",
    ),
    "record_id_taken": (
        "这一行的记录编号已用于另一条记录，请重新封存后再报送。",
        "The row's record id belongs to another record; seal the row anew.",
    ),
    "row_not_canonical": ("这一行的内容不能规范化。", "The row's content has no canonical form."),
    "row_seal_broken": (
        "这一行的内容与封存时不一致。",
        "The row's content is not what was sealed.",
    ),
    "document_twice_in_file": (
        "同一决定机关的同一文书号在本文件第{row}行已出现；一份文书只记录一次。",
        "The same document stands in data row {row} of this file already; one document is recorded once.",
    ),
    "document_recorded_otherwise": (
        "该文书已经记录，且内容与本次不同；内容有误请走更正程序，不能重复归集。",
        "This document is recorded already with other content; use a correction, not a second record.",
    ),
    "document_recorded_elsewhere": (
        "该机关的这一文书号已经记录，只是机关代码或者文书号的写法不同；一份文书只记录一次，内容有误请走更正程序。",
        "This number of this authority is recorded already, under another code of it or another spelling of the"
        " number. One document is recorded once; if its content is wrong, use a correction.",
    ),
    "source_unit_unknown": (
        "数据来源单位的统一社会信用代码未登记为本市部门。",
        "The source unit's code is not a registered department.",
    ),
    "file_rows_out_of_bounds": (
        "一份文件须有1至{most}行。",
        "A file has from 1 to {most} rows.",
    ),
    "file_without_good_rows": (
        "文件里没有一行可以封存，原因见各行。",
        "No row of the file can be sealed; the rows say why.",
    ),
    "sealed_file_malformed": (
        "封存文件的这一处读不懂：{where}。",
        "The sealed file cannot be read at {where}.",
    ),
    "path_not_ascii": (
        "请求路径只能用 ASCII 字符，不用百分号编码；内容放在正文里。",
        "Request paths are plain ASCII without percent-encoding; contents belong in the body.",
    ),
    "conflict": (
        "与已有的内容冲突，未作任何改动：编号已被使用，或者同时有另一请求。请重新读取后再办理；自拟的编号另取。",
        "This conflicts with what is there, and nothing was changed: the id is taken, or another request came first."
        " Read again and act on that; an id of your own is drawn anew.",
    ),
    "idempotency_key_missing": (
        "缺少 Idempotency-Key 请求头，或其长度不在8至128个可见字符之间。",
        "Idempotency-Key is missing or not 8 to 128 visible characters.",
    ),
    "idempotency_key_reused": (
        "这个 Idempotency-Key 已用于另一个请求。新的请求用新的键；重发原来的请求，正文须原样不变。",
        "This Idempotency-Key was used for another request: a new request takes a new key, and what is sent again has"
        " the same body.",
    ),
    "signature_not_accepted": (
        "请求签名不成立：请按 RFC 9421 用登记的密钥签名，并覆盖规定的各项。",
        "The request's signature does not hold: sign as RFC 9421 says, with a registered key and all components.",
    ),
    "signature_nonce_missing": (
        "签名缺少16至128字符的 nonce。",
        "The signature lacks a nonce of 16 to 128 characters.",
    ),
    "signature_replayed": (
        "这个签名已经用过一次，拒绝重放。每次发送都重新签名，用新的 nonce。",
        "This signature was used before; replay is refused. Sign each attempt anew, with a fresh nonce.",
    ),
    "body_incomplete": (
        "请求体不完整，短于 Content-Length 所写的长度。请重新发送。",
        "The body is shorter than its Content-Length says. Send it again.",
    ),
    "body_too_large": (
        "请求体超过{most}字节的上限。请缩短内容，或者分成几份发送。",
        "The body exceeds {most} bytes. Shorten it, or send it in parts.",
    ),
    "body_empty": (
        "请求体是空的。请发送文件内容。",
        "The body is empty. Send the content of the file.",
    ),
    "encoding_unknown": (
        "内容编码只支持 gzip；也可以不编码。",
        "The content encoding is gzip or none.",
    ),
    "gzip_broken": (
        "gzip 内容已损坏或不完整。请重新压缩后发送。",
        "The gzip content is broken or cut off. Compress it anew and send it again.",
    ),
    "content_unpacks_too_large": (
        "解压后的内容超过{most} MiB或{lines}行的上限。请分成几个文件报送。",
        "The content unpacks to more than {most} MiB or {lines} lines. Send it in several files.",
    ),
    "line_too_long": (
        "有一行超过{most} MiB的上限。请用本系统的客户端重新封存。",
        "A line is longer than {most} MiB. Seal the file anew with our client.",
    ),
    "media_type_unknown": (
        "这里不接收这种内容类型（Content-Type）；可以发送：{types}。",
        "This content type is not taken here; send one of: {types_en}.",
    ),
    "member_missing": ("缺少成员 {where}。", "The member {where} is missing."),
    "member_malformed": (
        "成员 {where} 格式有误，应为{form_zh}。",
        "The member {where} is malformed: it is {form_en}.",
    ),
    "member_unknown": (
        "{where} 中有这里没有的成员；可以填写：{names}。",
        "{where} has a member that there is none of here; there are: {names}.",
    ),
    "members_unfit": (
        "所填的成员不能这样一起填写，见接口说明。",
        "The members do not go together so; the description of the interface says which do.",
    ),
    "member_invalid": ("成员 {where} 缺少或格式有误。", "The member {where} is missing or malformed."),
    "member_unused": (
        "这样的请求不用成员 {where}，请不要填写。",
        "Such a request has no use for the member {where}; leave it out.",
    ),
    "drafts_too_many": (
        "每个部门待封存的文件最多 {most} 份、共 {mebibytes} MiB；请先签署已有的，或等其过期。",
        "A department may have {most} drafts of {mebibytes} MiB together; sign those that wait, or let them expire.",
    ),
    "not_yet_proven": (
        "已经入账，但尚未进入签名的日志或最新一期视图；请稍后（通常一秒内）用新的幂等键再取。",
        "It is recorded but not in a signed tree, or not in an epoch of the views, yet; ask again under a new"
        " idempotency key a moment later, usually within a second.",
    ),
    "draft_unknown": (
        "没有这份待封存文件，或已过期、已封存。没有封存的，请重新上传。",
        "There is no such draft, or it expired or was sealed. Upload the file again if it was not sealed.",
    ),
}
