"""kill -9 of the sequencer and the epoch maker at every step between a commit and its files: ``fsck`` is green again.

No hook in the product: a lock of ours stops it in the database, and a pipe in the place of the file that it is about
to write stops it on the disk.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from random import Random

import psycopg
import pytest

from domain.transparency.checkpoint import parse_signed_checkpoint
from tests.commands import Running, start_command
from tests.e2e.processes import wait_until
from tests.remedies import Story, begin
from tests.world import World


class Line:
    """A published ledger, and the process that is killed."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.story: Story = begin(world)
        world.publish()
        assert self.command("migrate").wait(60) == 0
        self.records = 0

    def command(self, name: str) -> Running:
        """One of our commands as a process that ends with the tests."""
        return start_command(name, environment=self.world.environment)

    def append(self) -> None:
        """An event more."""
        self.records += 1
        self.story.new_record(f"示市监罚字〔2026〕95{self.records:02}号", decided=self.world.today)

    def look(self) -> None:
        """A single entry of the access log more."""
        story = self.story
        self.world.services.subject.who_looked(story.subject(), portal=story.office)

    @property
    def looks(self) -> tuple[int, int]:
        """Committed rows of the access log, and the size of its published tree."""
        data = (self.world.published / "access" / "checkpoint").read_bytes()
        rows = self._number("SELECT position FROM ledger.heads WHERE log = 'access'")
        return rows, parse_signed_checkpoint(data).checkpoint.size

    @property
    def head(self) -> int:
        """Size of the tree as the database holds it."""
        return self._number("SELECT size FROM ledger.trees WHERE log = 'records'")

    @property
    def rows(self) -> int:
        """Committed rows."""
        return self._number("SELECT position FROM ledger.heads WHERE log = 'records'")

    @property
    def epochs(self) -> int:
        """Committed epochs."""
        return self._number("SELECT count(*) FROM ledger.epochs")

    @property
    def waiting(self) -> int:
        """Processes of ours that wait for a lock in this database."""
        return self._number(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )

    @property
    def published(self) -> int:
        """Size of the published tree."""
        data = (self.world.published / "records" / "checkpoint").read_bytes()
        return parse_signed_checkpoint(data).checkpoint.size

    @property
    def tile(self) -> Path:
        """The partial tile that the next batch writes."""
        index, width = divmod(self.rows, 256)
        return self.world.published / "records" / "tile" / "0" / f"{index:03}.p" / str(width)

    def recover(self) -> None:
        """A new sequencer, until all is published; then everything is green."""
        process = self.command("sequence")
        try:
            wait_until(lambda: self.published == self.rows == self.head, "published", seconds_max=60)
            wait_until(lambda: len(set(self.looks)) == 1, "the looks published", seconds_max=10)
        finally:
            process.terminate()
            process.wait(30)
        report = self.world.fsck()
        assert report.good, report.faults
        self.world.publish()
        assert self.world.fsck().good

    def end_waiting(self) -> None:
        """End what waits in the database, so that nothing of it is carried out."""
        with psycopg.connect(self.world.database.admin) as conn:
            conn.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                " WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )

    @cached_property
    def _eye(self) -> psycopg.Connection:
        return psycopg.connect(self.world.database.admin, autocommit=True)

    def _number(self, query: str) -> int:
        row = self._eye.execute(query.encode()).fetchone()
        assert row is not None
        return int(row[0])


@pytest.fixture
def line(seeded_world: World) -> Line:
    return Line(seeded_world)


