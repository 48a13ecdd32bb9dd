"""Erasure over a whole ledger: each kind of target, what follows, what stays, and what verify says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from threading import Thread
from uuid import UUID, uuid4

import psycopg
import pytest

from application.commands.consents import GiveConsent
from application.commands.erasures import Erasures, RequestErasure
from application.commands.subjects import Identity
from application.data_keys import ErasedKey
from application.erasing import KeysRemain
from application.ports import Conflict, Log, WrappedKey
from application.queries.looks import Look, log_look
from application.queries.subject import SubjectQueries
from application.verify import Verification
from domain.access.events import SubjectQueried
from domain.records.erasure import DataErased, fold_erasure
from domain.shared.refusals import Refused
from domain.transparency.digest import StoredRow
from infrastructure.keys import FileVault, verify_ed25519
from infrastructure.postgres.log_reader import LogReader
from infrastructure.postgres.reading import PostgresSharedReading
from interfaces.http.case_schemas import CaseReceipt
from tests.erasure import (
    FIRST,
    SECOND,
    a_record,
    ask,
    carry_out,
    contents,
    dump,
    from_now_on_deleted,
    subject_id,
    texts,
    who,
)
from tests.remedies import LETTER, PROOF, begin
from tests.world import World

pytestmark = pytest.mark.rule("PRV-4")


@pytest.fixture
def world(seeded_world: World) -> World:
    return seeded_world


def queries(world: World) -> SubjectQueries:
    return SubjectQueries(world.ledger, PostgresSharedReading(world.pool("reader")))


def looks(world: World, identity: Identity) -> tuple[Look, ...]:
    """The list of who looked, as the subject asks for it now."""
    return queries(world).who_looked(identity, portal=world.city.credit_office.code).entries


def rebuilt_equal(world: World) -> bool:
    world.project()
    return world.new_projector().rebuild().equal


def state(world: World, erasure: UUID) -> str:
    found = Erasures(world.ledger).find(erasure)
    assert found is not None
    return found.state


def test_prv_4_a_person_erased_whole_is_gone_and_everybody_else_is_as_before(world: World) -> None:
    record, content, identity = a_record(world, "natural_person")
    office = world.city.credit_office.code
    queries(world).who_looked(identity, portal=office)
    before = contents(world)
    mine = {r for r, c in before.items() if who(c) == identity}
    erasure = ask(world, "subject", subject=identity)
    steps = [step.what for step in carry_out(world)]
    assert steps[0] == "erased" and steps[-1] == "completed" and "generation destroyed" in steps
    assert state(world, erasure) == "completed"
    assert subject_id(world, identity) is None
    after = contents(world)
    assert after == {r: c for r, c in before.items() if r not in mine}
    told, units = dump(world), {agency.code for agency in world.city.agencies}
    # Which unit determined is nothing of the person's: indicators count by it.
    assert not [text for text in texts(content, *content) if text in told and text not in units]
    assert world.finding() is None
    assert rebuilt_equal(world)
    assert record in mine


def test_prv_4_an_organisation_erased_whole_leaves_the_public_view_and_its_name(world: World) -> None:
    _, content, identity = a_record(world, "organisation")
    assert world.lookup.find(identity.number)
    names = str(content["public"].get("CF_XDR_MC") or content["public"].get("XK_XDR_MC"))
    assert world.lookup.find(names)
    ask(world, "subject", subject=identity)
    carry_out(world)
    assert world.lookup.find(identity.number) == [] and world.lookup.find(names) == []
    assert names not in dump(world)
    assert world.finding() is None and rebuilt_equal(world)


def test_prv_4_one_persons_part_of_one_record_goes_and_the_rest_of_it_still_verifies(world: World) -> None:
    record, content, _ = a_record(world, "organisation", representative=True)
    ask(world, "part", stream=record, name="person/1")
    carry_out(world)
    opened = world.ledger.open_all(world.store.load("records", record), log="records")[0]
    assert opened.closed == ("person/1",)
    assert opened.parts == {name: part for name, part in content.items() if name != "person/1"}
    assert world.finding() is None and rebuilt_equal(world)
    told = dump(world)
    assert not [text for text in texts(content, "person/1") if text in told]


def test_prv_4_the_kept_p_i_is_compared_with_the_leaf(world: World) -> None:
    record, _, _ = a_record(world, "organisation", representative=True)
    ask(world, "part", stream=record, name="person/1")
    erasing = world.erasing()
    (approved,) = erasing.all()
    wrong = DataErased(
        originator_id=approved.id,
        originator_version=approved.version + 1,
        timestamp=world.ledger.now(),
        number=1,
        count=1,
        erased=[["records", str(world.store.load("records", record)[0].position), "person/1", "00" * 32]],
    )
    world.ledger.record([world.ledger.seal(wrong)], meta={"actor": "test"})
    assert world.finding() is not None  # still open, whatever it says
    with world.superuser() as conn:
        conn.execute("UPDATE ledger.data_keys SET generation = 0, wrapped = '' WHERE owner = %s", (record,))
    found = world.finding()
    assert found is not None and found.position == world.store.load("records", record)[0].position
    assert found.what == "the leaf does not commit to what was erased and what is left"


def test_prv_4_verify_finds_an_erasure_that_nobody_approved(world: World) -> None:
    record, _, _ = a_record(world, "organisation", representative=True)
    erasure = ask(world, "part", stream=record, name="person/1", approve=False)
    act = DataErased(
        originator_id=erasure,
        originator_version=2,
        timestamp=world.ledger.now(),
        number=1,
        count=1,
        erased=[],
    )
    position = world.ledger.record([world.ledger.seal(act)], meta={"actor": "test"})
    found = world.finding()
    assert found is not None and found.position == position
    assert found.what == "an erasure that two officers did not approve"


@dataclass
class Earlier:
    """The auditor's reading, whose heads were read before somebody erased something."""

    reader: LogReader
    heads: dict[Log, tuple[int, bytes]]

    def head(self, log: Log) -> tuple[int, bytes]:
        return self.heads.pop(log, None) or self.reader.head(log)

    def rows(self, log: Log, *, after: int, limit: int) -> Sequence[StoredRow]:
        return self.reader.rows(log, after=after, limit=limit)


