"""Passing time becomes events: each missed day recorded once, whoever runs, and shown to those whom it concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from application.deadlines import DeadlineRunner, Passed
from application.ending_terms import end_terms
from application.ledger import Ledger
from application.ports import Append, CaseDays
from domain.oversight.indicators import ACCEPTANCE_OVERDUE
from domain.remedies.events import ObjectionOverdue, RepairOverdue
from infrastructure.keys import SystemEntropy
from infrastructure.postgres.due_cases import PostgresDueCases
from infrastructure.postgres.store import PostgresEventStore
from interfaces.client.remedies import case_of
from tests.remedies import CALENDAR, LETTER, PROOF, REMEDIES, SECOND, SETTINGS, Story, begin
from tests.remedies_http import City, deciding, problem
from tests.web import Web
from tests.world import World

LATE = 40
"""Days after which every day of a case filed today is over, and no term of publicity of the story."""


@pytest.fixture
def story(seeded_world: World) -> Story:
    found = begin(seeded_world)
    # What the seeded records bring by themselves is not the matter here.
    seeded_world.project()
    return found


def record(story: Story, number: int = 9001) -> UUID:
    return story.new_record(f"示市监罚字〔2026〕{number}号", decided=date(2026, 6, 1))


def overdue(world: World, case: UUID) -> list[tuple[str, str, str]]:
    """Step, due day and department of each missed day in the case's own stream."""
    found = [e for e in world.ledger.load(case) if isinstance(e, ObjectionOverdue | RepairOverdue)]
    return [(e.step, e.due, e.department) for e in found]


def days(world: World, case: UUID) -> tuple[Any, ...] | None:
    with psycopg.connect(world.database.admin) as conn:
        query = "SELECT due::text, next_due::text FROM ledger.open_cases WHERE case_id = %s"
        return conn.execute(query, (case,)).fetchone()


@pytest.mark.rule("SUP-1")
def test_rep_4_obj_1_a_missed_day_is_recorded_once_in_the_case_signed_by_the_gateway(story: Story) -> None:
    world = story.world
    objection = story.object(record(story)).case
    repair = story.apply(record(story, 9002), PROOF, LETTER).case
    assert days(world, objection) == ("2026-12-01", "2026-12-01")
    assert days(world, repair) == ("2026-11-25", "2026-11-25")
    assert world.deadlines.run().overdue == 0
    world.clock.advance(days=LATE)
    assert world.deadlines.run().overdue == 3
    assert overdue(world, objection) == [("answer", "2026-12-01", story.source)]
    assert overdue(world, repair) == [
        ("accept", "2026-11-25", story.source),
        ("decide", "2026-12-04", story.source),
    ]
    # SUP-1: that it was not even accepted counts once, told from the envelope; the decision is another matter.
    world.project()
    counted = world.services.indicators.month("2026-12").counts[story.source]
    assert counted[ACCEPTANCE_OVERDUE, ""] == 1 and world.indicators.rebuild()
    assert days(world, objection) == ("2026-12-01", None) and days(world, repair) == ("2026-11-25", None)
    for case in (objection, repair):
        row = world.store.load("records", case)[-1]
        assert row.leaf[34:42] == world.gateway.key_id and b'"purpose":"deadline"' in row.meta
    head = world.reader.head("records")
    world.clock.advance(days=LATE)
    assert world.deadlines.run().overdue == 0 and world.reader.head("records")[0] >= head[0]
    assert len(overdue(world, objection)) == 1 and len(overdue(world, repair)) == 2
    assert world.finding() is None


def test_a_decided_case_is_never_recorded_even_when_the_decision_comes_between_looking_and_writing(
    story: Story,
) -> None:
    world = story.world
    early, late = story.object(record(story)), story.object(record(story, 9002))

    def reject(done: Any) -> None:
        story.objections.reject(story.deciding(done), reasons="一致", remedies=REMEDIES)

    reject(early)
    world.clock.advance(days=LATE)
    assert outrun(world, lambda: reject(late)).run().overdue == 0
    assert overdue(world, early.case) == overdue(world, late.case) == []
    assert days(world, late.case) is None


class Outrun(PostgresEventStore):
    """A store before whose first append about cases (or, with ``terms``, about terms) somebody else gets to work."""

    def __init__(self, world: World, first: Callable[[], object], *, terms: bool) -> None:
        super().__init__(world.pool("writer"))
        self._first: Callable[[], object] | None = first
        self._terms = terms

    def append(self, *batches: Append) -> list[int]:
        if self._first and any(b.suppress if self._terms else b.days for b in batches):
            first, self._first = self._first, None
            first()
        return super().append(*batches)