@contextlib.contextmanager
def pipe(path: Path) -> Iterator[None]:
    """Whoever opens this file to write stands still."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    try:
        yield
    finally:
        path.unlink()


@contextlib.contextmanager
def lock(line: Line, statement: str) -> Iterator[None]:
    """Held until the end, whoever waits for it."""
    with psycopg.connect(line.world.database.admin) as conn:
        conn.execute(statement.encode())
        yield
        conn.rollback()


def killed(line: Line, command: str, there: Callable[[], object], what: str) -> None:
    process = line.command(command)
    try:
        wait_until(there, what, seconds_max=60)
    finally:
        process.kill()
        process.wait()


def test_kill_9_with_the_move_not_persisted_leaves_the_old_tree_everywhere(line: Line) -> None:
    line.append()
    before = line.head
    with lock(line, "SELECT FROM ledger.trees FOR UPDATE"):
        killed(line, "sequence", lambda: line.waiting, "waiting for the head")
        line.end_waiting()
    assert line.head == before == line.published < line.rows
    report = line.world.fsck()
    assert report.good and report.notes, report.faults
    line.recover()


def test_kill_9_with_the_move_persisted_but_unanswered_publishes_the_very_tree_that_was_signed(
    line: Line,
) -> None:
    line.append()
    before = line.published
    with lock(line, "SELECT FROM ledger.trees FOR UPDATE"):
        killed(line, "sequence", lambda: line.waiting, "waiting for the head")
    # Nobody asks any more, and the server goes on with what it was asked.
    wait_until(lambda: line.head == line.rows, "the head to move")
    assert line.published == before
    assert [(f.area, f.code) for f in line.world.fsck().faults] == [("checkpoints", "checkpoint_behind")]
    line.recover()


def test_kill_9_between_the_head_and_its_tiles_is_told_and_mended_by_the_next_start(line: Line) -> None:
    line.append()
    before, tile = line.published, line.tile
    with pipe(tile.with_name(f".{tile.name}.new")):
        killed(line, "sequence", lambda: line.head == line.rows, "the head to move")
    assert line.published == before < line.head and not tile.exists()
    assert [(f.area, f.code) for f in line.world.fsck().faults] == [("checkpoints", "checkpoint_behind")]
    line.append()
    line.recover()
    assert tile.parent.exists()


def test_kill_9_between_the_tiles_and_their_checkpoint_is_told_and_mended_by_the_next_start(
    line: Line,
) -> None:
    line.append()
    process = line.command("sequence")
    try:
        # At its start it publishes the checkpoint once more: only afterwards the pipe stops a new one.
        wait_until(lambda: line.published == line.rows, "published", seconds_max=60)
        with pipe(line.world.published / "records" / ".checkpoint.new"):
            line.append()
            before, tile = line.published, line.tile
            wait_until(tile.exists, "the tile", seconds_max=60)
            process.kill()
            process.wait()
    finally:
        process.kill()
        process.wait()
    assert line.published == before < line.head
    assert [(f.area, f.code) for f in line.world.fsck().faults] == [("checkpoints", "checkpoint_behind")]
    line.recover()


def test_kill_9_between_the_files_of_maps_and_their_epoch_leaves_the_old_epoch_and_a_new_one_comes(
    line: Line,
) -> None:
    line.append()
    line.world.sequence()
    before = line.epochs
    with lock(line, "LOCK TABLE ledger.epochs IN SHARE MODE"):
        killed(line, "project", lambda: line.waiting, "waiting for the epoch")
    assert line.epochs == before
    assert (line.world.published / "maps" / "heads" / f"{before + 1:03}").exists()
    assert line.world.fsck().good
    line.append()
    line.recover()
    assert line.epochs > before


def test_a_single_look_is_published_though_no_second_one_comes_and_its_sequencer_was_killed(
    line: Line,
) -> None:
    line.look()
    rows, published = line.looks
    assert rows == published + 1
    with lock(line, "SELECT FROM ledger.trees FOR UPDATE"):
        killed(line, "sequence", lambda: line.waiting, "waiting for the head")
        line.end_waiting()
    assert line.looks == (rows, published)
    line.recover()
    assert line.looks == (rows, rows)


@pytest.mark.parametrize("seed", [1, 2])
def test_kill_9_at_any_moment_again_and_again_ends_in_a_sound_ledger(line: Line, seed: int) -> None:
    random = Random(seed)
    for _ in range(4):
        line.append()
        line.look()
        process = line.command("sequence")
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(random.uniform(0.3, 1.5))
        process.kill()
        process.wait()
    line.recover()
