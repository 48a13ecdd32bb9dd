"""A record rests while a court's approved plan is performed, over HTTP: in no view, and back when the plan fails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from application.listings import lists_of
from tests.listing import LIST, ListingStory
from tests.remedies import REMEDIES, SECOND, Story, begin, end_rest, rest
from tests.remedies_http import AGENT, PROOF, City, code_of, deciding, problem
from tests.web import Web
from tests.world import World

EVIDENCE = "e1" * 32
DECIDED = date(2026, 6, 1)


@pytest.fixture
def city(seeded_world: World) -> Iterator[City]:
    story = begin(seeded_world)
    with Web(seeded_world).served() as url:
        yield City(story, url)


def rested(city: City, record: str, **said: Any) -> dict[str, Any]:
    plan = {"court": "示范市中级人民法院", "ruling": "（2026）示01破3号", "ruled_on": "2026-10-12"}
    told = {**plan, "until": "2027-01-29", "evidence": [EVIDENCE], "official": SECOND, **said}
    return city.source.rest(record, **told)


@pytest.mark.rule("REP-5")
def test_rep_5_a_record_rests_during_a_reorganisation_and_returns_when_it_fails_or_its_day_passes(
    city: City,
) -> None:
    record, other = city.determine(), city.determine("示市监罚字〔2026〕9801号")
    late = problem(lambda: rested(city, record, until="2026-11-21"), 422)
    assert (late["rule"], code_of(late)) == ("REP-5", "reorganisation_end") and late["instead"]
    begun, kept = rested(city, record), rested(city, other)
    assert city.public(record) is None and city.shared(record) == []
    city.world.publish()
    assert city.world.finding() is None and city.world.fsck().faults == []
    assert {t["step"] for t in city.source.worklist(official=SECOND)} == {"end_rest"}
    told = city.portal.state("reorganisations", begun["case"], subject=city.subject, on_behalf_of="subject")
    assert told["state"] == "performing" and told["waiting"]["due"] == "2027-01-29"

    failed = city.source.end_rest(
        deciding("reorganisations", begun), outcome="failed", evidence=[EVIDENCE], reasons="法院裁定终止执行"
    )
    assert (failed["outcome"], failed["returned"]) == ("failed", True)
    city.world.publish()
    assert city.public(record).shown["returned"]["cause"] == "reorganisation_failed"

    city.world.clock.at += timedelta(days=80)
    city.world.deadlines.run()
    city.world.publish()
    assert city.public(other).shown["returned"]["cause"] == "reorganisation_expired"
    over = city.source.state("reorganisations", kept["case"], official=SECOND)
    assert over["state"] == "expired" and city.source.worklist(official=SECOND) == []
    assert city.world.finding() is None and city.world.fsck().faults == []


@pytest.mark.rule("REP-5")
def test_rep_5_a_plan_that_was_performed_is_a_repair_for_good(city: City) -> None:
    record = city.determine()
    begun = rested(city, record)
    done = city.source.end_rest(deciding("reorganisations", begun), outcome="performed", evidence=[EVIDENCE])
    assert (done["outcome"], done["returned"]) == ("performed", False)
    city.world.publish()
    assert city.public(record) is None and city.world.fsck().faults == []


@pytest.mark.rule("LST-8")
def test_rep_5_lst_8_with_a_performed_plan_the_subject_leaves_the_list_as_with_any_repair(city: City) -> None:
    story, cases = city.story, ListingStory(city.story)
    assert story.desk.registry.standard(LIST).versions[-1].repair_removes
    record = story.new_record("示市监罚字〔2026〕9811号", decided=DECIDED)
    listing = cases.listed(record).case
    end_rest(story, rest(story, record), "failed")
    assert on_list(story) == {listing}
    end_rest(story, rest(story, record), "performed")
    assert on_list(story) == set() and story.world.rows_of("listing.removed") == [listing]
    city.world.publish()
    assert city.public(str(listing)) is None
    assert city.world.finding() is None and city.world.fsck().faults == []


PLAN: dict[str, Any] = {
    "court": "示范市中级人民法院", "ruling": "（2026）示01破3号", "ruled_on": "2026-10-12", "until": "2027-01-29",
    "evidence": [EVIDENCE],
}  # fmt: skip


@pytest.mark.rule("REP-1")
def test_rep_1_rep_4_the_administrator_applies_for_the_organisation_and_its_department_answers_in_time(
    city: City,
) -> None:
    young, other = city.determine(decided="2026-11-01"), city.determine("示市监罚字〔2026〕9803号")
    assert code_of(problem(lambda: city.apply(young, PROOF), 422)) == "repair_too_early"
    paid = problem(lambda: city.portal.apply_for_rest(young, subject=city.subject, **PLAN, fee="1"), 422)
    assert paid["rule"] == "REP-3"
    somebody = {"code": city.story.office}
    problem(lambda: city.portal.apply_for_rest(young, subject=somebody, **PLAN), 422)
    unnamed: dict[str, Any] = {"subject": city.subject, "on_behalf_of": "agent"}
    problem(lambda: city.portal.apply_for_rest(young, **unnamed, **PLAN), 400)

    filed = city.portal.apply_for_rest(young, **unnamed, agent=AGENT, **PLAN)
    assert (filed["source"], filed["answer_by"]) == (city.story.source, "2026-12-04")
    assert city.public(young) is not None
    (task,) = city.source.worklist(official=SECOND)
    assert (task["case"], task["step"]) == (filed["case"], "decide_rest")
    asked = deciding("reorganisations", filed)
    problem(lambda: city.stranger.act(asked, "grant", {}), 404)
    granted = city.source.act(asked, "grant", {})
    assert granted["outcome"] == "granted" and city.public(young) is None and city.shared(young) == []
    assert [t["step"] for t in city.source.worklist(official=SECOND)] == ["end_rest"]

    left = city.portal.apply_for_rest(other, subject=city.subject, **PLAN)
    city.world.clock.at += timedelta(days=20)
    city.world.deadlines.run()
    state = city.portal.state("reorganisations", left["case"], subject=city.subject, on_behalf_of="subject")
    assert state["state"] == "applied" and state["waiting"]["overdue_recorded"]
    seen = deciding("reorganisations", {**left, "version": state["version"]})
    bare = problem(lambda: city.source.act(seen, "refuse", {"reasons": " ", "remedies": REMEDIES}), 422)
    assert (bare["rule"], code_of(bare)) == ("REP-5", "remedy_without_reasons") and bare["instead"]
    refused = city.source.act(seen, "refuse", {"reasons": "裁定书与申请不符", "remedies": REMEDIES})
    assert refused["outcome"] == "refused" and city.public(other) is not None
    told = city.portal.state("reorganisations", filed["case"], subject=city.subject, on_behalf_of="agent")
    assert (
        told["state"] == "performing"
        and told["history"][0]["parts"]["person/2"]["agent_name"] == AGENT["name"]
    )
    city.world.publish()
    assert city.world.finding() is None and city.world.fsck().faults == []


@pytest.mark.rule("REP-5")
def test_rep_5_an_application_for_a_rest_is_closed_with_its_reason_when_its_record_is_withdrawn(
    city: City,
) -> None:
    record, other = city.determine(), city.determine("示市监罚字〔2026〕9804号")
    closing, staying = [
        city.portal.apply_for_rest(one, subject=city.subject, **PLAN) for one in (record, other)
    ]
    story = city.story
    objected = story.object(UUID(record))
    withdrawal = story.withdrawal(UUID(record), objected.case)
    story.objections.withdraw(story.deciding(objected), withdrawal)

    def state(filed: dict[str, Any]) -> dict[str, Any]:
        return city.portal.state(
            "reorganisations", filed["case"], subject=city.subject, on_behalf_of="subject"
        )

    closed = state(closing)
    assert (closed["state"], state(staying)["state"]) == ("closed", "applied") and not closed.get("waiting")
    assert "撤销" in closed["history"][-1]["parts"]["restricted"]["reasons"]
    waiting = {task["case"] for task in city.source.worklist(official=SECOND)}
    assert closing["case"] not in waiting and staying["case"] in waiting
    late = problem(
        lambda: city.source.act(deciding("reorganisations", {**closing, "version": 2}), "grant", {}), 422
    )
    assert (late["rule"], code_of(late)) == ("REP-5", "reorganisation_decided_already")
    city.world.publish()
    assert city.world.finding() is None and city.world.fsck().faults == []


def on_list(story: Story) -> set[UUID]:
    """The listings by which the subject is on a list."""
    return {borne.listing for borne in lists_of(story.world.ledger, story.subject_id())}
