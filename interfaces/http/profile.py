"""What holds for all routes, in words of the OpenAPI document: signature profile, headers, limits.

``openapi.py`` puts it together with the routes; ``auth.py`` and ``bodies.py`` do what is said here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from application.limits import LIMITS, WINDOW_SECONDS
from domain.access.model import CASE_HANDLING, OWN_RECORDS
from interfaces.client.evidence import OF_REQUEST, STATUS, STATUS_IF_SENT
from interfaces.client.signing import COVERED, COVERED_IF_SENT
from interfaces.http.auth import IDEMPOTENCY_LENGTHS, MAX_AGE, NONCE_LENGTHS
from interfaces.http.bodies import BODY_BYTES_MAX, DECODED_BYTES_MAX, JSON_BYTES_MAX, ROW_LINE_BYTES_MAX
from interfaces.http.walkthrough import WALKTHROUGH

_MIB = 1 << 20
_MINUTES = int(MAX_AGE.total_seconds() // 60)
_COVERED = " ".join(COVERED)
_COVERED_IF_SENT = " ".join(COVERED_IF_SENT)
_ANSWERED = " ".join((*STATUS, *OF_REQUEST, '"signature-input";req;key="..."', '"signature";req;key="..."'))
_ANSWERED_IF_SENT = " ".join(STATUS_IF_SENT)
_NONCE = f"{NONCE_LENGTHS[0]}–{NONCE_LENGTHS[-1]}"
_KEY = f"{IDEMPOTENCY_LENGTHS[0]}–{IDEMPOTENCY_LENGTHS[-1]}"

SIGNATURE = f"""\
RFC 9421 消息签名，Ed25519；正文摘要按 RFC 9530（`Content-Digest: sha-256`）。
每个请求只带一个签名，须覆盖 `{_COVERED}`，以及请求中出现的 `{_COVERED_IF_SENT}`。
参数：`tag="credit-ledger/<账本编号>"`，`keyid="<部门代码>#<密钥编号>"`，
`created` 距今不超过 {_MINUTES} 分钟，
`nonce` {_NONCE} 个字符，只能用一次。路径只用 ASCII，不用百分号编码。

RFC 9421 message signatures, Ed25519, with RFC 9530 (`Content-Digest: sha-256`) over the body as sent.
Exactly one signature. It covers `{_COVERED}`, and of `{_COVERED_IF_SENT}` whatever the request has.
Parameters: `tag="credit-ledger/<ledger id>"`, `keyid="<department code>#<key id>"`, `created` not older than
{_MINUTES} minutes, `nonce` of {_NONCE} characters, good once. Paths are plain ASCII without percent-encoding."""

SEALING = """\
认定、更正、列入决定等由部门自己封存：正文带 `parts`（各部分）、`salt`（32 字节随机数）、
`issuer`（密钥编号）和 `signature`。
各接口写明封存的种类 `kind`、所覆盖的编号 `id`（16 字节的 UUID）和各部分的成员，方括号中的视情况填写。
`HMAC`、`SHA256` 的结果都是 32 字节：

