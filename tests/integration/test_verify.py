"""``verify`` is green on an honest ledger and names the first bad position after whatever a superuser does to it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from application.commands.governance import Governance
from application.ledger import SealedAct
from application.ports import Append, Conflict, Log
from application.verify import Finding, Remembered
from domain.parties.events import KeyRegistered
from domain.records.events import ActRefused, PublicityEnded
from domain.shared.refusals import Refused
from domain.transparency.commitment import OpenedPart, open_parts
from domain.transparency.digest import FIRST_DIGEST, StoredRow, row_digest
from domain.transparency.leaf import ActLeaf, RowLeaf, act_message, parse_leaf
from interfaces.client.sealing import DepartmentKey
from tests.commands import run_command
from tests.integration.test_store import intake
from tests.world import World

COLUMNS = tuple(StoredRow.__dataclass_fields__)
LOGS: tuple[Log, ...] = ("records", "access")


def rows(world: World, log: Log = "records") -> list[StoredRow]:
    return list(world.reader.rows(log, after=0, limit=100_000))


def middle(world: World) -> int:
    """The position of a record in the middle of the seeded log, with another after it."""
    return [row.position for row in rows(world) if row.topic == "record.determined"][4]


@pytest.fixture
def at(seeded_world: World) -> int:
    return middle(seeded_world)


def rewrite(
    world: World, changed: Sequence[StoredRow], *, log: Log = "records", chained: bool = True
) -> None:
    """Put these rows in the place of the whole log, as its owner could: with new positions, digests and head
    when ``chained``, else just as they are given, the head left alone."""
    digest, stored = FIRST_DIGEST, []
    for position, row in enumerate(changed, start=1):
        placed = replace(row, position=position) if chained else row
        digest = row_digest(digest, placed)
        stored.append(replace(placed, digest=digest) if chained else placed)
    with world.superuser() as conn:
        conn.execute(f"DELETE FROM ledger.{log}".encode())
        with conn.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO ledger.{log} ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))})".encode(),
                [[getattr(row, name) for name in COLUMNS] for row in stored],
            )
        if chained:
            conn.execute(
                "UPDATE ledger.heads SET position = %s, digest = %s WHERE log = %s",
                (len(stored), digest, log),
            )


def remembered(world: World) -> dict[Log, Remembered]:
    """What an auditor remembers of the ledger as it is now."""
    memory: dict[Log, Remembered] = {}
    assert world.finding(memory) is None
    return memory


def bit(data: bytes, at: int = -1) -> bytes:
    """The same bytes with one changed."""
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


CHANGED: dict[str, Callable[[StoredRow], object]] = {
    "meta": lambda row: row.meta.replace(b"determination", b"determinatiom"),
    "key_ref": lambda row: row.key_ref.replace("public=", "publib="),
    "sealed": lambda row: bit(row.sealed),
    "leaf": lambda row: bit(row.leaf),
    "topic": lambda row: row.topic[:-1] + "x",
    "recorded_at": lambda row: row.recorded_at[:-2] + "1Z",
    "stream_id": lambda row: UUID(bytes=bit(row.stream_id.bytes)),
    "stream_version": lambda row: row.stream_version + 1,
    "schema_version": lambda row: row.schema_version + 1,
    "digest": lambda row: bit(row.digest),
}


def change_one(world: World, column: str, at: int = 0, log: Log = "records") -> list[StoredRow]:
    """The log with one byte of one column of one row changed."""
    found, at = rows(world, log), at or middle(world)
    row = found[at - 1]
    found[at - 1] = StoredRow(**{**vars(row), column: CHANGED[column](row)})
    assert found[at - 1] != row
    return found


def test_the_list_of_changes_covers_every_stored_column() -> None:
    assert {*CHANGED, "position"} == set(COLUMNS)


def test_a_seeded_ledger_is_green_again_and_again(seeded_world: World) -> None:
    memory = remembered(seeded_world)
    assert {log: memory[log].size for log in LOGS} == {log: seeded_world.reader.head(log)[0] for log in LOGS}
    seeded_world.take_in(seeded_world.files(), "licences-3.csv", "people-2.xlsx")
    outcome = seeded_world.verify(memory)
    assert outcome.finding is None and outcome.closed_parts == 0
    assert {log: memory[log].size for log in LOGS} == outcome.rows


@pytest.mark.parametrize("column", CHANGED)
def test_one_changed_byte_is_found_at_its_position(seeded_world: World, at: int, column: str) -> None:
    rewrite(seeded_world, change_one(seeded_world, column), chained=False)
    found = seeded_world.finding()
    assert found is not None and (found.log, found.position) == ("records", at)


@pytest.mark.parametrize("column", sorted(CHANGED.keys() - {"digest"}))
def test_a_change_with_all_digests_computed_anew_is_found_by_what_is_remembered(
    seeded_world: World, at: int, column: str
) -> None:
    memory = remembered(seeded_world)
    rewrite(seeded_world, change_one(seeded_world, column))
    assert seeded_world.finding(memory) == Finding("records", at, "the row is not the one remembered")
    bound = seeded_world.finding()
    if column in ("sealed", "key_ref", "leaf", "topic", "stream_id", "stream_version"):
        assert bound is not None and bound.position == at


def test_a_change_in_the_access_log_is_found_there(seeded_world: World) -> None:
    rewrite(seeded_world, change_one(seeded_world, "sealed", at=2, log="access"), log="access", chained=False)
    found = seeded_world.finding()
    assert found is not None and (found.log, found.position) == ("access", 2)


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize("log", LOGS)
def test_rows_removed_from_the_end_with_the_head_set_back_are_missed(
    seeded_world: World, log: Log, count: int
) -> None:
    log_refusals(seeded_world, 5)
    memory = remembered(seeded_world)
    all_rows = rows(seeded_world, log)
    rewrite(seeded_world, all_rows[:-count], log=log)
    found = seeded_world.finding(memory)
    assert found is not None and (found.log, found.position) == (log, len(all_rows) - count + 1)
    assert "missing" in found.what


def test_an_emptied_log_is_missed(seeded_world: World) -> None:
    memory = remembered(seeded_world)
    rewrite(seeded_world, [], log="access")
    found = seeded_world.finding(memory)
    assert found is not None and (found.log, found.position) == ("access", 1)


def test_rows_removed_from_the_end_with_the_head_left_are_missed_without_memory(seeded_world: World) -> None:
    all_rows = rows(seeded_world)
    rewrite(seeded_world, all_rows[:-2], chained=False)
    found = seeded_world.finding()
    assert found is not None and found.position == len(all_rows) - 1


def test_rows_left_beyond_a_head_that_was_set_back_are_found(seeded_world: World) -> None:
    row = rows(seeded_world)[-3]
    with seeded_world.superuser() as conn:
        conn.execute(
            "UPDATE ledger.heads SET position = %s, digest = %s WHERE log = 'records'",
            (row.position, row.digest),
        )
    found = seeded_world.finding()
    assert found is not None and found.position == row.position + 1


def test_a_row_removed_from_the_middle_is_named(seeded_world: World, at: int) -> None:
    all_rows = rows(seeded_world)
    rewrite(seeded_world, all_rows[: at - 1] + all_rows[at:], chained=False)
    found = seeded_world.finding()
    assert found is not None and found.position == at


def swapped(world: World) -> list[StoredRow]:
    """The log with the contents of two records exchanged, each at the other's position."""
    found, at = rows(world), middle(world)
    low, high = found[at - 1], found[at]
    assert low.topic == high.topic == "record.determined"
    found[at - 1], found[at] = replace(high, position=at), replace(low, position=at + 1)
    return found


