"""A record rests while a court's approved plan is performed, over HTTP: in no view, and back when the plan fails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from application.listings import lists_of
from tests.listing import LIST, ListingStory
from tests.remedies import SECOND, Story, begin, end_rest, rest
from tests.remedies_http import City, code_of, deciding, problem
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


def on_list(story: Story) -> set[UUID]:
    """The listings by which the subject is on a list."""
    return {borne.listing for borne in lists_of(story.world.ledger, story.subject_id())}