def test_prv_4_what_is_erased_while_verify_runs_is_no_finding(world: World) -> None:
    _, _, identity = a_record(world, "natural_person")
    queries(world).who_looked(identity, portal=world.city.credit_office.code)
    ask(world, "subject", subject=identity)
    logs: tuple[Log, ...] = ("records", "access")
    earlier = Earlier(world.reader, {log: world.reader.head(log) for log in logs})
    carry_out(world)
    outcome = Verification(
        reader=earlier, keys=world.reader, vault=world.vault, ledger_id=world.ledger.id.bytes,
        gateway_issuer=world.gateway.key_id, verify=verify_ed25519,
    ).run({})  # fmt: skip
    assert outcome.finding is None and outcome.closed_parts > 0


def test_prv_4_what_one_officer_asked_for_is_not_carried_out(world: World) -> None:
    _, _, identity = a_record(world, "natural_person")
    erasure = ask(world, "subject", subject=identity, approve=False)
    assert carry_out(world) == [] and state(world, erasure) == "requested"
    office = world.city.credit_office.code
    erasures = Erasures(world.ledger)
    for officer, department in (
        (FIRST, office),
        ("market-1", office),
        ("market-1", world.city.agencies[0].code),
    ):
        with pytest.raises(Refused):
            erasures.approve(erasure, officer=officer, department=department, receipt=None)
    assert carry_out(world) == []
    assert subject_id(world, identity) is not None


