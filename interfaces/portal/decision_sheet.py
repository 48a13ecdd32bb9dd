"""The paper of a decision as people read it: the lines of ``report.typ``, made from the paper's JSON alone.

Chinese first, English beside it; what the paper says is decided in ``application/queries/decisions.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from application.ledger import parse_instant
from interfaces.portal.report_sheet import ON_PAPER, Words
from interfaces.portal.timeline import city_instant

TITLES: Mapping[str, Words] = {
    "repair": ("信用修复决定书", "Decision on a credit repair"),
    "objection": ("异议处理答复书", "Answer to an objection"),
}
OUTCOMES: Mapping[str, Words] = {
    "granted": ("准予修复", "granted"),
    "rejected": ("不予支持", "refused"),
    "upheld": ("异议成立", "upheld"),
    "closed": ("终止办理", "closed"),
}
EFFECTS: Mapping[str, Words] = {
    "annotate": ("标注", "annotated"),
    "shield": ("屏蔽", "shielded"),
    "delete": ("删除", "deleted"),
    "corrected": ("更正", "corrected"),
    "withdrawn": ("撤销", "withdrawn"),
}
FILERS: Mapping[str, Words] = {
    "subject": ("本人", "the subject itself"),
    "agent": ("代理人", "an agent of the subject"),
    "department": ("部门", "a department"),
}
CAUSES: Mapping[str, Words] = {
    "false_material": ("虚假材料", "false material"),
    "broken_commitment": ("违反信用承诺", "a broken commitment"),
}
NOTES: tuple[Words, ...] = (
    (
        "本决定由作出认定的部门负责；平台只证明其内容与记入账本的一致。",
        "The department that determined answers for this decision; the platform proves that it says what was recorded.",
    ),
    (
        "信用修复和异议处理不收取任何费用。",
        "Repairs and objections are free of charge.",
    ),
    ("扫码核对编号、摘要与入账回执。", "The code leads to number, digest and receipt."),
)


def decision_sheet(paper: Mapping[str, Any], *, digest: str, receipt: str, link: str) -> dict[str, Any]:
    """What the PDF shows of a decision, in the shape of :func:`interfaces.portal.report_sheet.sheet`."""
    record, filed, decided = paper["record"], paper["filed"], paper["decided"]
    revoked = [_revocation(paper["revoked"])] if "revoked" in paper else []
    return {
        "title": TITLES[paper["kind"]],
        "number": paper["number"],
        "head": _filled(
            ("文书编号", "Number", paper["number"]),
            ("出具时间", "Issued at", _moment(paper["issued_at"])),
            ("主体", "Subject", record["subject"]),
            ("所涉文书", "Document concerned", record["document"]),
            ("认定日期", "Determined on", record["decided_on"]),
            ("申请或异议编号", "Case", paper["case"]),
        ),
        "labels": [],
        "counts": [],
        "sections": [
            *revoked,
            _section(
                ("申请", "What was filed"),
                ("提出时间", "Filed at", _moment(filed["at"])),
                ("提出人", "By", " ".join(FILERS.get(filed["by"], ("", "")))),
                ("入账回执", "Receipt", filed["receipt"]),
            ),
            _section(
                ("决定", "The decision"),
                ("结果", "Outcome", " ".join(OUTCOMES[decided["outcome"]])),
                (
                    "方式",
                    "Effect",
                    " ".join(EFFECTS.get(decided.get("mode", decided.get("effect", "")), ("", ""))),
                ),
                ("理由", "Reasons", decided.get("reasons", "")),
                ("不可修复的依据", "Basis that excludes it", _basis(decided.get("basis", {}))),
                ("行政复议", "Reconsideration", decided.get("remedies", {}).get("reconsideration", "")),
                ("行政诉讼", "Litigation", decided.get("remedies", {}).get("litigation", "")),
                ("决定部门", "Department", f"{decided['department_name']} {decided['department']}"),
                ("决定时间", "Decided at", _moment(decided["at"])),
                ("入账回执", "Receipt", decided["receipt"]),
            ),
        ],
        "notes": NOTES,
        "on_paper": ON_PAPER,
        "proof": _filled(
            ("SHA-256 摘要", "SHA-256 digest", digest),
            ("入账回执", "Receipt", receipt),
            ("核对地址", "Check at", link.partition("#")[0]),
        ),
    }


def _revocation(revoked: Mapping[str, Any]) -> dict[str, Any]:
    """That the decision holds no more, before all else that the paper says."""
    return _section(
        ("本决定已撤销，不再有效", "This decision was revoked and holds no more"),
        ("撤销原因", "Cause", " ".join(CAUSES[revoked["cause"]])),
        ("理由", "Reasons", revoked.get("reasons", "")),
        ("行政复议", "Reconsideration", revoked.get("remedies", {}).get("reconsideration", "")),
        ("行政诉讼", "Litigation", revoked.get("remedies", {}).get("litigation", "")),
        ("撤销时间", "Revoked at", _moment(revoked["at"])),
        ("入账回执", "Receipt", revoked["receipt"]),
    )


def _section(title: Words, *lines: tuple[str, str, str]) -> dict[str, Any]:
    entry = {"title": title, "marks": [], "lines": _filled(*lines)}
    return {"id": title[1], "title": title, "empty": ("", ""), "entries": [entry]}


def _basis(basis: Mapping[str, str]) -> str:
    return " ".join(basis.get(name, "") for name in ("title", "document_number", "article"))


def _moment(at: str) -> str:
    return city_instant(parse_instant(at))


def _filled(*lines: tuple[str, str, str]) -> list[tuple[str, str, str]]:
    return [(zh, en, value.strip()) for zh, en, value in lines if value.strip()]
