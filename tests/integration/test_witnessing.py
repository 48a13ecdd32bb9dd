"""A ledger and its witnesses over real HTTP: quorums, outages, liars, rollbacks, two faces, carried requests."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask, Response, redirect, request

from application.queries.evidence import NotYetProven
from application.sequencer import LOGS, TreeBroken, authority_of
from application.witnessing import LogContradicted, Witnessing
from domain.transparency.checkpoint import Checkpoint, SignedCheckpoint, parse_signed_checkpoint
from domain.transparency.cosignature import sign_checkpoint
from domain.transparency.merkle import leaf_hash
from domain.transparency.policy import Policy, judged, parse_policy
from domain.transparency.proof_file import RefusedProof, parse_proof_file, proved
from domain.transparency.strict import to_base64
from domain.transparency.witness_request import parse_add_checkpoint
from infrastructure.bootstrap import (
    SequencerServices,
    make_sequencers,
    make_witness,
    prepare,
    publish_policy,
    witness_keys,
)
from infrastructure.log_keys import log_signers, verify_note
from infrastructure.postgres.trees import PostgresTrees
from infrastructure.settings import BadSetting
from infrastructure.tile_files import TileFiles
from infrastructure.witness_http import allowed_url
from interfaces.cli.main import cli
from interfaces.witness.app import create_witness_app
from tests.evidence import begin, judge
from tests.keys import end_log_key, next_log_key, signers
from tests.listening import listening
from tests.witnesses import LocalWitness, local_witness, post
from tests.world import World

BOTH = "group both all province peer\nquorum both\n"
NAMES = {"province": "witness.example.cn/province", "peer": "witness.example.cn/peer"}


@dataclass
class Witnessed:
    """A world whose configuration names two running witnesses with a quorum of both."""

    world: World
    witnesses: dict[str, LocalWitness]
    running: ExitStack
    closed: frozenset[str] = frozenset()

    def start(self) -> SequencerServices:
        """The sequencer's process, newly started, by a clock that the test moves."""
        settings = replace(self.world.settings, closed_logs=self.closed)
        found = make_sequencers(settings, PostgresTrees(self.world.pool("sequencer")))
        self.seconds = 0.0
        found.witnessing._monotonic = lambda: self.seconds
        return found

    def sequence(self, found: SequencerServices) -> None:
        for sequencer in found.sequencers:
            while sequencer.run_once():
                pass

    def publish(self, found: SequencerServices | None = None) -> None:
        """As the service stands a few seconds later."""
        found = found or self.start()
        self.world.project()
        for _ in range(2):
            self.sequence(found)
            found.witnessing.round()
            self.world.new_epoch_maker().run_once()

    def configure(self, *lines: str) -> None:
        (self.world.folder / "witnesses").write_text("".join(lines))

    def policy_holds(self, log: str, name: str = "checkpoint") -> bool:
        """Does the published file satisfy the published policy?"""
        policy = parse_policy((self.world.published / "policy").read_bytes())
        try:
            judged(policy, parse_signed_checkpoint(self.note(log, name)), verify_note)
        except ValueError:
            return False
        return True

    def note(self, log: str, name: str = "checkpoint") -> bytes:
        return (self.world.published / log / name).read_bytes()

    def size(self, log: str, name: str = "checkpoint") -> int:
        return parse_signed_checkpoint(self.note(log, name)).checkpoint.size

    def grow(self, name: str = "licences-1.csv") -> None:
        self.world.take_in(self.world.files(), name)

    def evidence(self) -> dict[str, Any]:
        evidence = begin(self.world)
        evidence.recorded(self.world.rows_of("record.determined")[0], show=[])
        evidence.epoch()
        return evidence.bundle()

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.world.published / "witnesses.json").read_text())
        return found


@pytest.fixture
def city(seeded_world: World, tmp_path: Path) -> Iterator[Witnessed]:
    authority = authority_of(seeded_world.ledger.id)
    keys = [s.key for log in LOGS for s in log_signers(seeded_world.secrets, f"{authority}/{log}")]
    with ExitStack() as running:
        witnesses = {
            label: running.enter_context(local_witness(tmp_path / label, name, keys))
            for label, name in NAMES.items()
        }
        found = Witnessed(seeded_world, witnesses, running)
        found.configure(*(one.lines(label) for label, one in witnesses.items()), BOTH)
        yield found


