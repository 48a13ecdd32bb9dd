"""Settings: the limits and thresholds that the texts leave to the office, each in force from a day on.

Defaults come from ``data/settings.json`` with their sources; the credit office changes one by an event that takes
effect on a later day, so that no day that has begun is judged anew. Commands read the value of the day that counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from domain.shared.events import Event
from domain.shared.kinds import Kind
from domain.shared.refusals import Defect
from domain.shared.rulebook import STATUSES
from domain.shared.text import says

PER_SEVERITY = 3
"""Such a value has one number for each of 轻微, 一般, 严重, in this order."""
TEXT_MAX = 500
MAXIMUM_MONTHS = "publicity.maximum_months"
MINIMUM_MONTHS = "repair.minimum_months"
FEEDBACK_DAY = "joint.feedback_day"
PUBLISH_DAYS = "determination.publish_working_days"
COMMENT_DAYS = "list_standard.comment_days"
MEETING_MEMBERS = "meeting.members_min"
MEETING_AGREEING = "meeting.agreeing_percent"
REVIEW_MONTHS = "proposal.review_months"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting (规则参数): the rule that it serves, its unit, how many numbers it has and their bounds."""

    name: str
    rule: str
    zh: str
    en: str
    unit: str
    least: int
    most: int
    numbers: int = 1


SETTINGS: Mapping[str, Setting] = {
    s.name: s
    for s in (
        Setting(
            "objection.own_scope_working_days", "OBJ-1", "异议：本单位信息的答复时限",
            "Objection to the receiving department's own record: answer", "working_days", 1, 60,
        ),
        Setting(
            "objection.source_unit_working_days", "OBJ-1", "异议：其他单位信息的答复时限",
            "Objection to another department's record: answer", "working_days", 1, 60,
        ),
        Setting(
            "objection.forward_working_days", "OBJ-1", "异议：转交信息提供单位的时限",
            "Objection: handed on to the source", "working_days", 1, 30,
        ),
        Setting(
            "objection.restore_working_days", "OBJ-4", "异议成立后恢复信誉的时限",
            "Upheld objection: reputation restored", "working_days", 1, 60,
        ),
        Setting(
            "repair.accept_working_days", "REP-4", "信用修复：受理时限", "Repair: acceptance", "working_days", 1, 30,
        ),
        Setting(
            "repair.answer_working_days", "REP-4", "信用修复：办结时限", "Repair: answer", "working_days", 1, 60,
        ),
        Setting(
            "repair.extend_working_days", "REP-4", "信用修复：延长办理的最长期限（一次）",
            "Repair: longest extension, once", "working_days", 1, 30,
        ),
        Setting(
            "repair.bar_months", "REP-5", "修复被撤销后不得再次申请的期限", "No further repair after one was revoked",
            "months", 1, 60,
        ),
        Setting(
            MINIMUM_MONTHS, "REP-5", "最短公示期（可申请修复之前）", "Minimum term before a repair", "months", 0, 60,
            PER_SEVERITY,
        ),
        Setting(
            MAXIMUM_MONTHS, "PUB-4", "最长公示期", "Maximum term of publicity", "months", 0, 60, PER_SEVERITY,
        ),
        Setting("consent.months", "PRV-2", "授权的最长期限", "Longest consent", "months", 1, 60),
        Setting(
            PUBLISH_DAYS, "DET-6", "双公示时限", "Licences and penalties: published within",
            "working_days", 1, 20,
        ),
        Setting(
            COMMENT_DAYS, "LST-3", "名单认定标准征求意见期限", "A list's standard: open for comment",
            "days", 30, 365,
        ),
        Setting(
            MEETING_MEMBERS, "CAT-3", "联席会议：至少征求几家成员单位", "Joint meeting: members asked at least",
            "departments", 1, 100,
        ),
        Setting(
            MEETING_AGREEING, "CAT-3", "联席会议：审定通过所需同意比例（占全部受邀成员）",
            "Joint meeting: share of the members asked that must agree", "percent", 1, 100,
        ),
        Setting(
            REVIEW_MONTHS, "LST-3", "定期评估：两次之间最长期限", "Periodic review: at most so long apart", "months",
            1, 120,
        ),
        Setting(FEEDBACK_DAY, "JNT-1", "联合奖惩反馈日", "Joint action: feedback by", "day_of_month", 1, 28),
        Setting(
            "green_channel.clean_years", "JNT-2", "绿色通道：无不良记录年限", "Green channel: years of clean record",
            "years", 1, 10,
        ),
        Setting(
            "review.sample_per_10000", "QRY-3", "查询审查：抽查比例", "Review of queries: drawn by chance", "per_10000",
            0, 10_000,
        ),
        Setting(
            "review.office_begins_hour", "QRY-3", "查询审查：办公开始时刻", "Review of queries: office hours from",
            "hour", 0, 23,
        ),
        Setting(
            "review.office_ends_hour", "QRY-3", "查询审查：办公结束时刻", "Review of queries: office hours until",
            "hour", 1, 24,
        ),
        Setting(
            "review.bulk_subjects", "QRY-3", "查询审查：一人一日查询主体数", "Review of queries: subjects of a day",
            "subjects", 1, 100_000,
        ),
        Setting(
            "review.working_days", "QRY-3", "查询审查：办结时限", "Review of queries: decided", "working_days", 1, 60,
        ),
        Setting(
            "watch_list.minor_records", "JNT-3", "重点关注名单：轻微失信次数", "Watch list: slight records", "records",
            2, 100,
        ),
        Setting(
            "watch_list.within_months", "JNT-3", "重点关注名单：计算期间", "Watch list: counted within",
            "months", 1, 60,
        ),
        Setting(
            "flag.recording_refusals", "ACC-1", "责任线索：目录外归集被拒次数", "Flag: refused outside the catalogue",
            "times", 1, 1000,
        ),
        Setting(
            "flag.measure_refusals", "ACC-2", "责任线索：清单外措施被拒次数", "Flag: measures refused",
            "times", 1, 1000,
        ),
        Setting(
            "flag.listing_refusals", "ACC-3", "责任线索：名单程序被拒次数", "Flag: steps of listing refused",
            "times", 1, 1000,
        ),
        Setting(
            "flag.look_refusals", "ACC-1", "责任线索：同一经办人查询被拒次数", "Flag: looks of one officer refused",
            "times", 1, 1000,
        ),
        Setting("flag.within_days", "ACC-1", "责任线索：计算期间", "Flag: refusals counted within", "days", 1, 365),
        Setting(
            "flag.answer_working_days", "ACC-1", "责任线索：单位答复时限", "Flag: the unit's answer",
            "working_days", 1, 60,
        ),
    )
}  # fmt: skip
"""Every setting there is; a new one needs a default in ``data/settings.json``."""


