"""One append is all or nothing: concurrency, guards, receipts, and the digest that the database computes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg_pool import ConnectionPool

from application.commands.drafts import CHUNK_BYTES, LIFETIME, Drafts
from application.commands.governance import Governance
from application.commands.intake import Intake
from application.commands.seals import SealOfFile
from application.ports import Append, Conflict, Document, LedgerUnavailable, Log, NewRow, Receipt, WrappedKey
from application.registry import Registry
from application.sealing import BrokenSeal
from domain.shared.refusals import Refused
from domain.transparency.digest import FIRST_DIGEST, StoredRow, row_digest
from domain.transparency.sealed_file import SealedRow
from infrastructure.keys import verify_ed25519
from infrastructure.postgres.pool import CONFLICTS, Pool, connection
from infrastructure.postgres.store import PostgresEventStore
from infrastructure.remedy_data import load_calendar, load_settings
from interfaces.client.form_data import load_forms
from interfaces.client.rows import read_rows
from interfaces.client.sealing import seal_file
from interfaces.client.tables import read_table
from interfaces.http.bodies import decoded, sealed_file
from tests.world import START, World, raw_row

TABLES = (
    "heads", "records", "access", "streams", "documents", "subjects", "data_keys", "inbox", "nonces",
    "suppressed", "drafts",
)  # fmt: skip


def everything(world: World) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables: what must be the same after an append that failed."""
    with psycopg.connect(world.database.admin) as conn:
        return {t: sorted(conn.execute(f"SELECT * FROM ledger.{t}".encode()), key=repr) for t in TABLES}


def document(fingerprint: bytes = b"f" * 32) -> Document:
    return Document(fingerprint, uuid4(), b"c" * 32)


def receipt(key: str = "key-1", *, status: int = 201) -> Receipt:
    return Receipt("department", key, b"p" * 32, status, {"taken": 3, "甲": ["乙"]})


def race(world: World, *batches: Append) -> list[str]:
    """All appends at the same moment; "won" or the conflict of each."""
    barrier = Barrier(len(batches))

    def append(batch: Append) -> str:
        barrier.wait(timeout=10)
        try:
            world.store.append(batch)
        except Conflict as conflict:
            return conflict.what
        return "won"

    with ThreadPoolExecutor(len(batches)) as pool:
        return sorted(pool.map(append, batches))


@pytest.mark.parametrize("log", ["records", "access"])
def test_of_two_commands_racing_on_one_stream_one_wins(bare_world: World, log: Log) -> None:
    stream = uuid4()
    for version in range(1, 11):
        batches = [Append(log=log, events=[raw_row(stream, version, sealed=who)]) for who in (b"a", b"b")]
        assert race(bare_world, *batches) == ["stream", "won"]
    assert [row.stream_version for row in bare_world.store.load(log, stream)] == list(range(1, 11))
    assert [row.position for row in bare_world.reader.rows(log, after=0, limit=99)] == list(range(1, 11))


def test_of_two_commands_racing_on_one_document_one_wins(bare_world: World) -> None:
    for number in range(10):
        fingerprint = bytes([number]) * 32
        batches = [Append(events=[raw_row(uuid4())], documents=[document(fingerprint)]) for _ in "ab"]
        assert race(bare_world, *batches) == ["document", "won"]
    assert bare_world.reader.head("records")[0] == 10


def test_the_same_stream_id_in_both_logs_is_two_streams(bare_world: World) -> None:
    stream = uuid4()
    assert bare_world.store.append(
        Append(events=[raw_row(stream)]), Append(log="access", events=[raw_row(stream)])
    ) == [1, 1]


@pytest.mark.parametrize(
    "versions", [[2], [1, 3], [1, 1], [0, 2], [5, 6], [-1]], ids=lambda versions: "-".join(map(str, versions))
)
def test_versions_with_a_gap_or_twice_are_refused(bare_world: World, versions: list[int]) -> None:
    stream = uuid4()
    before = everything(bare_world)
    with pytest.raises((Conflict, psycopg.Error)):
        bare_world.store.append(Append(events=[raw_row(stream, version) for version in versions]))
    assert everything(bare_world) == before


