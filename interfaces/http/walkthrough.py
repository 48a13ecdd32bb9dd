"""How a case goes from one route to the next, for the description of the interface: who may read the texts but not the
code finds here where to begin. What each step takes and refuses, its own operation says."""

from __future__ import annotations

WALKTHROUGH = """\
先读公开登记：目录、名单标准、措施、用途和修复条件（`GET /v1/catalogue`、`GET /v1/list-standards`、`GET /v1/measures`、
`GET /v1/purposes`、`GET /v1/repair-terms`）。回执的 `case`、`version`、`leaf_hash` 是下一步的编号、`If-Match`
和所指的内容；不在手边的，从各自的 `state` 再读。
作出认定的人不能决定对它的异议和修复：每个部门至少登记两名经办人（`POST /v1/officers`）。

Read the public registers first: catalogue, list standards, measures, purposes and terms of repair. A receipt's
`case`, `version` and `leaf_hash` are the next step's id, its `If-Match`, and what it refers to; whoever lacks them
reads the case's `state`. Who determined does not decide on objection or repair: each department has two officers.

| 事项 case | 依次 in this order |
|---|---|
| 认定 determination | 从宽的先评估 leniency first: `POST /v1/leniency-assessments`；`POST /v1/determinations`；\
关联责任人 persons linked: `POST /v1/record-links` |
| 查询、授权 query, consent | `POST /v1/queries`；`POST /v1/consents`，`POST /v1/reports` |
| 列入 listing | 告知 notice `POST /v1/listings`；陈述申辩 statement `POST /v1/listings/{listing_id}/statement`；\
答复 answer `POST /v1/listings/{listing_id}/answer`；期满或者答复之后决定 decide after the time or the answer \
`POST /v1/listings/{listing_id}/decide`；移出 removal `POST /v1/listings/{listing_id}/apply`，\
`POST /v1/listings/{listing_id}/remove` |
| 惩戒措施 measure | 能否 may it `POST /v1/measure-checks`；发起 name `POST /v1/joint-actions`；实施 apply \
`POST /v1/measure-cases/{measure_id}/apply`；反馈 report `POST /v1/measure-cases/{measure_id}/report`；解除 lift \
`POST /v1/measure-cases/{measure_id}/lift` |
| 异议 objection | `POST /v1/objections`；更正、撤销或者不支持 correct, withdraw or reject \
`POST /v1/objections/{objection_id}/correct`；恢复信誉 reputation `POST /v1/restorations/{restoration_id}/complete`；\
答复书 paper `POST /v1/objections/{objection_id}/decision` |
| 修复 repair | 申请 apply `POST /v1/repairs`；一次补正 ask once `POST /v1/repairs/{repair_id}/request-materials`，\
`POST /v1/repairs/{repair_id}/supply`；受理 accept `POST /v1/repairs/{repair_id}/accept`；决定 decide \
`POST /v1/repairs/{repair_id}/grant`；删除的另经两人审批 a deletion is approved by two \
`POST /v1/erasures/{erasure_id}/approve`；决定书 paper `POST /v1/repairs/{repair_id}/decision` |
| 重整 reorganisation | `POST /v1/reorganisations/applications`；`POST /v1/reorganisations/{reorganisation_id}/grant`；\
`POST /v1/reorganisations/{reorganisation_id}/end` |
| 证明 proof | 证据包 bundle `POST /v1/evidence`；信任策略 policy `GET /logs/policy`；\
离线验证 checked offline: `/verify` |
| 提案 proposal | `POST /v1/proposals`；`POST /v1/proposals/{proposal_id}/consult`；意见及答复 opinions and answers \
`POST /v1/proposals/{proposal_id}/opinions`，`POST /v1/proposals/{proposal_id}/answer`；\
`POST /v1/proposals/{proposal_id}/meeting`；成员单位意见 members' views `POST /v1/proposals/{proposal_id}/views`；\
`POST /v1/proposals/{proposal_id}/review`；`POST /v1/proposals/{proposal_id}/publish` |
| 新部门 new department | `POST /v1/departments`；`POST /v1/department-keys`；`POST /v1/department-ranks`；\
`POST /v1/officers` |
"""
