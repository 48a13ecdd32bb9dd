"""What is told of cases, reviews, reports, evidence and traces is so when its look is in the log (ADR 0056)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from random import Random
from uuid import UUID, uuid4

import pytest

from application.commands.acts import HandleCase, Once
from application.commands.consents import Consents, GiveConsent
from application.commands.links import LinkPerson, Links
from application.commands.repair_windows import ApplyForRepairs, RepairWindow
from application.commands.repairs import Repairs
from application.ledger import Ledger
from application.queries.cases import Asker, CaseQueries
from application.queries.proofs import Proofs
from application.queries.repair_windows import window_state
from application.queries.reporting import Asked, Reports
from application.queries.reviews import ask_review
from application.queries.shared import SharedQueries
from application.queries.subject import SubjectQueries
from application.queries.told import body_text, told_review, told_state, told_window
from application.queries.traces import Traces, tracer_of
from domain.access.model import LEAK_TRACING, Request
from domain.parties.acting import Officer
from domain.records.links import PersonLinked
from domain.remedies.repair_case import Application
from domain.shared.refusals import Refused
from infrastructure.bootstrap import make_proofs, make_reports, remedy_desk
from infrastructure.postgres.reading import PostgresSharedReading
from infrastructure.remedy_data import load_settings
from interfaces.client.form_data import load_forms
from interfaces.demo.identities import citizen_id
from tests.entries import EntryStory
from tests.erasure import ask as ask_erasure
from tests.erasure import carry_out, from_now_on_deleted
from tests.integration.test_overtaken import asked, reasons
from tests.integration.test_replay import checks
from tests.measures import LIGHT, MeasureStory
from tests.oversight import CHIEF, Overseeing
from tests.racing import Moment, overtaken, suspend
from tests.remedies import LETTER, PROOF, SECOND, Story, begin
from tests.world import World

FORMS = load_forms()


@pytest.fixture
def story(seeded_world: World) -> Story:
    return begin(seeded_world)


def record_of(story: Story, number: int, **more: str) -> UUID:
    """A record of the story's subject that every view shows."""
    return story.new_record(f"示市监罚字〔2026〕98{number}号", decided=story.world.today, **more)