def test_two_swapped_rows_are_found(seeded_world: World, at: int) -> None:
    rewrite(seeded_world, swapped(seeded_world), chained=False)
    found = seeded_world.finding()
    assert found is not None and found.position == at


def test_two_swapped_rows_with_digests_computed_anew_are_found_by_what_is_remembered(
    seeded_world: World,
    at: int,
) -> None:
    memory = remembered(seeded_world)
    rewrite(seeded_world, swapped(seeded_world))
    assert seeded_world.finding(memory) == Finding("records", at, "the row is not the one remembered")


@pytest.mark.parametrize(
    "topic", ["record.determined", "officer.registered", "key.registered", "file.sealed"]
)
def test_a_row_put_in_twice_is_found_without_memory(seeded_world: World, topic: str) -> None:
    all_rows = rows(seeded_world)
    copied = next(row for row in all_rows if row.topic == topic)
    rewrite(seeded_world, [*all_rows, copied])
    found = seeded_world.finding()
    assert found is not None and found.position == len(all_rows) + 1


def test_a_row_put_into_the_middle_is_found_by_what_is_remembered(seeded_world: World, at: int) -> None:
    memory = remembered(seeded_world)
    all_rows = rows(seeded_world)
    new = replace(all_rows[3], stream_id=uuid4())
    rewrite(seeded_world, [*all_rows[: at - 1], new, *all_rows[at - 1 :]])
    found = seeded_world.finding(memory)
    assert found is not None and found.position == at
    found = seeded_world.finding()
    assert found is not None and found.position == at


