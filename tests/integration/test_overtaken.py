"""What moves before the look is in the log: the answer is made again, or nothing is told (QRY-1, QRY-3)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

import pytest

from application.commands.governance import Governance
from application.commands.subjects import Identity
from application.ledger import Ledger
from application.queries.entries import EntryQueries
from application.queries.green import GreenChannelQueries
from application.queries.measures import MeasureAnswer
from application.queries.told import body_text, told_check
from domain.access.model import Request
from domain.catalogue.items import CatalogueItemSuspended
from domain.shared.refusals import Refused
from infrastructure.bootstrap import remedy_desk
from interfaces.client.form_data import load_forms
from tests.entries import EntryStory
from tests.integration.test_replay import checks
from tests.measures import LIGHT
from tests.racing import overtaken, suspend
from tests.remedies import FIRST, SECOND, begin
from tests.world import World


@pytest.fixture
def desk(seeded_world: World) -> EntryStory:
    return EntryStory(begin(seeded_world))


def asked(desk: EntryStory, officer: str = SECOND) -> Request:
    return Request(desk.story.source, officer, "licensing", "2026-7", "art. 34", desk.world.today)


def reasons(answer: MeasureAnswer, record: UUID) -> set[str]:
    return {d.code for v in answer.verdicts if v.ground.id == str(record) for d in v.defects}


@pytest.mark.rule("MEA-1")
def test_mea_1_a_check_overtaken_by_an_objection_is_made_again_and_either_look_can_be_replayed(
    desk: EntryStory,
) -> None:
    story, world = desk.story, desk.world
    record = story.new_record("示市监罚字〔2026〕9704号", decided=world.today)
    world.project()
    ask = (asked(desk), story.subject(), LIGHT, None)
    before = checks(world, world.ledger).ask(*ask)
    late = checks(world, overtaken(world, lambda: story.object(record))).ask(*ask)
    assert reasons(late, record) - reasons(before, record)
    # What was logged first and then not told stands in the list as well, and says what was decided then.
    assert late.position == before.position + 2
    for position, objected in ((late.position - 1, False), (late.position, True)):
        again = world.replay.answer(position)
        assert again.parts and all(part.equal for part in again.parts)
        assert (b"measure_ground_objected" in again.body) == objected
    assert world.replay.answer(late.position).body == body_text(told_check(LIGHT, late))


def asking(desk: EntryStory, record: UUID, officer: str = SECOND) -> list[Callable[[Ledger], bool]]:
    """The questions, each with whether it is told of what there was: a record, a watch, a reference, any record,
    any record under an item."""
    subject, honest = desk.story.subject(), Identity("organisation", "", desk.honest["code"])
    request = asked(desk, officer)

    def check(ledger: Ledger) -> bool:
        answer = checks(desk.world, ledger).ask(request, subject, LIGHT, None)
        return str(record) in {verdict.ground.id for verdict in answer.verdicts}

    def green(ledger: Ledger, of: Identity = honest) -> bool:
        queries = GreenChannelQueries(remedy_desk(ledger, load_forms()))
        return queries.ask(request, of, attempt=b"").decided.ground == "neither"

    return [
        check,
        lambda ledger: bool(EntryQueries(ledger).ask("watch_list", request, subject, attempt=b"").entries),
        lambda ledger: bool(EntryQueries(ledger).ask("references", request, honest, attempt=b"").entries),
        green,
        lambda ledger: green(ledger, subject),
    ]


@pytest.mark.rule("QRY-1")
def test_qry_1_nothing_that_ended_before_its_look_was_in_the_log_is_told(desk: EntryStory) -> None:
    story, world = desk.story, desk.world
    record, watched = [story.new_record(f"示市监罚字〔2026〕97{n}号", decided=world.today) for n in (11, 12)]
    about = {"CF_XDR_MC": desk.honest["name"], "CF_XDR_SHXYM": desk.honest["code"]}
    only, _ = story.determine(story.content_of(CF_WSH="示市监罚字〔2026〕9714号", **about))
    filed, objected = story.object(record), story.object(only, by_department=True, officer=FIRST)
    watch, reference = desk.watch(watched), desk.refer()
    world.project()
    withdrawal, other = story.withdrawal(record, filed.case), story.withdrawal(only, objected.case)
    ends: list[Callable[[], object]] = [
        lambda: story.objections.withdraw(story.deciding(filed), withdrawal),
        lambda: desk.watch_ended(watch),
        lambda: desk.reference_ended(reference),
        lambda: story.objections.withdraw(story.deciding(objected), other),
        lambda: stop_item(world),
    ]
    for ask, end in zip(asking(desk, record), ends, strict=True):
        assert ask(world.ledger)
        head = world.reader.head("access")[0]
        assert not ask(overtaken(world, end))
        assert world.reader.head("access")[0] == head + 1


@pytest.mark.rule("QRY-3")
def test_qry_3_an_officer_suspended_before_the_look_was_in_the_log_is_told_nothing(desk: EntryStory) -> None:
    story, world = desk.story, desk.world
    record = story.new_record("示市监罚字〔2026〕9713号", decided=world.today)
    world.project()
    for number in range(4):
        asker = f"asker-{number}"
        Governance(world.ledger, signer=world.keys[story.office]).register_officer(
            department=story.source, pseudonym=asker, role="operator", name="示例"
        )
        ask, head = asking(desk, record, asker)[number], world.reader.head("access")[0]
        with pytest.raises(Refused) as refused:
            ask(overtaken(world, partial(suspend, world, asker)))
        assert [(d.rule, d.code) for d in refused.value.defects] == [("QRY-3", "officer_suspended")]
        assert world.reader.head("access")[0] <= head + 1  # the refusal at most


def stop_item(world: World, code: str = "C03-02") -> None:
    """A document without a basis is found, on which an item of the catalogue rests (INS-2)."""
    stream = world.ledger.name_id("catalogue", code)
    event = CatalogueItemSuspended(
        originator_id=stream, originator_version=len(world.ledger.load(stream)) + 1, timestamp=world.ledger.now(),
        code=code, versions=[1], document=str(stream), unit=world.city.agencies[0].code, title="示例办法",
    )  # fmt: skip
    world.ledger.record([world.ledger.seal(event)], meta={"actor": "test"})
