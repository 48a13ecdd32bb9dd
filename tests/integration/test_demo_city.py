"""The demo city shows each process at work, what takes months as well: as its table tells (docs/demo-city.md)."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from application.listings import lists_of
from application.queries.worklist import Worklist
from domain.listing.events import SubjectListed
from domain.measures.case import fold_measure, fold_measured
from domain.oversight.flags import fold_flag
from domain.parties.acting import Officer
from domain.shared.city_time import city_day
from infrastructure.bootstrap import remedy_desk
from infrastructure.clock import EarlierClock
from infrastructure.remedy_data import load_calendar
from interfaces.cli.demo_desk import OFFICER as EXAMPLE_OFFICER
from interfaces.cli.demo_desk import SOURCE, DemoDesk
from interfaces.cli.examples import Examples
from interfaces.cli.history_examples import DAYS, HistoryExamples
from interfaces.cli.oversight_examples import SUSPENDED, reassigned_flag
from interfaces.cli.seed import seed_ledger
from interfaces.client.form_data import load_forms
from tests.listing import LIST
from tests.web import Web
from tests.world import World

TABLE = Path(__file__).resolve().parents[2] / "docs" / "demo-city.md"
OF_FILES = {"consistency.checked"}
"""What the seed makes of the departments' files alone."""


def test_the_demo_city_has_a_live_example_of_each_process(ledger_world: World) -> None:
    world = ledger_world
    world.clock.advance(days=DAYS)
    clock = EarlierClock(world.clock, timedelta(days=DAYS))
    desk = DemoDesk(world.ledger.by(clock), world.city, world.keys, Random(7))
    told = HistoryExamples(desk, clock).live()
    assert city_day(clock.now()) == world.today
    told |= Examples(desk).make()
    for unit, rows in world.city.ledgers.items():
        seed_ledger(world.ledger, rows, unit=unit)
    world.project()
    passed, owed = world.deadlines.run(), world.deadlines.run()
    assert (passed.terms_ended, owed.overdue, passed.unreadable) == (3, 1, 0), (
        "of what ended a report is owed"
    )
    world.project()
    before_the_members(world, UUID(told["meeting"]["proposal"]))
    (listed,) = world.lookup.listed(LIST).entries
    assert listed.shown["fields"]["authority_rank"] == "municipal"
    assert [b.until for b in (lists_of(world.ledger, listed_subject(world)))] == [listed.shown["until"]]
    proposals, _ = world.services.registers.page("proposal", after="", limit=9)
    assert sorted(proposal.content["event"] for proposal in proposals) == [
        "proposal.consulted", "proposal.evaluated", "proposal.meeting_called", "proposal.review_overdue",
    ]  # fmt: skip
    (honoured,) = world.lookup.listed("C11-01").entries
    assert "绿色通道" in honoured.shown["fields"]["incentives"]
    assert [len(world.rows_of(topic)) for topic in ("watchlist.entered", "reference.entered")] == [1, 1]
    remedies = ("restoration.begun", "repair.extended", "repair.revoked", "record.returned", "record.rested")
    assert [len(world.rows_of(topic)) for topic in remedies] == [3, 1, 1, 2, 2]
    measured = dict.fromkeys(world.rows_of("subject.measured"))
    measures = [fold_measured(world.ledger.load(subject))[0] for subject in measured]
    found = [fold_measure(world.ledger.load(measure)) for still in measures for measure in still]
    assert [measure and (measure.state, measure.step) for measure in found] == [
        ("applied", "report"), ("named", "respond"), ("named", "answer"), ("named", "respond"),
    ]  # fmt: skip
    assert found[-1] is not None and (found[-1].id, found[-1].ground) == (
        UUID(told["linked_measure"]["case"]),
        "link",
    )
    stopped = fold_measure(world.ledger.load(UUID(told["stopped_measure"]["case"])))
    assert stopped is not None and (stopped.cause, stopped.step) == ("basis_stopped", "report_lifted")
    world.flags.run()
    office = world.city.credit_office.code
    flags = world.services.flags.page(None, open_only=True, after=0, through=1 << 40, limit=20)
    flag = reassigned_flag(
        remedy_desk(world.ledger, load_forms()), [flag for flag, _ in flags], office=office,
        officer=Officer(EXAMPLE_OFFICER, next(d.code for d in world.city.departments if d.key == SOURCE)),
    )  # fmt: skip
    assigned = fold_flag(world.ledger.load(flag))
    assert assigned is not None and assigned.responsible == EXAMPLE_OFFICER
    raised = [fold_flag(world.ledger.load(found)) for found, _ in flags]
    looked = {(f.raised.what, f.raised.about, f.times) for f in raised if f and f.raised.rule == "ACC-1"}
    assert looked == {("looks_refused", SUSPENDED, 10)}
    overseen = ("officer.relation_declared", "incident.opened", "incident.handled", "duty.checked")
    assert [len(world.rows_of(topic)) for topic in overseen] == [2, 2, 2, 1]
    assert {topic for topic in topics() if not world.rows_of(topic)} == OF_FILES
    served = [world.ledger.load(case)[0] for case in world.rows_of("repair.applied")]
    assert [s.public_service["hours"] for s in served if s.public_service] == [24]  # type: ignore[attr-defined]
    named = {
        "/registers/proposals": "名单认定标准 表彰奖励、诚信典型信息（C11-01）",
        "/registers/measures/S01": "行政处罚信息（C03-02）",
    }
    assert all(words in Web(world).http.get(page).text for page, words in named.items())
    text = Web(world).http.get(f"/lists/{LIST}").text
    assert listed.shown["fields"]["name"] in text
    assert Web(world).http.get(f"/v1/lists/{LIST}").get_json()["entries"][0]["listing"] == str(
        listed.record_id
    )
    world.publish()
    assert not world.fsck().faults


def topics() -> list[str]:
    """The events that the table names, one a process."""
    rows = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    found = [re.search(r"`([a-z_.]+)` \|$", row) for row in rows[2:]]
    assert len(found) > 40 and all(found)
    return [row[1] for row in found if row]


def before_the_members(world: World, proposal: UUID) -> None:
    """One of three members of the meeting gave its view, the others are asked, and the office waits for the day."""
    tasks = Worklist(world.ledger, load_calendar())
    asked = [d.code for d in world.city.departments if d.member and d.key != SOURCE]
    found = [[t.step for t in tasks.page(code).entries if t.record == proposal] for code in asked]
    assert sorted(found) == [[], ["give_view"], ["give_view"]]
    (office,) = (t for t in tasks.page(world.city.credit_office.code).entries if t.record == proposal)
    assert office.step == "conclude_meeting" and office.due > world.today.isoformat()


def listed_subject(world: World) -> UUID:
    """Of two subjects that were put on a list the one that still is: the other came off in the city's history."""
    off, on = world.rows_of(SubjectListed.TOPIC)
    assert not lists_of(world.ledger, off)
    return on
