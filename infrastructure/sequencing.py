"""The wiring of trees and witnesses, which ``bootstrap.py`` hands on: sequencers, policy, witness client and witness.

Kept apart from the ledger's own wiring, because a witness needs nothing of a ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from application.sequencer import LOGS, RECORDS, Sequencer, authority_of
from application.stamping import Stamping, StampStore
from application.witness import Witness
from application.witness_asking import WitnessedLog
from application.witnessing import Witnessing
from domain.transparency.checkpoint import parse_signed_checkpoint
from domain.transparency.policy import Policy, format_policy, judged, parse_policy
from domain.transparency.strict import Refused
from domain.transparency.vkey import VerifierKey
from infrastructure.clock import SystemClock
from infrastructure.keys import FileVault
from infrastructure.log_keys import log_signers, read_log_keys, verify_note, with_logs, witness_signers
from infrastructure.postgres.stamps import PostgresStamps
from infrastructure.postgres.trees import PostgresTrees
from infrastructure.settings import BadSetting, Settings
from infrastructure.tile_files import write_files
from infrastructure.time_authority import HttpTimeAuthority, TokenCheck
from infrastructure.witness_files import WitnessedFiles, read_witnesses
from infrastructure.witness_http import HttpWitnessDoor
from infrastructure.witness_store import SqliteWitnessStore

POLICY = "policy"


@dataclass(frozen=True)
class SequencerServices:
    """What the sequencer's process holds: one sequencer a log, the heads, by whose lock it leads, and the ways to the
    witnesses and to who stamps."""

    sequencers: Sequence[Sequencer]
    trees: PostgresTrees
    witnessing: Witnessing
    stamping: Stamping
    keys_changed: Callable[[], bool]
    """Whether other keys are to sign from now on, so that all this must be made anew."""


def make_sequencers(settings: Settings, trees: PostgresTrees) -> SequencerServices:
    """One sequencer a log and who asks the witnesses; the policy file that readers start from is written.

    Raises ``BadSetting`` when the witnesses' file or the closed logs cannot be used.
    """
    authority, secrets = authority_of(FileVault(settings.secrets_dir).ledger_id), settings.secrets_dir
    size = trees.tree(RECORDS).size
    signers = {log: log_signers(secrets, f"{authority}/{log}", size=size) for log in LOGS}
    policy = parse_policy(publish_policy(settings).read_bytes())
    files = witnessed_files(settings)
    for log in LOGS:
        files.settle(log, quorum=policy.quorum is not None, good=lambda note: believed(policy, note))
    sequencers = {
        # A checkpoint's time is the world's, whatever clock the ledger's deadlines go by.
        log: Sequencer(
            log,
            origin=f"{authority}/{log}",
            store=trees,
            tiles=files,
            signers=signers[log],
            clock=SystemClock(),
            closed=log in settings.closed_logs,
        )
        for log in LOGS
    }
    logs = [
        WitnessedLog(
            log,
            f"{authority}/{log}",
            [signer.key for signer in signers[log]],
            partial(getattr, one, "published"),
            partial(trees.tree, log),
            closed=log in settings.closed_logs,
        )
        for log, one in sequencers.items()
    ]
    witnessing = Witnessing(
        logs, policy=policy, door=HttpWitnessDoor(), files=files, verify=verify_note, clock=SystemClock()
    )
    changed = partial(_keys_changed, secrets, _signing(secrets, size), sequencers[RECORDS])
    stamping = make_stamping(settings, PostgresStamps(trees.pool), files)
    return SequencerServices(list(sequencers.values()), trees, witnessing, stamping, changed)


def make_stamping(settings: Settings, store: StampStore, files: WitnessedFiles) -> Stamping:
    """Who stamps the published checkpoints by the configured authority; nobody where none is configured.

    A file of roots that is not there is told as a state and stops no signing.
    """
    told, clock = settings.time_authority, SystemClock()
    authority = HttpTimeAuthority(told.url, TokenCheck(told.roots, told.policy), clock) if told else None
    seconds = told.every_seconds if told else 0
    return Stamping(authority, store=store, files=files, every_seconds=seconds, clock=clock)


def _keys_changed(folder: Path, signing: Sequence[int], records: Sequencer) -> bool:
    published = records.published
    return published is not None and _signing(folder, published.size) != signing


def _signing(folder: Path, size: int) -> list[int]:
    return [one.number for one in read_log_keys(folder) if one.signs(size)]


def publish_policy(settings: Settings) -> Path:
    """Write the policy file that readers start from; its path. Raises ``BadSetting``."""
    write_files(settings.published_dir, {POLICY: format_policy(published_policy(settings))})
    return settings.published_dir / POLICY


def publish_log_keys(settings: Settings) -> None:
    """Write the keys of the logs into the published policy, whose witnesses stay. Raises ``BadSetting``."""
    path = settings.published_dir / POLICY
    policy = parse_policy(path.read_bytes()) if path.exists() else read_witnesses(settings.witnesses_file)
    policy = with_logs(policy, settings.secrets_dir, origins(settings))
    write_files(settings.published_dir, {POLICY: format_policy(policy)})


def origins(settings: Settings) -> list[str]:
    """The origins of this ledger's logs."""
    authority = authority_of(FileVault(settings.secrets_dir).ledger_id)
    return [f"{authority}/{log}" for log in LOGS]


def published_policy(settings: Settings) -> Policy:
    """The logs of this ledger with the witnesses of its configuration. Raises ``BadSetting``."""
    named = read_witnesses(settings.witnesses_file)
    if settings.closed_logs and named.quorum is None:
        raise BadSetting("XINLU_CLOSED_LOGS needs witnesses with a quorum: nothing would ever be published")
    return with_logs(named, settings.secrets_dir, origins(settings))


def believed(policy: Policy, note: bytes) -> bool:
    """Whether a checkpoint satisfies a policy."""
    try:
        judged(policy, parse_signed_checkpoint(note), verify_note)
    except Refused:
        return False
    return True


def witnessed_files(settings: Settings) -> WitnessedFiles:
    """The published files, and what asking witnesses leaves beside them in the data folder."""
    return WitnessedFiles(settings.published_dir, settings.data_dir / "witnessing")


def witness_keys(folder: Path, name: str) -> list[VerifierKey]:
    """The verifier keys of the witness of this folder and name, made at the first call."""
    return [signer.key for signer in witness_signers(folder, name)]


def make_witness(folder: Path, name: str, logs: Collection[VerifierKey]) -> Witness:
    """A witness (见证人) that keeps its key and what it cosigned in ``folder``; it needs nothing of a ledger."""
    signers = witness_signers(folder, name)
    store = SqliteWitnessStore(folder / "cosigned.sqlite")
    return Witness(logs=logs, signers=signers, store=store, verify=verify_note, clock=SystemClock())
