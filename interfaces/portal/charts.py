"""The charts of the page of indicators, as SVG without scripts that loads nothing; the table says the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.oversight.indicators import NAMES, OVERDUE, REFUSED

COLOURS = ("#1f5fa8", "#c2452d", "#b8860b")
MARGIN_PIXELS, LACKING_PIXELS = 20, 5
ROW_PIXELS, FRAME_PIXELS, LEGEND_PIXELS, WIDTH_PIXELS, NO_DATA_PIXELS = 34, 110, 24, 900, 20


@dataclass(frozen=True)
class Chart:
    """One chart (图): its title, and the bars of each unit by the name of an indicator."""

    zh: str
    en: str
    names: Sequence[str]


CHARTS: Mapping[str, Chart] = {
    "timeliness": Chart("及时率（%）", "In time, %", ("in_time_percent",)),
    "refusals": Chart("被拒次数", "Refused", (REFUSED,)),
    "objections": Chart("异议", "Objections", ("objections_decided", "objections_upheld")),
    "repairs": Chart(
        "信用修复用时（工作日）", "Repair, working days", ("repair_days_median", "repair_days_p90")
    ),
    "feedback": Chart("逾期未确认", "Not acknowledged in time", OVERDUE),
    "flags": Chart("责任线索", "Flags", ("flags_raised", "flags_closed", "flags_open")),
}


def draw(chart: Chart, units: Sequence[Mapping[str, Any]]) -> bytes:
    """The chart of those units that have a bar, as SVG; of what is not told there is none."""
    import pygal  # noqa: PLC0415 - a heavy import, seldom needed
    from pygal.style import CleanStyle  # noqa: PLC0415

    style = CleanStyle(
        font_family="sans-serif", colors=COLOURS, background="white", plot_background="white",
        no_data_font_size=NO_DATA_PIXELS,
    )  # fmt: skip
    units = [unit for unit in units if any(_value(unit, name) for name in chart.names)]
    bars = ROW_PIXELS * max(len(units), 1) * len(chart.names)
    height = FRAME_PIXELS + bars + LEGEND_PIXELS * len(chart.names)
    drawn = pygal.HorizontalBar(
        style=style, js=(), width=WIDTH_PIXELS, height=height, truncate_label=-1, truncate_legend=-1,
        legend_at_bottom=True, legend_at_bottom_columns=1, margin_left=MARGIN_PIXELS + _beside(units),
        print_values=True, print_zeroes=False, no_prefix=True, no_data_text="本月没有可公开的数据 nothing to tell",
        range=(0, 100) if chart.names == ("in_time_percent",) else None, title=f"{chart.zh} {chart.en}",
    )  # fmt: skip
    drawn.add_xml_filter(_without_scripts)
    drawn.x_labels = [unit["name"] for unit in units]
    for name in chart.names:
        zh, en = NAMES[name]
        drawn.add(f"{zh} {en}", [_value(unit, name) for unit in units])
    rendered: Callable[[], bytes] = drawn.render
    return rendered()


def _beside(units: Sequence[Mapping[str, Any]]) -> int:
    """The room that the names of units need beside what pygal leaves them: it takes each character for a Latin one."""
    return max((len(unit["name"]) for unit in units), default=0) * LACKING_PIXELS


def _without_scripts(root: Any) -> Any:
    """The picture without the settings that pygal leaves for its own script."""
    for script in root.findall(".//script"):
        for parent in root.iter():
            if script in parent:
                parent.remove(script)
    return root


def _value(unit: Mapping[str, Any], name: str) -> int | None:
    if name == REFUSED:
        return sum(int(one["times"]) for one in unit[REFUSED]) or None
    found = unit.get(name)
    return found if isinstance(found, int) else None
