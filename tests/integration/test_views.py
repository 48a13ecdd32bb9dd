"""The views are what the log says: rebuilt to the same rows anywhere, ended on time, closed about people."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from application.commands.drafts import Drafts
from application.ending_terms import end_terms
from application.ports import LedgerUnavailable
from application.projections import projector as projecting
from application.projections.projector import Projector
from application.projections.renditions import PUBLIC, SHARED
from domain.parties.identifiers import normalise
from domain.shared.text import normalise_name
from infrastructure.embedded import EmbeddedPostgres
from infrastructure.migrate import migrate
from infrastructure.postgres.log_reader import LogReader
from infrastructure.postgres.pool import open_pool
from infrastructure.postgres.views import PostgresViewStore
from interfaces.client.form_data import load_forms
from interfaces.client.rows import read_rows
from interfaces.client.tables import read_table
from interfaces.demo.generator import GeneratedCity
from tests.commands import run_command
from tests.conftest import PROJECT, make_database
from tests.world import START, World


def live_root(world: World) -> bytes:
    return world.views.root(world.views.live()[0])


def renditions(world: World, view: str) -> list[tuple[UUID, str, bytes]]:
    query = "SELECT record_id, part, bytes FROM ledger.renditions WHERE view = %s ORDER BY record_id, part"
    with psycopg.connect(world.database.admin) as conn:
        return conn.execute(query, (view,)).fetchall()


def command(world: World, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of ours in a process of its own, which knows nothing of this one's clock."""
    return run_command(*arguments, environment=world.environment)


