"""Red lists and the green channel in the ledger: what a suspended item takes with it, and the erasure of a person."""

from __future__ import annotations

import json
from datetime import date
from functools import partial

import pytest

from application.commands.subjects import Identity
from application.noted import held_by
from application.queries.entries import EntryQueries
from application.queries.green import GreenChannelQueries
from application.registry import ITEM
from domain.access.model import Request
from domain.catalogue.items import CatalogueItemSuspended
from domain.listing.adverse import Ground
from domain.shared.kinds import Kind
from tests.entries import RED, EntryStory, red_parts
from tests.erasure import a_record, ask, carry_out, dump, subject_id
from tests.remedies import SECOND, begin
from tests.world import World


@pytest.fixture
def desk(seeded_world: World) -> EntryStory:
    return EntryStory(begin(seeded_world))


def ground(desk: EntryStory, identity: Identity) -> Ground:
    """By which ground the story's department is answered."""
    world = desk.world
    request = Request(desk.story.source, SECOND, "licensing", "示许受字〔2026〕7号", "二(二)", world.today)
    return GreenChannelQueries(desk.story.desk).ask(request, identity, attempt=b"").decided.ground


@pytest.mark.rule("JNT-2")
def test_what_was_told_of_watches_references_and_the_green_channel_is_replayed_from_its_look(
    desk: EntryStory,
) -> None:
    world, story = desk.world, desk.story
    desk.watch(story.new_record("示9801号", decided=date(2026, 10, 1)))
    referred = desk.refer()
    world.project()
    asked = partial(Request, story.source, SECOND, "licensing", "示7号", "二(二)", world.today)
    queries, honest = EntryQueries(world.ledger), Identity("organisation", "", desk.honest["code"])
    positions = [
        queries.ask("watch_list", asked(), story.subject(), attempt=b"").position,
        queries.ask("references", asked(), honest, attempt=b"").position,
        GreenChannelQueries(story.desk).ask(asked(), story.subject(), attempt=b"").position,
    ]
    replay = world.replay
    watched, reference, green = [replay.answer(position) for position in positions]
    assert watched.equal and reference.equal and green.equal
    assert [part.record for part in reference.parts] == [str(referred.case)]
    assert "示范市食品行业协会" in reference.parts[0].shown.decode()
    assert json.loads(green.parts[0].shown) == {"eligible": False, "ground": "neither"}
    assert len(watched.parts) == 1


def suspend(desk: EntryStory, code: str) -> None:
    """Every version of an item is not executed any more, as after a document without basis."""
    ledger = desk.world.ledger
    stream = ledger.name_id(ITEM, code)
    event = CatalogueItemSuspended(
        originator_id=stream, originator_version=len(ledger.load(stream)) + 1, timestamp=ledger.now(),
        code=code, versions=[1], document="11" * 16, unit=desk.story.office, title="《示例》",
    )  # fmt: skip
    ledger.record([ledger.seal(event)], meta={"actor": "test"})


@pytest.mark.rule("JNT-2")
@pytest.mark.rule("INS-2")
def test_jnt_2_nothing_under_a_suspended_item_counts_against_anyone_or_opens_the_green_channel(
    desk: EntryStory,
) -> None:
    world, story = desk.world, desk.story
    world.project()
    assert ground(desk, story.subject()) == "neither"
    desk.red()
    honest = Identity("organisation", "", desk.honest["code"])
    story.assess_slight("示9701号")
    story.determine(
        story.content_of(
            CF_XDR_MC=desk.honest["name"], CF_XDR_SHXYM=honest.number, CF_WSH="示9701号",
            CF_JDRQ="2026-10-10", DISCREDIT_LEVEL="轻微", CF_GSJZQ="2029-01-01",
        )
    )  # fmt: skip
    world.project()
    assert ground(desk, honest) == "red_listed"
    suspend(desk, RED)
    assert ground(desk, honest) == "neither"
    suspend(desk, "C03-02")
    assert ground(desk, honest) == ground(desk, story.subject()) == "clean_record"


@pytest.mark.rule("JNT-2")
@pytest.mark.rule("PUB-2")
@pytest.mark.rule("PRV-4")
def test_jnt_2_a_person_on_the_red_list_is_not_public_without_a_basis_and_erased_with_all_of_it(
    desk: EntryStory,
) -> None:
    world = desk.world
    _, content, identity = a_record(world, "natural_person")
    person = content["person/1"]
    world.clock.advance(days=4 * 366)
    world.deadlines.run()
    department = desk.story.source
    parts = red_parts(world.city, {}, department, world.today, subject_kind="natural_person")
    named = {
        "person_name": person["CF_XDR_MC"],
        "id_type": person["CF_XDR_ZJLX"],
        "id_number": person["CF_XDR_ZJHM"],
    }
    done = desk.red_lists.enter(desk.sealed(Kind.RED_LISTED, {**parts, "person/1": named}))
    world.project()
    subject = subject_id(world, identity)
    assert subject is not None and [n.entry for n in held_by(world.ledger, subject).notes] == [done.case]
    assert world.lookup.listed(RED).entries == ()
    ask(world, "subject", subject=identity)
    carry_out(world)
    assert held_by(world.ledger, subject).notes == () and world.ledger.load(done.case) == []
    assert str(person["CF_XDR_ZJHM"]) not in dump(world)
    world.publish()
    assert world.finding() is None and world.new_projector().rebuild().equal
