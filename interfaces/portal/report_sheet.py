"""A credit report as people read it: the lines, words and marks that the page and the PDF both show.

Before it stands the report's JSON, which alone says what is in it; after it ``report.html`` and ``report.typ``, which
only lay it out. Chinese first, English beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import segno

from application.ledger import parse_instant
from interfaces.portal.timeline import city_instant

Words = tuple[str, str]
MARKS: Mapping[str, Words] = {
    "objected": ("异议处理中", "objected to"),
    "annotated": ("已修复（标注）", "repaired (annotated)"),
    "corrected": ("已更正", "corrected"),
    "returned": ("修复已撤销，恢复公示", "repair undone, shown again"),
}
KINDS: Mapping[str, Words] = {
    "organisation": ("公共信用信息报告（法人和非法人组织）", "Public credit report: organisation"),
    "individual": ("公共信用信息报告（自然人）", "Public credit report: individual"),
}
ASKED_BY: Mapping[str, Words] = {
    "subject": ("本人", "the subject itself"),
    "agent": ("受托人", "an agent of the subject"),
    "department": ("经授权的部门", "a department with the subject's consent"),
}
EMPTY: Mapping[str, Words] = {
    "none": ("无", "no information"),
    "none_within": ("授权事项内无", "none within the items consented to"),
    "outside": ("不在授权范围内", "outside the consent"),
    "told": ("", ""),
}
BEYOND = "—"
"""The count of a section outside the consent."""
UNNAMED = "本平台没有该主体的记录，不知其名称 no record here tells it"
NO_LABEL: Words = ("标识：无", "labels: none")
NO_LABEL_WITHIN: Words = ("标识：授权事项内无", "labels: none within the items consented to")
LIMITED: Words = (
    "本报告只涉及授权事项；授权之外的栏目（汇总中记为“—”）和标识未作说明，不表示没有。",
    "This report covers the items consented to alone; of sections beyond them (a dash among the counts) and of such"
    " labels it says nothing, neither that there are any nor that there are none.",
)
UNSHOWN: Words = (
    "〔U+……〕是本文件字体没有的字，按其编码排出；原字见所附 report.json。",
    "〔U+…〕 stands for a character that the font of this paper lacks; the attached report.json has it as it is.",
)
NOTES: tuple[Words, ...] = (
    (
        "本报告只列出具时有效的记录；已修复、撤回、到期的不在其中。",
        "Only records that stood when this was issued: none that was repaired, withdrawn or is over.",
    ),
    (
        "本报告不作评价，只陈述事实；记录由认定机关负责。",
        "This report states facts and judges nobody; each authority answers for its records.",
    ),
    ("扫码核对编号、摘要与入账回执。", "The code leads to number, digest and receipt."),
)
ON_PAPER: tuple[Words, ...] = (
    (
        "本文件内附原文与证据包，可离线验证。",
        "Its text and evidence are attached to this file for checking offline.",
    ),
    (
        "本文件由平台电子签名，签名后的改动会被阅读器发现；如提示证书颁发者未知，以证据包的核对结果为准。",
        "The platform signed this file, so a reader program finds what is changed later; where it does not know who"
        " issued the certificate, what the evidence proves counts.",
    ),
)
"""What is true of the PDF alone."""


def sheet(report: Mapping[str, Any], *, digest: str, receipt: str, link: str) -> dict[str, Any]:
    """What both forms show: ``head`` and each entry's ``lines`` are ``(Chinese, English, value)``, none empty."""
    title = KINDS[report["kind"]]
    return {
        "title": title,
        "number": report["number"],
        "head": _head(report),
        "labels": [(label["zh"], label["en"]) for label in report["labels"]],
        "no_label": NO_LABEL_WITHIN if "consent" in report["asked"] else NO_LABEL,
        "counts": [(s["zh"], s["en"], _count(s)) for s in report["sections"]],
        "sections": [_section(s) for s in report["sections"]],
        "notes": (LIMITED, *NOTES) if "consent" in report["asked"] else NOTES,
        "on_paper": ON_PAPER,
        "proof": _filled(
            ("SHA-256 摘要", "SHA-256 digest", digest),
            ("入账回执", "Receipt", receipt),
            ("核对地址", "Check at", link.partition("#")[0]),
        ),
    }


def checking_link(address: str, number: str, *, digest: str, receipt: str) -> str:
    """What the QR code holds: number, receipt and digest. What follows ``#`` never leaves the reader's device."""
    return f"{address}/r/{number}#{receipt}.sha256:{digest}"


def qr_path(text: str) -> tuple[int, str]:
    """A QR code (error level M) as its size in modules, quiet zone included, and the path of an SVG."""
    rows = list(segno.make_qr(text, error="m").matrix_iter(border=4))
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    return len(rows), "".join(dark)


def _head(report: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    subject, asked, period = report["subject"], report["asked"], report["period"]
    by = ASKED_BY[asked["by"]]
    consent = asked.get("consent", {})
    days = f"{period['from'] or '…'} — {period['to'] or '…'}" if any(period.values()) else ""
    person = " ".join(filter(None, (subject.get("id_type"), subject.get("id_number"))))
    return _filled(
        ("报告编号", "Number", report["number"]),
        ("出具时间", "Issued at", city_instant(parse_instant(report["issued_at"]))),
        ("出具单位", "Issuer", f"公共信用信息平台（信录）Public credit platform (Xinlu) {report['issuer']}"),
        ("主体名称", "Name", subject["name"] or UNNAMED),
        ("统一社会信用代码", "Unified social credit code", subject.get("code", "")),
        ("证件", "Document", person),
        ("申请人", "Asked by", f"{by[0]} {by[1]}"),
        ("受理或查询部门", "Through", f"{asked['department_name']} {asked['department']}"),
        ("用途", "Purpose", f"{asked['purpose_zh']} {asked['purpose_en']}"),
        ("案件或委托书", "Case or letter of attorney", asked["case"]),
        ("依据", "Ground", asked["basis"]),
        ("授权有效期至", "Consent until", consent.get("until", "")),
        ("授权事项", "Items consented to", "；".join(i["zh"] for i in consent.get("items", []))),
        ("认定日期范围", "Decided between", days),
    )


def _section(section: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": section["id"],
        "title": (section["zh"], section["en"]),
        "empty": EMPTY[section["state"]],
        "entries": [_entry(entry) for entry in section.get("records", ())],
    }


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    until = entry["until"] or "长期 open-ended"
    return {
        "title": (entry["item_zh"] or entry["item"], entry["item_en"]),
        "marks": [MARKS[mark] for mark in entry["marks"]],
        "lines": _filled(
            ("文号", "Document", entry["document"]),
            ("认定机关", "Authority", entry["authority"]),
            ("认定日期", "Decided on", entry["decided_on"]),
            ("期限至", "Until", until),
            ("事由", "Matter", entry["about"]),
            ("内容", "Content", entry["content"]),
            ("修复日期", "Repaired on", entry["repaired_on"]),
            ("入账回执", "Receipt", entry["receipt"]),
        ),
    }


def _count(section: Mapping[str, Any]) -> str:
    return BEYOND if section["state"] == "outside" else str(len(section["records"]))


def _filled(*lines: tuple[str, str, str]) -> list[tuple[str, str, str]]:
    return [(zh, en, value.strip()) for zh, en, value in lines if value.strip()]
