"""Who gives an opinion on a proposal, under whose name, and how many there may be (CAT-3, LST-3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.proposals.process import OPINIONS_MAX, Proposal, give_opinion
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
