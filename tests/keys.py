"""Rotations for tests: the steps of the product's commands over a test's ledger, and who signed a checkpoint."""

from __future__ import annotations

from collections.abc import Iterable

from application.commands.governance import Governance
from domain.transparency.checkpoint import parse_signed_checkpoint
from infrastructure.bootstrap import log_keyring, retire_log, rotate_gateway, rotate_log
from infrastructure.log_keys import generation_signers
from infrastructure.postgres.trees import PostgresTrees
from infrastructure.sequencing import origins
from tests.world import World


def done(steps: Iterable[str]) -> list[str]:
    """All steps of a rotation."""
    return list(steps)


def next_log_key(world: World) -> list[str]:
    """``keys rotate log``."""
    return done(rotate_log(world.settings, world.ledger))


def end_log_key(world: World, number: int) -> list[str]:
    """``keys retire log``."""
    trees = PostgresTrees(world.pool("sequencer"))
    return done(retire_log(world.settings, world.ledger, trees, number=number, reason="rotation"))


def next_gateway_key(world: World) -> list[str]:
    """``keys rotate gateway``."""
    return done(rotate_gateway(world.settings, world.ledger))


def revoke(world: World, issuer: bytes) -> None:
    """``keys revoke``, by the gateway's key of now."""
    Governance(world.ledger).revoke_key(issuer, reason="rotated")


def live_log_keys(world: World) -> list[int]:
    """The generations that are not retired, as the ledger tells them."""
    return [one.number for one in log_keyring(world.settings, world.ledger).generations() if not one.retired]


def signers(world: World, log: str = "records") -> set[int]:
    """Which generations signed the published checkpoint of a log."""
    signed = parse_signed_checkpoint((world.published / log / "checkpoint").read_bytes())
    ids = {line.key_id for line in signed.signatures}
    origin = next(o for o in origins(world.settings) if o.endswith(f"/{log}"))
    found = set()
    for path in world.secrets.glob("log-*.key"):
        number = int(path.stem.removeprefix("log-"))
        if {signer.key_id for signer in generation_signers(world.secrets, number, origin)} <= ids:
            found.add(number)
    return found