class SettingChanged(Event):
    """A setting was changed (规则参数调整) by an officer of the credit office, from ``from_day`` on (49号(八)(十二)).

    ``value`` has one number, or one per severity class; ``source`` names the text it rests on, ``status`` how sure
    that is; days are ISO text.
    """

    TOPIC: ClassVar[str] = "setting.changed"
    KIND: ClassVar[Kind] = Kind.SETTING_CHANGED
    name: str
    value: list[int]
    from_day: str
    source: str
    status: str
    reason: str
    officer: str


@dataclass(frozen=True, slots=True)
class Value:
    """What a setting is from a day on: ``from_day`` None is a default, which nobody decided here."""

    numbers: tuple[int, ...]
    source: str
    status: str
    from_day: date | None = None
    reason: str = ""
    author: str = ""


class RuleSettings:
    """All settings with every value that they ever had or will have, by day."""

    def __init__(self, values: Mapping[str, Sequence[Value]]) -> None:
        self._values = {name: tuple(found) for name, found in values.items()}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> RuleSettings:
        """The defaults under ``settings`` of ``data/settings.json``.

        Raises ``ValueError`` for a setting that is missing or unknown, a value out of its bounds, or one
        without a source; ``KeyError`` for another shape.
        """
        found = data["settings"]
        if set(found) != set(SETTINGS):
            raise ValueError("the defaults are not those of the settings that there are")
        values = {}
        for name, entry in found.items():
            given, source, status = entry["value"], entry["source"], entry["status"]
            numbers = tuple(given if isinstance(given, list) else [given])
            if not _fits(SETTINGS[name], numbers) or not source.strip() or status not in STATUSES:
                raise ValueError(f"the default of {name} is no value of it, or has no source")
            values[name] = (Value(numbers, source, status),)
        settings = cls(values)
        if _contradictory(settings, on=date.min):
            raise ValueError("the defaults contradict each other")
        return settings

    def after(self, events: Iterable[Event]) -> RuleSettings:
        """These and what the events changed, in their order."""
        values = {name: list(found) for name, found in self._values.items()}
        for event in events:
            if isinstance(event, SettingChanged):
                values.setdefault(event.name, []).append(value_of(event))
        return RuleSettings(values)

    def value(self, name: str, *, on: date) -> Value:
        """The value in force on a day: of those that had begun the latest begun, of equal days the last decided."""
        begun = [v for v in self._values[name] if v.from_day is None or v.from_day <= on]
        return max(enumerate(begun), key=lambda v: (v[1].from_day or date.min, v[0]))[1]

    def number(self, name: str, *, on: date) -> int:
        """The number in force on a day, of a setting that has one."""
        (number,) = self.value(name, on=on).numbers
        return number

    def history(self, name: str) -> tuple[Value, ...]:
        """Every value, in the order in which they were decided; the default first."""
        return self._values[name]