def test_an_act_signed_with_an_unregistered_key_is_found(seeded_world: World, tmp_path: Path) -> None:
    stranger = DepartmentKey.make(tmp_path / "stranger.pem")
    all_rows = rows(seeded_world)
    at = next(row.position for row in all_rows if row.topic == "subject.registered")
    leaf = parse_leaf(all_rows[at - 1].leaf)
    message = act_message(kind=leaf.kind, commitment=leaf.commitment, issuer=stranger.issuer)
    forged = ActLeaf(leaf.kind, leaf.commitment, stranger.issuer, stranger.sign(message))
    all_rows[at - 1] = replace(all_rows[at - 1], leaf=bytes(forged))
    rewrite(seeded_world, all_rows)
    assert seeded_world.finding() == Finding("records", at, "the issuer's key is not registered")


def test_a_signature_by_another_key_than_the_one_named_is_found(seeded_world: World) -> None:
    all_rows = rows(seeded_world)
    at = next(row.position for row in all_rows if row.topic == "subject.registered")
    leaf = parse_leaf(all_rows[at - 1].leaf)
    assert isinstance(leaf, ActLeaf)
    other = next(iter(seeded_world.keys.values()))
    forged = replace(leaf, signature=other.sign(leaf.signed_bytes))
    all_rows[at - 1] = replace(all_rows[at - 1], leaf=bytes(forged))
    rewrite(seeded_world, all_rows)
    assert seeded_world.finding() == Finding("records", at, "the signature does not hold")


@pytest.mark.parametrize(
    "move", ["to another row's place", "beyond the file", "to another file", "another issuer"]
)
def test_a_files_row_moved_to_another_place_is_found(seeded_world: World, at: int, move: str) -> None:
    all_rows = rows(seeded_world)
    leaf = parse_leaf(all_rows[at - 1].leaf)
    assert isinstance(leaf, RowLeaf)
    moved = {
        "to another row's place": replace(leaf, row=leaf.row + 1 if leaf.row == 0 else leaf.row - 1),
        "beyond the file": replace(leaf, row=100_000),
        "to another file": replace(leaf, file_root=bit(leaf.file_root)),
        "another issuer": replace(leaf, issuer=seeded_world.gateway.key_id),
    }[move]
    all_rows[at - 1] = replace(all_rows[at - 1], leaf=bytes(moved))
    rewrite(seeded_world, all_rows)
    found = seeded_world.finding()
    assert found is not None and found.position == at


