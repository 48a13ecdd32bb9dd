"""Settings: what a default must be, which value counts on a day, and which changes are refused by which rule."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.refusals import sentence
from domain.shared.rule_settings import (
    MAXIMUM_MONTHS,
    MINIMUM_MONTHS,
    SETTINGS,
    RuleSettings,
    SettingChanged,
    maximum_months,
    setting_defects,
)
from infrastructure.remedy_data import load_settings
from interfaces.rulebook import rulebook
from tests.world import DATA

TODAY = date(2026, 11, 21)
DAY = timedelta(days=1)
ANSWER = "repair.answer_working_days"


def change(name: str = ANSWER, value: tuple[int, ...] = (20,), *, on: date = TODAY + DAY, **more: Any):
    said = {"source": "示例市信用办〔2026〕3号", "status": "SEED", "reason": "办件量增加", **more}
    return SettingChanged(
        originator_id=UUID(int=1),
        originator_version=1,
        timestamp=datetime(2026, 11, 21, 4, tzinfo=UTC),
        name=name,
        value=list(value),
        from_day=on.isoformat(),
        officer="credit_office-1",
        **said,
    )


def codes(event: SettingChanged, settings: RuleSettings | None = None) -> list[str]:
    found = setting_defects(event, settings or load_settings(), today=TODAY)
    assert all(sentence(d) and sentence(d, "en") and d.rule == SETTINGS[event.name].rule for d in found)
    return [d.code for d in found]


def test_every_setting_serves_a_rule_and_has_a_default_with_a_source() -> None:
    for name, setting in SETTINGS.items():
        (default,) = load_settings().history(name)
        assert setting.rule in rulebook() and default.source and len(default.numbers) == setting.numbers


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d["settings"].pop(ANSWER),
        lambda d: d["settings"].update(other=d["settings"][ANSWER]),
        lambda d: d["settings"][ANSWER].update(value=0),
        lambda d: d["settings"][ANSWER].update(value=True),
        lambda d: d["settings"][ANSWER].update(value=2),
        lambda d: d["settings"][ANSWER].update(source=" "),
        lambda d: d["settings"][ANSWER].update(status="SURE"),
        lambda d: d["settings"][MINIMUM_MONTHS].update(value=[0, 13, 13]),
        lambda d: d["settings"][MINIMUM_MONTHS].update(value=[3, 0, 12]),
        lambda d: d["settings"][MINIMUM_MONTHS].update(value=[0, 3]),
    ],
    ids=[
        "missing",
        "unknown",
        "bound",
        "no number",
        "before acceptance",
        "source",
        "status",
        "above",
        "falls",
        "two",
    ],
)
def test_a_default_without_source_or_sense_is_an_error(spoil: Any) -> None:
    data = json.loads((DATA / "settings.json").read_text(encoding="utf-8"))
    spoil(data)
    with pytest.raises(ValueError, match="default"):
        RuleSettings.from_data(data)


def test_a_value_counts_from_its_day_on_and_a_later_decision_for_the_same_day_replaces_it() -> None:
    events = [change(value=(20,), on=TODAY + 10 * DAY), change(value=(5,), on=TODAY + 5 * DAY)]
    settings = load_settings().after([*events, change(value=(15,), on=TODAY + 10 * DAY)])
    days = {n: settings.number(ANSWER, on=TODAY + n * DAY) for n in (-1000, 4, 5, 9, 10, 1000)}
    assert days == {-1000: 10, 4: 10, 5: 5, 9: 5, 10: 15, 1000: 15}
    assert [v.numbers for v in settings.history(ANSWER)] == [(10,), (20,), (5,), (15,)]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 30), st.integers(3, 60)), max_size=6))
def test_no_change_touches_a_day_that_has_begun_when_it_is_decided(said: list[tuple[int, int, int]]) -> None:
    settings, today = load_settings(), TODAY
    for wait, ahead, number in said:
        today += wait * DAY
        after = settings.after([change(value=(number,), on=today + ahead * DAY)])
        for before in range(40):
            day = today - before * DAY
            assert after.number(ANSWER, on=day) == settings.number(ANSWER, on=day)
        settings = after


def test_a_change_never_reaches_back_not_even_to_today() -> None:
    assert codes(change(on=TODAY + DAY)) == []
    for days in (0, 1, 400):
        (defect,) = setting_defects(change(on=TODAY - days * DAY), load_settings(), today=TODAY)
        assert (defect.rule, defect.code) == ("REP-4", "setting_retroactive")
        assert "2026-11-22" in sentence(defect)


@pytest.mark.parametrize(
    ("event", "refused"),
    [
        (change(value=(60,)), []),
        (change(value=(61,)), ["setting_out_of_bounds"]),
        (change(value=(3, 4, 5)), ["setting_out_of_bounds"]),
        (change(value=(2,)), ["setting_contradicts"]),
        (change(source=" "), ["setting_unexplained"]),
        (change(reason="因" * 501), ["setting_unexplained"]),
        (change("list_standard.comment_days", (30,)), []),
        (change("list_standard.comment_days", (29,)), ["setting_out_of_bounds"]),
        (change(MAXIMUM_MONTHS, (3, 6, 24)), []),
        (change(MAXIMUM_MONTHS, (3, 6, 11)), ["setting_contradicts"]),
        (change(MAXIMUM_MONTHS, (12, 6, 24)), ["setting_out_of_bounds"]),
    ],
)
def test_a_change_is_held_to_its_bounds_and_to_the_other_settings(
    event: SettingChanged, refused: list[str]
) -> None:
    assert codes(event) == refused


def test_a_change_must_fit_what_is_already_decided_for_later() -> None:
    later = load_settings().after([change(MINIMUM_MONTHS, (0, 3, 24), on=TODAY + 30 * DAY)])
    assert codes(change(MAXIMUM_MONTHS, (3, 12, 20)), later) == ["setting_contradicts"]
    assert codes(change(MAXIMUM_MONTHS, (3, 12, 24)), later) == []


def test_the_views_know_only_what_events_set() -> None:
    settings = load_settings().after([change(MAXIMUM_MONTHS, (3, 6, 24), on=TODAY + DAY)])
    history = settings.history(MAXIMUM_MONTHS)
    assert maximum_months(history, on=TODAY) is None
    assert maximum_months(history, on=TODAY + DAY) == (3, 6, 24)
    assert maximum_months(load_settings().history(MAXIMUM_MONTHS), on=TODAY) is None


@pytest.mark.parametrize(
    ("limit", "name", "place"),
    [
        ("T01", "determination.publish_working_days", 0),
        ("T02", "joint.feedback_day", 0),
        ("T03", "list_standard.comment_days", 0),
        ("T04", "green_channel.clean_years", 0),
        ("T20", MAXIMUM_MONTHS, 0),
        ("T21", MINIMUM_MONTHS, 1),
        ("T26", "repair.accept_working_days", 0),
        ("T27", "repair.answer_working_days", 0),
        ("T42", "objection.forward_working_days", 0),
    ],
)
def test_a_default_is_the_figure_that_its_source_gives(limit: str, name: str, place: int) -> None:
    limits = json.loads((DATA / "timelimits.json").read_text(encoding="utf-8"))["rules"]
    found = next(entry for entry in limits if entry["id"] == limit)
    assert load_settings().value(name, on=TODAY).numbers[place] == int(found["value"])
