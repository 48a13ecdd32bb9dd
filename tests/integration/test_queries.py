"""Shared queries: refused without a purpose, logged before read, shown within the item's scope, never twice."""

from __future__ import annotations

import json
from uuid import UUID

import psycopg
import pytest

from application.commands.subjects import Identity
from application.ending_terms import end_terms
from application.ports import LedgerUnavailable
from application.queries.replay import NoSuchAnswer
from application.queries.shared import Answer
from domain.access.events import SubjectQueried
from domain.access.model import OF_PLATFORM, Request
from domain.shared.city_time import city_day
from domain.shared.refusals import Refused
from interfaces.client.api import Client, Department, Problem
from interfaces.client.form_data import load_forms
from interfaces.client.rows import read_rows
from interfaces.client.sealing import seal_file
from interfaces.client.tables import read_table
from tests.web import Web
from tests.world import World

ASKER = 1


@pytest.fixture
def world(seeded_world: World) -> World:
    return seeded_world


@pytest.fixture
def web(seeded_world: World) -> Web:
    return Web(seeded_world)


def request(world: World, **changes: object) -> Request:
    agency = world.city.agencies[ASKER]
    officer = next(o for o in world.city.officers if o.department == agency.code)
    values: dict[str, object] = {
        "department": agency.code,
        "officer": officer.key,
        "purpose": "licensing",
        "case": "示许受字〔2026〕7号",
        "basis": "《中华人民共和国行政许可法》第三十四条",
        "on": city_day(world.clock.now()),
        **changes,
    }
    return Request(**values)  # type: ignore[arg-type]


def subject_with_records(world: World) -> Identity:
    """An organisation of the seeded files, found as an auditor would: by opening its record."""
    for row in world.reader.rows("records", after=0, limit=2000):
        if row.topic == "record.determined":
            parts = world.ledger.open_all([row], log="records")[0].parts
            code = parts["public"].get("CF_XDR_SHXYM")
            if code:
                return Identity("organisation", "", str(code))
    raise AssertionError("no organisation was taken in")


def ask(world: World, who: Identity, **changes: object) -> Answer:
    return world.services.shared.ask(request(world, **changes), [who], attempt=b"body")[0]


def access_events(world: World) -> list[object]:
    rows = world.reader.rows("access", after=0, limit=1000)
    return [opened.event for opened in world.ledger.open_all(rows, log="access")]


@pytest.mark.rule("SHR-1")
def test_shr_1_a_department_in_scope_sees_all_parts_of_the_record_and_the_log_says_so(world: World) -> None:
    who = subject_with_records(world)
    answer = ask(world, who)
    assert answer.records and {"public", "restricted"} <= set(answer.records[0]["parts"])
    event = access_events(world)[answer.position - 1]
    assert isinstance(event, SubjectQueried)
    assert (event.purpose, event.case) == ("licensing", "示许受字〔2026〕7号")
    shown = {(r["record"], part) for r in answer.records for part in r["parts"]}
    assert {(record, part) for record, part, _ in event.shown} == shown


@pytest.mark.rule("QRY-1")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"purpose": ""}, "purpose_unknown"),
        ({"purpose": "curiosity"}, "purpose_unknown"),
        ({"officer": ""}, "officer_unknown"),
        ({"officer": "market-1"}, "officer_unknown"),
        ({"case": " "}, "case_missing"),
        ({"case": "\u200b\u3164\u2060"}, "case_missing"),
        ({"case": "2026-\u202e7"}, "case_missing"),
        ({"basis": "art. 34\x00"}, "basis_missing"),
        ({"basis": ""}, "basis_missing"),
    ],
)
def test_qry_1_a_query_without_purpose_officer_case_or_ground_is_refused_and_logged(
    world: World, change: dict[str, object], code: str
) -> None:
    before = world.reader.head("access")[0]
    with pytest.raises(Refused) as refused:
        ask(world, subject_with_records(world), **change)
    assert [d.code for d in refused.value.defects] == [code]
    assert world.reader.head("access")[0] == before + 1
    assert world.reader.rows("access", after=before, limit=1)[0].topic == "act.refused"


