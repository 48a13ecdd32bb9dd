"""The joint meeting reviews what is proposed (CAT-3), and what was published is reviewed again (CAT-3, LST-3)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from application.queries.worklist import Worklist
from domain.parties.acting import Officer
from infrastructure.remedy_data import load_calendar
from tests.commands import run_command
from tests.integration.test_proposals import MARKET, Desk
from tests.proposals import LOCAL_BASIS
from tests.world import World


@pytest.fixture
def desk(ledger_world: World) -> Desk:
    return Desk(ledger_world)


@pytest.mark.rule("CAT-3")
def test_cat_3_the_joint_meeting_reviews_member_by_member_and_its_outcome_follows_their_views(
    desk: Desk,
) -> None:
    world, lived, today = desk.world, desk.lived, str(desk.world.today)
    first = next(i for i in world.city.items if i.code == "C03-03")
    item = replace(first, code="W03-01", layer="municipal", bases=(LOCAL_BASIS,), effective_from="2028-01-01")
    desk.post("", {"what": "catalogue_item", "content": item.to_json()}, MARKET)
    tasks_of_office = partial(world_tasks, desk, lived.office.department)
    assert tasks_of_office() == [("proposal", "open_comment", "")]
    desk.post("consult", {"closes": str(world.today + timedelta(days=1))})
    assert tasks_of_office() == [], "while the comment runs nothing is to be done"
    desk.post("opinions", {"group": "department", "text": "同意"}, MARKET)
    assert tasks_of_office() == [("proposal", "answer_opinions", "")]
    desk.post("answer", {"number": 1, "outcome": "adopted", "answer": "已采纳"})
    assert tasks_of_office() == []
    world.clock.advance(days=2)
    assert tasks_of_office() == [("proposal", "call_meeting", "")]
    assert world_tasks(desk, lived.market.department) == []
    day, before = str(world.today), {"meets_on": today}
    assert desk.refused("meeting", before)[1:] == ("CAT-3", "meeting_day")
    assert desk.refused("meeting", {"meets_on": day}, MARKET) == (403, "CAT-3", "proposal_not_the_office")
    assert desk.post("meeting", {"meets_on": day}).status_code == 201

    one, two, three = lived.members
    tasks = {m.department: world_tasks(desk, m.department) for m in (*lived.members, lived.office)}
    assert list(tasks.values()) == [[("meeting_view", "give_view", day)]] * 3 + [
        [("proposal", "conclude_meeting", day)]
    ]
    assert desk.refused("views", desk.view(lived.market), lived.market) == (
        403,
        "CAT-3",
        "meeting_not_a_member",
    )
    assert desk.refused("views", desk.view(one, view="maybe"), one)[2] == "listing_outcome_unknown"
    assert desk.refused("views", desk.view(one, revision=2), one)[1] in ("CAT-3", "DET-5")
    assert desk.refused("views", desk.view(two), one)[2] == "meeting_view_of_another"
    named = desk.view(one, reasons="联系电话：02712345678")
    assert desk.refused("views", named, one)[1] == "PUB-2"
    forged = {**desk.view(one), "signature": "00" * 64}
    assert desk.refused("views", forged, one)[1:] == ("DET-5", "seal_signature_wrong")
    given = desk.post("views", desk.view(one), one)
    assert given.status_code == 201 and world_tasks(desk, one.department) == []
    assert desk.refused("views", desk.view(one), one)[2] == "meeting_view_given"
    assert desk.post("views", desk.view(two, view="disagree"), two).status_code == 201

    outcome = {"outcome": "approved", "reasons": "审定通过", "held_on": day}
    assert desk.refused("review", outcome) == (403, "CAT-3", "proposal_same_officer")
    assert desk.refused("review", outcome, lived.second)[1:] == ("CAT-3", "meeting_decided_otherwise")
    world.project()
    with desk.web.served() as url:
        agree = ("meeting", "view", desk.case, "agree", "--reasons", "依据充分", "--url", url)
        again, member = (run_command(*agree, *as_member(world, who), environment={}) for who in (one, three))
    assert again.returncode == 1 and "已就此提出" in again.stderr
    assert member.returncode == 0 and json.loads(member.stdout)["status"] == "recorded", member.stderr
    returned = {**outcome, "outcome": "returned"}
    assert desk.refused("review", returned, lived.second)[2] == "meeting_decided_otherwise"
    assert desk.refused("review", {**outcome, "held_on": today}, lived.second)[2] == "meeting_day"
    assert desk.post("review", outcome, lived.second).status_code == 201
    assert [world_tasks(desk, m.department) for m in lived.members] == [[]] * 3
    assert tasks_of_office() == [("proposal", "publish", "")]

    world.project()
    steps = desk.web.http.get(f"/v1/proposals/{desk.case}").get_json()["versions"]
    told = steps[-1]["content"]
    assert [(v["department"], v["view"]) for v in told["views"]] == [
        (m.department, view)
        for m, view in sorted(
            ((one, "agree"), (two, "disagree"), (three, "agree")), key=lambda asked: asked[0].department
        )
    ]
    assert given.get_json()["receipt"]["leaf_hash"] in {v["leaf"] for v in told["views"]}
    assert "officer" not in json.dumps(steps)
    page = desk.web.http.get(f"/registers/proposals/{desk.case}").text
    assert "现状：审定" in page and page.count('class="version panel"') == len(steps)
    assert "<del>" not in page, "steps differ by what they are, only revisions are compared"
    assert world.new_projector().rebuild().equal and world.finding() is None


def as_member(world: World, officer: Officer) -> tuple[str, ...]:
    """The options that say which officer acts, with which key."""
    code = officer.department
    key = str(world.folder / "keys" / f"{code}.pem")
    return ("--department", code, "--official", officer.pseudonym, "--key", key)


def world_tasks(desk: Desk, department: str) -> list[tuple[str, str, str]]:
    """What waits for a department: kind, step and day."""
    tasks = Worklist(desk.world.ledger, load_calendar()).page(department).entries
    return [(task.kind, task.step, task.due) for task in tasks]


@pytest.mark.rule("CAT-3")
@pytest.mark.rule("LST-3")
def test_lst_3_an_evaluation_may_ask_for_a_next_version_whose_publication_ends_the_review_of_the_last(
    desk: Desk,
) -> None:
    world, lived = desk.world, desk.lived
    lived.superseded()
    (waiting,) = world_tasks(desk, lived.market.department)
    assert waiting[:2] == ("proposal", "periodic_review")
    assert world_tasks(desk, lived.office.department) == [], "what is published waits for who made it"
    first, newest = world.rows_of("proposal.published")
    assert world.rows_of("proposal.superseded") == [first]
    found = lived.proposals.find(newest)
    assert found is not None
    desk.case, desk.version = str(newest), found.version
    by = str(world.today + timedelta(days=60))
    said = {"by": "示范大学", "findings": "移出程序不明确", "outcome": "revise", "review_by": by}
    assert desk.post("evaluate", said, MARKET).status_code == 201
    assert world_tasks(desk, lived.market.department) == [("proposal", "propose_revision", by)]
    world.clock.advance(days=61)
    assert world.deadlines.run().overdue == 1
    assert not world.fsck().faults
