"""Every answer that a look logged is made again from its access entry, byte for byte, whatever happened since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from application.ledger import Ledger
from application.queries.cases import Asker, CaseQueries
from application.queries.looks import told_of
from application.queries.measures import MeasureChecks
from application.queries.replay import REPLAYED, SAYS_NOTHING
from application.queries.told import body_text, told_page, told_state
from domain.access.events import ReportIssued, SubjectQueried
from domain.access.model import Request
from infrastructure.bootstrap import remedy_desk
from infrastructure.postgres.reading import PostgresSharedReading
from interfaces.client.form_data import load_forms
from tests import places
from tests.entries import EntryStory
from tests.erasure import a_record, ask, carry_out
from tests.integration.test_every_byte import authorised_report, receipts_of
from tests.measures import LIGHT, MeasureStory
from tests.remedies import SECOND, begin, rest
from tests.rule_settings import change_setting
from tests.scene import NUMBER, PURPOSE, Came, Scene
from tests.world import World

FROM_A_COMMAND = {"as_of", "replay"}


@dataclass
class Kept:
    """What left, as its recipients hold it."""

    scene: Scene
    answers: list[TestResponse] = field(default_factory=list)

    def keep(self, came: Came) -> None:
        """Keep what a look logged."""
        for answer in came:
            if not isinstance(answer, bytes) and answer.status_code == 200 and receipts_of(answer):
                self.answers.append(answer)

    def event(self, position: int) -> SubjectQueried | ReportIssued:
        """What the access log says at a position."""
        world = self.scene.world
        (opened,) = world.ledger.open_all(
            world.reader.rows("access", after=position - 1, limit=1), log="access"
        )
        assert isinstance(opened.event, SubjectQueried | ReportIssued)
        return opened.event

    def made_again(self) -> Counter[str]:
        """Replay every answer by each of its receipts; how many of each view were the very bytes."""
        replay, views = self.scene.world.replay, Counter[str]()
        for answer in self.answers:
            for position in receipts_of(answer):
                event = self.event(position)
                body, answers = replay.whole(position)
                assert all(part.equal for again in answers for part in again.parts), event
                if isinstance(event, SubjectQueried) and (event.view == "report" or _is_of_paper(event)):
                    continue  # the paper's own receipt, which stands beside, has the body
                assert body == answer.data, event
                views[event.view if isinstance(event, SubjectQueried) else "paper"] += 1
        return views


def _is_of_paper(event: SubjectQueried) -> bool:
    return bool(event.asked and event.asked.get("paper"))


def asked_by_everyone(scene: Scene) -> Iterator[TestResponse | bytes]:
    """Every kind of question that a look logs, by who may ask it."""
    nobody = {"code": scene.world.city.credit_office.code}
    yield scene.query()
    yield scene.query(consent=scene.consent)
    yield scene.query(subjects=[{"code": scene.code}, nobody, {"code": scene.code}])
    for path in ("dossier", "who-looked", "consents"):
        yield scene.own(f"/v1/subject/{path}")
        first = scene.own(f"/v1/subject/{path}", limit=1)
        yield first
        if following := first.get_json().get("next"):
            yield scene.own(f"/v1/subject/{path}", limit=1, cursor=following)
    yield scene.own("/v1/subject/dossier", as_of=str(scene.then))
    yield scene.own("/v1/reports")
    yield authorised_report(scene)
    for kind in ("objections", "repairs"):
        yield from places.of_case(kind)(scene)
    yield from places.applied_together(scene)
    yield from places.state_of_listing(scene)
    yield from places.proven(scene)
    yield scene.evidence("recorded", "public")
    yield from places.traced(scene)
    asking = partial(
        scene.post, department=scene.story.source, credit_official=SECOND, credit_purpose=PURPOSE
    )
    for path in ("green-channel", "watch-list-entries/query"):
        yield asking(f"/v1/{path}", scene.subjects)
    honest = {"subjects": [{"code": next(d.code for d in scene.world.city.departments if d.key == "court")}]}
    yield asking("/v1/reference-entries/query", honest)
    for measure in ("M11", "M99"):
        yield asking("/v1/measure-checks", {**scene.subject, "measure": measure})
    for case in scene.world.rows_of("measure.named"):
        yield scene.handling(f"/v1/measure-cases/{case}/state", scene.story.source, SECOND)


def move_on(scene: Scene) -> None:
    """Records come, are objected to, corrected and shielded; settings and the catalogue change; days pass; all of it is
    published."""
    story, world = scene.story, scene.world
    record = story.new_record("示市监罚字〔2026〕9701号", decided=world.today)
    objection = story.object(record)
    content = story.file(record).standing.content
    fixed = {**content, "public": {**content["public"], "CF_NR_FK": "7.7"}}
    story.objections.correct(story.deciding(objection), story.correction(record, objection.case, fixed))
    change_setting(world, "green_channel.clean_years", 1)
    change_setting(world, "publicity.maximum_months", 3, 6, 24)
    first = next(item for item in world.city.items if item.code == content["public"]["item"])
    revised = replace(first, version=2, name_zh="行政处罚信息（修订）")
    world.adopt(revised)
    scene.end("shielded")
    world.clock.advance(days=45)
    world.deadlines.run()
    world.publish()


def test_every_answer_is_made_again_byte_for_byte_whatever_happened_since(seeded_world: World) -> None:
    scene = Scene(begin(seeded_world))
    world, kept = scene.world, Kept(scene)
    entries, measures = EntryStory(scene.story), MeasureStory(scene.story)
    entries.red()
    entries.watch(scene.record)
    entries.refer()
    measures.applied(scene.story.new_record("示市监罚字〔2026〕9702号", decided=world.today))
    world.publish()

    kept.keep(asked_by_everyone(scene))
    kept.keep(places.incidents(scene))
    kept.keep(places.reviewed(scene))
    looked_back = scene.command("as-of", str(scene.then), "--record", str(scene.record))
    looked_at = world.reader.head("access")[0]
    move_on(scene)
    rest(scene.story, scene.story.new_record("示市监罚字〔2026〕9703号", decided=world.today))
    (shielded,) = world.rows_of("reorganisation.begun")
    kept.keep(places.papers(scene))
    kept.keep([scene.own(f"/v1/reorganisations/{shielded}/state"), scene.query(), *places.restored(scene)])

    views = kept.made_again()
    assert min(views["shared"], views["evidence"], views["who_looked"], views["trace"], views["paper"]) > 1
    # What is told by a command on the auditor's own machine is made again by the next auditor.
    asked = receipts_of(kept.answers[0])[0]
    whole = scene.command("replay", str(asked), "--whole")
    assert whole == kept.answers[0].data and b'"objected": true' in whole
    told = scene.command("replay", str(asked))
    newest = world.reader.head("access")[0]
    assert scene.command("replay", str(newest), "--whole") == told
    assert scene.command("replay", str(newest - 1), "--whole") == whole
    assert scene.command("replay", str(looked_at), "--whole") == looked_back
    # What can be made again, a trace can say: of no answer it is unclear whether it held the excerpt.
    leaked = {**scene.subject, "excerpt": {"CF_WSH": NUMBER}}
    tracing = {
        "credit_official": "credit_office-1",
        "credit_purpose": 'leak_tracing; case="1"; basis="49 13"',
    }
    held = scene.post("/v1/traces", leaked, **tracing).get_json()["answers"]
    assert [a["view"] for a in held if a["unclear"]] == []
    assert {a["view"] for a in held if a["whole"]} >= {"shared", "dossier", "evidence", "report", "replay"}
    assert {*views, *FROM_A_COMMAND, *SAYS_NOTHING} >= REPLAYED - {"report"}


@pytest.mark.rule("PRV-3")
def test_prv_3_what_a_subject_was_told_before_officers_were_named_is_made_again_without_them(
    seeded_world: World,
) -> None:
    scene = Scene(begin(seeded_world))
    world, identity = scene.world, scene.story.subject()
    case, portal = UUID(str(scene.listing)), world.city.credit_office.code
    state = CaseQueries(scene.story.desk).state("listing", case, Asker(portal, "", identity, officers=False))
    page = world.services.subject.who_looked(identity, portal=portal, officers=False)
    before = [told_state(state), told_page("looks", map(told_of, page.entries), page)]
    now = [scene.own(f"/v1/listings/{case}/state").data, scene.own("/v1/subject/who-looked").data]
    assert [b'"officer"' in answer for answer in (*map(body_text, before), *now)] == [
        False,
        False,
        True,
        True,
    ]
    head = world.reader.head("access")[0]
    made = [world.replay.whole(position)[0] for position in range(head - 3, head + 1)]
    assert made == [*map(body_text, before), *now]


@pytest.mark.rule("JNT-2")
def test_jnt_2_a_look_before_a_red_list_let_nothing_leave_and_replays_as_that(seeded_world: World) -> None:
    EntryStory(begin(seeded_world)).red()
    world = seeded_world
    again = world.replay.answer(world.reader.head("access")[0])
    assert (again.event.view, again.parts, again.body, again.equal) == ("red_listing", [], b"", True)


def checks(world: World, ledger: Ledger) -> MeasureChecks:
    """The checks of measures over a ledger of the test's own."""
    return MeasureChecks(remedy_desk(ledger, load_forms()), PostgresSharedReading(world.pool("reader")))


@pytest.mark.rule("PRV-4")
def test_prv_4_what_was_erased_since_is_not_made_again_and_says_so(seeded_world: World) -> None:
    world = seeded_world
    _, content, identity = a_record(world, "organisation")
    world.project()
    source = str(content["public"]["CF_CFJGDM"])
    officer = next(o.key for o in world.city.officers if o.department == source)
    request = Request(source, officer, "licensing", "2026-7", "art. 34", world.today)
    asked = [
        checks(world, world.ledger).ask(request, identity, LIGHT, None).position,
        world.services.shared.ask(request, [identity], attempt=b"")[0].position,
    ]
    for position in asked:
        assert world.replay.answer(position).body
    ask(world, "class", subject=identity, name="public")
    carry_out(world)
    for position in asked:
        again = world.replay.answer(position)
        lost = [part for part in again.parts if not part.equal]
        assert again.equal and again.body == b"" and lost and all(part.erased for part in lost)