def test_a_rebuild_gives_the_same_rows_and_root_as_the_live_views(
    seeded_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = renditions(seeded_world, PUBLIC), renditions(seeded_world, SHARED), live_root(seeded_world)
    assert before[0] and before[1]
    generation = seeded_world.views.live()[0]
    monkeypatch.setattr(projecting, "BATCH_EVENTS", 7)
    swap = seeded_world.new_projector().rebuild()
    assert swap.equal and swap.swapped and swap.live_root == before[2]
    assert seeded_world.views.live() == (generation + 1, seeded_world.reader.head("records")[0])
    assert (
        renditions(seeded_world, PUBLIC),
        renditions(seeded_world, SHARED),
        live_root(seeded_world),
    ) == before


def test_a_rebuild_in_another_process_on_another_day_gives_the_same_root(seeded_world: World) -> None:
    before = live_root(seeded_world)
    done = command(seeded_world, "rebuild", "--quiet")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(before.hex()) == 2
    assert live_root(seeded_world) == before


def test_a_rebuild_goes_no_further_than_views_that_lag_behind(seeded_world: World) -> None:
    seeded_world.take_in(seeded_world.files(), "licences-3.csv")
    swap = seeded_world.new_projector().rebuild()
    assert swap.equal and swap.swapped
    assert seeded_world.new_projector().run_once() > 0
    assert seeded_world.new_projector().rebuild().equal


TAMPERED = {
    "a changed byte": "UPDATE ledger.renditions SET bytes = set_byte(bytes, 30, 0) WHERE {one}",
    "a later last day": "UPDATE ledger.renditions SET until = until + 1 WHERE {one}",
    "another subject": "UPDATE ledger.renditions SET subject_id = record_id WHERE {one}",
    "a rendition gone": "DELETE FROM ledger.renditions WHERE {one}",
    "a rendition more": "INSERT INTO ledger.renditions SELECT view, generation, subject_id, part, subject_id,"
    " item, position, until, key_owner, key_class, bytes FROM ledger.renditions WHERE {one}",
    "a name gone": "DELETE FROM ledger.view_names WHERE ctid = (SELECT min(ctid) FROM ledger.view_names)",
}


@pytest.mark.parametrize("change", TAMPERED)
def test_a_rebuild_finds_a_tampered_view_and_swaps_nothing(seeded_world: World, change: str) -> None:
    good, generation = live_root(seeded_world), seeded_world.views.live()[0]
    one = "view = 'public' AND record_id = (SELECT record_id FROM ledger.renditions WHERE view = 'public' LIMIT 1)"
    with seeded_world.superuser() as conn:
        assert conn.execute(TAMPERED[change].format(one=one).encode()).rowcount == 1
    bad = live_root(seeded_world)
    assert bad != good
    swap = seeded_world.new_projector().rebuild()
    assert (swap.live_root, swap.rebuilt_root, swap.swapped) == (bad, good, False)
    assert live_root(seeded_world) == bad and seeded_world.views.live()[0] == generation
    swap = seeded_world.new_projector().rebuild(force=True)
    assert swap.swapped and live_root(seeded_world) == good
    assert seeded_world.new_projector().rebuild().equal


def test_the_command_tells_a_tampered_view_with_exit_1_and_repairs_it_by_force(seeded_world: World) -> None:
    good = live_root(seeded_world)
    with seeded_world.superuser() as conn:
        conn.execute("DELETE FROM ledger.renditions WHERE view = 'shared'")
    bad = live_root(seeded_world)
    found = command(seeded_world, "rebuild", "--quiet")
    assert found.returncode == 1 and "different" in found.stdout
    assert live_root(seeded_world) == bad
    forced = command(seeded_world, "rebuild", "--quiet", "--force")
    assert forced.returncode == 1 and live_root(seeded_world) == good
    assert command(seeded_world, "rebuild", "--quiet").returncode == 0


def first_to_end(world: World) -> tuple[UUID, int]:
    """The public record whose term ends first, and in how many days."""
    query = "SELECT record_id, until FROM ledger.renditions WHERE view = 'public' ORDER BY until LIMIT 1"
    with psycopg.connect(world.database.admin) as conn:
        row = conn.execute(query.encode()).fetchone()
    assert row is not None
    return row[0], (row[1] - world.today).days


def after_every_term(world: World) -> datetime:
    """The day after the last term of any record."""
    with psycopg.connect(world.database.admin) as conn:
        row = conn.execute("SELECT max(until) FROM ledger.renditions").fetchone()
    assert row is not None
    return START + timedelta(days=(row[0] - START.date()).days + 1)


@pytest.mark.rule("PUB-4")
def test_pub_4_the_last_day_is_public_and_the_next_is_not_even_before_any_act(seeded_world: World) -> None:
    record, days = first_to_end(seeded_world)
    seeded_world.clock.advance(days=days)
    end_terms(seeded_world.ledger, seeded_world.views)
    assert seeded_world.lookup.record(record) is not None
    assert record not in seeded_world.rows_of("record.publicity_ended")
    seeded_world.clock.advance(days=1)
    assert seeded_world.lookup.record(record) is None


@pytest.mark.rule("PUB-4")
def test_pub_4_an_ended_term_is_recorded_and_suppressed_at_once(seeded_world: World) -> None:
    record, days = first_to_end(seeded_world)
    seeded_world.clock.advance(days=days + 1)
    count = end_terms(seeded_world.ledger, seeded_world.views)
    ended = seeded_world.rows_of("record.publicity_ended")
    assert count == len(ended) > 0 and record in ended
    # The clock back on a day within the term: only the suppression keeps the record away, no projector ran.
    seeded_world.clock.at = START
    assert [r for r, _, _ in renditions(seeded_world, PUBLIC) if r == record]
    assert seeded_world.lookup.record(record) is None
    public = seeded_world.lookup.status().public_count
    seeded_world.project()
    for view in (PUBLIC, SHARED):
        assert not {r for r, _, _ in renditions(seeded_world, view)} & set(ended)
    assert seeded_world.lookup.status().public_count == public
    assert seeded_world.new_projector().rebuild().equal
    assert seeded_world.lookup.record(record) is None
    assert seeded_world.finding() is None


@pytest.mark.rule("PUB-4")
def test_pub_4_every_term_ends_once_however_often_it_is_looked_at(seeded_world: World) -> None:
    seeded_world.clock.at = after_every_term(seeded_world)
    first = end_terms(seeded_world.ledger, seeded_world.views)
    assert first > 0 and end_terms(seeded_world.ledger, seeded_world.views) == 0
    assert seeded_world.lookup.status().public_count == 0
    ended = seeded_world.rows_of("record.publicity_ended")
    assert len(ended) == len(set(ended)) == first


def test_two_processes_that_end_the_same_terms_end_them_once(seeded_world: World) -> None:
    seeded_world.clock.at = after_every_term(seeded_world)

    class Outrun(PostgresViewStore):
        """Looks, and before its process acts the other one does."""

        def terms_over(self, on: date, limit: int) -> list[tuple[UUID, date]]:
            over = super().terms_over(on, limit)
            assert end_terms(seeded_world.ledger, seeded_world.views) == len(over) > 0
            return over

    assert end_terms(seeded_world.ledger, Outrun(seeded_world.pool("projector"))) == 0
    ended = seeded_world.rows_of("record.publicity_ended")
    assert len(ended) == len(set(ended))


def test_a_projector_started_anew_goes_on_where_the_last_one_stopped(
    ledger_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projecting, "BATCH_EVENTS", 9)
    ledger_world.take_in(ledger_world.files(), "penalties-1.xlsx", "people-2.xlsx")
    head = ledger_world.reader.head("records")[0]
    done = 0
    while count := ledger_world.new_projector().run_once():
        done += count
        assert ledger_world.views.live()[1] == done
    assert done == head
    assert ledger_world.new_projector().rebuild().equal
    assert ledger_world.lookup.status().public_count > 0


def test_a_projector_that_leads_again_knows_what_another_folded_meanwhile(bare_world: World) -> None:
    first = bare_world.new_projector()
    assert first.run_once() == 0
    bare_world.govern()
    bare_world.project()
    bare_world.take_in(bare_world.files(), "licences-1.csv")
    while first.run_once():
        pass
    assert bare_world.lookup.status().public_count > 0
    assert bare_world.new_projector().rebuild().equal


class Interrupted(PostgresViewStore):
    """Views to which something happens between a projector's look and its write."""

    def __init__(self, world: World) -> None:
        super().__init__(world.pool("projector"))
        self.meanwhile: list = []

    def live(self) -> tuple[int, int]:
        found = super().live()
        if self.meanwhile:
            self.meanwhile.pop()()
        return found


def interrupted(world: World) -> tuple[Projector, Interrupted]:
    views = Interrupted(world)
    reader = LogReader(world.pool("projector"))
    return Projector(reader=reader, keys=reader, views=views, vault=world.vault), views


@pytest.mark.parametrize("other", ["another projector", "a rebuild"])
def test_a_projector_outrun_by_another_writes_nothing_and_goes_on(seeded_world: World, other: str) -> None:
    projector, views = interrupted(seeded_world)
    seeded_world.take_in(seeded_world.files(), "licences-3.csv")
    views.meanwhile = [
        seeded_world.project
        if other == "another projector"
        else lambda: seeded_world.new_projector().rebuild()
    ]
    assert projector.run_once() == 0
    while projector.run_once():
        pass
    assert seeded_world.views.live()[1] == seeded_world.reader.head("records")[0]
    assert seeded_world.new_projector().rebuild().equal


def test_of_two_projectors_one_leads_and_the_other_follows_when_it_ends(seeded_world: World) -> None:
    pool = open_pool(seeded_world.database.projector)
    other = PostgresViewStore(pool)
    with seeded_world.views.leadership() as leads:
        assert leads is not None
        with other.leadership() as second:
            assert second is None
    with other.leadership() as second:
        assert second is not None
        with seeded_world.views.leadership() as again:
            assert again is None
    pool.close()


def test_a_leader_whose_connection_dies_leads_no_longer(seeded_world: World) -> None:

    def lead_until_killed() -> None:
        with seeded_world.views.leadership() as leads:
            assert leads is not None
            with psycopg.connect(seeded_world.database.admin, autocommit=True) as conn:
                conn.execute("SELECT pg_terminate_backend(%s)", (leads.info.backend_pid,))
            leads.execute("SELECT 1")

    with pytest.raises(LedgerUnavailable):
        lead_until_killed()
    with seeded_world.views.leadership() as leads:
        assert leads is not None


def persons(files: GeneratedCity, *names: str) -> Iterator[dict[str, str]]:
    """The identifying parts of every row of these files."""
    for name in names or files.files:
        table = read_table(files.files[name], forms=load_forms())
        for row in read_rows(table, load_forms()):
            for part, values in (row.parts or {}).items():
                if part.startswith("person/"):
                    yield {code: str(value) for code, value in values.items()}


@pytest.mark.rule("PUB-1")
def test_pub_1_nothing_of_a_natural_person_is_in_the_public_view(seeded_world: World) -> None:
    people = list(persons(seeded_world.files(), "people-1.xlsx"))
    assert people
    assert {part for _, part, _ in renditions(seeded_world, PUBLIC)} == {"public"}
    recorded = set(seeded_world.rows_of("record.determined"))
    public = {record for record, _, _ in renditions(seeded_world, PUBLIC)}
    assert len(recorded - public) >= len(people)
    with psycopg.connect(seeded_world.database.admin) as conn:
        blinds = {row[0] for row in conn.execute("SELECT blind FROM ledger.view_names")}
    shown = b"".join(content for _, _, content in renditions(seeded_world, PUBLIC))
    for person in people:
        name, number = person["CF_XDR_MC"], person["CF_XDR_ZJHM"]
        assert seeded_world.vault.mac("name", normalise_name(name).encode()) not in blinds
        for text in (name, number, normalise(number), number.lower()):
            assert seeded_world.lookup.find(text) == []
            assert text.encode() not in shown


def spellings(text: str) -> set[bytes]:
    """Every form in which a text could lie in a file: encodings, hexadecimal, base64 at each alignment.

    What is shorter than six bytes would be met by chance among so many.
    """
    data = text.encode()
    found = {data, text.encode("utf-16-le"), text.encode("utf-16-be"), data.hex().encode()}
    for lead in range(3):
        code = base64.b64encode(bytes(lead) + data)
        # The characters at both ends also depend on what stands beside the text.
        found.add(code[(0, 2, 3)[lead] : (lead + len(data)) * 8 // 6])
    return {spelling for spelling in found if len(spelling) >= 6}


def needles(people: Iterable[dict[str, str]]) -> set[bytes]:
    """All spellings of the names and numbers that identify these people."""
    texts = {
        value
        for person in people
        for code, value in person.items()
        if len(value.encode()) >= 6 and code[-3:] != "LX"
    }
    numbers = {text for text in texts if text[:6].isdigit()}
    assert len(numbers) > 3 and len(texts - numbers) > 5
    return {spelling for text in texts for spelling in spellings(text)}


@pytest.mark.rule("SHR-1")
def test_shr_1_no_table_holds_a_natural_persons_identifiers_in_any_spelling(seeded_world: World) -> None:
    files = seeded_world.files()
    sought = needles(persons(files, "people-1.xlsx", "penalties-1.xlsx", "licences-2.csv"))
    assert renditions(seeded_world, SHARED)
    with psycopg.connect(seeded_world.database.admin) as conn:
        tables = conn.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'ledger'::regnamespace AND relkind = 'r'"
        )
        for (table,) in tables.fetchall():
            content = b"\n".join(
                value if isinstance(value, bytes) else str(value).encode()
                for row in conn.execute(f"SELECT * FROM ledger.{table}".encode())
                for value in row
            )
            assert not [s for s in sought if s in content], table


def test_the_search_would_find_what_is_not_sealed(seeded_world: World) -> None:
    person = next(persons(seeded_world.files(), "people-1.xlsx"))
    for text in (person["CF_XDR_MC"], person["CF_XDR_ZJHM"]):
        for shape in (
            f"xx{text}yy".encode(),
            *([f"xx{text}yy".encode("utf-16-le")] if len(text) > 2 else []),
            f"xx{text}yy".encode().hex().encode(),
            base64.b64encode(f"x{text}yy".encode()),
            base64.b64encode(f"xx{text}yy".encode()),
            base64.b64encode(f"xxx{text}yy".encode()),
        ):
            assert any(s in shape for s in spellings(text)), shape


def test_the_data_folder_holds_no_natural_persons_identifiers(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    data = tmp_path / "data"
    with EmbeddedPostgres(data, data / "secrets") as server:
        migrate(server.url(), folder=PROJECT / "migrations", secrets_dir=data / "secrets")
        database = make_database(server.url(), data / "secrets")
        world = World(database, data, data / "secrets" / "logins.json")
        world.govern()
        shutil.move(data / "keys", tmp_path / "keys")  # the departments' own
        files = world.files()
        world.take_in(files, "penalties-1.xlsx", "licences-2.csv", "people-1.xlsx", "people-2.xlsx")
        world.project()
        drafts = Drafts(world.ledger, world.store)
        drafts.save(uuid4(), files.files["licences-1.csv"], department="one")
        provoke(world)
        world.close()
    people = [*persons(files, "people-1.xlsx"), *list(persons(files, "penalties-1.xlsx"))[:3]]
    people += [{"name": officer.name} for officer in world.city.officers[:2]]
    sought = needles(people)
    seen: set[bytes] = set()
    for folder, _, names in os.walk(data):
        for name in names:
            path = Path(folder) / name
            if path.is_file():
                content = path.read_bytes().rstrip(b"\0")
                digest = hashlib.sha256(content).digest()
                if digest in seen:  # each database begins as a copy of another
                    continue
                seen.add(digest)
                assert not [s for s in sought if s in content], path.relative_to(data)
    assert len(seen) > 300
    assert (data / "pg" / "pg_wal").is_dir() and (data / "pg.log").stat().st_size > 0


def provoke(world: World) -> None:
    """Errors whose statements and parameters a careless server would write to its log."""
    person = next(persons(world.files(), "people-1.xlsx"))
    with psycopg.connect(world.database.writer, autocommit=True) as conn, pytest.raises(psycopg.Error):
        conn.execute("SELECT ledger.receipt_of(%s)", (person["CF_XDR_ZJHM"],))
    with psycopg.connect(world.database.writer, autocommit=True) as conn, pytest.raises(psycopg.Error):
        conn.execute("SELECT %s::text || (1 / 0)::text", (person["CF_XDR_MC"],))
    with psycopg.connect(world.database.writer, autocommit=True) as conn, pytest.raises(psycopg.Error):
        conn.execute("SELECT %s::text::integer", (person["CF_XDR_ZJHM"],))


def test_a_look_up_a_day_later_shows_the_same_record(seeded_world: World) -> None:
    record, _ = first_to_end(seeded_world)
    before = seeded_world.lookup.record(record)
    seeded_world.clock.at += timedelta(hours=1)
    assert before is not None and seeded_world.lookup.record(record) == before
