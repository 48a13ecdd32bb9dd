"""kill -9 of an erasure after every durable step, and inside its one transaction: run again, it ends as if nothing was.

The command's steps are what the process is killed after; nothing in the product knows of it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import psycopg
import pytest

from tests.commands import run_command, start_command
from tests.e2e.dying import erase
from tests.e2e.processes import wait_until
from tests.erasure import a_record, ask, contents, subject_id
from tests.world import World

pytestmark = pytest.mark.rule("PRV-4")

ERASER = "usename = 'xinlu_eraser'"
HERE = f"SELECT count(*) FROM pg_stat_activity WHERE {ERASER}".encode()
WAITING = HERE + b" AND wait_event_type = 'Lock'"


@pytest.fixture
def world(seeded_world: World) -> Iterator[World]:
    yield seeded_world
    assert seeded_world.vault.generations.existing()


def run(world: World, killed_after: int) -> tuple[int, list[str]]:
    """Carry out in a process of its own; how it ended, and the steps that it came to."""
    done = run_command(str(killed_after), work=erase, environment=world.environment)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode, done.stdout.splitlines()


def test_prv_4_killed_after_any_step_an_erasure_is_ended_by_the_next_run(world: World) -> None:
    seen: set[str] = set()
    kill_after, code = 0, -signal.SIGKILL
    while code:
        kill_after += 1
        _, _, identity = a_record(world, "organisation")
        erasure = ask(world, "subject", subject=identity)
        left = contents(world)
        code, steps = run(world, kill_after)
        seen |= set(steps)
        assert subject_id(world, identity) is None  # the first step is the act itself
        assert world.finding() is None
        kept = contents(world)
        assert kept == {r: c for r, c in left.items() if r in kept} and len(kept) < len(left)
        if code:
            assert steps[-1] == "completed" or _state(world, erasure) == "erased"
            code_again, steps = run(world, 0)
            assert code_again == 0
            seen |= set(steps)
        assert _state(world, erasure) == "completed"
        assert len(world.vault.generations.existing()) == 1
        assert world.finding() is None and contents(world) == kept
        world.project()
        assert world.new_projector().rebuild().equal
    assert {"erased", "generation made", "generation begun", "rewrapped", "generation destroyed"} <= seen


def test_prv_4_killed_inside_its_transaction_nothing_is_erased(world: World) -> None:
    _, _, identity = a_record(world, "natural_person")
    erasure = ask(world, "subject", subject=identity)
    before = contents(world)
    with psycopg.connect(world.database.admin) as holder:
        holder.execute("SELECT FROM ledger.heads WHERE log = 'access' FOR UPDATE")
        process = start_command("0", work=erase, environment=world.environment)
        with psycopg.connect(world.database.admin, autocommit=True) as eye:
            wait_until(lambda: eye.execute(WAITING).fetchone() != (0,), "the erasure waits for a head")
            process.kill()
            process.wait()
            # Its backend would go on until it next writes to the dead socket, and commit: it dies too.
            eye.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ERASER}".encode())
            wait_until(lambda: eye.execute(HERE).fetchone() == (0,), "the backend is gone")
    assert _state(world, erasure) == "approved" and contents(world) == before
    assert run(world, 0)[0] == 0
    assert _state(world, erasure) == "completed" and subject_id(world, identity) is None


def test_prv_4_a_generation_key_half_destroyed_is_destroyed_by_the_next_run(world: World) -> None:
    _, _, identity = a_record(world, "natural_person")
    ask(world, "subject", subject=identity)
    steps = []
    for step in world.erasing().run():
        steps.append(step.what)
        if step.what == "rewrapped":
            break
    # Overwritten where it lies, and then the machine went down.
    (world.secrets / "generation-1.key").write_bytes(os.urandom(32))
    assert run(world, 0)[0] == 0
    assert world.vault.generations.existing() == [2]
    assert world.finding() is None


def _state(world: World, erasure: object) -> str:
    return next(e.state for e in world.erasing().all() if e.id == erasure)
