"""A year's working days loaded as an event: provisional days of open cases are counted again, by an event each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from click.testing import CliRunner

from application.commands.acts import Done, HandleCase
from application.deadlines import Passed
from application.ports import CaseDays
from application.queries.worklist import Worklist
from domain.listing.case import Statement, fold_listing
from domain.measures.events import MeasureOverdue
from domain.parties.acting import Officer
from domain.remedies.events import ObjectionOverdue
from domain.shared.recounted import CaseDaysRecounted
from infrastructure.postgres.due_cases import PostgresDueCases
from interfaces.cli.main import cli
from tests.entries import EntryStory
from tests.full_ledger import NOTICE
from tests.listing import ListingStory
from tests.measures import MeasureStory
from tests.remedies import LETTER, PROOF, SECOND, Story, begin
from tests.world import World


@pytest.fixture
def story(seeded_world: World) -> Story:
    found = begin(seeded_world)
    seeded_world.project()
    # A Monday: seven working days reach into a year of which nothing is known.
    seeded_world.clock.run_ahead(days=37)
    return found


def calendar(world: World, *words: str) -> tuple[int, str]:
    ended = CliRunner().invoke(cli, ["calendar", *words], env=world.environment)
    return ended.exit_code, ended.output


def load(
    world: World, tmp_path: Path, notice: Mapping[str, Any] = NOTICE, *, by: str = ""
) -> tuple[int, str]:
    file = tmp_path / "year.json"
    file.write_text(json.dumps(notice), encoding="utf-8")
    key = world.folder / "keys" / f"{by or world.city.credit_office.code}.pem"
    return calendar(world, "--load", str(file), "--key", str(key), "--json")


def record_of_june(story: Story, number: int) -> UUID:
    return story.new_record(f"示市监罚字〔2026〕{number}号", decided=date(2026, 6, 1))


def rows(world: World) -> list[tuple[Any, ...]]:
    with psycopg.connect(world.database.admin) as conn:
        query = "SELECT due::text, next_due::text, counted_by FROM ledger.open_cases ORDER BY position"
        return conn.execute(query).fetchall()


def recounts(world: World, case: UUID) -> list[CaseDaysRecounted]:
    return [e for e in world.ledger.load(case) if isinstance(e, CaseDaysRecounted)]


def recounted(world: World, case: UUID) -> list[tuple[str, bool]]:
    return [(e.answer_by, e.provisional) for e in recounts(world, case)]


def tasks(story: Story) -> dict[UUID, tuple[str, bool]]:
    story.desk.registry.forget()
    page = Worklist(story.world.ledger, story.desk.calendar).page(story.source)
    return {task.case: (task.due, task.provisional) for task in page.entries}


@pytest.mark.rule("REP-4")
def test_rep_4_provisional_days_are_counted_again_once_a_year_is_loaded_and_missed_by_the_new_days(
    story: Story, tmp_path: Path
) -> None:
    world = story.world
    record = record_of_june(story, 9001)
    objection, repair = story.object(record).case, story.apply(record, PROOF, LETTER)
    early = story.object(record_of_june(story, 9002), by_department=True, officer=SECOND).case
    assert tasks(story)[objection] == ("2027-01-06", True)
    assert world.deadlines.run() == Passed(), "nothing to count by"
    assert [row[2] for row in rows(world)] == [0, 0, None]

    code, told = load(world, tmp_path)
    assert code == 0 and json.loads(told)["years"] == [2026, 2027]
    assert world.deadlines.run() == Passed(recounted=2)
    assert recounted(world, objection) == [("2027-01-07", False)] and recounted(world, early) == []
    assert recounted(world, repair.case) == [("2027-01-12", False)]
    assert tasks(story)[objection] == ("2027-01-07", False)
    assert rows(world)[0] == ("2027-01-07", "2027-01-07", None)
    assert world.deadlines.run() == Passed() and load(world, tmp_path)[0] == 0
    assert world.deadlines.run() == Passed(), "the same year is no other calendar"

    accepted = story.repairs.accept(HandleCase(repair.case, 2, Officer(SECOND, story.source)))
    assert rows(world)[1][2] is None and accepted.version == 3
    later = story.object(record_of_june(story, 9003)).case
    assert tasks(story)[later] == ("2027-01-07", False)
    world.clock.run_ahead(days=10)
    assert world.deadlines.run().overdue == 1, "that of the department's own record"
    world.clock.run_ahead(days=1)
    assert world.deadlines.run().overdue == 2
    missed = [e.due for e in world.ledger.load(objection) if isinstance(e, ObjectionOverdue)]
    assert missed == ["2027-01-07"]
    assert world.finding() is None
    world.project()
    assert world.new_projector().rebuild().equal
    assert not world.fsck().faults


@pytest.mark.rule("LST-5")
@pytest.mark.rule("JNT-1")
@pytest.mark.rule("OBJ-1")
def test_lst_5_the_days_of_listings_entries_and_measures_are_counted_again_like_those_of_any_case(
    story: Story, tmp_path: Path
) -> None:
    world, listings, measures = story.world, ListingStory(story), MeasureStory(story)
    records = [
        story.new_record(f"示市监罚字〔2026〕{number}号", decided=date(2026, 6, 1), severity="严重")
        for number in range(9001, 9005)
    ]
    told, said = listings.begin(records[0]).case, listings.begin(records[1])
    listings.listings.state(listings.speaking(said), Statement("已整改"))
    entries = EntryStory(story)
    named = measures.named(records[2]).case
    doubted = measures.objected(measures.named(records[3])).case
    world.clock.run_ahead(days=1)
    entry = entries.red()
    entries.objected(entry)
    before = tasks(story)
    assert before[named] == ("2027-01-22", True) and all(provisional for _, provisional in before.values())

    def days(case: UUID) -> tuple[str, str]:
        found = fold_listing(world.ledger.load(case))
        assert found is not None
        return found.state_by, found.answer_by

    assert (days(told), days(said.case)) == (("2027-01-04", ""), ("2027-01-04", "2027-01-06"))
    assert world.deadlines.run() == Passed(), "nothing to count by"
    holidays: Any = NOTICE["holidays"]
    rest = {**NOTICE, "holidays": sorted([*holidays, "2027-01-22"])}
    assert load(world, tmp_path, rest)[0] == 0
    assert world.deadlines.run() == Passed(recounted=5)
    assert (days(told), days(said.case)) == (("2027-01-05", ""), ("2027-01-04", "2027-01-07"))
    after = tasks(story)
    assert not any(provisional for _, provisional in after.values())
    assert after[named] == ("2027-01-21", False), "never later for a rest day"
    assert [e.feedback_by for e in recounts(world, doubted)] == ["2027-01-21"]
    assert after[doubted][0] > before[doubted][0] and after[entry.case][0] > before[entry.case][0]
    assert world.deadlines.run() == Passed()

    world.clock.run_ahead(days=7)
    listings.listings.state(listings.speaking(Done(told, 2, 0, {})), Statement("仍在新的期限内"))
    world.clock.run_ahead(days=17)
    world.deadlines.run()
    missed = [e.due for e in world.ledger.load(named) if isinstance(e, MeasureOverdue)]
    assert missed == ["2027-01-21"]
    assert not world.fsck().faults


def test_a_notice_that_comes_later_counts_for_what_is_provisional_and_reaches_back_for_nothing_else(
    story: Story, tmp_path: Path
) -> None:
    world = story.world
    before = story.object(record_of_june(story, 9001)).case
    assert load(world, tmp_path)[0] == 0
    after = story.object(record_of_june(story, 9002)).case
    world.deadlines.run()
    assert load(world, tmp_path, {**NOTICE, "working_weekend_days": ["2027-01-03"]})[0] == 0
    assert world.deadlines.run() == Passed()
    assert recounted(world, before) == [("2027-01-07", False)] and recounted(world, after) == []
    third = story.object(record_of_june(story, 9003)).case
    assert tasks(story)[third] == ("2027-01-06", False)


def test_only_the_credit_office_loads_a_year_and_only_from_a_whole_file(story: Story, tmp_path: Path) -> None:
    world = story.world
    head = world.reader.head("records")[0]
    code, told = load(world, tmp_path, by=story.source)
    assert code == 1 and "信用" in told
    code, told = load(world, tmp_path, {**NOTICE, "holidays": ["2027-01-01"]})
    assert code == 1 and "holidays" in told
    assert calendar(world, "--load", str(tmp_path / "year.json"))[0] == 2
    assert world.reader.head("records")[0] == head
    assert json.loads(calendar(world, "--json")[1]) == {"years": [2026], "loaded": []}


def test_days_that_a_case_was_given_meanwhile_are_not_mended_by_what_was_seen_before(story: Story) -> None:
    case = story.object(record_of_june(story, 9001)).case
    known = rows(story.world)
    found = PostgresDueCases(story.world.pool("projector"))
    found.mend(CaseDays(case, None, None, case, None), seen=(None, 0))
    assert rows(story.world) == known