def value_of(event: SettingChanged) -> Value:
    """What an event made of a setting."""
    return Value(
        tuple(event.value),
        event.source,
        event.status,
        date.fromisoformat(event.from_day),
        event.reason,
        event.officer,
    )


def setting_defects(event: SettingChanged, settings: RuleSettings, *, today: date) -> list[Defect]:
    """Everything that forbids a change, each by the rule that the setting serves.

    It takes effect tomorrow at the earliest: what has begun today goes on as it began, and nothing is judged by a
    value that was not known on its day.
    """
    setting = SETTINGS[event.name]
    defects: list[Defect] = []
    numbers = tuple(event.value)
    if not _fits(setting, numbers):
        about = {"least": str(setting.least), "most": str(setting.most), "numbers": str(setting.numbers)}
        defects.append(Defect(setting.rule, "setting_out_of_bounds", "/value", about))
    begins = date.fromisoformat(event.from_day)
    if begins <= today:
        first = (today + timedelta(days=1)).isoformat()
        defects.append(Defect(setting.rule, "setting_retroactive", "/from_day", {"first": first}))
    for field in ("source", "reason"):
        text = getattr(event, field)
        if not says(text, most=TEXT_MAX):
            about = {"most": str(TEXT_MAX)}
            defects.append(Defect(setting.rule, "setting_unexplained", f"/{field}", about))
    if not defects:
        after = settings.after([event])
        # Whatever was decided for a later day must fit as well.
        later = [v.from_day for name in SETTINGS for v in after.history(name) if v.from_day]
        days = sorted({begins, *(day for day in later if day > begins)})
        if any(_contradictory(after, on=day) for day in days):
            defects.append(Defect(setting.rule, "setting_contradicts", "/value"))
    return defects


def maximum_months(changes: Sequence[Value], *, on: date) -> tuple[int, ...] | None:
    """The maximum terms of publicity that events had set for a day; None where none had."""
    begun = [(v.from_day, number) for number, v in enumerate(changes) if v.from_day and v.from_day <= on]
    return changes[max(begun)[1]].numbers if begun else None


def _fits(setting: Setting, numbers: Sequence[Any]) -> bool:
    return (
        len(numbers) == setting.numbers
        and all(isinstance(n, int) and not isinstance(n, bool) for n in numbers)
        and all(setting.least <= n <= setting.most for n in numbers)
        and list(numbers) == sorted(numbers)
    )


def _contradictory(settings: RuleSettings, *, on: date) -> bool:
    """Whether a minimum goes beyond its maximum, or a step may last longer than the whole."""
    least, most = (settings.value(name, on=on).numbers for name in (MINIMUM_MONTHS, MAXIMUM_MONTHS))
    accept, answer = (settings.number(f"repair.{s}_working_days", on=on) for s in ("accept", "answer"))
    return accept > answer or any(a > b for a, b in zip(least, most, strict=True))
