"""Measures in the ledger: what ends them with their ground or with time, and what is recorded when nobody reports."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from application.commands.acts import HandleCase
from application.ports import Conflict
from application.queries.worklist import Worklist
from domain.measures.case import fold_measured
from domain.measures.events import MeasureEnded, MeasureOverdue
from domain.measures.fitting import LISTING
from domain.oversight.indicators import FEEDBACK_OVERDUE
from domain.shared.refusals import Refused
from tests.erasure import ask, carry_out, dump
from tests.listing import ListingStory
from tests.measures import BANNED, HEAVY, MeasureStory
from tests.remedies import CALENDAR, LETTER, PROOF, begin
from tests.world import World


@pytest.fixture
def desk(seeded_world: World) -> MeasureStory:
    return MeasureStory(begin(seeded_world))


def record(desk: MeasureStory, number: int = 1, *, decided: date | None = None) -> UUID:
    day = decided or desk.world.today - timedelta(days=200)
    return desk.story.new_record(f"示测字〔2026〕{number}号", decided=day)


def overdue(world: World, case: UUID) -> list[tuple[str, str, str]]:
    events = world.ledger.load(case)
    return [(e.step, e.due, e.following) for e in events if isinstance(e, MeasureOverdue)]


@pytest.mark.rule("REP-5")
def test_rep_5_a_granted_repair_ends_the_measure_in_the_same_transaction(desk: MeasureStory) -> None:
    story, world, ground = desk.story, desk.world, record(desk)
    done = desk.applied(ground)
    accepted = story.repairs.accept(story.handling(story.apply(ground, PROOF, LETTER)))
    before = world.reader.head("records")[0]
    story.repairs.grant(story.handling(accepted))
    topics = [row.topic for row in world.reader.rows("records", after=before, limit=9)]
    assert topics == ["repair.decided", "record.shielded", "measure.ended", "subject.unmeasured"]
    measure = desk.measure(done)
    assert (measure.state, measure.cause, measure.step) == ("ended", "repair", "report_lifted")
    still, ever = fold_measured(world.ledger.load(story.subject_id()))
    assert still == () and ever == (done.case,)
    with pytest.raises(Refused) as refused:
        desk.named(ground)
    assert ("MEA-1", "measure_ground_gone") in [(d.rule, d.code) for d in refused.value.defects]


@pytest.mark.rule("JNT-4")
def test_jnt_4_a_measure_ends_with_its_term_and_with_the_term_of_its_record(desk: MeasureStory) -> None:
    world = desk.world
    short = record(desk, 1, decided=world.today - timedelta(days=355))
    long = record(desk, 2, decided=world.today)
    first, second = desk.applied(short), desk.applied(long)
    world.project()
    world.clock.advance(days=20)
    assert world.deadlines.run().terms_ended >= 1
    assert (desk.measure(first).state, desk.measure(first).cause) == ("ended", "ground_expired")
    assert desk.measure(second).state == "applied"
    row = world.store.load("records", first.case)[-1]
    ended = world.store.load("records", short)[-1]
    assert (row.topic, ended.topic) == (MeasureEnded.TOPIC, "record.publicity_ended")
    assert row.recorded_at == ended.recorded_at
    world.clock.advance(days=345)
    assert desk.measure(second).until == world.today.isoformat()
    world.deadlines.run()
    assert desk.measure(second).state == "applied"
    world.clock.advance(days=1)
    world.deadlines.run()
    assert desk.measure(second).state == "ended"
    assert world.finding() is None


@pytest.mark.rule("JNT-4")
def test_jnt_4_a_term_that_is_over_ends_the_measure_though_its_ground_stands(desk: MeasureStory) -> None:
    world = desk.world
    ground = ListingStory(desk.story).listed(record(desk)).case
    done = desk.applied(ground, measure=HEAVY, provision=BANNED, ground=LISTING)
    world.clock.advance(days=366)
    world.project()
    world.deadlines.run()
    measure = desk.measure(done)
    assert (measure.state, measure.cause) == ("ended", "expiry")
    assert (
        measure.step == "report_lifted" and fold_measured(world.ledger.load(desk.story.subject_id()))[0] == ()
    )
    assert world.deadlines.run().terms_ended == 0


@pytest.mark.rule("JNT-1")
@pytest.mark.rule("SUP-1")
def test_jnt_1_a_month_without_a_report_is_recorded_and_shown_to_the_credit_office(
    desk: MeasureStory,
) -> None:
    world = desk.world
    done = desk.applied(record(desk, decided=world.today))
    named = desk.named(record(desk, 2, decided=world.today))
    world.clock.advance(days=31)
    assert world.today == date(2026, 12, 22) and world.deadlines.run().overdue == 0
    world.clock.advance(days=1)
    assert world.deadlines.run().overdue == 2
    assert overdue(world, done.case) == [("report", "2026-12-22", "2027-01-22")]
    assert overdue(world, named.case) == [("respond", "2026-12-22", "2027-01-22")]
    assert world.deadlines.run().overdue == 0
    world.project()
    counts = world.services.indicators.month("2026-12").counts[desk.story.source]
    assert counts[FEEDBACK_OVERDUE, ""] == 2 and world.indicators.rebuild()
    world.clock.advance(days=31)
    assert world.deadlines.run().overdue == 2 and len(overdue(world, done.case)) == 2
    late = desk.measure(done)
    reported = desk.measures.report(
        HandleCase(done.case, late.version, desk.officer), done="已列为重点监管对象"
    )
    assert reported.told["feedback_by"] == "2027-02-22"
    world.clock.advance(days=1)
    world.deadlines.run()
    assert len(overdue(world, done.case)) == 2
    elsewhere, _ = Worklist(world.ledger, CALENDAR).overdue_elsewhere(desk.story.office)
    assert [(task.case, task.step, task.overdue_recorded) for task in elsewhere] == [
        (named.case, "respond", True)
    ]
    assert world.finding() is None


@pytest.mark.rule("MEA-5")
def test_mea_5_a_measure_on_a_listing_is_suspended_by_an_objection_to_the_record_behind_it(
    desk: MeasureStory,
) -> None:
    behind = record(desk)
    ground = ListingStory(desk.story).listed(behind).case
    done = desk.applied(ground, measure=HEAVY, provision=BANNED, ground=LISTING)
    elsewhere = desk.applied(record(desk, 2))
    objected = desk.story.object(behind)
    assert desk.measure(done).suspended_by == {str(objected.case)}
    assert desk.measure(elsewhere).suspended_by == frozenset()
    act = desk.story.withdrawal(behind, objected.case)
    desk.story.objections.withdraw(desk.story.deciding(objected), act)
    assert (desk.measure(done).state, desk.measure(done).cause) == ("ended", "delisted")
    assert desk.measure(elsewhere).state == "applied"


def test_the_erasure_of_a_subject_covers_its_measures(desk: MeasureStory) -> None:
    world = desk.world
    done = desk.applied(record(desk))
    ask(world, "subject", subject=desk.story.subject())
    carry_out(world)
    assert world.ledger.load(done.case) == [] and "列为重点监督检查对象" not in dump(world)
    world.clock.advance(days=90)
    assert world.deadlines.run().unreadable == 0
    world.publish()
    assert world.finding() is None


def test_two_departments_that_name_at_once_are_both_heard_and_one_that_names_twice_is_not(
    desk: MeasureStory,
) -> None:
    ground = record(desk)
    desk.named(ground)
    with pytest.raises(Refused) as refused:
        desk.named(ground)
    assert [d.code for d in refused.value.defects] == ["measure_stacked"]
    stale = HandleCase(UUID(int=5), 1, desk.officer)
    with pytest.raises(Refused):
        desk.measures.decline(stale, reasons="x")
    done = desk.named(record(desk, 2))
    with pytest.raises(Conflict):
        desk.measures.decline(HandleCase(done.case, 7, desk.officer), reasons="x")
