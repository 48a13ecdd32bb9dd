"""A document without a sufficient basis stops, and the catalogue items that rest on it with it, at once (INS-2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import pytest

from application.commands.acts import Done
from application.registry import Registry
from application.resting import settle
from domain.catalogue.items import CatalogueItem, CatalogueItemSuspended, LegalBasis, version_in_force
from domain.instruments.ledger import Stopped
from domain.measures.case import fold_measure
from domain.measures.events import MeasureEnded
from domain.measures.fitting import LISTING
from domain.shared.refusals import Refused
from interfaces.client.instruments import Instruments
from tests.ledger_books import KEPT, book, row
from tests.listing import LIST, Lister, ListingStory
from tests.measures import BANNED, HEAVY, ITEMS, LIGHT, MeasureStory
from tests.measures import Desk as HttpDesk
from tests.remedies import begin
from tests.remedies_http import City, problem
from tests.web import Web
from tests.world import World

TITLE = "《示范市垃圾分类管理条例》"
CITY_TITLE = "《示范市信用办法》（示人发〔2021〕2号）"
CODE = "C03-02"
CITY = LegalBasis("示范市信用办法", "示人发〔2021〕2号", "第九条", "local_regulation")
LOCAL = LegalBasis(TITLE.strip("《》"), "示人发〔2020〕1号", "第九条", "local_regulation")


@dataclass
class Scene:
    """A record of item C03-02, of which version 2 cites a local regulation that has no basis itself."""

    city: City
    record: str

    @property
    def world(self) -> World:
        return self.city.world

    def enter(self, title: str = TITLE, **changes: str) -> int:
        """The source enters the document in its ledger; how many rows were taken."""
        source = next(d.name for d in self.world.city.departments if d.code == self.city.story.source)
        sent = book(row(title=title, unit_name=source, **changes))
        return int(Instruments(self.city.clients["source"]).send(sent)["receipt"]["taken"])

    def shown(self) -> tuple[bool, bool]:
        """Whether the record's page and another department's query show it."""
        page = Web(self.world).http.get(f"/records/{self.record}")
        return page.status_code == 200, bool(self.city.shared(self.record))


def item(world: World, version: int, *bases: LegalBasis) -> CatalogueItem:
    first = next(i for i in world.city.items if i.code == CODE)
    return replace(first, version=version, bases=(*first.bases, *bases))


def register(world: World, name: str, key: str) -> dict[int, tuple[str, str | None]]:
    """What anyone reads of each version of a thing: its status, and for which document it is suspended."""
    http = Web(world).http
    versions = {v["number"]: v["content"] for v in http.get(f"/v1/{name}/{key}").get_json()["versions"]}
    text, today = http.get(f"/registers/{name}/{key}").text, world.today.isoformat()
    held = [told for told in versions.values() if told["status"] == "suspended"]
    assert {told["suspended_since"] for told in held} <= {today}
    assert text.count("停止执行自") == len(held) and ("停止执行 suspended" in text) == bool(held)
    newest = versions[max(versions)]["status"] == "suspended"
    assert (f"自 {today} 起停止执行" in http.get(f"/registers/{name}").text) == newest
    return {number: (told["status"], told.get("suspended_for")) for number, told in versions.items()}


@pytest.fixture
def scene(seeded_world: World) -> Iterator[Scene]:
    seeded_world.adopt(item(seeded_world, 2, LOCAL))
    with Web(seeded_world).served() as url:
        city = City(begin(seeded_world), url)
        yield Scene(city, city.determine())


@pytest.mark.rule("INS-2")
def test_ins_2_what_rests_on_a_document_without_basis_stops_at_once_and_comes_back_with_a_new_version(
    scene: Scene,
) -> None:
    city, world = scene.city, scene.world
    assert scene.shown() == (True, True)
    before = world.reader.head("records")[0]
    assert scene.enter() == 1
    entered, suspended = world.reader.rows("records", after=before, limit=9)
    assert (entered.topic, suspended.topic) == ("instrument.entered", CatalogueItemSuspended.TOPIC)
    assert scene.shown() == (False, False)
    told = problem(lambda: city.determine("示市监罚字〔2026〕9002号"), 422)
    assert (told["rule"], told["errors"][0]["code"]) == ("INS-2", "catalogue_item_suspended")
    assert TITLE in told["detail"]
    assert register(world, "catalogue", CODE) == {1: ("in_force", None), 2: ("suspended", TITLE)}
    dossier = city.clients["portal"].dossier(city.subject)
    assert scene.record in {found["record"] for found in dossier}
    world.project()
    assert world.new_projector().rebuild().equal and scene.shown() == (False, False)

    with pytest.raises(Refused) as refused:
        world.adopt(item(world, 3, LOCAL))
    assert [(d.rule, d.code) for d in refused.value.defects] == [("INS-2", "catalogue_basis_stopped")]
    world.adopt(item(world, 3))
    assert scene.shown() == (True, True)
    world.project()
    assert register(world, "catalogue", CODE)[3] == ("in_force", None)
    city.determine("示市监罚字〔2026〕9002号")
    assert world.verify().finding is None


def over_since_the_suspension(city: City, done: Done, acted_on: Done) -> None:
    """Whoever asks about a measure between the suspension and the event that ends it is told that it is over, and
    whoever acts on one is refused and ends it."""
    http, case = HttpDesk(city), str(done.case)
    waits = http.tasks()[case]
    assert (waits["step"], waits["version"]) == ("report_lifted", done.version)
    told = http.state({"case": case})
    assert (told["state"], told["waiting"]["step"]) == ("ended", "report_lifted")
    mine = http.portal.state(case, subject=city.subject)
    assert mine["state"] == "ended" and mine["history"][-1]["event"] == "measure.applied"
    city.world.project()
    (life,) = [life for life in city.clients["portal"].dossier(city.subject) if life["record"] == case]
    assert life["stopped"] == CODE and life["history"][-1]["event"] == "measure.applied"
    world, receipt = city.world, {"case": str(acted_on.case), "version": acted_on.version}
    refused = problem(lambda: http.source.lift(http.case(receipt), reasons="已经整改"), 422)
    assert (refused["rule"], refused["errors"][0]["code"]) == ("INS-2", "measure_stopped") and refused[
        "instead"
    ]
    ended = fold_measure(world.ledger.load(acted_on.case))
    assert ended is not None and (ended.state, ended.cause) == ("ended", "basis_stopped")
    after = http.source.report(http.case({**receipt, "version": ended.version}), done="已停止执行")
    assert http.found(after).settled


@pytest.mark.rule("INS-2")
def test_ins_2_measures_and_listings_that_rest_on_a_stopped_document_stop_with_it_and_their_department_is_told(
    scene: Scene,
) -> None:
    city, world, story = scene.city, scene.world, scene.city.story
    desk, lists = MeasureStory(story), ListingStory(story)
    provision = replace(ITEMS[LIGHT].provisions[0], basis=CITY)
    local = replace(ITEMS[LIGHT], code="W01", layer="local", provisions=(provision,))
    world.governance().import_measures([local])
    newest = story.desk.registry.standard(LIST).versions[-1]
    lists.adopt(area_bases=(*newest.area_bases, CITY))
    serious = [
        story.new_record(f"示停字〔2026〕{number}号", decided=date(2026, 10, 30), severity="严重")
        for number in (1, 2, 3)
    ]
    running = desk.applied(serious[0], measure="W01", provision=provision.cited_as)
    other, third = desk.applied(serious[0]), desk.applied(serious[2])
    listing = lists.listed(serious[1], version=lists.version()).case
    on_list = desk.applied(listing, measure=HEAVY, provision=BANNED, ground=LISTING)
    world.project()
    assert [str(e.record_id) for e in world.lookup.listed(LIST).entries] == [str(listing)]

    scene.enter(title="《示范市信用办法》（示人发〔2021〕2号）")
    assert register(world, "measures", "W01") == {1: ("suspended", CITY_TITLE)}
    assert register(world, "list-standards", LIST)[lists.version()] == ("suspended", CITY_TITLE)
    # The list's own item cites no such document: it stops with the standard alone, and says so.
    assert register(world, "catalogue", LIST) == {1: ("suspended", CITY_TITLE)}
    for done, by in ((running, "W01"), (on_list, LIST)):
        measure = desk.measure(done)
        assert (measure.state, measure.cause, measure.step) == ("ended", "basis_stopped", "report_lifted")
        ended = world.ledger.load(done.case)[-1]
        assert isinstance(ended, MeasureEnded) and ended.by == by
    assert desk.measure(other).state == "applied"
    assert not world.lookup.listed(LIST).entries and world.lookup.record(listing) is None
    told = problem(lambda: Lister(city).begin(str(serious[2])), 422)
    assert (told["rule"], told["errors"][0]["code"]) == ("INS-2", "list_suspended") and told["instead"]
    story.desk.registry.forget()
    with pytest.raises(Refused) as refused:
        desk.named(listing, measure=HEAVY, provision=BANNED, ground=LISTING)
    assert ("INS-2", "measure_ground_stopped") in [(d.rule, d.code) for d in refused.value.defects]

    lists.adopt(area_bases=newest.area_bases)
    assert register(world, "catalogue", LIST) == {1: ("in_force", None)}
    assert [str(e.record_id) for e in world.lookup.listed(LIST).entries] == [str(listing)]
    assert desk.measure(on_list).state == "ended", "named anew, under what then holds"
    desk.named(listing, measure=HEAVY, provision=BANNED, ground=LISTING)

    # Suspended by another process, which had no time to end what ran: the runner does.
    stopped = [Stopped(running.case, story.source, TITLE)]
    assert settle(world.ledger, lambda: stopped) == 1
    assert desk.measure(other).state == "applied"
    over_since_the_suspension(city, other, third)
    desk.story.desk.registry.forget()
    assert world.deadlines.run().terms_ended == 0 and desk.measure(other).cause == "basis_stopped"
    world.project()
    assert world.new_projector().rebuild().equal and not world.fsck().faults


@pytest.mark.rule("INS-2")
def test_ins_2_a_document_with_a_sufficient_basis_stops_nothing(scene: Scene) -> None:
    kept = {k: v for k, v in KEPT.items() if k != "title"}
    assert scene.enter(**kept) == 1
    assert scene.shown() == (True, True)
    scene.city.determine("示市监罚字〔2026〕9003号")


@pytest.mark.rule("INS-2")
def test_ins_2_what_stands_under_a_suspended_item_may_still_be_put_right(scene: Scene) -> None:
    scene.enter()
    story, record = scene.city.story, UUID(scene.record)
    found = version_in_force(Registry(scene.world.ledger).item(CODE).items, scene.world.today)
    assert found is not None and (found.status, found.stopped_by) == ("suspended", TITLE)
    done = story.object(record)
    now = story.file(record).standing.content
    content = {**now, "public": {**now["public"], "CF_CFLB": "罚款", "CF_NR_FK": "9.5"}}
    story.objections.correct(story.deciding(done), story.correction(record, done.case, content))
    assert story.file(record).standing.content["public"]["CF_NR_FK"] == "9.5"
    scene.world.project()
    assert scene.shown() == (False, False)
