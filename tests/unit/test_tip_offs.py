"""Which step follows which, and what may be opened when (WHS-1)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.oversight.tip_off_names import held_names
from domain.oversight.tip_offs import (
    STEPS,
    TipOff,
    TipOffFiled,
    filing_defects,
    fold_tip_off,
    handle_tip_off,
    open_tip_off,
)
from domain.parties.acting import Officer
from domain.shared.refusals import Refused

NUMBER, AT = UUID(int=7), datetime(2026, 11, 21, tzinfo=UTC)
OFFICE, MARKET = "11420100DEM0XYB175", "11420100XK7BQ3M22B"
HANDLER = Officer("handler-1", OFFICE)


def place(version: int) -> dict[str, Any]:
    return {"originator_id": NUMBER, "originator_version": version, "timestamp": AT}


def stood(*steps: str) -> TipOff:
    """A tip-off after these steps, forwarded to the market's department where it says so."""
    events: list[Any] = [TipOffFiled(**place(1), department=OFFICE, secret="a" * 64)]
    for number, step in enumerate(steps, start=2):
        found = fold_tip_off(events)
        assert found is not None
        to = MARKET if step == "forwarded" else ""
        text = "x" if step in ("answered", "closed") else ""
        events.append(
            handle_tip_off(found, HANDLER, step=step, to=to, text=text, hashed=str, place=place(number))
        )
    found = fold_tip_off(events)
    assert found is not None
    return found


def code(act: Any) -> str:
    with pytest.raises(Refused) as refused:
        act()
    (defect,) = refused.value.defects
    assert defect.rule == "WHS-1"
    return defect.code


@pytest.mark.parametrize(
    ("before", "allowed"),
    [
        ((), {"accepted", "forwarded", "closed"}),
        (("accepted",), {"forwarded", "answered", "closed"}),
        (("forwarded",), {"accepted", "closed"}),
        (("accepted", "answered"), {"answered", "closed"}),
        (("closed",), set[str]()),
    ],
)
def test_whs_1_each_step_follows_only_what_it_may(before: tuple[str, ...], allowed: set[str]) -> None:
    tip_off = stood(*before)
    for step in STEPS:
        to = OFFICE if step == "forwarded" and tip_off.department == MARKET else MARKET
        said: dict[str, Any] = {
            "step": step,
            "to": to if step == "forwarded" else "",
            "text": "x",
            "hashed": str,
            "place": place(9),
        }
        if step in allowed or (step == "forwarded" and before == ("forwarded",)):
            assert handle_tip_off(tip_off, HANDLER, **said).step == step
        else:
            assert code(lambda s=said: handle_tip_off(tip_off, HANDLER, **s)) == "tip_off_step"


def test_whs_1_who_reported_opens_only_once_accepted_where_it_lies_and_nothing_opens_once_closed() -> None:
    def opening(tip_off: TipOff, *shown: str, reason: str = "核实") -> Any:
        return lambda: open_tip_off(tip_off, HANDLER, shown=shown, reason=reason, hashed=str, place=place(9))

    assert opening(stood(), "report")().shown == ["report"]
    assert code(opening(stood(), "report", "reporter")) == "tip_off_not_accepted"
    assert opening(stood("accepted"), "reporter", "report")().shown == ["report", "reporter"]
    assert code(opening(stood("accepted", "forwarded"), "reporter")) == "tip_off_not_accepted"
    assert code(opening(stood("closed"), "report")) == "tip_off_closed"
    assert code(opening(stood(), "report", reason=" ")) == "tip_off_reason"


def test_whs_1_a_close_says_why_and_a_forwarded_one_goes_somewhere_else() -> None:
    def step(name: str, to: str = "", text: str = "") -> Any:
        return lambda: handle_tip_off(
            stood(), HANDLER, step=name, to=to, text=text, hashed=str, place=place(2)
        )

    assert code(step("closed")) == "tip_off_text"
    assert code(step("forwarded")) == code(step("forwarded", OFFICE)) == "tip_off_forwarded_to"
    assert code(step("accepted", MARKET)) == "tip_off_forwarded_to"
    assert step("forwarded", MARKET)().to == MARKET


def test_whs_1_a_report_says_about_whom_and_what_and_who_reports_may_stay_unnamed() -> None:
    said = {"about": "甲公司", "code": "", "text": "出借资质", "name": "", "contact": ""}
    assert not list(filing_defects(**said))
    for field, value, code in (
        ("about", "", "tip_off_about"),
        ("about", "长" * 101, "tip_off_about"),
        ("code", "9142", "tip_off_code"),
        ("text", " ", "tip_off_text"),
        ("name", "\x07", "tip_off_about"),
        ("contact", "1" * 101, "tip_off_about"),
    ):
        (defect,) = filing_defects(**{**said, field: value})
        assert (defect.rule, defect.field, defect.code) == ("WHS-1", f"/{field}", code)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("经核查，举报人所反映的情况属实，已立案。", ""),
        ("已转市场监督管理局办理，文号示市监立〔2026〕7号", ""),
        ("经核查，示范市 癸标（有限）公司 已被立案", "tip_off_name_in_text"),
        ("感谢甲·乙丙反映情况", "tip_off_name_in_text"),
        ("已按ＱＱ：8 8 1 7 7回复", "tip_off_name_in_text"),
        ("被举报单位91420100MA4KX00G1D已立案", "tip_off_identifier_in_text"),
        ("请联系13800138000", "tip_off_identifier_in_text"),
        ("身份证110101199003074530", "tip_off_identifier_in_text"),
    ],
)
def test_whs_1_words_told_and_reasons_name_neither_reporter_nor_subject(text: str, found: str) -> None:
    def hashed(name: str) -> str:
        return hashlib.sha256(name.encode()).hexdigest()

    names = tuple(held_names(("甲乙丙", "QQ88177", "示范市癸标有限公司", "x", ""), hashed))
    assert len(names) == 3 and not any("癸标" in name for name in names)
    tip_off = replace(stood("accepted"), names=names)
    acts: tuple[Any, ...] = (
        lambda: handle_tip_off(
            tip_off, HANDLER, step="answered", to="", text=text, hashed=hashed, place=place(3)
        ),
        lambda: open_tip_off(tip_off, HANDLER, shown=["report"], reason=text, hashed=hashed, place=place(3)),
    )
    for act in acts:
        assert (code(act) if found else act() and "") == found
