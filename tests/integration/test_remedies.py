"""Objection, correction and repair over a real ledger: marked at once, gone at once, never back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from application.attempts import StaleVersion
from application.commands.acts import Once
from application.commands.objections import FileObjection
from application.data_keys import unwrap_all
from application.ports import Conflict
from application.projections.renditions import SHARED, Rendition, open_rendition
from domain.catalogue.gate import import_item
from domain.catalogue.items import PublicityRule
from domain.parties.acting import Agent, Officer
from domain.remedies.events import RecordCorrected
from domain.remedies.objection import Filing
from domain.shared.canonical import Part
from domain.shared.refusals import Refused
from tests.remedies import FIRST, LETTER, PROOF, REMEDIES, SECOND, Story, begin
from tests.world import World

DECIDED = date(2026, 6, 1)


@pytest.fixture
def story(seeded_world: World) -> Story:
    """A story whose world has one record more: decided half a year ago, of severity 一般."""
    return begin(seeded_world)


@pytest.fixture
def record(story: Story) -> UUID:
    """That record, in the views."""
    found = story.new_record("示市监罚字〔2026〕9001号", decided=DECIDED)
    story.world.project()
    return found


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {f"{d.rule}:{d.code}" for d in refused.value.defects}


def is_sound(story: Story) -> None:
    """The log verifies, and a rebuild gives the live rows."""
    story.world.project()
    assert story.world.finding() is None
    assert story.world.new_projector().rebuild().equal


def test_obj_1_obj_2_an_objection_has_its_receipt_and_marks_the_record_before_any_projector_ran(
    story: Story, record: UUID
) -> None:
    before = story.world.lookup.record(record)
    assert before is not None and not before.objected
    done = story.object(record)
    assert done.told["source"] == story.source
    assert (done.told["forward_by"], done.told["answer_by"]) == ("2026-11-24", "2026-12-01")
    now = story.world.lookup.record(record)
    assert now is not None and now.objected and now.shown == before.shown
    subject = next(s for s in story.world.lookup.find(str(story.content["public"]["CF_XDR_SHXYM"])))
    assert {r.record_id for r in subject.records if r.objected} == {record}
    assert story.marks() == {(record, done.case)}
    is_sound(story)


def test_obj_3_a_rejection_gives_reasons_and_remedies_and_takes_the_mark_away(
    story: Story, record: UUID
) -> None:
    filed = story.object(record)
    with pytest.raises(Refused) as refused:
        story.objections.reject(story.deciding(filed), reasons=" ", remedies={})
    assert codes(refused) == {"OBJ-3:remedy_without_reasons", "OBJ-3:remedy_without_remedies"}
    assert story.marks() == {(record, filed.case)}
    done = story.objections.reject(story.deciding(filed), reasons="经核实与决定书一致", remedies=REMEDIES)
    assert done.told["outcome"] == "rejected"
    shown = story.world.lookup.record(record)
    assert shown is not None and not shown.objected and not story.marks()
    is_sound(story)


def test_obj_2_one_of_two_objections_decided_leaves_the_others_mark(story: Story, record: UUID) -> None:
    one, other = story.object(record), story.object(record, by_department=True, officer=FIRST)
    story.objections.reject(story.deciding(one), reasons="一致", remedies=REMEDIES)
    assert story.marks() == {(record, other.case)}
    shown = story.world.lookup.record(record)
    assert shown is not None and shown.objected


def test_obj_3_whoever_determined_or_filed_does_not_decide(story: Story, record: UUID) -> None:
    filed = story.object(record, by_department=True, officer=FIRST)
    with pytest.raises(Refused) as refused:
        story.objections.reject(story.deciding(filed, FIRST), reasons="一致", remedies=REMEDIES)
    assert codes(refused) == {"OBJ-3:remedy_decided_by_filer"}
    stranger = replace(story.deciding(filed), officer=Officer("credit_office-1", story.office))
    with pytest.raises(Refused) as refused:
        story.objections.reject(stranger, reasons="一致", remedies=REMEDIES)
    assert codes(refused) == {"OBJ-3:remedy_not_the_source"}
    borrowed = replace(story.deciding(filed), officer=Officer("credit_office-1", story.source))
    with pytest.raises(Refused) as refused:
        story.objections.reject(borrowed, reasons="一致", remedies=REMEDIES)
    assert codes(refused) == {"OBJ-3:remedy_officer_unknown"}


def test_obj_1_a_record_of_another_and_no_record_are_refused_alike(story: Story, record: UUID) -> None:
    other = replace(story.subject(), number="91420100XXXXXXXXXX")
    filing = Filing(about="content", grounds="有误")
    for target, subject in ((record, other), (uuid4(), story.subject()), (record, None)):
        with pytest.raises(Refused) as refused:
            story.objections.file(FileObjection(uuid4(), target, story.office, filing, subject))
        assert codes(refused) == {"OBJ-1:remedy_record_not_yours"}
    assert not story.marks()


def test_an_agent_is_sealed_under_a_key_of_its_own(story: Story, record: UUID) -> None:
    agent = Agent("李四", "身份证", "990106190001010017", "a0" * 32)
    done = story.object(record, agent=agent, contact="办公室")
    row = story.world.store.load("records", done.case)[0]
    assert f"person/2={done.case}/person/2" in row.key_ref
    assert b"\xe6\x9d\x8e\xe5\x9b\x9b" not in row.sealed + row.meta
    assert json.loads(row.meta)["purpose"] == "objection"


def corrected(story: Story, record: UUID, **fields: str) -> dict[str, object]:
    """Object, correct, project; what the public view shows then."""
    filed = story.object(record)
    now = story.file(record).standing.content
    content = {**now, "public": {**now["public"], **fields}}
    story.objections.correct(story.deciding(filed), story.correction(record, filed.case, content))
    story.world.project()
    shown = story.world.lookup.record(record)
    assert shown is not None
    return shown.shown


def test_obj_5_a_correction_is_shown_with_what_it_corrects_and_history_shows_both(
    story: Story, record: UUID
) -> None:
    named = story.file(record).leaf_hash
    shown = corrected(story, record, CF_NR_FK="2.3", CF_CFLB="罚款")
    fields = shown["fields"]
    assert isinstance(fields, dict) and fields["CF_NR_FK"] == "2.3"
    assert shown["corrects"] == named and "objection" not in fields
    topics = [row.topic for row in story.world.store.load("records", record)]
    assert topics == ["record.determined", "record.corrected"]
    event = story.world.ledger.load(record)[1]
    assert isinstance(event, RecordCorrected) and "corrects" not in event.content["public"]
    assert not story.marks()
    is_sound(story)


def test_obj_5_a_correction_passes_the_checks_of_recording_and_is_signed_for_this_content(
    story: Story, record: UUID
) -> None:
    filed = story.object(record)
    now = story.file(record).standing.content

    def refused_codes(content: Part, **how: str) -> set[str]:
        act = story.correction(record, filed.case, {**now, "public": content}, **how)
        with pytest.raises(Refused) as refused:
            story.objections.correct(story.deciding(filed), act)
        return codes(refused)

    public = dict(now["public"])
    assert refused_codes({**public, "CF_JDRQ": "2026-02-30"}) == {"DET-2:bad_date"}
    assert refused_codes(public) == {"OBJ-5:correction_changes_nothing"}
    other = str(public["CF_XDR_SHXYM"])
    taken = next(
        str(e.content["public"]["CF_XDR_SHXYM"])
        for r in story.world.rows_of("record.determined")
        for e in story.world.ledger.load(r)[:1]
        if hasattr(e, "content")
        and e.content["public"].get("CF_XDR_SHXYM", other)[:2] == "91"
        and e.content["public"].get("CF_XDR_SHXYM", other) != other
    )
    assert "OBJ-5:correction_other_subject" in refused_codes({**public, "CF_XDR_SHXYM": taken})
    assert refused_codes({**public, "CF_NR_FK": "9"}, corrects="00" * 32) == {
        "OBJ-5:correction_of_other_version"
    }
    stray = story.correction(record, record, {**now, "public": {**public, "CF_NR_FK": "9"}})
    with pytest.raises(Refused) as refused:
        story.objections.correct(story.deciding(filed), stray)
    assert codes(refused) == {"OBJ-5:correction_not_of_this_objection"}
    office = story.world.keys[story.office]
    heads = {"corrects": story.file(record).leaf_hash, "objection": str(filed.case)}
    parts = {**now, "public": {**public, "CF_NR_FK": "9", **heads}}
    with pytest.raises(Refused) as refused:
        story.objections.correct(
            story.deciding(filed), story.sealed(RecordCorrected.KIND, record, parts, key=office)
        )
    assert codes(refused) == {"DET-5:key_of_another"}
    good = story.correction(record, filed.case, {**now, "public": {**public, "CF_NR_FK": "9"}})
    with pytest.raises(Refused) as refused:
        story.objections.correct(story.deciding(filed), replace(good, salt=bytes(32)))
    assert codes(refused) == {"DET-5:seal_signature_wrong"}
    assert story.marks() == {(record, filed.case)}


def test_obj_3_a_withdrawn_record_is_gone_from_that_transaction_on_and_never_comes_back(
    story: Story, record: UUID
) -> None:
    filed = story.object(record)
    content = story.file(record).standing.content
    story.objections.withdraw(story.deciding(filed), story.withdrawal(record, filed.case))
    assert story.world.lookup.record(record) is None and story.shared(record) == 0
    _, report = story.determine(content)
    assert (report.taken, report.already) == (0, 1)
    _, report = story.determine({**content, "public": {**content["public"], "CF_NR_FK": "8"}})
    assert [d.code for row in report.refused for d in row.defects] == ["document_recorded_otherwise"]
    story.world.project()
    assert story.world.lookup.record(record) is None and story.shared(record) == 0
    with pytest.raises(Refused) as refused:
        story.object(record)
    assert codes(refused) == {"OBJ-1:remedy_record_gone"}
    is_sound(story)


def test_the_corrected_document_is_taken_too_and_another_records_cannot_be(
    story: Story, record: UUID
) -> None:
    other = story.new_record("示市监罚字〔2026〕9002号", decided=DECIDED)
    filed = story.object(record)
    content = story.file(record).standing.content
    public = content["public"]
    clash = {**content, "public": {**public, "CF_WSH": "示市监罚字〔2026〕9002号"}}
    with pytest.raises(Refused) as refused:
        story.objections.correct(story.deciding(filed), story.correction(record, filed.case, clash))
    assert codes(refused) == {"DET-2:correction_document_taken"}
    moved = {**content, "public": {**public, "CF_WSH": "示市监罚字〔2026〕9003号"}}
    story.objections.correct(story.deciding(filed), story.correction(record, filed.case, moved))
    for again in (content, moved):
        _, report = story.determine(again)
        assert (report.taken, report.already) == (0, 1)
    assert other != record
    is_sound(story)


def test_rep_5_a_repair_from_too_early_to_shielded(story: Story, record: UUID) -> None:
    early = story.new_record("示市监罚字〔2026〕9004号", decided=date(2026, 10, 1))
    with pytest.raises(Refused) as refused:
        story.apply(early, PROOF, LETTER)
    assert codes(refused) == {"REP-5:repair_too_early"}
    content = story.file(record).standing.content
    done = story.apply(record, PROOF)
    assert (done.told["mode"], done.told["accept_by"], done.told["answer_by"]) == (
        "shield",
        "2026-11-25",
        "2026-12-04",
    )
    with pytest.raises(Refused) as refused:
        story.repairs.accept(story.handling(done))
    assert codes(refused) == {"REP-2:repair_materials_missing"}
    asked = story.repairs.request_materials(story.handling(done))
    assert asked.told["missing"] == ["commitment_letter"]
    with pytest.raises(Refused) as refused:
        story.repairs.request_materials(story.handling(asked))
    assert "REP-2:repair_materials_asked_already" in codes(refused)
    story.world.clock.advance(days=3)
    supplied = story.repairs.supply(story.supplying(asked, LETTER))
    assert supplied.told["accept_by"] == "2026-11-27"
    with pytest.raises(Refused) as refused:
        story.repairs.grant(story.handling(supplied))
    assert codes(refused) == {"REP-2:repair_not_accepted"}
    accepted = story.repairs.accept(story.handling(supplied, FIRST))
    assert story.world.lookup.record(record) is not None and story.shared(record) > 0
    granted = story.repairs.grant(story.handling(accepted))
    assert granted.told["outcome"] == "granted"
    assert story.world.lookup.record(record) is None and story.shared(record) == 0
    assert [row.topic for row in story.world.store.load("records", record)][-1] == "record.shielded"
    _, report = story.determine(content)
    assert (report.taken, report.already) == (0, 1)
    is_sound(story)
    assert story.world.lookup.record(record) is None and story.shared(record) == 0


def test_rep_5_shielding_hides_from_the_very_transaction_even_if_a_rebuild_lags(
    story: Story, record: UUID
) -> None:
    done = story.apply(record, PROOF, LETTER)
    accepted = story.repairs.accept(story.handling(done))
    story.repairs.grant(story.handling(accepted))
    # No projector has run: the rendition still lies there, and no reading gives it out.
    with psycopg.connect(story.world.database.admin) as conn:
        lying = conn.execute(
            "SELECT count(*) FROM ledger.renditions WHERE record_id = %s AND view IN ('public', 'shared')",
            (record,),
        ).fetchone()
    assert lying is not None and lying[0] > 0
    assert story.world.new_projector().rebuild().equal
    assert story.world.lookup.record(record) is None and story.shared(record) == 0
    with pytest.raises(Refused) as refused:
        story.apply(record, PROOF, LETTER)
    assert codes(refused) == {"REP-5:repair_not_needed"}


def annotating(story: Story) -> None:
    """From today on the catalogue repairs penalties by annotation."""
    item = next(i for i in story.world.city.items if i.code == "C03-02")
    version = replace(item, version=item.version + 1, repair="annotate", effective_from="2026-11-01")
    stream = story.world.ledger.name_id("catalogue", item.code)
    event = import_item(version, stream_id=stream, stream_version=2, recorded_at=story.world.ledger.now())
    office = story.world.keys[story.office]
    story.world.ledger.record(
        [story.world.ledger.seal(event, signer=office)], meta={"actor": "credit_office"}
    )


def test_rep_5_an_annotated_record_stays_with_its_note_through_a_correction(
    story: Story, record: UUID
) -> None:
    annotating(story)
    done = story.apply(record, PROOF, LETTER)
    assert done.told["mode"] == "annotate"
    granted = story.repairs.grant(story.handling(story.repairs.accept(story.handling(done))))
    story.world.project()
    note = {"repair": str(granted.case), "repaired_on": "2026-11-21"}
    shown = story.world.lookup.record(record)
    assert shown is not None and shown.shown["note"] == note
    assert story.shared(record) == len(story.file(record).standing.content)
    after = corrected(story, record, CF_NR_FK="2.3", CF_CFLB="罚款")
    assert after["note"] == note and "corrects" in after
    is_sound(story)


def test_pub_4_a_correction_brings_nothing_back_whose_term_is_over(story: Story, record: UUID) -> None:
    filed = story.object(record)
    now = story.file(record).standing.content
    shorter = {**now, "public": {**now["public"], "CF_GSJZQ": "2026-11-01"}}
    story.objections.correct(story.deciding(filed), story.correction(record, filed.case, shorter))
    assert story.world.lookup.record(record) is None and story.shared(record) == 0
    again = story.object(record)
    longer = {**now, "public": {**now["public"], "CF_GSJZQ": "2027-05-01"}}
    story.objections.correct(story.deciding(again), story.correction(record, again.case, longer))
    story.world.project()
    assert story.world.lookup.record(record) is None and story.shared(record) == 0
    is_sound(story)
    with psycopg.connect(story.world.database.admin) as conn:
        left = conn.execute(
            "SELECT count(*) FROM ledger.renditions WHERE record_id = %s AND view IN ('public', 'shared')",
            (record,),
        ).fetchone()
    assert left == (0,)


def test_a_stale_version_writes_nothing_and_a_receipt_stands_with_its_act(story: Story, record: UUID) -> None:
    filed = story.object(record)
    once = Once(story.source, "key-0001", b"f" * 32, 200)
    head = story.world.reader.head("records")
    with pytest.raises(StaleVersion):
        story.objections.reject(story.deciding(filed, expected=2), reasons="一致", remedies=REMEDIES)
    assert story.world.reader.head("records") == head
    done = story.objections.reject(story.deciding(filed), reasons="一致", remedies=REMEDIES, once=once)
    kept = story.world.store.receipt_of(story.source, "key-0001")
    assert kept is not None and kept.receipt == done.told and kept.status == 200
    other = story.object(record)
    with pytest.raises(Conflict) as conflict:
        story.objections.reject(story.deciding(other), reasons="一致", remedies=REMEDIES, once=once)
    assert conflict.value.what == "receipt" and story.marks() == {(record, other.case)}


def test_the_representatives_part_of_a_correction_opens_in_the_shared_view(
    story: Story, record: UUID
) -> None:
    corrected(story, record, CF_NR_FK="2.3", CF_CFLB="罚款")
    query = (
        "SELECT part, subject_id, item, position, until, key_owner, key_class, bytes FROM ledger.renditions"
        " WHERE view = 'shared' AND record_id = %s AND part = 'person/1'"
    )
    with psycopg.connect(story.world.database.admin) as conn:
        row = conn.execute(query, (record,)).fetchone()
    assert row is not None
    rendition = Rendition(
        SHARED, record, row[0], row[1], row[2], row[3], row[4], (row[5], row[6]), bytes(row[7])
    )
    assert row[5] == record
    keys = unwrap_all(story.world.vault, story.world.reader.data_keys_of([record]))
    assert b"CF_FRDB" in open_rendition(rendition, key=keys[record, row[6]])


def test_an_overdue_objection_still_pends_and_is_decided(story: Story, record: UUID) -> None:
    filed = story.object(record)
    story.world.clock.at += timedelta(days=30)
    assert story.marks() == {(record, filed.case)}
    story.objections.reject(story.deciding(filed, SECOND), reasons="一致", remedies=REMEDIES)
    assert not story.marks()


@pytest.mark.rule("REP-1")
def test_rep_1_what_is_still_shown_may_be_repaired_however_old_it_is_and_what_is_over_need_not(
    story: Story,
) -> None:
    """Of an item that is shown as long as the fact lasts, its class alone ends publicity and repair (PUB-4)."""
    found = story.desk.registry.item("C03-02").items[-1]
    lasting = replace(found, version=found.version + 1, publicity=PublicityRule("until_ended", source="示范"))
    story.world.adopt(lasting)
    story.desk.registry.forget()
    record = story.new_record("示市监罚字〔2024〕9801号", decided=date(2024, 6, 1), severity="严重")
    slight = story.new_record("示市监罚字〔2024〕9803号", decided=date(2024, 6, 1), severity="轻微")
    story.world.project()
    assert story.shared(record) > 0
    done = story.apply(record, PROOF, LETTER)
    assert done.told["mode"] == "shield"
    over = story.content_of(CF_WSH="示市监罚字〔2024〕9802号", CF_JDRQ="2024-06-01", CF_GSJZQ="2026-01-01")
    story.world.adopt(replace(found, version=found.version + 2))
    story.desk.registry.forget()
    ended, _ = story.determine(over)
    for old in (ended, slight):
        with pytest.raises(Refused) as refused:
            story.apply(old, PROOF, LETTER)
        assert refused.value.defects[0].code == "repair_not_needed"