def test_prv_4_the_looks_class_goes_and_later_looks_are_kept_under_a_next_key(world: World) -> None:
    _, _, identity = a_record(world, "organisation")
    assert [look.number for look in looks(world, identity)] == [1]
    ask(world, "class", subject=identity, name="access")
    carry_out(world)
    assert [look.number for look in looks(world, identity)] == [2]
    assert [look.number for look in looks(world, identity)] == [2, 3]
    assert world.finding() is None
    ask(world, "class", subject=identity, name="access")
    carry_out(world)
    assert [look.number for look in looks(world, identity)] == [4]
    assert world.finding() is None and rebuilt_equal(world)


def test_prv_4_consents_are_a_class_of_their_own(world: World) -> None:
    _, _, identity = a_record(world, "organisation")
    office, agency = world.city.credit_office.code, world.city.agencies[0].code
    consents = world.services.consents
    until = world.today.replace(month=12)
    given = GiveConsent(uuid4(), identity, agency, "licensing", "在线核验一次", ("C03-02",), until, True)
    consents.give(given, portal=office, attempt=b"", receipt=None)
    ask(world, "class", subject=identity, name="consent")
    carry_out(world)
    assert consents.find(given.consent_id) is None
    again = GiveConsent(uuid4(), identity, agency, "licensing", "在线核验一次", ("C03-02",), until, True)
    consents.give(again, portal=office, attempt=b"", receipt=None)
    assert consents.find(again.consent_id) is not None
    assert world.finding() is None


def test_prv_4_the_person_class_takes_the_way_to_find_the_person_with_it(world: World) -> None:
    record, content, identity = a_record(world, "natural_person")
    ask(world, "class", subject=identity, name="person")
    carry_out(world)
    assert subject_id(world, identity) is None
    opened = world.ledger.open_all(world.store.load("records", record), log="records")[0]
    assert opened.closed == ("person/1",) and opened.parts["public"] == content["public"]
    assert world.finding() is None and rebuilt_equal(world)


def test_prv_4_who_is_met_again_after_erasure_is_somebody_new(world: World) -> None:
    _, _, identity = a_record(world, "natural_person")
    old = subject_id(world, identity)
    ask(world, "subject", subject=identity)
    carry_out(world)
    office = world.city.credit_office.code
    assert queries(world).dossier(identity, portal=office).entries == ()
    new = subject_id(world, identity)
    assert new is not None and new != old
    assert len(looks(world, identity)) == 2
    assert world.finding() is None


def test_det_2_the_document_of_what_was_erased_does_not_come_back(world: World) -> None:
    before = world.reader.head("records")[0]
    _, _, identity = a_record(world, "natural_person")
    ask(world, "subject", subject=identity)
    carry_out(world)
    (intake,) = world.take_in(world.files(), "people-1.xlsx")
    assert intake.report.taken == 0
    assert any(row.defects[0].code == "document_recorded_otherwise" for row in intake.report.refused)
    assert world.reader.head("records")[0] > before and world.finding() is None


def test_prv_4_nothing_is_sealed_for_whom_was_erased_since_it_was_looked_up(world: World) -> None:
    _, _, identity = a_record(world, "organisation")
    subject = subject_id(world, identity)
    assert subject is not None
    look = SubjectQueried(
        originator_id=subject, originator_version=1, timestamp=world.ledger.now(), department="d", officer="o",
        role="r", purpose="p", rules=[], view="shared", view_position=0, shown=[],
    )  # fmt: skip
    sealed = world.ledger.seal(look, owners={"public": (subject, "public")})
    batch = world.ledger.prepare([sealed], meta={"actor": "test"}, log="access")
    first = world.ledger.seal(look, owners={"public": (subject, "access")})
    new_key = world.ledger.prepare([first], meta={"actor": "test"}, log="access")
    assert not batch.data_keys and new_key.data_keys
    ask(world, "subject", subject=identity)
    carry_out(world)
    head = world.reader.head("access")
    for stale in (batch, new_key):
        with pytest.raises(Conflict) as conflict:
            world.store.append(stale)
        assert conflict.value.what in ("data_key", "generation")
    with pytest.raises(ErasedKey):
        world.ledger.prepare([sealed], meta={"actor": "test"}, log="access")
    assert world.reader.head("access") == head and world.finding() is None