@pytest.mark.rule("SHR-1")
def test_shr_1_a_purpose_outside_the_items_scope_shows_nothing_and_is_logged(world: World) -> None:
    world.governance().register_purpose(code="curiosity", zh="好奇", en="curiosity")
    answer = ask(world, subject_with_records(world), purpose="curiosity")
    assert answer.records == ()
    for own in OF_PLATFORM:
        assert not world.governance().register_purpose(code=own, zh="自定", en="made up")
        with pytest.raises(Refused):
            ask(world, subject_with_records(world), purpose=own)
    answer = ask(world, subject_with_records(world), purpose="curiosity")
    event = access_events(world)[answer.position - 1]
    assert isinstance(event, SubjectQueried) and event.shown == [] and "SHR-1" in event.rules


@pytest.mark.rule("QRY-2")
def test_qry_2_nothing_found_is_logged_in_the_subjects_own_list_from_the_first_query_on(world: World) -> None:
    stranger = Identity("natural_person", "身份证", "990101198001010017")
    first, second = ask(world, stranger), ask(world, stranger)
    assert first.records == second.records == ()
    rows = world.reader.rows("access", after=0, limit=1000)
    mine = [r for r in rows if r.position in (first.position, second.position)]
    assert [r.stream_version for r in mine] == [1, 2] and mine[0].stream_id == mine[1].stream_id


def test_a_reader_inside_its_own_transaction_gets_no_byte(world: World) -> None:
    """Log, read, roll back: what a single function would allow is refused by the commit in between."""
    who = subject_with_records(world)
    subject = world.store.subjects_of([_blind(world, who)])
    _, listed = world.services.shared._reading.listing(
        list(subject.values()), on=city_day(world.clock.now()), limit=5
    )
    event: tuple[list[object], ...] = (
        [listed[0].subject_id],
        [1],
        ["subject.queried"],
        [1],
        ["2026-11-21T02:00:00.000000Z"],
        [b"{}"],
        [""],
        [b"s"],
    )
    reads = ([1], [listed[0].record_id], [listed[0].part], [listed[0].digest])
    log = (
        "SELECT ledger.log_access(%s::uuid[],%s::bigint[],%s::text[],%s::int[],%s::text[],%s::bytea[],%s::text[],"
        "%s::bytea[],%s::bytea[],'{}','{}','{}','{}','{}','{}',%s::int[],%s::uuid[],%s::text[],%s::bytea[])"
    )
    read = "SELECT ledger.read_announced(ARRAY[%s]::bigint[], %s::uuid[], %s::text[], %s)"
    today = city_day(world.clock.now())
    with psycopg.connect(world.database.reader) as conn:
        conn.execute("SAVEPOINT inside")
        row = conn.execute(log.encode(), (*event, [bytes([1]) * 106], *reads)).fetchone()
        assert row is not None
        conn.execute("RELEASE inside")
        got = conn.execute(read.encode(), (row[0], reads[1], reads[2], today)).fetchone()
        assert got == ([None],)
        conn.rollback()
    with psycopg.connect(world.database.reader, autocommit=True) as conn:
        row = conn.execute(log.encode(), (*event, [bytes([1]) * 106], *reads)).fetchone()
        assert row is not None
        got = conn.execute(read.encode(), (row[0], reads[1], reads[2], today)).fetchone()
        assert got is not None and isinstance(got[0][0], bytes)
        again = conn.execute(read.encode(), (row[0], reads[1], reads[2], today)).fetchone()
        assert again == ([None],)
        # A look that stands in somebody else's list opens nothing of this subject.
        row = conn.execute(log.encode(), ([UUID(int=7)], *event[1:], [bytes([1]) * 106], *reads)).fetchone()
        assert row is not None
        got = conn.execute(read.encode(), (row[0], reads[1], reads[2], today)).fetchone()
        assert got == ([None],)


