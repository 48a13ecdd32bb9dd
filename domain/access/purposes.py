"""Which purposes there are, by whom each is stated and by which rules (QRY-1, 49号(十三) 明确信息查询使用权限).

What the platform itself knows stands here; the credit office registers the others, each for queries of any department
whose scope or consent names it. ``GET /v1/purposes`` tells both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.access.model import (
    CASE_HANDLING,
    INCIDENT_HANDLING,
    INSTRUMENT_CLEANUP,
    LEAK_TRACING,
    OF_PLATFORM,
    OWN_RECORDS,
    QUERY_REVIEW,
    RED_LISTING,
    SUPERVISION,
    TIP_OFFS,
    Purpose,
)

REGISTERED, PLATFORM = "registered", "platform"


@dataclass(frozen=True)
class Use:
    """Who states a purpose (用途), in words; officers of these ``roles`` only if there are any; by which ``rules``."""

    zh: str
    en: str
    rules: tuple[str, ...]
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stated:
    """A purpose with its use; ``kind`` is ``registered`` by the credit office or of the ``platform``."""

    purpose: Purpose
    kind: str
    use: Use


OF_QUERIES = Use(
    "任一登记部门的经办人（被停止查询权限的除外），须写明所办案件和依据；只能看到共享范围写明本部门和该用途的事项，或者主体授权的事项",
    "an officer of any registered department who is not suspended, with case and ground; shown are items whose scope"
    " names the department and this purpose, or to which the subject consented",
    ("QRY-1", "SHR-1", "SHR-2", "PRV-2"),
)
"""How a registered purpose is stated."""
USES: Mapping[str, Use] = {
    OWN_RECORDS.code: Use(
        "信用办的门户，代主体本人或者其代理人",
        "the credit office's portal, for the subject itself or its agent",
        ("PRV-3",),
    ),
    CASE_HANDLING.code: Use(
        "任一登记部门的经办人，办理本部门的案件和待办",
        "an officer of any registered department, for cases and tasks of its own",
        ("OBJ-1", "REP-4", "LST-4", "JNT-1"),
    ),
    INSTRUMENT_CLEANUP.code: Use(
        "本单位的经办人，信用办的经办人可取全部",
        "an officer of the unit itself; one of the credit office for all",
        ("INS-1",),
    ),
    LEAK_TRACING.code: Use(
        "信用办的经办人，须写明所办案件和依据",
        "an officer of the credit office, with case and ground",
        ("QRY-4",),
    ),
    SUPERVISION.code: Use(
        "本单位的经办人，信用办的经办人可看全部",
        "an officer of the unit itself; one of the credit office for all",
        ("ACC-1", "QRY-5", "SUP-1"),
    ),
    RED_LISTING.code: Use(
        "无须填写：部门列入红名单时，平台以此目的查看主体的不良记录",
        "stated by nobody: the platform looks for adverse records under it when a department enters a red list",
        ("JNT-2",),
    ),
    QUERY_REVIEW.code: Use(
        "查询部门或者信用办的监督员，不是查询人本人",
        "a supervisor of the department that queried or of the credit office, never who queried",
        ("QRY-3",),
        ("supervisor",),
    ),
    TIP_OFFS.code: Use(
        "举报所在部门指定的办理人；信用办的经办人可看清单，看不到举报人",
        "a named handler of the department where the tip-off lies; the credit office lists them without names",
        ("WHS-1",),
        ("tip_off_handler",),
    ),
    INCIDENT_HANDLING.code: Use("信用办的经办人", "an officer of the credit office", ("ACC-5",)),
}
"""Who states each of the platform's own purposes."""


def stated_purposes(registered: Iterable[Purpose]) -> list[Stated]:
    """Every purpose by its code, the registered ones first; of one code the newest registration."""
    newest = {purpose.code: purpose for purpose in registered}
    found = [Stated(newest[code], REGISTERED, OF_QUERIES) for code in sorted(newest)]
    return [*found, *(Stated(OF_PLATFORM[code], PLATFORM, USES[code]) for code in sorted(OF_PLATFORM))]