def ended(world: World, signer: object = None) -> SealedAct:
    """An act about a record, signed as given."""
    event = PublicityEnded(
        originator_id=uuid4(), originator_version=1, timestamp=world.clock.now(), until="2026-01-01"
    )
    return world.ledger.seal(event, signer=signer)  # type: ignore[arg-type]


def test_a_key_used_after_its_revocation_is_found_and_before_it_is_good(seeded_world: World) -> None:
    code = seeded_world.files().sender["penalties-1.xlsx"]
    key = seeded_world.keys[code]
    seeded_world.ledger.record([ended(seeded_world, key)], meta={"actor": "test"})
    Governance(seeded_world.ledger).revoke_key(key.issuer, reason="lost")
    assert seeded_world.finding() is None
    position = seeded_world.ledger.record([ended(seeded_world, key)], meta={"actor": "test"})
    assert seeded_world.finding() == Finding("records", position, "the issuer's key is not live here")


@pytest.mark.rule("DET-5")
def test_a_files_row_recorded_after_its_key_was_revoked_is_found(seeded_world: World, at: int) -> None:
    all_rows = rows(seeded_world)
    leaf = parse_leaf(all_rows[at - 1].leaf)
    Governance(seeded_world.ledger).revoke_key(leaf.issuer, reason="lost")
    revocation = rows(seeded_world)[-1]
    rewrite(seeded_world, [*all_rows[: at - 1], revocation, *all_rows[at - 1 :]])
    assert seeded_world.finding() == Finding("records", at + 1, "the issuer's key is not live here")


@pytest.mark.rule("DET-5")
def test_a_key_whose_days_end_while_a_file_is_taken_in_records_nothing_more(ledger_world: World) -> None:
    running, file_rows = intake(ledger_world, "licences-1.csv")
    ledger_world.clock.advance(days=365 * 6)
    with pytest.raises(Refused) as refused:
        list(running.take(file_rows))
    assert [d.code for d in refused.value.defects] == ["key_not_live"]
    assert ledger_world.finding() is None


def test_a_gateway_key_that_is_revoked_later_leaves_the_access_log_good(seeded_world: World) -> None:
    old, office = seeded_world.gateway, seeded_world.governance()
    behind = refusal(seeded_world)  # sealed before, and brought in behind the ledger's back after
    office.revoke_key(old.key_id, reason="rotated")
    assert seeded_world.finding() is None
    with pytest.raises(Conflict):
        seeded_world.store.append(behind)
    behind.guards = {}
    [position] = seeded_world.store.append(behind)
    assert seeded_world.finding() == Finding("access", position, "the issuer's key is not live here")


def test_a_look_is_judged_by_its_index_and_not_by_the_instant_that_it_states(seeded_world: World) -> None:
    behind = refusal(seeded_world)
    seeded_world.clock.advance(days=1)
    seeded_world.governance().revoke_key(seeded_world.gateway.key_id, reason="stolen")
    behind.guards = {}  # its instant lies before the revocation
    [position] = seeded_world.store.append(behind)
    assert seeded_world.finding() == Finding("access", position, "the issuer's key is not live here")


def refusal(world: World) -> Append:
    event = ActRefused(
        originator_id=uuid4(),
        originator_version=1,
        timestamp=world.clock.now(),
        department="x",
        rules=[["DET-5", "key_unknown", ""]],
        attempt="00" * 32,
    )
    return world.ledger.prepare([world.ledger.seal(event)], meta={"actor": "x"}, log="access")


def log_refusals(world: World, count: int) -> None:
    for _ in range(count):
        world.store.append(refusal(world))


