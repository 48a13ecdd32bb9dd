"""A naming and an objection that race over two connections: whoever commits first, nothing is executed on doubted
information (MEA-5, ADR 0033).

Both have decided and wait for the head of the log, which a third connection holds; then it lets them go, in turn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from application.commands.acts import Done
from domain.shared.kinds import Kind
from domain.shared.refusals import Refused
from tests.measures import MeasureStory, applied_parts
from tests.racing import race
from tests.remedies import REMEDIES, Story, begin
from tests.world import World

pytestmark = pytest.mark.rule("MEA-5")


@pytest.fixture
def story(seeded_world: World) -> Story:
    return begin(seeded_world)


def apply(desk: MeasureStory, named: Done, ground: UUID) -> Done:
    today, first = desk.world.today, desk.world.ledger.load(named.case)[0]
    parts = applied_parts(
        first.parts()["public"],
        str(ground),
        desk.story.source,
        leaf=str(named.told["leaf_hash"]),
        from_day=today.isoformat(),
        until=(today + timedelta(days=100)).isoformat(),
    )
    act = desk.story.sealed(Kind.MEASURE_APPLIED, named.case, parts)
    version = desk.measure(named).version
    return desk.measures.apply(desk.handling(replace(named, version=version)), act)


def refused(act: Callable[[], Any]) -> set[tuple[str, str]]:
    with pytest.raises(Refused) as found:
        act()
    return {(defect.rule, defect.code) for defect in found.value.defects}


def test_mea_5_a_naming_that_comes_first_is_suspended_by_the_objection_that_did_not_know_of_it(
    story: Story,
) -> None:
    other, desk = replace(story), MeasureStory(story)
    ground = story.new_record("示竞字〔2026〕1号", decided=story.world.today)
    named, objected = race(story.world, [lambda: desk.named(ground), lambda: other.object(ground)])
    assert desk.measure(named).suspended_by == {str(objected.case)}
    assert ("MEA-5", "measure_suspended_now") in refused(lambda: apply(desk, named, ground))
    other.objections.reject(other.deciding(objected), reasons="一致", remedies=REMEDIES)
    apply(desk, named, ground)
    assert desk.measure(named).state == "applied" and not story.world.fsck().faults


def test_mea_5_a_naming_that_comes_after_an_objection_that_it_did_not_know_of_is_not_applied_while_it_pends(
    story: Story,
) -> None:
    other, desk = replace(story), MeasureStory(story)
    ground = story.new_record("示竞字〔2026〕2号", decided=story.world.today)
    objected, named = race(story.world, [lambda: other.object(ground), lambda: desk.named(ground)])
    assert desk.measure(named).suspended_by == frozenset()
    assert refused(lambda: apply(desk, named, ground)) == {("MEA-5", "measure_ground_objected")}
    other.objections.reject(other.deciding(objected), reasons="一致", remedies=REMEDIES)
    apply(desk, named, ground)
    assert desk.measure(named).state == "applied"
    withdrawn = story.new_record("示竞字〔2026〕3号", decided=story.world.today)
    objected, named = race(story.world, [lambda: other.object(withdrawn), lambda: desk.named(withdrawn)])
    act = other.withdrawal(withdrawn, objected.case)
    other.objections.withdraw(other.deciding(objected), act)
    assert (desk.measure(named).state, desk.measure(named).cause) == ("ended", "reversal")
    assert not story.world.fsck().faults
