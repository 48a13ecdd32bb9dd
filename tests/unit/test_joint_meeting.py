"""Whom the joint meeting asks, how many must agree, and who may not conclude (CAT-3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from uuid import UUID

import pytest

from domain.parties.acting import Officer
from domain.proposals.meeting import MemberView, call_meeting, conclude
from domain.proposals.process import Proposal, consult
from domain.shared.refusals import Refused

NOW, TODAY = datetime(2026, 11, 21, 2, tzinfo=UTC), date(2026, 11, 21)
MAKER, OFFICE = "11420100XK7BQ3M22B", Officer("credit_office-1", "11420100DEM0XYB175")
OPEN = Proposal(
    UUID(int=1), 3, "catalogue_item", "W03-01", MAKER, {}, state="consulting", closes="2026-11-20",
    drafted_by="market-1", consulted_by="credit_office-1",
)  # fmt: skip
HELD = replace(OPEN, state="meeting", meets_on="2026-11-21")
call = partial(call_meeting, OPEN, members_min=2, meets_on=TODAY, officer=OFFICE, now=NOW)


def view(number: int, said: str = "") -> MemberView:
    return MemberView(UUID(int=number), 1, OPEN.id, 1, str(number), "2026-11-21", said)


@pytest.mark.rule("CAT-3")
def test_cat_3_neither_who_proposed_nor_the_lead_unit_is_a_member_that_is_asked() -> None:
    asked = call(members=["a", MAKER, OFFICE.department, "b"])
    assert asked.members == ["a", "b"] and asked.department is None
    with pytest.raises(Refused) as refused:
        call(members=["a", MAKER, OFFICE.department])
    assert [(d.rule, d.code) for d in refused.value.defects] == [("CAT-3", "meeting_too_few")]


@pytest.mark.rule("CAT-3")
@pytest.mark.parametrize(
    ("views", "percent", "outcome"),
    [
        (("agree", "agree", "disagree"), 51, "approved"),
        (("agree", "disagree", ""), 51, "returned"),
        (("agree", "agree"), 51, "approved"),
        (("agree", ""), 51, "returned"),
        (("agree", ""), 50, "approved"),
        (("agree", "agree", "disagree"), 100, "returned"),
    ],
)
def test_cat_3_only_as_many_members_as_it_takes_approve_and_silence_is_no_agreement(
    views: tuple[str, ...], percent: int, outcome: str
) -> None:
    ended = partial(
        conclude, HELD, views=[view(n, said) for n, said in enumerate(views)], reasons="审议", held_on=TODAY,
        agreeing_percent=percent, officer="credit_office-2", now=NOW,
    )  # fmt: skip
    assert ended(outcome=outcome).outcome == outcome
    with pytest.raises(Refused) as refused:
        ended(outcome="returned" if outcome == "approved" else "approved")
    assert [d.code for d in refused.value.defects] == ["meeting_decided_otherwise"]


@pytest.mark.rule("CAT-3")
def test_cat_3_whoever_drafted_it_or_opened_it_for_comment_does_not_conclude() -> None:
    agreed = [view(1, "agree")]
    for officer in ("market-1", "credit_office-1"):
        with pytest.raises(Refused) as refused:
            conclude(
                HELD, views=agreed, outcome="approved", reasons="审议", held_on=TODAY, agreeing_percent=51,
                officer=officer, now=NOW,
            )  # fmt: skip
        assert [d.code for d in refused.value.defects] == ["proposal_same_officer"]
    drafted = replace(OPEN, state="proposed", drafted_by="credit_office-1")
    with pytest.raises(Refused) as refused:
        consult(drafted, closes=date(2026, 12, 1), days_min=30, officer="credit_office-1", now=NOW)
    assert [d.code for d in refused.value.defects] == ["proposal_same_officer"]
    legacy = replace(HELD, drafted_by="", consulted_by="")
    assert conclude(
        legacy, views=agreed, outcome="approved", reasons="审议", held_on=TODAY, agreeing_percent=51,
        officer="credit_office-1", now=NOW,
    ).outcome == "approved"  # fmt: skip