def outrun(world: World, first: Callable[[], object], *, terms: bool = False) -> DeadlineRunner:
    """A runner that has seen and sealed what is overdue when ``first`` happens."""
    ledger = Ledger(
        ledger_id=world.ledger.id,
        store=Outrun(world, first, terms=terms),
        vault=world.vault,
        gateway=world.signing,
        clock=world.clock,
        entropy=SystemEntropy(),
    )
    return DeadlineRunner(ledger, world.views, PostgresDueCases(world.pool("projector")), CALENDAR, SETTINGS)


def test_a_runner_that_another_has_overtaken_records_nothing_twice(story: Story) -> None:
    world = story.world
    case = story.object(record(story)).case
    world.clock.advance(days=LATE)
    other: list[Passed] = []
    assert outrun(world, lambda: other.append(world.deadlines.run())).run().overdue == 0
    assert other[0].overdue == 1 and len(overdue(world, case)) == 1
    assert world.finding() is None


def test_pub_4_a_term_that_another_runner_ended_meanwhile_is_ended_once_and_the_others_all_the_same(
    story: Story,
) -> None:
    world = story.world
    world.clock.advance(days=400)
    over = [record_id for record_id, _ in world.views.terms_over(world.today, 500)]
    assert len(over) > 1
    alone: list[int] = []
    first = end_terms_of(world, over[0], alone)
    assert outrun(world, first, terms=True).run().terms_ended == len(over) - 1 and alone == [1]
    ended = world.rows_of("record.publicity_ended")
    assert sorted(ended) == sorted(over)
    assert world.finding() is None


def end_terms_of(world: World, record_id: UUID, done: list[int]) -> Callable[[], None]:
    """Another runner that has found one of the terms only."""

    class One:
        def terms_over(self, on: date, limit: int) -> list[tuple[UUID, date]]:
            return [found for found in world.views.terms_over(on, limit) if found[0] == record_id]

        def listed(self, list_code: str, limit: int) -> tuple[int, list[UUID]]:
            return world.views.listed(list_code, limit)

    return lambda: done.append(end_terms(world.ledger, One()))


def test_two_runners_at_the_same_moment_record_every_case_once_and_skip_none(story: Story) -> None:
    world = story.world
    cases = [story.object(record(story, 9100 + n)).case for n in range(8)]
    world.clock.advance(days=LATE)
    barrier = Barrier(2)

    def run(runner: DeadlineRunner) -> int:
        barrier.wait()
        return runner.run().overdue

    runners = [world.deadlines, world.deadlines]
    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(run, runners)) == len(cases)
    assert all(len(overdue(world, case)) == 1 for case in cases)
    assert world.finding() is None


def test_rep_4_supplied_materials_bring_a_new_day_that_may_be_missed_again(story: Story) -> None:
    world = story.world
    applied = story.apply(record(story), PROOF)
    world.clock.advance(days=6)
    assert world.deadlines.run().overdue == 1
    late = story.handling(applied)
    handling = type(late)(late.case, applied.version + 1, late.officer)
    asked = story.repairs.request_materials(handling)
    assert days(world, applied.case) == (None, None)
    world.clock.advance(days=20)
    assert world.deadlines.run().overdue == 0
    story.repairs.supply(story.supplying(asked, LETTER))
    assert days(world, applied.case) == ("2026-12-22", "2026-12-22")
    world.clock.advance(days=6)
    assert world.deadlines.run().overdue == 1
    assert overdue(world, applied.case) == [
        ("accept", "2026-11-25", story.source),
        ("accept", "2026-12-22", story.source),
    ]


def test_a_case_filed_by_a_program_that_knew_no_days_is_found_and_its_days_are_worked_out(
    story: Story,
) -> None:
    world = story.world
    case = story.object(record(story)).case
    with psycopg.connect(world.database.admin) as conn:
        conn.execute("UPDATE ledger.open_cases SET due = DEFAULT, next_due = DEFAULT")
    assert days(world, case) == (None, "0001-01-01")
    assert world.deadlines.run().overdue == 0
    assert days(world, case) == ("2026-12-01", "2026-12-01")
    world.clock.advance(days=LATE)
    assert world.deadlines.run().overdue == 1


def test_days_that_an_act_has_moved_meanwhile_are_not_mended(story: Story) -> None:
    world = story.world
    case = story.object(record(story)).case
    found = PostgresDueCases(world.pool("projector"))
    found.mend(CaseDays(case, None, None, uuid4(), None), seen=(date(1, 1, 1), -1))
    assert days(world, case) == ("2026-12-01", "2026-12-01")


CHANGED = (
    "UPDATE ledger.records SET sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1) WHERE stream_id = %s",
    "UPDATE ledger.records SET key_ref ="
    " regexp_replace(key_ref, '=[0-9a-f-]{36}/', '=' || gen_random_uuid() || '/', 'g') WHERE stream_id = %s",
)
"""A flipped bit, and keys that are nowhere."""