@pytest.mark.parametrize("stop", ["right", "lock"])
def test_with_the_log_unavailable_nothing_is_shown(world: World, stop: str) -> None:
    who = subject_with_records(world)
    with psycopg.connect(world.database.admin, autocommit=True) as conn:
        if stop == "right":
            conn.execute("REVOKE EXECUTE ON PROCEDURE ledger.logged_read FROM xinlu_reader")
            conn.execute("REVOKE EXECUTE ON FUNCTION ledger.log_access FROM xinlu_reader")
            with pytest.raises(LedgerUnavailable):
                ask(world, who)
            conn.execute("GRANT EXECUTE ON PROCEDURE ledger.logged_read TO xinlu_reader")
            conn.execute("GRANT EXECUTE ON FUNCTION ledger.log_access TO xinlu_reader")
        else:
            with conn.transaction():
                conn.execute("SELECT * FROM ledger.heads WHERE log = 'access' FOR UPDATE")
                with pytest.raises(LedgerUnavailable):
                    ask(world, who)
    assert ask(world, who).records


def test_a_suppressed_record_is_in_no_shared_answer_from_that_transaction_on(world: World) -> None:
    who = subject_with_records(world)
    before = ask(world, who)
    gone = UUID(before.records[0]["record"])
    with world.superuser() as conn:
        conn.execute("INSERT INTO ledger.suppressed VALUES (%s, 1)", (gone,))
    assert str(gone) not in {r["record"] for r in ask(world, who).records}


def test_a_query_over_http_needs_its_headers_signed_and_gives_a_receipt(web: Web) -> None:
    world = web.world
    agency = world.city.agencies[ASKER]
    officer = next(o for o in world.city.officers if o.department == agency.code)
    who = subject_with_records(world) if world.reader.head("records")[0] > 100 else None
    code = who.number if who else "91420100KHDRJHTP5Q"
    with web.served() as url:
        client = Client(url, Department(agency.code, web.key(ASKER)))
        answers = client.query(
            [{"code": code}], official=officer.key, purpose="licensing", case="案件七号", basis="行政许可法34"
        )
        assert len(answers) == 1 and answers[0]["receipt"].startswith("access:")
        with pytest.raises(Problem) as refused:
            client.query([{"code": code}], official=officer.key, purpose="nosiness", case="七", basis="无")
        assert refused.value.status == 403
        assert refused.value.members["rule"] == "QRY-1"
        with pytest.raises(Problem) as malformed:
            client.query(
                [{"code": "not a code"}], official=officer.key, purpose="licensing", case="七", basis="法"
            )
        assert malformed.value.status == 400
    assert "案件七号" not in json.dumps(
        [r.meta.decode() for r in world.reader.rows("access", after=0, limit=99)]
    )


@pytest.mark.rule("PRV-3")
def test_prv_3_a_subject_sees_every_look_at_it_without_a_gap_and_its_own_reading_too(world: World) -> None:
    who = subject_with_records(world)
    ask(world, who)
    ask(world, who, case="第二案")
    office = world.city.credit_office.code
    looks = world.services.subject.who_looked(who, portal=office).entries
    assert [look.number for look in looks] == [1, 2, 3]
    assert [look.case for look in looks] == ["示许受字〔2026〕7号", "第二案", ""]
    assert looks[0].purpose_zh and looks[0].department_name and looks[0].role == "operator"
    # 49号(十三): who is the department and its officer, by pseudonym; nobody where the subject itself asked.
    assert (looks[0].officer, looks[2].officer) == (request(world).officer, "")
    assert {s["part"] for s in looks[0].shown} >= {"public", "restricted"}
    assert (looks[2].view, looks[2].department) == ("who_looked", office)


@pytest.mark.rule("PRV-3")
def test_prv_3_a_subjects_dossier_holds_its_records_after_they_left_every_view(world: World) -> None:
    who, office = subject_with_records(world), world.city.credit_office.code
    shown = ask(world, who).records
    before = world.services.subject.dossier(who, portal=office).entries
    assert {r["record"] for r in shown} <= {life.record for life in before}
    world.clock.advance(days=1200)
    assert end_terms(world.ledger, world.views) > 0
    world.project()
    assert ask(world, who).records == ()
    after = world.services.subject.dossier(who, portal=office).entries
    assert {life.record for life in after} == {life.record for life in before}
    assert all(life.moments[-1].event == "record.publicity_ended" for life in after)
    looks = world.services.subject.who_looked(who, portal=office).entries
    assert [look.view for look in looks] == ["shared", "dossier", "shared", "dossier", "who_looked"]