def test_batches_over_both_logs_are_one_transaction(bare_world: World) -> None:
    store = bare_world.store
    first, second = uuid4(), uuid4()
    assert store.append(
        Append(events=[raw_row(first)]), Append(log="access", events=[raw_row(second)], receipt=receipt())
    ) == [1, 1]
    before = everything(bare_world)
    with pytest.raises(Conflict, match="stream"):
        store.append(Append(events=[raw_row(first, 2)]), Append(log="access", events=[raw_row(second)]))
    with pytest.raises(Conflict, match="receipt"):
        store.append(Append(events=[raw_row(first, 2)]), Append(log="access", receipt=receipt()))
    assert everything(bare_world) == before
    assert store.append(Append(events=[raw_row(first, 2)]), Append(log="access")) == [2, 2]


STREAM, BLIND, OWNER, GUARDED = UUID(int=1), b"b" * 32, UUID(int=2), UUID(int=3)
KEY = WrappedKey(OWNER, "public", 1, b"w" * 40)
TAKEN = Append(
    events=[raw_row(STREAM), raw_row(GUARDED)],
    documents=[document()],
    subjects={BLIND: uuid4()},
    data_keys=[KEY],
    receipt=receipt(),
)


@pytest.mark.parametrize(
    ("what", "code", "part"),
    [
        ("stream", "XL001", Append(events=[raw_row(STREAM)])),
        ("document", "XL002", Append(documents=[document(b"n" * 32), document()])),
        ("subject", "XL003", Append(subjects={b"n" * 32: uuid4(), BLIND: uuid4()})),
        ("data_key", "XL004", Append(data_keys=[WrappedKey(uuid4(), "public", 1, b"w"), KEY])),
        ("guard", "XL005", Append(guards={GUARDED: 0})),
        ("receipt", "XL006", Append(receipt=receipt(status=200))),
    ],
)
def test_every_conflict_has_its_code_and_leaves_nothing_behind(
    bare_world: World, what: str, code: str, part: Append
) -> None:
    assert CONFLICTS[code] == what
    bare_world.store.append(TAKEN)
    before = everything(bare_world)
    new = uuid4()
    batch = Append(
        events=[raw_row(new), *part.events],
        guards=part.guards,
        documents=[document(b"x" * 32), *part.documents],
        subjects={b"x" * 32: uuid4(), **part.subjects},
        data_keys=[WrappedKey(new, "public", 1, b"w"), *part.data_keys],
        suppress=[new],
        receipt=part.receipt or receipt("another"),
    )
    with pytest.raises(Conflict) as raised:
        bare_world.store.append(batch)
    assert raised.value.what == what
    assert everything(bare_world) == before


def test_a_guard_looks_at_records_whichever_log_is_written(bare_world: World) -> None:
    bare_world.store.append(TAKEN)
    guarded = Append(log="access", events=[raw_row(uuid4())], guards={GUARDED: 1, uuid4(): 0})
    assert bare_world.store.append(guarded) == [1]
    bare_world.store.append(Append(events=[raw_row(GUARDED, 2)]))
    with pytest.raises(Conflict, match="guard"):
        bare_world.store.append(guarded)


def intake(world: World, name: str) -> tuple[Intake, list[SealedRow]]:
    """A demo file ready to be taken, its rows not taken yet."""
    files = world.files(penalties=3, licences=3, people=2)
    department = files.sender[name]
    table = read_table(files.files[name], forms=load_forms())
    sealed = seal_file(read_rows(table, load_forms()), form=table.kind, ledger_id=world.ledger.id.bytes)
    seal, rows = sealed_file(decoded(sealed.signed(world.keys[department]).body(), "gzip"))
    return (
        Intake(
            world.ledger,
            load_forms(),
            SealOfFile(seal),
            department=department,
            verify=verify_ed25519,
            calendar=load_calendar(),
            settings=load_settings(),
        ),
        list(rows),
    )


@pytest.mark.rule("DET-5")
def test_det_5_a_key_revoked_while_a_file_is_taken_in_stops_the_append(ledger_world: World) -> None:
    running, rows = intake(ledger_world, "licences-1.csv")
    issuer = ledger_world.keys[ledger_world.files().sender["licences-1.csv"]].issuer
    Governance(ledger_world.ledger).revoke_key(issuer, reason="lost")
    before = everything(ledger_world)
    with pytest.raises(Refused) as refused:
        list(running.take(rows))
    assert [d.code for d in refused.value.defects] == ["key_revoked"]
    assert everything(ledger_world) == before