def test_a_key_registered_under_an_issuer_id_that_is_not_its_own_is_found(
    bare_world: World, tmp_path: Path
) -> None:
    stranger = DepartmentKey.make(tmp_path / "stranger.pem")

    class Impostor:
        """Signs with the stranger's key under the gateway's name."""

        name = "gateway"
        key_id = bare_world.gateway.key_id

        @staticmethod
        def sign(message: bytes) -> bytes:
            return stranger.sign(message)

    event = KeyRegistered(
        originator_id=uuid4(),
        originator_version=1,
        timestamp=bare_world.clock.now(),
        issuer=bare_world.gateway.key_id.hex(),
        algorithm="ed25519",
        public_key=stranger.public_key.hex(),
        holder_kind="gateway",
        holder="gateway",
        not_before="2026-01-01",
        not_after="2030-01-01",
    )
    act = bare_world.ledger.seal(event, signer=Impostor())
    bare_world.ledger.record([act], meta={"actor": "test"})
    found = bare_world.finding()
    assert found is not None and found.position == 1


def test_a_key_that_a_department_registers_for_another_is_found(seeded_world: World, tmp_path: Path) -> None:
    stranger = DepartmentKey.make(tmp_path / "stranger.pem")
    event = KeyRegistered(
        originator_id=uuid4(),
        originator_version=1,
        timestamp=seeded_world.clock.now(),
        issuer=stranger.issuer.hex(),
        algorithm="ed25519",
        public_key=stranger.public_key.hex(),
        holder_kind="department",
        holder=seeded_world.city.credit_office.code,
        not_before="2026-01-01",
        not_after="2030-01-01",
    )
    signer = seeded_world.keys[seeded_world.files().sender["penalties-1.xlsx"]]
    position = seeded_world.ledger.record(
        [seeded_world.ledger.seal(event, signer=signer)], meta={"actor": "test"}
    )
    assert seeded_world.finding() == Finding("records", position, "the issuer may not govern")


def first_use(world: World, owner: object, key_class: str) -> int:
    """The first position that a data key seals."""
    return next(row.position for row in rows(world) if f"={owner}/{key_class}" in row.key_ref)


@pytest.mark.parametrize("change", ["swapped", "broken"])
def test_a_data_key_swapped_or_broken_is_found_where_it_is_first_used(
    seeded_world: World, change: str
) -> None:
    with seeded_world.superuser() as conn:
        one, two = conn.execute(
            "SELECT owner, wrapped FROM ledger.data_keys WHERE class = 'person' ORDER BY owner LIMIT 2"
        ).fetchall()
        update = "UPDATE ledger.data_keys SET wrapped = %s WHERE owner = %s AND class = 'person'"
        if change == "swapped":
            conn.execute(update, (two[1], one[0]))
            conn.execute(update, (one[1], two[0]))
            first = min(first_use(seeded_world, owner, "person") for owner in (one[0], two[0]))
        else:
            conn.execute(update, (bit(one[1]), one[0]))
            first = first_use(seeded_world, one[0], "person")
    found = seeded_world.finding()
    assert found is not None and (found.log, found.position) == ("records", first)


@pytest.mark.rule("PRV-4")
def test_prv_4_a_data_key_that_is_gone_without_an_erasure_is_found(seeded_world: World) -> None:
    first = min(
        row.position
        for row in seeded_world.reader.rows("records", after=0, limit=100_000)
        if f"={row.stream_id}/person" in row.key_ref
    )
    with seeded_world.superuser() as conn:
        conn.execute("DELETE FROM ledger.data_keys WHERE class = 'person'")
    outcome = seeded_world.verify()
    assert outcome.closed_parts > 0
    assert outcome.finding is not None and outcome.finding.position is not None
    assert outcome.finding.position <= first
    assert outcome.finding.what == "a part is closed, and no erasure names it"


def test_a_commitment_that_is_not_that_of_the_parts_is_found(seeded_world: World) -> None:
    act = ended(seeded_world)
    other = replace(act, opened=open_parts(bytes(32), act.event.parts()))
    position = seeded_world.ledger.record([other], meta={"actor": "test"})
    assert seeded_world.finding() == Finding(
        "records", position, "the leaf does not commit to what the row holds"
    )


