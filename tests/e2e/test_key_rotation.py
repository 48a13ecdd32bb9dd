"""kill -9 of a rotation after every durable step: what is there works, and the next run ends it; rotations that race.

The command's steps are what the process is killed after; nothing in the product knows of it.
"""

from __future__ import annotations

import gc
import json
import signal
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result

from application.commands.key_changes import key_lives
from domain.transparency.policy import parse_policy
from interfaces.cli.main import cli
from tests.commands import run_command, start_command
from tests.e2e.dying import rotate
from tests.e2e.processes import wait_until
from tests.keys import end_log_key, live_log_keys, next_gateway_key, next_log_key, revoke, signers
from tests.remedies import Story, begin
from tests.world import World

MORE = iter(range(1000))


@pytest.fixture
def story(seeded_world: World) -> Story:
    found = begin(seeded_world)
    seeded_world.publish()
    return found


def run(world: World, what: str, killed_after: int) -> tuple[int, list[str]]:
    """A rotation in a process of its own; how it ended, and the steps that it came to."""
    done = run_command(what, str(killed_after), work=rotate, environment=world.environment)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode, done.stdout.splitlines()


def record(story: Story) -> None:
    """An event more, at the machine's time, by which the processes beside us go."""
    story.world.clock.at = datetime.now(UTC)
    story.new_record(f"示市监罚字〔2026〕98{next(MORE):03}号", decided=story.world.today)


def lives(story: Story) -> None:
    """The ledger records and signs as it stands."""
    record(story)
    story.world.sequence()


def grown(story: Story, by: set[int]) -> bool:
    """With an event more, whether these generations signed the newest tree."""
    record(story)
    return signers(story.world) == by


def is_sound(story: Story) -> None:
    """The ledger records, signs and verifies as it stands."""
    record(story)
    story.world.publish()
    assert story.world.fsck().faults == []


def test_killed_after_any_step_a_rotation_of_the_log_keys_is_ended_by_the_next_run(story: Story) -> None:
    world, seen, code, number = story.world, set[str](), -signal.SIGKILL, 0
    while code:
        number += 1
        live = live_log_keys(world)[0]
        code, steps = run(world, "log", number)
        seen |= set(steps)
        lives(story)
        # A secret that no entry announces signs nothing.
        announced = {live} if steps[-1] in ("state kept", "secret made") else {live, live + 1}
        assert signers(world) <= announced
        next_log_key(world)
        lives(story)
        lives(story)
        assert signers(world) == {live, live + 1} == set(live_log_keys(world))
        keys = parse_policy((world.published / "policy").read_bytes())
        assert len(keys.logs) == 12 and len(keys.retired) == 6 * (live - 1)
        end_log_key(world, live)
    is_sound(story)
    assert seen == {"state kept", "secret made", "announced", "in use", "policy published"}


def test_killed_after_any_step_a_retirement_is_ended_by_the_next_run(story: Story) -> None:
    world = story.world
    next_log_key(world)
    lives(story)
    lives(story)
    for number, step in enumerate(("retired", "out of use"), start=1):
        assert run(world, "retire", number)[1][-1] == step
        lives(story)
    assert run(world, "retire", 0) == (0, ["retired", "out of use", "policy published"])
    is_sound(story)
    assert signers(world) == {2} and live_log_keys(world) == [2]
    assert len(parse_policy((world.published / "policy").read_bytes()).retired) == 6


def test_killed_after_any_step_a_rotation_of_the_gateway_is_ended_by_the_next_run(story: Story) -> None:
    world, seen, code, number = story.world, set[str](), -signal.SIGKILL, 0
    while code:
        number += 1
        old = world.ledger.gateway.key_id
        code, steps = run(world, "gateway", number)
        seen |= set(steps)
        lives(story)
        assert (world.ledger.gateway.key_id == old) == (steps[-1] != "in use")
        next_gateway_key(world)
        new = world.ledger.gateway.key_id
        assert new != old and list(world.secrets.glob("*.next")) == []
        revoke(world, old)
        assert world.finding() is None
        lived = [k for k in key_lives(world.ledger) if k.registered.holder_kind == "gateway"]
        assert len(lived) == number + 1 and [k.until is None for k in lived] == [False] * number + [True]
    is_sound(story)
    assert seen == {"root kept", "secret made", "registered", "in use"}


def test_rotations_that_race_make_one_key_which_a_running_sequencer_takes_up(story: Story) -> None:
    world = story.world
    environment = world.environment
    assert start_command("migrate", environment=environment).wait(60) == 0
    sequencer = start_command("sequence", environment=environment)
    try:
        racing = [start_command("keys", "rotate", w, environment=environment) for w in ("log", "gateway") * 2]
        assert [process.wait(120) for process in racing] == [0] * 4
        gateways = [k for k in key_lives(world.ledger) if k.registered.holder_kind == "gateway"]
        assert live_log_keys(world) == [1, 2] and len(gateways) == 2
        wait_until(lambda: grown(story, {1, 2}), "both sign")
        assert start_command("keys", "retire", "log", "1", environment=environment).wait(60) == 0
        wait_until(lambda: grown(story, {2}), "the new one alone signs")
    finally:
        sequencer.terminate()
        assert sequencer.wait(20) == 0
    is_sound(story)


def test_the_commands_list_retire_and_revoke(story: Story) -> None:
    world = story.world

    def keys(*arguments: str) -> Result:
        environment = {"XINLU_DATA": str(world.folder), "DATABASE_URL": world.database.admin}
        ended = CliRunner().invoke(cli, ["keys", *arguments], env=environment)
        gc.collect()  # its pools end here, as they would with its process
        return ended

    old = world.gateway.key_id.hex()
    in_use = keys("revoke", old, "--reason", "x")
    assert in_use.exit_code == 1 and "keys rotate gateway" in in_use.output
    assert keys("retire", "log", "1").exit_code == 1
    assert keys("rotate", "gateway").exit_code == keys("rotate", "log").exit_code == 0
    for _ in range(2):
        revoked = keys("revoke", old, "--reason", "轮换")
        assert revoked.exit_code == 0 and "of access on" in revoked.output
    assert [keys("revoke", name, "--reason", "x").exit_code for name in ("00" * 8, "x")] == [1, 2]
    listed = json.loads(keys("list", "--json").output)
    told = {key["issuer"]: key for key in listed["keys"]}
    head, access = world.reader.head("records")[0], world.reader.head("access")[0]
    assert (told[old]["from_index"], told[old]["until_index"], told[old]["live"]) == (0, head - 1, False)
    assert told[old]["until_access_index"] == access - 1 and told[old]["reason"] == "轮换"
    assert [generation["number"] for generation in listed["logs"]] == [1, 2]
    plain = keys("list").output
    assert old in plain and world.ledger.id.hex in plain