def refused_by(ask: Callable[[], object]) -> set[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        ask()
    return {(defect.rule, defect.code) for defect in refused.value.defects}


def reports(story: Story, ledger: Ledger) -> Reports:
    reading = PostgresSharedReading(story.world.pool("reader"))
    return make_reports(story.world.settings, ledger, SharedQueries(ledger, reading), reading)


@pytest.mark.rule("OBJ-3")
def test_obj_3_a_case_decided_before_its_look_is_told_as_decided_and_made_again_to_the_byte(
    story: Story,
) -> None:
    world, asker = story.world, Asker(story.source, SECOND)
    record = record_of(story, 11)
    filed = story.object(record)
    withdrawal = story.withdrawal(record, filed.case)
    ledger = overtaken(world, lambda: story.objections.withdraw(story.deciding(filed), withdrawal))
    head = world.reader.head("access")[0]
    told = CaseQueries(remedy_desk(ledger, FORMS)).state("objection", filed.case, asker)
    assert (told.state, told.waiting) == ("upheld", None) and told.position == head + 1
    assert world.replay.answer(told.position).body == body_text(told_state(told))


@pytest.mark.rule("REP-4")
def test_rep_4_the_parts_of_an_application_are_told_as_of_one_moment(story: Story) -> None:
    world, long_ago = story.world, date(2026, 6, 1)
    records = [story.new_record(f"示市监罚字〔2026〕982{number}号", decided=long_ago) for number in (1, 2)]
    asking = [(record, Application(materials=(PROOF, LETTER))) for record in records]
    filed = RepairWindow(story.desk).apply(ApplyForRepairs(uuid4(), story.office, story.subject(), asking))
    second = UUID(filed.told["cases"][1]["case"])  # type: ignore[index]
    handling = HandleCase(second, 1, Officer(SECOND, story.source))
    ledger = overtaken(world, lambda: Repairs(story.desk).accept(handling), when="after its look")
    head, asker = world.reader.head("access")[0], Asker(story.office, "", story.subject())
    told = window_state(remedy_desk(ledger, FORMS), filed.case, asker)
    assert [part.state for part in told.parts] == ["applied", "accepted"]
    # The look before it was overtaken stands as well, and told nothing.
    assert [part.position for part in told.parts] == [head + 2, head + 3]
    assert world.replay.whole(head + 2)[0] == body_text(told_window(told))


@pytest.mark.rule("QRY-3")
def test_qry_3_a_review_decided_before_its_look_is_told_as_decided(story: Story) -> None:
    overseeing, world = Overseeing(story), story.world
    overseeing.declare()
    overseeing.query()
    (review,) = overseeing.opened()
    ledger = overtaken(world, lambda: overseeing.decide(review, consequence="warning"))
    told = ask_review(ledger, review, officer=CHIEF, department=overseeing.department)
    assert told.review.state == "decided" and len(told.history) == 2
    assert world.replay.answer(told.position).body == body_text(told_review(told))


@pytest.mark.parametrize("when", ["before its look", "before its paper"])
@pytest.mark.rule("PRV-3")
def test_prv_3_what_ended_before_its_report_was_in_the_log_stands_in_none(story: Story, when: Moment) -> None:
    world, record = story.world, record_of(story, 31)
    filed = story.object(record)
    withdrawal = story.withdrawal(record, filed.case)
    world.project()
    ledger = overtaken(world, lambda: story.objections.withdraw(story.deciding(filed), withdrawal), when=when)
    own = reports(story, world.ledger).own(story.subject(), Asked("json"), portal=story.office)
    late = reports(story, ledger).own(story.subject(), Asked("json"), portal=story.office)
    assert str(record) in own.content.decode() and str(record) not in late.content.decode()


@pytest.mark.rule("OBJ-2")
def test_obj_2_an_objection_before_the_report_was_in_the_log_marks_it(story: Story) -> None:
    world, record = story.world, record_of(story, 32)
    world.project()
    ledger = overtaken(world, lambda: story.object(record), when="before its paper")
    late = reports(story, ledger).own(story.subject(), Asked("json"), portal=story.office)
    position = world.ledger.load(world.ledger.name_id("report", late.number), log="access")[0]
    assert position.objected == [str(record)]  # type: ignore[attr-defined]


@pytest.mark.rule("PRV-2")
def test_prv_2_no_authorised_report_holds_what_ended_or_follows_a_consent_withdrawn_meanwhile(
    story: Story,
) -> None:
    world, record, today = story.world, record_of(story, 33), story.world.today
    filed = story.object(record)
    withdrawal, consent = story.withdrawal(record, filed.case), uuid4()
    consents = Consents(world.ledger, defaults=load_settings())
    given = GiveConsent(
        consent, story.subject(), story.source, "licensing", "在线查询", ("C03-02",),
        today + timedelta(days=30), freely_given=True,
    )  # fmt: skip
    consents.give(given, portal=story.office, attempt=b"", receipt=None)
    world.project()
    request = Request(story.source, SECOND, "licensing", "2026-7", "art. 34", today, str(consent))

    def report(ledger: Ledger) -> bytes:
        return reports(story, ledger).authorised(request, story.subject(), Asked("json"), attempt=b"").content

    def ends() -> None:
        story.objections.withdraw(story.deciding(filed), withdrawal)

    assert str(record).encode() in report(world.ledger)
    assert str(record).encode() not in report(overtaken(world, ends, when="before its paper"))

    def withdrawn() -> None:
        consents.withdraw(consent, story.subject(), portal=story.office, receipt=None)

    late = overtaken(world, withdrawn, when="before its paper")
    assert refused_by(lambda: report(late)) == {("PRV-2", "report_not_consented")}


@pytest.mark.rule("REP-5")
def test_rep_5_evidence_shows_nothing_of_a_record_that_ended_before_its_look(story: Story) -> None:
    world, record = story.world, record_of(story, 41)
    filed = story.object(record)
    withdrawal = story.withdrawal(record, filed.case)
    world.publish()

    def proven(ledger: Ledger, officer: str = SECOND) -> object:
        proofs: Proofs = make_proofs(world.settings, ledger)
        return proofs.of_record_for_source(
            asked(EntryStory(story), officer), record, "recorded", show=["public"]
        )

    assert proven(world.ledger)
    late = overtaken(world, lambda: story.objections.withdraw(story.deciding(filed), withdrawal))
    assert refused_by(lambda: proven(late)) == {("REP-5", "evidence_of_what_ended")}


@pytest.mark.rule("QRY-3")
def test_qry_3_who_was_suspended_before_the_look_gets_no_evidence_and_no_trace(story: Story) -> None:
    world, record = story.world, record_of(story, 42)
    world.publish()
    head = world.reader.head("access")[0]

    def traced(ledger: Ledger) -> object:
        case = ("示信查〔2026〕1号", "49号(十三)")
        request = Request(story.office, "credit_office-1", LEAK_TRACING.code, *case, world.today)
        return Traces(ledger).of_record(record, tracer_of(ledger, request), {})

    def proven(ledger: Ledger) -> object:
        proofs = make_proofs(world.settings, ledger)
        return proofs.of_record_for_source(asked(EntryStory(story)), record, "recorded", show=[])

    late = [overtaken(world, partial(suspend, world, officer)) for officer in (SECOND, "credit_office-1")]
    suspended = {("QRY-3", "officer_suspended")}
    assert refused_by(lambda: proven(late[0])) == refused_by(lambda: traced(late[1])) == suspended
    assert world.reader.head("access")[0] == head


@pytest.mark.rule("QRY-4")
def test_qry_4_a_trace_goes_through_the_list_of_a_person_who_was_linked_before_its_look(story: Story) -> None:
    world, record = story.world, record_of(story, 51, severity="严重")
    request = Request(
        story.office, "credit_office-1", LEAK_TRACING.code, "示信查〔2026〕1号", "49号(十三)", world.today
    )

    def linked() -> None:
        link = uuid4()
        parts = {
            "public": {
                "record": str(record), "links": story.file(record).leaf_hash, "role": "法定代表人",
                "basis": "《示范市社会信用条例》第二十条",
            },
            "person/1": {
                "name": "示例责任人", "id_type": "身份证",
                "id_number": citizen_id(Random(5), birth=date(1980, 1, 1)),
            },
        }  # fmt: skip
        act = story.sealed(PersonLinked.KIND, link, parts)
        Links(story.desk).link(
            LinkPerson(link, record, story.source, act), Once(story.source, "k", b"k" * 32)
        )

    ledger = overtaken(world, linked)
    found = Traces(ledger).of_record(record, tracer_of(ledger, request), {})
    assert len(found.through) == len(found.positions) == 2
    assert all(world.replay.answer(position).parts[0].equal for position in found.positions)


@pytest.mark.rule("MEA-2")
def test_mea_2_a_check_sees_a_measure_that_was_applied_before_its_look(story: Story) -> None:
    world, record = story.world, record_of(story, 61)
    world.project()
    desk = EntryStory(story)
    ask = (asked(desk), story.subject(), LIGHT, None)
    before = checks(world, world.ledger).ask(*ask)
    late = checks(world, overtaken(world, lambda: MeasureStory(story).applied(record))).ask(*ask)
    assert reasons(late, record) - reasons(before, record)
    assert late.position == before.position + 1


@pytest.mark.rule("PRV-4")
def test_prv_4_what_is_erased_before_the_look_leaves_in_no_answer(story: Story) -> None:
    world = story.world
    from_now_on_deleted(world)
    record = record_of(story, 71)
    filed = story.object(record)
    world.project()
    reading = PostgresSharedReading(world.pool("reader"))

    def dossier(ledger: Ledger) -> str:
        return str(SubjectQueries(ledger, reading).dossier(story.subject(), portal=story.office))

    def state(ledger: Ledger) -> str:
        asker = Asker(story.source, SECOND)
        return CaseQueries(remedy_desk(ledger, FORMS)).state("objection", filed.case, asker).state

    assert str(record) in dossier(world.ledger) and state(world.ledger) == "pending"
    ask_erasure(world, "record", stream=record)
    assert str(record) not in dossier(overtaken(world, lambda: carry_out(world)))
    assert refused_by(lambda: state(world.ledger)) == {("OBJ-1", "remedy_case_unknown")}
