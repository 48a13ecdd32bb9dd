"""What the indicators of a unit are, and what of them anyone is told (SUP-1), without a ledger."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.oversight.indicators import NAMES, OVERDUE, PLAIN, STEP, indicators, told_in_public
from interfaces.portal.charts import CHARTS, draw

COUNTS = {
    ("recorded", ""): 200, ("late", ""): 13, ("refused", "CAT-1"): 12, ("refused", "DET-2"): 4,
    ("objections_decided", ""): 9, ("objections_upheld", ""): 3, ("repairs_decided", "2"): 5,
    ("repairs_decided", "7"): 4, ("repairs_decided", "30"): 1, ("queries", ""): 41, ("flags_raised", ""): 6,
    ("flags_open", ""): 2, ("feedback_overdue", ""): 7,
    ("acceptance_overdue", ""): 6, ("flags_unanswered", ""): 4,
}  # fmt: skip


def test_sup_1_a_unit_is_told_its_numbers_exactly() -> None:
    told = indicators("U", "示范局", COUNTS)
    assert (told["recorded"], told["late"], told["in_time_percent"]) == (200, 13, 93)
    assert told["refused"] == [{"rule": "CAT-1", "times": 12}, {"rule": "DET-2", "times": 4}]
    assert (told["repairs_decided"], told["repair_days_median"], told["repair_days_p90"]) == (10, 2, 7)
    assert (told["flags_raised"], told["flags_closed"], told["flags_open"]) == (6, 0, 2)
    assert (told["feedback_overdue"], told["acceptance_overdue"], told["flags_unanswered"]) == (7, 6, 4)
    public = told_in_public(told)
    assert (public["feedback_overdue"], public["acceptance_overdue"]) == (
        5,
        5,
    ) and "flags_unanswered" not in public


def test_sup_1_what_rests_on_nothing_has_no_share_and_no_days() -> None:
    told = indicators("U", "示范局", {})
    assert {name: told[name] for name in PLAIN} == dict.fromkeys(PLAIN, 0)
    assert not {"in_time_percent", "repair_days_median", "repair_days_p90", *OVERDUE} & set(told)


def test_sup_1_the_public_is_told_full_fives_and_nothing_that_rests_on_fewer() -> None:
    told = told_in_public(indicators("U", "示范局", COUNTS))
    assert (told["recorded"], told["late"], told["in_time_percent"]) == (200, 10, 90)
    assert told["refused"] == [{"rule": "CAT-1", "times": 10}]
    assert (told["objections_decided"], told["objections_upheld"]) == (5, 0)
    assert (told["repairs_decided"], told["repair_days_p90"], told["flags_open"]) == (10, 7, 0)
    few = told_in_public(indicators("U", "示范局", {("repairs_decided", "3"): 4, ("recorded", ""): 4}))
    assert (few["repairs_decided"], few["recorded"]) == (0, 0)
    assert not {"in_time_percent", "repair_days_median", "repair_days_p90"} & set(few)


@given(st.dictionaries(st.sampled_from(sorted(COUNTS)), st.integers(0, 400)))
def test_no_single_act_shows_in_what_the_public_is_told(counts: dict[tuple[str, str], int]) -> None:
    told = told_in_public(indicators("U", "示范局", counts))
    numbers = [told[name] for name in PLAIN] + [one["times"] for one in told["refused"]]  # type: ignore[union-attr,call-overload,index]
    assert all(number % STEP == 0 for number in numbers)  # type: ignore[operator]
    assert told.get("in_time_percent", 0) % STEP == 0  # type: ignore[operator]


def test_the_charts_show_what_the_table_shows_and_bring_no_script() -> None:
    units = [told_in_public(indicators("U", "示范局", COUNTS)), told_in_public(indicators("V", "二局", {}))]
    for chart in CHARTS.values():
        drawn = draw(chart, units).decode()
        assert "示范局" in drawn and "<script" not in drawn and chart.zh in drawn
        assert all(NAMES[name][0] in drawn for name in chart.names)