def test_published_checkpoints_carry_the_quorum_and_bundles_verify_under_it_offline(city: Witnessed) -> None:
    city.publish()
    for log in LOGS:
        assert city.policy_holds(log) and city.policy_holds(log, "cosigned")
        lines = parse_signed_checkpoint(city.note(log)).signatures
        assert len(lines) == 6, "log, province and peer, each by two algorithms"
    report = judge(city.world, city.evidence())
    assert report.good, report.refused
    assert any("province" in line and "peer" in line for line in report.checked)
    status = city.status()
    assert status["logs"]["records"]["cosigned"] == city.size("records")
    assert status["witnesses"]["peer"]["state"] == "ok"


def test_witnesses_that_know_the_old_log_key_only_cosign_through_the_overlap_and_others_after_it(
    city: Witnessed,
) -> None:
    world = city.world
    city.publish()
    next_log_key(world)
    city.publish()
    city.grow()
    city.publish()
    assert signers(world) == {1, 2} and all(map(city.policy_holds, LOGS))
    bundle = city.evidence()
    end_log_key(world, 1)
    city.grow("licences-3.csv")
    city.publish()
    assert signers(world) == {2} and not city.policy_holds("records")
    assert city.status()["witnesses"]["peer"]["state"] == "status_403"
    assert judge(world, bundle).good, "cosigned before, under the key that is retired now"


def test_growth_is_cosigned_from_the_size_that_each_witness_holds(city: Witnessed) -> None:
    city.publish()
    before = city.size("records")
    city.grow()
    city.publish()  # a new process, which knows no sizes and is told them
    assert city.size("records") > before and all(map(city.policy_holds, LOGS))
    assert judge(city.world, city.evidence()).good


def test_an_open_log_is_published_at_once_and_bundles_stay_with_the_last_quorum_while_a_witness_is_away(
    city: Witnessed,
) -> None:
    found = city.start()
    city.publish(found)
    old = city.size("records")
    away = city.witnesses["peer"]
    city.configure(
        city.witnesses["province"].lines("province"),
        away.lines("peer").replace(str(away.port), "1"),
        BOTH,
    )
    found = city.start()
    city.grow()
    city.publish(found)
    assert city.size("records") > old == city.size("records", "cosigned")
    assert not city.policy_holds("records") and city.policy_holds("records", "cosigned")
    assert city.status()["witnesses"]["peer"]["state"] == "unreachable"
    assert judge(city.world, city.evidence()).good, "about what the last quorum saw"
    newest = city.world.rows_of("record.determined")[-1]
    with pytest.raises(NotYetProven):
        begin(city.world).recorded(newest, show=[])


def test_a_receipt_of_an_open_log_is_given_at_once_and_has_the_quorum_a_moment_later(city: Witnessed) -> None:
    found = city.start()
    city.sequence(found)
    position = city.size("records")
    leaf = leaf_hash(city.world.reader.rows("records", after=position - 1, limit=1)[0].leaf)
    reasons = []
    for _ in range(2):
        receipt = city.world.services.proofs.receipt("records", position)
        assert receipt is not None
        proof, known = parse_proof_file(receipt), policy(city)
        assert proved(proof, leaf, replace(known, quorum=None), verify_note).checkpoint.size == position
        try:
            proved(proof, leaf, known, verify_note)
        except RefusedProof as refused:
            reasons.append(refused.code)
        found.witnessing.round()
    assert reasons == ["quorum_missing"]


def test_a_closed_log_publishes_nothing_until_the_quorum_is_there_again(city: Witnessed) -> None:
    city.closed = frozenset(LOGS)
    province, peer = city.witnesses.values()
    city.configure(province.lines("province"), peer.lines("peer").replace(str(peer.port), "1"), BOTH)
    city.publish()
    assert not any((city.world.published / log / "checkpoint").exists() for log in LOGS)
    city.configure(province.lines("province"), peer.lines("peer"), BOTH)
    city.publish()
    assert all(map(city.policy_holds, LOGS))
    old = city.note("records")
    city.grow()
    city.sequence(city.start())
    assert city.note("records") == old
    city.publish()
    assert city.size("records") > parse_signed_checkpoint(old).checkpoint.size
    assert city.status()["logs"]["records"]["mode"] == "closed"
    assert judge(city.world, city.evidence()).good