def test_a_past_answer_is_reproduced_byte_for_byte_after_the_record_left_every_view(world: World) -> None:
    who = subject_with_records(world)
    answer = ask(world, who)
    world.services.subject.dossier(who, portal=world.city.credit_office.code)
    world.clock.advance(days=1200)
    assert end_terms(world.ledger, world.views) > 0
    world.project()
    replay = world.replay
    again = replay.answer(answer.position)
    assert again.parts and again.equal
    shown = {(r["record"], part): fields for r in answer.records for part, fields in r["parts"].items()}
    assert {(p.record, p.part): json.loads(p.shown)["fields"] for p in again.parts} == shown
    dossier = replay.answer(answer.position + 1)
    assert dossier.event.view == "dossier" and dossier.parts and dossier.equal


def test_a_position_without_an_answer_cannot_be_replayed(world: World) -> None:
    replay = world.replay
    with pytest.raises(Refused):
        ask(world, subject_with_records(world), purpose="none")
    for position in (0, world.reader.head("access")[0], 10_000):
        with pytest.raises(NoSuchAnswer):
            replay.answer(position)


def test_an_answer_that_would_be_cut_is_refused_and_logged(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = subject_with_records(world)
    monkeypatch.setattr("application.queries.shared.LISTED_MAX", 0)
    with pytest.raises(Refused) as refused:
        ask(world, who)
    assert [d.code for d in refused.value.defects] == ["answer_too_large"]
    head = world.reader.head("access")[0]
    assert world.reader.rows("access", after=head - 1, limit=1)[0].topic == "act.refused"


@pytest.mark.rule("PRV-3")
def test_prv_3_another_department_may_not_ask_who_looked(world: World) -> None:
    with pytest.raises(Refused):
        world.services.subject.who_looked(subject_with_records(world), portal=request(world).department)


def test_who_looked_over_http_is_for_the_portal_only(web: Web) -> None:
    world = web.world
    office, who = world.city.credit_office.code, subject_with_records(world)
    with web.served() as url:
        looks = Client(url, Department(office, world.keys[office])).who_looked({"code": who.number})
        assert looks[-1]["view"] == "who_looked"
        agency = world.city.agencies[ASKER].code
        with pytest.raises(Problem) as refused:
            Client(url, Department(agency, world.keys[agency])).who_looked({"code": who.number})
    assert (refused.value.status, refused.value.members["rule"]) == (403, "PRV-3")
    head = world.reader.head("access")[0]
    assert world.reader.rows("access", after=head - 1, limit=1)[0].topic == "act.refused"


def _blind(world: World, who: Identity) -> bytes:
    return world.vault.mac("subject", f"code\n{who.number}".encode())


def test_the_officer_who_determined_is_recorded_and_must_be_the_departments(web: Web) -> None:
    world = web.world
    agency = world.city.agencies[ASKER].code
    officer = next(o.key for o in world.city.officers if o.department == agency)
    files = world.files()
    name = next(n for n, d in files.sender.items() if d == agency and n.startswith("penalties"))
    table = read_table(files.files[name], forms=load_forms())
    sealed = seal_file(
        read_rows(table, load_forms()), form=table.kind, ledger_id=world.ledger.id.bytes
    ).signed(world.keys[agency])
    with web.served() as url:
        with pytest.raises(Problem) as refused:
            Client(url, Department(agency, world.keys[agency], "market-1")).send_sealed(sealed.body())
        assert refused.value.members["errors"][0]["code"] == "officer_of_another"
        report = Client(url, Department(agency, world.keys[agency], officer)).send_sealed(sealed.body())
    row = world.reader.rows("records", after=report["receipt"]["first_position"] - 1, limit=1)[0]
    assert json.loads(row.meta)["officer"] == officer
