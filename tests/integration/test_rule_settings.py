"""Settings at work: changed by the credit office's seal, never reaching back, and not into cases that run."""

from __future__ import annotations

import json
import subprocess
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from application.commands.consents import GiveConsent
from domain.remedies.events import ObjectionFiled, RepairApplied, RepairMaterialsSupplied
from domain.shared.deadlines import add_months, add_working_days
from domain.shared.refusals import Refused
from infrastructure.remedy_data import load_calendar, load_settings
from interfaces.client.api import Client, Department, Problem
from interfaces.client.settings import change_setting
from tests.commands import run_command
from tests.remedies import LETTER, PROOF, Story, begin
from tests.web import Web
from tests.world import World

SOURCE = "示例市信用办〔2026〕3号"
DAY = timedelta(days=1)


class Office:
    """The credit office's client, or another department's."""

    def __init__(self, world: World, url: str, code: str = "") -> None:
        self.world = world
        self.code = code or world.city.credit_office.code
        self.client = Client(url, Department(self.code, world.keys[self.code]), attempts_max=1)
        self.officer = next(
            o.key for o in world.city.officers if o.department in (self.code, "credit_office")
        )

    def set(self, name: str, *value: int, on: date | None = None, **more: Any) -> dict[str, Any]:
        said: dict[str, Any] = {
            "from_day": (on or self.world.today + DAY).isoformat(),
            "source": SOURCE,
            "status": "SEED",
            "reason": "办件量增加",
            "officer": self.officer,
            "stream": str(self.world.services.settings.read().stream_id),
        }
        return change_setting(self.client, name=name, value=value, **{**said, **more})


def problem(office: Office, *said: Any, **more: Any) -> tuple[int, str, str]:
    with pytest.raises(Problem) as refused:
        office.set(*said, **more)
    members = refused.value.members
    assert members.get("instead") and members.get("quote")
    return refused.value.status, members["rule"], members["errors"][0]["code"]


@pytest.mark.rule("REP-4")
def test_rep_4_the_credit_office_sets_a_limit_from_a_later_day_on(ledger_world: World) -> None:
    world, web = ledger_world, Web(ledger_world)
    with web.served() as url:
        office = Office(world, url)
        other = Office(world, url, world.city.agencies[0].code)
        other.officer = next(o.key for o in world.city.officers if o.department == other.code)
        assert problem(office, "repair.answer_working_days", 20, on=world.today) == (
            422, "REP-4", "setting_retroactive",
        )  # fmt: skip
        assert problem(office, "watch_list.minor_records", 1)[1:] == ("JNT-3", "setting_out_of_bounds")
        assert problem(other, "repair.answer_working_days", 20) == (
            403, "REP-4", "setting_not_the_credit_office",
        )  # fmt: skip
        assert problem(office, "repair.answer_working_days", 20, officer=other.officer)[:2] == (403, "QRY-1")
        assert problem(office, "repair.answer_working_days", 20, stream=str(uuid4()))[1:] == (
            "DET-5", "seal_signature_wrong",
        )  # fmt: skip
        before = web.http.get("/v1/settings")
        receipt = office.set("repair.answer_working_days", 20)
    assert receipt["value"] == [20]
    assert len(world.rows_of("setting.changed")) == 1 and len(world.rows_of("act.refused", "access")) == 5
    after = web.http.get("/v1/settings", headers={"If-None-Match": before.headers["ETag"]})
    found = {s["name"]: s for s in after.get_json()["settings"]}["repair.answer_working_days"]
    assert (found["today"]["value"], found["today"]["status"]) == ([10], "2ND")
    (_, changed) = found["history"]
    assert (changed["value"], changed["source"], changed["author"]) == ([20], SOURCE, office.officer)
    assert "办件量增加" in web.http.get("/rules").text
    world.clock.advance(days=1)
    told = web.http.get("/v1/settings").get_json()["settings"]
    assert {s["name"]: s for s in told}["repair.answer_working_days"]["today"]["value"] == [20]
    assert world.finding() is None


def change(world: World, name: str, *value: int) -> None:
    """Set a value from tomorrow on, over HTTP."""
    with Web(world).served() as url:
        Office(world, url).set(name, *value)


def due(start: date, days: int) -> str:
    return add_working_days(start, days, load_calendar()).day.isoformat()


@pytest.fixture
def story(seeded_world: World) -> Story:
    return begin(seeded_world)


def event_of(story: Story, case: Any, kind: type[Any]) -> Any:
    return next(e for e in story.world.ledger.load(case) if isinstance(e, kind))