def test_a_witness_that_is_away_is_asked_less_and_less_and_again_when_it_is_back(city: Witnessed) -> None:
    asked: list[str] = []
    back = make_witness(
        city.world.folder / "third", "witness.example.cn/third", [log.key for log in policy(city).logs]
    )
    app = create_witness_app(back)
    down = [True]

    @app.before_request
    def broken() -> tuple[str, int] | None:
        asked.append(request.path)
        return ("", 500) if down[0] else None

    with listening(app) as port:
        third = LocalWitness(f"http://127.0.0.1:{port}", [s.key for s in back._signers])
        city.configure(third.lines("third"), "quorum third\n")
        found = city.start()
        city.sequence(found)
        for seconds, expected in ((0, 1), (0.5, 1), (1, 2), (2.5, 2), (3, 3), (6, 3), (7, 4)):
            city.seconds = seconds
            found.witnessing.round()
            assert len(asked) == expected, seconds
        assert found.sequencers[0].run_once() == 0, "the sequencer never waited"
        down[0] = False
        city.seconds = 100
        found.witnessing.round()
    assert city.policy_holds("records") and city.policy_holds("access")


def policy(city: Witnessed) -> Policy:
    return parse_policy(publish_policy(city.world.settings).read_bytes())


Lie = Callable[[LocalWitness], Response | Any]
LIES: dict[str, tuple[Lie, str]] = {
    "other bytes": (lambda _: Response("cosigned, trust me\n"), "signature_form"),
    "a line of nobody": (lambda _: Response("— nobody AAAAAAAA\n"), "signature_missing"),
    "a signature that does not hold": (
        lambda w: Response(f"— {w.keys[0].name} {_line(w)}\n"),
        "signature_wrong",
    ),
    "a redirect": (lambda w: redirect(f"{w.url}/add-checkpoint", 307), "status_307"),
    "an answer without end": (lambda _: Response("— x\n" * 200_000), "unreachable"),
    "a size that is none": (lambda _: Response("9" * 30, 409), "status_409"),
    "a larger size without our signature": (lambda _: Response("999999\n", 409), "status_409"),
    "no proof wanted": (lambda _: Response("", 422), "status_422"),
}


def _line(witness: LocalWitness) -> str:
    return to_base64(witness.keys[0].key_id + bytes(7) + b"\1" + bytes(64))


@pytest.mark.parametrize("name", LIES)
def test_what_a_witness_says_is_used_only_when_it_holds_and_can_stop_nobody(
    city: Witnessed, name: str
) -> None:
    lie, state = LIES[name]
    app, true = Flask("liar"), city.witnesses["peer"]

    @app.post("/add-checkpoint")
    def add() -> Any:
        return lie(true)

    @app.get("/<_digest>/checkpoint")
    def checkpoint(_digest: str) -> str:
        return "no note\n"

    with listening(app) as port:
        city.configure(
            city.witnesses["province"].lines("province"),
            replace(true, url=f"http://127.0.0.1:{port}").lines("peer"),
            BOTH,
        )
        found = city.start()
        city.sequence(found)
        found.witnessing.round()
        assert city.status()["witnesses"]["peer"]["state"] == state
        assert city.note("records", "cosigned") == b""
        found.witnessing.check()
    with pytest.raises(NotYetProven):
        city.evidence()


@pytest.mark.parametrize("status", [409, 422])
def test_another_tree_under_our_key_is_seen_by_either_status_that_witnesses_refuse_other_roots_with(
    city: Witnessed, status: int
) -> None:
    signers = log_signers(city.world.secrets, f"{authority_of(city.world.ledger.id)}/records")
    other = Checkpoint(signers[0].key.name, 1, leaf_hash(b"another history"))
    held = bytes(SignedCheckpoint(other, (sign_checkpoint(other, signers[0], seconds=1),)))
    app, true = Flask("witness of another tree"), city.witnesses["peer"]

    @app.post("/add-checkpoint")
    def add() -> Any:
        return Response("", status)

    @app.get("/<digest>/checkpoint")
    def checkpoint(digest: str) -> Any:
        return held if digest == sha256(other.origin.encode()).hexdigest() else ("", 404)

    with listening(app) as port:
        city.configure(replace(true, url=f"http://127.0.0.1:{port}").lines("peer"), "quorum peer\n")
        found = city.start()
        city.sequence(found)
        found.witnessing.round()
    assert city.status()["witnesses"]["peer"]["state"] == f"status_{status}"
    with pytest.raises(LogContradicted):
        found.witnessing.check()


