"""Who gives an opinion on a proposal, how many there may be, and when it is looked at again (CAT-3, LST-3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from domain.proposals.process import OPINIONS_MAX, Proposal, evaluate, give_opinion, publish
from domain.shared.refusals import Refused

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
OPEN = Proposal(
    UUID(int=1),
    2,
    "list_standard",
    "C06-04",
    "11420100XK7BQ3M22B",
    {},
    state="consulting",
    closes="2026-12-21",
)
OF_THE_PUBLIC: dict[str, Any] = {"group": "public", "author": {"name": "示例人"}, "department": None}
OF_A_DEPARTMENT: dict[str, Any] = {"group": "department", "author": None, "department": "11420100DEM0XYB175"}


def codes(proposal: Proposal = OPEN, **said: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        give_opinion(proposal, now=NOW, **{"text": "标准过严", **said})
    return [(d.rule, d.code) for d in refused.value.defects]


@pytest.mark.rule("LST-3")
@pytest.mark.rule("CAT-3")
def test_lst_3_a_department_opines_as_such_and_everybody_else_by_name_while_it_is_open() -> None:
    for said in (OF_THE_PUBLIC, OF_A_DEPARTMENT):
        assert give_opinion(OPEN, text="标准过严", now=NOW, **said).number == 1
    assert codes(**{**OF_THE_PUBLIC, "group": "friends"}) == [("LST-3", "proposal_group_unknown")]
    assert codes(**{**OF_THE_PUBLIC, "group": "department"}) == [("LST-3", "proposal_group_unknown")]
    assert codes(**{**OF_A_DEPARTMENT, "group": "expert"}) == [("LST-3", "proposal_group_unknown")]
    assert codes(**{**OF_THE_PUBLIC, "author": None}) == [("LST-3", "proposal_author")]
    assert codes(**{**OF_A_DEPARTMENT, "author": {"name": "示例人"}}) == [("LST-3", "proposal_author")]
    assert codes(replace(OPEN, closes="2026-11-20"), **OF_THE_PUBLIC) == [("LST-3", "proposal_comment_over")]
    of_item = replace(OPEN, what="catalogue_item", state="proposed")
    assert codes(of_item, **OF_THE_PUBLIC) == [("CAT-3", "proposal_step")]


@pytest.mark.rule("LST-3")
def test_lst_3_a_proposal_takes_so_many_opinions_and_no_more() -> None:
    last = replace(OPEN, opinions=OPINIONS_MAX - 1)
    assert give_opinion(last, text="标准过严", now=NOW, **OF_THE_PUBLIC).number == OPINIONS_MAX
    assert codes(replace(OPEN, opinions=OPINIONS_MAX), **OF_THE_PUBLIC) == [
        ("LST-3", "proposal_opinions_full")
    ]


@pytest.mark.rule("LST-3")
def test_lst_3_what_is_published_or_evaluated_is_looked_at_again_on_a_later_day() -> None:
    approved, published = replace(OPEN, state="approved"), replace(OPEN, state="published")
    said: dict[str, Any] = {
        "by": "示例研究院",
        "findings": "标准可行",
        "outcome": "keep",
        "parties": {"市监局"},
    }
    said |= {"months_max": 24, "now": NOW}
    tomorrow, today = date(2026, 11, 22), date(2026, 11, 21)
    assert publish(approved, review_by=tomorrow, months_max=24, now=NOW).review_by == "2026-11-22"
    assert evaluate(published, review_by=tomorrow, **said).review_by == "2026-11-22"
    for act in (
        partial(publish, approved, review_by=today, months_max=24, now=NOW),
        partial(evaluate, published, review_by=today, **said),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert [(d.rule, d.code) for d in refused.value.defects] == [("LST-3", "proposal_review_day")]
    latest = date(2028, 11, 21)
    assert publish(approved, review_by=latest, months_max=24, now=NOW).review_by == "2028-11-21"
    assert evaluate(published, review_by=latest, **{**said, "outcome": "revise"}).outcome == "revise"
    late = {**said, "by": " 市监局", "outcome": "drop"}
    with pytest.raises(Refused) as refused:
        evaluate(published, review_by=date(2028, 11, 22), **late)
    assert {d.code for d in refused.value.defects} == {
        "proposal_review_too_late",
        "proposal_evaluated_by_a_party",
        "listing_outcome_unknown",
    }