@pytest.mark.rule("REP-4")
@pytest.mark.rule("OBJ-1")
def test_rep_4_a_running_case_keeps_the_limits_that_it_began_with(story: Story) -> None:
    world = story.world
    one, two = (story.new_record(f"示罚〔2026〕{n}号", decided=date(2026, 6, 1)) for n in (91, 92))
    running, pending = story.apply(one, PROOF), story.object(two)
    began = world.today
    for name, value in (
        ("repair.answer_working_days", 20),
        ("objection.source_unit_working_days", 15),
    ):
        change(world, name, value)
    same_day = story.apply(two, PROOF, LETTER)
    assert event_of(story, same_day.case, RepairApplied).answer_by == due(began, 10)
    world.clock.advance(days=1)
    today = world.today
    assert event_of(story, pending.case, ObjectionFiled).answer_by == due(began, 7)
    asked = story.repairs.request_materials(story.handling(running))
    supplied = story.repairs.supply(story.supplying(asked, LETTER))
    # Supplied today, when twenty days hold: it began under ten.
    assert event_of(story, supplied.case, RepairMaterialsSupplied).answer_by == due(today, 10)
    three = story.new_record("示罚〔2026〕93号", decided=date(2026, 6, 1))
    begun = story.apply(three, PROOF, LETTER)
    assert event_of(story, begun.case, RepairApplied).answer_by == due(today, 20)
    objected = story.object(three)
    assert event_of(story, objected.case, ObjectionFiled).answer_by == due(today, 15)


@pytest.mark.rule("PUB-4")
def test_pub_4_a_record_is_public_under_the_maximum_that_was_set_for_its_own_day(story: Story) -> None:
    world = story.world
    early = story.new_record("示罚〔2026〕94号", decided=world.today)
    change(world, "publicity.maximum_months", 3, 6, 24)
    world.clock.advance(days=1)
    late = story.new_record("示罚〔2026〕95号", decided=world.today)
    world.project()
    with world.superuser() as conn:
        until = dict(
            conn.execute("SELECT record_id, until FROM ledger.renditions WHERE view = 'public'").fetchall()
        )
    assert until[early] == add_months(world.today - DAY, 12)
    assert until[late] == add_months(world.today, 6)
    assert world.new_projector().rebuild().equal
    later = story.new_record("示罚〔2026〕96号", decided=world.today)
    world.project()  # by a projector that did not see the change itself
    with world.superuser() as conn:
        row = conn.execute(
            "SELECT until FROM ledger.renditions WHERE view = 'public' AND record_id = %s", (later,)
        )
        assert row.fetchone() == (add_months(world.today, 6),)


@pytest.mark.rule("PRV-2")
def test_prv_2_a_consent_is_held_to_the_longest_term_of_the_day_on_which_it_is_given(story: Story) -> None:
    world = story.world
    change(world, "consent.months", 6)

    def give(months: int) -> None:
        command = GiveConsent(
            consent_id=uuid4(),
            identity=story.subject(),
            recipient=story.source,
            purpose=next(iter(world.city.purposes)),
            manner="在线查询",
            items=("C03-02",),
            until=add_months(world.today, months),
            freely_given=True,
        )
        world.services.consents.give(command, portal=story.office, attempt=b"", receipt=None)

    give(12)
    world.clock.advance(days=1)
    give(6)
    with pytest.raises(Refused) as refused:
        give(7)
    (defect,) = refused.value.defects
    assert (defect.rule, defect.code, defect.data["months"]) == ("PRV-2", "consent_for_life", "6")


def test_a_setting_that_changed_meanwhile_is_noticed(story: Story) -> None:
    """A desk that has read the settings long ago decides again (ADR 0012)."""
    record = story.new_record("示罚〔2026〕97号", decided=date(2026, 6, 1))
    assert story.desk.registry.settings(load_settings()).stream_version == 0
    change(story.world, "objection.source_unit_working_days", 15)
    story.world.clock.advance(days=1)
    objected = story.object(record)
    assert event_of(story, objected.case, ObjectionFiled).answer_by == due(story.world.today, 15)
    assert story.desk.registry.settings(load_settings()).stream_version == 1


def test_settings_are_listed_and_set_at_the_command_line(ledger_world: World) -> None:
    world, office = ledger_world, ledger_world.city.credit_office.code
    officer = next(o.key for o in world.city.officers if o.department in (office, "credit_office"))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run_command("settings", *arguments, environment=world.environment)

    more = ["--source", SOURCE, "--status", "SEED", "--reason", "试行", "--officer", officer]
    more += ["--department", office, "--key", str(world.folder / "keys" / f"{office}.pem")]
    done = run("set", "consent.months", "6", "--from", (world.today + 400 * DAY).isoformat(), *more)
    assert done.returncode == 0 and done.stdout.startswith("records:"), done.stderr
    refused = run("set", "consent.months", "6", "--from", "2020-01-01", *more)
    assert refused.returncode == 1 and "PRV-2" in refused.stderr and "不溯及既往" in refused.stderr
    listed = json.loads(run("list", "--json").stdout)
    assert [v["value"] for v in listed["consent.months"]] == [[12], [6]]
    assert "publicity.maximum_months = 3,12,36 months  [PAGE]" in run("list").stdout
