"""What the public pages make of a record: its line in time, its fields, the notes on its term."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.queries.public import PublicRecord, PublicSubject
from interfaces.client.form_data import load_forms
from interfaces.portal.showing import CORRECTED, MAIN_FIELDS, show_record, show_subject
from interfaces.portal.timeline import FIRST_PERCENT, LAST_PERCENT, timeline

TODAY = date(2026, 11, 21)
RECORDED = "2026-11-20T17:30:00.000000Z"
DAYS = st.integers(0, 4000).map(timedelta)


def record(form: str, fields: dict[str, str], *, until: date | None, number: int = 1, item: str = "C03-02"):
    shown: dict[str, Any] = {
        "form": form,
        "item": item,
        "item_name_zh": "行政处罚信息",
        "item_name_en": "Administrative penalties",
        "recorded_at": RECORDED,
        "fields": fields,
    }
    return PublicRecord(UUID(int=number), 40 + number, until, shown)


def penalty(**fields: str) -> dict[str, str]:
    return {"CF_XDR_MC": "甲公司", "CF_WSH": "示罚〔2026〕1号", "CF_JDRQ": "2026-11-01", **fields}


@given(before=DAYS, since=DAYS, left=st.none() | DAYS)
def test_every_moment_lies_within_the_line_and_in_order(
    before: timedelta, since: timedelta, left: timedelta | None
):
    recorded = datetime(TODAY.year, TODAY.month, TODAY.day, 4, tzinfo=UTC) - since
    line = timeline(
        decided_on=recorded.date() - before,
        recorded_at=recorded,
        position=7,
        until=None if left is None else TODAY + left,
        today=TODAY,
    )
    places = [moment.place_percent for moment in line.moments]
    assert places == sorted(places)
    assert places[0] == FIRST_PERCENT
    assert places[-1] <= LAST_PERCENT
    assert all(FIRST_PERCENT < tick.place_percent < LAST_PERCENT for tick in line.years)
    assert line.open_ended == (left is None)


def test_the_instant_of_recording_is_told_in_the_city_s_time_and_lies_on_the_city_s_day():
    line = show_record(record("penalty", penalty(), until=TODAY), load_forms(), today=TODAY).timeline
    assert line.recorded.shown == "2026-11-21 01:30:00 +08:00"
    assert line.recorded.place_percent == line.today.place_percent
    assert line.today.remark_zh == "今日为公示最后一日"


@pytest.mark.rule("OBJ-5")
def test_obj_5_a_corrected_record_says_so_and_does_not_pass_its_correction_off_as_its_recording():
    plain = record("penalty", penalty(CF_GSJZQ="2026-11-21", DISCREDIT_LEVEL="轻微"), until=TODAY)
    mended = replace(plain, shown={**plain.shown, "corrects": "5f" * 32})
    for found, moment, notes in ((plain, "记入账本", ()), (mended, "更正记入账本", (CORRECTED,))):
        shown = show_record(found, load_forms(), today=TODAY)
        assert (shown.timeline.recorded.name_zh, shown.notes) == (moment, notes)


def test_an_open_end_is_drawn_beyond_today_and_has_no_date():
    line = show_record(record("penalty", penalty(), until=None), load_forms(), today=TODAY).timeline
    assert line.ends.place_percent > line.today.place_percent
    assert line.ends.machine == ""


def test_every_main_field_belongs_to_its_form_and_is_public():
    for kind, form in load_forms().items():
        assert {form.part_of(code, "法人及非法人组织") for code in MAIN_FIELDS[kind]} == {"public"}


def test_no_field_is_lost_between_the_two_lists():
    fields = penalty(CF_CFJG="示范市市场监督管理局", CF_SJLY="示范市市场监督管理局", CF_NR="警告")
    shown = show_record(record("penalty", fields, until=TODAY), load_forms(), today=TODAY)
    assert {line.code for line in (*shown.main, *shown.rest)} == set(fields)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("57.083", "57.083 万元（570,830 元）"),
        ("0.000001", "0.000001 万元（0.01 元）"),
        ("100", "100 万元（1,000,000 元）"),
    ],
)
def test_an_amount_is_told_in_yuan_too(amount: str, shown: str):
    found = show_record(record("penalty", penalty(CF_NR_FK=amount), until=TODAY), load_forms(), today=TODAY)
    assert next(line.value for line in found.main if line.code == "CF_NR_FK") == shown


@pytest.mark.rule("PUB-2")
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"CF_GSJZQ": "2026-12-01", "DISCREDIT_LEVEL": "轻微"}, []),
        ({"DISCREDIT_LEVEL": "轻微"}, ["未报送公示截止期"]),
        ({"CF_GSJZQ": "2029-12-01", "DISCREDIT_LEVEL": "轻微"}, ["2029-12-01 超过最长公示期"]),
        ({"CF_GSJZQ": "2026-12-01"}, ["未报送失信严重程度"]),
    ],
)
def test_what_was_assumed_for_the_term_is_said(fields: dict[str, str], words: list[str]):
    found = record("penalty", penalty(**fields), until=date(2026, 12, 1))
    notes = show_record(found, load_forms(), today=TODAY).notes
    assert len(notes) == len(words)
    assert all(word in note.zh for word, note in zip(words, notes, strict=True))


def test_a_determination_is_shown_like_the_two_other_forms():
    fields = {
        "RD_XDR_MC": "甲公司",
        "RD_WSH": "示认〔2026〕3号",
        "RD_JDRQ": "2026-11-01",
        "RD_NR": "列入名单",
    }
    shown = show_record(record("determination", fields, until=None), load_forms(), today=TODAY)
    assert (shown.document_number, shown.subject_name, shown.notes) == ("示认〔2026〕3号", "甲公司", ())


def test_records_stand_under_their_item_and_the_newest_name_is_the_subject_s():
    records = (
        record("penalty", penalty(CF_XDR_MC="乙公司"), until=TODAY, number=3),
        record("penalty", penalty(), until=TODAY, number=2, item="C03-09"),
        record("penalty", penalty(), until=TODAY, number=1),
    )
    subject = show_subject(PublicSubject(UUID(int=9), records), load_forms(), today=TODAY)
    assert subject.name == "乙公司"
    assert [[r.position for r in group.records] for group in subject.groups] == [[43, 41], [42]]