def test_prv_4_a_key_under_the_old_generation_is_refused_and_the_next_try_is_under_the_new(
    world: World,
) -> None:
    _, _, identity = a_record(world, "natural_person")
    other = FileVault(world.secrets)  # another process, that has read generation 1
    owner = uuid4()
    old = other.wrap(bytes(32))
    assert old[0] == 1
    ask(world, "subject", subject=identity)
    carry_out(world)
    assert world.vault.generations.existing() == [2] and not (world.secrets / "generation-1.key").exists()
    generation, wrapped = other.wrap(bytes(32))
    assert generation == 2 and world.vault.unwrap(generation, wrapped) == bytes(32)
    with pytest.raises(KeyError):
        other.unwrap(*old)
    (key,) = world.store.data_keys_of([world.ledger.id]).values()
    assert other.unwrap(key.generation, key.wrapped)
    drafts = world.services.drafts
    with pytest.raises(Conflict) as conflict:
        world.store.save_draft(
            owner, {0: b"x"}, department="d", now=world.clock.at, expires=world.clock.at,
            key=WrappedKey(owner, "draft", *old), most=9, bytes_most=99,
        )  # fmt: skip
    assert conflict.value.what == "generation"
    drafts.save(owner, b"lines", department="d")
    assert b"".join(drafts.load(owner, department="d")) == b"lines"


def test_prv_4_drafts_that_wait_go_and_those_made_meanwhile_still_open(world: World) -> None:
    _, _, identity = a_record(world, "natural_person")
    drafts, before, meanwhile = world.services.drafts, uuid4(), uuid4()
    drafts.save(before, b"lines", department="d")
    ask(world, "subject", subject=identity)
    run = world.erasing().run()
    assert next(run).what == "erased"
    drafts.save(meanwhile, b"lines", department="d")
    list(run)
    assert b"".join(drafts.load(before, department="d")) == b""
    assert b"".join(drafts.load(meanwhile, department="d")) == b"lines"


def test_prv_4_intake_goes_on_while_keys_are_wrapped_anew(world: World) -> None:
    _, _, identity = a_record(world, "natural_person")
    ask(world, "subject", subject=identity)
    files = world.files()
    taken: list[int] = []

    def send() -> None:
        for name in ("penalties-3.xlsx", "licences-4.csv", "people-2.xlsx", "penalties-5.xlsx"):
            taken.append(world.take_in(files, name)[0].report.taken)

    sender = Thread(target=send)
    sender.start()
    carry_out(world)
    sender.join()
    assert len(taken) == 4 and all(taken)
    with psycopg.connect(world.database.admin) as conn:
        old = conn.execute("SELECT count(*) FROM ledger.data_keys WHERE generation = 1").fetchone()
    assert old == (0,)
    assert world.finding() is None and rebuilt_equal(world)


def test_prv_4_what_cannot_be_wrapped_anew_keeps_every_generation_key(world: World) -> None:
    _, _, identity = a_record(world, "natural_person")
    with world.superuser() as conn:
        conn.execute("INSERT INTO ledger.data_keys VALUES (%s, 'public', 1, %s)", (UUID(int=1), bytes(40)))
    ask(world, "subject", subject=identity)
    with pytest.raises(Exception, match="unwrap") as broken:
        carry_out(world)
    assert not isinstance(broken.value, KeysRemain)
    assert world.vault.generations.existing() == [1, 2]
    assert subject_id(world, identity) is None  # nobody is shown; it is not complete yet
    with world.superuser() as conn:
        conn.execute("DELETE FROM ledger.data_keys WHERE owner = %s", (UUID(int=1),))
    carry_out(world)
    assert world.vault.generations.existing() == [2]
    assert [e.state for e in world.erasing().all()] == ["completed"]


