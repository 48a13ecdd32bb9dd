"""When a tree grows by a single entry: what the published ``access`` log tells of the moment of one look (ADR 0043)."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from application.sequencer import ACCESS, ALONE_SECONDS, RECORDS, VIEWS, Rounds, Sequencer, TreeHead
from domain.transparency.checkpoint import parse_signed_checkpoint
from domain.transparency.merkle import EMPTY_ROOT, root_of
from domain.transparency.tiles import WIDTH, Tile
from interfaces.cli.sequence import BATCH_EVERY_SECONDS
from tests.evidence_bench import log_signer
from tests.world import SettableClock

UNTIL = 4.0


class Trees:
    """A log of so many committed leaves, and its head."""

    def __init__(self) -> None:
        self.committed: list[bytes] = []
        self.head = TreeHead(0, EMPTY_ROOT)

    def tree(self, log: str) -> TreeHead:
        return self.head

    def leaves(self, log: str, *, after: int, limit: int) -> list[bytes]:
        return self.committed[after : after + limit]

    def move(self, log: str, *, old: int, head: TreeHead) -> bool:
        moved = self.head.size == old < head.size
        self.head = head if moved else self.head
        return moved


class Files:
    """Published files, and every size that was published."""

    def __init__(self) -> None:
        self.tiles: dict[Tile, bytes] = {}
        self.notes: list[bytes] = [b""]
        self.sizes: list[int] = [0]

    def read(self, log: str, tile: Tile) -> bytes:
        found = self.tiles.get(tile) or self.tiles.get(Tile(tile.level, tile.index, WIDTH))
        if found is None:
            raise FileNotFoundError
        return found

    def write(self, log: str, tiles: Mapping[Tile, bytes]) -> None:
        self.tiles |= tiles

    def drop_partials(self, log: str, tile: Tile) -> None:
        for partial in [one for one in self.tiles if one.width < WIDTH and one.partials == tile.partials]:
            del self.tiles[partial]

    def checkpoint(self, log: str) -> bytes:
        return self.notes[-1]

    cosigned = checkpoint

    def publish(self, log: str, checkpoint: bytes) -> None:
        self.notes.append(checkpoint)
        self.sizes.append(parse_signed_checkpoint(checkpoint).checkpoint.size)


class Run:
    """A sequencer of ``access`` from second 0 on, with its clock standing still: rounds go by the seconds given."""

    def __init__(self, arrivals: list[float]) -> None:
        self.arrivals = arrivals
        self.trees, self.files, self.rounds = Trees(), Files(), Rounds()
        self.begin()

    def begin(self) -> None:
        """A new process, which begins where the one before was killed."""
        signer = log_signer(ACCESS)
        self.sequencer = Sequencer(
            ACCESS,
            origin=signer.key.name,
            store=self.trees,
            tiles=self.files,
            signers=[signer],
            clock=SettableClock(),
        )

    def round(self, seconds: float) -> int:
        """What the tree grows by in a round at this time."""
        arrived = sum(at <= seconds for at in self.arrivals)
        self.trees.committed = [number.to_bytes(8, "big") for number in range(arrived)]
        return self.sequencer.run_once(at_least=self.rounds.begin(seconds)[ACCESS])


ARRIVALS = st.lists(st.integers(0, int(UNTIL * 1000)).map(lambda ms: ms / 1000), max_size=30).map(sorted)
GAPS = st.lists(st.integers(10, 400).map(lambda ms: ms / 1000), min_size=1, max_size=40)


@settings(max_examples=200, derandomize=True, database=None, deadline=None)
@given(ARRIVALS, GAPS, st.integers(0, 20))
def test_access_grows_by_one_only_when_the_clock_says_so_and_no_entry_waits_longer_than_that(
    arrivals: list[float], gaps: list[float], killed_in: int
) -> None:
    run, seconds, before, number = Run(arrivals), 0.0, -1.0, 0
    while seconds < UNTIL + 2 * ALONE_SECONDS + 2 * max(gaps):
        if number == killed_in:
            run.begin()
        size = run.trees.head.size
        grown = run.round(seconds)
        assert grown != 1 or int(before / ALONE_SECONDS) < int(seconds / ALONE_SECONDS) or before < 0
        waited = [seconds - at for at in arrivals[size : size + grown]]
        assert max(waited, default=0) <= ALONE_SECONDS + 2 * max(gaps)
        before, seconds, number = seconds, seconds + gaps[number % len(gaps)], number + 1
    assert run.trees.head.size == run.files.sizes[-1] == len(arrivals)
    assert run.trees.head.root == root_of(run.trees.committed)
    assert run.files.sizes == sorted(run.files.sizes)


@settings(max_examples=50, derandomize=True, database=None, deadline=None)
@given(ARRIVALS)
def test_a_proof_of_an_entry_comes_within_a_second_of_its_commit(arrivals: list[float]) -> None:
    run = Run(arrivals)
    for number in range(int((UNTIL + 1) / BATCH_EVERY_SECONDS) + 2):
        seconds = number * BATCH_EVERY_SECONDS
        run.round(seconds)
        assert all(at > seconds - 1 for at in arrivals[run.trees.head.size :])
    assert run.trees.head.size == len(arrivals)


def test_acts_and_epochs_are_signed_in_every_round() -> None:
    rounds = Rounds()
    for number in range(20):
        least = rounds.begin(number * BATCH_EVERY_SECONDS)
        assert (least[RECORDS], least[VIEWS]) == (1, 1)


def test_a_single_look_is_signed_in_no_round_but_the_first_of_a_half_second() -> None:
    rounds = Rounds()
    least = [rounds.begin(seconds)[ACCESS] for seconds in (10.1, 10.25, 10.4, 10.55, 10.7, 11.6, 11.75)]
    assert least == [1, 2, 2, 1, 2, 1, 2]
