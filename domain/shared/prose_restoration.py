"""Sentences about restoring reputation; merged into the one table in ``prose.py``."""

from __future__ import annotations

RESTORATION_PROSE: dict[str, tuple[str, str]] = {
    "restoration_of_another": (
        "办结声明须写明所办任务起始事件的叶子哈希（restores）。",
        "The sealed statement names the leaf hash of the task's first event (restores).",
    ),
    "restoration_other_officer": (
        "办结声明所写经办人须与本次办理的经办人一致。",
        "The officer in the sealed statement is not the one who acts.",
    ),
    "restoration_manner": (
        "须写明恢复信誉的方式，一种或多种：{values}。",
        "Say in which manners reputation was restored, one or more of: {values}.",
    ),
    "restoration_evidence": (
        "没有证据不能办结：须附至少一份、至多{most}份证据的摘要（SHA-256，64位小写十六进制）。",
        "A task is not closed without evidence: give one to {most} file digests (SHA-256, 64 small hex digits).",
    ),
    "restoration_declaration": (
        "放弃恢复信誉须附主体声明书的摘要（SHA-256，64位小写十六进制）。",
        "A waiver needs the digest of the subject's declaration (SHA-256, 64 small hex digits).",
    ),
    "restoration_closed_already": ("这项恢复信誉任务已经办结。", "This restoration is closed already."),
}
