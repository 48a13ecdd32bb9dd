"""Decides what is counted of a unit in a month, what the indicators of it are, and what the public is told (SUP-1).

Before it stands the fold of both logs into counts; after it the page, the workbook and the monthly notice. It counts
what departments did, never whom it was about.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from domain.shared.canonical import Json
from domain.shared.events import Event
from domain.shared.kinds import Kind

STEP = 5
"""What the public is told in: full fives; what rests on fewer than five is not told."""
RECORDED, LATE, REFUSED = "recorded", "late", "refused"
OBJECTIONS, UPHELD = "objections_decided", "objections_upheld"
REPAIRS, QUERIES, REVIEWED = "repairs_decided", "queries", "queries_reviewed"
FLAGS_RAISED, FLAGS_CLOSED, FLAGS_OPEN = "flags_raised", "flags_closed", "flags_open"
FEEDBACK_OVERDUE, ACCEPTANCE_OVERDUE = "feedback_overdue", "acceptance_overdue"
FLAGS_UNANSWERED = "flags_unanswered"
OVERDUE = (FEEDBACK_OVERDUE, ACCEPTANCE_OVERDUE, FLAGS_UNANSWERED)
"""What a unit was told of and did not acknowledge in time (逾期未确认): a joint action or its report (JNT-1), an
application for repair that it neither accepted nor asked about (REP-4), a flag (ACC-1). What is nothing is left out."""
UNIT = "unit"
"""Whose day was missed, in the envelope of the event that records it: counted after an erasure as before it."""
Counts = Mapping[tuple[str, str], int]
"""How many in one month of one unit, by name and detail: the rule of a refusal, the working days of a repair."""
PLAIN = (
    RECORDED,
    LATE,
    OBJECTIONS,
    UPHELD,
    REPAIRS,
    QUERIES,
    REVIEWED,
    FLAGS_RAISED,
    FLAGS_CLOSED,
    FLAGS_OPEN,
)
NAMES: Mapping[str, tuple[str, str]] = {
    RECORDED: ("记录数", "records determined"),
    LATE: ("其中逾期", "of these late"),
    "in_time_percent": ("及时率（%）", "in time, %"),
    REFUSED: ("被拒次数", "refused"),
    OBJECTIONS: ("异议办结数", "objections decided"),
    UPHELD: ("其中成立", "of these upheld"),
    REPAIRS: ("信用修复办结数", "repairs decided"),
    "repair_days_median": ("修复用时中位数（工作日）", "repair, median working days"),
    "repair_days_p90": ("修复用时九成以内（工作日）", "repair, nine in ten within working days"),
    QUERIES: ("查询次数", "queries"),
    REVIEWED: ("其中已审查", "of its queries reviewed"),
    FEEDBACK_OVERDUE: ("联合奖惩逾期未反馈", "joint action, feedback overdue"),
    ACCEPTANCE_OVERDUE: ("修复申请逾期未受理", "repairs not accepted in time"),
    FLAGS_UNANSWERED: ("线索逾期未答复", "flags not answered in time"),
    FLAGS_RAISED: ("新增责任线索", "flags raised"),
    FLAGS_CLOSED: ("办结责任线索", "flags closed"),
    FLAGS_OPEN: ("月末未办结线索", "flags open at the end"),
}
"""What the members of a unit's indicators are called; one that rests on nothing is left out."""


class IndicatorsNotified(Event):
    """The credit office's monthly notice of how units did (考核通报, 000 三(四), 15号 三(二)), sealed with its key.

    ``content`` is what the public is told, ``digest`` its SHA-256 over canonical JSON; ``exact`` the indicators that it
    rests on, for the office and, each its own, for the units.
    """

    TOPIC: ClassVar[str] = "indicators.notified"
    KIND: ClassVar[Kind] = Kind.INDICATORS_NOTIFIED
    PART_OF: ClassVar[Mapping[str, str]] = {"exact": "restricted"}
    month: str
    digest: str
    content: dict[str, Json]
    exact: list[dict[str, Json]] | None = None


def indicators(unit: str, name: str, counts: Counts) -> dict[str, Json]:
    """The indicators (考核指标) of one unit in one month, exact.

    A share and a number of days are left out where nothing was recorded or decided. Days are by nearest rank: the
    fewest working days within which half, or nine in ten, of the repairs were decided.
    """
    by_name: dict[str, dict[str, int]] = {}
    for (measure, detail), number in counts.items():
        by_name.setdefault(measure, {})[detail] = number
    told: dict[str, Json] = {"unit": unit, "name": name}
    told |= {measure: sum(by_name.get(measure, {}).values()) for measure in PLAIN}
    told[REFUSED] = [
        {"rule": rule, "times": times} for rule, times in sorted(by_name.get(REFUSED, {}).items())
    ]
    recorded, late = (sum(by_name.get(measure, {}).values()) for measure in (RECORDED, LATE))
    if recorded:
        told["in_time_percent"] = (recorded - min(late, recorded)) * 100 // recorded
    told |= {name: missed for name in OVERDUE if (missed := sum(by_name.get(name, {}).values()))}
    days = {int(detail): number for detail, number in by_name.get(REPAIRS, {}).items()}
    if days:
        told["repair_days_median"] = _within(days, 50)
        told["repair_days_p90"] = _within(days, 90)
    return told


def told_in_public(exact: Mapping[str, Json]) -> dict[str, Json]:
    """A unit's indicators as anyone may see them: full fives, and nothing that rests on fewer than five."""
    told: dict[str, Json] = {"unit": exact["unit"], "name": exact["name"]}
    told |= {measure: _fives(exact[measure]) for measure in PLAIN}
    refused = exact[REFUSED]
    assert isinstance(refused, list)
    told[REFUSED] = [
        {"rule": one["rule"], "times": times}
        for one in refused
        if isinstance(one, dict) and (times := _fives(one["times"]))
    ]
    told |= {name: missed for name in OVERDUE if (missed := _fives(exact.get(name, 0)))}
    if told[RECORDED]:
        told["in_time_percent"] = _fives(exact["in_time_percent"])
    if told[REPAIRS]:
        told |= {name: exact[name] for name in ("repair_days_median", "repair_days_p90")}
    return told


def _fives(number: Json) -> int:
    assert isinstance(number, int)
    return number // STEP * STEP


def _within(days: Mapping[int, int], percent: int) -> int:
    """The fewest days within which so many of a hundred were done."""
    wanted, so_far = -(-sum(days.values()) * percent // 100), 0
    for day in sorted(days):
        so_far += days[day]
        if so_far >= wanted:
            return day
    raise ValueError("nothing was counted")