@pytest.mark.parametrize("change", CHANGED)
def test_a_case_that_cannot_be_opened_keeps_no_other_from_being_recorded(story: Story, change: str) -> None:
    world = story.world
    broken, good = story.object(record(story)).case, story.object(record(story, 9002)).case
    with world.superuser() as conn:
        assert conn.execute(change.encode(), (broken,)).rowcount == 1
    world.clock.advance(days=LATE)
    passed = world.deadlines.run()
    assert (passed.overdue, passed.unreadable) == (1, 1)
    assert len(overdue(world, good)) == 1


def test_more_cases_than_one_step_takes_are_all_recorded(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = story.world
    cases = [story.object(record(story, 9200 + n)).case for n in range(5)]
    world.clock.advance(days=LATE)
    monkeypatch.setattr("application.deadlines.PER_STEP", 2)
    assert world.deadlines.run().overdue == len(cases)
    assert all(len(overdue(world, case)) == 1 for case in cases)


def test_views_rebuilt_after_deadlines_are_the_live_ones(story: Story) -> None:
    world = story.world
    story.object(record(story))
    world.project()
    world.clock.advance(days=400)
    passed = world.deadlines.run()
    assert passed.overdue == 1 and passed.terms_ended > 0
    world.project()
    assert world.new_projector().rebuild().equal


@pytest.fixture
def city(seeded_world: World) -> Iterator[City]:
    story = begin(seeded_world)
    with Web(seeded_world).served() as url:
        yield City(story, url)


def test_rep_4_acc_4_what_is_overdue_shows_to_source_subject_and_credit_office_and_is_counted(
    city: City,
) -> None:
    world, office = city.world, "office-1"
    world.governance().register_officer(
        department=city.story.office, pseudonym=office, role="operator", name="示例"
    )
    filed = city.object(city.determine())
    operations = world.operations.reading
    assert operations.state(now=world.clock.now()).overdue == 0
    assert city.portal.overdue_elsewhere(official=office) == []
    before = city.portal.state("objections", filed["case"], official=office)
    assert before["waiting"] == {
        "step": "answer", "due": "2026-12-01", "overdue": False, "overdue_recorded": False, "provisional": False,
    }  # fmt: skip
    world.clock.advance(days=LATE)
    assert operations.state(now=world.clock.now()).overdue == 1, "by the day, before any runner has come"
    task = city.source.worklist(official=SECOND)[0]
    assert task["overdue"] and not task["overdue_recorded"]
    assert [t["case"] for t in city.portal.overdue_elsewhere(official=office)] == [filed["case"]]
    world.deadlines.run()
    task = city.source.worklist(official=SECOND)[0]
    assert task["overdue"] and task["overdue_recorded"] and task["version"] == 2
    elsewhere = city.portal.overdue_elsewhere(official=office)[0]
    assert (elsewhere["department"], elsewhere["overdue_recorded"]) == (city.story.source, True)
    for state in (
        city.portal.state("objections", filed["case"], official=office),
        city.portal.state("objections", filed["case"], subject=city.subject, on_behalf_of="subject"),
    ):
        assert state["waiting"]["overdue"] and state["waiting"]["overdue_recorded"]
        assert [m["event"] for m in state["history"]] == ["objection.filed", "objection.overdue"]
        assert state["history"][1]["parts"]["public"]["department"] == city.story.source
    shown = Web(world).http.get("/metrics").get_data(as_text=True)
    assert "credit_deadline_overdue 1.0" in shown and filed["case"] not in shown


def test_an_overdue_case_is_decided_on_the_version_that_says_so(city: City) -> None:
    filed = city.object(city.determine())
    city.world.clock.advance(days=LATE)
    city.world.deadlines.run()

    def reject(receipt: dict[str, Any]) -> Any:
        return city.source.reject(deciding("objections", receipt), reasons="一致", remedies=REMEDIES)

    assert problem(lambda: reject(filed), 412)["status"] == 412
    seen = city.source.state("objections", filed["case"], official=SECOND)
    assert seen["version"] == 2
    decided = reject({**filed, "version": seen["version"]})
    assert decided["version"] == 3
    assert city.source.state("objections", filed["case"], official=SECOND)["waiting"] is None
    assert case_of("objections", decided).version == 3


def test_nobody_but_the_credit_office_is_told_what_is_overdue_elsewhere(city: City) -> None:
    city.object(city.determine())
    city.world.clock.advance(days=LATE)
    for remedies, officer in ((city.source, SECOND), (city.stranger, city.stranger_officer)):
        with pytest.raises(KeyError):
            remedies.overdue_elsewhere(official=officer)
