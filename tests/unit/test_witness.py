"""A witness under any order of requests, races and restarts: what it cosigned is one growing history, for ever."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from application.witness import Answer, Held, Witness, WitnessUnavailable
from domain.transparency.checkpoint import Checkpoint, parse_signed_checkpoint
from domain.transparency.cosignature import open_checkpoint
from domain.transparency.witness_request import parse_cosignatures, parse_size
from infrastructure.log_keys import verify_note, witness_signers
from infrastructure.witness_store import SqliteWitnessStore
from tests.witnesses import City
from tests.world import SettableClock

NAME = "witness.example.cn/province"
SIZES = st.integers(0, 12)


class Between(SqliteWitnessStore):
    """The store, with another request that comes exactly between reading and storing."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.other: tuple[Witness, bytes] | None = None
        self.answer: Answer | None = None

    def swap(self, origin: str, *, old: Held | None, new: Held) -> bool:
        if self.other is not None:
            (witness, body), self.other = self.other, None
            self.answer = witness.add_checkpoint(body)
        return super().swap(origin, old=old, new=new)


class AnyOrder(RuleBasedStateMachine):
    """One log with two histories that part at entry 4, asked for in any way."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.city = City("city.example.cn/records", [b"%d" % i for i in range(12)])
        self.cities = [self.city, self.city.fork(4, [b"other %d" % i for i in range(8)])]
        self.cosigned: list[tuple[int, Checkpoint]] = []
        self.clock = SettableClock()
        self.restart()

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def made(self, store: SqliteWitnessStore) -> Witness:
        return Witness(
            logs=[self.city.key],
            signers=witness_signers(self.folder, NAME),
            store=store,
            verify=verify_note,
            clock=self.clock,
        )

    @rule()
    def restart(self) -> None:
        self.store = Between(self.folder / "cosigned.sqlite")
        self.witness = self.made(self.store)

    @rule(hours=st.integers(-48, 48))
    def clock_moves(self, hours: int) -> None:
        self.clock.at += timedelta(hours=hours)

    @rule(face=st.integers(0, 1), old=SIZES, size=SIZES)
    def ask(self, face: int, old: int, size: int) -> None:
        held = self.held
        answer = self.witness.add_checkpoint(self.cities[face].request(old, size))
        self.note(face, size, answer)
        if old > size:
            assert answer.status == 400
        elif old != held.size:
            assert (answer.status, parse_size(answer.body)) == (409, held.size)
        else:
            assert answer.status in (200, 422)

    @rule(faces=st.tuples(st.integers(0, 1), st.integers(0, 1)), sizes=st.tuples(SIZES, SIZES))
    def race(self, faces: tuple[int, int], sizes: tuple[int, int]) -> None:
        old = self.held.size
        bodies = [self.cities[face].request(old, size) for face, size in zip(faces, sizes, strict=True)]
        self.store.other, self.store.answer = (
            (self.made(SqliteWitnessStore(self.store._path)), bodies[1]),
            None,
        )
        first = self.witness.add_checkpoint(bodies[0])
        self.store.other = None
        between: Answer | None = self.store.answer
        if between is not None:
            self.note(faces[1], sizes[1], between)
        self.note(faces[0], sizes[0], first)

    @rule(size=SIZES)
    def grow_honestly(self, size: int) -> None:
        held = self.held
        if held.size <= size and (held.size <= 4 or held.root == self.city.signed(held.size).checkpoint.root):
            answer = self.witness.add_checkpoint(self.city.request(held.size, size))
            self.note(0, size, answer)
            assert answer.status == 200

    @invariant()
    def one_growing_history(self) -> None:
        sizes = [checkpoint.size for _, checkpoint in self.cosigned]
        assert sizes == sorted(sizes), "went back"
        beyond = {
            face
            for face, city in enumerate(self.cities)
            for _, checkpoint in self.cosigned
            if checkpoint.size > 4 and checkpoint == city.signed(checkpoint.size).checkpoint
        }
        assert len(beyond) <= 1, "two histories"
        times = [seconds for seconds, _ in self.cosigned]
        assert times == sorted(times), "a larger tree is older than a smaller one"
        if self.cosigned:
            digest = hashlib.sha256(self.city.origin.encode()).hexdigest()
            told = self.witness.checkpoint(digest)
            assert told is not None
            assert parse_signed_checkpoint(told).checkpoint == self.cosigned[-1][1]

    @property
    def held(self) -> Checkpoint:
        return self.cosigned[-1][1] if self.cosigned else self.city.signed(0).checkpoint

    def note(self, face: int, size: int, answer: Answer) -> None:
        if answer.status == 200:
            checkpoint = self.cities[face].signed(size).checkpoint
            keys = [signer.key for signer in witness_signers(self.folder, NAME)]
            lines = b"".join(str(line).encode() for line in parse_cosignatures(answer.body))
            opened = open_checkpoint(checkpoint.text.encode() + b"\n" + lines, keys, verify_note)
            assert {vouched.key for vouched in opened.vouched} == set(keys)
            (seconds,) = {vouched.seconds for vouched in opened.vouched}
            assert seconds is not None
            self.cosigned.append((seconds, checkpoint))


AnyOrder.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestAnyOrder = AnyOrder.TestCase


def test_nothing_is_signed_when_it_cannot_be_kept(tmp_path: Path) -> None:
    city = City("city.example.cn/records", [b"1", b"2"])
    path = tmp_path / "cosigned.sqlite"
    witness = Witness(
        logs=[city.key],
        signers=witness_signers(tmp_path, NAME),
        store=SqliteWitnessStore(path),
        verify=verify_note,
        clock=SettableClock(datetime(2026, 1, 1, tzinfo=UTC)),
    )
    assert witness.add_checkpoint(city.request(0, 1)).status == 200
    path.write_bytes(b"no database any more" * 100)
    for kept in (*tmp_path.glob("*-wal"), *tmp_path.glob("*-shm")):
        kept.unlink()
    with pytest.raises(WitnessUnavailable):
        witness.add_checkpoint(city.request(1, 2))


def test_key_and_folder_are_the_witnesss_own(tmp_path: Path) -> None:
    folder = tmp_path / "witness"
    keys = [signer.key for signer in witness_signers(folder, NAME)]
    assert [signer.key for signer in witness_signers(folder, NAME)] == keys
    assert (folder / "witness.key").stat().st_mode & 0o777 == 0o600 and folder.stat().st_mode & 0o777 == 0o700
    others = [signer.key for signer in witness_signers(folder, f"{NAME}-2")]
    assert not {key.public_key for key in keys} & {key.public_key for key in others}