@pytest.mark.rule("CAT-2")
def test_a_catalogue_that_moved_meanwhile_is_judged_again(ledger_world: World) -> None:
    running, rows = intake(ledger_world, "licences-1.csv")
    item = Registry(ledger_world.ledger).item("C03-01")
    running._guards[item.stream_id] = item.stream_version + 1
    with pytest.raises(Conflict, match="guard"):
        ledger_world.store.append(Append(guards={item.stream_id: item.stream_version + 1}))
    list(running.take(rows))
    assert running.report.taken == 3 and not running.report.refused


def test_a_receipt_is_given_again_unchanged(bare_world: World) -> None:
    store = bare_world.store
    assert store.receipt_of("department", "key-1") is None
    store.append(Append(events=[raw_row(uuid4())], receipt=receipt()))
    with pytest.raises(Conflict, match="receipt"):
        store.append(Append(events=[raw_row(uuid4())], receipt=receipt(status=500)))
    assert store.receipt_of("department", "key-1") == receipt()
    assert store.receipt_of("other department", "key-1") is None
    assert bare_world.reader.head("records")[0] == 1


def test_an_append_without_events_keeps_its_receipt_and_moves_no_head(bare_world: World) -> None:
    bare_world.store.append(TAKEN)
    head = bare_world.reader.head("records"), bare_world.reader.head("access")
    assert bare_world.store.append(Append(receipt=receipt("alone"))) == [3]
    assert bare_world.store.append(Append(log="access", receipt=receipt("alone too"))) == [1]
    assert bare_world.store.receipt_of("department", "alone") == receipt("alone")
    assert (bare_world.reader.head("records"), bare_world.reader.head("access")) == head


def test_the_same_receipt_wanted_twice_at_once_is_kept_once(bare_world: World) -> None:
    batches = [Append(log="access", receipt=receipt(status=status)) for status in (200, 201)]
    assert race(bare_world, *batches) == ["receipt", "won"]


def test_a_nonce_is_good_once_for_each_issuer(bare_world: World) -> None:
    use, expires = bare_world.store.use_nonce, START + timedelta(minutes=5)
    assert use(b"issuer-1", "n", now=START, expires=expires)
    assert not use(b"issuer-1", "n", now=START, expires=expires)
    assert use(b"issuer-2", "n", now=START, expires=expires)
    later = START + timedelta(minutes=6)
    assert use(b"issuer-1", "other", now=later, expires=later + timedelta(minutes=5))
    with psycopg.connect(bare_world.database.admin) as conn:
        kept = conn.execute("SELECT nonce FROM ledger.nonces").fetchall()
    assert kept == [("other",)]


def test_a_nonce_used_many_times_at_once_is_good_once(bare_world: World) -> None:
    def use(_: int) -> bool:
        return bare_world.store.use_nonce(b"issuer-1", "n", now=START, expires=START + timedelta(minutes=5))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(24))) == 1


