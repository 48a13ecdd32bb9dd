"""One penalty with a known content, for the story that is told of it from determination to repair."""

from __future__ import annotations

from datetime import date, timedelta

from domain.shared.canonical import Parts
from interfaces.demo.city import DemoDepartment

OLD_DAYS = 200
"""Older than the minimum term of its severity, so that it may be repaired."""


def penalty_of(source: DemoDepartment, name: str, code: str, *, number: int, today: date) -> Parts:
    """A penalty of severity 一般 that is old enough to be repaired, under a document number of its own.

    Parts as a determination sends them; ``number`` has at most nine digits.
    """
    decided = today - timedelta(days=OLD_DAYS)
    return {
        "public": {
            "form": "penalty",
            "item": "C03-02",
            "CF_WSH": f"示市监演罚字〔{decided.year}〕{number:09d}号",
            "CF_XDR_MC": name,
            "CF_XDR_LB": "法人及非法人组织",
            "CF_XDR_SHXYM": code,
            "CF_WFXW": "未按规定公示年度报告",
            "CF_YJ": "《企业信息公示暂行条例》第十八条",
            "CF_CFLB": "罚款",
            "CF_NR": "罚款人民币2.5万元",
            "CF_NR_FK": "2.5",
            "CF_JDRQ": decided.isoformat(),
            "CF_GSJZQ": (decided + timedelta(days=360)).isoformat(),
            "CF_CFJG": source.name,
            "CF_CFJGDM": source.code,
            "CF_SJLY": source.name,
            "CF_SJLYDM": source.code,
            "DISCREDIT_LEVEL": "一般",
        },
        "restricted": {"CF_SY": "经查，当事人未按规定公示年度报告，事实清楚、证据确凿。"},
        "person/1": {"CF_FRDB": "示例"},
    }