An act such as a determination, correction or decision to list is sealed by its department: the body carries `parts`,
`salt` (32 random bytes), `issuer` (the key's id) and `signature`. Each operation names the `kind` of its seal and the
`id` (a UUID's 16 bytes) that it is made over, and the members of each part, those in brackets as the case needs them:

```text
issuer     = SHA256("credit/key/v1\\n" || 0x01 || public key, 32 bytes)[0:8]
salt_p     = HMAC-SHA256(salt, name)                                  for each part, by its name
content_p  = the part as canonical JSON (RFC 8785), UTF-8; no floats, no null
c_p        = HMAC-SHA256(salt_p, "credit/part/v1\\n" || kind, 1 byte
                    || length of name, 2 bytes || name || "\\n" || content_p)
commitment = SHA256("credit/commit/v1\\n" || kind || ledger id, 16 bytes || id, 16 bytes
                    || for each part, by name: length of name, 2 bytes || name || c_p)
signature  = Ed25519("credit/leaf/v1\\n" || 0x01 || kind || commitment || issuer, 8 bytes)
```

下一把密钥（`POST /v1/keys`）由现用和新密钥各签 / a next key is signed by the present one and by itself:

```text
"credit/key-succession/v1\\n" || ledger id || issuer of the present key || public key, 32 bytes
                             || department code || "\\n" || not_after
```

草稿（`POST /v1/intakes`）的答复写明要签的字节 `to_sign` / a draft's answer tells the bytes to sign, `to_sign`."""

SECURITY_SCHEME: Mapping[str, Any] = {
    "type": "apiKey",
    "in": "header",
    "name": "Signature",
    "description": SIGNATURE + "\n\nWith it go `Signature-Input` and `Content-Digest`.",
}

_RATES = "\n".join(
    f"- `{name}`: {limit.most} / {WINDOW_SECONDS} s ({limit.why})" for name, limit in LIMITS.items()
)

DESCRIPTION = f"""\
公共信用账本的接口。部门用签名请求写入与查询；查询非公开信息须写明经办人、目的、案件和依据，先记录、后显示。
公开查询不经此接口，在网页上进行。凡读取非公开信息，都须写明目的（`Credit-Purpose`）。

The interface of a public-credit ledger. Departments write and query with signed requests; a query of what is not
public names officer, purpose, case and ground, and is logged before anything is shown. The public look-up is a page.
Every read of what is not public states its purpose (`Credit-Purpose`).

## 一件事怎么办 / How a case goes

{WALKTHROUGH}
## 签名 / Signature

{SIGNATURE}

## 封存 / Sealing

{SEALING}

## 答复的签名 / Signed answers

请求通过签名验证后，其答复（包括拒绝）都由网关签名：`keyid="gateway#<密钥编号>"`，公钥见 `/v1/ledger`，`tag` 同请求。
覆盖 `{_ANSWERED}`，以及答复中出现的 `{_ANSWERED_IF_SENT}`；签名因此与所答的请求绑定。
验证签名之前的答复（401 等）和逐行发出的 JSON lines 不签名；后者的回执可用同一 `Idempotency-Key` 不带
`Accept: application/x-ndjson` 再次取得，带签名。

Every answer to a request whose signature held, refusals included, is signed by the gateway: `keyid="gateway#<key id>"`,
its public key at `/v1/ledger`, the same `tag`. Covered are `{_ANSWERED}`, and of `{_ANSWERED_IF_SENT}` whatever the
answer has, so that it is bound to the request it answers. Not signed: what is answered before that (such as 401), and
JSON lines; ask again under the same `Idempotency-Key` without `Accept: application/x-ndjson` for their signed receipt.

## 幂等 / Idempotency

每个 POST 都须带 `Idempotency-Key`（{_KEY} 个可见 ASCII 字符）。键按部门区分，与回执一同永久保存：
同一请求再次发送，得到同一回执并带 `Idempotency-Replayed: true`；同一键用于别的内容，答复 422。
查询和试检也须带键，但每次都重新执行并另行记录。

Every POST needs an `Idempotency-Key` ({_KEY} visible ASCII characters). Keys belong to a department and are kept with
the receipt for ever: the same request again gives the same receipt with `Idempotency-Replayed: true`, the same key
for something else 422. Queries and dry runs need one too and are done, and logged, anew each time.

## 错误 / Problems

所有错误都是 RFC 9457（`application/problem+json`），先中文、后英文；`type` 是说明页的地址。
Every error is RFC 9457, Chinese first; `type` is the address of a page that explains it.

## 限制 / Limits

- 文件 / a file: {BODY_BYTES_MAX // _MIB} MiB; 其他正文 / any other body: {JSON_BYTES_MAX // _MIB} MiB;
  解压后 / unpacked: {DECODED_BYTES_MAX // _MIB} MiB;
  一行 / one row: {ROW_LINE_BYTES_MAX // _MIB} MiB
{_RATES}
"""

TAGS: Mapping[str, str] = {
    "报送": "成批入账：密封文件、工作簿、CSV / Files of records",
    "认定": "逐条入账 / One record at a time",
    "查询": "部门共享查询 / Queries of departments",
    "透明日志": "签名的日志、映射、入账回执与证据包 / Signed logs, maps, receipts and evidence",
    "公开登记": "目录、名单标准、措施清单、提案等 / Public registers: catalogue, standards, measures, proposals",
    "从宽": "记录以前的从宽评估 / Leniency assessed before recording",
    "公示": "与部门自己的公示核对 / Comparing with what departments publish",
    "名单": "严重失信主体名单 / Lists of serious dishonesty",
    "惩戒措施": "失信惩戒措施与联合惩戒 / Measures and joint action",
    "激励与关注": "红名单、绿色通道、重点关注、供参考信息 / Red lists, green channel, watch list, references",
    "提案": "提出、征求意见、审定、公布 / Proposals, opinions, review, publication",
    "登记": "部门、层级、首把密钥、工作人员、用途、国家版本 / What the credit office registers",
    "规则": "规则集与规则参数 / The rulebook and its settings",
    "删除": "删除个人信息 / Erasing personal data",
    "密钥": "部门密钥的接续 / The departments' next keys",
    "本人": "本人查询，由门户代为提出 / A subject's own questions, asked by its portal",
    "救济": "异议、更正、修复 / Objection, correction, repair",
    "监督": "回放与审计 / Replay and audit",
    "举报": "公众举报严重失信行为 / Tip-offs of the public",
    "清理规范": "失信约束措施台账 / The clean-up ledger of constraint documents",
    "账本": "账本本身与接口说明 / The ledger and this description",
    "运维": "运行状况 / For operators",
}

PORTALS_PURPOSE = (
    f"门户代主体或者其代理人提出时目的为 `{OWN_RECORDS.code}`，写明 `Credit-On-Behalf-Of` 和正文的 `subject`；经办人写"
    " `Credit-Official`，正文为 `{}`。"
    f" / A portal states the purpose `{OWN_RECORDS.code}`, with `Credit-On-Behalf-Of` and the body's `subject`; an"
    " officer the purpose above, with `Credit-Official` and the body `{}`."
)
"""Of a case that both those who handle it and its subject may ask for."""

_TEXT = {"type": "string"}
_REQUEST_HEADERS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "Idempotency-Key": (
        "幂等键 / key under which the receipt is kept; covered by the signature",
        {
            "type": "string",
            "minLength": IDEMPOTENCY_LENGTHS[0],
            "maxLength": IDEMPOTENCY_LENGTHS[-1],
            "pattern": "^[!-~]+$",
        },
    ),
    "Credit-Purpose": (
        '目的、案件与依据（QRY-1） / purpose, case and ground, as `code; case=%"..."; basis=%"..."` (RFC 9651;'
        f" Chinese as Display Strings); a subject's own questions: `{OWN_RECORDS.code}`, cases and worklists:"
        f" `{CASE_HANDLING.code}`, alone; covered by the signature",
        {"type": "string", "maxLength": 4096, "examples": ['licensing; case="2026-7"; basis="art. 34"']},
    ),
    "Credit-Official": (
        "经办人代号，须是本部门登记的 / the officer who asks, registered by this department; covered by the signature",
        {"type": "string", "maxLength": 64, "examples": ["market-1"]},
    ),
    "Credit-On-Behalf-Of": (
        "代谁提出：本人 `subject`，代理人 `agent`（PRV-3） / on whose behalf a portal asks; covered by the signature",
        {"type": "string", "enum": ["subject", "agent"]},
    ),
    "If-Match": (
        '决定所依据的版本，如 `"2"`：案件现状或最近一次回执的 ETag；提案为其公开登记中最新一项的 `number` / the version'
        " that a decision was made on: the ETag of the case's state or of its last receipt, of a proposal the `number`"
        " of the newest entry in its register; covered by the signature",
        {"type": "string", "examples": ['"2"']},
    ),
    "Prefer": ("等待入账回执的秒数 / seconds to wait for the receipt, as `wait=3` (RFC 7240)", _TEXT),
    "Content-Encoding": (
        "正文的压缩 / how the body is packed",
        {"type": "string", "enum": ["gzip", "identity"]},
    ),
}

ANSWER_HEADERS: Mapping[str, dict[str, Any]] = {
    "X-Request-Id": {
        "description": "关联编号 / correlation id",
        "schema": {"type": "string", "format": "uuid"},
    },
    "Idempotency-Replayed": {
        "description": "回执此前已给出 / the receipt was given before",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Credit-Receipt": {
        "description": "记录本次查询的事件 / the access events of this query, by position",
        "schema": _TEXT,
    },
    "ETag": {"description": "版本 / version, for If-Match", "schema": _TEXT},
    "Retry-After": {
        "description": "多少秒后再试 / seconds until another attempt",
        "schema": {"type": "integer", "minimum": 1},
    },
    "WWW-Authenticate": {"description": "须签名 / a signature is needed", "schema": _TEXT},
    "Content-Digest": {"description": "正文摘要 / digest of the body (RFC 9530)", "schema": _TEXT},
    "Signature-Input": {"description": "网关签名所覆盖的内容 / what the gateway signed", "schema": _TEXT},
    "Signature": {"description": "网关的签名 / the gateway's signature (RFC 9421)", "schema": _TEXT},
}
ANSWER_SIGNATURE = ("Content-Digest", "Signature-Input", "Signature")
"""On every answer to an authenticated request, unless it is streamed."""


def parameter(name: str, *, required: bool) -> dict[str, Any]:
    """A request header as a parameter of the document."""
    words, schema = _REQUEST_HEADERS[name]
    return {"name": name, "in": "header", "required": required, "description": words, "schema": schema}
