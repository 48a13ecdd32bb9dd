"""Flags from their causes to their end, over HTTP with the product's own client (ACC-1 to ACC-4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from application.commands.refusals import log_refusal
from domain.catalogue.items import LegalBasis
from domain.oversight.indicators import FLAGS_UNANSWERED
from domain.shared.refusals import Defect
from domain.transparency.merkle import leaf_hash
from interfaces.cli.seed import seed_ledger
from interfaces.client.flags import Flags
from tests.ledger_books import row
from tests.listing import Lister
from tests.remedies import FIRST, SECOND, begin
from tests.remedies_http import City, code_of, deciding, problem
from tests.web import Web
from tests.world import World

OFFICE = "credit_office-1"


class Overseen:
    """The source whose flags these are, the credit office, and a department that has no part."""

    def __init__(self, city: City, web: Web) -> None:
        self.city, self.world, self.web = city, city.world, web
        self.lister, self.unit = Lister(city), city.story.source
        self.source = Flags(city.clients["source"], official=SECOND)
        self.office = Flags(city.clients["portal"], official=OFFICE)
        self.stranger = Flags(city.clients["stranger"], official=city.stranger_officer)

    def passed(self) -> tuple[int, int]:
        """What the runners do in half a minute: flags raised, flags escalated."""
        self.world.project()
        self.world.deadlines.run()
        self.world.project()
        done = self.world.flags.run()
        return done.flags, done.overdue

    def only(self, who: Flags | None = None) -> dict[str, Any]:
        """The one open flag."""
        (flag,) = (who or self.source).page(open_only=True)["flags"]
        return dict(flag)

    def refuse(self, rule: str, times: int) -> None:
        """Acts of the unit that were refused, in the access log."""
        for number in range(times):
            defect = Defect(rule, "x")
            log_refusal(
                self.world.ledger, department=self.unit, defects=[defect], attempt=f"{rule}{number}".encode()
            )


@pytest.fixture
def overseen(seeded_world: World) -> Iterator[Overseen]:
    story = begin(seeded_world)
    web = Web(seeded_world)
    with web.served() as url:
        told = Overseen(City(story, url), web)
        seeded_world.project()
        seeded_world.flags.fold()
        yield told


@pytest.mark.rule("ACC-1")
def test_acc_1_recording_outside_the_catalogue_is_flagged_answered_and_closed_by_the_office_alone(
    overseen: Overseen,
) -> None:
    world, lister = overseen.world, overseen.lister
    record = overseen.city.determine()
    before = overseen.source.page()["flags"]
    for _ in range(4):
        assert problem(lambda: lister.begin(record, list_code="C06-02"), 422)["rule"] == "CAT-5"
    overseen.passed()
    assert overseen.source.page()["flags"] == before
    problem(lambda: lister.begin(record, list_code="C06-02"), 422)
    assert overseen.passed() == (1, 0)
    assert overseen.passed() == (0, 0)
    flag = overseen.only()
    assert (flag["rule"], flag["what"], flag["times"], flag["state"]) == ("ACC-1", "refused", 5, "raised")
    told = overseen.source.one(flag["flag"])
    _shown(overseen, told, 5)

    # Who has no part is told what it is told of a flag that is not there.
    nothing = problem(lambda: overseen.stranger.one(str(world.ledger.id)), 404)
    hidden = problem(lambda: overseen.stranger.one(flag["flag"]), 404)
    assert {**hidden, "instance": ""} == {**nothing, "instance": ""}
    assert overseen.stranger.page()["flags"] == []
    closing = {"outcome": "corrected", "reasons": "已核实"}
    assert problem(lambda: overseen.stranger.close(told, **closing), 404)["rule"] == "ACC-1"

    early = problem(lambda: overseen.office.close(told, **closing), 422)
    assert (early["rule"], code_of(early)) == ("ACC-1", "flag_not_heard")
    assert "instead" in early and early["attempted"] == "办结责任线索"
    another = problem(lambda: overseen.office.answer(told, "x"), 403)
    assert code_of(another) == "flag_of_another_unit"
    named = problem(lambda: overseen.source.answer(told, "联系电话：02712345678"), 422)
    assert code_of(named) == "flag_person_in_text"
    answered = overseen.source.answer(told, "经办人选错名单，已培训", materials=["b1" * 32])
    assert answered["version"] == 2
    stale = problem(lambda: overseen.office.close(told, **closing), 412)
    assert code_of(stale) == "version_stale"
    told = overseen.source.one(flag["flag"])
    own = problem(lambda: overseen.source.close(told, **closing), 403)
    assert (own["rule"], code_of(own)) == ("ACC-1", "flag_not_the_office")
    overseen.office.close(overseen.office.one(flag["flag"]), **closing)
    told = overseen.source.one(flag["flag"])
    assert [step["event"] for step in told["steps"]] == ["flag.raised", "flag.answered", "flag.closed"]
    page = overseen.source.shown(flag["flag"])
    assert "经办人选错名单" in page and "已整改" in page and told["evidence"][0]["leaf_hash"] in page
    assert "每个标记都要分办" in page and flag["unit"] not in page, "what the rule says, and the unit by name"
    again = problem(lambda: overseen.source.answer(told, "再次说明"), 422)
    assert code_of(again) == "flag_closed_already"
    overseen.passed()
    assert overseen.source.page(open_only=True)["flags"] == []
    assert world.finding() is None


@pytest.mark.rule("ACC-1")
@pytest.mark.rule("SHR-1")
def test_acc_1_an_officer_whose_looks_are_refused_again_and_again_is_flagged_with_each_of_them(
    overseen: Overseen,
) -> None:
    world, city = overseen.world, overseen.city
    world.governance().register_purpose(code="curiosity", zh="好奇", en="curiosity")

    def look(purpose: str, officer: str = SECOND) -> object:
        asked = {"official": officer, "purpose": purpose, "case": "示许受字〔2026〕7号", "basis": "34"}
        return city.clients["source"].query([city.subject], **asked)

    for _ in range(10):
        # Answered with nothing: a flag about these would tell that there is a record.
        assert look("curiosity")
    for officer in [SECOND] * 9 + [FIRST]:
        refused = problem(lambda officer=officer: look("nosiness", officer), 403)  # type: ignore[misc]
        assert (refused["rule"], code_of(refused)) == ("QRY-1", "purpose_unknown") and refused["instead"]
    assert overseen.passed() == (0, 0)
    problem(lambda: look("nosiness"), 403)
    assert overseen.passed() == (1, 0)
    flag = overseen.only()
    assert (flag["rule"], flag["what"], flag["about"], flag["times"]) == (
        "ACC-1",
        "looks_refused",
        SECOND,
        10,
    )
    told = overseen.source.one(flag["flag"])
    _shown(overseen, told, 10)
    assert "同一经办人多次被拒绝的查询" in overseen.source.shown(flag["flag"])
    problem(lambda: overseen.stranger.one(flag["flag"]), 404)
    problem(lambda: look("nosiness"), 403)
    assert overseen.passed() == (0, 0) and overseen.only()["times"] == 11
    assert world.finding() is None


@pytest.mark.rule("ACC-1")
def test_acc_1_whoever_recorded_under_an_item_later_found_without_basis_is_flagged_with_its_records(
    overseen: Overseen,
) -> None:
    world = overseen.world
    overseen.city.determine()
    code = str(overseen.city.story.content["public"]["item"])
    item = next(i for i in world.city.items if i.code == code)
    local = LegalBasis("示范市信用办法", "示人发〔2020〕1号", "第九条", "local_regulation")
    world.adopt(replace(item, version=2, bases=(*item.bases, local)))
    transport = next(d for d in world.city.departments if d.key == "transport")
    overseen.passed()
    already = {flag["flag"] for flag in overseen.office.page()["flags"]}
    entered = row(title="《示范市信用办法》", due="2026-12-01", unit_name=transport.name)
    seed_ledger(world.ledger, [entered], unit=transport.code)
    raised, _ = overseen.passed()
    flags = [f for f in overseen.office.page()["flags"] if f["flag"] not in already]
    assert raised == len(flags) == 1
    assert {(f["rule"], f["what"], f["about"]) for f in flags} == {("ACC-1", "item_stopped", code)}
    (own,) = (f for f in flags if f["unit"] == overseen.unit)
    topics = {f"records:{r.position}": r.topic for r in world.reader.rows("records", after=0, limit=10_000)}
    shown = [topics[e["event_id"]] for e in overseen.source.one(own["flag"])["evidence"]]
    assert shown[-1] == "catalogue.item_suspended" and set(shown[:-1]) == {"record.determined"}
    assert overseen.passed() == (0, 0)


def _shown(overseen: Overseen, told: dict[str, Any], times: int) -> None:
    """Each cause of the flag is told once, as a refused act whose leaf it is."""
    leaves = {f"access:{r.position}": r for r in overseen.world.reader.rows("access", after=0, limit=10_000)}
    assert len({shown["event_id"] for shown in told["evidence"]}) == len(told["evidence"]) == times
    for shown in told["evidence"]:
        found = leaves[shown["event_id"]]
        assert (found.topic, leaf_hash(found.leaf).hex()) == ("act.refused", shown["leaf_hash"])


@pytest.mark.rule("ACC-2")
def test_acc_2_one_refused_measure_is_flagged_and_more_join_it_while_it_is_open(overseen: Overseen) -> None:
    overseen.refuse("MEA-1", 1)
    assert overseen.passed() == (1, 0)
    overseen.refuse("MEA-3", 3)
    assert overseen.passed() == (0, 0)
    flag = overseen.only()
    assert (flag["rule"], flag["times"], flag["version"]) == ("ACC-2", 4, 2)
    told = overseen.office.one(flag["flag"])
    raised, joined = told["steps"]
    assert (raised["content"]["times"], joined["event"], joined["content"]["times"]) == (1, "flag.joined", 3)
    _shown(overseen, told, 4)
    overseen.refuse("MEA-3", 1)
    assert overseen.passed() == (0, 0)
    stale = problem(lambda: overseen.office.close(told, outcome="unfounded", reasons="x"), 412)
    assert code_of(stale) == "version_stale"
    told = overseen.office.one(flag["flag"])
    _shown(overseen, told, 5)
    assert "同类线索并入" in overseen.source.shown(flag["flag"])
    overseen.office.close(told, outcome="unfounded", reasons="核实为系统误报")
    assert overseen.passed() == (0, 0)
    overseen.refuse("MEA-2", 1)
    assert overseen.passed() == (1, 0)


@pytest.mark.rule("ACC-3")
def test_acc_3_steps_of_a_listing_refused_three_times_and_a_listing_taken_back_are_flagged(
    overseen: Overseen,
) -> None:
    lister = overseen.lister
    record = overseen.city.determine()
    for _ in range(2):
        assert problem(lambda: lister.begin(record, receipt=""), 422)["rule"] == "LST-4"
    assert overseen.passed()[0] == 0
    problem(lambda: lister.begin(record, list_code="C06-99"), 422)
    assert overseen.passed() == (1, 0)
    assert (overseen.only()["rule"], overseen.only()["what"]) == ("ACC-3", "refused")
    _, decided = lister.list_now(record)
    lister.source.remove(
        lister.case(decided),
        list_code="C06-04",
        cause="reversal",
        removes=decided["leaf_hash"],
        removed_on=overseen.world.today.isoformat(),
    )
    assert overseen.passed() == (1, 0)
    reversed_one = overseen.source.page()["flags"][-1]
    assert (reversed_one["what"], reversed_one["about"]) == ("listing_reversed", decided["case"])


@pytest.mark.rule("ACC-4")
def test_acc_4_a_case_not_done_in_time_is_flagged_once_and_escalates_when_the_unit_says_nothing(
    overseen: Overseen,
) -> None:
    world = overseen.world
    case = overseen.city.object(overseen.city.determine())
    assert overseen.passed() == (0, 0)
    world.clock.advance(days=12)
    assert overseen.passed() == (1, 0)
    flag = overseen.only()
    assert (flag["rule"], flag["about"], flag["unit"]) == ("ACC-4", case["case"], overseen.unit)
    assert overseen.only(overseen.office) == flag
    assert overseen.stranger.page()["flags"] == []
    told = _reassigned(overseen, overseen.office.one(flag["flag"]))
    world.clock.advance(days=20)
    assert overseen.passed() == (0, 1)
    assert overseen.passed() == (0, 0)
    told = overseen.office.one(flag["flag"])
    assert told["flag"]["state"] == "overdue" and told["steps"][-1]["event"] == "flag.overdue"
    world.project()
    counts = world.services.indicators.month(world.today.isoformat()[:7]).counts
    # SUP-1: it counts for whom it was assigned to and did not answer, not for the unit that it left.
    unanswered = {
        unit: found[FLAGS_UNANSWERED, ""] for unit, found in counts.items() if (FLAGS_UNANSWERED, "") in found
    }
    assert unanswered == {told["flag"]["unit"]: 1}
    overseen.office.close(told, outcome="held_to_account", reasons="逾期未办且未说明")
    assert overseen.office.one(flag["flag"])["flag"]["state"] == "closed"
    assert deciding("objections", case).version == 1 and world.finding() is None


def _reassigned(overseen: Overseen, told: dict[str, Any]) -> dict[str, Any]:
    """改派: by the office alone, to a unit that is heard anew; whom it left sees it no more."""
    flag, officer = told["flag"], overseen.city.stranger_officer
    unit = overseen.city.clients["stranger"].department.code
    overseen.world.clock.advance(days=7)
    said = {"unit": unit, "responsible": officer, "reasons": "该异议应由该单位办理"}
    own = problem(lambda: overseen.source.reassign(told, **said), 403)
    assert (own["rule"], code_of(own), own["attempted"]) == ("ACC-4", "flag_not_the_office", "改派责任线索")
    assert problem(lambda: overseen.stranger.reassign(told, **said), 404)["rule"] == "ACC-1"
    unfit = problem(
        lambda: overseen.office.reassign(told, **{**said, "unit": overseen.city.story.office}), 422
    )
    assert code_of(unfit) == "flag_unit_unfit" and unfit["instead"]
    there = problem(lambda: overseen.office.reassign(told, unit=flag["unit"], reasons="x"), 422)
    assert code_of(there) == "flag_lies_there_already"
    receipt = overseen.office.reassign(told, **said)
    assert receipt["answer_by"] > flag["answer_by"]
    overseen.world.flags.run()
    problem(lambda: overseen.source.one(flag["flag"]), 404)
    assert overseen.source.page()["flags"] == []
    (listed,) = overseen.stranger.page()["flags"]
    assert (listed["unit"], listed["responsible"], listed["state"]) == (unit, officer, "raised")
    assert "改派" in overseen.stranger.shown(flag["flag"])
    return overseen.office.one(flag["flag"])


def test_a_flag_raised_by_a_runner_that_then_died_is_raised_no_second_time(overseen: Overseen) -> None:
    world = overseen.world
    overseen.refuse("MEA-1", 2)
    world.project()
    runner = world.flags
    runner.fold()
    with world.superuser() as lost:
        (seen,) = lost.execute("SELECT position FROM ledger.oversight_state WHERE log = 'records'").fetchone()  # type: ignore[misc]
    assert runner.run().flags == 1
    with (
        world.superuser() as lost
    ):  # as if it had died after its event was recorded, and before it was folded
        lost.execute("TRUNCATE ledger.flags")
        lost.execute("UPDATE ledger.flag_causes SET flag = NULL")
        lost.execute("UPDATE ledger.oversight_state SET position = %s WHERE log = 'records'", (seen,))
    assert world.flags.run().flags == 0
    world.project()
    world.clock.advance(days=1)
    assert world.flags.run().flags == 0
    assert len(world.rows_of("flag.raised")) == 1


def test_flags_come_by_pages_oldest_first(overseen: Overseen) -> None:
    for rule in ("MEA-1", "LST-4", "CAT-1"):
        overseen.refuse(rule, 5)
    assert overseen.passed()[0] >= 3
    whole = overseen.source.page()["flags"]
    first = overseen.source.page(limit=2)
    second = overseen.source.page(limit=2, cursor=first["next"])
    assert [*first["flags"], *second["flags"]] == whole[:4]
    crossed = problem(lambda: overseen.office.page(limit=2, cursor=first["next"]), 400)
    assert code_of(crossed) == "cursor_invalid"