def test_prv_4_a_large_subject_is_named_in_several_events_of_bounded_size(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain.records.erasure.ENTRIES_MAX", 4)
    _, _, identity = a_record(world, "organisation")
    subject = subject_id(world, identity)
    assert subject is not None
    for _ in range(6):
        log_look(
            world.ledger, subject, department="d", officer="o", role="r", purpose="p", rules=["QRY-1"],
            view="shared", shown=[],
        )  # fmt: skip
    erasure = ask(world, "subject", subject=identity)
    carry_out(world)
    acts = [e for e in world.ledger.load(erasure) if isinstance(e, DataErased)]
    assert len(acts) > 2 and {a.count for a in acts} == {len(acts)}
    assert [a.number for a in acts] == list(range(1, len(acts) + 1))
    assert all(len(a.erased) <= 4 for a in acts) and fold_erasure(world.ledger.load(erasure)) is not None
    assert world.finding() is None


def test_prv_4_what_shares_its_key_is_not_erased_alone(world: World) -> None:
    record, _, _ = a_record(world, "natural_person")
    for kind, name in (("record", ""), ("part", "person/1")):
        with pytest.raises(Refused) as refused:
            ask(world, kind, stream=record, name=name)  # type: ignore[arg-type]
        assert [d.code for d in refused.value.defects] == ["erasure_not_separable"]
    with pytest.raises(Refused) as refused:
        ask(world, "record", stream=uuid4())
    assert [d.code for d in refused.value.defects] == ["erasure_target_unknown"]


def test_prv_4_a_request_says_why_and_names_something_that_can_be_erased(world: World) -> None:
    _, _, identity = a_record(world, "organisation")
    office = world.city.credit_office.code
    command = RequestErasure(uuid4(), "class", identity, None, "secrets", "because", " ")
    with pytest.raises(Refused) as refused:
        Erasures(world.ledger).request(command, officer=FIRST, department=office, receipt=None)
    codes = {d.code for d in refused.value.defects}
    assert codes == {"erasure_class_unknown", "erasure_cause", "erasure_basis"}


@pytest.mark.rule("REP-5")
def test_rep_5_a_granted_deletion_hides_at_once_and_erases_only_what_two_officers_approve(
    world: World,
) -> None:
    story = begin(world)
    decided = date(2026, 3, 2)
    shared_key = story.new_record("示罚〔2026〕90号", decided=decided)
    from_now_on_deleted(world)
    other = story.new_record("示罚〔2026〕92号", decided=decided)
    record = story.new_record("示罚〔2026〕91号", decided=decided)
    world.project()
    done = story.apply(record, PROOF, LETTER)
    assert done.told["mode"] == "delete"
    assert story.apply(shared_key, PROOF, LETTER).told["mode"] == "shield"
    accepted = story.repairs.accept(story.handling(done))
    granted = story.repairs.grant(story.handling(accepted))
    erasure = UUID(str(granted.told["erasure"]))
    assert granted.told.keys() <= CaseReceipt().fields.keys()
    assert story.shared(record) == 0 and story.shared(other) > 0
    assert carry_out(world) == []
    office, erasures = world.city.credit_office.code, Erasures(world.ledger)
    for officer in (FIRST, SECOND):
        assert carry_out(world) == []
        erasures.approve(erasure, officer=officer, department=office, receipt=None)
    assert "views rebuilt" in [step.what for step in carry_out(world)]
    assert record not in contents(world) and other in contents(world)
    assert all(
        not o.parts for o in world.ledger.open_all(world.store.load("records", done.case), log="records")
    )
    lives = queries(world).dossier(story.subject(), portal=story.office).entries
    told = {life.record for life in lives}
    assert str(record) not in told and {str(other), str(shared_key)} <= told
    assert world.finding() is None and rebuilt_equal(world)
    with pytest.raises(Refused):  # and there is nothing left to object to or to repair
        story.apply(record, PROOF, LETTER)
