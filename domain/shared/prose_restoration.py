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
    "reorganisation_unnamed": ("须写明法院和裁定书文号。", "Name the court and the number of its ruling."),
    "reorganisation_not_ruled": (
        "裁定日期不能晚于今日：法院裁定批准重整计划后才能暂时屏蔽。",
        "The ruling cannot be later than today: a record rests once the court approved the plan.",
    ),
    "reorganisation_end": (
        "暂时屏蔽须有截止日期，在今日之后、不晚于{last}。",
        "A temporary shield needs an end: after today, {last} at the latest.",
    ),
    "reorganisation_unproven": (
        "须附裁定书或执行情况的证据摘要，一份至{most}份（SHA-256，64位小写十六进制）。",
        "Give the ruling or the proof of performance: one to {most} file digests (SHA-256, 64 small hex digits).",
    ),
    "reorganisation_outcome": ("结果须为：{values}。", "The outcome is one of: {values}."),
    "reorganisation_decided_already": (
        "这项暂时屏蔽申请已经办结。",
        "This application for a temporary shield is decided already.",
    ),
    "reorganisation_not_begun": (
        "这条记录尚未暂时屏蔽：先就申请作出决定。",
        "The record does not rest yet: decide on the application first.",
    ),
    "reorganisation_ended_already": ("这次暂时屏蔽已经结束。", "This temporary shield ended already."),
    "restoration_closed_already": ("这项恢复信誉任务已经办结。", "This restoration is closed already."),
}