@pytest.mark.parametrize(
    "line",
    [
        "witness a {key} http://witness.example.cn\nquorum a\n",
        "witness a {key} http://127.0.0.1.example.cn\nquorum a\n",
        "witness a {key} http://localhost\nquorum a\n",
        "witness a {key} ftp://127.0.0.1\nquorum a\n",
        "witness a {key} https://user:secret@witness.example.cn\nquorum a\n",
        "witness a {key} https://\nquorum a\n",
        "witness a {key} https://w.example.cn/?x=1\nquorum a\n",
        "log {key}\nquorum none\n",
        "quorum all\n",
        "",
    ],
)
def test_a_configuration_that_could_ask_elsewhere_or_is_none_is_refused(city: Witnessed, line: str) -> None:
    city.configure(line.format(key=city.witnesses["peer"].keys[0]))
    with pytest.raises(BadSetting) as refused:
        city.start()
    assert "secret" not in str(refused.value)
    assert allowed_url(b"https://witness.example.cn/credit") and allowed_url(b"http://[::1]:8100")


def test_closed_logs_need_a_quorum(city: Witnessed) -> None:
    city.configure(city.witnesses["peer"].lines("peer"), "quorum none\n")
    city.closed = frozenset({"records"})
    with pytest.raises(BadSetting):
        city.start()


def test_what_is_published_never_goes_back_and_keeps_its_cosignatures(city: Witnessed) -> None:
    found = city.start()
    city.sequence(found)
    bare = city.note("records")
    found.witnessing.round()
    cosigned = city.note("records")
    files = TileFiles(city.world.published)
    files.publish("records", bare)
    assert city.note("records") == cosigned
    city.sequence(city.start())  # a restart publishes the head of the database again
    assert city.note("records") == cosigned
    city.grow()
    city.sequence(city.start())
    newer = city.note("records")
    files.publish("records", cosigned)
    assert city.note("records") == newer != cosigned


def test_another_policy_takes_only_what_satisfies_it(city: Witnessed) -> None:
    city.publish()
    province, peer = (one.lines(label) for label, one in city.witnesses.items())
    city.configure(province, peer, "group one 1 province peer\nquorum one\n")
    city.start()
    assert city.policy_holds("records", "cosigned")
    city.configure(peer.replace("peer ", "new ").replace("peer-pq ", "new-pq "), "quorum new\n")
    city.start()
    assert city.policy_holds("records", "cosigned")
    city.configure(f"witness other {other_key(city)}\nquorum other\n")
    city.start()
    assert city.note("records", "cosigned") == b""
    city.configure("quorum none\n")
    city.start()
    assert not (city.world.published / "records" / "cosigned").exists()
    assert judge(city.world, city.evidence()).good


def other_key(city: Witnessed) -> str:
    return str(witness_keys(city.world.folder / "other", "witness.example.cn/other")[0])


def test_an_older_backup_is_refused_by_the_witnesses_and_stops_the_sequencer_before_it_signs(
    city: Witnessed,
) -> None:
    city.publish()
    backup = Backup(city)
    city.grow()
    city.publish()
    held = city.size("records")
    backup.restore(files=True)
    city.grow("penalties-2.xlsx")
    before = published(city)
    found = city.start()
    for sequencer in found.sequencers:
        sequencer.catch_up()
    with pytest.raises(LogContradicted) as noticed, found.witnessing.running():
        pytest.fail("it began to sign")
    assert "records" in str(noticed.value) and city.world.ledger.id.hex not in str(noticed.value)
    assert published(city) == before, "something was published"
    with pytest.raises(LogContradicted), city.start().witnessing.running():
        pytest.fail("a restart forgot it")
    assert held > city.size("records")


def test_an_older_backup_beside_newer_files_is_noticed_without_a_witness(city: Witnessed) -> None:
    city.publish()
    backup = Backup(city)
    city.grow()
    city.publish()
    newest = city.note("records")
    backup.restore(files=False)
    with pytest.raises(TreeBroken):
        city.start().sequencers[0].catch_up()
    assert city.note("records") == newest


def test_a_city_with_two_faces_gets_one_of_them_cosigned_and_the_verifier_refuses_the_other(
    city: Witnessed,
) -> None:
    city.publish()
    backup = Backup(city)
    city.grow("licences-1.csv")
    city.publish()
    trusted = (city.world.published / "policy").read_bytes()
    assert judge(city.world, city.evidence()).good
    shown = city.note("records")
    backup.restore(files=True)
    # The liar runs a sequencer that asks nobody, and goes beyond the size of the other face.
    for name in ("penalties-2.xlsx", "licences-3.csv"):
        city.grow(name)
    found = city.start()
    city.world.project()
    for _ in range(2):
        city.sequence(found)
        city.world.new_epoch_maker().run_once()
    assert city.size("records") > parse_signed_checkpoint(shown).checkpoint.size
    found.witnessing.round()
    assert {one["state"] for one in city.status()["witnesses"].values()} == {"status_422"}
    assert not city.policy_holds("records")
    with pytest.raises(LogContradicted):
        found.witnessing.check()
    for log in LOGS:  # so that the bundle starts from the tree that nobody witnessed
        (city.world.published / log / "cosigned").unlink()
    (city.world.published / "policy").write_bytes(trusted)
    refused = judge(city.world, city.evidence()).refused
    assert refused is not None and refused.code == "quorum"


