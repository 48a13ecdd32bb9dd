"""Promise 14: keys are rotated, retired and revoked, and what they signed before stays provable for ever."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from application.commands.key_changes import key_lives
from application.ledger import Ledger
from application.ports import Conflict
from application.queries.evidence import Evidence
from domain.records.events import ActRefused
from domain.shared.refusals import Refused
from domain.transparency.checkpoint import Checkpoint, SignedCheckpoint
from domain.transparency.cosignature import sign_checkpoint
from domain.transparency.policy import RefusedPolicy, judged, parse_policy
from domain.transparency.signer import Signer
from infrastructure.bootstrap import rotate_gateway
from infrastructure.keys import FileVault, gateway_issuer, make_next_gateway, use_next_gateway
from infrastructure.log_keys import generation_signers, verify_note
from interfaces.client.bundles import answer_parts
from interfaces.client.sealing import DepartmentKey
from interfaces.client.verifier import verify
from tests.evidence import begin as bundle_of
from tests.evidence import judge
from tests.integration.test_evidence import asked
from tests.keys import end_log_key, live_log_keys, next_gateway_key, next_log_key, revoke, signers
from tests.remedies import Story, begin
from tests.world import World

DECIDED = date(2026, 5, 20)


@pytest.fixture
def story(seeded_world: World) -> Story:
    return begin(seeded_world)


def recorded(world: World, record: UUID) -> dict[str, Any]:
    evidence = bundle_of(world)
    evidence.recorded(record, show=["public"])
    return evidence.bundle()


def answered(world: World, look: tuple[int, dict[str, Any]]) -> dict[str, Any]:
    rows = world.reader.rows("access", after=look[0] - 1, limit=1)
    evidence: Evidence = bundle_of(world)
    evidence.answered(world.ledger.open_all(rows, log="access")[0], answer_parts(look[1]))
    return evidence.bundle()


@dataclass
class Kept:
    """What somebody took away at a moment: bundles, checkpoints, and the policy of then."""

    bundles: list[dict[str, Any]]
    notes: dict[str, bytes]
    policy: bytes

    @classmethod
    def of(cls, world: World, record: UUID, look: tuple[int, dict[str, Any]]) -> Kept:
        notes = {
            log: (world.published / log / "checkpoint").read_bytes() for log in ("records", "access", "views")
        }
        bundles = [recorded(world, record), answered(world, look)]
        return cls(bundles, notes, (world.published / "policy").read_bytes())

    def check(self, world: World) -> None:
        """All of it holds under the policy of then and that of now, and is a prefix of the ledger of now."""
        for bundle in self.bundles:
            assert verify(json.dumps(bundle).encode(), self.policy).good
            report = judge(world, bundle)
            assert report.good, report.refused
        assert world.fsck(remembered=self.notes).faults == []


def test_everything_made_under_old_keys_verifies_after_rotation_and_after_revocation(
    story: Story, tmp_path: Path
) -> None:
    world = story.world
    first = story.new_record("示市监罚字〔2026〕9701号", decided=DECIDED)
    world.publish()
    first_look = asked(story)
    world.publish()
    kept = [Kept.of(world, first, first_look)]
    old_gateway, old_key = world.gateway.key_id, world.keys[story.source]
    next_log_key(world)
    next_gateway_key(world)
    assert world.ledger.gateway.key_id != old_gateway
    second = story.new_record("示市监罚字〔2026〕9702号", decided=DECIDED)
    second_look = asked(story)
    world.publish()
    story.new_record("示市监罚字〔2026〕9703号", decided=DECIDED)
    world.publish()
    assert signers(world) == {1, 2}
    kept.append(Kept.of(world, second, second_look))
    end_log_key(world, 1)
    (world.secrets / "log-1.key").unlink()
    world.keys[story.source] = DepartmentKey.make(tmp_path / "next.pem")
    world.governance().register_key(
        public_key=world.keys[story.source].public_key, holder_kind="department", holder=story.source,
        not_before=world.today, not_after=world.today + timedelta(days=9),
    )  # fmt: skip
    revoke(world, old_key.issuer)
    revoke(world, old_gateway)
    third = story.new_record("示市监罚字〔2026〕9704号", decided=DECIDED)
    third_look = asked(story)
    world.publish()
    assert signers(world) == {2}
    kept.append(Kept.of(world, third, third_look))
    assert world.finding() is None
    for then in kept:
        then.check(world)
    for bundle in (recorded(world, first), answered(world, first_look), answered(world, second_look)):
        report = judge(world, bundle)
        assert report.good, report.refused


def test_a_log_key_signs_only_after_a_tree_under_the_old_key_holds_its_announcement(story: Story) -> None:
    world = story.world
    world.publish()
    running = world.sequencing
    running.sequencers[0].catch_up()
    next_log_key(world)
    policy = parse_policy((world.published / "policy").read_bytes())
    assert len(policy.logs) == 12 and not running.keys_changed()
    announced = world.reader.head("records")[0]
    for sequencer in running.sequencers:
        sequencer.run_once()
    assert signers(world) == {1} and world.sequencing.trees.tree("records").size == announced
    assert running.keys_changed()  # the process makes itself anew
    story.new_record("示市监罚字〔2026〕9711号", decided=DECIDED)
    world.sequence()
    assert signers(world) == {1, 2}


def test_a_log_key_retires_only_when_another_signs_and_then_vouches_for_no_larger_tree(story: Story) -> None:
    world = story.world
    world.publish()
    for number, code in ((1, "log_key_only"), (7, "log_key_unknown")):
        assert refusal(world, number) == code
    next_log_key(world)
    assert refusal(world, 1) == "log_key_unused"
    world.publish()
    story.new_record("示市监罚字〔2026〕9712号", decided=DECIDED)
    world.publish()
    size = world.sequencing.trees.tree("records").size
    assert end_log_key(world, 1)[0] == "retired"
    assert live_log_keys(world) == [2]
    position = world.reader.head("records")[0]
    end_log_key(world, 1)
    assert world.reader.head("records")[0] == position  # run again, it says nothing more
    policy = parse_policy((world.published / "policy").read_bytes())
    assert {one.size for one in policy.retired if one.key.name.endswith("/records")} == {size}
    origin = policy.logs[0].key.name
    for more in (0, 1):
        checkpoint = Checkpoint(origin, size + more, bytes(32))
        [line, _] = [
            sign_checkpoint(checkpoint, signer, seconds=1)
            for signer in generation_signers(world.secrets, 1, origin)
        ]
        forged = SignedCheckpoint(checkpoint, (line,))
        if more:
            with pytest.raises(RefusedPolicy):
                judged(policy, forged, verify_note)
        else:
            assert judged(policy, forged, verify_note).checkpoint == checkpoint
    # A newer sequencer never signs with it, whether its file is there or not.
    story.new_record("示市监罚字〔2026〕9713号", decided=DECIDED)
    world.publish()
    assert signers(world) == {2} and world.fsck().faults == []
    assert next_log_key(world)[-1] == "policy published" and live_log_keys(world) == [2, 3]


def refusal(world: World, number: int) -> str:
    with pytest.raises(Refused) as refused:
        end_log_key(world, number)
    return refused.value.defects[0].code


def test_a_second_run_finds_the_overlap_and_makes_no_third_key(seeded_world: World) -> None:
    world = seeded_world
    for rotate in (next_log_key, next_gateway_key):
        rotate(world)
        position = world.reader.head("records")[0]
        rotate(world)
        assert world.reader.head("records")[0] == position
    assert live_log_keys(world) == [1, 2]
    (world.secrets / "gateway.pem").unlink()
    assert FileVault.missing(world.secrets) == [] and gateway_issuer(world.secrets) == world.gateway.key_id
    (world.secrets / "gateway-root.pub").unlink()
    assert FileVault.missing(world.secrets) == ["gateway-root.pub"]
    gateways = [k for k in key_lives(world.ledger) if k.registered.holder_kind == "gateway"]
    assert len(gateways) == 2 and gateways[1].registered.issuer == world.ledger.gateway.key_id.hex()


@pytest.mark.rule("DET-5")
def test_det_5_a_process_that_still_holds_a_revoked_gateway_key_writes_nothing(story: Story) -> None:
    world = story.world
    old = world.signing()
    behind = holding(world, old)
    next_gateway_key(world)
    asked(story)
    revoke(world, old.key_id)
    heads = world.reader.head("records"), world.reader.head("access")
    with pytest.raises(Conflict):
        behind.record([behind.seal(refused_event(world))], meta={"actor": "x"}, log="access")
    with pytest.raises(Conflict):
        behind.record([behind.seal(refused_event(world))], meta={"actor": "x"})
    assert (world.reader.head("records"), world.reader.head("access")) == heads
    assert world.finding() is None


def refused_event(world: World) -> ActRefused:
    return ActRefused(
        originator_id=uuid.uuid4(), originator_version=1, timestamp=world.clock.now(), department="x",
        rules=[["DET-5", "key_unknown", ""]], attempt="00" * 32,
    )  # fmt: skip


def holding(world: World, signer: Signer) -> Ledger:
    """The ledger of a process that does not see the next key's file."""
    ledger = world.ledger
    return Ledger(
        ledger_id=ledger.id, store=ledger.store, vault=ledger.vault, gateway=lambda: signer,
        clock=ledger.clock, entropy=ledger.entropy,
    )  # fmt: skip


@pytest.mark.rule("DET-5")
def test_det_5_a_gateway_key_that_the_ledger_does_not_know_writes_nothing(
    seeded_world: World, tmp_path: Path
) -> None:
    """As after a backup that is older than a rotation was restored; a credit office's key then registers the next."""
    world = seeded_world
    unknown = make_next_gateway(world.secrets)
    use_next_gateway(world.secrets)
    assert world.ledger.gateway.key_id == unknown.key_id
    with pytest.raises(Conflict):
        world.ledger.record([world.ledger.seal(refused_event(world))], meta={"actor": "x"}, log="access")
    office = world.keys[world.city.credit_office.code]
    assert list(rotate_gateway(world.settings, world.ledger, signer=office))[-1] == "in use"
    world.ledger.record([world.ledger.seal(refused_event(world))], meta={"actor": "x"}, log="access")
    assert world.finding() is None