@pytest.mark.parametrize("content", [b"[]", b'"text"', b"{ }", b"\xff", b'{"until":1.5}', b'{"other":"x"}'])
def test_a_well_signed_payload_that_no_event_can_have_is_found(seeded_world: World, content: bytes) -> None:
    act = ended(seeded_world)
    opened = {"public": OpenedPart(bytes(32), content)}
    digest = seeded_world.ledger.commitment_of(act.event, opened)
    gateway = seeded_world.gateway
    message = act_message(kind=act.event.KIND, commitment=digest, issuer=gateway.key_id)
    leaf = bytes(ActLeaf(act.event.KIND, digest, gateway.key_id, gateway.sign(message)))
    forged = replace(act, opened=opened, leaf=leaf)
    position = seeded_world.ledger.record([forged], meta={"actor": "test"})
    found = seeded_world.finding()
    assert found is not None and (found.log, found.position) == ("records", position)


def test_a_number_that_no_row_can_have_is_found(seeded_world: World, at: int) -> None:
    with seeded_world.superuser() as conn:
        conn.execute("ALTER TABLE ledger.records DROP CONSTRAINT records_stream_version_check")
        conn.execute("UPDATE ledger.records SET stream_version = -1 WHERE position = %s", (at,))
    found = seeded_world.finding()
    assert found is not None and found.position == at


def command(world: World, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of ours in a process of its own."""
    return run_command(*arguments, environment=world.environment)


def test_the_command_names_the_position_and_does_not_renew_what_it_remembers(
    seeded_world: World, at: int, tmp_path: Path
) -> None:
    head = tmp_path / "head.json"
    good = command(seeded_world, "verify", "--head", str(head), "--quiet")
    assert good.returncode == 0, good.stderr
    before = head.read_bytes()
    rewrite(seeded_world, change_one(seeded_world, "recorded_at"))
    bad = command(seeded_world, "verify", "--head", str(head), "--quiet")
    assert bad.returncode == 1
    assert f"records position {at}: the row is not the one remembered" in bad.stdout
    assert head.read_bytes() == before
    told = json.loads(command(seeded_world, "verify", "--head", str(head), "--quiet", "--json").stdout)
    assert told["ok"] is False and told["finding"]["position"] == at


@pytest.mark.parametrize("content", ["", "{}", '{"format": "xinlu/head@v1", "ledger": "00"}'])
def test_a_file_that_is_no_remembered_head_is_refused(
    seeded_world: World, tmp_path: Path, content: str
) -> None:
    head = tmp_path / "head.json"
    head.write_text(content)
    assert command(seeded_world, "verify", "--head", str(head), "--quiet").returncode == 2
    assert head.read_text() == content


def test_the_remembered_head_is_compared_to_its_last_byte(seeded_world: World, tmp_path: Path) -> None:
    head = tmp_path / "head.json"
    assert command(seeded_world, "verify", "--head", str(head), "--quiet").returncode == 0
    data = json.loads(head.read_text())
    data["records"]["digest"] = bit(bytes.fromhex(data["records"]["digest"])).hex()
    head.write_text(json.dumps(data))
    bad = command(seeded_world, "verify", "--head", str(head), "--quiet")
    assert bad.returncode == 1 and f"position {data['records']['position']}" in bad.stdout


def test_the_command_says_whether_there_was_a_head_to_compare_with(
    seeded_world: World, tmp_path: Path
) -> None:
    head = tmp_path / "head.json"
    first = command(seeded_world, "verify", "--head", str(head), "--quiet")
    assert first.returncode == 0 and "equal to the remembered head" not in first.stdout
    assert (
        "equal to the remembered head"
        in command(seeded_world, "verify", "--head", str(head), "--quiet").stdout
    )