class Backup:
    """A copy of all tables and published files, and its restoring: what an operator's backup does."""

    def __init__(self, city: Witnessed) -> None:
        self.world = city.world
        self.files = self.world.folder.parent / "backup"
        shutil.copytree(self.world.published, self.files)
        with self.world.superuser() as conn:
            rows = conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'ledger'").fetchall()
            self.tables = [row[0] for row in rows]
            conn.execute("CREATE SCHEMA backup")
            for table in self.tables:
                conn.execute(f"CREATE TABLE backup.{table} AS TABLE ledger.{table}".encode())

    def restore(self, *, files: bool) -> None:
        with self.world.superuser() as conn:
            every = ", ".join(f"ledger.{table}" for table in self.tables)
            conn.execute(f"TRUNCATE {every}".encode())
            for table in self.tables:
                conn.execute(
                    f"INSERT INTO ledger.{table} OVERRIDING SYSTEM VALUE TABLE backup.{table}".encode()
                )
        if files:
            shutil.rmtree(self.world.published)
            shutil.copytree(self.files, self.world.published)


def published(city: Witnessed) -> dict[Path, bytes]:
    """Everything published but what is told about the witnesses."""
    folder = city.world.published
    return {
        path: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("witnesses.json", "policy")
    }


def test_a_request_carried_by_hand_brings_the_quorum(city: Witnessed, tmp_path: Path) -> None:
    province, peer = city.witnesses["province"], city.witnesses["peer"]
    city.configure(province.lines("province"), peer.lines("peer").replace(f" {peer.url}", ""), BOTH)
    found = city.start()
    city.sequence(found)
    found.witnessing.round(seconds_max=1)
    assert city.note("records", "cosigned") == b""
    asked, answer = tmp_path / "request", tmp_path / "answer"
    carry(city, "witness-request", "records", str(asked))
    answer.write_bytes(carried(peer, asked))
    assert "taken and published" in carry(city, "witness-response", str(asked), str(answer))
    assert city.policy_holds("records") and city.policy_holds("records", "cosigned")
    carry(city, "witness-request", "records", str(asked))
    lines = parse_add_checkpoint(asked.read_bytes()).signed.signatures
    assert {line.name for line in lines} == {f"{authority_of(city.world.ledger.id)}/records"}, (
        "only the log's"
    )
    old = city.size("records")
    city.grow()
    city.sequence(found)
    found.witnessing.round(seconds_max=1)
    carry(city, "witness-request", "records", str(asked))
    answer.write_bytes(carried(peer, asked))
    assert f"--old {old}" in carry(city, "witness-response", str(asked), str(answer), code=1)
    carry(city, "witness-request", "records", str(asked), "--old", str(old))
    answer.write_bytes(carried(peer, asked))
    carry(city, "witness-response", str(asked), str(answer))
    assert city.size("records", "cosigned") > old
    assert city.policy_holds("records") and city.policy_holds("records", "cosigned")
    answer.write_text("no answer")
    carry(city, "witness-response", str(asked), str(answer), code=1)
    carry(city, "witness-request", "records", str(asked), "--old", "999999", code=2)
    carry(city, "witness-request", "views", str(asked), code=1)
    answer.write_text("")
    carry(city, "witness-response", str(answer), str(answer), code=1)


def carried(witness: LocalWitness, asked: Path) -> bytes:
    return post(witness.port, asked.read_bytes())[1]


def carry(city: Witnessed, *words: str, code: int = 0) -> str:
    prepare(city.world.settings, city.world.database.admin)
    done = CliRunner().invoke(
        cli, list(words), env={"XINLU_DATA": str(city.world.folder), "DATABASE_URL": ""}
    )
    assert done.exit_code == code, (done.output, done.exception)
    return done.output


def test_witnessing_needs_nobody(seeded_world: World) -> None:
    found = seeded_world.sequencing
    assert isinstance(found.witnessing, Witnessing)
    with found.witnessing.running():
        for sequencer in found.sequencers:
            sequencer.run_once()
    assert (seeded_world.published / "records" / "checkpoint").exists()