def test_a_draft_is_its_departments_own_sealed_and_ends(bare_world: World) -> None:
    drafts = Drafts(bare_world.ledger, bare_world.store)
    draft, other = uuid4(), uuid4()
    lines = "公民身份号码 ".encode() * (CHUNK_BYTES // 8)
    assert drafts.save(draft, lines, department="one") == START + LIFETIME
    assert b"".join(drafts.load(draft, department="one")) == lines
    assert list(drafts.load(draft, department="two")) == []
    drafts.drop(draft, department="two")
    assert b"".join(drafts.load(draft, department="one")) == lines
    bare_world.clock.advance(hours=24)
    assert b"".join(drafts.load(draft, department="one")) == lines
    bare_world.clock.advance(seconds=1)
    assert list(drafts.load(draft, department="one")) == []
    drafts.save(other, b"small", department="one")
    with psycopg.connect(bare_world.database.admin) as conn:
        assert conn.execute("SELECT DISTINCT id FROM ledger.drafts").fetchall() == [(other,)]
    drafts.drop(other, department="one")
    assert list(drafts.load(other, department="one")) == []


@pytest.mark.parametrize("change", ["chunk = 1 - chunk", "sealed = set_byte(sealed, 20, 0)"])
def test_a_draft_whose_bytes_were_changed_or_moved_does_not_open(bare_world: World, change: str) -> None:
    drafts = Drafts(bare_world.ledger, bare_world.store)
    draft = uuid4()
    drafts.save(draft, b"\xff" * (2 * CHUNK_BYTES), department="one")
    with bare_world.superuser() as conn:
        conn.execute("ALTER TABLE ledger.drafts DROP CONSTRAINT drafts_pkey")
        conn.execute(f"UPDATE ledger.drafts SET {change}".encode())
    with pytest.raises(BrokenSeal):
        list(drafts.load(draft, department="one"))


text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
rows = st.builds(
    NewRow,
    stream_id=st.uuids(),
    stream_version=st.sampled_from([0, 1]),
    topic=text,
    schema_version=st.integers(1, 2**31 - 1),
    recorded_at=st.just("2026-11-21T02:00:00.000001Z"),
    meta=st.binary(max_size=80),
    key_ref=text,
    sealed=st.binary(max_size=300),
    leaf=st.binary(min_size=78, max_size=78) | st.binary(min_size=106, max_size=106),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batch=st.lists(rows, min_size=1, max_size=4, unique_by=lambda row: row.stream_id),
    log=st.sampled_from(["records", "access"]),
)
def test_the_database_computes_the_very_digest_of_the_domain(
    bare_world: World, batch: list[NewRow], log: Log
) -> None:
    try:
        first = bare_world.store.append(Append(log=log, events=batch))[0]
    except Conflict:  # a stream of an earlier example drawn again
        return
    stored = bare_world.reader.rows(log, after=first - 1, limit=10)
    before = bare_world.reader.rows(log, after=first - 2, limit=1)[0].digest if first > 1 else FIRST_DIGEST
    for number, (row, new) in enumerate(zip(stored, batch, strict=True)):
        assert row == StoredRow(first + number, **vars(new), digest=row.digest)
        assert row.digest == row_digest(before, row)
        before = row.digest
    assert bare_world.reader.head(log) == (stored[-1].position, before)


def test_a_database_that_is_gone_is_told_as_unavailable(bare_world: World) -> None:
    with psycopg.connect(bare_world.database.admin, autocommit=True) as conn:
        conn.execute("REVOKE EXECUTE ON FUNCTION ledger.append FROM xinlu_writer")
    with pytest.raises(LedgerUnavailable):
        bare_world.store.append(Append(events=[raw_row(uuid4())]))


def test_every_wait_of_the_service_has_a_limit(bare_world: World) -> None:
    with connection(bare_world.pool("writer")) as conn:
        for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
            shown = conn.execute(f"SHOW {name}".encode()).fetchone()
            assert shown is not None and shown[0] in ("5s", "10s", "1min")


def test_an_append_that_waits_too_long_for_the_head_is_told_as_unavailable(bare_world: World) -> None:
    options = {"autocommit": True, "options": "-c lock_timeout=100ms"}
    pool: Pool
    with (
        ConnectionPool(bare_world.database.writer, min_size=1, kwargs=options) as pool,
        psycopg.connect(bare_world.database.admin) as blocker,
    ):
        blocker.execute("SELECT FROM ledger.heads FOR UPDATE")
        with pytest.raises(LedgerUnavailable):
            PostgresEventStore(pool).append(Append(events=[raw_row(uuid4())]))
        blocker.rollback()
        assert PostgresEventStore(pool).append(Append(events=[raw_row(uuid4())])) == [1]


def test_a_connection_cut_while_idle_is_replaced_unseen(bare_world: World) -> None:
    pool = bare_world.pool("writer")
    with connection(pool) as conn:
        cut = conn.info.backend_pid
    with psycopg.connect(bare_world.database.admin, autocommit=True) as admin:
        assert admin.execute("SELECT pg_terminate_backend(%s, 5000)", (cut,)).fetchone() == (True,)
    for _ in range(3):
        with connection(pool) as conn:
            assert conn.execute("SELECT 1").fetchone() == (1,)
            assert conn.info.backend_pid != cut
